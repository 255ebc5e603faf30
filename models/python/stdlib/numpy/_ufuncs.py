"""Functions of each element: numpy's types, broadcasting, and what it gives where Python raises."""

import math

import _library

from . import _dtypes
from ._array import array, asarray, broadcast_shapes, dtype_of, made, ndarray, normal_axis

inf, nan = math.inf, math.nan
_bool = _dtypes.dtype("bool")
_int64 = _dtypes.dtype("int64")
_float64 = _dtypes.dtype("float64")
_int8 = _dtypes.dtype("int8")
_HALVES = {1: "float16", 2: "float32", 4: "float64", 8: "float64"}


def _is_number(value):
    return isinstance(value, (int, float)) and not isinstance(value, _dtypes.generic)


def result_type(*arrays_and_dtypes):
    """The type of a result: Python's numbers give way to the types that they meet."""
    strong, weak = None, "b"
    for each in arrays_and_dtypes:
        if _is_number(each):
            kind = "b" if isinstance(each, bool) else "i" if isinstance(each, int) else "f"
            weak = max(weak, kind, key="bif".index)
            continue
        if isinstance(each, (type, str, _dtypes.dtype)):
            kind = _dtypes.dtype(each)
        else:
            kind = dtype_of(each) if not isinstance(each, (list, tuple)) else array(each).dtype
        strong = kind if strong is None else _dtypes.promote_types(strong, kind)
    if strong is None:
        return {"b": _bool, "i": _int64, "f": _float64}[weak]
    if weak == "f" and strong.kind in "biu":
        return _float64
    return _int64 if weak == "i" and strong.kind == "b" else strong


def _exceeds(value, kind):
    """Whether it is an integer of Python's that an integer type does not hold."""
    if kind.kind not in "iu" or type(value) is not int or kind.itemsize == 8 and kind.kind == "i":
        return False
    return (kind.kind == "u" and value < 0) or kind._cast(value) != value


def _real(kind):
    """The type that roots and exponentials of a type have."""
    if kind.kind in "biu":
        return _dtypes.dtype(_HALVES[kind.itemsize])
    return kind


def _same(value):
    return value


def _refused(*values):
    raise TypeError("of booleans that is not supported; use ~, ^ or numpy.logical_xor")


