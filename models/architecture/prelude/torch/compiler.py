"""Marks for PyTorch's own compiler, which are not needed here."""

import _graft

from ._identity import optional, same

allow_in_graph = same
assume_constant_result = same
disable = optional
substitute_in_graph = optional


def compile(model=None, **kwargs):
    return same if model is None else model


def is_compiling():
    """Whether forward is recorded: it is decided once what it does, for any elements of inputs."""
    return _graft.is_recording()


is_dynamo_compiling = is_compiling


def is_exporting():
    """Shapes are as they are, but for the number of agents: no code for any shape is asked for."""
    return False


def reset():
    pass


def cudagraph_mark_step_begin():
    pass
