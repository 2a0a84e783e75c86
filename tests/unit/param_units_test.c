/* Units: every word against UDUNITS' own database, the internal unit system, the form of unit texts, exact factors. */
#include "param/units.h"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <string.h>
#include <time.h>
#include <udunits2.h>

/* How UDUNITS' database spells words that it does not know or means otherwise; NULL: it has no such thing. */
static const struct {
  const char *token, *database;
} spelled[] = {
    {"cell", NULL},
    {"cells", NULL},
    {"pack-years", NULL},
    {"pack-year", NULL},
    {"w", "week"},
    {"weeks", "week"},
    {"y", "365.25 day"},
    {"year", "365.25 day"},
    {"years", "365.25 day"},
    {"month", "365.25/12 day"},
    {"months", "365.25/12 day"},
    {"rpm", "min-1"},
    {"deg", "degree"},
    {"mmHg", "133.322387415 Pa"},
    {"percent", "%"},
    {"l", "L"},
    {"ml", "mL"},
    {"ul", "uL"},
};

static const char *database_text(const char *token) {
  for (size_t i = 0; i < sizeof spelled / sizeof *spelled; i++)
    if (strcmp(spelled[i].token, token) == 0) return spelled[i].database;
  return token;
}

static ut_system *read_database(void) {
  ut_set_error_message_handler(ut_ignore);
  ut_system *system = ut_read_xml(NULL);
  assert_non_null(system);
  return system;
}

static void every_word_agrees_with_the_database(void **state) {
  (void)state;
  ut_system *system = read_database();
  const char *token, *definition;
  int rows = 0;
  for (int i = 0; taut__unit_word(i, &token, &definition); i++, rows++) {
    char message[TAUT_MESSAGE];
    taut_unit unit;
    if (!taut__unit_parse(token, &unit, message)) fail_msg("%s: %s", token, message);
    const char *text = database_text(token);
    if (!text) continue;
    const char *internal, *words;
    const signed char(*exponent)[TAUT_BASE_DIMENSIONS];
    assert_true(taut__unit_internal(unit.dimension, &internal, &words, &exponent));
    ut_unit *from = ut_parse(system, text, UT_ASCII), *target = ut_parse(system, internal, UT_ASCII);
    if (!from || !target) fail_msg("the database does not know %s", text);
    cv_converter *direct = ut_get_converter(from, target);
    if (!direct) fail_msg("%s has another dimension in the database", token);
    double offset = cv_convert_double(direct, 0), factor = cv_convert_double(direct, 1) - offset;
    assert_true(fabs(factor - unit.factor) <= 1e-12 * fabs(factor));
    assert_true(fabs(offset - unit.offset) <= 1e-9);
    cv_free(direct);
    ut_free(from), ut_free(target);
  }
  assert_int_equal(rows, 69);
  ut_free_system(system);
}

static void internal_units_have_their_exponents_and_are_one_system(void **state) {
  (void)state;
  ut_system *system = read_database();
  ut_unit *cell = ut_new_base_unit(system), *pack = ut_new_base_unit(system);
  assert_int_equal(ut_map_symbol_to_unit("cell", UT_ASCII, cell), UT_SUCCESS);
  assert_int_equal(ut_map_symbol_to_unit("packyears", UT_ASCII, pack), UT_SUCCESS);
  const char *unit, *words;
  const signed char(*e)[TAUT_BASE_DIMENSIONS];
  int rows = 0;
  for (int i = 0; taut__unit_internal(i, &unit, &words, &e); i++, rows++) {
    char text[160];
    snprintf(text, sizeof text, "m^%d.s^%d.kg^%d.K^%d.rad^%d.cell^%d.packyears^%d", (*e)[0], (*e)[1], (*e)[2], (*e)[3],
             (*e)[4], (*e)[5], (*e)[6]);
    ut_unit *si = ut_parse(system, text, UT_ASCII);
    ut_unit *internal = ut_parse(system, strcmp(unit, "pack-years") == 0 ? "packyears" : unit, UT_ASCII);
    if (!si || !internal || !ut_are_convertible(si, internal)) fail_msg("%s and its exponents differ", unit);
    cv_converter *converter = ut_get_converter(internal, si);
    /* mm, day and pg; where a force is meant, mN in place of pg */
    bool force = strstr(unit, "kPa") || strstr(unit, "mN") || strstr(unit, "uJ");
    int n = (*e)[2], length = (*e)[0] - (force ? n : 0), time = (*e)[1] + (force ? 2 * n : 0);
    double expected = pow(1e-3, length) * pow(86400, time) * pow(force ? 1e-3 : 1e-15, n);
    double factor = cv_convert_double(converter, 1);
    if (fabs(factor / expected - 1) > 1e-12) fail_msg("%s is %g in SI, expected %g", unit, factor, expected);
    cv_free(converter);
    ut_free(si), ut_free(internal);
  }
  assert_int_equal(rows, 37);
  ut_free(cell), ut_free(pack);
  ut_free_system(system);
}

