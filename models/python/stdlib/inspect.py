"""inspect: of functions and classes."""

import types

import _library
from _imports import modules


class _Empty:
    pass


_empty = _Empty


class Parameter:
    empty = _Empty
    POSITIONAL_ONLY = 0
    POSITIONAL_OR_KEYWORD = 1
    VAR_POSITIONAL = 2
    KEYWORD_ONLY = 3
    VAR_KEYWORD = 4

    def __init__(self, name, kind, *, default=_Empty, annotation=_Empty):
        self.name = name
        self.kind = kind
        self.default = default
        self.annotation = annotation

    def __repr__(self):
        return f'<Parameter "{self.name}">'


def get_annotations(obj, *, globals=None, locals=None, eval_str=False):
    """As texts: annotations are not evaluated."""
    return dict(obj.__dict__.get("__annotations__", {}))


class Signature:
    empty = _Empty

    def __init__(self, parameters=()):
        self.parameters = {p.name: p for p in parameters}
        self.return_annotation = _Empty


def _parameters(obj):
    if isinstance(obj, type):
        return _parameters(obj.__init__)[1:]
    if ismethod(obj):
        return _parameters(obj.__func__)[1:]
    if hasattr(obj, "__wrapped__"):
        return _parameters(obj.__wrapped__)
    if not isfunction(obj):
        call = getattr(type(obj), "__call__", None)
        if not isfunction(call):
            # Natives do not say what they take.
            return [Parameter("args", 2), Parameter("kwargs", 4)]
        return _parameters(call)[1:]
    return [
        Parameter(name, kind, default=default[0] if default else _Empty)
        for name, kind, default in _library.parameters(obj)
    ]


def signature(obj, **kwargs):
    return Signature(_parameters(obj))


class FullArgSpec:
    def __init__(self, args, varargs, varkw, defaults, kwonlyargs, kwonlydefaults):
        self.args = args
        self.varargs = varargs
        self.varkw = varkw
        self.defaults = defaults
        self.kwonlyargs = kwonlyargs
        self.kwonlydefaults = kwonlydefaults
        self.annotations = {}


def getfullargspec(func):
    found = _parameters(func.__func__ if ismethod(func) else func)
    plain = [p for p in found if p.kind <= Parameter.POSITIONAL_OR_KEYWORD]
    only = [p for p in found if p.kind == Parameter.KEYWORD_ONLY]
    defaults = tuple([p.default for p in plain if p.default is not _Empty])
    only_defaults = {p.name: p.default for p in only if p.default is not _Empty}
    return FullArgSpec(
        [p.name for p in plain],
        next((p.name for p in found if p.kind == Parameter.VAR_POSITIONAL), None),
        next((p.name for p in found if p.kind == Parameter.VAR_KEYWORD), None),
        defaults or None,
        [p.name for p in only],
        only_defaults or None,
    )


def isfunction(obj):
    return isinstance(obj, types.FunctionType)


def ismethod(obj):
    return isinstance(obj, types.MethodType)


def isbuiltin(obj):
    return isinstance(obj, types.BuiltinFunctionType)


def isroutine(obj):
    return isfunction(obj) or ismethod(obj) or isbuiltin(obj)


def isclass(obj):
    return isinstance(obj, type)


def ismodule(obj):
    return isinstance(obj, types.ModuleType)


def isgenerator(obj):
    return isinstance(obj, types.GeneratorType)


def isabstract(obj):
    return False


def getsource(object):
    text = _library.source_of(object)
    if text is None:
        raise TypeError(f"{object!r} is a built-in {type(object).__name__}")
    return text


def getmodule(object):
    return object if ismodule(object) else modules.get(getattr(object, "__module__", None))


def getmro(cls):
    return cls.__mro__


def getdoc(obj):
    return obj.__doc__


def getmembers(obj, predicate=None):
    members = [(name, getattr(obj, name)) for name in dir(obj) if hasattr(obj, name)]
    return [pair for pair in members if predicate is None or predicate(pair[1])]


def unwrap(func):
    while hasattr(func, "__wrapped__"):
        func = func.__wrapped__
    return func


def __getattr__(name):
    _library.not_supported(f"inspect.{name}")
