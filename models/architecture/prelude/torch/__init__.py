"""torch, as model sources see it: Python over the operators of aten.

What is not named here is looked for among the operators.
"""

import math

import _graft

from . import (
    _C,
    _dynamo,
    _jit_internal,
    _VF,
    amp,
    ao,
    autograd,
    backends,
    compiler,
    cpu,
    cuda,
    distributed,
    distributions,
    export,
    fft,
    func,
    functional,
    fx,
    hub,
    jit,
    library,
    linalg,
    mps,
    nn,
    onnx,
    ops,
    optim,
    overrides,
    profiler,
    quantization,
    random,
    serialization,
    special,
    types,
    utils,
    version,
    xpu,
)
from ._checks import (
    _assert,
    _check,
    _check_index,
    _check_is_size,
    _check_type,
    _check_value,
    sym_float,
    sym_int,
    sym_max,
    sym_min,
    sym_not,
    typename,
)
from ._dtypes import (
    bfloat16,
    bool,
    cdouble,
    cfloat,
    chalf,
    channels_last,
    channels_last_3d,
    complex128,
    complex32,
    complex64,
    contiguous_format,
    double,
    dtype,
    float,
    float16,
    float32,
    float64,
    float8_e4m3fn,
    float8_e4m3fnuz,
    float8_e5m2,
    float8_e5m2fnuz,
    half,
    int,
    int16,
    int32,
    int64,
    int8,
    layout,
    long,
    memory_format,
    preserve_format,
    qint32,
    qint8,
    quint2x4,
    quint4x2,
    quint8,
    short,
    strided,
    uint16,
    uint32,
    uint64,
    uint8,
)
from ._making import (
    BFloat16Tensor,
    BoolTensor,
    ByteTensor,
    CharTensor,
    DoubleTensor,
    FloatTensor,
    HalfTensor,
    IntTensor,
    LongTensor,
    ShortTensor,
    Tensor,
    as_tensor,
    asarray,
    from_dlpack,
    from_numpy,
    frombuffer,
    is_tensor,
    load,
    save,
    scalar_tensor,
    tensor,
)
from ._modes import (
    autocast,
    enable_grad,
    inference_mode,
    is_autocast_cache_enabled,
    is_autocast_cpu_enabled,
    is_autocast_enabled,
    is_grad_enabled,
    is_inference_mode_enabled,
    no_grad,
    set_grad_enabled,
)
from ._settings import (
    are_deterministic_algorithms_enabled,
    get_autocast_cpu_dtype,
    get_autocast_dtype,
    get_autocast_gpu_dtype,
    get_default_device,
    get_default_dtype,
    get_float32_matmul_precision,
    get_num_interop_threads,
    get_num_threads,
    set_default_device,
    set_default_dtype,
    set_default_tensor_type,
    set_float32_matmul_precision,
    set_flush_denormal,
    set_num_interop_threads,
    set_num_threads,
    set_printoptions,
    set_warn_always,
    use_deterministic_algorithms,
)
from .compiler import compile
from .func import vmap
from .functional import (
    atleast_1d,
    atleast_2d,
    atleast_3d,
    block_diag,
    broadcast_shapes,
    broadcast_tensors,
    cartesian_prod,
    cdist,
    chain_matmul,
    einsum,
    istft,
    lobpcg,
    meshgrid,
    norm,
    pca_lowrank,
    split,
    stft,
    svd_lowrank,
    tensordot,
    unique,
    unique_consecutive,
    unravel_index,
)
from .random import (
    Generator,
    default_generator,
    get_rng_state,
    initial_seed,
    manual_seed,
    seed,
    set_rng_state,
)
from .types import SymBool, SymFloat, SymInt
from .version import __version__

Size = _graft.Size
device = _graft.device
finfo = _graft.finfo
iinfo = _graft.iinfo

inf = math.inf
nan = math.nan
pi = math.pi
e = math.e
newaxis = None


def __getattr__(name):
    found = _graft.op(name)
    if found is None:
        raise AttributeError(f"module 'torch' has no attribute '{name}'")
    return found
