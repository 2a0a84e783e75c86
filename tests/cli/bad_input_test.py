"""Wrong input: each case with its exact message and exit status, and nothing left under the final name.

Works as root too: unwritable places are paths below a regular file, /proc, a file size limit and a full file system.
"""
import os
import resource
import shutil
import subprocess
import unittest

import harness
from harness import BASE, taut


def change(old, new):
    """BASE with one text replaced."""
    assert BASE.count(old) == 1, old
    return BASE.replace(old, new)


def add(text):
    """BASE with lines appended."""
    return BASE + text


def schedule(text):
    return change("  follow_up: [1 day]\n", text)


def device(text):
    return add(f"device: {{{text}}}\n")


# (what is wrong, text of case.yaml, standard error).  Lines of BASE: 1 patient, 2 age, 3 site, 4 treatment, 5 depth,
# 6 schedule, 7 follow_up, 8 model, 9 accuracy; what add() brings starts on line 10.
CASES = [
    # the file
    ("an empty file", "", "?"),
    ("only a comment", "# nothing\n", "?"),
    ("a bracket left open", change("[1 day]", "[1 day"), "?"),
    ("a quote left open", change("neck", "'neck"), "?"),
    ("a tab for indentation", change("  age: 56 years", "\tage: 56 years"), "?"),
    ("a colon without a space", change("site: neck", "site:neck"), "?"),
    ("a list in place of the whole mapping", "- patient\n- site\n", "?"),
    ("a word in place of the whole mapping", "patient\n", "?"),
    ("a value in place of a mapping", change("patient:\n  age: 56 years", "patient: 56 years"), "?"),
    ("a mapping in place of a value", change("56 years", "{years: 56}"), "?"),
    ("a list in place of a value", change("56 years", "[56 years]"), "?"),
    ("a value in place of a list", change("[1 day]", "1 day"), "?"),
    ("an empty value", change("56 years", ""), "?"),
    ("an anchor", change("site: neck", "site: &place neck"), "?"),
    ("an alias", change("site: neck", "site: *place"), "?"),
    ("a tag", change("age: 56 years", "age: !!str 56 years"), "?"),
    ("a merge key", add("<<: {seed: 1}\n"), "?"),
    ("a second document", add("---\nsite: cheek\n"), "?"),
    ("nesting of depth 40", add("parameters: " + "[" * 40 + "]" * 40 + "\n"), "?"),
    ("a file above 1 MiB", add("# " + "x" * (1 << 20) + "\n"), "?"),
    ("NUL bytes", add("seed: 1\0\n"), "?"),
    ("bytes that are no UTF-8", BASE.encode() + b"title: \xff\xfe\n", "?"),
    # keys
    ("an unknown key", add("colour: red\n"), "?"),
    ("a key almost right", change("site:", "sitee:"), "?"),
    ("a nested key almost right", change("depth:", "dept:"), "?"),
    ("a key in the wrong group", change("  age: 56 years", "  age: 56 years\n  depth: 1 mm"), "?"),
    ("the same key twice", add("site: cheek\n"), "?"),
    ("the same nested key twice", change("  age: 56 years", "  age: 56 years\n  age: 57 years"), "?"),
    ("a key that does not exist any more", add("output: [depth]\n"), "?"),
    ("no patient", change("patient:\n  age: 56 years\n", ""), "?"),
    ("no age", change("age: 56 years", "sex: female"), "?"),
    ("no site", change("site: neck\n", ""), "?"),
    ("no depth", change("depth: 1.0 mm", "density: 250 /cm^2"), "?"),
    ("two mistakes at once", change("56 years", "56 mm").replace("neck", "nek"), "?"),
    # values
    ("a wrong dimension", change("1.0 mm", "3 days"), "?"),
    ("a missing unit", change("1.0 mm", "1.0"), "?"),
    ("a unit where none belongs", add("seed: 1 mm\n"), "?"),
    ("an unknown unit", change("1.0 mm", "1 furlong"), "?"),
    ("a unit almost right", change("56 years", "56 yeers"), "?"),
    ("an ambiguous unit", change("56 years", "56 a"), "?"),
    ("no number", change("1.0 mm", "deep"), "?"),
    ("infinity", change("1.0 mm", "inf mm"), "?"),
    ("not-a-number", change("1.0 mm", "nan mm"), "?"),
    ("a number too large", change("1.0 mm", "1e999 mm"), "?"),
    ("a hexadecimal number", change("1.0 mm", "0x1 mm"), "?"),
    ("a decimal comma", change("1.0 mm", "1,0 mm"), "?"),
    ("an age out of bounds", change("56 years", "156 years"), "?"),
    ("a share out of bounds", change("  age: 56 years", "  age: 56 years\n  photoage: 1.5"), "?"),
    ("a negative length", change("1.0 mm", "-1.0 mm"), "?"),
    ("an unknown word", change("  age: 56 years", "  age: 56 years\n  sex: femal"), "?"),
    ("an unknown phototype", change("  age: 56 years", "  age: 56 years\n  phototype: VII"), "?"),
    ("a fraction of a session", schedule("  sessions: 2.5\n"), "?"),
    ("a reversed range", change("1.0 mm", "[2 mm, 1 mm]"), "?"),
    ("a negative spread", change("1.0 mm", "1.0 mm +- -0.1 mm"), "?"),
    ("an unknown site", change("neck", "elbow"), "?"),
    ("a site almost right", change("neck", "chek"), "?"),
    ("an unknown device", add("device: hammer\n"), "?"),
    ("a device almost right", add("device: pen_41\n"), "?"),
    ("an unknown condition", change("  age: 56 years", "  age: 56 years\n  conditions: [activ acne]"), "?"),
    ("menopause before the age for it", change("  age: 56 years", "  age: 56 years\n  menopause: 50 years ago"), "?"),
    # schedule
    ("two sessions on one day", schedule("  sessions: [{at: 0 days}, {at: 7 days}, {at: 1 week}]\n"), "?"),
    ("sessions out of order", schedule("  sessions: [{at: 0 days}, {at: 14 days}, {at: 7 days}]\n"), "?"),
    ("a first session that is not day 0", schedule("  sessions: [{at: 7 days}]\n"), "?"),
    ("an interval beside listed sessions", schedule("  sessions: [{at: 0 days}]\n  interval: 4 weeks\n"), "?"),
    ("an interval of nothing", schedule("  sessions: 3\n  interval: 0 days\n"), "?"),
    ("a negative number of sessions", schedule("  sessions: -1\n"), "?"),
    ("far too many sessions", schedule("  sessions: 1000000\n"), "?"),
    ("a follow-up after the end", schedule("  follow_up: [1 day, 30 days]\n  until: 7 days\n"), "?"),
    ("follow-ups out of order", schedule("  follow_up: [7 days, 1 day]\n"), "?"),
    ("a follow-up before the first session", schedule("  follow_up: [-1 day]\n"), "?"),
    ("a session after the end", schedule("  sessions: 3\n  follow_up: [1 day]\n  until: 30 days\n"), "?"),
    # device and treatment
    ("needles longer than the device allows", change("1.0 mm", "4 mm"), "?"),
    ("needles longer than a roller of one length has", change("1.0 mm", "1.0 mm") + "device: roller_770_test\n", "?"),
    ("density and passes together", change("1.0 mm", "1.0 mm\n  density: 250 /cm^2\n  passes: 15"), "?"),
    ("a density of nothing", change("1.0 mm", "1.0 mm\n  density: 0 /cm^2"), "?"),
    ("a density beyond the track scale", change("1.0 mm", "1.0 mm\n  density: 5000 /cm^2"), "?"),
    ("a device of unknown kind", device("kind: gun"), "?"),
    ("a drum on a pen", device("kind: pen, needles: 12, drum_radius: 10 mm"), "?"),
    ("a pen with hand speed and without a rate", device("kind: pen, needles: 12, length: 1 mm, diameter: 0.25 mm"), "?"),
    ("a reversed range of lengths", device("name: pen_14, length: [2.5 mm, 0.25 mm]"), "?"),
    ("a radiofrequency device", add("device: rf_25\n"), "?"),
    ("radiofrequency settings", add("rf: {mode: bipolar}\n"), "?"),
    ("a serum", add("serum: vitamin_c\n"), "?"),
    ("points of a patch", change("1.0 mm", "1.0 mm\n  points: holes.csv"), "?"),
    # site and safety
    ("an eyelid without acknowledgement", change("neck", "upper_eyelid"), "?"),
    ("needles that reach bone", change("neck", "nose_sidewall").replace("1.0 mm", "2.5 mm"), "?"),
    # model and parameters
    ("the patch scale", change("accuracy: draft", "scale: patch"), "?"),
    ("an unknown accuracy", change("draft", "rough"), "?"),
    ("an unknown grid", change("accuracy: draft", "grid: G9"), "?"),
    ("two tracks", change("accuracy: draft", "tracks: 2"), "?"),
    ("a tolerance of nothing", change("accuracy: draft", "tolerance: 0"), "?"),
    ("an excision on a track", change("accuracy: draft", "injury: excision"), "?"),
    ("an unknown parameter", add("parameters: {healing.b_Q: 5}\n"), "?"),
    ("a parameter without its group", add("parameters: {b_F: 5}\n"), "?"),
    ("a parameter out of bounds", add("parameters: {healing.b_F: -5}\n"), "?"),
    ("a parameter in a wrong unit", add("parameters: {healing.D_F: 0.008 mm/day}\n"), "?"),
]

