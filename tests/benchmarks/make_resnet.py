"""Writes ResNet-50 of the zoo's source in some files, for the benchmarks (resnet_files.h).

    .venv/bin/python tests/benchmarks/make_resnet.py out/resnet

first.pth: a state_dict. head.pth: the same with another fc. all.pth: every weight another.
scripted.pt: first.pth's network as TorchScript. scripted_all.pt: all.pth's.
"""

import pathlib
import sys

import torch
from torch import nn

ROOT = pathlib.Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT / "models" / "zoo"))
import resnet  # noqa: E402


def main():
    folder = pathlib.Path(sys.argv[1])
    torch.manual_seed(0)
    net = resnet.resnet50().eval()
    # As training leaves them: no two alike.
    with torch.no_grad():
        for module in net.modules():
            if isinstance(module, nn.BatchNorm2d):
                module.weight.uniform_(0.5, 1.5)
                module.bias.normal_(0, 0.1)
                module.running_mean.normal_(0, 0.1)
                module.running_var.uniform_(0.5, 1.5)
    torch.save(net.state_dict(), folder / "first.pth")
    torch.jit.script(net).save(folder / "scripted.pt")
    with torch.no_grad():
        net.fc.weight.add_(0.01 * torch.randn_like(net.fc.weight))
        torch.save(net.state_dict(), folder / "head.pth")
        for tensor in net.parameters():
            tensor.mul_(1.001)
    torch.jit.script(net).save(folder / "scripted_all.pt")
    torch.save(net.state_dict(), folder / "all.pth")


if __name__ == "__main__":
    main()
