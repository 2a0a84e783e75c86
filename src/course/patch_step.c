/* One trial step of a patch, and the fields without transport. */
#include "course/patch_work.h"

#include <string.h>

/* ---------------------------------------------------------------------------------- fields without transport ---- */

static void solve_points(taut_patch_work *w, int f, ptrdiff_t at, const taut_strip *strip, scratch *s, sums *sum) {
  const taut_unit *u = w->unit;
  const weights c = weights_of(w, f);
  const ptrdiff_t own = at - u->first[f];
  double *const x = u->level[3][f] + own;
  u->set->strip[f](strip, s->P, s->L);
  double error;
  if (w->k->point_step(strip->n, c.a, c.b1, c.b2, s->P, s->L, u->level[0][f] + own, u->level[1][f] + own,
                       error_scale(w->trial), u->set->field[f].floor, x,
                       &error) < -nothing_yet * c.a * u->set->field[f].floor)
    sum->negative |= bit(f);
  if (sum->clipped & bit(f))
    taut__patch_measure(w, f, at, strip->n, s, sum);
  else
    sum->error[f] += s->volume[0] * error;
  if (balance_of(u->set, f) < 0) return;
  double rate, gross;
  u->k->balance(strip->n, 0, s->L, s->P, x, s->volume, &rate, &gross);
  sum->rate[f] += rate;
  sum->gross[f] += gross + fabs(rate - gross);
}

static void points_tile(void *user, int item, int worker) {
  taut_patch_work *w = user;
  const tile t = tile_of(w, item);
  scratch *s = &w->scratch[worker];
  sums *sum = &w->sum[item];
  clear_phase(w, sum);
  taut__patch_fill(w, t.plane, s);
  for (int r = 0; r < t.rows; r += w->strip_rows) {
    const taut_strip strip = taut__patch_strip(w, &t, r, s);
    for (int i = 0; i < w->now->n; i++)
      if (lives(w, w->now->field[i], t.plane))
        solve_points(w, w->now->field[i], t.at + (ptrdiff_t)r * w->unit->domain->patch.n, &strip, s, sum);
  }
}

static void predict_again(void *user, int item, int worker) {
  taut_patch_work *w = user;
  (void)worker;
  const tile t = tile_of(w, item);
  for (int i = 0; i < w->now->n; i++)
    if (lives(w, w->now->field[i], t.plane)) (void)taut__patch_predict(w, w->now->field[i], &t);
}

/* A negative right-hand side: the field is redone with backward Euler in this step, and so are those solved after it. */
static void try_points(taut_patch_work *w, const phase *p) {
  taut_pool *pool = w->unit->domain->patch.pool;
  w->now = p;
  for (;;) {
    taut__pool_run_workers(pool, w->items, points_tile, w);
    const uint64_t negative = taut__patch_negative(w);
    if (!negative) return;
    int first = 0;
    while (!(negative & bit(w->now->field[first]))) first++;
    w->euler |= bit(w->now->field[first]);
    w->unit->backward_euler++;
    taut__pool_run_workers(pool, w->items, predict_again, w);
  }
}

/* Fields that needed backward Euler in the last step are likely to need it again: a part of the phase ends after each, so
 * that little is done twice.  The parts change no result. */
static void try_points_in_parts(taut_patch_work *w) {
  const phase *whole = w->now;
  phase part = {.points = true};
  const uint64_t before = w->euler_before;
  for (int i = 0; i < whole->n; i++) {
    part.field[part.n++] = whole->field[i];
    if (i + 1 < whole->n && !(before & bit(whole->field[i]))) continue;
    try_points(w, &part);
    part.n = 0;
  }
}

/* --------------------------------------------------------------------------------------------------- a trial ---- */

/* Sums of all tiles and processes. */
static void collect(taut_patch_work *w) {
  enum { KINDS = 5 };
  taut_unit *u = w->unit;
  const int fields = u->set->n;
  double total[KINDS][TAUT_MAX_FIELDS] = {{0}};
  for (int i = 0; i < w->items; i++) {
    const sums *s = &w->sum[i];
    for (int f = 0; f < fields; f++) {
      total[0][f] += s->error[f];
      total[1][f] += s->supply[f];
      total[2][f] += s->lost[f];
      total[3][f] += s->rate[f];
      total[4][f] += s->gross[f];
    }
  }
  taut__comm_sum(u->domain->patch.comm, total[0], KINDS * TAUT_MAX_FIELDS);
  for (int f = 0; f < fields; f++) {
    u->field_error[f] = u->total_volume[f] > 0 ? sqrt(total[0][f] / u->total_volume[f]) : 0;
    if (taut__patch_solver_way(w->solver, f) != TAUT_SOLVE_POINTWISE && total[1][f] > 0)
      u->worst_solve = fmax(u->worst_solve, fabs(1 - total[2][f] / total[1][f]));
    const int b = balance_of(u->set, f);
    if (b < 0) continue;
    u->rate[b] += total[3][f];
    u->gross[b] += total[4][f];
  }
}

void taut__patch_try(taut_unit *u, const taut_trial *trial, const double *drive) {
  taut_patch_work *w = u->patch;
  w->trial = trial;
  w->drive = drive;
  w->state = u->level[3];
  w->euler_before = w->euler;
  w->euler = 0;
  u->failed = TAUT_OK;
  memset(u->rate, 0, sizeof u->rate);
  memset(u->gross, 0, sizeof u->gross);
  memset(w->sum, 0, (size_t)w->items * sizeof *w->sum);
  taut__pool_run_workers(u->domain->patch.pool, w->items, taut__patch_predict_tile, w);
  taut__patch_close_gates(w);
  for (int i = 0; i < w->items; i++) w->sum[i].supply[0] = 0;
  for (int p = 0; !u->failed && p < w->phases; p++) {
    w->now = &w->phase[p];
    if (w->now->points)
      try_points_in_parts(w);
    else if (taut__patch_streams(w, w->now))
      u->failed = taut__patch_try_layered(w, w->now->field[0]);
    else
      u->failed = taut__patch_try_group(w);
  }
  if (!u->failed) collect(w);
}
