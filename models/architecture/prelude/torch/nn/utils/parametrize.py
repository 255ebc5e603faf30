"""Parameters that are computed from others.

PyTorch gives the module a class of its own with a property for each. Here Module.__getattr__ asks
the module's `parametrizations` for what is not there otherwise; the keys are the same.
"""

import _graft

from ..modules.container import ModuleDict, ModuleList
from ..modules.module import Module
from ..parameter import Parameter


class cached:
    """Values are computed each time: a graph holds equal computations once."""

    def __enter__(self):
        return self

    def __exit__(self, *exception):
        return False


class ParametrizationList(ModuleList):
    def __init__(self, modules, original, unsafe=False):
        super().__init__(modules)
        self.unsafe = unsafe
        value = original
        for module in reversed(list(self)):
            if hasattr(module, "right_inverse"):
                value = module.right_inverse(value)
        self.is_tensor = _graft.is_tensor(value)
        if self.is_tensor:
            self._keep("original", value, original)
        else:
            self.ntensors = len(value)
            for i, part in enumerate(value):
                self._keep(f"original{i}", part, original)

    def _keep(self, name, value, original):
        if isinstance(original, Parameter):
            if not isinstance(value, Parameter):
                value = Parameter(value)
            self.register_parameter(name, value)
        else:
            self.register_buffer(name, value)

    def right_inverse(self, value):
        for module in reversed(list(self)):
            value = module.right_inverse(value)
        if self.is_tensor:
            self.original.data.copy_(value)
        else:
            for i, part in enumerate(value):
                getattr(self, f"original{i}").data.copy_(part)

    def forward(self):
        modules = list(self)
        if self.is_tensor:
            value = modules[0](self.original)
        else:
            originals = [getattr(self, f"original{i}") for i in range(self.ntensors)]
            value = modules[0](*originals)
        for module in modules[1:]:
            value = module(value)
        return value


def register_parametrization(module, tensor_name, parametrization, *, unsafe=False):
    parametrization.train(module.training)
    if is_parametrized(module, tensor_name):
        module.parametrizations[tensor_name].append(parametrization)
        return module
    if tensor_name in module._parameters:
        registry = module._parameters
    elif tensor_name in module._buffers:
        registry = module._buffers
    else:
        raise ValueError(
            f"Module '{module}' does not have a parameter, a buffer, or a parametrized element "
            f"with name '{tensor_name}'"
        )
    original = registry[tensor_name]
    parametrizations = ParametrizationList([parametrization], original, unsafe=unsafe)
    del registry[tensor_name]
    if not is_parametrized(module):
        module.parametrizations = ModuleDict()
    module.parametrizations[tensor_name] = parametrizations
    return module


def is_parametrized(module, tensor_name=None):
    parametrizations = getattr(module, "parametrizations", None)
    if not isinstance(parametrizations, ModuleDict):
        return False
    return len(parametrizations) > 0 if tensor_name is None else tensor_name in parametrizations


def remove_parametrizations(module, tensor_name, leave_parametrized=True):
    if not is_parametrized(module, tensor_name):
        raise ValueError(f"Module {module} does not have a parametrization on {tensor_name}")
    parametrizations = module.parametrizations[tensor_name]
    if leave_parametrized:
        value = parametrizations().detach()
    elif parametrizations.is_tensor:
        value = parametrizations.original
    else:
        raise ValueError(
            "Cannot leave unparametrized (`leave_parametrized=False`) a tensor that is "
            "parametrized in terms of a sequence of tensors."
        )
    del module.parametrizations[tensor_name]
    if len(module.parametrizations) == 0:
        del module.parametrizations
    module.register_parameter(tensor_name, Parameter(value))
    return module


def type_before_parametrizations(module):
    return type(module)
