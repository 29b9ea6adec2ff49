"""Runs one file of CPython's test suite in this process; every finished test is a line of JSON in a file.

    INTERPRETER worker.py RESULTS NAME [PATTERN ...]

A line is `[test, outcome]`, outcome one of "pass", "fail", "skip". The last line is `["", "done"]`, or `["", "skip"]` if the
whole file is skipped; a file without it was cut short. Tests run as under `python -m test`: in an empty current folder, with all
resources off. With patterns (as `unittest -k`), only matching tests run.
"""

import faulthandler
import json
import os
import sys
import unittest

RANK = {"pass": 1, "skip": 0, "fail": 2}


class Recorder(unittest.TextTestResult):
    """Writes a line when a test ends: the worst of what was reported for it and its subtests."""

    log = None

    def startTest(self, test):
        super().startTest(test)
        self.outcomes = []
        self.log.write(json.dumps([test.id(), "start"]) + "\n")

    def stopTest(self, test):
        super().stopTest(test)
        self.record(test, max(self.outcomes, key=RANK.get, default="skip"))

    def record(self, test, outcome):
        self.log.write(json.dumps([test.id(), outcome]) + "\n")

    def add(self, test, outcome):
        if isinstance(test, unittest.case.TestCase) or hasattr(test, "test_case"):
            self.outcomes.append(outcome)
        else:  # a fixture of a class or module
            self.record(test, outcome)

    def addSuccess(self, test):
        super().addSuccess(test)
        self.add(test, "pass")

    def addFailure(self, test, err):
        super().addFailure(test, err)
        self.add(test, "fail")

    def addError(self, test, err):
        super().addError(test, err)
        self.add(test, "fail")

    def addSkip(self, test, reason):
        super().addSkip(test, reason)
        self.add(test, "skip")

    def addExpectedFailure(self, test, err):
        super().addExpectedFailure(test, err)
        self.add(test, "pass")

    def addUnexpectedSuccess(self, test):
        super().addUnexpectedSuccess(test)
        self.add(test, "fail")

    def addSubTest(self, test, subtest, err):
        super().addSubTest(test, subtest, err)
        if err is not None:
            self.outcomes.append("fail")


def main(results, name, *patterns):
    log = open(results, "a", buffering=1)
    try:
        faulthandler.enable()
        faulthandler.dump_traceback_later(float(os.environ["CONFORMANCE_TIMEOUT"]) * 0.97, exit=True)
    except (AttributeError, KeyError):
        pass
    sys.path.pop(0)  # this file's folder
    # The file's own `__main__` guards and pickled names expect an ordinary module.
    from test import support

    support.record_original_stdout(sys.stdout)
    support.use_resources = []
    support.verbose = 1
    loader = unittest.TestLoader()
    if patterns:
        loader.testNamePatterns = [p if "*" in p else f"*{p}*" for p in patterns]
    Recorder.log = log
    try:
        __import__("test." + name)
        suite = loader.loadTestsFromModule(sys.modules["test." + name])
    except unittest.SkipTest as reason:
        print("skipped:", reason)
        log.write(json.dumps(["", "skip"]) + "\n")
        return 0
    runner = unittest.TextTestRunner(sys.stderr, verbosity=2, resultclass=Recorder)
    result = runner.run(suite)
    log.write(json.dumps(["", "done"]) + "\n")
    return 0 if result.wasSuccessful() else 1


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
