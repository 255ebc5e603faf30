"""Iterators: classes with __iter__ and __next__, sentinels, unpacking, exhaustion."""


class Range:
    def __init__(self, n):
        self.n = n

    def __iter__(self):
        return RangeIterator(self.n)

    def __len__(self):
        return self.n

    def __reversed__(self):
        return iter(range(self.n - 1, -1, -1))

    def __contains__(self, x):
        return isinstance(x, int) and 0 <= x < self.n


class RangeIterator:
    def __init__(self, n):
        self.i, self.n = 0, n

    def __iter__(self):
        return self

    def __next__(self):
        if self.i >= self.n:
            raise StopIteration
        self.i += 1
        return self.i - 1


class Old:
    def __getitem__(self, i):
        if i > 3:
            raise IndexError
        return i * i


class Batches:
    def __init__(self, data, size, drop_last=False):
        self.data, self.size, self.drop_last = data, size, drop_last

    def __iter__(self):
        batch = []
        for item in self.data:
            batch.append(item)
            if len(batch) == self.size:
                yield batch
                batch = []
        if batch and not self.drop_last:
            yield batch

    def __len__(self):
        full, rest = divmod(len(self.data), self.size)
        return full + (1 if rest and not self.drop_last else 0)


class Chain:
    def __init__(self, *layers):
        self.layers = layers

    def __iter__(self):
        return iter(self.layers)

    def __getitem__(self, i):
        return type(self)(*self.layers[i]) if isinstance(i, slice) else self.layers[i]

    def __add__(self, other):
        return type(self)(*self, *other)

    def __call__(self, x):
        for layer in self:
            x = layer(x)
        return x


def attempt(f):
    try:
        return f()
    except Exception as error:
        return f"{type(error).__name__}: {error}"


def main():
    r = Range(4)
    print(list(r), [*r], sum(r), max(r), sorted(r, reverse=True), list(reversed(r)), 3 in r, 9 in r, len(r))
    a, b, *c = r
    print(a, b, c, tuple(r), set(r) == {0, 1, 2, 3}, dict(zip(r, "abcd")), list(map(str, r)), list(enumerate(r))[-1])
    it = iter(r)
    print(next(it), next(it), list(it), next(it, "end"), attempt(lambda: next(it)), iter(it) is it)
    print(list(Old()), 9 in Old(), 5 in Old(), [x for x in Old() if x % 2])
    for i in Range(3):
        for j in Range(3):
            if j == i:
                continue
            if j == 2:
                break
            print(i, j, end="; ")
        else:
            print("no break", end="; ")
    print()
    b = Batches(range(7), 3)
    print(list(b), len(b), len(Batches(range(7), 3, True)), list(Batches(range(7), 3, drop_last=True))[-1])
    f = Chain(lambda x: x + 1, lambda x: x * 10)
    print(f(1), f[0](5), f[1:](3), (f + f)(1), len(list(f)))
    x = [1, 2, 3]
    i = iter(x)
    x.append(4)
    print(list(i), list(i), attempt(lambda: [1 for _ in 5]), attempt(lambda: (lambda a, b: 0)(*[1])), attempt(lambda: dict([1])))
    try:
        p, q = [1, 2, 3]
    except ValueError as error:
        print(error)
    try:
        p, q, *s = [1]
    except ValueError as error:
        print(error)
    n = 0
    while True:
        n += 1
        if n % 2:
            continue
        if n > 6:
            break
    else:
        print("never")
    print(n, [y for y in iter(lambda s=iter("abcX"): next(s), "X")], list(zip(range(3), "ab")), list(range(3)) + [*range(2)])
