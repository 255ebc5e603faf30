"""Runs networks of real packages from their unmodified source, and compares with PyTorch.

    .venv/bin/python tests/architectures/survey.py --site SITE --graft bazel-bin/tools/graft/graft

Of each entry of catalogue/: Python makes the network with a fixed seed, saves its state_dict
with torch.save, and runs it. Graft then runs the same expression from the package's source, read
as text, on that file (`graft verify`). Outputs must agree within 1e-4 of the largest value. Files in
wrappers/ are what a user writes where a package's network takes no tensors, or gives no tensor.

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


def reference(entry, folder):
    """Saves weights and golden values; returns the parameter count."""
    module = importlib.import_module(entry["file"].removesuffix(".py").replace("/", "."))
    torch.manual_seed(0)
    model = eval(entry["expression"], vars(module)).eval()  # noqa: S307: our own catalogue
    with torch.no_grad():
        settle(model)
        inputs = make_inputs(entry["inputs"])
        outputs = flatten(model(*[value.clone() for value in inputs]))
    torch.save(model.state_dict(), folder / "weights.pth")
    golden = {f"in{i}": value for i, value in enumerate(inputs)}
    golden |= {f"out{i}": value.contiguous().clone() for i, value in enumerate(outputs)}
    save_file(golden, folder / "golden.safetensors")
    largest = max((float(value.abs().max()) for value in outputs if value.numel()), default=1.0)
    return sum(p.numel() for p in model.parameters()), largest


def own_spread(entry):
    """How far PyTorch's float32 is from its own float64, of the largest output."""
    module = importlib.import_module(entry["file"].removesuffix(".py").replace("/", "."))
    torch.manual_seed(0)
    model = eval(entry["expression"], vars(module)).eval()  # noqa: S307: our own catalogue
    inputs = make_inputs(entry["inputs"])
    with torch.no_grad():
        settle(model)
        single = flatten(model(*[value.clone() for value in inputs]))
        doubled = [value.double() if value.is_floating_point() else value for value in inputs]
        double = flatten(model.double()(*doubled))
    errors = [float((a - b).abs().max()) for a, b in zip(single, double)]
    return max(errors) / max(float(value.abs().max()) for value in double)


def difference(entry, report, largest):
    """Why outputs that differ do: some networks of random weights amplify every rounding."""
    errors = [out["max_abs_error"] for out in report["outputs"] if "max_abs_error" in out]
    text = f"outputs differ by {max(errors) / max(largest, 1e-12):.1e} of the largest"
    try:
        return f"{text}; PyTorch's own float32 and float64 by {own_spread(entry):.1e}"
    except Exception:  # networks that make float32 tensors in forward
        return text


def folder_of(entry, site):
    return HERE if entry["file"].startswith("wrappers/") else site


def run(entry, site, graft, folder):
    """Returns the entry's row of the table."""
    row = {"package": entry["package"], "file": entry["file"], "expression": entry["expression"]}
    try:
        row["parameters"], largest = reference(entry, folder)
    except Exception as error:  # the package itself cannot make it here
        return row | {"result": "skipped", "why": f"{type(error).__name__}: {error}"[:300]}
    manifest = {
        "graft": 1,
        "source": "weights.pth",
        "architecture": f"{folder_of(entry, site)}/{entry['file']}:{entry['expression']}",
        "source_roots": [str(site)],
    }
    (folder / "manifest.json").write_text(json.dumps(manifest))
    started = time.monotonic()
    command = [graft, "verify", folder / "manifest.json", "--golden", folder / "golden.safetensors"]
    command += ["--rtol", "1e-3", "--atol", str(1e-4 * max(largest, 1e-6)), "--json"]
    try:
        done = subprocess.run(command, capture_output=True, text=True, timeout=600, check=False)
    except subprocess.TimeoutExpired:
        return row | {"result": "fails", "why": "no result within 600 s"}
    row["seconds"] = round(time.monotonic() - started, 2)
    if done.returncode == 0:
        report = json.loads(done.stdout)
        errors = [out.get("max_abs_error", 0.0) for out in report["outputs"]]
        return row | {"result": "runs", "error": max(errors) / max(largest, 1e-12)}
    if not done.stderr.strip() and done.stdout.startswith("{"):
        report = json.loads(done.stdout)
        return row | {"result": "fails", "why": difference(entry, report, largest)}
    why = done.stderr.strip() or done.stdout.strip() or f"exit code {done.returncode}"
    why = why.removeprefix("graft verify: ").replace(f"{site}/", "").replace(f"{HERE}/", "")
    return row | {"result": "fails", "why": why[:1500]}


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
