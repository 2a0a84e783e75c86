/* A small result made by hand, for the tests of io/: two tracks (or the zero domain), three fields, a smooth course. */
#ifndef TAUT_TESTS_IO_FIXTURE_H
#define TAUT_TESTS_IO_FIXTURE_H

#include "io/io.h"

#include <dirent.h>
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include <cmocka.h>

enum { FIXTURE_FIELDS = 3, FIXTURE_VISITS = 4, FIXTURE_POINTS = 200, FIXTURE_SESSIONS = 3, FIXTURE_DOMAINS = 2 };

static const taut_field fixture_field[FIXTURE_FIELDS] = {
    {.name = "T",
     .long_name = "active TGF-b1",
     .unit = "pg/mm^3",
     .doc = "Active TGF-beta1 <free & bound>.",
     .layers = 15,
     .floor = 1},
    {.name = "C3", .long_name = "collagen III", .unit = "1", .doc = "Collagen III.", .layers = 6, .floor = 1},
    {.name = "K", .long_name = "keratinocyte cover", .unit = "1", .doc = "Cover.", .layers = 1, .floor = 1},
};

typedef struct fixture {
  taut_context *context;
  taut_domain *domain[FIXTURE_DOMAINS];
  const taut_domain *lent[FIXTURE_DOMAINS];
  double weight[FIXTURE_DOMAINS];
  taut_domain *later[FIXTURE_DOMAINS]; /* tracks of a later session that is unlike the first, where there is one */
  const taut_domain *later_lent[FIXTURE_DOMAINS];
  double later_weight[FIXTURE_DOMAINS];
  taut_field_set set;
  struct taut_case c;
  struct taut_result result;
  char folder[64]; /* a fresh folder of this test */
} fixture;

/* Value of field f in domain d at snapshot s, point i among those where it lives. */
static double fixture_value(int s, int d, int f, int i) {
  return 1000 * s + 100 * d + 10 * f + i / 64.0;
}

static void fixture_domains(fixture *x, bool zero) {
  taut_track_geometry g = {.lumen = 0.03,
                           .needle = 0.06,
                           .outer = 0.3,
                           .thickness = {0.1, 0.2, 1.0, 0.5},
                           .n1 = 1,
                           .n2 = 1,
                           .n3 = 3,
                           .rows = {2, 2, 3, 1}};
  x->result.domains = zero ? 1 : FIXTURE_DOMAINS;
  for (int d = 0; d < x->result.domains; d++) {
    if (zero)
      assert_int_equal(taut__domain_zero(x->context, &x->domain[d]), TAUT_OK);
    else
      assert_int_equal(taut__domain_track(x->context, &g, &x->domain[d]), TAUT_OK);
    g.outer *= 1.5;
    x->lent[d] = x->domain[d];
    x->weight[d] = zero ? 1 : d == 0 ? 0.25 : 0.75;
  }
  x->result.domain = x->lent;
  x->result.weight = x->weight;
}

/* Fills a snapshot on the domains that it names. */
static void fixture_fill(fixture *x, int s) {
  struct taut_result *r = &x->result;
  r->snapshot[s].data = calloc((size_t)(r->domains * x->set.n), sizeof(double *));
  for (int d = 0; d < r->domains; d++) {
    for (int f = 0; f < x->set.n; f++) {
      int first, count;
      taut__field_points(&x->set.field[f], &r->snapshot[s].domain[d]->points, &first, &count);
      double *data = calloc((size_t)count + 1, sizeof *data);
      for (int i = 0; i < count; i++) data[i] = fixture_value(s, d, f, i);
      r->snapshot[s].data[d * x->set.n + f] = data;
    }
  }
}

static void fixture_empty(fixture *x, int s) {
  for (int i = 0; i < x->result.domains * x->set.n; i++) free(x->result.snapshot[s].data[i]);
  free(x->result.snapshot[s].data);
}

static void fixture_snapshots(fixture *x, int snapshots) {
  struct taut_result *r = &x->result;
  r->snapshots = snapshots;
  r->snapshot = calloc((size_t)snapshots + 1, sizeof *r->snapshot);
  for (int s = 0; s < snapshots; s++) {
    r->snapshot[s].day = r->visit_day[s % FIXTURE_VISITS];
    r->snapshot[s].domain = r->domain;
    r->snapshot[s].weight = r->weight;
    fixture_fill(x, s);
  }
}

/* A rise after each session that fades: plausible to look at, exact to recompute. */
static double fixture_course(int q, double day) {
  double sum = 0;
  for (int s = 0; s < FIXTURE_SESSIONS; s++) {
    double t = day - 28 * s;
    if (t > 0) sum += (1 + 0.1 * q) * (t / (5 + q)) * exp(1 - t / (5 + q));
  }
  return sum;
}

