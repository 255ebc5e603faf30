"""Parameters and buffers as values of their own."""

import _graft

from .._refusal import refuse

Parameter = _graft.Parameter


class Buffer:
    """A tensor that becomes a buffer of the module that it is assigned to."""

    def __init__(self, data=None, *, persistent=True):
        self.data = _graft.op("empty")((0,)) if data is None else data
        self.persistent = persistent


def is_lazy(value):
    return False


class UninitializedTensorMixin:
    def __init__(self, *args, **kwargs):
        refuse(
            f"torch.nn.{type(self).__name__}",
            "give the size; a network's shapes are known before its first call",
        )


class UninitializedParameter(UninitializedTensorMixin):
    pass


class UninitializedBuffer(UninitializedTensorMixin):
    pass
