def attempt(*calls):
    for call in calls:
        try:
            print(call())
        except (TypeError, ValueError, IndexError, KeyError, RuntimeError, AttributeError) as error:
            print(type(error).__name__, error)


def lists():
    a = [3, 1, 2]
    a.append(5)
    a.extend((7, 8))
    a.insert(1, 9)
    a.insert(-1, 10)
    a.insert(100, 11)
    print(a, a.pop(), a.pop(0), a.pop(-2), a)
    a.remove(9)
    a.reverse()
    print(a, a.index(5), a.count(1), a.copy() is a, a[1:3], a[::-1], a[-2:], a[5:1])
    b = list(range(10))
    b[2:4] = [20, 30, 40]
    b[::3] = [0, 0, 0, 0]
    print(b)
    del b[1:5]
    del b[-1]
    b[len(b):] = "xy"
    b[:0] = [99]
    print(b, b * 2, [0] * 3, 2 * [1], b + [1], [1] * -1)
    c = [1]
    d = c
    c += [2]
    c *= 2
    print(c, d is c, [1, 2] < [1, 3], [1] < [1, 2], [2] > [1, 5], [1, 2] == [1, 2], [1] != [1.0])
    words = ["bb", "a", "CC", "dd", "e"]
    words.sort(key=str.lower, reverse=True)
    print(words, sorted(words, key=len), sorted(words, key=len, reverse=True), sorted("hello"))
    pairs = [(1, "b"), (0, "z"), (1, "a"), (0, "a")]
    print(sorted(pairs), sorted(pairs, key=lambda p: p[0]), sorted(pairs, key=lambda p: -p[0]))
    e = [1, [2, 3]]
    e.append(e)
    print(e, list("abc"), list({"a": 1}), list(zip("ab", [1, 2])), 3 in [1, 2.0, 3.0])
    attempt(lambda: [1][5], lambda: [].pop(), lambda: [1].index(2), lambda: [1].remove(3),
            lambda: [1]["a"], lambda: sorted([1, "a"]), lambda: [1, 2][1.0],
            lambda: hash([1]), lambda: list(5), lambda: [1].foo)


def tuples():
    t = (1, 2, 3, 2)
    print(t, (1,), (), t[1:], t[::2], t.count(2), t.index(3), t + (4,), t * 2, 2 in t, len(t))
    print((1, 2) < (1, 3), (1, "a") == (1, "a"), hash((1, 2)) == hash((1.0, 2)), tuple("ab"), tuple([1]))
    a, *b, c = t
    print(a, b, c, t > (1, 2), (1, (2, (3,))))
    attempt(lambda: t[9], lambda: t.index(9), lambda: hash(([],)), lambda: (1, 2) < (1, "a"))


def ranges():
    r = range(2, 20, 3)
    print(r, list(r), len(r), r[1], r[-1], r[1:3], r[::-1], 5 in r, 6 in r, 5.0 in r, r.start, r.stop, r.step)
    print(range(5), range(0), range(5, 0, -2), list(range(5, 0, -2)), range(3) == range(0, 3, 1),
          range(0) == range(2, 2), list(reversed(range(3))), hash(range(3)) == hash(range(0, 3)))
    attempt(lambda: range(1, 2, 0), lambda: range(3)[7])
    s = slice(1, None, 2)
    print(s, s.indices(6), slice(-3, None).indices(5), slice(None, None, -1).indices(3), s.start, s.stop)


def dicts():
    d = {"a": 1, 2: "b", (1, 2): None, 1.5: True}
    print(d, len(d), d["a"], d.get("x"), d.get("x", 5), d.get("a"), 2 in d, "z" not in d)
    d["new"] = [1]
    d.setdefault("a", 9)
    d.setdefault("s", []).append(1)
    del d[2]
    print(d, d.pop("a"), d.pop("zz", None), list(d), list(d.values()), list(d.items()))
    print({1: "int", True: "bool", 1.0: "float"}, {"a": 1} == {"a": 1.0}, {"a": 1} | {"b": 2})
    e = dict([("x", 1), ("y", 2)], z=3)
    e.update({"x": 10}, w=4)
    e.update([("q", 5)])
    e |= {"r": 6}
    print(e, dict(e) is e, e.copy() == e, dict.fromkeys("ab", 0), e.popitem(), dict(a=1))
    keys = e.keys()
    e["later"] = 1
    print(keys, e.values(), e.items(), "later" in keys, len(keys), keys & {"x", "nope"}, keys - {"x"} == set(keys) - {"x"})
    print(sorted(keys | {"zz"}), list(reversed(e)), {"a": {"b": {}}}, ("x", 10) in e.items())
    for i in range(100):
        e[i] = i
    for i in range(99):
        del e[i]
    print(e)
    f = {}
    f["self"] = f
    print(f)
    def grow():
        g = {1: 2}
        for k in g:
            g[k + 1] = 1
    attempt(lambda: d["missing"], lambda: {}[5], lambda: {[]: 1}, lambda: d.pop("zz"), lambda: {}.popitem(), grow,
            lambda: dict([1]), lambda: dict([(1, 2, 3)]), lambda: {1: 2} < {1: 3})


