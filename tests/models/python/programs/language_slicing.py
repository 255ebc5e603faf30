"""Slices of lists, tuples, texts, ranges, and of classes."""


class Grid:
    def __init__(self):
        self.keys = []

    def __getitem__(self, key):
        return key

    def __setitem__(self, key, value):
        self.keys.append((key, value))

    def __delitem__(self, key):
        self.keys.append(("del", key))


class Sized:
    def __len__(self):
        return 5

    def __getitem__(self, key):
        if isinstance(key, slice):
            return [self[i] for i in range(*key.indices(len(self)))]
        if key < 0:
            key += len(self)
        if not 0 <= key < len(self):
            raise IndexError("out of range")
        return key * 10


class Custom(list):
    def __getitem__(self, key):
        got = super().__getitem__(key)
        return Custom(got) if isinstance(key, slice) else got


def attempt(f):
    try:
        return f()
    except Exception as error:
        return f"{type(error).__name__}: {error}"


def main():
    a = list(range(10))
    print(a[2:5], a[:3], a[7:], a[-3:], a[:-7], a[::3], a[::-1], a[8:2:-2], a[5:2], a[100:], a[-100:2])
    print("hello"[1:4], "hello"[::-2], (1, 2, 3)[-2:], range(10)[2:8:2], range(10)[::-3], range(5)[-1])
    b = a[:]
    b[2:4] = ["x"]
    print(b)
    b[1:1] = [100, 200]
    b[-2:] = []
    print(b)
    b[::2] = [0] * len(b[::2])
    print(b)
    del b[1::2]
    print(b, len(b))
    del b[0], b[-1]
    print(b)
    print(attempt(lambda: b.__setitem__(slice(None, None, 2), [1])), attempt(lambda: a[::0]))
    g = Grid()
    print(g[1:2, ..., None], g[::2], g[1], g[()], g[-1:, 3], g["k"])
    g[0:1] = 5
    del g[2]
    g[1, 2] = 6
    print(g.keys)
    s = Sized()
    print(s[1:4], s[::-1], s[-1], list(s), attempt(lambda: s[9]), 20 in s, list(reversed(s)))
    print(slice(1, None).indices(5), slice(None, None, -1).indices(5), slice(1, 2, 3).step, slice(5))
    c = Custom([1, 2, 3])
    print(type(c[1:]).__name__, c[1:], c[0], c[1:][0])
    first, *rest = a
    *init, last = a[:3]
    (p, q), [r, *t] = (1, 2), [3, 4, 5]
    print(first, rest, init, last, p, q, r, t)
    m = [[1, 2], [3, 4]]
    m[0][1], m[1][0] = m[1][0], m[0][1]
    print(m, [row[0] for row in m], [list(r) for r in zip(*m)], sum(m, []))
    a[0], a[-1] = a[-1], a[0]
    print(a, a.index(5), a[a.index(5):][:2])
    print("a,b,,c".split(",")[1:-1], "abc"[5:], "abc"[-5:2], "x" * 3 + "yz"[:1], "".join("abc"[i] for i in (2, 0)))
