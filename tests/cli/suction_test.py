"""taut suction: reference results of the model document from the command line (mechanics.md 3, 6, 10), and the exact answer
to every measurement that cannot be made.  The tables, which tests/verify/fem_suction_test.c computes from inside as well, are
slow."""
import json
import math
import unittest

import harness
from harness import taut

KEYS = [f"R{i}" for i in range(10)] + ["Ue", "Uv", "Ur", "Ua", "Uf", "error_estimate", "seconds"]


def sets(**values):
    """--set name=value for each; __ stands for a dot."""
    return [part for name, value in values.items() for part in ("--set", f"{name.replace('__', '.')}={value}")]


def measured(test, *arguments):
    status, out, err = taut("suction", "--json", *arguments)
    test.assertEqual((status, err), (0, ""), arguments)
    return json.loads(out, parse_constant=lambda word: test.fail(f"{word} is no JSON number"))


def check(test, value, wanted, delta):
    """wanted: R0, R2, R5, R7 and others by name."""
    for key, number in wanted.items():
        test.assertAlmostEqual(value[key], number, delta=delta, msg=key)


def four(R0, R2, R5, R7, **others):
    return dict(R0=R0, R2=R2, R5=R5, R7=R7, **others)


class Reference(harness.Folder):
    def test_default_skin_over_three_cycles(self):
        value = measured(self, "--cycles", "3")
        check(self, value, four(.26999, .74001, .75120, .44507, Ue=.15996, R3=.30689, R9=.03690), 1e-5)
        self.assertEqual((value["method"], value["mesh"], value["unknowns"]), ("fe", "M2", 2351))
        self.assertGreater(value["newton_iterations"], 100)

    def test_json_has_the_keys_of_the_contract_and_holds_its_identities(self):
        for method in ("fe", "emulator", "two-curve"):
            with self.subTest(method=method):
                v = measured(self, "--method", method)
                for key in KEYS:
                    self.assertTrue(math.isfinite(v[key]), key)
                self.assertRegex(v["taut_version"], r"^\d+\.\d+\.\d+")
                self.assertIn("newton_iterations", v)
                for found, wanted in ((v["R1"], v["R0"] * (1 - v["R2"])), (v["R8"], v["R0"] * v["R2"]),
                                      (v["R6"], v["R5"] / v["R7"] - 1), (v["R9"], v["R3"] - v["R0"]),
                                      (v["R7"], v["Ur"] / v["Uf"]), (v["R5"], v["Ur"] / v["Ue"]),
                                      (v["Uv"], v["Uf"] - v["Ue"]), (v["R2"], v["Ua"] / v["Uf"])):
                    self.assertAlmostEqual(found, wanted, delta=1e-12)
                self.assertLess(v["error_estimate"], .03)
                self.assertLess(abs(v["R0"] / .2717 - 1), v["error_estimate"] + .002)

    @harness.slow
    def test_T3_static_heights(self):
        for pressure, height in ((2, .02574680), (5, .06357033), (10, .12256451), (15, .17540340), (20, .22231726)):
            value = measured(self, "--pressure", f"{pressure} kPa", *sets(beta_1=0, beta_2=0, beta_3=0))
            self.assertAlmostEqual(value["R0"], height, delta=1e-6 * height + 5e-9)
            self.assertAlmostEqual(value["R2"], 1, delta=1e-6)

    @harness.slow
    def test_T4_variants(self):
        for arguments, unknowns, wanted in (
                (["--mesh", "M1"], 695, four(.26929, .74003, .75400, .44572, Ue=.15918)),
                (["--mesh", "M3"], 5447, four(.27050, .74008, .75079, .44498, Ue=.16032)),
                (["--refine", "2"], 2351, four(.27021, .74070, .75080, .44448, Ue=.15997)),
                (["--outer", "4 mm"], 2351, four(.26964, .74046, .75067, .44512, Ue=.15989)),
                (["--ring", "frictionless"], 2375, four(.27123, .74747, .77628, .45817, Ue=.16008)),
                (sets(K="100 MPa"), 2351, four(.26898, .73872, .74862, .44239, Ue=.15895)),
                (sets(K="4 MPa"), 2351, four(.27472, .74581, .76136, .45607, Ue=.16456)),
                (sets(K_h="360 kPa"), 2351, four(.26867, .74225, .75564, .44732, Ue=.15905)),
                (sets(t_ramp="0.01 s"), 2351, four(.27029, .74110, .75303, .44898, Ue=.16116)),
                (sets(t_ramp="60 ms"), 2351, four(.26952, .73833, .74829, .43894, Ue=.15810))):
            with self.subTest(arguments=" ".join(arguments)):
                value = measured(self, *arguments)
                check(self, value, wanted, 1e-5)
                self.assertEqual(value["unknowns"], unknowns)

    @harness.slow
    def test_T11_wider_apertures(self):
        for width, wanted in ((4, four(.74140, .74709, .65440, .42355, Ue=.47986, R3=.81731, R9=.07591)),
                              (6, four(1.26700, .73961, .57980, .39339, Ue=.85965, R3=1.38229, R9=.11528)),
                              (8, four(1.77041, .75533, .57934, .40071, Ue=1.22454, R3=1.92078, R9=.15037))):
            with self.subTest(width=width):
                check(self, measured(self, "--aperture", f"{width} mm", "--cycles", "3"), wanted, 1e-5)

    @harness.slow
    def test_T5_compositions(self):
        for values, lam, tension, dermis, wanted in (
                (dict(N=.01), .9996681, 16.736428, .872862, (.26963, .73986, .75136, .44498)),
                (dict(N=".1"), .9968790, 16.966878, .898422, (.26673, .73855, .75274, .44413)),
                (dict(N="20 %"), .9941354, 17.193577, .926481, (.26413, .73712, .75398, .44315)),
                (dict(N=.1, g_N=1.045), .9984243, 16.839200, .895643, (.26839, .73830, .75087, .44360)),
                (dict(N=.1, g_N=1.10), .9939735, 17.206954, .903682, (.26390, .73923, .75539, .44511)),
                (dict(elastin=1.1), .9953456, 17.093582, .879912, (.26770, .74098, .75705, .44724)),
                (dict(elastin=.9), 1.0046006, 16.328878, .860326, (.27213, .73900, .74543, .44290)),
                (dict(H=1.2), 1, 16.709007, .887400, (.26927, .73808, .75172, .44382)),
                (dict(H=.8), 1, 16.709007, .852600, (.27076, .74199, .75069, .44636)),
                (dict(A=1), .9966941, 16.982157, .875781, (.27086, .74190, .75205, .44679))):
            with self.subTest(values=str(values)):
                value = measured(self, *sets(**values))
                check(self, value["patch"], {"lambda": lam, "dermis_mm": dermis}, 1e-6)
                check(self, value["patch"], {"tension_N_m": tension}, 1e-5)
                check(self, value, four(*wanted), 2e-4)
        value = measured(self, *sets(N=.1, k_s=2.2443888))
        self.assertAlmostEqual(value["patch"]["lambda"], .9988317, delta=1e-6)

    @harness.slow
    def test_T9_ages_by_file_and_by_set(self):
        for age, sigma0, wanted in ((25, 24.525, four(.2676, .7977, .7957, .5114, R6=.5559)),
                                    (55, 17.151, four(.2657, .6775, .7189, .3913, R6=.8374)),
                                    (70, 15.066, four(.2558, .6175, .7032, .3514, R6=1.0013))):
            with self.subTest(age=age):
                value = measured(self, self.write(f"patient: {{age: {age} years}}\n"))
                check(self, value, wanted, 1e-4)
                self.assertAlmostEqual(value["skin"]["layers"][3]["sigma0_kPa"], sigma0, delta=1e-3)
                again = measured(self, *sets(patient__age=f"{age} years"))
                self.assertEqual(value["R0"], again["R0"])

    @harness.slow
    def test_T9_sites_by_layers_and_by_name(self):
        for site, values, wanted in (
                ("forehead", dict(h_rd=".74 mm", h_hy="2 mm", sigma0="20.3 kPa"), (.270, .742, .757, .447)),
                ("crows_feet", dict(h_rd=".68 mm", h_ve=".04 mm", h_hy="2.5 mm", sigma0="20.3 kPa"), (.279, .744, .746, .447)),
                ("perioral", dict(h_rd="1.03 mm", h_ve=".065 mm", h_hy="5.1 mm", sigma0="7 kPa"), (.229, .672, .796, .409)),
                ("chin", dict(h_rd=".88 mm", sigma0="20.3 kPa"), (.256, .740, .774, .449)),
                ("neck", dict(h_rd=".87 mm", h_ve=".05 mm", h_hy="3.5 mm", sigma0="20.3 kPa"), (.257, .741, .774, .450)),
                ("forearm", dict(h_sc="20 um", h_ve="57 um", h_pd=".15 mm", h_rd=".8 mm", sigma0="13.5 kPa"),
                 (.256, .700, .749, .418))):
            with self.subTest(site=site):
                value = measured(self, "--mesh", "M1", *sets(**values))
                check(self, value, four(*wanted), 1e-3)
                self.assertAlmostEqual(value["skin"]["layers"][3]["sigma0_kPa"], float(values["sigma0"].split()[0]), delta=1e-9)
        named = measured(self, "--mesh", "M1", *sets(site="forehead", patient__age="40 years"))
        check(self, named, four(.270, .742, .757, .447), 1e-3)
        self.assertEqual(named["skin"]["site"], "forehead")

    def test_T10_emulator_and_two_curves(self):
        check(self, measured(self, "--method", "emulator"), four(.26966, .74045, .75583, .44642), 2e-5)
        value = measured(self, "--method", "two-curve", "--curve")
        check(self, value, four(.2700, .7400 - .030, .7512 - .045, .4451 - .033), 2e-2)
        self.assertEqual(len(value["time_s"]), len(value["height_mm"]))
        self.assertTrue(any("not anchored" in text for text in value["warnings"]))

    def test_outside_its_box_the_wide_emulator_answers_within_its_error(self):
        self.assertEqual(measured(self, "--method", "emulator")["emulator"], "narrow")
        for change in ({"patient__age": "70 years"}, {"h_rd": "1.4 mm"}, {"tau_2": "0.4 s"}):
            with self.subTest(**change):
                wide = measured(self, "--method", "emulator", *sets(**change))
                exact = measured(self, "--mesh", "M1", *sets(**change))
                self.assertEqual(wide["emulator"], "wide")
                check(self, wide, {key: exact[key] for key in ("R0", "R2", "R5", "R7")}, .006)

    def test_T7_excised_strips(self):
        v = measured(self, "--mesh", "M1")["excised"]
        self.assertAlmostEqual(v["retraction"], .8591, delta=5e-5)
        self.assertAlmostEqual(v["modulus_kPa"], 55.5, delta=.3)
        self.assertEqual(v["stretch"], [1.05, 1.1, 1.2, 1.3, 1.4, 1.45, 1.5, 1.54])
        for found, wanted in zip(v["nominal_along_kPa"], (2.64449, 6.53345, 26.434, 84.469, 421.81, 1241.5, 4537.3, 15196)):
            self.assertAlmostEqual(found / wanted, 1, delta=5e-3)
        self.assertAlmostEqual(v["nominal_across_kPa"][-1], 20.69, delta=.1)
        more = measured(self, "--mesh", "M1", *sets(phi_e="1.2"))["excised"]
        self.assertLess(more["retraction"], v["retraction"])  # more elastin draws the piece further together

    @harness.slow
    def test_sensitivities_of_section_6_4(self):
        """Central differences over +-5 % in ln p (for g over +-0.002), against dR/d ln p."""
        base = dict(h_sc=.015, E_sc=1000, E_ve=100, h_pd=.12, h_rd=.75, h_hy=4, mu_m=4.75, mu_e=13, k1=230, k2=25, mu_h=3.6, f_pd=.6,
                    kappa=.2, g_e=1.25, g_c=1.045, beta_1=.43, tau_1=.01, beta_2=3.4, tau_2=.5, beta_3=1.99, tau_3=2.5)
        units = dict(h="mm", E="kPa", mu="kPa", k1="kPa", tau="s")
        for name, wanted in (("h_rd", (-.0911, .0002, .1234, .0235)), ("E_sc", (-.0130, -.0058, -.0180, -.0069)),
                             ("mu_e", (-.0733, .0530, .1342, .0661)), ("k1", (-.0512, .0139, .0525, .0178)),
                             ("mu_h", (-.0154, -.0074, .0358, .0018)), ("kappa", (.0613, -.0627, -.1422, -.0696)),
                             ("f_pd", (-.0132, .0109, .0301, .0113)), ("g_c", (-1.2124, .5326, 1.6390, .6789)),
                             ("beta_2", (-.0287, -.0867, -.0522, -.1425)), ("tau_3", (-.0275, .0875, .0834, .0914))):
            with self.subTest(name=name):
                stretch = name.startswith("g_")
                up, down = [measured(self, *sets(**{name: f"{x!r} {units.get(name, units.get(name.split('_')[0], ''))}"}))
                            for x in ((base[name] + .002, base[name] - .002) if stretch else
                                      (base[name] * math.exp(.05), base[name] * math.exp(-.05)))]
                for key, slope in zip(("R0", "R2", "R5", "R7"), wanted):
                    found = (up[key] - down[key]) / (.004 if stretch else .1)
                    self.assertAlmostEqual(found, slope, delta=.02 * abs(slope) + .0015, msg=key)


