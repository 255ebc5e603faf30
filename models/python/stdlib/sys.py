"""sys: what sources ask about the Python they run in."""

from collections import namedtuple
from types import SimpleNamespace

import _library
from _imports import modules

_VersionInfo = namedtuple("version_info", "major minor micro releaselevel serial")

version_info = _VersionInfo(3, 11, 0, "final", 0)
version = "3.11.0"
hexversion = 0x030B00F0
implementation = SimpleNamespace(name="cpython", version=version_info)
maxsize = 9223372036854775807
platform = "linux"
byteorder = "little"
argv = []
path = []
warnoptions = []
flags = SimpleNamespace(dev_mode=False, optimize=0, interactive=0, debug=0)
executable = prefix = base_prefix = exec_prefix = ""


def getrecursionlimit():
    return 1000


def setrecursionlimit(limit):
    pass


def intern(string):
    return string


def exc_info():
    return (None, None, None)


def getsizeof(obj, default=0):
    _library.not_supported("sys.getsizeof()")


def exit(status=None):
    _library.not_supported("sys.exit()", "raise an error")


class _Stream:
    def write(self, text):
        print(text, end="")

    def flush(self):
        pass

    def isatty(self):
        return False


stdout = __stdout__ = _Stream()
stderr = __stderr__ = _Stream()
