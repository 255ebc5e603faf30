"""How sources of models are written, over a Module of a few lines."""
import copy
import math
from collections import OrderedDict
from dataclasses import dataclass, field
from enum import Enum
from functools import partial
from typing import Any, Callable, List, Optional, Sequence, Tuple, Union


class Parameter:
    def __init__(self, shape):
        self.shape = tuple(shape)

    def numel(self):
        return math.prod(self.shape)


class Module:
    def __init__(self):
        super().__setattr__("training", True)
        super().__setattr__("_parameters", OrderedDict())
        super().__setattr__("_modules", OrderedDict())

    def __setattr__(self, name, value):
        if isinstance(value, Parameter):
            self._parameters[name] = value
        elif isinstance(value, Module):
            self._modules[name] = value
        else:
            super().__setattr__(name, value)

    def __getattr__(self, name):
        for registry in ("_parameters", "_modules"):
            if registry in self.__dict__ and name in self.__dict__[registry]:
                return self.__dict__[registry][name]
        raise AttributeError(f"'{type(self).__name__}' object has no attribute '{name}'")

    def __delattr__(self, name):
        if name in self._modules:
            del self._modules[name]
        else:
            object.__delattr__(self, name)

    def add_module(self, name, module):
        self._modules[name] = module

    def __call__(self, *args, **kwargs):
        return self.forward(*args, **kwargs)

    def named_parameters(self, prefix=""):
        for name, value in self._parameters.items():
            yield prefix + name, value
        for name, module in self._modules.items():
            yield from module.named_parameters(prefix + name + ".")

    def modules(self):
        yield self
        for module in self._modules.values():
            yield from module.modules()

    def apply(self, fn):
        for module in self._modules.values():
            module.apply(fn)
        fn(self)
        return self

    def train(self, mode: bool = True):
        self.training = mode
        for module in self._modules.values():
            module.train(mode)
        return self


class Sequential(Module):
    def __init__(self, *args):
        super().__init__()
        if len(args) == 1 and isinstance(args[0], OrderedDict):
            for key, module in args[0].items():
                self.add_module(key, module)
        else:
            for i, module in enumerate(args):
                self.add_module(str(i), module)

    def __len__(self):
        return len(self._modules)

    def __iter__(self):
        return iter(self._modules.values())

    def __getitem__(self, i):
        if isinstance(i, slice):
            return type(self)(OrderedDict(list(self._modules.items())[i]))
        return list(self._modules.values())[i]

    def forward(self, x):
        for module in self:
            x = module(x)
        return x


class Linear(Module):
    __constants__ = ["n_in", "n_out"]

    def __init__(self, n_in: int, n_out: int, bias: bool = True) -> None:
        super(Linear, self).__init__()
        self.n_in, self.n_out = n_in, n_out
        self.weight = Parameter((n_out, n_in))
        if bias:
            self.bias = Parameter((n_out,))
        else:
            self.bias = None

    def forward(self, x):
        return [x[i % len(x)] + 1 for i in range(self.n_out)]


class ReLU(Module):
    def __init__(self, inplace=False):
        super().__init__()
        self.inplace = inplace

    def forward(self, x):
        return [max(v, 0) for v in x]


class Activation(str, Enum):
    RELU = "relu"
    NONE = "none"


@dataclass
class Config:
    width: int = 4
    depths: List[int] = field(default_factory=lambda: [1, 2])
    act: Activation = Activation.RELU
    norm: Optional[Callable[..., Module]] = None

    @property
    def total(self) -> int:
        return sum(self.depths)

    def __post_init__(self):
        if self.width % 2:
            raise ValueError(f"width must be even, got {self.width}")


