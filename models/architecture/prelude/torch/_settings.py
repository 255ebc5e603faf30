"""Settings of a whole process: the host's, so a network's wishes about them change nothing."""

import _graft

from ._refusal import refuse

_float32 = _graft.dtype("float32")


def get_default_dtype():
    return _float32


def set_default_dtype(d):
    if d != _float32:
        refuse(f"torch.set_default_dtype({d})", 'give the manifest\'s "precision"')


def set_default_tensor_type(t):
    pass


def get_default_device():
    return _graft.device("cpu")


def set_default_device(device):
    pass


def get_autocast_dtype(device_type):
    return _graft.dtype("bfloat16" if device_type == "cpu" else "float16")


def get_autocast_gpu_dtype():
    return _graft.dtype("float16")


def get_autocast_cpu_dtype():
    return _graft.dtype("bfloat16")


def get_num_threads():
    return 1


def set_num_threads(n):
    pass


def get_num_interop_threads():
    return 1


def set_num_interop_threads(n):
    pass


def use_deterministic_algorithms(mode, *, warn_only=False):
    pass


def are_deterministic_algorithms_enabled():
    return True


def get_float32_matmul_precision():
    return "highest"


def set_float32_matmul_precision(precision):
    pass


def set_printoptions(*args, **kwargs):
    pass


def set_flush_denormal(mode):
    return False


def set_warn_always(b):
    pass
