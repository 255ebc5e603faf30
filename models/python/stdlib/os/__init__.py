"""os: no file and no process is reached; paths are text, and the environment is empty."""

import _library
from os import path

sep = "/"
linesep = "\n"
pathsep = ":"
curdir = "."
pardir = ".."
name = "posix"
environ = {}


def getenv(key, default=None):
    return default


class PathLike:
    __instancecheck__ = _library.instance_check("PathLike")


def fspath(path):
    return path if isinstance(path, str) else path.__fspath__()


def cpu_count():
    return 1


def register_at_fork(*, before=None, after_in_child=None, after_in_parent=None):
    """There are no forks to be told of."""


def __getattr__(name):
    _library.not_supported(f"os.{name}", "a model's source reaches no file or process")
