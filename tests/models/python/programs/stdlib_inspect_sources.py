"""inspect: signatures, sources, kinds."""
import inspect
from functools import partial, wraps


def plain(a, b=2, *args, c, d=4, **kw):
    """Plain."""
    return a


def decorator(f):
    @wraps(f)
    def wrapper(*args, **kwargs):
        return f(*args, **kwargs)
    return wrapper


@decorator
def decorated(x, y=1):
    # A comment.
    if x:
        return y

    return """text
that goes on"""


class Thing:
    """A thing."""

    size = 1

    def __init__(self, first, second=2):
        self.first = first

    def method(self, q):
        return q

    @classmethod
    def build(cls, z):
        return cls(z)

    @staticmethod
    def helper(w):
        return w


class Called:
    def __call__(self, u, v):
        return u


def parameters(f):
    return [(n, p.default is not p.empty) for n, p in inspect.signature(f).parameters.items()]


def main():
    print(parameters(plain), parameters(decorated), parameters(Thing), parameters(Thing(1).method))
    print(parameters(Thing.build), parameters(Thing.helper), parameters(Called()), parameters(lambda k: k))
    print([p.kind.name for p in inspect.signature(plain).parameters.values()])
    p = inspect.signature(plain).parameters
    print(p["b"].default, p["a"].default is inspect.Parameter.empty, list(p), p["c"].name)
    print(p["a"].kind == inspect.Parameter.POSITIONAL_OR_KEYWORD, p["kw"].kind is inspect.Parameter.VAR_KEYWORD)
    bound = inspect.signature(plain).bind(1, 5, 6, c=7, z=8)
    print(bound.args, bound.kwargs, bound.arguments["a"], dict(bound.arguments))
    bound = inspect.signature(decorated).bind_partial(x=1)
    bound.apply_defaults()
    print(bound.arguments)
    try:
        inspect.signature(decorated).bind()
    except TypeError as error:
        print("TypeError:", error)
    print(inspect.isfunction(plain), inspect.ismethod(Thing(1).method), inspect.isclass(Thing),
          inspect.isgeneratorfunction(main), inspect.isbuiltin(len))
    print(inspect.getdoc(plain), inspect.getdoc(Thing), inspect.unwrap(decorated) is decorated.__wrapped__)
    print(inspect.getsource(plain))
    print(inspect.getsource(decorated))
    print(inspect.getsource(Thing.build))
    print("class Thing" in inspect.getsource(Thing), inspect.getsource(Thing).count("\n"))
    spec = inspect.getfullargspec(plain)
    print(spec.args, spec.varargs, spec.varkw, spec.defaults, spec.kwonlyargs, spec.kwonlydefaults)
    print(sorted(n for n, _ in inspect.getmembers(Thing, inspect.isfunction)))
    print(callable(plain), callable(Thing), callable(3), parameters(partial(plain, 1)))
