/* Vector kernels of the engine (compiled once for each instruction set).
 *
 * Sums run in a fixed order: a few interleaved partial sums, then pairwise.  The order does not depend on threads or on
 * the instruction set; fused multiply-add does. */
#include "domain/kernels.h"
#include "domain/bernoulli.h"

#include <math.h>
#include <stddef.h>
#include <string.h>

static void predict(int n, const double c[3], const double *u0, const double *u1, const double *u2, double *star) {
  const double c0 = c[0], c1 = c[1], c2 = c[2];
  for (int i = 0; i < n; i++) {
    const double x = c0 * u0[i] + c1 * u1[i] + c2 * u2[i], low = 0.2 * u0[i];
    star[i] = x > low ? x : low;
  }
}

static double right_side(int n, double b1, double b2, const double *P, const double *u0, const double *u1,
                         double *out) {
  v4 low = {INFINITY, INFINITY, INFINITY, INFINITY};
  int i = 0;
  for (; i + 4 <= n; i += 4) {
    const v4 x = *(const v4u *)(P + i) + b1 * *(const v4u *)(u0 + i) - b2 * *(const v4u *)(u1 + i);
    *(v4u *)(out + i) = x;
    low = SELECT(x < low, x, low);
  }
  double least = fmin(fmin(low[0], low[1]), fmin(low[2], low[3]));
  for (; i < n; i++) {
    out[i] = P[i] + b1 * u0[i] - b2 * u1[i];
    if (out[i] < least) least = out[i];
  }
  return least;
}

static void point_solve(int n, double a, const double *L, const double *f, double *u) {
  for (int i = 0; i < n; i++) u[i] = f[i] / (a + L[i]);
}

static double error_sum(int n, const double c[3], const double *u0, const double *u1, const double *u2, const double *u,
                        const double *volume, double C, double rtol, double floor) {
  const double c0 = c[0], c1 = c[1], c2 = c[2], k = C / rtol;
  v4 s = {0}, t = {0};
  int i = 0;
#define TERM(at, sum)                                                                                                  \
  do {                                                                                                                 \
    const v4 x = *(const v4u *)(u + (at));                                                                             \
    const v4 p = c0 * *(const v4u *)(u0 + (at)) + c1 * *(const v4u *)(u1 + (at)) + c2 * *(const v4u *)(u2 + (at));     \
    const v4 e = k * (x - p) / (floor + ABS(x));                                                                       \
    sum += *(const v4u *)(volume + (at)) * e * e;                                                                      \
  } while (0)
  for (; i + 8 <= n; i += 8) {
    TERM(i, s);
    TERM(i + 4, t);
  }
#undef TERM
  s += t;
  double sum = (s[0] + s[1]) + (s[2] + s[3]);
  for (; i < n; i++) {
    const double p = c0 * u0[i] + c1 * u1[i] + c2 * u2[i], e = k * (u[i] - p) / (floor + fabs(u[i]));
    sum += volume[i] * e * e;
  }
  return sum;
}

static double dot(int n, const double *a, const double *b) {
  v4 s = {0}, t = {0};
  int i = 0;
  for (; i + 8 <= n; i += 8) {
    s += *(const v4u *)(a + i) * *(const v4u *)(b + i);
    t += *(const v4u *)(a + i + 4) * *(const v4u *)(b + i + 4);
  }
  s += t;
  double sum = (s[0] + s[1]) + (s[2] + s[3]);
  for (; i < n; i++) sum += a[i] * b[i];
  return sum;
}

static double dot3(int n, const double *a, const double *b, const double *c) {
  v4 s = {0};
  int i = 0;
  for (; i + 4 <= n; i += 4) s += *(const v4u *)(a + i) * *(const v4u *)(b + i) * *(const v4u *)(c + i);
  double sum = (s[0] + s[1]) + (s[2] + s[3]);
  for (; i < n; i++) sum += a[i] * b[i] * c[i];
  return sum;
}

static void balance(int n, double a, const double *L, const double *f, const double *u, const double *volume,
                    double *sum, double *size) {
  v4 s = {0}, t = {0};
  int i = 0;
  for (; i + 4 <= n; i += 4) {
    const v4 v = *(const v4u *)(volume + i), in = v * *(const v4u *)(f + i);
    s += in - v * (a + *(const v4u *)(L + i)) * *(const v4u *)(u + i);
    t += ABS(in);
  }
  *sum = (s[0] + s[1]) + (s[2] + s[3]);
  *size = (t[0] + t[1]) + (t[2] + t[3]);
  for (; i < n; i++) {
    *sum += volume[i] * (f[i] - (a + L[i]) * u[i]);
    *size += fabs(volume[i] * f[i]);
  }
}

