/* Puncture mechanics (needling.md 4, roller arc and drag of 3).
 *
 *   F(d) = (2/pi) E* tan(theta) d^2,  puncture when the work F d/3 pays for the tip surface G_p A_tip,
 *   A_tip = 2 pi rho^2 (1 - sin theta)
 *   d_p = [3 pi G_p A_tip / (2 E* tan theta)]^(1/3),   E* = E_0 exp(b_T eps) (v/v_0)^(3a)
 *   l   = m w ln(1 + exp((L_eff - d)/w)),   F(l) = F_p (1 + 2 kappa l/d_p),   kappa = 1/m - 1
 *   hole r_h(z) = c_r r_n(L (1 - z/l));  r_d = r_n/sqrt(lambda_f^2 - 1);  r_k = r_n/sqrt(lambda_c^2 - 1)
 *
 * The track is an affine image of the needle, so that a volume per puncture is the needle's own volume scaled by the
 * square of the lateral factor and by l/L: no quadrature is needed.
 *
 * Assumptions: half-space under a cone, stiffness from one roller study in rat, recalled depths in man.  Not validated
 * for pens at 100 Hz and more on a living face.  Units: mm, day, mN, kPa.  Sources: kal, dav, ola, sit, dir, por, fib.
 */
#include "needling/pattern.h"

#include <gsl/gsl_cdf.h>
#include <math.h>

static const double pi = 3.14159265358979323846;

/** ln(1 + exp x) without overflow. */
static double softplus(double x) {
  return x > 0 ? x + log1p(exp(-x)) : log1p(exp(x));
}

double taut__track_length(const taut_needling_params *p, double reach, double dimple) {
  /* The softplus never vanishes; a needle cannot leave a track longer than itself. */
  return fmax(0, fmin(reach, p->m * p->w * softplus((reach - dimple) / p->w)));
}

/* ------------------------------------------------------------------------------------------------ roller arc ---- */

double taut__roller_contact_angle(double drum_radius, double length) {
  return acos(drum_radius / (drum_radius + length));
}

double taut__roller_slit(double drum_radius, double length, double z) {
  if (z >= length) return 0;
  double angle = acos((drum_radius + z) / (drum_radius + length));
  return (drum_radius + z) * tan(angle) - drum_radius * angle;
}

double taut__roller_needles_in_contact(const taut_device *device, double length) {
  return device->needles * taut__roller_contact_angle(device->drum_radius, length) / pi;
}

double taut__tip_speed(const taut_needling_params *p, const taut_device *device, double length) {
  switch (device->kind) {
  case TAUT_PEN:
    return pi * device->rate * fmax(device->stroke > 0 ? device->stroke : length, p->L_min);
  case TAUT_ROLLER:
    return device->speed * (1 + length / device->drum_radius) *
           sin(taut__roller_contact_angle(device->drum_radius, length));
  case TAUT_STAMP:
  case TAUT_RF:
    break;
  }
  return device->speed;
}

/* ----------------------------------------------------------------------------------------------------- force ---- */

/** Force of one needle pressed to a reach below the surface: dimple before puncture, friction after it. */
static double needle_force(const taut_needling_params *p, const taut_puncture *q, double reach) {
  if (reach <= 0) return 0;
  if (reach < q->dimple) return q->puncture_force * (reach / q->dimple) * (reach / q->dimple);
  double kappa = 1 / p->m - 1;
  return q->puncture_force * (1 + 2 * kappa * taut__track_length(p, reach, q->dimple) / q->dimple);
}

/** Simpson's rule for the force of one needle over angles of the drum. */
static double force_over_arc(const taut_needling_params *p, const taut_device *device, const taut_puncture *q,
                             double from, double to) {
  enum { STEPS = 64 };
  double sum = 0, step = (to - from) / STEPS;
  for (int i = 0; i <= STEPS; i++) {
    double weight = i == 0 || i == STEPS ? 1 : i % 2 ? 4 : 2;
    double reach = (device->drum_radius + q->length) * cos(from + i * step) - device->drum_radius;
    sum += weight * needle_force(p, q, fmin(reach, q->length));
  }
  return sum * step / 3;
}

