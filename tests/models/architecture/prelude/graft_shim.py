"""`_graft` over the real PyTorch, and a loader for the prelude: what its tests in CPython run on.

    prelude = graft_shim.load_prelude()        # the prelude's torch; the real one stays torch
    layer = prelude.nn.Linear(3, 4)
"""

import importlib.util
import pathlib
import sys
import types

import torch

PRELUDE = pathlib.Path(__file__).parents[4] / "models" / "architecture" / "prelude" / "torch"
NAME = "prelude_torch"


def _op(name):
    """The operator family, as the native side gives it: None where aten has none."""
    packet = getattr(torch.ops.aten, name, None) if not name.startswith("__") else None
    if packet is None:
        return None
    # With Python's conventions: named results, `input=`, sizes one by one.
    python = getattr(torch, name, None)
    named = python is not None and hasattr(torch.return_types, name)

    def call(*args, **kwargs):
        if named or "input" in kwargs or "axis" in kwargs:
            return python(*args, **kwargs)
        try:
            return packet(*args, **kwargs)
        except (RuntimeError, TypeError):
            if python is None:
                raise
            return python(*args, **kwargs)

    call.__name__ = name
    return call


def _module():
    graft = types.ModuleType("_graft")
    graft.Tensor = torch.Tensor
    graft.Parameter = torch.nn.Parameter
    graft.Size = torch.Size
    graft.op = _op
    graft.tensor = lambda data, dtype=None, device=None: torch.tensor(
        data, dtype=dtype, device=device
    )
    graft.is_tensor = torch.is_tensor
    graft.dtype = lambda name: getattr(torch, name)
    graft.layout = lambda name: getattr(torch, name)
    graft.memory_format = lambda name: getattr(torch, name)
    graft.device = torch.device
    graft.finfo = torch.finfo
    graft.iinfo = torch.iinfo
    graft.call_module = lambda module, args, kwargs: module.forward(*args, **kwargs)
    graft.refused_if_used = _refused_if_used
    graft.manual_seed = torch.manual_seed
    graft.trunc_normal_ = torch.nn.init.trunc_normal_
    graft.orthogonal_ = torch.nn.init.orthogonal_
    graft.sparse_ = torch.nn.init.sparse_
    graft.dirac_ = torch.nn.init.dirac_
    graft.eye_ = torch.nn.init.eye_
    return graft


def _refused_if_used(tensor, what, instead):
    raise NotImplementedError(f"{what} is not supported by Graft; {instead}")


def load_prelude():
    """Imports the prelude as a package of another name than torch."""
    sys.modules["_graft"] = _module()
    spec = importlib.util.spec_from_file_location(
        NAME, PRELUDE / "__init__.py", submodule_search_locations=[str(PRELUDE)]
    )
    prelude = importlib.util.module_from_spec(spec)
    sys.modules[NAME] = prelude
    spec.loader.exec_module(prelude)
    return prelude
