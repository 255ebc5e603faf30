"""Classes derived from built-in containers, and those of collections.abc."""
from collections import OrderedDict, UserDict, defaultdict
from collections.abc import Iterable, Mapping, MutableMapping, MutableSequence, Sequence, Set


class Attributes(dict):
    def __getattr__(self, name):
        try:
            return self[name]
        except KeyError:
            raise AttributeError(name) from None

    def __setattr__(self, name, value):
        self[name] = value

    def __delattr__(self, name):
        del self[name]


class Lower(dict):
    def __setitem__(self, key, value):
        super().__setitem__(key.lower(), value)

    def __getitem__(self, key):
        return super().__getitem__(key.lower())

    def __contains__(self, key):
        return super().__contains__(key.lower())


class Output(OrderedDict):
    def __init__(self, **kw):
        super().__init__()
        for key, value in kw.items():
            if value is not None:
                self[key] = value

    def __getitem__(self, k):
        if isinstance(k, str):
            return dict(self.items())[k]
        return self.to_tuple()[k]

    def to_tuple(self):
        return tuple(self[k] for k in self.keys())


class Registry(MutableMapping):
    shared = {"base": 0}

    def __init__(self):
        self.local = {}

    def __getitem__(self, key):
        return self.local[key] if key in self.local else self.shared[key]

    def __setitem__(self, key, value):
        self.local[key] = value

    def __delitem__(self, key):
        del self.local[key]

    def __iter__(self):
        return iter({**self.shared, **self.local})

    def __len__(self):
        return len(self.shared.keys() | self.local.keys())


class Items(MutableSequence):
    def __init__(self, *items):
        self.items = list(items)

    def __getitem__(self, i):
        return self.items[i]

    def __setitem__(self, i, v):
        self.items[i] = v

    def __delitem__(self, i):
        del self.items[i]

    def __len__(self):
        return len(self.items)

    def insert(self, i, v):
        self.items.insert(i, v)


class Stack(list):
    def push(self, item):
        self.append(item)
        return self

    @property
    def top(self):
        return self[-1]


class Meters(float):
    def __new__(cls, value, unit="m"):
        made = super().__new__(cls, value)
        made.unit = unit
        return made

    def __str__(self):
        return f"{float(self)}{self.unit}"


class Name(str):
    def __new__(cls, text):
        return super().__new__(cls, text.title())

    def greet(self):
        return "I am " + self


class Pair(tuple):
    def __new__(cls, a, b):
        return super().__new__(cls, (a, b))

    @property
    def total(self):
        return self[0] + self[1]


def main():
    a = Attributes(x=1)
    a.y = 2
    del a.x
    print(a, a.y, hasattr(a, "z"), isinstance(a, dict), a == {"y": 2}, dict(a), len(a))
    low = Lower()
    low["KEY"] = 1
    print(low, low["Key"], "kEy" in low, low.get("key"), list(low))
    o = Output(first=1, skipped=None, second=2)
    print(o[0], o["second"], o[1:], list(o), o.to_tuple(), len(o), "skipped" in o, o.get("first"))
    for key, value in o.items():
        print(key, value)
    r = Registry()
    r["own"] = 5
    r.update(more=6)
    print(sorted(r), r["base"], r.get("none", "d"), len(r), "own" in r, r.pop("own"), sorted(r.items()))
    print(r.setdefault("set", 9), isinstance(r, Mapping), list(r.values()), r == {"base": 0, "more": 6, "set": 9})
    i = Items(3, 1, 2)
    i.append(9)
    i.extend([7, 8])
    i.remove(1)
    i += [5]
    print(list(i), i.index(9), i.count(7), 8 in i, i.pop(), i[0], list(reversed(i)), isinstance(i, Sequence))
    i.reverse()
    print(i.items, isinstance(i, Iterable), isinstance([], MutableSequence))
    s = Stack([1])
    print(s.push(2).push(3).top, s, s[1:], type(s + [4]).__name__, sorted(s, reverse=True))
    m = Meters(2.5)
    print(m, m * 2, m.unit, Meters(1, "km"), isinstance(m, float), m + 1, repr(m))
    n = Name("ada")
    print(n, n.greet(), n.upper(), len(n), n == "Ada", type(n[:1]).__name__, {n: 1}["Ada"])
    p = Pair(3, 4)
    print(p, p.total, p[0], p == (3, 4), isinstance(p, tuple), hash(p) == hash((3, 4)))
    u = UserDict(a=1)
    u["b"] = 2
    print(u, u.data, "a" in u, sorted(u), len(u))
    d = defaultdict(lambda: [0])
    d["k"].append(1)
    print(dict(d), d.get("x"), "x" in d, isinstance({1}, Set), isinstance({}.keys(), Set))
