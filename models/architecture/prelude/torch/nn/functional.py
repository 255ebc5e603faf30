"""torch.nn.functional: layers as functions, over aten's operators."""

import math

import _graft

from .._refusal import refuse, refusing
from ._attention import (
    _in_projection,
    _in_projection_packed,
    _mha_shape_check,
    multi_head_attention_forward,
)
from ._losses import (
    binary_cross_entropy,
    binary_cross_entropy_with_logits,
    cosine_embedding_loss,
    cross_entropy,
    ctc_loss,
    gaussian_nll_loss,
    hinge_embedding_loss,
    huber_loss,
    kl_div,
    l1_loss,
    margin_ranking_loss,
    mse_loss,
    multi_margin_loss,
    multilabel_margin_loss,
    multilabel_soft_margin_loss,
    nll_loss,
    poisson_nll_loss,
    smooth_l1_loss,
    soft_margin_loss,
    triplet_margin_loss,
    triplet_margin_with_distance_loss,
)
from ._masks import _canonical_mask, _none_or_dtype
from ._sizes import _list_with_default, _pair, _single, _triple
from ._resampling import affine_grid, grid_sample, interpolate, upsample
from ._resampling import upsample_bilinear, upsample_nearest

_op = _graft.op

# --- Linear maps and convolutions -----------------------------------------------------------------

linear = _op("linear")
bilinear = _op("bilinear")
conv1d = _op("conv1d")
conv2d = _op("conv2d")
conv3d = _op("conv3d")
conv_transpose1d = _op("conv_transpose1d")
conv_transpose2d = _op("conv_transpose2d")
conv_transpose3d = _op("conv_transpose3d")
conv_tbc = _op("conv_tbc")


def unfold(input, kernel_size, dilation=1, padding=0, stride=1):
    return _op("im2col")(
        input, _pair(kernel_size), _pair(dilation), _pair(padding), _pair(stride)
    )


def fold(input, output_size, kernel_size, dilation=1, padding=0, stride=1):
    return _op("col2im")(
        input,
        _pair(output_size),
        _pair(kernel_size),
        _pair(dilation),
        _pair(padding),
        _pair(stride),
    )


# --- Activations ----------------------------------------------------------------------------------

relu_ = _op("relu_")
elu_ = _op("elu_")
celu_ = _op("celu_")
selu_ = _op("selu_")
hardtanh_ = _op("hardtanh_")
leaky_relu_ = _op("leaky_relu_")
threshold_ = _op("threshold_")
gelu = _op("gelu")
hardshrink = _op("hardshrink")
logsigmoid = _op("log_sigmoid")
prelu = _op("prelu")
softplus = _op("softplus")
softshrink = _op("softshrink")


def threshold(input, threshold, value, inplace=False):
    return _op("threshold_" if inplace else "threshold")(input, threshold, value)


_threshold = threshold


def relu(input, inplace=False):
    return _op("relu_" if inplace else "relu")(input)


def relu6(input, inplace=False):
    return _op("relu6_" if inplace else "relu6")(input)


def hardtanh(input, min_val=-1.0, max_val=1.0, inplace=False):
    return _op("hardtanh_" if inplace else "hardtanh")(input, min_val, max_val)


def hardsigmoid(input, inplace=False):
    return _op("hardsigmoid_" if inplace else "hardsigmoid")(input)


def hardswish(input, inplace=False):
    return _op("hardswish_" if inplace else "hardswish")(input)


def silu(input, inplace=False):
    return _op("silu_" if inplace else "silu")(input)


def mish(input, inplace=False):
    return _op("mish_" if inplace else "mish")(input)


def elu(input, alpha=1.0, inplace=False):
    return _op("elu_" if inplace else "elu")(input, alpha)


def selu(input, inplace=False):
    return _op("selu_" if inplace else "selu")(input)


def celu(input, alpha=1.0, inplace=False):
    return _op("celu_" if inplace else "celu")(input, alpha)


def leaky_relu(input, negative_slope=0.01, inplace=False):
    return _op("leaky_relu_" if inplace else "leaky_relu")(input, negative_slope)


def rrelu(input, lower=1.0 / 8, upper=1.0 / 3, training=False, inplace=False):
    return _op("rrelu_" if inplace else "rrelu")(input, lower, upper, training)


def rrelu_(input, lower=1.0 / 8, upper=1.0 / 3, training=False):
    return rrelu(input, lower, upper, training, inplace=True)


def glu(input, dim=-1):
    if input.dim() == 0:
        raise RuntimeError("glu does not support scalars because halving size must be even")
    return _op("glu")(input, dim)


def sigmoid(input):
    return input.sigmoid()


def tanh(input):
    return input.tanh()


