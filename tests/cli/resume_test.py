"""A run that was interrupted, killed or met a full disk goes on to the same bytes; what cannot be continued is refused.

Moments are drawn from a seeded generator and spread over the run."""
import json
import os
import pathlib
import random
import re
import resource
import shutil
import signal
import subprocess
import tempfile
import time

import harness

NECK = harness.ROOT / "examples" / "neck.yaml"
SHORT = ("--set", "schedule.sessions=2", "--set", "schedule.until=40 days",
         "--set", "schedule.follow_up=[1 day, 4 weeks, 40 days]")
PATCH = ("--scale", "patch", "--set", "model.accuracy=draft", "--set", "model.patch.size=1 mm",
         "--set", "model.patch.spacing=62.5 um")
KINDS = {
    "zero": (harness.ROOT / "examples" / "excision.yaml", ()),
    "draft": (NECK, (*SHORT, "--set", "model.accuracy=draft")),
    "standard": (NECK, SHORT),
    "patch": (NECK, (*SHORT, *PATCH)),
}
EVERY_STEP = ("--checkpoint-every", "0.000001 s")


def content(path):
    """What must not depend on whether a run was interrupted: all but wall time."""
    data = path.read_bytes()
    if path.name == "summary.json":
        summary = json.loads(data)
        summary.pop("wall_time_s")
        return summary
    if path.name == "log.txt":
        return re.sub(rb"(?m)^wall time .*\n", b"", data)
    return data


def taut(*arguments, **options):
    # a signal that was ignored where the tests were started (nohup) would stay ignored
    return harness.taut(*arguments, **options)


class Resume(harness.Folder):
    whole = {}

    def arguments(self, kind):
        case, rest = KINDS[kind]
        return "run", case, "-q", "-o", self.folder / "r", *rest

    def reference(self, kind):
        """Files of the uninterrupted run, and how long it took."""
        if kind not in Resume.whole:
            with tempfile.TemporaryDirectory(prefix="taut-test-") as name:
                folder = pathlib.Path(name) / "r"
                case, rest = KINDS[kind]
                begin = time.monotonic()
                status, _, err = taut("run", case, "-q", "-o", folder, *rest)
                self.assertEqual((status, err), (0, ""))
                Resume.whole[kind] = ({p.name: content(p) for p in folder.iterdir()}, time.monotonic() - begin)
        return Resume.whole[kind]

    def check_complete(self, kind):
        """The result stands, is the same, and nothing else is left."""
        expected = self.reference(kind)[0]
        found = {p.name: content(p) for p in (self.folder / "r").iterdir()}
        self.assertEqual(sorted(found), sorted(expected))
        for name in expected:
            self.assertTrue(found[name] == expected[name], f"{name} differs from the uninterrupted run")
        self.assertEqual(sorted(os.listdir(self.folder)), ["r"])

    def start(self, *arguments):
        return subprocess.Popen([harness.TAUT, *map(str, arguments)], stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL,
                                stderr=subprocess.PIPE, preexec_fn=self.default_signals, env=dict(os.environ, LC_ALL="C"))

    @staticmethod
    def default_signals():
        for number in (signal.SIGINT, signal.SIGTERM):
            signal.signal(number, signal.SIG_DFL)

    def wait_for(self, process, name):
        """Until the run has this file in its work folder, or has ended."""
        deadline = time.monotonic() + 60
        while process.poll() is None and not (self.folder / ".r.taut" / name).exists() and time.monotonic() < deadline:
            time.sleep(0.002)

    def interrupt(self, kind, *more):
        """Stops a run after a few steps; its standard error."""
        process = self.start(*self.arguments(kind), *EVERY_STEP, *more)
        self.wait_for(process, "checkpoint.h5")
        process.send_signal(signal.SIGTERM)
        err = process.communicate(timeout=120)[1].decode()
        self.assertEqual(process.returncode, 143, err)
        return err

    def end(self, process, number, wait):
        """Sends a signal `wait` seconds after the run began; (exit status, standard error)."""
        self.wait_for(process, "lock")
        try:
            process.wait(wait)
        except subprocess.TimeoutExpired:
            process.send_signal(number)
        err = process.communicate(timeout=120)[1].decode()
        return process.returncode, err

    def finish(self, kind, *more):
        """Lets the run come to its end, from a checkpoint where there is one."""
        left = (self.folder / ".r.taut" / "checkpoint.h5").exists()
        if (self.folder / "r").exists():  # killed when all was done but the tidying up
            status, _, err = taut(*self.arguments(kind), "--resume")
            self.assertEqual(status, 2)
            self.assertIn("nothing to resume", err)
            self.assertEqual(sorted(os.listdir(self.folder)), ["r"])
            return
        status, _, err = taut(*self.arguments(kind), *more, *(["--resume"] if left else []))
        self.assertEqual(status, 0, err)


