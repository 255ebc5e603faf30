"""Automatic precision of training: the manifest's "precision" says what a served network uses."""

from ._identity import optional
from ._modes import autocast
from ._refusal import refuse

custom_fwd = optional
custom_bwd = optional


def is_autocast_available(device_type):
    return False


class GradScaler:
    def __init__(self, *args, **kwargs):
        refuse("torch.amp.GradScaler", "a served network has no gradients")
