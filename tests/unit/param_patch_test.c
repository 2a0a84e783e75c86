/* Keys of a patch and the file of its punctures: values, the resolved case, every wrong line. */
#define _XOPEN_SOURCE 700 /* mkdtemp */
#include "param_fixture.h"

#include <sys/stat.h>
#include <unistd.h>

#define PATCH "patient: {age: 40 years}\nsite: cheek\nmodel: {scale: patch, patch: {size: 4 mm}}\n"

static char folder[64];

static int open_folder(void **state) {
  snprintf(folder, sizeof folder, "/tmp/taut_patch_XXXXXX");
  return mkdtemp(folder) ? open_context(state) : -1;
}

static int close_folder(void **state) {
  char file[128];
  snprintf(file, sizeof file, "%s/points.csv", folder);
  unlink(file);
  rmdir(folder);
  return close_context(state);
}

static void write_file(const char *text, size_t length) {
  char path[128];
  snprintf(path, sizeof path, "%s/points.csv", folder);
  FILE *file = fopen(path, "wb");
  assert_non_null(file);
  assert_int_equal(fwrite(text, 1, length, file), length);
  assert_int_equal(fclose(file), 0);
}

/* Reads a case that lies in the folder. */
static taut_err read_here(const char *text, taut_case **c) {
  char name[128];
  snprintf(name, sizeof name, "%s/case.yaml", folder);
  return taut__case_parse(context, &taut__registry, name, text, strlen(text), NULL, 0, c);
}

/* ----------------------------------------------------------------------------------------------------- grid ---- */

static void points_across_are_even_with_small_factors(void **state) {
  (void)state;
  static const int row[][2] = {{8, 8},     {9, 10},    {11, 12},   {13, 14},   {17, 18},   {22, 24},   {33, 36},
                               {127, 128}, {250, 250}, {251, 252}, {253, 256}, {499, 500}, {500, 500}, {1001, 1008}};
  for (size_t i = 0; i < sizeof row / sizeof *row; i++) assert_int_equal(taut__patch_points(row[i][0]), row[i][1]);
  for (int n = 8; n < 3000; n++) {
    const int m = taut__patch_points(n);
    int rest = m;
    assert_true(m >= n && m % 2 == 0);
    for (int p = 2; p <= 7; p++)
      while (rest % p == 0) rest /= p;
    assert_int_equal(rest, 1);
  }
}

static void spacing_is_that_of_the_points_in_use(void **state) {
  (void)state;
  static const struct {
    const char *model;
    int points;
    double spacing;
    const char *text;
  } row[] = {
      {"{scale: patch}", 250, 0.02, "20"},
      {"{scale: patch, accuracy: draft}", 126, 5.0 / 126, NULL},
      {"{scale: patch, accuracy: fine}", 500, 0.01, NULL},
      {"{scale: patch, patch: {size: 1 cm, spacing: 20 um}}", 500, 0.02, "20 um"},
      {"{scale: patch, patch: {size: 1 mm, spacing: 0.03 mm}}", 36, 1.0 / 36, NULL},
  };
  for (size_t i = 0; i < sizeof row / sizeof *row; i++) {
    char text[256];
    snprintf(text, sizeof text, MINIMAL "model: %s\n", row[i].model);
    taut_case *c = good_case(text, NULL);
    assert_int_equal(c->model.patch.points, row[i].points);
    assert_true(fabs(c->model.patch.spacing - row[i].spacing) < 1e-15);
    assert_true(c->model.patch.vary);
    assert_int_equal(c->model.tracks, 1);
    size_t length;
    char *written = written_case(c, &length);
    taut_case *again = good_case(written, NULL);
    assert_int_equal(again->model.patch.points, row[i].points);
    char a[17], b[17];
    taut_case_hash(c, a), taut_case_hash(again, b);
    assert_string_equal(a, b);
    free(written);
    taut_case_destroy(&c), taut_case_destroy(&again);
  }
}

