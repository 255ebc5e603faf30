"""Draws the run of the swarm: poles standing and work in each frame, over time, with every swap.

    python3 samples/03_cartpole_swarm/plot.py frames.csv out/cartpole_swarm.png
"""

import argparse
import csv
import dataclasses
import pathlib

import matplotlib

matplotlib.use("Agg")

import matplotlib.pyplot as plt  # noqa: E402
import numpy as np  # noqa: E402
from matplotlib import ticker  # noqa: E402

INK, FAINT, GRID = "#1b2430", "#6b7785", "#e3e8ee"
REFUSED = "#c8323c"
COLOURS = {"novice": "#d9803a", "better": "#3b7dd8", "expert": "#17936b"}
FRAME_RATE = 60
BUDGET_US = 1e6 / FRAME_RATE


@dataclasses.dataclass
class Reign:
    """The time in which one version's forces acted."""

    stage: str
    version: int
    start: float
    end: float


@dataclasses.dataclass
class Run:
    time: np.ndarray
    work: np.ndarray
    standing: np.ndarray
    missed: int
    reigns: list[Reign]
    refused: list[tuple[float, str]]


def read(path: pathlib.Path) -> Run:
    with path.open(newline="") as file:
        rows = list(csv.DictReader(file))
    if not rows:
        raise SystemExit(f"{path}: no frames in it")
    time = np.array([float(row["time_s"]) for row in rows])
    version = np.array([int(row["version"]) for row in rows])
    stages, refused = {}, []
    for row in rows:
        for event in filter(None, row["events"].split(";")):
            words = event.split()
            if words[0] == "serve":
                stages[int(words[2])] = words[1]
            elif words[0] == "refuse":
                refused.append((float(row["time_s"]), words[1]))
    reigns = []
    for number in dict.fromkeys(version[version > 0]):
        ruled = time[version == number]
        reigns.append(Reign(stages.get(number, "?"), number, ruled[0], ruled[-1]))
    for reign, following in zip(reigns, reigns[1:]):
        reign.end = following.start
    reigns[-1].end = time[-1]
    return Run(
        time=time,
        work=np.array([float(row["work_us"]) for row in rows]),
        standing=np.array([int(row["standing"]) for row in rows]),
        missed=sum(row["fresh"] == "0" for row in rows[1:]),
        reigns=reigns,
        refused=refused,
    )


def duration(microseconds: float) -> str:
    if microseconds >= 1000:
        return f"{microseconds / 1000:.3g} ms"
    return f"{microseconds:.0f} µs"


def dress(axes) -> None:
    for side in ("top", "right", "left"):
        axes.spines[side].set_visible(False)
    axes.spines["bottom"].set_color(GRID)
    axes.tick_params(length=0, colors=FAINT, labelsize=9)
    axes.grid(axis="y", color=GRID, linewidth=0.8)
    axes.set_axisbelow(True)


