/* What stands in the files of a result: tables, summary, figure, closing table. */
#define _XOPEN_SOURCE 700 /* mkdtemp */

#include "io_fixture.h"
#include "io/svg.h"

#include <errno.h>
#include <jansson.h>
#include <locale.h>

static int begin(void **state) {
  *state = fixture_make(false, 3);
  return 0;
}

static int end(void **state) {
  fixture *x = *state;
  rmdir(x->folder);
  fixture_free(x);
  return 0;
}

/* Line n (from 0) of a text, in a static buffer. */
static const char *line(const char *text, int n) {
  static char buffer[2][512];
  static int turn;
  char *out = buffer[turn++ % 2];
  for (; n > 0; n--) {
    text = strchr(text, '\n');
    assert_non_null(text);
    text++;
  }
  snprintf(out, sizeof buffer[0], "%.*s", (int)strcspn(text, "\n"), text);
  return out;
}

static int count(const char *text, const char *part) {
  int n = 0;
  for (const char *s = text; (s = strstr(s, part)) != NULL; s += strlen(part)) n++;
  return n;
}

static void assert_has(const char *text, const char *part) {
  assert_non_null(text);
  if (strstr(text, part) == NULL) fail_msg("'%s' not found in:\n%.2000s", part, text);
}

/* ---------------------------------------------------------------------------------------------------- tables ---- */

static void visits_hold_value_baseline_and_change(void **state) {
  fixture *x = *state;
  taut_text csv = {0};
  taut__visits_csv(&x->result, &csv);
  assert_string_equal(line(csv.data, 0), "time_d,quantity,value,unit,baseline,change,change_percent");
  char expected[200];
  snprintf(expected, sizeof expected, "0,%s,0,%s,0,0,", taut__quantity[0].name, taut__quantity[0].unit);
  assert_string_equal(line(csv.data, 1), expected); /* no per cent of a baseline of 0 */
  snprintf(expected, sizeof expected, "0,%s,1,%s,1,0,0", taut__quantity[2].name, taut__quantity[2].unit);
  assert_string_equal(line(csv.data, 2), expected); /* quantity 1 is not modelled and has no row */
  assert_int_equal(count(csv.data, "\n"), 1 + FIXTURE_VISITS * (TAUT_QUANTITIES - 1));
  double value, baseline, change, percent;
  const char *row = line(csv.data, 1 + 3 * (TAUT_QUANTITIES - 1) + 1); /* last visit, quantity 2 */
  assert_int_equal(sscanf(row, "90,%*[^,],%lf,%*[^,],%lf,%lf,%lf", &value, &baseline, &change, &percent), 4);
  assert_true(value == x->result.visit[3 * TAUT_QUANTITIES + 2] && baseline == 1);
  assert_true(value != baseline && change == value - baseline && percent == 100 * (value - baseline) / baseline);
  taut__text_free(&csv);
}

static void numbers_in_tables_read_back_exactly(void **state) {
  fixture *x = *state;
  taut_text csv = {0};
  taut__course_csv(&x->result, &csv);
  assert_string_equal(line(csv.data, 0), "time_d,quantity,value,unit");
  const char *s = csv.data;
  for (int p = 0; p < x->result.points; p++) {
    for (int q = 0; q < TAUT_QUANTITIES; q++) {
      if (q == 1) continue;
      char name[64], unit[32];
      double day, value;
      s = strchr(s, '\n');
      assert_non_null(s);
      s++;
      assert_int_equal(sscanf(s, "%lf,%63[^,],%lf,%31[^\n]", &day, name, &value, unit), 4);
      assert_true(day == x->result.point_day[p] && value == x->result.point[p * TAUT_QUANTITIES + q]);
      assert_string_equal(name, taut__quantity[q].name);
      assert_string_equal(unit, taut__quantity[q].unit);
    }
  }
  assert_string_equal(s + strcspn(s, "\n"), "\n");
  taut__text_free(&csv);
}

static void observables_stand_in_columns_with_full_digits(void **state) {
  fixture *x = *state;
  taut_text csv = {0};
  taut__observables_csv(&x->result, &csv);
  assert_string_equal(line(csv.data, 0), "t_d,mass_pap,stain_pap");
  double day, a, b;
  assert_int_equal(sscanf(line(csv.data, 2), "%lf,%lf,%lf", &day, &a, &b), 3);
  assert_true(day == 1.0 / 24 && a == 1 + 2 / 3.0 && b == 1 + 3 / 3.0);
  assert_int_equal(count(csv.data, "\n"), 1 + FIXTURE_VISITS);
  taut__text_free(&csv);
}

