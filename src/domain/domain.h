/* Domains: points, volumes, faces, and the implicit solve of one field.  `zero` (one well-mixed point) and `track`
 * (axisymmetric r-z unit around one needle track).  The stepping engine does not know which one it drives. */
#ifndef TAUT_DOMAIN_DOMAIN_H
#define TAUT_DOMAIN_DOMAIN_H

#include "fields/fields.h"

typedef enum taut_domain_kind { TAUT_DOMAIN_ZERO, TAUT_DOMAIN_TRACK } taut_domain_kind;

typedef struct taut_domain {
  taut_domain_kind kind;
  taut_points points;
  int nr;    /**< points of a plane, r fastest (zero: 1) */
  double *r; /**< [nr+1] faces, mm; r[0] = 0, r[nr] = R */
  double *z; /**< [planes+1] faces, mm */
  double *volume;
  double layer_volume[TAUT_LAYERS]; /**< mm3; 0 where a domain has no such layer */
  int *plane_start;
  const struct taut_kernels *kernels; /**< for this processor (asking it which costs microseconds) */
} taut_domain;

/** Geometry of a track: radii of the aligned faces and layer thicknesses, mm. */
typedef struct taut_track_geometry {
  double lumen, needle, outer; /**< r_h(0), r_n(0), R: 0 < lumen < needle < outer */
  double thickness[TAUT_LAYERS];
  int n1, n2, n3; /**< radial cells: lumen (0 allowed with lumen = 0), annulus, outside */
  int rows[TAUT_LAYERS];
} taut_track_geometry;

TAUT_MUST_USE taut_err taut__domain_zero(taut_context *context, taut_domain **out);
TAUT_MUST_USE taut_err taut__domain_track(taut_context *context, const taut_track_geometry *g, taut_domain **out);
void taut__domain_destroy(taut_domain **domain);

/** A track's radii by depth, as the needling room computes them. */
typedef struct taut_track_profile {
  double depth;                                 /**< l, mm */
  double (*needle)(const void *user, double z); /**< r_n */
  double (*hole)(const void *user, double z);   /**< r_h */
  const void *user;
  double spread; /**< fd: pushed-aside matrix goes to fd r_n */
} taut_track_profile;

/** Volume fractions of one session's track on the points of a domain (healing.md 7.1: 16 slices a plane, exact overlap of
 *  annuli).  The arrays of `damage` are allocated here; bleeding, reference and depth are the caller's. */
TAUT_MUST_USE taut_err taut__damage_create(taut_context *context, const taut_domain *domain,
                                           const taut_track_profile *profile, taut_damage *damage);
void taut__damage_free(taut_damage *damage);

#endif
