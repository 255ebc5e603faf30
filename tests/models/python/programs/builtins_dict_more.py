"""Dictionaries: methods, views, order, merging, nested defaults."""


def attempt(f):
    try:
        return f()
    except Exception as error:
        return f"{type(error).__name__}: {error}"


def main():
    d = {"a": 1, "b": 2}
    d["c"] = 3
    print(d, len(d), "a" in d, d.get("z"), d.get("z", 0), d.setdefault("d", 4), d.setdefault("a", 9))
    print(list(d), list(d.keys()), list(d.values()), list(d.items()), list(reversed(d)))
    print(d.pop("a"), d.pop("zz", None), attempt(lambda: d.pop("zz")), d.popitem(), d)
    d.update({"b": 20}, e=5)
    d.update([("f", 6)])
    d.update(zip("gh", (7, 8)))
    print(d, {**d, "b": 0} == d | {"b": 0})
    del d["e"]
    print(attempt(lambda: d["e"]), sorted(d), max(d, key=d.get), sum(d.values()), min(d.items()))
    print({k: v for k, v in d.items() if v > 6}, {v: k for k, v in d.items()}, dict(a=1, **{"b": 2}), dict([(1, 2)]))
    keys = d.keys()
    d["new"] = 1
    print("new" in keys, keys & {"b", "x"}, keys | {"x"} == {*d, "x"}, keys - {"b"} == set(d) - {"b"}, d.items() >= {("b", 20)})
    print(attempt(lambda: {[]: 1}), attempt(lambda: [d.pop(k) for k in d]), len(d))
    e = {}
    for word in "the cat the dog the end".split():
        e[word] = e.get(word, 0) + 1
    print(e, sorted(e.items(), key=lambda kv: (-kv[1], kv[0])))
    groups = {}
    for n in range(7):
        groups.setdefault(n % 3, []).append(n)
    print(groups, {**groups}, dict(sorted(groups.items(), reverse=True)))
    nested = {"a": {"b": {"c": 1}}}
    print(nested["a"]["b"]["c"], nested.get("x", {}).get("y", "none"), {"x": 1} == {"x": 1.0}, {1: "a", True: "b", 1.0: "c"})
    copy = nested.copy()
    copy["a"]["b"]["c"] = 2
    print(nested, {(1, 2): "t"}[1, 2], {None: 0}[None], {1.5: "f"}[1.5], {"a": 1} != {"a": 2}, bool({}), {} or "empty")
    a, b = {"x": 1, "y": 2}, {"y": 3, "z": 4}
    print(a | b, b | a, {k: (a.get(k), b.get(k)) for k in sorted(a.keys() | b.keys())})
    a |= b
    print(a, dict.fromkeys("ab"), dict(enumerate("ab")), dict(zip(["k"], ["v"])), list({"q": 1, "r": 2}.items())[0])
    first, *rest = d
    (key, value), = {"only": 1}.items()
    print(first, rest, key, value, str({"a": {1, }}), repr({}), [*{"a": 1}], {*{"a": 1}}, len({i: i for i in range(100)}))
    d.clear()
    print(d, d == {})
    def kw(**kwargs):
        return kwargs
    print(kw(**{"a": 1}, b=2), attempt(lambda: kw(**{1: 2})), attempt(lambda: kw(a=1, **{"a": 2})))
