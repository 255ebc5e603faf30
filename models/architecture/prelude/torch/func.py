"""Functions of functions: refused by name."""

from ._refusal import refusing

vmap = refusing("torch.vmap", "write the batch dimension out")
functional_call = refusing(
    "torch.func.functional_call", "call the module with its own parameters"
)
grad = refusing("torch.func.grad", "a served network has no gradients")
stack_module_state = refusing("torch.func.stack_module_state", "call the modules in a loop")
