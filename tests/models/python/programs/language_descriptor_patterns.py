"""Descriptors as frameworks write them: validated fields, methods, class-level access."""


class Validated:
    def __set_name__(self, owner, name):
        self.private = "_" + name
        self.public = name

    def __get__(self, instance, owner=None):
        return self if instance is None else getattr(instance, self.private)

    def __set__(self, instance, value):
        setattr(instance, self.private, self.validate(value))

    def validate(self, value):
        raise NotImplementedError(f"{type(self).__name__}.validate")


class Positive(Validated):
    def validate(self, value):
        if value <= 0:
            raise ValueError(f"{self.public} must be positive, not {value}")
        return value


class OneOf(Validated):
    def __init__(self, *options):
        self.options = options

    def validate(self, value):
        if value not in self.options:
            raise ValueError(f"{self.public}: {value!r} is not one of {self.options!r}")
        return value


class Layer:
    size = Positive()
    kind = OneOf("conv", "linear")

    def __init__(self, size, kind):
        self.size = size
        self.kind = kind


class NonData:
    def __get__(self, instance, owner=None):
        return "from the descriptor"


class Data(NonData):
    def __set__(self, instance, value):
        instance.__dict__["stored"] = value

    def __delete__(self, instance):
        instance.__dict__["stored"] = "deleted"


class Both:
    non_data = NonData()
    data = Data()


class hybridmethod:
    def __init__(self, f):
        self.f = f

    def __get__(self, instance, owner):
        target = owner if instance is None else instance
        return lambda *a: self.f(target, *a)


class Hybrid:
    name = "class"

    def __init__(self):
        self.name = "instance"

    @hybridmethod
    def who(self, suffix=""):
        return self.name + suffix


class Alias:
    def __init__(self, target):
        self.target = target

    def __get__(self, instance, owner=None):
        return getattr(instance if instance is not None else owner, self.target)

    def __set__(self, instance, value):
        setattr(instance, self.target, value)


class Renamed:
    n_layers = 3
    num_layers = Alias("n_layers")


def attempt(f):
    try:
        return f()
    except Exception as error:
        return f"{type(error).__name__}: {error}"


def main():
    layer = Layer(3, "conv")
    print(layer.size, layer.kind, sorted(vars(layer)), type(Layer.size).__name__)
    print(attempt(lambda: Layer(0, "conv")), attempt(lambda: setattr(layer, "kind", "rnn")))
    both = Both()
    both.__dict__["non_data"] = "from the dict"
    both.__dict__["data"] = "from the dict"
    print(both.non_data, both.data, Both.non_data)
    both.data = 5
    both.non_data = 6
    print(both.__dict__["stored"], both.non_data)
    del both.data
    print(both.stored)
    print(Hybrid.who(), Hybrid().who("!"))
    r = Renamed()
    r.num_layers = 8
    print(r.n_layers, r.num_layers, Renamed.num_layers, Renamed.n_layers)

    class Bad:
        field = Validated()

    print(attempt(lambda: setattr(Bad(), "field", 1)))
    f = Layer.__init__
    bound = f.__get__(layer, Layer)
    bound(7, "linear")
    print(layer.size, layer.kind)
    Layer.extra = lambda self, k: (self.size, k)
    print(layer.extra(2), Layer.extra(layer, 3))
    layer.own = lambda k: k
    print(layer.own(4))
    print(staticmethod(lambda: 1).__func__(), classmethod(lambda cls: cls).__func__(3))
