"""Layers with quantised weights are left out. FloatFunctional only wraps operators."""

from ...._refusal import refuse_attribute
from .modules.functional_modules import FloatFunctional, FXFloatFunctional, QFunctional


def __getattr__(name):
    refuse_attribute("torch.ao.nn.quantized", name, "give the float network")
