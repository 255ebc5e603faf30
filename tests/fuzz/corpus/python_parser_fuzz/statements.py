x
x = 1
x = y = z = 1
x, y = 1, 2
x, y = y, x
x, = y
(x, y) = z
[x, y] = z
x, (y, z), [a, *b] = c
*x, y = z
x.y = 1
x[0] = x[1:2] = 1
x.y[0].z = 1
x = *y, z
x = (yield_)
x += 1
x -= 1; x *= 1; x /= 1; x //= 1; x %= 1; x @= 1
x **= 1; x &= 1; x |= 1; x ^= 1; x <<= 1; x >>= 1
x.y += 1,
x[0] += 1, 2
x: int
x: int = 1
x.y: int = 1
x[0]: "str"
(x): int = 1
x: list[int] = []
x: tuple = 1, 2
pass
pass;
pass; pass
del x
del x, y.z, a[0]
del (x, y), [z]
del x,
assert x
assert x, "message"
assert (x, y)
raise
raise x
raise X("message") from y
global_ = nonlocal_ = 1


def f():
    global a, b
    def g():
        nonlocal c
        return
    return a
    return a, b
    return *a, b


import a
import a.b.c
import a as b, c.d as e, f
from a import b
from a import b as c, d
from a.b import *
from . import a
from .. import a
from ... import a
from .... import a
from .a import b
from ...a.b import (c)
from a import (
    b,
    c as d,
)
