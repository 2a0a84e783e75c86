/* Parts of a step on a patch, each timed by itself on a state in mid-course. */
#include "patch_job.h"
#include "domain/patch_solver.h"
#include "domain/spectral.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

enum { REPEATS = 5 };

typedef struct parts {
  const job *j;
  const taut_domain *d;
  const taut_field_set *set;
  double *const *u;
  const double *m;
  int rows, tiles;
  double *P, *L, *gate, *zero;
} parts;

/* Runs fn on strips of `rows` rows of every plane. */
static void over_strips(const parts *p, void (*fn)(const parts *p, const taut_strip *s, int plane, int at, void *user),
                        void *user) {
  const int n = p->d->patch.n, count = p->d->patch.y_count;
  const double *u[TAUT_MAX_FIELDS], *source[TAUT_MAX_FIELDS];
  for (int k = 0; k < p->d->points.planes; k++) {
    int layer = 0;
    while (k >= p->d->points.layer_plane[layer + 1]) layer++;
    for (int i = 0; i < p->rows * n; i++) p->gate[i] = p->m[k];
    for (int row = 0; row < count; row += p->rows) {
      const int rows = count - row < p->rows ? count - row : p->rows, at = p->d->plane_start[k] + row * n;
      for (int f = 0; f < p->set->n; f++) {
        int first, points;
        taut__field_points(&p->set->field[f], &p->d->points, &first, &points);
        u[f] = p->set->field[f].layers & TAUT_IN(layer) ? p->u[f] + (at - first) : p->zero;
        source[f] = p->zero;
      }
      const taut_strip s = {.n = rows * n,
                            .layer = (taut_layer)layer,
                            .u = u,
                            .gate = p->gate,
                            .source = source,
                            .drive = taut__engine_drive(p->j->state->engine),
                            .constants = p->set->constants};
      fn(p, &s, k, at, user);
    }
  }
}

static void all_rates(const parts *p, const taut_strip *s, int plane, int at, void *user) {
  double *sum = user;
  (void)plane;
  (void)at;
  for (int f = 0; f < p->set->n; f++) {
    if (!(p->set->field[f].layers & TAUT_IN(s->layer))) continue;
    p->set->strip[f](s, p->P, p->L);
    *sum += p->P[0] + p->L[0];
  }
}

/* Right-hand side and losses of one field for a backward Euler step of 1/a. */
typedef struct system {
  int field, first, count;
  double a, *L, *f, *guess, *plane_loss, supply;
} system_of;

static void one_rate(const parts *p, const taut_strip *s, int plane, int at, void *user) {
  system_of *y = user;
  if (!(p->set->field[y->field].layers & TAUT_IN(s->layer))) return;
  double *const L = y->L + (at - y->first), *const f = y->f + (at - y->first);
  const double *const u = s->u[y->field];
  p->set->strip[y->field](s, p->P, L);
  for (int i = 0; i < s->n; i++) {
    f[i] = y->a * u[i] + p->P[i];
    y->plane_loss[plane] += L[i] / ((double)p->d->patch.n * p->d->patch.n);
    y->supply += f[i] * p->d->volume[at];
  }
}

static system_of make_system(const parts *p, int field, double a) {
  system_of y = {.field = field, .a = a};
  taut__field_points(&p->set->field[field], &p->d->points, &y.first, &y.count);
  y.L = taut__alloc_doubles((size_t)y.count);
  y.f = taut__alloc_doubles((size_t)y.count);
  y.guess = taut__alloc_doubles((size_t)y.count);
  y.plane_loss = taut__alloc_doubles((size_t)p->d->points.planes);
  if (!y.L || !y.f || !y.guess || !y.plane_loss) abort();
  over_strips(p, one_rate, &y);
  return y;
}

static void free_system(system_of *y) {
  free(y->L);
  free(y->f);
  free(y->guess);
  free(y->plane_loss);
}

static void row(const char *name, double seconds, double points, const char *per, const char *note) {
  printf("  %-30s %8.1f ns a point%s  %8.1f million a second  %s\n", name, 1e9 * seconds / points, per,
         1e-6 * points / seconds, note);
}

