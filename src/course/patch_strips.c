/* Strips of a patch, and what is read of its state: extrapolation, gate, integrals, residual. */
#include "course/patch_work.h"

#include <string.h>

/* The next strip of a tile from row r: 0 points when none is left. */
taut_strip taut__patch_strip(const taut_patch_work *w, const tile *t, int r, scratch *s) {
  const taut_unit *u = w->unit;
  const int rows = t->rows - r < w->strip_rows ? t->rows - r : w->strip_rows, n = u->domain->patch.n;
  const ptrdiff_t at = t->at + (ptrdiff_t)r * n;
  for (int f = 0; f < u->set->n; f++) s->mixed[f] = lives(w, f, t->plane) ? w->state[f] + (at - u->first[f]) : s->zero;
  return (taut_strip){.n = rows * n,
                      .layer = (taut_layer)w->layer[t->plane],
                      .u = s->mixed,
                      .gate = s->gate,
                      .source = s->source,
                      .drive = w->drive,
                      .constants = u->set->constants};
}

/* Numbers that are the same all over a plane. */
void taut__patch_fill(const taut_patch_work *w, int plane, scratch *s) {
  const taut_domain *d = w->unit->domain;
  const int n = w->strip_rows * d->patch.n;
  const double volume = d->volume[d->plane_start[plane]], m = w->m[plane];
  for (int i = 0; i < n; i++) {
    s->gate[i] = m;
    s->volume[i] = volume;
  }
  for (int f = 0; f < w->unit->set->n; f++) s->source[f] = s->zero;
}

/* P, L and right-hand side of field f on a strip that starts at point `at`. */
void taut__patch_rates(const taut_patch_work *w, int f, ptrdiff_t at, const taut_strip *strip, double *P, double *L,
                       double *rhs, sums *sum) {
  const taut_unit *u = w->unit;
  const weights c = weights_of(w, f);
  const ptrdiff_t own = at - u->first[f];
  u->set->strip[f](strip, P, L);
  if (u->k->right_side(strip->n, c.b1, c.b2, P, u->level[0][f] + own, u->level[1][f] + own, rhs) <
      -nothing_yet * c.a * u->set->field[f].floor)
    sum->negative |= bit(f);
}

void taut__patch_measure(const taut_patch_work *w, int f, ptrdiff_t at, int n, const scratch *s, sums *sum) {
  const taut_unit *u = w->unit;
  const taut_trial *t = w->trial;
  const ptrdiff_t own = at - u->first[f];
  if (t->error > 0)
    sum->error[f] += u->k->error(n, t->predict, u->level[0][f] + own, u->level[1][f] + own, u->level[2][f] + own,
                                 u->level[3][f] + own, s->volume, t->error, t->rtol, u->set->field[f].floor);
}

/* Fields of this phase whose right-hand side is negative somewhere, on any process. */
uint64_t taut__patch_negative(taut_patch_work *w) {
  uint64_t negative = 0;
  for (int i = 0; i < w->items; i++) negative |= w->sum[i].negative;
  double flag[TAUT_MAX_FIELDS];
  for (int i = 0; i < w->now->n; i++) flag[i] = negative & bit(w->now->field[i]) ? 1 : 0;
  taut__comm_max(w->unit->domain->patch.comm, flag, w->now->n);
  negative = 0;
  for (int i = 0; i < w->now->n; i++)
    if (flag[i] > 0 && !(w->euler & bit(w->now->field[i]))) negative |= bit(w->now->field[i]);
  return negative;
}

/* --------------------------------------------------------------------------------------- extrapolation, gate ---- */

static double gate_of_tile(const taut_patch_work *w, const tile *t, scratch *s) {
  const taut_unit *u = w->unit;
  double sum = 0;
  if (!u->set->gate_local || !(u->set->gate_layers & TAUT_IN(w->layer[t->plane]))) return 0;
  for (int r = 0; r < t->rows; r += w->strip_rows) {
    const taut_strip strip = taut__patch_strip(w, t, r, s);
    u->set->gate_local(&strip, s->P);
    for (int i = 0; i < strip.n; i++) sum += s->P[i];
  }
  return sum;
}

bool taut__patch_predict(const taut_patch_work *w, int f, const tile *t) {
  const taut_unit *u = w->unit;
  const ptrdiff_t own = t->at - u->first[f];
  return w->k->predict(t->rows * u->domain->patch.n, w->trial->predict, u->level[0][f] + own, u->level[1][f] + own,
                       u->level[2][f] + own, u->level[3][f] + own);
}

