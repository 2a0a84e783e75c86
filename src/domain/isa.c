#include "domain/kernels.h"
#include "domain/patch_kernels.h"

const taut_kernels *taut__kernels(void) {
#ifdef TAUT_HAVE_V3
  if (taut__cpu_v3()) return &taut__kernels_v3;
#endif
  return &taut__kernels_base;
}

const taut_patch_kernels *taut__patch_kernels(void) {
#ifdef TAUT_HAVE_V3
  if (taut__cpu_v3()) return &taut__patch_kernels_v3;
#endif
  return &taut__patch_kernels_base;
}
