"""Runs the programs with CPython, and writes what they print: the expectation of programs_test.

    python3 tests/models/python/write_outputs.py [NAME ...]

Programs print no addresses, and no name of their own module: it is "program" in both.
"""

import contextlib
import importlib.util
import io
import pathlib
import sys

FOLDER = pathlib.Path(__file__).parent / "programs"


def run(path):
    spec = importlib.util.spec_from_file_location("program", path)
    module = importlib.util.module_from_spec(spec)
    sys.modules["program"] = module
    printed = io.StringIO()
    with contextlib.redirect_stdout(printed):
        spec.loader.exec_module(module)
        module.main()
    return printed.getvalue()


def main():
    names = sys.argv[1:] or sorted(path.stem for path in FOLDER.glob("*.py"))
    for name in names:
        (FOLDER / f"{name}.out").write_text(run(FOLDER / f"{name}.py"))


if __name__ == "__main__":
    main()
