"""Operators with gradients of their own run forward; everything backward is left out."""

from .._modes import (
    detect_anomaly,
    enable_grad,
    inference_mode,
    no_grad,
    set_detect_anomaly,
    set_grad_enabled,
)
from .._refusal import refusing
from . import function, profiler
from .function import Function

_INSTEAD = "a served network has no gradients"
grad = refusing("torch.autograd.grad", _INSTEAD)
backward = refusing("torch.autograd.backward", _INSTEAD)


def Variable(data, requires_grad=False, volatile=False):
    return data
