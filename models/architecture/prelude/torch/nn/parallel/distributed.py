"""Where pickled modules look for DistributedDataParallel."""

from . import DistributedDataParallel
