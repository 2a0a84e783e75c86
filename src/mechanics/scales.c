/* Clinical scales (mechanics.md 9.3): links of judgement from physical quantities to grades, and what raters add.
 *
 *   wrinkle = clip(1 + log2(depth/lemperle_d0), 0, 5)
 *   laxity  = clip(laxity_mid - laxity_slope ln(T/T_40), 0, 4)
 *   texture = clip(1 + texture_slope log2(Ra/texture_Ra), 0, 4)
 *   rated   = physical + b_rater + b_unblind + e
 *   split:  v = s_p^2 + s_b^2 + SE^2,  physical = m_p + s_p^2 (obs - m_p - m_b)/v,  bias likewise
 *
 * The split of an unblinded change into skin and bias is not identified by one study: it repeats the priors. */
#include "mechanics/clinic.h"

#include <math.h>

static double clip(double x, double low, double high) {
  return x < low ? low : x > high ? high : x;
}

double taut__grade_wrinkle(const taut_mechanics_params *p, double depth) {
  return depth > 0 ? clip(1 + log2(depth / p->lemperle_d0), 0, 5) : 0;
}

double taut__grade_laxity(const taut_mechanics_params *p, double tension, double tension_40) {
  return tension > 0 ? clip(p->laxity_mid - p->laxity_slope * log(tension / tension_40), 0, 4) : 4;
}

double taut__grade_texture(const taut_mechanics_params *p, double Ra) {
  return Ra > 0 ? clip(1 + p->texture_slope * log2(Ra / p->texture_Ra), 0, 4) : 0;
}

taut_rated taut__rate(const taut_mechanics_params *p, const taut_rating *r, double physical) {
  double sd = p->reading_sd / (r->nine_areas ? sqrt(p->area_share) : 1);
  taut_rated out = {
      .physical = physical,
      .rater = p->rater_sd * taut__normal(r->seed, taut__stream("mechanics.rater_sd"), r->rater),
      .reading = sd * taut__normal(r->seed, taut__stream("mechanics.reading_sd"), r->reading),
  };
  if (r->unblinded)
    out.unblinded =
        p->unblinded_mean + p->unblinded_sd * taut__normal(r->seed, taut__stream("mechanics.unblinded_sd"), r->rater);
  double grade = clip(physical + out.rater + out.unblinded + out.reading, r->low, r->high);
  if (r->step > 0) grade = clip(r->low + r->step * round((grade - r->low) / r->step), r->low, r->high);
  out.grade = grade;
  return out;
}

taut_split taut__split_change(double observed, double standard_error, double physical_mean, double physical_sd,
                              double bias_mean, double bias_sd) {
  double s_p = physical_sd * physical_sd, s_b = bias_sd * bias_sd, v = s_p + s_b + standard_error * standard_error;
  double left = observed - physical_mean - bias_mean;
  return (taut_split){
      .physical = physical_mean + s_p * left / v,
      .physical_sd = sqrt(s_p - s_p * s_p / v),
      .bias = bias_mean + s_b * left / v,
      .bias_sd = sqrt(s_b - s_b * s_b / v),
  };
}
