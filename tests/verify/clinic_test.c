/* Mechanics and instruments coupled to the healing course (design rules 7, 8, 11, 12). */
#include "course/clinic.h"
#include "course/course.h"
#include "instruments/patch.h"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

static taut_context *context;

static int make_context(void **state) {
  (void)state;
  return taut_context_create(NULL, &context) != TAUT_OK;
}

static void drop_neck_course(void);

static int drop_context(void **state) {
  (void)state;
  drop_neck_course();
  taut_context_destroy(&context);
  return 0;
}

static void good(taut_err err) {
  if (err) fail_msg("%s", taut_context_message(context));
}

static const char *const neck =
    "patient: {age: 56 years, phototype: II, photoage: 0.6, menopause: 5 years ago}\n"
    "site: neck\n"
    "treatment: {depth: 1.0 mm, density: 250 /cm^2}\n"
    "schedule: {sessions: 4, interval: 4 weeks, follow_up: [1 h, 1 day, 28 days, 90 days, 180 days]}\n"
    "model: {accuracy: draft}\n";
static const char *const cheek = "patient: {age: 40 years}\nsite: cheek\ntreatment: {depth: 0.75 mm}\n"
                                 "schedule: {sessions: 0, follow_up: [1 day]}\nmodel: {accuracy: draft}\n";

typedef struct run {
  taut_case *c;
  taut_model *model;
  taut_result *result;
} run;

/* The course of the neck as it stands, which several tests look at, is run once. */
static run neck_course;

static run run_case(const char *text, int n, const char *const *sets) {
  const bool shared = text == neck && n == 0;
  run r = {0};
  if (shared && neck_course.result) return neck_course;
  good(taut_case_parse(context, "test.yaml", text, strlen(text), sets, (size_t)n, &r.c));
  good(taut_model_create(context, r.c, &r.model));
  good(taut_run(context, r.model, &r.result));
  if (shared) neck_course = r;
  return r;
}

static void free_run(run *r) {
  if (r->result == neck_course.result) return;
  taut_result_destroy(&r->result);
  taut_model_destroy(&r->model);
  taut_case_destroy(&r->c);
}

static void drop_neck_course(void) {
  run r = neck_course;
  neck_course = (run){0};
  free_run(&r);
}

static double at(const taut_result *r, int visit, int quantity) {
  return r->visit[visit * TAUT_QUANTITIES + quantity];
}

/* Rule 7: untreated skin, all fields on, is a fixed point for ten years. */
static void untreated_skin_keeps_its_tension_for_ten_years(void **state) {
  (void)state;
  const char *sets[] = {"schedule.sessions=0", "schedule.follow_up=[1 year, 5 years, 10 years]"};
  const char *text = "patient: {age: 56 years, photoage: 0.6}\nsite: neck\ntreatment: {depth: 1.0 mm}\n";
  run r = run_case(text, 2, sets);
  for (int v = 0; v < r.result->visits; v++) {
    assert_true(fabs(at(r.result, v, TAUT_Q_skin_tension) / r.result->baseline[TAUT_Q_skin_tension] - 1) < 1e-9);
    assert_true(fabs(at(r.result, v, TAUT_Q_contraction)) < 1e-9);
    assert_true(fabs(at(r.result, v, TAUT_Q_dermal_thickness) / r.result->baseline[TAUT_Q_dermal_thickness] - 1) <
                1e-9);
    assert_true(fabs(at(r.result, v, TAUT_Q_cutometer_r2) - r.result->baseline[TAUT_Q_cutometer_r2]) < 1e-9);
  }
  free_run(&r);
}

