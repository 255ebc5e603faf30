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
flags = None


def getrecursionlimit():
    return 1000


def setrecursionlimit(limit):
    pass


def getsizeof(obj, default=0):
    _library.not_supported("sys.getsizeof()")


def exit(status=None):
    _library.not_supported("sys.exit()", "raise an error")


class _Stream:
    def write(self, text):
        print(text, end="")

    def flush(self):
        pass


stdout = _Stream()
stderr = _Stream()