static void the_log_ends_with_counts_and_warnings(void **state) {
  fixture *x = *state;
  taut_text text = {0};
  taut__log_txt(&x->result, &text);
  assert_has(text.data, "case 0123456789abcdef\nday 0: session 1\nsteps 321, rejected 4, redone with backward Euler 1\n"
                        "wall time 0.5 s\nwarning: depth: the needle may reach the fat\n");
  taut__text_free(&text);
}

/* --------------------------------------------------------------------------------------------------- summary ---- */

static void the_summary_holds_every_fact(void **state) {
  fixture *x = *state;
  char *text = NULL;
  assert_int_equal(taut__summary_json(x->context, &x->result, &text), TAUT_OK);
  json_t *root = json_loads(text, JSON_REJECT_DUPLICATES, NULL), *list;
  assert_non_null(root);
  assert_string_equal(json_string_value(json_object_get(root, "taut_version")), taut_version());
  assert_string_equal(json_string_value(json_object_get(root, "case_hash")), "0123456789abcdef");
  assert_string_equal(json_string_value(json_object_get(root, "notice")), TAUT_NOTICE);
  assert_int_equal(json_integer_value(json_object_get(root, "steps")), 321);
  assert_true(json_real_value(json_object_get(root, "rest_residual_per_day")) == 1e-16);
  list = json_object_get(root, "sessions");
  assert_int_equal(json_array_size(list), FIXTURE_SESSIONS);
  assert_true(json_real_value(json_object_get(json_array_get(list, 1), "achieved_depth_mm")) == 0.85);
  list = json_object_get(root, "ledgers");
  assert_true(json_real_value(json_object_get(json_array_get(list, 0), "expected")) == 1.5000001);
  assert_true(json_real_value(json_object_get(root, "worst_transport_imbalance")) == 3e-14);
  assert_true(json_real_value(json_object_get(root, "peak_myofibroblasts")) == 0.21);
  assert_true(json_real_value(json_object_get(root, "peak_mechanical_gate")) == 0.47);
  assert_int_equal(json_array_size(json_object_get(root, "warnings")), 1);
  list = json_object_get(root, "visits");
  assert_int_equal(json_array_size(list), FIXTURE_VISITS);
  json_t *outcome = json_object_get(json_object_get(json_array_get(list, 3), "quantities"), taut__quantity[2].name);
  assert_true(json_real_value(json_object_get(outcome, "value")) == x->result.visit[3 * TAUT_QUANTITIES + 2]);
  outcome = json_object_get(json_object_get(json_array_get(list, 3), "quantities"), taut__quantity[0].name);
  assert_true(json_is_null(json_object_get(outcome, "change_percent"))); /* baseline 0 */
  assert_null(json_object_get(json_object_get(json_array_get(list, 3), "quantities"), taut__quantity[1].name));
  json_decref(root);
  free(text);
}

static void what_has_no_model_is_named_with_its_reason(void **state) {
  fixture *x = *state;
  char *text = NULL;
  assert_int_equal(taut__summary_json(x->context, &x->result, &text), TAUT_OK);
  json_t *root = json_loads(text, JSON_REJECT_DUPLICATES, NULL), *list = json_object_get(root, "not_modelled");
  assert_int_equal(json_array_size(list), 1);
  assert_string_equal(json_string_value(json_array_get(list, 0)), "epidermal thickness");
  assert_has(json_string_value(json_object_get(json_object_get(root, "not_modelled_reasons"), "epidermal thickness")),
             "no model of it");
  json_decref(root);
  free(text);
}

static void broken_text_of_the_user_does_not_break_the_files(void **state) {
  fixture *x = *state;
  free(x->c.title);
  x->c.title = taut__strdup("bad \xff\xc3 bytes \x1b[31m & <tags> \xe2\x82\xac");
  char *json = NULL;
  assert_int_equal(taut__summary_json(x->context, &x->result, &json), TAUT_OK);
  assert_has(json, "\"title\": \"bad ?? bytes ?[31m & <tags> \xe2\x82\xac\"");
  free(json);
  taut_text svg = {0};
  taut__course_svg(&x->result, &svg);
  assert_has(svg.data, "<title>bad ?? bytes ?[31m &amp; &lt;tags&gt; \xe2\x82\xac</title>");
  taut__text_free(&svg);
}

