/* Direct solve of (a + L_k) u - D laplace u = f on planes of a patch, L_k constant in plane k: transforms in x and y, one
 * tridiagonal system in z for each mode, and back.  The discrete operator is that of the finite volumes, so the solution is
 * exact to round-off.
 *
 * Rows of a plane enter in tiles; what has been transformed in x is kept by modes, [block of kx][plane][y], so that
 * everything about one block - transforms in y, systems in z, and back - happens in the cache, and memory is passed through
 * three times.  Between the passes processes exchange their slabs of y for ranges of blocks.
 *
 * In single precision the solve is a preconditioner: its caller iterates in double precision.
 * The same operations in the same order for any number of processes and threads: the same numbers come out of every run.
 */
#ifndef TAUT_DOMAIN_SPECTRAL_H
#define TAUT_DOMAIN_SPECTRAL_H

#include "domain/domain.h"

enum { TAUT_TILE_ROWS = 16 };

typedef struct taut_spectral taut_spectral;

/** @param planes  most planes of one solve  @param single  in single precision.  The domain is lent. */
TAUT_MUST_USE taut_err taut__spectral_create(taut_context *context, const taut_domain *domain, int planes, bool single,
                                             taut_spectral **out);
void taut__spectral_destroy(taut_spectral **spectral);
/** Bytes held, and bytes that a process with `count` rows of `n` would hold. */
size_t taut__spectral_bytes(int n, int count, int planes, int processes, bool single);

/** Starts a solve on planes first .. first + planes - 1 of the domain. */
void taut__spectral_begin(taut_spectral *spectral, int first, int planes);
/** A tile of the right-hand side: `rows` rows from `row` (of this process) of plane `plane`; `worker` as in the pool. */
void taut__spectral_forward(taut_spectral *spectral, int plane, int row, int rows, const double *f, int worker);
/** Solves all modes, when every tile has come.  L: [planes] from the first plane of this solve. */
void taut__spectral_modes(taut_spectral *spectral, double a, const double *L, double D);
/** A tile of the solution. */
void taut__spectral_backward(taut_spectral *spectral, int plane, int row, int rows, double *u, int worker);

#endif