class Skins(harness.Folder):
    def test_a_site_is_the_baseline_of_a_course(self):
        case = self.write(harness.BASE)
        value = measured(self, case, "--cycles", "3")
        status, _, err = taut("run", case, "-o", self.folder / "out", "--quiet", cwd=self.folder)
        self.assertEqual(status, 0, err)
        visits = {row["quantity"]: row for row in harness.rows(self.folder / "out" / "visits.csv")}
        self.assertAlmostEqual(value["skin"]["tension_N_m"], float(visits["skin_tension"]["baseline"]), delta=1e-6)
        self.assertAlmostEqual(value["skin"]["dermis_mm"], float(visits["dermal_thickness"]["baseline"]), delta=1e-6)
        if visits["cutometer_r0"]["baseline"]:
            for i in (0, 2, 5, 7):
                self.assertAlmostEqual(value[f"R{i}"], float(visits[f"cutometer_r{i}"]["baseline"]), delta=1e-6)

    def test_layers_and_parameters_in_a_file(self):
        case = self.write("parameters: {mechanics: {h_rd: 0.9 mm, E_sc: 2 MPa}, suction: {N: 10 %}}\n")
        a = measured(self, case, "--mesh", "M1")
        b = measured(self, "--mesh", "M1", *sets(h_rd="900 um", mechanics__E_sc="2000 kPa", suction__N=.1))
        self.assertEqual([a[key] for key in KEYS[:10]], [b[key] for key in KEYS[:10]])
        self.assertNotEqual(a["R0"], measured(self, "--mesh", "M1")["R0"])

    def test_densities_and_laxity_and_the_scale_of_stress_act(self):
        base = measured(self, "--mesh", "M1")
        for values in (dict(phi_e=.8), dict(phi_M=1.2), dict(phi_g=1.5), dict(patient__laxity="severe"), dict(sigma0_scale=1.2),
                       dict(patient__photoage=.6), dict(patient__smoking="20 pack-years"), dict(patient__hydration="wet")):
            with self.subTest(values=str(values)):
                self.assertGreater(abs(measured(self, "--mesh", "M1", *sets(**values))["R0"] - base["R0"]), 1e-4)

    def test_tau_and_pressure_units(self):
        a = measured(self, "--mesh", "M1", "--pressure", "45 kPa", "--on", "2000 ms", *sets(tau_2="500 ms"))
        self.assertEqual(a["R0"], measured(self, "--mesh", "M1")["R0"])

    def test_laws_in_json_are_those_of_the_document(self):
        skin = measured(self, "--mesh", "M1")["skin"]
        reticular = skin["layers"][3]
        self.assertAlmostEqual(reticular["sigma0_kPa"], 20.327259, delta=2e-5)
        self.assertAlmostEqual(reticular["c0_kPa"], 13.402623, delta=2e-5)
        self.assertAlmostEqual(skin["tension_N_m"], 16.709007, delta=2e-6)
        self.assertEqual(skin["tau_s"], [0.01, 0.5, 2.5])

    def test_curve_in_json_and_text(self):
        value = measured(self, "--mesh", "M1", "--curve", "--cycles", "2")
        self.assertEqual([len(value[key]) for key in ("time_s", "height_mm", "pressure_kPa")], [69, 69, 69])
        self.assertEqual((value["time_s"][0], value["height_mm"][0], value["time_s"][-1]), (0, 0, 8))
        self.assertEqual(value["height_mm"][17], value["R0"])
        status, out, err = taut("suction", "--mesh", "M1", "--curve")
        self.assertEqual((status, err), (0, ""))
        self.assertEqual(sum(1 for line in out.splitlines() if line[:1] == " " and len(line.split()) == 3 and
                             all(part.replace(".", "").replace("e-", "").isdigit() for part in line.split())), 35)

    def test_text_says_what_was_measured_how_and_how_well(self):
        status, out, err = taut("suction", *sets(N=.1))
        self.assertEqual((status, err), (0, ""))
        for text in ("Reference skin: cheek, woman of 40 years", "R0     0.2667 mm  height at the end of the first suction",
                     "contraction by what was added", "By finite elements, mesh M2", "estimated error of R0 0.62 %",
                     "no medical advice"):
            self.assertIn(text, out)

    def test_what_has_no_effect_is_named(self):
        case = self.write("patient: {age: 55 years, bmi: 30}\nparameters: {mechanics: {eps_w: 0.2}}\n")
        self.assertEqual(measured(self, case, "--mesh", "M1")["warnings"],
                         [f"note: {case}:1:31: patient.bmi has no effect on the reference skin",
                          f"note: {case}:2:33: mechanics.eps_w has no effect on a suction probe"])


