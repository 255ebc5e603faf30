"""importlib.metadata: what Graft itself brings is installed; no source can tell of the rest."""

from _imports import has_module, import_module


class PackageNotFoundError(ModuleNotFoundError):
    pass


def version(distribution_name):
    if distribution_name in ("torch", "numpy") and has_module(distribution_name):
        return import_module(distribution_name).__version__
    raise PackageNotFoundError(distribution_name)


def distributions():
    return []


def distribution(name):
    raise PackageNotFoundError(name)


def packages_distributions():
    return {}
