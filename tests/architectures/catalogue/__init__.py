"""The networks that survey.py runs: package, source file, expression, inputs.

An expression is evaluated in its file, by Python and by Graft alike. An input is a shape, of
normally distributed numbers, or {"shape": [2, 8], "below": 100}, of whole numbers.
"""

from . import generators, images, policies, sequences, volumes


def entries():
    yield from images.entries()
    yield from volumes.entries()
    yield from generators.entries()
    yield from sequences.entries()
    yield from policies.entries()
