"""Reductions: sums, means and extremes of whole arrays or along axes."""

import math

from . import _dtypes
from ._arranging import moveaxis
from ._array import asarray, made, normal_axes, normal_axis
from ._ufuncs import UFUNCS, result_type

_int64 = _dtypes.dtype("int64")
_float64 = _dtypes.dtype("float64")
_bool = _dtypes.dtype("bool")


def _rows(a, axes):
    """The elements that each result of a reduction is made of."""
    kept = [axis for axis in range(a.ndim) if axis not in axes]
    moved = a.transpose(*kept, *axes) if a.ndim else a
    flat = moved._flat()
    size = math.prod([a._shape[axis] for axis in axes])
    count = math.prod([a._shape[axis] for axis in kept])
    return [flat[i * size:(i + 1) * size] for i in range(count)]


def reduced(a, axis, keepdims, function, dtype=None, out=None):
    """`function` of the elements along the axes: a list of them."""
    a = asarray(a)
    axes = normal_axes(axis, a.ndim)
    kind = a.dtype if dtype is None else _dtypes.dtype(dtype)
    items = [kind._cast(function(row)) for row in _rows(a, axes)]
    if keepdims:
        shape = tuple([1 if i in axes else size for i, size in enumerate(a._shape)])
    else:
        shape = tuple([size for i, size in enumerate(a._shape) if i not in axes])
    if out is not None:
        out[...] = made(items, shape, kind)
        return out
    return made(items, shape, kind) if shape else kind._scalar(items[0])


def _sum_type(a, dtype):
    kind = asarray(a).dtype
    if dtype is not None:
        return _dtypes.dtype(dtype)
    if kind.kind in "bi":
        return _int64
    return _dtypes.dtype("uint64") if kind.kind == "u" else kind


def sum(a, axis=None, dtype=None, out=None, keepdims=False, initial=0):
    def add(row):
        total = initial
        for item in row:
            total += item
        return total

    return reduced(a, axis, keepdims, add, _sum_type(a, dtype), out)


def prod(a, axis=None, dtype=None, out=None, keepdims=False, initial=1):
    def multiply(row):
        return initial * math.prod(row)

    return reduced(a, axis, keepdims, multiply, _sum_type(a, dtype), out)


def _mean_type(a, dtype):
    kind = asarray(a).dtype
    return _dtypes.dtype(dtype) if dtype is not None else kind if kind.kind == "f" else _float64


def _mean(row):
    return math.fsum(row) / len(row) if row else math.nan


def mean(a, axis=None, dtype=None, out=None, keepdims=False):
    return reduced(a, axis, keepdims, _mean, _mean_type(a, dtype), out)


def average(a, axis=None, weights=None, keepdims=False):
    if weights is None:
        return mean(a, axis, keepdims=keepdims)
    a, weights = asarray(a), asarray(weights)
    if weights.ndim == 1 and a.ndim > 1:
        weights = weights.reshape([-1 if i == normal_axis(axis, a.ndim) else 1 for i in range(a.ndim)])
    weights = weights._broadcast(a._shape)
    return sum(a * weights, axis, keepdims=keepdims) / sum(weights, axis, keepdims=keepdims)


def var(a, axis=None, dtype=None, out=None, ddof=0, keepdims=False):
    def spread(row):
        middle = _mean(row)
        squares = [(item - middle) * (item - middle) for item in row]
        return math.fsum(squares) / (len(row) - ddof) if len(row) > ddof else math.nan

    return reduced(a, axis, keepdims, spread, _mean_type(a, dtype), out)


def std(a, axis=None, dtype=None, out=None, ddof=0, keepdims=False):
    return UFUNCS["sqrt"](var(a, axis, dtype, None, ddof, keepdims), out=out)


def _extreme(name, better):
    def pick(row, initial=None):
        if not row and initial is None:
            raise ValueError(
                f"zero-size array to reduction operation {name} which has no identity"
            )
        best = row[0] if initial is None else initial
        for item in row:
            if item != item:
                return item
            if better(item, best):
                best = item
        return best

    def reduce(a, axis=None, out=None, keepdims=False, initial=None):
        return reduced(a, axis, keepdims, lambda row: pick(row, initial), None, out)

    reduce.__name__ = name
    return reduce


max = amax = _extreme("maximum", lambda item, best: item > best)
min = amin = _extreme("minimum", lambda item, best: item < best)


