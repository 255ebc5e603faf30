"""A policy with memory: long short-term memory (Hochreiter, Schmidhuber 1997) and a perceptron on
top, as rsl_rl's ActorCriticRecurrent.

Key names and arguments: rsl_rl 1 to 3, `memory_a.rnn.weight_ih_l0`, `actor.0.weight`, and the
critic's `memory_c`, `critic`, `std`, which the checkpoint holds and the forward does not use.

    "architecture": "lstm_policy.py:LstmPolicy(48, 48, 12, rnn_hidden_dim=256, rnn_num_layers=1)"

obs [agents, num_actor_obs], h and c [agents, layers, rnn_hidden_dim] -> action [agents,
num_actions], h, c. A new episode starts with zeros in h and c. The state is a row per agent, unlike
nn.LSTM's own, so that agents can be gathered into batches with their memory.
"""

from typing import Tuple

import torch
from mlp import Mlp
from torch import Tensor, nn


class Memory(nn.Module):
    """One step of an LSTM."""

    def __init__(self, features: int, hidden_dim: int, num_layers: int):
        super().__init__()
        self.rnn = nn.LSTM(features, hidden_dim, num_layers)

    def forward(self, x: Tensor, h: Tensor, c: Tensor) -> Tuple[Tensor, Tensor, Tensor]:
        state = (h.transpose(0, 1).contiguous(), c.transpose(0, 1).contiguous())
        out, (h, c) = self.rnn(x.unsqueeze(0), state)
        return out.squeeze(0), h.transpose(0, 1), c.transpose(0, 1)


class LstmPolicy(nn.Module):
    def __init__(
        self,
        num_actor_obs: int = 48,
        num_critic_obs: int = 48,
        num_actions: int = 12,
        actor_hidden_dims=(256, 256, 256),
        critic_hidden_dims=(256, 256, 256),
        activation: str = "elu",
        rnn_hidden_dim: int = 256,
        rnn_num_layers: int = 1,
        init_noise_std: float = 1.0,
    ):
        super().__init__()
        self.actor = Mlp([rnn_hidden_dim, *actor_hidden_dims, num_actions], activation)
        self.critic = Mlp([rnn_hidden_dim, *critic_hidden_dims, 1], activation)
        self.std = nn.Parameter(init_noise_std * torch.ones(num_actions))
        self.memory_a = Memory(num_actor_obs, rnn_hidden_dim, rnn_num_layers)
        self.memory_c = Memory(num_critic_obs, rnn_hidden_dim, rnn_num_layers)

    def forward(self, obs: Tensor, h: Tensor, c: Tensor) -> Tuple[Tensor, Tensor, Tensor]:
        latent, h, c = self.memory_a(obs, h, c)
        return self.actor(latent), h, c
