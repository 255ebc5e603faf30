"""Generators: send, throw, close, return values, delegation."""
from contextlib import contextmanager


def averager():
    total, n, average = 0.0, 0, None
    while True:
        value = yield average
        if value is None:
            return total, n
        total += value
        n += 1
        average = total / n


def delegating(log):
    while True:
        result = yield from averager()
        log.append(result)


def cleaning(log):
    try:
        yield 1
        yield 2
    except ValueError as error:
        log.append(f"caught {error}")
        yield "recovered"
    finally:
        log.append("closed")


def countdown(n):
    while n > 0:
        got = yield n
        n = n - 1 if got is None else got


def walk(tree):
    if isinstance(tree, (list, tuple)):
        for node in tree:
            yield from walk(node)
    elif isinstance(tree, dict):
        for key, node in tree.items():
            yield key
            yield from walk(node)
    else:
        yield tree


def windows(items, size):
    window = []
    for item in items:
        window.append(item)
        if len(window) == size:
            yield tuple(window)
            del window[0]


def returning():
    yield 1
    return "value"


def primes():
    found = []
    n = 2
    while True:
        if all(n % p for p in found):
            found.append(n)
            yield n
        n += 1


class Tree:
    def __init__(self, value, *children):
        self.value, self.children = value, children

    def __iter__(self):
        yield self.value
        for child in self.children:
            yield from child


class Countdown:
    def __init__(self, n):
        self.n = n

    def __iter__(self):
        return self

    def __next__(self):
        if self.n <= 0:
            raise StopIteration
        self.n -= 1
        return self.n + 1


@contextmanager
def managed(log, name):
    log.append(f"open {name}")
    try:
        yield name.upper()
    except KeyError as error:
        log.append(f"handled {error}")
    finally:
        log.append(f"close {name}")


def main():
    a = averager()
    print(next(a), a.send(10), a.send(20))
    try:
        a.send(None)
    except StopIteration as stop:
        print("returned", stop.value)
    log = []
    d = delegating(log)
    next(d)
    d.send(4)
    d.send(None)
    print(log, d.send(6))
    log = []
    c = cleaning(log)
    print(next(c), c.throw(ValueError("oops")), next(c, "end"), log)
    log = []
    c = cleaning(log)
    next(c)
    c.close()
    print(log, next(c, "nothing more"))
    g = countdown(3)
    print(next(g), g.send(5), next(g), list(g))
    print(list(walk([1, (2, {"a": [3]}), [[4]]])), list(windows(range(5), 3)))

    def outer():
        result = yield from returning()
        yield result

    print(list(outer()))
    p = primes()
    print([next(p) for _ in range(8)], next(x for x in p if x > 30))
    t = Tree(1, Tree(2, Tree(3)), Tree(4))
    print(list(t), sum(t), 3 in t, max(t), [*t], sorted(t, reverse=True))
    print(list(Countdown(3)), tuple(Countdown(2)), dict(enumerate(Countdown(2))))
    log = []
    with managed(log, "x") as x:
        log.append(x)
        raise KeyError("k")
    print(log)
    e = (n * n for n in range(5) if n % 2)
    print(next(e), list(e), list(e))
    print(list(iter(lambda it=iter([1, 2, 0, 3]): next(it), 0)))
    gen = countdown(1)
    try:
        gen.send(3)
    except TypeError as error:
        print(error)

    def raising():
        yield 1
        raise RuntimeError("inside")

    r = raising()
    print(next(r))
    try:
        next(r)
    except RuntimeError as error:
        print(error, next(r, "finished"))
    first, *others = countdown(4)
    print(first, others, dict(zip("ab", countdown(2))), any(x == 2 for x in countdown(3)))
