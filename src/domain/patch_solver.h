/* Implicit transport on a patch: (a + L) u - div(D grad u - chi u grad s) = f for the fields of a set.
 *
 *   pointwise  no transport: nothing to do here
 *   layered    loss constant in each layer, no chemotaxis: spectral.h, exact
 *   general    loss or velocity varies in space: u <- u + M (f - A u) in double precision, M the spectral solve in single
 *              precision with one loss for each plane and no chemotaxis, started from the extrapolated state, until
 *              a bound of the error that is left is a small part of the error that the step is allowed
 *
 * After a general solve, values that the rest of that error made negative are replaced by what their own balance equation
 * gives with their neighbours' values (an M-matrix: never negative), and the field is scaled by the tiny factor that closes
 * its total balance to round-off.
 */
#ifndef TAUT_DOMAIN_PATCH_SOLVER_H
#define TAUT_DOMAIN_PATCH_SOLVER_H

#include "base/keeper.h"
#include "domain/solver.h"

typedef struct taut_patch_solver taut_patch_solver;

/** Domain (a patch) and set are lent for the life of the solver. */
TAUT_MUST_USE taut_err taut__patch_solver_create(taut_context *context, const taut_domain *domain,
                                                 const taut_field_set *set, taut_patch_solver **out);
void taut__patch_solver_destroy(taut_patch_solver **solver);
taut_solve taut__patch_solver_way(const taut_patch_solver *solver, int field);
/** Bytes that a process with `count` rows of `n` points in each of `planes` planes holds in its solver. */
size_t taut__patch_solver_bytes(const taut_field_set *set, const int rows[TAUT_LAYERS], int n, int count,
                                int processes);

/** What the solves of general fields took so far. */
typedef struct taut_patch_solver_count {
  long solves, iterations;
  long mended;   /**< points that got their value from their own balance */
  double closed; /**< largest |scale - 1| */
} taut_patch_solver_count;
taut_patch_solver_count taut__patch_solver_counted(const taut_patch_solver *solver);
void taut__patch_solver_keep(taut_patch_solver *solver, taut_keeper *keeper);

/* Layered fields: begin, a tile of the right-hand side each, finish, a tile of the solution each; forward and backward may
 * be called by the threads of the domain's pool. */
void taut__patch_layered_begin(taut_patch_solver *solver, int field);
void taut__patch_layered_forward(taut_patch_solver *solver, int plane, int row, int rows, const double *f, int worker);
/** @param L  loss by plane from the first plane of the field */
void taut__patch_layered_finish(taut_patch_solver *solver, int field, double a, const double *L);
void taut__patch_layered_backward(taut_patch_solver *solver, int plane, int row, int rows, double *u, int worker);

/** Norm in which a general solve must converge: root of the volume mean of (error / (rtol (floor + |u|)))^2. */
typedef struct taut_patch_norm {
  double rtol, floor, tolerance;
} taut_patch_norm;

/** Solves a general field.  Arrays start at the first point where their field lives.
 *  @param L, f    losses and right-hand side (>= 0); f is spoilt
 *  @param plane_loss  middle of the range of L by plane, over all processes  @param supply  integral of f over the whole patch, mm3
 *  @param signal  of chemotaxis, NULL without
 *  @param u       guess; becomes the solution
 *  @param scale   factor that closes the total balance of the solution; the caller applies it
 *  NUMERICS where the iteration does not converge. */
TAUT_MUST_USE taut_err taut__patch_solve_general(taut_patch_solver *solver, int field, double a, const double *L,
                                                 double *f, const double *plane_loss, double supply,
                                                 const double *signal, const taut_patch_norm *norm, double *u,
                                                 double *scale);

#endif
