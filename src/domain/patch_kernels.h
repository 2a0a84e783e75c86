/* Vector kernels of a patch, one table an instruction set (base/kernel.h). */
#ifndef TAUT_DOMAIN_PATCH_KERNELS_H
#define TAUT_DOMAIN_PATCH_KERNELS_H

#include "base/kernel.h"

/** Most planes of a patch. */
enum { TAUT_PATCH_PLANES = 512 };

/** One row of points of a transport operator and its neighbours.  Flux factors of a face between points 1 and 2, in the
 *  direction of growing x, y, z: what flows is forward u1 - backward u2, a rate per volume in x and y, per area in z. */
typedef struct taut_row {
  int n;                                       /**< points; periodic */
  double a;                                    /**< a0/dt */
  const double *L;                             /**< losses */
  const double *u, *south, *north, *up, *down; /**< this row, the rows at y-1, y+1, and in the planes above and below */
  /* with chemotaxis: factors of the faces after each point in x, with south and north, up and down */
  const double *fx, *bx, *fs, *bs, *fn, *bn, *fu, *bu, *fd, *bd;
  double per_depth; /**< 1/dz: from rates per area to rates per volume */
  /* without: the same conductance at every face */
  double gx, gu, gd; /**< rates per volume */
} taut_row;

/** Of a settled solution: sum of (scale (u - extrapolation) / (floor + |u|))^2, sum of u, smallest and largest value that
 *  came. */
typedef struct taut_settled {
  double error, sum, least, most;
} taut_settled;

typedef struct taut_patch_kernels {
  /** star = max(c0 u0 + c1 u1 + c2 u2, 0.2 u0); true where the second was taken somewhere. */
  bool (*predict)(int n, const double c[3], const double *u0, const double *u1, const double *u2, double *star);
  /** One implicit step without transport: f = P + b1 u0 - b2 u1, u = max(f, 0) / (a + L), in place of the extrapolation in u.
   *  *error: sum of (scale (u - extrapolation) / (floor + |u|))^2.  Returns the smallest f. */
  double (*point_step)(int n, double a, double b1, double b2, const double *P, const double *L, const double *u0,
                       const double *u1, double scale, double floor, double *u, double *error);
  /** A solution in place of the extrapolation in u, values below zero as zero; sums and range of what came. */
  void (*settle)(int n, double scale, double floor, const double *solution, double *u, struct taut_settled *out);
  /** Exponentially fitted factors of n faces between points 1 and 2 with conductance g. */
  void (*faces)(int n, const double *sensitivity1, const double *s1, const double *sensitivity2, const double *s2,
                double g, double *forward, double *backward);
  /** r = f - A u on one row. */
  void (*residual_fitted)(const taut_row *row, const double *f, double *r);
  void (*residual_plain)(const taut_row *row, const double *f, double *r);
  /** sum of (r / ((a + L) (floor + |u|)))^2 */
  double (*weigh)(int n, double a, const double *L, double floor, const double *u, const double *r);
  /** u += d; returns sum of (d / (floor + |u|))^2; *least: smallest u */
  double (*correct)(int n, double floor, const double *d, double *u, double *least);
  /** Widens range[0] .. range[1] to hold all x. */
  void (*range)(int n, const double *x, double range[2]);
  /** sum of (a + L) u */
  double (*lost)(int n, double a, const double *L, const double *u);
} taut_patch_kernels;

/** Table for this processor. */
const taut_patch_kernels *taut__patch_kernels(void);
extern const taut_patch_kernels taut__patch_kernels_base, taut__patch_kernels_v3;

#endif