/* Rule 7: old and new labels of every pool add up to the field through sessions and steps. */
static void labels_add_up_to_the_fields(void **state) {
  (void)state;
  taut_case *c = NULL;
  taut_model *m = NULL;
  taut_state *s = NULL;
  taut_texts warnings = {0};
  taut_patch_instrument *patch = NULL;
  good(taut_case_parse(context, "test.yaml", neck, strlen(neck), NULL, 0, &c));
  good(taut_model_create(context, c, &m));
  good(taut_state_create(context, m, &s));
  good(taut__patch_create(context, c, &m->skin, m->healing, &warnings, &patch));
  taut_view last, now;
  double day = 0;
  taut_report report = {0};
  for (double t = 0; t <= 120; t += 0.5) {
    if (t > 0) {
      taut__state_view(s, &last);
      good(taut__engine_advance(s->engine, t, NULL, NULL, &report));
      taut__state_view(s, &now);
      good(taut__patch_advance(patch, t - day, &last, &now));
      day = t;
    }
    if (taut__state_next_session(s) <= t) {
      good(taut__state_session(s));
      taut__state_view(s, &now);
      good(taut__patch_session(patch, &now));
    }
    const taut_mixture_state *x = taut__patch_state(patch);
    for (int l = 0; l < TAUT_MIX_LAYERS; l++) {
      const int layer = l == TAUT_MIX_PD ? TAUT_PAPILLARY : TAUT_RETICULAR;
      const taut_mixture_labels *a = &x->layer[l].old, *b = &x->layer[l].fresh;
      const double sum[] = {a->C3 + b->C3, a->Cn + b->Cn, a->Cx + b->Cx, a->X + b->X, a->ev + b->ev, a->em + b->em};
      const int field[] = {TAUT_H_C3, TAUT_H_Cn, TAUT_H_Cx, TAUT_H_X, TAUT_H_ev, TAUT_H_em};
      for (int f = 0; f < 6; f++) assert_true(fabs(sum[f] / now.mean[field[f]][layer] - 1) < 1e-12);
    }
  }
  taut__patch_destroy(&patch);
  taut__texts_free(&warnings);
  taut_state_destroy(&s);
  taut_model_destroy(&m);
  taut_case_destroy(&c);
}

/* Issue: cheek, woman, 40 years, untreated. */
static void the_cheek_of_forty_reads_as_published(void **state) {
  (void)state;
  run r = run_case(cheek, 0, NULL);
  const double *b = r.result->baseline;
  assert_true(fabs(b[TAUT_Q_cutometer_r0] - 0.270) < 0.0015);
  assert_true(fabs(b[TAUT_Q_cutometer_r2] - 0.740) < 0.0015);
  assert_true(fabs(b[TAUT_Q_cutometer_r5] - 0.751) < 0.002);
  assert_true(fabs(b[TAUT_Q_cutometer_r7] - 0.445) < 0.0015);
  assert_true(fabs(b[TAUT_Q_laxity_grade] - 1.5) < 0.01);
  free_run(&r);
}

/* Trial of the coupled chain: thicker, but within 0.6 % of tension and contraction; swelling adds to thickness early. */
static void a_course_thickens_and_does_not_tighten(void **state) {
  (void)state;
  run r = run_case(neck, 0, NULL);
  const taut_result *x = r.result;
  const int last = x->visits - 1;
  const double h0 = x->baseline[TAUT_Q_dermal_thickness], T0 = x->baseline[TAUT_Q_skin_tension];
  assert_true(at(x, last, TAUT_Q_dermal_thickness) > 1.006 * h0 && at(x, last, TAUT_Q_dermal_thickness) < 1.057 * h0);
  for (int v = 0; v < x->visits; v++) {
    assert_true(fabs(at(x, v, TAUT_Q_skin_tension) / T0 - 1) < 0.006);
    assert_true(fabs(at(x, v, TAUT_Q_contraction)) < 0.006);
  }
  assert_true(at(x, 1, TAUT_Q_oedema) > 0.01 && at(x, 1, TAUT_Q_dermal_thickness) > 1.01 * h0);
  assert_true(at(x, last, TAUT_Q_downtime) > 30 && at(x, last, TAUT_Q_downtime) < 90);
  free_run(&r);
}

