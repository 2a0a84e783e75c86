/* Strip functions of the microneedling field set: complete production P and loss L of each field on a strip of points
 * (fields/fields.h).  Kernel code, compiled once for each instruction set. */
#ifndef TAUT_HEALING_STRIPS_H
#define TAUT_HEALING_STRIPS_H

#include "base/kernel.h"
#include "healing/healing.h"

/** Strip functions in field order, one table an instruction set. */
extern taut_strip_fn *const taut__healing_strips_base[TAUT_H_FIELDS];
extern taut_strip_fn *const taut__healing_strips_v3[TAUT_H_FIELDS];
/** Local input of the mechanical gate: phi = max(0, 1 - in/in_r); zero outside the dermis. */
typedef void taut_gate_fn(const taut_strip *s, double *restrict out);
taut_gate_fn taut__healing_gate_base, taut__healing_gate_v3;

#ifdef TAUT_ISA
#define FIELD(name, ...) taut_strip_fn TAUT_KERNEL(strip_##name);
#include "healing/fields.def"
#undef FIELD

/** Opens a strip function: STRIP(fb) { ... }.  P and L overlap nothing else, so that loops vectorise without checks. */
#define STRIP(name) void TAUT_KERNEL(strip_##name)(const taut_strip *s, double *restrict P, double *restrict L)
/** Parameters, layer constants and fields, by the names of the equations. */
#define HEALING const taut_healing *const h = s->constants
#define LAYER   const taut_layer_constants *const l = &h->layer[s->layer]
#define U(name) const double *const name = s->u[TAUT_H_##name]

static inline double positive(double x) {
  return x > 0 ? x : 0;
}

static inline double smaller(double x, double y) {
  return x < y ? x : y;
}

/* st: effect of TGF-beta1 above its rest value on synthesis, 0 at rest, 1 at saturation. */
static inline double stimulus(double T, double K_T, double hTb, double scale) {
  return positive(T / (K_T + T) - hTb) * scale;
}
#endif

#endif
