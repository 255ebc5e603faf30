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

    def _refuse_to_draw(self):
        refuse(
            f"a sample of torch.distributions.{type(self).__name__}",
            "a served policy is deterministic: write its mean or mode",
        )

    def sample(self, sample_shape=()):
        self._refuse_to_draw()

    def rsample(self, sample_shape=()):
        self._refuse_to_draw()

    def sample_n(self, n):
        self._refuse_to_draw()

    def expand(self, batch_shape, _instance=None):
        refuse(f"{type(self).__name__}.expand", "expand its arguments")

    def perplexity(self):
        return self.entropy().exp()
