import functools


def attempt(f, *a, **k):
    try:
        return f(*a, **k)
    except Exception as e:
        return f'{type(e).__name__}: {e}'


class Prop:

    def __init__(self):
        self._v = 1

    @property
    def v(self):
        """doc of v"""
        return self._v

    @v.setter
    def v(self, x):
        self._v = x * 10

    @property
    def ro(self):
        return 1

    @functools.lru_cache(maxsize=None)
    def cached(self):
        return object()

    @functools.cached_property
    def cp(self):
        print('computed')
        return 7


class Desc:

    def __set_name__(self, owner, name):
        self.name = name

    def __get__(self, obj, cls):
        if obj is None:
            return self
        return obj.__dict__.get(self.name, 'unset')

    def __set__(self, obj, v):
        obj.__dict__[self.name] = v * 2


class HasDesc:
    d = Desc()


def props():
    p = Prop()
    p.v = 4
    print(p.v, attempt(setattr, p, 'ro', 2), p.cached() is p.cached(), p.cp, p.cp, type(Prop.v).__name__)
    h = HasDesc()
    print(h.d)
    h.d = 21
    print(h.d, HasDesc.d.name)


def main():
    props()