double taut__needed_force(const taut_needling_params *p, const taut_device *device, const taut_puncture *q) {
  if (device->kind != TAUT_ROLLER) return device->needles * needle_force(p, q, q->length);
  double end = taut__roller_contact_angle(device->drum_radius, q->length), kink = 0;
  if (q->dimple < q->length) /* the force jumps in slope, and by l(d), where a needle punctures */
    kink = acos((device->drum_radius + q->dimple) / (device->drum_radius + q->length));
  double mean = (force_over_arc(p, device, q, 0, kink) + force_over_arc(p, device, q, kink, end)) / end;
  return mean * taut__roller_needles_in_contact(device, q->length);
}

/** Shortens the reach where the hand is too weak: L_eff = L sqrt(F_hand/F_need). */
static void limit_by_hand(const taut_needling_params *p, const taut_device *device, const taut_treatment *treatment,
                          taut_puncture *q) {
  double hand = isnan(treatment->force) ? device->force : treatment->force;
  q->needed_force = taut__needed_force(p, device, q);
  q->hand_force = hand > 0 ? hand : NAN;
  q->force_limited = hand > 0 && hand < q->needed_force;
  q->reach = q->force_limited ? q->length * sqrt(hand / q->needed_force) : q->length;
}

/* ---------------------------------------------------------------------------------------------------- injury ---- */

double taut__track_needle_radius(const taut_puncture *q, double z) {
  return z < q->injury_depth ? taut__needle_radius(&q->needle, q->reach * (1 - z / q->injury_depth)) : 0;
}

double taut__track_hole_radius(const taut_puncture *q, double z) {
  return z < q->depth ? q->recoil * taut__needle_radius(&q->needle, q->reach * (1 - z / q->depth)) : 0;
}

/** Hoop stretch at undeformed distance rho while the needle is in (line crack opened). */
static double hoop_stretch(const taut_puncture *q, double rho, double z) {
  return hypot(1, taut__track_needle_radius(q, z) / rho);
}

double taut__track_fibre_damage(const taut_needling_params *p, const taut_puncture *q, double rho, double z) {
  if (z >= q->injury_depth) return 0;
  return rho > 0 ? gsl_cdf_ugaussian_P((hoop_stretch(q, rho, z) - p->lambda_f) / p->s_f) : 1;
}

double taut__track_cell_damage(const taut_needling_params *p, const taut_puncture *q, double rho, double z) {
  if (z >= q->injury_depth) return 0;
  return rho > 0 ? gsl_cdf_ugaussian_P((hoop_stretch(q, rho, z) - p->lambda_c) / p->s_c) : 1;
}

/** Radius in which vessels are cut at a depth; a plexus deeper than the track is met by its end. */
static double cutting_radius(const taut_needling_params *p, const taut_puncture *q, double z) {
  return p->c_v * taut__track_needle_radius(q, fmin(z, 0.999 * q->injury_depth));
}

/** P_bleed: chance that one track cuts a vessel of the loops or of a plexus (needling.md 5). */
static double bleeding(const taut_needling_params *p, const taut_skin *skin, const taut_puncture *q) {
  double l = q->injury_depth;
  if (l <= 0) return 0;
  double loop = l > skin->loop_depth ? cutting_radius(p, q, skin->loop_depth) : 0;
  double cuts = skin->loop_density * pi * loop * loop;
  cuts += 2 * cutting_radius(p, q, skin->plexus_depth) * skin->plexus_length *
          gsl_cdf_ugaussian_P((l - skin->plexus_depth) / skin->plexus_spread);
  cuts += 2 * cutting_radius(p, q, skin->total) * skin->deep_length *
          gsl_cdf_ugaussian_P((l - skin->total) / skin->deep_spread);
  return -expm1(-cuts);
}

