/* Cases for the needling tests: a woman of 40 years, read through the case reader with the real presets. */
#ifndef NEEDLING_FIXTURE_H
#define NEEDLING_FIXTURE_H

#include "model/model.h"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

static const double day_s = 86400;

/** An opened case with what most tests need. */
typedef struct fixture {
  taut_context *context;
  taut_case *c;
  const taut_needling_params *p;
  const taut_skin_params *sp;
  taut_skin skin;
} fixture;

/* The reference results were made with photoage .3, without the photoage factor of the loops and without pass overlap. */
static const char reference_case[] = "patient: {age: 40 years, sex: female, phototype: II, photoage: 0.3}\n"
                                     "site: cheek\n"
                                     "device: pen_14\n"
                                     "treatment: {depth: 1.0 mm, density: 250 /cm^2, overlap: 0 %}\n"
                                     "parameters: {skin.loop_photoage: 0}\n"
                                     "seed: 1\n";

/** Opens the reference case changed by "key=value" texts, the last of which is followed by NULL. */
static inline fixture open_case(const char *set, ...) {
  const char *sets[32];
  size_t n = 0;
  va_list list;
  va_start(list, set);
  for (; set; set = va_arg(list, const char *)) sets[n++] = set;
  va_end(list);
  fixture f = {0};
  assert_int_equal(taut_context_create(NULL, &f.context), TAUT_OK);
  taut_err err = taut__case_parse(f.context, &taut__registry, "reference.yaml", reference_case,
                                  sizeof reference_case - 1, sets, n, &f.c);
  if (err) print_error("%s\n", taut_context_message(f.context));
  assert_int_equal(err, TAUT_OK);
  f.p = taut__case_params(f.c, "needling");
  f.sp = taut__case_params(f.c, "skin");
  f.skin = taut__skin_build(f.sp, &f.c->patient, &f.c->site, f.c->site.source);
  return f;
}

static inline void close_case(fixture *f) {
  taut_case_destroy(&f->c);
  taut_context_destroy(&f->context);
}

static inline taut_puncture puncture_of(const fixture *f, double length) {
  taut_puncture q;
  taut_err err = taut__puncture(f->context, f->p, &f->skin, &f->c->device, &f->c->treatment, length, NAN, &q);
  if (err) print_error("%s\n", taut_context_message(f->context));
  assert_int_equal(err, TAUT_OK);
  return q;
}

/** Asserts |found - wanted| <= relative |wanted| + half, with half a unit of the last printed digit. */
static inline void check_near(const char *what, double found, double wanted, double relative, double half) {
  if (!(fabs(found - wanted) <= relative * fabs(wanted) + half))
    fail_msg("%s: found %.9g, wanted %.9g within %g relative and %g", what, found, wanted, relative, half);
}

#define assert_near(found, wanted, within) check_near(#found, found, wanted, 0, within)

#endif
