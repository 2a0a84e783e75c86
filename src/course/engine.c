#include "course/engine.h"
#include "course/engine_state.h"
#include "course/patch_unit.h"
#include "base/pool.h"

#include <float.h>
#include <limits.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

struct taut_engine {
  taut_context *context;
  const taut_field_set *set;
  taut_engine_options o;
  int units;
  taut_unit *unit;
  taut_pool *pool;
  double *drive;
  double day, dt, dt1, dt2; /* proposal, last and last but one step */
  int levels;               /* known past levels, 1..3 */
  int since_restart;        /* accepted steps */
  taut_trial trial;
  double integral[TAUT_MAX_BALANCES], rate[TAUT_MAX_BALANCES], gross[TAUT_MAX_BALANCES];
  taut_balance_sum sum[TAUT_MAX_BALANCES];
};

taut_err taut__engine_create(taut_context *context, const taut_field_set *set, int domains,
                             const taut_domain *const *domain, const double *weight, const taut_engine_options *options,
                             double start, taut_engine **out) {
  *out = NULL;
  taut_err err = taut__field_set_check(context, set);
  if (err) return err;
  taut_engine *e = taut__alloc(1, sizeof *e);
  if (!e) return taut__fail(context, TAUT_ERR_MEMORY, NULL, "no memory for the engine");
  e->context = context;
  e->set = set;
  e->o = *options;
  if (!(e->o.step_max > 0)) e->o.step_max = 4;
  if (!(e->o.step_start > 0)) e->o.step_start = 1e-4;
  e->day = start;
  e->unit = taut__alloc((size_t)domains, sizeof *e->unit);
  e->drive = taut__alloc_doubles((size_t)set->drives + 1);
  if (!e->unit || !e->drive) err = taut__fail(context, TAUT_ERR_MEMORY, NULL, "no memory for the engine");
  if (!err && set->drives) memcpy(e->drive, set->drive_default, (size_t)set->drives * sizeof *e->drive);
  for (int d = 0; !err && d < domains; d++) {
    err = taut__unit_create(context, set, domain[d], weight[d], &e->unit[d]);
    e->units++;
  }
  if (!err) err = taut__pool_create(context, e->o.threads < domains ? e->o.threads : domains, &e->pool);
  if (err) {
    taut__engine_destroy(&e);
    return err;
  }
  taut__engine_restart(e);
  *out = e;
  return TAUT_OK;
}

void taut__engine_destroy(taut_engine **engine) {
  if (!engine || !*engine) return;
  taut_engine *e = *engine;
  for (int d = 0; d < e->units; d++) taut__unit_destroy(&e->unit[d]);
  taut__pool_destroy(&e->pool);
  free(e->unit);
  free(e->drive);
  free(e);
  *engine = NULL;
}

double taut__engine_day(const taut_engine *e) {
  return e->day;
}
int taut__engine_domains(const taut_engine *e) {
  return e->units;
}
const taut_domain *taut__engine_domain(const taut_engine *e, int d) {
  return e->unit[d].domain;
}
double taut__engine_weight(const taut_engine *e, int d) {
  return e->unit[d].weight;
}
double *const *taut__engine_state(taut_engine *e, int d) {
  return e->unit[d].level[0];
}
double *taut__engine_source(taut_engine *e, int d, int f) {
  return e->unit[d].source[f];
}
double *taut__engine_drive(taut_engine *e) {
  return e->drive;
}

const double *taut__engine_gate(taut_engine *e, int d) {
  return taut__unit_gates(&e->unit[d], e->drive);
}

/* Integral of a balance's fields, per mm2 of skin. */
static double integral(const taut_engine *e, const taut_balance *row) {
  double sum = 0;
  for (int d = 0; d < e->units; d++)
    sum += e->unit[d].weight * taut__unit_integral(&e->unit[d], row) / e->unit[d].domain->points.area;
  return row->scale * sum;
}

void taut__engine_restart(taut_engine *e) {
  e->levels = 1;
  e->since_restart = 0;
  e->dt = e->o.fixed_step > 0 ? e->o.fixed_step : e->o.step_start;
  for (int b = 0; b < e->set->balances; b++) e->integral[b] = integral(e, &e->set->balance[b]);
}

/* Writes the plane averages of `from` into `to` (which may be the same unit). */
static void average_planes(const taut_unit *from, taut_unit *to) {
  const taut_points *a = &from->domain->points, *b = &to->domain->points;
  for (int f = 0; f < from->set->n; f++) {
    const double *u = from->level[0][f];
    for (int k = 0; k < a->planes; k++) {
      const int first = a->plane_start[k] - from->first[f];
      if (first < 0 || first >= from->count[f]) continue;
      double sum = 0, volume = 0;
      for (int p = a->plane_start[k]; p < a->plane_start[k + 1]; p++) {
        sum += a->volume[p] * u[p - from->first[f]];
        volume += a->volume[p];
      }
      for (int p = b->plane_start[k]; p < b->plane_start[k + 1]; p++) to->level[0][f][p - to->first[f]] = sum / volume;
    }
  }
}

