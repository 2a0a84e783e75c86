/* Values as people write them: numbers, spreads, units; and writing of scalars such that YAML reads them back. */
#include "param_fixture.h"

#include "param/value.h"

#include <locale.h>

static void numbers_are_strict_decimals(void **state) {
  (void)state;
  static const struct {
    const char *text;
    double value;
    const char *rest; /* NULL: refused */
  } row[] = {{"1", 1, ""},
             {"1.5", 1.5, ""},
             {"-3.25e-2", -0.0325, ""},
             {"+4", 4, ""},
             {".5", 0.5, ""},
             {"5.", 5, ""},
             {"1e3 mm", 1000, " mm"},
             {"1E+3", 1000, ""},
             {"5e", 5, "e"},
             {"5em", 5, "em"},
             {"1.5.2", 1.5, ".2"},
             {"0.1", 0.1, ""},
             {"1e308", 1e308, ""},
             {"0e999", 0, ""},
             {"2_000", 2, "_000"},
             {"", 0, NULL},
             {".", 0, NULL},
             {"-", 0, NULL},
             {"e5", 0, NULL},
             {"inf", 0, NULL},
             {"nan", 0, NULL},
             {"0x10", 0, NULL},
             {"1e309", 0, NULL},
             {"1e-320", 0, NULL},
             {"1,5", 0, NULL},
             {"--1", 0, NULL},
             {" 1", 0, NULL}};
  for (size_t i = 0; i < sizeof row / sizeof *row; i++) {
    char message[TAUT_MESSAGE] = "";
    const char *end = NULL;
    double value = -77;
    bool good = taut__number_parse(row[i].text, &value, &end, message);
    if (good != (row[i].rest != NULL)) fail_msg("\"%s\": %d %s", row[i].text, good, message);
    if (!good) {
      assert_true(message[0] != '\0');
      continue;
    }
    assert_true(value == row[i].value);
    assert_string_equal(end, row[i].rest);
  }
}

static void a_number_keeps_every_bit(void **state) {
  (void)state;
  for (uint64_t i = 0; i < 2000; i++) {
    double x = (taut__uniform(1, 2, i) - 0.5) * pow(10, floor(taut__uniform(1, 3, i) * 600 - 300)), y;
    char text[32], message[TAUT_MESSAGE];
    const char *end;
    assert_true(taut__number_parse(taut__number(x, text), &y, &end, message));
    assert_true(x == y && *end == '\0');
  }
}

static void numbers_do_not_depend_on_the_locale(void **state) {
  (void)state;
  static const char *const locales[] = {"de_DE.UTF-8", "fr_FR.UTF-8", "de_DE", "C.UTF-8"};
  for (size_t i = 0; i < sizeof locales / sizeof *locales; i++) {
    if (!setlocale(LC_ALL, locales[i])) continue;
    char message[TAUT_MESSAGE];
    const char *end;
    double value = 0;
    assert_true(taut__number_parse("1.5 mm", &value, &end, message));
    assert_true(value == 1.5);
  }
  setlocale(LC_ALL, "C");
}

static void values_come_out_in_the_storage_unit(void **state) {
  (void)state;
  static const struct {
    const char *text, *unit;
    double mean, sd;
  } row[] = {
      {"0.87 mm", "mm", 0.87, 0},
      {"870 um", "mm", 0.87, 0},
      {"0.87 +- 0.35 mm", "mm", 0.87, 0.35},
      {"0.87 mm +- 350 um", "mm", 0.87, 0.35},
      {"15\u00b13\u00b5m", "mm", 0.015, 0.003},
      {"5mm", "mm", 5, 0},
      {"0.87", "1", 0.87, 0},
      {"87 %", "1", 0.87, 0},
      {"87 % +- 5 %", "1", 0.87, 0.05},
      {"56 years", "years", 56, 0},
      {"672 months", "years", 56, 0},
      {"56 years", "day", 56 * 365.25, 0},
      {"250 /cm^2", "1/mm^2", 2.5, 0},
      {"250 1/cm2", "1/mm^2", 2.5, 0},
      {"37 degC", "K", 310.15, 0},
      {"7000 rpm", "Hz", 7000.0 / 60, 0},
      {"-2 mm", "mm", -2, 0},
      {"2.5 mN/mm^2", "kPa", 2.5, 0},
  };
  for (size_t i = 0; i < sizeof row / sizeof *row; i++) {
    char message[TAUT_MESSAGE];
    taut_value_form form;
    taut_value value;
    assert_true(taut__value_form(row[i].unit, &form, message));
    if (!taut__value_parse(row[i].text, &form, &value, message)) fail_msg("%s: %s", row[i].text, message);
    if (fabs(value.mean - row[i].mean) > 4e-16 * fabs(row[i].mean)) fail_msg("%s: %.17g", row[i].text, value.mean);
    assert_true(fabs(value.sd - row[i].sd) <= 4e-16 * fabs(row[i].sd));
    assert_int_equal(value.kind, row[i].sd > 0 ? TAUT_VALUE_NORMAL : TAUT_VALUE_NUMBER);
  }
}

