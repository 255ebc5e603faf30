"""Marks for PyTorch's own compiler, which are not needed here."""

from ._identity import optional, same
from .compiler import is_compiling


class config:
    cache_size_limit = 8
    suppress_errors = False


allow_in_graph = same
disable = optional
disallow_in_graph = same


def reset():
    pass


def graph_break(msg=""):
    pass


def mark_dynamic(t, index, **kwargs):
    pass
