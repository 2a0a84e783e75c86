"""The same case gives the same bytes: twice, with other numbers of threads, and from the result's own case.yaml."""
import json

import harness

TABLES = ("visits.csv", "course.csv", "case.yaml")
CASE = harness.ROOT / "examples" / "neck.yaml"
SHORT = ("--set", "schedule.sessions=2", "--set", "schedule.until=60 days",
         "--set", "schedule.follow_up=[1 day, 4 weeks, 60 days]")


class Determinism(harness.Folder):
    def course(self, name, *arguments, case=CASE, short=SHORT):
        folder = self.folder / name
        status, _, err = harness.taut("run", case, "-o", folder, "--quiet", *short, *arguments)
        self.assertEqual((status, err), (0, ""))
        return folder

    def assertSame(self, a, b, files):
        for name in files:
            self.assertTrue((a / name).read_bytes() == (b / name).read_bytes(), f"{name} differs")

    def test_the_same_case_twice_gives_identical_bytes(self):
        self.assertSame(self.course("a"), self.course("b"), (*TABLES, "fields.h5", "fields.xdmf", "course.svg", "histology_before.png",
                                                               "histology_visit_001.png"))

    def test_tables_do_not_depend_on_the_number_of_threads(self):
        one = self.course("one", "--threads", "1")
        for n in ("2", "3", "5"):
            self.assertSame(one, self.course(f"threads-{n}", "--threads", n), (*TABLES, "fields.h5"))

    def test_the_result_s_case_runs_to_the_same_tables(self):
        first = self.course("first")
        again = self.course("again", case=first / "case.yaml", short=())
        self.assertSame(first, again, ("visits.csv", "course.csv", "course.svg"))
        third = self.course("third", case=again / "case.yaml", short=())
        self.assertSame(first, third, ("visits.csv", "course.csv", "course.svg"))
        hashes = {json.loads((f / "summary.json").read_text())["case_hash"] for f in (first, again, third)}
        self.assertEqual(len(hashes), 1)

    def test_observables_do_not_depend_on_the_number_of_threads(self):
        for n in ("1", "2"):
            (self.folder / n).mkdir()
            self.course(f"r{n}", "--threads", n, "--observables", self.folder / n / "o.csv")
        self.assertSame(self.folder / "1", self.folder / "2", ("o.csv",))
        self.assertGreater(len(harness.rows(self.folder / "1" / "o.csv")), 0)

    def test_zero_scale_twice_gives_identical_bytes(self):
        case = harness.ROOT / "examples" / "excision.yaml"
        self.assertSame(self.course("a", case=case, short=()), self.course("b", case=case, short=()), (*TABLES, "fields.h5"))

    def test_the_locale_changes_nothing(self):
        a = self.course("a")
        folder = self.folder / "b"
        status, _, err = harness.taut("run", CASE, "-o", folder, "--quiet", *SHORT, LANG="de_DE.UTF-8", LC_NUMERIC="de_DE.UTF-8")
        self.assertEqual((status, err), (0, ""))
        self.assertSame(a, folder, TABLES)


if __name__ == "__main__":
    harness.main()
