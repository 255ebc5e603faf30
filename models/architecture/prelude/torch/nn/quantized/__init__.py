"""Layers with quantised weights are left out. FloatFunctional only wraps operators."""

from ..._refusal import refuse_attribute
from .functional_modules import FloatFunctional, FXFloatFunctional, QFunctional


def __getattr__(name):
    refuse_attribute("torch.nn.quantized", name, f"give the float model with nn.{name}")
