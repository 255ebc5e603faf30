"""`_graft` without tensors: shapes, and what layers ask of them while they are built."""


class Size(tuple):
    pass


class dtype:
    def __init__(self, name):
        self.name = name
        self.is_floating_point = "float" in name


class Tensor:
    def __init__(self, shape):
        self.shape = tuple(shape)

    @property
    def data(self):
        return self

    def dim(self):
        return len(self.shape)

    def size(self, dim):
        return self.shape[dim]

    def __getitem__(self, index):
        return Tensor(self.shape[1:])

    def same(self, *args):
        return self

    uniform_ = same
    normal_ = same
    zero_ = same
    fill_ = same
    detach = same
    requires_grad_ = same


class Parameter(Tensor):
    def __init__(self, data, requires_grad=True):
        super().__init__(data.shape)


def op(name):
    if name not in ("empty", "zeros", "ones"):
        return name  # an operator that no constructor calls
    return lambda size, dtype=None, device=None: Tensor(size)


def is_tensor(x):
    return isinstance(x, Tensor)


def layout(name):
    return dtype(name)


def memory_format(name):
    return dtype(name)


def device(name, index=None):
    return name


def trunc_normal_(tensor, mean, std, a, b):
    return tensor


def call_module(module, args, kwargs):
    return module.forward(*args, **kwargs)


finfo = dtype
iinfo = dtype
