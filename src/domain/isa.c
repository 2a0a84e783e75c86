#include "domain/kernels.h"

const taut_kernels *taut__kernels(void) {
#ifdef TAUT_HAVE_V3
  if (taut__cpu_v3()) return &taut__kernels_v3;
#endif
  return &taut__kernels_base;
}
