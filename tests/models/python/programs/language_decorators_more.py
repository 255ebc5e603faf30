"""Decorators: with arguments, stacked, classes, on classes, on methods."""
import functools


def trace(label):
    def decorate(f):
        @functools.wraps(f)
        def wrapper(*args, **kwargs):
            log.append(f"{label}:{f.__name__}")
            return f(*args, **kwargs)
        return wrapper
    return decorate


log = []


class Retry:
    def __init__(self, times):
        self.times = times

    def __call__(self, f):
        @functools.wraps(f)
        def wrapper(*args):
            for attempt in range(self.times):
                try:
                    return f(*args, attempt)
                except ValueError:
                    log.append(f"retry {attempt}")
            return "gave up"
        return wrapper


def optional(f=None, *, prefix="."):
    if f is None:
        return lambda g: optional(g, prefix=prefix)

    def wrapper(*a):
        return prefix + str(f(*a))

    return wrapper


def add_repr(cls):
    def __repr__(self):
        return f"{cls.__name__}({', '.join(f'{k}={v!r}' for k, v in vars(self).items())})"
    cls.__repr__ = __repr__
    return cls


def add_methods(**methods):
    def decorate(cls):
        for name, method in methods.items():
            setattr(cls, name, method)
        return cls
    return decorate


def replace_class(cls):
    class Replaced(cls):
        replaced = True
    Replaced.__name__ = cls.__name__
    return Replaced


class Memo:
    def __init__(self, f):
        functools.update_wrapper(self, f)
        self.f, self.cache = f, {}

    def __call__(self, *args):
        if args not in self.cache:
            self.cache[args] = self.f(*args)
        return self.cache[args]

    def __get__(self, instance, owner=None):
        return self if instance is None else functools.partial(self, instance)


def validate(**types):
    def decorate(f):
        @functools.wraps(f)
        def wrapper(*args, **kwargs):
            names = f.__code__.co_varnames[: f.__code__.co_argcount]
            for name, value in {**dict(zip(names, args)), **kwargs}.items():
                if name in types and not isinstance(value, types[name]):
                    raise TypeError(f"{name} should be {types[name].__name__}")
            return f(*args, **kwargs)
        return wrapper
    return decorate


@trace("outer")
@trace("inner")
def work(x, y=2):
    """Works."""
    return x * y


@Retry(3)
def flaky(x, attempt):
    if attempt < 2:
        raise ValueError
    return x, attempt


@optional
def plain(x):
    return x


@optional(prefix="#")
def marked(x):
    return x


@add_repr
@add_methods(double=lambda self: self.x * 2, name=property(lambda self: "named"))
class Point:
    def __init__(self, x):
        self.x = x


@replace_class
class Base:
    def who(self):
        return "base"


@Memo
def slow(n):
    log.append(f"slow {n}")
    return n * n


class Holder:
    factor = 3

    @Memo
    def scaled(self, n):
        return n * self.factor

    @classmethod
    @trace("class")
    def make(cls):
        return cls()

    @staticmethod
    @trace("static")
    def helper(x):
        return -x

    @property
    @trace("property")
    def value(self):
        return 7


@validate(a=int, b=str)
def checked(a, b, c=None):
    return a, b, c


def main():
    print(work(3), work(3, y=4), work.__name__, work.__doc__, log)
    log.clear()
    print(flaky("a"), log, plain(1), marked(2))
    print(Point(3), Point(3).double(), Point(1).name)
    print(Base().who(), Base.replaced, Base.__name__, Base.__mro__[1].__name__)
    log.clear()
    print(slow(3), slow(3), slow.__name__, log, len(slow.cache))
    h = Holder()
    print(h.scaled(2), h.scaled(2), type(Holder.make()).__name__, Holder.helper(4), h.value, log[1:])
    print(checked(1, "b"), checked(1, b="c", c=[]))
    for args in ((1, 2), ("a", "b")):
        try:
            checked(*args)
        except TypeError as error:
            print(error)
