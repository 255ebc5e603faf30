"""Products of arrays, and what is summed of them."""

import math

import _library

from . import _dtypes
from ._arranging import moveaxis, stack
from ._array import asarray, broadcast_shapes, made, normal_axes
from ._making import diagonal
from ._reductions import sum
from ._searching import searchsorted
from ._ufuncs import result_type

_float64 = _dtypes.dtype("float64")


def matmul(x1, x2):
    a, b = asarray(x1), asarray(x2)
    if not a.ndim or not b.ndim:
        raise ValueError("matmul: operands do not have enough dimensions")
    kind = result_type(a, b)
    left = a.reshape(1, -1) if a.ndim == 1 else a
    right = b.reshape(-1, 1) if b.ndim == 1 else b
    if left._shape[-1] != right._shape[-2]:
        raise ValueError(f"matmul: mismatch of sizes: {a._shape} @ {b._shape}")
    batch = broadcast_shapes(left._shape[:-2], right._shape[:-2])
    n, k = left._shape[-2:]
    m = right._shape[-1]
    rows = left._broadcast(batch + (n, k))._flat()
    columns = right._broadcast(batch + (k, m)).swapaxes(-1, -2)._flat()
    items = []
    for part in range(math.prod(batch)):
        of_part = [columns[part * k * m + j * k:part * k * m + (j + 1) * k] for j in range(m)]
        for i in range(n):
            row = rows[(part * n + i) * k:(part * n + i + 1) * k]
            for column in of_part:
                total = 0
                for item in map(lambda a, b: a * b, row, column):
                    total += item
                items.append(kind._cast(total))
    shape = batch + ((n,) if a.ndim > 1 else ()) + ((m,) if b.ndim > 1 else ())
    return made(items, shape, kind) if shape else kind._scalar(items[0])


def dot(a, b, out=None):
    a, b = asarray(a), asarray(b)
    if not a.ndim or not b.ndim:
        return a * b
    if b.ndim <= 2:
        return matmul(a, b)
    return tensordot(a, b, ([-1], [-2]))


def inner(a, b):
    a, b = asarray(a), asarray(b)
    return tensordot(a, b, ([-1], [-1]))[()] if a.ndim and b.ndim else a * b


def outer(a, b, out=None):
    return asarray(a).reshape(-1, 1) * asarray(b).reshape(1, -1)


def tensordot(a, b, axes=2):
    a, b = asarray(a), asarray(b)
    if isinstance(axes, int):
        axes = (tuple(range(-axes, 0)), tuple(range(axes)))
    left = normal_axes(axes[0] if not isinstance(axes[0], int) else (axes[0],), a.ndim)
    right = normal_axes(axes[1] if not isinstance(axes[1], int) else (axes[1],), b.ndim)
    kept_a = [i for i in range(a.ndim) if i not in left]
    kept_b = [i for i in range(b.ndim) if i not in right]
    size = math.prod([a._shape[i] for i in left])
    before, after = [a._shape[i] for i in kept_a], [b._shape[i] for i in kept_b]
    rows = a.transpose(*kept_a, *left).reshape(math.prod(before), size)
    columns = b.transpose(*right, *kept_b).reshape(size, math.prod(after))
    return matmul(rows, columns).reshape(before + after)


def einsum(subscripts, *operands, **kwargs):
    terms = subscripts.replace(" ", "")
    if "." in terms:
        _library.not_supported("numpy.einsum with '...'", "the letters of all axes")
    given, arrow, wanted = terms.partition("->")
    given = given.split(",")
    letters = "".join(given)
    if not arrow:
        wanted = "".join([c for c in sorted(set(letters)) if letters.count(c) == 1])
    order = wanted + "".join([c for c in sorted(set(letters)) if c not in wanted])
    if len(given) != len(operands):
        raise ValueError("operands and subscripts of einsum differ in number")
    product = None
    for term, operand in zip(given, operands):
        operand = asarray(operand)
        if len(term) != operand.ndim:
            raise ValueError(f"einsum: {term!r} does not fit an operand of {operand.ndim} axes")
        while len(set(term)) < len(term):  # a letter twice: the diagonal
            letter = [c for c in term if term.count(c) > 1][0]
            first = term.index(letter)
            second = term.index(letter, first + 1)
            shape, strides = list(operand._shape), list(operand._strides)
            if shape[first] != shape[second]:
                raise ValueError(f"einsum: the axes of {letter!r} differ in size")
            strides[first] += strides[second]
            del shape[second], strides[second]
            operand = operand._view(tuple(shape), tuple(strides), operand._offset)
            term = term[:second] + term[second + 1:]
        placed = operand.transpose(*[term.index(c) for c in order if c in term]) if term else operand
        sizes = iter(placed._shape)
        placed = placed.reshape([next(sizes) if c in term else 1 for c in order])
        product = placed if product is None else product * placed
    summed = tuple(range(len(wanted), len(order)))
    return sum(product, summed, dtype=product.dtype) if summed else product


def cross(a, b, axis=-1):
    a, b = moveaxis(asarray(a), axis, 0), moveaxis(asarray(b), axis, 0)
    parts = [a[1] * b[2] - a[2] * b[1], a[2] * b[0] - a[0] * b[2], a[0] * b[1] - a[1] * b[0]]
    return stack(parts, axis)


def trace(a, offset=0, axis1=0, axis2=1):
    return sum(diagonal(a, offset, axis1, axis2), -1)


def interp(x, xp, fp, left=None, right=None):
    given = asarray(xp, float)
    xp, fp = given._flat(), asarray(fp, float)._flat()
    if not xp or len(xp) != len(fp):
        raise ValueError("fp and xp are not of the same length, or empty")

    def at(value):
        if value <= xp[0]:
            return fp[0] if left is None or value == xp[0] else left
        if value >= xp[-1]:
            return fp[-1] if right is None or value == xp[-1] else right
        i = searchsorted(given, value, "right").item() - 1
        slope = (fp[i + 1] - fp[i]) / (xp[i + 1] - xp[i])
        return slope * (value - xp[i]) + fp[i]

    x = asarray(x, float)
    items = [float(at(value)) for value in x._flat()]
    return made(items, x._shape, _float64) if x.ndim else _float64._scalar(items[0])


def polyval(p, x):
    value = asarray(x) * 0
    for coefficient in asarray(p):
        value = value * x + coefficient
    return value
