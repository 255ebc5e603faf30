"""One process, alone."""

from .._refusal import refuse_attribute


def is_available():
    return False


def is_initialized():
    return False


def get_rank(group=None):
    return 0


def get_world_size(group=None):
    return 1


def barrier(*args, **kwargs):
    pass


def __getattr__(name):
    refuse_attribute("torch.distributed", name, "a served network runs in one process")
