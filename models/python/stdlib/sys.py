"""sys: what sources ask about the Python they run in."""

from collections import namedtuple

import _library

_VersionInfo = namedtuple("version_info", "major minor micro releaselevel serial")

version_info = _VersionInfo(3, 11, 0, "final", 0)
version = "3.11.0"
hexversion = 0x030B00F0
maxsize = 9223372036854775807
platform = "linux"
byteorder = "little"
argv = []
path = []


class _Modules:
    """Every module that there is, not only those imported so far: import is lazy here."""

    def __getitem__(self, name):
        try:
            return _library.import_module(name)
        except ImportError:
            raise KeyError(name) from None

    def __contains__(self, name):
        return self.get(name) is not None

    def get(self, name, default=None):
        try:
            return self[name]
        except KeyError:
            return default


modules = _Modules()
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
