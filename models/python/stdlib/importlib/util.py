"""importlib.util: whether a module is there."""

import _imports


class ModuleSpec:
    def __init__(self, name):
        self.name = name
        self.loader = None
        self.origin = None
        self.submodule_search_locations = None


def find_spec(name, package=None):
    return ModuleSpec(name) if _imports.has_module(name) else None