# (what is wrong, arguments behind `run case.yaml`, standard error)
SETS = [
    ("--set without a value", ("--set", "patient.age"), "?"),
    ("--set without a key", ("--set", "=5"), "?"),
    ("--set of nothing", ("--set", ""), "?"),
    ("--set of an unknown key", ("--set", "patient.shoe=5"), "?"),
    ("--set of a key almost right", ("--set", "patient.aje=56 years"), "?"),
    ("--set out of bounds", ("--set", "patient.age=5 years"), "?"),
    ("--set of a wrong dimension", ("--set", "treatment.depth=1 kPa"), "?"),
    ("--set of a whole group", ("--set", "patient=5"), "?"),
    ("--set of an unknown parameter", ("--set", "healing.bF=5"), "?"),
    ("--set with broken YAML", ("--set", "schedule.follow_up=[1 day"), "?"),
    ("--set of the patch scale", ("--set", "model.scale=patch"), "?"),
]


class Refusal(harness.Folder):
    def refused(self, arguments, message, status=2, **options):
        """Runs and checks message, status, silence on standard output, and that nothing new exists."""
        before = self.everything()
        self.assertEqual(taut(*arguments, cwd=self.folder, **options), (status, "", message))
        self.assertEqual(self.everything(), before)

    def everything(self):
        return sorted(str(p.relative_to(self.folder)) for p in self.folder.rglob("*"))


