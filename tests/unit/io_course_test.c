/* What a whole course leaves: fields on the tracks of their own session, and the log of a run that fails. */
#define _XOPEN_SOURCE 700 /* mkdtemp */

#include "course/course.h"
#include "io/io.h"

#include <hdf5.h>
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>

static taut_context *context;

static int begin(void **state) {
  (void)state;
  return taut_context_create(NULL, &context) == TAUT_OK ? 0 : -1;
}

static int end(void **state) {
  (void)state;
  taut__io_fail_after(-1);
  taut_context_destroy(&context);
  return 0;
}

static void good(taut_err err) {
  if (err) fail_msg("%s", taut_context_message(context));
}

/* Two sessions that differ in depth and density, seen before and after the second. */
static const char unlike[] = "patient: {age: 45 years}\nsite: cheek\ndevice: pen_14\n"
                             "treatment: {depth: 1.0 mm, density: 250 /cm^2}\n"
                             "schedule:\n"
                             "  sessions: [{at: 0 days}, {at: 7 days, depth: 0.75 mm, density: 150 /cm^2}]\n"
                             "  follow_up: [1 day, 7 days, 9 days]\n"
                             "model: {grid: G1, tolerance: 1e-2, tracks: 3}\n";

typedef struct course {
  taut_case *c;
  taut_model *model;
  taut_result *result;
} course;

static course start(const char *text) {
  course x = {0};
  good(taut_case_parse(context, "test.yaml", text, strlen(text), NULL, 0, &x.c));
  good(taut_model_create(context, x.c, &x.model));
  return x;
}

static void stop(course *x) {
  taut_result_destroy(&x->result);
  taut_model_destroy(&x->model);
  taut_case_destroy(&x->c);
}

/* ---------------------------------------------------------------------------------------------------- fields ---- */

static double *read_set(hid_t file, const char *group, const char *name, int *n) {
  char path[128];
  snprintf(path, sizeof path, "%s/%s", group, name);
  hid_t set = H5Dopen2(file, path, H5P_DEFAULT);
  if (set < 0) fail_msg("no dataset %s", path);
  hid_t space = H5Dget_space(set);
  *n = (int)H5Sget_simple_extent_npoints(space);
  double *value = calloc((size_t)*n, sizeof *value);
  assert_non_null(value);
  assert_true(H5Dread(set, H5T_NATIVE_DOUBLE, H5S_ALL, H5S_ALL, H5P_DEFAULT, value) >= 0);
  H5Sclose(space);
  H5Dclose(set);
  return value;
}

/* Mean of a field over the dermis of a track, by the volumes and layers beside it in the file. */
static double dermal_mean(hid_t file, const char *group, const char *field) {
  int n, layers, values;
  double *volume = read_set(file, group, "volume", &n), *layer = read_set(file, group, "layer", &layers);
  double *value = read_set(file, group, field, &values), sum = 0, all = 0;
  assert_true(n == layers && n == values);
  for (int i = 0; i < n; i++) {
    if (layer[i] != TAUT_PAPILLARY && layer[i] != TAUT_RETICULAR) continue;
    sum += volume[i] * value[i];
    all += volume[i];
  }
  free(volume), free(layer), free(value);
  return sum / all;
}

static double weight_of(hid_t file, const char *group) {
  double weight = NAN;
  hid_t attribute = H5Aopen_by_name(file, group, "weight", H5P_DEFAULT, H5P_DEFAULT);
  assert_true(attribute >= 0 && H5Aread(attribute, H5T_NATIVE_DOUBLE, &weight) >= 0);
  H5Aclose(attribute);
  return weight;
}

