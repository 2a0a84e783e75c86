/* Skin build-up: reference results of needling.md 10.1 through real cases, sources, own thicknesses, draws of people. */
#include "../verify/needling_fixture.h"

/** A row of needling.md 10.1; lengths mm. */
static void check_skin(const char *what, fixture f, double sc, double ve, double dermis, double total, double fat) {
  check_near(what, f.skin.sc, sc, 1e-4, 0);
  check_near(what, f.skin.ve, ve, 1e-4, 0);
  check_near(what, f.skin.dermis, dermis, 1e-4, 0);
  check_near(what, f.skin.total, total, 1e-4, 0);
  check_near(what, f.skin.fat, fat, 1e-4, 0);
  assert_near(f.skin.papillary + f.skin.reticular, f.skin.dermis, 1e-12);
  close_case(&f);
}

static void thicknesses_meet_the_reference_table(void **state) {
  (void)state;
  check_skin("cheek F 40", open_case(NULL, NULL), 0.015, 0.055, 0.87, 0.94, 4.0);
  check_skin("cheek M 40", open_case("patient.sex=male", NULL), 0.015, 0.059125, 1.14, 1.21412, 4.0);
  check_skin(
      "forehead F 56",
      open_case("patient.age=56 years", "patient.photoage=0.5", "patient.menopause=5 years ago", "site=forehead", NULL),
      0.015, 0.05242, 0.83793, 0.90535, 2.0);
  check_skin("upper_eyelid F 40", open_case("site=upper_eyelid", "acknowledge=[orbital_rim]", NULL), 0.015, 0.040, 0.58,
             0.635, 0.2);
  check_skin("abdomen M 40 BMI 30", open_case("patient.sex=male", "patient.bmi=30", "site=abdomen", NULL), 0.015,
             0.0645, 2.6, 2.6795, 15.838);
  check_skin("cheek F 40 histology", open_case("site.thickness.source=histology", NULL), 0.015, 0.055, 1.218, 1.288,
             4.0);
}

static void upper_plexus_follows_thin_skin(void **state) {
  (void)state;
  fixture lid = open_case("site=upper_eyelid", "acknowledge=[orbital_rim]", NULL), cheek = open_case(NULL, NULL);
  assert_near(lid.skin.plexus_depth, 0.254, 1e-9);
  assert_near(cheek.skin.plexus_depth, 0.35, 1e-9);
  assert_near(cheek.skin.loop_depth, 0.100, 1e-9);
  assert_near(cheek.skin.loop_density, 60, 1e-9);
  close_case(&lid);
  close_case(&cheek);
}

static void loops_thin_out_with_photoage(void **state) {
  (void)state;
  fixture f = open_case("parameters={}", "patient.photoage=0.5", NULL);
  assert_near(f.skin.loop_density, 60 * (1 - 0.3 * 0.5), 1e-9);
  close_case(&f);
}

static void echo_share_adds_the_hidden_papillary_dermis(void **state) {
  (void)state;
  fixture f = open_case("site.thickness.echo_share=0.5", NULL);
  assert_near(f.skin.dermis, 0.87 + 0.5 * (0.20 - 0.015 - 0.055), 1e-9);
  close_case(&f);
}

static void blend_lies_between_the_sources(void **state) {
  (void)state;
  fixture f = open_case("site.thickness.source=blend", "site.thickness.blend=0.5", NULL);
  assert_near(f.skin.dermis, 0.87 * sqrt(1.4), 1e-9);
  close_case(&f);
}

static void measured_layers_override_one_by_one(void **state) {
  (void)state;
  fixture f = open_case("site.thickness.dermis=0.9 mm", "patient.age=70 years", NULL);
  assert_near(f.skin.dermis, 0.9, 1e-12);
  assert_true(f.skin.ve < 0.055); /* not measured: follows age */
  taut_skin histology = taut__skin_build(f.sp, &f.c->patient, &f.c->site, TAUT_THICKNESS_HISTOLOGY);
  assert_near(histology.dermis, 0.9 * 1.4, 1e-12);
  close_case(&f);
  f = open_case("site.thickness.dermis=1.26 mm", "site.thickness.source=histology", NULL);
  assert_near(f.skin.dermis, 1.26, 1e-12);
  taut_skin ultrasound = taut__skin_build(f.sp, &f.c->patient, &f.c->site, TAUT_THICKNESS_ULTRASOUND);
  assert_near(ultrasound.dermis, 0.9, 1e-12);
  close_case(&f);
}

static void horny_layer_swells_and_softens_with_water(void **state) {
  (void)state;
  fixture wet = open_case("patient.hydration=wet", NULL), dry = open_case("patient.hydration=dry", NULL);
  fixture dark = open_case("patient.phototype=V", NULL);
  assert_near(wet.skin.sc, 0.030, 1e-12);
  assert_near(dry.skin.sc, 0.015, 1e-12);
  assert_near(dark.skin.sc, 0.015 * 1.09, 1e-12);
  assert_near(wet.skin.sc_modulus, 200, 1e-9); /* kPa */
  assert_near(dry.skin.sc_modulus, 200e3, 1e-6);
  close_case(&wet);
  close_case(&dry);
  close_case(&dark);
}