class BadInput(Refusal):
    def test_wrong_cases_are_refused_with_their_message(self):
        for name, text, message in CASES:
            with self.subTest(name):
                self.write(text)
                self.refused(("run", "case.yaml", "-o", "result"), message)

    def test_check_and_puncture_say_the_same_as_run(self):
        for command in ("check", "puncture"):
            for name, text, message in CASES[:4] + CASES[22:24]:
                with self.subTest(name, command=command):
                    self.write(text)
                    self.refused((command, "case.yaml"), message)

    def test_wrong_sets_are_refused_with_their_message(self):
        self.write(BASE)
        for name, arguments, message in SETS:
            with self.subTest(name):
                self.refused(("run", "case.yaml", "-o", "result", *arguments), message)

    def test_a_value_outside_its_prior_is_a_warning(self):
        self.write(add("parameters: {healing.b_F: 60}\n"))
        status, _, err = taut("check", "case.yaml", cwd=self.folder)
        self.assertEqual(status, 0, err)
        self.assertIn("?", err)


class BadFiles(Refusal):
    """Things wrong with files and folders around the case."""

    def setUp(self):
        super().setUp()
        self.write(BASE)
        self.write("text", "file")
        (self.folder / "folder").mkdir()

    def test_a_missing_case(self):
        self.refused(("run", "none.yaml"), "?", 4)

    def test_a_case_below_a_file(self):
        self.refused(("run", "file/case.yaml"), "?", 4)

    def test_a_folder_in_place_of_a_case(self):
        self.refused(("run", "folder"), "?", 4)

    def test_output_below_a_file(self):
        self.refused(("run", "case.yaml", "-o", "file/result"), "?", 4)

    def test_output_in_proc(self):
        self.refused(("run", "case.yaml", "-o", "/proc/result"), "?", 4)

    def test_output_that_is_a_file(self):
        self.refused(("run", "case.yaml", "-o", "file"), "?")

    def test_output_that_is_not_empty(self):
        self.write("mine", "folder/notes.txt")
        self.refused(("run", "case.yaml", "-o", "folder"), "?")
        self.assertEqual((self.folder / "folder" / "notes.txt").read_text(), "mine")

    def test_force_keeps_files_that_are_not_its_own(self):
        self.write("mine", "folder/notes.txt")
        self.assertEqual(taut("run", "case.yaml", "-q", "-f", "-o", "folder", cwd=self.folder), (0, "", ""))
        self.assertEqual((self.folder / "folder" / "notes.txt").read_text(), "mine")

    def test_force_does_not_overwrite_what_is_no_result(self):
        self.write("mine", "folder/visits.csv")
        self.refused(("run", "case.yaml", "-f", "-o", "folder"), "?")

    def test_observables_below_a_file(self):
        self.refused(("run", "case.yaml", "-o", "r", "--observables", "file/o.csv"), "taut: file/o.csv: Not a directory\n", 4)

    def test_observables_in_place_of_a_folder(self):
        self.refused(("run", "case.yaml", "-o", "r", "--observables", "folder"), "taut: folder: Is a directory\n", 4)

    def test_a_file_size_limit_stands_for_a_full_disk(self):
        def limit():
            resource.setrlimit(resource.RLIMIT_FSIZE, (2048, 2048))
        status, _, err = taut("run", "case.yaml", "-q", "-o", "result", cwd=self.folder, before=limit)
        self.assertEqual((status, err), (4, "?"))
        self.assertEqual(self.everything(), ["case.yaml", "file", "folder"])

    def test_a_full_disk_for_the_observables(self):
        def limit():
            resource.setrlimit(resource.RLIMIT_FSIZE, (64, 64))
        status, _, err = taut("run", "case.yaml", "-q", "-o", "result", "--observables", "o.csv", cwd=self.folder, before=limit)
        self.assertEqual(status, 4)
        self.assertRegex(err, r"^taut: o\.csv\S*: .*File too large\n$")
        self.assertEqual(self.everything(), ["case.yaml", "file", "folder"])

    def test_full_standard_output_leaves_no_folder(self):
        with open("/dev/full", "w") as full:
            self.refused(("run", "case.yaml", "-o", "result"), "taut: standard output: No space left on device\n", 4, stdout=full)

    def test_a_full_file_system(self):
        small = self.folder / "small"
        small.mkdir()
        mount = ["mount", "-t", "tmpfs", "-o", "size=16k", "none", str(small)]
        if not shutil.which("mount") or subprocess.run(mount, capture_output=True, check=False).returncode != 0:
            self.skipTest("no file system can be mounted here")
        try:
            status, _, err = taut("run", "case.yaml", "-q", "-o", "small/result", cwd=self.folder)
            left = os.listdir(small)
        finally:
            subprocess.run(["umount", str(small)], check=True)
        self.assertEqual((status, left), (4, []))
        self.assertRegex(err, r"^taut: small/result/\S+: .*No space left on device\n$")

    def test_a_folder_without_write_permission(self):
        if os.geteuid() == 0:
            self.skipTest("root may write everywhere")
        (self.folder / "folder").chmod(0o500)
        self.addCleanup((self.folder / "folder").chmod, 0o700)
        self.refused(("run", "case.yaml", "-o", "folder/result"), "?", 4)


class BadLookups(unittest.TestCase):
    CASES = [
        (("params", "healing.b_Q"), "?"),
        (("params", "heling"), "?"),
        (("params", ""), "?"),
        (("list", "device"), "?"),
        (("list", "shoes"), "?"),
    ]

    def test_unknown_names_are_refused_with_a_suggestion(self):
        for arguments, message in self.CASES:
            with self.subTest(arguments=arguments):
                self.assertEqual(taut(*arguments), (2, "", message))


if __name__ == "__main__":
    harness.main()
