#include "course/engine_state.h"
#include "course/patch_unit.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

/* Arrays start on cache lines. */
static size_t padded(int n) {
  return ((size_t)n + 7) / 8 * 8;
}

taut_err taut__unit_create(taut_context *context, const taut_field_set *set, const taut_domain *domain, double weight,
                           taut_unit *out) {
  taut_unit *u = out;
  memset(u, 0, sizeof *u);
  u->domain = domain;
  u->set = set;
  u->k = domain->kernels;
  u->weight = weight;
  const bool patch = domain->kind == TAUT_DOMAIN_PATCH;
  const int kinds = patch ? TAUT_LEVELS : TAUT_LEVELS + 5;
  size_t need = patch ? 0 : 2 * padded(domain->points.n) + padded(domain->points.planes);
  for (int f = 0; f < set->n; f++) {
    taut__field_points(&set->field[f], &domain->points, &u->first[f], &u->count[f]);
    need += (size_t)kinds * padded(u->count[f]);
    if (patch)
      for (int l = 0; l < TAUT_LAYERS; l++)
        u->total_volume[f] += set->field[f].layers & TAUT_IN(l) ? domain->layer_volume[l] : 0;
    else
      for (int p = 0; p < u->count[f]; p++) u->total_volume[f] += domain->volume[u->first[f] + p];
  }
  u->store = taut__alloc_doubles(need);
  if (!u->store)
    return taut__fail(context, TAUT_ERR_MEMORY, NULL, "no memory for the state of %d points", domain->points.n);
  double *at = u->store;
  for (int f = 0; f < set->n; f++) {
    double **const arrays[] = {&u->level[0][f], &u->level[1][f], &u->level[2][f],   &u->level[3][f], &u->star[f],
                               &u->loss[f],     &u->rhs[f],      &u->production[f], &u->source[f]};
    for (int i = 0; i < kinds; i++) {
      *arrays[i] = at;
      at += padded(u->count[f]);
    }
    for (int l = 0; l < TAUT_LAYERS; l++) {
      if (!(set->field[f].layers & TAUT_IN(l))) continue;
      for (int p = domain->points.layer_start[l]; p < domain->points.layer_start[l + 1]; p++)
        u->level[0][f][p - u->first[f]] = set->rest[f][l];
    }
  }
  if (patch) return taut__patch_create_work(context, u);
  u->gate = at;
  u->zeros = at + padded(domain->points.n);
  u->m = u->zeros + padded(domain->points.n);
  for (int f = 0; f < set->n; f++)
    for (int l = 0; l < TAUT_LAYERS; l++)
      u->strip_source[l][f] =
          set->field[f].layers & TAUT_IN(l) ? u->source[f] + (domain->points.layer_start[l] - u->first[f]) : u->zeros;
  return taut__solver_create(context, domain, set, &u->solver);
}

void taut__unit_destroy(taut_unit *unit) {
  taut__patch_destroy_work(unit);
  taut__solver_destroy(&unit->solver);
  free(unit->store);
  memset(unit, 0, sizeof *unit);
}

static void read_field(taut_unit *u, int f, double *state) {
  const taut_points *points = &u->domain->points;
  for (int l = 0; l < TAUT_LAYERS; l++)
    u->mixed[l][f] = u->set->field[f].layers & TAUT_IN(l) ? state + (points->layer_start[l] - u->first[f]) : u->zeros;
}

void taut__unit_read(taut_unit *unit, double *const *state) {
  for (int f = 0; f < unit->set->n; f++) read_field(unit, f, state[f]);
}

/* The strip of a layer; n = 0 where the domain has no such layer. */
static taut_strip strip_of(const taut_unit *u, int layer, const double *drive) {
  const int *start = u->domain->points.layer_start;
  return (taut_strip){.n = start[layer + 1] - start[layer],
                      .layer = (taut_layer)layer,
                      .u = u->mixed[layer],
                      .gate = u->gate + start[layer],
                      .source = u->strip_source[layer],
                      .drive = drive,
                      .constants = u->set->constants};
}

