"""Merges pip's resolution reports into one lock file with hashes.

usage: write_lock.py [--pins] REPORT.json...   (one report per Python version)

With --pins the hashes are left out: a constraints file.
"""

import json
import re
import sys


def packages(report):
    """Yields (canonical name, version, sha256) of each package of a report."""
    with open(report, encoding="utf-8") as stream:
        for item in json.load(stream)["install"]:
            name = re.sub(r"[-_.]+", "-", item["metadata"]["name"]).lower()
            archive = item["download_info"]["archive_info"]
            yield name, item["metadata"]["version"], archive["hashes"]["sha256"]


def main(arguments):
    with_hashes = "--pins" not in arguments
    reports = [argument for argument in arguments if argument != "--pins"]
    locked = {}
    for report in reports:
        for name, version, sha256 in packages(report):
            locked.setdefault((name, version), set()).add(sha256)
    print("# Written by lock.sh. Do not edit.")
    for name, version in sorted(locked):
        lines = [f"{name}=={version}"]
        if with_hashes:
            lines += [f"    --hash=sha256:{h}" for h in sorted(locked[name, version])]
        print(" \\\n".join(lines))


if __name__ == "__main__":
    main(sys.argv[1:])
