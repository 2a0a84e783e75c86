#include "bench.h"

#include <stdlib.h>
#include <time.h>

double bench_now(void) {
  struct timespec t;
  clock_gettime(CLOCK_MONOTONIC, &t);
  return (double)t.tv_sec + 1e-9 * (double)t.tv_nsec;
}

static int ascending(const void *a, const void *b) {
  const double x = *(const double *)a, y = *(const double *)b;
  return (x > y) - (x < y);
}

double bench_median(double *x, int n) {
  qsort(x, (size_t)n, sizeof *x, ascending);
  return n % 2 ? x[n / 2] : 0.5 * (x[n / 2 - 1] + x[n / 2]);
}

double bench_triad(void) {
  enum { N = 8 << 20, REPEATS = 7 };
  double *a = malloc(N * sizeof *a), *b = malloc(N * sizeof *b), *c = malloc(N * sizeof *c), rate[REPEATS];
  if (!a || !b || !c) abort();
  for (int i = 0; i < N; i++) {
    a[i] = 0;
    b[i] = i;
    c[i] = 1;
  }
  for (int r = 0; r < REPEATS; r++) {
    const double from = bench_now();
    for (int i = 0; i < N; i++) a[i] = b[i] + 3 * c[i];
    rate[r] = 3.0 * N * sizeof(double) / (bench_now() - from) / 1e9;
    b[r] = a[N - 1 - r];
  }
  free(a);
  free(b);
  free(c);
  return bench_median(rate, REPEATS);
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
