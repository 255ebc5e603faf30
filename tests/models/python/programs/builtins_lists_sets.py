"""Lists, tuples and sets: methods, sorting, equality."""


def attempt(f):
    try:
        return f()
    except Exception as error:
        return f"{type(error).__name__}: {error}"


def main():
    a = [3, 1, 2]
    a.append(5)
    a.extend((7, 8))
    a.insert(1, 9)
    a.insert(-1, 0)
    a.insert(100, 4)
    print(a, a.pop(), a.pop(0), a.pop(-2), a, a.index(9), a.count(1), 2 in a)
    a.remove(9)
    a.sort()
    print(a, sorted(a, reverse=True), a[::-1], attempt(lambda: a.remove(99)), attempt(lambda: [].pop()))
    a.reverse()
    b = a.copy()
    b += [1]
    c = a + [2]
    print(a, b, c, a * 2, a == list(a), a < b, [1, [2]] == [1, [2]], [[0] * 2 for _ in range(2)])
    words = ["bb", "a", "ccc", "dd"]
    words.sort(key=len)
    print(words, sorted(words, key=lambda w: (-len(w), w)), sorted("bca"), min(words, key=len), attempt(lambda: sorted([1, "a"])))
    pairs = [(1, "b"), (0, "z"), (1, "a")]
    print(sorted(pairs), sorted(pairs, key=lambda p: p[0]), max(pairs), sorted(pairs, key=lambda p: p[1], reverse=True))
    m = [[1, 2, 3], [4, 5, 6]]
    print([list(r) for r in zip(*m)], [x for row in m for x in row], [[x * y for x in (1, 2)] for y in (3, 4)], sum(map(sum, m)))
    print([i for i in range(20) if i % 2 if i % 3], [(x, y) for x in range(3) for y in range(x)], [x if x > 1 else -x for x in range(4)])
    t = (1, 2, 3, 2)
    print(t + (4,), t * 2, t.index(2), t.count(2), t[1:], (1,), (), tuple("ab"), (1, 2) < (1, 3), hash((1, 2)) == hash((1, 2)))
    print(attempt(lambda: t.__setitem__(0, 1)), attempt(lambda: (1, [])[5]), 2 in t, len(t), tuple(sorted(t)), *t)
    s = {1, 2, 3}
    s.add(2)
    s.discard(9)
    s.update([4, 5])
    print(sorted(s), 3 in s, len(s), attempt(lambda: s.remove(9)), sorted(s | {6}), sorted(s & {1, 9}), sorted(s - {1}), sorted(s ^ {1, 7}))
    print({1, 2} <= {1, 2, 3}, {1} < {1}, {1}.issubset([1, 2]), {1, 2}.issuperset({1}), {1}.isdisjoint({2}), {1, 2} == {2, 1}, set() == {*()})
    f = frozenset([1, 2])
    print(f == {1, 2}, {f: "k"}[frozenset({2, 1})], f | {3} == frozenset({1, 2, 3}), type(f | {3}).__name__, attempt(lambda: {[1]}))
    s.intersection_update({1, 2, 99})
    s.difference_update({2})
    print(s, s.pop(), s, bool(set()), set("aab") == {"a", "b"}, {x % 3 for x in range(9)} == {0, 1, 2}, sorted({"b", "a"}.union("c", ["d"])))
    q = list(range(5))
    while q:
        q.pop()
    del a[:]
    print(q, a, list(filter(None, [0, 1, "", "x"])), list(map(str, range(3))), all(x > 0 for x in [1, 2]), [*range(3), *"ab"])
    grid = [[0] * 3] * 2
    grid[0][0] = 1
    print(grid, [1, 2, 3][-1], [1, 2, 3][True], list("abc").index("c"), [1, 2] in [[1, 2]], [None] * 2, ["a"] + ["b"] == list("ab"))
    stack, queue = [1], [1, 2]
    stack.append(2)
    print(stack.pop(), queue.pop(0), list(enumerate("ab", start=1)), list(reversed([1, 2])), list(zip([1, 2], "ab")), dict(zip("ab", [1, 2])))
    x = [1, 2, 3]
    for i, v in enumerate(x):
        if v == 2:
            x.append(9)
    print(x, [v for v in x if v != 9][1:], x.__len__(), x.__contains__(9), list.append is not None, list.__name__)
