"""torch._VF: operators by their plain names."""

import _graft


def __getattr__(name):
    found = _graft.op(name)
    if found is None:
        raise AttributeError(f"module 'torch._VF' has no attribute '{name}'")
    return found
