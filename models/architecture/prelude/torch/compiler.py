"""Marks for PyTorch's own compiler, which are not needed here."""

from ._identity import optional, same

allow_in_graph = same
assume_constant_result = same
disable = optional
substitute_in_graph = optional


def compile(model=None, **kwargs):
    return same if model is None else model


def is_compiling():
    return False


def is_dynamo_compiling():
    return False


def is_exporting():
    return False


def reset():
    pass


def cudagraph_mark_step_begin():
    pass
