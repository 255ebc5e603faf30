"""Seeds. Initial values are drawn from one generator, the same in each run."""

import _graft

from ._modes import _Nothing

_DEFAULT_SEED = 0


class Generator:
    """A generator of its own is not kept apart: every draw comes from the one of the evaluation."""

    def __init__(self, device="cpu"):
        self.device = device

    def manual_seed(self, seed):
        _graft.manual_seed(seed)
        return self

    def seed(self):
        return _DEFAULT_SEED

    def initial_seed(self):
        return _DEFAULT_SEED


class fork_rng(_Nothing):
    pass


default_generator = Generator()


def manual_seed(seed):
    _graft.manual_seed(seed)
    return default_generator


def seed():
    return _DEFAULT_SEED


def initial_seed():
    return _DEFAULT_SEED


def get_rng_state():
    return None


def set_rng_state(new_state):
    pass
