"""Stochastic depth: while training, a residual branch is left out for some rows of the batch
(Huang et al. 2016, https://arxiv.org/abs/1603.09382). Part of efficientnet.py and convnext.py; it
has no parameters and does nothing in eval.
"""

import torch
from torch import Tensor, nn


class StochasticDepth(nn.Module):
    def __init__(self, probability: float):
        super().__init__()
        self.keep = 1.0 - probability

    def forward(self, x: Tensor) -> Tensor:
        """x: [n, channels, height, width]."""
        if not self.training or self.keep == 1.0:
            return x
        mask = torch.empty([x.shape[0], 1, 1, 1], dtype=x.dtype, device=x.device)
        mask.bernoulli_(self.keep)
        if self.keep > 0.0:
            mask /= self.keep  # the branch's expectation stays
        return x * mask
