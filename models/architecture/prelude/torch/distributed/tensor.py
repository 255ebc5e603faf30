"""A class for isinstance."""


class DTensor:
    """There are no instances."""
