"""Layers with quantised weights: refused by name."""

from . import intrinsic, qat, quantizable, quantized
