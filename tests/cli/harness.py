"""Shared by the tests of the command: running it, reading its tables, and reporting in TAP."""
import csv
import os
import pathlib
import subprocess
import sys
import tempfile
import unittest

ROOT = pathlib.Path(__file__).resolve().parents[2]
TAUT = os.path.abspath(os.environ.get("TAUT", ROOT / "build" / "cli" / "taut"))
if not os.access(TAUT, os.X_OK):
    sys.exit(f"Bail out! {TAUT} is no program; name the command in the environment variable TAUT")

# The smallest course that runs: one session, seen after a day, quick.
BASE = """\
patient:
  age: 56 years
site: neck
treatment:
  depth: 1.0 mm
schedule:
  follow_up: [1 day]
model:
  accuracy: draft
"""


# A wound at one well-mixed point: a course in a moment, for tests that need some run and not a track.
WOUND = """\
patient:
  age: 25 years
model:
  scale: zero
  injury: excision
schedule:
  follow_up: [1 day, 28 days]
"""


def slow(test):
    """Marks a test, or a class of tests, that takes long and whose paths through the program other tests take too.
    Such tests run with the argument `slow`, the others without."""
    test.slow = True
    return test


def taut(*arguments, cwd=None, stdout=subprocess.PIPE, timeout=600, before=None, **environment):
    """Runs the command; returns (exit status, standard output, standard error) as text."""
    env = dict(os.environ, LC_ALL="C", **environment)
    done = subprocess.run([TAUT, *map(str, arguments)], cwd=cwd, stdin=subprocess.DEVNULL, stdout=stdout,
                          stderr=subprocess.PIPE, timeout=timeout, env=env, preexec_fn=before)
    output = done.stdout.decode() if done.stdout is not None else ""
    return done.returncode, output, done.stderr.decode("utf-8", "surrogateescape")


def rows(path):
    with open(path, newline="", encoding="utf-8") as file:
        return list(csv.DictReader(file))


class Folder(unittest.TestCase):
    """A test with a folder of its own, gone afterwards."""

    def setUp(self):
        self.temporary = tempfile.TemporaryDirectory(prefix="taut-test-")
        self.addCleanup(self.temporary.cleanup)
        self.folder = pathlib.Path(self.temporary.name)

    def write(self, text, name="case.yaml"):
        path = self.folder / name
        path.write_bytes(text if isinstance(text, bytes) else text.encode())
        return path


class Tap(unittest.TestResult):
    """Prints a line of TAP for each test and subtest."""

    def __init__(self):
        super().__init__()
        self.count = 0
        self.subtests = set()

    def line(self, ok, test, note=""):
        self.count += 1
        print(f"{'ok' if ok else 'not ok'} {self.count} - {test}{note}", flush=True)

    def fail(self, test, text):
        self.line(False, test)
        print("\n".join("# " + line[:500] for line in text.splitlines()[:100]), flush=True)

    def addSuccess(self, test):
        if test.id() not in self.subtests:
            self.line(True, test.id().removeprefix("__main__."))

    def addFailure(self, test, err):
        super().addFailure(test, err)
        self.fail(test.id().removeprefix("__main__."), self._exc_info_to_string(err, test))

    addError = addFailure

    def addSkip(self, test, reason):
        super().addSkip(test, reason)
        self.line(True, test.id().removeprefix("__main__."), f" # SKIP {reason}")

    def addSubTest(self, test, subtest, err):
        self.subtests.add(test.id())
        name = subtest.id().removeprefix("__main__.")
        if err is None:
            self.line(True, name)
        else:
            self.failures.append((subtest, ""))
            self.fail(name, self._exc_info_to_string(err, test))


def is_slow(test):
    return getattr(test, "slow", False) or getattr(getattr(test, test.id().rsplit(".", 1)[1]), "slow", False)


def main():
    wanted = sys.argv[1:2] == ["slow"]
    suite = unittest.TestSuite(test for group in unittest.defaultTestLoader.loadTestsFromModule(sys.modules["__main__"])
                               for test in group if is_slow(test) == wanted)
    result = Tap()
    suite.run(result)
    print(f"1..{result.count}", flush=True)
    sys.exit(0 if result.wasSuccessful() else 1)