/* ---------------------------------------------------------------------------------------------------- figure ---- */

/* Tags open and close in order, attributes are quoted. */
static void assert_well_formed(const char *xml) {
  char stack[32][32];
  int depth = 0;
  for (const char *s = xml; (s = strchr(s, '<')) != NULL; s++) {
    const char *end = strchr(s, '>');
    assert_non_null(end);
    assert_null(memchr(s + 1, '<', (size_t)(end - s - 1)));
    if (s[1] == '?' || s[1] == '!') continue;
    char name[32];
    bool closing = s[1] == '/';
    assert_int_equal(sscanf(s + 1 + closing, "%31[a-zA-Z0-9]", name), 1);
    if (closing) {
      assert_true(depth > 0);
      assert_string_equal(stack[--depth], name);
    } else if (end[-1] != '/') {
      assert_true(depth < 32);
      strcpy(stack[depth++], name);
    }
    int quotes = 0;
    for (const char *c = s; c < end; c++) quotes += *c == '"';
    assert_int_equal(quotes % 2, 0);
  }
  assert_int_equal(depth, 0);
}

static void assert_curves_inside(const char *svg) {
  for (const char *s = svg; (s = strstr(s, " points=\"")) != NULL;) {
    s += 9;
    while (*s != '"') {
      double px, py;
      int n;
      assert_int_equal(sscanf(s, "%lf,%lf%n", &px, &py, &n), 2);
      assert_true(px >= 0 && px <= 1080 && py >= 100 && py <= 810);
      s += n + (s[n] == ' ');
    }
  }
}

static void the_figure_is_well_formed_and_complete(void **state) {
  fixture *x = *state;
  taut_text svg = {0};
  taut__course_svg(&x->result, &svg);
  assert_well_formed(svg.data);
  assert_curves_inside(svg.data);
  assert_has(svg.data, TAUT_NOTICE);
  assert_has(svg.data, "Three sessions &quot;on&quot; a &lt;neck&gt; &amp; more");
  assert_has(svg.data, "weeks after the first session");
  assert_has(svg.data, "needle set to 1.00 mm, reached 0.85 mm");
  assert_int_equal(count(svg.data, "<polyline"), 14);
  taut__text_free(&svg);
}

static void an_untreated_and_an_empty_course_can_be_drawn(void **state) {
  fixture *x = *state;
  taut_text svg = {0};
  x->result.sessions = 0;
  for (int i = 0; i < x->result.points * TAUT_QUANTITIES; i++) x->result.point[i] = 1;
  for (int q = 0; q < TAUT_QUANTITIES; q++) x->result.baseline[q] = 1;
  taut__course_svg(&x->result, &svg);
  assert_well_formed(svg.data);
  assert_curves_inside(svg.data);
  assert_has(svg.data, "untreated");
  taut__text_free(&svg);
  x->result.points = 0;
  taut__course_svg(&x->result, &svg);
  assert_well_formed(svg.data);
  assert_int_equal(count(svg.data, "not modelled in this run"), 4);
  taut__text_free(&svg);
}

static void a_thinned_curve_stays_within_its_gate(void **state) {
  (void)state;
  enum { N = 3000 };
  static double px[N], py[N];
  taut_text out = {0};
  taut_svg_curve curve;
  taut__svg_curve_begin(&curve, &out, "#000000", 1, NULL);
  for (int i = 0; i < N; i++) {
    px[i] = 500.0 * i / N;
    py[i] = 100 + 80 * sin(px[i] / 20) + (i > 1500 ? 60 : 0); /* smooth, with a jump */
    taut__svg_curve_point(&curve, px[i], py[i]);
  }
  taut__svg_curve_end(&curve);
  const char *s = strstr(out.data, "points=\"");
  assert_non_null(s);
  s += 8;
  double x0, y0, x1, y1, worst = 0;
  int n, i = 0, drawn = 1;
  assert_int_equal(sscanf(s, "%lf,%lf%n", &x0, &y0, &n), 2);
  while (s += n, *s == ' ') {
    assert_int_equal(sscanf(s, " %lf,%lf%n", &x1, &y1, &n), 2);
    for (; i < N && px[i] <= x1; i++) {
      double y = x1 > x0 ? y0 + (y1 - y0) * (px[i] - x0) / (x1 - x0) : y1;
      if (fabs(x1 - x0) > 0.4) worst = fmax(worst, fabs(y - py[i])); /* coordinates are rounded to 0.1 */
    }
    x0 = x1, y0 = y1, drawn++;
  }
  assert_true(worst < 0.6);
  assert_true(drawn > 50 && drawn < 300);
  taut__text_free(&out);
}

