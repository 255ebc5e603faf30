"""torch.fx: marks that change nothing, and classes for isinstance. Tracing is left out."""

from .._refusal import refuse, refusing
from . import _symbolic_trace, graph_module, node, proxy
from .graph_module import GraphModule
from .node import Node
from .proxy import Proxy


def wrap(fn_or_name):
    return fn_or_name


symbolic_trace = refusing("torch.fx.symbolic_trace", "give the module itself")


class Graph:
    def __init__(self, *args, **kwargs):
        refuse("torch.fx.Graph", "give the module itself")


class Tracer:
    def __init__(self, *args, **kwargs):
        refuse("torch.fx.Tracer", "give the module itself")


class Interpreter:
    def __init__(self, *args, **kwargs):
        refuse("torch.fx.Interpreter", "give the module itself")
