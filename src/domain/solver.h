/* Implicit transport on a domain: (a + L) u - div(D grad u - chi u grad s) = f for the fields of a set.
 *
 * Three ways, chosen by the field's row:
 *   pointwise  no transport (or a domain of one point): u = f/(a+L)
 *   layered    loss constant in each layer, no chemotaxis: eigenvectors of the radial operator, then one tridiagonal
 *              system in z a mode (exact; where round-off would leave a negative value the next way is taken instead)
 *   general    loss or velocity varies in space: banded LU without pivoting of an M-matrix, TAUT_LANES fields side by side
 * Array arguments are indexed by field and point at the first point where the field lives.
 */
#ifndef TAUT_DOMAIN_SOLVER_H
#define TAUT_DOMAIN_SOLVER_H

#include "domain/domain.h"
#include "domain/kernels.h"

typedef enum taut_solve { TAUT_SOLVE_POINTWISE, TAUT_SOLVE_LAYERED, TAUT_SOLVE_GENERAL } taut_solve;

typedef struct taut_solver taut_solver;

/** Domain and set are lent for the life of the solver. */
TAUT_MUST_USE taut_err taut__solver_create(taut_context *context, const taut_domain *domain, const taut_field_set *set,
                                           taut_solver **out);
void taut__solver_destroy(taut_solver **solver);
taut_solve taut__solver_way(const taut_solver *solver, int field);

/** Assembles and factorises every general field for this step.  The loss of a general field must therefore not read a field
 *  that is solved before it in the same step; where it did, the imbalance of its solve (taut__engine_worst_solve) would
 *  show it.
 *  @param a  a0/dt   @param L  losses   @param u  state whose signals drive chemotaxis */
void taut__solver_prepare(taut_solver *solver, double a, const double *const *L, const double *const *u);
/** Solves `count` transported fields; general ones use what prepare made (same a, L). */
void taut__solver_solve(taut_solver *solver, double a, int count, const int *field, const double *const *L,
                        const double *const *rhs, double *const *x);
/** Solves one general field afresh with another `a` (backward Euler after a negative right-hand side). */
void taut__solver_single(taut_solver *solver, double a, int field, const double *const *L, const double *const *u,
                         const double *rhs, double *x);
/** Times a layered solve was replaced for round-off. */
long taut__solver_replaced(const taut_solver *solver);

#endif
