/* Domains: points, volumes, faces, and the implicit solve of one field.  `zero` (one well-mixed point), `track`
 * (axisymmetric r-z unit around one needle track) and `patch` (x-y-z, periodic in x and y).  The stepping engine does not
 * know which one it drives. */
#ifndef TAUT_DOMAIN_DOMAIN_H
#define TAUT_DOMAIN_DOMAIN_H

#include "base/pool.h"
#include "domain/distributed/comm.h"
#include "fields/fields.h"

typedef enum taut_domain_kind { TAUT_DOMAIN_ZERO, TAUT_DOMAIN_TRACK, TAUT_DOMAIN_PATCH } taut_domain_kind;

/** What only a patch has.  Processes share it in slabs of y: this one has rows y_first .. y_first + y_count - 1 of every
 *  plane.  Point x, y of plane k is plane_start[k] + (y - y_first) n + x; its centre lies at ((x + 1/2) h, (y + 1/2) h). */
typedef struct taut_patch_grid {
  double side;    /**< mm, period in x and y */
  double spacing; /**< h = side / n, mm */
  int n;          /**< points in x, and rows in y of all processes together */
  int y_first, y_count;
  taut_comm *comm; /**< lent; NULL: one process */
  taut_pool *pool; /**< threads of this process; owned by the domain */
} taut_patch_grid;

typedef struct taut_domain {
  taut_domain_kind kind;
  taut_points points;
  int nr;    /**< points of a plane, r fastest (zero: 1; patch: n y_count, x fastest) */
  double *r; /**< [nr+1] faces, mm; r[0] = 0, r[nr] = R; NULL for a patch */
  double *z; /**< [planes+1] faces, mm */
  double *volume;
  double layer_volume[TAUT_LAYERS]; /**< mm3, of all processes; 0 where a domain has no such layer */
  int *plane_start;
  const struct taut_kernels *kernels; /**< for this processor (asking it which costs microseconds) */
  taut_patch_grid patch;              /**< of a patch, else zero */
} taut_domain;

/** Geometry of a track: radii of the aligned faces and layer thicknesses, mm. */
typedef struct taut_track_geometry {
  double lumen, needle, outer; /**< r_h(0), r_n(0), R: 0 < lumen < needle < outer */
  double thickness[TAUT_LAYERS];
  int n1, n2, n3; /**< radial cells: lumen (0 allowed with lumen = 0), annulus, outside */
  int rows[TAUT_LAYERS];
} taut_track_geometry;

/** Geometry of a patch. */
typedef struct taut_patch_geometry {
  double side; /**< mm */
  int n;       /**< points in x and in y */
  double thickness[TAUT_LAYERS];
  int rows[TAUT_LAYERS];
  int threads;
  taut_comm *comm; /**< lent */
} taut_patch_geometry;

TAUT_MUST_USE taut_err taut__domain_zero(taut_context *context, taut_domain **out);
TAUT_MUST_USE taut_err taut__domain_track(taut_context *context, const taut_track_geometry *g, taut_domain **out);
/** This process' part of a patch.  points.area is the area of the whole patch, so that a sum over processes divided by it
 *  is an amount per mm2.  INPUT where there are more processes than rows of points. */
TAUT_MUST_USE taut_err taut__domain_patch(taut_context *context, const taut_patch_geometry *g, taut_domain **out);
/** Rows of process `rank` of `size`: first and number, blocks of rows as equal as they can be. */
void taut__patch_rows(int n, int rank, int size, int *first, int *count);
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

/** A puncture of a patch. */
typedef struct taut_patch_puncture {
  double x, y;     /**< mm, in [0, side) */
  double depth;    /**< mm, below it nothing is touched */
  double bleeding; /**< P_bleed */
} taut_patch_puncture;

/** The punctures of a session: radii by depth as the needling room computes them. */
typedef struct taut_patch_punctures {
  int n;
  const taut_patch_puncture *at;
  double (*needle)(const void *user, int puncture, double z); /**< r_n */
  double (*hole)(const void *user, int puncture, double z);   /**< r_h */
  const void *user;
  double spread; /**< fd: pushed-aside matrix goes to fd r_n */
} taut_patch_punctures;

/** The injury of a session on a patch, made plane by plane: overlaps of discs and grid cells are exact, in 16 slices a
 *  plane (healing.md 7.1).  Holes and annuli of all punctures add up and are clipped to the volume; holes win.
 *  Everything but _destroy is collective: all processes of the patch walk through the same planes. */
typedef struct taut_patch_damage taut_patch_damage;
/** @param punctures  copied; what it points to is lent and the same on every process */
TAUT_MUST_USE taut_err taut__patch_damage_create(taut_context *context, const taut_domain *domain,
                                                 const taut_patch_punctures *punctures, taut_patch_damage **out);
void taut__patch_damage_destroy(taut_patch_damage **damage);
/** Planes that are touched, counted from the surface. */
int taut__patch_damage_planes(const taut_patch_damage *damage);
/** Goes to a plane. */
TAUT_MUST_USE taut_err taut__patch_damage_plane(taut_patch_damage *damage, int plane);
/** Fractions of the points of that plane; lent until the next plane.  `dry` is left to the caller. */
taut_wounds taut__patch_damage_wounds(const taut_patch_damage *damage);
enum { TAUT_MAX_POOLS = 8 };
/** Pushes pools of matrix aside in that plane: what a hole held goes evenly to the surroundings of that hole, spread r_n
 *  wide, as far as no other hole lies there; what finds no room stays.  Each pool keeps its integral over the plane.
 *  @param pool  [pools], at this process' first point of the plane */
void taut__patch_damage_displace(taut_patch_damage *damage, int pools, double *const *pool);
/** Area of the part of the rectangle [x0, x1] x [y0, y1] that lies in the disc of radius r about the origin. */
double taut__disc_overlap(double r, double x0, double x1, double y0, double y1);

#endif
