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

/* -------------------------------------------------------------------------------------------------- wide emulator ---- */

/** Features of the wide emulator, then quantities that its training held; see emulator_features.def. */
typedef enum taut_wide_feature {
#define FEATURE(name, ...) TAUT_WIDE_##name,
#include "mechanics/emulator_features.def"
  TAUT_WIDE_FEATURES
} taut_wide_feature;
enum {
#define HELD(name, ...) TAUT_WIDE_HELD_##name,
#include "mechanics/emulator_features.def"
  TAUT_WIDE_HELD
};
enum {
  TAUT_WIDE_CUBIC = 11, /**< features of the cubic terms: h_d to creep_f */
  TAUT_WIDE_TERMS = 1 + TAUT_WIDE_FEATURES + TAUT_WIDE_FEATURES * (TAUT_WIDE_FEATURES + 1) / 2 +
                    TAUT_WIDE_CUBIC * (TAUT_WIDE_CUBIC + 1) * (TAUT_WIDE_CUBIC + 2) / 6
};
/** What it gives, in the order of its tables: ln R0, ln Ue, logit R2, ln R5, logit R7. */
typedef enum taut_wide_output {
  TAUT_WIDE_R0,
  TAUT_WIDE_Ue,
  TAUT_WIDE_R2,
  TAUT_WIDE_R5,
  TAUT_WIDE_R7,
  TAUT_WIDE_OUTPUTS
} taut_wide_output;

/** Errors of an output against finite elements on mesh M1: relative of R0 and Ue, absolute of the ratios. */
typedef struct taut_wide_error {
  double rms, max; /**< of skins left out of the fit */
  double change;   /**< rms of a change of composition, anchored at the skin before it */
} taut_wide_error;

/** Quantities behind the features, in their own units, then the held ones. */
void taut__wide_quantities(const taut_skin_law *skin, double q[TAUT_WIDE_FEATURES + TAUT_WIDE_HELD]);
/** Scaled logarithms of the features; relative deviations of the held quantities. */
void taut__wide_features(const taut_skin_law *skin, double x[TAUT_WIDE_FEATURES + TAUT_WIDE_HELD]);
/** -1 where a skin lies in the trained range, else the first feature or held quantity that does not, else, where only
 *  their combination is rarer than any trained one, TAUT_WIDE_FEATURES + TAUT_WIDE_HELD. */
int taut__wide_outside(const double x[TAUT_WIDE_FEATURES + TAUT_WIDE_HELD]);
/** Squared distance from the middle of the training, in standard deviations along its own axes. */
double taut__wide_rarity(const double x[TAUT_WIDE_FEATURES]);
/** Name and words of what taut__wide_outside returns, and the range of the quantity itself. */
const char *taut__wide_feature_name(int feature, const char **words, double *low, double *high);
/** Values for given features: 2 mm aperture, 450 mbar, rise in 0.03 s, 2 s on, 2 s off, first cycle.  Not to be used
 *  outside. */
taut_suction_values taut__emulate_wide(const double x[TAUT_WIDE_FEATURES]);
const taut_wide_error *taut__wide_error(taut_wide_output output);
/** Terms of the fit, and values of its outputs: for the training. */
void taut__wide_terms(const double x[TAUT_WIDE_FEATURES], double term[TAUT_WIDE_TERMS]);
taut_suction_values taut__wide_values(const double y[TAUT_WIDE_OUTPUTS]);

/* ------------------------------------------------------------------------------------------------------- anchor ---- */

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
