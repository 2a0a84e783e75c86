/* The skin under a probe as a system of equations: unknowns, assembly, Newton's method, viscous memory (mechanics.md 5).
 * Not thread-safe by itself; systems are independent of each other. */
#ifndef TAUT_FEM_SYSTEM_H
#define TAUT_FEM_SYSTEM_H

#include "fem/kernels.h"
#include "fem/mesh.h"

/** How the probe's ring holds the surface beside the aperture. */
typedef enum taut_ring {
  TAUT_RING_GLUED,        /**< no displacement */
  TAUT_RING_FRICTIONLESS, /**< no vertical displacement */
  TAUT_RING_FINITE        /**< glued up to an outer radius, free beyond */
} taut_ring;

/** Geometry of an instrument on a skin. */
typedef struct taut_fem_setup {
  const taut_skin_law *skin; /**< lent while the system is made */
  taut_mesh_plan mesh;
  double aperture; /**< radius, mm */
  double outer;    /**< radius of the patch of skin, mm */
  taut_ring ring;
  double ring_outer; /**< mm, for TAUT_RING_FINITE */
} taut_fem_setup;

/** Why a load step has no solution. */
typedef enum taut_fem_outcome {
  TAUT_FEM_CONVERGED,
  TAUT_FEM_ITERATIONS, /**< no convergence within the limit */
  TAUT_FEM_VOLUME,     /**< an element would turn inside out however small the correction */
  TAUT_FEM_FINITE,     /**< numbers overflowed */
  TAUT_FEM_JUMP        /**< the skin moved against its load: another, buckled shape was found */
} taut_fem_outcome;
/** In words. */
const char *taut__fem_outcome_text(taut_fem_outcome outcome);

/** Work done so far. */
typedef struct taut_fem_work {
  long solves;   /**< linear solves, the Newton iterations */
  long halvings; /**< corrections shortened to keep volumes positive */
  long unstable; /**< converged states whose tangent was not positive definite */
} taut_fem_work;

typedef struct taut_fem {
  const taut_fem_kernels *k;
  taut_mesh mesh;
  taut_fem_law law[TAUT_MECH_LAYERS];
  int unknowns;                                   /**< free displacements, centres included */
  int equations;                                  /**< those of the linear system, centres eliminated */
  int batches, per_row;                           /**< batches of elements; batches of one row */
  taut_fem_batch *batch;                          /**< deepest row first, from the axis outwards */
  int (*equation)[TAUT_FEM_EDGE][TAUT_FEM_LANES]; /**< of each batch; -1: held */
  taut_lanes (*change)[TAUT_FEM_STATE];           /**< Newton correction */
  taut_lanes (*saved)[TAUT_FEM_STATE];            /**< state at the last accepted time */
  taut_ldl matrix;
  double *rhs; /**< [equations padded]; minus the residual, then the correction */
  double aperture;
  double pressure;      /**< suction of the last accepted viscous step, kPa */
  double tangent_scale; /**< 1 + sum of viscous gains is 1 + this */
  taut_fem_work work;
} taut_fem;

/** The system of undisturbed skin.  MEMORY on failure; the setup must have passed taut__suction_check. */
TAUT_MUST_USE taut_err taut__fem_create(const taut_fem_setup *setup, taut_fem **out);
void taut__fem_destroy(taut_fem **fem);
/** Back to undisturbed skin, memory erased. */
void taut__fem_reset(taut_fem *fem);
/** Residual and tangent at the present state under suction P (kPa).
 *  @return smallest J; the norm of the residual goes to *norm */
double taut__fem_assemble(taut_fem *fem, double P, double *norm);
/** Factorises, solves, completes the correction; returns its largest component. */
double taut__fem_correct(taut_fem *fem);
/** Newton's method at suction P from the present state; the state is spoilt unless it converges. */
taut_fem_outcome taut__fem_newton(taut_fem *fem, double P);
/** One viscous step of dt seconds to suction P: state and memory move only if it converges. */
taut_fem_outcome taut__fem_step(taut_fem *fem, const taut_viscosity *viscosity, double dt, double P);
/** One rate-independent step to suction P with stress S_c + B (S_c - S_c(I)); B = 0: equilibrium, large B: glassy.  Only on
 *  systems that have taken no viscous step. */
taut_fem_outcome taut__fem_static(taut_fem *fem, double B, double P);
/** Vertical displacement of the surface at the axis, mm. */
double taut__fem_apex(const taut_fem *fem);

#endif
