"""Operators as modules, where quantisation would watch them."""

import _graft

from .....nn.modules.linear import Identity
from .....nn.modules.module import Module

_op = _graft.op


class FloatFunctional(Module):
    def __init__(self):
        super().__init__()
        self.activation_post_process = Identity()

    def forward(self, x):
        raise RuntimeError(
            "FloatFunctional is not intended to use the forward. "
            "Please use the corresponding operation"
        )

    def add(self, x, y):
        return x + y

    def add_scalar(self, x, y):
        return x + y

    def mul(self, x, y):
        return x * y

    def mul_scalar(self, x, y):
        return x * y

    def cat(self, x, dim=0):
        return _op("cat")(x, dim)

    def add_relu(self, x, y):
        return (x + y).relu()

    def matmul(self, x, y):
        return x.matmul(y)


class FXFloatFunctional(FloatFunctional):
    pass


class QFunctional(FloatFunctional):
    pass
