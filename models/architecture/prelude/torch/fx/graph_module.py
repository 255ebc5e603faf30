"""A class for isinstance."""

from ..nn.modules.module import Module
from .._refusal import refuse


class GraphModule(Module):
    def __init__(self, *args, **kwargs):
        refuse("torch.fx.GraphModule", "give the module that it was traced from")
