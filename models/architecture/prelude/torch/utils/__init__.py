"""torch.utils, as far as networks use it."""

from . import _pytree, checkpoint, data, hooks, model_zoo


def set_module(obj, mod):
    pass
