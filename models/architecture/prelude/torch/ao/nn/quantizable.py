"""torch.ao.nn.quantizable: refused by name."""

from ..._refusal import refuse_attribute


def __getattr__(name):
    refuse_attribute("torch.ao.nn.quantizable", name, "give the float network")
