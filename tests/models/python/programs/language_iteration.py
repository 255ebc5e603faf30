def gens():

    def g(n):
        for i in range(n):
            yield (i * i)
        return 5

    def h():
        yield from g(3)
        yield 'end'
    it = g(3)
    print(next(it), next(it), next(it), next(it, 'done'), list(h()), sum(g(4)), dict(((k, v) for k, v in zip('ab', g(2)))))
    print([x for x in g(5) if x % 2 == 0], {x % 3 for x in g(5)}, any((x > 3 for x in g(5))), max((x for x in g(3)), default=0))
    first = next((x for x in iter(int, 1) if True))
    print(first, list(zip(g(2), 'abc')), [(x, y) for x in range(2) for y in range(x + 1) if y != 5])


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


def main():
    gens()
