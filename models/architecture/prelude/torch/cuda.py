"""torch.cuda, while a network is built: there is no such device. The host places it later."""

from . import amp
from ._modes import _Nothing


def is_available():
    return False


def is_initialized():
    return False


def is_bf16_supported(including_emulation=True):
    return False


def is_current_stream_capturing():
    return False


def device_count():
    return 0


def current_device():
    raise RuntimeError("No CUDA GPUs are available")


def get_device_capability(device=None):
    return (0, 0)


def get_device_name(device=None):
    return ""


def empty_cache():
    pass


def synchronize(device=None):
    pass


def set_device(device):
    pass


def manual_seed(seed):
    pass


def manual_seed_all(seed):
    pass


class device(_Nothing):
    pass


class stream(_Nothing):
    pass


class Stream(_Nothing):
    pass
