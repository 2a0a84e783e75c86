/* Tables: every row of every registered table passes the checks; the checks can fail; sources, defaults, printing. */
#include "param_fixture.h"

#include "param/print.h"
#include "param/table.h"

#include <jansson.h>

static void every_row_of_every_table_passes_the_checks(void **state) {
  (void)state;
  taut__fail_clear(context);
  if (taut__param_check(context, &taut__registry) != TAUT_OK) fail_msg("%s", taut_context_message(context));
  int rows = 0;
  for (int t = 0; t < taut__registry.tables; t++) rows += taut__registry.table[t]->rows;
  assert_true(taut__registry.tables == 5 && rows > 350);
}

typedef struct two {
  double a, b;
} two;

static void a_faulty_row_fails_the_checks(void **state) {
  (void)state;
  static const taut_param good = {"two",
                                  "a",
                                  "mm",
                                  1,
                                  0,
                                  10,
                                  {TAUT_PRIOR_UNIFORM, 0.5, 2},
                                  TAUT_ASSUMED,
                                  TAUT_SOURCE_assumption,
                                  "length of something small",
                                  offsetof(two, a)};
  static const taut_param second = {"two",
                                    "b",
                                    "1",
                                    0.5,
                                    0,
                                    1,
                                    {TAUT_PRIOR_BETA, 2, 3},
                                    TAUT_ASSUMED,
                                    TAUT_SOURCE_assumption,
                                    "share of something else",
                                    offsetof(two, b)};
  struct {
    taut_param row;
    const char *message;
  } cases[] = {
      {good, NULL},
      {good, "a: two: unknown unit"},
      {good, "a: two: default lies outside the bounds"},
      {good, "a: two: default lies outside the prior"},
      {good, "a: two: prior reaches beyond the bounds"},
      {good, "a: two: no source"},
      {good, "a: two: the sentence needs at least three words"},
      {good, "a: two: uniform prior needs a < b"},
      {good, "a: two: offset is outside the struct"},
      {good, "b: two: declared twice"},
      {good, "a: two: calibrated without naming the data"},
      {good, "a: two: the sentence needs at least three words"},
  };
  cases[1].row.unit = "mmm";
  cases[2].row.value = 11;
  cases[3].row.value = 3;
  cases[4].row.prior.b = 20;
  cases[5].row.source = TAUT_SOURCE_none;
  cases[6].row.doc = "two words";
  cases[7].row.prior.a = 3;
  cases[8].row.offset = 16;
  cases[9].row.name = "b";
  cases[10].row.evidence = TAUT_CALIBRATED;
  cases[11].row.doc = "a sentence with TODO";
  for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
    const taut_param rows[] = {cases[i].row, second};
    const taut_param_table table = {"two", rows, 2, sizeof(two)};
    const taut_param_table *const tables[] = {&table};
    const taut_param_registry registry = {tables, 1};
    taut__fail_clear(context);
    taut_err err = taut__param_check(context, &registry);
    assert_int_equal(err, cases[i].message ? TAUT_ERR_INTERNAL : TAUT_OK);
    assert_string_equal(taut_context_message(context), cases[i].message ? cases[i].message : "");
  }
}

static void defaults_come_in_internal_units(void **state) {
  (void)state;
  static const taut_param rows[] = {{"two", "a", "um", 5, 0, 10, FIXED, TAUT_DEFINED, TAUT_SOURCE_definition,
                                     "a length in micrometres", offsetof(two, a)},
                                    {"two", "b", "1/cm^2", 250, 0, 1e4, FIXED, TAUT_DEFINED, TAUT_SOURCE_definition,
                                     "a number per area", offsetof(two, b)}};
  const taut_param_table table = {"two", rows, 2, sizeof(two)};
  two params = {0, 0};
  assert_int_equal(taut__param_defaults(context, &table, &params), TAUT_OK);
  assert_true(params.a == 0.005 && params.b == 2.5);
}

static void the_range_of_a_prior_holds_999_in_a_thousand(void **state) {
  (void)state;
  double low = 0, high = 0;
  taut_prior prior = NORMAL(1, 2);
  assert_true(taut__prior_range(&prior, &low, &high));
  assert_true(fabs(0.5 * erfc((1 - low) / 2 / sqrt(2)) - 0.0005) < 1e-12 && fabs(high + low - 2) < 1e-12);
  prior = (taut_prior)LOGNORMAL(3, 0.5);
  assert_true(taut__prior_range(&prior, &low, &high) && fabs(low * high - 9) < 1e-12);
  prior = (taut_prior)BETA(1, 1);
  assert_true(taut__prior_range(&prior, &low, &high) && fabs(low - 0.0005) < 1e-9 && fabs(high - 0.9995) < 1e-9);
  prior = (taut_prior)LOGUNIFORM(2, 5);
  assert_true(taut__prior_range(&prior, &low, &high) && low == 2 && high == 5);
  prior = (taut_prior)FIXED;
  assert_false(taut__prior_range(&prior, &low, &high));
}

