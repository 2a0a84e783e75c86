/* Which instruction set the kernels may use on this processor. */
#include "base/kernel.h"

#include <stdlib.h>
#include <string.h>

#if defined(TAUT_HAVE_V3) && defined(__x86_64__)
#include <cpuid.h>

/* The features that -march=x86-64-v3 lets the compiler use (System V ABI for x86-64, micro-architecture levels). */
static bool processor_has_v3(void) {
  enum { MOVBE = 1 << 22, F16C = 1 << 29, LZCNT = 1 << 5 };
  /* The builtins also ask whether the operating system saves the wide registers. */
  bool wide = __builtin_cpu_supports("avx2") && __builtin_cpu_supports("fma") && __builtin_cpu_supports("bmi") &&
              __builtin_cpu_supports("bmi2");
  unsigned int a, b, c, d;
  if (!wide || !__get_cpuid(1, &a, &b, &c, &d) || (c & MOVBE) == 0 || (c & F16C) == 0) return false;
  return __get_cpuid(0x80000001u, &a, &b, &c, &d) != 0 && (c & LZCNT) != 0;
}
#else
static bool processor_has_v3(void) {
  return false;
}
#endif

bool taut__cpu_v3(void) {
  const char *wanted = getenv("TAUT_ISA");
  if (wanted != NULL && strcmp(wanted, "base") == 0) return false;
  return processor_has_v3();
}
