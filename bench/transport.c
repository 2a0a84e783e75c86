/* make bench: implicit transport on a patch.  How fast is the direct solve of the program, how fast are other ways, and how
 * far is all of it from the limits of the machine?
 *
 * Speeds per core come from processor time, which other programs on the machine disturb least; wall time is printed beside
 * it.  Residuals and balances are checked in the same run. */
#include "bench.h"
#include "base/kernel.h"
#include "domain/spectral.h"
#include "reference.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

enum { REPEATS = 9 };

static taut_context *context;
static int failures;

static void good(taut_err err) {
  if (!err) return;
  fprintf(stderr, "transport: %s\n", taut_context_message(context));
  exit(1);
}

static void check(bool right, const char *what) {
  if (right) return;
  printf("WRONG: %s\n", what);
  failures++;
}

/* Times of one thing, wall and processor, in seconds. */
typedef struct times {
  double wall[REPEATS], processor[REPEATS];
  double from_wall, from_processor;
} times;

static void start(times *t) {
  t->from_wall = bench_now();
  t->from_processor = bench_processor();
}

static void stop(times *t, int i) {
  t->wall[i] = bench_now() - t->from_wall;
  t->processor[i] = bench_processor() - t->from_processor;
}

static double random_number(uint64_t *state) {
  *state = *state * 6364136223846793005u + 1442695040888963407u;
  return (double)(*state >> 11) / 9007199254740992.0;
}

/* ---- the reference step ---- */

static void reference_row(const char *name, double updates, int threads, times *t) {
  const double wall = bench_median(t->wall, REPEATS), processor = bench_median(t->processor, REPEATS);
  printf("%-34s %8d %12.1f %12.1f %12.1f\n", name, threads, 1e-6 * updates / wall, 1e-6 * updates / t->wall[0],
         1e-6 * updates / processor);
}

static void reference(int n) {
  enum { SUBSTANCES = 4 };
  double D[SUBSTANCES], decay[SUBSTANCES];
  for (int s = 0; s < SUBSTANCES; s++) {
    D[s] = 1e5 / (1 + s);
    decay[s] = 0.1 * (1 + s);
  }
  const bench_cube cube = {n, SUBSTANCES, 10, 0.01, D, decay};
  const int voxels = n * n * n;
  for (int threads = 1; threads <= 2; threads++) {
    taut_pool *pool = NULL;
    good(taut__pool_create(context, threads, &pool));
    bench_vectors *v = bench_vectors_create(&cube, pool);
    bench_arrays *a = bench_arrays_create(&cube, pool);
    double before = 0, after = 0, difference = 0;
    uint64_t state = 1;
    for (int i = 0; i < voxels; i++)
      for (int s = 0; s < SUBSTANCES; s++) {
        bench_vectors_at(v, i)[s] = bench_arrays_at(a, s)[i] = 1 + random_number(&state);
        before += s ? 0 : bench_arrays_at(a, s)[i];
      }
    times tv, ta;
    bench_vectors_step(v);
    bench_arrays_step(a);
    for (int i = 0; i < REPEATS; i++) {
      start(&tv);
      bench_vectors_step(v);
      stop(&tv, i);
      start(&ta);
      bench_arrays_step(a);
      stop(&ta, i);
    }
    for (int i = 0; i < voxels; i++)
      for (int s = 0; s < SUBSTANCES; s++) {
        difference = fmax(difference, fabs(bench_vectors_at(v, i)[s] - bench_arrays_at(a, s)[i]));
        after += s ? 0 : bench_arrays_at(a, s)[i];
      }
    const double expected = before * pow(1 + decay[0] * cube.step / 3, -3.0 * (REPEATS + 1));
    check(fabs(after / expected - 1) < 1e-10, "mass of the reference step");
    check(difference < 1e-10, "the two layouts of the reference step");
    const double updates = (double)voxels * SUBSTANCES;
    reference_row("vector of substances in each voxel", updates, threads, &tv);
    reference_row("array a substance, tuned", updates, threads, &ta);
    bench_vectors_destroy(v);
    bench_arrays_destroy(a);
    taut__pool_destroy(&pool);
  }
}

/* ---- the direct solve ---- */

/* A solve as the patch does it: tiles of rows forward, modes, tiles back. */
typedef struct direct {
  taut_domain *domain;
  taut_spectral *spectral;
  const double *f;
  double *u, *L;
  double a, D;
  int tiles;
} direct;

static void tile(const direct *d, int item, int *plane, int *row, int *rows) {
  *plane = item / d->tiles;
  *row = item % d->tiles * TAUT_TILE_ROWS;
  *rows = d->domain->patch.n - *row < TAUT_TILE_ROWS ? d->domain->patch.n - *row : TAUT_TILE_ROWS;
}

