def attempt(f, *a, **k):
    try:
        return f(*a, **k)
    except Exception as e:
        return f'{type(e).__name__}: {e}'


class Meta(type):
    pass


class Base:
    registry = []

    def __init_subclass__(cls, tag=None, **kw):
        super().__init_subclass__(**kw)
        Base.registry.append((cls.__name__, tag))

    def __init__(self, v=0):
        self.v = v

    def who(self):
        return 'Base'

    @classmethod
    def make(cls, *a):
        return cls(*a)

    @staticmethod
    def st(a):
        return a + 1

    def __eq__(self, o):
        return isinstance(o, Base) and self.v == o.v

    def __hash__(self):
        return hash(self.v)

    def __lt__(self, o):
        return self.v < o.v

    def __add__(self, o):
        return type(self)(self.v + (o.v if isinstance(o, Base) else o))

    def __radd__(self, o):
        return type(self)(o + self.v)

    def __iadd__(self, o):
        self.v += 100
        return self

    def __neg__(self):
        return type(self)(-self.v)

    def __getitem__(self, k):
        if isinstance(k, slice):
            return (k.start, k.stop, k.step)
        if k > 3:
            raise IndexError(k)
        return k * self.v

    def __len__(self):
        return self.v

    def __contains__(self, x):
        return x == self.v

    def __call__(self, *a, **k):
        return (a, k)

    def __bool__(self):
        return self.v != 0

    def __repr__(self):
        return f'{type(self).__name__}({self.v})'


class L(Base, tag='l'):

    def who(self):
        return 'L' + super().who()


class R(Base, metaclass=Meta):

    def who(self):
        return 'R' + super().who()


class D(L, R):

    def who(self):
        return 'D' + super(D, self).who()
    __private = 3

    def priv(self):
        return self.__private


class Attr:

    def __init__(self):
        object.__setattr__(self, 'd', {})

    def __getattr__(self, n):
        if n.startswith('x'):
            return n
        raise AttributeError(f'no {n}')

    def __setattr__(self, n, v):
        if n == 'plain':
            super().__setattr__(n, v)
        else:
            self.d[n] = v

    def __delattr__(self, n):
        del self.d[n]


class Conf(dict):

    def __init__(self, *a, **k):
        super().__init__(*a, **k)
        self.extra = 1

    def __getattr__(self, n):
        try:
            return self[n]
        except KeyError:
            raise AttributeError(n)
    __setattr__ = dict.__setitem__


class MyList(list):

    def total(self):
        return sum(self)


class MyInt(int):

    def double(self):
        return self * 2


class Pt(tuple):

    def __new__(cls, x, y):
        return super().__new__(cls, (x, y))

    @property
    def x(self):
        return self[0]


class Single:
    inst = None

    def __new__(cls, *a):
        if cls.inst is None:
            cls.inst = super().__new__(cls)
        return cls.inst

    def __init__(self, v=1):
        self.v = v


def classes():
    d = D(3)
    print(d.who(), D.__mro__, Base.registry, d.priv(), d._D__private, attempt(lambda: d.__private))
    print(D.make(4), d.st(1), D.st(2), d + 1, 1 + d, d + d, -d, d[2], d[1:2], len(d), 3 in d, d(1, k=2), bool(D(0)), list(d))
    e = d
    e += 5
    print(e is d, d, d == D(103), d != D(103), {D(1): 2}[D(1)], sorted([D(3), D(1)]), max(D(1), D(2)))
    a = Attr()
    a.foo = 1
    a.plain = 2
    print(a.d, a.plain, a.xyz, attempt(lambda: a.nope), hasattr(a, 'x1'), hasattr(a, 'y'), getattr(a, 'y', 0))
    del a.foo
    print(a.d)
    c = Conf(a=1, b=2)
    print(c, c.a, attempt(lambda: c.zz), len(c), isinstance(c, dict), {**c}, dict(c), list(c), c == {'a': 1, 'b': 2})
    c.q = 3
    print(c['q'], 'extra' in c, dict(d=1, **{}, a=len(c)))
    m = MyList([1, 2, 3])
    m.append(4)
    m.z = 1
    print(m, m.total(), m[1:], len(m), m + [5], [0] + m, m == [1, 2, 3, 4], type(m).__name__, isinstance(m, list), m.z)
    n = MyInt(4)
    print(n.double(), n + 1, n == 4, [10, 20, 30, 40, 50][n], f'{n:03d}', hash(n) == hash(4), n / 8, int(n))
    p = Pt(1, 2)
    print(p, p.x, p[1], type(p), tuple(p), p == (1, 2))
    print(Single() is Single(5), Single.inst.v)
    print(vars(D(1)), D(1).__dict__, d.__class__.__name__, D.__name__, D.__qualname__, D.__bases__, isinstance(D, type), issubclass(D, (int, Base)))
    x = D(1)
    x.__dict__['w'] = 5
    x.__dict__.update(r=6)
    print(x.w, x.r, x.__dict__.get('zz'), sorted(x.__dict__), 'w' in x.__dict__)
    x.__class__ = L
    print(type(x).__name__, x.who())
    print(isinstance(3, int | str), isinstance(None, int | None), isinstance([], (int, list)), int | None)


def main():
    classes()