/* ----------------------------------------------------------------------------------------------- closing table ---- */

static char *printed(fixture *x) {
  char *text = NULL;
  size_t length = 0;
  FILE *out = open_memstream(&text, &length);
  assert_non_null(out);
  assert_int_equal(taut__result_print(x->context, &x->result, out), TAUT_OK);
  fclose(out);
  return text;
}

static void assert_narrow(const char *text) {
  for (const char *s = text; *s != '\0'; s += strcspn(s, "\n") + 1) {
    int columns = 0;
    for (const char *c = s; *c != '\n'; c++) columns += ((unsigned char)*c & 0xc0) != 0x80;
    if (columns > 100) fail_msg("%d columns: %.*s", columns, columns, s);
  }
}

static void the_table_tells_what_was_done_and_what_changed(void **state) {
  fixture *x = *state;
  char *text = printed(x);
  assert_narrow(text);
  assert_has(text, "Three sessions \"on\" a <neck> & more\nneck, woman, 56 years, pen_14, 3 sessions\n");
  assert_has(text,
             "1-3         0-56          1.00       0.85          250        226         62 %     0.3 % /   2.0 %\n");
  assert_has(text, "     before       1 h      28 d      90 d\n");
  assert_has(text, "\nnot modelled: epidermal thickness (no model of it yet; ");
  assert_has(text, "uncertain: The gain follows s_M");
  assert_has(text, "warning: depth: the needle may reach the fat\n");
  assert_has(text, TAUT_NOTICE);
  char row[200];
  int q = TAUT_Q_collagen_stain_papillary;
  assert_true(x->result.baseline[q] == 0 || x->result.baseline[q] == 1);
  snprintf(row, sizeof row, "\nmatrix\n");
  assert_has(text, row);
  snprintf(row, sizeof row, "\n  %s *", taut__quantity[q].name);
  assert_has(text, row);
  free(text);
}

/* What stands below the rows: bands of downtime, extrapolated pain, the noise of a reading; small and graded changes. */
static void the_table_tells_bands_noise_and_grades(void **state) {
  fixture *x = *state;
  struct taut_result *r = &x->result;
  char *text = printed(x);
  assert_null(strstr(text, "downtime: "));
  assert_null(strstr(text, "noise: "));
  free(text);
  for (int s = 0; s < r->sessions; s++) {
    r->session[s].surface = r->session[s].pain_extrapolated = true;
    r->session[s].downtime_low_h = 20 + s;
    r->session[s].downtime_high_h = 140 + s;
  }
  r->noise[TAUT_Q_dermal_thickness] = 0.05;
  r->noise[TAUT_Q_laxity_grade] = 0.43;
  r->baseline[TAUT_Q_laxity_grade] = 2;
  r->baseline[TAUT_Q_contraction] = 0;
  for (int v = 0; v < r->visits; v++) {
    r->visit[v * TAUT_QUANTITIES + TAUT_Q_laxity_grade] = 1.5;
    r->visit[v * TAUT_QUANTITIES + TAUT_Q_contraction] = -0.0000542;
  }
  text = printed(x);
  assert_narrow(text);
  assert_has(text, "\ndowntime: 20 to 142 h is the band");
  assert_has(text, "\npain: extrapolated");
  assert_has(text, "scatters (SD) by dermal_thickness 0.050 mm,");
  assert_has(text, "0.43\n");
  assert_has(text, "     2.000     -0.50     -0.50     -0.50\n");
  assert_has(text, "         0 -0.000054 -0.000054 -0.000054\n");
  free(text);
}

