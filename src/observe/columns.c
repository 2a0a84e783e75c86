/* Quantities of single columns of a patch. */
#include "observe/maps.h"
#include "observe/result.h"

#include <math.h>
#include <string.h>

const taut_map taut__map[TAUT_MAPS] = {
#define MAP(name, unit, shown, value, doc) {#name, unit, doc, shown},
#include "observe/maps.def"
#undef MAP
};

/* Columns of a row that are looked at together: their sums stay in the second-level cache. */
enum { STRIP = 128 };

typedef struct job {
  const taut_healing *h;
  const taut_sample *s;
  double *value;
  taut_view same; /* what the views of all columns share */
} job;

/* Means over depth of n columns. */
typedef struct strip {
  int n, at; /* `at`: first column within a plane */
  double mean[TAUT_H_FIELDS][TAUT_LAYERS][STRIP];
  double activity[STRIP], uncovered[STRIP], open[STRIP], A[STRIP];
} strip;

static const double *field_at(const job *j, const strip *s, int f, int plane) {
  const taut_domain *d = j->s->domain;
  int first, count;
  taut__field_points(&j->h->set.field[f], &d->points, &first, &count);
  return j->s->u[f] + (d->plane_start[plane] - first + s->at);
}

static void add_means(const job *j, strip *s) {
  const taut_domain *d = j->s->domain;
  const int *plane = d->points.layer_plane;
  for (int f = 0; f < TAUT_H_FIELDS; f++)
    for (int l = 0; l < TAUT_LAYERS; l++) {
      if (!(j->h->set.field[f].layers & TAUT_IN(l))) continue;
      double *restrict mean = s->mean[f][l];
      memset(mean, 0, sizeof s->mean[f][l]);
      for (int k = plane[l]; k < plane[l + 1]; k++) {
        const double share = (d->z[k + 1] - d->z[k]) / (d->z[plane[l + 1]] - d->z[plane[l]]);
        const double *u = field_at(j, s, f, k);
        for (int i = 0; i < s->n; i++) mean[i] += share * u[i];
      }
    }
}

static void add_extremes(const job *j, strip *s) {
  const int *plane = j->s->domain->points.layer_plane;
  for (int i = 0; i < s->n; i++) s->A[i] = s->uncovered[i] = -INFINITY;
  for (int k = plane[TAUT_EPIDERMIS]; k < plane[TAUT_PAPILLARY]; k++) {
    const double *K = field_at(j, s, TAUT_H_K, k);
    for (int i = 0; i < s->n; i++) s->uncovered[i] = fmax(s->uncovered[i], -K[i]);
  }
  for (int k = plane[TAUT_PAPILLARY]; k < plane[TAUT_SUBCUTIS]; k++) {
    const double *A = field_at(j, s, TAUT_H_A, k);
    for (int i = 0; i < s->n; i++) s->A[i] = fmax(s->A[i], A[i]);
  }
  const double *bar = field_at(j, s, TAUT_H_bar, 0);
  for (int i = 0; i < s->n; i++) s->open[i] = 1 - bar[i];
}

/* Mean of c/(K_c + c) over the upper dermis, as taut__view has it. */
static void add_activity(const job *j, strip *s) {
  const taut_domain *d = j->s->domain;
  const double from = d->z[d->points.layer_plane[TAUT_PAPILLARY]], to = from + TAUT_UPPER_DERMIS, K = j->h->p.K_c;
  double depth = 0;
  memset(s->activity, 0, sizeof s->activity);
  for (int k = d->points.layer_plane[TAUT_PAPILLARY]; k < d->points.planes && d->z[k] < to; k++) {
    const double dz = fmin(d->z[k + 1], to) - d->z[k];
    const double *c = field_at(j, s, TAUT_H_c, k);
    for (int i = 0; i < s->n; i++) s->activity[i] += dz * (c[i] / (K + c[i]));
    depth += dz;
  }
  for (int i = 0; i < s->n; i++) s->activity[i] /= depth;
}

/* Values of one column from its view. */
static void read_column(const taut_healing *h, const taut_view *view, double value[TAUT_MAPS]) {
  double observable[TAUT_OBSERVABLES], quantity[TAUT_QUANTITIES];
  taut__observe(h, view, observable);
  taut__quantities(h, view, observable, quantity);
#define o(name)                             observable[TAUT_O_##name]
#define q(name)                             quantity[TAUT_Q_##name]
#define MAP(name, unit, shown, number, doc) value[TAUT_MAP_##name] = number;
#include "observe/maps.def"
#undef MAP
#undef q
#undef o
}

static void run_row(void *user, int row) {
  const job *j = user;
  const taut_domain *d = j->s->domain;
  const int n = d->patch.n;
  const size_t columns = (size_t)n * (size_t)d->patch.y_count;
  strip s;
  for (int x = 0; x < n; x += STRIP) {
    s.n = x + STRIP < n ? STRIP : n - x;
    s.at = row * n + x;
    add_means(j, &s);
    add_extremes(j, &s);
    add_activity(j, &s);
    for (int i = 0; i < s.n; i++) {
      taut_view view = j->same;
      double value[TAUT_MAPS];
      for (int f = 0; f < TAUT_H_FIELDS; f++)
        for (int l = 0; l < TAUT_LAYERS; l++)
          if (j->h->set.field[f].layers & TAUT_IN(l)) view.mean[f][l] = s.mean[f][l][i];
      view.extra[TAUT_EXTRA_INFL] = s.activity[i];
      view.extra[TAUT_EXTRA_TEWL] = s.open[i];
      view.extra[TAUT_EXTRA_COVER_MIN] = -s.uncovered[i];
      view.extra[TAUT_EXTRA_A_MAX] = s.A[i];
      read_column(j->h, &view, value);
      for (int m = 0; m < TAUT_MAPS; m++) j->value[(size_t)m * columns + (size_t)(s.at + i)] = value[m];
    }
  }
}

void taut__map_columns(const taut_healing *h, const taut_sample *sample, double *value) {
  const taut_domain *d = sample->domain;
  job j = {.h = h, .s = sample, .value = value};
  for (int l = 0; l < TAUT_LAYERS; l++)
    j.same.thickness[l] = d->z[d->points.layer_plane[l + 1]] - d->z[d->points.layer_plane[l]];
  if (d->patch.pool)
    taut__pool_run(d->patch.pool, d->patch.y_count, run_row, &j);
  else
    for (int row = 0; row < d->patch.y_count; row++) run_row(&j, row);
}
