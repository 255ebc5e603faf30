"""Classes derived from built-in types: their own methods come first, super() reaches the rest."""
import copy
from collections import OrderedDict, defaultdict, namedtuple
from typing import NamedTuple


class Vec(tuple):
    def __new__(cls, *items):
        self = super().__new__(cls, items)
        self.tag = len(items)
        return self

    def __add__(self, other):
        return Vec(*(a + b for a, b in zip(self, other)))

    def __mul__(self, k):
        return Vec(*(a * k for a in self))

    __rmul__ = __mul__

    def __neg__(self):
        return Vec(*(-a for a in self))

    def __getitem__(self, i):
        if isinstance(i, slice):
            return Vec(*super().__getitem__(i))
        return super().__getitem__(i)

    def __contains__(self, x):
        return x == "any" or super().__contains__(x)

    def __eq__(self, other):
        return tuple(self) == tuple(other)

    def __lt__(self, other):
        return sum(self) < sum(other)

    def __hash__(self):
        return hash(tuple(self))

    def __len__(self):
        return 100

    def __repr__(self):
        return "Vec" + super().__repr__()

    def __call__(self):
        return "called"


class Plain(tuple):
    pass


class Point(NamedTuple):
    x: int
    y: int = 2

    def __add__(self, other):
        return Point(self.x + other.x, self.y + other.y)

    def __bool__(self):
        return self.x != 0

    @property
    def norm1(self):
        return abs(self.x) + abs(self.y)

    @classmethod
    def origin(cls):
        return cls(0, 0)


