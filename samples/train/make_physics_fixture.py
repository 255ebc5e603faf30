"""Writes trajectories of the trainer's physics, for the test that holds the C++ physics to them.

    python3 samples/train/make_physics_fixture.py tests/samples/cart_pole_trajectories.csv

One line per cart and frame: the force and the wind of that frame, and the state after it. Frame 0
is the start.
"""

import argparse
import pathlib

import torch

from train_cartpole import CartPoles

CARTS, FRAMES, HOLD = 8, 60, 6


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("out", type=pathlib.Path)
    args = parser.parse_args()

    torch.set_num_threads(1)
    generator = torch.Generator().manual_seed(3)
    carts = CartPoles(CARTS, generator)
    lines = ["cart,frame,force,wind,position,velocity,angle,rate"]

    def record(frame: int, force: torch.Tensor, wind: torch.Tensor) -> None:
        for cart in range(CARTS):
            row = [force[cart], wind[cart], *carts.state[cart]]
            lines.append(f"{cart},{frame}," + ",".join(f"{float(value):.9g}" for value in row))

    force = wind = torch.zeros(CARTS)
    record(0, force, wind)
    for frame in range(1, FRAMES + 1):
        if frame % HOLD == 1:
            force = carts.uniform(-CartPoles.MAX_FORCE, CartPoles.MAX_FORCE)
            wind = carts.uniform(-CartPoles.GUST_FORCE[1], CartPoles.GUST_FORCE[1])
        carts.state = CartPoles.integrate(carts.state, force, wind)
        record(frame, force, wind)
    args.out.write_text("\n".join(lines) + "\n")


if __name__ == "__main__":
    main()
