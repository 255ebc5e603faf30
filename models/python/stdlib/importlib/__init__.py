"""importlib: imports by name."""

from _imports import import_module


def invalidate_caches():
    pass
