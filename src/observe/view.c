#include "observe/view.h"

#include "domain/kernels.h"
#include "base/vector.h"

#include <math.h>
#include <stdint.h>
#include <string.h>

#define LARGER(a, b) SELECT((a) > (b), a, b)

/* Points of a strip: short enough that all fields of it stay in a second-level cache, long enough that memory is read in
 * long runs (512: 26 ns a point, 2048: 21, 4096: 22).  Items a layer: enough for the threads of a process, few enough for
 * the stack. */
enum { STRIP = 2048, ITEMS = 32 };
static const double zeros[STRIP];

const int taut__rated_field[TAUT_RATED_FIELDS] = {TAUT_H_C3, TAUT_H_Cn, TAUT_H_Cx, TAUT_H_X, TAUT_H_ev, TAUT_H_em};

/* Sums over one item: strips of one layer. */
typedef struct part {
  double field[TAUT_H_FIELDS];
  double production[TAUT_RATED_FIELDS], loss[TAUT_RATED_FIELDS], deposit;
  double activity, clot, upper, open, surface;
  double A, uncovered;
} part;

typedef struct job {
  const taut_healing *h;
  const taut_sample *s;
  int first[TAUT_H_FIELDS];   /* point where a field begins */
  double upper_end;           /* depth, mm */
  int items[TAUT_LAYERS + 1]; /* first item of a layer */
  part part[TAUT_LAYERS * ITEMS];
} job;

/* Points of one layer, the plane of the first of them, and what a strip function may read there. */
typedef struct run {
  taut_layer layer;
  int start, n, plane;
  const double *u[TAUT_H_FIELDS];
  const double *volume;
} run;

static double largest(int n, const double *x, double sign, double most) {
  v4 m = {most, most, most, most};
  int i = 0;
  for (; i + 4 <= n; i += 4) {
    const v4 y = sign * *(const v4u *)(x + i);
    m = LARGER(y, m);
  }
  most = fmax(fmax(m[0], m[1]), fmax(m[2], m[3]));
  for (; i < n; i++) most = fmax(most, sign * x[i]);
  return most;
}

/* Integral of c/(K + c). */
static double saturation(int n, const double *volume, const double *c, double K) {
  v4 s = {0};
  int i = 0;
  for (; i + 4 <= n; i += 4) {
    const v4 x = *(const v4u *)(c + i);
    s += *(const v4u *)(volume + i) * x / (K + x);
  }
  double sum = (s[0] + s[1]) + (s[2] + s[3]);
  for (; i < n; i++) sum += volume[i] * c[i] / (K + c[i]);
  return sum;
}

/* Where the part of a run that lies in a plane ends. */
static int piece_end(const taut_domain *d, const run *r, int plane) {
  const int end = d->plane_start[plane + 1], last = r->start + r->n;
  return end < last ? end : last;
}

/* Means of c/(K_c + c) and of fb from the papillary surface down to TAUT_UPPER_DERMIS, planes cut where the depth ends. */
static void add_upper(const job *j, const run *r, part *out) {
  const taut_domain *d = j->s->domain;
  int p = r->start;
  for (int k = r->plane; p < r->start + r->n && d->z[k] < j->upper_end; k++) {
    const int end = piece_end(d, r, k), at = p - r->start, n = end - p;
    const double thick = d->z[k + 1] - d->z[k];
    const double share = d->kind == TAUT_DOMAIN_ZERO ? 1 : (fmin(d->z[k + 1], j->upper_end) - d->z[k]) / thick;
    out->activity += share * saturation(n, r->volume + at, r->u[TAUT_H_c] + at, j->h->p.K_c);
    out->clot += share * d->kernels->dot(n, r->volume + at, r->u[TAUT_H_fb] + at);
    double volume = 0;
    for (int i = 0; i < n; i++) volume += r->volume[at + i];
    out->upper += share * volume;
    p = end;
  }
}

