/* Spread of the depth and chance of leaving the skin: needling.md 10.3 (200 000 draws each; accepted within three times
 * the combined standard error and the rounding of the print), the lengths of 4.4, invariants 8 and 9 of section 11. */
#include "needling_fixture.h"

enum { DRAWS = 200000 };

typedef struct spread_row {
  const char *what, *device, *stretch;
  double length, s_h;
  bool people;
  double mean, sd, q05, q50, q95; /**< NAN: not printed */
} spread_row;

static void depth_spreads_meet_the_reference(void **state) {
  (void)state;
  static const spread_row rows[] = {
      {"test roller, s_n only", "device=roller_770_test", "treatment.stretch=0", .77, 0, false, .1525, .0096, NAN, NAN,
       NAN},
      {"pen_14 1.5 within", "device=pen_14", "treatment.stretch=0.05", 1.5, .1, false, .9520, .0652, .844, .952, 1.059},
      {"pen_14 1.5 people", "device=pen_14", "treatment.stretch=0.05", 1.5, .1, true, .9498, .0744, .825, .951, 1.070},
      {"roller 1.5 within", "device=roller_192", "treatment.stretch=0.05", 1.5, .1, false, .8399, .0373, .776, .842,
       .898},
      {"roller 1.5 people", "device=roller_192", "treatment.stretch=0.05", 1.5, .1, true, .8364, .0642, .722, .842,
       .932},
      {"pen_14 .5 people", "device=pen_14", "treatment.stretch=0.05", .5, .1, true, .1568, .0587, .067, .153, .260},
  };
  for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
    const spread_row *row = &rows[i];
    char depth[64];
    snprintf(depth, sizeof depth, "treatment.depth=%g mm", row->length);
    fixture f = open_case(row->device, row->stretch, depth, NULL);
    taut_needling_params p = *f.p;
    p.s_h = row->s_h;
    taut_depth_spread s;
    assert_int_equal(taut__depth_spread(f.context, &p, &f.skin, &f.c->device, &f.c->treatment, row->length, DRAWS,
                                        row->people, 11, &s),
                     TAUT_OK);
    double error = s.sd / sqrt(DRAWS), combined = hypot(2e-4, error);
    check_near(row->what, s.mean, row->mean, 0, 3 * combined + .00005);
    check_near(row->what, s.sd, row->sd, 0, 3 * error + .00005); /* both SDs have error sd/sqrt(2 N) */
    if (isnan(row->q50)) {
      close_case(&f);
      continue;
    }
    check_near(row->what, s.q05, row->q05, 0, 3 * 3 * error + .0005); /* quantile errors: 2.1 sd/sqrt(N) each */
    check_near(row->what, s.q50, row->q50, 0, 3 * 1.8 * error + .0005);
    check_near(row->what, s.q95, row->q95, 0, 3 * 3 * error + .0005);
    close_case(&f);
  }
}

/** P_fat at 1.0, 1.5, 2.5 mm by ultrasound, then histology; women of 40 years, pen_14; reference error .002. */
typedef struct fat_row {
  const char *site;
  double p[6];
} fat_row;

static void fat_probabilities_meet_the_reference(void **state) {
  (void)state;
  static const fat_row rows[] = {
      {"forehead", {.007, .572, 1.00, .000, .073, .967}},
      {"cheek", {.099, .582, .970, .019, .262, .845}},
      {"upper_eyelid", {.255, .983, 1.00, .018, .704, 1.00}},
      {"neck", {.002, .332, .996, .000, .024, .855}},
      {"perioral", {.002, .180, .942, .000, .016, .610}},
      {"decolletage", {.000, .085, .966, .000, .001, .550}},
      {"abdomen", {0, 0, .133, 0, 0, .007}},
  };
  static const double length[] = {1.0, 1.5, 2.5};
  for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
    char site[64];
    snprintf(site, sizeof site, "site=%s", rows[i].site);
    fixture f = open_case(site, "acknowledge=[orbital_rim]", NULL);
    for (int k = 0; k < 3; k++) {
      double p[2];
      assert_int_equal(taut__fat_probabilities(f.context, f.p, f.sp, &f.c->patient, &f.c->site, &f.c->device,
                                               &f.c->treatment, length[k], NAN, DRAWS, 5, p),
                       TAUT_OK);
      for (int source = 0; source < 2; source++) {
        double wanted = rows[i].p[3 * source + k], error = sqrt(p[source] * (1 - p[source]) / DRAWS);
        check_near(rows[i].site, p[source], wanted, 0, 3 * hypot(.002, error) + .0005);
      }
    }
    close_case(&f);
  }
}

/** Needle lengths with P_fat = .05 (women and men of 40 years, ultrasound and histology), +-.05 mm in the reference. */
typedef struct exit_row {
  const char *site;
  double length[4]; /**< F ultrasound, F histology, M ultrasound, M histology */
} exit_row;

