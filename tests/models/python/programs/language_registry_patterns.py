"""Registries and factories at the top level of a module."""

REGISTRY = {}
ORDER = []
HOOKS = {"before": [], "after": []}


def register(name=None, **options):
    def decorate(cls):
        REGISTRY[name or cls.__name__] = (cls, options)
        return cls
    return decorate


def hook(when):
    def decorate(f):
        HOOKS[when].append(f)
        return f
    return decorate


@register("conv", dims=2)
class Conv:
    def __init__(self, n):
        self.n = n


@register()
class Linear(Conv):
    pass


@hook("before")
def first(x):
    return x + 1


@hook("before")
def second(x):
    return x * 2


@hook("after")
def last(x):
    return f"<{x}>"


class Builder:
    makers = {}

    @classmethod
    def maker(cls, kind):
        def wrap(f):
            cls.makers[kind] = f
            return f
        return wrap

    @classmethod
    def build(cls, kind, *args, **kw):
        if kind not in cls.makers:
            raise KeyError(f"unknown {kind}; known: {', '.join(sorted(cls.makers))}")
        return cls.makers[kind](*args, **kw)


@Builder.maker("add")
def _add(a, b):
    return a + b


@Builder.maker("mul")
def _mul(a, b=2):
    return a * b


for _name in ("x", "y", "z"):
    ORDER.append(_name)

if len(ORDER) > 2:
    EXTRA = "set conditionally"
else:
    EXTRA = None

try:
    import a_module_that_is_not_there as absent
except ImportError:
    absent = None

ALIASES = {alias: name for name, aliases in {"conv": ["c", "cnn"], "Linear": ["fc"]}.items() for alias in aliases}
ORDER += ["end"]
ORDER[0] = "changed"
Conv.patched = lambda self: ("patched", self.n)
setattr(Linear, "flag", True)
LIMITS: dict = {"low": 1}
LIMITS.update(high=2)


def make(name, *args):
    cls, options = REGISTRY[ALIASES.get(name, name)]
    made = cls(*args)
    for key, value in options.items():
        setattr(made, key, value)
    return made


def run(x):
    for f in HOOKS["before"]:
        x = f(x)
    for f in reversed(HOOKS["after"]):
        x = f(x)
    return x


def main():
    print(sorted(REGISTRY), make("cnn", 3).n, make("conv", 3).dims, type(make("fc", 1)).__name__)
    print(run(3), {k: [f.__name__ for f in v] for k, v in HOOKS.items()})
    print(Builder.build("add", 1, 2), Builder.build("mul", 3))
    try:
        Builder.build("div")
    except KeyError as error:
        print(error)
    print(ORDER, EXTRA, absent, ALIASES, make("conv", 4).patched(), Linear.flag, LIMITS)
