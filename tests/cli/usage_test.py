"""Manners of the command: help, version, options, streams, exit statuses, interruption, completion, manual pages."""
import os
import pty
import re
import shlex
import shutil
import signal
import subprocess
import time
import unittest

import harness
from harness import taut

COMMANDS = ("run", "check", "puncture", "suction", "params", "list", "help")
UNBUILT = ("plan", "screen", "trial", "validate", "calibrate", "report", "serve")


class Help(unittest.TestCase):
    def test_help_of_every_command_goes_to_standard_output(self):
        for arguments in (["--help"], ["-h"], ["help"], *[[c, "--help"] for c in COMMANDS], *[["help", c] for c in COMMANDS]):
            with self.subTest(arguments=arguments):
                status, out, err = taut(*arguments)
                self.assertEqual((status, err), (0, ""))
                self.assertTrue(out.startswith("Usage: taut"))
                self.assertIn("Exit status:", out)
                self.assertIn("no medical advice", out)
                self.assertLessEqual(max(map(len, out.splitlines())), 80)

    def test_help_command_and_option_say_the_same(self):
        for command in COMMANDS:
            self.assertEqual(taut("help", command), taut(command, "--help"))

    def test_help_wins_over_missing_operands(self):
        self.assertEqual(taut("run", "--help")[0], 0)

    def test_version(self):
        for option in ("--version", "-V", "--vers"):
            status, out, err = taut(option)
            self.assertEqual((status, err), (0, ""))
            self.assertRegex(out, r"\Ataut \d+\.\d+\.\d+ \(\w+\)\n")
            self.assertIn("GPL", out)

    def test_every_option_of_the_contract_is_known(self):
        text = taut("help", "run")[1]
        for option in ("--output", "--set", "--scale", "--threads", "--resume", "--force", "--observables", "--quiet"):
            self.assertIn(option, text)
        self.assertIn("--template", taut("help", "check")[1])
        self.assertIn("--samples", taut("help", "puncture")[1])


class Wrong(unittest.TestCase):
    CASES = [
        ((), "taut: a command is missing\nTry 'taut --help'.\n"),
        (("rnu",), "taut: unknown command 'rnu'; did you mean 'run'?\nTry 'taut --help'.\n"),
        (("parms",), "taut: unknown command 'parms'; did you mean 'params'?\nTry 'taut --help'.\n"),
        (("zzzzzz",), "taut: unknown command 'zzzzzz'\nTry 'taut --help'.\n"),
        (("--verbos",), "taut: unknown option '--verbos'\nTry 'taut --help'.\n"),
        (("-x",), "taut: unknown option '-x'\nTry 'taut --help'.\n"),
        (("help", "rnu"), "taut help: unknown command 'rnu'; did you mean 'run'?\nTry 'taut help --help'.\n"),
        (("run",), "taut run: missing operand: CASE.yaml\nTry 'taut run --help'.\n"),
        (("run", "a.yaml", "b.yaml"), "taut run: unexpected operand 'b.yaml'\nTry 'taut run --help'.\n"),
        (("run", "a.yaml", "--forse"), "taut run: unknown option '--forse'; did you mean '--force'?\nTry 'taut run --help'.\n"),
        (("run", "a.yaml", "--s", "x"),
         "taut run: option '--s' is ambiguous: '--set' or '--scale'\nTry 'taut run --help'.\n"),
        (("run", "a.yaml", "-o"), "taut run: --output needs a value (DIR)\nTry 'taut run --help'.\n"),
        (("run", "a.yaml", "--output="), "taut run: --output: the value is empty\nTry 'taut run --help'.\n"),
        (("run", "a.yaml", "--force=yes"), "taut run: --force takes no value\nTry 'taut run --help'.\n"),
        (("run", "a.yaml", "--threads", "0"),
         "taut run: --threads: '0' is not a whole number from 1 to 1024\nTry 'taut run --help'.\n"),
        (("run", "a.yaml", "--threads=two"),
         "taut run: --threads: 'two' is not a whole number from 1 to 1024\nTry 'taut run --help'.\n"),
        (("run", "a.yaml", "--scale", "trak"),
         "taut run: --scale: unknown value 'trak'; expected track, patch or zero; did you mean 'track'?\nTry 'taut run --help'.\n"),
        (("run", "a.yaml", "--scale", "foo"),
         "taut run: --scale: unknown value 'foo'; expected track, patch or zero\nTry 'taut run --help'.\n"),
        (("check",), "taut check: missing operand: CASE.yaml\nTry 'taut check --help'.\n"),
        (("check", "--template", "a.yaml"),
         "taut check: unexpected operand 'a.yaml': --template reads no case\nTry 'taut check --help'.\n"),
        (("puncture", "a.yaml", "--samples=1.5"),
         "taut puncture: --samples: '1.5' is not a whole number from 1 to 10000000\nTry 'taut puncture --help'.\n"),
        (("list",), "taut list: missing operand: KIND\nTry 'taut list --help'.\n"),
        (("list", "sites", "--json", "--md"), "taut list: --json and --md exclude each other\nTry 'taut list --help'.\n"),
        (("help", "--completion", "fish"), "taut help: --completion: unknown value 'fish'; expected bash or zsh\nTry 'taut help --help'.\n"),
    ]

    def test_wrong_usage_is_told_with_status_2_and_nothing_on_standard_output(self):
        for arguments, message in self.CASES:
            with self.subTest(arguments=arguments):
                self.assertEqual(taut(*arguments), (2, "", message))

    def test_commands_of_later_versions_are_refused_by_name(self):
        for command in UNBUILT:
            with self.subTest(command=command):
                expected = (2, "", f"taut: {command}: not available in this version\n")
                self.assertEqual(taut(command, "x.yaml", "--json"), expected)
                self.assertEqual(taut("help", command), expected)


