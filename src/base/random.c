/* Counter-based random numbers: Philox4x32-10 of Salmon, Moraes, Dror and Shaw, "Parallel random numbers: as easy as
 * 1, 2, 3", SC11 (2011), doi 10.1145/2063384.2063405, from the authors' Random123 headers.
 * Key = seed, counter = (index, stream): a number depends on its address alone, never on order or threads. */
#include "base/base.h"

#include <Random123/philox.h>
#include <gsl/gsl_cdf.h>

static uint64_t random_bits(uint64_t seed, uint64_t stream, uint64_t index) {
  philox4x32_ctr_t counter = {{(uint32_t)index, (uint32_t)(index >> 32), (uint32_t)stream, (uint32_t)(stream >> 32)}};
  philox4x32_key_t key = {{(uint32_t)seed, (uint32_t)(seed >> 32)}};
  philox4x32_ctr_t out = philox4x32_R(10, counter, key);
  return (uint64_t)out.v[0] | (uint64_t)out.v[1] << 32;
}

double taut__uniform(uint64_t seed, uint64_t stream, uint64_t index) {
  /* 52 bits and a half: the midpoints of 2^52 equal intervals are exact doubles, and 0 and 1 never occur. */
  return ((double)(random_bits(seed, stream, index) >> 12) + 0.5) * 0x1p-52;
}

double taut__normal(uint64_t seed, uint64_t stream, uint64_t index) {
  /* The quantile keeps the order of the uniform number, which low-discrepancy and stratified designs rely on. */
  return gsl_cdf_ugaussian_Pinv(taut__uniform(seed, stream, index));
}

uint64_t taut__stream(const char *name) {
  uint64_t hash = UINT64_C(0xcbf29ce484222325);
  for (; *name != '\0'; name++) hash = (hash ^ (unsigned char)*name) * UINT64_C(0x100000001b3);
  return hash;
}
