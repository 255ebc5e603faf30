"""dataclasses."""

import abc
import copy


class _Missing:
    def __repr__(self):
        return "MISSING"


MISSING = _Missing()


class _Params:
    def __init__(self, init, repr, eq, order, unsafe_hash, frozen):
        self.init = init
        self.repr = repr
        self.eq = eq
        self.order = order
        self.unsafe_hash = unsafe_hash
        self.frozen = frozen

    def __repr__(self):
        shown = ",".join(f"{name}={value!r}" for name, value in self.__dict__.items())
        return f"_DataclassParams({shown})"


class KW_ONLY:
    pass


class InitVar:
    def __class_getitem__(cls, item):
        return cls


class FrozenInstanceError(AttributeError):
    pass


class Field:
    def __init__(self, default, default_factory, init, repr, hash, compare, metadata, kw_only):
        self.name = None
        self.type = None
        self.default = default
        self.default_factory = default_factory
        self.init = init
        self.repr = repr
        self.hash = hash
        self.compare = compare
        self.metadata = {} if metadata is None else metadata
        self.kw_only = kw_only
        self._init_only = False

    def __repr__(self):
        return f"Field(name={self.name!r},type={self.type!r},default={self.default!r})"


def field(
    *,
    default=MISSING,
    default_factory=MISSING,
    init=True,
    repr=True,
    hash=None,
    compare=True,
    metadata=None,
    kw_only=MISSING,
):
    if default is not MISSING and default_factory is not MISSING:
        raise ValueError("cannot specify both default and default_factory")
    return Field(default, default_factory, init, repr, hash, compare, metadata, kw_only)


def _annotated(annotation, name):
    """Whether the annotation's text is of that name: "ClassVar[int]", "typing.ClassVar"."""
    head = annotation.split("[")[0].strip().strip("\"'")
    return head == name or head.endswith("." + name)


def _own_field(cls, name, annotation, kw_only):
    default = cls.__dict__.get(name, MISSING)
    if isinstance(default, Field):
        made = default
        if made.default is not MISSING:
            setattr(cls, name, made.default)
        else:
            delattr(cls, name)
    else:
        made = field(default=default)
    if isinstance(made.default, (list, dict, set)):
        raise ValueError(
            f"mutable default {type(made.default)} for field {name} is not allowed: "
            "use default_factory"
        )
    made.name = name
    made.type = annotation
    made._init_only = _annotated(str(annotation), "InitVar")
    if made.kw_only is MISSING:
        made.kw_only = kw_only
    return made


def _collect(cls, kw_only):
    found = {}
    for base in reversed(cls.__mro__[1:]):
        found.update(base.__dict__.get("__dataclass_fields__", {}))
    for name, annotation in cls.__dict__.get("__annotations__", {}).items():
        text = str(annotation)
        if _annotated(text, "KW_ONLY"):
            kw_only = True
        elif not _annotated(text, "ClassVar"):
            found[name] = _own_field(cls, name, annotation, kw_only)
    return found


def _check_order(all_fields):
    defaulted = None
    for f in all_fields:
        if not f.init or f.kw_only:
            continue
        if f.default is not MISSING or f.default_factory is not MISSING:
            defaulted = f.name
        elif defaulted is not None:
            raise TypeError(f"non-default argument {f.name!r} follows default argument")


def _listed(names):
    """'a', 'b', and 'c'."""
    names = [repr(name) for name in names]
    if len(names) < 3:
        return " and ".join(names)
    return ", ".join(names[:-1]) + ", and " + names[-1]


def _make_init(cls, all_fields, frozen):
    positional = [f.name for f in all_fields if f.init and not f.kw_only]
    accepted = {f.name for f in all_fields if f.init}
    required = [
        f.name
        for f in all_fields
        if f.init and f.default is MISSING and f.default_factory is MISSING
    ]
    init_only = [f.name for f in all_fields if f._init_only]
    has_post_init = hasattr(cls, "__post_init__")

    def __init__(self, *args, **kwargs):
        if len(args) > len(positional):
            takes = len(positional) + 1
            raise TypeError(
                f"{cls.__name__}.__init__() takes {takes} positional "
                f"argument{'s' if takes > 1 else ''} but {len(args) + 1} were given"
            )
        for name, value in zip(positional, args):
            if name in kwargs:
                raise TypeError(
                    f"{cls.__name__}.__init__() got multiple values for argument {name!r}"
                )
            kwargs[name] = value
        for name in kwargs:
            if name not in accepted:
                raise TypeError(
                    f"{cls.__name__}.__init__() got an unexpected keyword argument {name!r}"
                )
        missing = [name for name in required if name not in kwargs]
        if missing:
            kind = "positional"
            by_position = [name for name in missing if name in positional]
            if by_position:
                missing = by_position
            else:
                kind = "keyword-only"
            raise TypeError(
                f"{cls.__name__}.__init__() missing {len(missing)} required {kind} "
                f"argument{'s' if len(missing) > 1 else ''}: {_listed(missing)}"
            )
        put = object.__setattr__ if frozen else setattr
        for f in all_fields:
            if f.name in kwargs:
                value = kwargs[f.name]
            elif f.default_factory is not MISSING:
                value = f.default_factory()
            elif f.default is not MISSING:
                value = f.default
            else:
                continue
            kwargs[f.name] = value
            if not f._init_only:
                put(self, f.name, value)
        if has_post_init:
            self.__post_init__(*[kwargs[name] for name in init_only])

    return __init__


