"""Where values lie: nothing here is checked."""


class Constraint:
    pass


class _Everything(Constraint):
    def check(self, value):
        return True


real = _Everything()
real_vector = _Everything()
positive = _Everything()
nonnegative = _Everything()
unit_interval = _Everything()
simplex = _Everything()
boolean = _Everything()
