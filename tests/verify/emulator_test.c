/* The wide emulator of the suction test against finite elements: errors as its table states them, the people it covers,
 * what it refuses, and what a run makes of it. */
#include "emulator_skins.h"
#include "course/course.h"
#include "fem/suction.h"
#include "instruments/patch.h"
#include "model/model.h"

#include "mechanics_fixture.h"

enum { X = TAUT_WIDE_FEATURES + TAUT_WIDE_HELD, SKINS = 40, SEED = 20 };

static taut_suction_values by_elements(const taut_skin_law *skin) {
  const taut_suction s = taut__suction_default(skin, 1, TAUT_MESH_M1);
  taut_suction_result r;
  if (taut__suction_run(&s, &r)) fail_msg("%s", r.reason);
  const taut_suction_values v = {r.reading.R[0], r.reading.Ue, r.reading.R[2], r.reading.R[5], r.reading.R[7]};
  taut__suction_free(&r);
  return v;
}

static taut_suction_values emulated(const taut_skin_law *skin) {
  double x[X];
  taut__wide_features(skin, x);
  return taut__emulate_wide(x);
}

static int outside(const taut_skin_law *skin) {
  double x[X];
  taut__wide_features(skin, x);
  return taut__wide_outside(x);
}

static emulator_source source_of(const fixture *f) {
  emulator_source s;
  assert_ok(f, emulator_source_create(f->context, &s));
  return s;
}

static void differ(const taut_suction_values *a, const taut_suction_values *b, double d[TAUT_WIDE_OUTPUTS]) {
  d[TAUT_WIDE_R0] = log(a->R0 / b->R0);
  d[TAUT_WIDE_Ue] = log(a->Ue / b->Ue);
  d[TAUT_WIDE_R2] = a->R2 - b->R2;
  d[TAUT_WIDE_R5] = a->R5 - b->R5;
  d[TAUT_WIDE_R7] = a->R7 - b->R7;
}

/* Fresh skins, seed 20, always the same.  A root mean square of forty errors with long tails is known within a fifth: two
 * such standard errors are allowed. */
static void fresh_skins_have_the_stated_errors(void **state) {
  (void)state;
  static const char *const name[] = {"ln R0", "ln Ue", "R2", "R5", "R7"};
  fixture f = open_fixture();
  const emulator_source source = source_of(&f);
  double level[TAUT_WIDE_OUTPUTS] = {0}, change[TAUT_WIDE_OUTPUTS] = {0}, z[EMULATOR_DRAWS];
  int n = 0, refused = 0;
  for (uint64_t k = 0; n < SKINS; k++) {
    taut_skin_law skin, treated;
    emulator_fresh_draws(SEED, k, z);
    if (!emulator_skin(&source, z, 0, &skin) || !emulator_skin(&source, z, 0.5, &treated)) continue;
    if (outside(&skin) >= 0 || outside(&treated) >= 0) {
      refused++;
      continue;
    }
    const taut_suction_values fe[2] = {by_elements(&skin), by_elements(&treated)};
    const taut_suction_values em[2] = {emulated(&skin), emulated(&treated)};
    double d[2][TAUT_WIDE_OUTPUTS];
    for (int i = 0; i < 2; i++) differ(&em[i], &fe[i], d[i]);
    for (int o = 0; o < TAUT_WIDE_OUTPUTS; o++) {
      level[o] += d[0][o] * d[0][o] / SKINS;
      change[o] += pow(d[1][o] - d[0][o], 2) / SKINS;
    }
    n++;
  }
  print_message("# %d refused of %d\n", refused, SKINS + refused);
  assert_true(refused <= SKINS / 10); /* the range is that of the skins, not a part of it */
  for (int o = 0; o < TAUT_WIDE_OUTPUTS; o++) {
    const taut_wide_error *stated = taut__wide_error(o);
    print_message("# %-5s rms %.4f, stated %.4f; of a change %.5f, stated %.5f\n", name[o], sqrt(level[o]), stated->rms,
                  sqrt(change[o]), stated->change);
    assert_true(sqrt(level[o]) < 1.4 * stated->rms);
    assert_true(sqrt(change[o]) < 1.4 * stated->change);
    assert_true(sqrt(level[o]) > 0.5 * stated->rms); /* nor is the stated error idle */
  }
  close_fixture(&f);
}

static void the_stated_errors_are_small(void **state) {
  (void)state;
  assert_true(taut__wide_error(TAUT_WIDE_R0)->rms <= 0.010);
  assert_true(taut__wide_error(TAUT_WIDE_R2)->rms <= 0.010);
  assert_true(taut__wide_error(TAUT_WIDE_R5)->rms <= 0.013); /* beyond the 0.01 aimed at */
  assert_true(taut__wide_error(TAUT_WIDE_R7)->rms <= 0.010);
}

