"""Trains the policies of the cart-pole swarm with PPO, in a minute or so on one core.

    python3 samples/train/train_cartpole.py --out samples/checkpoints/cartpole

The task is cart-pole made hard enough that skill shows: carts start tilted and moving, gusts of
wind push the poles at random, the force is continuous and bounded, the track ends, and each command
acts one frame late, as it does in a host that reads the newest finished result once a frame.

Three stages are kept while training goes on: `novice` (after one update), `better` (the first that
keeps a quarter of the carts up for five seconds) and `expert` (the best of all). Each is written
twice, as people have such files: a plain state_dict (`.pth`) and TorchScript (`.pt`). `scores.json`
says how good they are. Seeded, on one thread: the same machine makes the same weights again.
"""

import argparse
import copy
import json
import math
import pathlib
import time
import warnings

import torch
from torch import nn

from cartpole_actor import Actor

STAGES = ("novice", "better", "expert")


class CartPoles:
    """Many cart-poles at once: Barto, Sutton and Anderson (1983) with wind on the pole.

    A pole is a uniform rod of half length l and mass m, a cart has mass M - m. With the force F on
    the cart and the wind W at the middle of the pole (both in newtons, positive to the right):

        M x'' + m l (a'' cos a - a'^2 sin a) = F + W
        4/3 m l^2 a'' + m l x'' cos a        = m g l sin a + W l cos a

    Integrated at 120 Hz (velocities first, then positions), two steps a frame, all in float32.
    samples/03_cartpole_swarm/cart_pole.cc computes the same; a test holds them together.
    """

    FRAME_RATE = 60
    SUBSTEPS = 2
    STEP = 1.0 / (FRAME_RATE * SUBSTEPS)
    GRAVITY = 9.8
    TOTAL_MASS = 1.1
    POLE_MASS = 0.1
    HALF_LENGTH = 0.5
    MAX_FORCE = 10.0
    # Fallen: the pole beyond this angle, or the cart beyond the end of the track.
    MAX_ANGLE = 1.0
    MAX_POSITION = 2.4
    # A new cart: each uniformly within +-.
    START = (0.8, 0.5, 0.3, 0.6)
    # Gusts: one starts in a frame with this chance; its force and its length are uniform.
    GUST_CHANCE = 1.0 / 90.0
    GUST_FORCE = (0.2, 0.65)
    GUST_FRAMES = (6, 18)

    def __init__(self, count: int, generator: torch.Generator):
        self.count = count
        self.generator = generator
        self.state = torch.zeros(count, 4)  # x, x', a, a'
        self.force = torch.zeros(count)  # acts now; the next command replaces it a frame later
        self.wind = torch.zeros(count)
        self.gust_left = torch.zeros(count)  # frames
        self.restart(torch.ones(count, dtype=torch.bool))

    def uniform(self, low: float, high: float) -> torch.Tensor:
        return low + (high - low) * torch.rand(self.count, generator=self.generator)

    def restart(self, which: torch.Tensor) -> None:
        fresh = torch.stack([self.uniform(-s, s) for s in self.START], dim=1)
        self.state = torch.where(which.unsqueeze(1), fresh, self.state)
        for buffer in (self.force, self.wind, self.gust_left):
            buffer[which] = 0.0

    def observe(self) -> torch.Tensor:
        return torch.cat([self.state, self.force.unsqueeze(1)], dim=1)

    def blow(self) -> None:
        self.gust_left = (self.gust_left - 1).clamp(min=0)
        begins = (self.gust_left == 0) & (self.uniform(0, 1) < self.GUST_CHANCE)
        side = torch.where(self.uniform(0, 1) < 0.5, -1.0, 1.0)
        self.wind = torch.where(self.gust_left > 0, self.wind, torch.zeros(()))
        self.wind = torch.where(begins, side * self.uniform(*self.GUST_FORCE), self.wind)
        frames = self.uniform(*self.GUST_FRAMES).floor()
        self.gust_left = torch.where(begins, frames, self.gust_left)

    @classmethod
    def integrate(cls, state: torch.Tensor, force: torch.Tensor, wind: torch.Tensor):
        """One frame of physics. state: [carts, 4]; force, wind: [carts]."""
        x, v, angle, rate = state.unbind(dim=1)
        for _ in range(cls.SUBSTEPS):
            sin, cos = torch.sin(angle), torch.cos(angle)
            swing = cls.POLE_MASS * cls.HALF_LENGTH * rate * rate * sin
            pull = (force + wind + swing) / cls.TOTAL_MASS
            turn = (cls.GRAVITY * sin + (wind / cls.POLE_MASS - pull) * cos) / (
                cls.HALF_LENGTH * (4.0 / 3.0 - cls.POLE_MASS * cos * cos / cls.TOTAL_MASS)
            )
            push = pull - cls.POLE_MASS * cls.HALF_LENGTH * turn * cos / cls.TOTAL_MASS
            v = v + cls.STEP * push
            rate = rate + cls.STEP * turn
            x = x + cls.STEP * v
            angle = angle + cls.STEP * rate
        return torch.stack([x, v, angle, rate], dim=1)

    def fallen(self) -> torch.Tensor:
        x, _, angle, _ = self.state.unbind(dim=1)
        return (angle.abs() > self.MAX_ANGLE) | (x.abs() > self.MAX_POSITION)

    def frame(self, command: torch.Tensor) -> torch.Tensor:
        """The old force acts for one frame, then `command` becomes the force. Returns who fell."""
        self.blow()
        self.state = self.integrate(self.state, self.force, self.wind)
        self.force = command.clamp(-self.MAX_FORCE, self.MAX_FORCE)
        return self.fallen()


