/* Other instruments of a clinic (mechanics.md 8, 9): excision and coupon, wrinkles, creases and roughness, ultrasound,
 * graded scales.  Units: mm (roughness too), kPa, N/m, day. */
#ifndef TAUT_MECHANICS_CLINIC_H
#define TAUT_MECHANICS_CLINIC_H

#include "mechanics/fast.h"

/* ----------------------------------------------------------------------------------------- excision and coupon ---- */

/** Reticular dermis alone with its fibres along axis 0 (axis = 0), across it (1) or averaged over the plane (2). */
taut_layer_law taut__material_coupon(const taut_material *material, int axis);
/** Stretches of an excised piece from the living state: both in-plane stresses zero, incompressible.  NUMERICS if none. */
TAUT_MUST_USE taut_err taut__excision(taut_context *context, const taut_layer_law *law, double stretch[2]);

typedef struct taut_coupon {
  double nominal; /**< force per excised cross-section, kPa */
  double lateral; /**< in-plane stretch across, from the excised width */
} taut_coupon;
/** Strip pulled along axis 0 to `stretch` of its excised length, free across.  NUMERICS without an equilibrium.
 *  What it does not capture: strength across the fibres (the structure tensor recruits none there). */
TAUT_MUST_USE taut_err taut__coupon(taut_context *context, const taut_layer_law *law, double stretch, taut_coupon *out);

/* ------------------------------------------------------------------------------------- wrinkles and roughness ---- */

enum { TAUT_SUBSTRATES = 4, TAUT_WRINKLE_MODES = 3 };

/** A film on layers, the last of which has no end. */
typedef struct taut_film {
  double h, E; /**< mm, kPa */
  int layers;
  double layer_h[TAUT_SUBSTRATES], layer_E[TAUT_SUBSTRATES];
} taut_film;
/** When and how a film wrinkles. */
typedef struct taut_wrinkle {
  double strain;     /**< critical compressive strain */
  double wavelength; /**< mm */
  double h;          /**< thickness of the film, mm */
} taut_wrinkle;
taut_wrinkle taut__wrinkle(const taut_film *film);
/** Stratum corneum on all else; epidermis on dermis; whole skin on fat (a fold, not seen by profilometry). */
void taut__wrinkle_modes(const taut_mechanics_params *p, const double h[TAUT_MECH_LAYERS], double E_sc, double E_ve,
                         taut_wrinkle mode[TAUT_WRINKLE_MODES]);
/** Amplitude at a compressive excess strain, mm. */
double taut__wrinkle_amplitude(const taut_wrinkle *mode, double strain);
/** Strain after treatment: what lambda and the gained tension leave of the baseline strain. */
double taut__wrinkle_strain(const taut_mechanics_params *p, double baseline, double lambda, double tension_gain,
                            double k_p);

/** What a replica shows. */
typedef struct taut_roughness {
  double Ra, Rz; /**< mm */
  double depth;  /**< of the deepest visible wrinkle, 2 A, mm */
} taut_roughness;
taut_roughness taut__roughness(const taut_mechanics_params *p, const taut_wrinkle mode[TAUT_WRINKLE_MODES],
                               double strain);
/** Baseline strain that gives a wrinkle depth (> 0) or, with depth NAN, a roughness Ra; within 0..0.5. */
double taut__wrinkle_baseline(const taut_mechanics_params *p, const taut_wrinkle mode[TAUT_WRINKLE_MODES], double depth,
                              double Ra);

/** A permanent crease. */
typedef struct taut_crease {
  double depth, spacing, strain; /**< mm, mm, residual excess strain */
} taut_crease;
/** A crease of given depth and spacing in equilibrium at day 0. */
taut_crease taut__crease(double depth, double spacing);
/** Moves the depth over dt days towards what stretch and gained thickness of the dermis ask for. */
void taut__crease_advance(const taut_mechanics_params *p, double dt, double lambda, double thickness_gain,
                          taut_crease *crease);

/* --------------------------------------------------------------------------------------------------- ultrasound ---- */

/** Thickness reading without noise: dermis, oedema, offset. */
double taut__ultrasound_thickness(const taut_mechanics_params *p, double h_d, double oedema);
/** Echo density, 1 at rest.  It is not collagen mass.
 *  @param fibres  fibre mass per volume, @param connectivity  q/q_rest, @param water  tissue water with oedema, rest 1 */
double taut__echo_density(const taut_mechanics_params *p, double fibres, double connectivity, double water);
/** Thickness of the upper echo-poor band of photoaged skin. */
double taut__echo_band(const taut_mechanics_params *p, double photoage);

/* ------------------------------------------------------------------------------------------------ noise of readings ---- */

/** One reading of an instrument: value with the noise of that instrument, drawn at (seed, index). */
double taut__read_thickness(const taut_mechanics_params *p, double value, uint64_t seed, uint64_t index);
double taut__read_echo(const taut_mechanics_params *p, double value, uint64_t seed, uint64_t index);
double taut__read_roughness(const taut_mechanics_params *p, double value, uint64_t seed, uint64_t index);
taut_suction_values taut__read_suction(const taut_mechanics_params *p, const taut_suction_values *value, uint64_t seed,
                                       uint64_t index);

/* ------------------------------------------------------------------------------------------------------- scales ---- */

/** Grades of a faultless rater: links of judgement, not physics. */
double taut__grade_wrinkle(const taut_mechanics_params *p, double depth);                     /**< Lemperle 0..5 */
double taut__grade_laxity(const taut_mechanics_params *p, double tension, double tension_40); /**< 0..4 */
double taut__grade_texture(const taut_mechanics_params *p, double Ra);                        /**< 0..4 */

/** Who rates, and how. */
typedef struct taut_rating {
  uint64_t seed, rater, reading; /**< the same rater keeps his offset */
  bool nine_areas;               /**< mean over nine areas instead of one */
  bool unblinded;                /**< the rater knows that this is after treatment */
  double low, high, step;        /**< of the scale; step 0: any number */
} taut_rating;
/** What is added to the physical grade, kept apart. */
typedef struct taut_rated {
  double physical, rater, unblinded, reading, grade;
} taut_rated;
taut_rated taut__rate(const taut_mechanics_params *p, const taut_rating *rating, double physical);

/** Gaussian split of an observed change into a physical and a bias part; only the sum is identified. */
typedef struct taut_split {
  double physical, physical_sd, bias, bias_sd;
} taut_split;
taut_split taut__split_change(double observed, double standard_error, double physical_mean, double physical_sd,
                              double bias_mean, double bias_sd);

#endif
