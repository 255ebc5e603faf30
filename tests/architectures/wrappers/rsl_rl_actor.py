"""The actor of an rsl_rl runner as a network of one tensor."""

import torch
from rsl_rl.models import MLPModel
from rsl_rl.modules import GaussianDistribution
from torch import nn


class Actor(nn.Module):
    def __init__(self, observations, actions, **options):
        super().__init__()
        noise = {"class_name": GaussianDistribution, "init_std": 1.0}
        example = {"policy": torch.zeros(1, observations)}
        groups = {"actor": ["policy"]}
        self.model = MLPModel(
            example, groups, "actor", actions, [64, 32], "elu", distribution_cfg=noise, **options
        )

    def forward(self, obs):
        return self.model({"policy": obs})