class Signals(Resume):
    def test_interrupted_runs_go_on_to_the_same_bytes(self):
        random.seed(4)
        for kind in KINDS:
            for number, status in ((signal.SIGTERM, 143), (signal.SIGINT, 130)):
                with self.subTest(kind=kind, signal=number.name):
                    length = self.reference(kind)[1]
                    first = self.end(self.start(*self.arguments(kind)), number, length * random.uniform(0.1, 0.5))
                    if first[0]:
                        self.assertEqual(first[0], status)
                        self.assertRegex(first[1], r"^taut: interrupted at day \S+ of \S+; a checkpoint is in \S+/\.r\.taut/"
                                                   r"checkpoint\.h5\ntaut: continue with: taut run .* --quiet --resume\n$")
                        self.assertEqual(sorted(os.listdir(self.folder)), [".r.taut"])
                        # a second time, at a later moment
                        second = self.end(self.start(*self.arguments(kind), "--resume"), number,
                                          length * random.uniform(0.1, 0.3))
                        self.assertIn(second[0], (0, status))
                        if second[0]:
                            self.finish(kind)
                    self.check_complete(kind)
                    shutil.rmtree(self.folder / "r")

    @harness.slow
    def test_killed_runs_go_on_to_the_same_bytes(self):
        random.seed(5)
        for kind, times in (("zero", 3), ("draft", 3), ("standard", 1), ("patch", 4)):
            for i in range(times):
                with self.subTest(kind=kind, time=i):
                    length = self.reference(kind)[1]
                    wait = length * (i + random.random()) / times * 1.5  # checkpoints make it slower
                    self.end(self.start(*self.arguments(kind), *EVERY_STEP), signal.SIGKILL, wait)
                    self.finish(kind)
                    self.check_complete(kind)
                    shutil.rmtree(self.folder / "r")

    @harness.slow
    def test_a_run_killed_again_and_again_comes_to_its_end(self):
        random.seed(6)
        length = self.reference("draft")[1]
        for _ in range(40):
            left = (self.folder / ".r.taut" / "checkpoint.h5").exists()
            self.end(self.start(*self.arguments("draft"), *EVERY_STEP, *(["--resume"] if left else [])), signal.SIGKILL,
                     0.1 + length * random.uniform(0.4, 0.9))
            if (self.folder / "r").exists():
                break
        if not (self.folder / "r").exists() or (self.folder / ".r.taut").exists():
            self.finish("draft")
        self.check_complete("draft")

    def test_force_is_remembered(self):
        taut(*self.arguments("draft"))
        (self.folder / "r" / "notes.txt").write_text("mine")
        self.interrupt("draft", "--force")
        status, _, err = taut(*self.arguments("draft"), "--resume")
        self.assertEqual((status, err), (0, ""))
        self.assertEqual((self.folder / "r" / "notes.txt").read_text(), "mine")
        self.assertEqual(os.listdir(self.folder), ["r"])

    def test_a_new_run_removes_what_was_left_and_says_so(self):
        self.interrupt("draft")
        case, rest = KINDS["draft"]
        status, _, err = taut("run", case, "-o", self.folder / "r", *rest)
        self.assertEqual(status, 0)
        self.assertIn(".r.taut: what an interrupted run had left there is removed (--resume would have continued it)", err)
        self.check_complete("draft")


