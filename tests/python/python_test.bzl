"""Tests that are written with Python's unittest and import PyTorch."""

def python_test(name, script, data = [], **kwargs):
    """A test of one script, in the environment of ./dev setup; skipped where there is none.

    Each of its test methods is counted.
    """
    native.sh_test(
        name = name,
        srcs = ["//tests/python:run_tests.sh"],
        args = ["$(location //tests/python:run_tests)", "$(location %s)" % script],
        data = ["//tests/python:run_tests", script] + data,
        tags = ["no_tsan"],
        **kwargs
    )
