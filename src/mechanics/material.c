/* Law of a layer (mechanics.md 1.1, 1.2).
 *
 *   W_c = (D : C)/2 + sum k/(2 k2) (exp(k2 <E>^2) - 1) - c0 ln J        E = Hg : C - 1
 *   S_c = D + sum s(E) Hg - c0 C^-1                                     s(E) = 2 k <E> exp(k2 E^2)
 *   c0  = D_zz + sum s(E_0) Hg_zz                                       sigma_zz = 0 at F = I
 *   dS_c/dE_GL = sum 2 s'(E) Hg (x) Hg + 2 c0 (C^-1 (.) C^-1)           s'(E) = 2 k (1 + 2 k2 E^2) exp(k2 E^2), E > 0
 *   dQ/dt = -Q/tau + beta dS_c/dt:  Q <- exp(-x) Q + beta (1 - exp(-x))/x (S_new - S_old),  x = dt/tau
 *
 * Symbols: D sum of mu phi G^2 of the neo-Hookean families [kPa], Hg = G H G of a fibre family, k = k1 phi [kPa].
 * Assumptions: the in vivo stress is fully relaxed; fibres carry nothing in compression (kink at E = 0, stress continuous).
 * Near-incompressibility is the finite elements' business: they add a pressure with the bulk modulus K. */
#include "mechanics/mechanics.h"

#include <math.h>
#include <string.h>

/* Beyond this exponent the stress would overflow long before any tissue is intact. */
static const double largest_exponent = 60;

double taut__fibre_stress(double k, double k2, double E, double *slope) {
  if (E <= 0) {
    if (slope) *slope = 0;
    return 0;
  }
  double power = fmin(k2 * E * E, largest_exponent), factor = 2 * k * exp(power);
  if (slope) *slope = factor * (1 + 2 * power);
  return factor * E;
}

/* Hg : C of a diagonal Hg. */
static double contract(const double Hg[3], const double C[TAUT_AXI]) {
  return Hg[0] * C[TAUT_RR] + Hg[1] * C[TAUT_TT] + Hg[2] * C[TAUT_ZZ];
}

/* s(E_0): stress of a family in the undisturbed skin. */
static double resting_stress(const taut_fibre_law *f) {
  return taut__fibre_stress(f->k, f->k2, f->Hg[0] + f->Hg[1] + f->Hg[2] - 1, NULL);
}

double taut__law_c0(const taut_layer_law *law) {
  double c0 = law->D[2];
  for (int i = 0; i < law->fibres; i++) c0 += resting_stress(&law->fibre[i]) * law->fibre[i].Hg[2];
  return c0;
}

double taut__law_sigma0(const taut_layer_law *law, int axis) {
  double sigma = law->D[axis] - law->D[2];
  for (int i = 0; i < law->fibres; i++) {
    const taut_fibre_law *f = &law->fibre[i];
    sigma += resting_stress(f) * (f->Hg[axis] - f->Hg[2]);
  }
  return sigma;
}

double taut__law_fibre_stiffness(const taut_layer_law *law) {
  double sum = 0;
  for (int i = 0; i < law->fibres; i++) {
    const taut_fibre_law *f = &law->fibre[i];
    double slope;
    taut__fibre_stress(f->k, f->k2, f->Hg[0] + f->Hg[1] + f->Hg[2] - 1, &slope);
    sum += 2 * slope * f->Hg[0] * f->Hg[0];
  }
  return sum;
}

double taut__axi_inverse(const double C[TAUT_AXI], double inverse[TAUT_AXI], double product[TAUT_AXI][TAUT_AXI]) {
  double plane = C[TAUT_RR] * C[TAUT_ZZ] - C[TAUT_RZ] * C[TAUT_RZ];
  inverse[TAUT_RR] = C[TAUT_ZZ] / plane;
  inverse[TAUT_ZZ] = C[TAUT_RR] / plane;
  inverse[TAUT_RZ] = -C[TAUT_RZ] / plane;
  inverse[TAUT_TT] = 1 / C[TAUT_TT];
  if (product) {
    /* (A_ik A_jl + A_il A_jk)/2 over rr, tt, zz, rz of a symmetric A without rt and tz components */
    double rr = inverse[TAUT_RR], tt = inverse[TAUT_TT], zz = inverse[TAUT_ZZ], rz = inverse[TAUT_RZ];
    const double rows[TAUT_AXI][TAUT_AXI] = {{rr * rr, 0, rz * rz, rr * rz},
                                             {0, tt * tt, 0, 0},
                                             {rz * rz, 0, zz * zz, zz * rz},
                                             {rr * rz, 0, zz * rz, (rr * zz + rz * rz) / 2}};
    memcpy(product, rows, sizeof rows);
  }
  return plane * C[TAUT_TT];
}

