/* Transported fields in the step of a patch. */
#include "course/patch_work.h"

/* Share of the allowed error of a step that a general solve may leave. */
static const double solve_tolerance = 0.01;
/* Largest value below zero, relative to the largest, that is taken for round-off of a transform. */
static const double round_off = 1e-9;

/* A layered field alone needs no arrays of its own: its right-hand side goes straight into the transform. */
bool taut__patch_streams(const taut_patch_work *w, const phase *p) {
  return p->n == 1 && taut__patch_solver_way(w->solver, p->field[0]) == TAUT_SOLVE_LAYERED;
}

/* -------------------------------------------------------------------------------------------- layered fields ---- */

static void layered_forward(void *user, int item, int worker) {
  taut_patch_work *w = user;
  const tile t = tile_of(w, item);
  const int f = w->field, n = w->unit->domain->patch.n;
  sums *sum = &w->sum[item];
  clear_phase(w, sum);
  sum->supply[f] = 0;
  if (!lives(w, f, t.plane)) return;
  scratch *s = &w->scratch[worker];
  taut__patch_fill(w, t.plane, s);
  for (int r = 0; r < t.rows; r += w->strip_rows) {
    const taut_strip strip = taut__patch_strip(w, &t, r, s);
    double *const rhs = s->f + (ptrdiff_t)r * n;
    taut__patch_rates(w, f, t.at + (ptrdiff_t)r * n, &strip, s->P, s->L, rhs, sum);
    sum->supply[f] += w->unit->k->dot(strip.n, s->volume, rhs);
    const double made = w->unit->k->dot(strip.n, s->volume, s->P);
    sum->rate[f] += made;
    sum->gross[f] += made;
  }
  if (t.row == 0) w->plane_loss[t.plane] = s->L[0];
  taut__patch_layered_forward(w->solver, t.plane, t.row, t.rows, s->f, worker);
}

/* What the round-off of the transforms left below zero becomes zero; how much that was is checked after the pass. */
static void layered_backward(void *user, int item, int worker) {
  taut_patch_work *w = user;
  const tile t = tile_of(w, item);
  const taut_unit *u = w->unit;
  const int f = w->field, n = u->domain->patch.n;
  sums *sum = &w->sum[item];
  sum->lost[f] = 0;
  sum->least = sum->most = 0;
  if (!lives(w, f, t.plane)) return;
  scratch *s = &w->scratch[worker];
  taut__patch_layered_backward(w->solver, t.plane, t.row, t.rows, s->f, worker);
  const double a = weights_of(w, f).a, L = w->plane_loss[t.plane], volume = volume_of(w, t.plane);
  taut_settled now;
  w->k->settle(t.rows * n, error_scale(w->trial), u->set->field[f].floor, s->f, u->level[3][f] + (t.at - u->first[f]),
               &now);
  sum->least = now.least;
  sum->most = now.most;
  sum->lost[f] = volume * (a + L) * now.sum;
  sum->rate[f] -= volume * L * now.sum;
  sum->gross[f] += volume * L * now.sum;
  if (!(sum->clipped & bit(f))) {
    sum->error[f] = volume * now.error;
    return;
  }
  taut__patch_fill(w, t.plane, s);
  for (int r = 0; r < t.rows; r += w->strip_rows)
    taut__patch_measure(w, f, t.at + (ptrdiff_t)r * n, (t.rows - r < w->strip_rows ? t.rows - r : w->strip_rows) * n, s,
                        sum);
}

static taut_err check_round_off(taut_patch_work *w) {
  double range[2] = {0, 0};
  for (int i = 0; i < w->items; i++) {
    range[0] = fmax(range[0], -w->sum[i].least);
    range[1] = fmax(range[1], w->sum[i].most);
  }
  taut__comm_max(w->unit->domain->patch.comm, range, 2);
  const taut_field *field = &w->unit->set->field[w->field];
  /* right-hand sides may be negative by nothing_yet */
  if (range[0] <= round_off * range[1] + 2 * nothing_yet * field->floor) return TAUT_OK;
  return taut__fail(w->context, TAUT_ERR_NUMERICS, NULL, "transforms left %s at -%g, its largest value being %g",
                    field->name, range[0], range[1]);
}

taut_err taut__patch_try_layered(taut_patch_work *w, int f) {
  taut_pool *pool = w->unit->domain->patch.pool;
  w->field = f;
  taut__patch_layered_begin(w->solver, f);
  taut__pool_run_workers(pool, w->items, layered_forward, w);
  if (taut__patch_negative(w)) {
    w->euler |= bit(f);
    w->unit->backward_euler++;
    taut__pool_run_workers(pool, w->items, layered_forward, w);
  }
  const int first = w->unit->first[f] / w->unit->domain->nr;
  taut__patch_layered_finish(w->solver, f, weights_of(w, f).a, w->plane_loss + first);
  taut__pool_run_workers(pool, w->items, layered_backward, w);
  return check_round_off(w);
}

/* -------------------------------------------------------------------------------------------- general groups ---- */

