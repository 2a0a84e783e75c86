"""What `taut check` foretells of a patch, against a run of it, and patches that do not fit."""
import os
import re
import resource
import subprocess

import harness

NECK = harness.ROOT / "examples" / "neck.yaml"
GIB = 1024 ** 3


def section(text):
    """The numbers that `taut check` gives for a patch."""
    found = re.search(r"# Patch\n(?:#   .*\n)+", text)
    assert found, text
    lines = found.group(0)
    return {"points": 1e6 * float(re.search(r"([\d.e+]+) million points in all", lines)[1]),
            "memory": GIB * float(re.search(r"memory: ([\d.]+) GiB", lines)[1]),
            "bytes": float(re.search(r"([\d.]+) bytes a point", lines)[1]),
            "steps": int(re.search(r"steps: about (\d+)", lines)[1]),
            "time": re.search(r"time: about [\d.]+ (?:s|min) with \d threads? of this machine", lines)}


class Forecast(harness.Folder):
    def run_measured(self, *arguments):
        """Peak memory of a run in bytes."""
        process = subprocess.Popen([harness.TAUT, "run", *map(str, arguments)], stdout=subprocess.DEVNULL)
        _, status, usage = os.wait4(process.pid, 0)
        process.returncode = status
        self.assertEqual(status, 0)
        return 1024 * usage.ru_maxrss

    def test_memory_and_steps_are_those_of_the_run(self):
        case = self.write(harness.BASE.replace("[1 day]", "[1 h]"))
        patch = ("--scale", "patch", "--set", "model.patch.size=5 mm")
        status, out, err = harness.taut("check", case, *patch, "--threads", "2")
        self.assertEqual(status, 0, err)
        told = section(out)
        self.assertIsNotNone(told["time"], out)
        self.assertLess(told["bytes"], 1000)
        rest = self.run_measured(case, "-q", "-o", self.folder / "track")
        used = self.run_measured(case, "-q", "-o", self.folder / "patch", *patch) - rest
        self.assertLess(abs(used / told["memory"] - 1), 0.15, f"{used / GIB:.3f} GiB used, {told['memory'] / GIB:.3f} told")
        log = (self.folder / "patch" / "log.txt").read_text()
        steps = sum(map(int, re.search(r"^steps (\d+), rejected (\d+)", log, re.M).groups()))
        self.assertLess(abs(told["steps"] / steps - 1), 0.15, f"{steps} steps taken, {told['steps']} told")

    def test_the_case_that_is_printed_is_the_patch(self):
        status, out, _ = harness.taut("check", NECK, "--scale", "patch", "--set", "model.patch.size=3 mm")
        self.assertEqual(status, 0)
        again = self.write(out)
        status, out, err = harness.taut("check", again)
        self.assertEqual(status, 0, err)
        self.assertIn("# Patch\n", out)

    def test_a_patch_that_does_not_fit_is_refused_at_its_place_with_what_would(self):
        case = self.write(harness.BASE + "  scale: patch\n  patch:\n    size: 100 mm\n    spacing: 5 um\n")
        before = sorted(os.listdir(self.folder))
        for command in (("check",), ("run", "-o", self.folder / "r")):
            status, out, err = harness.taut(*command, case)
            self.assertEqual((status, out), (2, ""))
            self.assertRegex(err, r"^\S+case\.yaml:12:\d+: a patch of 20000 x 20000 points and \d+ planes needs [\d.]+ GiB of memory, "
                                  r"[\d.]+ GiB are free here; expected model\.patch\.size: [\d.]+ mm, model\.patch\.spacing: "
                                  r"[\d.]+ um, or \d+ machines like this one \(mpirun\)\n$")
            self.assertEqual(sorted(os.listdir(self.folder)), before)

    def test_the_limit_of_a_process_counts(self):
        limit = 400 * 1024 ** 2

        def less():
            resource.setrlimit(resource.RLIMIT_AS, (limit, limit))

        if harness.taut("--version", before=less)[0]:
            self.skipTest("a sanitizer needs more than that to start")
        status, _, err = harness.taut("check", NECK, "--scale", "patch", before=less)
        self.assertEqual(status, 2)
        self.assertIn("0.4 GiB are free here", err)


if __name__ == "__main__":
    harness.main()
