"""A small transformer encoder ("Attention Is All You Need", Vaswani et al. 2017,
https://arxiv.org/abs/1706.03762) as a policy that sees a window of observations, not only the last.

Key names: torch.nn.TransformerEncoder's below `encoder.`; `embed`, `position` and `action` beside.

    "architecture": "transformer.py:TransformerPolicy(obs=48, actions=12, window=16)"

Observations, oldest first, [agents, window, obs] -> action [agents, actions].
"""

import torch
from torch import Tensor, nn


class TransformerPolicy(nn.Module):
    def __init__(
        self,
        obs: int = 48,
        actions: int = 12,
        window: int = 16,
        width: int = 64,
        heads: int = 4,
        layers: int = 2,
        feedforward: int = 256,
        dropout: float = 0.0,
        activation: str = "gelu",
        norm_first: bool = True,
    ):
        super().__init__()
        self.embed = nn.Linear(obs, width)
        self.position = nn.Parameter(torch.empty(1, window, width).normal_(std=0.02))
        layer = nn.TransformerEncoderLayer(
            width,
            heads,
            feedforward,
            dropout,
            activation,
            batch_first=True,
            norm_first=norm_first,
        )
        self.encoder = nn.TransformerEncoder(
            layer, layers, norm=nn.LayerNorm(width), enable_nested_tensor=False
        )
        self.action = nn.Linear(width, actions)

    def forward(self, obs: Tensor) -> Tensor:
        x = self.encoder(self.embed(obs) + self.position)
        return self.action(x[:, -1])
