"""Names of element types, layouts and memory formats."""

import _graft

_dtype = _graft.dtype

float32 = _dtype("float32")
float64 = _dtype("float64")
float16 = _dtype("float16")
bfloat16 = _dtype("bfloat16")
uint8 = _dtype("uint8")
int8 = _dtype("int8")
int16 = _dtype("int16")
int32 = _dtype("int32")
int64 = _dtype("int64")
uint16 = _dtype("uint16")
uint32 = _dtype("uint32")
uint64 = _dtype("uint64")
bool = _dtype("bool")
float8_e4m3fn = _dtype("float8_e4m3fn")
float8_e5m2 = _dtype("float8_e5m2")
float8_e4m3fnuz = _dtype("float8_e4m3fnuz")
float8_e5m2fnuz = _dtype("float8_e5m2fnuz")
qint8 = _dtype("qint8")
quint8 = _dtype("quint8")
qint32 = _dtype("qint32")
quint4x2 = _dtype("quint4x2")
quint2x4 = _dtype("quint2x4")
complex32 = _dtype("complex32")
complex64 = _dtype("complex64")
complex128 = _dtype("complex128")
float = float32
double = float64
half = float16
short = int16
int = int32
long = int64
chalf = complex32
cfloat = complex64
cdouble = complex128

dtype = type(float32)

strided = _graft.layout("strided")
layout = type(strided)

contiguous_format = _graft.memory_format("contiguous_format")
channels_last = _graft.memory_format("channels_last")
channels_last_3d = _graft.memory_format("channels_last_3d")
preserve_format = _graft.memory_format("preserve_format")
memory_format = type(contiguous_format)
