/* Exponentially fitted fluxes, for kernel files: the Bernoulli function of four numbers and the factors of four faces. */
#ifndef TAUT_DOMAIN_BERNOULLI_H
#define TAUT_DOMAIN_BERNOULLI_H

#include "base/vector.h"

/* Bernoulli function x/(e^x - 1) of four numbers: series near 0, which is where nearly all of them are. */
static inline void bernoulli(const v4 *px, v4 *out) {
  const v4 x = *px, q = x * x, small = {0.05, 0.05, 0.05, 0.05};
  const v4 series = 1 - 0.5 * x + q * (1 / 12.0 - q * (1 / 720.0 - q * (1 / 30240.0)));
  const v4i near = ABS(x) < small;
  *out = series;
  if ((near[0] & near[1] & near[2] & near[3]) != 0) return;
  const v4 big = {700, 700, 700, 700};
  v4 y = SELECT(x > big, big, x), e;
  y = SELECT(y < -big, -big, y);
  exponential(&y, &e);
  *out = SELECT(near, series, y / (e - 1));
}

/* Factors of four faces between points with sensitivities x and signals s; g: conductances. */
static inline void fitted(const double *x1, const double *s1, const double *x2, const double *s2, const v4 *g,
                          double *forward, double *backward) {
  const v4 pe = 0.5 * (*(const v4u *)x1 + *(const v4u *)x2) * (*(const v4u *)s2 - *(const v4u *)s1);
  v4 b;
  bernoulli(&pe, &b);
  *(v4u *)backward = *g * b;
  *(v4u *)forward = *g * (b + pe);
}

#endif
