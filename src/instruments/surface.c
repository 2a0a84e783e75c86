/* The surface course of one session: laws in closed form (needling.md 6).
 *
 *   pores     A = A_0 2^(-t/t_h),  A_0 = n pi r_h(0)^2,  1/t_h = [(1 - o)/t_open + o/t_occ]/(f_L f_F f_age f_site)
 *             f_L = (L/L_pore)^x_pore,  f_F = exp(k_F (F - F_pore)),
 *             f_age = exp(ln q_age/(age_old - age_young) clip(age - age_young, 0, age_span))
 *   water     TEWL = T_0 + w_T 2^(-t/t_seal) dc/(R_p/n + delta/D_v),  R_p = h_m/(pi a^2 D_v) + 1/(4 a D_v),
 *             a = r_h(0) sqrt(A/A_0)
 *   redness   a_n = A_n [1 - exp(-(S/S_n)^x_n)] (1 - exp(-t/t_rise)) 2^(-t/t_n),  a_i = A_i S/(S + S_i) I(t),
 *             a_b = A_b (1 - exp(-n P_bleed/n_b)) exp(-t/t_b),  visible from a_vis (1 + k_vis (F - F_vis))
 *             without a healing run I = (t/t_p)^x_p exp(x_p (1 - t/t_p))
 *   swelling  de/dt = k_e (a_n + a_i) - e/t_l
 *   pain      x = x_26 (L/L_pain)^x_L N^x_N,  VAS = 10 (1 - exp(-v_26 g x/10))
 *
 * Assumptions: the occlusion changes at most once; a measured lightness L* stands for the phototype F_pore -
 * (L* - L_star)/dL_star; holes after re-hits are the pores, all hits bleed and hurt.  Units: mm, day.  Not in here: a crust
 * after heat, hair, glands, a nerve map.  Sources: gup, ogu1, ogu2, kel, kal, gil and those of surface.def.
 */
#include "instruments/surface.h"
#include "param/units.h"

#include <math.h>
#include <string.h>

static const double pi = 3.14159265358979323846;
static const double second = 1.0 / 86400; /* day */

/* The water loss is a mass flow in pg/mm2/day inside and is told in g/m2/h. */
static const double water_unit = 2.4e7;

static const taut_param rows[] = {
#define PARAM(name, unit, def, low, high, prior, evidence, source, doc)                                                \
  {"surface",                                                                                                          \
   #name,                                                                                                              \
   unit,                                                                                                               \
   def,                                                                                                                \
   low,                                                                                                                \
   high,                                                                                                               \
   prior,                                                                                                              \
   TAUT_##evidence,                                                                                                    \
   TAUT_SOURCE_##source,                                                                                               \
   doc,                                                                                                                \
   offsetof(taut_surface_params, name)},
#include "instruments/surface.def"
#undef PARAM
};

const taut_param_table taut__surface_table = {"surface", rows, (int)(sizeof rows / sizeof *rows),
                                              sizeof(taut_surface_params)};

/* ---------------------------------------------------------------------------------------------- what it needs ---- */

taut_surface_person taut__surface_person(const taut_case *c) {
  return (taut_surface_person){.age = c->patient.age,
                               .phototype = c->patient.phototype,
                               .lightness = c->patient.lightness,
                               .site_factor = c->site.f_site,
                               .occlusion = c->aftercare.occlusion,
                               .occlusion_until = INFINITY,
                               .actives_after = c->aftercare.vitamin_c_after,
                               .topical_relief = c->patient.topical_relief,
                               .studied_site = strcmp(c->site.name, "forearm") == 0,
                               .sun = c->aftercare.sun_exposed,
                               .bony = c->site.bony,
                               .heavy = false};
}

/* Needles that strike the skin within one second. */
static double strikes(const taut_device *device, double length) {
  if (device->kind == TAUT_PEN) return device->needles * device->rate * second;
  if (device->kind != TAUT_ROLLER) return device->needles;
  double pitch = 2 * pi * device->drum_radius / device->needles_per_ring;
  return taut__roller_needles_in_contact(device, length) * device->speed * second / pitch;
}

taut_surface_session taut__surface_session(const taut_device *device, const taut_puncture *puncture,
                                           const taut_pattern *pattern, double day) {
  return (taut_surface_session){.day = day,
                                .length = puncture->length,
                                .hits = pattern->hits,
                                .holes = pattern->holes,
                                .hole_radius = puncture->hole_radius,
                                .damage_radius = puncture->damage_factor * taut__track_needle_radius(puncture, 0),
                                .injured = pattern->hits * puncture->damaged_volume,
                                .bleeding = puncture->bleeding,
                                .strikes = strikes(device, puncture->length)};
}

/* ------------------------------------------------------------------------------------------------------ pores ---- */

static double clip(double x, double low, double high) {
  return fmin(high, fmax(low, x));
}

