"""How the prelude says that it leaves something of PyTorch out."""


def refuse(what, instead=""):
    """Raises, naming what is left out and what to write instead."""
    end = f"; {instead}" if instead else ""
    raise NotImplementedError(f"{what} is not supported by Graft{end}")


def refusing(what, instead=""):
    """A function that raises when it is called."""

    def call(*args, **kwargs):
        refuse(what, instead)

    return call


def refuse_attribute(module, name, instead=""):
    """What a module's __getattr__ does where the whole module is left out."""
    if name.startswith("__"):
        raise AttributeError(f"module '{module}' has no attribute '{name}'")
    refuse(f"{module}.{name}", instead)
