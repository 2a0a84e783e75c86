/* What the look-up commands share: tables in three formats, wrapped texts, numbers for people. */
#include "run/print.h"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

static taut_context *context;

static int make_context(void **state) {
  (void)state;
  return taut_context_create(NULL, &context) != TAUT_OK;
}

static int drop_context(void **state) {
  (void)state;
  taut_context_destroy(&context);
  return 0;
}

static const taut_column columns[] = {
    {"name", "thing", false, false}, {"size_mm", "size mm", true, false}, {"doc", "", false, true}};

static taut_table table_of_two(void) {
  taut_table table = {.key = "things", .title = "Things", .note = "A note.", .column = columns, .columns = 3};
  taut__table_add(&table, "a");
  taut__table_number(&table, 0.1 + 0.2);
  taut__table_add(&table, "has | and *");
  taut__table_add(&table, "longer");
  taut__table_number(&table, NAN);
  taut__table_add(&table, "");
  return table;
}

/* What a table prints; release with free(). */
static char *printed(taut_table *table, taut_format format, taut_err expected) {
  char *text = NULL;
  size_t length = 0;
  FILE *out = open_memstream(&text, &length);
  assert_non_null(out);
  taut__fail_clear(context);
  assert_int_equal(taut__table_print(context, table, format, out), expected);
  fclose(out);
  return text;
}

static void text_is_aligned_and_ends_in_the_note(void **state) {
  (void)state;
  taut_table table = table_of_two();
  char *text = printed(&table, TAUT_FORMAT_TEXT, TAUT_OK);
  assert_string_equal(text, "thing   size mm\n"
                            "a        0.3000\n"
                            "    has | and *\n"
                            "longer         \n"
                            "\nA note.\n");
  free(text);
}

static void markdown_escapes_what_would_end_a_cell(void **state) {
  (void)state;
  taut_table table = table_of_two();
  char *text = printed(&table, TAUT_FORMAT_MARKDOWN, TAUT_OK);
  assert_string_equal(text, "## Things\n\n"
                            "| thing | size mm | meaning |\n"
                            "|---|---:|---|\n"
                            "| `a` | 0.3000 | has \\| and \\* |\n"
                            "| `longer` |  |  |\n"
                            "\nA note.\n");
  free(text);
}

static void json_keeps_all_digits_and_knows_what_is_missing(void **state) {
  (void)state;
  taut_table table = table_of_two();
  char *text = printed(&table, TAUT_FORMAT_JSON, TAUT_OK);
  json_t *root = json_loads(text, 0, NULL);
  assert_non_null(root);
  assert_string_equal(json_string_value(json_object_get(root, "taut_version")), taut_version());
  json_t *list = json_object_get(root, "things");
  assert_int_equal(json_array_size(list), 2);
  json_t *first = json_array_get(list, 0), *second = json_array_get(list, 1);
  assert_true(json_real_value(json_object_get(first, "size_mm")) == 0.1 + 0.2);
  assert_string_equal(json_string_value(json_object_get(first, "doc")), "has | and *");
  assert_true(json_is_null(json_object_get(second, "size_mm")));
  json_decref(root);
  free(text);
}

static void an_incomplete_row_is_an_internal_error(void **state) {
  (void)state;
  taut_table table = table_of_two();
  taut__table_add(&table, "alone");
  free(printed(&table, TAUT_FORMAT_TEXT, TAUT_ERR_INTERNAL));
  assert_int_equal(table.cells.count, 0);
}

static void missing_memory_is_told_and_nothing_leaks(void **state) {
  (void)state;
  for (int format = TAUT_FORMAT_TEXT; format <= TAUT_FORMAT_MARKDOWN; format++)
    for (long n = 1; n < 12; n++) {
      taut__alloc_fail_after(n);
      taut_table table = table_of_two();
      char *text = NULL;
      size_t length = 0;
      FILE *out = open_memstream(&text, &length);
      taut__fail_clear(context);
      taut_err err = taut__table_print(context, &table, (taut_format)format, out);
      fclose(out);
      taut__alloc_fail_after(0);
      assert_true(err == TAUT_OK || err == TAUT_ERR_MEMORY);
      if (err) assert_int_equal(length, 0);
      free(text);
    }
}

static void a_full_output_is_told(void **state) {
  (void)state;
  taut_table table = table_of_two();
  FILE *full = fopen("/dev/full", "w");
  if (!full) skip();
  taut__fail_clear(context);
  assert_int_equal(taut__table_print(context, &table, TAUT_FORMAT_TEXT, full), TAUT_ERR_IO);
  fclose(full);
}

static void long_texts_are_wrapped_at_words(void **state) {
  (void)state;
  taut_text out = {0};
  char text[400] = "";
  for (int i = 0; i < 60; i++) strcat(text, "word ");
  taut__print_wrapped(&out, "# ", "note: ", 6, text);
  int lines = 0;
  for (char *line = strtok(out.data, "\n"); line; line = strtok(NULL, "\n"), lines++) {
    assert_true(strlen(line) <= 100);
    assert_int_equal(strncmp(line, lines ? "#       word" : "# note: word", 12), 0);
    assert_true(line[strlen(line) - 1] == 'd');
  }
  assert_int_equal(lines, 4);
  taut__text_free(&out);
}

static void warnings_stand_under_their_grade(void **state) {
  (void)state;
  static const struct {
    const char *text, *printed;
  } row[] = {{"note: shallow", "note: shallow\n"},
             {"strong warning: deep", "strong warning: deep\n"},
             {"something else", "warning: something else\n"}};
  for (size_t i = 0; i < sizeof row / sizeof *row; i++) {
    taut_text out = {0};
    taut__print_warning(&out, "", row[i].text);
    assert_string_equal(out.data, row[i].printed);
    taut__text_free(&out);
  }
}

static void numbers_are_short_and_honest(void **state) {
  (void)state;
  static const struct {
    double x;
    int digits;
    const char *text;
  } row[] = {{0.25, 4, "0.25"},          {250, 4, "250"}, {0.547123, 4, "0.5471"}, {1234567, 4, "1234567"}, {0, 4, "0"},
             {1.234e-9, 4, "1.234e-09"}, {NAN, 4, "-"},   {14.825, 3, "14.8"},     {-0.5, 4, "-0.5"}};
  for (size_t i = 0; i < sizeof row / sizeof *row; i++) {
    taut_text out = {0};
    taut__print_number(&out, row[i].x, row[i].digits, 0);
    assert_string_equal(out.data, row[i].text);
    taut__text_free(&out);
  }
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(text_is_aligned_and_ends_in_the_note),
      cmocka_unit_test(markdown_escapes_what_would_end_a_cell),
      cmocka_unit_test(json_keeps_all_digits_and_knows_what_is_missing),
      cmocka_unit_test(an_incomplete_row_is_an_internal_error),
      cmocka_unit_test(missing_memory_is_told_and_nothing_leaks),
      cmocka_unit_test(a_full_output_is_told),
      cmocka_unit_test(long_texts_are_wrapped_at_words),
      cmocka_unit_test(warnings_stand_under_their_grade),
      cmocka_unit_test(numbers_are_short_and_honest),
  };
  return cmocka_run_group_tests(tests, make_context, drop_context);
}
