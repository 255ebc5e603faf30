"""Schedules of training: refused by name."""

from .._refusal import refuse_attribute


def __getattr__(name):
    refuse_attribute("torch.optim.lr_scheduler", name, "a served network is not trained")