/* T9: the ages of the document, anchored at 40 years as a run does; 70 years lie inside. */
static void anchored_ages_meet_T9(void **state) {
  (void)state;
  static const struct {
    double age, R0, R2, R5, R7;
  } rows[] = {{25, .2676, .7977, .7957, .5114}, {55, .2657, .6775, .7189, .3913}, {70, .2558, .6175, .7032, .3514}};
  static const taut_suction_values fe_40 = {.R0 = .2700, .Ue = .15996, .R2 = .7400, .R5 = .7512, .R7 = .4451};
  fixture f = open_fixture();
  taut_mechanics_person person = taut__mechanics_reference_person(&f.p);
  person.documents = true;
  taut_material m = material_of(&f, &person);
  taut_skin_law skin = taut__material_law(&m);
  const taut_suction_values base = emulated(&skin);
  check_near("R0 at 40", base.R0, .26929, 2 * taut__wide_error(TAUT_WIDE_R0)->rms, 0);
  for (int i = 0; i < 3; i++) {
    person.age = rows[i].age;
    m = material_of(&f, &person);
    skin = taut__material_law(&m);
    assert_int_equal(outside(&skin), -1);
    const taut_suction_values raw = emulated(&skin), y = taut__anchor(&fe_40, &base, &raw);
    print_message("# %g years: R0 %+.4f mm, R2 %+.4f, R5 %+.4f, R7 %+.4f\n", rows[i].age, y.R0 - rows[i].R0,
                  y.R2 - rows[i].R2, y.R5 - rows[i].R5, y.R7 - rows[i].R7);
    check_near("R0", y.R0, rows[i].R0, 2 * taut__wide_error(TAUT_WIDE_R0)->rms, 0);
    check_near("R2", y.R2, rows[i].R2, 0, 2 * taut__wide_error(TAUT_WIDE_R2)->rms);
    check_near("R5", y.R5, rows[i].R5, 0, 2 * taut__wide_error(TAUT_WIDE_R5)->rms);
    check_near("R7", y.R7, rows[i].R7, 0, 2 * taut__wide_error(TAUT_WIDE_R7)->rms);
  }
  close_fixture(&f);
}

/* ------------------------------------------------------------------------------------------------- real cases ---- */

typedef struct patient {
  taut_case *c;
  taut_model *model;
  taut_state *state;
  taut_patch_instrument *patch;
} patient;

static patient patient_of(taut_context *context, const char *text) {
  patient p = {0};
  taut_texts warnings = {0};
  if (taut_case_parse(context, "test.yaml", text, strlen(text), NULL, 0, &p.c) ||
      taut_model_create(context, p.c, &p.model) || taut_state_create(context, p.model, &p.state) ||
      taut__patch_create(context, p.c, &p.model->skin, p.model->healing, &warnings, &p.patch))
    fail_msg("%s: %s", text, taut_context_message(context));
  taut__texts_free(&warnings);
  return p;
}

static void discharge(patient *p) {
  taut__patch_destroy(&p->patch);
  taut_state_destroy(&p->state);
  taut_model_destroy(&p->model);
  taut_case_destroy(&p->c);
}

static taut_skin_law law_now(const patient *p) {
  taut_view view;
  taut_patch_reading reading;
  taut__state_view(p->state, &view);
  taut__patch_read(p->patch, &view, &reading);
  return reading.law;
}

static void people_of_20_to_90_at_every_site_are_inside(void **state) {
  (void)state;
  static const char *const sites[] = {"cheek",         "forehead",    "crows_feet",   "perioral",    "chin",
                                      "neck",          "forearm",     "glabella",     "thigh",       "abdomen",
                                      "nose_sidewall", "decolletage", "upper_eyelid", "lower_eyelid"};
  fixture f = open_fixture();
  for (size_t s = 0; s < sizeof sites / sizeof *sites; s++)
    for (int age = 20; age <= 90; age += 10)
      for (int male = 0; male < 2; male++) {
        char text[400];
        snprintf(text, sizeof text,
                 "patient: {age: %d years, sex: %s}\nsite: %s\ntreatment: {depth: 0.25 mm}\nmodel: {accuracy: draft}\n"
                 "schedule: {sessions: 0, follow_up: [1 day]}\nacknowledge: [orbital_rim]\n",
                 age, male ? "male" : "female", sites[s]);
        patient p = patient_of(f.context, text);
        const taut_skin_law skin = law_now(&p);
        const int out = outside(&skin);
        const char *words = "", *name = out < 0 ? "" : taut__wide_feature_name(out, &words, &(double){0}, &(double){0});
        if (out >= 0) fail_msg("%s, %d years, %s: %s (%s)", sites[s], age, male ? "man" : "woman", name, words);
        discharge(&p);
      }
  close_fixture(&f);
}

