"""Where pickled modules look for FloatFunctional."""

from . import functional_modules