def sets():
    s = {3, 1, 2}
    s.add(4)
    s.discard(9)
    s.remove(1)
    print(sorted(s), len(s), 3 in s, set() == set(), {1, 2} == {2, 1}, frozenset([1, 2]) == {1, 2})
    print(sorted(s | {9}), sorted(s & {3, 4}), sorted(s - {3}), sorted(s ^ {3, 100}))
    print({1} < {1, 2}, {1} <= {1}, {1, 2} > {1}, {1} >= {2}, {1}.issubset([1, 2]), {1, 2}.issuperset({1}))
    print({1}.isdisjoint({2}), sorted({1}.union([2], (3,))), {1, 2}.intersection([2, 5]), {1, 2}.difference([2]))
    s.update([7, 8])
    s -= {7}
    s |= {5}
    s &= {2, 3, 5}
    s ^= {2}
    print(sorted(s), set(), frozenset(), frozenset({1}), {1}, set("a"), sorted({"a": 1, "b": 2}.keys() | {"c"}))
    print(hash(frozenset([1, 2])) == hash(frozenset([2, 1])), {frozenset([1]): 1}[frozenset([1])])
    attempt(lambda: {1}.remove(2), lambda: hash({1}), lambda: {[]}, lambda: set().pop(), lambda: {1} | [2],
            lambda: set(None), lambda: frozenset(5))


class Config(dict):
    def __getattr__(self, name):
        try:
            return self[name]
        except KeyError:
            raise AttributeError(name)

    def __setattr__(self, name, value):
        self[name] = value


class Defaulting(dict):
    def __missing__(self, key):
        return key * 2


class Stack(list):
    def __init__(self, *args):
        super().__init__(args)
        self.pushed = 0

    def push(self, item):
        self.pushed += 1
        self.append(item)

    def __getitem__(self, index):
        return ("item", super().__getitem__(index))


class Pair(tuple):
    def __new__(cls, a, b):
        return super().__new__(cls, (a, b))

    def total(self):
        return self[0] + self[1]


class Meters(float):
    def __repr__(self):
        return f"{float(self)}m"


class Name(str):
    def shout(self):
        return self.upper() + "!"


def derived():
    c = Config(lr=0.1, layers=[1, 2])
    c.batch = 32
    print(c, c.lr, c["batch"], len(c), sorted(c), isinstance(c, dict), hasattr(c, "nope"), c == {"lr": 0.1, "layers": [1, 2], "batch": 32})
    print(Defaulting(a=1)["zz"], Defaulting(a=1)["a"], Defaulting().get("q"), {**c}["lr"])
    s = Stack(1, 2)
    s.push(3)
    print(s, s[0], s.pushed, len(s), s + [4], list(s), [0] + s, 2 in s, isinstance(s, list))
    p = Pair(3, 4)
    print(p, p.total(), p[0], len(p), p == (3, 4), isinstance(p, tuple), tuple(p))
    m = Meters(2.5)
    print(m, m + 1, m * 2, m == 2.5, float(m), isinstance(m, float), f"{m:.2f}", round(m), max(m, 1))
    n = Name("bob")
    print(n, n.shout(), n + "by", len(n), n == "bob", {"bob": 1}[n], n[0], isinstance(n, str), f"{n:>5}", "o" in n)


def lists_that_grow_from_themselves():
    sums = [1, 2]
    sums.extend(sums[-1] + sums[-2] for _ in range(5))
    sums += (sums[-1] * 2 for _ in range(3))
    sums.extend(sums[:2])
    sums.extend(sums)
    print(sums, len(sums))


def main():
    lists()
    tuples()
    ranges()
    dicts()
    sets()
    derived()
    lists_that_grow_from_themselves()


if __name__ == "__main__":
    main()
