"""MobileNet v3, small and large: "Searching for MobileNetV3" (Howard et al. 2019,
https://arxiv.org/abs/1905.02244).

Key names and shapes: torchvision's mobilenet_v3_small and mobilenet_v3_large.

    "architecture": "mobilenet_v3.py:mobilenet_v3_small(num_classes=10)"

Image [n, 3, height, width] -> logits [n, num_classes].
"""

from functools import partial

import torch
from conv_norm import conv_norm, make_divisible
from squeeze_excitation import SqueezeExcitation
from torch import Tensor, nn


class InvertedResidual(nn.Module):
    def __init__(
        self,
        inputs: int,
        kernel_size: int,
        expanded: int,
        outputs: int,
        squeeze: bool,
        activation,
        stride: int,
        dilation: int,
        norm_layer,
    ):
        super().__init__()
        self.residual = stride == 1 and inputs == outputs
        brick = partial(conv_norm, norm_layer=norm_layer)
        layers = []
        if expanded != inputs:
            layers.append(brick(inputs, expanded, 1, activation=activation))
        layers.append(
            brick(
                expanded,
                expanded,
                kernel_size,
                stride=1 if dilation > 1 else stride,
                groups=expanded,
                dilation=dilation,
                activation=activation,
            )
        )
        if squeeze:
            squeezed = make_divisible(expanded // 4)
            layers.append(SqueezeExcitation(expanded, squeezed, nn.ReLU, nn.Hardsigmoid))
        layers.append(brick(expanded, outputs, 1))
        self.block = nn.Sequential(*layers)

    def forward(self, x: Tensor) -> Tensor:
        out = self.block(x)
        if self.residual:
            out += x
        return out


class MobileNetV3(nn.Module):
    """stages: the arguments of each InvertedResidual, but for the normalisation."""

    def __init__(
        self,
        stages,
        last_channel: int,
        num_classes: int = 1000,
        norm_layer=partial(nn.BatchNorm2d, eps=0.001, momentum=0.01),
        dropout: float = 0.2,
    ):
        super().__init__()
        first = stages[0][0]
        last = stages[-1][3]
        brick = partial(conv_norm, norm_layer=norm_layer, activation=nn.Hardswish)
        self.features = nn.Sequential(
            brick(3, first, stride=2),
            *[InvertedResidual(*stage, norm_layer) for stage in stages],
            brick(last, 6 * last, 1),
        )
        self.avgpool = nn.AdaptiveAvgPool2d(1)
        self.classifier = nn.Sequential(
            nn.Linear(6 * last, last_channel),
            nn.Hardswish(inplace=True),
            nn.Dropout(dropout, inplace=True),
            nn.Linear(last_channel, num_classes),
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
                nn.init.normal_(module.weight, 0, 0.01)
                nn.init.zeros_(module.bias)

    def forward(self, x: Tensor) -> Tensor:
        x = self.avgpool(self.features(x))
        return self.classifier(torch.flatten(x, 1))


def scaled(stages, width_mult: float):
    """The stages with every channel count multiplied."""
    return [
        (
            make_divisible(inputs * width_mult),
            kernel_size,
            make_divisible(expanded * width_mult),
            make_divisible(outputs * width_mult),
            squeeze,
            activation,
            stride,
            dilation,
        )
        for inputs, kernel_size, expanded, outputs, squeeze, activation, stride, dilation in stages
    ]


def mobilenet_v3_small(
    width_mult: float = 1.0, reduced_tail: bool = False, dilated: bool = False, **kwargs
) -> MobileNetV3:
    """reduced_tail halves the last stages, dilated keeps their resolution: for segmentation."""
    part = 2 if reduced_tail else 1
    dilation = 2 if dilated else 1
    stages = [
        (16, 3, 16, 16, True, nn.ReLU, 2, 1),
        (16, 3, 72, 24, False, nn.ReLU, 2, 1),
        (24, 3, 88, 24, False, nn.ReLU, 1, 1),
        (24, 5, 96, 40, True, nn.Hardswish, 2, 1),
        (40, 5, 240, 40, True, nn.Hardswish, 1, 1),
        (40, 5, 240, 40, True, nn.Hardswish, 1, 1),
        (40, 5, 120, 48, True, nn.Hardswish, 1, 1),
        (48, 5, 144, 48, True, nn.Hardswish, 1, 1),
        (48, 5, 288, 96 // part, True, nn.Hardswish, 2, dilation),
        (96 // part, 5, 576 // part, 96 // part, True, nn.Hardswish, 1, dilation),
        (96 // part, 5, 576 // part, 96 // part, True, nn.Hardswish, 1, dilation),
    ]
    last_channel = make_divisible(1024 // part * width_mult)
    return MobileNetV3(scaled(stages, width_mult), last_channel, **kwargs)


def mobilenet_v3_large(
    width_mult: float = 1.0, reduced_tail: bool = False, dilated: bool = False, **kwargs
) -> MobileNetV3:
    """reduced_tail halves the last stages, dilated keeps their resolution: for segmentation."""
    part = 2 if reduced_tail else 1
    dilation = 2 if dilated else 1
    stages = [
        (16, 3, 16, 16, False, nn.ReLU, 1, 1),
        (16, 3, 64, 24, False, nn.ReLU, 2, 1),
        (24, 3, 72, 24, False, nn.ReLU, 1, 1),
        (24, 5, 72, 40, True, nn.ReLU, 2, 1),
        (40, 5, 120, 40, True, nn.ReLU, 1, 1),
        (40, 5, 120, 40, True, nn.ReLU, 1, 1),
        (40, 3, 240, 80, False, nn.Hardswish, 2, 1),
        (80, 3, 200, 80, False, nn.Hardswish, 1, 1),
        (80, 3, 184, 80, False, nn.Hardswish, 1, 1),
        (80, 3, 184, 80, False, nn.Hardswish, 1, 1),
        (80, 3, 480, 112, True, nn.Hardswish, 1, 1),
        (112, 3, 672, 112, True, nn.Hardswish, 1, 1),
        (112, 5, 672, 160 // part, True, nn.Hardswish, 2, dilation),
        (160 // part, 5, 960 // part, 160 // part, True, nn.Hardswish, 1, dilation),
        (160 // part, 5, 960 // part, 160 // part, True, nn.Hardswish, 1, dilation),
    ]
    last_channel = make_divisible(1280 // part * width_mult)
    return MobileNetV3(scaled(stages, width_mult), last_channel, **kwargs)
