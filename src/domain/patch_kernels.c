/* Vector kernels of a patch (compiled once for each instruction set).  Sums run in a fixed order. */
#include "domain/patch_kernels.h"
#include "domain/bernoulli.h"

#include <math.h>
#include <stddef.h>

static bool predict(int n, const double c[3], const double *u0, const double *u1, const double *u2,
                    double *restrict star) {
  const double c0 = c[0], c1 = c[1], c2 = c[2];
  v4i clipped = {0};
  int i = 0;
  for (; i + 4 <= n; i += 4) {
    const v4 u = *(const v4u *)(u0 + i), low = 0.2 * u;
    const v4 x = c0 * u + c1 * *(const v4u *)(u1 + i) + c2 * *(const v4u *)(u2 + i);
    clipped |= x < low;
    *(v4u *)(star + i) = SELECT(x > low, x, low);
  }
  bool any = (clipped[0] | clipped[1] | clipped[2] | clipped[3]) != 0;
  for (; i < n; i++) {
    const double x = c0 * u0[i] + c1 * u1[i] + c2 * u2[i], low = 0.2 * u0[i];
    any |= x < low;
    star[i] = x > low ? x : low;
  }
  return any;
}

static double point_step(int n, double a, double b1, double b2, const double *P, const double *L, const double *u0,
                         const double *u1, double scale, double floor, double *restrict u, double *error) {
  const v4 zero = {0};
  v4 sum = {0}, low = {INFINITY, INFINITY, INFINITY, INFINITY};
  int i = 0;
  for (; i + 4 <= n; i += 4) {
    const v4 f = *(const v4u *)(P + i) + b1 * *(const v4u *)(u0 + i) - b2 * *(const v4u *)(u1 + i);
    const v4 x = SELECT(f > zero, f, zero) / (a + *(const v4u *)(L + i)),
             e = scale * (x - *(const v4u *)(u + i)) / (floor + ABS(x));
    low = SELECT(f < low, f, low);
    sum += e * e;
    *(v4u *)(u + i) = x;
  }
  double least = fmin(fmin(low[0], low[1]), fmin(low[2], low[3])), total = (sum[0] + sum[1]) + (sum[2] + sum[3]);
  for (; i < n; i++) {
    const double f = P[i] + b1 * u0[i] - b2 * u1[i], x = (f > 0 ? f : 0) / (a + L[i]),
                 e = scale * (x - u[i]) / (floor + fabs(x));
    if (f < least) least = f;
    total += e * e;
    u[i] = x;
  }
  *error = total;
  return least;
}

static void settle(int n, double scale, double floor, const double *solution, double *restrict u, taut_settled *out) {
  const v4 zero = {0};
  v4 error = {0}, sum = {0}, low = {INFINITY, INFINITY, INFINITY, INFINITY}, high = -low;
  int i = 0;
  for (; i + 4 <= n; i += 4) {
    const v4 got = *(const v4u *)(solution + i), x = SELECT(got > zero, got, zero);
    const v4 e = scale * (x - *(const v4u *)(u + i)) / (floor + x);
    low = SELECT(got < low, got, low);
    high = SELECT(got > high, got, high);
    error += e * e;
    sum += x;
    *(v4u *)(u + i) = x;
  }
  out->error = (error[0] + error[1]) + (error[2] + error[3]);
  out->sum = (sum[0] + sum[1]) + (sum[2] + sum[3]);
  out->least = fmin(fmin(low[0], low[1]), fmin(low[2], low[3]));
  out->most = fmax(fmax(high[0], high[1]), fmax(high[2], high[3]));
  for (; i < n; i++) {
    const double x = solution[i] > 0 ? solution[i] : 0, e = scale * (x - u[i]) / (floor + x);
    out->error += e * e;
    out->sum += x;
    if (solution[i] < out->least) out->least = solution[i];
    if (solution[i] > out->most) out->most = solution[i];
    u[i] = x;
  }
}

static void faces(int n, const double *x1, const double *s1, const double *x2, const double *s2, double g,
                  double *forward, double *backward) {
  const v4 w = (v4){0} + g;
  int i = 0;
  for (; i + 4 <= n; i += 4) fitted(x1 + i, s1 + i, x2 + i, s2 + i, &w, forward + i, backward + i);
  if (i == n) return;
  /* tail: through a small buffer, so that nothing is read or written past the end */
  double buffer[4][4] = {{0}}, f[4], b[4];
  for (int j = 0; i + j < n; j++) {
    buffer[0][j] = x1[i + j];
    buffer[1][j] = s1[i + j];
    buffer[2][j] = x2[i + j];
    buffer[3][j] = s2[i + j];
  }
  fitted(buffer[0], buffer[1], buffer[2], buffer[3], &w, f, b);
  for (int j = 0; i + j < n; j++) {
    forward[i + j] = f[j];
    backward[i + j] = b[j];
  }
}

