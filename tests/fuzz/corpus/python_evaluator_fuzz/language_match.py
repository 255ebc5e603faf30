"""match statements."""
import collections
from dataclasses import dataclass
from enum import Enum


class Color(Enum):
    RED = 1
    GREEN = 2


@dataclass
class Point:
    x: int
    y: int = 0


@dataclass
class Point3(Point):
    z: int = 0


class Pair:
    __match_args__ = ("left", "right")

    def __init__(self, left, right):
        self.left = left
        self.right = right


class Bare:
    def __init__(self, **kw):
        self.__dict__.update(kw)


class Listed:
    __match_args__ = ["a"]
    a = 1


class Config:
    LIMIT = 10
    NAME = "name"


def attempt(f, *args):
    try:
        return f(*args)
    except Exception as error:
        return f"{type(error).__name__}: {error}"


def literal(x):
    match x:
        case None:
            return "none"
        case True:
            return "true"
        case False:
            return "false"
        case 0:
            return "zero"
        case -1:
            return "minus one"
        case 1.5:
            return "one and a half"
        case "a" | "b":
            return "a or b"
        case b"bytes":
            return "bytes"
        case "long" "er":
            return "joined"
        case _:
            return "other"


def value(x):
    match x:
        case Config.LIMIT:
            return "limit"
        case Config.NAME:
            return "the name"
        case Color.RED:
            return "red"
        case Color():
            return f"colour {x.name}"
        case other:
            return f"captured {other!r}"


def sequence(x):
    match x:
        case []:
            return "empty"
        case [one]:
            return f"one {one}"
        case [1, 2]:
            return "one two"
        case [1, *rest]:
            return f"begins with 1, then {rest}"
        case [*init, 9]:
            return f"ends with 9 after {init}"
        case (a, [b, c], *_):
            return f"nested {a} {b} {c}"
        case first, *middle, last:
            return f"{first} {middle} {last}"
        case _:
            return "no sequence"


def mapping(x):
    match x:
        case {"kind": "conv", "size": int(size), **rest}:
            return f"conv {size} {sorted(rest.items())}"
        case {"kind": "linear", "units": [a, b]}:
            return f"linear {a} {b}"
        case {Config.NAME: n}:
            return f"named {n}"
        case {1: one, -2: two}:
            return f"numbers {one} {two}"
        case {None: none}:
            return f"none {none}"
        case {}:
            return f"some mapping of {len(x)}"
        case _:
            return "no mapping"


def classes(x):
    match x:
        case bool(b):
            return f"bool {b}"
        case int(n) if n > 100:
            return f"large int {n}"
        case int() | float():
            return f"number {x}"
        case str(s):
            return f"str {s}"
        case Point3(a, b, z=c):
            return f"point3 {a} {b} {c}"
        case Point(0, 0):
            return "origin"
        case Point(x=0, y=y):
            return f"on the y axis at {y}"
        case Point(x, y) if x == y:
            return f"diagonal {x}"
        case Point():
            return "point"
        case Pair(Point(x=px), right=[*items]):
            return f"pair {px} {items}"
        case Pair(left, right):
            return f"pair of {left} and {right}"
        case Bare(a=1, b=b):
            return f"bare {b}"
        case list([1, x]):
            return f"list {x}"
        case tuple() as t:
            return f"tuple {t}"
        case dict(d):
            return f"dict {d}"
        case _:
            return "unknown"


def bindings(x):
    match x:
        case [("go" | "walk") as verb, ("north" | "south" as where)]:
            return verb, where
        case [[a, b] as inner, *_] | [inner, a, b]:
            return inner, a, b
        case {"p": Point(x=px) as p}:
            return px, p
        case str() | bytes() as text:
            return type(text).__name__, text
        case (1 | 2 | 3) as small:
            return small
    return "nothing matched"


def guard_falls_through(x):
    seen = []
    match x:
        case n if seen.append(n):
            return "first"
        case n if n > 5 and (m := n * 2) > 20:
            return f"second {m}"
        case n:
            return f"third {n} {seen}"


def control_flow():
    out = []
    for item in [1, "skip", 2, "stop", 3]:
        match item:
            case "skip":
                continue
            case "stop":
                break
            case int():
                out.append(item)
    else:
        out.append("not reached")
    return out


