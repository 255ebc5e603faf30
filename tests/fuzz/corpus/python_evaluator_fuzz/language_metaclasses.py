"""Metaclasses: how classes are made, called and asked."""


class Recorder(type):
    made = []

    def __new__(mcs, name, bases, namespace, **options):
        namespace = dict(namespace)
        namespace["added"] = f"by {mcs.__name__}"
        cls = super().__new__(mcs, name, bases, namespace)
        cls.options = options
        return cls

    def __init__(cls, name, bases, namespace, **options):
        super().__init__(name, bases, namespace)
        Recorder.made.append((name, sorted(k for k in namespace if not k.startswith("_"))))

    def describe(cls):
        return f"{cls.__name__} with {sorted(cls.options)}"

    @property
    def loud(cls):
        return cls.__name__.upper()


class Base(metaclass=Recorder, flag=1):
    attribute = 1

    def who(self):
        return __class__.__name__, super().__repr__ is not None


class Derived(Base, other=2, flag=3):
    def who(self):
        return ("derived",) + super().who()


class Singleton(type):
    instances = {}

    def __call__(cls, *args, **kwargs):
        if cls not in cls.instances:
            cls.instances[cls] = super().__call__(*args, **kwargs)
        return cls.instances[cls]


class Only(metaclass=Singleton):
    def __init__(self, value):
        self.value = value


class Container(type):
    def __getitem__(cls, key):
        return f"{cls.__name__}[{key!r}]"

    def __iter__(cls):
        return iter(cls.items)

    def __len__(cls):
        return len(cls.items)

    def __contains__(cls, item):
        return item in cls.items

    def __getattr__(cls, name):
        if name.startswith("dyn_"):
            return name[4:]
        raise AttributeError(f"no {name}")

    def __setattr__(cls, name, value):
        super().__setattr__(name, ("set", value))

    def __repr__(cls):
        return f"<container {cls.__name__}>"

    def __eq__(cls, other):
        return isinstance(other, Container) and cls.items == other.items

    def __hash__(cls):
        return hash(tuple(cls.items))

    def __add__(cls, other):
        return cls.items + other.items


class One(metaclass=Container):
    items = [1, 2, 3]


class Two(metaclass=Container):
    items = [1, 2, 3]


class Checked(type):
    def __instancecheck__(cls, instance):
        return hasattr(instance, "quack")

    def __subclasscheck__(cls, subclass):
        return "quack" in vars(subclass)


class Duck(metaclass=Checked):
    pass


class Quacker:
    def quack(self):
        return "quack"


class Prepared(type):
    @classmethod
    def __prepare__(mcs, name, bases, **kw):
        return {"prepared": name}


class WithPrepared(metaclass=Prepared):
    seen = prepared + "!"


class M1(type):
    pass


class M2(type):
    pass


class A(metaclass=M1):
    pass


class B(metaclass=M2):
    pass


def function_as_metaclass(name, bases, namespace):
    return (name, bases, sorted(k for k in namespace if not k.startswith("__")))


class NotAClass(metaclass=function_as_metaclass):
    x = 1
    y = 2


class Abstract(type):
    def __new__(mcs, name, bases, namespace):
        cls = super().__new__(mcs, name, bases, namespace)
        if bases and not hasattr(cls, "forward"):
            raise TypeError(f"{name} has no forward")
        return cls


class Root(metaclass=Abstract):
    pass


def main():
    print(Recorder.made)
    print(Base.added, Base.options, Derived.options, Derived.describe(), Base.loud)
    print(Base().who(), Derived().who(), type(Base).__name__, type(Derived) is Recorder)
    print(isinstance(Base, Recorder), isinstance(Base, type), issubclass(Recorder, type))
    try:
        Base().describe()
    except AttributeError as error:
        print("AttributeError:", error)
    print(Only(1).value, Only(2).value, Only(1) is Only(3), len(Singleton.instances))
    print(One[5], list(One), len(One), 2 in One, 7 in One, One.dyn_x, bool(One))
    One.new = 4
    print(One.new, repr(One), One == Two, One == 1, len({One, Two}), One + Two)
    a, b, c = One
    print(a, b, c)
    try:
        One.missing
    except AttributeError as error:
        print("AttributeError:", error)
    print(hasattr(One, "dyn_a"), hasattr(One, "b"), getattr(One, "b", "default"))
    print(isinstance(Quacker(), Duck), isinstance(1, Duck), issubclass(Quacker, Duck),
          issubclass(int, Duck), isinstance(Duck(), Duck))
    print(WithPrepared.seen, WithPrepared.prepared)
    try:
        class C(A, B):
            pass
    except TypeError as error:
        print("TypeError:", error)
    print(NotAClass)
    try:
        class Bad(Root):
            pass
    except TypeError as error:
        print("TypeError:", error)

    class Good(Root):
        def forward(self):
            return "forward"

    print(Good().forward(), type(Good) is Abstract)
    Made = type("Made", (Base,), {"x": 1, "get": lambda self: self.x})
    print(type(Made) is Recorder, Made().get(), Made.added, Made.__name__, Made.__mro__[1] is Base)
    Plain = type("Plain", (), {"value": 3})
    Plain.value += 1
    Plain.extra = "set later"
    print(Plain.value, Plain().extra, type(Plain) is type, Plain.__bases__ == (object,))
