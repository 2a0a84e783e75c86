/* Memory: zeroed, checked for overflow of count * size, with failures that tests can order. */
#define _DEFAULT_SOURCE /* madvise */
#include "base/base.h"

#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>

/* Allocations left before the one that fails; negative: none fails.  The only object of the library that changes and
 * belongs to no context: it exists for tests, and allocations happen below the level where a context is known. */
static atomic_long allocations_left = -1;

void taut__alloc_fail_after(long n) {
  atomic_store(&allocations_left, n < 1 ? -1 : n);
}

/* True when this allocation was ordered to fail; later ones succeed again. */
static bool ordered_to_fail(void) {
  if (atomic_load_explicit(&allocations_left, memory_order_relaxed) < 0) return false;
  if (atomic_fetch_sub(&allocations_left, 1) != 1) return false;
  atomic_store(&allocations_left, -1);
  return true;
}

/* True when count * size does not fit.  A request of nothing still gets a pointer, so that NULL means failure only. */
static bool overflows(size_t count, size_t size) {
  return size != 0 && count > SIZE_MAX / 2 / size;
}

void *taut__alloc(size_t count, size_t size) {
  if (overflows(count, size) || ordered_to_fail()) return NULL;
  if (count == 0 || size == 0) return calloc(1, 1);
  return calloc(count, size);
}

void *taut__realloc(void *p, size_t count, size_t size) {
  if (overflows(count, size) || ordered_to_fail()) return NULL;
  size_t bytes = count * size;
  return realloc(p, bytes == 0 ? 1 : bytes);
}

double *taut__alloc_doubles(size_t count) {
  enum { LINE = 64, HUGE_PAGE = 2 << 20 };
  if (overflows(count, sizeof(double)) || ordered_to_fail()) return NULL;
  /* large arrays start on a huge page and ask for such: fewer misses of the translation cache */
  const bool large = count * sizeof(double) >= 2 * (size_t)HUGE_PAGE;
  const size_t align = large ? HUGE_PAGE : LINE;
  /* aligned_alloc wants a multiple of the alignment; vector code may also read up to the end of the last line. */
  size_t bytes = (count * sizeof(double) + align - 1) / align * align;
  if (bytes == 0) bytes = LINE;
  double *p = aligned_alloc(align, bytes);
#ifdef MADV_HUGEPAGE
  if (p != NULL && large) (void)madvise(p, bytes, MADV_HUGEPAGE);
#endif
  if (p != NULL) memset(p, 0, bytes);
  return p;
}

char *taut__strdup(const char *text) {
  return taut__strndup(text, strlen(text));
}

char *taut__strndup(const char *text, size_t length) {
  size_t n = strnlen(text, length);
  char *copy = taut__alloc(n + 1, 1);
  if (copy != NULL) memcpy(copy, text, n);
  return copy;
}
