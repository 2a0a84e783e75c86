"""The same case gives the same bytes: twice, with other numbers of threads, and from the result's own case.yaml."""
import json
import pathlib
import tempfile
import unittest

import harness

TABLES = ("visits.csv", "course.csv", "case.yaml")
CASE = harness.ROOT / "examples" / "neck.yaml"
SHORT = ("--set", "schedule.sessions=2", "--set", "schedule.until=60 days",
         "--set", "schedule.follow_up=[1 day, 4 weeks, 60 days]")


class Same(harness.Folder):
    def course(self, name, *arguments, case=CASE, short=SHORT):
        folder = self.folder / name
        status, _, err = harness.taut("run", case, "-o", folder, "--quiet", *short, *arguments)
        self.assertEqual((status, err), (0, ""))
        return folder

    def assertSame(self, a, b, files):
        for name in files:
            self.assertTrue((a / name).read_bytes() == (b / name).read_bytes(), f"{name} differs")

    def test_zero_scale_twice_gives_identical_bytes(self):
        case = harness.ROOT / "examples" / "excision.yaml"
        self.assertSame(self.course("a", case=case, short=()), self.course("b", case=case, short=()), (*TABLES, "fields.h5"))


@harness.slow
class Determinism(Same):
    """Courses on tracks, each against the one of a single thread that writes its observables too."""

    @classmethod
    def setUpClass(cls):
        kept = tempfile.TemporaryDirectory(prefix="taut-test-")
        cls.addClassCleanup(kept.cleanup)
        cls.kept = pathlib.Path(kept.name)
        status, _, err = harness.taut("run", CASE, "-o", cls.kept / "first", "--quiet", *SHORT, "--threads", "1",
                                      "--observables", cls.kept / "o.csv")
        if (status, err) != (0, ""):
            raise RuntimeError(err)
        cls.first = cls.kept / "first"

    test_zero_scale_twice_gives_identical_bytes = None  # that of Same

    def test_the_same_case_twice_gives_identical_bytes(self):
        self.assertSame(self.first, self.course("b", "--threads", "1"), (
            *TABLES, "fields.h5", "fields.xdmf", "course.svg", "histology_before.png", "histology_visit_001.png"))

    def test_tables_and_observables_do_not_depend_on_the_number_of_threads(self):
        self.assertGreater(len(harness.rows(self.kept / "o.csv")), 0)
        for n in ("2", "3", "5"):
            (self.folder / n).mkdir()
            course = self.course(f"threads-{n}", "--threads", n, "--observables", self.folder / n / "o.csv")
            self.assertSame(self.first, course, (*TABLES, "fields.h5"))
            self.assertSame(self.kept, self.folder / n, ("o.csv",))

    def test_the_result_s_case_runs_to_the_same_tables(self):
        again = self.course("again", case=self.first / "case.yaml", short=())
        self.assertSame(self.first, again, ("visits.csv", "course.csv", "course.svg"))
        third = self.course("third", case=again / "case.yaml", short=())
        self.assertSame(self.first, third, ("visits.csv", "course.csv", "course.svg"))
        hashes = {json.loads((f / "summary.json").read_text())["case_hash"] for f in (self.first, again, third)}
        self.assertEqual(len(hashes), 1)

    def test_the_locale_changes_nothing(self):
        folder = self.folder / "b"
        status, _, err = harness.taut("run", CASE, "-o", folder, "--quiet", *SHORT, LANG="de_DE.UTF-8", LC_NUMERIC="de_DE.UTF-8")
        self.assertEqual((status, err), (0, ""))
        self.assertSame(self.first, folder, TABLES)


if __name__ == "__main__":
    harness.main()
