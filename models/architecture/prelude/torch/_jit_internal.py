"""Marks for PyTorch's own compiler, which are not needed here."""

from typing import Final

from ._identity import same
from .jit.annotations import BroadcastingList1, BroadcastingList2, BroadcastingList3

_overload = same
_overload_method = same
export = same
unused = same


def is_scripting():
    return False


def boolean_dispatch(arg_name, arg_index, default, if_true, if_false, module_name, func_name):
    """One function of two, by the value of an argument."""

    def dispatch(*args, **kwargs):
        chosen = default
        if arg_name in kwargs:
            chosen = kwargs[arg_name]
        elif arg_index < len(args):
            chosen = args[arg_index]
        return if_true(*args, **kwargs) if chosen else if_false(*args, **kwargs)

    return dispatch
