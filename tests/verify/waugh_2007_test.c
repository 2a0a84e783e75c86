/* A published wound model through the stepping engine: Waugh and Sherratt 2007, normal and diabetic, to the four digits of
 * the reference run (evidence: independent integration of the published equations by Dormand-Prince 5(4), rtol 1e-7). */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "course/engine.h"
#include "waugh_2007.h"

/* day, I, R, T, P, F, C, H; digits printed below */
static const double normal[][1 + WAUGH_FIELDS] = {{0.5, 234.0, 187.5, 1.904, 1.679, 165.3, 116.0, 0.5044},
                                                  {1, 227.2, 186.9, 1.853, 1.644, 214.6, 224.9, 1.179},
                                                  {2, 203.2, 191.5, 1.690, 1.588, 237.9, 372, 2.251},
                                                  {3, 176.4, 192.2, 1.485, 1.498, 239.7, 481.2, 2.839},
                                                  {5, 128.6, 176.1, 1.111, 1.263, 236.1, 716.1, 3.262},
                                                  {7, 92.0, 147.2, 0.8195, 1.011, 222.9, 1012, 3.267},
                                                  {10, 55.45, 102.8, 0.5210, 0.6894, 195.8, 1221, 2.969},
                                                  {14, 29.21, 60.19, 0.2988, 0.4079, 158.7, 1250, 2.458},
                                                  {21, 11.69, 24.79, 0.1358, 0.1794, 101.3, 1251, 1.595},
                                                  {28, 7.085, 12.54, 0.08477, 0.1006, 67.94, 1250, 1.048},
                                                  {60, 6.396, 5.873, 0.06937, 0.06323, 45.91, 1250, 0.6561},
                                                  {365, 6.430, 5.847, 0.06965, 0.06326, 45.92, 1250, 0.6560}};
static const double diabetic[][1 + WAUGH_FIELDS] = {{7, 460.1, 144.7, 3.551, 2.261, 115.9, 280.6, 0.174},
                                                    {28, 975.4, 12.78, 7.523, 3.722, 44.26, 343.9, 0.0633},
                                                    {365, 974.0, 13.31, 7.512, 3.719, 43.83, 468.6, 0.0626}};

/* Half a unit of the last of `digits` digits, and the error of the reference run itself (1e-6 of the value). */
static double tolerance(double expected, int digits) {
  return 0.5001 * pow(10, floor(log10(expected)) + 1 - digits) + 1e-6 * expected;
}

typedef double row_of[1 + WAUGH_FIELDS];

static void compare(const waugh_constants *constants, double rtol, const row_of *row, size_t rows, const int *digits) {
  taut_context *context;
  taut_domain *zero;
  taut_engine *engine;
  assert_int_equal(taut_context_create(NULL, &context), TAUT_OK);
  assert_int_equal(taut__domain_zero(context, &zero), TAUT_OK);
  taut_field_set set = waugh_set(constants);
  const double weight = 1;
  const taut_engine_options options = {.rtol = rtol};
  if (taut__engine_create(context, &set, 1, (const taut_domain *const *)&zero, &weight, &options, 0, &engine))
    fail_msg("%s", taut_context_message(context));
  for (size_t k = 0; k < rows; k++) {
    taut_report report = {0};
    if (taut__engine_advance(engine, row[k][0], NULL, NULL, &report)) fail_msg("%s", taut_context_message(context));
    for (int f = 0; f < WAUGH_FIELDS; f++) {
      double found = taut__engine_state(engine, 0)[f][0], expected = row[k][1 + f];
      if (!(fabs(found - expected) <= tolerance(expected, digits[f])))
        fail_msg("day %g, %s: %.8g, expected %.8g", row[k][0], set.field[f].name, found, expected);
    }
  }
  taut__engine_destroy(&engine);
  taut__domain_destroy(&zero);
  taut_context_destroy(&context);
}

static void normal_wound_heals_as_published(void **state) {
  (void)state;
  const int digits[WAUGH_FIELDS] = {4, 4, 4, 4, 4, 4, 4};
  compare(&waugh_normal, 1e-9, normal, sizeof normal / sizeof *normal, digits);
}

static void diabetic_wound_stays_inflamed_as_published(void **state) {
  (void)state;
  const int digits[WAUGH_FIELDS] = {4, 4, 4, 4, 4, 4, 3};
  compare(&waugh_diabetic, 1e-9, diabetic, sizeof diabetic / sizeof *diabetic, digits);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(normal_wound_heals_as_published),
      cmocka_unit_test(diabetic_wound_stays_inflamed_as_published),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
