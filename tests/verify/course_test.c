/* Invariants of whole courses (healing.md 16, needling.md 11), through the path of real cases. */
#include "course/course.h"
#include "model/model.h"
#include "observe/view.h"

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

static int drop_context(void **state) {
  (void)state;
  taut_context_destroy(&context);
  return 0;
}

static void good(taut_err err) {
  if (err) fail_msg("%s", taut_context_message(context));
}

static const char *const neck = "patient: {age: 56 years, phototype: II, photoage: 0.5, menopause: 5 years ago}\n"
                                "site: neck\n"
                                "device: pen_14\n"
                                "treatment: {depth: 1.0 mm, density: 250 /cm^2}\n"
                                "schedule: {sessions: 2, interval: 4 weeks, follow_up: [1 h, 1 week, 90 days]}\n";
static const char *const reference =
    "patient: {age: 40 years}\n"
    "site: cheek\n"
    "treatment: {depth: 1.5 mm, density: 250 /cm^2}\n"
    "schedule: {sessions: 1, follow_up: [1 h, 1 day, 28 days]}\n"
    "model: {defaults: documents, layers: reference, injury: reference, grid: G1, tracks: 1, tolerance: 1e-5}\n";

static const char *const unlike = "patient: {age: 45 years}\nsite: cheek\ndevice: pen_14\n"
                                  "treatment: {depth: 1.0 mm, density: 250 /cm^2}\n"
                                  "schedule:\n"
                                  "  sessions: [{at: 0 weeks}, {at: 4 weeks, depth: 0.75 mm, density: 150 /cm^2}]\n"
                                  "  follow_up: [28 days, 56 days]\n";

typedef struct course {
  taut_case *c;
  taut_model *model;
  taut_state *state;
} course;

static course start(const char *text, int n, const char *const *sets) {
  course x = {0};
  good(taut_case_parse(context, "test.yaml", text, strlen(text), sets, (size_t)n, &x.c));
  good(taut_model_create(context, x.c, &x.model));
  good(taut_state_create(context, x.model, &x.state));
  return x;
}

static void stop(course *x) {
  taut_state_destroy(&x->state);
  taut_model_destroy(&x->model);
  taut_case_destroy(&x->c);
}

/* Of one domain. */
static double deviation_of(const course *x, int d) {
  const taut_field_set *set = &x->model->healing->set;
  const taut_points *points = &taut__engine_domain(x->state->engine, d)->points;
  double worst = 0;
  for (int f = 0; f < set->n; f++) {
    int first, count;
    taut__field_points(&set->field[f], points, &first, &count);
    for (int l = 0; l < TAUT_LAYERS; l++) {
      if (!(set->field[f].layers & TAUT_IN(l))) continue;
      const double rest = set->rest[f][l];
      for (int p = points->layer_start[l]; p < points->layer_start[l + 1]; p++)
        worst = fmax(worst, fabs(taut__engine_state(x->state->engine, d)[f][p - first] - rest) / fmax(1, rest));
    }
  }
  return worst;
}

static double deviation_from_rest(const course *x) {
  double worst = 0;
  for (int d = 0; d < x->model->tracks; d++) worst = fmax(worst, deviation_of(x, d));
  return worst;
}

/* 16.1 and 16.11: skin without sessions stays as it is, and so does skin under a needle that does nothing. */
static void untreated_skin_stays_at_rest_for_a_year(void **state) {
  (void)state;
  const char *sets[] = {"schedule.sessions=0"};
  course x = start(neck, 1, sets);
  taut_report r;
  good(taut_state_advance(x.state, 365.25, &r));
  assert_true(deviation_from_rest(&x) < 1e-12);
  stop(&x);
}

static double bare_needle(const void *user, double z) {
  (void)user;
  return z < 0.9 ? 0.125 : 0;
}

static double no_hole(const void *user, double z) {
  (void)user;
  (void)z;
  return 0;
}

