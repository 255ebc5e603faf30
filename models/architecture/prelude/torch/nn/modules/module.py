"""The base of all layers and networks."""

from collections import OrderedDict, namedtuple

import _graft

from ..._dtypes import dtype, float32, float64
from ...utils.hooks import RemovableHandle
from ..parameter import Buffer, Parameter

_set_plainly = object.__setattr__
_is_tensor = _graft.is_tensor


_IncompatibleKeys = namedtuple("IncompatibleKeys", ["missing_keys", "unexpected_keys"])


def _indent(text):
    return text.replace("\n", "\n  ")


class Module:
    """A node of a network: parameters, buffers and modules by name, and `forward`.

    Instances may come from a pickled file without __init__ having run: what old files lack has its
    value here, in the class.
    """

    dump_patches = False
    call_super_init = False
    _version = 1
    training = True
    _parameters = None
    _buffers = None
    _modules = None
    _non_persistent_buffers_set = frozenset()
    _forward_hooks = None
    _forward_hooks_with_kwargs = None
    _forward_pre_hooks = None
    _forward_pre_hooks_with_kwargs = None
    _state_dict_hooks = None
    _state_dict_pre_hooks = None
    _load_state_dict_pre_hooks = None
    _load_state_dict_post_hooks = None

    def __init__(self, *args, **kwargs):
        if not self.call_super_init and (args or kwargs):
            raise TypeError(
                f"{type(self).__name__}.__init__() got unexpected arguments: {args} {kwargs}"
            )
        _set_plainly(self, "training", True)
        _set_plainly(self, "_parameters", OrderedDict())
        _set_plainly(self, "_buffers", OrderedDict())
        _set_plainly(self, "_non_persistent_buffers_set", set())
        _set_plainly(self, "_modules", OrderedDict())
        if self.call_super_init:
            super().__init__(*args, **kwargs)

    # --- Attributes -------------------------------------------------------------------------------

    def __getattr__(self, name):
        parameters = self._parameters
        if parameters is not None:
            if name in parameters:
                return parameters[name]
            if name in self._buffers:
                return self._buffers[name]
            modules = self._modules
            if name in modules:
                return modules[name]
            if "parametrizations" in modules:
                parametrization = self._parametrization(name)
                if parametrization is not None:
                    return parametrization()
        raise AttributeError(f"'{type(self).__name__}' object has no attribute '{name}'")

    def __setattr__(self, name, value):
        parameters = self._parameters
        modules = self._modules
        if modules and "parametrizations" in modules and self._parametrization(name) is not None:
            self._parametrization(name).right_inverse(value)
        elif isinstance(value, Parameter):
            if parameters is None:
                raise AttributeError("cannot assign parameters before Module.__init__() call")
            self._forget(name, parameters)
            self.register_parameter(name, value)
        elif isinstance(value, Module):
            if parameters is None:
                raise AttributeError("cannot assign module before Module.__init__() call")
            self._forget(name, self._modules)
            self._modules[name] = value
        elif isinstance(value, Buffer):
            self._forget(name, self._buffers)
            self.register_buffer(name, value.data, value.persistent)
        elif parameters is None:
            _set_plainly(self, name, value)
        elif name in parameters:
            if value is not None:
                raise TypeError(
                    f"cannot assign '{type(value).__name__}' as parameter '{name}' "
                    "(torch.nn.Parameter or None expected)"
                )
            parameters[name] = None
        elif name in self._modules:
            if value is not None:
                raise TypeError(
                    f"cannot assign '{type(value).__name__}' as child module '{name}' "
                    "(torch.nn.Module or None expected)"
                )
            self._modules[name] = None
        elif name in self._buffers:
            if value is not None and not _is_tensor(value):
                raise TypeError(
                    f"cannot assign '{type(value).__name__}' as buffer '{name}' "
                    "(torch.Tensor or None expected)"
                )
            self._buffers[name] = value
        else:
            _set_plainly(self, name, value)

    def __delattr__(self, name):
        if self._parameters is not None:
            for registry in (self._parameters, self._buffers, self._modules):
                if name in registry:
                    del registry[name]
                    if registry is self._buffers and name in self._non_persistent_buffers_set:
                        self._non_persistent_buffers_set.remove(name)
                    return
        object.__delattr__(self, name)

    def _parametrization(self, name):
        """What computes the parameter `name` from others (nn.utils.parametrize), or None."""
        parametrizations = self._modules["parametrizations"]
        return parametrizations[name] if name in parametrizations else None

    def _forget(self, name, kept):
        """Removes what `name` means so far, so that it can mean something of another kind."""
        if name in self.__dict__:
            object.__delattr__(self, name)
        for registry in (self._parameters, self._buffers, self._modules):
            if registry is not kept and name in registry:
                del registry[name]

    def __dir__(self):
        names = dir(type(self)) + list(self.__dict__)
        names += list(self._parameters) + list(self._modules) + list(self._buffers)
        return sorted({name for name in names if not name[0].isdigit()})

    # --- Registration -----------------------------------------------------------------------------

    def _check_name(self, name, kind, registry):
        if self._parameters is None:
            raise AttributeError(f"cannot assign {kind} before Module.__init__() call")
        if not isinstance(name, str):
            raise TypeError(f"{kind} name should be a string. Got {type(name).__name__}")
        if "." in name:
            raise KeyError(f'{kind} name can\'t contain "."')
        if name == "":
            raise KeyError(f'{kind} name can\'t be empty string ""')
        if name not in registry and hasattr(self, name):
            raise KeyError(f"attribute '{name}' already exists")

    def register_buffer(self, name, tensor, persistent=True):
        self._check_name(name, "buffer", self._buffers)
        if tensor is not None and not _is_tensor(tensor):
            raise TypeError(
                f"cannot assign '{type(tensor).__name__}' object to buffer '{name}' "
                "(torch Tensor or None required)"
            )
        self._buffers[name] = tensor
        if persistent:
            self._non_persistent_buffers_set.discard(name)
        else:
            self._non_persistent_buffers_set.add(name)

    def register_parameter(self, name, param):
        self._check_name(name, "parameter", self._parameters)
        if param is not None and not isinstance(param, Parameter):
            raise TypeError(
                f"cannot assign '{type(param).__name__}' object to parameter '{name}' "
                "(torch.nn.Parameter or None required)"
            )
        self._parameters[name] = param

    def add_module(self, name, module):
        if module is not None and not isinstance(module, Module):
            raise TypeError(f"{type(module).__name__} is not a Module subclass")
        self._check_name(name, "module", self._modules)
        self._modules[name] = module

    def register_module(self, name, module):
        self.add_module(name, module)

    # --- Calls ------------------------------------------------------------------------------------

    def forward(self, *input):
        raise NotImplementedError(
            f'Module [{type(self).__name__}] is missing the required "forward" function'
        )

    def __call__(self, *args, **kwargs):
        if self._forward_pre_hooks:
            args, kwargs = self._before(args, kwargs)
        output = _graft.call_module(self, args, kwargs)
        if self._forward_hooks:
            output = self._after(args, kwargs, output)
        return output

    def _before(self, args, kwargs):
        for key, hook in list(self._forward_pre_hooks.items()):
            if key in (self._forward_pre_hooks_with_kwargs or ()):
                result = hook(self, args, kwargs)
                if result is not None:
                    args, kwargs = result
            else:
                result = hook(self, args)
                if result is not None:
                    args = result if isinstance(result, tuple) else (result,)
        return args, kwargs

    def _after(self, args, kwargs, output):
        for key, hook in list(self._forward_hooks.items()):
            if key in (self._forward_hooks_with_kwargs or ()):
                result = hook(self, args, kwargs, output)
            else:
                result = hook(self, args, output)
            if result is not None:
                output = result
        return output

    def _add_hook(self, registry_name, hook, prepend=False, flags_name=None):
        registry = getattr(self, registry_name)
        if registry is None:
            registry = OrderedDict()
            _set_plainly(self, registry_name, registry)
        flags = None
        if flags_name is not None:
            flags = getattr(self, flags_name)
            if flags is None:
                flags = OrderedDict()
                _set_plainly(self, flags_name, flags)
        handle = RemovableHandle(registry, extra_dict=flags)
        registry[handle.id] = hook
        if flags is not None:
            flags[handle.id] = True
        if prepend:
            registry.move_to_end(handle.id, last=False)
        return handle

    def register_forward_pre_hook(self, hook, *, prepend=False, with_kwargs=False):
        flags = "_forward_pre_hooks_with_kwargs" if with_kwargs else None
        return self._add_hook("_forward_pre_hooks", hook, prepend, flags)

    def register_forward_hook(self, hook, *, prepend=False, with_kwargs=False, always_call=False):
        flags = "_forward_hooks_with_kwargs" if with_kwargs else None
        return self._add_hook("_forward_hooks", hook, prepend, flags)

    # Nothing flows backward here: hooks of gradients are taken and never called.
    def register_backward_hook(self, hook):
        return RemovableHandle(OrderedDict())

    def register_full_backward_hook(self, hook, prepend=False):
        return RemovableHandle(OrderedDict())

    def register_full_backward_pre_hook(self, hook, prepend=False):
        return RemovableHandle(OrderedDict())

    # --- Walking the tree -------------------------------------------------------------------------

    def named_children(self):
        seen = set()
        found = []
        for name, module in self._modules.items():
            if module is not None and module not in seen:
                seen.add(module)
                found.append((name, module))
        return iter(found)

    def children(self):
        return iter([module for _, module in self.named_children()])

    def _collect_modules(self, seen, prefix, remove_duplicate, found):
        if remove_duplicate:
            if self in seen:
                return
            seen.add(self)
        found.append((prefix, self))
        for name, module in self._modules.items():
            if module is not None:
                path = prefix + "." + name if prefix else name
                module._collect_modules(seen, path, remove_duplicate, found)

    def named_modules(self, memo=None, prefix="", remove_duplicate=True):
        found = []
        self._collect_modules(set() if memo is None else memo, prefix, remove_duplicate, found)
        return iter(found)

    def modules(self):
        return iter([module for _, module in self.named_modules()])

    def _named_members(self, get_members_fn, prefix="", recurse=True, remove_duplicate=True):
        seen = set()
        found = []
        modules = [(prefix, self)]
        if recurse:
            modules = self.named_modules(prefix=prefix, remove_duplicate=remove_duplicate)
        for path, module in modules:
            for name, value in get_members_fn(module):
                if value is None or value in seen:
                    continue
                if remove_duplicate:
                    seen.add(value)
                found.append((path + "." + name if path else name, value))
        return iter(found)

    def named_parameters(self, prefix="", recurse=True, remove_duplicate=True):
        return self._named_members(
            lambda module: module._parameters.items(), prefix, recurse, remove_duplicate
        )

    def parameters(self, recurse=True):
        return iter([parameter for _, parameter in self.named_parameters(recurse=recurse)])

    def named_buffers(self, prefix="", recurse=True, remove_duplicate=True):
        return self._named_members(
            lambda module: module._buffers.items(), prefix, recurse, remove_duplicate
        )

    def buffers(self, recurse=True):
        return iter([buffer for _, buffer in self.named_buffers(recurse=recurse)])

    def get_submodule(self, target):
        module = self
        if target == "":
            return module
        for name in target.split("."):
            if not hasattr(module, name):
                raise AttributeError(f"{module._get_name()} has no attribute `{name}`")
            module = getattr(module, name)
            if not isinstance(module, Module):
                raise AttributeError(f"`{name}` is not an nn.Module")
        return module

    def set_submodule(self, target, module, strict=False):
        if target == "":
            raise ValueError("Cannot set the submodule without a target name!")
        path, _, name = target.rpartition(".")
        parent = self.get_submodule(path)
        if strict and not hasattr(parent, name):
            raise AttributeError(f"{parent._get_name()} has no attribute `{name}`")
        setattr(parent, name, module)

    def get_parameter(self, target):
        path, _, name = target.rpartition(".")
        module = self.get_submodule(path)
        value = getattr(module, name, None)
        if value is None:
            raise AttributeError(f"{module._get_name()} has no attribute `{name}`")
        if not isinstance(value, Parameter):
            raise AttributeError(f"`{name}` is not an nn.Parameter")
        return value

    def get_buffer(self, target):
        path, _, name = target.rpartition(".")
        module = self.get_submodule(path)
        if name not in module._buffers:
            raise AttributeError(f"`{name}` is not a buffer")
        return module._buffers[name]

    def apply(self, fn):
        for module in self.children():
            module.apply(fn)
        fn(self)
        return self

    # --- State ------------------------------------------------------------------------------------

    def _save_to_state_dict(self, destination, prefix, keep_vars):
        for name, parameter in self._parameters.items():
            if parameter is not None:
                destination[prefix + name] = parameter if keep_vars else parameter.detach()
        for name, buffer in self._buffers.items():
            if buffer is not None and name not in self._non_persistent_buffers_set:
                destination[prefix + name] = buffer if keep_vars else buffer.detach()

    def state_dict(self, *args, destination=None, prefix="", keep_vars=False):
        if args:
            destination = args[0]
            prefix = args[1] if len(args) > 1 else prefix
            keep_vars = args[2] if len(args) > 2 else keep_vars
        if destination is None:
            destination = OrderedDict()
        for hook in (self._state_dict_pre_hooks or {}).values():
            hook(self, prefix, keep_vars)
        self._save_to_state_dict(destination, prefix, keep_vars)
        for name, module in self._modules.items():
            if module is not None:
                module.state_dict(
                    destination=destination, prefix=prefix + name + ".", keep_vars=keep_vars
                )
        for hook in (self._state_dict_hooks or {}).values():
            result = hook(self, destination, prefix, {})
            if result is not None:
                destination = result
        return destination

    def _load_from_state_dict(
        self,
        state_dict,
        prefix,
        local_metadata,
        strict,
        missing_keys,
        unexpected_keys,
        error_msgs,
    ):
        for hook in (self._load_state_dict_pre_hooks or {}).values():
            hook(
                state_dict,
                prefix,
                local_metadata,
                strict,
                missing_keys,
                unexpected_keys,
                error_msgs,
            )
        own = OrderedDict(self._parameters.items())
        for name, buffer in self._buffers.items():
            if name not in self._non_persistent_buffers_set:
                own[name] = buffer
        for name, value in own.items():
            if value is None:
                continue
            key = prefix + name
            if key not in state_dict:
                if strict:
                    missing_keys.append(key)
            elif tuple(state_dict[key].shape) != tuple(value.shape):
                error_msgs.append(
                    f"size mismatch for {key}: copying a param with shape "
                    f"{tuple(state_dict[key].shape)} from checkpoint, the shape in current model "
                    f"is {tuple(value.shape)}."
                )
            else:
                value.data.copy_(state_dict[key])
        if strict:
            for key in state_dict:
                if key.startswith(prefix):
                    name = key[len(prefix) :].split(".")[0]
                    if name not in self._modules and key[len(prefix) :] not in own:
                        unexpected_keys.append(key)

    def _load_tree(self, state_dict, prefix, missing_keys, unexpected_keys, error_msgs):
        self._load_from_state_dict(
            state_dict, prefix, {}, True, missing_keys, unexpected_keys, error_msgs
        )
        for name, module in self._modules.items():
            if module is not None:
                path = prefix + name + "."
                module._load_tree(state_dict, path, missing_keys, unexpected_keys, error_msgs)

    def load_state_dict(self, state_dict, strict=True, assign=False):
        missing_keys = []
        unexpected_keys = []
        error_msgs = []
        self._load_tree(
            OrderedDict(state_dict.items()), "", missing_keys, unexpected_keys, error_msgs
        )
        result = _IncompatibleKeys(missing_keys, unexpected_keys)
        for hook in (self._load_state_dict_post_hooks or {}).values():
            hook(self, result)
        if strict and unexpected_keys:
            error_msgs.insert(0, f"Unexpected key(s) in state_dict: {', '.join(unexpected_keys)}.")
        if strict and missing_keys:
            error_msgs.insert(0, f"Missing key(s) in state_dict: {', '.join(missing_keys)}.")
        if error_msgs:
            raise RuntimeError(
                f"Error(s) in loading state_dict for {type(self).__name__}:\n\t"
                + "\n\t".join(error_msgs)
            )
        return result

    def _register_state_dict_hook(self, hook):
        return self._add_hook("_state_dict_hooks", hook)

    def register_state_dict_post_hook(self, hook):
        return self._add_hook("_state_dict_hooks", hook)

    def register_state_dict_pre_hook(self, hook):
        return self._add_hook("_state_dict_pre_hooks", hook)

    def _register_load_state_dict_pre_hook(self, hook, with_module=False):
        if with_module:
            return self._add_hook(
                "_load_state_dict_pre_hooks", lambda *args, **kwargs: hook(self, *args, **kwargs)
            )
        return self._add_hook("_load_state_dict_pre_hooks", hook)

    def register_load_state_dict_pre_hook(self, hook):
        return self._register_load_state_dict_pre_hook(hook, with_module=True)

    def register_load_state_dict_post_hook(self, hook):
        return self._add_hook("_load_state_dict_post_hooks", hook)

    def __setstate__(self, state):
        for name, value in state.items():
            _set_plainly(self, name, value)

    # --- Modes ------------------------------------------------------------------------------------

    def train(self, mode=True):
        if not isinstance(mode, bool):
            raise ValueError("training mode is expected to be boolean")
        self.training = mode
        for module in self.children():
            module.train(mode)
        return self

    def eval(self):
        return self.train(False)

    # The host chooses device and precision of the finished network: these change nothing, but for
    # float64, which no precision means: a network that was made so computes so.
    def to(self, *args, **kwargs):
        for value in (*args, *kwargs.values()):
            if _is_tensor(value):
                value = value.dtype
            if isinstance(value, dtype) and value.is_floating_point:
                self._widen(value is float64)
        return self

    def _widen(self, wide):
        """Makes all floating tensors float64, or those that are float64 float32 again."""
        moved = {}
        for module in self.modules():
            for registry in (module._parameters, module._buffers):
                for name, tensor in list(registry.items()):
                    if tensor is None or not tensor.is_floating_point():
                        continue
                    if (tensor.dtype is float64) is wide:
                        continue
                    if id(tensor) not in moved:  # tied ones stay tied
                        cast = tensor.detach().to(float64 if wide else float32)
                        if registry is module._parameters:
                            cast = Parameter(cast, tensor.requires_grad)
                        moved[id(tensor)] = tensor, cast
                    registry[name] = moved[id(tensor)][1]
        return self

    def _apply(self, fn, recurse=True):
        return self

    def to_empty(self, *, device, recurse=True):
        return self

    def type(self, dst_type):
        return self.to(dst_type)

    def cuda(self, device=None):
        return self

    def xpu(self, device=None):
        return self

    def cpu(self):
        return self

    def float(self):
        return self._widen(False)

    def double(self):
        return self._widen(True)

    def half(self):
        return self._widen(False)

    def bfloat16(self):
        return self._widen(False)

    def requires_grad_(self, requires_grad=True):
        for parameter in self.parameters():
            parameter.requires_grad_(requires_grad)
        return self

    def zero_grad(self, set_to_none=True):
        pass

    def share_memory(self):
        return self

    def compile(self, *args, **kwargs):
        pass

    # --- Text -------------------------------------------------------------------------------------

    def _get_name(self):
        return type(self).__name__

    def extra_repr(self):
        return ""

    def __repr__(self):
        extra = self.extra_repr()
        lines = extra.split("\n") if extra else []
        children = [
            f"({name}): {_indent(repr(module))}" for name, module in self._modules.items()
        ]
        if not children and len(lines) <= 1:
            return f"{self._get_name()}({extra})"
        return self._get_name() + "(\n  " + "\n  ".join(lines + children) + "\n)"
