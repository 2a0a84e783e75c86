/* What the tests of cases share: a context with the presets, and reading from text. */
#ifndef TAUT_TESTS_PARAM_FIXTURE_H
#define TAUT_TESTS_PARAM_FIXTURE_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "model/model.h"
#include "param/reader.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

static taut_context *context;

static int open_context(void **state) {
  (void)state;
  return taut_context_create(NULL, &context) == TAUT_OK ? 0 : -1;
}

static int close_context(void **state) {
  (void)state;
  taut_context_destroy(&context);
  taut__units_free();
  return 0;
}

/* Reads a case with up to four --set texts (NULL ends them). */
static inline taut_err read_case(const char *text, const char *const sets[4], taut_case **c) {
  size_t n = 0;
  while (sets && n < 4 && sets[n]) n++;
  return taut__case_parse(context, &taut__registry, "case.yaml", text, strlen(text), sets, n, c);
}

/* The same, when it must succeed. */
static inline taut_case *good_case(const char *text, const char *set) {
  taut_case *c = NULL;
  const char *const sets[4] = {set};
  if (read_case(text, sets, &c) != TAUT_OK) fail_msg("%s", taut_context_message(context));
  return c;
}

static inline char *written_case(const taut_case *c, size_t *length) {
  char *text = NULL;
  FILE *out = open_memstream(&text, length);
  assert_non_null(out);
  assert_int_equal(taut_case_write(c, out), TAUT_OK);
  assert_int_equal(fclose(out), 0);
  return text;
}

#define MINIMAL "patient: {age: 40 years}\nsite: cheek\ntreatment: {depth: 1.0 mm}\n"

#endif
