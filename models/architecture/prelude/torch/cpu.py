"""torch.cpu: the device that a network is built on."""

from . import amp
from ._modes import _Nothing


def is_available():
    return True


def is_initialized():
    return True


def device_count():
    return 1


def current_device():
    return "cpu"


def set_device(device):
    pass


def synchronize(device=None):
    pass


class Stream(_Nothing):
    pass


class stream(_Nothing):
    pass


def current_stream(device=None):
    return Stream()