static void a_needle_without_effect_changes_nothing(void **state) {
  (void)state;
  const char *sets[] = {"healing.alpha=0", "healing.kill=0", "healing.fblood=0", "healing.kB=0"};
  course x = start(reference, 4, sets);
  const taut_track_geometry g = {
      .needle = 0.125, .outer = 0.357, .thickness = {0.08, 0.16, 1.26, 0.5}, .n2 = 3, .n3 = 4, .rows = {2, 4, 12, 3}};
  taut_domain *d = NULL;
  good(taut__domain_track(context, &g, &d));
  taut_damage damage = {.bleeding = 1, .reference = true};
  const taut_track_profile profile = {0.9, bare_needle, no_hole, NULL, 2};
  good(taut__damage_create(context, d, &profile, &damage));
  const taut_field_set *set = &x.model->healing->set;
  const double weight = 1;
  const taut_engine_options o = {.rtol = 1e-3};
  taut_engine *e = NULL;
  good(taut__engine_create(context, set, 1, (const taut_domain *const *)&d, &weight, &o, 0, &e));
  double *before[TAUT_MAX_FIELDS];
  int count[TAUT_MAX_FIELDS];
  for (int f = 0; f < set->n; f++) {
    int first;
    taut__field_points(&set->field[f], &d->points, &first, &count[f]);
    before[f] = malloc((size_t)count[f] * sizeof *before[f]);
    memcpy(before[f], taut__engine_state(e, 0)[f], (size_t)count[f] * sizeof *before[f]);
  }
  taut__healing_injure(x.model->healing, &d->points, &damage, taut__engine_state(e, 0));
  for (int f = 0; f < set->n; f++) {
    assert_memory_equal(before[f], taut__engine_state(e, 0)[f], (size_t)count[f] * sizeof *before[f]);
    free(before[f]);
  }
  taut__engine_destroy(&e);
  taut__damage_free(&damage);
  taut__domain_destroy(&d);
  stop(&x);
}

/* 16.2 */
typedef struct bounds {
  course *x;
  double least;
  int field;
} bounds;

static taut_err check_bounds(void *user, taut_engine *engine, const taut_report *report) {
  (void)report;
  bounds *b = user;
  const taut_healing *h = b->x->model->healing;
  for (int d = 0; d < taut__engine_domains(engine); d++) {
    const taut_points *points = &taut__engine_domain(engine, d)->points;
    double *const *u = taut__engine_state(engine, d);
    for (int f = 0; f < TAUT_H_FIELDS; f++) {
      int first, count;
      taut__field_points(&h->set.field[f], points, &first, &count);
      for (int p = 0; p < count; p++) {
        assert_true(isfinite(u[f][p]));
        if (u[f][p] < b->least) {
          b->least = u[f][p];
          b->field = f;
        }
        if (f == TAUT_H_K || f == TAUT_H_bar) assert_true(u[f][p] <= 1 + 1e-3);
        if (f == TAUT_H_B) assert_true(u[f][p] <= h->p.B_max);
      }
    }
  }
  return TAUT_OK;
}

static void no_field_is_ever_negative(void **state) {
  (void)state;
  course x = start(neck, 0, NULL);
  bounds b = {.x = &x};
  taut_report r = {0};
  for (int i = 0; i < 2; i++) {
    good(taut__engine_advance(x.state->engine, x.model->treat[i].day, check_bounds, &b, &r));
    good(taut__state_session(x.state));
  }
  good(taut__engine_advance(x.state->engine, 365, check_bounds, &b, &r));
  if (b.least < 0) fail_msg("field %s: %g", x.model->healing->set.field[b.field].name, b.least);
  stop(&x);
}

/* 16.4 */
static void ledgers_close_to_the_error_in_time(void **state) {
  (void)state;
  double last[3] = {0};
  const char *tolerance[] = {"model.tolerance=1e-3", "model.tolerance=1e-5"};
  for (int i = 0; i < 2; i++) {
    course x = start(reference, 1, &tolerance[i]);
    taut_result *r = NULL;
    good(taut_run(context, x.model, &r));
    assert_true(r->ledgers >= 2);
    assert_true(r->worst_solve < 1e-12);
    for (int k = 0; k < r->ledgers; k++) {
      assert_true(r->ledger[k].relative_error < (i ? 1e-3 : 1e-2));
      if (i) assert_true(r->ledger[k].relative_error < 0.25 * last[k]);
      last[k] = r->ledger[k].relative_error;
    }
    taut_result_destroy(&r);
    stop(&x);
  }
}

