"""Tensors from Python values."""

import _graft

from ._refusal import refuse, refusing

Tensor = _graft.Tensor


def is_tensor(obj):
    return _graft.is_tensor(obj)


def tensor(data, *, dtype=None, device=None, requires_grad=False, pin_memory=False):
    if _graft.is_tensor(data):
        copy = data.detach().clone()
        return copy if dtype is None else copy.to(dtype)
    return _graft.tensor(data, dtype, device)


def as_tensor(data, dtype=None, device=None):
    if _graft.is_tensor(data):
        return data if dtype is None else data.to(dtype)
    return _graft.tensor(data, dtype, device)


def asarray(obj, *, dtype=None, device=None, copy=None, requires_grad=False):
    return as_tensor(obj, dtype, device)


def scalar_tensor(s, *, dtype=None, device=None, requires_grad=False):
    return _graft.tensor(s, _graft.dtype("float32") if dtype is None else dtype, device)


def from_numpy(ndarray):
    return _graft.tensor(ndarray)


frombuffer = refusing("torch.frombuffer", "write torch.tensor with lists")
from_dlpack = refusing("torch.from_dlpack", "write torch.tensor with lists")


def _of_type(name):
    """The constructor of old: sizes, or values."""
    dtype = _graft.dtype(name)

    def make(*args):
        if len(args) == 1 and _graft.is_tensor(args[0]):
            return args[0].to(dtype)
        if len(args) == 1 and not isinstance(args[0], int):  # a list, an array of numpy
            return _graft.tensor(args[0], dtype)
        return _graft.op("empty")(args if args else (0,), dtype=dtype)

    return make


FloatTensor = _of_type("float32")
DoubleTensor = _of_type("float64")
HalfTensor = _of_type("float16")
BFloat16Tensor = _of_type("bfloat16")
ByteTensor = _of_type("uint8")
CharTensor = _of_type("int8")
ShortTensor = _of_type("int16")
IntTensor = _of_type("int32")
LongTensor = _of_type("int64")
BoolTensor = _of_type("bool")

_NO_FILES = "give the file as the manifest's source; networks reach no files"


def load(*args, **kwargs):
    refuse("torch.load", _NO_FILES)


def save(*args, **kwargs):
    refuse("torch.save", _NO_FILES)