static void long_warnings_are_wrapped_and_control_characters_defused(void **state) {
  fixture *x = *state;
  char words[600] = "";
  for (int i = 0; i < 60; i++) strcat(words, i % 2 ? "longer " : "a ");
  assert_int_equal(taut__texts_add(&x->result.warnings, "%s\x1b[31mred", words), TAUT_OK);
  char *text = printed(x);
  assert_narrow(text);
  assert_has(text, "\n         longer");
  assert_has(text, "?[31mred");
  free(text);
  assert_int_equal(taut__texts_add(&x->result.warnings, "note: the level is told once"), TAUT_OK);
  text = printed(x);
  assert_has(text, "\nnote: the level is told once\n");
  free(text);
}

static void a_table_that_cannot_be_written_is_an_error(void **state) {
  fixture *x = *state;
  FILE *full = fopen("/dev/full", "w");
  assert_non_null(full);
  assert_int_equal(taut__result_print(x->context, &x->result, full), TAUT_ERR_IO);
  assert_has(taut_context_message(x->context), "No space left on device");
  fclose(full);
}

static void untreated_skin_and_missing_visits_print_too(void **state) {
  fixture *x = *state;
  x->result.sessions = 0;
  x->result.visits = 0;
  char *text = printed(x);
  assert_has(text, ", untreated\n");
  assert_narrow(text);
  free(text);
}

/* ---------------------------------------------------------------------------------------------------- numbers ---- */

static void fixed_numbers_are_rounded_and_need_no_locale(void **state) {
  (void)state;
  const struct {
    double x;
    int decimals;
    const char *text;
  } row[] = {{0, 2, "0.00"},     {-0.001, 2, "0.00"}, {1.005, 1, "1.0"},
             {-1.25, 1, "-1.3"}, {2.5, 0, "3"},       {1234567.891, 2, "1234567.89"},
             {0.999, 2, "1.00"}, {-12, 0, "-12"},     {1e300, 2, "1e+300"}};
  setlocale(LC_ALL, "de_DE.UTF-8"); /* where it is installed */
  for (size_t i = 0; i < sizeof row / sizeof row[0]; i++) {
    taut_text text = {0};
    taut__add_fixed(&text, row[i].x, row[i].decimals);
    assert_string_equal(text.data, row[i].text);
    taut__text_free(&text);
  }
  setlocale(LC_ALL, "C");
  assert_int_equal(taut__decimals(0.0123, 3), 4);
  assert_int_equal(taut__decimals(123.4, 3), 0);
  assert_int_equal(taut__decimals(0.99999, 4), 3);
  assert_int_equal(taut__decimals(0.9999, 4), 4);
}

static void axis_steps_are_one_two_or_five(void **state) {
  (void)state;
  assert_true(fabs(taut__svg_step(62, 6) - 20) < 1e-12);
  assert_true(fabs(taut__svg_step(0.5, 5) - 0.1) < 1e-12);
  assert_true(fabs(taut__svg_step(1, 6) - 0.2) < 1e-12);
  for (double range = 1e-7; range < 1e7; range *= 1.7) {
    double step = taut__svg_step(range, 6);
    assert_true(range / step <= 6 * (1 + 1e-9) && range / step > 2.3);
  }
}

int main(void) {
#define TEST(f) cmocka_unit_test_setup_teardown(f, begin, end)
  const struct CMUnitTest tests[] = {
      TEST(visits_hold_value_baseline_and_change),
      TEST(numbers_in_tables_read_back_exactly),
      TEST(observables_stand_in_columns_with_full_digits),
      TEST(the_log_ends_with_counts_and_warnings),
      TEST(the_summary_holds_every_fact),
      TEST(what_has_no_model_is_named_with_its_reason),
      TEST(broken_text_of_the_user_does_not_break_the_files),
      TEST(the_figure_is_well_formed_and_complete),
      TEST(an_untreated_and_an_empty_course_can_be_drawn),
      cmocka_unit_test(a_thinned_curve_stays_within_its_gate),
      TEST(the_table_tells_what_was_done_and_what_changed),
      TEST(the_table_tells_bands_noise_and_grades),
      TEST(long_warnings_are_wrapped_and_control_characters_defused),
      TEST(a_table_that_cannot_be_written_is_an_error),
      TEST(untreated_skin_and_missing_visits_print_too),
      cmocka_unit_test(fixed_numbers_are_rounded_and_need_no_locale),
      cmocka_unit_test(axis_steps_are_one_two_or_five),
  };
  return cmocka_run_group_tests_name("io_result", tests, NULL, NULL);
}
