"""The actor-critic of proximal policy optimisation (Schulman et al. 2017,
https://arxiv.org/abs/1707.06347) as rsl_rl, legged_gym and Isaac Lab train and save it.

Key names and arguments: rsl_rl. ActorCritic fits the `model_state_dict` of versions 1 to 3:
`actor.0.weight`, `critic.0.weight`, `std`. Actor fits the `actor_state_dict` of version 5:
`mlp.0.weight`, `distribution.std_param`.

    "architecture": "actor_critic.py:ActorCritic(48, 48, 12, actor_hidden_dims=[512, 256, 128])"

Observation [agents, num_actor_obs] -> mean of the action [agents, num_actions]; with value=True
also the value [agents, 1].
"""

from typing import Final

import torch
from empirical_normalization import EmpiricalNormalization
from mlp import Mlp
from torch import Tensor, nn


class ActorCritic(nn.Module):
    """noise_std_type: "scalar" stores `std`, "log" stores `log_std`. The normalisations are those
    of version 3. value: the critic sees what the actor sees, and its answer is an output.
    """

    value: Final[bool]

    def __init__(
        self,
        num_actor_obs: int = 48,
        num_critic_obs: int = 48,
        num_actions: int = 12,
        actor_hidden_dims=(256, 256, 256),
        critic_hidden_dims=(256, 256, 256),
        activation: str = "elu",
        init_noise_std: float = 1.0,
        noise_std_type: str = "scalar",
        actor_obs_normalization: bool = False,
        critic_obs_normalization: bool = False,
        value: bool = False,
    ):
        super().__init__()
        if value and num_critic_obs != num_actor_obs:
            raise ValueError(
                f"value=True needs a critic that sees the actor's {num_actor_obs} features; "
                f"this one sees {num_critic_obs}"
            )
        self.value = value
        self.actor = Mlp([num_actor_obs, *actor_hidden_dims, num_actions], activation)
        self.actor_obs_normalizer = nn.Identity()
        if actor_obs_normalization:
            self.actor_obs_normalizer = EmpiricalNormalization(num_actor_obs)
        self.critic = Mlp([num_critic_obs, *critic_hidden_dims, 1], activation)
        self.critic_obs_normalizer = nn.Identity()
        if critic_obs_normalization:
            self.critic_obs_normalizer = EmpiricalNormalization(num_critic_obs)
        std = init_noise_std * torch.ones(num_actions)
        if noise_std_type == "scalar":
            self.std = nn.Parameter(std)
        elif noise_std_type == "log":
            self.log_std = nn.Parameter(torch.log(std))
        else:
            raise ValueError(f"noise_std_type '{noise_std_type}' is neither 'scalar' nor 'log'")

    def forward(self, obs: Tensor):
        action = self.actor(self.actor_obs_normalizer(obs))
        if self.value:
            return action, self.critic(self.critic_obs_normalizer(obs))
        else:
            return action


class GaussianDistribution(nn.Module):
    """What the checkpoint holds of it. Its mean is the network's output, unchanged."""

    def __init__(self, num_actions: int, init_std: float, std_type: str):
        super().__init__()
        std = init_std * torch.ones(num_actions)
        if std_type == "scalar":
            self.std_param = nn.Parameter(std)
        elif std_type == "log":
            self.log_std_param = nn.Parameter(torch.log(std))
        else:
            raise ValueError(f"std_type '{std_type}' is neither 'scalar' nor 'log'")

    def forward(self, mean: Tensor) -> Tensor:
        return mean


class Actor(nn.Module):
    def __init__(
        self,
        obs_dim: int = 48,
        output_dim: int = 12,
        hidden_dims=(256, 256, 256),
        activation: str = "elu",
        obs_normalization: bool = False,
        init_std: float = 1.0,
        std_type: str = "scalar",
    ):
        super().__init__()
        self.obs_normalizer = nn.Identity()
        if obs_normalization:
            self.obs_normalizer = EmpiricalNormalization(obs_dim)
        self.distribution = GaussianDistribution(output_dim, init_std, std_type)
        self.mlp = Mlp([obs_dim, *hidden_dims, output_dim], activation)

    def forward(self, obs: Tensor) -> Tensor:
        return self.distribution(self.mlp(self.obs_normalizer(obs)))