/* 16.5: a column of reticular dermis, wounded everywhere alike, is the well-mixed point. */
static void uniform_injury_on_a_track_is_the_well_mixed_point(void **state) {
  (void)state;
  course x = start(
      "patient: {age: 25 years}\nschedule: {follow_up: [28 days]}\nmodel: {scale: zero, injury: excision}\n", 0, NULL);
  const taut_track_geometry g = {.lumen = 0.05,
                                 .needle = 0.125,
                                 .outer = 0.357,
                                 .thickness = {0, 0, 1.26, 0},
                                 .n1 = 2,
                                 .n2 = 3,
                                 .n3 = 4,
                                 .rows = {0, 0, 7, 0}};
  taut_domain *d[2] = {NULL, NULL};
  good(taut__domain_track(context, &g, &d[0]));
  good(taut__domain_zero(context, &d[1]));
  const taut_field_set *set = &x.model->healing->set;
  const double weight = 1;
  taut_engine *e[2] = {NULL, NULL};
  for (int i = 0; i < 2; i++) {
    const taut_engine_options o = {.rtol = 1e-6};
    good(taut__engine_create(context, set, 1, (const taut_domain *const *)&d[i], &weight, &o, 0, &e[i]));
    taut__healing_excise(x.model->healing, &d[i]->points, taut__engine_state(e[i], 0));
    taut__engine_restart(e[i]);
    taut_report r = {0};
    good(taut__engine_advance(e[i], 28, NULL, NULL, &r));
  }
  for (int f = 0; f < set->n; f++) {
    if (!(set->field[f].layers & TAUT_IN(TAUT_RETICULAR))) continue;
    const double zero = taut__engine_state(e[1], 0)[f][0];
    for (int p = 0; p < d[0]->points.n; p++)
      assert_true(fabs(taut__engine_state(e[0], 0)[f][p] - zero) <= 1e-8 * (fabs(zero) + set->field[f].floor));
  }
  for (int i = 0; i < 2; i++) {
    taut__engine_destroy(&e[i]);
    taut__domain_destroy(&d[i]);
  }
  stop(&x);
}

/* 16.10 */
static void peaks(const char *set, double out[3]) {
  course x = start(reference, 1, &set);
  taut_result *r = NULL;
  good(taut_run(context, x.model, &r));
  const int column[3] = {TAUT_O_infl, TAUT_O_N_derm, TAUT_O_fb_derm};
  memset(out, 0, 3 * sizeof *out);
  for (int v = 0; v < r->visits; v++)
    for (int i = 0; i < 3; i++) out[i] = fmax(out[i], r->observed[v * r->observables + column[i]]);
  taut_result_destroy(&r);
  stop(&x);
}

static void more_dose_means_more_response(void **state) {
  (void)state;
  const char *const sets[2][4] = {
      {"treatment.density=2 /cm^2", "treatment.density=20 /cm^2", "treatment.density=100 /cm^2",
       "treatment.density=500 /cm^2"},
      {"treatment.depth=0.5 mm", "treatment.depth=1.0 mm", "treatment.depth=1.5 mm", "treatment.depth=2.5 mm"}};
  for (int s = 0; s < 2; s++) {
    double last[3] = {0}, now[3];
    for (int i = 0; i < 4; i++) {
      peaks(sets[s][i], now);
      for (int k = 0; k < 3; k++) assert_true(now[k] > last[k]);
      memcpy(last, now, sizeof last);
    }
  }
}

/* Far below the density where tracks meet, the response is proportional to the number of punctures, also below the cap of
 * a track's radius, beyond which skin is untreated. */
