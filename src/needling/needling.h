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

/* ------------------------------------------------------------------------------------------------- puncture ---- */

/** Needle shape: radius at a distance behind the tip. */
typedef struct taut_needle {
  double radius, tip_radius, half_angle; /**< shaft radius mm, mm, rad */
} taut_needle;
double taut__needle_radius(const taut_needle *needle, double s);
/** Volume of the part of a needle between its tip and a distance s behind it, mm3 (exact). */
double taut__needle_volume(const taut_needle *needle, double s);

/** One puncture by the mean needle (needling.md 4.1-4.3). Lengths mm, forces mN, speed mm/day. */
typedef struct taut_puncture {
  taut_needle needle;
  double length; /**< L, nominal */
  double reach;  /**< L_eff: smaller than L where the hand force is short */
  double speed, dimple, puncture_force, depth, force;
  bool force_limited;
  double hand_force, needed_force; /**< mN on the whole device; hand_force NAN when not limited by the case */
  double hole_radius;              /**< r_h(0) */
  double hole_spread;              /**< SD of ln hole radius from hole to hole */
  double recoil;                   /**< c_r */
  double loop_depth;
  double hole_volume, damaged_volume, killed_volume; /**< V_h, V_d, V_k: mm3 */
  double bleeding;                                   /**< P_bleed */
  double damage_factor, kill_factor;                 /**< r_d/r_n, r_k/r_n */
  double track_scale;
  double injury_depth; /**< depth of the injury: l track_scale, at most L */
  double slit_follow;  /**< c_s: share of the rigid-skin slit that is cut (rollers) */
  double slit_length;  /**< length of the hole at the surface beyond its width, 2 c_s x_s */
  double drag;         /**< way of a gliding pen while a needle is in the skin */
} taut_puncture;

/** Injury profile of a track: radii at depth z (0 beyond the track).  The needle radius follows the depth of the
 *  injury, the hole that of the open channel; they differ only where track_scale is not 1. */
double taut__track_needle_radius(const taut_puncture *p, double z); /**< r_n(L(1 - z/l)) */
double taut__track_hole_radius(const taut_puncture *p, double z);   /**< r_h = c_r r_n */
/** Fractions of fibres broken and of cells killed at undeformed distance rho from the axis (needling.md 4.3). */
double taut__track_fibre_damage(const taut_needling_params *p, const taut_puncture *track, double rho, double z);
double taut__track_cell_damage(const taut_needling_params *p, const taut_puncture *track, double rho, double z);

/** @param length    nominal needle length
 *  @param achieved  > 0 replaces the computed depth (else NAN)
 *  INPUT where the device cannot be computed (no tip speed, achieved depth beyond the needle). */
taut_err taut__puncture(taut_context *context, const taut_needling_params *p, const taut_skin *skin,
                        const taut_device *device, const taut_treatment *treatment, double length, double achieved,
                        taut_puncture *out);
/** Depth law of needling.md 4.2: track length for a reach and a dimple, mm. */
double taut__track_length(const taut_needling_params *p, double reach, double dimple);
/** Tip speed, mm/day. */
double taut__tip_speed(const taut_needling_params *p, const taut_device *device, double length);

/* Roller arc (needling.md 3.1), lengths mm. */
double taut__roller_contact_angle(double drum_radius, double length);  /**< t_m(z=0), rad */
double taut__roller_slit(double drum_radius, double length, double z); /**< half-length x_s(z) in rigid skin */
double taut__roller_needles_in_contact(const taut_device *device, double length);
/** Force on the whole device when the mean needle is at its depth: a roller sums over the needles in contact. mN */
double taut__needed_force(const taut_needling_params *p, const taut_device *device, const taut_puncture *puncture);

/* --------------------------------------------------------------------------------------------------- spread ---- */

/** Draws that settle a probability for a run within .01 in some milliseconds. */
enum { TAUT_FAT_SAMPLES = 20000 };

/** Spread of the depth by sampling (needling.md 4.2, 10.3). */
typedef struct taut_depth_spread {
  long samples;
  double mean, sd, q05, q50, q95; /**< mm; within treatment and, if asked, between people */
} taut_depth_spread;
taut_err taut__depth_spread(taut_context *context, const taut_needling_params *p, const taut_skin *skin,
                            const taut_device *device, const taut_treatment *treatment, double length, long samples,
                            bool people, uint64_t seed, taut_depth_spread *out);
