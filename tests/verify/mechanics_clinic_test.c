/* Other instruments of a clinic: T7, T8, the splits of mechanics.md 9.3, noise, creases, echo density. */
#include "mechanics_fixture.h"

#include "mechanics/clinic.h"

static const double um = 1e-3;

static void coupons_meet_T7(void **state) {
  (void)state;
  static const double x[] = {1.05, 1.1, 1.2, 1.3, 1.4, 1.45, 1.5, 1.54};
  static const double wanted[] = {2.64449, 6.53345, 26.434, 84.469, 421.81, 1241.5, 4537.3, 15196};
  fixture f = open_fixture();
  taut_material m = reference_material(&f);
  double free_stretch[2];
  taut_layer_law mean = taut__material_coupon(&m, 2), along = taut__material_coupon(&m, 0),
                 across = taut__material_coupon(&m, 1);
  assert_ok(&f, taut__excision(f.context, &mean, free_stretch));
  check_near("retraction", free_stretch[0], 0.859083, 1e-6, 0);
  check_near("both ways", free_stretch[1], free_stretch[0], 1e-12, 0);
  taut_coupon c;
  for (int i = 0; i < 8; i++) {
    assert_ok(&f, taut__coupon(f.context, &along, x[i], &c));
    check_near("nominal stress along", c.nominal, wanted[i], 5e-4, 0);
  }
  check_near("lateral stretch", c.lateral, .9468, 0, .5e-4);
  assert_ok(&f, taut__coupon(f.context, &across, 1.54, &c));
  check_near("nominal stress across", c.nominal, 20.69, 5e-4, 0);
  taut_coupon a, b;
  assert_ok(&f, taut__coupon(f.context, &along, 1 - 1e-5, &a));
  assert_ok(&f, taut__coupon(f.context, &along, 1 + 1e-5, &b));
  check_near("small-strain modulus", (b.nominal - a.nominal) / 2e-5, 55.5, 0, .05);
  assert_ok(&f, taut__coupon(f.context, &along, 1.45 - 1e-5, &a));
  assert_ok(&f, taut__coupon(f.context, &along, 1.45 + 1e-5, &b));
  check_near("tangent at 1.45, MPa", (b.nominal - a.nominal) / 2e-5 / 1000, 29, 0, .5);
  assert_int_equal(taut__coupon(f.context, &along, 1e3, &c), TAUT_ERR_NUMERICS);
  close_fixture(&f);
}

static void wrinkles_meet_T8(void **state) {
  (void)state;
  static const double strain[] = {0.111672, 0.132986, 0.165781}, wavelength[] = {0.142177, 0.580626, 7.252868};
  static const double A[] = {8.788, 25.038, 0};
  fixture f = open_fixture();
  const taut_film uniform = {.015, 2000, 1, {1}, {66}};
  taut_wrinkle w = taut__wrinkle(&uniform);
  check_near("eps_c", w.strain, 0.0535012, 1e-6, 0);
  check_near("wavelength", w.wavelength, 0.203732, 1e-5, 0);
  check_near("closed form", w.strain, pow(3 * 66.0 / 2000, 2.0 / 3) / 4, 1e-12, 0);
  check_near("closed form", w.wavelength, 2 * 3.14159265358979323846 * .015 * cbrt(2000 / (3 * 66.0)), 1e-6, 0);
  taut_material m = reference_material(&f);
  taut_wrinkle mode[TAUT_WRINKLE_MODES];
  taut__wrinkle_modes(&f.p, m.h, m.E_sc, m.E_ve, mode);
  for (int j = 0; j < TAUT_WRINKLE_MODES; j++) {
    check_near("eps_c of a mode", mode[j].strain, strain[j], 5e-6, 0);
    check_near("wavelength of a mode", mode[j].wavelength, wavelength[j], 1e-5, 0);
    check_near("amplitude", taut__wrinkle_amplitude(&mode[j], .15) / um, A[j], 1e-4, 0);
  }
  taut_roughness r = taut__roughness(&f.p, mode, .15);
  check_near("Ra", r.Ra / um, 18.657, 1e-4, 0);
  check_near("Rz", r.Rz / um, 118.66, 1e-4, 0);
  check_near("depth", r.depth, .0501, 0, .5e-4);
  check_near("Lemperle", taut__grade_wrinkle(&f.p, r.depth), 1.00, 0, .005);
  check_near("baseline of a depth", taut__wrinkle_baseline(&f.p, mode, r.depth, NAN), .15, 1e-9, 0);
  check_near("baseline of a roughness", taut__wrinkle_baseline(&f.p, mode, NAN, r.Ra), .15, 1e-9, 0);
  close_fixture(&f);
}

