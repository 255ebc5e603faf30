"""Distributions, as far as a served policy needs them: what is certain of them.

Samples are refused: the same observation must give the same action.
"""

from . import constraints, kl
from .bernoulli import Bernoulli
from .beta import Beta
from .categorical import Categorical
from .distribution import Distribution
from .independent import Independent
from .kl import kl_divergence
from .normal import Normal
from .squashed import TanhTransform, TransformedDistribution