/** Probability that a track leaves the skin into fat (needling.md 4.4).  Draws are the same for every source, so that
 *  thicker readings of the same skin never give a larger probability.
 *  @param achieved  > 0: every track has this depth, only the thickness spreads (else NAN) */
taut_err taut__fat_probability(taut_context *context, const taut_needling_params *p, const taut_skin_params *sp,
                               const taut_patient *patient, const taut_site *site, const taut_device *device,
                               const taut_treatment *treatment, double length, double achieved,
                               taut_thickness_source source, long samples, uint64_t seed, double *out);
/** The same for ultrasound [0] and histology [1] from one set of draws. */
taut_err taut__fat_probabilities(taut_context *context, const taut_needling_params *p, const taut_skin_params *sp,
                                 const taut_patient *patient, const taut_site *site, const taut_device *device,
                                 const taut_treatment *treatment, double length, double achieved, long samples,
                                 uint64_t seed, double p_fat[2]);

/* -------------------------------------------------------------------------------------------------- pattern ---- */

/** Statistics of the pattern of one session (needling.md 3). Densities per mm2. */
typedef struct taut_pattern {
  taut_pattern_kind kind; /**< resolved: passes, poisson or lattice */
  bool kinematic;         /**< density computed from the motion of device and hand, not given */
  double hits;            /**< delivered punctures per mm2 of relaxed skin */
  double holes;           /**< after re-hits: what heals */
  double rehit_share;
  double cv_area; /**< of Voronoi cells; 0 for a lattice */
  double shape;   /**< k of the Gamma law, INFINITY for a lattice */
  double radius;  /**< R = 1/sqrt(pi holes) */
  double passes;  /**< superposed lattices of a roller or tiled stamp, passes of a pen; 0 where none applies */
} taut_pattern;
taut_err taut__pattern(taut_context *context, const taut_needling_params *p, const taut_device *device,
                       const taut_treatment *treatment, const taut_session *session, const taut_puncture *puncture,
                       taut_pattern *out);
/** Punctures per mm2 of one pass of the device: lattice of a roller or tiled stamp, mean of a pen's strokes. */
double taut__pass_density(const taut_needling_params *p, const taut_device *device, const taut_treatment *treatment);

enum { TAUT_MAX_TRACKS = 8 };
/** Area-weighted Gauss rule over the cells (needling.md 3.6): radius[i] = R sqrt(y_i), at most R_cap.  The weights are
 *  shares of the skin's area; what they lack to 1 lies beyond R_cap of any hole and is untreated.
 *  One node is the single mean track.  @param nodes  1 .. TAUT_MAX_TRACKS */
taut_err taut__track_nodes(taut_context *context, const taut_needling_params *p, const taut_pattern *pattern, int nodes,
                           double *radius, double *weight);
/** The rule itself: y[i] = x_i/k with x_i the nodes of the generalised Laguerre rule of order k; sum w = 1. */
taut_err taut__gamma_rule(taut_context *context, double k, int nodes, double *y, double *weight);

/** One hit of a generated pattern. */
typedef struct taut_hit {
  double x, y; /**< mm in the window */
  double time; /**< s since the start of the pattern; 0 throughout where only a density is given */
  int pass, needle;
} taut_hit;
/** Generates hits in a square window of side `size` mm, in their order in time.  A patch treats the window as periodic;
 *  punctures per mm2 of relaxed skin are those of taut__pattern.  What is drawn follows from the treatment:
 *  passes of a roller or tiled stamp are superposed lattices, cropped by the window; passes of a pen are its strokes;
 *  random stamps, random points and a hexagonal lattice have the density of the session.
 *  @param hits  released by the caller with free() */
taut_err taut__pattern_generate(taut_context *context, const taut_needling_params *p, const taut_device *device,
                                const taut_treatment *treatment, const taut_session *session,
                                const taut_puncture *puncture, double size, uint64_t seed, taut_hit **hits,
                                long *count);
/** Voronoi areas, nearest neighbours and re-hits of a pattern. */
typedef struct taut_pattern_statistics {
  long count; /**< hits that entered the statistics */
  double density, cv_area, nearest_mean, rehit_share;
} taut_pattern_statistics;
/** Measures a pattern; a window that is not periodic is measured in its inner part, where every cell is complete. */
taut_err taut__pattern_measure(taut_context *context, const taut_hit *hits, long count, double size, bool periodic,
                               double rehit_radius, taut_pattern_statistics *out);