class ufunc:
    """`plain` computes what Python can; `whole` what numpy gives for every element; `bools` what it
    gives for booleans, where that is a boolean too: else they count as int8."""

    def __init__(self, name, plain, whole, kind, identity=None, bools=None):
        self.__name__ = name
        self._plain = plain
        self._whole = whole
        self._kind = kind
        self._bools = bools
        self.identity = identity

    def _types(self, inputs):
        """(type that the elements are computed in, type of the result)"""
        common = result_type(*inputs)
        if self._kind == "compare":
            if common.kind in "iu" and any(_exceeds(each, common) for each in inputs):
                common = _int64
            return common, _bool
        if self._kind == "truth":
            return common, _bool
        if self._kind == "real":
            common = _real(common)
        elif self._kind == "double":
            common = _float64
        elif self._kind == "divide" and common.kind in "biu":
            common = _float64
        elif self._kind == "same" and common is _bool and self._bools is None:
            common = _int8
        return common, common

    def _each(self, columns, kind):
        function = self._bools if kind.kind == "b" and self._bools is not None else self._plain
        try:
            return list(map(function, *columns))
        except (ValueError, ZeroDivisionError, OverflowError):
            if self._whole is None:
                raise
            return list(map(self._whole, *columns))

    def __call__(self, *inputs, out=None, where=True, dtype=None, casting="same_kind", order="K"):
        if where is not True:
            _library.not_supported(f"numpy.{self.__name__} with where=", "numpy.where")
        computed, kind = self._types(inputs)
        arrays = [asarray(each) for each in inputs]
        if dtype is not None:
            computed = kind = _dtypes.dtype(dtype)
        shape = broadcast_shapes(*[each._shape for each in arrays])
        columns = []
        for each, given in zip(arrays, inputs):
            if _exceeds(given, computed):
                computed._in_range(given)  # raises
            flat = each._broadcast(shape)._flat()
            if each.dtype is not computed and computed.kind != "O":
                flat = [computed._cast(item) for item in flat]
            columns.append(flat)
        items = self._each(columns, computed)
        if kind not in (_int64, _float64, _bool):
            items = [kind._cast(item) for item in items]
        elif self._kind == "truth":
            items = [bool(item) for item in items]
        if out is not None:
            target = out[0] if isinstance(out, tuple) else out
            return target._take(made(items, shape, kind), self.__name__)
        return made(items, shape, kind) if shape else kind._scalar(items[0])

    def reduce(self, array, axis=0, dtype=None, out=None, keepdims=False):
        from ._reductions import reduced

        computed, kind = self._types([asarray(array)] * 2)
        if kind.kind in "biu" and self.__name__ in ("add", "multiply"):
            computed = kind = _dtypes.dtype("uint64" if kind.kind == "u" else "int64")

        def fold(row):
            if not row and self.identity is None:
                raise ValueError(
                    f"zero-size array to reduction operation {self.__name__} which has no identity"
                )
            value = row[0] if row else self.identity
            for item in row[1:]:
                value = self._each([[value], [item]], computed)[0]
            return value

        return reduced(array, axis, keepdims, fold, dtype or kind, out)

    def accumulate(self, array, axis=0, dtype=None, out=None):
        array = asarray(array)
        if array.dtype.kind in "biu" and self.__name__ in ("add", "multiply") and dtype is None:
            dtype = "uint64" if array.dtype.kind == "u" else "int64"
        array = asarray(array, dtype)
        moved = array.swapaxes(normal_axis(axis, array.ndim), 0)
        rows = [moved[0]]
        for i in range(1, len(moved)):
            rows.append(self(rows[-1], moved[i]))
        stacked = asarray(rows, dtype).swapaxes(axis, 0)
        return stacked if out is None else out._take(stacked, self.__name__)

    def outer(self, A, B):
        A, B = asarray(A), asarray(B)
        return self(A.reshape(A._shape + (1,) * B.ndim), B)

    def __repr__(self):
        return f"<ufunc '{self.__name__}'>"


def _divide(a, b):
    if b:
        return a / b
    if a == 0 or a != a or b != b:
        return nan
    return math.copysign(inf, a) * math.copysign(1.0, b)


def _floor_divide(a, b):
    if isinstance(a, int):
        return a // b if b else 0
    return a // b if b else _divide(a, b)


def _remainder(a, b):
    if isinstance(a, int):
        return a % b if b else 0
    return a % b if b and math.isfinite(a) else nan


def _fmod(a, b):
    if isinstance(a, int):
        rest = (a if a >= 0 else -a) % (b if b >= 0 else -b) if b else 0
        return rest if a >= 0 else -rest
    return math.fmod(a, b) if b and math.isfinite(a) else nan


def _reciprocal(a):
    if isinstance(a, int):
        return 1 // a if a > 0 else -(1 // -a)
    return 1 / a


def _power(a, b):
    if isinstance(a, int) and b < 0:
        raise ValueError("Integers to negative integer powers are not allowed.")
    if isinstance(a, int):
        return a**b
    return _whole_power(a, b)


def _whole_power(a, b):
    odd = b % 2 == 1
    if a == 0 and b < 0:
        return math.copysign(inf, a) if odd else inf
    if a < 0 and math.isfinite(b) and b != math.floor(b):
        return nan
    try:
        return a**b
    except OverflowError:
        return -inf if a < 0 and odd else inf


def _guarded(function, below=nan, at=None, zero=None):
    """`function` where it is defined; `zero` at 0, `below` elsewhere, `at` where it overflows."""

    def call(value):
        try:
            return function(value)
        except OverflowError:
            return inf if at is None else at(value)
        except (ValueError, ZeroDivisionError):
            return zero if value == 0 and zero is not None else below

    return call


def _logaddexp(a, b):
    if a == b:
        return a + math.log(2.0)
    return max(a, b) + math.log1p(math.exp(-math.fabs(a - b)))


def _rounded(value):
    """To the nearest whole number, and from the middle to the even one."""
    return math.copysign(float(round(value)), value) if math.isfinite(value) else value