static void fixture_series(fixture *x) {
  struct taut_result *r = &x->result;
  r->visits = FIXTURE_VISITS;
  r->points = FIXTURE_POINTS;
  r->visit_day = calloc(FIXTURE_VISITS, sizeof(double));
  r->visit = calloc(FIXTURE_VISITS * TAUT_QUANTITIES, sizeof(double));
  r->point_day = calloc(FIXTURE_POINTS, sizeof(double));
  r->point = calloc((size_t)FIXTURE_POINTS * TAUT_QUANTITIES, sizeof(double));
  const double day[FIXTURE_VISITS] = {0, 1.0 / 24, 28, 90};
  for (int q = 0; q < TAUT_QUANTITIES; q++) {
    r->baseline[q] = q % 7 == 0 ? 0 : 1;
    for (int v = 0; v < FIXTURE_VISITS; v++) {
      r->visit_day[v] = day[v];
      r->visit[v * TAUT_QUANTITIES + q] = r->baseline[q] + fixture_course(q, day[v]);
    }
    for (int p = 0; p < FIXTURE_POINTS; p++) {
      r->point_day[p] = 90.0 * p / (FIXTURE_POINTS - 1);
      r->point[p * TAUT_QUANTITIES + q] = r->baseline[q] + fixture_course(q, r->point_day[p]);
    }
  }
  /* the second quantity is not modelled */
  r->baseline[1] = NAN;
  for (int v = 0; v < FIXTURE_VISITS; v++) r->visit[v * TAUT_QUANTITIES + 1] = NAN;
  for (int p = 0; p < FIXTURE_POINTS; p++) r->point[p * TAUT_QUANTITIES + 1] = NAN;
}

static void fixture_facts(fixture *x) {
  static const char *const observable[] = {"mass_pap", "stain_pap"};
  struct taut_result *r = &x->result;
  r->observables = 2;
  r->observable_name = observable;
  r->observed = calloc(FIXTURE_VISITS * 2, sizeof(double));
  for (int i = 0; i < FIXTURE_VISITS * 2; i++) r->observed[i] = 1 + i / 3.0;
  r->sessions = FIXTURE_SESSIONS;
  r->session = calloc(FIXTURE_SESSIONS, sizeof *r->session);
  for (int s = 0; s < FIXTURE_SESSIONS; s++)
    r->session[s] = (taut_session_report){.day = 28 * s,
                                          .nominal_mm = 1,
                                          .achieved_mm = 0.85,
                                          .density_cm2 = 250,
                                          .holes_cm2 = 226,
                                          .cv_area = 0.5,
                                          .rehit_share = 0.1,
                                          .bleeding = 0.62,
                                          .p_fat_ultrasound = 0.003,
                                          .p_fat_histology = 0.02,
                                          .hole_um = 62,
                                          .injured_um = 87};
  r->ledgers = 1;
  r->ledger = calloc(1, sizeof *r->ledger);
  r->ledger[0] = (taut_ledger){"collagen", "1", 1.5, 1.5000001, 7e-8};
  r->report =
      (taut_report){.day = 90, .steps = 321, .rejected = 4, .backward_euler = 1, .step_min = 1e-4, .step_max = 5};
  r->wall_seconds = 0.5;
  r->loop_gain_inflammation = 0.4;
  r->loop_gain_tgf = 0.3;
  r->rest_residual = 1e-16;
  r->worst_solve = 3e-14;
  r->peak_myofibroblasts = 0.21;
  r->peak_gate = 0.47;
  r->uncertainty = taut__strdup("The gain follows s_M, k_D and K_D, which nobody has measured.");
  assert_int_equal(taut__texts_add(&r->warnings, "depth: %s", "the needle may reach the fat"), TAUT_OK);
  assert_int_equal(taut__texts_add(&r->log, "day 0: session 1"), TAUT_OK);
}

/* A fresh fixture with a fresh folder. */
static fixture *fixture_make(bool zero, int snapshots) {
  fixture *x = calloc(1, sizeof *x);
  assert_non_null(x);
  assert_int_equal(taut_context_create(NULL, &x->context), TAUT_OK);
  strcpy(x->folder, "/tmp/taut-io-XXXXXX");
  assert_non_null(mkdtemp(x->folder));
  x->set = (taut_field_set){.name = "test", .n = FIXTURE_FIELDS, .field = fixture_field};
  x->c.title = taut__strdup("Three sessions \"on\" a <neck> & more");
  x->c.site.name = taut__strdup("neck");
  x->c.device.name = taut__strdup("pen_14");
  x->c.patient.age = 56;
  x->result.context = x->context;
  x->result.c = &x->c;
  x->result.set = &x->set;
  x->result.case_yaml = taut__strdup("title: Three sessions\nsite: neck # \xc2\xb5\n");
  strcpy(x->result.hash, "0123456789abcdef");
  fixture_domains(x, zero);
  fixture_series(x);
  fixture_facts(x);
  fixture_snapshots(x, snapshots);
  return x;
}

static void fixture_free(fixture *x) {
  struct taut_result *r = &x->result;
  for (int s = 0; s < r->snapshots; s++) fixture_empty(x, s);
  free(r->snapshot);
  for (int d = 0; d < r->domains; d++) taut__domain_destroy(&x->domain[d]), taut__domain_destroy(&x->later[d]);
  free(r->visit_day), free(r->visit), free(r->point_day), free(r->point), free(r->observed), free(r->session);
  free(r->ledger), free(r->case_yaml), free(r->uncertainty);
  taut__texts_free(&r->warnings);
  taut__texts_free(&r->log);
  free(x->c.title), free(x->c.site.name), free(x->c.device.name);
  taut_context_destroy(&x->context);
  free(x);
}

#endif
