"""torch.ops: aten's operators by name. Those of other libraries are refused."""

import _graft

from ._refusal import refuse


class _Namespace:
    def __init__(self, name):
        self._name = name

    def __getattr__(self, name):
        found = _graft.op(name) if self._name == "aten" else None
        if found is None:
            refuse(
                f"torch.ops.{self._name}.{name}",
                "it is an operator of another library; write it with torch's own",
            )
        return found


def load_library(path):
    pass


def __getattr__(name):
    return _Namespace(name)