class Streams(harness.Folder):
    def test_full_standard_output_is_an_error_of_status_4(self):
        case = self.write(harness.BASE)
        for arguments in (["--help"], ["list", "sites"], ["params"], ["check", "--template"], ["check", case],
                          ["puncture", case], ["help", "--man", "run"]):
            with self.subTest(arguments=[str(a) for a in arguments]), open("/dev/full", "w") as full:
                expected = (4, "", "taut: standard output: No space left on device\n")
                status, out, err = taut(*arguments, stdout=full)
                self.assertEqual((status, out, err.splitlines(True)[-1:]), (*expected[:2], [expected[2]]))

    def test_broken_pipe_is_an_error_of_status_4(self):
        reading, writing = os.pipe()
        os.close(reading)
        try:
            status, _, err = taut("params", stdout=writing)
        finally:
            os.close(writing)
        self.assertEqual((status, err), (4, "taut: standard output: Broken pipe\n"))

    def test_closed_standard_output_is_an_error_of_status_4(self):
        self.assertEqual(taut("--help", stdout=None, before=lambda: os.close(1))[::2],
                         (4, "taut: standard output: Bad file descriptor\n"))

    def test_a_run_with_closed_streams_does_not_write_into_its_own_files(self):
        case = self.write(harness.WOUND)
        status, _, _ = taut("run", case, "-o", self.folder / "r", "--quiet", stdout=None,
                            before=lambda: (os.close(0), os.close(1)))
        self.assertEqual(status, 0)
        self.assertTrue((self.folder / "r" / "visits.csv").read_text().startswith("time_d,quantity,"))

    def test_results_go_to_standard_output_and_messages_to_standard_error(self):
        case = self.write(harness.WOUND)
        status, out, err = taut("run", case, "-o", self.folder / "r")
        self.assertEqual(status, 0)
        self.assertIn("no medical advice", out)
        self.assertNotIn("\r", err, "a progress bar without a terminal")
        self.assertTrue(err.endswith(f"Results are in {self.folder}/r/\n"), err)
        self.assertEqual(taut("run", case, "-o", self.folder / "q", "--quiet"), (0, "", ""))

    def test_default_folder_carries_the_name_of_the_case(self):
        self.write(harness.BASE, "my.course.yaml")
        self.assertEqual(taut("run", "my.course.yaml", "-q", cwd=self.folder), (0, "", ""))
        self.assertEqual(sorted(os.listdir(self.folder)), ["my.course-result", "my.course.yaml"])
        expected = {"case.yaml", "summary.json", "visits.csv", "course.csv", "fields.h5", "fields.xdmf", "course.svg", "log.txt",
                    "histology_before.png", "histology_visit_001.png"}
        self.assertEqual(set(os.listdir(self.folder / "my.course-result")), expected)

    def test_double_dash_ends_the_options(self):
        self.write(harness.WOUND, "-o.yaml")
        self.assertEqual(taut("run", "-q", "-o", "r", "--", "-o.yaml", cwd=self.folder), (0, "", ""))


