"""importlib: modules by name."""

import _library


def import_module(name, package=None):
    if name.startswith("."):
        _library.not_supported("a relative name in import_module()", "write the whole name")
    return _library.import_module(name)
