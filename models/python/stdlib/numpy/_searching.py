"""Choices, orders and searches; questions about arrays."""

import math

import _library

from . import _dtypes
from ._arranging import (
    broadcast_arrays,
    concatenate,
    moveaxis,
    stack,
    take_along_axis,
)
from ._array import as_shape, asarray, broadcast_shapes, made, normal_axis
from ._reductions import _rows
from ._reductions import all as _every
from ._ufuncs import UFUNCS, _exceeds, _rounded, result_type

_int64 = _dtypes.dtype("int64")
_bool = _dtypes.dtype("bool")


def where(condition, x=None, y=None):
    condition = asarray(condition)
    if x is None and y is None:
        return nonzero(condition)
    kind = result_type(x, y)
    x, y = asarray(x), asarray(y)
    shape = broadcast_shapes(condition._shape, x._shape, y._shape)
    columns = [each._broadcast(shape)._flat() for each in (condition, x, y)]
    items = [kind._cast(a if c else b) for c, a, b in zip(*columns)]
    return made(items, shape, kind)


def select(condlist, choicelist, default=0):
    result = default
    for condition, choice in zip(reversed(condlist), reversed(choicelist)):
        result = where(condition, choice, result)
    return result


def nonzero(a):
    a = asarray(a)
    chosen = [i for i, item in enumerate(a._flat()) if item]
    return unravel_index(asarray(chosen, "int64"), a._shape) if a.ndim else (asarray(chosen, "int64"),)


def argwhere(a):
    return stack(nonzero(a), 1)


def flatnonzero(a):
    return nonzero(asarray(a).reshape(-1))[0]


def unravel_index(indices, shape, order="C"):
    if order != "C":
        _library.not_supported(f"numpy.unravel_index with order={order!r}", "a reversed shape")
    shape = as_shape(shape)
    rest = asarray(indices)
    count = math.prod(shape)
    for place in rest._flat():
        if not 0 <= place < count:
            raise ValueError(f"index {place} is out of bounds for array with size {count}")
    places = []
    for size in reversed(shape):
        places.append(rest % size)
        rest = rest // size
    return tuple(reversed(places))


def ravel_multi_index(multi_index, dims, mode="raise", order="C"):
    if mode != "raise" or order != "C":
        _library.not_supported("numpy.ravel_multi_index with mode= or order=", "plain Python")
    total = 0
    for index, size in zip(multi_index, dims):
        if not all([0 <= place < size for place in asarray(index)._flat()]):
            raise ValueError("invalid entry in coordinates array")
        total = total * size + asarray(index)
    return total


def clip(a, a_min=None, a_max=None, out=None, *, min=None, max=None):
    low = min if a_min is None else a_min
    high = max if a_max is None else a_max
    result = asarray(a)
    # What no element can be beyond changes nothing.
    if _exceeds(low, result.dtype) and low < 0:
        low = None
    if _exceeds(high, result.dtype) and high > 0:
        high = None
    if low is not None:
        result = UFUNCS["maximum"](result, low)
    if high is not None:
        result = UFUNCS["minimum"](result, high)
    if out is not None:
        out[...] = result
        return out
    return result


def round(a, decimals=0, out=None):
    a = asarray(a)
    if a.dtype.kind in "biu" and decimals >= 0:
        return a.copy() if a.ndim else a[()]
    scale = 10.0 ** (decimals if decimals >= 0 else -decimals)
    items = []
    for item in a._flat():
        scaled = item * scale if decimals >= 0 else item / scale
        whole = _rounded(float(scaled))
        items.append(a.dtype._cast(whole / scale if decimals >= 0 else whole * scale))
    result = made(items, a._shape, a.dtype)
    return result if a.ndim else result[()]


around = round_ = round


def sort(a, axis=-1, kind=None, order=None):
    a = asarray(a)
    if axis is None:
        a, axis = a.reshape(-1), 0
    return take_along_axis(a, argsort(a, axis), axis)


def argsort(a, axis=-1, kind=None, order=None):
    a = asarray(a)
    if axis is None:
        a, axis = a.reshape(-1), 0
    axis = normal_axis(axis, a.ndim)
    items = []
    for row in _rows(a, (axis,)):
        items += sorted(range(len(row)), key=lambda i: (row[i] != row[i], row[i]))
    shape = [size for i, size in enumerate(a._shape) if i != axis] + [a._shape[axis]]
    return moveaxis(made(items, tuple(shape), _int64), -1, axis)


def searchsorted(a, v, side="left", sorter=None):
    if sorter is not None:
        _library.not_supported("numpy.searchsorted with sorter=", "numpy.sort")
    items = asarray(a)._flat()

    def place(value):
        low, high = 0, len(items)
        while low < high:
            middle = (low + high) // 2
            if items[middle] < value or (side == "right" and items[middle] == value):
                low = middle + 1
            else:
                high = middle
        return low

    v = asarray(v)
    found = made([place(value) for value in v._flat()], v._shape, _int64)
    return found if v.ndim else found[()]


