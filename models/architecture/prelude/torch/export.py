"""Export is left out."""

from ._refusal import refusing

export = refusing("torch.export.export", "Graft runs the source itself")


class Dim:
    AUTO = None
    STATIC = None
    DYNAMIC = None

    def __init__(self, name, *, min=None, max=None):
        self.__name__ = name
