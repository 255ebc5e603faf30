"""Causal masks as values."""

import _graft

_op = _graft.op


def causal_upper_left(*size):
    return _op("tril")(_op("ones")(size, dtype=_graft.dtype("bool")))


def causal_lower_right(*size):
    return _op("tril")(_op("ones")(size, dtype=_graft.dtype("bool")), size[-1] - size[-2])
