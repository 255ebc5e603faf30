"""Where pickled modules look for QuantStub."""

from ..ao.quantization.stubs import DeQuantStub, QuantStub, QuantWrapper
