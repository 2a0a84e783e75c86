#!/usr/bin/env python3
"""How far is the average of three tracks from every puncture in its place?

usage: scripts/compare-patch-track.py [OPTION]... [CASE.yaml]

Runs a course on a patch of skin with random punctures and the same course with three tracks, and prints the difference of
every observable of the healing model and of every quantity as Markdown.  Without CASE.yaml: four monthly sessions of a pen
at 250 punctures/cm2 on an ageing neck.

`track` and `patch` are values at the visit where the track is farthest from its value before treatment (from 0 where
that is not known).  A difference is patch less track, in percent of the largest value that the track has at any of the
visits.  `response` is the change of the patch from its value before treatment at the last visit, as a share of that of the
track; empty where the track has changed by less than 0.1 % of the value before.  With several seeds the patch is their
mean, and the last column is the largest standard deviation between seeds at any visit, in the same percent: what the
choice of the punctures does.

Punctures are drawn until their number is right (treatment.exact_count), so that both have the same density; --alike also
gives all punctures the same depth and hole, which leaves the pattern as the only difference.
"""
import argparse
import csv
import json
import os
import shlex
import statistics
import subprocess
import sys
import tempfile
import time

CASE = """\
title: Random punctures on an ageing neck
patient: {age: 56 years, photoage: 0.5}
site: neck
device: pen_14
treatment: {depth: 1.0 mm, density: 250 /cm^2, pattern: poisson}
schedule:
  sessions: 4
  interval: 4 weeks
  follow_up: [1 h, 1 day, 3 days, 1 week, 4 weeks, 90 days, 180 days, 12 months]
  until: 12 months
"""


def run(options, case, folder, sets, threads=None, launch=""):
    """Runs the case into the folder; returns what it wrote."""
    observables = folder + ".csv"
    command = shlex.split(launch) + [options.taut, "run", case, "-o", folder, "--force", "--quiet", "--observables",
                                     observables]
    for key, value in sets:
        command += ["--set", f"{key}={value}"]
    if threads:
        command += ["--threads", str(threads)]
    began = time.monotonic()
    done = subprocess.run(command, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True, check=False)
    if done.returncode:
        sys.exit(f"{shlex.join(command)}\n{done.stderr}")
    with open(os.path.join(folder, "summary.json"), encoding="utf-8") as file:
        summary = json.load(file)
    return {"summary": summary, "seconds": time.monotonic() - began, "quantities": read_visits(folder),
            "observables": read_observables(observables)}


def read_visits(folder):
    """{name: (unit, value before, [(day, value)])} of visits.csv."""
    found = {}
    with open(os.path.join(folder, "visits.csv"), newline="", encoding="utf-8") as file:
        for row in csv.DictReader(file):
            before = float(row["baseline"]) if row["baseline"] else None
            entry = found.setdefault(row["quantity"], (row["unit"], before, []))
            entry[2].append((float(row["time_d"]), float(row["value"])))
    return found


def read_observables(path):
    """The same of a file of observables, which knows no units and no values before."""
    found = {}
    with open(path, newline="", encoding="utf-8") as file:
        for row in csv.DictReader(file):
            day = float(row.pop("t_d"))
            for name, value in row.items():
                if value not in ("", "nan", "-nan"):
                    found.setdefault(name, ("", None, []))[2].append((day, float(value)))
    return found


def day_text(day):
    return f"{24 * day:.3g} h" if day < 0.9 else f"{day:.4g} d"


def compare(track, patches):
    """Rows of the table of one kind: name, unit, values, differences, response, SD between seeds."""
    for name, (unit, before, series) in track.items():
        if any(name not in patch for patch in patches):
            yield [name, unit, "only the track has it"]
            continue
        scale = max(abs(value) for _, value in series)
        values = [[patch[name][2][i][1] for patch in patches] for i in range(len(series))]
        means = [statistics.fmean(v) for v in values]
        differences = [100 * (m - value) / scale if scale else 0.0 for m, (_, value) in zip(means, series)]
        last, response = series[-1][1], ""
        if before is not None and abs(last - before) > 1e-3 * abs(before) and last != before:
            response = f"{(means[-1] - before) / (last - before):.3f}"
        spread = ""
        if len(patches) > 1:
            spread = f"{max(100 * statistics.stdev(v) / scale if scale else 0.0 for v in values):.2f}"
        far = max(range(len(series)), key=lambda i: abs(series[i][1] - (before or 0.0)))
        yield [name, unit, f"{series[far][1]:.5g}", f"{means[far]:.5g}"] + [f"{d:+.2f}" for d in differences] + [response, spread]