static void lash_line_has_half_the_dermis(void **state) {
  (void)state;
  fixture f = open_case("site=upper_eyelid", "acknowledge=[orbital_rim]", "parameters.skin.f_lid=0.5", NULL);
  assert_near(f.skin.dermis, 0.29, 1e-9);
  close_case(&f);
}

static void impossible_papillary_dermis_is_refused(void **state) {
  (void)state;
  fixture f = open_case(NULL, NULL);
  assert_int_equal(taut__skin_check(f.context, f.c, &f.skin), TAUT_OK);
  f.skin.papillary = f.skin.dermis + 0.1;
  assert_int_equal(taut__skin_check(f.context, f.c, &f.skin), TAUT_ERR_INPUT);
  assert_non_null(strstr(taut_context_message(f.context), "papillary"));
  close_case(&f);
}

/** Draws have unit variance and the layer correlations of needling.md 1.3; 40 000 draws, error .005. */
static void people_have_the_layer_correlations(void **state) {
  (void)state;
  enum { N = 40000 };
  static const double wanted[TAUT_SCORES][TAUT_SCORES] = {
      {1, .3, .1, 0}, {.3, 1, .2, 0}, {.1, .2, 1, .1}, {0, 0, .1, 1}};
  fixture f = open_case(NULL, NULL);
  taut_skin_sampler sampler;
  assert_int_equal(taut__skin_sampler(f.context, f.sp, &f.c->site, &sampler), TAUT_OK);
  double sum[TAUT_SCORES][TAUT_SCORES] = {{0}}, z[TAUT_SCORES];
  for (uint64_t i = 0; i < N; i++) {
    taut__skin_scores(&sampler, 7, i, z);
    for (int a = 0; a < TAUT_SCORES; a++)
      for (int b = 0; b < TAUT_SCORES; b++) sum[a][b] += z[a] * z[b] / N;
  }
  for (int a = 0; a < TAUT_SCORES; a++)
    for (int b = 0; b < TAUT_SCORES; b++) check_near("correlation", sum[a][b], wanted[a][b], 0, 0.02);
  close_case(&f);
}

static void a_person_is_partly_the_same_at_two_sites(void **state) {
  (void)state;
  enum { N = 40000 };
  static const double rho[TAUT_SCORES] = {.4, .4, .5, .7};
  fixture f = open_case(NULL, NULL), g = open_case("site=neck", NULL);
  taut_skin_sampler cheek, neck;
  assert_int_equal(taut__skin_sampler(f.context, f.sp, &f.c->site, &cheek), TAUT_OK);
  assert_int_equal(taut__skin_sampler(g.context, g.sp, &g.c->site, &neck), TAUT_OK);
  double sum[TAUT_SCORES] = {0}, a[TAUT_SCORES], b[TAUT_SCORES];
  for (uint64_t i = 0; i < N; i++) {
    taut__skin_scores(&cheek, 7, i, a);
    taut__skin_scores(&neck, 7, i, b);
    for (int k = 0; k < TAUT_SCORES; k++) sum[k] += a[k] * b[k] / N;
  }
  for (int k = 0; k < TAUT_SCORES; k++) check_near("share of the person", sum[k], rho[k], 0, 0.02);
  close_case(&f);
  close_case(&g);
}

static void contradictory_correlations_are_refused(void **state) {
  (void)state;
  fixture f = open_case(NULL, NULL);
  taut_skin_params p = *f.sp;
  p.c_sc_ve = 0.9, p.c_sc_dermis = 0.9, p.c_ve_dermis = -0.9;
  taut_skin_sampler sampler;
  assert_int_equal(taut__skin_sampler(f.context, &p, &f.c->site, &sampler), TAUT_ERR_INPUT);
  close_case(&f);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(thicknesses_meet_the_reference_table),
      cmocka_unit_test(upper_plexus_follows_thin_skin),
      cmocka_unit_test(loops_thin_out_with_photoage),
      cmocka_unit_test(echo_share_adds_the_hidden_papillary_dermis),
      cmocka_unit_test(blend_lies_between_the_sources),
      cmocka_unit_test(measured_layers_override_one_by_one),
      cmocka_unit_test(horny_layer_swells_and_softens_with_water),
      cmocka_unit_test(lash_line_has_half_the_dermis),
      cmocka_unit_test(impossible_papillary_dermis_is_refused),
      cmocka_unit_test(people_have_the_layer_correlations),
      cmocka_unit_test(a_person_is_partly_the_same_at_two_sites),
      cmocka_unit_test(contradictory_correlations_are_refused),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
