"""Convolution, batch normalisation, activation: the brick of mobilenet_v2.py, mobilenet_v3.py and
efficientnet.py. Keys `0.weight`, `1.weight` ..., as torchvision's Conv2dNormActivation.
"""

from torch import nn


def conv_norm(
    inputs: int,
    outputs: int,
    kernel_size: int = 3,
    stride: int = 1,
    groups: int = 1,
    dilation: int = 1,
    norm_layer=nn.BatchNorm2d,
    activation=None,
) -> nn.Sequential:
    """An odd kernel with stride 1 keeps the image's size. activation: a class, or none at all."""
    layers = [
        nn.Conv2d(
            inputs,
            outputs,
            kernel_size,
            stride,
            padding=(kernel_size - 1) // 2 * dilation,
            dilation=dilation,
            groups=groups,
            bias=False,
        ),
        norm_layer(outputs),
    ]
    if activation is not None:
        layers.append(activation(inplace=True))
    return nn.Sequential(*layers)


def make_divisible(channels: float, divisor: int = 8) -> int:
    """The multiple of divisor nearest to channels, but never less than nine tenths of it: how
    MobileNet and EfficientNet round scaled widths.
    """
    rounded = max(divisor, int(channels + divisor / 2) // divisor * divisor)
    return rounded + divisor if rounded < 0.9 * channels else rounded
