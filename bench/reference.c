/* The reference step in both layouts (reference.h). */
#include "reference.h"

#include <stdlib.h>
#include <string.h>

static void *must(void *p) {
  if (!p) abort();
  return p;
}

/* Elimination of one direction: row i is (1 + c + decay/3 + c inside) u_i - c u_(i-1) - c u_(i+1). */
static void fill_line(const bench_cube *q, int s, double *off, double *denominator, double *factor) {
  const double c = q->D[s] * q->step / (q->width * q->width), third = q->decay[s] * q->step / 3;
  *off = c;
  for (int i = 0; i < q->n; i++) {
    const double diagonal = 1 + third + (i > 0 ? c : 0) + (i < q->n - 1 ? c : 0);
    denominator[i] = diagonal - (i > 0 ? c * factor[i - 1] : 0);
    factor[i] = i < q->n - 1 ? c / denominator[i] : 0;
  }
}

/* ------------------------------------------------------------------------------------- a vector for each voxel ---- */

struct bench_vectors {
  bench_cube cube;
  taut_pool *pool;
  double **voxel;
  double **denominator, **factor; /* [n][substances] */
  double *off;                    /* [substances] */
  int direction;                  /* 0 x, 1 y, 2 z */
};

bench_vectors *bench_vectors_create(const bench_cube *cube, taut_pool *pool) {
  bench_vectors *v = must(calloc(1, sizeof *v));
  const int n = cube->n, S = cube->substances;
  const size_t voxels = (size_t)n * (size_t)n * (size_t)n;
  v->cube = *cube;
  v->pool = pool;
  v->voxel = must(calloc(voxels, sizeof *v->voxel));
  for (size_t i = 0; i < voxels; i++) v->voxel[i] = must(calloc((size_t)S, sizeof(double)));
  v->denominator = must(calloc((size_t)n, sizeof *v->denominator));
  v->factor = must(calloc((size_t)n, sizeof *v->factor));
  v->off = must(calloc((size_t)S, sizeof *v->off));
  double *line = must(calloc(2 * (size_t)n, sizeof *line));
  for (int i = 0; i < n; i++) {
    v->denominator[i] = must(calloc((size_t)S, sizeof(double)));
    v->factor[i] = must(calloc((size_t)S, sizeof(double)));
  }
  for (int s = 0; s < S; s++) {
    fill_line(cube, s, &v->off[s], line, line + n);
    for (int i = 0; i < n; i++) {
      v->denominator[i][s] = line[i];
      v->factor[i][s] = line[n + i];
    }
  }
  free(line);
  return v;
}

void bench_vectors_destroy(bench_vectors *v) {
  const size_t n = (size_t)v->cube.n;
  for (size_t i = 0; i < n * n * n; i++) free(v->voxel[i]);
  for (size_t i = 0; i < n; i++) {
    free(v->denominator[i]);
    free(v->factor[i]);
  }
  free(v->voxel);
  free(v->denominator);
  free(v->factor);
  free(v->off);
  free(v);
}

double *bench_vectors_at(bench_vectors *v, int voxel) {
  return v->voxel[voxel];
}

/* One item: the n lines of one direction that share an outer index. */
static void sweep_vectors(void *user, int outer) {
  bench_vectors *v = user;
  const int n = v->cube.n, S = v->cube.substances;
  const int stride = v->direction == 0 ? 1 : v->direction == 1 ? n : n * n;
  for (int inner = 0; inner < n; inner++) {
    const int first = v->direction == 0   ? (outer * n + inner) * n
                      : v->direction == 1 ? outer * n * n + inner
                                          : outer * n + inner;
    double **line = v->voxel + first;
    for (int s = 0; s < S; s++) line[0][s] /= v->denominator[0][s];
    for (int i = 1; i < n; i++) {
      double *own = line[(ptrdiff_t)i * stride];
      const double *before = line[(ptrdiff_t)(i - 1) * stride];
      for (int s = 0; s < S; s++) own[s] = (own[s] + v->off[s] * before[s]) / v->denominator[i][s];
    }
    for (int i = n - 2; i >= 0; i--) {
      double *own = line[(ptrdiff_t)i * stride];
      const double *after = line[(ptrdiff_t)(i + 1) * stride];
      for (int s = 0; s < S; s++) own[s] += v->factor[i][s] * after[s];
    }
  }
}

void bench_vectors_step(bench_vectors *v) {
  for (v->direction = 0; v->direction < 3; v->direction++) taut__pool_run(v->pool, v->cube.n, sweep_vectors, v);
}

/* -------------------------------------------------------------------------------------- an array a substance ---- */

