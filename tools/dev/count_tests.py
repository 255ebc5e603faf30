"""Counts the tests of one `bazel test` run; the last line of ./dev test.

usage: count_tests.py EVENTS BAZEL_EXIT_STATUS

EVENTS is what --build_event_json_file wrote. It names the targets of this run
and their test.xml files, so results of earlier runs are never counted. A
GoogleTest target counts by its test cases, any other test as one. A target that
does not build, times out or crashes counts as one failure.
"""

import collections
import json
import os
import sys
import urllib.parse
import xml.etree.ElementTree

# Bazel's exit status when it built everything and found no test.
_NO_TESTS = 4


def read_events(path):
    if not os.path.exists(path):
        return []
    with open(path, encoding="utf-8") as stream:
        return [json.loads(line) for line in stream]


def xml_path(test_result):
    for output in test_result.get("testActionOutput", []):
        if output["name"] == "test.xml":
            return urllib.parse.unquote(urllib.parse.urlparse(output["uri"]).path)
    return None


def outcome_of(case):
    """passed, failed or skipped; None for a disabled case."""
    if case.find("failure") is not None or case.find("error") is not None:
        return "failed"
    if case.get("result") == "skipped" or case.find("skipped") is not None:
        return "skipped"
    if case.get("status") == "notrun":
        return None
    return "passed"


def gtest_outcomes(path):
    """Outcome -> names, from a file that GoogleTest wrote; else None.

    Bazel writes a file of its own for a test that wrote none, also for one that
    crashed. Its only case has no class name.
    """
    try:
        root = xml.etree.ElementTree.parse(path).getroot()
    except (OSError, xml.etree.ElementTree.ParseError):
        return None
    outcomes = collections.defaultdict(list)
    for case in root.iter("testcase"):
        if not case.get("classname"):
            return None
        outcome = outcome_of(case)
        if outcome:
            outcomes[outcome].append(f"{case.get('classname')}.{case.get('name')}")
    return outcomes


def result_outcomes(label, result):
    """Outcome -> names for one run (or shard) of one test target."""
    passed = result["status"] == "PASSED"
    path = xml_path(result)
    outcomes = gtest_outcomes(path) if path else None
    if outcomes is None:
        return {"passed" if passed else "failed": [label]}
    outcomes = {
        outcome: [f"{label} {name}" for name in names]
        for outcome, names in outcomes.items()
    }
    if not passed and not outcomes.get("failed"):
        # Every case passed and the program did not: a leak, a crash at exit.
        outcomes["failed"] = [f"{label} ({result['status'].lower()} outside its cases)"]
    return outcomes


def count(events):
    totals = {"passed": [], "failed": [], "skipped": []}
    last_attempts = {}
    for event in events:
        identity = event["id"]
        if "testResult" in identity:
            key = identity["testResult"]
            run = (key["label"], key.get("run"), key.get("shard"))
            last_attempts[run] = (key["label"], event["testResult"])
        elif "targetCompleted" in identity:
            if not event.get("completed", {}).get("success") and not is_skipped(event):
                totals["failed"].append(f"{identity['targetCompleted']['label']} (not built)")
        elif "aborted" in event and "pattern" in identity:
            totals["failed"].append(f"{' '.join(identity['pattern']['pattern'])} (not loaded)")
    for label, result in last_attempts.values():
        for outcome, names in result_outcomes(label, result).items():
            totals[outcome] += names
    return totals


def is_skipped(event):
    """A target that this machine's configuration cannot have, such as CUDA."""
    return event.get("aborted", {}).get("reason") == "SKIPPED"


def main(events_path, bazel_status):
    totals = count(read_events(events_path))
    if bazel_status not in (0, _NO_TESTS) and not totals["failed"]:
        totals["failed"].append("the build (see Bazel's errors above)")
    print()
    for name in totals["failed"]:
        print(f"FAILED {name}")
    print(", ".join(f"{len(totals[o])} {o}" for o in ("passed", "failed", "skipped")))
    return 0 if totals["passed"] and not totals["failed"] else 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1], int(sys.argv[2])))