class Progress(harness.Folder):
    def run_on_terminal(self, *arguments, **environment):
        """Standard error of a run whose standard error is a terminal."""
        master, slave = pty.openpty()
        env = dict(os.environ, LC_ALL="C", **environment)
        process = subprocess.Popen([harness.TAUT, *map(str, arguments)], stdin=subprocess.DEVNULL,
                                   stdout=subprocess.DEVNULL, stderr=slave, env=env)
        os.close(slave)
        seen = b""
        try:
            while chunk := os.read(master, 65536):
                seen += chunk
        except OSError:
            pass
        os.close(master)
        return process.wait(600), seen.decode()

    def long_case(self):
        return self.write(harness.BASE.replace("accuracy: draft", "accuracy: standard")
                          .replace("follow_up: [1 day]", "sessions: 4\n  follow_up: [180 days]"))

    def test_a_bar_is_drawn_with_percent_day_and_time_left_and_erased(self):
        begin = time.monotonic()
        status, seen = self.run_on_terminal("run", self.long_case(), "-o", self.folder / "r", TERM="xterm")
        seconds = time.monotonic() - begin
        self.assertEqual(status, 0, seen)
        frames = re.findall(r"\r *\d+ % \[#*\.*\] day \d+ of \d+(?:, \S+ \S+ left)?\x1b\[K", seen)
        self.assertGreaterEqual(len(frames), 2, repr(seen))
        self.assertLessEqual(len(frames), 10 * seconds + 1)
        self.assertIn(" left", "".join(frames))
        for phase in ("building the model", "reading the instruments", "writing the result"):
            self.assertIn(phase, seen)
        last = seen.rfind(" of ")
        self.assertIn("\r\x1b[K", seen[last + 8:], "the bar was not taken away")
        self.assertNotIn("\x1b[3", seen, "colours")

    def test_no_bar_on_a_dumb_terminal_or_when_quiet(self):
        for arguments, term in (((), "dumb"), (("-q",), "xterm")):
            status, seen = self.run_on_terminal("run", self.write(harness.WOUND), "-f", "-o", self.folder / "r", *arguments,
                                                TERM=term)
            self.assertEqual(status, 0)
            self.assertNotIn(" % [", seen)


class Interruption(harness.Folder):
    def wait_until_caught(self, process, number):
        """Waits until the process handles the signal: on a busy machine it may take seconds to start."""
        end = time.monotonic() + 300
        while time.monotonic() < end and process.poll() is None:
            with open(f"/proc/{process.pid}/status", encoding="ascii", errors="replace") as status:
                caught = next((int(line.split()[1], 16) for line in status if line.startswith("SigCgt:")), 0)
            if caught >> (number - 1) & 1:
                return
            time.sleep(0.05)
        self.fail(f"{number.name} is not caught")

    def interrupt(self, number, *arguments):
        case = self.write(harness.BASE.replace("accuracy: draft", "accuracy: fine")
                          .replace("follow_up: [1 day]", "sessions: 60\n  interval: 4 weeks\n  follow_up: [5 years]"))
        before = set(os.listdir(self.folder))
        # a signal that was ignored where the tests were started (nohup) would stay ignored
        process = subprocess.Popen([harness.TAUT, "run", case, "-o", self.folder / "r", *arguments],
                                   stdout=subprocess.PIPE, stderr=subprocess.PIPE,
                                   preexec_fn=lambda: signal.signal(number, signal.SIG_DFL))
        self.wait_until_caught(process, number)
        time.sleep(0.5)
        process.send_signal(number)
        out, err = process.communicate(timeout=600)
        return process.returncode, out.decode(), err.decode(), set(os.listdir(self.folder)) - before

    def test_an_interrupted_run_leaves_nothing_but_its_checkpoint(self):
        for number, status in ((signal.SIGINT, 130), (signal.SIGTERM, 143), (signal.SIGHUP, 129)):
            with self.subTest(signal=number.name):
                result = self.interrupt(number, "--quiet", "--observables", self.folder / "o.csv")
                self.assertEqual(result[:2] + result[3:], (status, "", {".r.taut"}))
                self.assertRegex(result[2], r"^taut: interrupted at day \S+ of 1826\.25; a checkpoint is in \S+/\.r\.taut/checkpoint"
                                            r"\.h5\ntaut: continue with: taut run .* --quiet --resume\n$")
                shutil.rmtree(self.folder / ".r.taut")

    def test_an_ignored_interrupt_stays_ignored(self):
        case = self.write(harness.WOUND)
        status, _, err = taut("run", case, "-q", "-o", self.folder / "r",
                              before=lambda: signal.signal(signal.SIGINT, signal.SIG_IGN))
        self.assertEqual((status, err), (0, ""))