def tanhshrink(input):
    return input - input.tanh()


def softsign(input):
    return input / (input.abs() + 1)


def _get_softmax_dim(name, ndim, stacklevel):
    return 0 if ndim in (0, 1, 3) else 1


def softmax(input, dim=None, _stacklevel=3, dtype=None):
    if dim is None:
        dim = _get_softmax_dim("softmax", input.dim(), _stacklevel)
    return _op("softmax")(input, dim, dtype)


def softmin(input, dim=None, _stacklevel=3, dtype=None):
    return softmax(-input, dim, _stacklevel, dtype)


def log_softmax(input, dim=None, _stacklevel=3, dtype=None):
    if dim is None:
        dim = _get_softmax_dim("log_softmax", input.dim(), _stacklevel)
    return _op("log_softmax")(input, dim, dtype)


gumbel_softmax = refusing(
    "torch.nn.functional.gumbel_softmax", "it draws random numbers; write softmax or argmax"
)

# --- Dropout --------------------------------------------------------------------------------------


def _drop(name, input, p, training, inplace):
    if p < 0.0 or p > 1.0:
        raise ValueError(f"dropout probability has to be between 0 and 1, but got {p}")
    if not training:
        return input
    return _op(name + "_" if inplace else name)(input, p, training)


def dropout(input, p=0.5, training=True, inplace=False):
    return _drop("dropout", input, p, training, inplace)


def alpha_dropout(input, p=0.5, training=False, inplace=False):
    return _drop("alpha_dropout", input, p, training, inplace)


def feature_alpha_dropout(input, p=0.5, training=False, inplace=False):
    return _drop("feature_alpha_dropout", input, p, training, inplace)


def dropout1d(input, p=0.5, training=True, inplace=False):
    if input.dim() == 2:  # one sample
        return _drop("feature_dropout", input.unsqueeze(0), p, training, inplace).squeeze(0)
    return _drop("feature_dropout", input, p, training, inplace)


def dropout2d(input, p=0.5, training=True, inplace=False):
    return _drop("feature_dropout", input, p, training, inplace)


def dropout3d(input, p=0.5, training=True, inplace=False):
    if input.dim() == 4:  # one sample
        return _drop("feature_dropout", input.unsqueeze(0), p, training, inplace).squeeze(0)
    return _drop("feature_dropout", input, p, training, inplace)


# --- Normalisation --------------------------------------------------------------------------------


def batch_norm(
    input,
    running_mean,
    running_var,
    weight=None,
    bias=None,
    training=False,
    momentum=0.1,
    eps=1e-05,
):
    return _op("batch_norm")(
        input, weight, bias, running_mean, running_var, training, momentum, eps, True
    )


def instance_norm(
    input,
    running_mean=None,
    running_var=None,
    weight=None,
    bias=None,
    use_input_stats=True,
    momentum=0.1,
    eps=1e-05,
):
    return _op("instance_norm")(
        input, weight, bias, running_mean, running_var, use_input_stats, momentum, eps, True
    )


def layer_norm(input, normalized_shape, weight=None, bias=None, eps=1e-05):
    return _op("layer_norm")(input, normalized_shape, weight, bias, eps)


def rms_norm(input, normalized_shape, weight=None, eps=None):
    return _op("rms_norm")(input, normalized_shape, weight, eps)


def group_norm(input, num_groups, weight=None, bias=None, eps=1e-05):
    return _op("group_norm")(input, num_groups, weight, bias, eps)