static void no_two_dimensions_are_the_same(void **state) {
  (void)state;
  const char *unit, *words, *other;
  const signed char(*a)[TAUT_BASE_DIMENSIONS], (*b)[TAUT_BASE_DIMENSIONS];
  for (int i = 0; taut__unit_internal(i, &unit, &words, &a); i++)
    for (int j = 0; j < i && taut__unit_internal(j, &other, &words, &b); j++)
      if (memcmp(a, b, sizeof *a) == 0) fail_msg("%s and %s", unit, other);
}

static void compound_units_have_exact_factors(void **state) {
  (void)state;
  static const struct {
    const char *text;
    double factor;
    const char *internal;
  } row[] = {
      {"", 1, "1"},
      {"1", 1, "1"},
      {"-", 1, "1"},
      {"%", 0.01, "1"},
      {"mm", 1, "mm"},
      {"um", 1e-3, "mm"},
      {"\u00b5m", 1e-3, "mm"},
      {"\u03bcm", 1e-3, "mm"},
      {"cm", 10, "mm"},
      {"m", 1000, "mm"},
      {"/cm^2", 0.01, "1/mm^2"},
      {"1/cm^2", 0.01, "1/mm^2"},
      {"1/cm2", 0.01, "1/mm^2"},
      {"cm^-2", 0.01, "1/mm^2"},
      {"cm-2", 0.01, "1/mm^2"},
      {"/cm\u00b2", 0.01, "1/mm^2"},
      {"/mm^2", 1, "1/mm^2"},
      {"cm^2", 100, "mm^2"},
      {"mm\u00b3", 1, "mm^3"},
      {"mL", 1000, "mm^3"},
      {"week", 7, "day"},
      {"w", 7, "day"},
      {"h", 1.0 / 24, "day"},
      {"year", 365.25, "day"},
      {"y", 365.25, "day"},
      {"month", 365.25 / 12, "day"},
      {"s", 1.0 / 86400, "day"},
      {"Hz", 86400, "1/day"},
      {"rpm", 1440, "1/day"},
      {"1/d", 1, "1/day"},
      {"1/year", 1 / 365.25, "1/day"},
      {"mm/s", 86400, "mm/day"},
      {"mm^2/day", 1, "mm^2/day"},
      {"mm2/d", 1, "mm^2/day"},
      {"m^2/s", 86400e6, "mm^2/day"},
      {"g/m2/h", 24e6, "pg/mm^2/day"},
      {"g/m^2/h", 24e6, "pg/mm^2/day"},
      {"g/(m^2*h)", 24e6, "pg/mm^2/day"},
      {"ng/mL", 1, "pg/mm^3"},
      {"pg/mm3", 1, "pg/mm^3"},
      {"pg/mm^3/day", 1, "pg/mm^3/day"},
      {"g/L", 1e6, "pg/mm^3"},
      {"mm^2/day/(pg/mm^3)", 1, "mm^5/pg/day"},
      {"mN", 1, "mN"},
      {"N", 1000, "mN"},
      {"kPa", 1, "kPa"},
      {"MPa", 1000, "kPa"},
      {"mbar", 0.1, "kPa"},
      {"mN/mm^2", 1, "kPa"},
      {"N/m", 1, "mN/mm"},
      {"kJ/m^2", 1000, "mN/mm"},
      {"deg", 0.017453292519943295, "rad"},
      {"K", 1, "K"},
      {"cells/mm^3", 1, "cell/mm^3"},
      {"cell", 1, "cell"},
      {"pg/cell/day", 1, "pg/cell/day"},
      {"pack-years", 1, "pack-years"},
      {"kg/m^2", 1e9, "pg/mm^2"},
      {"mm \u00b7 day", 1, NULL},
  };
  for (size_t i = 0; i < sizeof row / sizeof *row; i++) {
    char message[TAUT_MESSAGE];
    taut_unit unit;
    bool good = taut__unit_parse(row[i].text, &unit, message);
    if (!row[i].internal) {
      assert_false(good);
      continue;
    }
    if (!good) fail_msg("%s: %s", row[i].text, message);
    const char *internal, *words;
    const signed char(*exponent)[TAUT_BASE_DIMENSIONS];
    assert_true(taut__unit_internal(unit.dimension, &internal, &words, &exponent));
    assert_string_equal(internal, row[i].internal);
    if (unit.factor != row[i].factor && fabs(unit.factor / row[i].factor - 1) > 2.3e-16)
      fail_msg("%s has factor %.17g, expected %.17g", row[i].text, unit.factor, row[i].factor);
  }
}

