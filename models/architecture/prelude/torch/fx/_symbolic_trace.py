"""Whether torch.fx is tracing: it is not."""


def is_fx_tracing():
    return False


def is_fx_symbolic_tracing():
    return False
