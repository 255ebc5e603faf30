"""The policies that Stable-Baselines3 saves in `policy.pth` of its .zip files, for flat
observations: PpoPolicy for PPO and A2C, SacActor for SAC. (TD3 and DQN: see mlp.py.)

Key names: Stable-Baselines3. PpoPolicy: `mlp_extractor.policy_net.0.weight`, `action_net.weight`,
`value_net.weight`, `log_std`. SacActor: below the prefix `actor.`, `latent_pi.0.weight`,
`mu.weight`, `log_std.weight`.

    "architecture": "sb3_policy.py:PpoPolicy(obs=24, actions=4, pi=[64, 64], vf=[64, 64])"

Observation [agents, obs] -> the deterministic action [agents, actions]. PpoPolicy: the mean, which
predict() then clips to the action space; logits for a discrete one. SacActor: within [-1, 1], which
predict() then scales to the action space.
"""

import math

import torch
from mlp import Mlp
from torch import Tensor, nn


def initialise(module: nn.Module, gain: float):
    """Orthogonal weights and no bias, in all linear layers of the module."""
    for layer in module.modules():
        if isinstance(layer, nn.Linear):
            nn.init.orthogonal_(layer.weight, gain=gain)
            nn.init.zeros_(layer.bias)


class MlpExtractor(nn.Module):
    def __init__(self, obs: int, pi, vf, activation: str):
        super().__init__()
        self.policy_net = Mlp([obs, *pi], activation, output_activation=activation)
        self.value_net = Mlp([obs, *vf], activation, output_activation=activation)

    def forward(self, obs: Tensor) -> Tensor:
        return self.policy_net(obs)


class PpoPolicy(nn.Module):
    """pi, vf: hidden layers of policy and value (`net_arch`). discrete: whether actions counts the
    choices of a discrete action space; nothing is stored of its noise.
    """

    def __init__(
        self,
        obs: int = 24,
        actions: int = 4,
        pi=(64, 64),
        vf=(64, 64),
        activation: str = "tanh",
        discrete: bool = False,
    ):
        super().__init__()
        if not discrete:
            self.log_std = nn.Parameter(torch.zeros(actions))
        self.mlp_extractor = MlpExtractor(obs, pi, vf, activation)
        self.action_net = nn.Linear([obs, *pi][-1], actions)
        self.value_net = nn.Linear([obs, *vf][-1], 1)
        initialise(self.mlp_extractor, math.sqrt(2))
        initialise(self.action_net, 0.01)
        initialise(self.value_net, 1.0)

    def forward(self, obs: Tensor) -> Tensor:
        return self.action_net(self.mlp_extractor(obs))


class SacActor(nn.Module):
    def __init__(
        self, obs: int = 24, actions: int = 4, hidden=(256, 256), activation: str = "relu"
    ):
        super().__init__()
        self.latent_pi = Mlp([obs, *hidden], activation, output_activation=activation)
        self.mu = nn.Linear([obs, *hidden][-1], actions)
        self.log_std = nn.Linear([obs, *hidden][-1], actions)

    def forward(self, obs: Tensor) -> Tensor:
        return torch.tanh(self.mu(self.latent_pi(obs)))