def ptp(a, axis=None, out=None, keepdims=False):
    return max(a, axis, keepdims=keepdims) - min(a, axis, keepdims=keepdims)


def any(a, axis=None, out=None, keepdims=False):
    return reduced(a, axis, keepdims, lambda row: True in map(bool, row), _bool, out)


def all(a, axis=None, out=None, keepdims=False):
    return reduced(a, axis, keepdims, lambda row: False not in map(bool, row), _bool, out)


def count_nonzero(a, axis=None, keepdims=False):
    return reduced(a, axis, keepdims, lambda row: len([i for i in row if i]), _int64)


def _best_place(better):
    def place(row):
        if not row:
            raise ValueError("attempt to get argmax or argmin of an empty sequence")
        best = 0
        for i, item in enumerate(row):
            if item != item:
                return i
            if better(item, row[best]):
                best = i
        return best

    def search(a, axis=None, out=None, keepdims=False):
        return reduced(a, axis, keepdims, place, _int64, out)

    return search


argmax = _best_place(lambda item, best: item > best)
argmin = _best_place(lambda item, best: item < best)


def _cumulative(step, a, axis, dtype, out):
    a = asarray(a)
    if axis is None:
        a, axis = a.reshape(-1), 0
    axis = normal_axis(axis, a.ndim)
    kind = _sum_type(a, dtype)
    items = []
    for row in _rows(a, (axis,)):
        total = None
        for item in row:
            total = item if total is None else step(total, item)
            items.append(kind._cast(total))
    shape = [size for i, size in enumerate(a._shape) if i != axis] + [a._shape[axis]]
    result = moveaxis(made(items, tuple(shape), kind), -1, axis)
    if out is not None:
        out[...] = result
        return out
    return result


def cumsum(a, axis=None, dtype=None, out=None):
    return _cumulative(lambda total, item: total + item, a, axis, dtype, out)


def cumprod(a, axis=None, dtype=None, out=None):
    return _cumulative(lambda total, item: total * item, a, axis, dtype, out)


def _has_nan(row):
    return True in [item != item for item in row]


def quantile(a, q, axis=None, keepdims=False):
    def between(fraction):
        if not 0 <= fraction <= 1:
            raise ValueError("Quantiles must be in the range [0, 1]")

        def value(row):
            if not row or _has_nan(row):
                return math.nan
            ordered = sorted(row)
            place = fraction * (len(ordered) - 1)
            low = math.floor(place)
            below, above = ordered[low], ordered[low + 1 if low + 1 < len(ordered) else low]
            part = place - low
            if part < 0.5:
                return below + (above - below) * part
            return above - (above - below) * (1 - part)

        return value

    kind = result_type(_mean_type(a, None), q)
    fractions = asarray(q)
    if fractions.ndim:
        return asarray([quantile(a, each, axis, keepdims) for each in fractions])
    return reduced(a, axis, keepdims, between(fractions.item()), kind)


def percentile(a, q, axis=None, keepdims=False):
    return quantile(a, UFUNCS["divide"](q, 100.0), axis, keepdims)


def median(a, axis=None, keepdims=False):
    def middle(row):
        if not row or _has_nan(row):
            return math.nan
        ordered = sorted(row)
        half = len(ordered) // 2
        return _mean(ordered[half:half + 1] if len(ordered) % 2 else ordered[half - 1:half + 1])

    return reduced(a, axis, keepdims, middle, _mean_type(a, None))


def _without_nan(function, result, type_of):
    """`function` of what is a number, `result` where nothing is."""

    def reduce(a, axis=None, dtype=None, out=None, keepdims=False):
        def pick(row):
            numbers = [item for item in row if item == item]
            if row and not numbers:
                return result
            return function(asarray(numbers, None if numbers else float)).item()

        return reduced(a, axis, keepdims, pick, type_of(a, dtype), out)

    return reduce


def _own_type(a, dtype):
    return asarray(a).dtype if dtype is None else dtype


nansum = _without_nan(sum, 0, _sum_type)
nanmean = _without_nan(mean, math.nan, _mean_type)
nanmax = _without_nan(max, math.nan, _own_type)
nanmin = _without_nan(min, math.nan, _own_type)


def diff(a, n=1, axis=-1):
    a = asarray(a)
    step = UFUNCS["not_equal" if a.dtype is _bool else "subtract"]
    for _ in range(n):
        moved = moveaxis(a, axis, 0)
        a = moveaxis(step(moved[1:], moved[:-1]), 0, axis)
    return a
