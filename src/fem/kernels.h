/* Vector kernels of the finite elements, one table an instruction set (base/kernel.h).
 *
 * An element is an axisymmetric rectangle with nine displacement nodes and three pressures (1, xi, eta).  Four neighbours of
 * one row of elements lie side by side in the lanes of a vector: they share layer and height.  Local nodes are numbered
 * upwards, column by column, the centre last; unknown 2 node is radial, 2 node + 1 vertical. */
#ifndef TAUT_FEM_KERNELS_H
#define TAUT_FEM_KERNELS_H

#include "base/kernel.h"
#include "mechanics/mechanics.h"

enum {
  TAUT_FEM_LANES = 4,
  TAUT_FEM_NODES = 9,
  TAUT_FEM_POINTS = 9,               /* Gauss points */
  TAUT_FEM_DOF = 18,                 /* unknowns of an element */
  TAUT_FEM_EDGE = 16,                /* those left when the centre is eliminated */
  TAUT_FEM_STATE = TAUT_FEM_DOF + 3, /* and the pressures */
  TAUT_FEM_TRIANGLE = TAUT_FEM_EDGE * (TAUT_FEM_EDGE + 1) / 2,
  TAUT_FEM_STRESS = 4, /* rr, zz, tt, rz */
  TAUT_LDL_PANEL = 8,  /* columns eliminated together */
  TAUT_LDL_PAD = 16    /* room past a column that whole tiles may touch */
};

/** Numbers of one vector, a lane an element.  (Arrays of them are passed without const: before C23 an array of arrays does
 *  not turn into a pointer to const ones.) */
typedef double taut_lanes[TAUT_FEM_LANES];

/** Column (radial) and row (upwards) of a local node, 0 to 2. */
extern const int taut__fem_column[TAUT_FEM_NODES], taut__fem_row[TAUT_FEM_NODES];

/** A layer's law as the elements use it: directions r, z, theta. */
typedef struct taut_fem_law {
  double D[3], c0, K;
  int fibres;
  struct {
    double k, k2, H[3];
  } fibre[TAUT_MAX_FIBRES];
} taut_fem_law;

/** Four elements: geometry, state, and what the elimination of centre and pressures needs to be undone. */
typedef struct taut_fem_batch {
  _Alignas(32) taut_lanes middle; /**< radius of the centre, mm */
  taut_lanes half_r;              /**< half width, mm */
  double half_z;                  /**< half height, mm */
  const taut_fem_law *law;
  int used;                                             /**< lanes that hold elements; the others repeat the last */
  _Alignas(32) taut_lanes x[TAUT_FEM_STATE];            /**< displacements, mm, then pressures, kPa */
  taut_lanes carried[TAUT_FEM_POINTS][TAUT_FEM_STRESS]; /**< stress that does not depend on u in this step, kPa */
  taut_lanes s[TAUT_FEM_POINTS][TAUT_FEM_STRESS];       /**< S_c at the last accepted time */
  taut_lanes q[TAUT_VISCOUS_TERMS][TAUT_FEM_POINTS][TAUT_FEM_STRESS]; /**< over-stress at the last accepted time */
  taut_lanes centre_row[2][TAUT_FEM_EDGE], centre_rhs[2];             /**< du_c = -centre_rhs - centre_row du */
  taut_lanes pressure_row[3][TAUT_FEM_DOF], pressure_rhs[3]; /**< dp = K (pressure_rhs + pressure_row du) - p */
} taut_fem_batch;

/** Symmetric matrix L D L^T of variable band width: column j holds rows j .. at [j * stride + row - j].  A panel of
 *  TAUT_LDL_PANEL columns reaches down to the same row; reaches never shrink. */
typedef struct taut_ldl {
  int n;        /**< rows, a multiple of TAUT_LDL_PANEL (the last ones may be padding: unit diagonal) */
  int stride;   /**< longest column + TAUT_LDL_PAD */
  int *reach;   /**< one past the last row, for each panel */
  double *a;    /**< [n + 2 TAUT_LDL_PANEL][stride] */
  double *pack; /**< work, [2][TAUT_LDL_PANEL][stride + TAUT_LDL_PAD] */
  double *d;    /**< pivots [n] */
} taut_ldl;

typedef struct taut_fem_kernels {
  /** Residual of internal forces and its tangent with pressures and centre eliminated.
   *  @param b         viscous factor: stress = (1 + b) S_c + carried + p C^-1
   *  @param tangent   lower triangle by rows, [TAUT_FEM_TRIANGLE]
   *  @param residual  [TAUT_FEM_EDGE]
   *  @return smallest J of the Gauss points */
  double (*assemble)(taut_fem_batch *batch, double b, taut_lanes *tangent, taut_lanes *residual);
  /** The same before the centre is eliminated, for tests: tangent [18 * 19 / 2], residual [18]. */
  double (*assemble_whole)(taut_fem_batch *batch, double b, taut_lanes *tangent, taut_lanes *residual);
  /** d = (du, dp), TAUT_FEM_STATE: given du of the edge nodes, completes the rest; returns the largest component of the
   *  centre. */
  double (*complete)(const taut_fem_batch *batch, taut_lanes *d);
  /** (u, p) += scale d */
  void (*move)(taut_fem_batch *batch, taut_lanes *d, double scale);
  /** carried = sum_k decay_k q_k - (sum_k gain_k) s */
  void (*carry)(taut_fem_batch *batch, int n, const double *decay, const double *gain);
  /** q_k = decay_k q_k + gain_k (S_c - s), s = S_c: end of a step (n = 0 sets s only) */
  void (*accept)(taut_fem_batch *batch, int n, const double *decay, const double *gain);
  void (*factor)(taut_ldl *matrix);
  /** x[n] in place */
  void (*substitute)(const taut_ldl *matrix, double *x);
} taut_fem_kernels;

/** Table for this processor. */
const taut_fem_kernels *taut__fem_kernels(void);
extern const taut_fem_kernels taut__fem_kernels_base, taut__fem_kernels_v3;

#ifdef TAUT_ISA
void TAUT_KERNEL(ldl_factor)(taut_ldl *matrix);
void TAUT_KERNEL(ldl_substitute)(const taut_ldl *matrix, double *x);
#endif

#endif
