"""Runs networks of real packages from their unmodified source, and compares with PyTorch.

    .venv/bin/python tests/architectures/survey.py --site SITE --graft bazel-bin/tools/graft/graft

Of each entry of catalogue/: Python makes the network with a fixed seed, saves its state_dict
with torch.save, and runs it. Graft then runs the same expression from the package's source, read
as text, on that file (`graft verify`). Outputs must agree within 1e-4 of the largest value. Some
networks of random weights amplify every rounding: PyTorch's own frozen module is farther than that
from its eager one. What differs in float32 is compared in float64, within 1e-9. Files in wrappers/
are what a user writes where a package's network takes no tensors, or gives no tensor.

Results are kept in --out, and those of earlier runs stay there: a run of --only some networks
brings them up to date. --write-docs puts all of them into docs/architectures.md (a summary, and
what does not run) and docs/networks_tried.md (each network).
"""

import argparse
import importlib
import json
import os
import pathlib
import subprocess
import sys
import tempfile
import time

import torch
from safetensors.torch import save_file

import catalogue

HERE = pathlib.Path(__file__).resolve().parent
ROOT = HERE.parents[1]
SUMMARY = ROOT / "docs" / "architectures.md"
TABLE = ROOT / "docs" / "networks_tried.md"
BEGIN, END = "<!-- survey: begin -->", "<!-- survey: end -->"


def flatten(value):
    """Every tensor of a result, in order."""
    if isinstance(value, torch.Tensor):
        return [value]
    if isinstance(value, dict):
        value = value.values()
    if isinstance(value, (list, tuple)) or hasattr(value, "__iter__"):
        return [tensor for item in value for tensor in flatten(item)]
    return []


def settle(model):
    """Statistics as training leaves them, so that nothing is hidden by zeros and ones."""
    generator = torch.Generator().manual_seed(1)
    for name, buffer in model.named_buffers():
        if name.endswith("running_mean"):
            buffer.copy_(torch.randn(buffer.shape, generator=generator) * 0.1)
        elif name.endswith("running_var"):
            buffer.copy_(torch.rand(buffer.shape, generator=generator) + 0.5)


def make_inputs(shapes):
    generator = torch.Generator().manual_seed(2)
    made = []
    for shape in shapes:
        if isinstance(shape, dict):  # {"shape": [2, 8], "below": 100}: whole numbers
            made.append(torch.randint(0, shape["below"], shape["shape"], generator=generator))
        else:
            made.append(torch.randn(shape, generator=generator))
    return made


def reference(entry, folder, dtype):
    """Saves weights and golden values; returns the parameter count and the largest output."""
    module = importlib.import_module(entry["file"].removesuffix(".py").replace("/", "."))
    torch.manual_seed(0)
    model = eval(entry["expression"], vars(module)).eval()  # noqa: S307: our own catalogue
    with torch.no_grad():
        settle(model)
        model.to(dtype)
        inputs = make_inputs(entry["inputs"])
        inputs = [value.to(dtype) if value.is_floating_point() else value for value in inputs]
        outputs = flatten(model(*[value.clone() for value in inputs]))
    torch.save(model.state_dict(), folder / "weights.pth")
    golden = {f"in{i}": value for i, value in enumerate(inputs)}
    golden |= {f"out{i}": value.contiguous().clone() for i, value in enumerate(outputs)}
    save_file(golden, folder / "golden.safetensors")
    largest = max((float(value.abs().max()) for value in outputs if value.numel()), default=1.0)
    return sum(p.numel() for p in model.parameters()), max(largest, 1e-12)


def folder_of(entry, site):
    return HERE if entry["file"].startswith("wrappers/") else site


def verify(entry, site, graft, folder, rtol, atol):
    """What `graft verify` says of what `reference` saved: its report, or the error's text."""
    double = ".double()" if rtol < 1e-6 else ""
    manifest = {
        "graft": 1,
        "source": "weights.pth",
        "architecture": f"{folder_of(entry, site)}/{entry['file']}:{entry['expression']}{double}",
        "source_roots": [str(site)],
    }
    (folder / "manifest.json").write_text(json.dumps(manifest))
    command = [graft, "verify", folder / "manifest.json", "--golden", folder / "golden.safetensors"]
    command += ["--rtol", str(rtol), "--atol", str(atol), "--json"]
    try:
        done = subprocess.run(command, capture_output=True, text=True, timeout=600, check=False)
    except subprocess.TimeoutExpired:
        return None, "no result within 600 s"
    if done.stdout.startswith("{"):
        return json.loads(done.stdout), ""
    why = done.stderr.strip() or done.stdout.strip() or f"exit code {done.returncode}"
    why = why.removeprefix("graft verify: ").replace(f"{site}/", "").replace(f"{HERE}/", "")
    return None, why[:1500]


def largest_error(report, largest):
    return max(out.get("max_abs_error", 0.0) for out in report["outputs"]) / largest


