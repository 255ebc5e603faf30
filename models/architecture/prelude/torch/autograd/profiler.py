"""Names for what is measured: nothing is."""

from .._modes import _Nothing, record_function


class profile(_Nothing):
    pass
