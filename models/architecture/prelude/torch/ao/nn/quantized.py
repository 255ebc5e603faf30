"""torch.ao.nn.quantized: refused by name."""

from ..._refusal import refuse_attribute


def __getattr__(name):
    refuse_attribute("torch.ao.nn.quantized", name, "give the float network")
