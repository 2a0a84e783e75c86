"""Runs every example and checks what its `#expect:` lines promise."""
import pathlib
import re
import unittest

import harness

EXAMPLES = sorted((harness.ROOT / "examples").rglob("*.yaml"))
NUMBER = r"[-+]?(?:\d+\.?\d*|\.\d+)(?:[eE][-+]?\d+)?"
LIST = rf"{NUMBER}(?:, {NUMBER})*"
EXPECT = re.compile(rf"#expect: (?P<kind>change of |observable )?(?P<name>\w+) at (?P<times>{LIST}) (?P<time_unit>\w+) "
                    rf"(?P<relation>[=<>]) (?P<values>{LIST})(?: ± (?P<tolerance>{NUMBER}))?(?: (?P<unit>\S+))?$")
DAYS = {"h": 1 / 24, "hour": 1 / 24, "day": 1, "week": 7, "month": 365.25 / 12, "year": 365.25}


def days(number, unit):
    return float(number) * DAYS[unit if unit in DAYS else unit.removesuffix("s")]


def numbers(text):
    return [float(x) for x in text.split(",")]


class Expectation:
    """One line: the quantity, times in days, wanted values."""

    def __init__(self, line):
        match = EXPECT.match(line)
        if not match:
            raise ValueError(f"not understood: {line}")
        self.__dict__.update(match.groupdict())
        self.kind = (self.kind or "value").split()[0]
        self.times = [days(x, self.time_unit) for x in self.times.split(",")]
        self.values = numbers(self.values)
        if len(self.values) == 1:
            self.values *= len(self.times)
        if len(self.values) != len(self.times) or (self.relation == "=") != (self.tolerance is not None):
            raise ValueError(f"values do not fit the times or the relation: {line}")

    def found(self, visits, observables):
        """Values of the results at the times, and their unit."""
        table = observables if self.kind == "observable" else [r for r in visits if r["quantity"] == self.name]
        clock = "t_d" if self.kind == "observable" else "time_d"
        column = {"observable": self.name, "change": "change_percent", "value": "value"}[self.kind]
        for time in self.times:
            near = [r for r in table if abs(float(r[clock]) - time) < 1e-6]
            if len(near) != 1:
                raise AssertionError(f"{self.name}: {len(near)} rows at day {time:g}")
            unit = {"observable": "", "change": "%", "value": near[0].get("unit")}[self.kind]
            yield float(near[0][column]), unit

    def check(self, visits, observables):
        for time, want, (found, unit) in zip(self.times, self.values, self.found(visits, observables), strict=True):
            place = f"{self.kind} {self.name} at day {time:g}: found {found:.9g} {unit}, expected {self.relation} {want:g}"
            if self.unit is not None and self.unit != unit:
                raise AssertionError(f"{place} {self.unit}: other unit")
            good = {"=": lambda: abs(found - want) <= float(self.tolerance), ">": lambda: found > want,
                    "<": lambda: found < want}[self.relation]()
            if not good:
                raise AssertionError(f"{place} ± {self.tolerance}" if self.tolerance else place)


class Examples(harness.Folder):
    def test_examples_exist_with_expectations(self):
        self.assertGreaterEqual(len(EXAMPLES), 14)
        for path in EXAMPLES:
            text = path.read_text(encoding="utf-8")
            self.assertTrue(text.startswith("# "), f"{path.name} does not begin with a sentence about itself")
            self.assertIn("#expect: ", text, path.name)

    @harness.slow
    def test_examples_give_what_they_promise(self):
        for path in EXAMPLES:
            with self.subTest(example=str(path.relative_to(harness.ROOT))):
                self.run_example(path)

    def run_example(self, path: pathlib.Path):
        lines = [x for x in path.read_text(encoding="utf-8").splitlines() if x.startswith("#expect")]
        expectations = [Expectation(x) for x in lines]
        folder, table = self.folder / path.stem, self.folder / f"{path.stem}.csv"
        status, out, err = harness.taut("run", path, "-o", folder, "--observables", table)
        self.assertEqual(status, 0, err)
        self.assertIn("no medical advice", out)
        visits, observables = harness.rows(folder / "visits.csv"), harness.rows(table)
        failures = []
        for expectation in expectations:
            try:
                expectation.check(visits, observables)
            except AssertionError as failure:
                failures.append(str(failure))
        self.assertEqual(failures, [])

    def test_an_expectation_can_fail(self):
        visits = [{"time_d": "7", "quantity": "x", "value": "2", "unit": "mm", "change_percent": "5"}]
        Expectation("#expect: x at 1 week = 2.05 ± 0.1 mm").check(visits, [])
        Expectation("#expect: change of x at 7 days > 4 %").check(visits, [])
        for line in ("x at 1 week = 2.5 ± 0.1 mm", "x at 1 week = 2 ± 0.1 um", "x at 2 weeks > 0", "change of x at 7 days < 5 %"):
            with self.assertRaises(AssertionError):
                Expectation(f"#expect: {line}").check(visits, [])


if __name__ == "__main__":
    harness.main()