/* Changes along a course, anchored at its baseline, against those of finite elements on the same mesh. */
static void changes_along_a_course_are_within_the_stated_error(void **state) {
  (void)state;
  fixture f = open_fixture();
  patient p =
      patient_of(f.context, "patient: {age: 56 years, phototype: II, photoage: 0.6, menopause: 5 years ago}\n"
                            "site: neck\ntreatment: {depth: 1.0 mm, density: 250 /cm^2}\nmodel: {accuracy: draft}\n"
                            "schedule: {sessions: 4, interval: 4 weeks, follow_up: [120 days]}\n");
  const taut_skin_law before = law_now(&p);
  const taut_suction_values fe_base = by_elements(&before), em_base = emulated(&before);
  taut_report report = {0};
  for (int day = 0; day <= 120; day++) {
    taut_view last, now;
    if (day > 0) {
      taut__state_view(p.state, &last);
      assert_ok(&f, taut__engine_advance(p.state->engine, day, NULL, NULL, &report));
      taut__state_view(p.state, &now);
      assert_ok(&f, taut__patch_advance(p.patch, 1, &last, &now));
    }
    if (taut__state_next_session(p.state) <= day) {
      assert_ok(&f, taut__state_session(p.state));
      taut__state_view(p.state, &now);
      assert_ok(&f, taut__patch_session(p.patch, &now));
    }
    if (day != 3 && day != 28 && day != 60 && day != 120) continue;
    const taut_skin_law after = law_now(&p);
    assert_int_equal(outside(&after), -1);
    const taut_suction_values fe = by_elements(&after), em = emulated(&after);
    double wanted[TAUT_WIDE_OUTPUTS], found[TAUT_WIDE_OUTPUTS];
    differ(&fe, &fe_base, wanted);
    differ(&em, &em_base, found);
    print_message("# day %3d: ln R0 %+.5f (%+.5f), R2 %+.5f (%+.5f), R5 %+.5f (%+.5f), R7 %+.5f (%+.5f)\n", day,
                  wanted[TAUT_WIDE_R0], found[TAUT_WIDE_R0] - wanted[TAUT_WIDE_R0], wanted[TAUT_WIDE_R2],
                  found[TAUT_WIDE_R2] - wanted[TAUT_WIDE_R2], wanted[TAUT_WIDE_R5],
                  found[TAUT_WIDE_R5] - wanted[TAUT_WIDE_R5], wanted[TAUT_WIDE_R7],
                  found[TAUT_WIDE_R7] - wanted[TAUT_WIDE_R7]);
    for (int o = 0; o < TAUT_WIDE_OUTPUTS; o++)
      assert_true(fabs(found[o] - wanted[o]) < 2 * taut__wide_error(o)->change);
  }
  discharge(&p);
  close_fixture(&f);
}

/* --------------------------------------------------------------------------------------------------- refusals ---- */

static void check_refusal(const taut_skin_law *skin, const char *wanted) {
  const char *words;
  double low, high;
  const int feature = outside(skin);
  assert_true(feature >= 0);
  assert_string_equal(taut__wide_feature_name(feature, &words, &low, &high), wanted);
  assert_true(low <= high && strlen(words) > 0);
}

static void what_was_not_trained_is_refused_by_name(void **state) {
  (void)state;
  fixture f = open_fixture();
  const taut_material m = reference_material(&f);
  const taut_skin_law skin = taut__material_law(&m);
  assert_int_equal(outside(&skin), -1);
  taut_skin_law s = skin;
  s.layer[TAUT_MECH_HY].h = 0.5;
  check_refusal(&s, "h_hy");
  s = skin;
  s.layer[TAUT_MECH_RD].h = 4;
  check_refusal(&s, "h_d");
  s = skin;
  s.layer[TAUT_MECH_RD].K = 19000;
  check_refusal(&s, "K_rd");
  s = skin;
  for (int a = 0; a < 2; a++) s.layer[TAUT_MECH_RD].D[a] = s.layer[TAUT_MECH_RD].D[2] / 2; /* pressed, not pulled */
  check_refusal(&s, "sigma0");
  s = skin;
  s.viscosity.beta[1] = 60;
  check_refusal(&s, "creep_e");
  /* every feature inside, all of them near an end: no such skin was seen */
  double x[X] = {0};
  for (int i = 0; i < TAUT_WIDE_FEATURES; i++) x[i] = i % 2 ? 1.2 : -1.2;
  assert_int_equal(taut__wide_outside(x), X);
  assert_true(taut__wide_rarity((const double[X]){0}) == 0);
  close_fixture(&f);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(fresh_skins_have_the_stated_errors),
      cmocka_unit_test(the_stated_errors_are_small),
      cmocka_unit_test(anchored_ages_meet_T9),
      cmocka_unit_test(people_of_20_to_90_at_every_site_are_inside),
      cmocka_unit_test(changes_along_a_course_are_within_the_stated_error),
      cmocka_unit_test(what_was_not_trained_is_refused_by_name),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
