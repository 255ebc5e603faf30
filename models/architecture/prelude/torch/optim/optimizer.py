"""The base of optimizers."""

from .._refusal import refuse


class Optimizer:
    def __init__(self, params, lr=0.001, **options):
        self.defaults = dict(options, lr=lr)
        self.state = {}
        self.param_groups = [dict(self.defaults, params=list(params))]

    def zero_grad(self, set_to_none=True):
        pass

    def state_dict(self):
        return {"state": {}, "param_groups": []}

    def load_state_dict(self, state_dict):
        pass

    def step(self, closure=None):
        refuse("a step of an optimizer", "a served network is not trained")
