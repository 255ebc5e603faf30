"""Diamonds, cooperative super, and explicit calls along the MRO."""


class A:
    def __init__(self, **kw):
        self.trail = ["A"]
        self.rest = kw

    def hello(self):
        return "A"


class B(A):
    def __init__(self, b=None, **kw):
        super().__init__(**kw)
        self.b = b
        self.trail.append("B")

    def hello(self):
        return "B" + super().hello()


class C(A):
    def __init__(self, c=None, **kw):
        super().__init__(**kw)
        self.c = c
        self.trail.append("C")

    def hello(self):
        return "C" + super().hello()


class D(B, C):
    def __init__(self, **kw):
        super().__init__(**kw)
        self.trail.append("D")

    def hello(self):
        return "D" + super().hello()

    def skip(self):
        return super(B, self).hello()

    def explicit(self):
        return A.hello(self) + C.hello(self)


class Mixin:
    value = "mixin"

    def describe(self):
        return f"{type(self).__name__}:{self.value}"


class Final(Mixin, D):
    value = "final"

    @classmethod
    def create(cls, **kw):
        made = cls(**kw)
        made.created_by = cls.__name__
        return made

    @staticmethod
    def helper(x):
        return x + 1


class Override(Final):
    @classmethod
    def create(cls, **kw):
        made = super().create(**kw)
        made.extra = True
        return made

    @staticmethod
    def helper(x):
        return Final.helper(x) * 10


def main():
    d = D(b=1, c=2, other=3)
    print(d.trail, d.b, d.c, d.rest)
    print(d.hello(), d.skip(), d.explicit())
    print([c.__name__ for c in D.__mro__], [c.__name__ for c in Final.mro()])
    f = Override.create(b=5)
    print(f.describe(), f.created_by, f.extra, f.b, Override.helper(1), f.helper(2))
    print(issubclass(Override, (A, int)), isinstance(f, C), Override.__base__.__name__)
    try:
        class Bad(A, B):
            pass
    except TypeError as error:
        print(str(error).split("\n")[0])
    bound = f.hello
    print(bound(), bound.__self__ is f, bound.__func__ is D.hello, D.hello is D.__dict__["hello"])
    print(super(D, d).hello(), super(C, d).hello())
    f.describe = lambda: "instance attribute"
    print(f.describe(), type(f).describe(f))
    del f.describe
    print(f.describe())
    print(D.__name__, D.__qualname__, D.__module__ == __name__, D.__doc__, Mixin().describe())
