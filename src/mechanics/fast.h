/* Fast models of the suction test (mechanics.md 6): the quadratic emulator and the two-curve model.  The finite elements
 * are the reference; these are anchored to them.  Units: mm, kPa, s. */
#ifndef TAUT_MECHANICS_FAST_H
#define TAUT_MECHANICS_FAST_H

#include "mechanics/mechanics.h"

/** The ratios and depths that the fast models give. */
typedef struct taut_suction_values {
  double R0, Ue; /**< mm */
  double R2, R5, R7;
} taut_suction_values;

/* ------------------------------------------------------------------------------------------------------ emulator ---- */

typedef enum taut_emulator_feature {
#define FEATURE(name, ...) TAUT_FEATURE_##name,
#define EMULATED(name, ...)
#include "mechanics/emulator.def"
#undef FEATURE
#undef EMULATED
  TAUT_FEATURES
} taut_emulator_feature;

/** Features of a skin, all 0 at the nominal one; logarithms of quantities of the reticular dermis and of the whole. */
void taut__emulator_features(const taut_skin_law *skin, double x[TAUT_FEATURES]);
/** -1 where the features lie in the trained range, else the first one that does not. */
int taut__emulator_outside(const double x[TAUT_FEATURES]);
/** Name and words of a feature, and the range of the quantity itself. */
const char *taut__emulator_feature_name(int feature, const char **words, double *low, double *high);
/** Values for given features: 2 mm aperture, 450 mbar, 2 s on and 2 s off, first cycle.  Not to be used outside. */
taut_suction_values taut__emulate(const double x[TAUT_FEATURES]);
/** Anchors a fast model to a reference at a base skin: ratios for depths, differences for R2, R5, R7. */
taut_suction_values taut__anchor(const taut_suction_values *reference, const taut_suction_values *fast_base,
                                 const taut_suction_values *fast);

/* --------------------------------------------------------------------------------------------------- two curves ---- */

/** P = f_v(u) + f_0(u) at equilibrium, (1 + B) f_v + f_0 when glassy; f_v = v1 u + v3 u^3 + v5 u^5, f_0 = c1 u + c3 u^3. */
typedef struct taut_two_curve {
  double v[3], c[2]; /**< kPa/mm, kPa/mm3, kPa/mm5 */
} taut_two_curve;

/** Glassy factor and pressures of the document: equilibrium P_j, glassy TAUT_GLASSY_PRESSURE P_j with S_c + B (S_c - S_c(I)). */
#define TAUT_GLASSY_FACTOR   3.0
#define TAUT_GLASSY_PRESSURE 2.5
enum { TAUT_STATIC_PRESSURES = 6 };
extern const double taut__static_pressure[TAUT_STATIC_PRESSURES]; /**< 2, 5, 9, 14, 20, 27 kPa */

/** Least squares of relative residuals on n points of each curve (equilibrium P at u, glassy P_g at u_g).
 *  @param residual  root mean square of the relative residuals; may be NULL
 *  NUMERICS when the points do not determine the five coefficients. */
TAUT_MUST_USE taut_err taut__two_curve_fit(taut_context *context, int n, const double *P, const double *u,
                                           const double *P_g, const double *u_g, double B, taut_two_curve *out,
                                           double *residual);
double taut__two_curve_viscous(const taut_two_curve *curve, double u);    /**< f_v */
double taut__two_curve_nonviscous(const taut_two_curve *curve, double u); /**< f_0 */
/** Displacement over a protocol: t[n] s (t[0] the start, at rest), P[n] kPa -> u[n] mm.  NUMERICS without a solution. */
TAUT_MUST_USE taut_err taut__two_curve_run(taut_context *context, const taut_two_curve *curve,
                                           const taut_viscosity *viscosity, int n, const double *t, const double *P,
                                           double *u);

#endif
