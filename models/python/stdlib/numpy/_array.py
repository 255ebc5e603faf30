"""ndarray: elements of one type in a flat list, that views share, with a shape and strides."""

import math

import _library

from . import _dtypes
from .exceptions import AxisError

_PLAIN = (list, tuple, range, str, int, float)


def _size(shape):
    return math.prod(shape)


def _steps(shape):
    """Strides, in elements, of an array of its own."""
    steps = []
    step = 1
    for size in reversed(shape):
        steps.append(step)
        step *= size
    return tuple(reversed(steps))


def as_sizes(shape):
    """A shape, -1 in it or not, as a tuple."""
    if isinstance(shape, int):
        return (shape,)
    return tuple([size if type(size) is int else size.__index__() for size in shape])


def as_shape(shape):
    shape = as_sizes(shape)
    if any(size < 0 for size in shape):
        raise ValueError("negative dimensions are not allowed")
    return shape


def normal_axis(axis, ndim):
    if axis < -ndim or axis >= ndim:
        raise AxisError(f"axis {axis} is out of bounds for array of dimension {ndim}")
    return axis % ndim


def normal_axes(axis, ndim):
    """None (all), one or several axes, as a tuple from the front."""
    if axis is None:
        return tuple(range(ndim))
    if isinstance(axis, (tuple, list)):
        return tuple(normal_axis(a, ndim) for a in axis)
    return (normal_axis(axis, ndim),)


def broadcast_shapes(*shapes):
    ndim = max([len(shape) for shape in shapes], default=0)
    result = [1] * ndim
    for shape in shapes:
        for i, size in enumerate(shape, ndim - len(shape)):
            if size == 1 or size == result[i]:
                continue
            if result[i] != 1:
                every = " ".join(str(s) for s in shapes)
                raise ValueError(f"operands could not be broadcast together with shapes {every}")
            result[i] = size
    return tuple(result)


def _positions(shape, strides, offset):
    """Of all elements, in order."""
    places = [offset]
    for size, stride in zip(shape, strides):
        steps = [i * stride for i in range(size)]
        places = [place + step for place in places for step in steps]
    return places