static void wrong_units_say_why(void **state) {
  (void)state;
  static const char malformed[] = "malformed unit; expected words joined by * and /, such as mm^2/day or 1/cm^2";
  static const struct {
    const char *text, *message;
  } row[] = {
      {"a", "unknown unit \"a\""},
      {"pt", "unknown unit \"pt\"; nearest known unit \"pg\""},
      {"mmm", "unknown unit \"mmm\"; nearest known unit \"mm\""},
      {"wekes", "unknown unit \"wekes\"; nearest known unit \"weeks\""},
      {"MM", NULL},
      {"inch", NULL},
      {"C", NULL},
      {"degF", NULL},
      {"mm^", malformed},
      {"mm^99", malformed},
      {"mm^1.5", NULL},
      {"mm//day", malformed},
      {"*mm", malformed},
      {"mm/", malformed},
      {"(mm", malformed},
      {"mm)", malformed},
      {"((((((mm))))))", malformed},
      {"2 mm", malformed},
      {"1 mm", malformed},
      {"1", ""},
      {"mm since 2000", NULL},
      {"lg(re 1 mm)", NULL},
      {"mm @ 5", malformed},
      {"mm mm mm mm mm mm mm mm mm mm mm mm mm mm", malformed},
      {"degC/mm", "degC stands alone (an absolute temperature); use K in compound units"},
      {"mm^4", "\"mm^4\" is a unit of nothing that taut works with"},
      {"cell^2", "\"cell^2\" is a unit of nothing that taut works with"},
  };
  for (size_t i = 0; i < sizeof row / sizeof *row; i++) {
    char message[TAUT_MESSAGE] = "";
    taut_unit unit;
    bool good = taut__unit_parse(row[i].text, &unit, message);
    if (row[i].message && row[i].message[0] == '\0') {
      assert_true(good);
      continue;
    }
    if (good) fail_msg("%s is accepted", row[i].text);
    if (row[i].message) assert_string_equal(message, row[i].message);
    assert_true(strlen(message) > 5);
  }
}

static void conversion_knows_offsets_and_refuses_other_dimensions(void **state) {
  (void)state;
  taut_context *context;
  assert_int_equal(taut_context_create(NULL, &context), TAUT_OK);
  double value = 0, factor = 0;
  const char *internal;
  assert_int_equal(taut__unit_convert(context, "here", 37, "degC", "K", &value), TAUT_OK);
  assert_true(value == 37 + 273.15);
  assert_int_equal(taut__unit_convert(context, "here", 2, "weeks", "day", &value), TAUT_OK);
  assert_true(value == 14);
  assert_int_equal(taut__unit_factor(context, "here", "1/cm^2", &factor, &internal), TAUT_OK);
  assert_true(factor == 0.01);
  assert_string_equal(internal, "1/mm^2");
  assert_int_equal(taut__unit_convert(context, "here", 2, "weeks", "mm", &value), TAUT_ERR_INPUT);
  assert_string_equal(taut_context_message(context), "here: \"weeks\" is a time; expected a length such as mm");
  taut__fail_clear(context);
  assert_int_equal(taut__unit_factor(context, "here", "degC", &factor, NULL), TAUT_ERR_INPUT);
  taut_context_destroy(&context);
}

static void the_unit_system_can_be_released_and_built_again_quickly(void **state) {
  (void)state;
  char message[TAUT_MESSAGE];
  taut_unit unit;
  taut__units_free();
  taut__units_free();
  struct timespec a, b;
  clock_gettime(CLOCK_MONOTONIC, &a);
  assert_true(taut__unit_parse("mm^2/day", &unit, message));
  clock_gettime(CLOCK_MONOTONIC, &b);
  double ms = (double)(b.tv_sec - a.tv_sec) * 1e3 + (double)(b.tv_nsec - a.tv_nsec) * 1e-6;
  print_message("# unit system built in %.2f ms\n", ms);
  assert_true(ms < 15);
  taut__units_free();
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(every_word_agrees_with_the_database),
      cmocka_unit_test(internal_units_have_their_exponents_and_are_one_system),
      cmocka_unit_test(no_two_dimensions_are_the_same),
      cmocka_unit_test(compound_units_have_exact_factors),
      cmocka_unit_test(wrong_units_say_why),
      cmocka_unit_test(conversion_knows_offsets_and_refuses_other_dimensions),
      cmocka_unit_test(the_unit_system_can_be_released_and_built_again_quickly),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
