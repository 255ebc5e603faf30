"""EfficientNet B0 to B7 and v2 S, M, L: "EfficientNet: Rethinking Model Scaling for Convolutional
Neural Networks" (Tan, Le 2019, https://arxiv.org/abs/1905.11946), "EfficientNetV2: Smaller Models
and Faster Training" (Tan, Le 2021, https://arxiv.org/abs/2104.00298).

Key names and shapes: torchvision's efficientnet_b0 ... efficientnet_v2_l.

    "architecture": "efficientnet.py:efficientnet_b0(num_classes=10)"

Image [n, 3, height, width] -> logits [n, num_classes].
"""

import math
from functools import partial

import torch
from conv_norm import conv_norm, make_divisible
from squeeze_excitation import SqueezeExcitation
from stochastic_depth import StochasticDepth
from torch import Tensor, nn


class MBConv(nn.Module):
    """An inverted residual: expand, depthwise, squeeze and excite, project."""

    def __init__(
        self,
        expansion: float,
        kernel_size: int,
        stride: int,
        inputs: int,
        outputs: int,
        drop: float,
        norm_layer,
    ):
        super().__init__()
        self.residual = stride == 1 and inputs == outputs
        brick = partial(conv_norm, norm_layer=norm_layer)
        expanded = make_divisible(inputs * expansion)
        layers = []
        if expanded != inputs:
            layers.append(brick(inputs, expanded, 1, activation=nn.SiLU))
        layers += [
            brick(
                expanded, expanded, kernel_size, stride, groups=expanded, activation=nn.SiLU
            ),
            SqueezeExcitation(expanded, max(1, inputs // 4), nn.SiLU, nn.Sigmoid),
            brick(expanded, outputs, 1),
        ]
        self.block = nn.Sequential(*layers)
        self.stochastic_depth = StochasticDepth(drop)

    def forward(self, x: Tensor) -> Tensor:
        out = self.block(x)
        if self.residual:
            out = self.stochastic_depth(out)
            out += x
        return out


class FusedMBConv(nn.Module):
    """An inverted residual whose expansion and depthwise convolution are one dense convolution."""

    def __init__(
        self,
        expansion: float,
        kernel_size: int,
        stride: int,
        inputs: int,
        outputs: int,
        drop: float,
        norm_layer,
    ):
        super().__init__()
        self.residual = stride == 1 and inputs == outputs
        brick = partial(conv_norm, norm_layer=norm_layer)
        expanded = make_divisible(inputs * expansion)
        if expanded != inputs:
            layers = [
                brick(inputs, expanded, kernel_size, stride, activation=nn.SiLU),
                brick(expanded, outputs, 1),
            ]
        else:
            layers = [brick(inputs, outputs, kernel_size, stride, activation=nn.SiLU)]
        self.block = nn.Sequential(*layers)
        self.stochastic_depth = StochasticDepth(drop)

    def forward(self, x: Tensor) -> Tensor:
        out = self.block(x)
        if self.residual:
            out = self.stochastic_depth(out)
            out += x
        return out


class EfficientNet(nn.Module):
    """stages: block class, expansion, kernel size, stride of the first block, channels in,
    channels out, blocks. last_channel: 0 for four times the last stage's.
    """

    def __init__(
        self,
        stages,
        dropout: float,
        stochastic_depth_prob: float = 0.2,
        num_classes: int = 1000,
        norm_layer=nn.BatchNorm2d,
        last_channel: int = 0,
    ):
        super().__init__()
        features = [
            conv_norm(3, stages[0][4], stride=2, norm_layer=norm_layer, activation=nn.SiLU)
        ]
        total = sum(stage[6] for stage in stages)
        done = 0
        for block, expansion, kernel_size, stride, inputs, outputs, blocks in stages:
            stage = []
            for i in range(blocks):
                drop = stochastic_depth_prob * done / total
                if i == 0:
                    shape = (stride, inputs, outputs)
                else:
                    shape = (1, outputs, outputs)
                stage.append(block(expansion, kernel_size, *shape, drop, norm_layer))
                done += 1
            features.append(nn.Sequential(*stage))
        channels = stages[-1][5]
        last = last_channel or 4 * channels
        features.append(
            conv_norm(channels, last, 1, norm_layer=norm_layer, activation=nn.SiLU)
        )
        self.features = nn.Sequential(*features)
        self.avgpool = nn.AdaptiveAvgPool2d(1)
        self.classifier = nn.Sequential(
            nn.Dropout(dropout, inplace=True),
            nn.Linear(last, num_classes),
        )

        for module in self.modules():
            if isinstance(module, nn.Conv2d):
                nn.init.kaiming_normal_(module.weight, mode="fan_out")
                if module.bias is not None:
                    nn.init.zeros_(module.bias)
            elif isinstance(module, (nn.BatchNorm2d, nn.GroupNorm)):
                nn.init.ones_(module.weight)
                nn.init.zeros_(module.bias)
            elif isinstance(module, nn.Linear):
                bound = 1.0 / math.sqrt(module.out_features)
                nn.init.uniform_(module.weight, -bound, bound)
                nn.init.zeros_(module.bias)

    def forward(self, x: Tensor) -> Tensor:
        x = self.avgpool(self.features(x))
        return self.classifier(torch.flatten(x, 1))


# The first paper's table 1.
B0_STAGES = [
    (MBConv, 1, 3, 1, 32, 16, 1),
    (MBConv, 6, 3, 2, 16, 24, 2),
    (MBConv, 6, 5, 2, 24, 40, 2),
    (MBConv, 6, 3, 2, 40, 80, 3),
    (MBConv, 6, 5, 1, 80, 112, 3),
    (MBConv, 6, 5, 2, 112, 192, 4),
    (MBConv, 6, 3, 1, 192, 320, 1),
]


def scaled(width: float, depth: float):
    """B0 with all channels and numbers of blocks multiplied: B1 to B7."""
    return [
        (
            block,
            expansion,
            kernel_size,
            stride,
            make_divisible(inputs * width),
            make_divisible(outputs * width),
            math.ceil(blocks * depth),
        )
        for block, expansion, kernel_size, stride, inputs, outputs, blocks in B0_STAGES
    ]


# The larger ones were ported with the constants of their TensorFlow originals.
tf_norm = partial(nn.BatchNorm2d, eps=0.001, momentum=0.01)
v2_norm = partial(nn.BatchNorm2d, eps=0.001)


def efficientnet_b0(dropout: float = 0.2, **kwargs) -> EfficientNet:
    return EfficientNet(scaled(1.0, 1.0), dropout, **kwargs)


def efficientnet_b1(dropout: float = 0.2, **kwargs) -> EfficientNet:
    return EfficientNet(scaled(1.0, 1.1), dropout, **kwargs)


def efficientnet_b2(dropout: float = 0.3, **kwargs) -> EfficientNet:
    return EfficientNet(scaled(1.1, 1.2), dropout, **kwargs)


def efficientnet_b3(dropout: float = 0.3, **kwargs) -> EfficientNet:
    return EfficientNet(scaled(1.2, 1.4), dropout, **kwargs)


def efficientnet_b4(dropout: float = 0.4, **kwargs) -> EfficientNet:
    return EfficientNet(scaled(1.4, 1.8), dropout, **kwargs)


def efficientnet_b5(dropout: float = 0.4, **kwargs) -> EfficientNet:
    return EfficientNet(scaled(1.6, 2.2), dropout, norm_layer=tf_norm, **kwargs)


def efficientnet_b6(dropout: float = 0.5, **kwargs) -> EfficientNet:
    return EfficientNet(scaled(1.8, 2.6), dropout, norm_layer=tf_norm, **kwargs)


def efficientnet_b7(dropout: float = 0.5, **kwargs) -> EfficientNet:
    return EfficientNet(scaled(2.0, 3.1), dropout, norm_layer=tf_norm, **kwargs)


def efficientnet_v2_s(dropout: float = 0.2, **kwargs) -> EfficientNet:
    stages = [
        (FusedMBConv, 1, 3, 1, 24, 24, 2),
        (FusedMBConv, 4, 3, 2, 24, 48, 4),
        (FusedMBConv, 4, 3, 2, 48, 64, 4),
        (MBConv, 4, 3, 2, 64, 128, 6),
        (MBConv, 6, 3, 1, 128, 160, 9),
        (MBConv, 6, 3, 2, 160, 256, 15),
    ]
    return EfficientNet(stages, dropout, norm_layer=v2_norm, last_channel=1280, **kwargs)


def efficientnet_v2_m(dropout: float = 0.3, **kwargs) -> EfficientNet:
    stages = [
        (FusedMBConv, 1, 3, 1, 24, 24, 3),
        (FusedMBConv, 4, 3, 2, 24, 48, 5),
        (FusedMBConv, 4, 3, 2, 48, 80, 5),
        (MBConv, 4, 3, 2, 80, 160, 7),
        (MBConv, 6, 3, 1, 160, 176, 14),
        (MBConv, 6, 3, 2, 176, 304, 18),
        (MBConv, 6, 3, 1, 304, 512, 5),
    ]
    return EfficientNet(stages, dropout, norm_layer=v2_norm, last_channel=1280, **kwargs)


def efficientnet_v2_l(dropout: float = 0.4, **kwargs) -> EfficientNet:
    stages = [
        (FusedMBConv, 1, 3, 1, 32, 32, 4),
        (FusedMBConv, 4, 3, 2, 32, 64, 7),
        (FusedMBConv, 4, 3, 2, 64, 96, 7),
        (MBConv, 4, 3, 2, 96, 192, 10),
        (MBConv, 6, 3, 1, 192, 224, 19),
        (MBConv, 6, 3, 2, 224, 384, 25),
        (MBConv, 6, 3, 1, 384, 640, 7),
    ]
    return EfficientNet(stages, dropout, norm_layer=v2_norm, last_channel=1280, **kwargs)