void taut__puncture_injure(const taut_needling_params *p, const taut_skin *skin, taut_puncture *q) {
  q->damage_factor = 1 / sqrt(p->lambda_f * p->lambda_f - 1);
  q->kill_factor = 1 / sqrt(p->lambda_c * p->lambda_c - 1);
  q->track_scale = p->track_scale;
  q->injury_depth = fmin(q->depth * p->track_scale, q->reach);
  q->loop_depth = skin->loop_depth;
  q->hole_spread = p->sg_hole;
  q->hole_radius = q->depth > 0 ? q->recoil * taut__needle_radius(&q->needle, q->reach) : 0;
  double needle = q->reach > 0 ? taut__needle_volume(&q->needle, q->reach) / q->reach : 0; /* mm3 per mm of track */
  q->hole_volume = needle * q->depth * q->recoil * q->recoil;
  q->damaged_volume = needle * q->injury_depth * q->damage_factor * q->damage_factor;
  q->killed_volume = needle * q->injury_depth * q->kill_factor * q->kill_factor;
  q->bleeding = bleeding(p, skin, q);
}

/** Slit of a roller and drag of a gliding pen: skin is cut sideways only where tearing is cheaper than dragging it. */
static void add_sideways(const taut_needling_params *p, const taut_device *device, const taut_treatment *treatment,
                         taut_puncture *q) {
  if (device->kind == TAUT_ROLLER) {
    double slit = taut__roller_slit(device->drum_radius, q->reach, 0);
    double tear = slit > 0 ? 1 - p->J_c * q->depth / (p->k_lat * slit) : 0;
    q->slit_follow = fmin(1, fmax(p->c_s, fmax(0, tear)));
    q->slit_length = 2 * q->slit_follow * slit;
  } else if (device->kind == TAUT_PEN && device->rate > 0) {
    double stroke = device->stroke > 0 ? device->stroke : q->reach;
    double outside = fmax(-1, fmin(1, 1 - 2 * (q->reach - q->dimple) / stroke));
    q->drag = taut__glide(device, treatment) * acos(outside) / (pi * device->rate);
  }
}

/* ------------------------------------------------------------------------------------------------ the puncture ---- */

taut_err taut__puncture(taut_context *context, const taut_needling_params *p, const taut_skin *skin,
                        const taut_device *device, const taut_treatment *treatment, double length, double achieved,
                        taut_puncture *out) {
  taut_refusal why;
  if (taut__puncture_refused(device, length, achieved, &why))
    return taut__fail(context, TAUT_ERR_INPUT, why.key, "%s", why.text);
  taut_puncture q = {.length = length, .reach = length};
  q.needle = (taut_needle){device->diameter / 2, device->tip_radius, device->half_angle};
  q.speed = taut__tip_speed(p, device, length);
  double tip_area = 2 * pi * device->tip_radius * device->tip_radius * (1 - sin(device->half_angle));
  double slope = tan(device->half_angle);
  double stiffness = p->E_0 * exp(p->b_T * treatment->stretch) * pow(q.speed / p->v_0, 3 * p->a);
  double vibration = p->f_vib * (device->vibration > 0 ? device->vibration : 1);
  q.dimple = vibration * cbrt(3 * pi * p->G_p * tip_area / (2 * stiffness * slope));
  q.puncture_force = 2 / pi * stiffness * slope * q.dimple * q.dimple;
  limit_by_hand(p, device, treatment, &q);
  if (!isnan(achieved)) { /* the depth is known, whatever the hand did */
    q.reach = length;
    q.force_limited = false;
  }
  q.depth = isnan(achieved) ? taut__track_length(p, q.reach, q.dimple) : achieved;
  q.force = q.puncture_force * (1 + 2 * (1 / p->m - 1) * q.depth / q.dimple);
  q.recoil = p->c_r;
  taut__puncture_injure(p, skin, &q);
  add_sideways(p, device, treatment, &q);
  *out = q;
  return TAUT_OK;
}