void taut__patch_predict_tile(void *user, int item, int worker) {
  taut_patch_work *w = user;
  const tile t = tile_of(w, item);
  scratch *s = &w->scratch[worker];
  taut__patch_fill(w, t.plane, s);
  for (int f = 0; f < w->unit->set->n; f++)
    if (lives(w, f, t.plane) && taut__patch_predict(w, f, &t)) w->sum[item].clipped |= bit(f);
  w->sum[item].supply[0] = gate_of_tile(w, &t, s);
}

static void gate_tile(void *user, int item, int worker) {
  taut_patch_work *w = user;
  const tile t = tile_of(w, item);
  scratch *s = &w->scratch[worker];
  taut__patch_fill(w, t.plane, s);
  w->sum[item].supply[0] = gate_of_tile(w, &t, s);
}

/* m of each plane from the sums of its tiles. */
void taut__patch_close_gates(taut_patch_work *w) {
  const taut_unit *u = w->unit;
  const taut_patch_grid *g = &u->domain->patch;
  if (!u->set->gate_local) return;
  for (int k = 0; k < w->planes; k++) {
    w->m[k] = 0;
    for (int t = 0; t < w->tiles_per_plane; t++) w->m[k] += w->sum[k * w->tiles_per_plane + t].supply[0];
  }
  taut__comm_sum(g->comm, w->m, w->planes);
  for (int k = 0; k < w->planes; k++)
    w->m[k] = u->set->gate_layers & TAUT_IN(w->layer[k])
                  ? u->set->gate_close(u->set->constants, (taut_layer)w->layer[k], w->m[k] / ((double)g->n * g->n))
                  : 0;
}

const double *taut__patch_gates(taut_unit *u, const double *drive) {
  taut_patch_work *w = u->patch;
  w->drive = drive;
  w->state = u->level[0];
  taut__pool_run_workers(u->domain->patch.pool, w->items, gate_tile, w);
  taut__patch_close_gates(w);
  return w->m;
}

/* ------------------------------------------------------------------------------------- integrals, residual ---- */

static void integral_tile(void *user, int item) {
  taut_patch_work *w = user;
  const tile t = tile_of(w, item);
  const taut_unit *u = w->unit;
  double sum = 0;
  for (int i = 0; i < w->now->n; i++) {
    const int f = w->now->field[i];
    if (!lives(w, f, t.plane)) continue;
    const double *x = u->level[0][f] + (t.at - u->first[f]);
    double own = 0;
    for (int p = 0; p < t.rows * u->domain->patch.n; p++) own += x[p];
    sum += own;
  }
  w->sum[item].supply[0] = sum * volume_of(w, t.plane);
}

double taut__patch_integral(taut_unit *u, const taut_balance *row) {
  taut_patch_work *w = u->patch;
  phase p = {.n = row->n};
  memcpy(p.field, row->field, (size_t)row->n * sizeof *p.field);
  w->now = &p;
  taut__pool_run(u->domain->patch.pool, w->items, integral_tile, w);
  double sum = 0;
  for (int i = 0; i < w->items; i++) sum += w->sum[i].supply[0];
  taut__comm_sum(u->domain->patch.comm, &sum, 1);
  return sum;
}

static void residual_tile(void *user, int item, int worker) {
  taut_patch_work *w = user;
  const tile t = tile_of(w, item);
  const taut_unit *u = w->unit;
  scratch *s = &w->scratch[worker];
  taut__patch_fill(w, t.plane, s);
  double worst = 0;
  for (int r = 0; r < t.rows; r += w->strip_rows) {
    const taut_strip strip = taut__patch_strip(w, &t, r, s);
    for (int f = 0; f < u->set->n; f++) {
      if (!lives(w, f, t.plane)) continue;
      u->set->strip[f](&strip, s->P, s->L);
      for (int i = 0; i < strip.n; i++) worst = fmax(worst, fabs(s->P[i] - s->L[i] * strip.u[f][i]));
    }
  }
  w->sum[item].most = worst;
}

double taut__patch_residual(taut_unit *u, const double *drive) {
  taut_patch_work *w = u->patch;
  taut__patch_gates(u, drive);
  taut__pool_run_workers(u->domain->patch.pool, w->items, residual_tile, w);
  double worst = 0;
  for (int i = 0; i < w->items; i++) worst = fmax(worst, w->sum[i].most);
  taut__comm_max(u->domain->patch.comm, &worst, 1);
  return worst;
}