class Sized(namedtuple("Sized", "h w")):
    __slots__ = ()

    def __new__(cls, h, w=None):
        return super().__new__(cls, h, h if w is None else w)

    def __str__(self):
        return f"{self.h}x{self.w}"

    def __truediv__(self, k):
        return self._replace(h=self.h // k, w=self.w // k)


class Stack(list):
    def __getitem__(self, i):
        item = super().__getitem__(i)
        return Stack(item) if isinstance(i, slice) else item

    def __setitem__(self, i, v):
        super().__setitem__(i, ("set", v))

    def __add__(self, other):
        return Stack(list(self) + ["+"] + list(other))

    def __iadd__(self, other):
        self.append(("iadd", other))
        return self

    def __contains__(self, x):
        return False

    def __iter__(self):
        return iter(["iterated"])

    def append(self, x):
        super().append(x)
        self.appended = getattr(self, "appended", 0) + 1

    def __bool__(self):
        return False


class Attr(dict):
    def __getattr__(self, name):
        try:
            return self[name]
        except KeyError as e:
            raise AttributeError(name) from e

    def __setattr__(self, name, value):
        self[name] = value

    def __missing__(self, key):
        return f"no {key}"

    def __or__(self, other):
        return "or"

    def __len__(self):
        return 7


class Case(dict):
    def __setitem__(self, k, v):
        super().__setitem__(k.lower(), v)

    def __getitem__(self, k):
        return super().__getitem__(k.lower())

    def __contains__(self, k):
        return super().__contains__(k.lower())


class Counts(defaultdict):
    def __missing__(self, key):
        self[key] = value = len(self)
        return value


class Ordered(OrderedDict):
    def __repr__(self):
        return f"Ordered[{', '.join(self)}]"


class Path(str):
    def __truediv__(self, other):
        return Path(f"{self}/{other}")

    def __add__(self, other):
        return Path(str(self) + "+" + other)

    def __mod__(self, x):
        return "mod"

    def __eq__(self, other):
        return str(self).lower() == str(other).lower()

    def __hash__(self):
        return hash(str(self).lower())

    def __len__(self):
        return 3

    def __getitem__(self, i):
        return Path(super().__getitem__(i))

    def upper(self):
        return Path("UP" + super().upper())


class Meters(float):
    def __new__(cls, value, unit="m"):
        self = super().__new__(cls, value)
        self.unit = unit
        return self

    def __add__(self, other):
        return Meters(float(self) + float(other), self.unit)

    def __radd__(self, other):
        return "radd"

    def __repr__(self):
        return f"{float(self)}{self.unit}"

    def __lt__(self, other):
        return "lt"

    def __neg__(self):
        return Meters(-float(self))


class Level(int):
    def __add__(self, other):
        return Level(int(self) + int(other))

    def __index__(self):
        return int.__index__(self)

    def __eq__(self, other):
        return "eq"

    def __hash__(self):
        return 5

    def __bool__(self):
        return False

    def __str__(self):
        return "L" + super().__str__()


class Names(set):
    def add(self, x):
        super().add(x.upper())

    def __contains__(self, x):
        return super().__contains__(x.upper())

    def __or__(self, other):
        return Names(set(self) | {o.upper() for o in other})


def main():
    v = Vec(1, 2, 3)
    print(v + (10, 20, 30), v * 2, 2 * v, -v, v[0], v[1:], v[-1])
    print("any" in v, 5 in v, v == (1, 2, 3), v < (9, 9), len(v), v.tag, v(), {v: 1}[(1, 2, 3)])
    print(tuple(v), list(v), sum(v), max(v), isinstance(v, tuple), type(v + v).__name__, *v)
    a, *b = v
    print(a, b, v.index(2), v.count(3), sorted([Vec(5, 5), Vec(1)], key=len))
    p = Plain((1, 2))
    p.note = "x"
    print(p, p.note, p + (3,), type(p + (3,)).__name__, p[::-1], type(p[:1]).__name__, p == (1, 2))
    print(hash(p) == hash((1, 2)), p < (2,), Plain() or "empty", "%s-%s" % p, copy.copy(p), copy.deepcopy(p).note)

    q = Point(1) + Point(3, 4)
    print(q, q.x, q[1], q.norm1, bool(Point(0)), Point.origin(), q._asdict(), q._replace(y=0), Point._fields)
    x, y = q
    print(x, y, q == (4, 6), Point._make([7, 8]), isinstance(q, tuple), len(q), Point._field_defaults)
    try:
        q.x = 3
    except AttributeError:
        print("read-only")
    s = Sized(8)
    print(s, repr(s), s / 2, type(s / 2).__name__, s.h, s[1], Sized(h=1, w=2) == (1, 2))

    st = Stack([1, 2, 3])
    st[0] = 5
    st += [9]
    print(st[0], st[1:3], type(st[1:]).__name__, st + [4], 2 in st, list(st), st.appended, bool(st), len(st))
    d = Attr(a=1)
    d.b = 2
    print(d.a, d["b"], d["zz"], d | {}, len(d), hasattr(d, "qq"), sorted(d), d.get("q"), dict(d))
    c = Case()
    c["KeY"] = 1
    print(c, "kEY" in c, c["KEY"], c.get("KEY"), [*c], {**c})
    n = Counts()
    print(n["a"], n["b"], n["a"], dict(n))
    o = Ordered([("z", 1), ("y", 2)])
    o.move_to_end("z")
    print(o, str(o), f"{o}", isinstance(o, dict), copy.deepcopy(o))

    path = Path("a") / "b"
    print(path, path + "c", path % 3, path == "A/B", {path: 1}["a/b"], len(path), path[0], type(path[0]).__name__)
    print(path.upper(), path.split("/"), path.startswith("a"), f"{path:>5}", "/".join([path, path]), path in "xa/b")
    m = Meters(1.5)
    print(m + 1, 1 + m, m, m < 2, -m, m * 2, round(m), int(m), f"{m:.2f}", m.unit, sum([m, m], m), abs(m))
    lv = Level(3)
    print(lv + 1, type(lv + 1).__name__, lv == 9, hash(lv), bool(lv), [0, 1, 2, 3][lv], lv * 2, range(lv), -lv)
    print(f"{lv}", "%d" % lv, lv - 1, 5 > lv, lv.bit_length(), int(lv), repr(lv), str(lv))
    ns = Names(["A"])
    ns.add("b")
    print(sorted(ns), "a" in ns, "c" in ns, sorted(ns | {"c"}), type(ns | {"c"}).__name__, len(ns))


if __name__ == "__main__":
    main()
