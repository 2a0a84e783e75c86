#include "emulator_skins.h"

#include <assert.h>
#include <math.h>

typedef enum draw {
  AGE,
  PHOTO,
  H_D,
  H_PD,
  H_SC,
  H_VE,
  H_HY,
  E_SC,
  E_VE,
  MU_M,
  ELASTIN,
  COLLAGEN,
  G_E,
  G_C,
  KAPPA,
  K_2,
  F_PD,
  MU_H,
  BULK_H,
  BETA_1,
  BETA_2,
  BETA_3,
  TAU_1,
  TAU_2,
  TAU_3,
  NEW_RD,
  NEW_PD,
  G_NEW,
  ACTIVE
} draw;
static_assert(ACTIVE + 1 == EMULATOR_DRAWS, "every draw has its place");

static double between(double z, double low, double high) {
  return low + (high - low) * z;
}

static double log_between(double z, double low, double high) {
  return low * pow(high / low, z);
}

/* Triangular on (-1, 1): the middle is more frequent than the ends. */
static double triangular(double z) {
  return z < 0.5 ? sqrt(2 * z) - 1 : 1 - sqrt(2 * (1 - z));
}

/* Around 1, times or divided by `factor` at most. */
static double around(double z, double factor) {
  return pow(factor, triangular(z));
}

taut_err emulator_source_create(taut_context *context, emulator_source *out) {
  taut_err err = taut__param_defaults(context, &taut__mechanics_table, &out->params);
  if (err) return err;
  const taut_mechanics_person person = taut__mechanics_reference_person(&out->params);
  return taut__material_create(context, &out->params, &person, &out->reference);
}

static void draw_layers(const double *z, taut_material *m) {
  const double dermis = log_between(z[H_D], 0.5, 3.0);
  m->h[TAUT_MECH_SC] = log_between(z[H_SC], 0.010, 0.032);
  m->h[TAUT_MECH_VE] = log_between(z[H_VE], 0.030, 0.090);
  m->h[TAUT_MECH_PD] = fmin(log_between(z[H_PD], 0.055, 0.20), 0.3 * dermis);
  m->h[TAUT_MECH_RD] = dermis - m->h[TAUT_MECH_PD];
  m->h[TAUT_MECH_HY] = log_between(z[H_HY], 1, 25);
}

/* Photoageing beyond the typical of the age, at most 0.8, mostly little. */
static double photo_of(const double *z) {
  return 0.8 * z[PHOTO] * z[PHOTO];
}

static void draw_moduli(const taut_mechanics_params *p, const taut_mechanical_ageing *age, const double *z,
                        taut_material *m) {
  const double u = photo_of(z);
  m->E_sc *= (1 + p->photo_E_sc * u) * around(z[E_SC], 5);
  m->E_ve *= around(z[E_VE], 2.5);
  m->mu_m *= around(z[MU_M], 1.7);
  m->phi_e = age->e_a * (1 - p->photo_e * u) * around(z[ELASTIN], 2);
  m->phi_M = age->c_a * around(z[COLLAGEN], 2);
  m->g_e = between(z[G_E], 1.0, 1.42);
  m->g_c += 0.03 * triangular(z[G_C]);
  m->kappa += p->photo_kappa * u * (1.0 / 3 - m->kappa) + 0.06 * triangular(z[KAPPA]);
  m->k2 = between(z[K_2], 12, 30);
  m->f_pd = log_between(z[F_PD], 0.3, 1.05);
  m->mu_h *= around(z[MU_H], 3.5);
  m->K_h = log_between(z[BULK_H], 36, 360);
}

static void draw_viscosity(const taut_mechanics_params *p, const taut_mechanical_ageing *age, const double *z,
                           taut_viscosity *v) {
  v->beta[0] *= around(z[BETA_1], 1.6);
  v->beta[1] *= age->beta_2 * (1 + p->photo_b2 * photo_of(z)) * around(z[BETA_2], 1.6);
  v->beta[2] *= age->beta_3 * around(z[BETA_3], 1.6);
  v->tau[0] = log_between(z[TAU_1], 0.005, 0.02);
  v->tau[1] = log_between(z[TAU_2], 0.1, 1);
  v->tau[2] = log_between(z[TAU_3], 2, 10);
}

/* Adds new collagen, a share of the reference density at elastic stretch g, and active stress. */
static void treat(const taut_material *m, double share, double g, double active, taut_layer_law *layer) {
  double H[3];
  taut__structure_tensor(m->kappa, false, H);
  taut_fibre_law fresh = layer->fibre[0];
  fresh.k *= share;
  for (int a = 0; a < 3; a++) fresh.Hg[a] = H[a] * (a < 2 ? g * g : pow(g, -4));
  if (share > 0) layer->fibre[layer->fibres++] = fresh;
  for (int a = 0; a < 2; a++) layer->D[a] += active;
}

bool emulator_skin(const emulator_source *source, const double z[EMULATOR_DRAWS], double treated, taut_skin_law *out) {
  taut_material m = source->reference;
  const taut_mechanical_ageing age =
      taut__mechanical_ageing(&source->params, between(z[AGE], 18, 92), true); /* as real cases: no menopause here */
  draw_layers(z, &m);
  draw_moduli(&source->params, &age, z, &m);
  draw_viscosity(&source->params, &age, z, &m.viscosity);
  *out = taut__material_law(&m);
  taut_layer_law *pd = &out->layer[TAUT_MECH_PD], *rd = &out->layer[TAUT_MECH_RD];
  const double g = between(z[G_NEW], 1.03, 1.11), active = treated * 1.5 * z[ACTIVE] * z[ACTIVE];
  treat(&m, treated * 0.3 * z[NEW_RD] * z[NEW_RD], g, active, rd);
  treat(&m, treated * 0.6 * z[NEW_PD] * z[NEW_PD], g, active, pd);
  const double deep = taut__law_sigma0(rd, 0), upper = taut__law_sigma0(pd, 0);
  return deep > 2.5 && deep < 45 && upper > 0.8 && upper < 45;
}

void emulator_fresh_draws(uint64_t seed, uint64_t index, double z[EMULATOR_DRAWS]) {
  for (uint64_t i = 0; i < EMULATOR_DRAWS; i++) z[i] = taut__uniform(seed, i, index);
}
