"""itertools in depth."""
import itertools
import operator
from itertools import (
    accumulate, chain, combinations, combinations_with_replacement, compress, count, cycle,
    dropwhile, filterfalse, groupby, islice, pairwise, permutations, product, repeat, starmap,
    takewhile, tee, zip_longest,
)


def grouped(iterable, n):
    iterators = [iter(iterable)] * n
    return list(zip(*iterators))


def flatten(nested):
    return list(chain.from_iterable(nested))


def main():
    print(list(accumulate([1, 2, 3, 4])), list(accumulate([3, 1, 2], max)),
          list(accumulate([1, 2], operator.mul, initial=10)))
    print(list(chain("ab", [1])), flatten([[1], [2, 3], []]))
    print(list(combinations("abc", 2)), list(combinations([1], 2)), list(combinations("ab", 0)))
    print(list(combinations_with_replacement("ab", 2)))
    print(list(compress("abcd", [1, 0, 1])), list(islice(count(5, 2), 3)), list(islice(count(0.5), 2)))
    print(list(islice(cycle("ab"), 5)), list(dropwhile(lambda x: x < 3, [1, 4, 2])))
    print(list(filterfalse(lambda x: x % 2, range(6))), list(filterfalse(None, [0, 1, "", "a"])))
    print([(k, list(g)) for k, g in groupby("aabbba")],
          [(k, [w for w in g]) for k, g in groupby(["a", "bb", "cc", "d"], key=len)])
    print(list(islice(range(10), 2, 8, 3)), list(islice("abc", None)), list(islice("abcdef", 2, None)))
    print(list(pairwise([1, 2, 3])), list(pairwise([1])), list(permutations([1, 2, 3], 2))[:3])
    print(len(list(permutations("abcd"))), list(product([1, 2], "ab")), list(product([0, 1], repeat=2)))
    print(list(repeat("x", 2)), list(starmap(pow, [(2, 3), (3, 2)])))
    print(list(takewhile(lambda x: x < 3, [1, 2, 3, 1])))
    a, b = tee(iter([1, 2, 3]))
    print(next(a), list(b), list(a))
    print(list(zip_longest([1, 2], "a", fillvalue="-")), grouped(range(7), 3))
    print(dict(zip("abc", count())), list(map(lambda x, y: x + y, [1, 2], repeat(10))))
    print(sum(1 for _ in takewhile(lambda x: x * x < 50, count(1))))
    it = iter([1, 2, 3, 4])
    print([(x, next(it, None)) for x in it])
    print(list(zip(*[(1, 2), (3, 4)])), list(zip()), list(reversed(list(enumerate("ab", 1)))))
    try:
        list(zip([1], [1, 2], strict=True))
    except ValueError as error:
        print("ValueError:", error)
    print(list(itertools.chain(*map(range, [1, 2, 3]))), any(x > 2 for x in chain([1], [3])))
