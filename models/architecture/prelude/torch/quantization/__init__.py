"""torch.quantization, the older name of torch.ao.quantization."""

from .._refusal import refuse_attribute
from ..ao.quantization.stubs import DeQuantStub, QuantStub, QuantWrapper


def __getattr__(name):
    refuse_attribute("torch.quantization", name, "give the float network")
