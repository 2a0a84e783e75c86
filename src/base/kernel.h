/* Kernel files (strip functions, solvers) are compiled once for each instruction set, with -DTAUT_ISA=base or v3; their
 * external names carry the set's name.  A room offers one table of pointers an instruction set and picks it with
 * taut__cpu_v3() when an object is created. */
#ifndef TAUT_BASE_KERNEL_H
#define TAUT_BASE_KERNEL_H

#include <stdbool.h>

#define TAUT_KERNEL_JOIN_(name, isa) taut__##name##_##isa
#define TAUT_KERNEL_JOIN(name, isa)  TAUT_KERNEL_JOIN_(name, isa)
/** TAUT_KERNEL(axpy) is taut__axpy_base or taut__axpy_v3. */
#ifdef TAUT_ISA
#define TAUT_KERNEL(name) TAUT_KERNEL_JOIN(name, TAUT_ISA)
#endif

/** True when this processor runs x86-64-v3 code (AVX2, FMA) and the build has it.  TAUT_ISA=base in the environment says
 *  no, for tests. */
bool taut__cpu_v3(void);

#endif
