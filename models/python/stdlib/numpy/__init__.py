"""numpy, as far as networks are built with it.

Elements are Python numbers, rounded or wrapped as their type would be; float32 and float16 are
computed in double and rounded once.
"""

import math

import _library

from . import _dtypes, linalg, random
from ._array import array, asarray, broadcast_shapes, ndarray
from ._dtypes import (
    byte,
    can_cast,
    cdouble,
    character,
    complex64,
    complex128,
    complexfloating,
    csingle,
    double,
    dtype,
    finfo,
    flexible,
    float16,
    float32,
    float64,
    floating,
    generic,
    half,
    iinfo,
    inexact,
    int8,
    int16,
    int32,
    int64,
    int_,
    intc,
    integer,
    intp,
    issubdtype,
    longdouble,
    longlong,
    number,
    object_,
    promote_types,
    short,
    signedinteger,
    single,
    str_,
    ubyte,
    uint,
    uint8,
    uint16,
    uint32,
    uint64,
    uintc,
    uintp,
    unsignedinteger,
    ushort,
)
from ._dtypes import bool_ as bool
from ._dtypes import bool_
from ._making import *
from ._products import *
from ._reductions import *
from ._arranging import *
from ._searching import *
from ._ufuncs import UFUNCS, result_type, ufunc

pi = math.pi
e = math.e
inf = math.inf
nan = math.nan
euler_gamma = 0.5772156649015329
newaxis = None
little_endian = True
__version__ = "2.4.0"
_NoValue = None
ScalarType = (int, float, type(True), str, int8, int16, int32, int64, uint8, float32, float64)


class errstate:
    """Nothing warns here."""

    def __init__(self, **kwargs):
        pass

    def __enter__(self):
        return self

    def __exit__(self, *exception):
        return False


def seterr(**kwargs):
    return {}


def set_printoptions(*args, **kwargs):
    pass


def __getattr__(name):
    found = UFUNCS.get(name)
    if found is not None:
        return found
    if name.startswith("__"):
        raise AttributeError(f"module 'numpy' has no attribute '{name}'")
    _library.not_supported(f"numpy.{name}", "plain Python or torch")
