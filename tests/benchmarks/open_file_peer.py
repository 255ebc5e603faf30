"""Python's side of open_file_bench: opens files as PyTorch and safetensors do, when it is told to.

Reads commands from standard input, a line each, and answers each with one line.

    write resnet50 STEM     STEM.pt and STEM.safetensors: ResNet-50's tensors; answers "ok"
    write large STEM        ... 100 MB in 25 tensors
    open READER PATH        answers with the milliseconds until every tensor could be used
"""

import sys
import time

import torch
from safetensors import safe_open
from safetensors.torch import load_file, save_file


def resnet50():
    tensors = {}

    def norm(name, channels):
        for part in ("weight", "bias", "running_mean", "running_var"):
            tensors[f"{name}.{part}"] = torch.rand(channels)
        tensors[f"{name}.num_batches_tracked"] = torch.tensor(1)

    def convolution(name, out, inputs, size):
        tensors[f"{name}.weight"] = torch.rand(out, inputs, size, size)

    convolution("conv1", 64, 3, 7)
    norm("bn1", 64)
    inputs = 64
    for layer, (width, blocks) in enumerate(((64, 3), (128, 4), (256, 6), (512, 3)), start=1):
        for block in range(blocks):
            name = f"layer{layer}.{block}"
            shapes = ((width, inputs, 1), (width, width, 3), (4 * width, width, 1))
            for i, shape in enumerate(shapes, start=1):
                convolution(f"{name}.conv{i}", *shape)
                norm(f"{name}.bn{i}", shape[0])
            if block == 0:
                convolution(f"{name}.downsample.0", 4 * width, inputs, 1)
                norm(f"{name}.downsample.1", 4 * width)
            inputs = 4 * width
    tensors["fc.weight"] = torch.rand(1000, 2048)
    tensors["fc.bias"] = torch.rand(1000)
    return tensors


def large():
    return {f"layers.{i}.weight": torch.rand(1000, 1000) for i in range(25)}


def load_all(path):
    with safe_open(path, framework="pt") as file:
        return {name: file.get_tensor(name) for name in file.keys()}


READERS = {
    "torch.load": lambda path: torch.load(path, weights_only=True),
    "torch.load(mmap=True)": lambda path: torch.load(path, weights_only=True, mmap=True),
    "safetensors.load_file": load_file,
    "safetensors.safe_open": load_all,
}


def write(what, stem):
    tensors = {"resnet50": resnet50, "large": large}[what]()
    torch.save(tensors, stem + ".pt")
    save_file(tensors, stem + ".safetensors")
    return "ok"


def opened(reader, path):
    start = time.perf_counter()
    tensors = READERS[reader](path)
    milliseconds = (time.perf_counter() - start) * 1000
    del tensors
    return milliseconds


def main():
    for line in sys.stdin:
        command, what, path = line.split(maxsplit=2)
        answer = {"write": write, "open": opened}[command](what, path.rstrip("\n"))
        print(answer, flush=True)


if __name__ == "__main__":
    main()
