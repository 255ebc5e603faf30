"""Decorators that give back what they decorate."""


def same(function):
    return function


def optional(function=None, *args, **kwargs):
    """For both @mark and @mark(option=...)."""
    return function if callable(function) else same
