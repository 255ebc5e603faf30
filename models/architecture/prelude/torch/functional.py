"""Functions of torch whose arguments are Python's: several tensors, or names of ways."""

import _graft

from ._refusal import refuse, refusing

_op = _graft.op


def _several(tensors):
    """f(a, b) and f([a, b]) alike."""
    if len(tensors) == 1 and isinstance(tensors[0], (list, tuple)):
        return list(tensors[0])
    return list(tensors)


def split(tensor, split_size_or_sections, dim=0):
    if isinstance(split_size_or_sections, (list, tuple)):
        return _op("split_with_sizes")(tensor, list(split_size_or_sections), dim)
    return _op("split")(tensor, split_size_or_sections, dim)


def einsum(*args):
    equation = args[0]
    if not isinstance(equation, str):
        refuse("torch.einsum with lists of dimensions", "write the equation as text")
    return _op("einsum")(equation, _several(args[1:]))


def meshgrid(*tensors, indexing=None):
    return _op("meshgrid")(_several(tensors), indexing="ij" if indexing is None else indexing)


def broadcast_tensors(*tensors):
    return _op("broadcast_tensors")(_several(tensors))


def broadcast_shapes(*shapes):
    shapes = [(shape,) if isinstance(shape, int) else tuple(shape) for shape in shapes]
    ndim = max([len(shape) for shape in shapes]) if shapes else 0
    result = [1] * ndim
    for shape in shapes:
        for i, size in enumerate(shape):
            d = ndim - len(shape) + i
            if size == 1 or size == result[d]:
                continue
            if result[d] != 1:
                raise RuntimeError(
                    "Shape mismatch: objects cannot be broadcast to a single shape"
                )
            result[d] = size
    return _graft.Size(result)


def block_diag(*tensors):
    return _op("block_diag")(_several(tensors))


def cartesian_prod(*tensors):
    return _op("cartesian_prod")(_several(tensors))


def chain_matmul(*matrices, out=None):
    return _op("chain_matmul")(_several(matrices))


def _atleast(name, tensors):
    if len(tensors) == 1 and _graft.is_tensor(tensors[0]):
        return _op(name)(tensors[0])
    return tuple([_op(name)(tensor) for tensor in _several(tensors)])


def atleast_1d(*tensors):
    return _atleast("atleast_1d", tensors)


def atleast_2d(*tensors):
    return _atleast("atleast_2d", tensors)


def atleast_3d(*tensors):
    return _atleast("atleast_3d", tensors)


def tensordot(a, b, dims=2, out=None):
    if _graft.is_tensor(dims):
        dims = dims.tolist()
    if isinstance(dims, (list, tuple)):
        left, right = dims
        left = [left] if isinstance(left, int) else list(left)
        right = [right] if isinstance(right, int) else list(right)
    else:
        left = list(range(-dims, 0))
        right = list(range(dims))
    return _op("tensordot")(a, b, left, right)


_CDIST_WAYS = {
    "use_mm_for_euclid_dist_if_necessary": None,
    "use_mm_for_euclid_dist": 1,
    "donot_use_mm_for_euclid_dist": 2,
}


def cdist(x1, x2, p=2.0, compute_mode="use_mm_for_euclid_dist_if_necessary"):
    if compute_mode not in _CDIST_WAYS:
        raise ValueError(f"{compute_mode} is not a valid value for compute_mode")
    return _op("cdist")(x1, x2, p, _CDIST_WAYS[compute_mode])


def norm(input, p="fro", dim=None, keepdim=False, out=None, dtype=None):
    dims = [dim] if isinstance(dim, int) else dim
    if p == "nuc":
        dims = [-2, -1] if dims is None else list(dims)
        return _op("linalg_matrix_norm")(input, "nuc", dims, keepdim, dtype=dtype)
    order = 2.0 if p is None or p == "fro" else p
    if dims is None and keepdim:
        dims = list(range(input.dim()))
    return _op("linalg_vector_norm")(input, order, dims, keepdim, dtype=dtype)


