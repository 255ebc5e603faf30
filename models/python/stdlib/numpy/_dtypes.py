"""Element types: the classes of scalars, and dtype, which names one."""

import _library


class _Operators:
    """Arithmetic of scalars and arrays alike, by numpy's rules: _ufuncs.py has them."""

    __array_priority__ = 0.0

    def _operate(self, name, *operands):
        from . import _ufuncs

        return _ufuncs.operate(name, *operands)

    def __add__(self, other):
        return self._operate("add", self, other)

    def __radd__(self, other):
        return self._operate("add", other, self)

    def __sub__(self, other):
        return self._operate("subtract", self, other)

    def __rsub__(self, other):
        return self._operate("subtract", other, self)

    def __mul__(self, other):
        return self._operate("multiply", self, other)

    def __rmul__(self, other):
        return self._operate("multiply", other, self)

    def __truediv__(self, other):
        return self._operate("divide", self, other)

    def __rtruediv__(self, other):
        return self._operate("divide", other, self)

    def __floordiv__(self, other):
        return self._operate("floor_divide", self, other)

    def __rfloordiv__(self, other):
        return self._operate("floor_divide", other, self)

    def __mod__(self, other):
        return self._operate("remainder", self, other)

    def __rmod__(self, other):
        return self._operate("remainder", other, self)

    def __pow__(self, other):
        return self._operate("power", self, other)

    def __rpow__(self, other):
        return self._operate("power", other, self)

    def __and__(self, other):
        return self._operate("bitwise_and", self, other)

    def __rand__(self, other):
        return self._operate("bitwise_and", other, self)

    def __or__(self, other):
        return self._operate("bitwise_or", self, other)

    def __ror__(self, other):
        return self._operate("bitwise_or", other, self)

    def __xor__(self, other):
        return self._operate("bitwise_xor", self, other)

    def __rxor__(self, other):
        return self._operate("bitwise_xor", other, self)

    def __lshift__(self, other):
        return self._operate("left_shift", self, other)

    def __rlshift__(self, other):
        return self._operate("left_shift", other, self)

    def __rshift__(self, other):
        return self._operate("right_shift", self, other)

    def __rrshift__(self, other):
        return self._operate("right_shift", other, self)

    def __neg__(self):
        return self._operate("negative", self)

    def __pos__(self):
        return self._operate("positive", self)

    def __abs__(self):
        return self._operate("absolute", self)

    def __invert__(self):
        return self._operate("invert", self)

    def __eq__(self, other):
        return self._operate("equal", self, other)

    def __ne__(self, other):
        return self._operate("not_equal", self, other)

    def __lt__(self, other):
        return self._operate("less", self, other)

    def __le__(self, other):
        return self._operate("less_equal", self, other)

    def __gt__(self, other):
        return self._operate("greater", self, other)

    def __ge__(self, other):
        return self._operate("greater_equal", self, other)


class generic:
    """What an array's element is when it is taken out: a Python number with a dtype."""

    shape = ()
    ndim = 0
    size = 1

    @property
    def dtype(self):
        return dtype(type(self))

    @property
    def T(self):
        return self

    @property
    def real(self):
        return self

    def item(self):
        return self._plain(self)

    def tolist(self):
        return self._plain(self)

    def astype(self, kind):
        return dtype(kind)._scalar(self._plain(self))

    def _array(self):
        from ._array import asarray

        return asarray(self)

    def __array__(self, dtype=None):
        return self._array() if dtype is None else self._array().astype(dtype)

    def copy(self):
        return self

    def reshape(self, *shape):
        return self._array().reshape(*shape)

    def squeeze(self, axis=None):
        return self

    def flatten(self):
        return self._array().flatten()

    ravel = flatten

    def round(self, decimals=0):
        return self._array().round(decimals)

    def clip(self, min=None, max=None):
        return self._array().clip(min, max)

    def sum(self, *args, **kwargs):
        return self

    prod = max = min = sum

    def mean(self, *args, **kwargs):
        return self._array().mean(*args, **kwargs)

    def any(self):
        return _bool(self._plain(self))

    all = any

    def __repr__(self):
        return f"np.{type(self).__name__}({self._plain(self)!r})"

    def __str__(self):
        return str(self._plain(self))

    def __format__(self, spec):
        return format(self._plain(self), spec)

    def __hash__(self):
        return hash(self._plain(self))


class number(generic):
    pass


class integer(number):
    pass


class signedinteger(integer):
    pass


class unsignedinteger(integer):
    pass


class inexact(number):
    pass


class floating(inexact):
    pass


class complexfloating(inexact):
    pass


class flexible(generic):
    pass


class character(flexible):
    pass


