/* Rest state of healing: constants of the reference profiles, exactness for every profile, refusals, ageing, loop gains. */
#include "healing_fixture.h"

static taut_context *context;
static taut_healing_params params;

static int setup(void **state) {
  (void)state;
  context = new_context();
  params = default_params(context);
  return 0;
}

static int teardown(void **state) {
  (void)state;
  taut_context_destroy(&context);
  return 0;
}

static void age_initialiser_meets_the_document(void **state) {
  (void)state;
  static const double expected[][3] = {
      {25, 0.9965657227, 0.9498849673}, {40, 0.9490546633, 0.9367343977}, {60, 0.8257566091, 0.9038768759}};
  for (int i = 0; i < 3; i++) {
    double g, qr;
    taut__age_initialiser(&params, expected[i][0], 0, &g, &qr);
    assert_digits("g", g, expected[i][1], 10);
    assert_digits("qr", qr, expected[i][2], 10);
  }
}

static void young_people_have_not_aged(void **state) {
  (void)state;
  double g, qr;
  taut__age_initialiser(&params, 18, 1, &g, &qr);
  assert_true(g == 1 && qr == params.q_y);
  taut__age_initialiser(&params, 20, 0, &g, &qr);
  assert_true(g == 1 && qr == params.q_y);
}

static void constants_at_age_25_meet_the_document(void **state) {
  (void)state;
  taut_healing *h = new_healing(context, &params, person_of(25));
  const taut_layer_constants *l = &h->layer[TAUT_RETICULAR];
  assert_digits("r_c", l->r_c, 2.51114944e-4, 9);
  assert_digits("s3r", l->s3r, 0.142165972, 9);
  assert_digits("S_r", l->S_r, 0.966694457, 9);
  assert_digits("C3_r", l->C3_r, 0.142309585, 9);
  assert_digits("Cn_r", l->Cn_r, 0.0575249813, 9);
  assert_digits("Cx_r", l->Cx_r, 0.748896002, 9);
  assert_digits("X_r", l->X_r, 0.0500541277, 9);
  assert_digits("Ct_r", l->Ct_r, 0.998784696, 9);
  assert_digits("d3", l->d3, 2.42506449e-4, 9);
  assert_digits("dx", l->dx, 1.22900870e-4, 9);
  assert_digits("kX", l->kX, 2.08015245e-3, 9);
  taut__healing_destroy(&h);
}

static void constants_at_age_40_meet_the_document(void **state) {
  (void)state;
  taut_healing *h = new_healing(context, &params, person_of(40));
  const taut_layer_constants *r = &h->layer[TAUT_RETICULAR], *p = &h->layer[TAUT_PAPILLARY];
  assert_digits("S_r ret", r->S_r, 0.849385183, 9);
  assert_digits("C3_r ret", r->C3_r, 0.135525006, 9);
  assert_digits("Cn_r ret", r->Cn_r, 0.0505442711, 9);
  assert_digits("Cx_r ret", r->Cx_r, 0.717430762, 9);
  assert_digits("X_r ret", r->X_r, 0.0610210048, 9);
  assert_digits("dx ret", r->dx, 1.12722841e-4, 9);
  assert_digits("kX ret", r->kX, 1.49923999e-3, 9);
  assert_digits("r_c pap", p->r_c, 1.03588517e-3, 9);
  assert_digits("s3r pap", p->s3r, 0.321657273, 9);
  assert_digits("S_r pap", p->S_r, 0.849764501, 9);
  assert_digits("C3_r pap", p->C3_r, 0.158112507, 9);
  assert_digits("Cn_r pap", p->Cn_r, 0.164949424, 9);
  assert_digits("Cx_r pap", p->Cx_r, 0.309388096, 9);
  assert_digits("X_r pap", p->X_r, 0.0427147034, 9);
  assert_digits("d3 pap", p->d3, 1.79075987e-3, 9);
  assert_digits("dx pap", p->dx, 8.53035661e-4, 9);
  assert_digits("kX pap", p->kX, 6.98959456e-3, 9);
  taut__healing_destroy(&h);
}

/* Largest |P - L u| over layers and fields, for both instruction sets. */
static double residual(const taut_healing *h, taut_strip_fn *const *strips) {
  double worst = 0;
  for (int layer = 0; layer < TAUT_LAYERS; layer++) {
    point x = rest_point(h, layer);
    for (int f = 0; f < TAUT_H_FIELDS; f++) {
      if (!lives(h, f, layer)) continue;
      double P, L;
      rates(h, strips, h->set.drive_default, (taut_layer)layer, &x, f, &P, &L);
      worst = fmax(worst, fabs(P - L * x.u[f]));
    }
  }
  return worst;
}

