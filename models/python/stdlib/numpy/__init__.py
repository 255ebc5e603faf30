"""numpy, as far as networks are built with it: numbers, and arrays of them as lists."""

import math

import _library

pi = math.pi
e = math.e
inf = math.inf
nan = math.nan
newaxis = None

int8 = int16 = int32 = int64 = int_ = intp = integer = signedinteger = int
uint8 = uint16 = uint32 = uint64 = unsignedinteger = int
float16 = float32 = float64 = double = float_ = floating = float
bool_ = bool
number = (int, float)
generic = (int, float, bool)


class ndarray(list):
    """Of one dimension, or of rows that are arrays."""

    def __init__(self, items=()):
        super().__init__([ndarray(i) if isinstance(i, (list, tuple)) else i for i in items])

    @property
    def shape(self):
        if len(self) and isinstance(self[0], ndarray):
            return (len(self),) + self[0].shape
        return (len(self),)

    @property
    def ndim(self):
        return len(self.shape)

    @property
    def size(self):
        return prod(self.shape)

    def _map(self, function):
        return ndarray([i._map(function) if isinstance(i, ndarray) else function(i) for i in self])

    def _with(self, other, function):
        if isinstance(other, (list, tuple)):
            if len(self) != len(other):
                raise ValueError("operands could not be broadcast together")
            pairs = zip(self, other)
            return ndarray(
                [a._with(b, function) if isinstance(a, ndarray) else function(a, b) for a, b in pairs]
            )
        return self._map(lambda item: function(item, other))

    def __getitem__(self, index):
        if isinstance(index, tuple):
            value = self
            for part in index:
                value = value[part]
            return value
        value = super().__getitem__(index)
        return ndarray(value) if isinstance(index, slice) else value

    def __add__(self, other):
        return self._with(other, lambda a, b: a + b)

    def __radd__(self, other):
        return self._with(other, lambda a, b: b + a)

    def __sub__(self, other):
        return self._with(other, lambda a, b: a - b)

    def __rsub__(self, other):
        return self._with(other, lambda a, b: b - a)

    def __mul__(self, other):
        return self._with(other, lambda a, b: a * b)

    def __rmul__(self, other):
        return self._with(other, lambda a, b: b * a)

    def __truediv__(self, other):
        return self._with(other, lambda a, b: a / b)

    def __rtruediv__(self, other):
        return self._with(other, lambda a, b: b / a)

    def __floordiv__(self, other):
        return self._with(other, lambda a, b: a // b)

    def __mod__(self, other):
        return self._with(other, lambda a, b: a % b)

    def __pow__(self, other):
        return self._with(other, lambda a, b: a**b)

    def __rpow__(self, other):
        return self._with(other, lambda a, b: b**a)

    def __neg__(self):
        return self._map(lambda a: -a)

    def tolist(self):
        return [i.tolist() if isinstance(i, ndarray) else i for i in self]

    def item(self):
        if len(self) != 1:
            raise ValueError("can only convert an array of size 1 to a Python scalar")
        return self[0].item() if isinstance(self[0], ndarray) else self[0]

    def astype(self, dtype):
        return self._map(dtype)

    def copy(self):
        return ndarray(self)

    def flatten(self):
        flat = []
        for item in self:
            flat += item.flatten() if isinstance(item, ndarray) else [item]
        return ndarray(flat)

    def sum(self):
        return sum(self)

    def prod(self):
        return prod(self)

    def mean(self):
        return mean(self)

    def max(self):
        return max(self.flatten())

    def min(self):
        return min(self.flatten())

    def __repr__(self):
        return f"array({self.tolist()!r})"


def array(items, dtype=None):
    if not isinstance(items, (list, tuple, range)):
        return items if dtype is None else dtype(items)
    made = ndarray(items)
    return made if dtype is None else made.astype(dtype)


asarray = array


def _each(function, x):
    if isinstance(x, (list, tuple)):
        return ndarray(x)._map(function)
    return function(x)


def _flat(a):
    return list(ndarray(a).flatten()) if isinstance(a, (list, tuple, range)) else [a]


def sqrt(x):
    return _each(math.sqrt, x)


def exp(x):
    return _each(math.exp, x)


def log(x):
    return _each(math.log, x)


def log2(x):
    return _each(math.log2, x)


def log10(x):
    return _each(math.log10, x)


def sin(x):
    return _each(math.sin, x)


def cos(x):
    return _each(math.cos, x)


def ceil(x):
    return _each(lambda v: float(math.ceil(v)), x)


def floor(x):
    return _each(lambda v: float(math.floor(v)), x)


def round(x, decimals=0):
    return _each(lambda v: _round(v, decimals), x)


def _round(value, decimals):
    scale = 10.0**decimals
    scaled = value * scale
    whole = math.floor(scaled)
    rest = scaled - whole
    if rest > 0.5 or (rest == 0.5 and whole % 2):
        whole += 1
    return whole / scale


def abs(x):
    return _each(lambda v: -v if v < 0 else v, x)


absolute = abs


def power(x, y):
    return _each(lambda v: v**y, x)


def clip(x, low, high):
    return _each(lambda v: low if v < low else high if v > high else v, x)


def prod(a):
    return math.prod(_flat(a))


def sum(a):
    total = 0
    for item in _flat(a):
        total += item
    return total


def mean(a):
    items = _flat(a)
    return sum(items) / len(items)


def cumsum(a):
    total = 0
    sums = []
    for item in _flat(a):
        total += item
        sums.append(total)
    return ndarray(sums)


def arange(start, stop=None, step=1, dtype=None):
    if stop is None:
        start, stop = 0, start
    count = math.ceil((stop - start) / step)
    made = ndarray([start + i * step for i in range(count)])
    return made if dtype is None else made.astype(dtype)


def linspace(start, stop, num=50, endpoint=True, dtype=None):
    gaps = num - 1 if endpoint else num
    step = (stop - start) / gaps if gaps > 0 else 0.0
    made = ndarray([start + i * step for i in range(num)])
    if endpoint and num > 1:
        made[num - 1] = float(stop)
    return made if dtype is None else made.astype(dtype)


def _filled(shape, value):
    if isinstance(shape, int):
        return ndarray([value] * shape)
    if len(shape) == 1:
        return ndarray([value] * shape[0])
    return ndarray([_filled(shape[1:], value) for _ in range(shape[0])])


def zeros(shape, dtype=float):
    return _filled(shape, dtype(0))


def ones(shape, dtype=float):
    return _filled(shape, dtype(1))


def full(shape, fill_value, dtype=None):
    return _filled(shape, fill_value if dtype is None else dtype(fill_value))


def concatenate(arrays):
    return ndarray([item for a in arrays for item in a])


def atleast_1d(a):
    return array(a) if isinstance(a, (list, tuple, range)) else ndarray([a])


def isscalar(element):
    return isinstance(element, (int, float, str))


def __getattr__(name):
    _library.not_supported(f"numpy.{name}", "plain Python or torch")