/* Rule 11: a laxity given by the user sets the tension of day 0. */
static void a_given_laxity_sets_the_tension(void **state) {
  (void)state;
  const char *sets[3][1] = {{"patient.laxity=1"}, {"patient.laxity=2"}, {"patient.laxity=3"}};
  double last = INFINITY;
  for (int i = 0; i < 3; i++) {
    run r = run_case(cheek, 1, sets[i]);
    assert_true(fabs(r.result->baseline[TAUT_Q_laxity_grade] - (i + 1)) < 1e-6);
    assert_true(r.result->baseline[TAUT_Q_skin_tension] < last);
    last = r.result->baseline[TAUT_Q_skin_tension];
    free_run(&r);
  }
}

/* Rule 12: a visit on a session day is measured before the session. */
static void visits_on_session_days_come_before(void **state) {
  (void)state;
  run r = run_case(neck, 0, NULL);
  assert_true(r.result->visit_day[2] == 28);
  assert_true(at(r.result, 2, TAUT_Q_open_channel_fraction) < 1e-6);
  assert_true(at(r.result, 0, TAUT_Q_open_channel_fraction) > 1e-3);
  free_run(&r);
}

/* The hope of an unblinded rater is kept apart from the physical change, and starts with the first session. */
static void bias_is_kept_apart_from_change(void **state) {
  (void)state;
  run r = run_case(neck, 0, NULL);
  const double *b = r.result->baseline;
  assert_true(b[TAUT_Q_laxity_grade_unblinded] == b[TAUT_Q_laxity_grade]);
  for (int v = 0; v < r.result->visits; v++)
    assert_true(fabs(at(r.result, v, TAUT_Q_laxity_grade_unblinded) - at(r.result, v, TAUT_Q_laxity_grade) + 0.5) <
                1e-12);
  free_run(&r);
}

/* Instruments and raters scatter more than a course changes: a run says by how much. */
static void one_reading_scatters_as_written(void **state) {
  (void)state;
  const char *sets[] = {"mechanics.noise_R0=0.1", "mechanics.rater_sd=0.3", "mechanics.reading_sd=0.4"};
  run r = run_case(cheek, 3, sets);
  const double *sd = r.result->noise, *b = r.result->baseline;
  assert_true(fabs(sd[TAUT_Q_dermal_thickness] - 0.05) < 1e-12);
  assert_true(fabs(sd[TAUT_Q_cutometer_r0] - 0.1 * b[TAUT_Q_cutometer_r0]) < 1e-12);
  assert_true(fabs(sd[TAUT_Q_cutometer_r5] - 0.08) < 1e-12);
  assert_true(fabs(sd[TAUT_Q_roughness_rz] - 0.08 * b[TAUT_Q_roughness_rz]) < 1e-12);
  assert_true(fabs(sd[TAUT_Q_laxity_grade] - 0.5) < 1e-12);
  assert_true(fabs(sd[TAUT_Q_laxity_grade_unblinded] - hypot(0.5, 0.25)) < 1e-12);
  assert_true(sd[TAUT_Q_skin_tension] == 0 && sd[TAUT_Q_collagen_total] == 0); /* nobody has measured them so */
  free_run(&r);
}

/* What follows from R0 cannot be surer than R0.  Before a session and long after the last: hyaluronan of the first weeks,
 * which is not among the unknowns that the mark is about, moves R0 by per cents. */
static void what_follows_from_r0_is_marked_with_it(void **state) {
  (void)state;
  const char *sets[] = {"schedule.follow_up=[28 days, 180 days]"};
  run r = run_case(neck, 1, sets);
  const bool *mark = r.result->undemonstrable;
  assert_true(mark[TAUT_Q_cutometer_r0] && mark[TAUT_Q_cutometer_r3] && mark[TAUT_Q_cutometer_r9]);
  assert_true(mark[TAUT_Q_skin_tension] && mark[TAUT_Q_contraction]);
  assert_false(mark[TAUT_Q_dermal_thickness] || mark[TAUT_Q_collagen_total]);
  free_run(&r);
}

static bool warned(const taut_result *r, const char *word);