static void forward(void *user, int item, int worker) {
  const direct *d = user;
  int plane, row, rows;
  tile(d, item, &plane, &row, &rows);
  taut__spectral_forward(d->spectral, plane, row, rows,
                         d->f + ((ptrdiff_t)plane * d->domain->patch.n + row) * d->domain->patch.n, worker);
}

static void backward(void *user, int item, int worker) {
  const direct *d = user;
  int plane, row, rows;
  tile(d, item, &plane, &row, &rows);
  taut__spectral_backward(d->spectral, plane, row, rows,
                          d->u + ((ptrdiff_t)plane * d->domain->patch.n + row) * d->domain->patch.n, worker);
}

/* Times the three passes; adds them in `all`. */
static void solve(direct *d, times pass[3], times *all, int i) {
  const int planes = d->domain->points.planes;
  taut_pool *pool = d->domain->patch.pool;
  start(all);
  start(&pass[0]);
  taut__spectral_begin(d->spectral, 0, planes);
  taut__pool_run_workers(pool, planes * d->tiles, forward, d);
  stop(&pass[0], i);
  start(&pass[1]);
  taut__spectral_modes(d->spectral, d->a, d->L, d->D);
  stop(&pass[1], i);
  start(&pass[2]);
  taut__pool_run_workers(pool, planes * d->tiles, backward, d);
  stop(&pass[2], i);
  stop(all, i);
}

static const taut_patch_geometry geometry_G2 = {
    .thickness = {0.08, 0.152, 1.2, 0.5}, .rows = {4, 8, 24, 6}, .side = 0, .n = 0, .threads = 1, .comm = NULL};

static bench_layered layered(const direct *d) {
  return (bench_layered){.n = d->domain->patch.n,
                         .planes = d->domain->points.planes,
                         .spacing = d->domain->patch.spacing,
                         .a = d->a,
                         .D = d->D,
                         .L = d->L,
                         .z = d->domain->z};
}

/* Nominal operations of a real transform of n: 2.5 n log2 n; four a point, and the elimination of two numbers. */
static double nominal_flops(int n) {
  return 4 * 2.5 * log2(n) + 8;
}

static direct make(int n, int threads, bool single) {
  taut_patch_geometry g = geometry_G2;
  g.n = n;
  g.side = 0.02 * n;
  g.threads = threads;
  direct d = {.a = 15, .D = 1};
  good(taut__domain_patch(context, &g, &d.domain));
  const int planes = d.domain->points.planes;
  good(taut__spectral_create(context, d.domain, planes, single, &d.spectral));
  d.tiles = (n + TAUT_TILE_ROWS - 1) / TAUT_TILE_ROWS;
  d.L = taut__alloc_doubles((size_t)planes);
  d.u = taut__alloc_doubles((size_t)d.domain->points.n);
  double *f = taut__alloc_doubles((size_t)d.domain->points.n);
  if (!d.L || !d.u || !f) abort();
  for (int k = 0; k < planes; k++) d.L[k] = k < 4 ? 5 : k < 12 ? 3 : k < 36 ? 2 : 1;
  uint64_t state = 1;
  for (int i = 0; i < d.domain->points.n; i++) f[i] = d.a * (1 + random_number(&state));
  d.f = f;
  return d;
}

static void unmake(direct *d) {
  taut__spectral_destroy(&d->spectral);
  taut__domain_destroy(&d->domain);
  free(d->L);
  free(d->u);
  free((double *)(uintptr_t)d->f);
}

static void time_direct(int n, int threads, bool single, double target, double aim) {
  direct d = make(n, threads, single);
  times pass[3], all;
  solve(&d, pass, &all, 0);
  for (int i = 0; i < REPEATS; i++) solve(&d, pass, &all, i);
  const bench_layered p = layered(&d);
  const double points = d.domain->points.n, r = bench_residual(&p, d.f, d.u);
  check(r < (single ? 1e-2 : 1e-11), "residual of the direct solve");
  const double wall = bench_median(all.wall, REPEATS), processor = bench_median(all.processor, REPEATS);
  /* memory passed, at least: f in, modes out (and in for ownership), in and out, in, u out (and in for ownership) */
  const double bytes = single ? 8 + 8 + 8 + 4 + 16 : 8 + 16 + 16 + 8 + 16;
  printf("%-6s %5d %3d %9.2f %9.2f %8.2f %8.1f   %4.2f %4.2f %4.2f %7.1f %7.1f   %.0e\n", single ? "single" : "double",
         n, threads, 1e3 * wall, 1e3 * all.wall[0], 1e9 * processor / points, 1e-6 * points / processor,
         1e9 * bench_median(pass[0].processor, REPEATS) / points,
         1e9 * bench_median(pass[1].processor, REPEATS) / points,
         1e9 * bench_median(pass[2].processor, REPEATS) / points, 1e-9 * bytes * points / processor,
         1e-9 * nominal_flops(n) * points / processor, r);
  if (target > 0)
    printf("       target %.0f, aim %.0f million a second and core: %s\n", target, aim,
           1e-6 * points / processor >= aim      ? "aim met"
           : 1e-6 * points / processor >= target ? "target met"
                                                 : "MISSED");
  unmake(&d);
}

