"""A Gaussian policy of skrl, as its documentation writes one, acting by its mean."""

import torch
from skrl.models.torch import GaussianMixin, Model
from torch import nn


class Policy(GaussianMixin, Model):
    def __init__(self, observation_space, action_space, device="cpu"):
        Model.__init__(
            self, observation_space=observation_space, action_space=action_space, device=device
        )
        GaussianMixin.__init__(self, clip_actions=False, clip_log_std=True)
        self.net = nn.Sequential(
            nn.Linear(self.num_observations, 32), nn.ELU(), nn.Linear(32, self.num_actions)
        )
        self.log_std_parameter = nn.Parameter(torch.zeros(self.num_actions))

    def compute(self, inputs, role=""):
        return self.net(inputs["observations"]), {"log_std": self.log_std_parameter}


class Actor(nn.Module):
    def __init__(self, observations, actions):
        super().__init__()
        self.policy = Policy(observations, actions)

    def forward(self, obs):
        return self.policy.act({"observations": obs}, role="policy")[1]["mean_actions"]
