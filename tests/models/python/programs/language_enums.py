"""enum as sources use it."""
from enum import Enum, IntEnum, IntFlag, Flag, StrEnum, auto, unique


class Mode(Enum):
    TRAIN = "train"
    EVAL = "eval"
    TEST = "eval"

    @property
    def is_train(self):
        return self is Mode.TRAIN

    @classmethod
    def parse(cls, text):
        return cls(text.lower())

    def __str__(self):
        return f"mode {self.value}"


class Level(IntEnum):
    LOW = 1
    MID = auto()
    HIGH = 10
    TOP = auto()


class Perm(Flag):
    R = auto()
    W = auto()
    X = auto()
    RW = R | W


class Bits(IntFlag):
    A = 1
    B = 2


class Kind(StrEnum):
    CONV = auto()
    LINEAR = "lin"


class Text(str, Enum):
    A = "a"
    B = "b"

    @classmethod
    def _missing_(cls, value):
        if value == "z":
            return cls.A
        raise ValueError(f"{value} is not one of {[m.value for m in cls]}")


class Planet(Enum):
    EARTH = (5.97, 6.37)
    MARS = (0.64, 3.39)

    def __init__(self, mass, radius):
        self.mass = mass
        self.radius = radius

    @property
    def ratio(self):
        return round(self.mass / self.radius, 3)


@unique
class Unique(Enum):
    X = 1


class Options(Enum):
    def __repr__(self):
        return f"<{self.name}!>"


class More(Options):
    A = 1
    B = 2


def attempt(f):
    try:
        return f()
    except Exception as error:
        return f"{type(error).__name__}: {error}"


def main():
    print(list(Mode), Mode.TEST is Mode.EVAL, Mode("train"), Mode["EVAL"], len(Mode))
    print(Mode.TRAIN.is_train, Mode.parse("EVAL"), str(Mode.TRAIN), repr(Mode.TRAIN), f"{Mode.EVAL}")
    print(Mode.TRAIN.name, Mode.TRAIN.value, Mode.__members__.keys() >= {"TEST"})
    print(attempt(lambda: Mode("none")), attempt(lambda: Mode["none"]))
    print(Level.MID, Level.MID + 1, Level.TOP.value, Level.LOW < Level.HIGH, sorted(Level)[-1].name)
    print(Level(10), Level.HIGH == 10, max(Level), f"{Level.LOW}", repr(Level.LOW))
    print(Perm.R | Perm.X, Perm.RW, Perm.R in Perm.RW, Perm.X in Perm.RW, bool(Perm.R & Perm.W))
    print((Perm.R | Perm.W) is Perm.RW, Perm(1), Bits.A | Bits.B, int(Bits.A | Bits.B))
    print(Kind.CONV, Kind.LINEAR.value, Kind("lin").name, Kind.CONV == "conv", Kind.CONV.upper())
    print(Text.A == "a", Text("z"), Text.B.value, attempt(lambda: Text("q")), "b" == Text.B)
    print(Planet.EARTH.ratio, Planet((0.64, 3.39)).name, [p.mass for p in Planet])
    print({Mode.TRAIN: 1}[Mode.TRAIN], Mode.TRAIN in {Mode.EVAL}, hash(Mode.TRAIN) == hash(Mode.TRAIN))
    print(isinstance(Mode.TRAIN, Mode), isinstance(Level.LOW, int), type(Level.LOW).__name__)
    print(More.A, repr(More.B), list(More), Unique.X)
    print([m.name for m in reversed(list(Mode))], Mode.TRAIN != Mode.EVAL, Mode.TRAIN == "train")
    print(attempt(lambda: setattr(Mode, "TRAIN", 1)))
    print("TRAIN" in Mode.__members__, Mode.TRAIN in Mode, hasattr(Mode, "EVAL"))
    table = {level: level.name.lower() for level in Level}
    print(table[Level.LOW], table[1])