static void treatment_shifts_the_strain_and_creases_remember(void **state) {
  (void)state;
  fixture f = open_fixture();
  check_near("strain", taut__wrinkle_strain(&f.p, .15, .9969, .258, 247.9), .15 + log(.9969) - .258 / 247.9, 1e-14, 0);
  taut_crease c = taut__crease(.2, 3), still = c;
  taut__crease_advance(&f.p, 1000, 1, 0, &still);
  check_near("an untreated crease stays", still.depth, .2, 1e-14, 0);
  taut_crease once = c, twice = c;
  taut__crease_advance(&f.p, 60, .998, .03, &once);
  taut__crease_advance(&f.p, 25, .998, .03, &twice);
  taut__crease_advance(&f.p, 35, .998, .03, &twice);
  check_near("steps of any length agree", twice.depth, once.depth, 1e-14, 0);
  double wanted = 3 / 3.14159265358979323846 * sqrt(c.strain + log(.998)) - .2 * .03;
  check_near("a time constant brings 63 %", once.depth, wanted + (.2 - wanted) * exp(-1), 1e-12, 0);
  taut__crease_advance(&f.p, 1e6, .9, 1, &once);
  check_near("never below the surface", once.depth, 0, 0, 1e-12);
  close_fixture(&f);
}

static void grades_are_clipped_and_follow_their_links(void **state) {
  (void)state;
  fixture f = open_fixture();
  check_near("no wrinkle", taut__grade_wrinkle(&f.p, 0), 0, 0, 0);
  check_near("doubling", taut__grade_wrinkle(&f.p, .4), 4, 1e-14, 0);
  check_near("deepest", taut__grade_wrinkle(&f.p, 5), 5, 0, 0);
  check_near("tension +1.5 %", taut__grade_laxity(&f.p, 1.0154, 1) - 1.5, -.055, 0, .0005);
  check_near("tension +3.9 %", taut__grade_laxity(&f.p, 1.039, 1) - 1.5, -.14, 0, .005);
  check_near("no tension", taut__grade_laxity(&f.p, 0, 1), 4, 0, 0);
  check_near("texture", taut__grade_texture(&f.p, 15.5 * um), 1, 1e-12, 0);
  check_near("texture of twice the roughness", taut__grade_texture(&f.p, 31 * um), 4, 1e-12, 0);
  close_fixture(&f);
}

static void the_split_of_ablon_meets_9_3(void **state) {
  (void)state;
  static const struct {
    double observed, se, m_p, s_p, physical, physical_sd, bias, bias_sd;
  } rows[] = {{-1.23, .0428, -.25, .30, -.53, .19, -.69, .19},
              {-1.09, .0615, -.15, .20, -.32, .16, -.76, .16},
              {-1.54, .0782, -.30, .35, -.77, .21, -.74, .21}};
  for (int i = 0; i < 3; i++) {
    taut_split s = taut__split_change(rows[i].observed, rows[i].se, rows[i].m_p, rows[i].s_p, -.5, .25);
    check_near("physical", s.physical, rows[i].physical, 0, .0051);
    check_near("its SD", s.physical_sd, rows[i].physical_sd, 0, .0051);
    check_near("bias", s.bias, rows[i].bias, 0, .0051);
    check_near("its SD", s.bias_sd, rows[i].bias_sd, 0, .0051);
  }
  taut_split certain = taut__split_change(-1, 0, -.2, .3, -.5, .25);
  check_near("without reading error the parts add up", certain.physical + certain.bias, -1, 1e-14, 0);
}

