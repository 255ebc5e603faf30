"""The Mersenne Twister that random and numpy.random draw from: Matsumoto and Nishimura's mt19937ar."""

_WORDS = 624
MASK = 0xFFFFFFFF


class Twister:
    def start(self, seed):
        """From one word, as init_genrand does."""
        word = seed & MASK
        self._words = [word]
        for i in range(1, _WORDS):
            word = (1812433253 * (word ^ (word >> 30)) + i) & MASK
            self._words.append(word)
        self._next = _WORDS

    def start_with(self, key):
        """From a list of words, as init_by_array does."""
        self.start(19650218)
        words = self._words
        i, j = 1, 0
        for _ in range(max(_WORDS, len(key))):
            before = words[i - 1] ^ (words[i - 1] >> 30)
            words[i] = ((words[i] ^ (before * 1664525 & MASK)) + key[j] + j) & MASK
            i += 1
            j = (j + 1) % len(key)
            if i == _WORDS:
                words[0] = words[-1]
                i = 1
        for _ in range(_WORDS - 1):
            before = words[i - 1] ^ (words[i - 1] >> 30)
            words[i] = ((words[i] ^ (before * 1566083941 & MASK)) - i) & MASK
            i += 1
            if i == _WORDS:
                words[0] = words[-1]
                i = 1
        words[0] = 0x80000000

    def _generate(self):
        words = self._words
        for i in range(_WORDS):
            y = (words[i] & 0x80000000) | (words[(i + 1) % _WORDS] & 0x7FFFFFFF)
            words[i] = words[(i + 397) % _WORDS] ^ (y >> 1) ^ (0x9908B0DF if y & 1 else 0)
        self._next = 0

    def word(self):
        if self._next == _WORDS:
            self._generate()
        y = self._words[self._next]
        self._next += 1
        y ^= y >> 11
        y ^= (y << 7) & 0x9D2C5680
        y ^= (y << 15) & 0xEFC60000
        return y ^ (y >> 18)

    def double(self):
        high, low = self.word() >> 5, self.word() >> 6
        return (high * 67108864.0 + low) / 9007199254740992.0