void taut__unit_gate(taut_unit *u, const double *drive) {
  const taut_field_set *set = u->set;
  const taut_points *points = &u->domain->points;
  if (!set->gate_local) return;
  for (int l = 0; l < TAUT_LAYERS; l++) {
    const taut_strip s = strip_of(u, l, drive);
    if (!s.n || !(set->gate_layers & TAUT_IN(l))) continue;
    double *gate = u->gate + points->layer_start[l];
    set->gate_local(&s, gate);
    for (int k = points->layer_plane[l]; k < points->layer_plane[l + 1]; k++) {
      double sum = 0, volume = 0;
      for (int p = points->plane_start[k]; p < points->plane_start[k + 1]; p++) {
        sum += points->volume[p] * u->gate[p];
        volume += points->volume[p];
      }
      const double m = set->gate_close(set->constants, (taut_layer)l, sum / volume);
      for (int p = points->plane_start[k]; p < points->plane_start[k + 1]; p++) u->gate[p] = m;
    }
  }
}

void taut__unit_rates(taut_unit *u, int f, const double *drive) {
  for (int l = 0; l < TAUT_LAYERS; l++) {
    const taut_strip s = strip_of(u, l, drive);
    if (!s.n || !(u->set->field[f].layers & TAUT_IN(l))) continue;
    const int at = u->domain->points.layer_start[l] - u->first[f];
    u->set->strip[f](&s, u->production[f] + at, u->loss[f] + at);
  }
}

/* A negative right-hand side: the field is redone with backward Euler in this step. */
static void redo(taut_unit *u, const taut_trial *t, int f) {
  const double a = 1 / t->dt;
  u->k->right_side(u->count[f], a, 0, u->production[f], u->level[0][f], u->level[0][f], u->rhs[f]);
  if (taut__solver_way(u->solver, f) == TAUT_SOLVE_GENERAL)
    taut__solver_single(u->solver, a, f, (const double *const *)u->loss, (const double *const *)u->star, u->rhs[f],
                        u->level[3][f]);
  else
    taut__solver_solve(u->solver, a, 1, &f, (const double *const *)u->loss, (const double *const *)u->rhs, u->level[3]);
  u->backward_euler++;
}

/* How well the implicit solve of a transported field closes: its volume integral has no flux term. */
static void check_solve(taut_unit *u, double a, int f) {
  double sum, size;
  u->k->balance(u->count[f], a, u->loss[f], u->rhs[f], u->level[3][f], u->domain->volume + u->first[f], &sum, &size);
  if (size > 0 && fabs(sum) > u->worst_solve * size) u->worst_solve = fabs(sum) / size;
}

static void keep_balances(taut_unit *u, int f) {
  for (int b = 0; b < u->set->balances; b++) {
    const taut_balance *row = &u->set->balance[b];
    for (int i = 0; i < row->n; i++) {
      if (row->field[i] != f) continue;
      double sum, gross;
      u->k->balance(u->count[f], 0, u->loss[f], u->production[f], u->level[3][f], u->domain->volume + u->first[f], &sum,
                    &gross);
      u->rate[b] += sum;
      u->gross[b] += gross + fabs(sum - gross);
    }
  }
}

static void solve_group(taut_unit *u, const taut_trial *t, const taut_group *g, const double *drive) {
  bool again[4] = {false};
  for (int i = 0; i < g->n; i++) {
    const int f = g->field[i];
    taut__unit_rates(u, f, drive);
    again[i] =
        u->k->right_side(u->count[f], t->b1, t->b2, u->production[f], u->level[0][f], u->level[1][f], u->rhs[f]) < 0;
  }
  taut__solver_solve(u->solver, t->a, g->n, g->field, (const double *const *)u->loss, (const double *const *)u->rhs,
                     u->level[3]);
  for (int i = 0; i < g->n; i++) {
    const int f = g->field[i];
    if (again[i]) redo(u, t, f);
    if (taut__solver_way(u->solver, f) != TAUT_SOLVE_POINTWISE) check_solve(u, again[i] ? 1 / t->dt : t->a, f);
    keep_balances(u, f);
    if (t->error > 0 && u->count[f] > 0)
      u->field_error[f] =
          sqrt(u->k->error(u->count[f], t->predict, u->level[0][f], u->level[1][f], u->level[2][f], u->level[3][f],
                           u->domain->volume + u->first[f], t->error, t->rtol, u->set->field[f].floor) /
               u->total_volume[f]);
  }
  for (int i = 0; i < g->n; i++) read_field(u, g->field[i], u->level[3][g->field[i]]);
}

