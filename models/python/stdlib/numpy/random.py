"""numpy.random: RandomState and the module's functions draw what numpy's draw from the same seed.

What a Generator without a seed draws is another number in each run of Python, so here it is any;
one with a seed is left out.
"""

import math

import _library
from _mersenne import MASK, Twister

from . import _dtypes
from ._array import array, as_shape, asarray, broadcast_shapes, made
from ._making import arange
from ._reductions import cumsum
from ._searching import searchsorted

def _numbers(value):
    return value if isinstance(value, (int, float)) else asarray(value)


class _Parts:
    """Numbers below 2**bits, several of them out of each word."""

    def __init__(self, word, bits):
        self._draw, self._bits = word, bits
        self._word, self._left = 0, 0

    def below(self, most):
        """Of 0 to `most`, with both."""
        if most == 0:
            return 0
        mask = 1
        while mask < most:
            mask = mask * 2 + 1
        while True:
            if self._left == 0:
                self._word, self._left = self._draw(), 32 // self._bits
            value = self._word & mask
            self._word >>= self._bits
            self._left -= 1
            if value <= most:
                return value


class RandomState:
    """numpy's legacy draws."""

    def __init__(self, seed=None):
        self._twister = Twister()
        self.seed(seed)

    def seed(self, seed=None):
        word = int(0 if seed is None else seed)
        if word < 0 or word > MASK:
            raise ValueError("Seed must be between 0 and 2**32 - 1")
        self._twister.start(word)
        self._kept = None

    def _word(self):
        return self._twister.word()

    def _double(self):
        high, low = self._word() >> 5, self._word() >> 6
        return (high * 67108864.0 + low) / 9007199254740992.0

    def _gauss(self):
        if self._kept is not None:
            kept, self._kept = self._kept, None
            return kept
        square = 0.0
        while square >= 1.0 or square == 0.0:
            x, y = 2.0 * self._double() - 1.0, 2.0 * self._double() - 1.0
            square = x * x + y * y
        factor = math.sqrt(-2.0 * math.log(square) / square)
        self._kept = factor * x
        return factor * y

    def _below(self, most):
        """Of 0 to `most`, with both."""
        if most > MASK:
            _library.not_supported("a random integer of more than 32 bits", "a smaller range")
        if most == 0:
            return 0
        mask = 1
        while mask < most:
            mask = mask * 2 + 1
        value = self._word() & mask
        while value > most:
            value = self._word() & mask
        return value

    def _drawn(self, draw, size, kind="float64"):
        if size is None:
            return draw()
        kind = _dtypes.dtype(kind)
        shape = as_shape(size)
        return made([kind._cast(draw()) for _ in range(math.prod(shape))], shape, kind)

    def random_sample(self, size=None):
        return self._drawn(self._double, size)

    random = ranf = sample = random_sample

    def rand(self, *args):
        return self.random_sample(args if args else None)

    def randn(self, *args):
        return self.standard_normal(args if args else None)

    def standard_normal(self, size=None):
        return self._drawn(self._gauss, size)

    def standard_exponential(self, size=None):
        return self._drawn(lambda: -math.log(1.0 - self._double()), size)

    def exponential(self, scale=1.0, size=None):
        return scale * self.standard_exponential(size)

    def _broadcast(self, a, b, size):
        """Of a draw between or around arrays: their shape."""
        if size is None and not (isinstance(a, (int, float)) and isinstance(b, (int, float))):
            return broadcast_shapes(asarray(a).shape, asarray(b).shape)
        return size

    def uniform(self, low=0.0, high=1.0, size=None):
        drawn = self.random_sample(self._broadcast(low, high, size))
        return _numbers(low) + (_numbers(high) - _numbers(low)) * drawn

    def normal(self, loc=0.0, scale=1.0, size=None):
        drawn = self.standard_normal(self._broadcast(loc, scale, size))
        return _numbers(loc) + _numbers(scale) * drawn

    def randint(self, low, high=None, size=None, dtype=int):
        if high is None:
            low, high = 0, low
        if low >= high:
            raise ValueError("low >= high")
        most = high - 1 - low
        kind = _dtypes.dtype(dtype)
        bits = 1 if kind.kind == "b" else kind.itemsize * 8
        below = self._below if bits >= 32 else _Parts(self._word, bits).below
        return self._drawn(lambda: low + below(most), size, kind)

    def random_integers(self, low, high=None, size=None):
        low, high = (1, low) if high is None else (low, high)
        return self.randint(low, high + 1, size)

    def shuffle(self, x):
        for i in range(len(x) - 1, 0, -1):
            j = self._below(i)
            kept = array(x[i])[()] if hasattr(x, "dtype") else x[i]
            x[i] = x[j]
            x[j] = kept

    def permutation(self, x):
        mixed = arange(x) if isinstance(x, int) else array(x)
        if mixed.ndim == 1:
            self.shuffle(mixed)
            return mixed
        places = arange(len(mixed))
        self.shuffle(places)
        return mixed[places]

    def choice(self, a, size=None, replace=True, p=None):
        options = arange(a) if isinstance(a, int) else asarray(a)
        if p is not None:
            if not replace:
                _library.not_supported("numpy.random.choice with p and without replacement")
            sums = cumsum(asarray(p, float))
            places = searchsorted(sums / sums[-1], self.random_sample(size), "right")
            places = int(places) if size is None else places
        elif replace:
            places = self.randint(0, len(options), size)
        else:
            shape = () if size is None else as_shape(size)
            places = self.permutation(len(options))[:math.prod(shape)].reshape(shape)
        return places if isinstance(a, int) else options[places]

    def __getattr__(self, name):
        if name.startswith("__"):
            raise AttributeError(f"'RandomState' object has no attribute '{name}'")
        _library.not_supported(f"numpy.random.RandomState.{name}", "uniform() or normal()")


class SeedSequence:
    def __init__(self, entropy=None, **kwargs):
        self.entropy = entropy


class BitGenerator:
    def __init__(self, seed=None):
        self._entropy = seed.entropy if isinstance(seed, SeedSequence) else seed


class PCG64(BitGenerator):
    pass


class Generator(RandomState):
    def __init__(self, bit_generator):
        super().__init__()
        self.bit_generator = bit_generator

    def _word(self):
        if self.bit_generator._entropy is not None:
            _library.not_supported(
                "what a seeded numpy.random.Generator draws", "numpy.random.RandomState"
            )
        return super()._word()

    def integers(self, low, high=None, size=None, dtype="int64", endpoint=False):
        low, high = (0, low) if high is None else (low, high)
        return self.randint(low, high + 1 if endpoint else high, size, dtype)


def default_rng(seed=None):
    return seed if isinstance(seed, Generator) else Generator(PCG64(seed))


_state = RandomState()


def __getattr__(name):
    if name.startswith("__"):
        raise AttributeError(f"module 'numpy.random' has no attribute '{name}'")
    return getattr(_state, name)
