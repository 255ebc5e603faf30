import importlib.metadata
import inspect
import logging
import random
from typing import Generic, TypeVar

T = TypeVar("T")


class Base(Generic[T]):
    pass


class Vector:
    pass


class Derived(Generic[T], Base[T], Vector):
    pass


def draws(source):
    items = list(range(8))
    source.shuffle(items)
    print(source.random(), source.randint(1, 6), source.randrange(0, 100, 7), source.uniform(-1, 1))
    print(items, source.choice("abc"), source.choices([1, 2, 3], k=4), source.choices("ab", [1, 3], k=5))
    print(source.sample(range(5), 3), source.sample(range(1000), 4), source.getrandbits(5), source.getrandbits(40))
    print(round(source.gauss(1, 2), 9), round(source.gauss(), 9), source.randrange(3))


def bound(function, *args, **kwargs):
    try:
        found = inspect.signature(function).bind(*args, **kwargs)
    except TypeError as error:
        print("TypeError", error)
        return
    print(dict(found.arguments), found.args, found.kwargs, end=" ")
    found.apply_defaults()
    print(dict(found.arguments), found.args, found.kwargs)


def signatures():
    def f(a, b=2, *rest, key=None, **others):
        pass

    bound(f, 1)
    bound(f, 1, 3, 4, 5, key=6, more=7)
    bound(f, b=1, a=2)
    bound(f)
    bound(lambda x: x, 1, 2)
    bound(lambda x: x, 1, y=2)
    bound(lambda x: x, 1, x=2)
    print(dict(inspect.signature(f).bind_partial(b=1).arguments))


def main():
    signatures()
    draws(random.Random(7))
    random.seed(2**40 + 5)
    draws(random)
    random.seed(-3)
    print(random.random())
    try:
        random.choice([])
    except IndexError as error:
        print(error)
    print(0 <= random.Random().random() < 1)
    print([cls.__name__ for cls in Derived.__mro__])
    log = logging.getLogger("a.b")
    quiet = logging.Filter("a")
    log.addFilter(quiet)
    log.addHandler(logging.StreamHandler())
    print(log.filters == [quiet], len(log.handlers), logging.getLoggerClass() is logging.Logger)
    log.removeFilter(quiet)
    logging.addLevelName(25, "NOTICE")
    print(log.filters, logging.getLevelName(25), logging.LoggerAdapter(log, {}).name)
    try:
        importlib.metadata.version("no-such-package")
    except importlib.metadata.PackageNotFoundError as error:
        print("not found")
    print(importlib.metadata.version("numpy").split(".")[0])
