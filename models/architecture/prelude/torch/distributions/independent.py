"""Several dimensions of a batch as one event."""

from .distribution import Distribution


def _sum_rightmost(value, count):
    return value if count == 0 else value.sum(list(range(-count, 0)))


class Independent(Distribution):
    def __init__(self, base_distribution, reinterpreted_batch_ndims, validate_args=None):
        self.base_dist = base_distribution
        self.reinterpreted_batch_ndims = reinterpreted_batch_ndims
        shape = tuple(base_distribution.batch_shape) + tuple(base_distribution.event_shape)
        batch_dims = len(base_distribution.batch_shape) - reinterpreted_batch_ndims
        super().__init__(shape[:batch_dims], shape[batch_dims:])

    @property
    def mean(self):
        return self.base_dist.mean

    @property
    def mode(self):
        return self.base_dist.mode

    @property
    def variance(self):
        return self.base_dist.variance

    @property
    def stddev(self):
        return self.base_dist.stddev

    def _like(self):
        return self.base_dist._like()

    def log_prob(self, value):
        return _sum_rightmost(self.base_dist.log_prob(value), self.reinterpreted_batch_ndims)

    def entropy(self):
        return _sum_rightmost(self.base_dist.entropy(), self.reinterpreted_batch_ndims)
