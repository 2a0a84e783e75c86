/* A reference step of diffusion and decay as the users of such programs know it, and other ways to solve a patch's implicit
 * systems: what the transport of this program is measured against.  Our own implementations of published schemes. */
#ifndef TAUT_BENCH_REFERENCE_H
#define TAUT_BENCH_REFERENCE_H

#include "base/pool.h"

/** Substances in a cube of n^3 voxels of one width with no flux through its faces: du/dt = D_s laplace u - decay_s u. */
typedef struct bench_cube {
  int n, substances;
  double width, step;
  const double *D, *decay;
} bench_cube;

/** Implicit step by locally one-dimensional splitting (x, y, z; a third of the decay in each), constant coefficients:
 *  the scheme of BioFVM (Ghaffarizadeh, Friedman & Macklin, Bioinformatics 32:1256, 2016), with its storage: a vector of
 *  substances for each voxel, each vector a block of memory of its own, and one division a number. */
typedef struct bench_vectors bench_vectors;
bench_vectors *bench_vectors_create(const bench_cube *cube, taut_pool *pool);
void bench_vectors_destroy(bench_vectors *v);
double *bench_vectors_at(bench_vectors *v, int voxel);
void bench_vectors_step(bench_vectors *v);

/** The same scheme on one array a substance, x and y swept while a plane is in the cache, stored reciprocals. */
typedef struct bench_arrays bench_arrays;
bench_arrays *bench_arrays_create(const bench_cube *cube, taut_pool *pool);
void bench_arrays_destroy(bench_arrays *v);
double *bench_arrays_at(bench_arrays *v, int substance);
void bench_arrays_step(bench_arrays *v);

/** (a + L_k) u - D laplace u = f on n x n x planes points, periodic in x and y; L_k by plane; z: [planes + 1] faces. */
typedef struct bench_layered {
  int n, planes;
  double spacing, a, D;
  const double *L, *z;
} bench_layered;

/** Largest |f - A u| over the largest |f|. */
double bench_residual(const bench_layered *p, const double *f, const double *u);

/** Multigrid: coarsening by two in x and y, elimination in z within each smoothing step, red then black columns, V(1,1). */
typedef struct bench_multigrid bench_multigrid;
bench_multigrid *bench_multigrid_create(const bench_layered *p);
void bench_multigrid_destroy(bench_multigrid *m);
/** Cycles until the residual has fallen to `reduction` times that of u = 0; returns their number. */
int bench_multigrid_solve(bench_multigrid *m, const double *f, double *u, double reduction);

/** One step of locally one-dimensional splitting of the same system: not its solution, but a first-order estimate. */
void bench_split(const bench_layered *p, const double *f, double *u);

#endif
