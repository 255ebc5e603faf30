"""dataclasses in depth."""
import dataclasses
from dataclasses import (
    FrozenInstanceError, InitVar, asdict, astuple, dataclass, field, fields, is_dataclass,
    make_dataclass, replace,
)
from typing import Any, ClassVar, Optional


@dataclass
class Config:
    hidden: int
    layers: int = 2
    dims: list = field(default_factory=list)
    name: Optional[str] = None
    kind: ClassVar[str] = "config"
    secret: str = field(default="s", repr=False)
    _cache: dict = field(default_factory=dict, init=False, repr=False, compare=False)

    def __post_init__(self):
        self.total = self.hidden * self.layers


@dataclass
class Wide(Config):
    layers: int = 8
    factor: float = 1.5

    def __post_init__(self):
        super().__post_init__()
        self.total *= self.factor


@dataclass(frozen=True)
class Frozen:
    x: int
    y: int = 0

    @property
    def norm(self):
        return (self.x ** 2 + self.y ** 2) ** 0.5


@dataclass(order=True)
class Version:
    major: int
    minor: int = 0
    label: str = field(default="", compare=False)


@dataclass(kw_only=True)
class Named:
    a: int
    b: int = 2


@dataclass
class Mixed:
    a: int
    _: dataclasses.KW_ONLY
    b: int = 1
    c: int


@dataclass
class Init:
    base: int
    scale: InitVar[int] = 2
    result: int = field(init=False)

    def __post_init__(self, scale):
        self.result = self.base * scale


@dataclass
class Tree:
    value: int
    children: list["Tree"] = field(default_factory=list)


@dataclass(eq=False)
class Identity:
    x: int


@dataclass(repr=False)
class Plain:
    x: int = 1

    def __repr__(self):
        return "plain!"


@dataclass
class WithMeta:
    x: int = field(default=1, metadata={"unit": "m"})


@dataclass(unsafe_hash=True)
class Hashed:
    a: int
    b: int = field(default=0, hash=False)


@dataclass(slots=True)
class Slotted:
    a: int
    b: int = 3


def attempt(f, *args, **kw):
    try:
        return f(*args, **kw)
    except Exception as error:
        return f"{type(error).__name__}: {error}"


def main():
    c = Config(4)
    print(c, c.total, c == Config(4), c == Config(5), c.dims is Config(4).dims, Config.kind)
    print(Wide(2), Wide(2).total, Wide(2, 3, factor=2.0).total)
    f = Frozen(3, 4)
    print(f, f.norm, hash(f) == hash(Frozen(3, 4)), {f: 1}[Frozen(3, 4)])
    print(attempt(setattr, f, "x", 1), attempt(delattr, f, "x"))
    print(sorted([Version(1, 2), Version(1), Version(0, 9, "b")]), Version(1) < Version(2),
          Version(1, 0, "a") == Version(1, 0, "b"))
    print(attempt(lambda: Version(1) < 2))
    print(Named(a=1), attempt(Named, 1), attempt(Named))
    print(Mixed(1, c=3), attempt(Mixed, 1, 2))
    print(Init(3), Init(3, 5), Init(3, scale=1).result)
    t = Tree(1, [Tree(2), Tree(3, [Tree(4)])])
    print(t)
    print(asdict(t), astuple(Frozen(1, 2)))
    print(replace(f, y=9), replace(c, hidden=1).total, attempt(replace, c, _cache={}))
    print([x.name for x in fields(Config)], fields(WithMeta)[0].metadata["unit"])
    print(is_dataclass(c), is_dataclass(Config), is_dataclass(3), is_dataclass(type(c)))
    print(Identity(1) == Identity(1), Plain(), hash(Hashed(1, 2)) == hash(Hashed(1, 3)))
    Made = make_dataclass("Made", [("x", int), ("y", int, field(default=5))],
                          namespace={"sum": lambda self: self.x + self.y})
    print(Made(1), Made(1).sum())
    s = Slotted(1)
    s.b = 4
    print(s, attempt(Config), attempt(Config, 1, hidden=2), attempt(Config, 1, unknown=2))
    print(attempt(lambda: hash(Config(1))), Config.__match_args__, Config.__dataclass_params__.eq)

    def bad():
        @dataclass
        class Bad:
            x: list = []

    def order():
        @dataclass
        class Order:
            x: int = 1
            y: int

    print(attempt(bad))
    print(attempt(order))
    d = asdict(c, dict_factory=lambda items: sorted(k for k, _ in items))
    print(d)
