/* Equilibrium of the patch: a membrane of families in plane stress, pulled by its surroundings (mechanics.md 4.3, 4.5).
 * Private to the room. */
#ifndef TAUT_MECHANICS_PATCH_H
#define TAUT_MECHANICS_PATCH_H

#include "mechanics/mixture.h"

/** One family in one layer.  Its elastic stretch at a trial stretch x of the patch is x/(alpha + beta x): every law of
 *  mechanics.md 4.2 has this form, whatever the step. */
typedef struct taut_patch_family {
  double weight;            /**< thickness times density times modulus (neo-Hooke: mu, fibres: k1), N/m */
  double alpha[2], beta[2]; /**< per in-plane axis */
  bool fibre;
  double k2, H[3]; /**< fibres only */
} taut_patch_family;

enum { TAUT_PATCH_FAMILIES = 12 };

typedef struct taut_patch {
  int families;
  taut_patch_family family[TAUT_PATCH_FAMILIES];
  double active; /**< active tension at lambda = 1, N/m */
  double T0[2], k_s;
} taut_patch;

/** Tension N (force per day-0 width) and, if not NULL, its derivatives dN_i/dlambda_j. */
void taut__patch_tension(const taut_patch *patch, const double lambda[2], double N[2], double J[2][2]);
/** Newton's method from the given stretch: N_i = T0_i - k_s (lambda_i - 1).  NUMERICS when it does not converge.
 *  @param iterations  receives the number of Newton steps */
TAUT_MUST_USE taut_err taut__patch_solve(taut_context *context, const taut_patch *patch, double lambda[2],
                                         int *iterations);

/** q/q_rest of a layer, and its intact collagen C3 + Cn + Cx relative to rest. */
double taut__mixture_connectivity(const taut_mixture *mixture, int layer, const taut_mixture_layer *state);
double taut__mixture_intact(const taut_mixture *mixture, int layer, const taut_mixture_layer *state);
/** Masses of the families of a layer, rest 1 (gel, elastin, mature collagen) or 0 (new ones). */
typedef struct taut_masses {
  double gel, elastin, new_elastin, M, N;
} taut_masses;
taut_masses taut__mixture_masses(const taut_mixture *mixture, int layer, const taut_mixture_layer *state);

#endif
