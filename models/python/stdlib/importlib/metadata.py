"""importlib.metadata: nothing is installed, as far as a model's source can tell."""


class PackageNotFoundError(ModuleNotFoundError):
    pass


def version(name):
    raise PackageNotFoundError(name)


def distribution(name):
    raise PackageNotFoundError(name)


def packages_distributions():
    return {}
