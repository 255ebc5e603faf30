"""torch.special: operators by their names with `special_` before them."""

import _graft


def __getattr__(name):
    found = _graft.op("special_" + name)
    if found is None:
        raise AttributeError(f"module 'torch.special' has no attribute '{name}'")
    return found
