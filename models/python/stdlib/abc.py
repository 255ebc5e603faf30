"""abc: a class that lacks what is marked as abstract refuses to be made an instance of."""


def abstractmethod(funcobj):
    funcobj.__isabstractmethod__ = True
    return funcobj


def _is_abstract(value):
    return bool(getattr(value, "__isabstractmethod__", False))


def _lacking(cls, namespace):
    """The names that object.__new__ refuses an instance of cls for."""
    names = {name for name, value in namespace.items() if _is_abstract(value)}
    for base in cls.__bases__:
        for name in getattr(base, "__abstractmethods__", ()):
            if _is_abstract(getattr(cls, name, None)):
                names.add(name)
    return frozenset(names)


class ABCMeta(type):
    def __new__(mcls, name, bases, namespace, /, **kwargs):
        cls = super().__new__(mcls, name, bases, namespace, **kwargs)
        cls.__abstractmethods__ = _lacking(cls, namespace)
        return cls


class ABC(metaclass=ABCMeta):
    __slots__ = ()


def update_abstractmethods(cls):
    """After a decorator has added methods to a class."""
    if hasattr(cls, "__abstractmethods__"):
        cls.__abstractmethods__ = _lacking(cls, cls.__dict__)
    return cls


def abstractclassmethod(callable):
    return classmethod(abstractmethod(callable))


def abstractstaticmethod(callable):
    return staticmethod(abstractmethod(callable))


def abstractproperty(fget=None, fset=None, fdel=None, doc=None):
    return property(abstractmethod(fget), fset, fdel, doc)
