"""Writes the two tiny TorchScript models of samples 01_hello and 02_hot_swap.

    python3 samples/train/make_hello_models.py samples/checkpoints/hello

Both take [agents, 2] and give [agents, 1], float32. `sum.pt` answers a + b, `difference.pt` a - b:
whoever sees an answer knows which model gave it.
"""

import argparse
import pathlib
import warnings

import torch
from torch import nn


class Pair(nn.Module):
    def __init__(self, first: float, second: float):
        super().__init__()
        self.weighted = nn.Linear(2, 1, bias=False)
        self.weighted.weight = nn.Parameter(torch.tensor([[first, second]]))

    def forward(self, pair: torch.Tensor) -> torch.Tensor:
        return self.weighted(pair)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("out", type=pathlib.Path, help="folder")
    args = parser.parse_args()

    args.out.mkdir(parents=True, exist_ok=True)
    warnings.simplefilter("ignore", DeprecationWarning)
    for name, model in {"sum": Pair(1.0, 1.0), "difference": Pair(1.0, -1.0)}.items():
        torch.jit.script(model.eval()).save(str(args.out / f"{name}.pt"))


if __name__ == "__main__":
    main()