/* Four rows by eight columns at a time: an entry of T serves four rows, an entry of `in` eight columns. */
static void transform(int rows, int m, int ms, int mp, const double *in, const double *T, double *out) {
  for (int k = 0; k < rows; k += 4) {
    /* the last block repeats its last row */
    const double *a[4];
    double *x[4];
    for (int r = 0; r < 4; r++) {
      const ptrdiff_t row = k + r < rows ? k + r : rows - 1;
      a[r] = in + row * ms;
      x[r] = out + row * mp;
    }
    int j = 0;
    for (; j + 8 <= mp; j += 8) {
      v4 s[4] = {{0}}, t[4] = {{0}};
      for (int i = 0; i < m; i++) {
        const v4 w = *(const v4u *)(T + (ptrdiff_t)i * mp + j), y = *(const v4u *)(T + (ptrdiff_t)i * mp + j + 4);
        for (int r = 0; r < 4; r++) {
          s[r] += a[r][i] * w;
          t[r] += a[r][i] * y;
        }
      }
      for (int r = 0; r < 4; r++) {
        *(v4u *)(x[r] + j) = s[r];
        *(v4u *)(x[r] + j + 4) = t[r];
      }
    }
    if (j == mp) continue;
    v4 s[4] = {{0}};
    for (int i = 0; i < m; i++) {
      const v4 w = *(const v4u *)(T + (ptrdiff_t)i * mp + j);
      for (int r = 0; r < 4; r++) s[r] += a[r][i] * w;
    }
    for (int r = 0; r < 4; r++) *(v4u *)(x[r] + j) = s[r];
  }
}

static void tridiagonal(int planes, int mp, double a, const double *L, double D, const double *lambda, const double *dz,
                        const double *coupling, double *x, double *work) {
  for (int j = 0; j < mp; j += 4) {
    const v4 rate = D * *(const v4u *)(lambda + j);
    v4 above = {0}, factor = {0};
    for (int k = 0; k < planes; k++) {
      const double lo = k ? D * coupling[k - 1] : 0, up = k + 1 < planes ? D * coupling[k] : 0;
      const v4 diagonal = dz[k] * (a + L[k] + rate) + lo + up - lo * factor;
      factor = up / diagonal;
      above = (*(const v4u *)(x + (ptrdiff_t)k * mp + j) + lo * above) / diagonal;
      *(v4u *)(x + (ptrdiff_t)k * mp + j) = above;
      *(v4u *)(work + (ptrdiff_t)k * mp + j) = factor;
    }
    for (int k = planes - 2; k >= 0; k--) {
      above = *(const v4u *)(x + (ptrdiff_t)k * mp + j) + *(const v4u *)(work + (ptrdiff_t)k * mp + j) * above;
      *(v4u *)(x + (ptrdiff_t)k * mp + j) = above;
    }
  }
}

static void sensitivity(int n, double ratio, double K, const double *s, double *out) {
  for (int i = 0; i < n; i++) {
    const double x = K / (K + s[i]);
    out[i] = ratio * x * x;
  }
}

static inline void flux_four(int at, int step, const double *sens, const double *s, const double *g, double *forward,
                             double *backward) {
  const v4 w = *(const v4u *)(g + at);
  fitted(sens + at, s + at, sens + at + step, s + at + step, &w, forward + at, backward + at);
}

static void fluxes(int count, int step, const double *sens, const double *s, const double *g, double *forward,
                   double *backward) {
  int i = 0;
  for (; i + 4 <= count; i += 4) flux_four(i, step, sens, s, g, forward, backward);
  if (i == count) return;
  /* tail: through a small buffer, so that nothing is read past the end */
  double xs[8] = {0}, ss[8] = {0}, gs[4] = {0}, f[4], b[4];
  for (int j = 0; i + j < count; j++) {
    xs[j] = sens[i + j];
    xs[4 + j] = sens[i + j + step];
    ss[j] = s[i + j];
    ss[4 + j] = s[i + j + step];
    gs[j] = g[i + j];
  }
  flux_four(0, 4, xs, ss, gs, f, b);
  for (int j = 0; i + j < count; j++) {
    forward[i + j] = f[j];
    backward[i + j] = b[j];
  }
}