static void other_scales_know_no_patch(void **state) {
  (void)state;
  taut_case *c = good_case(MINIMAL "model.patch.size: 3 mm\ntreatment.points: nowhere.csv\n", NULL);
  assert_int_equal(c->warnings.count, 2);
  assert_string_equal(c->warnings.item[0],
                      "note: case.yaml:5:19: treatment.points has no effect with model.scale track");
  assert_string_equal(c->warnings.item[1],
                      "note: case.yaml:4:19: model.patch.size has no effect with model.scale track");
  size_t length;
  char *text = written_case(c, &length);
  assert_null(strstr(text, "patch.size"));
  assert_null(strstr(text, "points:"));
  assert_int_equal(c->points.n, 0);
  free(text);
  taut_case_destroy(&c);
}

/* --------------------------------------------------------------------------------------------------- points ---- */

static void points_are_read_with_any_layout_of_the_file(void **state) {
  (void)state;
  static const char *const file[] = {
      "session,x_mm,y_mm,depth_mm\n1,0.5,1.5,0.7\n2,4,0,\n1,0,4,1\n",
      "\xef\xbb\xbfsession,x_mm,y_mm,depth_mm\r\n1,0.5,1.5,0.7\r\n2,4,0,\r\n1,0,4,1\r\n",
      "# made by hand\n\ndepth_mm , y_mm,x_mm\t, session\n\n.7,15e-1,+0.5,1\n  , 0,4 ,2\n1,4.0,0,1.0"};
  char hash[3][17];
  for (int i = 0; i < 3; i++) {
    write_file(file[i], strlen(file[i]));
    taut_case *c = NULL;
    if (read_here(PATCH "treatment: {depth: 1 mm, points: points.csv}\nschedule.sessions: 2\n", &c))
      fail_msg("%s", taut_context_message(context));
    assert_int_equal(c->points.n, 3);
    const taut_point *p = c->points.point;
    assert_int_equal(p[0].session, 0);
    assert_int_equal(p[1].session, 1);
    assert_true(p[0].x == 0.5 && p[0].y == 1.5 && p[0].depth == 0.7);
    assert_true(p[1].x == 0 && p[1].y == 0 && isnan(p[1].depth)); /* the far edge is the near one */
    assert_true(p[2].x == 0 && p[2].y == 0 && p[2].depth == 1);
    assert_true(c->session[0].density == 2.0 / 16 && c->session[1].density == 1.0 / 16);
    taut_case_hash(c, hash[i]);
    taut_case_destroy(&c);
  }
  assert_string_equal(hash[0], hash[1]);
  assert_string_equal(hash[0], hash[2]);
}

static void the_written_case_finds_its_points_from_anywhere(void **state) {
  (void)state;
  static const char file[] = "session,x_mm,y_mm\n1,1,1\n1,2,2\n", moved[] = "session,x_mm,y_mm\n1,1,1\n1,2,2.5\n";
  write_file(file, strlen(file));
  taut_case *c = NULL, *again, *other = NULL;
  static const char text[] = PATCH "treatment: {depth: 1 mm, points: points.csv}\n";
  assert_int_equal(read_here(text, &c), TAUT_OK);
  size_t length;
  char *written = written_case(c, &length), a[17], b[17];
  again = good_case(written, NULL); /* as a file in the current folder */
  assert_int_equal(again->points.n, 2);
  taut_case_hash(c, a), taut_case_hash(again, b);
  assert_string_equal(a, b);
  write_file(moved, strlen(moved));
  assert_int_equal(read_here(text, &other), TAUT_OK);
  taut_case_hash(other, b);
  assert_string_not_equal(a, b); /* other punctures are another case */
  free(written);
  taut_case_destroy(&c), taut_case_destroy(&again), taut_case_destroy(&other);
}

#define HEADER "session,x_mm,y_mm\n"
#define DEPTHS "session,x_mm,y_mm,depth_mm\n"

