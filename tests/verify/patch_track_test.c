/* One puncture in the middle of a square of area pi R^2 against a track of radius R: whole courses, through the model.  What is
 * left is the error of the lateral grid (and the corners of the square), and falls with refinement. */
#include "course/course.h"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

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

/* The course of both: reference injury, four weeks, the same planes. */
#define COURSE                                                                                                         \
  "patient: {age: 40 years}\nsite: cheek\ndevice: pen_14\n"                                                            \
  "schedule: {sessions: 1, follow_up: [0 days, 1 day, 3 days, 1 week, 4 weeks]}\n"
#define MODEL "defaults: documents, layers: reference, injury: reference, tolerance: 1e-3, grid: "

static void run(const char *text, taut_result *r, taut_case **c, taut_model **m) {
  memset(r, 0, sizeof *r);
  if (taut_case_parse(context, "case.yaml", text, strlen(text), NULL, 0, c) || taut_model_create(context, *c, m) ||
      taut__course_run(context, *m, NULL, r))
    fail_msg("%s", taut_context_message(context));
}

static void drop(taut_result *r, taut_case **c, taut_model **m) {
  taut__result_free(r);
  taut_model_destroy(m);
  taut_case_destroy(c);
}

typedef struct course {
  taut_result r;
  taut_case *c;
  taut_model *m;
} course;

static course on_track(void) {
  course k;
  run(COURSE "treatment: {depth: 1.5 mm, density: 250 /cm^2}\n"
             "model: {" MODEL "{n1: 8, n2: 12, n3: 16, ne: 2, np: 4, nret: 12, ns: 3}, tracks: 1}\n",
      &k.r, &k.c, &k.m);
  return k;
}

static course on_patch(const char *points, int n) {
  char text[1024];
  const double side = sqrt(1 / 2.5);
  snprintf(text, sizeof text,
           COURSE "treatment: {depth: 1.5 mm, points: %s}\n"
                  "model: {scale: patch, patch: {size: %.17g mm, spacing: %.17g mm, vary: no}, " MODEL
                  "{n1: 1, n2: 1, n3: 1, ne: 2, np: 4, nret: 12, ns: 3}}\n",
           points, side, side / n);
  course k;
  run(text, &k.r, &k.c, &k.m);
  return k;
}

/* Largest difference of an observable over the visits, relative to its largest value. */
static double difference(const course *a, const course *b, int observable) {
  double worst = 0, most = 0;
  for (int v = 0; v < a->r.visits; v++) {
    const double x = a->r.observed[v * a->r.observables + observable],
                 y = b->r.observed[v * b->r.observables + observable];
    worst = fmax(worst, fabs(x - y));
    most = fmax(most, fabs(x));
  }
  return most > 0 ? worst / most : worst;
}

/* What may be left at 16 and at 32 points across, by observable; the rest of the observables follow from these. */
static const struct {
  int observable;
  const char *name;
  double allowed[2];
} row[] = {
    {TAUT_O_mass_derm, "collagen", {1e-4, 3e-5}},       {TAUT_O_stain_pap, "stain", {8e-4, 4e-4}},
    {TAUT_O_young_ret, "young fibres", {6e-4, 1.5e-4}}, {TAUT_O_F_derm, "fibroblasts", {3e-3, 1.5e-3}},
    {TAUT_O_A_derm, "myofibroblasts", {2.5e-2, 1e-2}},  {TAUT_O_N_derm, "neutrophils", {4e-2, 2e-2}},
    {TAUT_O_M_derm, "macrophages", {3e-2, 1.5e-2}},     {TAUT_O_T_derm, "TGF-beta1", {2.5e-2, 1.2e-2}},
    {TAUT_O_B_pap, "vessels", {2e-3, 1.5e-3}},
};

static void a_centred_puncture_agrees_with_the_track(void **state) {
  (void)state;
  char points[] = "/tmp/taut_points_XXXXXX";
  const int file = mkstemp(points);
  assert_true(file >= 0);
  char text[128];
  const int length = snprintf(text, sizeof text, "session,x_mm,y_mm\n1,%.17g,%.17g\n", sqrt(0.1), sqrt(0.1));
  assert_int_equal(write(file, text, (size_t)length), length);
  close(file);
  course track = on_track(), patch[2] = {on_patch(points, 16), on_patch(points, 32)};
  unlink(points);
  for (size_t i = 0; i < sizeof row / sizeof *row; i++) {
    const double coarse = difference(&track, &patch[0], row[i].observable),
                 fine = difference(&track, &patch[1], row[i].observable);
    if (!(coarse < row[i].allowed[0] && fine < row[i].allowed[1] && fine < coarse))
      fail_msg("%s: %.3g at 16 points, %.3g at 32", row[i].name, coarse, fine);
  }
  drop(&track.r, &track.c, &track.m);
  for (int i = 0; i < 2; i++) drop(&patch[i].r, &patch[i].c, &patch[i].m);
}

/* An untreated patch and an untreated track have the same numbers, whatever their grids. */
static void an_untreated_patch_is_an_untreated_track(void **state) {
  (void)state;
  course k[2];
  for (int i = 0; i < 2; i++) {
    char text[512];
    snprintf(text, sizeof text,
             "patient: {age: 56 years}\nsite: neck\ndevice: pen_14\ntreatment: {depth: 1 mm}\n"
             "schedule: {sessions: 0, follow_up: [180 days]}\nmodel: {scale: %s, accuracy: draft}\n",
             i ? "patch, patch: {size: 0.4 mm, spacing: 40 um}" : "track");
    run(text, &k[i].r, &k[i].c, &k[i].m);
  }
  for (int q = 0; q < TAUT_QUANTITIES; q++) {
    const double a = k[0].r.visit[q], b = k[1].r.visit[q];
    if (isnan(a) && isnan(b)) continue;
    if (!(fabs(a - b) <= 1e-9 * (1 + fabs(a)))) fail_msg("%s: %.12g on a track, %.12g", taut__quantity[q].name, a, b);
  }
  for (int i = 0; i < 2; i++) drop(&k[i].r, &k[i].c, &k[i].m);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(a_centred_puncture_agrees_with_the_track),
      cmocka_unit_test(an_untreated_patch_is_an_untreated_track),
  };
  return cmocka_run_group_tests(tests, make_context, drop_context);
}
