"""Classes derived from Tensor: there are none."""

import _graft

from .nn.functional import (
    handle_torch_function,
    has_torch_function,
    has_torch_function_unary,
    has_torch_function_variadic,
)


def is_tensor_like(inp):
    return _graft.is_tensor(inp)


def wrap_torch_function(dispatcher):
    return lambda function: function
