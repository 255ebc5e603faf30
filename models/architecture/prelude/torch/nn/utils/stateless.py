"""Calls with other parameters than a module's own: refused by name."""

from ..._refusal import refusing

functional_call = refusing(
    "torch.nn.utils.stateless.functional_call", "call the module with its own parameters"
)