static void every_source_has_its_words(void **state) {
  (void)state;
  for (int i = 0; i < TAUT_SOURCES; i++) {
    const taut_source *source = taut__source((taut_source_id)i);
    if (strlen(source->key) < 2 || strlen(source->citation) < 5 || !source->where[0] || !source->system[0])
      fail_msg("%s", source->key);
    for (int j = 0; j < i; j++) assert_string_not_equal(source->key, taut__source((taut_source_id)j)->key);
  }
  assert_string_equal(taut__source(TAUT_SOURCES)->key, "none");
  for (int i = TAUT_SEEN; i <= TAUT_DEFINED; i++)
    assert_string_not_equal(taut__evidence_name((taut_evidence)i), "unknown");
}

static char *printed(const char *const *names, size_t n, taut_format format) {
  char *text = NULL;
  size_t length = 0;
  FILE *out = open_memstream(&text, &length);
  taut__fail_clear(context);
  assert_int_equal(taut__params_print(context, &taut__registry, names, n, format, out), TAUT_OK);
  fclose(out);
  return text;
}

static void parameters_print_as_text_markdown_and_json(void **state) {
  (void)state;
  const char *name = "healing.b_F";
  char *text = printed(&name, 1, TAUT_FORMAT_TEXT);
  assert_int_equal(strncmp(text, "healing.b_F = 4.54\n", 19), 0);
  assert_non_null(strstr(text, "prior loguniform(3, 12); calibrated: "));
  free(text);
  text = printed(&name, 1, TAUT_FORMAT_MARKDOWN);
  assert_non_null(strstr(text, "\n| `healing.b_F` | 4.54 | 1 | 0 to 1000 | loguniform(3, 12) | calibrated | "));
  free(text);
  text = printed(NULL, 0, TAUT_FORMAT_JSON);
  json_error_t error;
  json_t *root = json_loads(text, JSON_REJECT_DUPLICATES, &error);
  if (!root) fail_msg("line %d: %s", error.line, error.text);
  int rows = 0;
  for (int t = 0; t < taut__registry.tables; t++) rows += taut__registry.table[t]->rows;
  const json_t *list = json_object_get(root, "parameters");
  assert_int_equal(json_array_size(list), rows);
  assert_string_equal(json_string_value(json_object_get(root, "taut_version")), taut_version());
  for (int i = 0; i < rows; i++) {
    const json_t *row = json_array_get(list, (size_t)i);
    assert_true(json_is_number(json_object_get(row, "value")) && json_is_string(json_object_get(row, "unit")));
    assert_true(json_is_object(json_object_get(row, "prior")) &&
                json_string_length(json_object_get(row, "citation")) > 4);
  }
  json_decref(root);
  free(text);
}

static void an_exact_name_prints_one_row_and_a_beginning_many(void **state) {
  (void)state;
  const char *names[] = {"healing.k_D", "healing.k_", "skin"};
  char *one = printed(&names[0], 1, TAUT_FORMAT_MARKDOWN), *many = printed(&names[1], 1, TAUT_FORMAT_MARKDOWN);
  char *group = printed(&names[2], 1, TAUT_FORMAT_MARKDOWN);
  int lines[3] = {0};
  for (const char *c = one; *c; c++) lines[0] += *c == '\n';
  for (const char *c = many; *c; c++) lines[1] += *c == '\n';
  for (const char *c = group; *c; c++) lines[2] += *c == '\n';
  assert_int_equal(lines[0], 3);
  assert_true(lines[1] > 10);
  assert_int_equal(lines[2], 2 + taut__registry.table[0]->rows);
  free(one), free(many), free(group);
}

static void an_unknown_name_is_refused_with_the_nearest(void **state) {
  (void)state;
  const char *name = "healing.bF";
  taut__fail_clear(context);
  assert_int_equal(taut__params_print(context, &taut__registry, &name, 1, TAUT_FORMAT_TEXT, stderr), TAUT_ERR_INPUT);
  assert_string_equal(taut_context_message(context),
                      "unknown parameter \"healing.bF\"; nearest known parameter \"healing.b_F\"");
  name = "zzzzzzzzzzzzzz";
  taut__fail_clear(context);
  assert_int_equal(taut__params_print(context, &taut__registry, &name, 1, TAUT_FORMAT_TEXT, stderr), TAUT_ERR_INPUT);
  assert_string_equal(taut_context_message(context), "unknown parameter \"zzzzzzzzzzzzzz\"");
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(every_row_of_every_table_passes_the_checks),
      cmocka_unit_test(a_faulty_row_fails_the_checks),
      cmocka_unit_test(defaults_come_in_internal_units),
      cmocka_unit_test(the_range_of_a_prior_holds_999_in_a_thousand),
      cmocka_unit_test(every_source_has_its_words),
      cmocka_unit_test(parameters_print_as_text_markdown_and_json),
      cmocka_unit_test(an_exact_name_prints_one_row_and_a_beginning_many),
      cmocka_unit_test(an_unknown_name_is_refused_with_the_nearest),
  };
  return cmocka_run_group_tests(tests, open_context, close_context);
}