class Generated(harness.Folder):
    def test_manual_pages_format_without_warnings(self):
        if not shutil.which("groff"):
            self.skipTest("groff is not installed")
        for page in ("taut", "case", *COMMANDS):
            with self.subTest(page=page):
                status, text, err = taut("help", "--man", page)
                self.assertEqual((status, err), (0, ""))
                done = subprocess.run(["groff", "-man", "-ww", "-z"], input=text.encode(), capture_output=True, check=False)
                self.assertEqual((done.returncode, done.stderr.decode()), (0, ""))

    def test_manual_pages_name_every_option(self):
        for command in COMMANDS:
            manual = taut("help", "--man", command)[1].replace("\\-", "-").replace("\\fR", "").replace("\\fB", "")
            for option in re.findall(r"--[a-z]+", taut("help", command)[1].split("Options:")[1].split("Examples:")[0]):
                self.assertIn(option, manual)

    def test_manual_of_an_unknown_command_is_refused(self):
        self.assertEqual(taut("help", "--man", "rnu")[0], 2)
        self.assertEqual(taut("help", "--man", "plan"), (2, "", "taut: plan: not available in this version\n"))

    def complete(self, line):
        """What bash offers at the end of the line."""
        script = self.write(taut("help", "--completion", "bash")[1], "completion")
        words = re.findall(r"=|[^\s=]+", line) + ([""] if line.endswith(" ") else [])
        quoted = " ".join(f"'{w}'" for w in words)
        path, script = shlex.quote(os.path.dirname(harness.TAUT)), shlex.quote(str(script))
        program = (f"PATH={path}:$PATH; shopt -s extglob; compopt() {{ :; }}; . {script}; "
                   f"COMP_WORDS=({quoted}); COMP_CWORD={len(words) - 1}; _taut; printf '%s\\n' \"${{COMPREPLY[@]}}\"")
        done = subprocess.run(["bash", "-c", program], capture_output=True, cwd=self.folder, check=True)
        self.assertEqual(done.stderr, b"")
        return done.stdout.decode().split()

    def test_bash_completes_commands_options_values_and_names(self):
        if not shutil.which("bash"):
            self.skipTest("bash is not installed")
        self.write("", "a.yaml")
        self.assertEqual(self.complete("taut r"), ["run"])
        self.assertIn("--observables", self.complete("taut run --"))
        self.assertIn("--resume", self.complete("taut run --"))
        self.assertEqual(self.complete("taut run --scale "), ["track", "patch", "zero"])
        self.assertEqual(self.complete("taut run --scale=t"), ["track"])
        self.assertEqual(self.complete("taut run a"), ["a.yaml"])
        self.assertEqual(self.complete("taut list de"), ["devices"])
        self.assertEqual(self.complete("taut run a.yaml --set device=pen_1"), ["pen_12", "pen_14", "pen_16"])
        self.assertEqual(self.complete("taut check a.yaml --set site=crow"), ["crows_feet"])
        self.assertIn("healing.b_F", self.complete("taut params healing.b_"))

    def test_zsh_script_names_every_command(self):
        status, text, err = taut("help", "--completion", "zsh")
        self.assertEqual((status, err), (0, ""))
        self.assertTrue(text.startswith("#compdef taut\n"))
        for command in COMMANDS:
            self.assertIn(f"    {command}) _arguments", text)
        if shutil.which("zsh"):
            subprocess.run(["zsh", "-n"], input=text.encode(), check=True)


if __name__ == "__main__":
    harness.main()
