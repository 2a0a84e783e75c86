/* What a patch keeps for its steps: arrays, phases, bytes. */
#include "course/patch_work.h"

#include <stdlib.h>
#include <string.h>

/* Points that a strip function gets at once: its inputs and outputs should stay in the second cache. */
enum { STRIP_POINTS = 512 };
/* ------------------------------------------------------------------------------------------------- making ---- */

/* Consecutive groups without transport make one phase. */
static bool make_phases(taut_patch_work *w, const taut_field_set *set) {
  w->phase = taut__alloc((size_t)set->groups, sizeof *w->phase);
  if (!w->phase) return false;
  for (int g = 0; g < set->groups; g++) {
    const taut_group *group = &set->group[g];
    bool points = true;
    for (int i = 0; i < group->n; i++)
      points &= taut__patch_solver_way(w->solver, group->field[i]) == TAUT_SOLVE_POINTWISE;
    phase *last = w->phases ? &w->phase[w->phases - 1] : NULL;
    if (!(points && group->n == 1 && last && last->points)) {
      last = &w->phase[w->phases++];
      last->points = points && group->n == 1;
    }
    for (int i = 0; i < group->n; i++) last->field[last->n++] = group->field[i];
  }
  return true;
}

static bool make_arrays(taut_patch_work *w) {
  const taut_unit *u = w->unit;
  size_t need[4] = {0};
  for (int i = 0; i < w->phases; i++) {
    const phase *p = &w->phase[i];
    if (p->points || taut__patch_streams(w, p)) continue;
    for (int s = 0; s < p->n; s++)
      if ((size_t)u->count[p->field[s]] > need[s]) need[s] = (size_t)u->count[p->field[s]];
  }
  for (int s = 0; s < 4; s++) {
    w->loss[s] = taut__alloc_doubles(need[s]);
    w->rhs[s] = taut__alloc_doubles(need[s]);
    if (!w->loss[s] || !w->rhs[s]) return false;
  }
  const size_t most = (size_t)TAUT_TILE_ROWS * (size_t)u->domain->patch.n;
  w->workers = taut__pool_threads(u->domain->patch.pool);
  w->scratch = taut__alloc((size_t)w->workers, sizeof *w->scratch);
  w->sum = taut__alloc((size_t)w->items, sizeof *w->sum);
  w->layer = taut__alloc((size_t)w->planes, sizeof *w->layer);
  w->m = taut__alloc_doubles((size_t)w->planes);
  w->plane_loss = taut__alloc_doubles(2 * (size_t)w->planes);
  if (!w->scratch || !w->sum || !w->layer || !w->m || !w->plane_loss) return false;
  for (int i = 0; i < w->workers; i++) {
    double **const arrays[] = {&w->scratch[i].P,    &w->scratch[i].L,      &w->scratch[i].f,
                               &w->scratch[i].gate, &w->scratch[i].volume, &w->scratch[i].zero};
    for (size_t k = 0; k < sizeof arrays / sizeof *arrays; k++)
      if (!(*arrays[k] = taut__alloc_doubles(most))) return false;
  }
  return true;
}

taut_err taut__patch_create_work(taut_context *context, taut_unit *u) {
  taut_patch_work *w = taut__alloc(1, sizeof *w);
  if (!w) return taut__fail(context, TAUT_ERR_MEMORY, NULL, "no memory for a patch");
  u->patch = w;
  w->context = context;
  w->unit = u;
  w->k = taut__patch_kernels();
  const taut_domain *d = u->domain;
  taut_err err = taut__patch_solver_create(context, d, u->set, &w->solver);
  if (err) return err;
  w->planes = d->points.planes;
  w->tiles_per_plane = (d->patch.y_count + TAUT_TILE_ROWS - 1) / TAUT_TILE_ROWS;
  w->items = w->planes * w->tiles_per_plane;
  w->strip_rows = STRIP_POINTS / d->patch.n > 0 ? STRIP_POINTS / d->patch.n : 1;
  if (w->strip_rows > TAUT_TILE_ROWS) w->strip_rows = TAUT_TILE_ROWS;
  for (int g = 0; g < u->set->groups; g++)
    for (int i = 0; u->set->group[g].n > 1 && i < u->set->group[g].n; i++)
      if (taut__patch_solver_way(w->solver, u->set->group[g].field[i]) != TAUT_SOLVE_GENERAL)
        return taut__fail(context, TAUT_ERR_INTERNAL, NULL, "field %s in a group of a patch needs no group",
                          u->set->field[u->set->group[g].field[i]].name);
  if (!make_phases(w, u->set) || !make_arrays(w))
    return taut__fail(context, TAUT_ERR_MEMORY, NULL, "no memory for the step of %d points", d->points.n);
  for (int l = 0; l < TAUT_LAYERS; l++)
    for (int k = d->points.layer_plane[l]; k < d->points.layer_plane[l + 1]; k++) w->layer[k] = l;
  return TAUT_OK;
}