static void rest_state_is_exact_for_every_profile(void **state) {
  (void)state;
  int people = 0;
  for (double age = 18; age <= 90; age += 8)
    for (int k = 0; k < 64; k++) {
      taut_profile who = person_of(age);
      if (k & 1) who.photo = 3 * (1 - fmin(0.6, fmax(0, (age - 20) / 100))); /* photoage 1 */
      if (k & 2) who.smoking = 0.7;
      if (k & 4) who.menopause = 12, who.hrt = k & 8 ? 1 : 0;
      if (k & 16) who.cortisol = 1.5, who.oestrogen = 0.5;
      who.phototype = 1 + k % 6;
      who.tension = k & 32 ? 1.4 : 0.7;
      taut_healing *h = new_healing(context, &params, who);
      double worst = residual(h, h->set.strip);
      if (!(worst < 1e-12)) fail_msg("age %g, case %d: |P - L u| = %g", age, k, worst);
      assert_true(residual(h, taut__healing_strips_base) < 1e-12);
      taut__healing_destroy(&h);
      people++;
    }
  assert_int_equal(people, 640);
}

static void patient_factors_follow_the_table(void **state) {
  (void)state;
  taut_healing *base = new_healing(context, &params, person_of(60));
  taut_profile who = person_of(60);
  who.smoking = 1, who.photo = 2, who.menopause = 10, who.cortisol = 1, who.oestrogen = 2, who.phototype = 5;
  taut_healing *h = new_healing(context, &params, who);
  const taut_layer_constants *a = &base->layer[TAUT_RETICULAR], *b = &h->layer[TAUT_RETICULAR];
  assert_close("Y", b->Y / a->Y, 0.9 * 0.82 * 0.8, 1e-12);
  assert_close("Y of age", a->Y, 1 - 0.32 * 40 / 60, 1e-12);
  assert_close("E_r", h->E_r, 1 + 0.15 * 2 + 0.25, 1e-12);
  assert_close("I_r", h->I_r, 0.86, 1e-12);
  assert_close("f_E", h->f_E, 1.25, 1e-12);
  assert_close("f_N", h->f_N, 0.5 / 5, 1e-12);
  assert_close("f_M", h->f_M, 0.5, 1e-12);
  assert_close("f_K", h->f_K, 1 - 0.25 * 35 / 50, 1e-12);
  assert_close("f_b", h->f_b, 0.8 * h->f_K, 1e-12);
  assert_close("H_r", b->H_r, 1 - 0.004 * 40, 1e-12);
  assert_close("em_r", b->em_r, 1 - 0.006 * 40, 1e-12);
  assert_close("s3r", b->s3r, 0.95 * a->s3r, 1e-12);
  assert_close("in_r", b->in_r, 0.952 * b->g * exp(-0.15), 1e-12);
  taut__healing_destroy(&h);
  who = person_of(60);
  who.menopause = 30, who.hrt = 1;
  h = new_healing(context, &params, who);
  assert_close("Y with hormones", h->layer[2].Y, a->Y, 1e-12);
  assert_close("in_r with hormones", h->layer[2].in_r, a->in_r * exp(-0.015 * 15 * 0.5), 1e-12);
  taut__healing_destroy(&h);
  taut__healing_destroy(&base);
}

static void profiles_follow_the_patient_words(void **state) {
  (void)state;
  taut_patient patient = {
      .age = 60, .phototype = 3, .photoage = 0.4, .pack_years = 5, .menopause = 9, .hormone_therapy = true};
  taut_profile typical = taut__profile(&patient, false);
  assert_true(typical.photo == 0 && typical.smoking == 0.5 && typical.menopause == 9 && typical.hrt == 1 &&
              typical.tension == 1);
  patient.photoage = 0.6, patient.pack_years = 30;
  taut_profile worn = taut__profile(&patient, false);
  assert_close("photo", worn.photo, 0.6, 1e-12);
  assert_true(worn.smoking == 1);
  patient.photoage = 0.1, patient.pack_years = 5;
  taut_profile document = taut__profile(&patient, true);
  assert_true(document.photo == 0 && document.smoking == 0);
}

static void expect_refusal(taut_profile who, const char *part) {
  taut_healing *h = NULL;
  assert_int_equal(taut__healing_create(context, &params, &who, &h), TAUT_ERR_INPUT);
  assert_null(h);
  if (!strstr(taut_context_message(context), part)) fail_msg("'%s' lacks '%s'", taut_context_message(context), part);
}

static void impossible_rest_states_are_refused_by_name(void **state) {
  (void)state;
  const taut_profile who = person_of(40);
  params.k_a0 = 0.5;
  expect_refusal(who, "healing.k_a0");
  params = default_params(context);
  taut_profile postmenopausal = person_of(25);
  postmenopausal.menopause = 15;
  params.y_p = 200;
  expect_refusal(postmenopausal, "papillary dermis: crosslinked collagen");
  params = default_params(context);
  params.y_r = 1000;
  expect_refusal(postmenopausal, "healing.s3_r");
  params = default_params(context);
  params.q_o = 0.96;
  expect_refusal(who, "healing.q_o (0.96) must be below healing.q_y");
  params = default_params(context);
  params.q_o = 0.95;
  expect_refusal(who, "make no collagen");
  params = default_params(context);
  params.age_em = 0.12 / 365.25;
  expect_refusal(who, "healing.age_em");
}

