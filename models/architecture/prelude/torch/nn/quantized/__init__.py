"""torch.nn.quantized, the older name of torch.ao.nn.quantized."""

from ..._refusal import refuse_attribute
from ...ao.nn.quantized.modules.functional_modules import (
    FloatFunctional,
    FXFloatFunctional,
    QFunctional,
)


def __getattr__(name):
    refuse_attribute("torch.nn.quantized", name, f"give the float model with nn.{name}")
