"""ConvNeXt tiny to large: "A ConvNet for the 2020s" (Liu et al. 2022,
https://arxiv.org/abs/2201.03545).

Key names and shapes: torchvision's convnext_tiny ... convnext_large.

    "architecture": "convnext.py:convnext_tiny(num_classes=10)"

Image [n, 3, height, width] -> logits [n, num_classes]; height and width from 32.
"""

import torch
from stochastic_depth import StochasticDepth
from torch import Tensor, nn
from torch.nn import functional as F


class LayerNorm2d(nn.LayerNorm):
    """Over the channels of [n, channels, height, width]."""

    def forward(self, x: Tensor) -> Tensor:
        x = x.permute(0, 2, 3, 1)
        x = F.layer_norm(x, self.normalized_shape, self.weight, self.bias, self.eps)
        return x.permute(0, 3, 1, 2)


class Permute(nn.Module):
    def __init__(self, dims):
        super().__init__()
        self.dims = dims

    def forward(self, x: Tensor) -> Tensor:
        return x.permute(self.dims)


class CNBlock(nn.Module):
    def __init__(self, channels: int, layer_scale: float, drop: float):
        super().__init__()
        self.block = nn.Sequential(
            nn.Conv2d(channels, channels, kernel_size=7, padding=3, groups=channels),
            Permute([0, 2, 3, 1]),
            nn.LayerNorm(channels, eps=1e-6),
            nn.Linear(channels, 4 * channels),
            nn.GELU(),
            nn.Linear(4 * channels, channels),
            Permute([0, 3, 1, 2]),
        )
        self.layer_scale = nn.Parameter(torch.ones(channels, 1, 1) * layer_scale)
        self.stochastic_depth = StochasticDepth(drop)

    def forward(self, x: Tensor) -> Tensor:
        out = self.stochastic_depth(self.layer_scale * self.block(x))
        out += x
        return out


class ConvNeXt(nn.Module):
    """stages: channels and blocks of each."""

    def __init__(
        self,
        stages,
        stochastic_depth_prob: float = 0.0,
        layer_scale: float = 1e-6,
        num_classes: int = 1000,
    ):
        super().__init__()
        channels = stages[0][0]
        features = [
            nn.Sequential(
                nn.Conv2d(3, channels, kernel_size=4, stride=4),
                LayerNorm2d(channels, eps=1e-6),
            )
        ]
        total = sum(blocks for _, blocks in stages)
        done = 0
        for i, (width, blocks) in enumerate(stages):
            if i > 0:
                features.append(
                    nn.Sequential(
                        LayerNorm2d(channels, eps=1e-6),
                        nn.Conv2d(channels, width, kernel_size=2, stride=2),
                    )
                )
            stage = []
            for _ in range(blocks):
                drop = stochastic_depth_prob * done / (total - 1.0)
                stage.append(CNBlock(width, layer_scale, drop))
                done += 1
            features.append(nn.Sequential(*stage))
            channels = width
        self.features = nn.Sequential(*features)
        self.avgpool = nn.AdaptiveAvgPool2d(1)
        self.classifier = nn.Sequential(
            LayerNorm2d(channels, eps=1e-6),
            nn.Flatten(1),
            nn.Linear(channels, num_classes),
        )

        for module in self.modules():
            if isinstance(module, (nn.Conv2d, nn.Linear)):
                nn.init.trunc_normal_(module.weight, std=0.02)
                nn.init.zeros_(module.bias)

    def forward(self, x: Tensor) -> Tensor:
        return self.classifier(self.avgpool(self.features(x)))


def convnext_tiny(stochastic_depth_prob: float = 0.1, **kwargs) -> ConvNeXt:
    stages = [(96, 3), (192, 3), (384, 9), (768, 3)]
    return ConvNeXt(stages, stochastic_depth_prob, **kwargs)


def convnext_small(stochastic_depth_prob: float = 0.4, **kwargs) -> ConvNeXt:
    stages = [(96, 3), (192, 3), (384, 27), (768, 3)]
    return ConvNeXt(stages, stochastic_depth_prob, **kwargs)


def convnext_base(stochastic_depth_prob: float = 0.5, **kwargs) -> ConvNeXt:
    stages = [(128, 3), (256, 3), (512, 27), (1024, 3)]
    return ConvNeXt(stages, stochastic_depth_prob, **kwargs)


def convnext_large(stochastic_depth_prob: float = 0.5, **kwargs) -> ConvNeXt:
    stages = [(192, 3), (384, 3), (768, 27), (1536, 3)]
    return ConvNeXt(stages, stochastic_depth_prob, **kwargs)
