"""Configurations as networks take them: kwargs, namespaces, merging, nesting."""
from types import SimpleNamespace
from collections import ChainMap, OrderedDict


class Config:
    defaults = {"hidden": 8, "layers": 2, "act": "relu", "sizes": (4, 4)}

    def __init__(self, **overrides):
        unknown = sorted(set(overrides) - set(self.defaults))
        if unknown:
            raise TypeError(f"unknown: {', '.join(unknown)}")
        for key, value in {**self.defaults, **overrides}.items():
            setattr(self, key, value)

    @classmethod
    def from_dict(cls, d, **extra):
        return cls(**{k: v for k, v in d.items() if k in cls.defaults}, **extra)

    def to_dict(self):
        return {k: list(v) if isinstance(v, tuple) else v for k, v in vars(self).items()}

    def __eq__(self, other):
        return isinstance(other, Config) and vars(self) == vars(other)

    def __iter__(self):
        return iter(vars(self).items())

    def __contains__(self, key):
        return key in vars(self)

    def __getitem__(self, key):
        return getattr(self, key)

    def replace(self, **changes):
        return type(self)(**{**vars(self), **changes})


def merge(base, other):
    out = dict(base)
    for key, value in other.items():
        if isinstance(value, dict) and isinstance(out.get(key), dict):
            out[key] = merge(out[key], value)
        else:
            out[key] = value
    return out


def flatten(d, prefix=""):
    for key, value in d.items():
        path = f"{prefix}.{key}" if prefix else key
        if isinstance(value, dict):
            yield from flatten(value, path)
        else:
            yield path, value


def nested(paths):
    root = {}
    for path, value in paths:
        node = root
        *parents, leaf = path.split(".")
        for parent in parents:
            node = node.setdefault(parent, {})
        node[leaf] = value
    return root


def rename(state, rules):
    out = OrderedDict()
    for key, value in state.items():
        for old, new in rules:
            if key.startswith(old):
                key = new + key[len(old):]
        out[key] = value
    return out


def build(kind, /, *sizes, bias=True, **options):
    return f"{kind}({'x'.join(map(str, sizes))}, bias={bias}{''.join(f', {k}={v}' for k, v in sorted(options.items()))})"


def pick(source, *names, default=None):
    return tuple(getattr(source, n, default) for n in names)


def attempt(f):
    try:
        return f()
    except Exception as error:
        return f"{type(error).__name__}: {error}"


def main():
    c = Config(hidden=16)
    print(c.to_dict(), c.hidden, c["act"], "layers" in c, dict(c)["sizes"])
    print(attempt(lambda: Config(hiden=1, foo=2)), Config.from_dict({"hidden": 4, "junk": 1}, layers=5).layers)
    print(c == Config(hidden=16), c == Config(), c.replace(act="elu").act, c.act)
    n = SimpleNamespace(a=1, **{"b": [2]})
    n.c = SimpleNamespace(d=3)
    print(n, n.c.d, vars(n)["a"], n == SimpleNamespace(a=1, b=[2], c=SimpleNamespace(d=3)), pick(n, "a", "zz", "b"))
    a = {"model": {"layers": 2, "act": "relu"}, "lr": 0.1}
    b = merge(a, {"model": {"act": "gelu", "drop": 0.5}, "seed": 1})
    print(b, a, dict(flatten(b)), nested(flatten(b)) == b)
    print(rename(OrderedDict([("module.a.weight", 1), ("b.bias", 2)]), [("module.", ""), ("b.", "head.")]))
    print(build("conv", 3, 8), build("lin", 4, bias=False, act="relu", drop=0.1), build("x", kind=1))
    chain = ChainMap({"a": 1}, {"a": 2, "b": 3})
    print(chain["a"], chain["b"], dict(chain) == {"a": 1, "b": 3}, len(chain), "b" in chain, chain.get("z", 0))
    o = OrderedDict(a=1, b=2, c=3)
    o.move_to_end("a")
    o.move_to_end("c", last=False)
    print(list(o), o.popitem(last=False), o.popitem(), o == OrderedDict(b=2), OrderedDict(a=1, b=2) == OrderedDict(b=2, a=1))
    layers = [("conv", dict(k=3)), ("relu", None), ("conv", {})]
    print([build(k, **(kw or {})) for k, kw in layers], sum(k == "conv" for k, _ in layers))
    x, = [v for k, v in layers if k == "relu"]
    depth = (lambda s: s.get("depth") or 3)({"depth": 0})
    print(x, depth, (c.sizes or ())[0], getattr(getattr(n, "c", None), "e", "no e"), [*map(lambda p: p[0], layers)][-1])
