"""torch.ao.nn.intrinsic: refused by name."""

from ..._refusal import refuse_attribute


def __getattr__(name):
    refuse_attribute("torch.ao.nn.intrinsic", name, "give the float network")
