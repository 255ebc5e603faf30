"""torch.ao.quantization, as far as float networks mention it."""

from ..._refusal import refuse_attribute
from .stubs import DeQuantStub, QuantStub, QuantWrapper


def __getattr__(name):
    refuse_attribute("torch.ao.quantization", name, "give the float network")
