"""functools in depth."""
import functools
import operator
from functools import (
    cache, cached_property, lru_cache, partial, partialmethod, reduce, singledispatch,
    singledispatchmethod, total_ordering, update_wrapper, wraps,
)


def logged(prefix=""):
    def decorate(f):
        @wraps(f)
        def wrapper(*args, **kwargs):
            """Wrapper."""
            wrapper.calls += 1
            return f"{prefix}{f(*args, **kwargs)}"
        wrapper.calls = 0
        return wrapper
    return decorate


@logged(prefix="> ")
def greet(name, *, punctuation="!"):
    """Greets."""
    return f"hello {name}{punctuation}"


calls = []


@lru_cache(maxsize=None)
def fib(n):
    calls.append(n)
    return n if n < 2 else fib(n - 1) + fib(n - 2)


@cache
def build(key, *, flag=False):
    calls.append((key, flag))
    return [key]


@singledispatch
def show(x):
    return f"object {x}"


@show.register
def _(x: int):
    return f"int {x}"


@show.register(list)
@show.register(tuple)
def _(x):
    return f"sequence of {len(x)}"


class Formatter:
    @singledispatchmethod
    def format(self, arg):
        return f"any {arg}"

    @format.register(int)
    def _(self, arg):
        return f"int {arg}"

    def scale(self, factor, offset=0):
        return self.value * factor + offset

    value = 3
    double = partialmethod(scale, 2)
    shifted = partialmethod(scale, 1, offset=10)


@total_ordering
class Size:
    def __init__(self, n):
        self.n = n

    def __eq__(self, other):
        return self.n == other.n

    def __lt__(self, other):
        return self.n < other.n


class Data:
    def __init__(self):
        self.loads = 0

    @cached_property
    def table(self):
        self.loads += 1
        return list(range(self.loads))


def main():
    print(greet("a"), greet("b", punctuation="?"), greet.calls, greet.__name__, greet.__doc__)
    print(greet.__wrapped__("c"))
    print(fib(15), len(calls))
    info = fib.cache_info()
    print(info.hits > 0, info.misses, info.currsize)
    calls.clear()
    print(build("a") is build("a"), build("a", flag=True) is build("a"), calls)
    fib.cache_clear()
    print(fib(3), calls[-4:])
    print(reduce(operator.add, [1, 2, 3]), reduce(lambda a, b: a * b, [], 5), reduce(max, [3, 9, 2]))
    p = partial(int, base=2)
    print(p("101"), p.func is int, p.args, p.keywords)
    q = partial(partial(print, 1), 2, sep="-")
    q(3)
    q(4, sep="+")
    print(show(1), show([1, 2]), show((1,)), show("s"), show(True), show.dispatch(int)(9))
    f = Formatter()
    print(f.format(3), f.format("x"), f.double(), f.double(1), f.shifted())
    print(Size(1) <= Size(1), Size(2) > Size(1), Size(1) >= Size(2), sorted([Size(2), Size(1)])[0].n)
    d = Data()
    print(d.table, d.table, d.loads)
    print(sorted(["b", "A", "c"], key=functools.cmp_to_key(lambda a, b: (a > b) - (a < b))))

    def target():
        pass

    print(update_wrapper(target, greet).__name__, target.__wrapped__ is greet)
    add = functools.reduce(lambda f, g: lambda x: g(f(x)), [lambda x: x + 1, lambda x: x * 2])
    print(add(3))
