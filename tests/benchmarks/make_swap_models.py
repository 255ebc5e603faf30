"""Writes a.pt and b.pt, two versions of a 100 MB policy that answers quickly, for ./dev bench swap.

    .venv/bin/python tests/benchmarks/make_swap_models.py out/swap

obs [agents, 48] -> action [agents, 12]: hidden layers of 256 and 128, and a table of 100 MB of which
each agent reads one row, so that a version is as large as a vision policy's and a frame of 256
agents still takes under a millisecond on a CPU.
"""

import pathlib
import sys

import torch
from torch import nn

ROWS, WIDTH = 196_608, 128


class Policy(nn.Module):
    def __init__(self):
        super().__init__()
        self.table = nn.Parameter(torch.randn(ROWS, WIDTH) * 0.1)
        self.body = nn.Sequential(nn.Linear(48, 256), nn.ELU(), nn.Linear(256, WIDTH), nn.ELU())
        self.head = nn.Linear(WIDTH, 12)

    def forward(self, obs: torch.Tensor) -> torch.Tensor:
        row = (obs[:, 0].abs() * 1000).long() % self.table.size(0)
        return torch.tanh(self.head(self.body(obs) + self.table[row]))


def main():
    folder = pathlib.Path(sys.argv[1])
    for seed, name in enumerate(("a.pt", "b.pt")):
        torch.manual_seed(seed)
        torch.jit.script(Policy().eval()).save(folder / name)


if __name__ == "__main__":
    main()