double taut__law_energy(const taut_layer_law *law, double c0, const double C[TAUT_AXI]) {
  double det = (C[TAUT_RR] * C[TAUT_ZZ] - C[TAUT_RZ] * C[TAUT_RZ]) * C[TAUT_TT];
  double energy = contract(law->D, C) / 2 - c0 * log(det) / 2;
  for (int i = 0; i < law->fibres; i++) {
    const taut_fibre_law *f = &law->fibre[i];
    double E = fmax(0, contract(f->Hg, C) - 1);
    energy += f->k / (2 * f->k2) * expm1(fmin(f->k2 * E * E, largest_exponent));
  }
  return energy;
}

void taut__law_stress(const taut_layer_law *law, double c0, const double C[TAUT_AXI], double S[TAUT_AXI],
                      double dS[TAUT_AXI][TAUT_AXI]) {
  double inverse[TAUT_AXI];
  taut__axi_inverse(C, inverse, dS);
  for (int a = 0; a < 3; a++) S[a] = law->D[a] - c0 * inverse[a];
  S[TAUT_RZ] = -c0 * inverse[TAUT_RZ];
  for (int a = 0; dS && a < TAUT_AXI; a++)
    for (int b = 0; b < TAUT_AXI; b++) dS[a][b] *= 2 * c0;
  for (int i = 0; i < law->fibres; i++) {
    const taut_fibre_law *f = &law->fibre[i];
    double slope, s = taut__fibre_stress(f->k, f->k2, contract(f->Hg, C) - 1, &slope);
    for (int a = 0; a < 3; a++) S[a] += s * f->Hg[a];
    for (int a = 0; dS && a < 3; a++)
      for (int b = 0; b < 3; b++) dS[a][b] += 2 * slope * f->Hg[a] * f->Hg[b];
  }
}

double taut__skin_tension(const taut_skin_law *skin, int axis) {
  double sum = 0;
  for (int l = 0; l < skin->layers; l++) sum += skin->layer[l].h * taut__law_sigma0(&skin->layer[l], axis);
  return sum;
}

/* ------------------------------------------------------------------------------------------------- viscosity ---- */

taut_viscous_step taut__viscous_step(const taut_viscosity *viscosity, double dt) {
  taut_viscous_step step = {.total = 1};
  for (int k = 0; k < TAUT_VISCOUS_TERMS; k++) {
    double x = dt / viscosity->tau[k];
    step.decay[k] = exp(-x);
    step.gain[k] = viscosity->beta[k] * (x > 0 ? -expm1(-x) / x : 1);
    step.total += step.gain[k];
  }
  return step;
}

void taut__viscous_advance(const taut_viscous_step *step, int n, const double *S_old, const double *S_new, double *Q) {
  for (int k = 0; k < TAUT_VISCOUS_TERMS; k++)
    for (int i = 0; i < n; i++) Q[k * n + i] = step->decay[k] * Q[k * n + i] + step->gain[k] * (S_new[i] - S_old[i]);
}

/* ---------------------------------------------------------------------------------------------------- checks ---- */

static const char *law_fault(const taut_layer_law *law) {
  if (!(law->h > 0) || !isfinite(law->h)) return "its thickness must be positive";
  if (!(law->K > 0) || !isfinite(law->K)) return "its bulk modulus must be positive";
  if (law->fibres < 0 || law->fibres > TAUT_MAX_FIBRES) return "it has too many families of fibres";
  for (int a = 0; a < 3; a++)
    if (!(law->D[a] > 0) || !isfinite(law->D[a])) return "its shear modulus must be positive";
  for (int i = 0; i < law->fibres; i++) {
    const taut_fibre_law *f = &law->fibre[i];
    if (!(f->k >= 0) || !isfinite(f->k)) return "the stiffness of its fibres must not be negative";
    if (!(f->k2 > 0) || !isfinite(f->k2)) return "the exponent of its fibres must be positive";
    for (int a = 0; a < 3; a++)
      if (!(f->Hg[a] >= 0) || !isfinite(f->Hg[a])) return "the structure tensor of its fibres is inadmissible";
  }
  return NULL;
}

taut_err taut__skin_law_check(taut_context *context, const char *where, const taut_skin_law *skin) {
  static const char *const names[TAUT_MECH_LAYERS] = {"stratum corneum", "viable epidermis", "papillary dermis",
                                                      "reticular dermis", "hypodermis"};
  if (skin->layers != TAUT_MECH_LAYERS)
    return taut__fail(context, TAUT_ERR_INPUT, where, "the skin has %d layers, expected %d", skin->layers,
                      TAUT_MECH_LAYERS);
  for (int l = 0; l < skin->layers; l++) {
    const char *fault = law_fault(&skin->layer[l]);
    if (fault) return taut__fail(context, TAUT_ERR_INPUT, where, "%s: %s", names[l], fault);
  }
  const taut_viscosity *v = &skin->viscosity;
  for (int k = 0; k < TAUT_VISCOUS_TERMS; k++)
    if (!(v->beta[k] >= 0 && isfinite(v->beta[k]) && v->tau[k] > 0 && isfinite(v->tau[k])))
      return taut__fail(context, TAUT_ERR_INPUT, where, "viscous term %d needs beta of 0 or more and a positive time",
                        k + 1);
  return TAUT_OK;
}
