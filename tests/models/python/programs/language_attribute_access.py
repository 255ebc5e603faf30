"""__getattr__, __getattribute__, __setattr__, __delattr__ and their order."""

log = []


class Lazy:
    def __init__(self):
        self.real = 1

    def __getattr__(self, name):
        log.append(name)
        if name.startswith("_"):
            raise AttributeError(name)
        value = name * 2
        setattr(self, name, value)
        return value


class Logged:
    def __init__(self):
        object.__setattr__(self, "seen", [])
        self.x = 1

    def __getattribute__(self, name):
        if name != "seen":
            object.__getattribute__(self, "seen").append("get " + name)
        return super().__getattribute__(name)

    def __setattr__(self, name, value):
        self.seen.append("set " + name)
        super().__setattr__(name, value)

    def __delattr__(self, name):
        self.seen.append("del " + name)
        super().__delattr__(name)

    def method(self):
        return self.x


class Both:
    def __getattribute__(self, name):
        if name == "a":
            return "from getattribute"
        raise AttributeError(f"blocked {name}")

    def __getattr__(self, name):
        return f"fallback {name}"

    def __len__(self):
        return 5


class Mapped:
    attribute_map = {"size": "hidden_size"}

    def __setattr__(self, key, value):
        if key in super().__getattribute__("attribute_map"):
            key = super().__getattribute__("attribute_map")[key]
        super().__setattr__(key, value)

    def __getattribute__(self, key):
        if key != "attribute_map" and key in super().__getattribute__("attribute_map"):
            key = super().__getattribute__("attribute_map")[key]
        return super().__getattribute__(key)


class Failing:
    @property
    def broken(self):
        return self.missing

    @property
    def value(self):
        raise ValueError("from a property")

    def __getattr__(self, name):
        return f"getattr {name}"


class Proxy:
    def __init__(self, target):
        self.__dict__["target"] = target

    def __getattr__(self, name):
        return getattr(self.target, name)

    def __setattr__(self, name, value):
        setattr(self.target, name, value)

    def __dir__(self):
        return ["custom"]


class Frozen:
    def __init__(self):
        self.__dict__.update(a=1, b=2)

    def __setattr__(self, name, value):
        raise AttributeError(f"cannot set {name}")


def main():
    lazy = Lazy()
    print(lazy.real, lazy.foo, lazy.foo, log, sorted(vars(lazy)))
    print(hasattr(lazy, "_private"), getattr(lazy, "_other", "default"))
    logged = Logged()
    print(logged.method())
    logged.y = 2
    del logged.y
    print(logged.seen)
    both = Both()
    print(both.a, both.b, len(both), getattr(both, "c"))
    m = Mapped()
    m.size = 8
    print(m.size, m.hidden_size, sorted(m.__dict__))
    f = Failing()
    print(f.broken)
    try:
        f.value
    except ValueError as error:
        print("ValueError:", error)
    p = Proxy([3, 1, 2])
    p.sort()
    print(p.target, dir(p))
    holder = Lazy()
    q = Proxy(holder)
    q.answer = 42
    print(holder.answer, q.answer)
    frozen = Frozen()
    try:
        frozen.c = 1
    except AttributeError as error:
        print(error, frozen.a, vars(frozen))
    try:
        object().x = 1
    except AttributeError as error:
        print("AttributeError:", error)
    try:
        del lazy.absent
    except AttributeError as error:
        print(type(error).__name__)
    print(getattr(3, "real"), hasattr(3, "foo"), getattr("a", "upper")())
