"""Modes of gradients and precision, as context managers and decorators that change nothing."""


class _Nothing:
    """What `with` enters and what decorates a function, without any effect."""

    def __init__(self, *args, **kwargs):
        pass

    def __enter__(self):
        return self

    def __exit__(self, *exception):
        return False

    def __call__(self, function):
        return function


def _mode(function=None):
    return function if callable(function) else _Nothing()


no_grad = _mode
enable_grad = _mode
inference_mode = _mode


class set_grad_enabled(_Nothing):
    pass


class autocast(_Nothing):
    pass


class set_detect_anomaly(_Nothing):
    pass


class detect_anomaly(_Nothing):
    pass


class record_function(_Nothing):
    pass


def is_grad_enabled():
    return False


def is_inference_mode_enabled():
    return True


def is_autocast_enabled(device_type=None):
    return False


def is_autocast_cpu_enabled():
    return False


def is_autocast_cache_enabled():
    return False
