"""__new__, __init__, identity, equality, hashing, __class__, conversion to text."""


class Singleton:
    _instance = None

    def __new__(cls, *args, **kwargs):
        if cls._instance is None:
            cls._instance = super().__new__(cls)
            cls._instance.count = 0
        cls._instance.count += 1
        return cls._instance


class Factory:
    def __new__(cls, kind, *args):
        if cls is Factory:
            cls = {"a": KindA, "b": KindB}[kind]
        return super().__new__(cls)

    def __init__(self, kind, value=0):
        self.kind, self.value = kind, value


class KindA(Factory):
    pass


class KindB(Factory):
    def __init__(self, kind, value=0):
        super().__init__(kind, value * 10)


class Other:
    def __new__(cls):
        return [1, 2]

    def __init__(self):
        raise AssertionError("not called")


class BadInit:
    def __init__(self):
        return 3


class Eq:
    def __init__(self, v):
        self.v = v

    def __eq__(self, other):
        if not isinstance(other, Eq):
            return NotImplemented
        return self.v == other.v


class Hashed(Eq):
    def __hash__(self):
        return hash(self.v)


class Morphing:
    def become(self):
        self.__class__ = Morphed


class Morphed:
    def speak(self):
        return "morphed"


class Text:
    def __repr__(self):
        return "Text()"


class Bool:
    def __init__(self, n):
        self.n = n

    def __len__(self):
        return self.n


class Empty:
    ...


def attempt(f):
    try:
        return f()
    except Exception as error:
        return f"{type(error).__name__}: {error}"


def main():
    a, b = Singleton(1), Singleton(x=2)
    print(a is b, a.count)
    f, g = Factory("a", 1), Factory("b", 2)
    print(type(f).__name__, f.value, type(g).__name__, g.value, isinstance(g, Factory), KindA("z").kind)
    print(Other(), attempt(BadInit))
    print(Eq(1) == Eq(1), Eq(1) != Eq(2), Eq(1) == 1, attempt(lambda: hash(Eq(1))), len({Hashed(1), Hashed(1), Hashed(2)}))
    m = Morphing()
    m.become()
    print(m.speak(), type(m).__name__)
    print(str(Text()), repr(Text()), f"{Text()}", [Text()], {"k": Text()}, (Text(),))
    print(bool(Bool(0)), bool(Bool(2)), "yes" if Bool(1) else "no", not Bool(0))
    e = Empty()
    e.x = [1]
    print(vars(e), e.__dict__ is not None, e.__class__ is Empty, Empty.__name__, e.__module__ == __name__)
    print(attempt(lambda: Empty(1)), attempt(lambda: Empty().missing), attempt(lambda: e()), attempt(lambda: e[0]))
    print(attempt(lambda: e + 1), attempt(lambda: len(e)), attempt(lambda: iter(e)), attempt(lambda: e < e))
    print(object() == object(), type(None)() is None, type(3)("4"), int.__name__, type(e)().__dict__)
    print(isinstance(3, (int, str)), isinstance(True, int), issubclass(bool, int), type(True) is int, isinstance(int, type))
    x = y = []
    y.append(1)
    print(x is y, x == [1], [] is [], () == (), id(x) == id(y))
    d = dict.fromkeys(["a", "b"], [])
    d["a"].append(1)
    print(d, hasattr(e, "x"), getattr(e, "z", None), setattr(e, "w", 5), e.w, delattr(e, "w"), hasattr(e, "w"))