double taut__unit_integral(taut_unit *u, const taut_balance *row) {
  if (u->patch) return taut__patch_integral(u, row);
  double sum = 0;
  for (int i = 0; i < row->n; i++) {
    const int f = row->field[i];
    sum += u->k->dot(u->count[f], u->domain->volume + u->first[f], u->level[0][f]);
  }
  return sum;
}

const double *taut__unit_gates(taut_unit *u, const double *drive) {
  if (u->patch) return taut__patch_gates(u, drive);
  taut__unit_read(u, u->level[0]);
  taut__unit_gate(u, drive);
  for (int k = 0; k < u->domain->points.planes; k++) u->m[k] = u->gate[u->domain->plane_start[k]];
  return u->m;
}

double taut__unit_residual(taut_unit *u, const double *drive) {
  if (u->patch) return taut__patch_residual(u, drive);
  double worst = 0;
  taut__unit_read(u, u->level[0]);
  taut__unit_gate(u, drive);
  for (int f = 0; f < u->set->n; f++) {
    taut__unit_rates(u, f, drive);
    for (int p = 0; p < u->count[f]; p++)
      worst = fmax(worst, fabs(u->production[f][p] - u->loss[f][p] * u->level[0][f][p]));
  }
  return worst;
}

void taut__unit_try(taut_unit *u, const taut_trial *t, const double *drive) {
  if (u->patch) {
    taut__patch_try(u, t, drive);
    return;
  }
  const taut_field_set *set = u->set;
  memset(u->rate, 0, sizeof u->rate);
  memset(u->gross, 0, sizeof u->gross);
  memset(u->field_error, 0, sizeof u->field_error);
  for (int f = 0; f < set->n; f++)
    u->k->predict(u->count[f], t->predict, u->level[0][f], u->level[1][f], u->level[2][f], u->star[f]);
  taut__unit_read(u, u->star);
  taut__unit_gate(u, drive);
  for (int f = 0; f < set->n; f++)
    if (taut__solver_way(u->solver, f) == TAUT_SOLVE_GENERAL) taut__unit_rates(u, f, drive);
  taut__solver_prepare(u->solver, t->a, (const double *const *)u->loss, (const double *const *)u->star);
  for (int g = 0; g < set->groups; g++) solve_group(u, t, &set->group[g], drive);
}

void taut__unit_accept(taut_unit *u) {
  double *spare[TAUT_MAX_FIELDS];
  memcpy(spare, u->level[2], sizeof spare);
  memcpy(u->level[2], u->level[1], sizeof spare);
  memcpy(u->level[1], u->level[0], sizeof spare);
  memcpy(u->level[0], u->level[3], sizeof spare);
  memcpy(u->level[3], spare, sizeof spare);
}

static bool any(const double *x, int n) {
  for (int i = 0; i < n; i++)
    if (x[i] != 0) return true;
  return false;
}

void taut__unit_keep(taut_unit *u, int levels, taut_keeper *k) {
  static const char *const level_name[] = {"u_n", "u_n_1", "u_n_2"};
  taut__keep(k, "worst_solve", &u->worst_solve, TAUT_KEPT_DOUBLE, 1);
  if (u->patch) taut__patch_keep(u, k);
  for (int i = 0; i < levels; i++) {
    taut__keep_enter(k, level_name[i]);
    for (int f = 0; f < u->set->n; f++)
      taut__keep(k, u->set->field[f].name, u->level[i][f], TAUT_KEPT_DOUBLE, (size_t)u->count[f]);
    taut__keep_leave(k);
  }
  int given[TAUT_MAX_FIELDS]; /* few fields ever have an external source */
  for (int f = 0; f < u->set->n; f++) given[f] = u->source[f] && any(u->source[f], u->count[f]);
  taut__keep(k, "sources", given, TAUT_KEPT_INT, (size_t)u->set->n);
  taut__keep_enter(k, "source");
  for (int f = 0; f < u->set->n; f++)
    if (given[f] && u->source[f])
      taut__keep(k, u->set->field[f].name, u->source[f], TAUT_KEPT_DOUBLE, (size_t)u->count[f]);
  taut__keep_leave(k);
}