def _made_by_value(base):
    """The way to make a scalar of a class derived from `base`: rounded, or checked."""

    def make(cls, value=0, *rest):
        kind = dtype(cls)
        if not isinstance(value, (int, float, str)) and hasattr(value, "__array__"):
            array = value.__array__().astype(kind)
            return array[()] if array.ndim == 0 else array
        if isinstance(value, (list, tuple)):
            from ._array import array

            return array(value, kind)
        converted = kind._in_range(base(value))
        return base.__new__(cls, converted) if _library.is_plain_number(converted) else converted

    return make


class _Integer(_Operators, int):
    _plain = int
    __new__ = _made_by_value(int)

    def __hash__(self):
        return hash(int(self))

    def __index__(self):
        return int(self)


class _Float(_Operators, float):
    _plain = float
    __new__ = _made_by_value(float)

    def __hash__(self):
        return hash(float(self))


class int8(signedinteger, _Integer):
    pass


class int16(signedinteger, _Integer):
    pass


class int32(signedinteger, _Integer):
    pass


class int64(signedinteger, _Integer):
    pass


class uint8(unsignedinteger, _Integer):
    pass


class uint16(unsignedinteger, _Integer):
    pass


class uint32(unsignedinteger, _Integer):
    pass


class uint64(unsignedinteger, _Integer):
    pass


class float16(floating, _Float):
    pass


class float32(floating, _Float):
    pass


class float64(floating, _Float):
    pass


class complex64(complexfloating):
    pass


class complex128(complexfloating):
    pass


class bool_(generic):
    """Python's bool in the place of numpy's: nobody can tell them apart but by their names."""

    def __new__(cls, value=False):
        return _bool(value)

    __instancecheck__ = _library.instance_check("bool")


class str_(character):
    def __new__(cls, value=""):
        return _str(value)

    __instancecheck__ = _library.instance_check("str")


class object_(generic):
    def __new__(cls, value=None):
        return value


byte, short, intc, int_, intp, longlong = int8, int16, int32, int64, int64, int64
ubyte, ushort, uintc, uint, uintp = uint8, uint16, uint32, uint64, uint64
half, single, double, longdouble = float16, float32, float64, float64
csingle, cdouble = complex64, complex128

# name, class, kind, bytes, character
_KINDS = (
    ("bool", bool_, "b", 1, "?"),
    ("int8", int8, "i", 1, "b"),
    ("int16", int16, "i", 2, "h"),
    ("int32", int32, "i", 4, "i"),
    ("int64", int64, "i", 8, "l"),
    ("uint8", uint8, "u", 1, "B"),
    ("uint16", uint16, "u", 2, "H"),
    ("uint32", uint32, "u", 4, "I"),
    ("uint64", uint64, "u", 8, "L"),
    ("float16", float16, "f", 2, "e"),
    ("float32", float32, "f", 4, "f"),
    ("float64", float64, "f", 8, "d"),
    ("complex64", complex64, "c", 8, "F"),
    ("complex128", complex128, "c", 16, "D"),
    ("str", str_, "U", 0, "U"),
    ("object", object_, "O", 8, "O"),
)


class dtype:
    """One object for each element type."""

    fields = names = subdtype = metadata = None
    shape = ()
    byteorder = "="
    isnative = True
    _known = {}

    def __new__(cls, kind=None, align=False, copy=False):
        if isinstance(kind, dtype):
            return kind
        if kind is None:
            kind = "float64"
        elif isinstance(kind, str):
            kind = kind.lstrip("<>=|")
        elif not isinstance(kind, type) and hasattr(kind, "dtype"):
            return cls(kind.dtype)
        found = cls._known.get(kind)
        if found is None and isinstance(kind, type):
            if kind in (integer, signedinteger):
                found = cls._known["int64"]
            elif kind in (inexact, floating, number):
                found = cls._known["float64"]
            elif not issubclass(kind, generic):
                found = cls._known["object"]
        if found is None:
            raise TypeError(f"data type {kind!r} not understood")
        return found

    @property
    def base(self):
        return self

    @property
    def hasobject(self):
        return self.kind == "O"

    @property
    def str(self):
        return f"{'|' if self.itemsize == 1 else '<'}{self.kind}{self.itemsize}"

    def newbyteorder(self, order="S"):
        return self

    def _in_range(self, value):
        """A Python number of the right type that a scalar of this type may hold."""
        if self.kind in "iu" and _library.is_plain_number(value):
            if self._cast(value) != value or (self.kind == "u" and value < 0):
                raise OverflowError(f"Python integer {value} out of bounds for {self.name}")
        return self._cast(value)

    def _cast(self, value):
        """What an array of this type holds for a Python number: rounded, or wrapped around."""
        kind = self.kind
        if kind == "f":
            value = value if type(value) is float else float(value)
            return value if self.itemsize == 8 else _library.rounded(value, self.itemsize * 8)
        if kind in "iu":
            if not isinstance(value, int) or isinstance(value, _bool):
                value = int(value)
            if self.itemsize == 8:
                if kind == "u" and _library.is_plain_number(value) and value < 0:
                    _library.not_supported("numpy.uint64 beyond 2**63", "numpy.int64")
                return value
            return _library.wrapped(value, self.itemsize * 8, kind == "i")
        if kind == "b":
            return _bool(value)
        if kind == "U":
            return _str(value)
        if kind == "c":
            _library.not_supported("numpy's complex numbers", "torch's, or pairs of real ones")
        return value

    def _scalar(self, value):
        """An element, as it is taken out of an array."""
        value = self._cast(value)
        if self.kind in "bUO" or not _library.is_plain_number(value):
            return value
        return self.type._plain.__new__(self.type, value)

    def __eq__(self, other):
        try:
            return self is dtype(other)
        except TypeError:
            return False

    def __ne__(self, other):
        return not self == other

    def __hash__(self):
        return hash(self.name)

    def __repr__(self):
        return f"dtype('{self.name if self.kind not in 'OU' else self.char}')"

    def __str__(self):
        return self.name


