/* The suction bench as a function of the library: a failed allocation is an error, and nothing is printed by halves. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "param/units.h"
#include "run/suction.h"

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

/* Prints into a text; NULL-ended sets. */
static taut_err print(const taut_suction_options *options, const char *const *sets, taut_format format, char **text) {
  size_t n = 0, length = 0;
  while (sets[n]) n++;
  FILE *out = open_memstream(text, &length);
  assert_non_null(out);
  const taut_err err = taut_suction_print(context, NULL, sets, n, options, format, out);
  assert_int_equal(fclose(out), 0);
  return err;
}

/* Until no allocation is left to fail (the later ones by samples); a single one may be made up for. */
static void fail_everywhere(const taut_suction_options *options, const char *const *sets, taut_format format) {
  enum { IN_A_ROW = 4, FEW = 20, MANY = 20000 };
  int good = 0;
  long n = 1;
  for (; good < IN_A_ROW; n += 1 + n / 25) {
    char *text = NULL;
    taut__alloc_fail_after(n);
    const taut_err err = print(options, sets, format, &text);
    taut__alloc_fail_after(0);
    /* a preset that cannot be looked up for want of memory counts as unknown input */
    const bool told = err == TAUT_ERR_MEMORY || err == TAUT_ERR_INPUT;
    if (err && (!told || text[0] || !taut_context_message(context)[0]))
      fail_msg("allocation %ld: error %d, \"%s\", printed \"%s\"", n, err, taut_context_message(context), text);
    if (!err) assert_non_null(strstr(text, "R0"));
    good = err ? 0 : good + 1;
    free(text);
    assert_true(n < MANY);
  }
  assert_true(n > FEW + IN_A_ROW);
}

static void no_memory_no_answer_by_the_emulator(void **state) {
  (void)state;
  const taut_suction_options options = {.method = "emulator"};
  fail_everywhere(&options, (const char *const[]){"N=0.1", "patient.bmi=24", NULL}, TAUT_FORMAT_JSON);
}

static void no_memory_no_answer_by_finite_elements_on_a_site(void **state) {
  (void)state;
  const taut_suction_options options = {.mesh = "M1", .curve = true};
  fail_everywhere(&options, (const char *const[]){"site=glabella", "patient.age=50 years", "H=1.1", NULL},
                  TAUT_FORMAT_TEXT);
}

static void no_memory_no_answer_by_two_curves(void **state) {
  (void)state;
  const taut_suction_options options = {.method = "two-curve", .curve = true, .aperture = "3 mm"};
  fail_everywhere(&options, (const char *const[]){NULL}, TAUT_FORMAT_JSON);
}

static void wrong_words_and_counts_of_a_program_are_refused(void **state) {
  (void)state;
  static const struct {
    taut_suction_options options;
    const char *message;
  } row[] = {
      {{.method = "fem"}, "--method: unknown value \"fem\"; expected fe, emulator or two-curve; nearest is fe"},
      {{.mesh = "M6"}, "--mesh: unknown value \"M6\"; expected M1, M2, M3, M4 or M5; nearest is M1"},
      {{.ring = "free"}, "--ring: unknown value \"free\"; expected glued or frictionless"},
      {{.cycles = -1}, "--cycles: -1 is out of bounds; expected 1 to 1000"},
      {{.refine = 101}, "--refine: 101 is out of bounds; expected 1 to 100"},
  };
  for (size_t i = 0; i < sizeof row / sizeof *row; i++) {
    char *text = NULL;
    assert_int_equal(print(&row[i].options, (const char *const[]){NULL}, TAUT_FORMAT_TEXT, &text), TAUT_ERR_INPUT);
    assert_string_equal(taut_context_message(context), row[i].message);
    assert_string_equal(text, "");
    free(text);
  }
  char *text = NULL;
  assert_int_equal(print(NULL, (const char *const[]){NULL}, TAUT_FORMAT_MARKDOWN, &text), TAUT_ERR_NOT_AVAILABLE);
  free(text);
}

static void null_options_are_the_default_measurement(void **state) {
  (void)state;
  char *text = NULL;
  assert_int_equal(print(NULL, (const char *const[]){NULL}, TAUT_FORMAT_TEXT, &text), TAUT_OK);
  assert_non_null(strstr(text, "R0     0.2700 mm"));
  free(text);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(no_memory_no_answer_by_the_emulator),
      cmocka_unit_test(no_memory_no_answer_by_finite_elements_on_a_site),
      cmocka_unit_test(no_memory_no_answer_by_two_curves),
      cmocka_unit_test(wrong_words_and_counts_of_a_program_are_refused),
      cmocka_unit_test(null_options_are_the_default_measurement),
  };
  return cmocka_run_group_tests(tests, open_context, close_context);
}
