/* Shape of a needle (needling.md 2): a ball of radius rho, a cone of half-angle theta, a shaft.
 *
 *   r_n(s) = min(R, s < s_t ? sqrt(2 rho s - s^2) : rho cos theta + (s - s_t) tan theta),   s_t = rho (1 - sin theta)
 */
#include "needling/needling.h"

#include <math.h>
#include <stddef.h>

static const double pi = 3.14159265358979323846;

static const taut_param rows[] = {
#define PARAM(name, unit, def, low, high, prior, evidence, source, doc)                                                \
  {"needling",                                                                                                         \
   #name,                                                                                                              \
   unit,                                                                                                               \
   def,                                                                                                                \
   low,                                                                                                                \
   high,                                                                                                               \
   prior,                                                                                                              \
   TAUT_##evidence,                                                                                                    \
   TAUT_SOURCE_##source,                                                                                               \
   doc,                                                                                                                \
   offsetof(taut_needling_params, name)},
#include "needling/params.def"
#undef PARAM
};

const taut_param_table taut__needling_table = {"needling", rows, (int)(sizeof rows / sizeof *rows),
                                               sizeof(taut_needling_params)};

static double ball_end(const taut_needle *n) {
  return n->tip_radius * (1 - sin(n->half_angle));
}

double taut__needle_radius(const taut_needle *n, double s) {
  if (s <= 0) return 0;
  double s_t = ball_end(n);
  double tapered = s < s_t ? sqrt(2 * n->tip_radius * s - s * s)
                           : n->tip_radius * cos(n->half_angle) + (s - s_t) * tan(n->half_angle);
  return fmin(n->radius, tapered);
}

/** Volume of a cap of height s of a ball. */
static double cap_volume(double ball, double s) {
  return pi * s * s * (ball - s / 3);
}

double taut__needle_volume(const taut_needle *n, double s) {
  if (s <= 0) return 0;
  double s_t = ball_end(n), ball_radius = n->tip_radius * cos(n->half_angle);
  if (n->radius <= ball_radius) { /* so blunt that the shaft begins within the ball */
    double s_shaft = n->tip_radius - sqrt(n->tip_radius * n->tip_radius - n->radius * n->radius);
    return cap_volume(n->tip_radius, fmin(s, s_shaft)) + pi * n->radius * n->radius * fmax(0, s - s_shaft);
  }
  double slope = tan(n->half_angle), s_shaft = s_t + (n->radius - ball_radius) / slope;
  double volume = cap_volume(n->tip_radius, fmin(s, s_t));
  if (s > s_t) {
    double height = fmin(s, s_shaft) - s_t, end = ball_radius + slope * height;
    volume += pi * height * (ball_radius * ball_radius + ball_radius * end + end * end) / 3;
  }
  return volume + pi * n->radius * n->radius * fmax(0, s - s_shaft);
}
