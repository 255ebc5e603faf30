import dataclasses
from abc import ABC, abstractmethod
from dataclasses import KW_ONLY, InitVar, asdict, astuple, dataclass, field, fields, is_dataclass, replace
from enum import Enum, Flag, IntEnum, auto, unique
from typing import Any, Callable, ClassVar, Dict, List, Literal, Optional, Protocol, Tuple, TypedDict, Union, cast, overload


def attempt(*calls):
    for call in calls:
        try:
            print(call())
        except (TypeError, ValueError, KeyError, AttributeError) as error:
            print(type(error).__name__, error)


@dataclass
class Base:
    name: str
    size: int = 3
    tags: List[str] = field(default_factory=list)
    count: ClassVar[int] = 7


@dataclass
class Derived(Base):
    rate: float = 0.5
    hidden: int = field(default=1, repr=False, compare=False)

    def __post_init__(self):
        self.total = self.size * self.rate


@dataclass(frozen=True)
class Key:
    a: int
    b: str = "x"


@dataclass(order=True)
class Version:
    major: int
    minor: int = 0


@dataclass
class Mixed:
    x: int
    _: KW_ONLY
    y: int = 2
    z: InitVar[int] = 5
    w: int = field(init=False, default=9)

    def __post_init__(self, z):
        self.sum = self.x + self.y + z


@dataclass
class Outer:
    inner: Base
    many: Tuple[Key, ...] = ()
    table: Dict[str, Any] = field(default_factory=dict)


def dataclasses_():
    b = Base("n")
    print(b, b == Base("n", 3, []), b != Base("m"), b.tags is Base("q").tags, Base.count, b.size)
    d = Derived("d", 4, ["t"], rate=2.0)
    print(d, d.total, d.hidden, d == Derived("d", 4, ["t"], 2.0, hidden=99), isinstance(d, Base), [f.name for f in fields(d)])
    k = Key(1)
    print(k, hash(k) == hash(Key(1)), {k: 1}[Key(1, "x")], k == Key(1), Version(1, 2) < Version(1, 3), Version(2) > Version(1, 9), sorted([Version(2), Version(1)]))
    m = Mixed(1, y=3)
    print(m, m.sum, m.w, Mixed(1, z=0).sum)
    o = Outer(Base("in"), (Key(1), Key(2)), {"k": [Key(3)]})
    print(o, asdict(o), astuple(Version(1)), replace(b, size=9), is_dataclass(b), is_dataclass(Base), is_dataclass(5))
    attempt(lambda: setattr(k, "a", 5), lambda: hash(b), lambda: Base(), lambda: Base("a", nope=1), lambda: Version(1) < Key(1), lambda: fields(5))


class Color(Enum):
    RED = 1
    GREEN = 2
    CRIMSON = 1

    @property
    def pretty(self):
        return self.name.title()

    @classmethod
    def default(cls):
        return cls.GREEN


class Mode(str, Enum):
    TRAIN = "train"
    EVAL = "eval"


class Level(IntEnum):
    LOW = 1
    HIGH = 10


@unique
class Auto(Enum):
    A = auto()
    B = auto()


class Perm(Flag):
    R = auto()
    W = auto()
    X = auto()


class Planet(Enum):
    EARTH = (5.97, 6.37)
    MARS = (0.64, 3.39)

    def __init__(self, mass, radius):
        self.mass = mass
        self.radius = radius


def enums():
    print(Color.RED, repr(Color.RED), Color.RED.name, Color.RED.value, Color(2), Color["GREEN"], Color.CRIMSON is Color.RED, list(Color), len(Color))
    print(Color.RED == Color.RED, Color.RED == 1, Color.RED != Color.GREEN, Color.RED in {Color.RED: 1}, isinstance(Color.RED, Color), Color.RED.pretty, Color.default())
    print(Mode.TRAIN, Mode.TRAIN == "train", Mode("eval"), Mode.TRAIN.value, Mode.TRAIN.upper(), {"train": 1}[Mode.TRAIN], isinstance(Mode.EVAL, str))
    print(Level.HIGH > Level.LOW, Level.HIGH + 1, Level.LOW == 1, [0, 5][Level.LOW], max(Level), Level(10), f"{Level.HIGH}", repr(Level.LOW))
    print(Auto.A.value, Auto.B.value, [c.name for c in Auto], Perm.R.value, Perm.X.value, Perm.R | Perm.W, Perm.R in (Perm.R | Perm.W), Perm.X in (Perm.R | Perm.W), bool(Perm.R & Perm.W))
    print(Planet.EARTH.mass, Planet.MARS.value, Planet.MARS, Planet((5.97, 6.37)), list(Color.__members__))
    attempt(lambda: Color(9), lambda: Color["BLUE"], lambda: Mode("nope"))


class Shape(ABC):
    @abstractmethod
    def area(self):
        pass

    @property
    @abstractmethod
    def name(self):
        pass


class Square(Shape):
    def __init__(self, side):
        self.side = side

    def area(self):
        return self.side**2

    @property
    def name(self):
        return "square"


class Sizes(TypedDict, total=False):
    width: int
    height: int


class HasArea(Protocol):
    def area(self) -> float: ...


@overload
def twice(x: int) -> int: ...
@overload
def twice(x: str) -> str: ...
def twice(x):
    return x * 2


def typed(a: Optional[int] = None, b: Union[int, str] = 1, c: "Literal['x']" = "x", *args: Any, **kwargs: Dict[str, Callable[..., int]]) -> Tuple[int, ...]:
    value: Optional[List[int]] = None
    return a, b, c, value


def typing_():
    s = Square(3)
    print(s.area(), s.name, isinstance(s, Shape), issubclass(Square, Shape))
    print(Sizes(width=1), Sizes(width=1) == {"width": 1}, cast(int, "a"), twice(2), twice("a"), typed())
    Alias = Optional[int]
    Pair = Tuple[int, int]
    Number = Union[int, float]
    print(Pair is not None, Alias == Optional[int], dataclasses.MISSING is dataclasses.MISSING)


def main():
    dataclasses_()
    enums()
    typing_()


if __name__ == "__main__":
    main()