def digitize(x, bins, right=False):
    bins = asarray(bins)
    side = "left" if right else "right"
    edges = bins._flat()
    steps = list(zip(edges, edges[1:]))
    if all([a <= b for a, b in steps]):
        return searchsorted(bins, x, side)
    if not all([a >= b for a, b in steps]):
        raise ValueError("bins must be monotonically increasing or decreasing")
    return len(edges) - searchsorted(bins[::-1], x, side)


def unique(ar, return_index=False, return_inverse=False, return_counts=False, axis=None):
    if axis is not None:
        _library.not_supported("numpy.unique with axis=", "plain Python")
    ar = asarray(ar)
    keys = [None if item != item else item for item in ar._flat()]  # NaNs are one value
    first, counts = {}, {}
    for i, key in enumerate(keys):
        first.setdefault(key, i)
        counts[key] = counts.get(key, 0) + 1
    values = sorted([key for key in first if key is not None]) + [None] * (None in first)
    plain = [math.nan if value is None else value for value in values]
    results = [made(plain, (len(values),), ar.dtype)]
    if return_index:
        results.append(asarray([first[value] for value in values], "int64"))
    if return_inverse:
        place = {value: i for i, value in enumerate(values)}
        results.append(made([place[key] for key in keys], ar._shape, _int64))
    if return_counts:
        results.append(asarray([counts[value] for value in values], "int64"))
    return tuple(results) if len(results) > 1 else results[0]


def bincount(x, weights=None, minlength=0):
    x = asarray(x).tolist()
    if not all([item >= 0 for item in x]):
        raise ValueError("'list' argument must have no negative elements")
    counts = [0] * (minlength if not x or minlength > sorted(x)[-1] else sorted(x)[-1] + 1)
    shares = [1] * len(x) if weights is None else asarray(weights, float).tolist()
    if len(shares) != len(x):
        raise ValueError("The weights and list don't have the same length.")
    for item, share in zip(x, shares):
        counts[item] += share
    return asarray(counts, "int64" if weights is None else "float64")


def isin(element, test_elements, assume_unique=False, invert=False):
    element = asarray(element)
    known = set(asarray(test_elements)._flat())
    return made([(item in known) != invert for item in element._flat()], element._shape, _bool)


in1d = isin


def intersect1d(ar1, ar2):
    return unique(asarray(ar1)[isin(ar1, ar2)])


def setdiff1d(ar1, ar2, assume_unique=False):
    return unique(asarray(ar1)[isin(ar1, ar2, invert=True)])


def union1d(ar1, ar2):
    return unique(concatenate([ar1, ar2], None))


def isclose(a, b, rtol=1e-05, atol=1e-08, equal_nan=False):
    def close(x, y):
        if x != x or y != y:
            return equal_nan and x != x and y != y
        if math.isinf(x) or math.isinf(y):
            return x == y
        return math.fabs(x - y) <= atol + rtol * math.fabs(y)

    a, b = asarray(a), asarray(b)
    shape = broadcast_shapes(a._shape, b._shape)
    items = [close(x, y) for x, y in zip(a._broadcast(shape)._flat(), b._broadcast(shape)._flat())]
    return made(items, shape, _bool) if shape else items[0]


def allclose(a, b, rtol=1e-05, atol=1e-08, equal_nan=False):
    return _every(isclose(a, b, rtol, atol, equal_nan))


def array_equal(a1, a2, equal_nan=False):
    a1, a2 = asarray(a1), asarray(a2)
    if a1._shape != a2._shape:
        return False
    same = a1 == a2
    if equal_nan:
        same = same | ((a1 != a1) & (a2 != a2))
    return bool(_every(same))


def nan_to_num(x, copy=True, nan=0.0, posinf=None, neginf=None):
    x = asarray(x)
    if x.dtype.kind != "f":
        return x
    limits = _dtypes.finfo(x.dtype)
    most = limits.max if posinf is None else posinf
    least = limits.min if neginf is None else neginf
    x = where(UFUNCS["isnan"](x), nan, x)
    x = where(x == math.inf, most, where(x == -math.inf, least, x)).astype(limits.dtype)
    return x if x.ndim else x[()]


def isscalar(element):
    return isinstance(element, (int, float, str, _dtypes.generic))


def iscomplexobj(x):
    return False


def isrealobj(x):
    return True


def shape(a):
    return asarray(a)._shape


def ndim(a):
    return asarray(a).ndim


def size(a, axis=None):
    return asarray(a).size if axis is None else asarray(a)._shape[axis]


def vectorize(pyfunc, otypes=None):
    def call(*args):
        arrays = broadcast_arrays(*args)
        items = [pyfunc(*each) for each in zip(*[a._flat() for a in arrays])]
        return asarray(items, otypes[0] if otypes else None).reshape(arrays[0]._shape)

    return call


def apply_along_axis(func1d, axis, arr, *args, **kwargs):
    moved = moveaxis(asarray(arr), axis, -1)
    rows = [func1d(row, *args, **kwargs) for row in moved.reshape(-1, moved._shape[-1])]
    result = asarray(rows)
    result = result.reshape(moved._shape[:-1] + result._shape[1:])
    return moveaxis(result, -1, axis) if asarray(rows[0]).ndim else result
