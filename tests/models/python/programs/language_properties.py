"""property with getter, setter, deleter; subclasses of it; overriding."""
import functools


class Temperature:
    def __init__(self, celsius):
        self._celsius = celsius

    @property
    def celsius(self):
        """In degrees."""
        return self._celsius

    @celsius.setter
    def celsius(self, value):
        if value < -273.15:
            raise ValueError("too cold")
        self._celsius = value

    @celsius.deleter
    def celsius(self):
        self._celsius = None

    @property
    def fahrenheit(self):
        return self.celsius * 9 / 5 + 32

    @fahrenheit.setter
    def fahrenheit(self, value):
        self.celsius = (value - 32) * 5 / 9


class Warm(Temperature):
    @property
    def celsius(self):
        return super().celsius + 1

    @Temperature.fahrenheit.getter
    def fahrenheit(self):
        return "overridden"


class classproperty(property):
    def __get__(self, instance, owner):
        return self.fget(owner)


class Upper(property):
    def __get__(self, instance, owner=None):
        if instance is None:
            return self
        return super().__get__(instance, owner).upper()


class Holder:
    names = ["a", "b"]

    @classproperty
    def count(cls):
        return len(cls.names)

    @Upper
    def shout(self):
        return "quiet"

    x = property(lambda self: self._x, lambda self, v: setattr(self, "_x", v), doc="the x")

    @functools.cached_property
    def costly(self):
        self.calls = getattr(self, "calls", 0) + 1
        return self.calls * 10

    @property
    def read_only(self):
        return 1


class More(Holder):
    names = ["a", "b", "c"]


def attempt(f):
    try:
        return f()
    except Exception as error:
        return f"{type(error).__name__}: {error}"


def main():
    t = Temperature(100)
    print(t.celsius, t.fahrenheit)
    t.fahrenheit = 32
    print(t.celsius)
    print(attempt(lambda: setattr(t, "celsius", -300)), t.celsius)
    del t.celsius
    print(t.celsius, Temperature.celsius.__doc__)
    w = Warm(10)
    print(w.celsius, w.fahrenheit)
    print(attempt(lambda: setattr(w, "celsius", 3)))
    print(Holder.count, More.count, Holder().count, More().count)
    h = Holder()
    print(h.shout)
    h.x = 5
    print(h.x, h._x, Holder.x.__doc__)
    print(h.costly, h.costly, h.calls, "costly" in h.__dict__)
    del h.costly
    print(h.costly)
    print(attempt(lambda: setattr(h, "read_only", 2)))
    print(attempt(lambda: delattr(h, "read_only")))
    print(isinstance(Holder.__dict__["x"], property), type(Holder.__dict__["count"]).__name__)
    print(Temperature.celsius.fget(t), Temperature.celsius.fset is not None, Holder.x.fdel)
    print([name for name, value in vars(Temperature).items() if isinstance(value, property)])
