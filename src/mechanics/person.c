/* The person's material (mechanics.md 2, 3; design rules 2 and 11).
 *
 *   c_a = exp(-ca_young (min(a,50) - 40) - r min(max(a - 50, 0), 15) - ca_old max(a - 65, 0))    collagen per area
 *   e_a = exp(-ea (a - 40)) (1 - photo_e u) (1 - smoke_e s)                                      working elastin per area
 *   phi_M = c_a f_m / f,   phi_e = e_a / f,   phi_g = 1        f: dermis relative to the same person at 40 years
 *   beta_2, beta_3 times exp(b2_age (a - 40)) (1 + photo_b2 u), exp(b3_age (a - 40))
 *   kappa + photo_kappa u (1/3 - kappa),   E_sc (1 + photo_E_sc u) hyd_dry^(1 - 2 hyd) (or hyd_wet^(2 hyd - 1))
 *   sigma0(g_e) = target of the site at 40 years;   T(g_e) = T_40 exp((laxity_mid - grade)/laxity_slope)
 *
 * Assumptions: real cases take thickness and its ageing from the skin room, so that mass per area is kept; collagen there has
 * the men's slope and the menopause of the healing model (f_m).  Photoageing u is what exceeds the typical of an age, since
 * the calibrated skin is the typical skin of its age. */
#include "mechanics/mechanics.h"

#include "param/units.h"

#include <math.h>
#include <string.h>

static const double reference_age = 40, normal_hydration = 0.5;

/* Site table. */
static const taut_mechanics_site sites[] = {
#define MECHANICS_SITE(key, covered, sigma0, base, warning) {#key, covered, sigma0, base, warning, 1},
#include "mechanics/sites.def"
#undef MECHANICS_SITE
};

taut_mechanics_site taut__mechanics_site(const char *name) {
  taut_mechanics_site site = sites[0];
  site.name = name;
  site.warning = "the tension of this site is not known; that of the cheek is taken";
  for (size_t i = 0; i < sizeof sites / sizeof *sites; i++)
    if (strcmp(sites[i].name, name) == 0) site = sites[i];
  if (site.warning) site.spread = 2;
  return site;
}

taut_viscosity taut__reference_viscosity(const taut_mechanics_params *p) {
  const double s = TAUT_SECONDS_PER_DAY;
  return (taut_viscosity){{p->beta_1, p->beta_2, p->beta_3}, {p->tau_1 * s, p->tau_2 * s, p->tau_3 * s}};
}

taut_mechanics_person taut__mechanics_reference_person(const taut_mechanics_params *p) {
  return (taut_mechanics_person){
      .age = reference_age,
      .hydration = normal_hydration,
      .collagen_factor = 1,
      .thickness = {p->h_sc, p->h_ve, p->h_pd, p->h_rd, p->h_hy},
      .dermis_factor = 1,
      .sigma0 = NAN,
      .laxity = NAN,
  };
}

taut_mechanical_ageing taut__mechanical_ageing(const taut_mechanics_params *p, double age, bool male) {
  const double year = TAUT_DAYS_PER_YEAR; /* slopes a year are kept a day */
  double to_50 = (fmin(age, 50) - reference_age) * year, beyond_50 = fmax(age - 50, 0) * year;
  double to_65 = fmin(beyond_50, 15 * year), beyond_65 = fmax(age - 65, 0) * year,
         since_40 = (age - reference_age) * year;
  return (taut_mechanical_ageing){
      .h_r = exp(-p->hr_young * to_50 - (male ? p->hr_young : p->hr_old) * beyond_50),
      .c_a = exp(-p->ca_young * to_50 - (male ? p->ca_men : p->ca_women) * to_65 - p->ca_old * beyond_65),
      .e_a = exp(-p->ea * since_40),
      .beta_2 = exp(p->b2_age * since_40),
      .beta_3 = exp(p->b3_age * since_40),
  };
}

void taut__structure_tensor(double kappa, bool aligned, double H[3]) {
  double along = 1 - 2 * kappa, across = kappa, mean = (along + across) / 2;
  H[0] = aligned ? along : mean;
  H[1] = aligned ? across : mean;
  H[2] = kappa;
}

/* ------------------------------------------------------------------------------------------------ law of day 0 ---- */

static taut_layer_law isotropic_layer(double h, double mu, double K) {
  return (taut_layer_law){.h = h, .D = {mu, mu, mu}, .K = K};
}

static taut_layer_law dermal_layer(const taut_material *m, double h, double factor) {
  double e2 = m->g_e * m->g_e, c2 = m->g_c * m->g_c, gel = m->mu_m * m->phi_g, elastin = m->mu_e * m->phi_e;
  taut_layer_law law = {.h = h, .K = m->K, .fibres = 1};
  law.D[0] = law.D[1] = factor * (gel + elastin * e2);
  law.D[2] = factor * (gel + elastin / (e2 * e2));
  double H[3];
  taut__structure_tensor(m->kappa, false, H);
  law.fibre[0] = (taut_fibre_law){factor * m->k1 * m->phi_M, m->k2, {H[0] * c2, H[1] * c2, H[2] / (c2 * c2)}};
  return law;
}

taut_skin_law taut__material_law(const taut_material *m) {
  taut_skin_law skin = {.layers = TAUT_MECH_LAYERS, .viscosity = m->viscosity};
  skin.layer[TAUT_MECH_SC] = isotropic_layer(m->h[TAUT_MECH_SC], m->E_sc / 3, m->K_sc);
  skin.layer[TAUT_MECH_VE] = isotropic_layer(m->h[TAUT_MECH_VE], m->E_ve / 3, m->K);
  skin.layer[TAUT_MECH_PD] = dermal_layer(m, m->h[TAUT_MECH_PD], m->f_pd);
  skin.layer[TAUT_MECH_RD] = dermal_layer(m, m->h[TAUT_MECH_RD], 1);
  skin.layer[TAUT_MECH_HY] = isotropic_layer(m->h[TAUT_MECH_HY], m->mu_h, m->K_h);
  return skin;
}

