"""Operator methods: reflected, in place, comparison, containers, conversion."""


class Vec:
    def __init__(self, *v):
        self.v = list(v)

    def __repr__(self):
        return f"Vec{tuple(self.v)}"

    def __add__(self, o):
        if isinstance(o, Vec):
            return Vec(*[a + b for a, b in zip(self.v, o.v)])
        if isinstance(o, (int, float)):
            return Vec(*[a + o for a in self.v])
        return NotImplemented

    __radd__ = __add__

    def __iadd__(self, o):
        self.v = (self + o).v
        return self

    def __mul__(self, k):
        return Vec(*[a * k for a in self.v])

    def __rmul__(self, k):
        return ("r", self * k)

    def __matmul__(self, o):
        return sum(a * b for a, b in zip(self.v, o.v))

    def __neg__(self):
        return self * -1

    def __abs__(self):
        return sum(abs(a) for a in self.v)

    def __invert__(self):
        return "inverted"

    def __eq__(self, o):
        return isinstance(o, Vec) and self.v == o.v

    def __lt__(self, o):
        return abs(self) < abs(o)

    def __bool__(self):
        return any(self.v)

    def __len__(self):
        return len(self.v)

    def __getitem__(self, i):
        return self.v[i]

    def __contains__(self, x):
        return x in self.v

    def __call__(self, f):
        return Vec(*map(f, self.v))

    def __int__(self):
        return int(abs(self))

    def __float__(self):
        return float(abs(self)) + 0.5

    def __index__(self):
        return 1

    def __round__(self, n=0):
        return ("round", n)

    def __divmod__(self, o):
        return "divmod", o

    def __pow__(self, o, mod=None):
        return "pow", o, mod

    def __rsub__(self, o):
        return "rsub", o

    def __rtruediv__(self, o):
        return "rtruediv", o

    def __rshift__(self, o):
        return "rshift", o

    def __and__(self, o):
        return "and", o

    def __hash__(self):
        return hash(tuple(self.v))


class Sub(Vec):
    def __radd__(self, o):
        return "sub radd", o

    def __add__(self, o):
        return "sub add"


class Base:
    def __eq__(self, o):
        return NotImplemented


def attempt(f):
    try:
        return f()
    except TypeError as error:
        return f"TypeError: {error}"


def main():
    a, b = Vec(1, 2), Vec(3, -4)
    print(a + b, a + 1, 1 + a, a * 2, 2 * a, a @ b, -a, abs(b), ~a, a == Vec(1, 2), a != b)
    c = a
    c += 10
    print(c, a is c, sum([Vec(1, 1), Vec(2, 2)], Vec(0, 0)), sum([Vec(1, 1)]))
    print(bool(Vec(0, 0)), len(b), b[1], b[-1], 3 in b, list(b), b(lambda x: x * x), int(b), float(b))
    print([10, 20, 30][a], round(a, 2), divmod(a, 3), a ** 2, pow(a, 2, 5), 5 - a, 5 / a, a >> 1, a & 2)
    print(a < b, a > b, sorted([b, Vec(1, 0)]), max(a, b), {Vec(1): "k"}[Vec(1)])
    print(Vec(1) + Sub(2), Sub(1) + Vec(2), 1 + Sub(3))
    print(attempt(lambda: a + "x"), attempt(lambda: a - 1), attempt(lambda: a <= b))
    x = Base()
    print(x == x, x == Base(), x != x, Base() == 1)
    print(3 < 5 < 7, 3 < 5 > 4 != 4, 1 == 1.0, [1, 2] < [1, 3], (1,) < (1, 0))
    print(7 // 2, -7 // 2, 7 % -3, -7 % 3, 2 ** -1, 7.5 // 2, -7.5 % 2, divmod(-7, 2), 1 << 4, 6 ^ 3, ~5, 5 & 6, 5 | 8)
    print(True + True, 1 == True, "a" * 0, [0] * 3, (1, 2) + (3,), "ab" in "cab", {1} | {2}, {1, 2} & {2}, {1, 2} - {1})
    d = {"a": 1} | {"b": 2}
    d |= {"a": 3}
    print(d, 0.1 + 0.2 == 0.3, round(2.5), round(3.5), round(2.675, 2), round(1234, -2), 10 // 3 * 3 + 10 % 3)
    print(1 and 0 or "x", None or [] or {}, "" and 1, not [], 1 if [] else 2, None is None)