/* A layered field as the step solves it: tiles of the right-hand side, modes, tiles of the solution. */
static double layered_solve(const parts *p, taut_patch_solver *solver, const system_of *y, double *u) {
  const taut_domain *d = p->d;
  const int n = d->patch.n, count = d->patch.y_count, from = y->first / d->nr, planes = y->count / d->nr;
  const double start = bench_processor();
  taut__patch_layered_begin(solver, y->field);
  for (int k = 0; k < planes; k++)
    for (int r = 0; r < count; r += TAUT_TILE_ROWS) {
      const ptrdiff_t at = ((ptrdiff_t)k * count + r) * n;
      taut__patch_layered_forward(solver, from + k, r, count - r < TAUT_TILE_ROWS ? count - r : TAUT_TILE_ROWS,
                                  y->f + at, 0);
    }
  taut__patch_layered_finish(solver, y->field, y->a, y->plane_loss + from);
  for (int k = 0; k < planes; k++)
    for (int r = 0; r < count; r += TAUT_TILE_ROWS) {
      const ptrdiff_t at = ((ptrdiff_t)k * count + r) * n;
      taut__patch_layered_backward(solver, from + k, r, count - r < TAUT_TILE_ROWS ? count - r : TAUT_TILE_ROWS, u + at,
                                   0);
    }
  return bench_processor() - start;
}

/* What went in and what is lost agree. */
static void check_balance(const parts *p, const system_of *y, const double *u, double scale) {
  double lost = 0;
  for (int i = 0; i < y->count; i++) lost += (y->a + y->L[i]) * u[i] * p->d->volume[y->first + i];
  job_check(fabs(scale * lost / y->supply - 1) < 1e-10, p->set->field[y->field].name);
}

static void time_layered(const parts *p, taut_patch_solver *solver, int field, double a, double target, double aim) {
  system_of y = make_system(p, field, a);
  double *u = taut__alloc_doubles((size_t)y.count), seconds[REPEATS];
  if (!u) abort();
  for (int i = 0; i < REPEATS; i++) seconds[i] = layered_solve(p, solver, &y, u);
  check_balance(p, &y, u, 1);
  const double t = bench_median(seconds, REPEATS), speed = 1e-6 * y.count / t;
  char note[96];
  snprintf(note, sizeof note, "target %.0f, aim %.0f: %s", target, aim,
           speed >= aim      ? "aim met"
           : speed >= target ? "target met"
                             : "MISSED");
  row(p->set->field[field].name, t, y.count, "", note);
  free(u);
  free_system(&y);
}

/* A general field from a guess as far off as the extrapolation of a step may be: one tolerance. */
static void time_general(const parts *p, taut_patch_solver *solver, int field, double a, double target) {
  system_of y = make_system(p, field, a);
  const double tolerance = 1e-3;
  const taut_patch_norm norm = {tolerance, p->set->field[field].floor, 0.01};
  const int signal = p->set->chemotaxis[field].signal;
  const double *s = NULL;
  if (signal >= 0) {
    int first, count;
    taut__field_points(&p->set->field[signal], &p->d->points, &first, &count);
    s = p->u[signal] + (y.first - first);
  }
  double *u = taut__alloc_doubles((size_t)y.count), *f = taut__alloc_doubles((size_t)y.count), seconds[REPEATS];
  if (!u || !f) abort();
  memcpy(y.guess, p->u[field], (size_t)y.count * sizeof *u);
  taut_patch_solver_count before = taut__patch_solver_counted(solver);
  double scale = 1;
  for (int i = -1; i < REPEATS; i++) {
    memcpy(u, y.guess, (size_t)y.count * sizeof *u);
    memcpy(f, y.f, (size_t)y.count * sizeof *u);
    const double start = bench_processor();
    job_good(p->j, taut__patch_solve_general(solver, field, a, y.L, f, y.plane_loss + y.first / p->d->nr, y.supply, s,
                                             &norm, u, &scale));
    if (i >= 0) seconds[i] = bench_processor() - start;
    if (i >= 0) continue;
    /* the next solves start from the solution, off by one tolerance on the scale of the tracks */
    for (int q = 0; q < y.count; q++)
      y.guess[q] = scale * u[q] + tolerance * (p->u[field][q] > u[q] ? 1 : -0.5) * (norm.floor + u[q]);
    before = taut__patch_solver_counted(solver);
  }
  check_balance(p, &y, u, scale);
  const taut_patch_solver_count after = taut__patch_solver_counted(solver);
  const double t = bench_median(seconds, REPEATS), speed = 1e-6 * y.count / t;
  char note[96];
  snprintf(note, sizeof note, "%.1f iterations%s", (double)(after.iterations - before.iterations) / REPEATS,
           target > 0 ? speed >= target ? "; target 20: met" : "; target 20: MISSED" : "");
  row(p->set->field[field].name, t, y.count, "", note);
  free(u);
  free(f);
  free_system(&y);
}