class ndarray(_dtypes._Operators):
    __array_priority__ = 1.0
    base = None
    __hash__ = None

    def __init__(self, shape, dtype=None, buffer=None):
        if buffer is not None:
            _library.not_supported("numpy.ndarray of a buffer", "numpy.array")
        shape = as_shape(shape)
        kind = _dtypes.dtype(dtype)
        self._lay([kind._cast(0)] * _size(shape), shape, kind)

    def _lay(self, items, shape, kind, strides=None, offset=0):
        self._items = items
        self._shape = shape
        self.dtype = kind
        self._strides = _steps(shape) if strides is None else strides
        self._offset = offset
        return self

    def _view(self, shape, strides, offset):
        view = made(self._items, shape, self.dtype, strides, offset)
        view.base = self
        return view

    def __class_getitem__(cls, item):
        return cls

    @property
    def shape(self):
        return self._shape

    @shape.setter
    def shape(self, shape):
        reshaped = self.reshape(shape)
        self._lay(reshaped._items, reshaped._shape, self.dtype, reshaped._strides, reshaped._offset)

    @property
    def ndim(self):
        return len(self._shape)

    @property
    def size(self):
        return _size(self._shape)

    @property
    def itemsize(self):
        return self.dtype.itemsize

    @property
    def nbytes(self):
        return self.size * self.itemsize

    @property
    def strides(self):
        return tuple([step * self.itemsize for step in self._strides])

    @property
    def T(self):
        return self.transpose()

    @property
    def real(self):
        return self

    @property
    def flat(self):
        return iter([self.dtype._scalar(item) for item in self._flat()])

    def __len__(self):
        if not self._shape:
            raise TypeError("len() of unsized object")
        return self._shape[0]

    def __iter__(self):
        return iter([self[i] for i in range(len(self))])

    def __contains__(self, value):
        return (self == value).any()

    def __array__(self, dtype=None, copy=None):
        return self if dtype is None else self.astype(dtype)

    def _whole(self):
        return self._offset == 0 and self._strides == _steps(self._shape) and len(
            self._items) == self.size

    def _is_truth(self):
        return not self._shape and self.dtype.kind == "b"

    def _flat(self):
        """The elements in order. They may be the array's own list."""
        if self._whole():
            return self._items
        items = self._items
        return [items[i] for i in _positions(self._shape, self._strides, self._offset)]

    def _broadcast(self, shape):
        if self._shape == shape:
            return self
        missing = len(shape) - len(self._shape)
        strides = [0] * missing
        if broadcast_shapes(self._shape, shape) != shape:
            raise ValueError(f"could not broadcast {self._shape} into {shape}")
        for size, stride in zip(self._shape, self._strides):
            strides.append(0 if size == 1 else stride)
        return self._view(shape, tuple(strides), self._offset)

    # Elements

    def _parts(self, index):
        """The index as (parts for each axis, rest): slices, numbers, None and arrays."""
        parts = list(index) if isinstance(index, tuple) else [index]
        parts = [asarray(p) if isinstance(p, list) else p for p in parts]
        for part in parts:
            if isinstance(part, bool) or (isinstance(part, ndarray) and part._is_truth()):
                _library.not_supported("an index that is True or False", "numpy.where")
        used = 0
        for part in parts:
            if isinstance(part, ndarray) and part.dtype.kind == "b":
                used += part.ndim
            elif part is not None and part is not Ellipsis:
                used += 1
        if used > self.ndim:
            raise IndexError(
                f"too many indices for array: array is {self.ndim}-dimensional, but {used} were "
                "indexed"
            )
        rest = [slice(None)] * (self.ndim - used)
        for i, part in enumerate(parts):
            if part is Ellipsis:
                return parts[:i] + rest + parts[i + 1:]
        return parts + rest

    def _select(self, index):
        """The view or the copy's (shape, positions) that an index stands for."""
        shape, strides, offset = [], [], self._offset
        arrays = []  # (axis of the result, index array, stride, size)
        ranks = []  # of the parts that are arrays or numbers
        axis = 0
        for rank, part in enumerate(self._parts(index)):
            if part is not None and not isinstance(part, slice):
                ranks.append(rank)
            if part is None:
                shape.append(1)
                strides.append(0)
                continue
            if isinstance(part, ndarray) and part.dtype.kind == "b":
                if part.shape != self._shape[axis:axis + part.ndim]:
                    raise IndexError("boolean index did not match indexed array")
                chosen = [i for i, item in enumerate(part._flat()) if item]
                for d in range(part.ndim):
                    inner = _size(part.shape[d + 1:])
                    places = [i // inner % part.shape[d] for i in chosen]
                    picks = made(places, (len(places),), _dtypes.dtype("int64"))
                    arrays.append((len(shape), picks, self._strides[axis], self._shape[axis]))
                    axis += 1
                continue
            size, stride = self._shape[axis], self._strides[axis]
            axis += 1
            if isinstance(part, slice):
                start, stop, step = part.indices(size)
                shape.append(len(range(start, stop, step)))
                strides.append(stride * step)
                offset += start * stride
            elif isinstance(part, ndarray) and part.ndim:
                if part.dtype.kind not in "iu" and part.size:
                    raise IndexError("arrays used as indices must be of integer (or boolean) type")
                arrays.append((len(shape), part, stride, size))
            else:
                place = part.item() if isinstance(part, ndarray) else part.__index__()
                if place < -size or place >= size:
                    raise IndexError(
                        f"index {place} is out of bounds for axis {axis - 1} with size {size}"
                    )
                offset += place % size * stride
        if not arrays:
            return self._view(tuple(shape), tuple(strides), offset), None
        common = broadcast_shapes(*[part.shape for _, part, _, _ in arrays])
        steps = [0] * _size(common)
        for _, part, stride, size in arrays:
            for i, place in enumerate(part._broadcast(common)._flat()):
                if place < -size or place >= size:
                    raise IndexError(f"index {place} is out of bounds for axis with size {size}")
                steps[i] += place % size * stride
        # Where arrays and numbers stand together, so do their axes; else they come first.
        at = arrays[0][0] if ranks[-1] - ranks[0] == len(ranks) - 1 else 0
        before = _positions(tuple(shape[:at]), tuple(strides[:at]), offset)
        after = _positions(tuple(shape[at:]), tuple(strides[at:]), 0)
        places = [b + s + a for b in before for s in steps for a in after]
        return tuple(shape[:at]) + common + tuple(shape[at:]), places

    def __getitem__(self, index):
        found, places = self._select(index)
        if places is not None:
            items = self._items
            return made([items[i] for i in places], found, self.dtype)
        if found._shape or (isinstance(index, tuple) and Ellipsis in index):
            return found
        return self.dtype._scalar(found._items[found._offset])

    def __setitem__(self, index, value):
        found, places = self._select(index)
        if places is None:
            shape = found._shape
            places = _positions(shape, found._strides, found._offset)
        else:
            shape = found
        value = asarray(value, self.dtype)
        while value.ndim > len(shape) and value._shape[0] == 1:
            value = asarray(value[0])
        for place, item in zip(places, list(value._broadcast(shape)._flat())):
            self._items[place] = item

    def item(self, *index):
        if index:
            return self[index[0] if len(index) == 1 and self.ndim == 1 else tuple(index)]
        if self.size != 1:
            raise ValueError("can only convert an array of size 1 to a Python scalar")
        return self._flat()[0]

    def tolist(self):
        flat = list(self._flat())
        if not self._shape:
            return flat[0]
        for size in reversed(self._shape[1:]):
            flat = [flat[i:i + size] for i in range(0, len(flat), size)] if size else []
        return flat if self.size else _empty(self._shape)

    def __bool__(self):
        if self.size > 1:
            raise ValueError(
                "The truth value of an array with more than one element is ambiguous. Use a.any() "
                "or a.all()"
            )
        return self.size == 1 and bool(self.item())

    def __int__(self):
        return int(self.item())

    def __float__(self):
        return float(self.item())

    def __index__(self):
        if self.dtype.kind not in "iu" or self.ndim:
            raise TypeError("only integer scalar arrays can be converted to a scalar index")
        return self.item()

    def __repr__(self):
        kind = "" if self.dtype.name in ("int64", "float64", "bool") else f", dtype={self.dtype}"
        return f"array({self.tolist()!r}{kind})"

    def __str__(self):
        return str(self.tolist()).replace(",", "")

    def __matmul__(self, other):
        return self._operate("matmul", self, other)

    def __rmatmul__(self, other):
        return self._operate("matmul", other, self)

    def _become(self, name, other):
        """a += b keeps the array and its type."""
        result = self._operate(name, self, other)
        if result is NotImplemented:
            return result
        return self._take(result, name)

    def _take(self, result, name):
        """What a function has computed for this array."""
        kind = dtype_of(result)
        if not _dtypes.can_cast(kind, self.dtype, "same_kind"):
            raise TypeError(
                f"Cannot cast ufunc '{name}' output from {kind!r} to {self.dtype!r} with casting "
                "rule 'same_kind'"
            )
        self[...] = result
        return self

    def __iadd__(self, other):
        return self._become("add", other)

    def __isub__(self, other):
        return self._become("subtract", other)

    def __imul__(self, other):
        return self._become("multiply", other)

    def __itruediv__(self, other):
        return self._become("divide", other)

    def __ifloordiv__(self, other):
        return self._become("floor_divide", other)

    def __imod__(self, other):
        return self._become("remainder", other)

    def __ipow__(self, other):
        return self._become("power", other)

    def __iand__(self, other):
        return self._become("bitwise_and", other)

    def __ior__(self, other):
        return self._become("bitwise_or", other)

    def __ixor__(self, other):
        return self._become("bitwise_xor", other)

    def __ilshift__(self, other):
        return self._become("left_shift", other)

    def __irshift__(self, other):
        return self._become("right_shift", other)

    # Other shapes

    def copy(self, order="C"):
        return made(list(self._flat()), self._shape, self.dtype)

    __copy__ = copy

    def __deepcopy__(self, memo):
        return self.copy()

    def astype(self, dtype, order="K", casting="unsafe", subok=True, copy=True):
        kind = _dtypes.dtype(dtype)
        if kind is self.dtype:
            return self.copy() if copy else self
        return made([kind._cast(item) for item in self._flat()], self._shape, kind)

    def view(self, dtype=None):
        if dtype is None or dtype is ndarray or _dtypes.dtype(dtype) is self.dtype:
            return self._view(self._shape, self._strides, self._offset)
        _library.not_supported("numpy.ndarray.view of another type", "astype()")

    def reshape(self, *shape, order="C", copy=None):
        shape = shape[0] if len(shape) == 1 and not isinstance(shape[0], int) else shape
        shape = list(as_sizes(shape))
        if order != "C":
            _library.not_supported(f"numpy.reshape with order={order!r}", "transpose() first")
        if len([size for size in shape if size < 0]) > 1:
            raise ValueError("can only specify one unknown dimension")
        if -1 in shape:
            known = -_size(shape)
            if not known:
                raise ValueError(f"cannot reshape array of size {self.size} into {tuple(shape)}")
            shape[shape.index(-1)] = self.size // known
        if _size(shape) != self.size:
            raise ValueError(f"cannot reshape array of size {self.size} into shape {tuple(shape)}")
        if self._strides == _steps(self._shape):
            return self._view(tuple(shape), _steps(shape), self._offset)
        return made(list(self._flat()), tuple(shape), self.dtype)

    def resize(self, *shape, refcheck=True):
        self.shape = shape[0] if len(shape) == 1 else shape

    def ravel(self, order="C"):
        return self.reshape(-1, order=order)

    def flatten(self, order="C"):
        return self.copy().reshape(-1, order=order)

    def transpose(self, *axes):
        if len(axes) == 1 and (axes[0] is None or isinstance(axes[0], (tuple, list))):
            axes = axes[0]
        axes = axes or range(self.ndim)[::-1]
        axes = normal_axes(tuple(axes), self.ndim)
        if len(axes) != self.ndim:
            raise ValueError("axes don't match array")
        if len(set(axes)) != len(axes):
            raise ValueError("repeated axis in transpose")
        return self._view(
            tuple([self._shape[a] for a in axes]),
            tuple([self._strides[a] for a in axes]),
            self._offset,
        )

    def swapaxes(self, axis1, axis2):
        axes = list(range(self.ndim))
        axis1, axis2 = normal_axis(axis1, self.ndim), normal_axis(axis2, self.ndim)
        axes[axis1], axes[axis2] = axes[axis2], axes[axis1]
        return self.transpose(*axes)

    def squeeze(self, axis=None):
        if axis is None:
            drop = [a for a in range(self.ndim) if self._shape[a] == 1]
        else:
            drop = normal_axes(axis, self.ndim)
        if any(self._shape[a] != 1 for a in drop):
            raise ValueError("cannot select an axis to squeeze out which has size not equal to one")
        kept = [a for a in range(self.ndim) if a not in drop]
        return self._view(
            tuple([self._shape[a] for a in kept]),
            tuple([self._strides[a] for a in kept]),
            self._offset,
        )

    def fill(self, value):
        self[...] = value

    def __getattr__(self, name):
        from . import _methods

        function = _methods.METHODS.get(name)
        if function is None:
            if name.startswith("__"):
                raise AttributeError(f"'numpy.ndarray' object has no attribute '{name}'")
            _library.not_supported(f"numpy.ndarray.{name}", "plain Python or torch")
        return lambda *args, **kwargs: function(self, *args, **kwargs)


def _empty(shape):
    """The nested lists of an array without elements."""
    return [_empty(shape[1:]) for _ in range(shape[0])] if len(shape) > 1 else []


def made(items, shape, kind, strides=None, offset=0):
    return object.__new__(ndarray)._lay(items, shape, kind, strides, offset)


def _gather(value, depth, shape, leaves, kinds, wanted):
    """Elements of nested sequences, with the shape and the types that they have. Python's own
    integers must fit into the type that is wanted; None: any."""
    if isinstance(value, ndarray) or (
        not isinstance(value, _PLAIN) and hasattr(value, "tolist")
    ):
        kinds.append(dtype_of(value))
        value = value.tolist()
        own = False
    else:
        own = True
    if isinstance(value, (list, tuple, range)):
        if len(shape) == depth:
            shape.append(len(value))
        elif len(shape) < depth or shape[depth] != len(value):
            raise ValueError(
                "setting an array element with a sequence. The requested array has an inhomogeneous "
                f"shape after {depth} dimensions."
            )
        for item in value:
            _gather(item, depth + 1, shape, leaves, kinds if own else [], wanted if own else None)
        return
    if len(shape) != depth:
        raise ValueError(
            "setting an array element with a sequence. The requested array has an inhomogeneous "
            f"shape after {depth} dimensions."
        )
    if own:
        kinds.append(dtype_of(value))
        if wanted is not None and type(value) is int:
            value = wanted._in_range(value)
    leaves.append(value._plain(value) if isinstance(value, _dtypes.number) else value)


def dtype_of(value):
    """The element type of a number, or of what has a dtype of its own."""
    if isinstance(value, bool):
        return _dtypes.dtype("bool")
    if isinstance(value, (ndarray, _dtypes.generic)):
        return value.dtype
    if isinstance(value, int):
        return _dtypes.dtype("int64")
    if isinstance(value, float):
        return _dtypes.dtype("float64")
    if isinstance(value, str):
        return _dtypes.dtype("str")
    if hasattr(value, "dtype") and hasattr(value, "tolist"):  # a tensor
        return _dtypes.dtype(str(value.dtype).split(".")[-1])
    return _dtypes.dtype("object")


def array(object, dtype=None, *, copy=True, order="K", subok=False, ndmin=0, like=None):
    if isinstance(object, ndarray):
        result = object.copy() if dtype is None else object.astype(dtype)
    else:
        shape, leaves, kinds = [], [], []
        kind = None if dtype is None else _dtypes.dtype(dtype)
        _gather(object, 0, shape, leaves, kinds, kind)
        kind = kind or _common(kinds)
        result = made([kind._cast(leaf) for leaf in leaves], tuple(shape), kind)
    if result.ndim < ndmin:
        result = result.reshape((1,) * (ndmin - result.ndim) + result.shape)
    return result


def _common(kinds):
    if not kinds:
        return _dtypes.dtype("float64")
    common = kinds[0]
    for kind in set(kinds):
        common = _dtypes.promote_types(common, kind)
    return common


def asarray(a, dtype=None, order=None, *, copy=None, like=None):
    if isinstance(a, ndarray) and (dtype is None or _dtypes.dtype(dtype) is a.dtype):
        return a
    return array(a, dtype)
