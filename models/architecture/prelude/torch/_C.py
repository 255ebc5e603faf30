"""What model sources ask of PyTorch's native module."""

import _graft

from . import _C_nn as _nn
from ._modes import _Nothing

TensorBase = _graft.Tensor


def _log_api_usage_once(name):
    pass


def _get_tracing_state():
    return None


def _is_tracing():
    return False


def _get_privateuse1_backend_name():
    return "privateuseone"


class DisableTorchFunctionSubclass(_Nothing):
    pass


class DisableTorchFunction(_Nothing):
    pass


def _jit_set_profiling_executor(on):
    return False


def _jit_set_profiling_mode(on):
    return False


def _jit_set_texpr_fuser_enabled(on):
    pass


def _jit_set_nvfuser_enabled(on):
    return False


def _jit_override_can_fuse_on_gpu(on):
    pass


def _jit_override_can_fuse_on_cpu(on):
    pass