/* Production and loss of the rated fields; `deposit` is the integral of A P of collagen. */
static void add_rates(const job *j, const run *r, part *out) {
  const taut_domain *d = j->s->domain;
  const taut_field_set *set = &j->h->set;
  const taut_kernels *k = d->kernels;
  double gate[STRIP], P[STRIP], L[STRIP];
  const double *source[TAUT_H_FIELDS];
  for (int p = r->start, plane = r->plane; p < r->start + r->n; plane++)
    for (const int end = piece_end(d, r, plane); p < end; p++) gate[p - r->start] = j->s->gate[plane];
  for (int f = 0; f < TAUT_H_FIELDS; f++) {
    const bool fed = j->s->source && j->s->source[f] && set->field[f].layers & TAUT_IN(r->layer);
    source[f] = fed ? j->s->source[f] + (r->start - j->first[f]) : zeros;
  }
  const taut_strip strip = {.n = r->n,
                            .layer = r->layer,
                            .u = r->u,
                            .gate = gate,
                            .source = source,
                            .drive = j->s->drive,
                            .constants = set->constants};
  for (int i = 0; i < TAUT_RATED_FIELDS; i++) {
    const int f = taut__rated_field[i];
    set->strip[f](&strip, P, L);
    out->production[i] += k->dot(r->n, r->volume, P);
    out->loss[i] += k->dot3(r->n, r->volume, L, r->u[f]);
    if (f == TAUT_H_C3 || f == TAUT_H_Cn) out->deposit += k->dot3(r->n, r->volume, P, r->u[TAUT_H_A]);
  }
}

/* Barrier at the surface and least cover. */
static void add_epidermis(const job *j, const run *r, part *out) {
  const int top = j->s->domain->plane_start[1] - r->start;
  out->uncovered = largest(r->n, r->u[TAUT_H_K], -1, out->uncovered);
  for (int i = 0; i < r->n && i < top; i++) {
    out->open += r->volume[i] * (1 - r->u[TAUT_H_bar][i]);
    out->surface += r->volume[i];
  }
}

static void add_run(const job *j, const run *r, part *out) {
  const taut_domain *d = j->s->domain;
  for (int f = 0; f < TAUT_H_FIELDS; f++) {
    if (!(j->h->set.field[f].layers & TAUT_IN(r->layer))) continue;
    out->field[f] += d->kernels->dot(r->n, r->volume, r->u[f]);
  }
  if (r->layer == TAUT_EPIDERMIS) {
    add_epidermis(j, r, out);
    return;
  }
  add_upper(j, r, out);
  if (r->layer == TAUT_SUBCUTIS) return;
  out->A = largest(r->n, r->u[TAUT_H_A], 1, out->A);
  if (j->s->drive) add_rates(j, r, out);
}

static int strips_of(const taut_points *q, int layer) {
  return (q->layer_start[layer + 1] - q->layer_start[layer] + STRIP - 1) / STRIP;
}

static void run_item(void *user, int item) {
  job *j = user;
  const taut_domain *d = j->s->domain;
  const taut_points *q = &d->points;
  run r = {.layer = TAUT_EPIDERMIS};
  while (item >= j->items[r.layer + 1]) r.layer++;
  const int first = q->layer_start[r.layer], end = q->layer_start[r.layer + 1];
  const long strips = strips_of(q, (int)r.layer), items = j->items[r.layer + 1] - j->items[r.layer];
  const long i = item - j->items[r.layer];
  const int from = first + (int)(i * strips / items) * STRIP, to = first + (int)((i + 1) * strips / items) * STRIP;
  r.plane = q->layer_plane[r.layer];
  part *out = &j->part[item];
  *out = (part){.A = -INFINITY, .uncovered = -INFINITY};
  for (r.start = from; r.start < to; r.start += STRIP) {
    r.n = r.start + STRIP < end ? STRIP : end - r.start;
    r.volume = d->volume + r.start;
    while (d->plane_start[r.plane + 1] <= r.start) r.plane++;
    for (int f = 0; f < TAUT_H_FIELDS; f++)
      r.u[f] = j->h->set.field[f].layers & TAUT_IN(r.layer) ? j->s->u[f] + (r.start - j->first[f]) : zeros;
    add_run(j, &r, out);
  }
}

static void add_part(const part *x, int l, taut_view_sums *out) {
  for (int f = 0; f < TAUT_H_FIELDS; f++) out->sum.field[f][l] += x->field[f];
  for (int i = 0; i < TAUT_RATED_FIELDS; i++) {
    out->sum.production[i][l] += x->production[i];
    out->sum.loss[i][l] += x->loss[i];
  }
  out->sum.deposit[l] += x->deposit;
  out->sum.activity += x->activity;
  out->sum.clot += x->clot;
  out->sum.upper += x->upper;
  out->sum.open += x->open;
  out->sum.surface += x->surface;
  out->most.A = fmax(out->most.A, x->A);
  out->most.uncovered = fmax(out->most.uncovered, x->uncovered);
}

