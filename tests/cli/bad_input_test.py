"""Wrong input: each case with its exact message and exit status, and nothing left under the final name.

Works as root too: unwritable places are paths below a regular file, /proc, a file size limit and a full file system.
"""
import json
import os
import resource
import shutil
import subprocess
import unittest

import harness
from harness import BASE, WOUND, taut


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


MERGE = ("tracks of radius 0.0894 mm are closer than 1.25 needle radii (0.147 mm): they merge, and the track scale no longer "
         "holds; expected a lower density, or model.scale: patch, which is made for this\n")

# (what is wrong, text of case.yaml, standard error).  Lines of BASE: 1 patient, 2 age, 3 site, 4 treatment, 5 depth,
# 6 schedule, 7 follow_up, 8 model, 9 accuracy; what add() brings starts on line 10.
CASES = [
    # the file
    ("an empty file", "",
     "case.yaml:1:1: the file is empty; expected a mapping of keys such as patient, site, treatment\n"),
    ("only a comment", "# nothing\n",
     "case.yaml:1:1: the file is empty; expected a mapping of keys such as patient, site, treatment\n"),
    ("a bracket left open", change("[1 day]", "[1 day"),
     "case.yaml:8:6: no valid YAML: did not find expected ',' or ']'\n"),
    ("a quote left open", change("neck", "'neck"),
     "case.yaml:10:1: no valid YAML: found unexpected end of stream\n"),
    ("a tab for indentation", change("  age: 56 years", "\tage: 56 years"),
     "case.yaml:2:1: no valid YAML: a tab or other character out of place; indent with spaces\n"),
    ("a colon without a space", change("site: neck", "site:neck"),
     "case.yaml:4:1: no valid YAML: could not find expected ':'\n"),
    ("a list in place of the whole mapping", "- patient\n- site\n",
     "case.yaml:1:1: expected a mapping of keys such as patient, site, treatment\n"),
    ("a word in place of the whole mapping", "patient\n",
     "case.yaml:1:1: expected a mapping of keys such as patient, site, treatment\n"),
    ("a value in place of a mapping", change("patient:\n  age: 56 years", "patient: 56 years"),
     "case.yaml:1:10: patient holds several keys; expected a mapping\n"),
    ("a value in place of the treatment", change("treatment:\n  depth: 1.0 mm", "treatment: 1.0 mm"),
     "case.yaml:4:12: treatment holds several keys; expected a mapping\n"),
    ("a list in place of the site", change("neck", "[neck]"),
     "case.yaml:3:7: site holds several keys; expected a mapping\n"),
    ("a mapping in place of a value", change("56 years", "{years: 56}"),
     "case.yaml:2:8: patient.age: a value is a number, x +- s, a range [low, high] or {lognormal: {mean: , sd: }}; expected a time from 18 to 100 years\n"),
    ("a list in place of a value", change("56 years", "[56 years]"),
     "case.yaml:2:8: patient.age: a value is a number, x +- s, a range [low, high] or {lognormal: {mean: , sd: }}; expected a time from 18 to 100 years\n"),
    ("a value in place of a list", change("[1 day]", "1 day"),
     "case.yaml:7:14: schedule.follow_up: no list; expected a list, each a time from 0 to 36525 days\n"),
    ("an empty value", change("56 years", ""),
     "case.yaml:2:7: patient.age: no value given; expected a time from 18 to 100 years\n"),
    ("an anchor", change("site: neck", "site: &place neck"),
     "case.yaml:3:7: anchors are not accepted (&place)\n"),
    ("an alias", change("site: neck", "site: *place"),
     "case.yaml:3:7: aliases are not accepted (*place)\n"),
    ("a tag", change("age: 56 years", "age: !!str 56 years"),
     "case.yaml:2:8: tags are not accepted (tag:yaml.org,2002:str)\n"),
    ("a merge key", add("<<: {seed: 1}\n"),
     "case.yaml:10:1: merge keys are not accepted\n"),
    ("a second document", add("---\nsite: cheek\n"),
     "case.yaml:10:1: a second document is not accepted\n"),
    ("nesting of depth 40", add("parameters: " + "[" * 40 + "]" * 40 + "\n"),
     "case.yaml:10:45: nested deeper than 32 levels\n"),
    ("a file above 1 MiB", add("# " + "x" * (1 << 20) + "\n"),
     "case.yaml: larger than 1 MiB; expected a case file\n"),
    ("a mistake on line 1 behind a byte order mark", "\ufeffpatiemt:\n" + BASE.split("\n", 1)[1],
     "case.yaml:1:1: unknown key \"patiemt\"; nearest known key \"patient\"\n"
     "case.yaml: patient.age is missing: it has no default; expected a time such as 45 years\n"),
    ("a byte order mark in the middle", add("\ufefftitle: x\n"),
     "case.yaml:10:2: no valid YAML: did not find expected key\n"),
    ("NUL bytes", add("seed: 1\0\n"),
     "case.yaml:10:8: NUL byte in the text\n"),
    ("bytes that are no UTF-8", BASE.encode() + b"title: \xff\xfe\n",
     "case.yaml:10:8: the text is not UTF-8\n"),
    # keys
    ("an unknown key", add("colour: red\n"),
     "case.yaml:10:1: unknown key \"colour\"; expected one of title, patient, acknowledge, site, device, treatment, rf, serum, schedule, aftercare, model, seed, parameters\n"),
    ("a key almost right", change("site:", "sitee:"),
     "case.yaml:3:1: unknown key \"sitee\"; nearest known key \"site\"\n"
     "case.yaml: site is missing: expected the name of a site such as cheek (taut list sites)\n"),
    ("a nested key almost right", change("depth:", "dept:"),
     "case.yaml:5:3: unknown key \"treatment.dept\"; nearest known key \"treatment.depth\"\n"
     "case.yaml:5:3: treatment.depth is missing: expected the needle length set on the device, such as 1.0 mm\n"),
    ("a key in the wrong group", change("  age: 56 years", "  age: 56 years\n  depth: 1 mm"),
     "case.yaml:3:3: unknown key \"patient.depth\"; nearest known key \"treatment.depth\"\n"),
    ("the same key twice", add("site: cheek\n"),
     "case.yaml:10:1: duplicate key \"site\"\n"),
    ("the same nested key twice", change("  age: 56 years", "  age: 56 years\n  age: 57 years"),
     "case.yaml:3:3: duplicate key \"age\"\n"),
    ("a key that does not exist any more", add("output: [depth]\n"),
     "case.yaml:10:1: unknown key \"output\"; expected one of title, patient, acknowledge, site, device, treatment, rf, serum, schedule, aftercare, model, seed, parameters\n"),
    ("no patient", change("patient:\n  age: 56 years\n", ""),
     "case.yaml: patient.age is missing: it has no default; expected a time such as 45 years\n"),
    ("no age", change("age: 56 years", "sex: female"),
     "case.yaml:2:3: patient.age is missing: it has no default; expected a time such as 45 years\n"),
    ("no site", change("site: neck\n", ""),
     "case.yaml: site is missing: expected the name of a site such as cheek (taut list sites)\n"),
    ("no depth", change("depth: 1.0 mm", "density: 250 /cm^2"),
     "case.yaml:5:3: treatment.depth is missing: expected the needle length set on the device, such as 1.0 mm\n"),
    ("two mistakes at once", change("56 years", "56 mm").replace("neck", "nek"),
     "case.yaml:3:7: unknown site \"nek\"; nearest known name \"neck\"\n"
     "case.yaml:2:8: patient.age: \"mm\" is the unit of a length; expected a time from 18 to 100 years\n"),
    # values
    ("a wrong dimension", change("1.0 mm", "3 days"),
     "case.yaml:5:10: treatment.depth: \"days\" is the unit of a time; expected a length from 0.01 to 10 mm, or none\n"),
    ("a missing unit", change("1.0 mm", "1.0"),
     "case.yaml:5:10: treatment.depth: the number 1 has no unit; expected a length from 0.01 to 10 mm, or none\n"),
    ("a unit where none belongs", add("seed: 1 mm\n"),
     "case.yaml:10:7: seed: \"1 mm\" is no such number; expected a whole number from 0\n"),
    ("an unknown unit", change("1.0 mm", "1 furlong"),
     "case.yaml:5:10: treatment.depth: unknown unit \"furlong\"; expected a length from 0.01 to 10 mm, or none\n"),
    ("a unit almost right", change("56 years", "56 yeers"),
     "case.yaml:2:8: patient.age: unknown unit \"yeers\"; nearest known unit \"years\"; expected a time from 18 to 100 years\n"),
    ("an ambiguous unit", change("56 years", "56 a"),
     "case.yaml:2:8: patient.age: unknown unit \"a\"; expected a time from 18 to 100 years\n"),
    ("no number", change("1.0 mm", "deep"),
     "case.yaml:5:10: treatment.depth: \"deep\" is no number; expected a length from 0.01 to 10 mm, or none\n"),
    ("infinity", change("1.0 mm", "inf mm"),
     "case.yaml:5:10: treatment.depth: \"inf mm\" is no number; expected a length from 0.01 to 10 mm, or none\n"),
    ("not-a-number", change("1.0 mm", "nan mm"),
     "case.yaml:5:10: treatment.depth: \"nan mm\" is no number; expected a length from 0.01 to 10 mm, or none\n"),
    ("a number too large", change("1.0 mm", "1e999 mm"),
     "case.yaml:5:10: treatment.depth: \"1e999 mm\" is too large for a number; expected a length from 0.01 to 10 mm, or none\n"),
    ("a hexadecimal number", change("1.0 mm", "0x1 mm"),
     "case.yaml:5:10: treatment.depth: \"0x1 mm\" is no number; expected a length from 0.01 to 10 mm, or none\n"),
    ("a decimal comma", change("1.0 mm", "1,0 mm"),
     "case.yaml:5:10: treatment.depth: a comma is no decimal point; write 1.5, not 1,5; expected a length from 0.01 to 10 mm, or none\n"),
    ("an age out of bounds", change("56 years", "156 years"),
     "case.yaml:2:8: patient.age: 156 years is out of bounds; expected a time from 18 to 100 years\n"),
    ("a share out of bounds", change("  age: 56 years", "  age: 56 years\n  photoage: 1.5"),
     "case.yaml:3:13: patient.photoage: 1.5 is out of bounds; expected a number from 0 to 1, or auto\n"),
    ("a negative length", change("1.0 mm", "-1.0 mm"),
     "case.yaml:5:10: treatment.depth: -1 mm is out of bounds; expected a length from 0.01 to 10 mm, or none\n"),
    ("an unknown word", change("  age: 56 years", "  age: 56 years\n  sex: femal"),
     "case.yaml:3:8: patient.sex: \"femal\" is not known here; nearest known word \"female\"; expected female or male\n"),
    ("an unknown phototype", change("  age: 56 years", "  age: 56 years\n  phototype: VII"),
     "case.yaml:3:14: patient.phototype: \"VII\" is no number; expected a number from 1 to 6, or I, II, III, IV, V or VI\n"),
    ("a fraction of a session", schedule("  sessions: 2.5\n"),
     "case.yaml:7:13: schedule.sessions: \"2.5\" is no whole number from 0 to 1000; expected a whole number from 0, or a list such as [{at: 0 weeks}, {at: 3 weeks}]\n"),
    ("a reversed range", change("1.0 mm", "[2 mm, 1 mm]"),
     "case.yaml:5:10: treatment.depth: the range runs from high to low; expected a length from 0.01 to 10 mm, or none\n"),
    ("a negative spread", change("1.0 mm", "1.0 mm +- -0.1 mm"),
     "case.yaml:5:10: treatment.depth: the spread after +- is negative; expected a length from 0.01 to 10 mm, or none\n"),
    ("an unknown site", change("neck", "elbow"),
     "case.yaml:3:7: unknown site \"elbow\"; expected one of taut list sites, or your own with all fields (dermis_women, ...)\n"),
    ("a site almost right", change("neck", "chek"),
     "case.yaml:3:7: unknown site \"chek\"; nearest known name \"cheek\"\n"),
    ("an unknown device", add("device: hammer\n"),
     "case.yaml:10:9: unknown device \"hammer\"; expected one of taut list devices, or your own with all fields (kind, ...)\n"),
    ("a device almost right", add("device: pen_41\n"),
     "case.yaml:10:9: unknown device \"pen_41\"; nearest known name \"pen_14\"\n"),
    ("an unknown condition", change("  age: 56 years", "  age: 56 years\n  conditions: [activ acne]"),
     "case.yaml:3:16: patient.conditions: \"activ acne\" is not known (see taut list conditions); expected a list of ids, such as [keloid]\n"),
    ("an unknown medicine", change("  age: 56 years", "  age: 56 years\n  medicines: [isotretinoin_new]"),
     "case.yaml:3:15: patient.medicines: \"isotretinoin_new\" is not known; nearest known id \"isotretinoin_now\"; expected a list of ids, such as [isotretinoin_now]\n"),
    ("menopause before birth", change("  age: 56 years", "  age: 56 years\n  menopause: 60 years ago"),
     "case.yaml:3:14: patient.menopause: 60 years ago is before birth; expected less than the age\n"),
    # schedule
    ("two sessions on one day", schedule("  sessions: [{at: 0 days}, {at: 7 days}, {at: 1 week}]\n"),
     "case.yaml:7:42: schedule.sessions: a session at 7 days after one at 7 days; expected rising times\n"),
    ("sessions out of order", schedule("  sessions: [{at: 0 days}, {at: 14 days}, {at: 7 days}]\n"),
     "case.yaml:7:43: schedule.sessions: a session at 7 days after one at 14 days; expected rising times\n"),
    ("a first session that is not day 0", schedule("  sessions: [{at: 7 days}]\n"),
     "case.yaml:7:14: schedule.sessions: times count from the first session; expected at: 0 weeks for it\n"),
    ("an interval beside listed sessions", schedule("  sessions: [{at: 0 days}]\n  interval: 4 weeks\n"),
     "case.yaml:8:3: schedule.interval: contradicts a list of sessions, which carry their own times; expected a number of sessions with it, or none\n"),
    ("an interval of nothing", schedule("  sessions: 3\n  interval: 0 days\n"),
     "case.yaml:8:13: schedule.interval: 0 days is out of bounds; expected a time from 0.01 to 3653 days, or none\n"),
    ("a negative number of sessions", schedule("  sessions: -1\n"),
     "case.yaml:7:13: schedule.sessions: \"-1\" is no whole number from 0 to 1000; expected a whole number from 0, or a list such as [{at: 0 weeks}, {at: 3 weeks}]\n"),
    ("far too many sessions", schedule("  sessions: 1000000\n"),
     "case.yaml:7:13: schedule.sessions: \"1000000\" is no whole number from 0 to 1000; expected a whole number from 0, or a list such as [{at: 0 weeks}, {at: 3 weeks}]\n"),
    ("a follow-up after the end", schedule("  follow_up: [1 day, 30 days]\n  until: 7 days\n"),
     "case.yaml:8:10: schedule.until: the end at 7 days is before the last visit at 30 days; expected a later end\n"),
    ("follow-ups out of order", schedule("  follow_up: [7 days, 1 day]\n"),
     "case.yaml:7:23: schedule.follow_up: a visit at 24 h after one at 7 days; expected rising times\n"),
    ("a follow-up before the first session", schedule("  follow_up: [-1 day]\n"),
     "case.yaml:7:15: schedule.follow_up: -1 days is out of bounds; expected a list, each a time from 0 to 36525 days\n"),
    ("a session after the end", schedule("  sessions: 3\n  follow_up: [1 day]\n  until: 30 days\n"),
     "case.yaml:9:10: schedule.until: the end at 30 days is before the last session at 56 days; expected a later end\n"),
    ("a listed session without a depth", change("  depth: 1.0 mm", "  density: 250 /cm^2").replace("  follow_up: [1 day]\n",
     "  sessions:\n    - {at: 0 weeks, depth: 1 mm}\n    - {at: 3 weeks}\n    - {at: 6 weeks, depth: 1 mm}\n    - {at: 9 weeks}\n"),
     "case.yaml:9:7: schedule.sessions: no depth of this session; expected one here, or treatment.depth for all\n"
     "case.yaml:11:7: schedule.sessions: no depth of this session; expected one here, or treatment.depth for all\n"),
    ("listed sessions all without a depth", change("  depth: 1.0 mm", "  density: 250 /cm^2").replace("  follow_up: [1 day]\n",
     "  sessions: [{at: 0 weeks}, {at: 3 weeks}]\n"),
     "case.yaml:5:3: treatment.depth is missing: expected the needle length set on the device, such as 1.0 mm\n"),
    ("two excisions", schedule("  sessions: 2\n").replace("accuracy: draft", "scale: zero\n  injury: excision"),
     "case.yaml:7:13: schedule.sessions: an excision happens once; expected 1, or 0 for skin without a wound\n"),
    # device and treatment
    ("needles longer than the device allows", change("1.0 mm", "4 mm"),
     "case.yaml:5:10: treatment.depth: 4 mm cannot be set on the device pen_14; expected 0.25 to 2.5 mm\n"),
    ("needles longer than a roller of one length has", change("1.0 mm", "1.0 mm") + "device: roller_770_test\n",
     "case.yaml:5:10: treatment.depth: 1 mm cannot be set on the device roller_770_test; its needles have 0.77 mm\n"),
    ("an achieved depth beyond the needle", change("1.0 mm", "1.0 mm\n  achieved_depth: 1.2 mm"),
     "case.yaml:6:19: treatment.achieved_depth: an achieved depth of 1.2 mm is more than the needle length set; expected at most 1 mm\n"),
    ("density and passes together", change("1.0 mm", "1.0 mm\n  density: 250 /cm^2\n  passes: 15"),
     "case.yaml:7:3: treatment.passes: contradicts treatment.density; expected one of density, passes, time\n"),
    ("a density of nothing", change("1.0 mm", "1.0 mm\n  density: 0 /cm^2"),
     "case.yaml:6:12: treatment.density: 0 /cm^2 is out of bounds; expected a number per area from 0.01 to 20000 /cm^2, or none\n"),
    ("a density of one session beyond the bounds", schedule("  sessions: [{at: 0 days, density: 30000 /cm^2}]\n"),
     "case.yaml:7:36: schedule.sessions.density: 30000 /cm^2 is out of bounds; expected a number per area from 0.01 to 20000 /cm^2, or none\n"),
    ("a density beyond the track scale", change("1.0 mm", "1.0 mm\n  density: 5000 /cm^2"),
     f"case.yaml:6:12: {MERGE}"),
    ("a density of one session beyond the track scale", schedule("  sessions: [{at: 0 days}, {at: 7 days, density: 5000 /cm^2}]\n"),
     f"case.yaml:7:50: {MERGE}"),
    ("passes beyond the track scale", change("1.0 mm", "1.0 mm\n  passes: 500") + "device: roller_192\n",
     f"case.yaml:6:11: {MERGE}".replace("0.0894", "0.0744").replace("0.147", "0.156")),
    ("passes of one session beyond the track scale", schedule("  sessions: [{at: 0 days}, {at: 7 days, passes: 500}]\n") + "device: roller_192\n",
     f"case.yaml:7:49: {MERGE}".replace("0.0894", "0.0744").replace("0.147", "0.156")),
    ("a time beyond the track scale", change("1.0 mm", "1.0 mm\n  time: 20 h"),
     f"case.yaml:6:9: {MERGE}".replace("0.0894", "0.0274")),
    ("a device of unknown kind", device("kind: gun"),
     "case.yaml:10:16: device.kind: \"gun\" is not known here; expected roller, pen, stamp or rf\n"),
    ("a drum on a pen", device("name: pen_14, needles: 12, drum_radius: 10 mm"),
     "case.yaml:10:37: device.drum_radius: contradicts device.kind; expected none for a pen\n"),
    ("a device of one's own without a name and without its fields", device("kind: stamp, needles: 25, grid: [5, 5]"),
     "".join(f"case.yaml:10:9: device.{field} is missing: a device of your own needs all fields\n"
             for field in ("length", "diameter", "half_angle", "tip_radius"))
     + "case.yaml:10:9: device.pitch is missing: a stamp needs it\ncase.yaml:10:9: device.speed is missing: a stamp needs it\n"),
    ("a preset of another kind", device("name: pen_14, kind: roller"),
     "case.yaml:10:30: device.kind: contradicts the preset pen_14, which is a pen; expected a device.name of your own with it\n"),
    ("strokes of a roller", device("name: roller_192, rate: 100 Hz"),
     "case.yaml:10:28: device.rate: contradicts device.kind; expected none for a roller\n"),
    ("a drum whose rows do not make its needles", device("name: roller_192, needles: 100"),
     "case.yaml:10:37: device.needles: 100 needles contradict rings times needles_per_ring, which make 192\n"),
    ("a tip wider than its shaft", device("name: pen_14, tip_radius: 0.2 mm"),
     "case.yaml:10:36: device.tip_radius: larger than the radius of the needle; expected at most half of device.diameter\n"),
    ("a device of one's own without its fields", device("name: mine, kind: pen, needles: 12, length: 1 mm"),
     "case.yaml:10:9: device.diameter is missing: a device of your own needs all fields\n"
     "case.yaml:10:9: device.half_angle is missing: a device of your own needs all fields\n"
     "case.yaml:10:9: device.tip_radius is missing: a device of your own needs all fields\n"
     "case.yaml:10:9: device.disc_radius is missing: a pen needs it\n"
     "case.yaml:10:9: device.rate is missing: a pen needs it\n"),
    ("a reversed range of lengths", device("name: pen_14, length: [2.5 mm, 0.25 mm]"),
     "case.yaml:10:32: device.length: the range runs from high to low; expected a length from 0 to 10 mm, or [shortest, longest]\n"),
    ("a radiofrequency device", add("device: rf_25\n"),
     "case.yaml:10:9: the heat of radiofrequency needles is not available in this version; expected a roller, pen or stamp (taut puncture answers for the needles alone)\n"),
    ("radiofrequency settings", add("rf: {mode: bipolar}\n"),
     "case.yaml:10:1: rf (radiofrequency settings) is not available in this version\n"),
    ("a serum", add("serum: vitamin_c\n"),
     "case.yaml:10:8: serum: \"vitamin_c\" is not available in this version; expected none\n"),
    ("points of a patch that are not there", change("accuracy: draft", "scale: patch").replace("1.0 mm", "1.0 mm\n  points: holes.csv"),
     "holes.csv: cannot be opened: No such file or directory\n"),
    ("points and a density", change("accuracy: draft", "scale: patch").replace("1.0 mm", "1.0 mm\n  points: a.csv\n  density: 9 /cm^2"),
     "case.yaml:6:3: treatment.points: contradicts treatment.density; expected one of them\n"),
    # site and safety
    ("an eyelid without acknowledgement", change("neck", "upper_eyelid"),
     "case.yaml:3:7: upper_eyelid lies inside the orbital rim, where no needle length passes; `acknowledge: [orbital_rim]` computes it all the same\n"),
    ("needles that reach bone", change("neck", "nose_sidewall").replace("1.0 mm", "2.5 mm"),
     "case.yaml:5:10: needles of 2.5 mm may reach the bone of nose_sidewall, about 2.45 mm below the pressed skin; largest length that passes: 2.44 mm\n"),
    # model and parameters
    ("a patch of one value", change("accuracy: draft", "patch: 5 mm"),
     "case.yaml:9:10: model.patch holds several keys; expected a mapping\n"),
    ("a patch without a puncture", change("accuracy: draft", "scale: patch\n  patch: {size: 0.2 mm}").replace("1.0 mm", "1.0 mm\n  density: 1 /cm^2"),
     "case.yaml:11:17: a patch of 0.2 mm receives no puncture in session 1; expected a larger patch or a higher density\n"),
    ("an unknown accuracy", change("draft", "rough"),
     "case.yaml:9:13: model.accuracy: \"rough\" is not known here; expected draft, standard or fine\n"),
    ("an unknown grid", change("accuracy: draft", "grid: G9"),
     "case.yaml:9:9: model.grid: \"G9\" is no known grid; expected G1 to G4, or {n1: , n2: , n3: , ne: , np: , nret: , ns: }; auto: by accuracy\n"),
    ("a grid beyond any machine", change("accuracy: draft", "grid: {n1: 400, n2: 400, n3: 400, ne: 400, np: 400, nret: 400, ns: 400}"),
     "case.yaml:9:9: model.grid: 1200 x 1600 points on 3 tracks are 5760000; expected at most 200000 in all\n"),
    ("two tracks", change("accuracy: draft", "tracks: 2"),
     "case.yaml:9:11: model.tracks: there is no rule for 2 tracks; expected 1 or 3\n"),
    ("a tolerance of nothing", change("accuracy: draft", "tolerance: 0"),
     "case.yaml:9:14: model.tolerance: 0 is out of bounds; expected a number from 1e-12 to 0.1, or auto\n"),
    ("an excision on a track", change("accuracy: draft", "injury: excision"),
     "case.yaml:9:11: model.injury: an excision is simulated at one point; expected model.scale: zero with it\n"),
    ("an unknown parameter", add("parameters: {healing.b_Q: 5}\n"),
     "case.yaml:10:14: unknown parameter \"healing.b_Q\"; nearest known parameter \"healing.b_q\"\n"),
    ("a parameter without its group", add("parameters: {b_F: 5}\n"),
     "case.yaml:10:14: unknown parameter group \"b_F\"; expected group.name with a group of skin, needling, healing, mechanics, surface\n"),
    ("a parameter out of bounds", add("parameters: {healing.b_F: -5}\n"),
     "case.yaml:10:27: healing.b_F: -5 is out of bounds; expected a number from 0 to 1000\n"),
    ("a parameter in a wrong unit", add("parameters: {healing.D_F: 0.008 mm/day}\n"),
     "case.yaml:10:27: healing.D_F: \"mm/day\" is the unit of a speed; expected a diffusivity from 0 to 100 mm^2/day\n"),
    ("a loss that would leave no collagen", add("parameters: {healing.d_x: 1 1/day}\n"),
     "case.yaml:10:27: healing.d_x: 1 1/day is out of bounds; expected a rate or frequency from 1e-09 to 0.002 1/day\n"),
    ("a parameter without a rest state", add("parameters: {healing.k_a0: 50 1/day}\n"),
     "case.yaml:10:28: no rest state of TGF-beta1: activation of the latent store, healing.k_a0 * healing.L_r = 50 pg/mm3/day, exceeds the loss healing.d_T * healing.T_b = 0.182\n"),
    ("parameters without a rest state", add("parameters: {healing.y_p: 1000, healing.meno_C: 20 %/year}\n"),
     "case.yaml:10:27: no rest state in the papillary dermis: crosslinked collagen would be -0.1591 (must be > 0): too much collagen is new (0.3163) or type III (0.0524); lower healing.y_p, healing.d_x, healing.s3_p or healing.meno_C, or raise healing.k_x; set here: healing.y_p at case.yaml:10:27, healing.meno_C at case.yaml:10:49\n"),
    ("parameters that age collagen faster than can be followed", add("parameters:\n  healing.q_y: 0.9999\n  healing.d_x: 0.002 1/day\n"),
     "case.yaml:12:16: collagen cannot be followed from 20 years to this age: its loss and the clearance of its fragments are too fast; lower healing.d_x, healing.f_X, healing.q_y or healing.photo_uv; set here: healing.d_x at case.yaml:12:16, healing.q_y at case.yaml:11:16\n"),
]

