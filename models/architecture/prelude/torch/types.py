"""Names for annotations."""

import _graft

Tensor = _graft.Tensor
Device = object
Number = (int, float, bool)
Storage = object
_int = int
_float = float
_bool = bool
_size = object
_dtype = type(_graft.dtype("float32"))
_device = object
_TensorOrTensors = object


class SymInt:
    """A class for isinstance: there are no instances."""


class SymFloat:
    """A class for isinstance: there are no instances."""


class SymBool:
    """A class for isinstance: there are no instances."""
