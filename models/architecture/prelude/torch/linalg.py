"""torch.linalg: operators by their names with `linalg_` before them."""

import _graft


def __getattr__(name):
    found = _graft.op("linalg_" + name)
    if found is None:
        raise AttributeError(f"module 'torch.linalg' has no attribute '{name}'")
    return found
