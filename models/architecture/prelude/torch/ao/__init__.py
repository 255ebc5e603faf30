"""torch.ao: quantisation, as far as float networks mention it."""

from . import nn, quantization
