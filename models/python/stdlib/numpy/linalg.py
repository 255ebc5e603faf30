"""numpy.linalg, as far as it needs no iteration."""

import math

import _library

from . import _dtypes
from ._array import asarray, made
from ._making import eye
from ._products import matmul as _matmul
from ._reductions import reduced


class LinAlgError(ValueError):
    pass


def norm(x, ord=None, axis=None, keepdims=False):
    x = asarray(x)
    kind = x.dtype if x.dtype.kind == "f" else _dtypes.dtype("float64")
    matrix = (axis is None and x.ndim == 2) or (isinstance(axis, (tuple, list)) and len(axis) == 2)
    if ord is not None and axis is None and x.ndim > 2:
        raise ValueError("Improper number of dimensions to norm.")
    if ord not in (None, "fro") and matrix:
        _library.not_supported(f"numpy.linalg.norm of matrices with ord={ord!r}", "torch.linalg")

    def length(row):
        sizes = [math.fabs(item) for item in row]
        if ord in (None, 2, "fro"):
            return math.sqrt(math.fsum([size * size for size in sizes]))
        if ord == math.inf:
            return max(sizes)
        if ord == -math.inf:
            return min(sizes)
        if ord == 0:
            return float(len([size for size in sizes if size]))
        return math.fsum([size**ord for size in sizes]) ** (1.0 / ord)

    return reduced(x, axis, keepdims, length, kind)


def _eliminated(a, b):
    """Rows of [a | b] with a made the identity, and the determinant of a."""
    n = len(a)
    rows = [list(left) + list(right) for left, right in zip(a, b)]
    determinant = 1.0
    for i in range(n):
        best = max(range(i, n), key=lambda r: math.fabs(rows[r][i]))
        if rows[best][i] == 0:
            return None, 0.0
        if best != i:
            rows[i], rows[best] = rows[best], rows[i]
            determinant = -determinant
        determinant *= rows[i][i]
        rows[i] = [item / rows[i][i] for item in rows[i]]
        for r in range(n):
            if r != i and rows[r][i]:
                factor = rows[r][i]
                rows[r] = [x - factor * y for x, y in zip(rows[r], rows[i])]
    return [row[n:] for row in rows], determinant


def _real(a):
    a = asarray(a)
    return a if a.dtype.kind == "f" else a.astype("float64")


def _square(a):
    a = _real(a)
    if a.ndim < 2 or a._shape[-1] != a._shape[-2]:
        raise LinAlgError("Last 2 dimensions of the array must be square")
    return a


def solve(a, b):
    a, b = _square(a), _real(b)
    if a.ndim != 2:
        _library.not_supported("numpy.linalg.solve of several matrices", "torch.linalg.solve")
    right = b.reshape(-1, 1) if b.ndim == 1 else b
    solved, _ = _eliminated(a.tolist(), right.tolist())
    if solved is None:
        raise LinAlgError("Singular matrix")
    return asarray(solved, a.dtype).reshape(b.shape)


def inv(a):
    a = _square(a)
    if a.ndim > 2:
        return asarray([inv(part) for part in a])
    return solve(a, eye(a.shape[0], dtype=a.dtype))


def det(a):
    a = _square(a)
    if a.ndim > 2:
        return asarray([det(part) for part in a])
    _, determinant = _eliminated(a.tolist(), [[]] * len(a))
    return a.dtype._scalar(determinant)


def matrix_power(a, n):
    result = eye(asarray(a).shape[0], dtype=asarray(a).dtype)
    for _ in range(n if n >= 0 else -n):
        result = _matmul(result, a if n >= 0 else inv(a))
    return result


def __getattr__(name):
    if name.startswith("__"):
        raise AttributeError(f"module 'numpy.linalg' has no attribute '{name}'")
    _library.not_supported(f"numpy.linalg.{name}", "torch.linalg")
