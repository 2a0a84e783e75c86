/* Fourier transforms along the rows and columns of planes, many lines side by side, one line a vector lane, in place.
 *
 * Numbers are complex with real parts and imaginary parts in vectors of their own: one `number` is those of `lines`
 * lines, as many as a vector of the processor holds.  A forward transform decimates in frequency and leaves wave
 * number k at place[k] (mixed-radix digit reversal); the inverse decimates in time and takes them from there: nothing is
 * ever reordered.  Lengths are products of any factors; 2, 3, 4 and 5 have butterflies of their own (Temperton, J Comput
 * Phys 52:1, 1983), others take r^2 operations a butterfly.
 *
 * No planning by measurement: the same length always means the same operations in the same order.
 */
#ifndef TAUT_DOMAIN_TRANSFORM_H
#define TAUT_DOMAIN_TRANSFORM_H

#include "base/base.h"
#include "base/kernel.h"

#include <stddef.h>

enum {
  TAUT_FACTORS = 32,
  TAUT_NUMBER_MOST = 64, /**< bytes of a number, at most; numbers are aligned to it */
  TAUT_COLUMN_STRIP = 8  /**< columns in z solved together */
};

typedef struct taut_transform {
  int n, factors, factor[TAUT_FACTORS];
  int *place;                                             /**< [n] */
  double *turn_double[TAUT_FACTORS], *root[TAUT_FACTORS]; /**< e^(-i angle): of each pass; of factors above 5 */
  float *turn_single[TAUT_FACTORS];
} taut_transform;

TAUT_MUST_USE taut_err taut__transform_create(taut_context *context, int n, taut_transform **out);
void taut__transform_destroy(taut_transform **transform);
/** Bytes of scratch, aligned to TAUT_NUMBER_MOST, that a kernel below needs on lines of n and `planes` planes. */
size_t taut__transform_scratch(int n, int planes);

/** Systems in z under one vector of kx. */
typedef struct taut_columns {
  int planes;
  double a, D, scale;
  const double *L;             /**< [planes] loss */
  const double *dz, *coupling; /**< [planes] thickness; 1/distance to the plane below (last: unused) */
  const double *lambda_x;      /**< [lines] eigenvalues of the vector's modes */
  const double *lambda_y;      /**< [n] eigenvalues, in the order of places */
} taut_columns;

/** Kernels of one precision.  `modes` holds, for each block of `lines` kx, one number for each row; blocks lie `stride`
 *  bytes apart.  There are (n/2 + lines)/lines blocks; lanes past n/2 repeat the last kx. */
typedef struct taut_transform_kernels {
  int lines;
  /** `rows` rows of n reals (at most 2 `lines`) into twice their spectra. */
  void (*forward)(const taut_transform *t, int rows, const double *f, void *modes, ptrdiff_t stride, void *scratch);
  void (*backward)(const taut_transform *t, int rows, const void *modes, ptrdiff_t stride, double *u, void *scratch);
  /** One block: transforms in y, (dz (a + L + D (lambda_x + lambda_y)) + faces) x - ... = scale dz x, and back;
   *  x [planes][n] numbers, in place. */
  void (*solve)(const taut_transform *t, const taut_columns *c, void *x, void *scratch);
} taut_transform_kernels;

/** Table for this processor. */
const taut_transform_kernels *taut__transform_kernels(bool single);
extern const taut_transform_kernels taut__transform_double_base, taut__transform_double_v3, taut__transform_single_base,
    taut__transform_single_v3;

#endif
