def attempt(*calls):
    for call in calls:
        try:
            print(call())
        except (TypeError, ValueError, IndexError, KeyError, OverflowError, ZeroDivisionError, AttributeError,
                StopIteration, NameError) as error:
            print(type(error).__name__, error)


class Thing:
    kind = "thing"

    def __init__(self, size):
        self.size = size

    def __len__(self):
        return self.size

    def __abs__(self):
        return "abs"

    def __round__(self, n=None):
        return ("round", n)

    def __index__(self):
        return self.size

    def __reversed__(self):
        return iter("reversed")

    def __call__(self):
        return "called"


def numeric():
    print(abs(-3), abs(2.5), abs(-0.0), abs(True), abs(Thing(1)))
    print(round(2.5), round(3.5), round(-2.5), round(2.675, 2), round(1234.5678, -2), round(1234, -2), round(1250, -2),
          round(1350, -2), round(0.5), round(1.5), round(5), round(2.0, 3), round(1e300, 2), round(0.15, 1), round(-1.45, 1),
          round(Thing(1)), round(Thing(1), 2), type(round(2.0)), type(round(2.0, 0)), round(True), round(15, -1), round(25, -1))
    print(divmod(7, 2), divmod(-7, 2), divmod(7.5, 2), pow(2, 10), pow(2, -1), pow(3, 4, 5), pow(2.0, 3), pow(-2, 3, 5))
    print(bin(10), bin(-10), hex(255), hex(-255), oct(8), chr(97), chr(8364), ord("a"), ord("€"))
    print(sum([1, 2, 3]), sum([0.1] * 3), sum([[1], [2]], []), sum(range(10), 5), sum([]), sum((True, True)))
    print(min(3, 1, 2), max([1, 5, 2]), min("hello"), max([], default=0), min([1, -2], key=abs), max("a", "bb", key=len),
          max(1, 1.0), min(1.0, 1), max([(1, "a"), (1, "b")]))
    print(int(3.9), int(-3.9), int("12"), int(True), int(), float("1.5"), float(2), float(), bool([]), bool("a"), bool())
    print((5).bit_length(), (-8).bit_length(), (0).bit_length(), (2.5).is_integer(), (2.0).is_integer(), (3).real, (2.5).imag,
          (7).numerator, (0.5).as_integer_ratio(), (1.5).hex(), int.__add__(1, 2), (5).__sub__(2), float.__mul__(2.0, 3.0))
    print(isinstance(True, int), isinstance(1, bool), issubclass(bool, int), type(1), type(1.5), type("a"), type(None), int(Thing(4)))
    print([10, 20, 30][Thing(1)], list(range(Thing(3))), hash(1) == hash(1.0) == hash(True), {1: "a"}[1.0], hash("a") == hash("a"))
    attempt(lambda: int("x"), lambda: int(None), lambda: float("x"), lambda: float([]), lambda: chr(-1), lambda: ord("ab"),
            lambda: max([]), lambda: min(1), lambda: sum(["a"]), lambda: abs("a"), lambda: round("a"), lambda: pow(2, 3, 0),
            lambda: int("5", 1), lambda: int(float("nan")), lambda: int(float("inf")), lambda: divmod(1, 0), lambda: int("1", 2, 3),
            lambda: int([]))


def iteration():
    print(list(enumerate("ab")), list(enumerate("ab", start=5)), list(zip([1, 2, 3], "ab")), list(zip()), list(zip("a")))
    print(list(map(lambda x: x * 2, [1, 2])), list(map(lambda a, b: a + b, [1, 2, 3], [10, 20])), list(map(str, [1, None])))
    print(list(filter(None, [0, 1, "", "a"])), list(filter(lambda x: x > 1, [1, 2, 3])), list(reversed([1, 2])), list(reversed("ab")))
    print(list(reversed((1, 2))), list(reversed({"a": 1, "b": 2})), list(reversed(Thing(1))), any([0, 1]), all([]), all([1, 0]), any([]))
    it = iter([1, 2, 3])
    print(next(it), next(it), list(it), next(it, "done"), list(it))
    values = iter([1, 2, 0, 5])
    print(list(iter(lambda: next(values), 0)), sorted([3, 1, 2], reverse=True), list(zip([1, 2], [3, 4], strict=True)))
    a, b = zip(*[(1, "x"), (2, "y")])
    print(a, b, len(Thing(7)), callable(Thing(1)), callable(len), callable(5), callable(Thing), callable(lambda: 0))
    attempt(lambda: next(iter([])), lambda: list(zip([1], [1, 2], strict=True)), lambda: list(zip([1, 2], [1], strict=True)),
            lambda: len(5), lambda: iter(5), lambda: next([1]), lambda: reversed({1}), lambda: enumerate(5), lambda: list(map(None, [1])))


def reflection():
    t = Thing(3)
    print(getattr(t, "size"), getattr(t, "nope", "default"), hasattr(t, "size"), hasattr(t, "nope"), t())
    setattr(t, "extra", [1])
    print(t.extra, vars(t), t.__dict__ == vars(t), type(t).__name__, t.__class__ is Thing, Thing.__name__, Thing.kind)
    delattr(t, "extra")
    print(hasattr(t, "extra"), isinstance(t, (int, Thing)), isinstance(t, object), issubclass(Thing, object), isinstance(5, int | str))
    Made = type("Made", (Thing,), {"kind": "made", "double": lambda self: self.size * 2})
    m = Made(4)
    print(Made.__name__, m.kind, m.double(), isinstance(m, Thing), Made.__mro__[1] is Thing, type(m) is Made, type(type(m)) is type)
    print(repr(None), repr(...), repr(NotImplemented), str(True), repr(int), repr(len), [c.__name__ for c in bool.__mro__])
    print("size" in dir(t), "kind" in dir(t), "__init__" in dir(t), id(t) == id(t), id(t) != id(m), print.__name__)
    print("a", 1, None, sep="-", end="!\n")
    print()
    attempt(lambda: getattr(t, "nope"), lambda: issubclass(1, int), lambda: undefined_name,
            lambda: object().x, lambda: object(1), lambda: Thing(), lambda: Thing(1, 2), lambda: len(), lambda: len(1, 2), lambda: t.nope)


def main():
    numeric()
    iteration()
    reflection()


if __name__ == "__main__":
    main()