static void raters_add_what_the_model_of_observation_says(void **state) {
  (void)state;
  enum { RATERS = 20000 };
  fixture f = open_fixture();
  double sum[3] = {0}, squares[3] = {0};
  taut_rating r = {.seed = 5, .low = -100, .high = 100, .unblinded = true};
  for (int n = 0; n < RATERS; n++) {
    r.rater = r.reading = (uint64_t)n;
    taut_rated y = taut__rate(&f.p, &r, 2);
    check_near("sum", y.grade, y.physical + y.rater + y.unblinded + y.reading, 1e-14, 0);
    const double part[3] = {y.rater, y.unblinded, y.reading};
    for (int k = 0; k < 3; k++) sum[k] += part[k], squares[k] += part[k] * part[k];
  }
  static const double mean[] = {0, -.5, 0}, sd[] = {.25, .25, .35};
  for (int k = 0; k < 3; k++) {
    double m = sum[k] / RATERS;
    check_near("mean", m, mean[k], 0, 4 * sd[k] / sqrt(RATERS));
    check_near("SD", sqrt(squares[k] / RATERS - m * m), sd[k], .02, 0);
  }
  r = (taut_rating){.seed = 5, .rater = 1, .reading = 1, .low = 0, .high = 4, .step = .5};
  taut_rated blinded = taut__rate(&f.p, &r, 2), nine;
  check_near("no unblinded term", blinded.unblinded, 0, 0, 0);
  check_near("steps of the scale", blinded.grade, .5 * round(blinded.grade / .5), 0, 0);
  r.nine_areas = true;
  nine = taut__rate(&f.p, &r, 2);
  check_near("nine areas read better", nine.reading, blinded.reading / sqrt(3), 1e-14, 0);
  check_near("the rater stays the same", nine.rater, blinded.rater, 0, 0);
  check_near("clipped", taut__rate(&f.p, &r, 9).grade, 4, 0, 0);
  close_fixture(&f);
}

static void echo_density_is_not_collagen_mass(void **state) {
  (void)state;
  fixture f = open_fixture();
  check_near("rest", taut__echo_density(&f.p, 1, 1, 1), 1, 0, 0);
  assert_true(taut__echo_density(&f.p, 1.05, 1, 1.2) < 1); /* more fibres in wet tissue read darker */
  assert_true(taut__echo_density(&f.p, 1.05, 1, 1) > 1);
  check_near("by hand", taut__echo_density(&f.p, 1.1, .95, 1.04), exp(log(1.1) + log(.95) - 1.5 * .04), 1e-14, 0);
  check_near("thickness with oedema", taut__ultrasound_thickness(&f.p, .87, .05), .92, 1e-15, 0);
  check_near("echo-poor band", taut__echo_band(&f.p, .4), .07, 1e-14, 0);
  close_fixture(&f);
}

static void readings_carry_the_noise_of_their_instrument(void **state) {
  (void)state;
  enum { READINGS = 20000 };
  fixture f = open_fixture();
  const taut_suction_values truth = {.R0 = .27, .Ue = .16, .R2 = .74, .R5 = .75, .R7 = .445};
  double squares[7] = {0};
  for (uint64_t n = 0; n < READINGS; n++) {
    taut_suction_values y = taut__read_suction(&f.p, &truth, 3, n);
    const double off[7] = {log(y.R0 / truth.R0),
                           y.R2 - truth.R2,
                           y.R5 - truth.R5,
                           y.R7 - truth.R7,
                           taut__read_thickness(&f.p, .87, 3, n) - .87,
                           log(taut__read_echo(&f.p, 1, 3, n)),
                           log(taut__read_roughness(&f.p, .0155, 3, n) / .0155)};
    check_near("Ue moves with R0", y.Ue / truth.Ue, y.R0 / truth.R0, 1e-12, 0);
    for (int k = 0; k < 7; k++) squares[k] += off[k] * off[k];
  }
  static const double sd[7] = {.06, .03, .08, .025, .05, .10, .08};
  for (int k = 0; k < 7; k++) check_near("SD", sqrt(squares[k] / READINGS), sd[k], .02, 0);
  close_fixture(&f);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(coupons_meet_T7),
      cmocka_unit_test(wrinkles_meet_T8),
      cmocka_unit_test(treatment_shifts_the_strain_and_creases_remember),
      cmocka_unit_test(grades_are_clipped_and_follow_their_links),
      cmocka_unit_test(the_split_of_ablon_meets_9_3),
      cmocka_unit_test(raters_add_what_the_model_of_observation_says),
      cmocka_unit_test(echo_density_is_not_collagen_mass),
      cmocka_unit_test(readings_carry_the_noise_of_their_instrument),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
