"""Other arrangements of the same elements."""

import math

import _library

from . import _dtypes
from ._array import as_shape, asarray, broadcast_shapes, made, normal_axes, normal_axis
from ._making import arange, full
from ._ufuncs import result_type


def reshape(a, shape, order="C", *, copy=None):
    return asarray(a).reshape(shape, order=order)


def ravel(a, order="C"):
    return asarray(a).ravel(order)


def transpose(a, axes=None):
    return asarray(a).transpose(axes)


permute_dims = transpose


def swapaxes(a, axis1, axis2):
    return asarray(a).swapaxes(axis1, axis2)


def moveaxis(a, source, destination):
    a = asarray(a)
    source = normal_axes(source, a.ndim)
    destination = normal_axes(destination, a.ndim)
    order = [axis for axis in range(a.ndim) if axis not in source]
    for to, axis in sorted(zip(destination, source)):
        order.insert(to, axis)
    return a.transpose(*order) if order else a


def rollaxis(a, axis, start=0):
    a = asarray(a)
    axis = normal_axis(axis, a.ndim)
    start += a.ndim if start < 0 else 0
    return moveaxis(a, axis, start - 1 if axis < start else start)


def squeeze(a, axis=None):
    return asarray(a).squeeze(axis)


def expand_dims(a, axis):
    a = asarray(a)
    axes = axis if isinstance(axis, (tuple, list)) else (axis,)
    axes = normal_axes(tuple(axes), a.ndim + len(axes))
    sizes = iter(a._shape)
    return a.reshape([1 if i in axes else next(sizes) for i in range(a.ndim + len(axes))])


def atleast_1d(*arys):
    made_ = [asarray(a) if asarray(a).ndim else asarray(a).reshape(1) for a in arys]
    return made_[0] if len(made_) == 1 else tuple(made_)


def atleast_2d(*arys):
    made_ = [a if a.ndim > 1 else a.reshape(1, -1) for a in map(asarray, arys)]
    return made_[0] if len(made_) == 1 else tuple(made_)


def atleast_3d(*arys):
    made_ = []
    for a in map(asarray, arys):
        made_.append(a.reshape(1, -1, 1) if a.ndim < 2 else a[:, :, None] if a.ndim == 2 else a)
    return made_[0] if len(made_) == 1 else tuple(made_)


def broadcast_to(array, shape, subok=False):
    return asarray(array)._broadcast(as_shape(shape))


def broadcast_arrays(*args, subok=False):
    arrays = [asarray(arg) for arg in args]
    shape = broadcast_shapes(*[a._shape for a in arrays])
    return tuple([a._broadcast(shape) for a in arrays])


def concatenate(arrays, axis=0, out=None, dtype=None):
    arrays = [asarray(a) for a in arrays]
    if not arrays:
        raise ValueError("need at least one array to concatenate")
    if axis is None:
        arrays, axis = [a.ravel() for a in arrays], 0
    axis = normal_axis(axis, arrays[0].ndim)
    kind = result_type(*arrays) if dtype is None else _dtypes.dtype(dtype)
    shape = list(arrays[0]._shape)
    total = 0
    for a in arrays:
        if len(a._shape) != len(shape) or [
            size for i, size in enumerate(a._shape) if i != axis
        ] != shape[:axis] + shape[axis + 1:]:
            raise ValueError("all the input array dimensions except for the concatenation axis must match exactly")
        total += a._shape[axis]
    outer = math.prod(shape[:axis])
    parts = []
    for a in arrays:
        flat = a._flat() if a.dtype is kind else a.astype(kind)._flat()
        parts.append((flat, math.prod(a._shape[axis:])))
    items = []
    for i in range(outer):
        for flat, size in parts:
            items += flat[i * size:(i + 1) * size]
    shape[axis] = total
    return made(items, tuple(shape), kind)


concat = concatenate


