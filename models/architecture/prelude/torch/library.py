"""Operators of other libraries: their marks change nothing, their names are refused when called."""

from ._identity import optional


def custom_op(name, fn=None, *, mutates_args=(), **kwargs):
    """The operator runs as the Python that it is written in."""
    return fn if fn is not None else optional()


def register_fake(op, func=None, **kwargs):
    return func if func is not None else optional()


impl = register_fake
impl_abstract = register_fake
register_autograd = register_fake
register_kernel = register_fake


class Library:
    def __init__(self, ns, kind, dispatch_key=""):
        self.ns = ns

    def define(self, schema, alias_analysis="", **kwargs):
        pass

    def impl(self, op_name, fn, dispatch_key="", **kwargs):
        pass