def draw_standing(axes, run: Run, agents: int) -> None:
    for reign in run.reigns:
        colour = COLOURS.get(reign.stage, FAINT)
        part = (run.time >= reign.start) & (run.time <= reign.end)
        axes.fill_between(run.time[part], run.standing[part], color=colour, alpha=0.16, linewidth=0)
        axes.plot(run.time[part], run.standing[part], color=colour, linewidth=1.8)
        axes.text(
            (reign.start + reign.end) / 2,
            agents * 1.13,
            reign.stage,
            color=colour,
            fontsize=12,
            fontweight="bold",
            ha="center",
            va="center",
        )
        axes.text(
            (reign.start + reign.end) / 2,
            agents * 1.055,
            f"version {reign.version}",
            color=FAINT,
            fontsize=8.5,
            ha="center",
            va="center",
        )
    for when, name in run.refused:
        height = run.standing[np.searchsorted(run.time, when)]
        axes.plot([when], [height], "X", color=REFUSED, markersize=9, markeredgecolor="white")
        axes.annotate(
            "a torn file is refused,\nnothing changes",
            (when, height),
            xytext=(0, -48),
            textcoords="offset points",
            color=REFUSED,
            fontsize=9.5,
            ha="center",
            va="center",
            linespacing=1.35,
            bbox={"boxstyle": "round,pad=0.5", "fc": "white", "ec": REFUSED, "lw": 0.8},
            zorder=5,
        )
    axes.set_ylim(0, agents * 1.2)
    axes.set_yticks([0, agents // 4, agents // 2, agents * 3 // 4, agents])
    axes.set_ylabel(f"poles standing, of {agents}", color=INK, fontsize=10)


def draw_work(axes, run: Run) -> None:
    for reign in run.reigns:
        part = (run.time >= reign.start) & (run.time <= reign.end)
        colour = COLOURS.get(reign.stage, FAINT)
        axes.plot(
            run.time[part], run.work[part], ".", color=colour, markersize=3.4, alpha=0.7, mew=0
        )
    end = run.time[-1]
    axes.axhline(BUDGET_US, color=INK, linewidth=1.2, linestyle=(0, (5, 3)))
    axes.text(
        end,
        BUDGET_US * 0.8,
        f"budget of a frame at {FRAME_RATE} Hz: {duration(BUDGET_US)}",
        color=INK,
        fontsize=9,
        ha="right",
        va="top",
    )
    levels = {
        "p50": np.percentile(run.work, 50),
        "p99": np.percentile(run.work, 99),
        "max": run.work.max(),
    }
    axes.axhline(levels["p50"], color=FAINT, linewidth=1)
    axes.axhline(levels["p99"], color=FAINT, linewidth=1, linestyle=":")
    height = 0.0
    for name, level in levels.items():
        height = max(level, height * 1.75)  # labels keep a line's distance on the logarithmic axis
        axes.text(
            end * 1.008, height, f"{name}  {duration(level)}", color=FAINT, fontsize=9, va="center"
        )
    axes.set_yscale("log")
    low = 10 ** np.floor(np.log10(max(np.percentile(run.work, 1), 1.0)))
    axes.set_ylim(low, max(40_000, 2 * levels["max"]))
    axes.yaxis.set_major_locator(ticker.LogLocator(base=10))
    axes.yaxis.set_major_formatter(ticker.FuncFormatter(lambda value, _: duration(value)))
    axes.yaxis.set_minor_locator(ticker.NullLocator())
    axes.set_ylabel("work in a frame", color=INK, fontsize=10)
    axes.set_xlabel("seconds", color=FAINT, fontsize=9)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("csv", type=pathlib.Path)
    parser.add_argument("png", type=pathlib.Path)
    args = parser.parse_args()
    run = read(args.csv)
    agents = int(run.standing.max())  # the scene starts with every pole standing

    plt.rcParams["font.family"] = ["DejaVu Sans"]
    figure, (top, bottom) = plt.subplots(
        2, 1, figsize=(11, 6.4), height_ratios=[1.75, 1], sharex=True, dpi=160
    )
    figure.patch.set_facecolor("white")
    for axes in (top, bottom):
        dress(axes)
        for reign in run.reigns[1:]:
            axes.axvline(reign.start, color=COLOURS.get(reign.stage, FAINT), linewidth=1)
        for when, _ in run.refused:
            axes.axvline(when, color=REFUSED, linewidth=1, linestyle=(0, (2, 2)))
    draw_standing(top, run, agents)
    draw_work(bottom, run)
    bottom.set_xlim(0, run.time[-1])

    over = int((run.work > BUDGET_US).sum())
    figure.text(
        0.075, 0.955, "One running host, three policies", color=INK, fontsize=16, fontweight="bold"
    )
    figure.text(
        0.075,
        0.918,
        f"{agents} cart-poles in gusts of wind, balanced by one network that is replaced while "
        f"they run. {len(run.time):,} frames, {over} over budget.",
        color=FAINT,
        fontsize=10,
    )
    figure.subplots_adjust(left=0.075, right=0.905, top=0.885, bottom=0.075, hspace=0.09)
    args.png.parent.mkdir(parents=True, exist_ok=True)
    figure.savefig(args.png)


if __name__ == "__main__":
    main()
