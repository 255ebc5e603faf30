"""Optimizers, as objects that policies make while they are built. None takes a step."""

from . import lr_scheduler, optimizer
from .optimizer import Optimizer


class SGD(Optimizer):
    pass


class Adam(Optimizer):
    pass


class AdamW(Optimizer):
    pass


class Adamax(Optimizer):
    pass


class Adagrad(Optimizer):
    pass


class Adadelta(Optimizer):
    pass


class NAdam(Optimizer):
    pass


class RAdam(Optimizer):
    pass


class RMSprop(Optimizer):
    pass


class LBFGS(Optimizer):
    pass
