import functools


def deco(arg):

    def w(fn):

        @functools.wraps(fn)
        def inner(*a, **k):
            return (arg, fn(*a, **k))
        return inner
    return w


@deco('A')
@deco('B')
def decorated(x):
    """the doc"""
    return x


class It:

    def __init__(self):
        self.n = 0

    def __iter__(self):
        return self

    def __next__(self):
        self.n += 1
        if self.n > 3:
            raise StopIteration
        return self.n


def misc():
    print(list(It()), 2 in It(), decorated(1), decorated.__name__, decorated.__doc__, decorated.__wrapped__(2)[0])
    decorated.attr = 5
    print(decorated.attr, (lambda: 0).__name__, misc.__name__, It.__next__.__qualname__)
    x = 5
    w = 10
    v = 3.14159
    print(f"x={x!r} {x!r:>4} {v:{w}.{2}f} {('a' if x else 'b')} {{}} {x:,} {1000000:,} {v:e} {'z':*^5}")
    i = 0
    while True:
        i += 1
        if i == 2:
            continue
        if i > 4:
            break
    else:
        print('never')
    print(i, Ellipsis, NotImplemented, print, type(None), int, It)
    m = It.__next__
    print(m(It()))
    bound = It().__next__
    print(bound(), bound(), callable(bound))
    print(sorted(locals()), 'misc' in globals())


def main():
    misc()