taut_err taut__engine_average(taut_engine *e, const taut_domain *const *domain, const double *weight) {
  for (int d = 0; d < e->units; d++) {
    taut_unit *u = &e->unit[d];
    if (u->domain == domain[d]) {
      u->weight = weight[d];
      average_planes(u, u);
      continue;
    }
    taut_unit other = {0};
    taut_err err = domain[d]->points.planes == u->domain->points.planes
                       ? taut__unit_create(e->context, e->set, domain[d], weight[d], &other)
                       : taut__fail(e->context, TAUT_ERR_INTERNAL, NULL, "domains of different depth cannot follow");
    if (err) {
      taut__unit_destroy(&other);
      return err;
    }
    average_planes(u, &other);
    other.worst_solve = u->worst_solve;
    taut__unit_destroy(u);
    *u = other;
  }
  taut__engine_restart(e);
  return TAUT_OK;
}

/* Coefficients for a step dt with the levels at hand. */
static void set_trial(taut_engine *e, double dt) {
  taut_trial *t = &e->trial;
  const double d1 = e->dt1, d2 = e->dt2, w = dt / d1;
  *t = (taut_trial){.dt = dt, .a = 1 / dt, .b1 = 1 / dt, .b2 = 0, .predict = {1, 0, 0}, .rtol = e->o.rtol};
  if (e->levels == 1 || e->o.backward_euler) return;
  t->a = (1 + 2 * w) / (1 + w) / dt;
  t->b1 = (1 + w) / dt;
  t->b2 = w * w / (1 + w) / dt;
  if (e->levels == 2) {
    t->predict[0] = 1 + w;
    t->predict[1] = -w;
    t->error = w / (1 + 2 * w);
    return;
  }
  t->predict[0] = (dt + d1) * (dt + d1 + d2) / (d1 * (d1 + d2));
  t->predict[1] = -dt * (dt + d1 + d2) / (d1 * d2);
  t->predict[2] = dt * (dt + d1) / ((d1 + d2) * d2);
  const double l = dt * dt * dt * (1 + w) * (1 + w) / (6 * w * (1 + 2 * w)), p = dt * (dt + d1) * (dt + d1 + d2) / 6;
  t->error = l / (l + p);
}

static void try_unit(void *user, int d) {
  taut_engine *e = user;
  taut__unit_try(&e->unit[d], &e->trial, e->drive);
}

/* Largest error over units and fields; *field names the worst (for messages). */
static double trial_error(const taut_engine *e, int *field) {
  double worst = 0;
  *field = 0;
  for (int d = 0; d < e->units; d++)
    for (int f = 0; f < e->set->n; f++) {
      const double x = e->unit[d].field_error[f];
      if (x > worst || isnan(x)) {
        worst = x;
        *field = f;
        if (isnan(x)) return x;
      }
    }
  return worst;
}

static void keep_balances(taut_engine *e) {
  for (int b = 0; b < e->set->balances; b++) {
    const taut_balance *row = &e->set->balance[b];
    double rate = 0, gross = 0;
    for (int d = 0; d < e->units; d++) {
      const double share = row->scale * e->unit[d].weight / e->unit[d].domain->points.area;
      rate += share * e->unit[d].rate[b];
      gross += share * e->unit[d].gross[b];
    }
    const bool first = e->since_restart == 0;
    e->sum[b].expected += e->trial.dt * 0.5 * (rate + (first ? rate : e->rate[b]));
    e->sum[b].turnover += e->trial.dt * 0.5 * (gross + (first ? gross : e->gross[b]));
    const double now = integral(e, row);
    e->sum[b].found += now - e->integral[b];
    e->integral[b] = now;
    e->rate[b] = rate;
    e->gross[b] = gross;
  }
}

/* Accepts the tried step that ends at `day` and proposes the next. */
static void accept(taut_engine *e, double day, double error, bool shortened, taut_report *r) {
  const double dt = e->trial.dt;
  for (int d = 0; d < e->units; d++) {
    taut__unit_accept(&e->unit[d]);
    r->backward_euler += e->unit[d].backward_euler;
    e->unit[d].backward_euler = 0;
  }
  keep_balances(e);
  e->day = day;
  e->dt2 = e->dt1;
  e->dt1 = dt;
  if (e->levels < 3) e->levels++;
  r->steps++;
  r->day = day;
  if (r->steps == 1 || dt < r->step_min) r->step_min = dt;
  if (dt > r->step_max) r->step_max = dt;
  if (e->o.fixed_step > 0) {
    e->since_restart++;
    return;
  }
  double factor = error > 0 ? fmin(fmax(0.9 / cbrt(error), 0.3), 1.6) : 1.6;
  if (e->since_restart < 3) factor = fmin(factor, 1.2);
  e->since_restart++;
  double next = dt * factor;
  if (shortened) next = fmin(2 * dt, fmax(next, e->dt));
  e->dt = fmin(next, e->o.step_max);
}