def stft(
    input,
    n_fft,
    hop_length=None,
    win_length=None,
    window=None,
    center=True,
    pad_mode="reflect",
    normalized=False,
    onesided=None,
    return_complex=None,
    align_to_window=None,
):
    if center:
        alone = input.dim() == 1
        signal = input.view(1, 1, -1) if alone else input.unsqueeze(1)
        signal = _op("pad")(signal, [n_fft // 2, n_fft // 2], pad_mode)
        input = signal.reshape(-1) if alone else signal.squeeze(1)
    return _op("stft")(
        input, n_fft, hop_length, win_length, window, normalized, onesided, return_complex
    )


def istft(
    input,
    n_fft,
    hop_length=None,
    win_length=None,
    window=None,
    center=True,
    normalized=False,
    onesided=None,
    length=None,
    return_complex=False,
):
    """The frames' waves, added where they overlap, over what the windows add up to there."""
    if return_complex:
        refuse("torch.istft with return_complex=True", "the real signal")
    hop_length = n_fft // 4 if hop_length is None else hop_length
    win_length = n_fft if win_length is None else win_length
    window = _op("ones")((win_length,)) if window is None else window
    left = (n_fft - win_length) // 2
    window = _op("constant_pad_nd")(window, [left, n_fft - win_length - left])
    alone = input.dim() == 2
    spectrum = (input.unsqueeze(0) if alone else input).transpose(1, 2)
    frames = spectrum.size(1)
    norm = "ortho" if normalized else None
    if onesided is not False:
        waves = _op("fft_irfft")(spectrum, n_fft, -1, norm)
    else:
        waves = _op("real")(_op("fft_ifft")(spectrum, n_fft, -1, norm))
    total = n_fft + hop_length * (frames - 1)

    def overlapped(parts):
        columns = parts.transpose(1, 2)
        return _op("col2im")(columns, [1, total], [1, n_fft], [1, 1], [0, 0], [1, hop_length])

    signal = overlapped(waves * window).flatten(1)
    sums = overlapped((window * window).expand(1, frames, n_fft)).flatten(1)
    start = n_fft // 2 if center else 0
    end = start + length if length is not None else total - start
    signal = signal[:, start:end] / sums[:, start:end]
    missing = 0 if length is None else length - signal.size(1)
    if missing > 0:
        signal = _op("constant_pad_nd")(signal, [0, missing])
    return signal.squeeze(0) if alone else signal


def unravel_index(indices, shape):
    shape = [shape] if isinstance(shape, int) else list(shape)
    parts = []
    for size in reversed(shape):
        parts.append(indices.remainder(size))
        indices = indices.div(size, rounding_mode="floor")
    return tuple(reversed(parts))


def _chosen(results, return_inverse, return_counts):
    values, inverse, counts = results
    chosen = [values] + ([inverse] if return_inverse else []) + ([counts] if return_counts else [])
    return tuple(chosen) if len(chosen) > 1 else values


def unique(input, sorted=True, return_inverse=False, return_counts=False, dim=None):
    if dim is None:
        found = _op("_unique2")(input, sorted, return_inverse, return_counts)
    else:
        found = _op("unique_dim")(input, dim, sorted, return_inverse, return_counts)
    return _chosen(found, return_inverse, return_counts)


def unique_consecutive(input, return_inverse=False, return_counts=False, dim=None):
    found = _op("unique_consecutive")(input, return_inverse, return_counts, dim)
    return _chosen(found, return_inverse, return_counts)


lobpcg = refusing("torch.lobpcg")
pca_lowrank = refusing("torch.pca_lowrank", "it draws random numbers; write torch.linalg.svd")
svd_lowrank = refusing("torch.svd_lowrank", "it draws random numbers; write torch.linalg.svd")