void taut__patch_destroy_work(taut_unit *u) {
  taut_patch_work *w = u->patch;
  if (!w) return;
  taut__patch_solver_destroy(&w->solver);
  for (int i = 0; w->scratch && i < w->workers; i++) {
    scratch *s = &w->scratch[i];
    double *const arrays[] = {s->P, s->L, s->f, s->gate, s->volume, s->zero};
    for (size_t k = 0; k < sizeof arrays / sizeof *arrays; k++) free(arrays[k]);
  }
  for (int s = 0; s < 4; s++) {
    free(w->loss[s]);
    free(w->rhs[s]);
  }
  void *const arrays[] = {w->scratch, w->sum, w->layer, w->m, w->plane_loss, w->phase};
  for (size_t i = 0; i < sizeof arrays / sizeof *arrays; i++) free(arrays[i]);
  free(w);
  u->patch = NULL;
}

size_t taut__patch_bytes(const taut_field_set *set, const int rows[TAUT_LAYERS], int n, int count, int processes) {
  const size_t plane = (size_t)n * (size_t)count;
  size_t points = 0, field_points = 0, group_points = 0;
  for (int l = 0; l < TAUT_LAYERS; l++) points += (size_t)rows[l] * plane;
  size_t own[TAUT_MAX_FIELDS] = {0};
  for (int f = 0; f < set->n; f++) {
    for (int l = 0; l < TAUT_LAYERS; l++)
      if (set->field[f].layers & TAUT_IN(l)) own[f] += (size_t)rows[l] * plane;
    field_points += own[f];
  }
  size_t slot[4] = {0};
  for (int g = 0; g < set->groups; g++)
    for (int i = 0; i < set->group[g].n; i++) {
      const int f = set->group[g].field[i];
      const bool general = set->diffusion[f] > 0 && !(set->field[f].layered_loss && set->chemotaxis[f].signal < 0);
      if ((general || set->group[g].n > 1) && own[f] > slot[i]) slot[i] = own[f];
    }
  for (int i = 0; i < 4; i++) group_points += slot[i];
  const size_t tiles = points / plane * (size_t)((count + TAUT_TILE_ROWS - 1) / TAUT_TILE_ROWS);
  return sizeof(double) * (TAUT_LEVELS * field_points + 2 * group_points + points) + tiles * sizeof(sums) +
         taut__patch_solver_bytes(set, rows, n, count, processes);
}

void taut__patch_keep(taut_unit *u, taut_keeper *k) {
  taut__keep(k, "backward_euler_fields", &u->patch->euler, TAUT_KEPT_BYTE, sizeof u->patch->euler);
  taut__patch_solver_keep(u->patch->solver, k);
}

taut_err taut__patch_note(taut_unit *u, taut_texts *log) {
  const taut_patch_solver_count c = taut__patch_solver_counted(u->patch->solver);
  double mended = (double)c.mended;
  taut__comm_sum(u->domain->patch.comm, &mended, 1);
  return taut__texts_add(
      log,
      "transport of cells: %ld solves, %ld iterations, %.0f points by their own balance, balances closed by "
      "factors within %.3g of 1",
      c.solves, c.iterations, mended, c.closed);
}