/* mechanics.md 9.2: the strain of the surface is fitted to the wrinkles or the roughness of the person. */
static void the_surface_of_the_person_is_taken(void **state) {
  (void)state;
  const char *grade[] = {"patient.wrinkle_grade=2.5"}, *rough[] = {"patient.roughness=25 um"};
  const char *deep[] = {"patient.wrinkle_grade=5"};
  run r = run_case(cheek, 1, grade);
  assert_true(fabs(r.result->baseline[TAUT_Q_wrinkle_grade] - 2.5) < 1e-9);
  assert_true(isnan(r.result->baseline[TAUT_Q_crease_depth]));
  free_run(&r);
  r = run_case(cheek, 1, rough);
  assert_true(fabs(r.result->baseline[TAUT_Q_roughness_ra] - 25) < 1e-9);
  assert_false(warned(r.result, "fine wrinkles"));
  free_run(&r);
  r = run_case(cheek, 1, deep);
  assert_true(r.result->baseline[TAUT_Q_wrinkle_grade] < 5 && warned(r.result, "fine wrinkles"));
  free_run(&r);
}

/* A crease rests where nothing happens, and is filled by a dermis that thickens: less than the law's limit, which it nears
 * with its memory of 60 days. */
static void a_crease_remembers_and_is_filled(void **state) {
  (void)state;
  const char *rest[] = {"patient.crease_depth=0.3 mm", "schedule.follow_up=[1 year]"};
  run r = run_case(cheek, 2, rest);
  assert_true(fabs(at(r.result, 0, TAUT_Q_crease_depth) - 0.3) < 1e-9);
  free_run(&r);
  const char *sets[] = {"patient.crease_depth=0.3 mm", "patient.crease_spacing=4 mm"};
  run treated = run_case(neck, 2, sets);
  const taut_result *x = treated.result;
  const int last = x->visits - 1;
  const double filled = x->baseline[TAUT_Q_crease_depth] - at(x, last, TAUT_Q_crease_depth);
  const double thicker = at(x, last, TAUT_Q_dermal_thickness) - x->baseline[TAUT_Q_dermal_thickness];
  assert_true(fabs(x->baseline[TAUT_Q_crease_depth] - 0.3) < 1e-12);
  assert_true(thicker > 0 && filled > 0.2 * 0.5 * thicker && filled < 0.2 * 2 * thicker);
  free_run(&treated);
}

static bool warned(const taut_result *r, const char *word) {
  for (size_t i = 0; i < r->warnings.count; i++)
    if (strstr(r->warnings.item[i], word)) return true;
  return false;
}

static void care_that_meets_open_pores_is_warned_of(void **state) {
  (void)state;
  const char *sets[] = {"aftercare.makeup_after=2 h", "aftercare.vitamin_c_after=1 h"};
  run r = run_case(neck, 2, sets);
  assert_true(warned(r.result, "make-up 2 h") && warned(r.result, "granulomas"));
  free_run(&r);
  r = run_case(neck, 0, NULL);
  assert_false(warned(r.result, "make-up") || warned(r.result, "granulomas"));
  /* counted events stand beside the risks */
  assert_int_equal(r.result->events, TAUT_COUNTED_EVENTS);
  for (int i = 0; i < r.result->events; i++)
    if (r.result->event[i].people)
      assert_true(r.result->event[i].low <= (double)r.result->event[i].count / r.result->event[i].people &&
                  r.result->event[i].high >= (double)r.result->event[i].count / r.result->event[i].people);
  free_run(&r);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(untreated_skin_keeps_its_tension_for_ten_years),
      cmocka_unit_test(labels_add_up_to_the_fields),
      cmocka_unit_test(the_cheek_of_forty_reads_as_published),
      cmocka_unit_test(a_course_thickens_and_does_not_tighten),
      cmocka_unit_test(a_given_laxity_sets_the_tension),
      cmocka_unit_test(visits_on_session_days_come_before),
      cmocka_unit_test(bias_is_kept_apart_from_change),
      cmocka_unit_test(the_surface_of_the_person_is_taken),
      cmocka_unit_test(a_crease_remembers_and_is_filled),
      cmocka_unit_test(one_reading_scatters_as_written),
      cmocka_unit_test(what_follows_from_r0_is_marked_with_it),
      cmocka_unit_test(care_that_meets_open_pores_is_warned_of),
  };
  return cmocka_run_group_tests(tests, make_context, drop_context);
}
