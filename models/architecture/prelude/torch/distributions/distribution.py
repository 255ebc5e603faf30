"""The base of distributions."""

import _graft

from .._refusal import refuse


def broadcast_all(*values):
    """Numbers and tensors, as tensors of one shape."""
    tensors = [value for value in values if _graft.is_tensor(value)]
    like = tensors[0] if tensors else _graft.tensor(0.0)
    made = [
        value if _graft.is_tensor(value) else like.new_full((), value) for value in values
    ]
    return _graft.op("broadcast_tensors")(made)


class Distribution:
    has_rsample = False
    has_enumerate_support = False
    arg_constraints = {}
    support = None

    def __init__(self, batch_shape=(), event_shape=(), validate_args=None):
        self._batch_shape = _graft.Size(batch_shape)
        self._event_shape = _graft.Size(event_shape)

    @staticmethod
    def set_default_validate_args(value):
        pass

    @property
    def batch_shape(self):
        return self._batch_shape

    @property
    def event_shape(self):
        return self._event_shape

    @property
    def stddev(self):
        return self.variance.sqrt()

    def _like(self):
        """A tensor as a sample is."""
        return self.mean

    def _drawn(self, sample_shape):
        """A sample, which nothing that forward returns may depend on."""
        like = self._like()
        like = like.expand(tuple(sample_shape) + tuple(like.shape))
        return _graft.refused_if_used(
            _graft.op("rand_like")(like),
            f"a sample of torch.distributions.{type(self).__name__}",
            "a served policy is deterministic: write its mean or mode",
        )

    def sample(self, sample_shape=()):
        return self._drawn(sample_shape)

    def rsample(self, sample_shape=()):
        return self._drawn(sample_shape)

    def sample_n(self, n):
        return self._drawn((n,))

    def expand(self, batch_shape, _instance=None):
        refuse(f"{type(self).__name__}.expand", "expand its arguments")

    def perplexity(self):
        return self.entropy().exp()
