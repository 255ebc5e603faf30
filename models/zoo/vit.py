"""Vision transformer B/16, B/32, L/16, L/32, H/14: "An Image is Worth 16x16 Words: Transformers
for Image Recognition at Scale" (Dosovitskiy et al. 2020, https://arxiv.org/abs/2010.11929).

Key names and shapes: torchvision's vit_b_16 ... vit_h_14.

    "architecture": "vit.py:vit_b_16(num_classes=10, image_size=224)"

Image [n, 3, image_size, image_size] -> logits [n, num_classes].
"""

import math
from functools import partial

import torch
from torch import Tensor, nn


class MLPBlock(nn.Sequential):
    def __init__(self, width: int, mlp_dim: int, dropout: float):
        super().__init__(
            nn.Linear(width, mlp_dim),
            nn.GELU(),
            nn.Dropout(dropout),
            nn.Linear(mlp_dim, width),
            nn.Dropout(dropout),
        )
        for module in self.modules():
            if isinstance(module, nn.Linear):
                nn.init.xavier_uniform_(module.weight)
                nn.init.normal_(module.bias, std=1e-6)


class EncoderBlock(nn.Module):
    def __init__(
        self,
        num_heads: int,
        width: int,
        mlp_dim: int,
        dropout: float,
        attention_dropout: float,
        norm_layer,
    ):
        super().__init__()
        self.ln_1 = norm_layer(width)
        self.self_attention = nn.MultiheadAttention(
            width, num_heads, dropout=attention_dropout, batch_first=True
        )
        self.dropout = nn.Dropout(dropout)
        self.ln_2 = norm_layer(width)
        self.mlp = MLPBlock(width, mlp_dim, dropout)

    def forward(self, x: Tensor) -> Tensor:
        normed = self.ln_1(x)
        attended, _ = self.self_attention(normed, normed, normed, need_weights=False)
        x = self.dropout(attended) + x
        return x + self.mlp(self.ln_2(x))


class Encoder(nn.Module):
    def __init__(
        self,
        seq_length: int,
        num_layers: int,
        num_heads: int,
        width: int,
        mlp_dim: int,
        dropout: float,
        attention_dropout: float,
        norm_layer,
    ):
        super().__init__()
        self.pos_embedding = nn.Parameter(torch.empty(1, seq_length, width).normal_(std=0.02))
        self.dropout = nn.Dropout(dropout)
        self.layers = nn.Sequential()
        for i in range(num_layers):
            self.layers.add_module(
                f"encoder_layer_{i}",
                EncoderBlock(num_heads, width, mlp_dim, dropout, attention_dropout, norm_layer),
            )
        self.ln = norm_layer(width)

    def forward(self, x: Tensor) -> Tensor:
        return self.ln(self.layers(self.dropout(x + self.pos_embedding)))


class VisionTransformer(nn.Module):
    def __init__(
        self,
        image_size: int,
        patch_size: int,
        num_layers: int,
        num_heads: int,
        hidden_dim: int,
        mlp_dim: int,
        dropout: float = 0.0,
        attention_dropout: float = 0.0,
        num_classes: int = 1000,
        representation_size=None,
        norm_layer=partial(nn.LayerNorm, eps=1e-6),
    ):
        super().__init__()
        if image_size % patch_size != 0:
            raise ValueError(
                f"image_size={image_size} is no multiple of the patch size {patch_size}"
            )
        self.image_size = image_size
        self.conv_proj = nn.Conv2d(3, hidden_dim, kernel_size=patch_size, stride=patch_size)
        self.class_token = nn.Parameter(torch.zeros(1, 1, hidden_dim))
        self.encoder = Encoder(
            (image_size // patch_size) ** 2 + 1,
            num_layers,
            num_heads,
            hidden_dim,
            mlp_dim,
            dropout,
            attention_dropout,
            norm_layer,
        )
        self.heads = nn.Sequential()
        features = hidden_dim
        if representation_size is not None:
            self.heads.add_module("pre_logits", nn.Linear(hidden_dim, representation_size))
            self.heads.add_module("act", nn.Tanh())
            features = representation_size
        self.heads.add_module("head", nn.Linear(features, num_classes))

        patch_inputs = 3 * patch_size * patch_size
        nn.init.trunc_normal_(self.conv_proj.weight, std=math.sqrt(1 / patch_inputs))
        nn.init.zeros_(self.conv_proj.bias)
        if representation_size is not None:
            nn.init.trunc_normal_(self.heads.pre_logits.weight, std=math.sqrt(1 / hidden_dim))
            nn.init.zeros_(self.heads.pre_logits.bias)
        nn.init.zeros_(self.heads.head.weight)
        nn.init.zeros_(self.heads.head.bias)

    def forward(self, x: Tensor) -> Tensor:
        n, _, height, width = x.shape
        assert height == self.image_size and width == self.image_size, "not image_size"
        # [n, hidden_dim, rows, columns] -> [n, patches, hidden_dim]
        patches = self.conv_proj(x).flatten(2).permute(0, 2, 1)
        x = torch.cat([self.class_token.expand(n, -1, -1), patches], dim=1)
        return self.heads(self.encoder(x)[:, 0])


def vit_b_16(image_size: int = 224, **kwargs) -> VisionTransformer:
    return VisionTransformer(image_size, 16, 12, 12, 768, 3072, **kwargs)


def vit_b_32(image_size: int = 224, **kwargs) -> VisionTransformer:
    return VisionTransformer(image_size, 32, 12, 12, 768, 3072, **kwargs)


def vit_l_16(image_size: int = 224, **kwargs) -> VisionTransformer:
    return VisionTransformer(image_size, 16, 24, 16, 1024, 4096, **kwargs)


def vit_l_32(image_size: int = 224, **kwargs) -> VisionTransformer:
    return VisionTransformer(image_size, 32, 24, 16, 1024, 4096, **kwargs)


def vit_h_14(image_size: int = 224, **kwargs) -> VisionTransformer:
    return VisionTransformer(image_size, 14, 32, 16, 1280, 5120, **kwargs)
