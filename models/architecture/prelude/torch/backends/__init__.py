"""Settings of the kernels: the host's, so a network's wishes about them change nothing."""

from . import cpu, cuda, cudnn, mkldnn, mps, opt_einsum, quantized
