/* Needling: device, hand and skin -> punctures, their pattern, and the track each leaves (needling.md 2-5). */
#ifndef TAUT_NEEDLING_NEEDLING_H
#define TAUT_NEEDLING_NEEDLING_H

#include "skin/skin.h"

typedef struct taut_needling_params {
#define PARAM(name, ...) double name;
#include "needling/params.def"
#undef PARAM
} taut_needling_params;
extern const taut_param_table taut__needling_table;

/** Needle shape: radius at a distance behind the tip. */
typedef struct taut_needle {
  double radius, tip_radius, half_angle; /**< shaft radius mm, mm, rad */
} taut_needle;
double taut__needle_radius(const taut_needle *needle, double s);

/** One puncture by the mean needle (needling.md 4.1-4.3). Lengths mm, forces mN, speed mm/day. */
typedef struct taut_puncture {
  taut_needle needle;
  double length;            /**< L, nominal */
  double speed, dimple, puncture_force, depth, force;
  bool force_limited;
  double hole_radius;       /**< r_h(0) */
  double recoil;            /**< c_r */
  double loop_depth;
  double hole_volume, damaged_volume, killed_volume; /**< V_h, V_d, V_k: mm3 */
  double bleeding;          /**< P_bleed */
  double damage_factor, kill_factor; /**< r_d/r_n, r_k/r_n */
  double track_scale;
} taut_puncture;

/** Injury profile of a track: radii at depth z (0 beyond the track). */
double taut__track_needle_radius(const taut_puncture *p, double z); /**< r_n(L(1 - z/l)) */
double taut__track_hole_radius(const taut_puncture *p, double z);   /**< r_h = c_r r_n */

/** @param length  nominal needle length; achieved > 0 replaces the computed depth (else NAN) */
taut_err taut__puncture(taut_context *context, const taut_needling_params *p, const taut_skin *skin,
                        const taut_device *device, const taut_treatment *treatment, double length, double achieved,
                        taut_puncture *out);

/** Spread of the depth by sampling (needling.md 4.2, 10.3). */
typedef struct taut_depth_spread {
  long samples;
  double mean, sd, q05, q50, q95; /**< mm; within treatment and between people */
} taut_depth_spread;
taut_err taut__depth_spread(taut_context *context, const taut_needling_params *p, const taut_skin *skin,
                            const taut_device *device, const taut_treatment *treatment, double length, long samples,
                            bool people, uint64_t seed, taut_depth_spread *out);
/** Probability that a track leaves the skin into fat (needling.md 4.4). */
taut_err taut__fat_probability(taut_context *context, const taut_needling_params *p, const taut_skin_params *sp,
                               const taut_patient *patient, const taut_site *site, const taut_device *device,
                               const taut_treatment *treatment, double length, taut_thickness_source source, long samples,
                               uint64_t seed, double *out);

/** Statistics of the pattern of one session (needling.md 3). Densities per mm2. */
typedef struct taut_pattern {
  double hits;              /**< delivered punctures per mm2 of relaxed skin */
  double holes;             /**< after re-hits: what heals */
  double rehit_share;
  double cv_area;           /**< of Voronoi cells; 0 for a lattice */
  double shape;             /**< k of the Gamma law, INFINITY for a lattice */
  double radius;            /**< R = 1/sqrt(pi holes) */
  double passes;            /**< of a roller or pen, when it applies */
} taut_pattern;
taut_err taut__pattern(taut_context *context, const taut_needling_params *p, const taut_device *device,
                       const taut_treatment *treatment, const taut_session *session, const taut_puncture *puncture,
                       taut_pattern *out);

/** Area-weighted Gauss rule over the cells (needling.md 3.6): radius[i] = R sqrt(y_i), capped at 1.5 mm; sum w = 1. */
taut_err taut__track_nodes(taut_context *context, const taut_pattern *pattern, int nodes, double *radius, double *weight);

/** One hit of a generated pattern. */
typedef struct taut_hit {
  double x, y;              /**< mm in the window */
  double time;              /**< s */
  int pass, needle;
} taut_hit;
/** Generates hits in a square window of side `size` mm from the device motion or the density (needling.md 3.1-3.4).
 *  @param periodic  wrap around the window (patch) instead of cropping; *hits is released with free() */
taut_err taut__pattern_generate(taut_context *context, const taut_needling_params *p, const taut_device *device,
                                const taut_treatment *treatment, const taut_session *session, const taut_puncture *puncture,
                                double size, uint64_t seed, taut_hit **hits, long *count);
/** Voronoi areas, nearest neighbours and re-hits of a pattern in the inner part of a window. */
typedef struct taut_pattern_statistics {
  long count;
  double density, cv_area, nearest_mean, rehit_share;
} taut_pattern_statistics;
taut_err taut__pattern_measure(taut_context *context, const taut_hit *hits, long count, double size, bool periodic,
                               double rehit_radius, taut_pattern_statistics *out);

/** Notes and warnings of needling.md 4.4 (fat, bone, orbit, neck, length) and of the kinematics; both thickness sources.
 *  INPUT (message with the place in the case) where a rule refuses. */
taut_err taut__needling_warnings(taut_context *context, const taut_case *c, const taut_skin *skin,
                                 const taut_puncture *puncture, const taut_pattern *pattern, double p_fat[2],
                                 taut_texts *warnings);

#endif