def local_response_norm(input, size, alpha=0.0001, beta=0.75, k=1.0):
    if input.dim() < 3:
        raise ValueError(
            f"Expected 3D or higher dimensionality input (got {input.dim()} dimensions)"
        )
    # The mean of the squares over a window of channels, zeros beyond the ends counted in.
    widths = [0, 0] * (input.dim() - 2) + [size // 2, (size - 1) // 2]
    squares = _op("pad")(input * input, widths)
    means = squares.unfold(1, size, 1).mean(-1)
    return input / (means * alpha + k).pow(beta)


def normalize(input, p=2.0, dim=1, eps=1e-12, out=None):
    if out is not None:
        refuse("out=", "use the result")
    dims = list(dim) if isinstance(dim, (tuple, list)) else [dim]
    length = _op("linalg_vector_norm")(input, p, dims, True)
    return input / length.clamp_min(eps).expand_as(input)


# --- Pooling --------------------------------------------------------------------------------------

avg_pool1d = _op("avg_pool1d")
avg_pool2d = _op("avg_pool2d")
avg_pool3d = _op("avg_pool3d")
adaptive_avg_pool1d = _op("adaptive_avg_pool1d")


def _step(stride):
    return [] if stride is None else stride


def max_pool1d(
    input, kernel_size, stride=None, padding=0, dilation=1, ceil_mode=False, return_indices=False
):
    name = "max_pool1d_with_indices" if return_indices else "max_pool1d"
    return _op(name)(input, kernel_size, _step(stride), padding, dilation, ceil_mode)


def max_pool2d(
    input, kernel_size, stride=None, padding=0, dilation=1, ceil_mode=False, return_indices=False
):
    name = "max_pool2d_with_indices" if return_indices else "max_pool2d"
    return _op(name)(input, kernel_size, _step(stride), padding, dilation, ceil_mode)


def max_pool3d(
    input, kernel_size, stride=None, padding=0, dilation=1, ceil_mode=False, return_indices=False
):
    name = "max_pool3d_with_indices" if return_indices else "max_pool3d"
    return _op(name)(input, kernel_size, _step(stride), padding, dilation, ceil_mode)


def max_pool1d_with_indices(
    input, kernel_size, stride=None, padding=0, dilation=1, ceil_mode=False, return_indices=False
):
    return max_pool1d(input, kernel_size, stride, padding, dilation, ceil_mode, True)


def max_pool2d_with_indices(
    input, kernel_size, stride=None, padding=0, dilation=1, ceil_mode=False, return_indices=False
):
    return max_pool2d(input, kernel_size, stride, padding, dilation, ceil_mode, True)


def max_pool3d_with_indices(
    input, kernel_size, stride=None, padding=0, dilation=1, ceil_mode=False, return_indices=False
):
    return max_pool3d(input, kernel_size, stride, padding, dilation, ceil_mode, True)


def adaptive_avg_pool2d(input, output_size):
    return _op("adaptive_avg_pool2d")(input, _list_with_default(_pair(output_size), input.shape))


def adaptive_avg_pool3d(input, output_size):
    return _op("adaptive_avg_pool3d")(input, _list_with_default(_triple(output_size), input.shape))


def adaptive_max_pool1d(input, output_size, return_indices=False):
    result = _op("adaptive_max_pool1d")(input, _single(output_size))
    return result if return_indices else result[0]


def adaptive_max_pool2d(input, output_size, return_indices=False):
    sizes = _list_with_default(_pair(output_size), input.shape)
    result = _op("adaptive_max_pool2d")(input, sizes)
    return result if return_indices else result[0]


def adaptive_max_pool3d(input, output_size, return_indices=False):
    sizes = _list_with_default(_triple(output_size), input.shape)
    result = _op("adaptive_max_pool3d")(input, sizes)
    return result if return_indices else result[0]


def adaptive_max_pool1d_with_indices(input, output_size, return_indices=False):
    return adaptive_max_pool1d(input, output_size, True)


def adaptive_max_pool2d_with_indices(input, output_size, return_indices=False):
    return adaptive_max_pool2d(input, output_size, True)


def adaptive_max_pool3d_with_indices(input, output_size, return_indices=False):
    return adaptive_max_pool3d(input, output_size, True)


def _lp_pool(average, sizes, input, norm_type, kernel_size, stride, ceil_mode):
    kernel_size = sizes(kernel_size)
    count = 1
    for size in kernel_size:
        count *= size
    means = average(input.pow(norm_type), kernel_size, _step(stride), 0, ceil_mode)
    return (means.sign() * means.abs().relu() * count).pow(1.0 / norm_type)


def lp_pool1d(input, norm_type, kernel_size, stride=None, ceil_mode=False):
    return _lp_pool(avg_pool1d, _single, input, norm_type, kernel_size, stride, ceil_mode)


def lp_pool2d(input, norm_type, kernel_size, stride=None, ceil_mode=False):
    return _lp_pool(avg_pool2d, _pair, input, norm_type, kernel_size, stride, ceil_mode)


def lp_pool3d(input, norm_type, kernel_size, stride=None, ceil_mode=False):
    return _lp_pool(avg_pool3d, _triple, input, norm_type, kernel_size, stride, ceil_mode)


def _unpool_output_size(input, kernel_size, stride, padding, output_size):
    dims = len(kernel_size)
    if output_size is None:
        sizes = list(input.shape)[-dims:]
        return [
            (sizes[d] - 1) * stride[d] + kernel_size[d] - 2 * padding[d] for d in range(dims)
        ]
    return list(output_size)[-dims:]


def max_unpool1d(input, indices, kernel_size, stride=None, padding=0, output_size=None):
    kernel_size = _single(kernel_size)
    stride = kernel_size if stride is None else _single(stride)
    size = _unpool_output_size(input, kernel_size, stride, _single(padding), output_size)
    result = _op("max_unpool2d")(input.unsqueeze(-1), indices.unsqueeze(-1), size + [1])
    return result.squeeze(-1)


def max_unpool2d(input, indices, kernel_size, stride=None, padding=0, output_size=None):
    kernel_size = _pair(kernel_size)
    stride = kernel_size if stride is None else _pair(stride)
    size = _unpool_output_size(input, kernel_size, stride, _pair(padding), output_size)
    return _op("max_unpool2d")(input, indices, size)


def max_unpool3d(input, indices, kernel_size, stride=None, padding=0, output_size=None):
    kernel_size = _triple(kernel_size)
    stride = kernel_size if stride is None else _triple(stride)
    padding = _triple(padding)
    size = _unpool_output_size(input, kernel_size, stride, padding, output_size)
    return _op("max_unpool3d")(input, indices, size, stride, padding)


_RANDOM_REGIONS = "its regions are random; write an adaptive pooling"
fractional_max_pool2d = refusing("torch.nn.functional.fractional_max_pool2d", _RANDOM_REGIONS)
fractional_max_pool3d = refusing("torch.nn.functional.fractional_max_pool3d", _RANDOM_REGIONS)
fractional_max_pool2d_with_indices = fractional_max_pool2d
fractional_max_pool3d_with_indices = fractional_max_pool3d

# --- Rearranging ----------------------------------------------------------------------------------

pixel_shuffle = _op("pixel_shuffle")
pixel_unshuffle = _op("pixel_unshuffle")
channel_shuffle = _op("channel_shuffle")
native_channel_shuffle = _op("native_channel_shuffle")
one_hot = _op("one_hot")


def pad(input, pad, mode="constant", value=None):
    return _op("pad")(input, pad, mode, value)


# --- Embeddings -----------------------------------------------------------------------------------


def embedding(
    input,
    weight,
    padding_idx=None,
    max_norm=None,
    norm_type=2.0,
    scale_grad_by_freq=False,
    sparse=False,
):
    rows = _op("embedding")(weight, input, -1 if padding_idx is None else padding_idx)
    if max_norm is not None:
        # PyTorch shortens the rows within the weight; served weights are never written.
        length = _op("linalg_vector_norm")(rows, norm_type, [-1], True)
        rows = _op("where")(length > max_norm, rows * (max_norm / (length + 1e-7)), rows)
    return rows


_BAG_MODES = {"sum": 0, "mean": 1, "max": 2}


def embedding_bag(
    input,
    weight,
    offsets=None,
    max_norm=None,
    norm_type=2,
    scale_grad_by_freq=False,
    mode="mean",
    sparse=False,
    per_sample_weights=None,
    include_last_offset=False,
    padding_idx=None,
):
    # Old code gives the weight first.
    if weight.dtype.is_floating_point is False and input.dtype.is_floating_point:
        input, weight = weight, input
    if mode not in _BAG_MODES:
        raise ValueError("mode has to be one of sum, mean or max")
    if per_sample_weights is not None and mode != "sum":
        raise NotImplementedError(
            "embedding_bag: per_sample_weights was not None. per_sample_weights is only supported "
            f"for mode='sum' (got mode='{mode}')."
        )
    if input.dim() == 2:
        if offsets is not None:
            raise ValueError("if input is 2D, then offsets has to be None")
        offsets = _op("arange")(
            0, input.numel(), input.size(1), dtype=input.dtype, device=input.device
        )
        input = input.reshape(-1)
        if per_sample_weights is not None:
            per_sample_weights = per_sample_weights.reshape(-1)
    elif offsets is None:
        raise ValueError("offsets has to be a 1D Tensor but got None")
    if max_norm is not None:
        weight = _op("renorm")(weight, norm_type, 0, max_norm)
    return _op("embedding_bag")(
        weight,
        input,
        offsets,
        scale_grad_by_freq,
        _BAG_MODES[mode],
        sparse,
        per_sample_weights,
        include_last_offset,
        padding_idx,
    )[0]


# --- Attention and distances ----------------------------------------------------------------------

scaled_dot_product_attention = _op("scaled_dot_product_attention")
cosine_similarity = _op("cosine_similarity")
pairwise_distance = _op("pairwise_distance")
pdist = _op("pdist")

# --- What subclasses of tensors would use ---------------------------------------------------------


def has_torch_function(args):
    return False


def has_torch_function_unary(arg):
    return False


def has_torch_function_variadic(*args):
    return False


def handle_torch_function(public_api, relevant_args, *args, **kwargs):
    return public_api(*args, **kwargs)


grouped_mm = refusing("torch.nn.functional.grouped_mm")
scaled_mm = refusing("torch.nn.functional.scaled_mm")
scaled_grouped_mm = refusing("torch.nn.functional.scaled_grouped_mm")
