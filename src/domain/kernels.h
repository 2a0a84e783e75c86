/* Vector kernels of the engine, one table an instruction set (base/kernel.h). */
#ifndef TAUT_DOMAIN_KERNELS_H
#define TAUT_DOMAIN_KERNELS_H

#include "base/kernel.h"

/** Matrices factorised side by side, one a vector lane. */
enum { TAUT_LANES = 4 };

/** Band of the lanes' matrices, in natural order of a domain's points (half bandwidth b = points of a plane).
 *  Row i holds columns i-b .. i+b and 3 zeros: 2b+4 entries of TAUT_LANES doubles. */
typedef struct taut_band {
  int n, b;
  double *row;     /**< [n][2b+4][lanes]; after factorisation L (unit diagonal left out) and U */
  double *inverse; /**< [n][lanes] 1 / diagonal of U */
} taut_band;

/** Coefficients of one implicit transport operator, lane-interleaved. */
typedef struct taut_stencil {
  double *entry; /**< [n][5][lanes]: up, left, diagonal, right, down */
} taut_stencil;

typedef struct taut_kernels {
  /** star = max(c0 u0 + c1 u1 + c2 u2, 0.2 u0) */
  void (*predict)(int n, const double c[3], const double *u0, const double *u1, const double *u2, double *star);
  /** out = P + b1 u0 - b2 u1; returns the minimum */
  double (*right_side)(int n, double b1, double b2, const double *P, const double *u0, const double *u1, double *out);
  /** u = f / (a + L) */
  void (*point_solve)(int n, double a, const double *L, const double *f, double *u);
  /** sum of volume (C (u - prediction) / (rtol (floor + |u|)))^2, in a fixed order */
  double (*error)(int n, const double c[3], const double *u0, const double *u1, const double *u2, const double *u,
                  const double *volume, double C, double rtol, double floor);
  /** sum of a b, in a fixed order */
  double (*dot)(int n, const double *a, const double *b);
  /** sum of a b c, in a fixed order */
  double (*dot3)(int n, const double *a, const double *b, const double *c);
  /** sum over points of volume (f - (a + L) u), and the same with absolute values: balance of one implicit solve */
  void (*balance)(int n, double a, const double *L, const double *f, const double *u, const double *volume, double *sum,
                  double *size);
  /** out[row][:] = in[row][:] T, rows x m times m x mp (mp a multiple of the lanes; in has stride ms, out stride mp) */
  void (*transform)(int rows, int m, int ms, int mp, const double *in, const double *T, double *out);
  /** tridiagonal solves in z, one a mode: (diag) x_k - lo_k x_{k-1} - up_k x_{k+1} = x_k (in place), mp modes side by side.
   *  diag_k,m = dz_k (a + L_k + D lambda_m) + lo_k + up_k;  work [planes][mp] */
  void (*tridiagonal)(int planes, int mp, double a, const double *L, double D, const double *lambda, const double *dz,
                      const double *coupling, double *x, double *work);
  /** Chemotactic sensitivity at points: chi0 K^2/(K+s)^2 / D */
  void (*sensitivity)(int n, double ratio, double K, const double *s, double *out);
  /** Exponentially fitted flux factors of `count` faces between points p and p + step: Pe = (x1+x2)/2 (s2-s1);
   *  forward = g b(-Pe), backward = g b(Pe), flux(1->2) = forward u1 - backward u2 */
  void (*fluxes)(int count, int step, const double *sensitivity, const double *s, const double *g, double *forward,
                 double *backward);
  void (*factor)(taut_band *band, const taut_stencil *stencil);
  /** x[n][lanes] in place */
  void (*substitute)(const taut_band *band, double *x);
} taut_kernels;

/** Table for this processor. */
const taut_kernels *taut__kernels(void);
extern const taut_kernels taut__kernels_base, taut__kernels_v3;

#endif
