"""random: what Python draws from the same seed. Without one, Python draws other numbers in each run,
so here they are any.
"""

import math

import _library
from _mersenne import MASK, Twister


class Random:
    def __init__(self, x=None):
        self._twister = Twister()
        self.seed(x)

    def seed(self, a=None, version=2):
        if not isinstance(a, (int, type(None))):
            _library.not_supported(f"random.seed of a {type(a).__name__}", "a whole number")
        number = 0 if a is None else -a if a < 0 else a
        self._twister.start_with([number & MASK] + ([number >> 32] if number >> 32 else []))
        self._kept = None

    def random(self):
        return self._twister.double()

    def getrandbits(self, k):
        if k > 62:
            _library.not_supported("random.getrandbits of more than 62 bits", "fewer bits")
        if k <= 32:
            return self._twister.word() >> (32 - k) if k else 0
        low = self._twister.word()
        return (self._twister.word() >> (64 - k)) << 32 | low

    def _below(self, n):
        bits = n.bit_length()
        value = self.getrandbits(bits)
        while value >= n:
            value = self.getrandbits(bits)
        return value

    def randrange(self, start, stop=None, step=1):
        options = range(start) if stop is None else range(start, stop, step)
        if not len(options):
            raise ValueError(f"empty range in randrange({start}, {stop})")
        return options[self._below(len(options))]

    def randint(self, a, b):
        return self.randrange(a, b + 1)

    def choice(self, seq):
        if not len(seq):
            raise IndexError("Cannot choose from an empty sequence")
        return seq[self._below(len(seq))]

    def choices(self, population, weights=None, *, cum_weights=None, k=1):
        count = len(population)
        if weights is None and cum_weights is None:
            return [population[math.floor(self.random() * count)] for _ in range(k)]
        sums = cum_weights
        if sums is None:
            sums, total = [], 0
            for weight in weights:
                total += weight
                sums.append(total)
        drawn = []
        for _ in range(k):
            place = self.random() * (sums[-1] + 0.0)
            drawn.append(population[min(len([s for s in sums if s <= place]), count - 1)])
        return drawn

    def shuffle(self, x):
        for i in reversed(range(1, len(x))):
            j = self._below(i + 1)
            x[i], x[j] = x[j], x[i]

    def sample(self, population, k):
        count = len(population)
        if not 0 <= k <= count:
            raise ValueError("Sample larger than population or is negative")
        # Python's two ways, by what takes less memory: they draw different numbers.
        fewest = 21
        if k > 5:
            fewest += 4 ** math.ceil(math.log(k * 3, 4))
        result = []
        if count <= fewest:
            pool = list(population)
            for i in range(k):
                j = self._below(count - i)
                result.append(pool[j])
                pool[j] = pool[count - i - 1]
            return result
        chosen = set()
        for _ in range(k):
            j = self._below(count)
            while j in chosen:
                j = self._below(count)
            chosen.add(j)
            result.append(population[j])
        return result

    def uniform(self, a, b):
        return a + (b - a) * self.random()

    def gauss(self, mu=0.0, sigma=1.0):
        kept, self._kept = self._kept, None
        if kept is None:
            angle = self.random() * 2.0 * math.pi
            radius = math.sqrt(-2.0 * math.log(1.0 - self.random()))
            kept = math.cos(angle) * radius
            self._kept = math.sin(angle) * radius
        return mu + kept * sigma

    def __getattr__(self, name):
        if name.startswith("__"):
            raise AttributeError(f"'Random' object has no attribute '{name}'")
        _library.not_supported(f"random.{name}", "random.uniform() or random.gauss()")


_state = Random()


def __getattr__(name):
    if name.startswith("__"):
        raise AttributeError(f"module 'random' has no attribute '{name}'")
    return getattr(_state, name)