FE = "; expected --method fe or two-curve\n"
TRAINED = (" differs from what the emulator was trained on (2 mm, 450 mbar, rise in 0.03 s, 2 s on, 2 s off, one cycle, glued ring)"
           + FE)
APERTURE = "expected the diameter of the probe's opening, from 0.1 to 100 mm\n"
PRESSURE = "expected a pressure below that of the air, more than 0 and at most 1013.25 mbar\n"
ON = "expected a time of suction above 0.1 s, when Ue is read, and up to 3600 s\n"
OFF = "expected a time of rest above 0.1 s, when Ur is read, and up to 3600 s\n"
TRY = "Try 'taut suction --help'.\n"

# (what is wrong, arguments, standard error)
WRONG = [
    ("a negative pressure", ["--pressure", "-450 mbar"], "--pressure: -450 mbar is out of bounds; " + PRESSURE),
    ("no pressure", ["--pressure", "0 mbar"], "--pressure: 0 mbar is out of bounds; " + PRESSURE),
    ("more than a vacuum", ["--pressure", "2 bar"], "--pressure: 2 bar is out of bounds; " + PRESSURE),
    ("a pressure without unit", ["--pressure", "450"], "--pressure: the number 450 has no unit; " + PRESSURE),
    ("a pressure in millimetres", ["--pressure", "1 mm"], "--pressure: \"mm\" is the unit of a length; " + PRESSURE),
    ("no aperture", ["--aperture", "0 mm"], "--aperture: 0 mm is out of bounds; " + APERTURE),
    ("an aperture larger than the patch", ["--aperture", "20 mm", "--outer", "9 mm"],
     "--aperture: an aperture of 20 mm is larger than the patch of skin, which is 18 mm across; expected less than 16.2 mm, or a "
     "wider patch (--outer is its radius)\n"),
    ("a patch smaller than the aperture", ["--outer", "0.5 mm"],
     "--outer: an aperture of 2 mm is larger than the patch of skin, which is 1 mm across; expected less than 0.9 mm, or a wider "
     "patch (--outer is its radius)\n"),
    ("suction too short", ["--on", "0.1 s"], "--on: 0.1 s is out of bounds; " + ON),
    ("rest too short", ["--off", "50 ms"], "--off: 50 ms is out of bounds; " + OFF),
    ("an uncertain time", ["--on", "1 +- 0.1 s"], "--on: one measurement has one value; " + ON),
    ("two mistakes at once", ["--pressure", "-1 kPa", "--on", "0 s"],
     "--pressure: -1 kPa is out of bounds; " + PRESSURE + "--on: 0 s is out of bounds; " + ON),
    ("a rise as long as the immediate response", sets(t_ramp="0.1 s"),
     "--set mechanics.t_ramp: suction ramp 0.1 s: must be more than 0 and less than 0.1 s, where Ue is read\n"),
    ("no cycle", ["--cycles", "0"], "taut suction: --cycles: '0' is not a whole number from 1 to 1000\n" + TRY),
    ("an unknown mesh", ["--mesh", "M9"],
     "taut suction: --mesh: unknown value 'M9'; expected M1, M2, M3, M4 or M5; did you mean 'M1'?\n" + TRY),
    ("an unknown method", ["--method", "twocurve"],
     "taut suction: --method: unknown value 'twocurve'; expected fe, emulator or two-curve; did you mean 'two-curve'?\n" + TRY),
    ("an unknown ring", ["--ring", "glue"],
     "taut suction: --ring: unknown value 'glue'; expected glued or frictionless; did you mean 'glued'?\n" + TRY),
    ("an inadmissible modulus", sets(mu_m="-1 kPa"),
     "--set mechanics.mu_m: -1 kPa is out of bounds; expected a stress or pressure from 0.1 to 100 kPa\n"),
    ("a modulus in millimetres", sets(E_sc="3 mm"),
     "--set mechanics.E_sc: \"mm\" is the unit of a length; expected a stress or pressure from 20 to 2000000 kPa\n"),
    ("more than isotropic", sets(kappa=.4),
     "--set mechanics.kappa: 0.4 is out of bounds; expected a number from 0 to 0.3333333333333333\n"),
    ("a missing layer", sets(h_rd="0 mm"), "--set mechanics.h_rd: 0 mm is out of bounds; expected a length from 0.05 to 10 mm\n"),
    ("negative new collagen", sets(N=-.1), "--set suction.N: -0.1 is out of bounds; expected a number from 0 to 2\n"),
    ("a parameter almost right", sets(hrd="1 mm"), "--set hrd: unknown parameter; nearest known parameter \"h_rd\"\n"),
    ("a parameter almost right, in full", sets(mechanics__hrd="1 mm"),
     "--set mechanics.hrd: unknown parameter \"mechanics.hrd\"; nearest known parameter \"mechanics.h_rd\"\n"),
    ("an unknown parameter", sets(zzzzzzz=1),
     "--set zzzzzzz: unknown parameter; taut params mechanics and taut help suction list them\n"),
    ("a --set without a value", ["--set", "mu_m"],
     "--set mu_m: malformed; expected --set key=value, such as --set patient.age=\"50 years\"\n"),
    ("a stress and the stretch it sets", sets(sigma0="20 kPa", g_e=1.2),
     "--set suction.sigma0: contradicts mechanics.g_e, which is solved for it; expected one of both\n"),
    ("a stress out of reach", sets(sigma0="150 kPa"),
     "--set suction.sigma0: the material cannot carry this tension with any pre-stretch in its range\n"),
    ("layers of the reference skin at a site", sets(site="neck", patient__age="50 years", h_rd="1 mm"),
     "--set mechanics.h_rd: a site has its own layers; expected site.thickness.dermis\n"),
    ("the stretch of elastin at a site", sets(site="neck", patient__age="50 years", g_e=1.2),
     "--set mechanics.g_e: it is solved for the tension of the site; expected sigma0_scale\n"),
    ("a site without an age", sets(site="neck"),
     "suction: patient.age is missing: a site has no default for it; expected a time such as 45 years\n"),
    ("an unknown site", sets(site="nek"), "--set site: unknown site \"nek\"; nearest known name \"neck\"\n"),
    ("a man without a site", sets(patient__sex="male"),
     "--set patient.sex: the reference skin is a woman's; expected female, or a site for a man\n"),
    ("the emulator with another aperture", ["--method", "emulator", "--aperture", "6 mm"],
     "--method emulator: --aperture" + TRAINED),
    ("the emulator with another pressure", ["--method", "emulator", "--pressure", "300 mbar"],
     "--method emulator: --pressure" + TRAINED),
    ("the emulator over cycles", ["--method", "emulator", "--cycles", "3"], "--method emulator: --cycles" + TRAINED),
    ("the emulator with another rise", ["--method", "emulator", *sets(t_ramp="0.02 s")], "--method emulator: t_ramp" + TRAINED),
    ("the emulator with slow creep", ["--method", "emulator", *sets(tau_2="30 s")],
     "--method emulator: creep_7 (recovered relative to lasting part of the linear body after 0.1 s of rest) lies outside the "
     "range the emulator was trained on, 0.2636 to 2.075" + FE),
    ("the emulator and a curve", ["--method", "emulator", "--curve"],
     "--method emulator: it gives readings and no --curve" + FE),
    ("the emulator and a mesh", ["--method", "emulator", "--mesh", "M2"], "--method emulator: it solves on no --mesh" + FE),
    ("the emulator on thick skin", ["--method", "emulator", *sets(h_rd="9 mm")],
     "--method emulator: h_d (thickness of the dermis, mm) lies outside the range the emulator was trained on, 0.5002 to 2.999" + FE),
    ("the emulator on dry skin", ["--method", "emulator", *sets(E_sc="200 MPa")],
     "--method emulator: E_sc (modulus of the stratum corneum, kPa) lies outside the range the emulator was trained on, 212.6 to 5507"
     + FE),
    ("two files", ["a.yaml", "b.yaml"], "taut suction: unexpected operand 'b.yaml'\n" + TRY),
]
# (what is wrong, text of skin.yaml, standard error after the name of the file)
FILES = [
    ("an empty file", "", ":1:1: the file is empty; expected a mapping of keys such as patient, site, treatment\n"),
    ("a site without a name", "site: {area: 3 cm^2}\n",
     ":1:7: site: no name; expected that of a site such as cheek (taut list sites)\n"),
    ("a site without an age", "site: neck\n",
     ": patient.age is missing: a site has no default for it; expected a time such as 45 years\n"),
    ("a value in place of the patient", "patient: 5\n", ":1:10: patient holds several keys; expected a mapping\n"),
    ("an unknown key", "colour: red\n",
     ":1:1: unknown key \"colour\"; expected one of title, patient, acknowledge, site, device, treatment, rf, serum, schedule, "
     "aftercare, model, seed, parameters\n"),
    ("a man without a site", "patient: {sex: male}\n",
     ":1:16: patient.sex: the reference skin is a woman's; expected female, or a site for a man\n"),
    ("no room for the reticular dermis", "patient: {age: 40 years}\nsite: {name: cheek, thickness: {papillary: 0.9 mm, dermis: 0.5 mm}}\n",
     ":2:44: papillary dermis of 0.9 mm does not fit into a dermis of 0.5 mm\n"),
    ("a site of one's own without its layers", "patient: {age: 40 years}\nsite: {name: shoulder}\n",
     ":2:14: unknown site \"shoulder\"; expected one of taut list sites, or your own with all fields (dermis_women, ...)\n"),
    ("a modulus out of bounds", "parameters: {mechanics: {mu_h: 0 kPa}}\n",
     ":1:32: mechanics.mu_h: 0 kPa is out of bounds; expected a stress or pressure from 0.05 to 100 kPa\n"),
]
SOFT = sets(mu_m="0.1 kPa", mu_e="0.1 kPa", k1="1 kPa", E_sc="20 kPa", E_ve="5 kPa", mu_h="0.05 kPa", K_h="5 kPa")