_bool = type(True)
_str = type("")
for _name, _class, _kind, _bytes, _char in _KINDS:
    _made = object.__new__(dtype)
    _made.name = _name
    _made.type = _class
    _made.kind = _kind
    _made.itemsize = _bytes
    _made.char = _char
    _made.num = len(dtype._known)
    for _key in (_name, _class, _char, f"{_kind}{_bytes}", f"{_name}_"):
        dtype._known.setdefault(_key, _made)
for _key, _name in (
    (float, "float64"), ("float", "float64"), ("double", "float64"), ("half", "float16"),
    ("single", "float32"), (int, "int64"), ("int", "int64"), ("q", "int64"), ("uint", "uint64"),
    (_bool, "bool"), ("b1", "bool"), (_str, "str"), (object, "object"),
):
    dtype._known[_key] = dtype._known[_name]

_FLOATS = {1: "float16", 2: "float32", 4: "float64", 8: "float64"}


def promote_types(type1, type2):
    a, b = dtype(type1), dtype(type2)
    if a is b:
        return a
    if "O" in a.kind + b.kind:
        return dtype("object")
    if "U" in a.kind + b.kind:
        return dtype("str")
    if "b" in a.kind + b.kind:
        return b if a.kind == "b" else a
    if a.kind == b.kind:
        return a if a.itemsize >= b.itemsize else b
    if "c" in a.kind + b.kind:
        return dtype("complex128" if 8 in (a.itemsize, b.itemsize) else "complex64")
    if "f" in a.kind + b.kind:
        whole, real = (b, a) if a.kind == "f" else (a, b)
        least = dtype(_FLOATS[whole.itemsize])
        return least if least.itemsize > real.itemsize else real
    signed, unsigned = (a, b) if a.kind == "i" else (b, a)
    if signed.itemsize > unsigned.itemsize:
        return signed
    return dtype("float64") if unsigned.itemsize == 8 else dtype(f"int{unsigned.itemsize * 16}")


def issubdtype(arg1, arg2):
    def scalar_class(kind):
        is_class = isinstance(kind, type) and issubclass(kind, generic)
        return kind if is_class else dtype(kind).type

    return issubclass(scalar_class(arg1), scalar_class(arg2))


def can_cast(from_, to, casting="safe"):
    to = dtype(to)
    from_ = dtype(from_)
    if casting == "unsafe" or from_ is to:
        return True
    if casting in ("no", "equiv"):
        return False
    order = "bui" + "fc"
    if casting == "same_kind" and from_.kind in order and to.kind in order:
        return order.index(from_.kind) <= order.index(to.kind)
    return promote_types(from_, to) is to


class finfo:
    def __init__(self, kind):
        self.dtype = dtype(kind)
        bits, digits, least = {2: (10, 3, 14), 4: (23, 6, 126), 8: (52, 15, 1022)}[
            self.dtype.itemsize
        ]
        scalar = self.dtype._scalar
        self.bits = self.dtype.itemsize * 8
        self.nmant, self.precision = bits, digits
        self.eps = scalar(2.0**-bits)
        self.max = scalar((2.0 - 2.0**-bits) * 2.0 ** (least + 1))
        self.min = scalar(-(2.0 - 2.0**-bits) * 2.0 ** (least + 1))
        self.tiny = self.smallest_normal = scalar(2.0**-least)
        self.smallest_subnormal = scalar(2.0**-least * 2.0**-bits)
        self.resolution = scalar(10.0**-digits)


class iinfo:
    def __init__(self, kind):
        self.dtype = dtype(kind)
        if self.dtype.kind not in "iu":
            raise ValueError(f"Invalid integer data type {self.dtype.kind!r}.")
        self.bits = self.dtype.itemsize * 8
        self.kind = self.dtype.kind
        if self.kind == "u":
            if self.bits == 64:
                _library.not_supported("numpy.iinfo(numpy.uint64)", "integers of 64 bits")
            self.min, self.max = 0, 2**self.bits - 1
        else:
            half = 2 ** (self.bits - 2)
            self.min, self.max = -half - half, half - 1 + half


