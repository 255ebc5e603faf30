"""Images at other sizes and along other grids."""

import math

import _graft

_op = _graft.op

# Mode and number of dimensions to the operator; those of the second table have corners to align.
_PLAIN = {
    ("nearest", 3): "upsample_nearest1d",
    ("nearest", 4): "upsample_nearest2d",
    ("nearest", 5): "upsample_nearest3d",
    ("nearest-exact", 3): "_upsample_nearest_exact1d",
    ("nearest-exact", 4): "_upsample_nearest_exact2d",
    ("nearest-exact", 5): "_upsample_nearest_exact3d",
}
_ALIGNED = {
    ("linear", 3): "upsample_linear1d",
    ("bilinear", 4): "upsample_bilinear2d",
    ("bicubic", 4): "upsample_bicubic2d",
    ("trilinear", 5): "upsample_trilinear3d",
}
_SMOOTHED = {
    ("bilinear", 4): "_upsample_bilinear2d_aa",
    ("bicubic", 4): "_upsample_bicubic2d_aa",
}
_AREA = {3: "adaptive_avg_pool1d", 4: "adaptive_avg_pool2d", 5: "adaptive_avg_pool3d"}


def _for_each(value, count, what):
    if isinstance(value, (tuple, list)):
        if len(value) != count:
            raise ValueError(
                f"Input and {what} must have the same number of spatial dimensions, but got "
                f"{count} and {len(value)}"
            )
        return list(value)
    return [value] * count


def interpolate(
    input,
    size=None,
    scale_factor=None,
    mode="nearest",
    align_corners=None,
    recompute_scale_factor=None,
    antialias=False,
):
    ndim = input.dim()
    aligned = mode in ("linear", "bilinear", "bicubic", "trilinear")
    if not aligned and align_corners is not None:
        raise ValueError(
            "align_corners option can only be set with the interpolating modes: "
            "linear | bilinear | bicubic | trilinear"
        )
    if size is not None and scale_factor is not None:
        raise ValueError("only one of size or scale_factor should be defined")
    scales = None
    if size is not None:
        if recompute_scale_factor:
            raise ValueError(
                "recompute_scale_factor is not meaningful with an explicit size."
            )
        size = _for_each(size, ndim - 2, "output size")
    elif scale_factor is not None:
        scales = _for_each(scale_factor, ndim - 2, "scale_factor")
    else:
        raise ValueError("either size or scale_factor should be defined")
    if scales is not None and (recompute_scale_factor or mode == "area"):
        sizes = list(input.shape)[2:]
        size = [int(math.floor(float(sizes[d]) * scales[d])) for d in range(ndim - 2)]
        scales = None
    if scales is not None:
        scales = [float(scale) for scale in scales]

    key = (mode, ndim)
    if antialias:
        if key not in _SMOOTHED:
            raise ValueError(
                "Anti-alias option is restricted to bilinear and bicubic modes and requires a "
                "4-D tensor as input"
            )
        return _op(_SMOOTHED[key])(input, size, bool(align_corners), scales)
    if key in _PLAIN:
        return _op(_PLAIN[key])(input, size, scales)
    if key in _ALIGNED:
        return _op(_ALIGNED[key])(input, size, bool(align_corners), scales)
    if mode == "area" and ndim in _AREA:
        return _op(_AREA[ndim])(input, size)
    raise NotImplementedError(
        f"Input Error: Only 3D, 4D and 5D input Tensors supported (got {ndim}D) for the modes: "
        f"nearest | linear | bilinear | bicubic | trilinear | area | nearest-exact (got {mode})"
    )


def upsample(input, size=None, scale_factor=None, mode="nearest", align_corners=None):
    return interpolate(input, size, scale_factor, mode, align_corners)


def upsample_nearest(input, size=None, scale_factor=None):
    return interpolate(input, size, scale_factor, "nearest")


def upsample_bilinear(input, size=None, scale_factor=None):
    return interpolate(input, size, scale_factor, "bilinear", True)


_SAMPLING = {"bilinear": 0, "nearest": 1, "bicubic": 2}
_BEYOND = {"zeros": 0, "border": 1, "reflection": 2}


def grid_sample(input, grid, mode="bilinear", padding_mode="zeros", align_corners=None):
    if mode not in _SAMPLING:
        raise ValueError(
            "nn.functional.grid_sample(): expected mode to be 'bilinear', 'nearest' or 'bicubic', "
            f"but got: '{mode}'"
        )
    if padding_mode not in _BEYOND:
        raise ValueError(
            "nn.functional.grid_sample(): expected padding_mode to be 'zeros', 'border', or "
            f"'reflection', but got: '{padding_mode}'"
        )
    return _op("grid_sampler")(
        input, grid, _SAMPLING[mode], _BEYOND[padding_mode], bool(align_corners)
    )


def affine_grid(theta, size, align_corners=None):
    return _op("affine_grid_generator")(theta, list(size), bool(align_corners))
