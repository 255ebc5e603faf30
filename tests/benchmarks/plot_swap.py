"""Draws the frame times that ./dev bench swap measured, one band for each mode.

    .venv/bin/python tests/benchmarks/plot_swap.py out/swap_frames.csv out/swap_frames.png
"""

import csv
import sys

import matplotlib

matplotlib.use("Agg")

import matplotlib.pyplot as plt  # noqa: E402

INK, FAINT = "#1b2430", "#6b7785"
COLOURS = ("#3b7dd8", "#17936b", "#c8323c")
PERIOD_MS = 5


def read(path):
    modes = {}
    with open(path, newline="") as file:
        for row in csv.DictReader(file):
            modes.setdefault(row["mode"], []).append(int(row["frame_us"]) / 1000)
    return modes


def main():
    modes = read(sys.argv[1])
    top = max(max(times) for times in modes.values())
    figure, axes = plt.subplots(len(modes), 1, figsize=(10, 6.5), sharex=True, sharey=True)
    for axis, colour, (name, times) in zip(axes, COLOURS, modes.items()):
        seconds = [i * PERIOD_MS / 1000 for i in range(len(times))]
        axis.plot(seconds, times, ".", markersize=2, color=colour)
        axis.axhline(PERIOD_MS, color=FAINT, linewidth=0.8, linestyle="--")
        axis.set_yscale("log")
        axis.set_ylim(0.8, max(10, 1.3 * top))
        axis.set_title(name, loc="left", color=INK, fontsize=10)
        axis.spines[["top", "right"]].set_visible(False)
    axes[-1].set_xlabel("time of the run, s")
    axes[1].set_ylabel("frame, ms (log); dashed: the frame's 5 ms")
    figure.tight_layout()
    figure.savefig(sys.argv[2], dpi=110)


if __name__ == "__main__":
    main()
