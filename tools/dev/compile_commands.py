"""Writes compile_commands.json, for clang-tidy and editors, from Bazel's actions.

usage: compile_commands.py BAZEL   (in the workspace root)

Nothing is compiled. Generated headers are there only after a build.
"""

import json
import os
import subprocess
import sys

# Of GCC; clang-tidy would complain about them.
_UNKNOWN_TO_CLANG = {"-fno-canonical-system-headers", "-Wunused-but-set-parameter"}


def bazel_output(bazel, *arguments):
    """What Bazel prints, also where --keep_going left something out."""
    process = subprocess.run([bazel, *arguments], stdout=subprocess.PIPE, text=True)
    if not process.stdout:
        sys.exit(process.returncode or 1)
    return process.stdout


def source_of(arguments):
    return arguments[arguments.index("-c") + 1]


def absolute(argument, output_base):
    """Our own paths are in the workspace; external ones in the output base."""
    for prefix in ("external/", "-Iexternal/", "-isystemexternal/"):
        if argument.startswith(prefix):
            return argument.replace("external/", f"{output_base}/external/", 1)
    return argument


def commands(actions, workspace, output_base):
    seen = set()
    for action in actions:
        arguments = action.get("arguments", [])
        if "-c" not in arguments:
            continue
        source = source_of(arguments)
        if source.startswith(("external/", "bazel-out/")) or source in seen:
            continue
        seen.add(source)
        yield {
            "directory": workspace,
            "file": source,
            "arguments": [
                absolute(argument, output_base)
                for argument in arguments
                if argument not in _UNKNOWN_TO_CLANG
            ],
        }


def main(bazel):
    output_base = bazel_output(bazel, "info", "--noshow_progress", "output_base").strip()
    query = bazel_output(
        bazel,
        "aquery",
        "--noshow_progress",
        "--keep_going",
        "--output=jsonproto",
        "mnemonic('CppCompile', //...)",
    )
    actions = json.loads(query).get("actions", [])
    entries = sorted(
        commands(actions, os.getcwd(), output_base), key=lambda entry: entry["file"]
    )
    with open("compile_commands.json.new", "w", encoding="utf-8") as stream:
        json.dump(entries, stream, indent=1)
    os.replace("compile_commands.json.new", "compile_commands.json")


if __name__ == "__main__":
    main(sys.argv[1])