def _make_divisible(v: float, divisor: int, min_value: Optional[int] = None) -> int:
    if min_value is None:
        min_value = divisor
    new_v = max(min_value, int(v + divisor / 2) // divisor * divisor)
    if new_v < 0.9 * v:
        new_v += divisor
    return new_v


class Block(Module):
    expansion: int = 2
    count = 0

    def __init__(self, n, act_layer: Optional[Callable[..., Module]] = None, **kwargs: Any):
        super().__init__()
        Block.count += 1
        act_layer = act_layer or partial(ReLU, inplace=True)
        self.fc1 = Linear(n, n * self.expansion, **kwargs)
        self.act = act_layer()
        self.fc2 = Linear(n * self.expansion, n)

    def forward(self, x):
        identity = x
        x = self.fc2(self.act(self.fc1(x)))
        return [a + b for a, b in zip(x, identity)]


class Wide(Block):
    expansion = 4


class Net(Module):
    _version = 2

    def __init__(self, block=Block, config=None, num_classes: int = 10, *, drop: float = 0.0):
        super().__init__()
        self.config = config = config or Config()
        self.inplanes = config.width
        layers = []
        for i, depth in enumerate(config.depths):
            layers += [self._make_layer(block, depth, last=i == len(config.depths) - 1)]
        self.features = Sequential(*layers)
        self.head = Linear(self.inplanes, num_classes)
        for m in self.modules():
            if isinstance(m, Linear) and m.bias is not None:
                m.tag = "biased"
            elif isinstance(m, (ReLU, Sequential)):
                m.tag = "plain"

    def _make_layer(self, block, n, last=False):
        layers = [block(self.inplanes) for _ in range(n)]
        if not last:
            self.inplanes = _make_divisible(self.inplanes * 1.7, 2)
            layers.append(Linear(layers[-1].fc2.n_out, self.inplanes, bias=False))
        return Sequential(OrderedDict((f"b{i}", layer) for i, layer in enumerate(layers)))

    def forward(self, x, *, return_features: bool = False):
        features = []
        for name, stage in self.features._modules.items():
            x = stage(x)
            features.append((name, len(x)))
        out = self.head(x)
        return (out, features) if return_features else out


def net_tiny(**kwargs: Any) -> Net:
    """A small one."""
    return Net(config=Config(width=2, depths=[1]), **kwargs)


registry = {}


def register(name=None):
    def wrap(fn):
        key = name if name is not None else fn.__name__
        if key in registry:
            raise KeyError(f"An entry is already registered under the name '{key}'.")
        registry[key] = fn
        return fn

    return wrap


@register()
def net_wide(*args, **kwargs):
    return Net(Wide, *args, **kwargs)


@register("wide_" + str(2))
def other(*args, **kwargs):
    return Net(Wide, *args, **kwargs)


def attempt(f):
    try:
        return f()
    except Exception as e:
        return f"{type(e).__name__}: {e}"


def main():
    # A decorator's registration happens when the function is first asked for.
    asked = (net_wide, other)
    net = Net()
    print([(n, p.shape) for n, p in net.named_parameters()])
    print(net([1, -2, 3, 0], return_features=True))
    print(sum(p.numel() for _, p in net.named_parameters()), Block.count, net.config.total)
    print(sorted({m.tag for m in net.modules() if hasattr(m, "tag")}))
    print(type(net.features[0][1:]).__name__, len(net.features[0][1:]), net.features[-1][0].fc1.n_out)
    print(attempt(lambda: net.nothing), attempt(lambda: Net(bloc=1)), attempt(lambda: Config(width=3)))
    print(net_tiny(num_classes=3).head.n_out, net_tiny.__doc__, sorted(registry))
    print(registry["wide_2"](num_classes=2).features[0][0].fc1.n_out, net_wide().head.n_in)
    print(Config(), Config(depths=[3]) == Config(depths=[3]), Activation("relu") is Activation.RELU)
    del net.head
    print(hasattr(net, "head"), net.train(False).features[0].training)
    print(copy.deepcopy(net).features[0][0] is net.features[0][0], len(list(net.modules())))
    seen = []
    net.apply(lambda m: seen.append(type(m).__name__))
    print(seen[:4], len(seen), net._version, Net._version)
    cfg = {"type": "Net", "config": Config(), "num_classes": 5}
    args = cfg.copy()
    kind = args.pop("type")
    built = globals()[kind](**args)
    print(built.head.n_out, [_make_divisible(v, 8) for v in (3, 12, 17.5, 100)])
    rates = [x / 4 * 0.2 for x in range(5)]
    print([round(r, 3) for r in rates], math.ceil(7 / 2), 2 ** -0.5, f"{1e6 / 3:.3e}")


if __name__ == "__main__":
    main()
