"""typing: names to annotate with. Annotations are not looked at; subscripts are remembered."""

import collections
from _library import NamedTuple
from collections.abc import (
    AsyncIterable,
    AsyncIterator,
    Awaitable,
    ByteString,
    Callable,
    Collection,
    Container,
    Coroutine,
    Generator,
    Hashable,
    ItemsView,
    Iterable,
    Iterator,
    KeysView,
    Mapping,
    MutableMapping,
    MutableSequence,
    MutableSet,
    Reversible,
    Sequence,
    Sized,
    ValuesView,
)
from collections.abc import Set as AbstractSet
from contextlib import AbstractContextManager as ContextManager

TYPE_CHECKING = False

List = list
Dict = dict
Tuple = tuple
Set = set
FrozenSet = frozenset
Type = type
Text = str
AnyStr = str
DefaultDict = collections.defaultdict
OrderedDict = collections.OrderedDict
Counter = collections.Counter
ChainMap = collections.ChainMap
Deque = collections.deque


class _Form:
    """Optional, Union, Literal ...: a form with what it was subscripted with."""

    def __init__(self, name, origin=None, args=()):
        self._name = name
        self.__origin__ = origin
        self.__args__ = args

    def __getitem__(self, args):
        args = args if isinstance(args, tuple) else (args,)
        return _Form(self._name, self, args)

    def __or__(self, other):
        return Union[self, other]

    def __ror__(self, other):
        return Union[other, self]

    def __eq__(self, other):
        if not isinstance(other, _Form):
            return NotImplemented
        return self._name == other._name and self.__args__ == other.__args__

    def __hash__(self):
        return hash(self._name)

    def __call__(self, *args, **kwargs):
        raise TypeError(f"Cannot instantiate typing.{self._name}")

    def __repr__(self):
        if not self.__args__:
            return f"typing.{self._name}"
        shown = [getattr(a, "__name__", None) or repr(a) for a in self.__args__]
        return f"typing.{self._name}[{', '.join(shown)}]"


Optional = _Form("Optional")
Union = _Form("Union")
Literal = _Form("Literal")
ClassVar = _Form("ClassVar")
Final = _Form("Final")
Annotated = _Form("Annotated")
Concatenate = _Form("Concatenate")
TypeAlias = _Form("TypeAlias")
TypeGuard = _Form("TypeGuard")
Required = _Form("Required")
NotRequired = _Form("NotRequired")
Unpack = _Form("Unpack")
NoReturn = _Form("NoReturn")
Never = _Form("Never")
Self = _Form("Self")
LiteralString = _Form("LiteralString")


class Any:
    pass


class Generic:
    pass


class Protocol:
    pass


class TypedDict(dict):
    def __init_subclass__(cls, total=True):
        pass


class SupportsInt:
    pass


class SupportsFloat:
    pass


class SupportsIndex:
    pass


class IO:
    pass


class TextIO(IO):
    pass


class BinaryIO(IO):
    pass


class Pattern:
    pass


class Match:
    pass


class TypeVar(_Form):
    def __init__(self, name, *constraints, bound=None, covariant=False, contravariant=False):
        super().__init__(name)
        self.__name__ = name
        self.__constraints__ = constraints
        self.__bound__ = bound


class ParamSpec(TypeVar):
    def __init__(self, name, **kwargs):
        super().__init__(name)
        self.args = _Form(f"{name}.args")
        self.kwargs = _Form(f"{name}.kwargs")


class TypeVarTuple(TypeVar):
    def __iter__(self):
        return iter((self,))


class ForwardRef(_Form):
    pass


def NewType(name, tp):
    return lambda value: value


def cast(typ, val):
    return val


def _same(thing):
    return thing


overload = final = no_type_check = runtime_checkable = override = _same


def assert_type(val, typ):
    return val


def dataclass_transform(**kwargs):
    return _same


def get_origin(tp):
    return getattr(tp, "__origin__", None)


def get_args(tp):
    return getattr(tp, "__args__", ())


def get_type_hints(obj, globalns=None, localns=None, include_extras=False):
    return dict(getattr(obj, "__annotations__", {}))


def assert_never(arg):
    raise AssertionError("Expected code to be unreachable")
