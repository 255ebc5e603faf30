"""The beta distribution."""

from .distribution import Distribution, broadcast_all


class Beta(Distribution):
    has_rsample = True

    def __init__(self, concentration1, concentration0, validate_args=None):
        self.concentration1, self.concentration0 = broadcast_all(concentration1, concentration0)
        super().__init__(self.concentration1.shape)

    @property
    def mean(self):
        return self.concentration1 / (self.concentration1 + self.concentration0)

    @property
    def variance(self):
        total = self.concentration1 + self.concentration0
        return self.concentration1 * self.concentration0 / (total.pow(2) * (total + 1))

    def log_prob(self, value):
        a, b = self.concentration1, self.concentration0
        scale = (a + b).lgamma() - a.lgamma() - b.lgamma()
        return (a - 1) * value.log() + (b - 1) * (-value).log1p() + scale
