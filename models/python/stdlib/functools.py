"""functools."""

import _library
from _library import namedtuple


class partial:
    def __init__(self, func, /, *args, **keywords):
        if not callable(func):
            raise TypeError("the first argument must be callable")
        if isinstance(func, partial):
            args = func.args + args
            keywords = {**func.keywords, **keywords}
            func = func.func
        self.func = func
        self.args = args
        self.keywords = keywords

    def __call__(self, /, *args, **keywords):
        return self.func(*self.args, *args, **{**self.keywords, **keywords})

    def __repr__(self):
        parts = [repr(self.func)]
        parts += [repr(arg) for arg in self.args]
        parts += [f"{name}={value!r}" for name, value in self.keywords.items()]
        return f"functools.partial({', '.join(parts)})"


class partialmethod:
    def __init__(self, func, /, *args, **keywords):
        self.func = func
        self.args = args
        self.keywords = keywords

    def __get__(self, instance, owner=None):
        func = self.func
        args = self.args
        keywords = self.keywords

        def method(obj, /, *more, **others):
            return func(obj, *args, *more, **{**keywords, **others})

        if instance is None:
            return method
        return partial(method, instance)


WRAPPER_ASSIGNMENTS = ("__module__", "__name__", "__qualname__", "__doc__")
WRAPPER_UPDATES = ("__dict__",)


def update_wrapper(wrapper, wrapped, assigned=WRAPPER_ASSIGNMENTS, updated=WRAPPER_UPDATES):
    for name in assigned:
        if hasattr(wrapped, name):
            setattr(wrapper, name, getattr(wrapped, name))
    if "__dict__" in updated:
        for name, value in getattr(wrapped, "__dict__", {}).items():
            setattr(wrapper, name, value)
    wrapper.__wrapped__ = wrapped
    return wrapper


def wraps(wrapped, assigned=WRAPPER_ASSIGNMENTS, updated=WRAPPER_UPDATES):
    def decorate(wrapper):
        return update_wrapper(wrapper, wrapped, assigned, updated)

    return decorate


_absent = object()


def reduce(function, iterable, initial=_absent, /):
    items = iter(iterable)
    if initial is _absent:
        value = next(items, _absent)
        if value is _absent:
            raise TypeError("reduce() of empty iterable with no initial value")
    else:
        value = initial
    for item in items:
        value = function(value, item)
    return value


_CacheInfo = namedtuple("CacheInfo", ["hits", "misses", "maxsize", "currsize"])


def _cached(function, maxsize, typed):
    known = {}
    counts = [0, 0]

    def wrapper(*args, **keywords):
        key = (args, tuple(keywords.items()))
        if typed:
            key += (tuple([type(v) for v in (*args, *keywords.values())]),)
        if key in known:
            counts[0] += 1
            value = known[key]
            if maxsize is not None:  # the last one that was used
                del known[key]
                known[key] = value
            return value
        counts[1] += 1
        value = function(*args, **keywords)
        if maxsize is not None and len(known) >= maxsize:
            if maxsize <= 0:
                return value
            del known[next(iter(known))]
        known[key] = value
        return value

    def cache_info():
        return _CacheInfo(counts[0], counts[1], maxsize, len(known))

    def cache_clear():
        known.clear()
        counts[:] = [0, 0]

    wrapper.cache_info = cache_info
    wrapper.cache_clear = cache_clear
    wrapper.cache_parameters = lambda: {"maxsize": maxsize, "typed": typed}
    return update_wrapper(wrapper, function)


def lru_cache(maxsize=128, typed=False):
    if callable(maxsize):
        return _cached(maxsize, 128, False)
    return lambda function: _cached(function, maxsize, typed)


def cache(function, /):
    return _cached(function, None, False)


class cached_property:
    def __init__(self, func):
        self.func = func
        self.name = func.__name__
        self.__doc__ = func.__doc__

    def __set_name__(self, owner, name):
        self.name = name

    def __get__(self, instance, owner=None):
        if instance is None:
            return self
        if self.name not in instance.__dict__:
            instance.__dict__[self.name] = self.func(instance)
        return instance.__dict__[self.name]


def total_ordering(cls):
    def greater(self, other):
        return not (self < other or self == other)

    def not_greater(self, other):
        return self < other or self == other

    def not_less(self, other):
        return not self < other

    def less(self, other):
        return not (self > other or self == other)

    def greater_or_equal(self, other):
        return self > other or self == other

    def not_greater_strictly(self, other):
        return not self > other

    own = cls.__dict__
    if "__lt__" in own:
        made = {"__gt__": greater, "__le__": not_greater, "__ge__": not_less}
    elif "__gt__" in own:
        made = {"__lt__": less, "__ge__": greater_or_equal, "__le__": not_greater_strictly}
    elif "__le__" in own:
        made = {
            "__lt__": lambda self, other: self <= other and not self == other,
            "__gt__": lambda self, other: not self <= other,
            "__ge__": lambda self, other: not self <= other or self == other,
        }
    elif "__ge__" in own:
        made = {
            "__gt__": lambda self, other: self >= other and not self == other,
            "__lt__": lambda self, other: not self >= other,
            "__le__": lambda self, other: not self >= other or self == other,
        }
    else:
        raise ValueError("must define at least one ordering operation: < > <= >=")
    for name, method in made.items():
        if name not in own:
            setattr(cls, name, method)
    return cls


def cmp_to_key(compare):
    class Key:
        def __init__(self, obj):
            self.obj = obj

        def __lt__(self, other):
            return compare(self.obj, other.obj) < 0

        def __eq__(self, other):
            return compare(self.obj, other.obj) == 0

    return Key


def singledispatch(function):
    registry = {object: function}

    def dispatch(cls):
        for base in cls.__mro__:
            if base in registry:
                return registry[base]
        return function

    def register(cls, implementation=None):
        if not isinstance(cls, type):  # @f.register on a function that says its type
            types = list(_library.annotations(cls).values())
            if not types or not isinstance(types[0], type):
                raise TypeError(
                    "Invalid first argument to `register()`. Use either `@register(some_class)` "
                    "or plain `@register` on an annotated function."
                )
            return register(types[0], cls)
        if implementation is None:
            return lambda implementation: register(cls, implementation)
        registry[cls] = implementation
        return implementation

    def wrapper(*args, **keywords):
        if not args:
            raise TypeError(f"{wrapper.__name__} requires at least 1 positional argument")
        return dispatch(type(args[0]))(*args, **keywords)

    wrapper.register = register
    wrapper.dispatch = dispatch
    wrapper.registry = registry
    return update_wrapper(wrapper, function)


class singledispatchmethod:
    def __init__(self, func):
        self.func = func
        self.dispatcher = singledispatch(func)

    def register(self, cls, method=None):
        return self.dispatcher.register(cls, method)

    def __get__(self, instance, owner=None):
        def method(*args, **keywords):
            found = self.dispatcher.dispatch(type(args[0]))
            bound = found.__get__(instance, owner) if hasattr(found, "__get__") else found
            return bound(*args, **keywords)

        method.register = self.register
        return update_wrapper(method, self.func)
