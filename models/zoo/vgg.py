"""VGG with 11, 13, 16 and 19 layers, with and without batch normalisation: "Very Deep
Convolutional Networks for Large-Scale Image Recognition" (Simonyan, Zisserman 2014,
https://arxiv.org/abs/1409.1556).

Key names and shapes: torchvision's vgg11 ... vgg19_bn.

    "architecture": "vgg.py:vgg16_bn(num_classes=10)"

Image [n, 3, height, width] -> logits [n, num_classes]; height and width from 32.
"""

import torch
from torch import Tensor, nn

# The paper's table 1: channels of each 3x3 convolution, 0 for a pooling that halves the image.
COLUMNS = {
    "A": [64, 0, 128, 0, 256, 256, 0, 512, 512, 0, 512, 512, 0],
    "B": [64, 64, 0, 128, 128, 0, 256, 256, 0, 512, 512, 0, 512, 512, 0],
    "D": [64, 64, 0, 128, 128, 0, *[256] * 3, 0, *[512] * 3, 0, *[512] * 3, 0],
    "E": [64, 64, 0, 128, 128, 0, *[256] * 4, 0, *[512] * 4, 0, *[512] * 4, 0],
}


def make_features(column: str, batch_norm: bool) -> nn.Sequential:
    layers = []
    inputs = 3
    for channels in COLUMNS[column]:
        if channels == 0:
            layers.append(nn.MaxPool2d(kernel_size=2, stride=2))
            continue
        layers.append(nn.Conv2d(inputs, channels, kernel_size=3, padding=1))
        if batch_norm:
            layers.append(nn.BatchNorm2d(channels))
        layers.append(nn.ReLU(inplace=True))
        inputs = channels
    return nn.Sequential(*layers)


class VGG(nn.Module):
    def __init__(
        self,
        features: nn.Module,
        num_classes: int = 1000,
        init_weights: bool = True,
        dropout: float = 0.5,
    ):
        super().__init__()
        self.features = features
        self.avgpool = nn.AdaptiveAvgPool2d((7, 7))
        self.classifier = nn.Sequential(
            nn.Linear(512 * 7 * 7, 4096),
            nn.ReLU(inplace=True),
            nn.Dropout(dropout),
            nn.Linear(4096, 4096),
            nn.ReLU(inplace=True),
            nn.Dropout(dropout),
            nn.Linear(4096, num_classes),
        )
        if init_weights:
            self.init_weights()

    def init_weights(self):
        for module in self.modules():
            if isinstance(module, nn.Conv2d):
                nn.init.kaiming_normal_(module.weight, mode="fan_out", nonlinearity="relu")
                nn.init.zeros_(module.bias)
            elif isinstance(module, nn.BatchNorm2d):
                nn.init.ones_(module.weight)
                nn.init.zeros_(module.bias)
            elif isinstance(module, nn.Linear):
                nn.init.normal_(module.weight, 0, 0.01)
                nn.init.zeros_(module.bias)

    def forward(self, x: Tensor) -> Tensor:
        x = self.avgpool(self.features(x))
        return self.classifier(torch.flatten(x, 1))


def vgg11(**kwargs) -> VGG:
    return VGG(make_features("A", batch_norm=False), **kwargs)


def vgg11_bn(**kwargs) -> VGG:
    return VGG(make_features("A", batch_norm=True), **kwargs)


def vgg13(**kwargs) -> VGG:
    return VGG(make_features("B", batch_norm=False), **kwargs)


def vgg13_bn(**kwargs) -> VGG:
    return VGG(make_features("B", batch_norm=True), **kwargs)


def vgg16(**kwargs) -> VGG:
    return VGG(make_features("D", batch_norm=False), **kwargs)


def vgg16_bn(**kwargs) -> VGG:
    return VGG(make_features("D", batch_norm=True), **kwargs)


def vgg19(**kwargs) -> VGG:
    return VGG(make_features("E", batch_norm=False), **kwargs)


def vgg19_bn(**kwargs) -> VGG:
    return VGG(make_features("E", batch_norm=True), **kwargs)
