"""torch.jit, as marks that change nothing: the network is compiled anyway."""

import builtins
from typing import Final

from .. import _identity
from .._modes import _Nothing
from .._refusal import refusing
from ..nn.modules.module import Module
from . import annotations

ScriptModule = Module
RecursiveScriptModule = Module

export = _identity.same
interface = _identity.same
script_method = _identity.same
script_if_tracing = _identity.same
_script_if_tracing = _identity.same
_overload = _identity.same
_overload_method = _identity.same
ignore = _identity.optional
unused = _identity.optional


class ScriptFunction:
    """A class for isinstance: there are no instances."""


class strict_fusion(_Nothing):
    pass


class optimized_execution(_Nothing):
    pass


def is_scripting():
    return False


def is_tracing():
    return False


def script(obj=None, *args, **kwargs):
    return _identity.same if obj is None else obj


def trace(func, *args, **kwargs):
    return func


def trace_module(mod, *args, **kwargs):
    return mod


def freeze(mod, *args, **kwargs):
    return mod


def optimize_for_inference(mod, *args, **kwargs):
    return mod


def isinstance(obj, target_type):
    """By the class alone: what a List or a Dict holds is not looked at."""
    options = target_type if builtins.isinstance(target_type, tuple) else (target_type,)
    for option in options:
        members = getattr(option, "__args__", ())
        if option is None:
            option = type(None)
        if members and not builtins.isinstance(option, type):  # Optional, Union
            nothing = getattr(option, "_name", "") == "Optional" and obj is None
            if nothing or isinstance(obj, tuple(members)):
                return True
        elif builtins.isinstance(obj, option):
            return True
    return False


def annotate(the_type, the_value):
    return the_value


def Attribute(value, type):
    return value


def fork(func, *args, **kwargs):
    return func(*args, **kwargs)


def wait(future):
    return future


_NO_FILES = "give the TorchScript file as the manifest's source"
load = refusing("torch.jit.load", _NO_FILES)
save = refusing("torch.jit.save", _NO_FILES)
