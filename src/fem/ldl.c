/* L D L^T of a symmetric matrix with variable band, right-looking by panels of eight columns (compiled once for each
 * instruction set).  No pivoting: the tangent is positive definite at stable equilibria and at most mildly indefinite on
 * the way there.
 *
 * The update of what is left of the band by a panel is where the time goes: tiles of twelve rows and four columns stay in
 * registers while the eight columns of the panel pass.  Tiles may touch up to three numbers before a column and eleven
 * behind it; those numbers are padding (TAUT_LDL_PAD), or the subtracted products are zero. */
#include "fem/kernels.h"
#include "base/vector.h"

#include <stddef.h>
#include <string.h>

enum { B = TAUT_LDL_PANEL };

/* Diagonal block of the panel: unit lower triangle L[row][column] and pivots. */
static void diagonal_block(const taut_ldl *m, int k0, double L[B][B], double *restrict d) {
  double A[B][B];
  for (int c = 0; c < B; c++)
    for (int r = c; r < B; r++) A[r][c] = m->a[(ptrdiff_t)(k0 + c) * m->stride + r - c];
  for (int c = 0; c < B; c++) {
    d[c] = A[c][c];
    const double inverse = 1 / d[c];
    for (int r = c + 1; r < B; r++) L[r][c] = A[r][c] * inverse;
    for (int r = c + 1; r < B; r++)
      for (int q = c + 1; q <= r; q++) A[r][q] -= L[r][c] * A[q][c];
  }
}

/* Four rows below the diagonal block: unscaled x_c = a_c - sum_q L_cq x_q, then the entry of L is x_c / d_c. */
static void rows_below(double *const column[B], ptrdiff_t at, int i, double L[B][B], const double *inverse,
                       double *const scaled[B], double *const unscaled[B]) {
  v4 x[B];
#pragma GCC unroll 8
  for (int c = 0; c < B; c++) {
    x[c] = *(const v4u *)(column[c] + at + i);
#pragma GCC unroll 8
    for (int q = 0; q < c; q++) x[c] -= L[c][q] * x[q];
  }
  for (int c = 0; c < B; c++) {
    *(v4u *)(unscaled[c] + i) = x[c];
    *(v4u *)(scaled[c] + i) = x[c] * inverse[c];
  }
}

/* a(i .. i+11, j .. j+3) -= sum_c scaled_c(i ..) unscaled_c(j ..) */
static inline void tile(double *a, ptrdiff_t stride, double *const scaled[B], double *const unscaled[B], int i, int j) {
  v4 x[4][3];
  double *at[4];
  for (int c = 0; c < 4; c++) {
    at[c] = a + (ptrdiff_t)(j + c) * stride + (i - j - c);
    for (int t = 0; t < 3; t++) x[c][t] = *(const v4u *)(at[c] + 4 * t);
  }
#pragma GCC unroll 8
  for (int k = 0; k < B; k++) {
    const double *l = scaled[k] + i, *w = unscaled[k] + j;
    const v4 l0 = *(const v4u *)l, l1 = *(const v4u *)(l + 4), l2 = *(const v4u *)(l + 8);
    for (int c = 0; c < 4; c++) {
      x[c][0] -= l0 * w[c];
      x[c][1] -= l1 * w[c];
      x[c][2] -= l2 * w[c];
    }
  }
  for (int c = 0; c < 4; c++)
    for (int t = 0; t < 3; t++) *(v4u *)(at[c] + 4 * t) = x[c][t];
}

void TAUT_KERNEL(ldl_factor)(taut_ldl *m) {
  const ptrdiff_t stride = m->stride;
  double *scaled[B], *unscaled[B];
  for (int c = 0; c < B; c++) {
    scaled[c] = m->pack + c * (stride + TAUT_LDL_PAD);
    unscaled[c] = m->pack + (B + c) * (stride + TAUT_LDL_PAD);
  }
  for (int k0 = 0; k0 < m->n; k0 += B) {
    double L[B][B], inverse[B], *column[B];
    double *d = m->d + k0;
    diagonal_block(m, k0, L, d);
    for (int c = 0; c < B; c++) {
      inverse[c] = 1 / d[c];
      column[c] = m->a + (k0 + c) * stride - c; /* entry of row k0 + r at [r] */
      for (int r = c + 1; r < B; r++) column[c][r] = L[r][c];
    }
    const int below = m->reach[k0 / B] - k0 - B; /* rows under the block */
    if (below <= 0) continue;
    for (int i = 0; i < below; i += 4) rows_below(column, B, i, L, inverse, scaled, unscaled);
    for (int c = 0; c < B; c++) {
      memset(scaled[c] + below, 0, TAUT_LDL_PAD * sizeof(double));
      memset(unscaled[c] + below, 0, TAUT_LDL_PAD * sizeof(double));
      memcpy(column[c] + B, scaled[c], (size_t)below * sizeof(double));
    }
    double *rest = m->a + (k0 + B) * stride;
    for (int j = 0; j < below; j += 4)
      for (int i = j; i < below; i += 12) tile(rest, stride, scaled, unscaled, i, j);
  }
}

void TAUT_KERNEL(ldl_substitute)(const taut_ldl *m, double *x) {
  for (int j = 0; j < m->n; j++) {
    const double *l = m->a + (ptrdiff_t)j * m->stride;
    const int count = m->reach[j / B] - j;
    const double xj = x[j];
    for (int i = 1; i < count; i++) x[j + i] -= l[i] * xj;
  }
  for (int j = m->n - 1; j >= 0; j--) {
    const double *l = m->a + (ptrdiff_t)j * m->stride;
    const int count = m->reach[j / B] - j;
    v4 s = {0}, t = {0};
    int i = 1;
    for (; i + 8 <= count; i += 8) {
      s += *(const v4u *)(l + i) * *(const v4u *)(x + j + i);
      t += *(const v4u *)(l + i + 4) * *(const v4u *)(x + j + i + 4);
    }
    s += t;
    double sum = (s[0] + s[1]) + (s[2] + s[3]);
    for (; i < count; i++) sum += l[i] * x[j + i];
    x[j] = x[j] / m->d[j] - sum;
  }
}
