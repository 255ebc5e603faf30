"""New arrays: filled, counted, or put together from others."""

import math

from . import _dtypes
from ._array import array, as_shape, asarray, broadcast_shapes, made, ndarray, normal_axis
from ._ufuncs import result_type


def full(shape, fill_value, dtype=None, order="C", *, device=None, like=None):
    shape = as_shape(shape)
    value = asarray(fill_value, dtype)
    if value.ndim == 0:
        return made([value.item()] * math.prod(shape), shape, value.dtype)
    return value._broadcast(shape).copy()


def zeros(shape, dtype=None, order="C", *, device=None, like=None):
    return full(shape, 0, _dtypes.dtype(dtype))


def ones(shape, dtype=None, order="C", *, device=None, like=None):
    return full(shape, 1, _dtypes.dtype(dtype))


empty = zeros


def full_like(a, fill_value, dtype=None, order="K", subok=True, shape=None):
    a = asarray(a)
    return full(a.shape if shape is None else shape, fill_value, a.dtype if dtype is None else dtype)


def zeros_like(a, dtype=None, order="K", subok=True, shape=None):
    return full_like(a, 0, dtype, shape=shape)


def ones_like(a, dtype=None, order="K", subok=True, shape=None):
    return full_like(a, 1, dtype, shape=shape)


empty_like = zeros_like


def copy(a, order="K", subok=False):
    return array(a)


def asanyarray(a, dtype=None, order=None):
    return asarray(a, dtype)


def ascontiguousarray(a, dtype=None):
    a = asarray(a, dtype)
    return a if a._whole() else a.copy()


def fromiter(iter, dtype, count=-1):
    return array(list(iter) if count < 0 else list(iter)[:count], dtype)


def arange(start, stop=None, step=1, dtype=None, *, device=None, like=None):
    if stop is None:
        start, stop = 0, start
    kind = result_type(start, stop, step) if dtype is None else _dtypes.dtype(dtype)
    start, stop, step = [_plain(each) for each in (start, stop, step)]
    count = max(0, math.ceil((stop - start) / step))
    if kind.kind not in "iuf":
        return made([kind._cast(start + i * step) for i in range(count)], (count,), kind)
    # As numpy does: by the difference of the first two, in the type that they have; float16 counts
    # in float32.
    counted = _dtypes.dtype("float32") if kind.name == "float16" else kind
    first = kind._cast(start)
    second = kind._cast(start + step) if count > 1 else first
    gap = counted._cast(second - first)
    items = [first, second] + [first + counted._cast(i * gap) for i in range(2, count)]
    return made([kind._cast(counted._cast(item)) for item in items[:count]], (count,), kind)


def _plain(value):
    return value.item() if isinstance(value, (ndarray, _dtypes.generic)) else value


def linspace(start, stop, num=50, endpoint=True, retstep=False, dtype=None, axis=0):
    if num < 0:
        raise ValueError(f"Number of samples, {num}, must be non-negative.")
    if dtype is None:
        dtype = result_type(start, stop, float(num))
    start, stop = _plain(start), _plain(stop)
    gaps = num - 1 if endpoint else num
    step = (stop - start) / gaps if gaps > 0 else math.nan
    items = [start + i * step if gaps > 0 else float(start) for i in range(num)]
    if endpoint and num > 1:
        items[num - 1] = float(stop)
    kind = _dtypes.dtype(dtype)
    if kind.kind in "iu":
        items = [math.floor(item) for item in items]
    points = made([kind._cast(item) for item in items], (num,), kind)
    return (points, step) if retstep else points


def logspace(start, stop, num=50, endpoint=True, base=10.0, dtype=None, axis=0):
    points = base ** linspace(start, stop, num, endpoint)
    return points if dtype is None else points.astype(dtype)


def geomspace(start, stop, num=50, endpoint=True, dtype=None, axis=0):
    logs = linspace(math.log10(start), math.log10(stop), num, endpoint)
    points = 10.0**logs
    if num > 0:
        points[0] = start
    if endpoint and num > 1:
        points[-1] = stop
    return points if dtype is None else points.astype(dtype)


def eye(N, M=None, k=0, dtype=float, order="C"):
    M = N if M is None else M
    kind = _dtypes.dtype(dtype)
    return made([kind._cast(i + k == j) for i in range(N) for j in range(M)], (N, M), kind)


def identity(n, dtype=None):
    return eye(n, dtype=dtype)