static void time_kernels(const parts *p) {
  const taut_kernels *k = p->d->kernels;
  const int n = 1 << 21;
  double *u[5], predict[REPEATS], error[REPEATS];
  for (int i = 0; i < 5; i++) {
    u[i] = taut__alloc_doubles((size_t)n);
    if (!u[i]) abort();
    for (int q = 0; q < n; q++) u[i][q] = 1;
  }
  const double c[3] = {3, -3, 1};
  double keep = 0;
  for (int i = 0; i < REPEATS; i++) {
    double start = bench_processor();
    k->predict(n, c, u[0], u[1], u[2], u[3]);
    predict[i] = bench_processor() - start;
    start = bench_processor();
    keep += k->error(n, c, u[0], u[1], u[2], u[3], u[4], 0.1, 1e-3, 0.1);
    error[i] = bench_processor() - start;
  }
  job_check(keep == 0, "the error of an exact extrapolation");
  row("extrapolation of a field", bench_median(predict, REPEATS), n, "", "");
  row("error norm of a field", bench_median(error, REPEATS), n, "", "");
  for (int i = 0; i < 5; i++) free(u[i]);
}

void bench_parts(job *j) {
  parts p = {.j = j, .d = job_domain(j), .set = &j->model->healing->set, .u = taut__engine_state(j->state->engine, 0)};
  const int n = p.d->patch.n;
  p.m = taut__engine_gate(j->state->engine, 0);
  p.rows = 512 / n > 0 ? 512 / n : 1;
  const size_t strip = (size_t)p.rows * (size_t)n;
  p.P = taut__alloc_doubles(strip);
  p.L = taut__alloc_doubles(strip);
  p.gate = taut__alloc_doubles(strip);
  p.zero = taut__alloc_doubles(strip);
  taut_patch_solver *solver = NULL;
  if (!p.P || !p.L || !p.gate || !p.zero) abort();
  job_good(j, taut__patch_solver_create(j->context, p.d, p.set, &solver));
  double seconds[REPEATS], sum = 0;
  for (int i = 0; i < REPEATS; i++) {
    const double start = bench_processor();
    over_strips(&p, all_rates, &sum);
    seconds[i] = bench_processor() - start;
  }
  job_check(isfinite(sum), "production and loss");
  printf("\nparts of a step on one thread, from processor time; solves: a point of the field, to tolerance\n");
  row("production and loss, 30 fields", bench_median(seconds, REPEATS), job_points(j), "", "");
  time_kernels(&p);
  printf("  constant-loss fields\n");
  const int signals[] = {TAUT_H_c, TAUT_H_T, TAUT_H_P, TAUT_H_B};
  for (size_t i = 0; i < sizeof signals / sizeof *signals; i++) time_layered(&p, solver, signals[i], 15, 60, 120);
  const int cells[] = {TAUT_H_N, TAUT_H_M1, TAUT_H_F, TAUT_H_A, TAUT_H_K};
  const double rate[] = {15, 0.75};
  for (int k = 0; k < 2; k++) {
    printf("  cells, steps of %.1f days\n", 1.5 / rate[k]);
    for (size_t i = 0; i < sizeof cells / sizeof *cells; i++) time_general(&p, solver, cells[i], rate[k], 20);
  }
  for (int i = 0; i < REPEATS; i++) {
    taut_view view;
    const double start = bench_processor();
    taut__state_view(j->state, &view);
    seconds[i] = bench_processor() - start;
  }
  row("view for the instruments", bench_median(seconds, REPEATS), job_points(j), "", "");
  taut__patch_solver_destroy(&solver);
  free(p.P);
  free(p.L);
  free(p.gate);
  free(p.zero);
}