/* Row i of LU by rows: subtract l_k times row k of U for k = i-b .. i-1, four k at a time so that each entry of row i is
 * loaded and stored once for four updates.  Rows carry three zeros past the band, so that four rows of U that start one
 * column apart have a common range. */
static void factor(taut_band *band, const taut_stencil *stencil) {
  const int n = band->n, b = band->b, width = 2 * b + 4;
  v4 *const W = (v4 *)band->row;
  v4 *const inverse = (v4 *)band->inverse;
  const v4 *const S = (const v4 *)stencil->entry;
  for (int i = 0; i < n; i++) {
    v4 *const a = W + (ptrdiff_t)i * width;
    memset(a, 0, (size_t)width * sizeof *a);
    a[0] = S[(ptrdiff_t)i * 5];
    a[b - 1] += S[(ptrdiff_t)i * 5 + 1];
    a[b] = S[(ptrdiff_t)i * 5 + 2];
    a[b + 1] += S[(ptrdiff_t)i * 5 + 3];
    a[2 * b] += S[(ptrdiff_t)i * 5 + 4];
    int k = i > b ? i - b : 0;
    for (; k + 4 <= i; k += 4) {
      /* U rows k..k+3, addressed by the column index of row i: entry (k, j) is U_k[j - k + b], a index j - i + b */
      const int c = k - i + b;
      const v4 *const u0 = W + (ptrdiff_t)k * width + b - c, *const u1 = u0 + width - 1, *const u2 = u1 + width - 1,
                      *const u3 = u2 + width - 1;
      const v4 l0 = a[c] * inverse[k];
      const v4 l1 = (a[c + 1] - l0 * u0[c + 1]) * inverse[k + 1];
      const v4 l2 = (a[c + 2] - l0 * u0[c + 2] - l1 * u1[c + 2]) * inverse[k + 2];
      const v4 l3 = (a[c + 3] - l0 * u0[c + 3] - l1 * u1[c + 3] - l2 * u2[c + 3]) * inverse[k + 3];
      a[c] = l0;
      a[c + 1] = l1;
      a[c + 2] = l2;
      a[c + 3] = l3;
      for (int j = c + 4; j <= c + b + 3; j++) a[j] -= l0 * u0[j] + l1 * u1[j] + (l2 * u2[j] + l3 * u3[j]);
    }
    for (; k < i; k++) {
      const int c = k - i + b;
      const v4 *const u0 = W + (ptrdiff_t)k * width + b - c;
      const v4 l0 = a[c] * inverse[k];
      a[c] = l0;
      for (int j = c + 1; j <= c + b; j++) a[j] -= l0 * u0[j];
    }
    inverse[i] = 1 / a[b];
  }
}

static void substitute(const taut_band *band, double *x) {
  const int n = band->n, b = band->b, width = 2 * b + 4;
  const v4 *const W = (const v4 *)band->row;
  const v4 *const inverse = (const v4 *)band->inverse;
  v4 *const X = (v4 *)x;
  for (int i = 0; i < n; i++) {
    const int first = i > b ? i - b : 0;
    const v4 *const a = W + (ptrdiff_t)i * width + b - i;
    v4 s = X[i], t = {0};
    int k = first;
    for (; k + 2 <= i; k += 2) {
      s -= a[k] * X[k];
      t -= a[k + 1] * X[k + 1];
    }
    if (k < i) s -= a[k] * X[k];
    X[i] = s + t;
  }
  for (int i = n - 1; i >= 0; i--) {
    const int last = i + b < n - 1 ? i + b : n - 1;
    const v4 *const a = W + (ptrdiff_t)i * width + b - i;
    v4 s = X[i], t = {0};
    int k = last;
    for (; k - 1 > i; k -= 2) {
      s -= a[k] * X[k];
      t -= a[k - 1] * X[k - 1];
    }
    if (k > i) s -= a[k] * X[k];
    X[i] = (s + t) * inverse[i];
  }
}

const taut_kernels TAUT_KERNEL(kernels) = {predict,   right_side,  point_solve, error_sum, dot,    dot3,      balance,
                                           transform, tridiagonal, sensitivity, fluxes,    factor, substitute};
