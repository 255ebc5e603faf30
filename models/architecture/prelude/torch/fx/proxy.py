"""A class for isinstance."""


class Proxy:
    """There are no instances."""