class Refusals(harness.Folder):
    def test_wrong_measurements(self):
        for what, arguments, wanted in WRONG:
            with self.subTest(what=what):
                self.assertEqual(taut("suction", *arguments, "--json"), (2, "", wanted))

    def test_wrong_files(self):
        for what, text, wanted in FILES:
            with self.subTest(what=what):
                path = self.write(text, "skin.yaml")
                self.assertEqual(taut("suction", path), (2, "", f"{path}{wanted}"))

    def test_a_file_that_is_not_there(self):
        self.assertEqual(taut("suction", "no.yaml", cwd=self.folder),
                         (2, "", "no.yaml: cannot be opened: No such file or directory\n"))

    def test_no_convergence_has_a_reason_and_no_number(self):
        for arguments, wanted in (
                (["--aperture", "20 mm", *SOFT],
                 "taut: suction stopped between 0 s and 0.006 s at 9 kPa: Newton's method did not converge, even with steps cut to "
                 "1/64\n"),
                (["--method", "two-curve", "--aperture", "20 mm", *SOFT],
                 "taut: static curve stopped at 2 kPa: Newton's method did not converge\n")):
            with self.subTest(arguments=" ".join(arguments)):
                self.assertEqual(taut("suction", "--json", *arguments), (3, "", wanted))


if __name__ == "__main__":
    harness.main()