static void drifting_skin_ages_as_the_document_says(void **state) {
  (void)state;
  params.drift = 1;
  taut_healing *h = new_healing(context, &params, person_of(40));
  const double percent_a_year[] = {0, -3.0, -0.48};
  for (int layer = TAUT_PAPILLARY; layer <= TAUT_RETICULAR; layer++) {
    point x = rest_point(h, layer);
    integrate(h, (taut_layer)layer, &x, 365.25, 8000);
    double total = x.u[TAUT_H_C3] + x.u[TAUT_H_Cn] + x.u[TAUT_H_Cx] + x.u[TAUT_H_X];
    assert_digits("change a year", 100 * (total / h->layer[layer].Ct_r - 1), percent_a_year[layer], 2);
  }
  taut__healing_destroy(&h);
}

static void untreated_point_stays_at_rest_for_a_year(void **state) {
  (void)state;
  taut_healing *h = new_healing(context, &params, person_of(52));
  for (int layer = 0; layer < TAUT_LAYERS; layer++) {
    point rest = rest_point(h, layer), x = rest;
    integrate(h, (taut_layer)layer, &x, 365, 8000);
    for (int f = 0; f < TAUT_H_FIELDS; f++) assert_true(fabs(x.u[f] - rest.u[f]) < 1e-12);
  }
  taut__healing_destroy(&h);
}

static void loop_gains_meet_the_document(void **state) {
  (void)state;
  taut_healing *h = new_healing(context, &params, person_of(40));
  assert_digits("inflammation, B 1", taut__gain_inflammation(h, 1), 0.524, 3);
  assert_digits("inflammation, B 1.5", taut__gain_inflammation(h, 1.5), 0.699, 3);
  assert_digits("inflammation, B 2", taut__gain_inflammation(h, 2), 0.874, 3);
  assert_digits("inflammation, B 2.5", taut__gain_inflammation(h, 2.5), 1.05, 3);
  assert_digits("TGF, m 0.3, F 1", taut__gain_tgf(h, 0.3, 1), 0.06, 1);
  assert_digits("TGF, m 1, F 1", taut__gain_tgf(h, 1, 1), 0.19, 2);
  assert_digits("TGF, m 1, F 2.5", taut__gain_tgf(h, 1, 2.5), 0.48, 2);
  assert_true(h->loop_gain_inflammation == taut__gain_inflammation(h, 1));
  assert_true(h->loop_gain_tgf == taut__gain_tgf(h, 1, 1));
  taut__healing_destroy(&h);
  taut_profile who = person_of(40);
  who.cortisol = 1;
  h = new_healing(context, &params, who);
  assert_close("with cortisol", h->loop_gain_inflammation, 0.5243 / 2, 1e-3);
  taut__healing_destroy(&h);
}

/* The gain is the slope of the loop at rest: raise c a little, follow w1, w2, N and M1 to their quasi-steady values through
 * the strips, read c again. */
static void inflammation_gain_is_the_slope_of_the_strips(void **state) {
  (void)state;
  taut_healing *h = new_healing(context, &params, person_of(40));
  point x = rest_point(h, TAUT_RETICULAR);
  const double c = 1e-7;
  const int order[] = {TAUT_H_w1, TAUT_H_w2, TAUT_H_N, TAUT_H_M1};
  x.u[TAUT_H_c] = c;
  double P, L;
  for (int k = 0; k < 4; k++) {
    rates(h, h->set.strip, h->set.drive_default, TAUT_RETICULAR, &x, order[k], &P, &L);
    x.u[order[k]] = P / L;
  }
  rates(h, h->set.strip, h->set.drive_default, TAUT_RETICULAR, &x, TAUT_H_c, &P, &L);
  assert_close("slope", P / L / c, h->loop_gain_inflammation, 1e-5);
  taut__healing_destroy(&h);
}

int main(void) {
  const struct CMUnitTest tests[] = {
#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)
      TEST(age_initialiser_meets_the_document),
      TEST(young_people_have_not_aged),
      TEST(constants_at_age_25_meet_the_document),
      TEST(constants_at_age_40_meet_the_document),
      TEST(rest_state_is_exact_for_every_profile),
      TEST(patient_factors_follow_the_table),
      TEST(profiles_follow_the_patient_words),
      TEST(impossible_rest_states_are_refused_by_name),
      TEST(drifting_skin_ages_as_the_document_says),
      TEST(untreated_point_stays_at_rest_for_a_year),
      TEST(loop_gains_meet_the_document),
      TEST(inflammation_gain_is_the_slope_of_the_strips),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