# (what is wrong, arguments behind `run case.yaml`, standard error)
SETS = [
    ("a hole as wide as its needle", ("--set", "needling.c_r=1"),
     "--set needling.c_r: needling.c_r leaves a hole of radius 0.117 mm by a needle of 0.117 mm; expected a hole thinner than the needle\n"),
    ("no room for the reticular dermis, untreated", ("--set", "site.thickness.papillary=0.9 mm", "--set", "site.thickness.dermis=0.5 mm",
                                                     "--set", "schedule.sessions=0"),
     "--set site.thickness.papillary: papillary dermis of 0.9 mm does not fit into a dermis of 0.5 mm\n"),
    ("--set without a value", ("--set", "patient.age"),
     "--set patient.age: malformed; expected --set key=value, such as --set patient.age=\"50 years\"\n"),
    ("--set without a key", ("--set", "=5"),
     "--set =5: malformed; expected --set key=value, such as --set patient.age=\"50 years\"\n"),
    ("--set of nothing", ("--set", ""),
     "--set '': malformed; expected --set key=value, such as --set patient.age=\"50 years\"\n"),
    ("--set of an unknown key", ("--set", "patient.shoe=5"),
     "--set patient.shoe: unknown key \"patient.shoe\"; expected one of age, sex, phototype, lightness, photoage, laxity, wrinkle_grade, roughness, crease_depth, crease_spacing, menopause, bmi, hydration, smoking, pain_relief, hormone_therapy, cortisol, oestrogen, conditions, medicines\n"),
    ("--set of a key almost right", ("--set", "patient.aje=56 years"),
     "--set patient.aje: unknown key \"patient.aje\"; nearest known key \"patient.age\"\n"),
    ("--set out of bounds", ("--set", "patient.age=5 years"),
     "--set patient.age: 5 years is out of bounds; expected a time from 18 to 100 years\n"),
    ("--set of a wrong dimension", ("--set", "treatment.depth=1 kPa"),
     "--set treatment.depth: \"kPa\" is the unit of a stress or pressure; expected a length from 0.01 to 10 mm, or none\n"),
    ("--set of a whole group", ("--set", "patient=5"),
     "--set patient: patient holds several keys; expected a mapping\n"),
    ("--set of another kind on a preset", ("--set", "device.name=pen_14", "--set", "device.kind=stamp"),
     "--set device.kind: contradicts the preset pen_14, which is a pen; expected a device.name of your own with it\n"),
    ("--set without a rest state", ("--set", "healing.q_o=0.9", "--set", "healing.q_y=0.85"),
     "--set healing.q_o: healing.q_o (0.9) must be below healing.q_y (0.85); set here: healing.q_y at --set healing.q_y, healing.q_o at --set healing.q_o\n"),
    ("--set of an unknown parameter", ("--set", "healing.bF=5"),
     "--set healing.bF: unknown parameter \"healing.bF\"; nearest known parameter \"healing.b_F\"\n"),
    ("--set with broken YAML", ("--set", "schedule.follow_up=[1 day"),
     "--set schedule.follow_up: no valid YAML: did not find expected ',' or ']'\n"),
    ("--set of an unknown key of a patch", ("--set", "model.patch.spacings=20 um"),
     "--set model.patch.spacings: unknown key \"model.patch.spacings\"; nearest known key \"model.patch.spacing\"\n"),
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

    def test_conditions_and_medicines_are_warned_of(self):
        self.write(change("  age: 56 years", "  age: 56 years\n  conditions: [keloids]\n  medicines: [blood thinner]"))
        warning = ("case.yaml:3:16: keloid (keloid tendency): relative contraindication for needling; advice: test spot or avoid; "
                   "screening is not part of this version")
        status, _, err = taut("run", "case.yaml", cwd=self.folder)
        self.assertEqual(status, 0)
        self.assertIn(f"warning: {warning}\n", err)
        self.assertIn("case.yaml:4:15: anticoagulant (", err)
        for command in ("check", "puncture"):
            status, out, err = taut(command, "case.yaml", cwd=self.folder)
            self.assertEqual((status, err), (0, ""))
            self.assertIn(warning, " ".join(out.replace("\n#", "\n").split()))
        value = json.loads(taut("puncture", "case.yaml", "--json", cwd=self.folder)[1])
        self.assertIn(warning, value["warnings"])

    def test_a_byte_order_mark_is_no_mistake(self):
        self.write(b"\xef\xbb\xbf" + BASE.encode())
        self.assertEqual(taut("check", "case.yaml", cwd=self.folder)[0], 0)

    def test_a_value_outside_its_prior_is_a_warning(self):
        self.write(add("parameters: {healing.b_F: 60}\n"))
        warning = "case.yaml:10:27: healing.b_F: 60 lies outside the range that holds 99.9 % of its prior, 3 to 12\n"
        status, out, err = taut("check", "case.yaml", cwd=self.folder)
        self.assertEqual((status, err), (0, ""))
        self.assertIn(f"warning: {warning}".strip(), " ".join(out.replace("\n#", "\n").split())[-2000:])
        status, _, err = taut("run", "case.yaml", cwd=self.folder)
        self.assertEqual(status, 0)
        self.assertIn(f"warning: {warning}", err)


class BadFiles(Refusal):
    """Things wrong with files and folders around the case."""

    def setUp(self):
        super().setUp()
        self.write(WOUND)
        self.write("text", "file")
        (self.folder / "folder").mkdir()

    def test_a_missing_case(self):
        self.refused(("run", "none.yaml"), "none.yaml: cannot be opened: No such file or directory\n")

    def test_a_case_below_a_file(self):
        self.refused(("run", "file/case.yaml"), "file/case.yaml: cannot be opened: Not a directory\n")

    def test_a_folder_in_place_of_a_case(self):
        self.refused(("run", "folder"), "folder: is a folder; expected a case file\n")

    def test_output_below_a_file(self):
        self.refused(("run", "case.yaml", "-o", "file/result"),
                     "taut: file/result: cannot create the folder: Not a directory\n", 4)

    def test_output_in_proc(self):
        why = "No such file or directory" if os.access("/proc", os.W_OK) else "Permission denied"
        self.refused(("run", "case.yaml", "-q", "-o", "/proc/result"), f"taut: /proc/result: cannot create the folder: {why}\n", 4)

    def test_output_that_is_a_file(self):
        self.refused(("run", "case.yaml", "-o", "file"), "file: exists and is not a folder\n")

    def test_output_that_is_not_empty(self):
        self.write("mine", "folder/notes.txt")
        self.refused(("run", "case.yaml", "-o", "folder"), "folder: the folder is not empty; use --force to replace a result\n")
        self.assertEqual((self.folder / "folder" / "notes.txt").read_text(), "mine")

    def test_force_keeps_files_that_are_not_its_own(self):
        self.write("mine", "folder/notes.txt")
        self.assertEqual(taut("run", "case.yaml", "-q", "-f", "-o", "folder", cwd=self.folder), (0, "", ""))
        self.assertEqual((self.folder / "folder" / "notes.txt").read_text(), "mine")

    def test_force_does_not_overwrite_what_is_no_result(self):
        self.write("mine", "folder/visits.csv")
        self.refused(("run", "case.yaml", "-f", "-o", "folder"),
                     "folder: --force would overwrite visits.csv, but this folder does not look like a result of taut\n")

    def test_observables_below_a_file(self):
        self.refused(("run", "case.yaml", "-o", "r", "--observables", "file/o.csv"), "taut: file/o.csv: Not a directory\n", 4)

    def test_observables_in_place_of_a_folder(self):
        self.refused(("run", "case.yaml", "-o", "r", "--observables", "folder"), "taut: folder: Is a directory\n", 4)

    def observables(self, path, *arguments):
        return ("run", "case.yaml", "-q", "-o", "r", "--observables", path, *arguments)

    def test_observables_in_place_of_a_file(self):
        self.refused(self.observables("file"), "file: the file exists; use --force to replace it\n")
        self.assertEqual((self.folder / "file").read_text(), "text")
        (self.folder / "link").symlink_to("file")
        (self.folder / "dangling").symlink_to("none")
        for name in ("link", "dangling"):
            self.refused(self.observables(name), f"{name}: the file exists; use --force to replace it\n")

    def test_force_replaces_a_file_by_the_observables_and_keeps_links(self):
        (self.folder / "link").symlink_to("file")
        self.assertEqual(taut(*self.observables("link", "--force"), cwd=self.folder), (0, "", ""))
        self.assertTrue((self.folder / "link").is_symlink())
        self.assertTrue((self.folder / "file").read_text().startswith("t_d,"))
        self.assertEqual(sorted(os.listdir(self.folder)), ["case.yaml", "file", "folder", "link", "r"])

    def test_observables_never_replace_the_case(self):
        (self.folder / "link.yaml").symlink_to("case.yaml")
        os.link(self.folder / "case.yaml", self.folder / "hard.yaml")
        for name in ("case.yaml", "./folder/../case.yaml", "link.yaml", "hard.yaml"):
            for force in ((), ("--force",)):
                with self.subTest(name=name, force=force):
                    self.refused(self.observables(name, *force),
                                 f"{name}: is the case itself; expected another file for the observables\n")
        self.assertEqual((self.folder / "case.yaml").read_text(), WOUND)

    def test_observables_in_the_result_folder(self):
        inside = "lies in the result folder {}, which appears as a whole when it is complete; expected a file outside it\n"
        (self.folder / "link").symlink_to("folder")
        for path, folder in (("r/o.csv", "r"), ("r/deeper/o.csv", "./r//"), ("r", "r"), ("folder/o.csv", "folder"),
                             (self.folder / "r" / "o.csv", "r"), ("link/o.csv", "folder"), ("folder/o.csv", "link"),
                             ("folder/../r/o.csv", "r")):
            for force in ((), ("--force",)):
                with self.subTest(path=path, folder=folder, force=force):
                    self.refused(("run", "case.yaml", "-q", "-o", folder, "--observables", path, *force),
                                 f"{path}: {inside.format(folder)}")
        self.refused(("run", "case.yaml", "-o", "r/x", "--observables", "r"),
                     "r: is to hold the result folder r/x; expected another file\n")

    def test_observables_beside_a_folder_with_a_similar_name(self):
        self.assertEqual(taut("run", "case.yaml", "-q", "-o", "r", "--observables", "r.csv", cwd=self.folder), (0, "", ""))
        self.assertIn("r.csv", os.listdir(self.folder))

    def test_a_file_size_limit_stands_for_a_full_disk(self):
        def limit():
            resource.setrlimit(resource.RLIMIT_FSIZE, (2048, 2048))
        status, _, err = taut("run", "case.yaml", "-q", "-o", "result", cwd=self.folder, before=limit)
        self.assertEqual((status, err), (4, "taut: result/case.yaml: cannot write the file: File too large\n"))
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
            status, _, err = taut("run", "case.yaml", "-o", "result", cwd=self.folder, stdout=full)
        self.assertEqual((status, err.splitlines()[-1]), (4, "taut: standard output: No space left on device"))
        self.assertEqual(self.everything(), ["case.yaml", "file", "folder"])

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
        self.refused(("run", "case.yaml", "-o", "folder/result"),
                     "taut: folder/result: cannot create the folder: Permission denied\n", 4)


class NumericalFailure(Refusal):
    """Chemotaxis five thousand times as strong as it is: no patch of skin is in balance any more."""
    SETS = ("--set", "healing.chiF=100 mm^5/pg/day", "--set", "schedule.follow_up=[1 day, 3 days]")

    def fail(self, *arguments):
        status, out, err = taut("run", "case.yaml", "-q", *arguments, *self.SETS, cwd=self.folder)
        if status == 0:
            self.skipTest("this case can be solved by now: no case is known that cannot")
        self.assertEqual((status, out), (3, ""))
        return err

    def test_the_log_of_a_run_that_failed_numerically_is_saved_and_named(self):
        self.write(BASE)
        err = self.fail("-o", "deep/result/")
        self.assertRegex(err, r"\Ataut: [^\n]+\ntaut: the log of the run is in deep/result.log\n\Z")
        self.assertEqual(self.everything(), ["case.yaml", "deep", "deep/result.log"])
        text = (self.folder / "deep" / "result.log").read_text()
        self.assertRegex(text, r"\Ataut \d+\.\d+\.\d+ \(\w+\), case [0-9a-f]{16}\n")
        self.assertIn("\nday 0: session\nday ", text)
        self.assertIn("\nwarning: --set healing.chiF: ", text)
        self.assertTrue(text.endswith("\nfailed: " + err.splitlines()[0].removeprefix("taut: ") + "\n"), text[-500:])

    def test_logs_never_replace_a_file(self):
        self.write(BASE)
        self.write("mine", "result.log")
        for name in ("result.2.log", "result.3.log"):
            self.assertTrue(self.fail("-o", "result").endswith(f"taut: the log of the run is in {name}\n"))
        self.assertEqual((self.folder / "result.log").read_text(), "mine")
        self.assertEqual(self.everything(), ["case.yaml", "result.2.log", "result.3.log", "result.log"])

    def test_a_log_that_cannot_be_written_is_told_and_the_status_stays(self):
        def limit():
            resource.setrlimit(resource.RLIMIT_FSIZE, (64, 64))
        self.write(BASE)
        status, _, err = taut("run", "case.yaml", "-q", "-o", "a/result", *self.SETS, cwd=self.folder, before=limit)
        if status != 0:
            self.assertEqual(status, 3)
            self.assertRegex(err, r"\ntaut: a/result\.log: cannot write the file: File too large\n\Z")
            self.assertEqual(self.everything(), ["case.yaml"])


class BadLookups(unittest.TestCase):
    CASES = [
        (("params", "healing.b_Q"), 'unknown parameter "healing.b_Q"; nearest known parameter "healing.b_q"\n'),
        (("params", "heling"), 'unknown parameter "heling"; nearest known parameter "healing"\n'),
        (("params", ""), 'unknown parameter ""\n'),
        (("list", "device"), "unknown kind 'device'; did you mean 'devices'?\n"),
        (("list", "shoes"), "unknown kind 'shoes'; expected devices, sites, quantities, fields, conditions or keys\n"),
    ]

    def test_unknown_names_are_refused_with_a_suggestion(self):
        for arguments, message in self.CASES:
            with self.subTest(arguments=arguments):
                self.assertEqual(taut(*arguments), (2, "", message))


if __name__ == "__main__":
    harness.main()
