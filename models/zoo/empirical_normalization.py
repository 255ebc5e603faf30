"""Observations centred and scaled by the mean and spread that training saw. Part of
actor_critic.py, with the keys `_mean`, `_var`, `_std`, `count` of rsl_rl's EmpiricalNormalization.
"""

import torch
from torch import Tensor, nn


class EmpiricalNormalization(nn.Module):
    def __init__(self, features: int, eps: float = 1e-2):
        super().__init__()
        self.eps = eps
        self.register_buffer("_mean", torch.zeros(1, features))
        self.register_buffer("_var", torch.ones(1, features))
        self.register_buffer("_std", torch.ones(1, features))
        self.register_buffer("count", torch.tensor(0, dtype=torch.long))

    def forward(self, x: Tensor) -> Tensor:
        return (x - self._mean) / (self._std + self.eps)
