"""Closures, nonlocal, global, default arguments, recursion, decorators with state."""

COUNT = 0


def bump(n=1):
    global COUNT
    COUNT += n
    return COUNT


def counter(start=0):
    value = start

    def increment(by=1):
        nonlocal value
        value += by
        return value

    def reset():
        nonlocal value
        value = start

    increment.reset = reset
    return increment


def late():
    return [lambda: i for i in range(3)], [lambda i=i: i for i in range(3)]


def accumulate(item, into=[]):
    into.append(item)
    return into


def compose(*functions):
    def composed(x):
        for f in functions:
            x = f(x)
        return x
    return composed


def memo(f):
    table = {}

    def wrapper(n):
        if n not in table:
            table[n] = f(n)
        return table[n]

    wrapper.table = table
    return wrapper


@memo
def collatz(n):
    return 0 if n == 1 else 1 + collatz(n // 2 if n % 2 == 0 else 3 * n + 1)


class Counted:
    def __init__(self, f):
        self.f, self.n = f, 0

    def __call__(self, *args):
        self.n += 1
        return self.f(*args)

    def __get__(self, instance, owner):
        return self if instance is None else lambda *a: self(instance, *a)


class User:
    scale = 2
    factors = [i * n for i, n in zip((1, 2), [scale] * 2)]

    def outer(self):
        def inner():
            def innermost():
                return self.scale, __class__.__name__
            return innermost()
        return inner()

    @Counted
    def counted(self, x):
        return x + self.scale


def shadow():
    x = "outer"

    def f():
        x = "inner"

        def g():
            nonlocal x
            x += "!"
            return x

        return g(), x

    return f(), x


def deleted():
    x = 1

    def f():
        return x

    got = f()
    del x
    try:
        f()
    except NameError as error:
        return got, type(error).__name__


def comprehension_scopes():
    x = "kept"
    squares = [x * x for x in range(3)]
    nested = [[(i, j) for j in range(i)] for i in range(3)]
    found = [y for n in range(4) if (y := n * 2) > 2]
    return x, squares, nested, found, y


def stars(a, b=2, *args, c, d=4, **kw):
    return a, b, args, c, d, sorted(kw.items())


def positional(a, /, b, *, c):
    return a, b, c


def attempt(f, *args, **kw):
    try:
        return f(*args, **kw)
    except TypeError as error:
        return str(error)


def main():
    print(bump(), bump(5), COUNT)
    c, d = counter(), counter(10)
    print(c(), c(2), d(), c.reset(), c(), d(5))
    a, b = late()
    print([f() for f in a], [f() for f in b])
    print(accumulate(1), accumulate(2), accumulate(3, []), accumulate.__defaults__)
    print(compose(lambda x: x + 1, str, lambda s: s * 2)(4), compose()(7))
    print(collatz(7), len(collatz.table) > 10)
    u = User()
    print(u.outer(), User.factors, u.counted(1), u.counted(2), User.counted.n)
    print(shadow(), deleted(), comprehension_scopes())
    print(stars(1, c=3), stars(1, 5, 6, 7, c=8, e=9), stars(*[1, 2], **{"c": 3}, z=1))
    print(positional(1, 2, c=3), positional(1, b=2, c=3))
    print(attempt(positional, a=1, b=2, c=3))
    print(attempt(stars), attempt(stars, 1), attempt(stars, 1, a=2, c=3), attempt(positional, 1, 2, 3))
    print([*range(2), *"ab"], {**{"a": 1}, "b": 2, **{"a": 3}}, (*[], 1), {*[1, 1], 2})
    print((lambda *a, **k: (a, k))(1, *[2], x=3, **{"y": 4}), max(*[1, 5, 2]), print.__name__)
    if (n := len("walrus")) > 5:
        print(n, [last := i for i in range(3)], last)
    fs = {name: (lambda f: lambda x: f(x))(f) for name, f in [("neg", abs), ("s", str)]}
    print(fs["neg"](-3), fs["s"](4))
    print(sorted([(1, "b"), (0, "z"), (1, "a")], key=lambda t: (-t[0], t[1])))