def tri(N, M=None, k=0, dtype=float):
    M = N if M is None else M
    kind = _dtypes.dtype(dtype)
    return made([kind._cast(j <= i + k) for i in range(N) for j in range(M)], (N, M), kind)


def _kept(m, mask):
    if m.ndim == 1:
        m = m._broadcast(mask.shape)
    items = [i if keep else 0 for i, keep in zip(m._flat(), mask._broadcast(m.shape)._flat())]
    return made([m.dtype._cast(item) for item in items], m.shape, m.dtype)


def tril(m, k=0):
    m = asarray(m)
    return _kept(m, tri(*(m.shape * 2)[-2:], k=k, dtype="bool"))


def triu(m, k=0):
    m = asarray(m)
    return _kept(m, ~tri(*(m.shape * 2)[-2:], k=k - 1, dtype="bool"))


def tril_indices(n, k=0, m=None):
    pairs = [(i, j) for i in range(n) for j in range(m or n) if j <= i + k]
    return array([i for i, _ in pairs], "int64"), array([j for _, j in pairs], "int64")


def triu_indices(n, k=0, m=None):
    pairs = [(i, j) for i in range(n) for j in range(m or n) if j >= i + k]
    return array([i for i, _ in pairs], "int64"), array([j for _, j in pairs], "int64")


def diag(v, k=0):
    v = asarray(v)
    if v.ndim == 2:
        return diagonal(v, k).copy()
    n = len(v) + (k if k >= 0 else -k)
    square = zeros((n, n), v.dtype)
    for i, item in enumerate(v._flat()):
        square[i + max(0, -k), i + max(0, k)] = item
    return square


def diagonal(a, offset=0, axis1=0, axis2=1):
    a = asarray(a)
    down, across = normal_axis(axis1, a.ndim), normal_axis(axis2, a.ndim)
    if down == across:
        raise ValueError("axis1 and axis2 cannot be the same")
    kept = [axis for axis in range(a.ndim) if axis not in (down, across)]
    top, left = max(0, -offset), max(0, offset)
    count = max(0, min(a._shape[down] - top, a._shape[across] - left))
    start = a._offset + top * a._strides[down] + left * a._strides[across]
    return a._view(
        tuple([a._shape[axis] for axis in kept]) + (count,),
        tuple([a._strides[axis] for axis in kept]) + (a._strides[down] + a._strides[across],),
        start,
    )


def meshgrid(*xi, indexing="xy", sparse=False, copy=True):
    arrays = [asarray(x).reshape(-1) for x in xi]
    n = len(arrays)
    laid = []
    for i, x in enumerate(arrays):
        at = 1 - i if indexing == "xy" and i < 2 and n > 1 else i
        laid.append(x.reshape((1,) * at + (-1,) + (1,) * (n - 1 - at)))
    if sparse:
        return tuple(laid)
    shape = broadcast_shapes(*[x.shape for x in laid])
    return tuple([x._broadcast(shape).copy() for x in laid])


def indices(dimensions, dtype=int, sparse=False):
    grids = meshgrid(*[arange(n, dtype=dtype) for n in dimensions], indexing="ij", sparse=sparse)
    return grids if sparse else asarray(grids)


def ix_(*args):
    arrays = [asarray(arg) for arg in args]
    n = len(arrays)
    return tuple([x.reshape((1,) * i + (-1,) + (1,) * (n - 1 - i)) for i, x in enumerate(arrays)])


class _Grid:
    """numpy.mgrid and numpy.ogrid: [0:3, 0:1:5j] is not, [0:3, 0:6:2] is supported."""

    def __init__(self, sparse):
        self._sparse = sparse

    def __getitem__(self, key):
        slices = key if isinstance(key, tuple) else (key,)
        points = [arange(s.start or 0, s.stop, s.step or 1) for s in slices]
        if not isinstance(key, tuple):
            return points[0]
        grids = meshgrid(*points, indexing="ij", sparse=self._sparse)
        return grids if self._sparse else asarray(grids)


mgrid = _Grid(False)
ogrid = _Grid(True)


def hanning(M):
    return _window(M, lambda x: 0.5 + 0.5 * math.cos(x))


def hamming(M):
    return _window(M, lambda x: 0.54 + 0.46 * math.cos(x))


def blackman(M):
    return _window(M, lambda x: 0.42 + 0.5 * math.cos(x) + 0.08 * math.cos(2.0 * x))


def _window(M, value):
    """`value` of angles from -pi to pi."""
    if M <= 1:
        return ones(max(M, 0))
    return array([value(math.pi * n / (M - 1)) for n in range(1 - M, M, 2)], float)
