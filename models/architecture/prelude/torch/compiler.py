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
    """Whether forward is recorded: it is decided once what it does, for any inputs."""
    return _graft.is_recording()


is_dynamo_compiling = is_exporting = is_compiling


def reset():
    pass


def cudagraph_mark_step_begin():
    pass