static void sparse_punctures_act_in_proportion(void **state) {
  (void)state;
  const char *const sets[3][2] = {{"treatment.density=1 /cm^2", "schedule.sessions=1"},
                                  {"treatment.density=4 /cm^2", "schedule.sessions=1"},
                                  {"treatment.density=16 /cm^2", "schedule.sessions=1"}};
  double gain[3];
  for (int i = 0; i < 3; i++) {
    course x = start(neck, 2, sets[i]);
    taut_result *r = NULL;
    good(taut_run(context, x.model, &r));
    double weights = 0;
    for (int d = 0; d < r->domains; d++) weights += r->weight[d];
    assert_true(fabs(weights - 1) < 1e-12);
    gain[i] = r->visit[(r->visits - 1) * TAUT_QUANTITIES + TAUT_Q_collagen_total] - 1;
    taut_result_destroy(&r);
    stop(&x);
  }
  assert_true(gain[0] > 0);
  assert_true(fabs(gain[1] / gain[0] / 4 - 1) < 0.05);
  assert_true(fabs(gain[2] / gain[1] / 4 - 1) < 0.1);
}

/* The skin far from such punctures is one more domain, which a session leaves at rest. */
static void skin_far_from_every_puncture_stays_untreated(void **state) {
  (void)state;
  const char *const sets[] = {"treatment.density=4 /cm^2", "model.accuracy=draft"};
  course x = start(neck, 2, sets);
  const int far = x.model->untreated_domain;
  assert_int_equal(far, x.model->tracks - 1);
  assert_true(far > 0);
  double weights = 0;
  for (int d = 0; d <= far; d++) weights += x.model->treat[0].weight[d];
  assert_true(fabs(weights - 1) < 1e-12 && x.model->treat[0].weight[far] > 0);
  taut_report r = {0};
  good(taut__state_session(x.state));
  good(taut__engine_advance(x.state->engine, 1, NULL, NULL, &r));
  for (int d = 0; d < far; d++) assert_true(deviation_of(&x, d) > 0.1);
  assert_true(deviation_of(&x, far) < 1e-12);
  stop(&x);
}

/* Every failing allocation of a whole course is reported with a message and loses nothing (the leak check of the sanitizers
 * watches). */
static void memory_failures_are_reported(void **state) {
  (void)state;
  const char *sets[] = {"model.accuracy=draft", "model.tolerance=0.1"};
  bool whole = false;
  int failures = 0;
  for (long n = 1; !whole && n < 3000; n += 1 + n / 20) {
    taut_case *c = NULL;
    taut_model *model = NULL;
    taut_result *r = NULL;
    good(taut_case_parse(context, "test.yaml", unlike, strlen(unlike), sets, 2, &c));
    taut__alloc_fail_after(n);
    taut_err err = taut_model_create(context, c, &model);
    if (!err) err = taut_run(context, model, &r);
    taut__alloc_fail_after(-1);
    if (err) {
      failures++;
      assert_int_equal(err, TAUT_ERR_MEMORY);
      assert_true(*taut_context_message(context) != '\0');
    } else {
      whole = true;
    }
    taut_result_destroy(&r);
    taut_model_destroy(&model);
    taut_case_destroy(&c);
  }
  if (!(whole && failures > 20)) fail_msg("%d failures, then %s", failures, whole ? "success" : "none");
}