enum { LANES = 8 }; /* rows whose lines in x are eliminated side by side */

struct bench_arrays {
  bench_cube cube;
  taut_pool *pool;
  double **u;                         /* [substances][n^3] */
  double **reciprocal, **lo, *factor; /* [substances][n]; factor [substances * n] */
};

bench_arrays *bench_arrays_create(const bench_cube *cube, taut_pool *pool) {
  bench_arrays *v = must(calloc(1, sizeof *v));
  const size_t n = (size_t)cube->n, S = (size_t)cube->substances;
  v->cube = *cube;
  v->pool = pool;
  v->u = must(calloc(S, sizeof *v->u));
  v->reciprocal = must(calloc(S, sizeof *v->reciprocal));
  v->lo = must(calloc(S, sizeof *v->lo));
  v->factor = must(calloc(S * n, sizeof *v->factor));
  for (size_t s = 0; s < S; s++) {
    double off;
    v->u[s] = must(taut__alloc_doubles(n * n * n));
    v->reciprocal[s] = must(calloc(n, sizeof(double)));
    v->lo[s] = must(calloc(n, sizeof(double)));
    fill_line(cube, (int)s, &off, v->reciprocal[s], v->factor + s * n);
    for (size_t i = 0; i < n; i++) {
      v->reciprocal[s][i] = 1 / v->reciprocal[s][i];
      v->lo[s][i] = off * v->reciprocal[s][i];
    }
  }
  return v;
}

void bench_arrays_destroy(bench_arrays *v) {
  for (int s = 0; s < v->cube.substances; s++) {
    free(v->u[s]);
    free(v->reciprocal[s]);
    free(v->lo[s]);
  }
  free(v->u);
  free(v->reciprocal);
  free(v->lo);
  free(v->factor);
  free(v);
}

double *bench_arrays_at(bench_arrays *v, int substance) {
  return v->u[substance];
}

/* `rows` lines along x, side by side. */
static void along_x(int n, int rows, const double *reciprocal, const double *lo, const double *factor, double *u) {
  double last[LANES];
  for (int r = 0; r < rows; r++) last[r] = 0;
  for (int i = 0; i < n; i++)
    for (int r = 0; r < rows; r++) {
      last[r] = u[(ptrdiff_t)r * n + i] * reciprocal[i] + lo[i] * last[r];
      u[(ptrdiff_t)r * n + i] = last[r];
    }
  for (int i = n - 2; i >= 0; i--)
    for (int r = 0; r < rows; r++) {
      last[r] = u[(ptrdiff_t)r * n + i] + factor[i] * last[r];
      u[(ptrdiff_t)r * n + i] = last[r];
    }
}

/* n lines that go from row to row, `stride` numbers apart. */
static void across(int n, ptrdiff_t stride, const double *reciprocal, const double *lo, const double *factor,
                   double *u) {
  for (int x = 0; x < n; x++) u[x] *= reciprocal[0];
  for (int i = 1; i < n; i++) {
    double *restrict own = u + i * stride;
    const double *restrict before = own - stride;
    for (int x = 0; x < n; x++) own[x] = own[x] * reciprocal[i] + lo[i] * before[x];
  }
  for (int i = n - 2; i >= 0; i--) {
    double *restrict own = u + i * stride;
    const double *restrict after = own + stride;
    for (int x = 0; x < n; x++) own[x] += factor[i] * after[x];
  }
}

static void sweep_plane(void *user, int item) {
  const bench_arrays *v = user;
  const int n = v->cube.n, s = item / n;
  double *plane = v->u[s] + (ptrdiff_t)(item % n) * n * n;
  const double *factor = v->factor + (ptrdiff_t)s * n;
  int row = 0;
  for (; row + LANES <= n; row += LANES)
    along_x(n, LANES, v->reciprocal[s], v->lo[s], factor, plane + (ptrdiff_t)row * n);
  if (row < n) along_x(n, n - row, v->reciprocal[s], v->lo[s], factor, plane + (ptrdiff_t)row * n);
  across(n, n, v->reciprocal[s], v->lo[s], factor, plane);
}

static void sweep_depth(void *user, int item) {
  const bench_arrays *v = user;
  const int n = v->cube.n, s = item / n;
  across(n, (ptrdiff_t)n * n, v->reciprocal[s], v->lo[s], v->factor + (ptrdiff_t)s * n,
         v->u[s] + (ptrdiff_t)(item % n) * n);
}

void bench_arrays_step(bench_arrays *v) {
  taut__pool_run(v->pool, v->cube.n * v->cube.substances, sweep_plane, v);
  taut__pool_run(v->pool, v->cube.n * v->cube.substances, sweep_depth, v);
}