/* Where the XDMF finds the n-th neutrophil array of a visit: "/geometry_2/track_1" and "fields/N/visit_003". */
static bool n_th_array(const char *xdmf, int visit, int n, char group[64], char field[64]) {
  char dataset[32];
  snprintf(dataset, sizeof dataset, "/fields/N/visit_%03d<", visit + 1);
  const char *found = strstr(xdmf, dataset);
  for (; found != NULL && n > 0; n--) found = strstr(found + 1, dataset);
  if (found == NULL) return false;
  const char *from = found;
  while (strncmp(from, "fields.h5:", 10) != 0) from--;
  snprintf(group, 64, "%.*s", (int)(found - from) - 10, from + 10);
  snprintf(field, 64, "%.*s", (int)strlen(dataset) - 2, found + 1);
  return true;
}

/* Whoever opens the files sees what the tables say: means by the geometry that the XDMF gives each visit. */
static void means_of_the_fields_in_the_file_are_the_observed_ones_after_unlike_sessions(void **state) {
  (void)state;
  course x = start(unlike);
  void *image;
  size_t length;
  taut_text xdmf = {0};
  good(taut_run(context, x.model, &x.result));
  good(taut__fields_h5(context, x.result, &image, &length));
  taut__fields_xdmf(x.result, "fields.h5", &xdmf);
  hid_t access = H5Pcreate(H5P_FILE_ACCESS);
  assert_true(H5Pset_fapl_core(access, 1 << 16, false) >= 0 && H5Pset_file_image(access, image, length) >= 0);
  hid_t file = H5Fopen("image", H5F_ACC_RDONLY, access);
  H5Pclose(access);
  assert_true(file >= 0);
  assert_int_equal(x.result->snapshots, 3);
  for (int s = 0; s < 3; s++) {
    char group[64], field[64];
    double mean = 0, weights = 0;
    int tracks = 0;
    for (; n_th_array(xdmf.data, s, tracks, group, field); tracks++) {
      assert_true((strncmp(group, "/geometry_2/", 12) == 0) ==
                  (s >= 1)); /* the visit on day 7 sees the second session */
      mean += weight_of(file, group) * dermal_mean(file, group, field);
      weights += weight_of(file, group);
    }
    const double observed = x.result->observed[s * x.result->observables + TAUT_O_N_derm];
    assert_int_equal(tracks, x.result->domains);
    assert_true(fabs(weights - 1) < 1e-12);
    assert_true(observed > 0);
    if (!(fabs(mean / observed - 1) < 1e-12))
      fail_msg("visit %d: %.17g in the file, %.17g observed", s, mean, observed);
  }
  H5Fclose(file);
  free(image);
  taut__text_free(&xdmf);
  stop(&x);
}

/* ------------------------------------------------------------------------------------------------------- log ---- */

static int calls_left;
static taut_strip_fn *good_strip;

/* A production that is no number after a while. */
static void failing_strip(const taut_strip *s, double *restrict P, double *restrict L) {
  good_strip(s, P, L);
  if (--calls_left < 0) P[0] = NAN;
}

static taut_strip_fn *strips[TAUT_H_FIELDS];

static void spoil(course *x, int calls) {
  taut_field_set *set = &x->model->healing->set;
  memcpy(strips, set->strip, sizeof strips);
  good_strip = strips[TAUT_H_N];
  strips[TAUT_H_N] = failing_strip;
  set->strip = strips;
  calls_left = calls;
}

static void assert_has(const char *text, const char *part) {
  assert_non_null(text);
  if (strstr(text, part) == NULL) fail_msg("'%s' not found in:\n%.4000s", part, text);
}