/* needling.md 11.4: what the grid holds is what the needle did. */
static void injury_volumes_on_the_grid_are_those_of_the_track(void **state) {
  (void)state;
  static const char *const sets[][3] = {
      {"treatment.depth=0.5 mm", "model.grid=G2", "device=pen_14"},
      {"treatment.depth=1.0 mm", "model.grid=G2", "device=pen_14"},
      {"treatment.depth=1.5 mm", "model.grid=G1", "device=roller_192"},
      {"treatment.depth=1.5 mm", "model.grid=G3", "device=roller_192"},
  };
  for (size_t s = 0; s < sizeof sets / sizeof *sets; s++) {
    course x = start(neck, 3, sets[s]);
    const taut_treat *t = &x.model->treat[0];
    const double l = t->puncture.depth, L = t->puncture.length;
    const double needle = taut__needle_volume(&t->puncture.needle, L) * l / L;
    for (int i = 0; i < x.model->tracks; i++) {
      const taut_points *points = &t->domain[i]->points;
      double hole = 0, both = 0, pushed = 0;
      for (int p = 0; p < points->n; p++) {
        hole += points->volume[p] * t->damage[i].hole[p];
        both += points->volume[p] * (t->damage[i].hole[p] + t->damage[i].annulus[p]);
        pushed += points->volume[p] * t->damage[i].displaced[p];
      }
      assert_true(fabs(hole / t->puncture.hole_volume - 1) < 0.01);
      assert_true(fabs(both / needle - 1) < 0.01);
      assert_true(pushed > both - hole);
    }
    stop(&x);
  }
}

/* Sessions of different depth and density: each has tracks of its own, and what is averaged over planes is kept. */
static void unlike_sessions_follow_each_other(void **state) {
  (void)state;
  course x = start(unlike, 0, NULL);
  assert_ptr_not_equal(x.model->treat[0].domain[0], x.model->treat[1].domain[0]);
  taut_report r = {0};
  good(taut__engine_advance(x.state->engine, 0, NULL, NULL, &r));
  good(taut__state_session(x.state));
  good(taut__engine_advance(x.state->engine, 28, NULL, NULL, &r));
  taut_view before, after;
  taut__state_view(x.state, &before);
  /* on domains of other radii, before the injury; weights differ only by the pattern, so compare track by track */
  double mean[2][TAUT_MAX_TRACKS];
  for (int pass = 0; pass < 2; pass++) {
    for (int d = 0; d < x.model->tracks; d++) {
      const taut_domain *domain = taut__engine_domain(x.state->engine, d);
      const taut_sample sample = {.domain = domain,
                                  .weight = 1,
                                  .u = taut__engine_state(x.state->engine, d),
                                  .gate = taut__engine_gate(x.state->engine, d)};
      taut__view(x.model->healing, 1, &sample, &after);
      mean[pass][d] = after.mean[TAUT_H_Cn][TAUT_PAPILLARY];
    }
    if (!pass) good(taut__engine_average(x.state->engine, x.model->treat[1].domain, x.model->treat[1].weight));
  }
  for (int d = 0; d < x.model->tracks; d++) assert_true(fabs(mean[0][d] / mean[1][d] - 1) < 1e-13);
  good(taut__state_session(x.state));
  good(taut__engine_advance(x.state->engine, 56, NULL, NULL, &r));
  taut__state_view(x.state, &after);
  assert_true(after.mean[TAUT_H_Cn][TAUT_PAPILLARY] > before.mean[TAUT_H_Cn][TAUT_PAPILLARY]);
  stop(&x);
}

/* Without arguments the quick tests, with "slow" those that take long. */
int main(int argc, char **argv) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(untreated_skin_stays_at_rest_for_a_year),
      cmocka_unit_test(a_needle_without_effect_changes_nothing),
      cmocka_unit_test(no_field_is_ever_negative),
      cmocka_unit_test(ledgers_close_to_the_error_in_time),
      cmocka_unit_test(uniform_injury_on_a_track_is_the_well_mixed_point),
      cmocka_unit_test(more_dose_means_more_response),
      cmocka_unit_test(skin_far_from_every_puncture_stays_untreated),
      cmocka_unit_test(memory_failures_are_reported),
      cmocka_unit_test(injury_volumes_on_the_grid_are_those_of_the_track),
      cmocka_unit_test(unlike_sessions_follow_each_other),
  };
  const struct CMUnitTest slow[] = {
      cmocka_unit_test(sparse_punctures_act_in_proportion),
  };
  if (argc > 1 && strcmp(argv[1], "slow") == 0) return cmocka_run_group_tests(slow, make_context, drop_context);
  return cmocka_run_group_tests(tests, make_context, drop_context);
}
