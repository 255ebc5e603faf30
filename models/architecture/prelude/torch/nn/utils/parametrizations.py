"""Orthogonal, length-and-direction and spectrally normalised weights."""

import _graft

from .. import functional as F
from ..modules.conv import ConvTranspose1d, ConvTranspose2d, ConvTranspose3d
from ..modules.module import Module
from . import parametrize

_op = _graft.op


def _square(n, like):
    return _op("eye")(n, dtype=like.dtype, device=like.device)


class _Orthogonal(Module):
    def __init__(self, weight, orthogonal_map, *, use_trivialization=True):
        super().__init__()
        self.shape = weight.shape
        self.orthogonal_map = orthogonal_map
        if use_trivialization:
            self.register_buffer("base", None)

    def forward(self, X):
        transposed = X.size(-2) < X.size(-1)
        if transposed:
            X = X.transpose(-2, -1)
        n, k = X.size(-2), X.size(-1)
        if self.orthogonal_map == "householder":
            lower = X.tril(-1)
            tau = 2.0 / (1.0 + (lower * lower).sum(-2))
            Q = _op("linalg_householder_product")(lower, tau)
            Q = Q * X.diagonal(0, -2, -1).int().unsqueeze(-2)
        else:
            lower = X.tril()
            if n != k:
                lower = _op("pad")(lower, [0, n - k])
            skew = lower - lower.transpose(-2, -1)
            if self.orthogonal_map == "matrix_exp":
                Q = _op("linalg_matrix_exp")(skew)
            else:  # Cayley's map
                identity = _square(n, X)
                Q = _op("linalg_solve")(identity - 0.5 * skew, identity + 0.5 * skew)
            if n != k:
                Q = Q[..., :k]
        if "base" in self._buffers:
            Q = self.base.matmul(Q)
        return Q.transpose(-2, -1) if transposed else Q

    def right_inverse(self, Q):
        transposed = Q.size(-2) < Q.size(-1)
        if transposed:
            Q = Q.transpose(-2, -1)
        n, k = Q.size(-2), Q.size(-1)
        # The nearest start that PyTorch takes too: an orthogonal factor of the weight.
        if "base" not in self._buffers:
            factors, tau = _op("geqrf")(Q)
            if self.orthogonal_map != "householder":
                raise NotImplementedError(
                    "It is not possible to assign to the matrix exponential or the Cayley "
                    "parametrizations when use_trivialization=False."
                )
            sign = factors.diagonal(0, -2, -1).sign()
            start = factors.tril(-1) + _op("diag_embed")(_op("where")(sign == 0, 1, sign))
            return start.transpose(-2, -1) if transposed else start
        whole = Q
        if n != k:
            noise = _op("randn")((n, n - k), dtype=Q.dtype, device=Q.device)
            whole = _op("cat")([Q, noise], -1)
        basis, triangle = _op("linalg_qr")(whole)
        self.base = basis * triangle.diagonal(0, -2, -1).sign().unsqueeze(-2)
        # What every mapping takes to the identity.
        start = -_op("eye")(n, k, dtype=Q.dtype, device=Q.device)
        return start.transpose(-2, -1) if transposed else start


def orthogonal(module, name="weight", orthogonal_map=None, *, use_trivialization=True):
    weight = getattr(module, name, None)
    if not _graft.is_tensor(weight):
        raise ValueError(f"Module '{module}' has no parameter or buffer with name '{name}'")
    if weight.dim() < 2:
        raise ValueError(
            "Expected a matrix or batch of matrices. "
            f"Got a tensor of {weight.dim()} dimensions."
        )
    if orthogonal_map is None:
        square = weight.size(-2) == weight.size(-1)
        orthogonal_map = "matrix_exp" if square else "householder"
    if orthogonal_map not in ("matrix_exp", "cayley", "householder"):
        raise ValueError(
            'orthogonal_map has to be one of "matrix_exp", "cayley", "householder". '
            f"Got: {orthogonal_map}"
        )
    mapping = _Orthogonal(weight, orthogonal_map, use_trivialization=use_trivialization)
    parametrize.register_parametrization(module, name, mapping, unsafe=True)
    return module


class _WeightNorm(Module):
    def __init__(self, dim=0):
        super().__init__()
        self.dim = -1 if dim is None else dim

    def forward(self, weight_g, weight_v):
        return _op("_weight_norm")(weight_v, weight_g, self.dim)

    def right_inverse(self, weight):
        return _op("norm_except_dim")(weight.data, 2, self.dim), weight


def weight_norm(module, name="weight", dim=0):
    parametrize.register_parametrization(module, name, _WeightNorm(dim), unsafe=True)
    return module


class _SpectralNorm(Module):
    def __init__(self, weight, n_power_iterations=1, dim=0, eps=1e-12):
        super().__init__()
        if n_power_iterations <= 0:
            raise ValueError(
                "Expected n_power_iterations to be positive, but got "
                f"n_power_iterations={n_power_iterations}"
            )
        self.dim = dim if dim >= 0 else dim + weight.dim()
        self.eps = eps
        if weight.dim() > 1:
            self.n_power_iterations = n_power_iterations
            matrix = self._reshape_weight_to_matrix(weight.data)
            u = matrix.new_empty((matrix.size(0),)).normal_(0, 1)
            v = matrix.new_empty((matrix.size(1),)).normal_(0, 1)
            u, v = self._power_method(
                matrix, F.normalize(u, dim=0, eps=eps), F.normalize(v, dim=0, eps=eps), 16
            )
            self.register_buffer("_u", u)
            self.register_buffer("_v", v)

    def _reshape_weight_to_matrix(self, weight):
        if self.dim != 0:
            others = [d for d in range(weight.dim()) if d != self.dim]
            weight = weight.permute([self.dim] + others)
        return weight.flatten(1)

    def _power_method(self, matrix, u, v, n_power_iterations):
        for _ in range(n_power_iterations):
            u = F.normalize(matrix.mv(v), dim=0, eps=self.eps)
            v = F.normalize(matrix.t().mv(u), dim=0, eps=self.eps)
        return u, v

    def forward(self, weight):
        if weight.dim() == 1:
            return F.normalize(weight, dim=0, eps=self.eps)
        matrix = self._reshape_weight_to_matrix(weight)
        u, v = self._u, self._v
        if self.training:
            # The vectors of the file stay as they are: served weights are never written.
            u, v = self._power_method(matrix, u, v, self.n_power_iterations)
        return weight / u.dot(matrix.mv(v))

    def right_inverse(self, value):
        return value


def spectral_norm(module, name="weight", n_power_iterations=1, eps=1e-12, dim=None):
    weight = getattr(module, name, None)
    if not _graft.is_tensor(weight):
        raise ValueError(f"Module '{module}' has no parameter or buffer with name '{name}'")
    if dim is None:
        transposed = (ConvTranspose1d, ConvTranspose2d, ConvTranspose3d)
        dim = 1 if isinstance(module, transposed) else 0
    mapping = _SpectralNorm(weight, n_power_iterations, dim, eps)
    parametrize.register_parametrization(module, name, mapping)
    return module
