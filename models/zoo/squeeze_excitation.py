"""Squeeze-and-excitation: channels weighed by what the whole image shows (Hu et al. 2017,
https://arxiv.org/abs/1709.01507). The brick of mobilenet_v3.py and efficientnet.py; keys `fc1` and
`fc2`, as torchvision's SqueezeExcitation.
"""

from torch import Tensor, nn


class SqueezeExcitation(nn.Module):
    def __init__(self, channels: int, squeezed: int, activation, scale_activation):
        super().__init__()
        self.avgpool = nn.AdaptiveAvgPool2d(1)
        self.fc1 = nn.Conv2d(channels, squeezed, kernel_size=1)
        self.fc2 = nn.Conv2d(squeezed, channels, kernel_size=1)
        self.activation = activation()
        self.scale_activation = scale_activation()

    def forward(self, x: Tensor) -> Tensor:
        scale = self.fc2(self.activation(self.fc1(self.avgpool(x))))
        return self.scale_activation(scale) * x