/* ---- other ways, on the same system ---- */

static void time_multigrid(int n, double reduction) {
  direct d = make(n, 1, false);
  const bench_layered p = layered(&d);
  bench_multigrid *m = bench_multigrid_create(&p);
  times t;
  int cycles = 0;
  for (int i = 0; i < REPEATS; i++) {
    start(&t);
    cycles = bench_multigrid_solve(m, d.f, d.u, reduction);
    stop(&t, i);
  }
  const double r = bench_residual(&p, d.f, d.u), points = d.domain->points.n;
  check(r < 2 * reduction, "residual of multigrid");
  const double processor = bench_median(t.processor, REPEATS);
  printf("multigrid V(1,1), residual %.0e: %2d cycles, %6.1f ns a point, %5.1f million a second and core (%.1f ns a "
         "cycle)\n",
         reduction, cycles, 1e9 * processor / points, 1e-6 * points / processor, 1e9 * processor / points / cycles);
  bench_multigrid_destroy(m);
  unmake(&d);
}

static void time_split(int n, double step) {
  direct d = make(n, 1, false);
  d.a = 1 / step;
  double *f = (double *)(uintptr_t)d.f;
  /* a column of cells two spacings wide in a field at rest */
  for (int i = 0; i < d.domain->points.n; i++) {
    const int x = i % n, y = i / n % n;
    f[i] = d.a * (hypot(x - n / 2, y - n / 2) < 3 ? 2 : 1);
  }
  times pass[3], all, t;
  solve(&d, pass, &all, 0);
  const bench_layered p = layered(&d);
  double *u = taut__alloc_doubles((size_t)d.domain->points.n), worst = 0, most = 0;
  if (!u) abort();
  for (int i = 0; i < REPEATS; i++) {
    start(&t);
    bench_split(&p, d.f, u);
    stop(&t, i);
  }
  double base = INFINITY;
  for (int i = 0; i < d.domain->points.n; i++) {
    worst = fmax(worst, fabs(u[i] - d.u[i]));
    most = fmax(most, d.u[i]);
    base = fmin(base, d.u[i]);
  }
  const double points = d.domain->points.n, processor = bench_median(t.processor, REPEATS);
  printf("splitting, step %5.3f days: %6.1f ns a point, %5.1f million a second and core; differs by %.1f %% of the "
         "largest "
         "deviation\n",
         step, 1e9 * processor / points, 1e-6 * points / processor, 100 * worst / (most - base));
  free(u);
  unmake(&d);
}

/* What the program is compared with is compiled for x86-64-v3 alone. */
static bool others_run_here(void) {
#ifdef __x86_64__
  return taut__cpu_v3();
#else
  return true;
#endif
}

int main(void) {
  good(taut_context_create(NULL, &context));
  printf("taut %s (%s), kernels for %s; medians of %d runs\n", taut_version(), taut_commit(),
         taut__cpu_v3() ? "x86-64-v3" : "the base instruction set", REPEATS);
  printf("machine: STREAM triad %.1f GB/s on one thread, %.1f GB/s on two; fused multiply-adds %.1f GFlop/s (one "
         "core)\n",
         bench_triad(1), bench_triad(2), bench_flops());
  printf(
      "load of the machine when this began: %.1f; wall times are those of this program only where that is near 0\n\n",
      bench_load());
  if (others_run_here()) {
    printf("reference step: locally one-dimensional, four substances, 100^3 voxels; million voxel-substance updates a "
           "second\n");
    printf("%-34s %8s %12s %12s %12s\n", "layout", "threads", "wall median", "wall best", "a core");
    reference(100);
  }
  printf("\ndirect solve, n x n x 42 points; ns a point and passes from processor time; M/s: million point solves a "
         "second and "
         "core\n");
  printf("%-6s %5s %3s %9s %9s %8s %8s   %-14s %7s %7s   %s\n", "", "n", "thr", "median ms", "best ms", "ns/point",
         "M/s", "x    y,z  x", "GB/s", "GFlop/s", "residual");
  time_direct(250, 1, false, 60, 120);
  time_direct(250, 2, false, 0, 0);
  time_direct(500, 1, false, 0, 0);
  time_direct(250, 1, true, 0, 0);
  time_direct(250, 2, true, 0, 0);
  if (others_run_here()) {
    printf("\nother ways, one core, 256 x 256 x 42 points\n");
    time_multigrid(256, 1e-6);
    time_multigrid(256, 1e-10);
    time_split(256, 0.01);
    time_split(256, 0.1);
    time_split(256, 1);
  }
  taut_context_destroy(&context);
  if (failures) printf("%d checks failed\n", failures);
  return failures != 0;
}
