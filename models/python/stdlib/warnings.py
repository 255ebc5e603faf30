"""warnings: written with print(), none is hidden or raised."""


def warn(message, category=None, stacklevel=1, source=None, **kwargs):
    if isinstance(message, Warning):
        category = type(message)
    name = "UserWarning" if category is None else category.__name__
    print(f"{name}: {message}")


def warn_explicit(message, category, filename, lineno, *args, **kwargs):
    warn(message, category)


def filterwarnings(*args, **kwargs):
    pass


def simplefilter(*args, **kwargs):
    pass


def resetwarnings():
    pass


class catch_warnings:
    def __init__(self, *, record=False, **kwargs):
        self._record = record

    def __enter__(self):
        return [] if self._record else None

    def __exit__(self, *error):
        return None
