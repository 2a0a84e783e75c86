/* What the tests of healing share: a person, its constants, strips of single points. */
#ifndef TAUT_TESTS_HEALING_FIXTURE_H
#define TAUT_TESTS_HEALING_FIXTURE_H

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "healing/healing.h"
#include "healing/strips.h"

static inline taut_profile person_of(double age) {
  return (taut_profile){.age = age, .phototype = 2, .tension = 1};
}

static inline taut_healing_params default_params(taut_context *context) {
  taut_healing_params p;
  assert_int_equal(taut__param_defaults(context, &taut__healing_table, &p), TAUT_OK);
  return p;
}

static inline taut_context *new_context(void) {
  taut_context *context;
  assert_int_equal(taut_context_create(NULL, &context), TAUT_OK);
  return context;
}

static inline taut_healing *new_healing(taut_context *context, const taut_healing_params *p, taut_profile person) {
  taut_healing *h;
  if (taut__healing_create(context, p, &person, &h)) fail_msg("%s", taut_context_message(context));
  return h;
}

/* All fields at one point. */
typedef struct point {
  double u[TAUT_H_FIELDS], source[TAUT_H_FIELDS], m;
} point;

/* Production and loss of field f at a point of a layer; fields that do not live there read as zero. */
static inline void rates(const taut_healing *h, taut_strip_fn *const *strips, const double *drive, taut_layer layer,
                         const point *x, int f, double *P, double *L) {
  double v[TAUT_H_FIELDS];
  const double *u[TAUT_H_FIELDS], *source[TAUT_H_FIELDS];
  for (int g = 0; g < TAUT_H_FIELDS; g++) {
    v[g] = h->set.field[g].layers & TAUT_IN(layer) ? x->u[g] : 0;
    u[g] = &v[g];
    source[g] = &x->source[g];
  }
  const taut_strip s = {1, layer, u, &x->m, source, drive, h};
  strips[f](&s, P, L);
}

static inline bool lives(const taut_healing *h, int f, int layer) {
  return (h->set.field[f].layers & TAUT_IN(layer)) != 0;
}

/* Rest state of a layer, gate closed over intact matrix. */
static inline point rest_point(const taut_healing *h, int layer) {
  point x = {.m = h->p.m0};
  for (int f = 0; f < TAUT_H_FIELDS; f++) x.u[f] = h->set.rest[f][layer];
  return x;
}

/* The well-mixed reticular point by the classical Runge-Kutta method with fixed steps: an integrator that shares nothing
 * with the stepping engine. */
static inline void slope(const taut_healing *h, taut_layer layer, const point *x, double *du) {
  point y = *x;
  double v[TAUT_H_FIELDS], phi;
  const double *u[TAUT_H_FIELDS];
  for (int f = 0; f < TAUT_H_FIELDS; f++) {
    v[f] = lives(h, f, (int)layer) ? x->u[f] : 0;
    u[f] = &v[f];
  }
  const taut_strip s = {1, layer, u, &y.m, NULL, h->set.drive_default, h};
  h->set.gate_local(&s, &phi);
  y.m = h->set.gate_close(h, layer, phi);
  for (int f = 0; f < TAUT_H_FIELDS; f++) {
    double P = 0, L = 0;
    if (lives(h, f, (int)layer)) rates(h, h->set.strip, h->set.drive_default, layer, &y, f, &P, &L);
    du[f] = P - L * v[f];
  }
}

static inline void integrate(const taut_healing *h, taut_layer layer, point *x, double days, long steps) {
  double dt = days / (double)steps, k[4][TAUT_H_FIELDS];
  for (long n = 0; n < steps; n++) {
    for (int stage = 0; stage < 4; stage++) {
      point y = *x;
      double part = stage == 0 ? 0 : stage == 3 ? dt : dt / 2;
      for (int f = 0; stage > 0 && f < TAUT_H_FIELDS; f++) y.u[f] += part * k[stage - 1][f];
      slope(h, layer, &y, k[stage]);
    }
    for (int f = 0; f < TAUT_H_FIELDS; f++) x->u[f] += dt / 6 * (k[0][f] + 2 * k[1][f] + 2 * k[2][f] + k[3][f]);
  }
}

/* |found - expected| < half a unit in the last printed digit of `digits` significant ones (with a little slack). */
static inline void assert_digits(const char *what, double found, double expected, int digits) {
  double unit = pow(10, floor(log10(fabs(expected))) + 1 - digits);
  if (!(fabs(found - expected) <= 0.51 * unit)) fail_msg("%s: %.12g, expected %.12g", what, found, expected);
}

static inline void assert_close(const char *what, double found, double expected, double relative) {
  if (!(fabs(found - expected) <= relative * fabs(expected)))
    fail_msg("%s: %.12g, expected %.12g", what, found, expected);
}

#endif