static void group_rates(void *user, int item, int worker) {
  taut_patch_work *w = user;
  const tile t = tile_of(w, item);
  const int n = w->unit->domain->patch.n;
  scratch *s = &w->scratch[worker];
  sums *sum = &w->sum[item];
  clear_phase(w, sum);
  for (int i = 0; i < w->now->n; i++) {
    sum->supply[w->now->field[i]] = 0;
    sum->loss[i][0] = INFINITY;
    sum->loss[i][1] = -INFINITY;
  }
  taut__patch_fill(w, t.plane, s);
  for (int r = 0; r < t.rows; r += w->strip_rows) {
    const taut_strip strip = taut__patch_strip(w, &t, r, s);
    const ptrdiff_t at = t.at + (ptrdiff_t)r * n;
    for (int i = 0; i < w->now->n; i++) {
      const int f = w->now->field[i];
      if (!lives(w, f, t.plane)) continue;
      const ptrdiff_t own = at - w->unit->first[f];
      taut__patch_rates(w, f, at, &strip, s->P, w->loss[i] + own, w->rhs[i] + own, sum);
      sum->supply[f] += w->unit->k->dot(strip.n, s->volume, w->rhs[i] + own);
      const double made = w->unit->k->dot(strip.n, s->volume, s->P);
      sum->rate[f] += made;
      sum->gross[f] += made;
      w->k->range(strip.n, w->loss[i] + own, sum->loss[i]);
    }
  }
}

/* After the solve: the total balance is closed, errors and losses are summed. */
static void group_finish(void *user, int item, int worker) {
  taut_patch_work *w = user;
  const tile t = tile_of(w, item);
  const taut_unit *u = w->unit;
  const int f = w->field, n = u->domain->patch.n;
  sums *sum = &w->sum[item];
  sum->lost[f] = 0;
  if (!lives(w, f, t.plane)) return;
  scratch *s = &w->scratch[worker];
  taut__patch_fill(w, t.plane, s);
  const double a = weights_of(w, f).a;
  for (int r = 0; r < t.rows; r += w->strip_rows) {
    const ptrdiff_t at = t.at + (ptrdiff_t)r * n, own = at - u->first[f];
    const int count = (t.rows - r < w->strip_rows ? t.rows - r : w->strip_rows) * n;
    double *const x = u->level[3][f] + own;
    if (w->scale != 1)
      for (int i = 0; i < count; i++) x[i] *= w->scale;
    const double *const L = w->loss[w->slot] + own;
    const double used = u->k->dot3(count, s->volume, L, x);
    sum->lost[f] += a * u->k->dot(count, s->volume, x) + used;
    sum->rate[f] -= used;
    sum->gross[f] += used;
    taut__patch_measure(w, f, at, count, s, sum);
  }
}

/* Middle of the range of the loss in each plane into plane_loss: with it the iteration converges for any contrast.  Returns
 * the integral of the right-hand side. */
static double collect_slot(taut_patch_work *w, int i) {
  taut_comm *comm = w->unit->domain->patch.comm;
  double supply = 0, *const low = w->plane_loss, *const high = w->plane_loss + w->planes;
  for (int k = 0; k < w->planes; k++) {
    low[k] = high[k] = -INFINITY;
    for (int t = 0; t < w->tiles_per_plane; t++) {
      const sums *s = &w->sum[k * w->tiles_per_plane + t];
      low[k] = fmax(low[k], -s->loss[i][0]);
      high[k] = fmax(high[k], s->loss[i][1]);
      supply += s->supply[w->now->field[i]];
    }
  }
  taut__comm_max(comm, low, 2 * w->planes);
  for (int k = 0; k < w->planes; k++) low[k] = 0.5 * (high[k] - low[k]);
  taut__comm_sum(comm, &supply, 1);
  return supply;
}

static taut_err solve_slot(taut_patch_work *w, int i) {
  taut_unit *u = w->unit;
  const int f = w->now->field[i], signal = u->set->chemotaxis[f].signal;
  const taut_patch_norm norm = {w->trial->rtol, u->set->field[f].floor, solve_tolerance};
  w->field = f;
  w->slot = i;
  w->scale = 1;
  const double supply = collect_slot(w, i);
  taut_err err = taut__patch_solve_general(
      w->solver, f, weights_of(w, f).a, w->loss[i], w->rhs[i], w->plane_loss + u->first[f] / u->domain->nr, supply,
      signal >= 0 ? u->level[3][signal] + (u->first[f] - u->first[signal]) : NULL, &norm, u->level[3][f], &w->scale);
  if (!err) taut__pool_run_workers(u->domain->patch.pool, w->items, group_finish, w);
  return err;
}

taut_err taut__patch_try_group(taut_patch_work *w) {
  taut_pool *pool = w->unit->domain->patch.pool;
  taut__pool_run_workers(pool, w->items, group_rates, w);
  const uint64_t negative = taut__patch_negative(w);
  if (negative) {
    w->euler |= negative;
    for (int i = 0; i < w->now->n; i++) w->unit->backward_euler += (negative & bit(w->now->field[i])) != 0;
    taut__pool_run_workers(pool, w->items, group_rates, w);
  }
  taut_err err = TAUT_OK;
  for (int i = 0; !err && i < w->now->n; i++) err = solve_slot(w, i);
  return err;
}
