"""Where pickled modules look for FloatFunctional."""

from ....ao.nn.quantized.modules.functional_modules import (
    FloatFunctional,
    FXFloatFunctional,
    QFunctional,
)