def stack(arrays, axis=0, out=None, dtype=None):
    arrays = [asarray(a) for a in arrays]
    if not arrays:
        raise ValueError("need at least one array to stack")
    if len({a._shape for a in arrays}) > 1:
        raise ValueError("all input arrays must have the same shape")
    axis = normal_axis(axis, arrays[0].ndim + 1)
    return concatenate([expand_dims(a, axis) for a in arrays], axis, dtype=dtype)


def vstack(tup):
    return concatenate([atleast_2d(a) for a in tup], 0)


row_stack = vstack


def hstack(tup):
    arrays = [atleast_1d(a) for a in tup]
    return concatenate(arrays, 0 if arrays[0].ndim == 1 else 1)


def dstack(tup):
    return concatenate([atleast_3d(a) for a in tup], 2)


def column_stack(tup):
    arrays = [asarray(a) for a in tup]
    return concatenate([a.reshape(-1, 1) if a.ndim < 2 else a for a in arrays], 1)


def append(arr, values, axis=None):
    return concatenate([arr, values], axis)


def array_split(ary, indices_or_sections, axis=0):
    ary = asarray(ary)
    size = ary._shape[axis]
    if isinstance(indices_or_sections, int):
        each, more = size // indices_or_sections, size % indices_or_sections
        ends = [each * (i + 1) + (i + 1 if i < more else more) for i in range(indices_or_sections)]
    else:
        ends = [int(end) for end in indices_or_sections] + [size]
    moved = moveaxis(ary, axis, 0)
    starts = [0] + ends[:-1]
    return [moveaxis(moved[a:b], 0, axis) for a, b in zip(starts, ends)]


def split(ary, indices_or_sections, axis=0):
    if isinstance(indices_or_sections, int) and asarray(ary)._shape[axis] % indices_or_sections:
        raise ValueError("array split does not result in an equal division")
    return array_split(ary, indices_or_sections, axis)


def tile(A, reps):
    A = asarray(A)
    reps = as_shape(reps)
    n = A.ndim if A.ndim > len(reps) else len(reps)
    reps = (1,) * (n - len(reps)) + reps
    A = A.reshape((1,) * (n - A.ndim) + A._shape)
    for axis, count in enumerate(reps):
        if count != 1:
            A = concatenate([A] * count, axis) if count else A.swapaxes(0, axis)[:0].swapaxes(0, axis)
    return A.copy()


def repeat(a, repeats, axis=None):
    a = asarray(a)
    if axis is None:
        a, axis = a.reshape(-1), 0
    counts = asarray(repeats)._broadcast((a._shape[axis],))._flat()
    if any(count < 0 for count in counts):
        raise ValueError("repeats may not contain negative values.")
    places = [i for i, count in enumerate(counts) for _ in range(count)]
    return take(a, places, axis)


def flip(m, axis=None):
    m = asarray(m)
    axes = normal_axes(axis, m.ndim)
    return m[tuple([slice(None, None, -1) if i in axes else slice(None) for i in range(m.ndim)])]


def flipud(m):
    return flip(m, 0)


def fliplr(m):
    return flip(m, 1)


def roll(a, shift, axis=None):
    a = asarray(a)
    if axis is None:
        return roll(a.reshape(-1), shift, 0).reshape(a._shape)
    if isinstance(axis, (tuple, list)):
        for each, along in zip([shift] * len(axis) if isinstance(shift, int) else shift, axis):
            a = roll(a, each, along)
        return a
    size = a._shape[axis]
    return take(a, [(i - shift) % size for i in range(size)], axis) if size else a


def rot90(m, k=1, axes=(0, 1)):
    m = asarray(m)
    for _ in range(k % 4):
        m = flip(m, axes[1]).swapaxes(*axes)
    return m


def take(a, indices, axis=None, out=None, mode="raise"):
    a = asarray(a)
    if axis is None:
        return a.reshape(-1)[asarray(indices, "int64")]
    index = [slice(None)] * a.ndim
    index[axis] = asarray(indices, "int64")
    return a[tuple(index)]