static void wrong_values_say_why(void **state) {
  (void)state;
  static const struct {
    const char *text, *unit, *message;
  } row[] = {
      {"", "mm", "no value given"},
      {"much", "mm", "\"much\" is no number"},
      {"5", "mm", "the number 5 has no unit"},
      {"5 day", "mm", "\"day\" is the unit of a time"},
      {"5 mm", "1", "\"mm\" is the unit of a length"},
      {"5 deg", "1", "\"deg\" is the unit of an angle"},
      {"5 +- mm", "mm", "\"mm\" is no number"},
      {"5 mm +- 1", "mm", "the number after +- has no unit"},
      {"5 +- -1 mm", "mm", "the spread after +- is negative"},
      {"5 +- 1 +- 1 mm", "mm", "malformed unit; expected words joined by * and /, such as mm^2/day or 1/cm^2"},
      {"5 years ago", "mm", NULL},
      {"1e300 m", "um", NULL},
      {"1e308 m", "um", "the value is too large"},
  };
  for (size_t i = 0; i < sizeof row / sizeof *row; i++) {
    char message[TAUT_MESSAGE] = "";
    taut_value_form form;
    taut_value value;
    assert_true(taut__value_form(row[i].unit, &form, message));
    bool good = taut__value_parse(row[i].text, &form, &value, message);
    if (!row[i].message) continue;
    if (good) fail_msg("%s is accepted", row[i].text);
    assert_string_equal(message, row[i].message);
  }
}

static void years_ago_is_read_where_it_has_a_meaning(void **state) {
  (void)state;
  char message[TAUT_MESSAGE];
  taut_value_form form;
  taut_value value;
  assert_true(taut__value_form("years", &form, message));
  assert_false(taut__value_parse("5 years ago", &form, &value, message));
  form.ago = true;
  assert_true(taut__value_parse("5 years ago", &form, &value, message));
  assert_true(value.mean == 5 && value.ago);
  assert_false(taut__value_parse("5 ago", &form, &value, message));
  assert_false(taut__value_parse("5 yearsago", &form, &value, message));
}

/* ------------------------------------------------------------------------------------------------------ trees ---- */

static void scalars_are_written_so_that_they_read_back(void **state) {
  (void)state;
  static const char *const texts[] = {"plain", "5 mm",       "a: b",  "a # b",  "- a",
                                      "-",     "",           " lead", "trail ", "\"q\"",
                                      "it's",  "a\nb",       "t\tb",  "[x]",    "{x}",
                                      "&a",    "*a",         "!t",    "%x",     "@x",
                                      "`x",    "a, b",       "---",   "...",    "\u00e9t\u00e9 \u00b5m",
                                      "\\",    "?",          "? a",   "null",   "~",
                                      "yes",   "a:",         ":a",    "#",      "|",
                                      ">",     "15 +- 3 um", "/cm^2", "0 (x)",  "\x7f"};
  for (size_t i = 0; i < sizeof texts / sizeof *texts; i++)
    for (int flow = 0; flow < 2; flow++) {
      taut_text out = {0};
      taut_arena arena = {0};
      taut__text_add(&out, flow ? "k: [" : "k: ");
      taut__scalar_write(texts[i], flow == 1, &out);
      taut__text_add(&out, flow ? ", z]\n" : "\n");
      taut__fail_clear(context);
      const taut_node *root = taut__tree_parse(context, &arena, "t", TAUT_FROM_FILE, out.data, out.length);
      if (!root) fail_msg("%s: %s", out.data, taut_context_message(context));
      const taut_node *node = taut__node_find(root, "k");
      if (flow) node = node->first;
      assert_string_equal(node->text, texts[i]);
      taut__text_free(&out);
      taut__arena_free(&arena);
    }
}

static void nodes_know_their_places(void **state) {
  (void)state;
  static const char text[] = "a:\n  b: 5 mm\n  c: [x,\n    y]\nd.e: {f: 1}\n";
  taut_arena arena = {0};
  taut__fail_clear(context);
  const taut_node *root = taut__tree_parse(context, &arena, "t.yaml", TAUT_FROM_FILE, text, strlen(text));
  assert_non_null(root);
  static const struct {
    const char *path, *value, *key;
  } row[] = {{"a.b", "t.yaml:2:6", "t.yaml:2:3"},
             {"a.c", "t.yaml:3:6", "t.yaml:3:3"},
             {"d.e", "t.yaml:5:6", "t.yaml:5:1"},
             {"d.e.f", "t.yaml:5:10", "t.yaml:5:7"}};
  char where[512];
  for (size_t i = 0; i < sizeof row / sizeof *row; i++) {
    const taut_node *node = taut__node_find(root, row[i].path);
    assert_non_null(node);
    assert_string_equal(taut__node_where(node, false, where), row[i].value);
    assert_string_equal(taut__node_where(node, true, where), row[i].key);
  }
  assert_string_equal(taut__node_where(taut__node_find(root, "a.c")->last, false, where), "t.yaml:4:5");
  assert_null(taut__node_find(root, "a.x"));
  assert_null(taut__node_find(root, "a.b.c"));
  taut__arena_free(&arena);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(numbers_are_strict_decimals),
      cmocka_unit_test(a_number_keeps_every_bit),
      cmocka_unit_test(numbers_do_not_depend_on_the_locale),
      cmocka_unit_test(values_come_out_in_the_storage_unit),
      cmocka_unit_test(wrong_values_say_why),
      cmocka_unit_test(years_ago_is_read_where_it_has_a_meaning),
      cmocka_unit_test(scalars_are_written_so_that_they_read_back),
      cmocka_unit_test(nodes_know_their_places),
  };
  return cmocka_run_group_tests(tests, open_context, close_context);
}
