"""params, list, puncture, check: well-formed JSON with the keys of the contract, and readable text."""
import json
import math
import re
import unittest

import harness
from harness import taut

KINDS = ("devices", "sites", "quantities", "fields", "conditions", "keys", "studies", "serums")
MATRIX = ("collagen_papillary", "collagen_reticular", "collagen_total", "collagen_stain_papillary", "collagen_iii_share",
          "collagen_new", "collagen_fragmented", "elastin_mature", "elastin_immature", "hyaluronan")
CELLS = ("neutrophils", "macrophages_m1", "macrophages_m2", "fibroblasts", "myofibroblasts", "tgf_beta1", "tgf_beta3", "pdgf",
         "vegf", "inflammation", "vessel_density", "epidermal_cover", "barrier_plug")
SITES = ("forehead", "glabella", "crows_feet", "upper_eyelid", "lower_eyelid", "cheek", "nose_sidewall", "perioral", "chin",
         "neck", "decolletage", "forearm", "abdomen", "thigh")
DEVICES = ("roller_192", "roller_770_test", "roller_home", "pen_6", "pen_12", "pen_14", "pen_16", "pen_36", "stamp_grid",
           "stamp_array")
PUNCTURE = {
    "skin": ("stratum_corneum_um", "viable_epidermis_um", "dermis_mm", "total_mm", "fat_mm"),
    "puncture": ("speed_mm_s", "dimple_mm", "puncture_force_mN", "depth_mm", "force_mN", "hole_diameter_um", "hole_volume_mm3",
                 "damaged_volume_mm3", "killed_volume_mm3", "injured_um", "bleeding_probability"),
    "pattern": ("density_per_cm2", "cell_area_cv", "rehit_share"),
    "layer_exit": ("p_fat_ultrasound", "p_fat_histology"),
}


def parsed(test, *arguments):
    status, out, err = taut(*arguments)
    test.assertEqual(status, 0, err)
    value = json.loads(out, parse_constant=lambda word: test.fail(f"{word} is no JSON number"))
    test.assertRegex(value["taut_version"], r"^\d+\.\d+\.\d+")
    return value


def named(value):
    """The list inside a JSON answer."""
    return next(v for v in value.values() if isinstance(v, list))


class Puncture(harness.Folder):
    def test_json_has_the_keys_of_the_contract(self):
        value = parsed(self, "puncture", self.write(harness.BASE), "--json")
        for group, keys in PUNCTURE.items():
            for key in keys:
                self.assertTrue(math.isfinite(value[group][key]), f"{group}.{key}")
        self.assertIsInstance(value["warnings"], list)
        self.assertNotIn("depth_mean_mm", value["puncture"])

    def test_samples_add_the_spread_of_the_depth(self):
        p = parsed(self, "puncture", self.write(harness.BASE), "--json", "--samples", "2000")["puncture"]
        self.assertLess(p["depth_q05_mm"], p["depth_q50_mm"])
        self.assertLess(p["depth_q50_mm"], p["depth_q95_mm"])
        self.assertGreater(p["depth_sd_mm"], 0)
        self.assertAlmostEqual(p["depth_mean_mm"], p["depth_q50_mm"], delta=p["depth_sd_mm"])

    def test_samples_are_the_same_every_time(self):
        arguments = ("puncture", self.write(harness.BASE), "--json", "--samples", "500")
        self.assertEqual(taut(*arguments), taut(*arguments))

    def test_reference_row_of_the_device_table(self):
        case = self.write("patient: {age: 40 years, photoage: 0.3, phototype: II}\nsite: cheek\ndevice: pen_14\n"
                          "treatment: {depth: 1.5 mm, stretch: 5 %}\n")
        p = parsed(self, "puncture", case, "--json")["puncture"]
        for key, want in (("speed_mm_s", 549.9), ("dimple_mm", 0.3083), ("puncture_force_mN", 36.446), ("depth_mm", 0.9534)):
            self.assertAlmostEqual(p[key], want, delta=1.1e-4 * want + 0.5 * 10 ** -len(str(want).split(".")[1]), msg=key)

    def test_text_says_what_is_nominal_and_what_is_achieved(self):
        status, out, err = taut("puncture", self.write(harness.BASE))
        self.assertEqual(status, 0, err)
        self.assertRegex(out, r"(?i)achieved")
        self.assertIn("no medical advice", out)


