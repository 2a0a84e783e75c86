/* Skin of the suction tests, written out from the numbers of the model document (mechanics.md 2, 3, 7) without the
 * functions of src/mechanics/: a second, independent way to the list of layers. */
#ifndef TAUT_TEST_FEM_FIXTURE_H
#define TAUT_TEST_FEM_FIXTURE_H

#include "fem/suction.h"

#include <math.h>

/** What the layers are made of; see plain_person(). */
typedef struct person {
  double h[TAUT_MECH_LAYERS];
  double E_sc, E_ve, mu_m, mu_e, g_e, k1, k2, g_c, kappa, f_pd, mu_h;
  double phi_g, phi_e, phi_M, phi_N, g_N;
  double active; /* kPa */
  double K_sc, K, K_h;
  taut_viscosity viscosity;
} person;

static inline person plain_person(void) {
  return (person){.h = {0.015, 0.055, 0.12, 0.75, 4},
                  .E_sc = 1000,
                  .E_ve = 100,
                  .mu_m = 4.75,
                  .mu_e = 13,
                  .g_e = 1.25,
                  .k1 = 230,
                  .k2 = 25,
                  .g_c = 1.045,
                  .kappa = 0.2,
                  .f_pd = 0.6,
                  .mu_h = 3.6,
                  .phi_g = 1,
                  .phi_e = 1,
                  .phi_M = 1,
                  .g_N = 1.07,
                  .K_sc = 50000,
                  .K = 20000,
                  .K_h = 72,
                  .viscosity = {{0.43, 3.40, 1.99}, {0.01, 0.5, 2.5}}};
}

static inline void add_fibre(taut_layer_law *l, const person *p, double k, double g) {
  const double plane = 0.5 * (1 - p->kappa), normal = p->kappa;
  if (k > 0)
    l->fibre[l->fibres++] = (taut_fibre_law){k, p->k2, {plane * g * g, plane * g * g, normal / (g * g * g * g)}};
}

static inline taut_skin_law layers_of(const person *p) {
  taut_skin_law s = {.layers = TAUT_MECH_LAYERS, .viscosity = p->viscosity};
  const double mu[TAUT_MECH_LAYERS] = {p->E_sc / 3, p->E_ve / 3, 0, 0, p->mu_h};
  const double K[TAUT_MECH_LAYERS] = {p->K_sc, p->K, p->K, p->K, p->K_h};
  for (int i = 0; i < TAUT_MECH_LAYERS; i++) {
    taut_layer_law *l = &s.layer[i];
    l->h = p->h[i];
    l->K = K[i];
    const bool dermis = i == TAUT_MECH_PD || i == TAUT_MECH_RD;
    const double f = i == TAUT_MECH_PD ? p->f_pd : 1, e2 = p->g_e * p->g_e;
    for (int c = 0; c < 3; c++)
      l->D[c] = dermis ? f * (p->mu_m * p->phi_g + p->mu_e * p->phi_e * (c < 2 ? e2 : 1 / (e2 * e2))) : mu[i];
    if (!dermis) continue;
    l->D[0] += p->active;
    l->D[1] += p->active;
    add_fibre(l, p, f * p->k1 * p->phi_M, p->g_c);
    add_fibre(l, p, f * p->k1 * p->phi_N, p->g_N);
  }
  return s;
}

/** Woman of an age, mechanics.md 3 (the document's own law of thickness). */
static inline person aged_person(double age) {
  person p = plain_person();
  const double young = fmin(age, 50) - 40, old = fmax(age - 50, 0), d = age - 40;
  const double h = exp(-0.003 * young - 0.008 * old), e = exp(-0.018 * d);
  const double c = exp(-0.008 * young - 0.016 * fmin(old, 15) - 0.008 * fmax(age - 65, 0));
  p.h[TAUT_MECH_PD] *= h;
  p.h[TAUT_MECH_RD] *= h;
  p.phi_M = c / h;
  p.phi_e = e / h;
  p.viscosity.beta[1] *= exp(0.0256 * d);
  p.viscosity.beta[2] *= exp(0.0170 * d);
  return p;
}

#endif