static inline double fitted_at(const taut_row *w, int i, int west, int east, double f) {
  const double u = w->u[i];
  const double z = (w->fd[i] + w->bu[i]) * u - w->bd[i] * w->down[i] - w->fu[i] * w->up[i];
  return f - ((w->a + w->L[i] + w->fx[i] + w->bx[west] + w->fn[i] + w->bs[i]) * u - w->bx[i] * w->u[east] -
              w->fx[west] * w->u[west] - w->bn[i] * w->north[i] - w->fs[i] * w->south[i] + w->per_depth * z);
}

static void residual_fitted(const taut_row *row, const double *f, double *restrict r) {
  const taut_row w = *row;
  const int n = w.n;
  r[0] = fitted_at(&w, 0, n - 1, 1 % n, f[0]);
  for (int i = 1; i < n - 1; i++) r[i] = fitted_at(&w, i, i - 1, i + 1, f[i]);
  if (n > 1) r[n - 1] = fitted_at(&w, n - 1, n - 2, 0, f[n - 1]);
}

static inline double plain_at(const taut_row *w, int i, int west, int east, double f) {
  const double u = w->u[i];
  return f -
         ((w->a + w->L[i] + 4 * w->gx + w->gu + w->gd) * u -
          w->gx * ((w->u[west] + w->u[east]) + (w->south[i] + w->north[i])) - w->gu * w->up[i] - w->gd * w->down[i]);
}

static void residual_plain(const taut_row *row, const double *f, double *restrict r) {
  const taut_row w = *row;
  const int n = w.n;
  r[0] = plain_at(&w, 0, n - 1, 1 % n, f[0]);
  for (int i = 1; i < n - 1; i++) r[i] = plain_at(&w, i, i - 1, i + 1, f[i]);
  if (n > 1) r[n - 1] = plain_at(&w, n - 1, n - 2, 0, f[n - 1]);
}

static double weigh(int n, double a, const double *L, double floor, const double *u, const double *r) {
  v4 s = {0};
  int i = 0;
  for (; i + 4 <= n; i += 4) {
    const v4 e = *(const v4u *)(r + i) / ((a + *(const v4u *)(L + i)) * (floor + ABS(*(const v4u *)(u + i))));
    s += e * e;
  }
  double sum = (s[0] + s[1]) + (s[2] + s[3]);
  for (; i < n; i++) {
    const double e = r[i] / ((a + L[i]) * (floor + fabs(u[i])));
    sum += e * e;
  }
  return sum;
}

static double correct(int n, double floor, const double *d, double *u, double *least) {
  v4 s = {0}, low = {INFINITY, INFINITY, INFINITY, INFINITY};
  int i = 0;
  for (; i + 4 <= n; i += 4) {
    const v4 x = *(const v4u *)(u + i) + *(const v4u *)(d + i), e = *(const v4u *)(d + i) / (floor + ABS(x));
    *(v4u *)(u + i) = x;
    low = SELECT(x < low, x, low);
    s += e * e;
  }
  double sum = (s[0] + s[1]) + (s[2] + s[3]);
  double least_here = fmin(fmin(low[0], low[1]), fmin(low[2], low[3]));
  for (; i < n; i++) {
    u[i] += d[i];
    const double e = d[i] / (floor + fabs(u[i]));
    if (u[i] < least_here) least_here = u[i];
    sum += e * e;
  }
  *least = least_here;
  return sum;
}

static void range(int n, const double *x, double range[2]) {
  v4 low = {INFINITY, INFINITY, INFINITY, INFINITY}, high = -low;
  int i = 0;
  for (; i + 4 <= n; i += 4) {
    const v4 y = *(const v4u *)(x + i);
    low = SELECT(y < low, y, low);
    high = SELECT(y > high, y, high);
  }
  for (int j = 0; j < 4; j++) {
    range[0] = fmin(range[0], low[j]);
    range[1] = fmax(range[1], high[j]);
  }
  for (; i < n; i++) {
    range[0] = fmin(range[0], x[i]);
    range[1] = fmax(range[1], x[i]);
  }
}

static double lost(int n, double a, const double *L, const double *u) {
  v4 s = {0};
  int i = 0;
  for (; i + 4 <= n; i += 4) s += (a + *(const v4u *)(L + i)) * *(const v4u *)(u + i);
  double sum = (s[0] + s[1]) + (s[2] + s[3]);
  for (; i < n; i++) sum += (a + L[i]) * u[i];
  return sum;
}

const taut_patch_kernels TAUT_KERNEL(patch_kernels) = {
    .predict = predict,
    .point_step = point_step,
    .settle = settle,
    .faces = faces,
    .residual_fitted = residual_fitted,
    .residual_plain = residual_plain,
    .weigh = weigh,
    .correct = correct,
    .range = range,
    .lost = lost,
};