def print_table(title, track, patches):
    days = [day for day, _ in next(iter(track.values()))[2]]
    head = ["name", "unit", "track", "patch"] + [day_text(d) for d in days] + ["response", "SD"]
    print(f"\n### {title}\n\n| " + " | ".join(head) + " |")
    print("|---|---|" + "---:|" * (len(head) - 2))
    worst = (0.0, "", 0.0)
    for row in compare(track, patches):
        print("| " + " | ".join(row + [""] * (len(head) - len(row))) + " |")
        for day, cell in zip(days, row[4:4 + len(days)]):
            if abs(float(cell)) > worst[0]:
                worst = (abs(float(cell)), row[0], day)
    if worst[1]:
        print(f"\nLargest difference: {worst[0]:.2f} % ({worst[1]}, {day_text(worst[2])}).")


def print_sessions(name, summary):
    for i, s in enumerate(summary["sessions"], 1):
        keys = [k for k in s if k.startswith(("density", "holes", "achieved", "cv_", "bleeding"))]
        print(f"* {name}, session {i}: " + ", ".join(f"{k} {s[k]:.4g}" for k in keys if isinstance(s[k], (int, float))))


def main():
    root = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("case", nargs="?", help="a case of scale track; default: the neck")
    parser.add_argument("--taut", default=os.path.join(root, "build/cli/taut"))
    parser.add_argument("--size", default="5 mm", help="side of the patch (%(default)s)")
    parser.add_argument("--spacing", default="20 um", help="grid spacing of the patch (%(default)s)")
    parser.add_argument("--grid", help="cells in depth and of the tracks, such as G1")
    parser.add_argument("--tolerance", help="of the step control, such as 1e-2")
    parser.add_argument("--density", help="such as '100 /cm^2'")
    parser.add_argument("--sessions", type=int)
    parser.add_argument("--seeds", type=int, default=1, help="number of patches (%(default)s)")
    parser.add_argument("--alike", action="store_true", help="all punctures have one depth and one hole")
    parser.add_argument("--threads", type=int, help="of the patch")
    parser.add_argument("--launch", default="", help="before the command of the patch, such as 'mpirun -n 2'")
    parser.add_argument("--keep", help="folder for the results; default: they are removed")
    parser.add_argument("--set", action="append", default=[], metavar="KEY=VALUE", help="override for both")
    options = parser.parse_args()
    os.environ.setdefault("TAUT_DATA", root)

    both = [tuple(s.split("=", 1)) for s in options.set]
    for key, value in (("model.grid", options.grid), ("model.tolerance", options.tolerance),
                       ("treatment.density", options.density), ("schedule.sessions", options.sessions)):
        if value is not None:
            both.append((key, str(value)))
    on_patch = [("model.scale", "patch"), ("model.patch.size", options.size), ("model.patch.spacing", options.spacing),
                ("model.patch.vary", "no" if options.alike else "yes"), ("treatment.exact_count", "yes")]
    with tempfile.TemporaryDirectory() as scratch:
        where = options.keep or scratch
        os.makedirs(where, exist_ok=True)
        case = options.case
        if not case:
            case = os.path.join(scratch, "case.yaml")
            with open(case, "w", encoding="utf-8") as file:
                file.write(CASE)
        track = run(options, case, os.path.join(where, "track"),
                    both + [("model.scale", "track"), ("model.tracks", "3")])
        patches = [run(options, case, os.path.join(where, f"patch_{seed}"), both + on_patch + [("seed", str(seed))],
                       options.threads, options.launch) for seed in range(1, options.seeds + 1)]

    print(f"Patch of {options.size} at {options.spacing}, {options.seeds} seed(s), "
          f"{statistics.fmean(p['seconds'] for p in patches):.0f} s each; three tracks {track['seconds']:.1f} s.\n")
    print_sessions("tracks", track["summary"])
    for i, patch in enumerate(patches, 1):
        print_sessions(f"patch {i}", patch["summary"])
    for title, kind in (("Observables of the healing model (after a session on its day)", "observables"),
                        ("Quantities (before a session on its day)", "quantities")):
        print_table(title, track[kind], [p[kind] for p in patches])


if __name__ == "__main__":
    main()
