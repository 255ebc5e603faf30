"""Runs the unittest cases of one script, and says in $XML_OUTPUT_FILE what became of each."""

import importlib.util
import os
import pathlib
import sys
import unittest
import xml.etree.ElementTree as xml

import torch


class Outcomes(unittest.TextTestResult):
    """What became of each case, by its name."""

    def __init__(self, *args):
        super().__init__(*args)
        self.cases = {}

    def startTest(self, test):
        super().startTest(test)
        self.cases[test] = None

    def note(self, test, kind):
        # Of a sub-test, the case that it is part of.
        self.cases[getattr(test, "test_case", test)] = kind

    def addError(self, test, err):
        super().addError(test, err)
        self.note(test, "error")

    def addFailure(self, test, err):
        super().addFailure(test, err)
        self.note(test, "failure")

    def addSubTest(self, test, subtest, err):
        super().addSubTest(test, subtest, err)
        if err is not None:
            self.note(test, "failure")

    def addSkip(self, test, reason):
        super().addSkip(test, reason)
        self.note(test, "skipped")


def write(path, cases):
    suite = xml.Element("testsuite")
    for test, kind in cases.items():
        group, _, name = test.id().rpartition(".")
        case = xml.SubElement(suite, "testcase", classname=group, name=name)
        if kind is not None:
            xml.SubElement(case, kind)
    root = xml.Element("testsuites")
    root.append(suite)
    xml.ElementTree(root).write(path)


def main(script):
    torch.set_num_threads(1)
    path = pathlib.Path(script)
    spec = importlib.util.spec_from_file_location(path.stem, path)
    module = importlib.util.module_from_spec(spec)
    sys.modules[path.stem] = module
    spec.loader.exec_module(module)
    suite = unittest.defaultTestLoader.loadTestsFromModule(module)
    result = unittest.TextTestRunner(resultclass=Outcomes, verbosity=1).run(suite)
    if "XML_OUTPUT_FILE" in os.environ:
        write(os.environ["XML_OUTPUT_FILE"], result.cases)
    return 0 if result.wasSuccessful() and result.testsRun else 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1]))
