"""torch._C._nn: operators by their plain names."""

import _graft


def _parse_to(*args, device=None, dtype=None, non_blocking=False, copy=False, memory_format=None):
    """What the arguments of to() ask for: a device, a dtype, or a tensor's two."""
    for value in args:
        if _graft.is_tensor(value):
            device, dtype = value.device, value.dtype
        elif isinstance(value, type(_graft.dtype("float32"))):
            dtype = value
        elif isinstance(value, bool):
            non_blocking = value
        elif value is not None:
            device = _graft.device(value)
    return device, dtype, non_blocking, memory_format


def __getattr__(name):
    found = _graft.op(name)
    if found is None:
        raise AttributeError(f"module 'torch._C._nn' has no attribute '{name}'")
    return found