/* ------------------------------------------------------------------------------------------- solving for stress ---- */

typedef double material_measure(const taut_material *m);

static double reticular_stress(const taut_material *m) {
  taut_skin_law skin = taut__material_law(m);
  return taut__law_sigma0(&skin.layer[TAUT_MECH_RD], 0);
}

static double skin_tension(const taut_material *m) {
  taut_skin_law skin = taut__material_law(m);
  return taut__skin_tension(&skin, 0);
}

/* Finds g in [low, high], a pre-stretch of m, where an increasing measure meets its target; the nearer end otherwise. */
static taut_prestretch solve_for(taut_material *m, double *g, material_measure *measure, double target, double low,
                                 double high) {
  *g = low;
  if (measure(m) >= target) return TAUT_PRESTRETCH_CLIPPED_LOW;
  *g = high;
  if (measure(m) <= target) return TAUT_PRESTRETCH_CLIPPED_HIGH;
  for (int n = 0; n < 80 && low < high; n++) {
    *g = 0.5 * (low + high);
    if (*g <= low || *g >= high) break;
    if (measure(m) < target)
      low = *g;
    else
      high = *g;
  }
  return TAUT_PRESTRETCH_FREE;
}

/* Stress of a site (mechanics.md 3, Sites): elastin first; collagen is slackened where its share alone exceeds the target
 * and stretched first where the target is high. */
static taut_prestretch meet_site(const taut_mechanics_params *p, double target, taut_material *m) {
  if (target > p->stress_high) m->g_c = fmax(m->g_c, p->g_max);
  taut_prestretch met = solve_for(m, &m->g_e, reticular_stress, target, 1, 1.6);
  if (met != TAUT_PRESTRETCH_CLIPPED_LOW) return met;
  return solve_for(m, &m->g_c, reticular_stress, target, 1, m->g_c);
}

/* --------------------------------------------------------------------------------------------------- the person ---- */

static taut_material at_forty(const taut_mechanics_params *p, const taut_mechanics_person *person) {
  taut_material m = {
      .E_sc = p->E_sc,
      .E_ve = p->E_ve,
      .mu_h = p->mu_h,
      .mu_m = p->mu_m,
      .mu_e = p->mu_e,
      .k1 = p->k1,
      .k2 = p->k2,
      .f_pd = p->f_pd,
      .g_e = p->g_e,
      .g_c = p->g_c,
      .kappa = p->kappa,
      .phi_g = 1,
      .phi_e = 1,
      .phi_M = 1,
      .K_sc = p->K_sc,
      .K = p->K,
      .K_h = p->K_h,
      .viscosity = taut__reference_viscosity(p),
  };
  memcpy(m.h, person->thickness, sizeof m.h);
  double thinner = person->documents ? 1 : person->dermis_factor;
  m.h[TAUT_MECH_PD] /= thinner;
  m.h[TAUT_MECH_RD] /= thinner;
  return m;
}

static double hydration_factor(const taut_mechanics_params *p, double hydration) {
  double away = (hydration - normal_hydration) / normal_hydration;
  return away < 0 ? pow(p->hyd_dry, -away) : pow(p->hyd_wet, away);
}

static void grow_old(const taut_mechanics_params *p, const taut_mechanics_person *person, taut_material *m) {
  /* real cases have the menopause in collagen_factor, so the slope of the sex without it */
  taut_mechanical_ageing age = taut__mechanical_ageing(p, person->age, person->male || !person->documents);
  double u = person->photo, thinner = person->dermis_factor;
  if (person->documents) thinner = taut__mechanical_ageing(p, person->age, person->male).h_r;
  m->h[TAUT_MECH_PD] *= thinner;
  m->h[TAUT_MECH_RD] *= thinner;
  m->phi_M = age.c_a * person->collagen_factor / thinner;
  m->phi_e = age.e_a * (1 - p->photo_e * u) * (1 - p->smoke_e * person->smoking) / thinner;
  m->kappa += p->photo_kappa * u * (1.0 / 3 - m->kappa);
  m->viscosity.beta[1] *= age.beta_2 * (1 + p->photo_b2 * u);
  m->viscosity.beta[2] *= age.beta_3;
  m->E_sc *= (1 + p->photo_E_sc * u) * hydration_factor(p, person->hydration);
}

taut_err taut__material_create(taut_context *context, const taut_mechanics_params *p,
                               const taut_mechanics_person *person, taut_material *out) {
  taut_material m = at_forty(p, person);
  taut_prestretch met = TAUT_PRESTRETCH_FREE;
  if (!isnan(person->sigma0)) met = meet_site(p, person->sigma0 * p->sigma0_scale, &m);
  m.tension_40 = skin_tension(&m);
  grow_old(p, person, &m);
  if (!isnan(person->laxity)) {
    double target = m.tension_40 * exp((p->laxity_mid - person->laxity) / p->laxity_slope);
    met = solve_for(&m, &m.g_e, skin_tension, target, p->g_e_low, p->g_e_high);
  }
  m.prestretch = met;
  taut_skin_law skin = taut__material_law(&m);
  taut_err err = taut__skin_law_check(context, "mechanics", &skin);
  if (err) return err;
  m.tension = taut__skin_tension(&skin, 0);
  if (!(m.tension > 0)) return taut__fail(context, TAUT_ERR_INPUT, "mechanics", "the skin has no in-plane tension");
  *out = m;
  return TAUT_OK;
}
