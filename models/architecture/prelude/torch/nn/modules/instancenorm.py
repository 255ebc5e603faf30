"""Normalisation of each channel of each sample."""

from .. import functional as F
from .batchnorm import _LazyNorm, _NormBase


class _InstanceNorm(_NormBase):
    _dimensions = 0  # with a batch; one fewer without

    def __init__(
        self,
        num_features,
        eps=1e-05,
        momentum=0.1,
        affine=False,
        track_running_stats=False,
        device=None,
        dtype=None,
    ):
        super().__init__(num_features, eps, momentum, affine, track_running_stats, device, dtype)

    def _check_input_dim(self, input):
        if self._dimensions and input.dim() not in (self._dimensions - 1, self._dimensions):
            raise ValueError(
                f"expected {self._dimensions - 1}D or {self._dimensions}D input "
                f"(got {input.dim()}D input)"
            )

    def _get_no_batch_dim(self):
        return self._dimensions - 1

    def forward(self, input):
        self._check_input_dim(input)
        alone = input.dim() == self._get_no_batch_dim()
        if alone:
            input = input.unsqueeze(0)
        batch = self.training or not self.track_running_stats
        output = F.instance_norm(
            input,
            None if batch else self.running_mean,
            None if batch else self.running_var,
            self.weight,
            self.bias,
            batch,
            0.0,
            self.eps,
        )
        return output.squeeze(0) if alone else output


class InstanceNorm1d(_InstanceNorm):
    _dimensions = 3


class InstanceNorm2d(_InstanceNorm):
    _dimensions = 4


class InstanceNorm3d(_InstanceNorm):
    _dimensions = 5


class LazyInstanceNorm1d(_LazyNorm, InstanceNorm1d):
    pass


class LazyInstanceNorm2d(_LazyNorm, InstanceNorm2d):
    pass


class LazyInstanceNorm3d(_LazyNorm, InstanceNorm3d):
    pass
