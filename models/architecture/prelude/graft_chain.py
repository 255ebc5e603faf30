"""What "architecture": "mlp" stands for: linear layers, one after the other."""

import torch.nn as nn
import torch.nn.functional as F


class LinearChain(nn.Module):
    """Layers are (name, in_features, out_features, bias); activations are names in
    torch.nn.functional, or "" for none."""

    def __init__(self, layers, activation, output_activation):
        super().__init__()
        self.activation = activation
        self.output_activation = output_activation
        for name, in_features, out_features, bias in layers:
            self.add_module(name, nn.Linear(in_features, out_features, bias=bias))

    def forward(self, obs):
        layers = list(self.children())
        for layer in layers[:-1]:
            obs = self.activate(self.activation, layer(obs))
        return self.activate(self.output_activation, layers[-1](obs))

    def activate(self, name, x):
        return getattr(F, name)(x) if name else x
