"""A multi-layer perceptron: linear layers with an activation between each two.

Key names: those of a bare nn.Sequential, `0.weight`, `0.bias`, `2.weight` ... The policy and value
networks of reinforcement learning are stored this way below a prefix: strip `actor.` (rsl_rl to
version 3), `mlp.` (rsl_rl from version 4), `actor.mu.` (Stable-Baselines3 TD3, output "tanh") or
`q_net.q_net.` (Stable-Baselines3 DQN).

    "architecture": "mlp.py:Mlp(sizes=[48, 256, 128, 12], activation='elu')"

Features [n, sizes[0]] -> [n, sizes[-1]].
"""

from torch import nn

# The names that rsl_rl's configurations use, and PyTorch's own where they differ.
ACTIVATIONS = {
    "celu": nn.CELU,
    "crelu": nn.CELU,
    "elu": nn.ELU,
    "gelu": nn.GELU,
    "identity": nn.Identity,
    "leaky_relu": nn.LeakyReLU,
    "lrelu": nn.LeakyReLU,
    "mish": nn.Mish,
    "relu": nn.ReLU,
    "selu": nn.SELU,
    "sigmoid": nn.Sigmoid,
    "silu": nn.SiLU,
    "softplus": nn.Softplus,
    "swish": nn.SiLU,
    "tanh": nn.Tanh,
}


def make_activation(name: str) -> nn.Module:
    if name not in ACTIVATIONS:
        raise ValueError(f"activation '{name}' is none of: {', '.join(ACTIVATIONS)}")
    return ACTIVATIONS[name]()


class Mlp(nn.Sequential):
    """sizes: features in, of each hidden layer, out; the input's alone makes the identity.
    output_activation: None for a linear output.
    """

    def __init__(self, sizes=(48, 256, 128, 12), activation: str = "elu", output_activation=None):
        layers = []
        for inputs, outputs in zip(sizes[:-1], sizes[1:]):
            if layers:
                layers.append(make_activation(activation))
            layers.append(nn.Linear(inputs, outputs))
        if layers and output_activation is not None:
            layers.append(make_activation(output_activation))
        super().__init__(*layers)
