"""torch.backends.cudnn."""

from .._modes import _Nothing

enabled = False
benchmark = False
deterministic = False
allow_tf32 = False


def is_available():
    return False


def version():
    return None


class flags(_Nothing):
    pass