static void every_wrong_line_is_answered_with_its_place(void **state) {
  (void)state;
  static const struct {
    const char *file, *message; /* after the folder */
  } row[] = {
      {"", "1:1: no header; expected session,x_mm,y_mm or session,x_mm,y_mm,depth_mm"},
      {"\n\n# nothing\n", "1:1: no header; expected session,x_mm,y_mm or session,x_mm,y_mm,depth_mm"},
      {"1,2,3\n", "1:1: unknown column \"1\"; expected the header session,x_mm,y_mm or session,x_mm,y_mm,depth_mm"},
      {"session,x_mm,y_m\n", "1:14: unknown column \"y_m\"; nearest known column y_mm"},
      {"session;x_mm;y_mm\n", "1:1: unknown column \"session;x_mm;y_mm\"; expected the header session,x_mm,y_mm or "
                              "session,x_mm,y_mm,depth_mm"},
      {"session,x_mm\n", "1:1: no column y_mm; expected the header session,x_mm,y_mm or session,x_mm,y_mm,depth_mm"},
      {"x_mm,y_mm,depth_mm\n",
       "1:1: no column session; expected the header session,x_mm,y_mm or session,x_mm,y_mm,depth_mm"},
      {"session,x_mm,y_mm,x_mm\n", "1:19: column x_mm twice; expected it once"},
      {HEADER "1,1\n", "2:1: 2 fields; expected 3 as in the header"},
      {HEADER "1,1,1,1\n", "2:1: 4 fields; expected 3 as in the header"},
      {HEADER "1,,1\n", "2:3: x_mm: no value given; expected a number such as 1.25"},
      {HEADER "\n1,1 ,  x\n", "3:8: y_mm: \"x\" is no number; expected one such as 1.25, without a unit"},
      {HEADER "1,1 mm,2\n", "2:3: x_mm: \"1 mm\" is no number; expected one such as 1.25, without a unit"},
      {HEADER "1,\"1\",2\n", "2:3: x_mm: \"\"1\"\" is no number; expected one such as 1.25, without a unit"},
      {HEADER "1,nan,2\n", "2:3: x_mm: \"nan\" is no number; expected one such as 1.25, without a unit"},
      {HEADER "1,2,inf\n", "2:5: y_mm: \"inf\" is no number; expected one such as 1.25, without a unit"},
      {HEADER "1,2,1e999\n",
       "2:5: y_mm: \"1e999\" is too large for a number; expected one such as 1.25, without a unit"},
      {HEADER "1,4.001,2\n", "2:3: x_mm: 4.001 is out of bounds; expected 0 to 4"},
      {HEADER "1,2,-0.1\n", "2:5: y_mm: -0.1 is out of bounds; expected 0 to 4"},
      {HEADER "3,1,1\n", "2:1: session: there is no session 3; expected 1 to 2 as in schedule.sessions"},
      {HEADER "0,1,1\n", "2:1: session: there is no session 0; expected 1 to 2 as in schedule.sessions"},
      {HEADER "1.5,1,1\n", "2:1: session: there is no session 1.5; expected 1 to 2 as in schedule.sessions"},
      {DEPTHS "1,1,1,1.2\n", "2:7: depth_mm: 1.2 is out of bounds; expected 0.001 to 1"},
      {DEPTHS "1,1,1,0\n", "2:7: depth_mm: 0 is out of bounds; expected 0.001 to 1"},
  };
  int failed = 0;
  for (size_t i = 0; i < sizeof row / sizeof *row; i++) {
    taut_case *c = NULL;
    char expected[512];
    write_file(row[i].file, strlen(row[i].file));
    taut_err err = read_here(PATCH "treatment: {depth: 1 mm, points: points.csv}\nschedule.sessions: 2\n", &c);
    snprintf(expected, sizeof expected, "%s/points.csv:%s", folder, row[i].message);
    bool good = err == TAUT_ERR_INPUT && !c && strcmp(taut_context_message(context), expected) == 0;
    if (!good) print_error("%s%d, \"%s\"\n", row[i].file, (int)err, taut_context_message(context));
    failed += !good;
    taut_case_destroy(&c);
  }
  assert_int_equal(failed, 0);
}

