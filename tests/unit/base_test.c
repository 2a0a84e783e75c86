/* Base room: context, failures, memory, texts, numbers, nearest names, random numbers. */
#define _XOPEN_SOURCE 700 /* mkdtemp, setenv */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <cmocka.h>

#include "base/base.h"

#include <float.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static taut_context *new_context(const taut_context_options *options) {
  taut_context *context = NULL;
  assert_int_equal(taut_context_create(options, &context), TAUT_OK);
  return context;
}

/* ------------------------------------------------------------------------------------------------- errors ---- */

static void every_error_has_a_text_and_a_documented_exit_status(void **state) {
  (void)state;
#define TAUT_ERROR(name, value, exit_status, text)                                                                     \
  assert_string_equal(taut_err_text(TAUT_ERR_##name), text);                                                           \
  assert_int_equal(taut_err_exit_status(TAUT_ERR_##name), exit_status);
#include <taut/errors.def>
#undef TAUT_ERROR
  assert_int_equal(taut_err_exit_status(TAUT_ERR_INPUT), 2);
  assert_int_equal(taut_err_exit_status(TAUT_ERR_NUMERICS), 3);
  assert_int_equal(taut_err_exit_status(TAUT_ERR_IO), 4);
  assert_int_equal(taut_err_exit_status((taut_err)77), 5);
  assert_string_equal(taut_err_text((taut_err)77), "unknown error");
}

static void version_and_commit_are_given(void **state) {
  (void)state;
  int major = -1, minor = -1, patch = -1;
  assert_int_equal(sscanf(taut_version(), "%d.%d.%d", &major, &minor, &patch), 3);
  assert_true(strlen(taut_commit()) > 0);
}

/* ------------------------------------------------------------------------------------------------ context ---- */

static void failures_are_listed_in_order_and_the_first_code_is_kept(void **state) {
  (void)state;
  taut_context *context = new_context(NULL);
  assert_string_equal(taut_context_message(context), "");
  assert_int_equal(taut__error_code(context), TAUT_OK);
  assert_int_equal(taut__fail(context, TAUT_ERR_INPUT, "case.yaml:3:1", "unknown key '%s'", "ages"), TAUT_ERR_INPUT);
  assert_int_equal(taut__fail(context, TAUT_ERR_IO, NULL, "disk full"), TAUT_ERR_IO);
  assert_string_equal(taut_context_message(context), "case.yaml:3:1: unknown key 'ages'\ndisk full");
  assert_int_equal(taut__error_code(context), TAUT_ERR_INPUT);
  assert_int_equal(taut__fail_count(context), 2);
  taut__fail_clear(context);
  assert_string_equal(taut_context_message(context), "");
  assert_int_equal(taut__error_code(context), TAUT_OK);
  assert_int_equal(taut__fail_count(context), 0);
  taut_context_destroy(&context);
  assert_null(context);
  taut_context_destroy(&context);
  taut_context_destroy(NULL);
}

static void a_failure_without_memory_for_its_text_is_still_reported(void **state) {
  (void)state;
  taut_context *context = new_context(NULL);
  taut__alloc_fail_after(1);
  assert_int_equal(taut__fail(context, TAUT_ERR_INPUT, "here", "what"), TAUT_ERR_INPUT);
  assert_string_equal(taut_context_message(context), "out of memory");
  assert_int_equal(taut__error_code(context), TAUT_ERR_INPUT);
  taut_context_destroy(&context);
}

static void wrong_options_and_missing_memory_refuse_a_context(void **state) {
  (void)state;
  taut_context *context = (taut_context *)state;
  assert_int_equal(taut_context_create(&(taut_context_options){.threads = -1}, &context), TAUT_ERR_USAGE);
  assert_null(context);
  assert_int_equal(taut_context_create(NULL, NULL), TAUT_ERR_USAGE);
  for (long n = 1; n <= 2; n++) {
    taut__alloc_fail_after(n);
    assert_int_equal(taut_context_create(&(taut_context_options){.data_dir = "x"}, &context), TAUT_ERR_MEMORY);
    assert_null(context);
  }
  taut__alloc_fail_after(-1);
}

struct heard {
  char text[64];
  taut_log_level level;
  int calls;
};

static void hear(void *user, taut_log_level level, const char *text) {
  struct heard *heard = user;
  heard->level = level;
  heard->calls++;
  snprintf(heard->text, sizeof heard->text, "%s", text);
}

static bool stop_at_half(void *user, const taut_progress *p) {
  (void)user;
  return p->phase == TAUT_PHASE_COMPUTING && p->day >= 0.5 * p->end_day;
}

static bool asks_to_stop(taut_context *context, double day, double end_day) {
  return taut__progress(context, &(taut_progress){.phase = TAUT_PHASE_COMPUTING, .day = day, .end_day = end_day});
}

static void log_and_progress_reach_their_receivers(void **state) {
  (void)state;
  struct heard heard = {0};
  taut_context *context =
      new_context(&(taut_context_options){.log = hear, .progress = stop_at_half, .user = &heard, .threads = 3});
  taut__log(context, TAUT_LOG_WARNING, "%d steps", 12);
  assert_int_equal(heard.calls, 1);
  assert_int_equal(heard.level, TAUT_LOG_WARNING);
  assert_string_equal(heard.text, "12 steps");
  assert_false(asks_to_stop(context, 1, 10));
  assert_true(asks_to_stop(context, 5, 10));
  assert_int_equal(taut__threads(context), 3);
  taut_context_destroy(&context);
  context = new_context(NULL);
  taut__log(context, TAUT_LOG_ERROR, "nobody listens");
  assert_false(asks_to_stop(context, 9, 10));
  assert_int_equal(taut__threads(context), 1);
  taut_context_destroy(&context);
}

/* Makes a folder with (or without) presets/ and writes its name. */
static void make_folder(char name[64], bool presets) {
  strcpy(name, "/tmp/taut-base-XXXXXX");
  assert_non_null(mkdtemp(name));
  char inner[96];
  snprintf(inner, sizeof inner, "%s/presets", name);
  if (presets) assert_int_equal(mkdir(inner, 0700), 0);
}

static void remove_folder(const char *name) {
  char inner[96];
  snprintf(inner, sizeof inner, "%s/presets", name);
  (void)rmdir(inner);
  assert_int_equal(rmdir(name), 0);
}

static void data_folder_is_the_given_one_or_else_the_one_of_the_variable(void **state) {
  (void)state;
  char given[64], variable[64], empty[64];
  make_folder(given, true);
  make_folder(variable, true);
  make_folder(empty, false);
  assert_int_equal(setenv("TAUT_DATA", variable, 1), 0);
  taut_context *context = new_context(&(taut_context_options){.data_dir = given});
  assert_string_equal(taut__data_dir(context), given);
  taut_context_destroy(&context);

  context = new_context(NULL);
  const char *first = taut__data_dir(context);
  assert_string_equal(first, variable);
  assert_int_equal(setenv("TAUT_DATA", empty, 1), 0);
  assert_ptr_equal(taut__data_dir(context), first); /* resolved once */
  taut_context_destroy(&context);

  context = new_context(NULL);
  assert_null(taut__data_dir(context)); /* a named folder without presets is not replaced by another */
  assert_int_equal(taut__error_code(context), TAUT_ERR_IO);
  assert_non_null(strstr(taut_context_message(context), empty));
  taut_context_destroy(&context);

  remove_folder(given);
  remove_folder(variable);
  remove_folder(empty);
}

static void data_of_a_program_in_the_build_folder_are_those_of_its_sources(void **state) {
  (void)state;
  char self[8];
  if (readlink("/proc/self/exe", self, sizeof self) < 0) skip(); /* the system does not tell where a program lies */
  assert_int_equal(unsetenv("TAUT_DATA"), 0);
  taut_context *context = new_context(NULL);
  assert_non_null(taut__data_dir(context));
  struct stat info;
  char header[512];
  snprintf(header, sizeof header, "%s/include/taut/taut.h", taut__data_dir(context));
  assert_int_equal(stat(header, &info), 0);
  taut_context_destroy(&context);
}

/* ------------------------------------------------------------------------------------------------- memory ---- */

static void the_ordered_allocation_fails_once(void **state) {
  (void)state;
  taut__alloc_fail_after(3);
  void *a = taut__alloc(1, 8);
  void *b = taut__realloc(NULL, 2, 8);
  void *c = taut__alloc(1, 8);
  void *d = taut__alloc_doubles(5);
  assert_non_null(a);
  assert_non_null(b);
  assert_null(c);
  assert_non_null(d);
  taut__alloc_fail_after(1);
  assert_null(taut__alloc_doubles(1));
  taut__alloc_fail_after(1);
  assert_null(taut__strdup("x"));
  taut__alloc_fail_after(1);
  assert_null(taut__realloc(NULL, 1, 1));
  free(a);
  free(b);
  free(d);
}

static void sizes_that_overflow_are_refused_and_nothing_is_no_failure(void **state) {
  (void)state;
  assert_null(taut__alloc(SIZE_MAX / 4, 8));
  assert_null(taut__realloc(NULL, SIZE_MAX / 4, 8));
  assert_null(taut__alloc_doubles(SIZE_MAX / 8));
  void *a = taut__alloc(0, 8), *b = taut__realloc(NULL, 0, 8);
  double *c = taut__alloc_doubles(0);
  assert_true(a != NULL && b != NULL && c != NULL);
  free(a);
  free(b);
  free(c);
}

static void doubles_are_aligned_to_64_bytes_and_zero(void **state) {
  (void)state;
  for (size_t n = 1; n < 40; n += 3) {
    double *p = taut__alloc_doubles(n);
    assert_non_null(p);
    assert_int_equal((uintptr_t)p % 64, 0);
    for (size_t i = 0; i < n; i++) assert_true(p[i] == 0.0);
    memset(p, 0xff, n * sizeof *p);
    free(p);
  }
}

/* -------------------------------------------------------------------------------------------------- texts ---- */

static void texts_grow_and_remember_a_failed_append(void **state) {
  (void)state;
  taut_text text = {0};
  for (int i = 0; i < 1000; i++) taut__text_add(&text, "%03d,", i);
  taut__text_addn(&text, "end\0x", 5);
  assert_int_equal(text.length, 4005);
  assert_memory_equal(text.data + 3996, "999,end\0x", 10);
  taut__text_free(&text);
  assert_null(text.data);
  taut__alloc_fail_after(1);
  taut__text_add(&text, "lost");
  assert_true(text.failed);
  taut__text_add(&text, "also lost");
  assert_int_equal(text.length, 0);
  taut__text_free(&text);
  taut__text_addn(&text, NULL, 0);
  assert_string_equal(text.data, "");
  taut__text_free(&text);
}

static void lists_of_texts_keep_order_and_survive_a_failed_append(void **state) {
  (void)state;
  taut_texts texts = {0};
  for (int i = 0; i < 20; i++) assert_int_equal(taut__texts_add(&texts, "warning %d", i), TAUT_OK);
  taut__alloc_fail_after(1);
  assert_int_equal(taut__texts_add(&texts, "no room"), TAUT_ERR_MEMORY);
  assert_int_equal(texts.count, 20);
  assert_int_equal(taut__texts_add(&texts, "%s", ""), TAUT_OK);
  assert_string_equal(texts.item[0], "warning 0");
  assert_string_equal(texts.item[19], "warning 19");
  assert_string_equal(texts.item[20], "");
  taut__texts_free(&texts);
  assert_int_equal(texts.count, 0);
}

static void numbers_are_short_and_read_back_exactly(void **state) {
  (void)state;
  static const struct {
    double x;
    const char *text;
  } row[] = {{0.1, "0.1"},
             {1e6, "1000000"},
             {250, "250"},
             {1.0 / 3, "0.3333333333333333"},
             {0.1 + 0.2, "0.30000000000000004"},
             {-0.0, "-0"},
             {5e-324, "5e-324"},
             {1e300, "1e+300"},
             {DBL_MAX, "1.7976931348623157e+308"},
             {(double)NAN, "nan"},
             {-HUGE_VAL, "-inf"}};
  char buffer[32];
  for (size_t i = 0; i < sizeof row / sizeof row[0]; i++) {
    assert_string_equal(taut__number(row[i].x, buffer), row[i].text);
  }
  for (uint64_t i = 0; i < 20000; i++) {
    /* magnitudes from the subnormal to the largest */
    double x = ldexp(taut__uniform(1, 2, i), (int)(i % 2100) - 1075) * (i % 2 ? -1 : 1);
    assert_true(strtod(taut__number(x, buffer), NULL) == x);
    assert_true(strlen(buffer) < 25);
  }
}

static void nearest_names_are_suggested_and_far_ones_are_not(void **state) {
  (void)state;
  static const char *const names[] = {"age", "sex", "phototype", "laxity", "photoage", "menopause", "Cheek"};
  enum { N = sizeof names / sizeof names[0] };
  assert_int_equal(taut__nearest("aeg", names, N), 0); /* one swap */
  assert_int_equal(taut__nearest("agse", names, N), 0);
  assert_int_equal(taut__nearest("xes", names, N), -1);
  assert_int_equal(taut__nearest("ages", names, N), 0);
  assert_int_equal(taut__nearest("fototype", names, N), 2);
  assert_int_equal(taut__nearest("laxitiy", names, N), 3);
  assert_int_equal(taut__nearest("photage", names, N), 4);
  assert_int_equal(taut__nearest("SEX", names, N), 1);
  assert_int_equal(taut__nearest("cheek", names, N), 6);
  assert_int_equal(taut__nearest("menopause", names, N), 5);
  assert_int_equal(taut__nearest("thickness", names, N), -1);
  assert_int_equal(taut__nearest("", names, N), -1);
  assert_int_equal(taut__nearest("age", names, 0), -1);
  char longest[200];
  memset(longest, 'a', sizeof longest);
  longest[199] = '\0';
  assert_int_equal(taut__nearest(longest, names, N), -1);
}

/* -------------------------------------------------------------------------------------------- random numbers ---- */

/* First two words of the known answers of the Random123 distribution (kat_vectors, philox4x32 10 rounds). */
static void uniform_numbers_are_philox_by_its_known_answers(void **state) {
  (void)state;
  static const struct {
    uint64_t seed, stream, index;
    uint32_t word0, word1;
  } row[] = {{0, 0, 0, 0x6627e8d5, 0xe169c58d},
             {UINT64_MAX, UINT64_MAX, UINT64_MAX, 0x408f276d, 0x41c83b0e},
             {0x299f31d0a4093822, 0x0370734413198a2e, 0x85a308d3243f6a88, 0xd16cfe09, 0x94fdcceb}};
  for (size_t i = 0; i < sizeof row / sizeof row[0]; i++) {
    uint64_t bits = (uint64_t)row[i].word1 << 32 | row[i].word0;
    double expected = ldexp((double)(bits >> 12) + 0.5, -52);
    assert_true(taut__uniform(row[i].seed, row[i].stream, row[i].index) == expected);
  }
}

static void normal_numbers_have_the_moments_and_tails_of_the_normal_law(void **state) {
  (void)state;
  enum { N = 200000 };
  double sum[5] = {0};
  long beyond_two = 0;
  uint64_t stream = taut__stream("base_test");
  for (uint64_t i = 0; i < N; i++) {
    double u = taut__uniform(7, stream, i), z = taut__normal(7, stream, i), power = 1;
    assert_true(u > 0 && u < 1);
    assert_true((u < 0.5) == (z < 0));
    for (int k = 0; k < 5; k++, power *= z) sum[k] += power;
    beyond_two += fabs(z) > 2;
  }
  /* five standard errors each: 1/sqrt(N), sqrt(2/N), sqrt(15/N), sqrt(96/N), sqrt(p(1-p)/N) */
  assert_true(fabs(sum[1] / N) < 5 * sqrt(1.0 / N));
  assert_true(fabs(sum[2] / N - 1) < 5 * sqrt(2.0 / N));
  assert_true(fabs(sum[3] / N) < 5 * sqrt(15.0 / N));
  assert_true(fabs(sum[4] / N - 3) < 5 * sqrt(96.0 / N));
  assert_true(fabs((double)beyond_two / N - 0.0455) < 5 * sqrt(0.0455 * 0.9545 / N));
}

static void streams_of_names_are_fnv_1a_and_independent(void **state) {
  (void)state;
  assert_true(taut__stream("") == UINT64_C(0xcbf29ce484222325));
  assert_true(taut__stream("a") == UINT64_C(0xaf63dc4c8601ec8c));
  assert_true(taut__stream("foobar") == UINT64_C(0x85944171f73967e8));
  enum { N = 100000 };
  double product = 0;
  for (uint64_t i = 0; i < N; i++) product += taut__normal(1, 5, i) * taut__normal(1, 6, i);
  assert_true(fabs(product / N) < 5 / sqrt((double)N));
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(every_error_has_a_text_and_a_documented_exit_status),
      cmocka_unit_test(version_and_commit_are_given),
      cmocka_unit_test(failures_are_listed_in_order_and_the_first_code_is_kept),
      cmocka_unit_test(a_failure_without_memory_for_its_text_is_still_reported),
      cmocka_unit_test(wrong_options_and_missing_memory_refuse_a_context),
      cmocka_unit_test(log_and_progress_reach_their_receivers),
      cmocka_unit_test(data_folder_is_the_given_one_or_else_the_one_of_the_variable),
      cmocka_unit_test(data_of_a_program_in_the_build_folder_are_those_of_its_sources),
      cmocka_unit_test(the_ordered_allocation_fails_once),
      cmocka_unit_test(sizes_that_overflow_are_refused_and_nothing_is_no_failure),
      cmocka_unit_test(doubles_are_aligned_to_64_bytes_and_zero),
      cmocka_unit_test(texts_grow_and_remember_a_failed_append),
      cmocka_unit_test(lists_of_texts_keep_order_and_survive_a_failed_append),
      cmocka_unit_test(numbers_are_short_and_read_back_exactly),
      cmocka_unit_test(nearest_names_are_suggested_and_far_ones_are_not),
      cmocka_unit_test(uniform_numbers_are_philox_by_its_known_answers),
      cmocka_unit_test(normal_numbers_have_the_moments_and_tails_of_the_normal_law),
      cmocka_unit_test(streams_of_names_are_fnv_1a_and_independent),
  };
  return cmocka_run_group_tests_name("base", tests, NULL, NULL);
}