/** Area of the Voronoi cell and distance of the nearest neighbour of every hit (arrays of `count`; either may be NULL).
 *  Coinciding hits share a cell.  Not periodic: cells end at the window. */
taut_err taut__voronoi(taut_context *context, const taut_hit *hits, long count, double size, bool periodic,
                       double *area, double *nearest);
/** Marks the hits that re-enter an existing hole by the sequential rule (needling.md 3.5). */
taut_err taut__rehits(taut_context *context, const taut_hit *hits, long count, double size, bool periodic,
                      double radius, bool *rehit);

/* ---------------------------------------------------------------------------------------------------- holes ---- */

/** Seed of the random numbers of one session: sessions of a case draw independently, each always the same. */
uint64_t taut__session_seed(uint64_t seed, int session);

/** One hole of a session on a square of skin.  Lengths mm. */
typedef struct taut_hole {
  double x, y;
  double depth, injury_depth, reach, recoil; /**< see taut_puncture */
  double bleeding;                           /**< P_bleed */
  int line;                                  /**< of the file of points, 0: none */
} taut_hole;
/** Radii of a hole at depth z, as taut__track_needle_radius and taut__track_hole_radius. */
double taut__hole_needle_radius(const taut_needle *needle, const taut_hole *hole, double z);
double taut__hole_radius(const taut_needle *needle, const taut_hole *hole, double z);

/** What a session does to a square of skin.  Zero-initialise; released by taut__holes_free. */
typedef struct taut_holes {
  long hits; /**< punctures; those that re-enter a hole bleed and hurt, but make no hole */
  long n;    /**< holes */
  taut_hole *hole;
  taut_puncture mean;   /**< of all hits */
  taut_pattern pattern; /**< as found on the square */
} taut_holes;
/** Hits of a session on a periodic square of side `size`: the points of the case, or drawn from the pattern.  Depth and
 *  hole of each vary as needling.md 4.2 and 4.3 say, unless the case switches it off; a depth given by the user, for all
 *  or for one, is reached exactly.
 *  @param mean     the session's mean puncture
 *  @param pattern  the session's pattern as it should be
 *  INPUT where the square receives no puncture. */
TAUT_MUST_USE taut_err taut__session_holes(taut_context *context, const taut_case *c, int session,
                                           const taut_skin *skin, const taut_puncture *mean,
                                           const taut_pattern *pattern, taut_holes *out);
/** Only the places: in time order, with `pass` = the line of the file where points are given. */
TAUT_MUST_USE taut_err taut__session_hits(taut_context *context, const taut_case *c, int session,
                                          const taut_puncture *mean, taut_hit **hits, long *count);
void taut__holes_free(taut_holes *holes);

/* ------------------------------------------------------------------------------------------------- warnings ---- */

/** Refuses what cannot be computed (device without tip speed, achieved depth beyond the needle, passes without a layout
 *  ...): INPUT with the place in the case; to be called before taut__puncture and taut__pattern of a case. */
TAUT_MUST_USE taut_err taut__needling_check(taut_context *context, const taut_case *c, const taut_session *session);

/** Notes and warnings of needling.md 4.4 (fat, bone, orbit, neck, length) and of the kinematics; both thickness sources.
 *  INPUT (message with the place in the case and, where one exists, the largest length that passes) where a rule
 *  refuses: a length the device does not have, the orbital rim unless acknowledged, the bone, a track beyond the fat. */
taut_err taut__needling_warnings(taut_context *context, const taut_case *c, const taut_skin *skin,
                                 const taut_puncture *puncture, const taut_pattern *pattern, const double p_fat[2],
                                 taut_texts *warnings);

/** Everything `taut puncture` says about one session. */
typedef struct taut_needling_report {
  taut_skin skin;
  taut_puncture puncture;
  taut_pattern pattern;
  double injured;                   /**< S = hits V_d: injured volume per skin area, mm */
  double p_fat[2];                  /**< ultrasound, histology */
  taut_depth_spread within, people; /**< zero samples when none were asked for */
  taut_texts warnings;
} taut_needling_report;
/** Computes a session of a case; what a rule refuses is an INPUT error.  Release with taut__needling_report_free.
 *  @param samples  draws of the depth spread, 0: none */
taut_err taut__needling_report(taut_context *context, const taut_case *c, int session, long samples,
                               taut_needling_report *out);
void taut__needling_report_free(taut_needling_report *report);

#endif