def keeps_bindings():
    match [1, [2, 3]]:
        case [a, [b, c]]:
            pass
    match 5:
        case [a]:
            pass
        case str(b):
            pass
    return a, b, c


def failed_pattern_binds_nothing():
    a = "before"
    match [1, 2]:
        case [a, 3]:
            pass
    return a


def generator(items):
    for item in items:
        match item:
            case int(n) if n % 2:
                yield n
            case [*many]:
                yield from generator(many)
            case {"value": v}:
                got = yield v
                yield ("got", got)


def soft_keywords():
    match = {"case": 1}
    case = match["case"]
    _ = "underscore"
    match case:
        case _:
            return match, case, _


def closures():
    made = []
    for item in (1, [2]):
        match item:
            case int(n):
                made.append(lambda n=n: n)
            case [n]:
                made.append(lambda: n)
    return [f() for f in made]


def in_class():
    class Holder:
        match 3:
            case n:
                doubled = n * 2
    return Holder.n, Holder.doubled


match "module":
    case str(top):
        TOP = top


def main():
    for x in (None, True, False, 0, 1, -1, 1.5, 0.0, "a", "b", b"bytes", "longer", "c", []):
        print(repr(x), literal(x))
    for x in (10, "name", Color.RED, Color.GREEN, 11, 10.0):
        print(value(x))
    for x in ([], [5], (1, 2), [1, 2, 3], [4, 5, 9], (7, (8, 9)), [7, [8, 9], 10], "ab", b"ab",
              range(3), range(0), {1: 2}, {1, 2}, 5, iter([1])):
        print(sequence(x))
    for x in ({"kind": "conv", "size": 3, "pad": 1}, {"kind": "conv", "size": "3"},
              {"kind": "linear", "units": (1, 2)}, {"name": "n"}, {1: "a", -2: "b", 3: "c"},
              {None: 0}, {}, {"x": 1}, [], collections.OrderedDict(kind="conv", size=1)):
        print(mapping(x))
    d = collections.defaultdict(list)
    print(mapping(d), len(d))
    for x in (True, 7, 101, 2.5, "s", Point(0, 0), Point(0, 4), Point(3, 3), Point(3, 4),
              Point3(1, 2, 3), Pair(Point(9), [1, 2]), Pair(1, 2), Bare(a=1, b=2), Bare(a=1),
              [1, 5], (1, 2), {"k": 1}, None):
        print(classes(x))
    for x in (["go", "north"], ["stop", "north"], [[1, 2], 3], [0, 1, 2], {"p": Point(6)},
              "text", b"b", 2, 4):
        print(bindings(x))
    for x in (1, 8, 12):
        print(guard_falls_through(x))
    print(control_flow(), keeps_bindings(), failed_pattern_binds_nothing())
    g = generator([1, 2, [3, [5, 4]], {"value": 7}, 9])
    print([next(g) for _ in range(4)], g.send("sent"), list(g))
    print(soft_keywords(), closures(), in_class(), TOP)

    def too_many(x):
        match x:
            case Pair(1, 2, 3):
                pass

    def no_args(x):
        match x:
            case Bare(1):
                pass

    def two_of_int(x):
        match x:
            case int(1, 2):
                pass

    def not_a_class(x):
        match x:
            case attempt():
                pass

    def twice(x):
        match x:
            case Pair(1, left=1):
                pass

    def listed(x):
        match x:
            case Listed(1):
                pass

    def same_key(x):
        match x:
            case {Config.NAME: 1, "name": 2}:
                pass

    print(attempt(too_many, Pair(1, 2)))
    print(attempt(no_args, Bare()))
    print(attempt(two_of_int, 1))
    print(attempt(not_a_class, 1))
    print(attempt(twice, Pair(1, 2)))
    print(attempt(listed, Listed()))
    print(attempt(same_key, {"name": 1, "x": 2}))

    # The subject is evaluated once; a tuple of subjects without brackets.
    calls = []
    match calls.append(1) or len(calls), "b":
        case 2, _:
            print("wrong")
        case 1, letter:
            print("once", letter, calls)
