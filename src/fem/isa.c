#include "fem/kernels.h"

const int taut__fem_column[TAUT_FEM_NODES] = {0, 0, 0, 1, 1, 2, 2, 2, 1};
const int taut__fem_row[TAUT_FEM_NODES] = {0, 1, 2, 0, 2, 0, 1, 2, 1};

const taut_fem_kernels *taut__fem_kernels(void) {
#ifdef TAUT_HAVE_V3
  if (taut__cpu_v3()) return &taut__fem_kernels_v3;
#endif
  return &taut__fem_kernels_base;
}
