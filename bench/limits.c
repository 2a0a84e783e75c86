#include "bench.h"
#include "base/pool.h"

#include <stdio.h>
#include <stdlib.h>
#include <time.h>

double bench_now(void) {
  struct timespec t;
  clock_gettime(CLOCK_MONOTONIC, &t);
  return (double)t.tv_sec + 1e-9 * (double)t.tv_nsec;
}

double bench_processor(void) {
  struct timespec t;
  clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &t);
  return (double)t.tv_sec + 1e-9 * (double)t.tv_nsec;
}

double bench_load(void) {
  FILE *file = fopen("/proc/loadavg", "r");
  double load = -1;
  if (!file) return load;
  if (fscanf(file, "%lf", &load) != 1) load = -1;
  fclose(file);
  return load;
}

static int ascending(const void *a, const void *b) {
  const double x = *(const double *)a, y = *(const double *)b;
  return (x > y) - (x < y);
}

double bench_median(double *x, int n) {
  qsort(x, (size_t)n, sizeof *x, ascending);
  return n % 2 ? x[n / 2] : 0.5 * (x[n / 2 - 1] + x[n / 2]);
}

enum { TRIAD = 8 << 20, PIECES = 64 };

typedef struct triad {
  double *a, *b, *c;
} triad;

static void triad_piece(void *user, int item) {
  const triad *t = user;
  const int from = item * (TRIAD / PIECES), to = from + TRIAD / PIECES;
  for (int i = from; i < to; i++) t->a[i] = t->b[i] + 3 * t->c[i];
}

double bench_triad(int threads) {
  enum { REPEATS = 15 };
  triad t = {malloc(TRIAD * sizeof(double)), malloc(TRIAD * sizeof(double)), malloc(TRIAD * sizeof(double))};
  double best = 0;
  taut_pool *pool = NULL;
  if (!t.a || !t.b || !t.c || taut__pool_create(NULL, threads, &pool)) abort();
  for (int i = 0; i < TRIAD; i++) {
    t.a[i] = 0;
    t.b[i] = i;
    t.c[i] = 1;
  }
  for (int r = 0; r < REPEATS; r++) {
    const double from = bench_now();
    taut__pool_run(pool, PIECES, triad_piece, &t);
    const double rate = 3.0 * TRIAD * sizeof(double) / (bench_now() - from) / 1e9;
    if (rate > best) best = rate;
    t.b[r] = t.a[TRIAD - 1 - r];
  }
  taut__pool_destroy(&pool);
  free(t.a);
  free(t.b);
  free(t.c);
  return best;
}

typedef double v4 __attribute__((vector_size(32)));

#ifdef __x86_64__
__attribute__((target("avx2,fma")))
#endif
static double
multiply_adds(long n) {
  v4 s[10];
  for (int k = 0; k < 10; k++) s[k] = (v4){0.1 * k, 1, 2, 3};
  const v4 x = {0.999999, 0.999998, 0.999997, 0.999996}, y = {1e-9, 2e-9, 3e-9, 4e-9};
  for (long i = 0; i < n; i++)
    for (int k = 0; k < 10; k++) s[k] = s[k] * x + y;
  double sum = 0;
  for (int k = 0; k < 10; k++) sum += s[k][0] + s[k][1] + s[k][2] + s[k][3];
  return sum;
}

double bench_flops(void) {
  enum { REPEATS = 7 };
  const long n = 4000000;
  double rate[REPEATS];
  volatile double keep = 0;
  for (int r = 0; r < REPEATS; r++) {
    const double from = bench_now();
    keep += multiply_adds(n);
    rate[r] = 80.0 * (double)n / (bench_now() - from) / 1e9;
  }
  (void)keep;
  return bench_median(rate, REPEATS);
}
