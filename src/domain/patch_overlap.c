/* Exact overlap of a disc and a rectangle. */
#include "domain/domain.h"

#include <math.h>

/* Integral of sqrt(r^2 - x^2) from p to q, 0 <= p <= q <= r: the trapezoid below the chord and the segment above it.
 * Differences of antiderivatives would lose digits where the rectangle is small against the disc. */
static double below_arc(double r, double p, double q) {
  const double yp = sqrt((r - p) * (r + p)), yq = sqrt(fmax(0, (r - q) * (r + q)));
  const double chord = hypot(q - p, yp - yq), angle = 2 * asin(fmin(1, chord / (2 * r)));
  return 0.5 * (yp + yq) * (q - p) + 0.5 * r * r * (angle - sin(angle));
}

/* The same for a rectangle [a0, a1] x [b0, b1] in the first quadrant. */
static double quadrant_overlap(double r, double a0, double a1, double b0, double b1) {
  if (a0 * a0 + b0 * b0 >= r * r) return 0;
  if (a1 * a1 + b1 * b1 <= r * r) return (a1 - a0) * (b1 - b0);
  /* left of `full` the rectangle lies in the disc, right of `end` outside it */
  const double full = b1 < r ? fmin(a1, fmax(a0, sqrt((r - b1) * (r + b1)))) : a0;
  const double end = fmax(full, fmin(a1, sqrt((r - b0) * (r + b0))));
  return (full - a0) * (b1 - b0) + fmax(0, below_arc(r, full, end) - b0 * (end - full));
}

/* Distances from the axis of the parts of [lo, hi] on its two sides; returns their number. */
static int fold(double lo, double hi, double from[2], double to[2]) {
  if (lo < 0 && hi > 0) {
    from[0] = from[1] = 0;
    to[0] = -lo;
    to[1] = hi;
    return 2;
  }
  from[0] = lo < 0 ? -hi : lo;
  to[0] = lo < 0 ? -lo : hi;
  return 1;
}

double taut__disc_overlap(double r, double x0, double x1, double y0, double y1) {
  double a0[2], a1[2], b0[2], b1[2], area = 0;
  const int across = fold(x0, x1, a0, a1), along = fold(y0, y1, b0, b1);
  for (int i = 0; i < across; i++)
    for (int j = 0; j < along; j++) area += quadrant_overlap(r, a0[i], a1[i], b0[j], b1[j]);
  return area;
}