class Lists(unittest.TestCase):
    def test_every_kind_answers_in_every_format(self):
        for kind in KINDS:
            with self.subTest(kind=kind):
                status, out, err = taut("list", kind)
                if kind in ("serums", "studies") and status == 2:
                    self.assertEqual((out, err), ("", f"{kind}: not available in this version\n"))
                    continue
                self.assertEqual((status, err), (0, ""))
                self.assertTrue(out.strip())
                names = [entry["name"] for entry in named(parsed(self, "list", kind, "--json"))]
                self.assertEqual(len(names), len(set(names)))
                self.assertTrue(all(name in out for name in names))
                self.assertIn("|", taut("list", kind, "--md")[1])

    def test_contract_names_are_there(self):
        for kind, names in (("quantities", MATRIX + CELLS), ("sites", SITES), ("devices", DEVICES)):
            entries = {entry["name"] for entry in named(parsed(self, "list", kind, "--json"))}
            self.assertEqual(set(names) - entries, set())

    def test_devices_and_sites_carry_every_field_sources_and_evidence(self):
        devices = {entry["name"]: entry for entry in named(parsed(self, "list", "devices", "--json"))}
        pen, roller, stamp = devices["pen_14"], devices["roller_192"], devices["stamp_grid"]
        self.assertEqual([pen[key] for key in ("disc_radius_mm", "length_step_mm", "glide_mm_s", "tolerance_mm", "layout")],
                         [2.5, 0.25, 30, 0.075, "disc of radius 2.5 mm"])
        self.assertIn("PRO: K243800 (510k)", pen["sources"])
        self.assertIn("needles: seen PRO; disc_radius: recall med", pen["evidence"])
        self.assertEqual([roller[key] for key in ("rings", "needles_per_ring", "drum_radius_mm", "disc_radius_mm", "layout")],
                         [8, 24, 10, None, "8 rings of 24"])
        self.assertEqual([stamp[key] for key in ("rows", "columns", "pitch_mm", "layout")], [6, 6, 2, "6 x 6, 2 mm apart"])
        neck = {entry["name"]: entry for entry in named(parsed(self, "list", "sites", "--json"))}["neck"]
        self.assertEqual([neck[key] for key in ("dermis_women_sd_mm", "fat_sigma", "neck_structures")], [0.2, 0.58, "yes"])
        self.assertIn("dermis_women: seen US1", neck["evidence"])
        for kind in ("devices", "sites"):
            for entry in named(parsed(self, "list", kind, "--json")):
                self.assertIn(": ", entry["evidence"])
            text, page = taut("list", kind)[1], taut("list", kind, "--md")[1]
            self.assertIn("sources: ", text)
            self.assertIn("evidence: ", text)
            self.assertIn("| evidence |", page)
            self.assertNotIn("tolerance_mm", text + page)

    def test_quantities_carry_unit_sentence_and_evidence(self):
        for entry in named(parsed(self, "list", "quantities", "--json")):
            for key in ("name", "unit", "doc", "how", "evidence"):
                self.assertIsInstance(entry[key], str, entry)


class Params(unittest.TestCase):
    def test_all_parameters_carry_what_the_contract_asks(self):
        entries = named(parsed(self, "params", "--json"))
        self.assertGreater(len(entries), 150)
        for entry in entries:
            with self.subTest(name=entry["name"]):
                self.assertRegex(entry["name"], r"^[a-z]+\.\w+$")
                self.assertLessEqual(entry["low"], entry["value"])
                self.assertLessEqual(entry["value"], entry["high"])
                for key in ("unit", "prior", "source", "evidence", "doc"):
                    self.assertIn(key, entry)

    def test_one_parameter_and_a_group(self):
        one = named(parsed(self, "params", "healing.b_F", "--json"))
        self.assertEqual([entry["name"] for entry in one], ["healing.b_F"])
        group = named(parsed(self, "params", "needling", "--json"))
        self.assertTrue(all(entry["name"].startswith("needling.") for entry in group))

    def test_text_and_markdown(self):
        status, out, err = taut("params", "healing.b_F")
        self.assertEqual((status, err), (0, ""))
        self.assertIn("healing.b_F", out)
        self.assertTrue(re.search(r"^\|", taut("params", "healing.b_F", "--md")[1], re.M))


class Check(harness.Folder):
    def test_check_prints_the_resolved_case(self):
        status, out, err = taut("check", self.write(harness.BASE))
        self.assertEqual(status, 0, err)
        for word in ("56 year", "neck", "pen_14", "achieved", "no medical advice"):
            self.assertIn(word, out)

    def test_a_changed_preset_says_so_wherever_it_is_named(self):
        case = self.write(harness.BASE + "device: {needles: 10}\n")
        self.assertIn("pen_14 (changed)", taut("puncture", case)[1])
        status, out, err = taut("run", case, "-o", self.folder / "result")
        self.assertEqual(status, 0, err)
        self.assertIn("pen_14 (changed)", out)
        again = taut("puncture", self.folder / "result" / "case.yaml")
        self.assertEqual(again[0], 0, again[2])
        self.assertIn("pen_14 (changed)", again[1])

    def test_untreated_skin_needs_no_device_that_this_version_has(self):
        case = self.write(harness.BASE + "device: rf_25\n")
        self.assertEqual(taut("check", case, "--set", "schedule.sessions=0")[0], 0)
        self.assertEqual(taut("check", case)[0], 2)

    def test_no_excision_is_skin_at_rest(self):
        case = self.write("patient: {age: 25 years}\nmodel: {scale: zero, injury: excision}\nschedule: {follow_up: [4 weeks]}\n")
        for sessions, change in (("0", False), ("1", True)):
            out = self.folder / ("result" + sessions)
            self.assertEqual(taut("run", case, "-q", "-o", out, "--set", f"schedule.sessions={sessions}")[0], 0)
            rows = {row["quantity"]: row for row in harness.rows(out / "visits.csv")}
            self.assertEqual(abs(float(rows["collagen_total"]["change"])) > 1e-9, change)

    def test_the_template_is_a_case_that_checks(self):
        status, text, err = taut("check", "--template")
        self.assertEqual((status, err), (0, ""))
        status, _, err = taut("check", self.write(text, "template.yaml"))
        self.assertEqual(status, 0, err)

    def test_set_overrides_the_case_and_the_last_one_wins(self):
        out = taut("check", self.write(harness.BASE), "--set", "patient.age=60 years", "--set=patient.age=70 years")[1]
        self.assertIn("70 year", out)
        self.assertNotIn("60 year", out)


if __name__ == "__main__":
    harness.main()
