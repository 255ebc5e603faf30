"""namedtuple and NamedTuple beyond the plain."""
from collections import namedtuple
from typing import NamedTuple

Point = namedtuple("Point", ["x", "y"], defaults=[0])
Spec = namedtuple("Spec", "name, size kind")


class Row(NamedTuple):
    """A row."""
    key: str
    value: int = 3

    def doubled(self):
        return self._replace(value=self.value * 2)

    @property
    def text(self):
        return f"{self.key}={self.value}"


class Vector(namedtuple("Vector", "a b")):
    __slots__ = ()

    def __add__(self, other):
        return Vector(self.a + other.a, self.b + other.b)

    @classmethod
    def zero(cls):
        return cls(0, 0)


def attempt(f, *args, **kw):
    try:
        return f(*args, **kw)
    except Exception as error:
        return type(error).__name__


def main():
    p = Point(1)
    print(p, p.x, p[1], p._fields, Point._field_defaults, p._asdict(), len(p))
    x, y = p
    print(x, y, p == (1, 0), p < Point(2), hash(p) == hash((1, 0)), p + (5,))
    print(Point._make([7, 8]), p._replace(y=9), Point(**{"x": 1, "y": 2}), isinstance(p, tuple))
    r = Row("k")
    print(r, r.doubled(), r.text, Row.__doc__, Row("a", 1) == ("a", 1), sorted([Row("b"), Row("a")]))
    v = Vector(1, 2) + Vector(3, 4)
    print(v, Vector.zero(), type(v).__name__, v.a * v.b)
    print(attempt(Point), attempt(Point, 1, 2, 3), attempt(setattr, p, "x", 3), attempt(Point, z=1))
    print(Spec("a", 1, "k").kind, Spec._fields, [*Spec(1, 2, 3)], max(Spec(3, 9, 4)))
    print(p.index(0), p.count(1), 1 in p, p[::-1], dict(zip(p._fields, p)))
    match r:
        case Row(key=k, value=v):
            print("matched", k, v)
    match p:
        case Point(a, b):
            print("positional", a, b)
    nested = {Point(0, 1): "a"}
    print(nested[0, 1], "%s-%s" % p, "{0.x}/{0.y}".format(p), f"{p.x:>3}")
