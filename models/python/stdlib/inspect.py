"""inspect: of functions and classes."""

import enum
import functools
import types

import _library
from _imports import modules


class _Empty:
    pass


_empty = _Empty


class _ParameterKind(enum.IntEnum):
    POSITIONAL_ONLY = 0
    POSITIONAL_OR_KEYWORD = 1
    VAR_POSITIONAL = 2
    KEYWORD_ONLY = 3
    VAR_KEYWORD = 4


class Parameter:
    empty = _Empty
    POSITIONAL_ONLY = _ParameterKind.POSITIONAL_ONLY
    POSITIONAL_OR_KEYWORD = _ParameterKind.POSITIONAL_OR_KEYWORD
    VAR_POSITIONAL = _ParameterKind.VAR_POSITIONAL
    KEYWORD_ONLY = _ParameterKind.KEYWORD_ONLY
    VAR_KEYWORD = _ParameterKind.VAR_KEYWORD

    def __init__(self, name, kind, *, default=_Empty, annotation=_Empty):
        self.name = name
        self.kind = _ParameterKind(kind)
        self.default = default
        self.annotation = annotation

    def replace(self, *, name=None, kind=None, default=None, annotation=None):
        return Parameter(
            self.name if name is None else name,
            self.kind if kind is None else kind,
            default=self.default if default is None else default,
            annotation=self.annotation if annotation is None else annotation,
        )

    def __repr__(self):
        return f'<Parameter "{self.name}">'


def get_annotations(obj, *, globals=None, locals=None, eval_str=False):
    """As texts: annotations are not evaluated."""
    return dict(obj.__dict__.get("__annotations__", {}))


class BoundArguments:
    def __init__(self, signature, arguments):
        self.signature = signature
        self.arguments = arguments

    @property
    def args(self):
        given = []
        for name, p in self.signature.parameters.items():
            if p.kind in (Parameter.VAR_KEYWORD, Parameter.KEYWORD_ONLY):
                break
            if name not in self.arguments:
                break
            if p.kind == Parameter.VAR_POSITIONAL:
                given.extend(self.arguments[name])
            else:
                given.append(self.arguments[name])
        return tuple(given)

    @property
    def kwargs(self):
        given = {}
        behind = False
        for name, p in self.signature.parameters.items():
            behind |= p.kind in (Parameter.VAR_KEYWORD, Parameter.KEYWORD_ONLY)
            behind |= name not in self.arguments
            if not behind or name not in self.arguments:
                continue
            if p.kind == Parameter.VAR_KEYWORD:
                given.update(self.arguments[name])
            else:
                given[name] = self.arguments[name]
        return given

    def apply_defaults(self):
        filled = {}
        for name, p in self.signature.parameters.items():
            if name in self.arguments:
                filled[name] = self.arguments[name]
            elif p.default is not _Empty:
                filled[name] = p.default
            elif p.kind == Parameter.VAR_POSITIONAL:
                filled[name] = ()
            elif p.kind == Parameter.VAR_KEYWORD:
                filled[name] = {}
        self.arguments = filled


class Signature:
    empty = _Empty

    def __init__(self, parameters=()):
        self.parameters = {p.name: p for p in parameters}
        self.return_annotation = _Empty

    def bind(self, /, *args, **kwargs):
        return self._bind(args, kwargs, False)

    def bind_partial(self, /, *args, **kwargs):
        return self._bind(args, kwargs, True)

    def _bind(self, args, kwargs, partial):
        found = {}
        args = list(args)
        rest = None
        for name, p in self.parameters.items():
            if p.kind == Parameter.VAR_POSITIONAL:
                if args:
                    found[name] = tuple(args)
                args = []
            elif p.kind == Parameter.VAR_KEYWORD:
                rest = name
            elif args and p.kind != Parameter.KEYWORD_ONLY:
                if name in kwargs and p.kind != Parameter.POSITIONAL_ONLY:
                    raise TypeError(f"multiple values for argument {name!r}")
                found[name] = args.pop(0)
            elif name in kwargs and p.kind != Parameter.POSITIONAL_ONLY:
                found[name] = kwargs.pop(name)
            elif p.default is _Empty and not partial:
                raise TypeError(f"missing a required argument: {name!r}")
        if args:
            raise TypeError("too many positional arguments")
        if kwargs and rest is None:
            raise TypeError(f"got an unexpected keyword argument {next(iter(kwargs))!r}")
        if kwargs:
            found[rest] = kwargs
        return BoundArguments(self, found)


def _parameters(obj):
    if isinstance(obj, type):
        if isfunction(obj.__new__) and not isfunction(obj.__init__):
            return _parameters(obj.__new__)[1:]
        return _parameters(obj.__init__)[1:]
    if ismethod(obj):
        return _parameters(obj.__func__)[1:]
    if hasattr(obj, "__wrapped__"):
        return _parameters(obj.__wrapped__)
    if isinstance(obj, functools.partial):
        found = _parameters(obj.func)[len(obj.args) :]
        return [p for p in found if p.name not in obj.keywords]
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


def iscoroutinefunction(obj):
    return False


iscoroutine = isasyncgen = isasyncgenfunction = isawaitable = iscoroutinefunction


def isgeneratorfunction(obj):
    return _library.is_generator(obj.__func__ if ismethod(obj) else obj)


def isabstract(obj):
    return bool(getattr(obj, "__abstractmethods__", ()))


def getsource(object):
    text = _library.source_of(unwrap(object))
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