static taut_err step(taut_engine *e, double day, taut_report *r) {
  for (;;) {
    const double rest = day - e->day;
    double dt = e->dt;
    bool last = false, shortened = false;
    if (dt >= rest * (1 - 4 * DBL_EPSILON)) {
      shortened = dt > rest;
      dt = rest;
      last = true;
    } else if (dt > 0.5 * rest && !(e->o.fixed_step > 0)) {
      dt = 0.5 * rest;
      shortened = true;
    }
    set_trial(e, dt);
    taut__pool_run(e->pool, e->units, try_unit, e);
    for (int d = 0; d < e->units; d++)
      if (e->unit[d].failed)
        return taut__fail(e->context, e->unit[d].failed, NULL, "the step of %g days from day %g failed", dt, e->day);
    int field;
    const double error = trial_error(e, &field);
    if (isnan(error))
      return taut__fail(e->context, TAUT_ERR_NUMERICS, NULL, "field %s is not a number at day %g (step %g days)",
                        e->set->field[field].name, e->day + dt, dt);
    if (error <= 1 || dt < 1e-7 || e->o.fixed_step > 0) {
      accept(e, last ? day : e->day + dt, error, shortened, r);
      return TAUT_OK;
    }
    r->rejected++;
    for (int d = 0; d < e->units; d++) e->unit[d].backward_euler = 0;
    e->dt = dt * fmax(0.25, 0.85 / cbrt(error));
    if (e->day + e->dt <= e->day)
      return taut__fail(e->context, TAUT_ERR_NUMERICS, NULL,
                        "the step at day %g shrank to nothing (field %s, error %g)", e->day, e->set->field[field].name,
                        error);
  }
}

taut_err taut__engine_advance(taut_engine *e, double day, taut_step_fn *each, void *user, taut_report *report) {
  while (e->day < day) {
    taut_err err = step(e, day, report);
    if (!err && each) err = each(user, e, report);
    if (err) return err;
  }
  return TAUT_OK;
}

double taut__engine_worst_solve(const taut_engine *e) {
  double worst = 0;
  for (int d = 0; d < e->units; d++) worst = fmax(worst, e->unit[d].worst_solve);
  return worst;
}

taut_balance_sum taut__engine_balance(const taut_engine *e, int row) {
  return e->sum[row];
}

taut_err taut__engine_note(taut_engine *e, taut_texts *log) {
  taut_err err = TAUT_OK;
  for (int d = 0; !err && d < e->units; d++)
    if (e->unit[d].patch) err = taut__patch_note(&e->unit[d], log);
  return err;
}

void taut__engine_keep(taut_engine *e, taut_keeper *k) {
  const size_t balances = (size_t)e->set->balances;
  taut__keep(k, "day", &e->day, TAUT_KEPT_DOUBLE, 1);
  taut__keep(k, "dt", &e->dt, TAUT_KEPT_DOUBLE, 1);
  taut__keep(k, "dt1", &e->dt1, TAUT_KEPT_DOUBLE, 1);
  taut__keep(k, "dt2", &e->dt2, TAUT_KEPT_DOUBLE, 1);
  taut__keep_int(k, "levels", &e->levels, 1, TAUT_LEVELS - 1);
  taut__keep_int(k, "since_restart", &e->since_restart, 0, INT_MAX);
  taut__keep(k, "drive", e->drive, TAUT_KEPT_DOUBLE, (size_t)e->set->drives);
  taut__keep(k, "balance_integral", e->integral, TAUT_KEPT_DOUBLE, balances);
  taut__keep(k, "balance_rate", e->rate, TAUT_KEPT_DOUBLE, balances);
  taut__keep(k, "balance_gross", e->gross, TAUT_KEPT_DOUBLE, balances);
  taut__keep(k, "balance_sum", e->sum, TAUT_KEPT_DOUBLE, balances * (sizeof *e->sum / sizeof(double)));
  for (int d = 0; d < e->units; d++) {
    char name[24];
    snprintf(name, sizeof name, "domain_%d", d + 1);
    taut__keep_enter(k, name);
    taut__unit_keep(&e->unit[d], e->levels, k);
    taut__keep_leave(k);
  }
}

double taut__engine_residual(taut_engine *e) {
  double worst = 0;
  for (int d = 0; d < e->units; d++) worst = fmax(worst, taut__unit_residual(&e->unit[d], e->drive));
  return worst;
}