def run_double(entry, site, graft, folder):
    """The largest error in float64, or why there is none."""
    try:
        _, largest = reference(entry, folder, torch.float64)
    except Exception as error:  # networks that make float32 tensors in forward
        return None, f"{type(error).__name__} in float64"
    report, why = verify(entry, site, graft, folder, 1e-9, 1e-9 * largest)
    if report is None:
        return None, f"in float64: {why}"
    error = largest_error(report, largest)
    return (error, "") if report["passes"] else (None, f"in float64 by {error:.1e}")


def run(entry, site, graft, folder):
    """Returns the entry's row of the table."""
    row = {"package": entry["package"], "file": entry["file"], "expression": entry["expression"]}
    try:
        row["parameters"], largest = reference(entry, folder, torch.float32)
    except Exception as error:  # the package itself cannot make it here
        return row | {"result": "skipped", "why": f"{type(error).__name__}: {error}"[:300]}
    started = time.monotonic()
    report, why = verify(entry, site, graft, folder, 1e-3, 1e-4 * largest)
    if report is None:
        return row | {"result": "fails", "why": why}
    row["seconds"] = round(time.monotonic() - started, 2)
    row["error"] = largest_error(report, largest)
    if report["passes"]:
        return row | {"result": "runs"}
    row["error64"], why = run_double(entry, site, graft, folder)
    if row["error64"] is not None:
        return row | {"result": "runs"}
    return row | {
        "result": "fails",
        "why": f"outputs differ by {row['error']:.1e} of the largest; {why}",
    }


def shorten(why):
    lines = [line.strip() for line in why.splitlines() if line.strip()]
    return (lines[0] if lines else "")[:220].replace("|", "\\|")


def summary(rows):
    packages = {}
    for row in rows:
        if row["result"] != "skipped":
            packages.setdefault(row["package"], []).append(row["result"] == "runs")
    lines = ["| package | networks | run | do not |", "|---|---|---|---|"]
    for package, runs in packages.items():
        lines.append(f"| {package} | {len(runs)} | {sum(runs)} | {len(runs) - sum(runs)} |")
    whys = {}
    for row in rows:
        if row["result"] == "fails":
            whys.setdefault((row["package"], shorten(row["why"])), []).append(short(row))
    if whys:
        lines += ["", "| does not run | why |", "|---|---|"]
        for (package, why), names in whys.items():
            more = f" and {len(names) - 1} more" if len(names) > 1 else ""
            lines.append(f"| {package} `{names[0]}`{more} | {why} |")
    return "\n".join(lines)


def short(row):
    call = row["expression"]
    return f"{row['file'].split('/', 1)[-1]}:{call if len(call) < 60 else call[:57] + '...'}"


def table(rows):
    lines = ["| package | source | network | result | largest error, of the largest output |"]
    lines += ["|---|---|---|---|---|"]
    for row in rows:
        if row["result"] == "skipped":
            continue
        error = f"{row['error']:.1e}" if "error" in row else ""
        if row.get("error64") is not None:
            error += f" (float64: {row['error64']:.1e})"
        result = "runs" if row["result"] == "runs" else "no"
        file = row["file"].split("/", 1)[-1]
        lines.append(f"| {row['package']} | `{file}` | `{row['expression']}` | {result} | {error} |")
    return "\n".join(lines)


def put(file, text):
    """Replaces what is between the marks."""
    head, rest = file.read_text().split(BEGIN)
    file.write_text(f"{head}{BEGIN}\n{text}\n{END}{rest.split(END)[1]}")


def key(row):
    return row["file"], row["expression"]


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--site", type=pathlib.Path, required=True, help="installed packages")
    parser.add_argument("--graft", default=str(ROOT / "bazel-bin/tools/graft/graft"))
    parser.add_argument("--only", default="", help="entries whose file or expression has this")
    parser.add_argument("--out", type=pathlib.Path, default=ROOT / "out" / "architectures.json")
    parser.add_argument("--write-docs", action="store_true")
    arguments = parser.parse_args()
    site = arguments.site.resolve()
    sys.path.insert(0, str(site))
    torch.set_num_threads(1)
    os.environ["OMP_NUM_THREADS"] = "1"
    rows = []
    for entry in catalogue.entries():
        if arguments.only not in f"{entry['file']}:{entry['expression']}":
            continue
        with tempfile.TemporaryDirectory() as folder:
            row = run(entry, site, arguments.graft, pathlib.Path(folder))
        rows.append(row)
        note = f"{row['error']:.1e}" if "error" in row else row.get("why", "")
        print(f"{row['result']:7} {entry['file']}:{entry['expression']}  {note}", flush=True)
    kept = json.loads(arguments.out.read_text()) if arguments.out.exists() else []
    results = {key(row): row for row in kept + rows}
    results = [results[key(entry)] for entry in catalogue.entries() if key(entry) in results]
    arguments.out.parent.mkdir(parents=True, exist_ok=True)
    arguments.out.write_text(json.dumps(results, indent=1))
    counts = {kind: sum(row["result"] == kind for row in rows) for kind in ("runs", "fails", "skipped")}
    print(", ".join(f"{count} {kind}" for kind, count in counts.items()))
    if arguments.write_docs:
        put(SUMMARY, summary(results))
        put(TABLE, table(results))
    return 1 if counts["fails"] else 0


if __name__ == "__main__":
    sys.exit(main())
