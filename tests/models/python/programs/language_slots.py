"""__slots__."""


class Point:
    __slots__ = ("x", "y")

    def __init__(self, x, y):
        self.x = x
        self.y = y


class Point3(Point):
    __slots__ = ("z",)


class Loose(Point):
    pass


class One:
    __slots__ = "only"


class WithDict:
    __slots__ = ["a", "__dict__"]


class Defaults:
    __slots__ = ("v",)

    def __init__(self):
        pass

    def get(self):
        return self.v


def attempt(f):
    try:
        return f()
    except AttributeError as error:
        return f"AttributeError: {error}"


def main():
    p = Point(1, 2)
    print(p.x, p.y)
    print(attempt(lambda: setattr(p, "z", 3)))
    print(hasattr(p, "__dict__"), Point.__slots__)
    q = Point3(1, 2)
    q.z = 3
    print(q.x, q.z, attempt(lambda: setattr(q, "w", 3)))
    loose = Loose(1, 2)
    loose.anything = 5
    print(loose.anything, "anything" in vars(loose))
    one = One()
    one.only = 1
    print(one.only, attempt(lambda: setattr(one, "o", 1)))
    d = WithDict()
    d.a, d.b = 1, 2
    print(d.a, d.b)
    n = Defaults()
    print(hasattr(n, "v"), attempt(lambda: n.get()))
    n.v = 4
    print(n.get())
    del n.v
    print(hasattr(n, "v"))
