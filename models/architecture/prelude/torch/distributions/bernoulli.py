"""Yes or no."""

from .distribution import Distribution, broadcast_all


class Bernoulli(Distribution):
    has_enumerate_support = True

    def __init__(self, probs=None, logits=None, validate_args=None):
        if (probs is None) == (logits is None):
            raise ValueError("Either `probs` or `logits` must be specified, but not both.")
        self._given_probs = None
        self._logits = None
        if probs is not None:
            (self._given_probs,) = broadcast_all(probs)
            shape = self._given_probs.shape
        else:
            (self._logits,) = broadcast_all(logits)
            shape = self._logits.shape
        super().__init__(shape)

    @property
    def logits(self):
        if self._logits is None:
            eps = 1.1920928955078125e-07  # of float32, what keeps the logarithm finite
            probs = self._given_probs.clamp(eps, 1 - eps)
            self._logits = probs.log() - (-probs).log1p()
        return self._logits

    @property
    def probs(self):
        return self._logits.sigmoid() if self._given_probs is None else self._given_probs

    @property
    def mean(self):
        return self.probs

    @property
    def mode(self):
        probs = self.probs
        mode = (probs >= 0.5).to(probs.dtype)
        return mode.masked_fill(probs == 0.5, float("nan"))

    @property
    def variance(self):
        return self.probs * (1 - self.probs)

    def log_prob(self, value):
        logits = self.logits
        # The negative of binary cross entropy, in the form that does not overflow.
        return logits * value - logits.clamp(min=0) - (-logits.abs()).exp().log1p()

    def entropy(self):
        return -self.log_prob(self.probs)
