/* Plans of transforms: factors, places, and the turning factors of each pass. */
#include "domain/transform.h"

#include <math.h>
#include <stdlib.h>

static const double pi = 3.14159265358979323846;

/* Fours first (they save operations), then 2, 3, 5 and what is left. */
static int factorise(int n, int *factor) {
  int count = 0;
  for (; n % 4 == 0; n /= 4) factor[count++] = 4;
  for (int r = 2; n > 1; r++)
    for (; n % r == 0; n /= r) factor[count++] = r;
  return count;
}

/* After the passes, place sum(p_s m_s) (m_s: product of the factors after s) holds wave number p_0 + r_0 (p_1 + ...). */
static void find_places(taut_transform *t) {
  for (int i = 0; i < t->n; i++) {
    int rest = i, m = t->n, k = 0, unit = 1;
    for (int s = 0; s < t->factors; s++) {
      m /= t->factor[s];
      k += unit * (rest / m);
      unit *= t->factor[s];
      rest %= m;
    }
    t->place[k] = i;
  }
}

/* Pass s turns output p of butterfly j by e^(-2 pi i j p / (r m)); exact multiples of the smallest angle. */
static bool fill_turns(taut_transform *t, int s, int m) {
  const int r = t->factor[s];
  const size_t size = 2 * (size_t)m * (size_t)(r - 1);
  t->turn_double[s] = taut__alloc_doubles(size);
  t->turn_single[s] = taut__alloc(size, sizeof(float));
  t->root[s] = taut__alloc_doubles(2 * (size_t)r);
  if (!t->turn_double[s] || !t->turn_single[s] || !t->root[s]) return false;
  for (int j = 0; j < m; j++)
    for (int p = 1; p < r; p++) {
      const double angle = -2 * pi * (double)((long long)j * p % ((long long)r * m)) / ((double)r * m);
      const size_t at = 2 * ((size_t)j * (size_t)(r - 1) + (size_t)p - 1);
      t->turn_double[s][at] = cos(angle);
      t->turn_double[s][at + 1] = sin(angle);
      t->turn_single[s][at] = (float)cos(angle);
      t->turn_single[s][at + 1] = (float)sin(angle);
    }
  for (int p = 0; p < r; p++) {
    t->root[s][2 * p] = cos(-2 * pi * p / r);
    t->root[s][2 * p + 1] = sin(-2 * pi * p / r);
  }
  return true;
}

taut_err taut__transform_create(taut_context *context, int n, taut_transform **out) {
  *out = NULL;
  taut_transform *t = taut__alloc(1, sizeof *t);
  if (!t) return taut__fail(context, TAUT_ERR_MEMORY, NULL, "no memory for transforms");
  t->n = n;
  t->factors = factorise(n, t->factor);
  t->place = taut__alloc((size_t)n, sizeof *t->place);
  bool made = t->place != NULL;
  for (int s = 0, m = n; made && s < t->factors; s++) {
    m /= t->factor[s];
    made = fill_turns(t, s, m);
  }
  if (!made) {
    taut__transform_destroy(&t);
    return taut__fail(context, TAUT_ERR_MEMORY, NULL, "no memory for transforms of %d points", n);
  }
  find_places(t);
  *out = t;
  return TAUT_OK;
}

void taut__transform_destroy(taut_transform **transform) {
  if (!transform || !*transform) return;
  taut_transform *t = *transform;
  for (int s = 0; s < t->factors; s++) {
    free(t->turn_double[s]);
    free(t->turn_single[s]);
    free(t->root[s]);
  }
  free(t->place);
  free(t);
  *transform = NULL;
}

size_t taut__transform_scratch(int n, int planes) {
  const size_t lines = 2 * (size_t)n, strip = (size_t)planes * TAUT_COLUMN_STRIP / 2 + 1;
  return (lines > strip + (size_t)n ? lines : strip + (size_t)n) * TAUT_NUMBER_MOST;
}

const taut_transform_kernels *taut__transform_kernels(bool single) {
#ifdef TAUT_HAVE_V3
  if (taut__cpu_v3()) return single ? &taut__transform_single_v3 : &taut__transform_double_v3;
#endif
  return single ? &taut__transform_single_base : &taut__transform_double_base;
}
