"""torch.ao.nn.qat: refused by name."""

from ..._refusal import refuse_attribute


def __getattr__(name):
    refuse_attribute("torch.ao.nn.qat", name, "give the float network")