def take_along_axis(arr, indices, axis=-1):
    arr, indices = asarray(arr), asarray(indices)
    if axis is None:
        return arr.reshape(-1)[indices]
    return arr[_along(arr, indices, axis)]


def put_along_axis(arr, indices, values, axis):
    arr[_along(arr, asarray(indices), axis)] = values


def _along(arr, indices, axis):
    axis = normal_axis(axis, arr.ndim)
    index = []
    for i in range(arr.ndim):
        shape = [1] * arr.ndim
        shape[i] = -1
        index.append(indices if i == axis else arange(arr._shape[i]).reshape(shape))
    return tuple(index)


def delete(arr, obj, axis=None):
    arr = asarray(arr)
    if axis is None:
        arr, axis = arr.reshape(-1), 0
    size = arr._shape[axis]
    if isinstance(obj, slice):
        gone = range(*obj.indices(size))
    else:
        obj = asarray(obj).reshape(-1)
        gone = obj.tolist()
        if obj.dtype.kind == "b":
            if obj.size != size:
                raise ValueError("boolean array argument must have the length of the axis")
            gone = [i for i, item in enumerate(gone) if item]
    gone = {_place(i, size, axis) for i in gone}
    return take(arr, [i for i in range(size) if i not in gone], axis)


def _place(index, size, axis):
    if index < -size or index >= size:
        raise IndexError(f"index {index} is out of bounds for axis {axis} with size {size}")
    return index % size


def insert(arr, obj, values, axis=None):
    arr = asarray(arr)
    if axis is None:
        arr, axis = arr.reshape(-1), 0
    if not isinstance(obj, int):
        _library.not_supported("numpy.insert at several places", "numpy.concatenate")
    size = arr._shape[axis]
    head, tail = array_split(arr, [size if obj == size else _place(obj, size, axis)], axis)
    middle = asarray(values, arr.dtype)
    middle = middle.reshape((1,) * (arr.ndim - middle.ndim) + middle._shape)
    middle = moveaxis(middle, 0, axis)
    shape = list(arr._shape)
    shape[axis] = middle._shape[axis]
    return concatenate([head, middle._broadcast(tuple(shape)), tail], axis)


def resize(a, new_shape):
    flat = list(asarray(a)._flat())
    shape = as_shape(new_shape)
    count = math.prod(shape)
    return made((flat * (count // len(flat) + 1))[:count], shape, asarray(a).dtype)


def pad(array, pad_width, mode="constant", constant_values=0):
    array = asarray(array)
    widths = asarray(pad_width)._broadcast((array.ndim, 2)).tolist()
    if any(width < 0 for pair in widths for width in pair):
        raise ValueError("index can't contain negative values")
    if mode not in ("constant", "edge", "reflect", "symmetric", "wrap"):
        _library.not_supported(f"numpy.pad with mode={mode!r}", "numpy.concatenate")
    values = asarray(constant_values)._broadcast((array.ndim, 2)).tolist()
    for axis, (before, after) in enumerate(widths):
        size = array._shape[axis]
        places = range(-before, size + after)
        if mode == "constant":
            parts = []
            for count, value in ((before, values[axis][0]), (after, values[axis][1])):
                shape = list(array._shape)
                shape[axis] = count
                parts.append(full(shape, value, array.dtype))
            array = concatenate([parts[0], array, parts[1]], axis)
            continue
        if mode == "edge":
            chosen = [0 if i < 0 else size - 1 if i >= size else i for i in places]
        elif mode == "wrap":
            chosen = [i % size for i in places]
        elif mode == "reflect":
            period = 2 * (size - 1) or 1
            chosen = [i % period if i % period < size else period - i % period for i in places]
        else:
            period = 2 * size
            chosen = [i % period if i % period < size else period - 1 - i % period for i in places]
        array = take(array, chosen, axis)
    return array