static void a_run_that_fails_numerically_hands_out_its_log(void **state) {
  (void)state;
  course x = start(unlike);
  assert_string_equal(taut_context_log(context), "");
  assert_true(x.model->warnings.count > 0);
  spoil(&x, 200);
  assert_int_equal(taut_run(context, x.model, &x.result), TAUT_ERR_NUMERICS);
  assert_null(x.result);
  const char *log = taut_context_log(context);
  char hash[17], first[128];
  taut_case_hash(x.c, hash);
  snprintf(first, sizeof first, "taut %s (%s), case %s\nday 0: session\nday ", taut_version(), taut_commit(), hash);
  assert_true(strncmp(log, first, strlen(first)) == 0);
  assert_has(log, ": step 3 accepted, ");
  assert_has(log, "\nsteps ");
  const char *warning = x.model->warnings.item[0];
  assert_has(log, warning);
  const char *last = strstr(log, "\nfailed: field ");
  assert_non_null(last);
  assert_has(last, " is not a number at day ");
  assert_has(last, taut_context_message(context));
  assert_string_equal(last + strlen(last) - 1, "\n");
  stop(&x);
}

static void a_run_that_succeeds_or_is_refused_leaves_no_log(void **state) {
  (void)state;
  course x = start(unlike);
  spoil(&x, 0);
  assert_int_equal(taut_run(context, x.model, &x.result), TAUT_ERR_NUMERICS);
  assert_has(taut_context_log(context), "failed: ");
  stop(&x);
  x = start(unlike);
  assert_string_equal(taut_context_log(context), "");
  spoil(&x, 0);
  assert_int_equal(taut_run(context, x.model, &x.result), TAUT_ERR_NUMERICS);
  calls_left = 1 << 30;
  good(taut_run(context, x.model, &x.result));
  assert_string_equal(taut_context_log(context), "");
  stop(&x);
}

static void assert_file(const char *path, const char *text) {
  char *content = calloc(1, strlen(text) + 2);
  FILE *file = fopen(path, "r");
  assert_non_null(content);
  assert_non_null(file);
  assert_int_equal(fread(content, 1, strlen(text) + 1, file), strlen(text));
  assert_string_equal(content, text);
  fclose(file);
  free(content);
}

static void the_log_is_written_beside_the_folder_whole_or_not_at_all(void **state) {
  (void)state;
  char folder[64] = "/tmp/taut-log-XXXXXX", target[96], parent[96], log[96], second[96];
  assert_non_null(mkdtemp(folder));
  snprintf(parent, sizeof parent, "%s/a", folder);
  snprintf(target, sizeof target, "%s/a/result/", folder);
  snprintf(log, sizeof log, "%s/a/result.log", folder);
  snprintf(second, sizeof second, "%s/a/result.2.log", folder);
  taut_text text = {0};
  taut__text_add(&text, "taut\nfailed: as ordered\n");
  taut__keep_log(context, &text);
  const char *path;
  long n = 1;
  for (;; n++) {
    taut__io_fail_after(n);
    taut_err err = taut_context_log_write(context, target, &path);
    taut__io_fail_after(-1);
    if (err == TAUT_OK) break;
    assert_int_equal(err, TAUT_ERR_IO);
    assert_null(path);
    assert_int_equal(rmdir(folder), 0); /* nothing is in it, made parents are gone */
    assert_int_equal(mkdir(folder, 0700), 0);
  }
  assert_true(n > 5); /* parent, create, write, synchronise, close, rename */
  assert_string_equal(path, log);
  assert_file(log, taut_context_log(context));
  good(taut_context_log_write(context, target, &path));
  assert_string_equal(path, second);
  assert_file(second, taut_context_log(context));
  assert_int_equal(unlink(log) | unlink(second) | rmdir(parent) | rmdir(folder), 0);
}

int main(void) {
#define TEST(f) cmocka_unit_test_setup_teardown(f, begin, end)
  const struct CMUnitTest tests[] = {
      TEST(means_of_the_fields_in_the_file_are_the_observed_ones_after_unlike_sessions),
      TEST(a_run_that_fails_numerically_hands_out_its_log),
      TEST(a_run_that_succeeds_or_is_refused_leaves_no_log),
      TEST(the_log_is_written_beside_the_folder_whole_or_not_at_all),
  };
  return cmocka_run_group_tests_name("io_course", tests, NULL, NULL);
}