def _make_repr(names):
    def __repr__(self):
        shown = ", ".join(f"{name}={getattr(self, name)!r}" for name in names)
        return f"{self.__class__.__qualname__}({shown})"

    return __repr__


def _values(obj, names):
    return tuple([getattr(obj, name) for name in names])


def _add_comparison(cls, names, eq, order):
    def __eq__(self, other):
        if other.__class__ is not self.__class__:
            return NotImplemented
        return _values(self, names) == _values(other, names)

    def __lt__(self, other):
        if other.__class__ is not self.__class__:
            return NotImplemented
        return _values(self, names) < _values(other, names)

    def __le__(self, other):
        if other.__class__ is not self.__class__:
            return NotImplemented
        return _values(self, names) <= _values(other, names)

    def __gt__(self, other):
        if other.__class__ is not self.__class__:
            return NotImplemented
        return _values(self, names) > _values(other, names)

    def __ge__(self, other):
        if other.__class__ is not self.__class__:
            return NotImplemented
        return _values(self, names) >= _values(other, names)

    if eq and "__eq__" not in cls.__dict__:
        cls.__eq__ = __eq__
    if order:
        for method in (__lt__, __le__, __gt__, __ge__):
            if method.__name__ in cls.__dict__:
                raise TypeError(f"Cannot overwrite attribute {method.__name__}")
            setattr(cls, method.__name__, method)


def _freeze(cls):
    def __setattr__(self, name, value):
        raise FrozenInstanceError(f"cannot assign to field {name!r}")

    def __delattr__(self, name):
        raise FrozenInstanceError(f"cannot delete field {name!r}")

    cls.__setattr__ = __setattr__
    cls.__delattr__ = __delattr__


def _process(cls, init, repr, eq, order, unsafe_hash, frozen, kw_only):
    found = _collect(cls, kw_only)
    all_fields = list(found.values())
    _check_order(all_fields)
    explicit_hash = cls.__dict__.get("__hash__", MISSING) is not MISSING
    cls.__dataclass_fields__ = found
    cls.__dataclass_params__ = _Params(init, repr, eq, order, unsafe_hash, frozen)
    cls.__match_args__ = tuple([f.name for f in all_fields if f.init and not f.kw_only])
    kept = [f for f in all_fields if not f._init_only]
    if init:
        cls.__init__ = _make_init(cls, all_fields, frozen)
    if repr and "__repr__" not in cls.__dict__:
        cls.__repr__ = _make_repr([f.name for f in kept if f.repr])
    _add_comparison(cls, [f.name for f in kept if f.compare], eq, order)
    if frozen:
        _freeze(cls)
    hashed = [f.name for f in kept if (f.compare if f.hash is None else f.hash)]
    if unsafe_hash or (eq and frozen and not explicit_hash):
        cls.__hash__ = lambda self: hash(_values(self, hashed))
    elif eq and not explicit_hash:
        cls.__hash__ = None
    return abc.update_abstractmethods(cls)


def dataclass(
    cls=None,
    /,
    *,
    init=True,
    repr=True,
    eq=True,
    order=False,
    unsafe_hash=False,
    frozen=False,
    match_args=True,
    kw_only=False,
    slots=False,
    weakref_slot=False,
):
    def wrap(cls):
        return _process(cls, init, repr, eq, order, unsafe_hash, frozen, kw_only)

    return wrap if cls is None else wrap(cls)


def make_dataclass(cls_name, fields, *, bases=(), namespace=None, **options):
    annotations = {}
    body = dict(namespace or {})
    for item in fields:
        name, kind, *default = (item, "typing.Any") if isinstance(item, str) else item
        annotations[name] = kind
        if default:
            body[name] = default[0]
    body["__annotations__"] = annotations
    return dataclass(type(cls_name, tuple(bases), body), **options)


def fields(class_or_instance):
    found = getattr(class_or_instance, "__dataclass_fields__", None)
    if found is None:
        raise TypeError("must be called with a dataclass type or instance")
    return tuple([f for f in found.values() if not f._init_only])


def is_dataclass(obj):
    return hasattr(obj, "__dataclass_fields__")


def _plain(value, dict_factory):
    if is_dataclass(value) and not isinstance(value, type):
        return dict_factory(
            [(f.name, _plain(getattr(value, f.name), dict_factory)) for f in fields(value)]
        )
    if isinstance(value, tuple) and hasattr(value, "_fields"):
        return type(value)(*[_plain(item, dict_factory) for item in value])
    if isinstance(value, (list, tuple)):
        return type(value)([_plain(item, dict_factory) for item in value])
    if isinstance(value, dict):
        return type(value)(
            [(_plain(k, dict_factory), _plain(v, dict_factory)) for k, v in value.items()]
        )
    return copy.deepcopy(value)


def asdict(obj, *, dict_factory=dict):
    if not is_dataclass(obj) or isinstance(obj, type):
        raise TypeError("asdict() should be called on dataclass instances")
    return _plain(obj, dict_factory)


def astuple(obj, *, tuple_factory=tuple):
    return tuple_factory([copy.deepcopy(getattr(obj, f.name)) for f in fields(obj)])


def replace(obj, /, **changes):
    for f in obj.__dataclass_fields__.values():
        if not f.init:
            if f.name in changes:
                raise ValueError(
                    f"field {f.name} is declared with init=False, it cannot be specified with "
                    "replace()"
                )
        elif f.name not in changes and not f._init_only:
            changes[f.name] = getattr(obj, f.name)
    return obj.__class__(**changes)