class Processes(Resume):
    """A patch that two processes share.  Containers often have one user, root, and fewer processors than processes."""
    MPIRUN = ("mpirun", "-n")
    ALLOW = {"OMPI_ALLOW_RUN_AS_ROOT": "1", "OMPI_ALLOW_RUN_AS_ROOT_CONFIRM": "1", "OMPI_MCA_rmaps_base_oversubscribe": "1",
             "LSAN_OPTIONS": "detect_leaks=0"}  # Open MPI leaves some

    def setUp(self):
        super().setUp()
        if not shutil.which("mpirun"):
            self.skipTest("mpirun is not installed")
        if "not available" in self.run_on(2, "r", "--resume")[1]:
            self.skipTest("this build knows one process only")

    def command(self, processes, folder, *more):
        case, rest = KINDS["patch"]
        return [*self.MPIRUN, str(processes), harness.TAUT, "run", str(case), "-q", "-o", str(folder), *rest, *more]

    def start_on(self, processes, folder, *more):
        return subprocess.Popen(self.command(processes, self.folder / folder, *more), stdin=subprocess.DEVNULL,
                                stdout=subprocess.PIPE, stderr=subprocess.PIPE, preexec_fn=self.default_signals,
                                env=dict(os.environ, LC_ALL="C", **self.ALLOW))

    def run_on(self, processes, folder, *more):
        process = self.start_on(processes, folder, *more)
        out, err = process.communicate(timeout=120)
        # what the library of MPI says of the machine (a root without /sys) is not ours
        err = "".join(line for line in err.decode().splitlines(keepends=True) if not line.startswith("[hwloc"))
        return out.decode(), err, process.returncode

    def children(self, process):
        return [int(pid) for pid in pathlib.Path(f"/proc/{process.pid}/task/{process.pid}/children").read_text().split()]

    def same(self, a, b):
        for path in sorted((self.folder / a).iterdir()):
            self.assertTrue(content(path) == content(self.folder / b / path.name), f"{path.name} differs")

    @harness.slow
    def test_a_patch_on_two_processes_goes_on_to_the_same_bytes(self):
        self.assertEqual(self.run_on(2, "whole"), ("", "", 0))
        # one of them dies, between checkpoints or while one is written
        process = self.start_on(2, "r", *EVERY_STEP)
        self.wait_for(process, "checkpoint_1_0.h5")
        time.sleep(0.3)
        os.kill(self.children(process)[-1], signal.SIGKILL)
        process.communicate(timeout=120)
        self.assertNotEqual(process.returncode, 0)
        self.assertFalse((self.folder / "r").exists())
        # another number of processes gives other last digits
        status, _, err = taut(*self.arguments("patch"), "--resume")
        self.assertEqual(status, 2)
        self.assertRegex(err, r"checkpoint\.h5: was made by 2 processes, this run has 1; resume with mpirun -n 2, or run again")
        # the job is ended, as a batch system does
        process = self.start_on(2, "r", "--resume")
        time.sleep(0.5)
        process.terminate()
        process.communicate(timeout=120)
        if not (self.folder / "r").exists():
            _, err, status = self.run_on(2, "r", "--resume")
            self.assertEqual((status, err), (0, ""))
        self.assertEqual(sorted(os.listdir(self.folder)), ["r", "whole"])
        self.same("whole", "r")


