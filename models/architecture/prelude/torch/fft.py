"""torch.fft: operators by their names with `fft_` before them."""

import _graft


def __getattr__(name):
    found = _graft.op("fft_" + name)
    if found is None:
        raise AttributeError(f"module 'torch.fft' has no attribute '{name}'")
    return found
