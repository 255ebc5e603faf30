"""A class for isinstance."""


class Node:
    """There are no instances."""