def evaluate(actor: Actor, seed: int, seconds: int = 20, count: int = 512) -> dict:
    """The fraction of carts that still stand after so many seconds of gusts, no one restarted."""
    carts = CartPoles(count, torch.Generator().manual_seed(seed))
    standing = torch.ones(count, dtype=torch.bool)
    alive_frames = 0
    curve = {}
    with torch.inference_mode():
        for frame in range(1, seconds * CartPoles.FRAME_RATE + 1):
            standing &= ~carts.frame(actor(carts.observe()).squeeze(1))
            alive_frames += int(standing.sum())
            if frame % CartPoles.FRAME_RATE == 0:
                curve[frame // CartPoles.FRAME_RATE] = float(standing.float().mean())
    return {
        "standing_after_5_s": round(curve[5], 4),
        f"standing_after_{seconds}_s": round(curve[seconds], 4),
        "mean_seconds_standing": round(alive_frames / count / CartPoles.FRAME_RATE, 2),
    }


class Normaliser:
    """Running mean and variance of everything observed (Chan et al., parallel variance)."""

    def __init__(self, size: int):
        self.count, self.mean, self.square = 1e-4, torch.zeros(size), torch.ones(size) * 1e-4

    def add(self, rows: torch.Tensor) -> None:
        count, mean = rows.shape[0], rows.mean(dim=0)
        delta, total = mean - self.mean, self.count + count
        self.square += rows.var(dim=0, unbiased=False) * count
        self.square += delta**2 * self.count * count / total
        self.mean = self.mean + delta * count / total
        self.count = total

    def write_to(self, actor: Actor) -> None:
        actor.obs_mean.copy_(self.mean)
        actor.obs_std.copy_((self.square / self.count).sqrt().clamp(min=1e-3))


class Learner:
    """Proximal policy optimisation (Schulman et al., 2017) with a Gaussian on the actor's force."""

    GAMMA, LAMBDA, CLIP, EPOCHS, MINIBATCH = 0.985, 0.95, 0.2, 4, 2048

    def __init__(self, actor: Actor, count: int, rate: float, generator: torch.Generator):
        self.actor, self.generator, self.first_rate = actor, generator, rate
        self.carts = CartPoles(count, generator)
        self.normaliser = Normaliser(5)
        self.log_std = nn.Parameter(torch.tensor(math.log(0.4)))  # in units of max_force
        self.critic = nn.Sequential(
            nn.Linear(5, 64), nn.Tanh(), nn.Linear(64, 64), nn.Tanh(), nn.Linear(64, 1)
        )
        self.optimizer = torch.optim.Adam(
            [*actor.parameters(), *self.critic.parameters(), self.log_std], lr=rate
        )

    def policy(self, obs: torch.Tensor) -> torch.distributions.Normal:
        mean = self.actor(obs).squeeze(1) / self.actor.max_force
        return torch.distributions.Normal(mean, self.log_std.exp())

    def value(self, obs: torch.Tensor) -> torch.Tensor:
        normalised = (obs - self.actor.obs_mean) / self.actor.obs_std
        return self.critic(normalised).squeeze(1)

    @torch.no_grad()
    def collect(self, frames: int) -> dict:
        carts, rows = self.carts, []
        for _ in range(frames):
            obs = carts.observe()
            policy, value = self.policy(obs), self.value(obs)
            noise = torch.randn(carts.count, generator=self.generator)
            action = policy.mean + policy.stddev * noise
            fell = carts.frame(action * carts.MAX_FORCE)
            x, _, angle, _ = carts.state.unbind(dim=1)
            reward = 1.0 - 0.5 * angle.abs() - 0.1 * (x / carts.MAX_POSITION) ** 2
            reward = torch.where(fell, torch.full_like(reward, -5.0), reward)
            rows.append((obs, action, policy.log_prob(action), value, reward, fell.float()))
            carts.restart(fell)
        obs, action, log_prob, value, reward, fell = (torch.stack(r) for r in zip(*rows))
        advantage = torch.zeros_like(reward)
        following, after = self.value(carts.observe()), torch.zeros(carts.count)
        for t in reversed(range(frames)):
            error = reward[t] + self.GAMMA * following * (1 - fell[t]) - value[t]
            after = error + self.GAMMA * self.LAMBDA * (1 - fell[t]) * after
            advantage[t], following = after, value[t]
        self.normaliser.add(obs.flatten(0, 1))
        return {
            "obs": obs.flatten(0, 1),
            "action": action.flatten(),
            "log_prob": log_prob.flatten(),
            "advantage": advantage.flatten(),
            "target": (advantage + value).flatten(),
        }

    def learn(self, data: dict) -> None:
        size = data["action"].numel()
        for _ in range(self.EPOCHS):
            for part in torch.randperm(size, generator=self.generator).split(self.MINIBATCH):
                obs, advantage = data["obs"][part], data["advantage"][part]
                advantage = (advantage - advantage.mean()) / (advantage.std() + 1e-8)
                log_prob = self.policy(obs).log_prob(data["action"][part])
                ratio = (log_prob - data["log_prob"][part]).exp()
                clipped = ratio.clamp(1 - self.CLIP, 1 + self.CLIP)
                gain = torch.min(ratio * advantage, clipped * advantage).mean()
                value_loss = (self.value(obs) - data["target"][part]).pow(2).mean()
                loss = -gain + 0.01 * value_loss
                self.optimizer.zero_grad()
                loss.backward()
                nn.utils.clip_grad_norm_(
                    [p for group in self.optimizer.param_groups for p in group["params"]], 0.5
                )
                self.optimizer.step()

    def update(self, progress: float) -> None:
        for group in self.optimizer.param_groups:
            group["lr"] = self.first_rate * (1.0 - 0.9 * progress)
        self.learn(self.collect(frames=48))


def save(actor: Actor, folder: pathlib.Path, stage: str) -> None:
    torch.save(actor.state_dict(), folder / f"{stage}.pth")
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", DeprecationWarning)
        torch.jit.script(copy.deepcopy(actor).eval()).save(str(folder / f"{stage}.pt"))


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--out", type=pathlib.Path, required=True, help="checkpoint folder")
    parser.add_argument("--updates", type=int, default=90)
    parser.add_argument("--carts", type=int, default=512)
    parser.add_argument("--seed", type=int, default=7)
    args = parser.parse_args()

    torch.manual_seed(args.seed)
    torch.set_num_threads(1)  # rows are few: a second thread would only wait for the first
    args.out.mkdir(parents=True, exist_ok=True)
    started = time.monotonic()
    actor = Actor(max_force=CartPoles.MAX_FORCE)
    learner = Learner(actor, args.carts, 3e-3, torch.Generator().manual_seed(args.seed))
    # The normalisation is settled once, on carts that the untrained network drives, and then stays.
    learner.collect(frames=48)
    learner.normaliser.write_to(actor)

    kept: dict[str, tuple[int, Actor]] = {}
    best = -1.0
    for update in range(1, args.updates + 1):
        learner.update(update / args.updates)
        if update > 1 and update % 5 != 0:
            continue
        score = evaluate(actor, seed=1)
        print(
            f"{time.monotonic() - started:5.1f} s  update {update:3d}  standing after 5 s: "
            f"{score['standing_after_5_s']:6.1%}  after 20 s: {score['standing_after_20_s']:6.1%}",
            flush=True,
        )
        if update == 1:
            kept["novice"] = (update, copy.deepcopy(actor))
        if "better" not in kept and score["standing_after_5_s"] >= 0.25:
            kept["better"] = (update, copy.deepcopy(actor))
        if score["standing_after_20_s"] >= best:
            best = score["standing_after_20_s"]
            kept["expert"] = (update, copy.deepcopy(actor))

    # Chosen with one set of carts and gusts, scored with another.
    scores = {
        "seed": args.seed,
        "updates": args.updates,
        "frames_seen": args.updates * args.carts * 48,
        "torch": torch.__version__,
        "stages": {},
    }
    for stage in STAGES:
        if stage not in kept:
            raise SystemExit(f"no {stage} came out of {args.updates} updates: train longer")
        update, policy = kept[stage]
        save(policy, args.out, stage)
        scores["stages"][stage] = {"update": update, **evaluate(policy, seed=2)}
    (args.out / "scores.json").write_text(json.dumps(scores, indent=2) + "\n")
    print(json.dumps(scores, indent=2))
    print(f"trained in {time.monotonic() - started:.0f} s")


if __name__ == "__main__":
    main()
