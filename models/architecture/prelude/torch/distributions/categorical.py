"""One of several classes."""

from .distribution import Distribution


class Categorical(Distribution):
    has_enumerate_support = True

    def __init__(self, probs=None, logits=None, validate_args=None):
        if (probs is None) == (logits is None):
            raise ValueError("Either `probs` or `logits` must be specified, but not both.")
        self._given_probs = None
        self._logits = None
        if probs is not None:
            self._given_probs = probs / probs.sum(-1, keepdim=True)
            shape = probs.shape
        else:
            self._logits = logits - logits.logsumexp(-1, keepdim=True)
            shape = logits.shape
        self._num_events = shape[-1]
        super().__init__(shape[:-1])

    @property
    def logits(self):
        if self._logits is None:
            eps = 1.1920928955078125e-07  # of float32, what keeps the logarithm finite
            self._logits = self._given_probs.clamp(eps, 1 - eps).log()
        return self._logits

    @property
    def probs(self):
        return self._logits.softmax(-1) if self._given_probs is None else self._given_probs

    @property
    def param_shape(self):
        return self.probs.shape

    @property
    def mode(self):
        return self.probs.argmax(-1)

    @property
    def mean(self):
        return self.probs.new_full(self._batch_shape, float("nan"))

    @property
    def variance(self):
        return self.probs.new_full(self._batch_shape, float("nan"))

    def _like(self):
        return self.logits[..., 0]

    def _drawn(self, sample_shape):
        return super()._drawn(sample_shape).long()

    def log_prob(self, value):
        return self.logits.gather(-1, value.long().unsqueeze(-1)).squeeze(-1)

    def entropy(self):
        return -(self.logits * self.probs).sum(-1)
