"""Conditions that hold, or say why not."""


def _assert(condition, message):
    if not condition:
        raise AssertionError(message)


def _check_with(error, condition, message):
    if not condition:
        if message is None:
            text = "Expected cond to be True, but got False."
        else:
            text = message() if callable(message) else message
        raise error(text)


def _check(cond, message=None):
    _check_with(RuntimeError, cond, message)


def _check_value(cond, message=None):
    _check_with(ValueError, cond, message)


def _check_type(cond, message=None):
    _check_with(TypeError, cond, message)


def _check_index(cond, message=None):
    _check_with(IndexError, cond, message)


def _check_is_size(i, message=None, *, max=None):
    _check_with(RuntimeError, i >= 0, message)


def sym_max(a, b):
    return max(a, b)


def sym_min(a, b):
    return min(a, b)


def sym_int(a):
    return int(a)


def sym_float(a):
    return float(a)


def sym_not(a):
    return not a


def typename(obj):
    return type(obj).__name__
