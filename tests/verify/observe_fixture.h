/* What the tests of views and maps share: a patch with a state, whole and in slabs. */
#ifndef TAUT_TESTS_OBSERVE_FIXTURE_H
#define TAUT_TESTS_OBSERVE_FIXTURE_H

#include "healing_fixture.h"

#include "observe/result.h"
#include "observe/view.h"

enum { MOST_PLANES = 64 };
static const double turn = 6.283185307179586;
static const double spacing = 0.02; /* mm */

/* A patch of n x n columns with a state. */
typedef struct patch {
  taut_context *context;
  taut_healing *h;
  taut_domain *domain;
  int n, planes;
  double *u[TAUT_H_FIELDS], gate[MOST_PLANES];
} patch;

/* Its part on this process. */
static inline patch *shared_patch_of(int n, const int rows[TAUT_LAYERS], int threads, taut_comm *comm) {
  patch *x = calloc(1, sizeof *x);
  assert_non_null(x);
  x->context = new_context();
  const taut_healing_params p = default_params(x->context);
  x->h = new_healing(x->context, &p, person_of(56));
  taut_patch_geometry g = {
      .side = spacing * n, .n = n, .thickness = {0.08, 0.23, 1.31, 0.5}, .threads = threads, .comm = comm};
  memcpy(g.rows, rows, sizeof g.rows);
  assert_int_equal(taut__domain_patch(x->context, &g, &x->domain), TAUT_OK);
  x->n = n;
  x->planes = x->domain->points.planes;
  assert_true(x->planes <= MOST_PLANES);
  for (int f = 0; f < TAUT_H_FIELDS; f++) {
    int first, count;
    taut__field_points(&x->h->set.field[f], &x->domain->points, &first, &count);
    x->u[f] = taut__alloc_doubles((size_t)count);
    assert_non_null(x->u[f]);
  }
  return x;
}

static inline patch *patch_of(int n, const int rows[TAUT_LAYERS], int threads) {
  return shared_patch_of(n, rows, threads, NULL);
}

static inline void free_patch(patch *x) {
  for (int f = 0; f < TAUT_H_FIELDS; f++) free(x->u[f]);
  taut__domain_destroy(&x->domain);
  taut__healing_destroy(&x->h);
  taut_context_destroy(&x->context);
  free(x);
}

static inline int first_of(const patch *x, int f) {
  int first, count;
  taut__field_points(&x->h->set.field[f], &x->domain->points, &first, &count);
  return first;
}

/* Sets every point of every field to value(f, layer, x, y, plane). */
static inline void fill(patch *x, double (*value)(const patch *x, int f, int layer, int i, int j, int k)) {
  const taut_points *q = &x->domain->points;
  for (int f = 0; f < TAUT_H_FIELDS; f++)
    for (int l = 0; l < TAUT_LAYERS; l++)
      for (int k = q->layer_plane[l]; k < q->layer_plane[l + 1] && lives(x->h, f, l); k++)
        for (int p = q->plane_start[k]; p < q->plane_start[k + 1]; p++)
          x->u[f][p - first_of(x, f)] = value(x, f, l, (p - q->plane_start[k]) % x->n,
                                              (p - q->plane_start[k]) / x->n + x->domain->patch.y_first, k);
  for (int k = 0; k < x->planes; k++) x->gate[k] = 0.1 + 0.01 * k;
}

static inline taut_sample sample_of(const patch *x) {
  return (taut_sample){.domain = x->domain, .weight = 1, .u = x->u, .gate = x->gate, .drive = x->h->set.drive_default};
}

/* Plausible numbers without any pattern. */
static inline double scattered(const patch *x, int f, int layer, int i, int j, int k) {
  const uint64_t at = (uint64_t)((k * x->n + j) * x->n + i);
  return x->h->set.rest[f][layer] * (0.5 + taut__uniform(1, (uint64_t)f, at)) + 0.3 * taut__uniform(2, (uint64_t)f, at);
}

static inline void near(double found, double expected, double relative) {
  if (!(fabs(found - expected) <= relative * fabs(expected))) fail_msg("found %.17g, expected %.17g", found, expected);
}

/* Rows y_first .. y_first + y_count - 1 of a patch, as the process of that slab has them. */
typedef struct slab {
  taut_domain domain;
  int plane_start[MOST_PLANES + 1];
  double *u[TAUT_H_FIELDS];
} slab;

static inline slab *slab_of(const patch *x, int y_first, int y_count) {
  const taut_domain *whole = x->domain;
  const int nr = x->n * y_count;
  slab *s = calloc(1, sizeof *s);
  s->domain = *whole;
  s->domain.nr = nr;
  s->domain.points.n = x->planes * nr;
  s->domain.patch.y_first = y_first;
  s->domain.patch.y_count = y_count;
  s->domain.patch.pool = NULL;
  s->domain.volume = taut__alloc_doubles((size_t)(x->planes * nr));
  s->domain.points.volume = s->domain.volume;
  s->domain.plane_start = s->plane_start;
  s->domain.points.plane_start = s->plane_start;
  for (int k = 0; k <= x->planes; k++) s->plane_start[k] = k * nr;
  for (int l = 0; l <= TAUT_LAYERS; l++) s->domain.points.layer_start[l] = s->domain.points.layer_plane[l] * nr;
  for (int p = 0; p < x->planes * nr; p++) s->domain.volume[p] = whole->volume[p / nr * x->n * x->n];
  for (int f = 0; f < TAUT_H_FIELDS; f++) {
    int first, count;
    taut__field_points(&x->h->set.field[f], &s->domain.points, &first, &count);
    s->u[f] = taut__alloc_doubles((size_t)count);
    for (int i = 0; i < count; i++) s->u[f][i] = x->u[f][i / nr * x->n * x->n + y_first * x->n + i % nr];
  }
  return s;
}

static inline taut_sample slab_sample(const patch *x, const slab *s) {
  taut_sample sample = sample_of(x);
  sample.domain = &s->domain;
  sample.u = s->u;
  return sample;
}

static inline void free_slab(slab *s) {
  for (int f = 0; f < TAUT_H_FIELDS; f++) free(s->u[f]);
  free(s->domain.volume);
  free(s);
}

#endif
