"""Generators: from one yield to the next, within every statement; send, throw, close; contextlib."""
import contextlib
import functools
import itertools
from contextlib import ExitStack, contextmanager, nullcontext, suppress

log = []


def count(n=None):
    i = 0
    while n is None or i < n:
        log.append(i)
        yield i
        i += 1
    else:
        log.append("else")


def nested(rows):
    for row in rows:
        if row is None:
            continue
        elif row == "stop":
            break
        elif isinstance(row, int):
            yield row
        else:
            for x in row:
                if x == 0:
                    yield "zero"
                    continue
                yield x
            else:
                yield "end of row"
    else:
        yield "all"


def tries():
    for what in ["fine", ValueError("v"), KeyError("k"), StopAsyncIteration()]:
        try:
            got = yield ("ready", str(what))
            if isinstance(what, Exception):
                raise what
            print("got", got)
        except ValueError as error:
            yield "caught " + str(error)
        except (KeyError, TypeError) as error:
            x = yield "caught " + repr(error)
            print("resumed in handler", x)
        else:
            yield "else"
        finally:
            yield "finally"


def accumulate():
    total = 0
    while True:
        value = yield total
        if value is None:
            return total
        total += value


def outer():
    first = yield from accumulate()
    yield ("first", first)
    second = yield from accumulate()
    yield from "ab"
    yield from (x * x for x in range(3))
    return first, second


def returning():
    try:
        yield 1
        return "returned"
    finally:
        log.append("cleanup")


def walk(tree):
    if isinstance(tree, list):
        for branch in tree:
            yield from walk(branch)
    else:
        yield tree


def reraises():
    try:
        yield 1
    except ValueError:
        try:
            yield 2
        except KeyError:
            pass
        raise


@contextmanager
def tag(name, *, swallow=()):
    print("<", name)
    try:
        yield name.upper()
    except swallow as error:
        print("swallowed", repr(error))
    finally:
        print(">", name)


@contextmanager
def simple():
    print("enter")
    yield
    print("leave")


@contextmanager
def never():
    if log is None:
        yield


@contextmanager
def twice():
    yield 1
    yield 2


@tag("decorating")
def decorated(x):
    """doc"""
    print("inside", x)
    return x + 1


class Tree:
    def __init__(self, value, *children):
        self.value, self.children = value, children

    def __iter__(self):
        yield self.value
        for child in self.children:
            yield from child

    @property
    def leaves(self):
        if not self.children:
            yield self
        for c in self.children:
            yield from c.leaves


def with_in_generator():
    with tag("a") as a, tag("b") as b:
        yield a
        with nullcontext(5) as five:
            yield five + len(b)
            return
    yield "not reached"


def attempt(f, *args):
    try:
        return f(*args)
    except BaseException as e:
        return f"{type(e).__name__}: {e}"


def main():
    it = count()
    print(next(it), next(it), log, list(itertools.islice(it, 3)), log)
    del log[:]
    print(list(count(2)), log, sum(count(4)), max(count(3)))
    print(list(nested([[1, 0], None, 7, [], [2]])), list(nested([3, "stop", 4])))

    g = tries()
    print(next(g), g.send("sent"), [next(g) for _ in range(6)], g.send("x"), next(g))
    print(attempt(next, g), attempt(next, g))

    a = accumulate()
    print(next(a), a.send(3), a.send(4), attempt(a.send, None), attempt(a.send, 1))
    o = outer()
    print(next(o), o.send(5), o.send(None), next(o), o.send(2), list(o))
    try:
        r = returning()
        next(r)
        next(r)
    except StopIteration as stop:
        print(stop.value, stop.args, log[-1])
    print(list(walk([1, [2, [3, []], 4]])), list(Tree(1, Tree(2, Tree(3)), Tree(4))))
    print([t.value for t in Tree(1, Tree(2), Tree(3, Tree(4))).leaves])

    c = count()
    print(attempt(c.send, 5), next(c), c.close(), attempt(next, c), c.close())
    w = returning()
    next(w)
    w.close()
    print(log[-1], attempt(next, w))
    t = tries()
    next(t)
    print(t.throw(ValueError("thrown")), attempt(count().throw, KeyError("k")))
    r = reraises()
    print(next(r), r.throw(ValueError("one")), attempt(r.throw, KeyError("two")))
    print(attempt(list, (next(iter([])) for _ in range(2))))

    def stops():
        yield next(iter([]))

    print(attempt(list, stops()))

    def ignores():
        while True:
            try:
                yield 1
            except GeneratorExit:
                pass

    i = ignores()
    next(i)
    print(attempt(i.close))

    with tag("x") as x:
        print(x)
    with tag("y", swallow=ValueError):
        raise ValueError("in y")
    try:
        with tag("z"):
            raise KeyError("in z")
    except KeyError as e:
        print("through", e)
    with simple(), suppress(ZeroDivisionError), nullcontext() as nothing:
        print(nothing, 1 // 0)
    print(attempt(never().__enter__))
    try:
        with twice() as one:
            print(one)
    except RuntimeError as e:
        print(e)
    print(decorated(1), decorated(2), decorated.__name__, decorated.__doc__)
    print(list(with_in_generator()))
    with ExitStack() as stack:
        names = [stack.enter_context(tag(n)) for n in "pq"]
        stack.callback(print, "callback", 1)
        print(names)
    try:
        with ExitStack() as stack:
            stack.enter_context(tag("r", swallow=OSError))
            stack.push(lambda *error: print("pushed", error[0].__name__))
            raise OSError("o")
    finally:
        print("done")
    print([f(3) for f in map(lambda k: functools.partial(pow, k), count(3))])
    print(type(count()).__name__, iter(it) is it, hasattr(it, "send"), isinstance(contextlib.closing, type))
    pairs = ((x, y) for x in range(3) for y in "ab" if x)
    print(next(pairs), list(pairs), dict(zip(count(2), "ab")), {*count(3)}, (*count(2), 9))
    first, *rest = count(3)
    print(first, rest, any(x > 1 for x in count()), 2 in count(), log[-3:])


if __name__ == "__main__":
    main()