static void exit_lengths_meet_the_table(void **state) {
  (void)state;
  static const exit_row rows[] = {
      {"forehead", {1.13, 1.45, 1.33, 1.73}},      {"glabella", {1.09, 1.38, 1.27, 1.64}},
      {"crows_feet", {1.00, 1.27, 1.30, 1.69}},    {"upper_eyelid", {.84, 1.07, .92, 1.16}},
      {"lower_eyelid", {.88, 1.11, .98, 1.24}},    {"cheek", {.91, 1.13, 1.40, 1.82}},
      {"nose_sidewall", {1.09, 1.39, 1.34, 1.74}}, {"perioral", {1.29, 1.65, 1.48, 1.92}},
      {"chin", {1.11, 1.41, 1.20, 1.53}},          {"neck", {1.22, 1.58, 1.19, 1.53}},
      {"decolletage", {1.43, 1.87, 1.64, 2.16}},   {"forearm", {1.26, 1.63, 1.45, 1.90}},
      {"abdomen", {2.23, 2.97, 2.52, 3.38}},       {"thigh", {1.82, 2.41, 2.04, 2.71}},
  };
  const long draws = 20000;
  const double slack = 3 * sqrt(.05 * .95 / 20000);
  for (size_t i = 0; i < sizeof rows / sizeof *rows; i++)
    for (int k = 0; k < 4; k++) {
      char site[64];
      snprintf(site, sizeof site, "site=%s", rows[i].site);
      fixture f = open_case(site, k < 2 ? "patient.sex=female" : "patient.sex=male", "acknowledge=[orbital_rim]", NULL);
      for (int side = -1; side <= 1; side += 2) {
        double p, length = rows[i].length[k] + side * .055;
        taut_thickness_source source = k % 2 ? TAUT_THICKNESS_HISTOLOGY : TAUT_THICKNESS_ULTRASOUND;
        assert_int_equal(taut__fat_probability(f.context, f.p, f.sp, &f.c->patient, &f.c->site, &f.c->device,
                                               &f.c->treatment, length, NAN, source, draws, 5, &p),
                         TAUT_OK);
        if (side < 0 ? p > .05 + slack : p < .05 - slack)
          fail_msg("%s column %d: P_fat %.4f at %.3f mm", rows[i].site, k, p, length);
      }
      close_case(&f);
    }
}

/** Invariant 9: rises with L and is never larger for histology than for ultrasound. */
static void fat_probability_rises_with_length_and_falls_with_thickness(void **state) {
  (void)state;
  fixture f = open_case("site=crows_feet", NULL);
  double before[2] = {0, 0};
  for (double length = .3; length < 3.2; length += .1) {
    double p[2];
    assert_int_equal(taut__fat_probabilities(f.context, f.p, f.sp, &f.c->patient, &f.c->site, &f.c->device,
                                             &f.c->treatment, length, NAN, 5000, 2, p),
                     TAUT_OK);
    assert_true(p[0] >= before[0] && p[1] >= before[1] && p[1] <= p[0]);
    before[0] = p[0], before[1] = p[1];
  }
  assert_true(before[0] > .99);
  close_case(&f);
}

static void a_given_depth_leaves_only_the_spread_of_thickness(void **state) {
  (void)state;
  fixture f = open_case(NULL, NULL);
  double p[2];
  assert_int_equal(taut__fat_probabilities(f.context, f.p, f.sp, &f.c->patient, &f.c->site, &f.c->device,
                                           &f.c->treatment, 3, 2.9, 5000, 1, p),
                   TAUT_OK);
  assert_true(p[0] > .99);
  assert_int_equal(taut__fat_probabilities(f.context, f.p, f.sp, &f.c->patient, &f.c->site, &f.c->device,
                                           &f.c->treatment, 3, .2, 5000, 1, p),
                   TAUT_OK);
  assert_true(p[0] < .001 && p[1] == 0);
  close_case(&f);
}

/** Invariant 8: draws are addressed by seed, name and index. */
static void the_same_seed_gives_the_same_numbers(void **state) {
  (void)state;
  fixture f = open_case(NULL, NULL);
  taut_depth_spread a, b, other;
  assert_int_equal(taut__depth_spread(f.context, f.p, &f.skin, &f.c->device, &f.c->treatment, 1, 1000, true, 4, &a),
                   TAUT_OK);
  assert_int_equal(taut__depth_spread(f.context, f.p, &f.skin, &f.c->device, &f.c->treatment, 1, 1000, true, 4, &b),
                   TAUT_OK);
  assert_int_equal(taut__depth_spread(f.context, f.p, &f.skin, &f.c->device, &f.c->treatment, 1, 1000, true, 5, &other),
                   TAUT_OK);
  assert_memory_equal(&a, &b, sizeof a);
  assert_true(a.mean != other.mean);
  close_case(&f);
}

static void lift_shortens_the_reach(void **state) {
  (void)state;
  fixture f = open_case("device.lift=0.2 mm", NULL), g = open_case(NULL, NULL);
  taut_depth_spread lifted, flat;
  assert_int_equal(
      taut__depth_spread(f.context, f.p, &f.skin, &f.c->device, &f.c->treatment, 1.5, DRAWS, false, 1, &lifted),
      TAUT_OK);
  assert_int_equal(
      taut__depth_spread(g.context, g.p, &g.skin, &g.c->device, &g.c->treatment, 1.5, DRAWS, false, 1, &flat), TAUT_OK);
  /* far above the dimple the law is linear with slope m, and the mean of |N(0, s)| is s sqrt(2/pi) */
  assert_near(flat.mean - lifted.mean, .8 * .2 * sqrt(2 / 3.14159265358979), .002);
  close_case(&f);
  close_case(&g);
}

/* Without arguments the quick tests, with "slow" those that take long. */
int main(int argc, char **argv) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(depth_spreads_meet_the_reference),
      cmocka_unit_test(exit_lengths_meet_the_table),
      cmocka_unit_test(fat_probability_rises_with_length_and_falls_with_thickness),
      cmocka_unit_test(a_given_depth_leaves_only_the_spread_of_thickness),
      cmocka_unit_test(the_same_seed_gives_the_same_numbers),
      cmocka_unit_test(lift_shortens_the_reach),
  };
  const struct CMUnitTest slow[] = {
      cmocka_unit_test(fat_probabilities_meet_the_reference),
  };
  if (argc > 1 && strcmp(argv[1], "slow") == 0) return cmocka_run_group_tests(slow, NULL, NULL);
  return cmocka_run_group_tests(tests, NULL, NULL);
}