class Refused(Resume):
    def leave_checkpoint(self):
        self.interrupt("draft")
        return self.folder / ".r.taut" / "checkpoint.h5"

    def refused(self, pattern, *more):
        before = sorted(os.listdir(self.folder))
        status, out, err = taut(*self.arguments("draft"), "--resume", *more)
        self.assertEqual((status, out), (2, ""), err)
        self.assertRegex(err, pattern)
        self.assertEqual(sorted(os.listdir(self.folder)), before)

    def test_nothing_to_resume(self):
        self.refused(r"/r: there is no checkpoint to resume from \(\S+/\.r\.taut/checkpoint\.h5\); run without --resume\n")
        self.assertEqual(os.listdir(self.folder), [])

    def test_another_case(self):
        self.leave_checkpoint()
        self.refused(r"checkpoint\.h5: belongs to another case, with '\s*depth: 1\.0 mm' in place of '\s*depth: 0\.9 mm'; "
                     r"resume it with that case, or run again without --resume", "--set", "treatment.depth=0.9 mm")
        self.refused(r"belongs to another case", "--set", "seed=2")
        self.finish("draft")
        self.check_complete("draft")

    def test_damaged_truncated_and_foreign_files(self):
        path = self.leave_checkpoint()
        good = path.read_bytes()
        damaged = bytearray(good)
        damaged[len(good) // 2] ^= 4
        for bad, pattern in ((bytes(damaged), "is damaged: its checksum is wrong"),
                             (good + b"more", "is damaged"),
                             (good[:len(good) // 3], r"is truncated: \d+ of \d+ bytes are there"),
                             (good[:100], "is truncated"),
                             (b"", "is no checkpoint of taut"),
                             (b"taut checkpoint\n", "is no checkpoint of taut"),
                             (b"\x89HDF\r\n\x1a\n" + bytes(2000), "is no checkpoint of taut"),
                             (good.replace(b"format 1\n", b"format 9\n", 1), "has format 9, this version reads format 1")):
            path.write_bytes(bad)
            self.refused(r"\.r\.taut/checkpoint\.h5: " + pattern)
        path.write_bytes(good)
        self.finish("draft")
        self.check_complete("draft")

    def test_another_kind_of_processor(self):
        path = self.leave_checkpoint()
        if b"code base" in path.read_bytes():
            self.skipTest("this processor runs the plain code")
        before = sorted(os.listdir(self.folder))
        status, _, err = taut(*self.arguments("draft"), "--resume", TAUT_ISA="base")
        self.assertEqual(status, 2)
        self.assertRegex(err, r"was made by another build or kind of processor \(code x86-64-v3.*; here: code base")
        self.assertEqual(sorted(os.listdir(self.folder)), before)

    def test_a_complete_result_and_a_second_run(self):
        self.assertEqual(taut(*self.arguments("draft"))[0], 0)
        self.refused(r"/r: there is nothing to resume: no run into this folder was interrupted")
        first = self.start(*self.arguments("standard"), "--force")
        self.wait_for(first, "result")
        status, _, err = taut(*self.arguments("standard"), "--force")
        self.assertEqual(status, 2)
        self.assertRegex(err, rf"/r: another run is at work on this result \(process {first.pid} on .*\); wait for it")
        self.assertEqual(first.communicate(timeout=60)[1], b"")
        self.assertEqual(first.returncode, 0)
        self.check_complete("standard")

    def test_intervals(self):
        for value in ("ten minutes", "10", "-1 min", "1 m", "1 +- 1 s"):
            status, _, err = taut(*self.arguments("draft"), "--checkpoint-every", value)
            self.assertEqual(status, 2)
            self.assertIn("--checkpoint-every: ", err)
            self.assertIn("expected a time such as '10 min', or 'never'", err)
            self.assertEqual(os.listdir(self.folder), [])


class FullDisk(Resume):
    """On a tmpfs of a few megabytes as root, else by the limit of a file's size."""

    def mounted(self, size):
        if os.geteuid() != 0:
            return False
        done = subprocess.run(["mount", "-t", "tmpfs", "-o", f"size={size}", "tmpfs", self.folder], capture_output=True)
        if done.returncode == 0:
            self.addCleanup(subprocess.run, ["umount", "-l", self.folder])
        return done.returncode == 0

    def limit(self, size):
        return lambda: resource.setrlimit(resource.RLIMIT_FSIZE, (size, size))

    def test_a_full_disk_during_output(self):
        if not self.mounted("64m"):
            self.skipTest("no tmpfs can be mounted")
        self.interrupt("draft")
        filler = self.folder / "filler"
        with open(filler, "wb", buffering=0) as file:
            try:
                while file.write(bytes(4096)):
                    pass
            except OSError:
                pass
        status, _, err = taut(*self.arguments("draft"), "--resume")
        self.assertEqual(status, 4)
        self.assertIn("No space left on device", err)
        self.assertIn("continue with:", err)
        self.assertEqual(sorted(os.listdir(self.folder)), [".r.taut", "filler"])
        filler.unlink()
        self.finish("draft")
        self.check_complete("draft")

    def test_no_room_for_a_large_file_of_the_result(self):
        self.interrupt("draft")
        status, _, err = taut(*self.arguments("draft"), "--resume", "--checkpoint-every", "never", before=self.limit(100000))
        self.assertEqual(status, 4)
        self.assertIn("File too large", err)
        self.assertEqual(os.listdir(self.folder), [".r.taut"])
        self.finish("draft")
        self.check_complete("draft")

    def test_no_room_for_checkpoints_does_not_stop_a_run(self):
        case, rest = KINDS["draft"]
        arguments = "run", case, "-o", self.folder / "r", *rest, *EVERY_STEP
        process = subprocess.Popen([harness.TAUT, *map(str, arguments)], stdout=subprocess.DEVNULL, stderr=subprocess.PIPE,
                                   preexec_fn=self.limit(20000))
        err = process.communicate(timeout=120)[1].decode()
        self.assertRegex(err, r"warning: no checkpoint at day \S+: \S+checkpoint\.h5: cannot be written: File too large\n")
        self.assertEqual(process.returncode, 4)  # the result does not fit either
        self.assertEqual(os.listdir(self.folder), [])

    def test_the_former_checkpoint_stays_where_there_is_no_room(self):
        process = self.start(*self.arguments("draft"), *EVERY_STEP)
        self.wait_for(process, "checkpoint.h5")
        resource.prlimit(process.pid, resource.RLIMIT_FSIZE, (20000, 20000))
        time.sleep(0.05)
        self.assertIn(self.end(process, signal.SIGTERM, 0)[0], (4, 143))
        self.assertEqual(os.listdir(self.folder), [".r.taut"])
        self.finish("draft")
        self.check_complete("draft")


if __name__ == "__main__":
    harness.main()
