"""Where pickled modules look for DataParallel."""

from . import DataParallel
