"""Writes models over a file, in place, as a training does that takes no care; for ./dev bench writers.

    .venv/bin/python tests/benchmarks/torch_writer.py out/written.pt script     # torch.jit.save
    .venv/bin/python tests/benchmarks/torch_writer.py out/written.pth weights   # a state_dict

Reads lines and answers each with one: "start" forks a process that saves models answering 1 and 2
in turns, on and on, with up to 20 ms between: its id; "reap" waits for its end: 0; "left" is what
the file answers that lies there now, 0 when PyTorch cannot read it, or the numbers of its table are
not one; "whole N" saves one model that answers N: 0.
"""

import itertools
import os
import random
import sys
import time

import torch
from torch import nn


class Constant(nn.Module):
    """Answers [smallest, largest] of a table of one number: two numbers if it was torn."""

    def __init__(self, answer):
        super().__init__()
        self.table = nn.Parameter(torch.full((512, 512), float(answer)))
        self.gate = nn.Linear(1, 1)  # says how wide an observation is

    def forward(self, obs: torch.Tensor) -> torch.Tensor:
        ends = torch.stack([self.table.amin(), self.table.amax()])
        return ends.unsqueeze(0).expand(obs.size(0), 2) + 0 * self.gate(obs)


class Scripts:
    def __init__(self, path):
        self.path = path
        example = torch.zeros(2, 1)
        self.models = {n: torch.jit.trace(Constant(n).eval(), example) for n in (1, 2)}

    def save(self, n):
        torch.jit.save(self.models[n], self.path)

    def table(self):
        return torch.jit.load(self.path).table


class Weights:
    def __init__(self, path):
        self.path = path
        self.models = {n: Constant(n).state_dict() for n in (1, 2)}

    def save(self, n):
        torch.save(self.models[n], self.path)

    def table(self):
        return torch.load(self.path, weights_only=True)["table"]


def left(files):
    try:
        ends = {files.table().amin().item(), files.table().amax().item()}
    except Exception:  # torn files are read wrong in many ways
        return 0
    return int(ends.pop()) if len(ends) == 1 and ends <= {1.0, 2.0} else 0


def main():
    torch.set_num_threads(1)
    files = {"script": Scripts, "weights": Weights}[sys.argv[2]](sys.argv[1])
    writer = 0
    for line in sys.stdin:
        command = line.split()
        answer = 0
        if command[0] == "start":
            writer = answer = os.fork()
            if writer == 0:
                for n in itertools.cycle((1, 2)):
                    files.save(n)
                    time.sleep(random.uniform(0, 0.02))  # as if it trained
        elif command[0] == "reap":
            os.waitpid(writer, 0)
        elif command[0] == "left":
            answer = left(files)
        else:
            files.save(int(command[1]))
        print(answer, flush=True)


if __name__ == "__main__":
    main()