def _sign(value):
    return value if value != value else type(value)((value > 0) - (value < 0))


def _to_whole(function):
    def call(value):
        if isinstance(value, int) or not math.isfinite(value):
            return value
        return math.copysign(float(function(value)), value) if value else value

    return call


def _whole_arctanh(value):
    return math.copysign(inf, value) if value in (1, -1) else _guarded(math.atanh)(value)


def _wide_product(a, b):
    return a * b if isinstance(a, float) else _library.wrapped_product(a, b)


def _wide_sum(a, b):
    return a + b if isinstance(a, float) else _library.wrapped_sum(a, b)


def _wide_difference(a, b):
    return a - b if isinstance(a, float) else _library.wrapped_sum(a, _library.wrapped_product(b, -1))


_arithmetic = [
    ("add", lambda a, b: a + b, _wide_sum, "same", 0, lambda a, b: a or b),
    ("subtract", lambda a, b: a - b, _wide_difference, "same", None, _refused),
    ("multiply", lambda a, b: a * b, _wide_product, "same", 1, lambda a, b: a and b),
    ("divide", lambda a, b: a / b, _divide, "divide"),
    ("floor_divide", lambda a, b: a // b, _floor_divide, "same"),
    ("remainder", lambda a, b: a % b, _remainder, "same"),
    ("fmod", _fmod, None, "same"),
    ("power", _power, None, "same"),
    ("float_power", _whole_power, None, "double"),
    ("maximum", lambda a, b: a if a != a or a >= b else b, None, "same", None, lambda a, b: a or b),
    ("minimum", lambda a, b: a if a != a or a <= b else b, None, "same", None, lambda a, b: a and b),
    ("fmax", lambda a, b: b if a != a or b > a else a, None, "same", None, lambda a, b: a or b),
    ("fmin", lambda a, b: b if a != a or b < a else a, None, "same", None, lambda a, b: a and b),
    ("negative", lambda a: -a, None, "same", None, _refused),
    ("positive", _same, None, "same", None, _refused),
    ("absolute", lambda a: -a if a < 0 else a + 0, None, "same", None, _same),
    ("fabs", math.fabs, None, "real"),
    ("sign", _sign, None, "same", None, _refused),
    ("square", lambda a: a * a, lambda a: _wide_product(a, a), "same"),
    ("reciprocal", _reciprocal, lambda a: _divide(1.0, a), "same"),
    ("bitwise_and", lambda a, b: a & b, None, "same", None, lambda a, b: a and b),
    ("bitwise_or", lambda a, b: a | b, None, "same", None, lambda a, b: a or b),
    ("bitwise_xor", lambda a, b: a ^ b, None, "same", None, lambda a, b: a != b),
    ("invert", lambda a: ~a, None, "same", None, lambda a: not a),
    ("left_shift", lambda a, b: a << b, None, "same"),
    ("right_shift", lambda a, b: a >> b, None, "same"),
    ("gcd", math.gcd, None, "same"),
    ("lcm", math.lcm, None, "same"),
]
_comparisons = [
    ("equal", lambda a, b: a == b, None, "compare"),
    ("not_equal", lambda a, b: a != b, None, "compare"),
    ("less", lambda a, b: a < b, None, "compare"),
    ("less_equal", lambda a, b: a <= b, None, "compare"),
    ("greater", lambda a, b: a > b, None, "compare"),
    ("greater_equal", lambda a, b: a >= b, None, "compare"),
    ("logical_and", lambda a, b: a and b, None, "truth", True),
    ("logical_or", lambda a, b: a or b, None, "truth", False),
    ("logical_xor", lambda a, b: bool(a) != bool(b), None, "truth", False),
    ("logical_not", lambda a: not a, None, "truth"),
    ("isnan", lambda a: a != a, None, "truth"),
    ("isinf", lambda a: a in (inf, -inf), None, "truth"),
    ("isposinf", lambda a: a == inf, None, "truth"),
    ("isneginf", lambda a: a == -inf, None, "truth"),
    ("isfinite", math.isfinite, None, "truth"),
    ("signbit", lambda a: math.copysign(1, a) < 0, None, "truth"),
]
_transcendental = [
    ("sqrt", math.sqrt, _guarded(math.sqrt), "real"),
    ("cbrt", math.cbrt, None, "real"),
    ("exp", math.exp, _guarded(math.exp), "real"),
    ("exp2", lambda a: 2.0**a, _guarded(lambda a: 2.0**a), "real"),
    ("expm1", math.expm1, _guarded(math.expm1), "real"),
    ("log", math.log, _guarded(math.log, zero=-inf), "real"),
    ("log2", math.log2, _guarded(math.log2, zero=-inf), "real"),
    ("log10", math.log10, _guarded(math.log10, zero=-inf), "real"),
    ("log1p", math.log1p, lambda a: -inf if a == -1 else _guarded(math.log1p)(a), "real"),
    ("sin", math.sin, _guarded(math.sin), "real"),
    ("cos", math.cos, _guarded(math.cos), "real"),
    ("tan", math.tan, _guarded(math.tan), "real"),
    ("arcsin", math.asin, _guarded(math.asin), "real"),
    ("arccos", math.acos, _guarded(math.acos), "real"),
    ("arctan", math.atan, None, "real"),
    ("sinh", math.sinh, _guarded(math.sinh, at=lambda a: math.copysign(inf, a)), "real"),
    ("cosh", math.cosh, _guarded(math.cosh), "real"),
    ("tanh", math.tanh, None, "real"),
    ("arcsinh", math.asinh, None, "real"),
    ("arccosh", math.acosh, _guarded(math.acosh), "real"),
    ("arctanh", math.atanh, _whole_arctanh, "real"),
    ("deg2rad", math.radians, None, "real"),
    ("rad2deg", math.degrees, None, "real"),
    ("floor", _to_whole(math.floor), None, "same", None, _same),
    ("ceil", _to_whole(math.ceil), None, "same", None, _same),
    ("trunc", _to_whole(math.trunc), None, "same", None, _same),
    ("rint", _rounded, None, "real"),
    ("arctan2", math.atan2, None, "real"),
    ("hypot", math.hypot, None, "real"),
    ("copysign", math.copysign, None, "real"),
    ("logaddexp", _logaddexp, None, "real"),
]
UFUNCS = {row[0]: ufunc(*row) for row in _arithmetic + _comparisons + _transcendental}
for _alias, _of in (
    ("true_divide", "divide"), ("mod", "remainder"), ("abs", "absolute"), ("pow", "power"),
    ("bitwise_not", "invert"), ("degrees", "rad2deg"), ("radians", "deg2rad"), ("fix", "trunc"),
    ("asin", "arcsin"), ("acos", "arccos"), ("atan", "arctan"), ("atan2", "arctan2"),
    ("asinh", "arcsinh"), ("acosh", "arccosh"), ("atanh", "arctanh"),
    ("bitwise_invert", "invert"),
):
    UFUNCS[_alias] = UFUNCS[_of]


def operate(name, *operands):
    """An operator of a scalar or an array; what knows better is asked instead."""
    for operand in operands:
        if not isinstance(operand, (int, float, ndarray, list, tuple)):
            if operand is None and name in ("equal", "not_equal"):
                array = operands[0] if operand is operands[1] else operands[1]
                if isinstance(array, ndarray):
                    return made([name != "equal"] * array.size, array._shape, _bool)
            if not (isinstance(operand, str) and isinstance(operands[0], ndarray)):
                return NotImplemented
        if isinstance(operand, (int, float)) and not _library.is_plain_number(operand):
            if not any(isinstance(each, ndarray) for each in operands):
                return _of_agents(name, operands)  # arithmetic of a size that is not known yet
    if name == "matmul":
        from ._products import matmul

        return matmul(*operands)
    if name in ("equal", "not_equal"):
        try:
            return UFUNCS[name](*operands)
        except ValueError:  # of shapes that do not fit
            if isinstance(operands[1], (list, tuple, ndarray)):
                raise
            return NotImplemented
    return UFUNCS[name](*operands)


def _of_agents(name, operands):
    plain = [each._plain(each) if isinstance(each, _dtypes.number) else each for each in operands]
    return UFUNCS[name]._plain(*plain)