static void a_zero_byte_and_a_flood_of_errors_end_well(void **state) {
  (void)state;
  static const char zero[] = HEADER "1,1\0,1\n";
  taut_case *c = NULL;
  write_file(zero, sizeof zero - 1);
  static const char text[] = PATCH "treatment: {depth: 1 mm, points: points.csv}\n";
  assert_int_equal(read_here(text, &c), TAUT_ERR_INPUT);
  assert_non_null(strstr(taut_context_message(context), "points.csv:2:4: a byte of value 0; expected text"));
  taut_text flood = {0};
  taut__text_add(&flood, HEADER);
  for (int i = 0; i < 100; i++) taut__text_add(&flood, "9,9,9\n");
  write_file(flood.data, flood.length);
  assert_int_equal(read_here(text, &c), TAUT_ERR_INPUT);
  assert_non_null(strstr(taut_context_message(context), "there are more errors; the first 20 are shown"));
  taut__text_free(&flood);
}

static void wrong_cases_with_points_are_refused(void **state) {
  (void)state;
  static const struct {
    const char *rest, *message;
  } row[] = {
      {"treatment: {depth: 1 mm, points: other.csv}\n", "%s/other.csv: cannot be opened: No such file or directory"},
      {"treatment: {depth: 1 mm, points: .}\n", "%s/.: is a folder; expected a file of punctures"},
      {"treatment: {depth: 1 mm, points: points.csv, density: 100 /cm^2}\n",
       "%s/case.yaml:4:26: treatment.points: contradicts treatment.density; expected one of them"},
      {"treatment: {depth: 1 mm, points: points.csv, passes: 3}\n",
       "%s/case.yaml:4:26: treatment.points: contradicts treatment.passes; expected one of them"},
      {"treatment: {depth: 1 mm, points: points.csv}\nschedule.sessions: [{at: 0 days, density: 10 /cm^2}]\n",
       "%s/case.yaml:5:20: schedule.sessions: density and passes contradict treatment.points; expected one of them"},
      {"treatment: {depth: 1 mm, points: points.csv}\nschedule.sessions: 2\n",
       "%s/case.yaml:4:34: treatment.points: no puncture of session 2 of 2 in %s/points.csv; expected some of every "
       "session"},
      {"treatment: {depth: 1 mm, points: [a]}\n",
       "%s/case.yaml:4:34: treatment.points: a list is no text; expected the name of a file, or none"},
      {"treatment.depth: 1 mm\nmodel.patch.spacing: 2 mm\n",
       "%s/case.yaml:5:22: model.patch.spacing: 2 mm is out of bounds; expected a length from 0.001 to 1 mm, or auto"},
      {"treatment.depth: 1 mm\nmodel.patch.spacing: 0.6 mm\n",
       "%s/case.yaml:5:22: model.patch.spacing: a patch of 4 mm with points every 0.6 mm has 7 points across; expected "
       "8 to 20000"},
  };
  write_file(HEADER "1,1,1\n", strlen(HEADER "1,1,1\n"));
  int failed = 0;
  for (size_t i = 0; i < sizeof row / sizeof *row; i++) {
    taut_case *c = NULL;
    char text[512], expected[512];
    snprintf(text, sizeof text, "patient: {age: 40 years}\nsite: cheek\nmodel.scale: patch\n%s%s", row[i].rest,
             "model.patch.size: 4 mm\n");
#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wformat-nonliteral"
    snprintf(expected, sizeof expected, row[i].message, folder, folder);
#pragma GCC diagnostic pop
    bool good = read_here(text, &c) == TAUT_ERR_INPUT && !c && strcmp(taut_context_message(context), expected) == 0;
    if (!good) print_error("%s\"%s\"\n", text, taut_context_message(context));
    failed += !good;
    taut_case_destroy(&c);
  }
  assert_int_equal(failed, 0);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(points_across_are_even_with_small_factors),
      cmocka_unit_test(spacing_is_that_of_the_points_in_use),
      cmocka_unit_test(other_scales_know_no_patch),
      cmocka_unit_test(points_are_read_with_any_layout_of_the_file),
      cmocka_unit_test(the_written_case_finds_its_points_from_anywhere),
      cmocka_unit_test(every_wrong_line_is_answered_with_its_place),
      cmocka_unit_test(a_zero_byte_and_a_flood_of_errors_end_well),
      cmocka_unit_test(wrong_cases_with_points_are_refused),
  };
  return cmocka_run_group_tests(tests, open_folder, close_folder);
}
