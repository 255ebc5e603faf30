"""Files are the host's."""

from ._making import load, save
from ._modes import _Nothing


class safe_globals(_Nothing):
    pass


def add_safe_globals(safe_globals):
    pass


def clear_safe_globals():
    pass
