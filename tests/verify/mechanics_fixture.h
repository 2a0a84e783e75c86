/* The reference skin of mechanics.md 2 for the mechanics tests. */
#ifndef MECHANICS_FIXTURE_H
#define MECHANICS_FIXTURE_H

#include "mechanics/mixture.h"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

/** Parameters at their defaults, in internal units, with a context for errors. */
typedef struct fixture {
  taut_context *context;
  taut_mechanics_params p;
} fixture;

static inline fixture open_fixture(void) {
  fixture f = {0};
  assert_int_equal(taut_context_create(NULL, &f.context), TAUT_OK);
  assert_int_equal(taut__param_defaults(f.context, &taut__mechanics_table, &f.p), TAUT_OK);
  return f;
}

static inline void close_fixture(fixture *f) {
  taut_context_destroy(&f->context);
}

static inline void assert_ok(const fixture *f, taut_err err) {
  if (err) print_error("%s\n", taut_context_message(f->context));
  assert_int_equal(err, TAUT_OK);
}

static inline taut_material material_of(const fixture *f, const taut_mechanics_person *person) {
  taut_material m;
  assert_ok(f, taut__material_create(f->context, &f->p, person, &m));
  return m;
}

static inline taut_material reference_material(const fixture *f) {
  taut_mechanics_person person = taut__mechanics_reference_person(&f->p);
  return material_of(f, &person);
}

/** Asserts |found - wanted| <= relative |wanted| + absolute. */
static inline void check_near(const char *what, double found, double wanted, double relative, double absolute) {
  if (!(fabs(found - wanted) <= relative * fabs(wanted) + absolute))
    fail_msg("%s: found %.12g, wanted %.12g within %g relative and %g", what, found, wanted, relative, absolute);
}

/** Numbers between 0 and 1 that are the same in every run. */
static inline double some_number(unsigned n) {
  return taut__uniform(1, 77, n);
}

#endif
