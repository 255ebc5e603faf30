"""__init_subclass__, __set_name__ and __class_getitem__."""


class Plugin:
    plugins = {}
    order = []

    def __init_subclass__(cls, /, name=None, abstract=False, **kwargs):
        super().__init_subclass__(**kwargs)
        cls.order.append(cls.__name__)
        if not abstract:
            cls.plugins[name or cls.__name__.lower()] = cls


class Abstract(Plugin, abstract=True):
    def run(self):
        return "abstract"


class Fast(Abstract, name="quick"):
    def run(self):
        return "fast after " + super().run()


class Slow(Abstract):
    pass


class Named:
    def __set_name__(self, owner, name):
        self.owner, self.name = owner.__name__, name

    def __get__(self, instance, owner=None):
        if instance is None:
            return self
        return instance.__dict__.get("_" + self.name, f"no {self.name}")

    def __set__(self, instance, value):
        instance.__dict__["_" + self.name] = value


class Model:
    weight = Named()
    bias = Named()

    def __init__(self, weight=None):
        if weight is not None:
            self.weight = weight


class Left:
    def __init_subclass__(cls, left=None, **kw):
        super().__init_subclass__(**kw)
        cls.left = left


class Right:
    def __init_subclass__(cls, right=None, **kw):
        super().__init_subclass__(**kw)
        cls.right = right


class Both(Left, Right, right=2, left=1):
    pass


class Generic:
    def __class_getitem__(cls, item):
        return cls.__name__, item


class Registry(dict):
    def __missing__(self, key):
        value = self[key] = key * 2
        return value

    def register(self, cls):
        self[cls.__name__] = cls
        return cls


REGISTRY = Registry()


@REGISTRY.register
class Registered:
    pass


def main():
    print(sorted(Plugin.plugins), Plugin.order, Fast().run(), Slow().run())
    print(Model.weight.owner, Model.weight.name, Model.bias.name)
    m = Model(3)
    print(m.weight, m.bias, m.__dict__)
    m.bias = 4
    print(m.bias, sorted(m.__dict__))
    print(Both.left, Both.right)
    print(Generic[int], Generic["a", 1])
    try:
        class Bad(Plugin, colour=1):
            pass
    except TypeError as error:
        print(type(error).__name__)
    print(REGISTRY["Registered"] is Registered, REGISTRY["ab"], sorted(map(str, REGISTRY))[-1])
    late = Named()
    Model.late = late
    try:
        print(Model().late)
    except AttributeError as error:
        print("AttributeError:", error)
