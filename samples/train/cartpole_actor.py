"""The policy of the cart-pole swarm: what a cart sees in, the force on it out."""

import torch
from torch import nn


class Actor(nn.Module):
    """Observation [agents, 5] float32 -> force in newtons [agents, 1] float32.

    The observation is in plain physical units, in this order: cart position (m), cart velocity
    (m/s), pole angle from upright (rad), its rate (rad/s), force acting on the cart now (N). Its
    normalisation is part of the model (two buffers), so that a host never has to know about it.
    """

    def __init__(self, hidden: int = 64, max_force: float = 10.0):
        super().__init__()
        self.max_force = max_force
        self.register_buffer("obs_mean", torch.zeros(5))
        self.register_buffer("obs_std", torch.ones(5))
        self.body = nn.Sequential(
            nn.Linear(5, hidden),
            nn.Tanh(),
            nn.Linear(hidden, hidden),
            nn.Tanh(),
        )
        self.force = nn.Linear(hidden, 1)

    def forward(self, obs: torch.Tensor) -> torch.Tensor:
        normalised = (obs - self.obs_mean) / self.obs_std
        return self.max_force * torch.tanh(self.force(self.body(normalised)))