double taut__pore_half_life(const taut_surface_params *p, const taut_surface_person *person, double length,
                            double occlusion) {
  double phototype = isnan(person->lightness) ? person->phototype
                                              : clip(p->F_pore - (person->lightness - p->L_star) / p->dL_star, 1, 6);
  double slower = pow(length / p->L_pore, p->x_pore) * exp(p->k_F * (phototype - p->F_pore)) * person->site_factor;
  double age = person->age * TAUT_DAYS_PER_YEAR; /* days, like all times of the parameters */
  slower *= pow(p->q_age, clip(age - p->age_young, 0, p->age_span) / (p->age_old - p->age_young));
  return slower / ((1 - occlusion) / p->t_open + occlusion / p->t_occ);
}

/* Half-lives that have passed by t: the occlusion ends once, and each stretch has its own half-life. */
static double half_lives(const taut_surface_params *p, const taut_surface_person *person, double length, double t) {
  if (!(length > 0)) return INFINITY; /* no needle, no pore: an injury without a device */
  double covered = fmin(t, person->occlusion_until);
  return covered / taut__pore_half_life(p, person, length, person->occlusion) +
         (t - covered) / taut__pore_half_life(p, person, length, 0);
}

double taut__pore_share(const taut_surface_params *p, const taut_surface_person *person, double length, double t) {
  return exp2(-half_lives(p, person, length, t));
}

double taut__pore_closing(const taut_surface_params *p, const taut_surface_person *person, double length) {
  double needed = -log2(p->f_closed);
  double covered = needed * taut__pore_half_life(p, person, length, person->occlusion);
  if (covered <= person->occlusion_until) return covered;
  needed -= half_lives(p, person, length, person->occlusion_until);
  return person->occlusion_until + needed * taut__pore_half_life(p, person, length, 0);
}

double taut__pore_area(const taut_surface_session *session) {
  return session->holes * pi * session->hole_radius * session->hole_radius;
}

/* ------------------------------------------------------------------------------------------------------ water ---- */

double taut__water_loss_untreated(const taut_surface_params *p) {
  return p->T_0 / water_unit;
}

double taut__water_loss(const taut_surface_params *p, const taut_surface_session *session, double share, double t) {
  double a = session->hole_radius * sqrt(share);
  if (a <= 0 || session->holes <= 0) return 0;
  double pore = p->h_m / (pi * a * a * p->D_v) + 1 / (4 * a * p->D_v);
  return p->w_T * exp2(-t / p->t_seal) * p->dc / (pore / session->holes + p->delta / p->D_v) / water_unit;
}

/* ---------------------------------------------------------------------------------------------------- redness ---- */

/* Largest axon reflex by the size of the injury. */
static double reflex_size(const taut_surface_params *p, const taut_surface_session *session) {
  return p->A_n * -expm1(-pow(session->injured / p->S_n, p->x_n));
}

double taut__redness_reflex(const taut_surface_params *p, const taut_surface_session *session, double t) {
  return reflex_size(p, session) * -expm1(-t / p->t_rise) * exp2(-t / p->t_n);
}

double taut__redness_blood(const taut_surface_params *p, const taut_surface_session *session, double t) {
  return p->A_b * -expm1(-session->hits * session->bleeding / p->n_b) * exp(-t / p->t_b);
}

double taut__redness_inflamed(const taut_surface_params *p, const taut_surface_session *session) {
  return p->A_i * session->injured / (session->injured + p->S_i);
}

double taut__inflammation_curve(const taut_surface_params *p, double t) {
  return t > 0 ? exp(p->x_p * (log(t / p->t_p) + 1 - t / p->t_p)) : 0;
}

double taut__redness_visible(const taut_surface_params *p, double phototype) {
  return p->a_vis * (1 + p->k_vis * (phototype - p->F_vis));
}

/* --------------------------------------------------------------------------------------------------- swelling ---- */

/* integral over 0..t of exp(-a s) exp(-b (t - s)) ds = (exp(-b t) - exp(-a t))/(a - b), also where a = b. */
static double convolved(double a, double b, double t) {
  double slow = fmin(a, b), x = fabs(a - b) * t;
  return t * exp(-slow * t) * (x < 1e-8 ? 1 - x / 2 : -expm1(-x) / x);
}

double taut__swelling_reflex(const taut_surface_params *p, const taut_surface_session *session, double t) {
  const double fall = log(2) / p->t_n, drain = 1 / p->t_l;
  return p->k_e * reflex_size(p, session) * (convolved(fall, drain, t) - convolved(fall + 1 / p->t_rise, drain, t));
}

/* ------------------------------------------------------------------------------------------------------- pain ---- */

double taut__pain_units(const taut_surface_params *p, double length, double struck) {
  return p->x_26 * pow(length / p->L_pain, p->x_L) * pow(struck, p->x_N);
}

double taut__pain_vas(const taut_surface_params *p, double units, double g) {
  return 10 * -expm1(-p->v_26 * g * units / 10);
}
