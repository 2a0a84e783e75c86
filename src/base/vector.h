/* Four doubles side by side, for kernel files. */
#ifndef TAUT_BASE_VECTOR_H
#define TAUT_BASE_VECTOR_H

#include <stdint.h>

typedef double v4 __attribute__((vector_size(32), may_alias));
typedef double v4u __attribute__((vector_size(32), aligned(8), may_alias)); /**< anywhere in memory */
typedef int64_t v4i __attribute__((vector_size(32)));

/* lane by lane: mask ? a : b, and |a| */
#define SELECT(mask, a, b) ((v4)(((v4i)(mask) & (v4i)(a)) | (~(v4i)(mask) & (v4i)(b))))
#define ABS(a)             ((v4)((v4i)(a) & (v4i){INT64_MAX, INT64_MAX, INT64_MAX, INT64_MAX}))

/* exp by argument reduction and a Taylor polynomial on |r| <= ln2/2 (error below 1e-16), for arguments from -700 to 700. */
static inline void exponential(const v4 *px, v4 *out) {
  const v4 x = *px;
  const double magic = 0x1.8p52;
  const v4 shifted = x * 1.4426950408889634 + magic, n = shifted - magic;
  const v4 r = (x - n * 0x1.62e42fee00000p-1) - n * 0x1.a39ef35793c76p-33;
  v4 p = r * (1 / 6227020800.0) + 1 / 479001600.0;
  p = p * r + 1 / 39916800.0;
  p = p * r + 1 / 3628800.0;
  p = p * r + 1 / 362880.0;
  p = p * r + 1 / 40320.0;
  p = p * r + 1 / 5040.0;
  p = p * r + 1 / 720.0;
  p = p * r + 1 / 120.0;
  p = p * r + 1 / 24.0;
  p = p * r + 1 / 6.0;
  p = p * r + 0.5;
  p = p * r + 1;
  p = p * r + 1;
  const v4i scale = (((v4i)shifted - (v4i)((v4){0} + magic)) + 1023) << 52;
  *out = p * (v4)scale;
}

#endif
