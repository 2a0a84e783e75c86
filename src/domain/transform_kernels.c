/* Transforms and systems in z on vectors of lines (compiled once for each instruction set). */
#include "domain/transform.h"

#include <string.h>

/* Vectors as wide as the instruction set has them. */
#ifdef __AVX__
enum { WIDTH = 32 };
#else
enum { WIDTH = 16 };
#endif

/* Doubles and floats in registers, and as they lie in memory. */
typedef double vector_double __attribute__((vector_size(WIDTH), may_alias));
typedef double loose_double __attribute__((vector_size(WIDTH), aligned(8), may_alias));
typedef float vector_single __attribute__((vector_size(WIDTH), may_alias));
typedef double loose_wide __attribute__((vector_size(2 * WIDTH), aligned(8), may_alias));

static inline vector_double load_double(const double *p) {
  return *(const loose_double *)p;
}

static inline void store_double(double *p, vector_double a) {
  *(loose_double *)p = a;
}

static inline vector_single load_single(const double *p) {
  return __builtin_convertvector(*(const loose_wide *)p, vector_single);
}

static inline void store_single(double *p, vector_single a) {
  *(loose_wide *)p = __builtin_convertvector(a, loose_wide);
}

/* Row i, lane j becomes row j, lane i. */
#define SHUFFLE __builtin_shufflevector
#define TRANSPOSE_2(name, type)                                                                                        \
  static inline void name(type *a) {                                                                                   \
    const type p = a[0], q = a[1];                                                                                     \
    a[0] = SHUFFLE(p, q, 0, 2);                                                                                        \
    a[1] = SHUFFLE(p, q, 1, 3);                                                                                        \
  }
#define TRANSPOSE_4(name, type)                                                                                        \
  static inline void name(type *a) {                                                                                   \
    const type p = SHUFFLE(a[0], a[1], 0, 4, 2, 6), q = SHUFFLE(a[0], a[1], 1, 5, 3, 7);                               \
    const type r = SHUFFLE(a[2], a[3], 0, 4, 2, 6), s = SHUFFLE(a[2], a[3], 1, 5, 3, 7);                               \
    a[0] = SHUFFLE(p, r, 0, 1, 4, 5);                                                                                  \
    a[1] = SHUFFLE(q, s, 0, 1, 4, 5);                                                                                  \
    a[2] = SHUFFLE(p, r, 2, 3, 6, 7);                                                                                  \
    a[3] = SHUFFLE(q, s, 2, 3, 6, 7);                                                                                  \
  }
#define TRANSPOSE_8(name, type)                                                                                        \
  static inline void name(type *a) {                                                                                   \
    type b[8], c[8];                                                                                                   \
    for (int i = 0; i < 8; i += 2) {                                                                                   \
      b[i] = SHUFFLE(a[i], a[i + 1], 0, 8, 2, 10, 4, 12, 6, 14);                                                       \
      b[i + 1] = SHUFFLE(a[i], a[i + 1], 1, 9, 3, 11, 5, 13, 7, 15);                                                   \
    }                                                                                                                  \
    for (int h = 0; h < 8; h += 4)                                                                                     \
      for (int i = 0; i < 2; i++) {                                                                                    \
        c[h + i] = SHUFFLE(b[h + i], b[h + 2 + i], 0, 1, 8, 9, 4, 5, 12, 13);                                          \
        c[h + 2 + i] = SHUFFLE(b[h + i], b[h + 2 + i], 2, 3, 10, 11, 6, 7, 14, 15);                                    \
      }                                                                                                                \
    for (int i = 0; i < 4; i++) {                                                                                      \
      a[i] = SHUFFLE(c[i], c[4 + i], 0, 1, 2, 3, 8, 9, 10, 11);                                                        \
      a[4 + i] = SHUFFLE(c[i], c[4 + i], 4, 5, 6, 7, 12, 13, 14, 15);                                                  \
    }                                                                                                                  \
  }
#ifdef __AVX__
TRANSPOSE_4(transpose_double, vector_double)
TRANSPOSE_8(transpose_single, vector_single)
#else
TRANSPOSE_2(transpose_double, vector_double)
TRANSPOSE_4(transpose_single, vector_single)
#endif

#define REAL      double
#define LINES     (WIDTH / 8)
#define OWN(name) name##_double
#define TURN      turn_double
#include "domain/transform_body.inc"
#undef REAL
#undef LINES
#undef OWN
#undef TURN
#define REAL      float
#define LINES     (WIDTH / 4)
#define OWN(name) name##_single
#define TURN      turn_single
#include "domain/transform_body.inc"

const taut_transform_kernels TAUT_KERNEL(transform_double) = {WIDTH / 8, forward_double, backward_double, solve_double};
const taut_transform_kernels TAUT_KERNEL(transform_single) = {WIDTH / 4, forward_single, backward_single, solve_single};
