import importlib.metadata
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


def main():
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