void taut__view_sums(const taut_healing *h, const taut_sample *s, taut_view_sums *out) {
  const taut_domain *d = s->domain;
  const taut_points *q = &d->points;
  job j;
  j.h = h;
  j.s = s;
  j.upper_end = d->z[q->layer_plane[TAUT_PAPILLARY]] + TAUT_UPPER_DERMIS;
  j.items[0] = 0;
  for (int f = 0, count; f < TAUT_H_FIELDS; f++) taut__field_points(&h->set.field[f], q, &j.first[f], &count);
  for (int l = 0; l < TAUT_LAYERS; l++)
    j.items[l + 1] = j.items[l] + (strips_of(q, l) < ITEMS ? strips_of(q, l) : ITEMS);
  const int items = j.items[TAUT_LAYERS];
  if (d->patch.pool)
    taut__pool_run(d->patch.pool, items, run_item, &j);
  else
    for (int i = 0; i < items; i++) run_item(&j, i);
  memset(out, 0, sizeof *out);
  out->most.A = out->most.gate = out->most.uncovered = -INFINITY;
  for (int l = 0; l < TAUT_LAYERS; l++)
    for (int i = j.items[l]; i < j.items[l + 1]; i++) add_part(&j.part[i], l, out);
  for (int k = q->layer_plane[TAUT_PAPILLARY]; k < q->layer_plane[TAUT_SUBCUTIS]; k++)
    out->most.gate = fmax(out->most.gate, s->gate[k]);
}

void taut__view_reduce(taut_comm *comm, taut_view_sums *sums) {
  taut__comm_sum(comm, (double *)&sums->sum, sizeof sums->sum / sizeof(double));
  taut__comm_max(comm, (double *)&sums->most, sizeof sums->most / sizeof(double));
}

/* Adds the sums of a sample; `deposit` collects the mean of A P of collagen. */
static void add_sample(const taut_sample *s, const taut_view_sums *x, taut_view *out, double deposit[TAUT_LAYERS]) {
  const taut_domain *d = s->domain;
  for (int l = 0; l < TAUT_LAYERS; l++) {
    if (!(d->layer_volume[l] > 0)) continue;
    const double share = s->weight / d->layer_volume[l];
    for (int f = 0; f < TAUT_H_FIELDS; f++) out->mean[f][l] += s->weight * x->sum.field[f][l] / d->layer_volume[l];
    for (int i = 0; i < TAUT_RATED_FIELDS; i++) {
      out->production[taut__rated_field[i]][l] += share * x->sum.production[i][l];
      out->loss[taut__rated_field[i]][l] += share * x->sum.loss[i][l];
    }
    deposit[l] += share * x->sum.deposit[l];
  }
  double *const extra = out->extra;
  extra[TAUT_EXTRA_INFL] += s->weight * (x->sum.activity / x->sum.upper);
  extra[TAUT_EXTRA_FB_UPPER] += s->weight * (x->sum.clot / x->sum.upper);
  extra[TAUT_EXTRA_A_MAX] = fmax(extra[TAUT_EXTRA_A_MAX], x->most.A);
  extra[TAUT_EXTRA_M_MAX] = fmax(extra[TAUT_EXTRA_M_MAX], x->most.gate);
  if (d->layer_volume[TAUT_EPIDERMIS] > 0) {
    extra[TAUT_EXTRA_COVER_MIN] = fmin(extra[TAUT_EXTRA_COVER_MIN], -x->most.uncovered);
    extra[TAUT_EXTRA_TEWL] += s->weight * x->sum.open / x->sum.surface;
  } else {
    extra[TAUT_EXTRA_COVER_MIN] = extra[TAUT_EXTRA_TEWL] = NAN;
  }
}

void taut__view(const taut_healing *h, int samples, const taut_sample *sample, taut_view *out) {
  memset(out, 0, sizeof *out);
  out->extra[TAUT_EXTRA_COVER_MIN] = INFINITY;
  const taut_domain *d = sample[0].domain;
  for (int l = 0; l < TAUT_LAYERS; l++)
    out->thickness[l] = d->z[d->points.layer_plane[l + 1]] - d->z[d->points.layer_plane[l]];
  double deposit[TAUT_LAYERS] = {0};
  for (int i = 0; i < samples; i++) {
    taut_view_sums sums;
    taut__view_sums(h, &sample[i], &sums);
    taut__view_reduce(sample[i].domain->patch.comm, &sums);
    add_sample(&sample[i], &sums, out, deposit);
  }
  for (int l = TAUT_PAPILLARY; l <= TAUT_RETICULAR; l++) {
    const double made = out->production[TAUT_H_C3][l] + out->production[TAUT_H_Cn][l];
    out->A_deposit[l] = made > 0 ? deposit[l] / made : 0;
  }
}
