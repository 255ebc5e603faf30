"""An actor-critic of rl_games, as the YAML files of Isaac Gym's tasks configure one."""

from rl_games.algos_torch.network_builder import A2CBuilder
from torch import nn


def _parameters(separate, d2rl):
    nothing = {"name": "default"}
    return {
        "name": "actor_critic",
        "separate": separate,
        "space": {
            "continuous": {
                "mu_activation": "None",
                "sigma_activation": "None",
                "mu_init": nothing,
                "sigma_init": {"name": "const_initializer", "val": 0},
                "fixed_sigma": True,
            }
        },
        "mlp": {
            "units": [32, 16],
            "activation": "elu",
            "d2rl": d2rl,
            "initializer": nothing,
            "regularizer": {"name": "None"},
        },
    }


class Actor(nn.Module):
    def __init__(self, observations, actions, separate=False, d2rl=False):
        super().__init__()
        builder = A2CBuilder()
        builder.load(_parameters(separate, d2rl))
        self.network = builder.build(
            "actor", input_shape=(observations,), actions_num=actions, num_seqs=1, value_size=1
        )

    def forward(self, obs):
        mean, _, value, _ = self.network({"obs": obs, "seq_length": 1})
        return mean, value
