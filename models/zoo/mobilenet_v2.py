"""MobileNet v2: "MobileNetV2: Inverted Residuals and Linear Bottlenecks" (Sandler et al. 2018,
https://arxiv.org/abs/1801.04381).

Key names and shapes: torchvision's mobilenet_v2.

    "architecture": "mobilenet_v2.py:mobilenet_v2(num_classes=10, width_mult=0.5)"

Image [n, 3, height, width] -> logits [n, num_classes].
"""

import torch
from conv_norm import conv_norm, make_divisible
from torch import Tensor, nn
from torch.nn import functional as F

# The paper's table 2: expansion, channels, blocks, stride of the first block.
STAGES = [
    (1, 16, 1, 1),
    (6, 24, 2, 2),
    (6, 32, 3, 2),
    (6, 64, 4, 2),
    (6, 96, 3, 1),
    (6, 160, 3, 2),
    (6, 320, 1, 1),
]


class InvertedResidual(nn.Module):
    def __init__(self, inputs: int, outputs: int, stride: int, expansion: float):
        super().__init__()
        width = int(round(inputs * expansion))
        self.residual = stride == 1 and inputs == outputs
        layers = []
        if expansion != 1:
            layers.append(conv_norm(inputs, width, kernel_size=1, activation=nn.ReLU6))
        layers += [
            conv_norm(width, width, stride=stride, groups=width, activation=nn.ReLU6),
            nn.Conv2d(width, outputs, kernel_size=1, bias=False),
            nn.BatchNorm2d(outputs),
        ]
        self.conv = nn.Sequential(*layers)

    def forward(self, x: Tensor) -> Tensor:
        return x + self.conv(x) if self.residual else self.conv(x)


class MobileNetV2(nn.Module):
    """width_mult scales all channels; they are rounded to multiples of round_nearest."""

    def __init__(
        self,
        num_classes: int = 1000,
        width_mult: float = 1.0,
        inverted_residual_setting=STAGES,
        round_nearest: int = 8,
        dropout: float = 0.2,
    ):
        super().__init__()
        channels = make_divisible(32 * width_mult, round_nearest)
        last = make_divisible(1280 * max(1.0, width_mult), round_nearest)
        features = [conv_norm(3, channels, stride=2, activation=nn.ReLU6)]
        for expansion, width, blocks, stride in inverted_residual_setting:
            outputs = make_divisible(width * width_mult, round_nearest)
            for i in range(blocks):
                features.append(
                    InvertedResidual(channels, outputs, stride if i == 0 else 1, expansion)
                )
                channels = outputs
        features.append(conv_norm(channels, last, kernel_size=1, activation=nn.ReLU6))
        self.features = nn.Sequential(*features)
        self.classifier = nn.Sequential(nn.Dropout(dropout), nn.Linear(last, num_classes))

        for module in self.modules():
            if isinstance(module, nn.Conv2d):
                nn.init.kaiming_normal_(module.weight, mode="fan_out")
            elif isinstance(module, nn.BatchNorm2d):
                nn.init.ones_(module.weight)
                nn.init.zeros_(module.bias)
            elif isinstance(module, nn.Linear):
                nn.init.normal_(module.weight, 0, 0.01)
                nn.init.zeros_(module.bias)

    def forward(self, x: Tensor) -> Tensor:
        x = F.adaptive_avg_pool2d(self.features(x), (1, 1))
        return self.classifier(torch.flatten(x, 1))


def mobilenet_v2(**kwargs) -> MobileNetV2:
    return MobileNetV2(**kwargs)
