/* Cases: defaults, the rules that make them, overrides, origins, and case.yaml reading back to the same case. */
#include "param_fixture.h"

#include "healing/healing.h"
#include "skin/skin.h"

static bool same(double a, double b) {
  return a == b || (isnan(a) && isnan(b));
}

/* ---------------------------------------------------------------------------------------------------- defaults ---- */

static void a_minimal_case_has_the_documented_defaults(void **state) {
  (void)state;
  taut_case *c = good_case(MINIMAL, NULL);
  assert_int_equal(c->patient.sex, TAUT_FEMALE);
  assert_true(c->patient.age == 40 && c->patient.phototype == 2 && c->patient.bmi == 24 && c->patient.hydration == 0.5);
  assert_true(c->patient.photoage == 0.2 && c->patient.menopause == 0 && !c->patient.menopause_assumed);
  assert_true(isnan(c->patient.laxity) && isnan(c->patient.lightness) && c->patient.pack_years == 0);
  assert_false(c->patient.topical_relief);
  assert_string_equal(c->device.name, "pen_14");
  assert_string_equal(c->site.name, "cheek");
  assert_true(c->site.area == 4000);
  assert_int_equal(c->site.source, TAUT_THICKNESS_ULTRASOUND);
  assert_int_equal(c->sessions, 1);
  assert_true(c->session[0].day == 0 && c->session[0].depth == 1 && c->session[0].density == 2.5);
  assert_true(isnan(c->session[0].passes) && isnan(c->session[0].achieved));
  static const double visits[] = {1.0 / 24, 0.25, 1, 3, 7, 28, 90, 150, 180};
  assert_int_equal(c->follow_ups, 9);
  for (int i = 0; i < 9; i++) assert_true(c->follow_up[i] == visits[i]);
  assert_true(c->until == 180 && c->seed == 1);
  assert_int_equal(c->treatment.pattern, TAUT_PATTERN_AUTO);
  assert_int_equal(c->treatment.n_directions, 4);
  assert_true(fabs(c->treatment.directions[1] - acos(0)) < 1e-15);
  assert_true(c->treatment.overlap == 0.1 && c->treatment.stroke_overlap == 0.2 && c->treatment.stretch == 0.05);
  assert_true(c->treatment.glide == 30.0 * 86400 && isnan(c->treatment.force) && c->treatment.strike_efficiency == 1);
  assert_true(c->aftercare.makeup_after == 1 && c->aftercare.vitamin_c_after == 2 && c->aftercare.occlusion == 0);
  assert_int_equal(c->model.scale, TAUT_SCALE_TRACK);
  assert_int_equal(c->model.defaults, TAUT_DEFAULTS_COUPLED);
  assert_int_equal((int)c->warnings.count, 0);
  taut_case_destroy(&c);
  assert_null(c);
  taut_case_destroy(&c);
}

static void accuracy_sets_grid_tolerance_and_tracks_unless_given(void **state) {
  (void)state;
  static const struct {
    const char *set;
    int n1, ns;
    double tolerance;
    int tracks;
  } row[] = {{"model.accuracy=draft", 2, 3, 1e-2, 1},
             {"model.accuracy=standard", 4, 6, 1e-3, 3},
             {"model.accuracy=fine", 8, 12, 1e-4, 3},
             {"model={accuracy: fine, grid: G4}", 12, 18, 1e-4, 3},
             {"model={accuracy: draft, tolerance: 1e-8, tracks: 3}", 2, 3, 1e-8, 3},
             {"model={grid: {n1: 5, n2: 3, n3: 4, ne: 2, np: 4, nret: 12, ns: 9}}", 5, 9, 1e-3, 3}};
  for (size_t i = 0; i < sizeof row / sizeof *row; i++) {
    taut_case *c = good_case(MINIMAL, row[i].set);
    assert_int_equal(c->model.grid.n1, row[i].n1);
    assert_int_equal(c->model.grid.ns, row[i].ns);
    assert_true(c->model.tolerance == row[i].tolerance);
    assert_int_equal(c->model.tracks, row[i].tracks);
    taut_case_destroy(&c);
  }
}

static void photoage_menopause_and_density_follow_their_rules(void **state) {
  (void)state;
  static const struct {
    const char *set;
    double age, photoage, menopause;
    bool assumed;
  } row[] = {{"patient={age: 18 years}", 18, 0, 0, false},
             {"patient={age: 90 years}", 90, 0.6, 39, true},
             {"patient={age: 56 years}", 56, 0.36, 5, true},
             {"patient={age: 51 years}", 51, 0.31, 0, false},
             {"patient={age: 56 years, sex: male}", 56, 0.36, 0, false},
             {"patient={age: 56 years, menopause: none}", 56, 0.36, 0, false},
             {"patient={age: 56 years, menopause: 24 months ago, photoage: 50 %}", 56, 0.5, 2, false},
             {"patient={age: 20000 days, menopause: 3 years}", 20000 / 365.25, (20000 / 365.25 - 20) / 100, 3, false}};
  for (size_t i = 0; i < sizeof row / sizeof *row; i++) {
    taut_case *c = good_case(MINIMAL, row[i].set);
    assert_true(fabs(c->patient.age - row[i].age) < 1e-12);
    assert_true(fabs(c->patient.photoage - row[i].photoage) < 1e-12);
    assert_true(fabs(c->patient.menopause - row[i].menopause) < 1e-12);
    assert_int_equal(c->patient.menopause_assumed, row[i].assumed);
    taut_case_destroy(&c);
  }
  taut_case *c = good_case(MINIMAL, "treatment.passes=15");
  assert_true(isnan(c->session[0].density) && c->session[0].passes == 15);
  taut_case_destroy(&c);
  /* 14 needles, 116.7 strokes a second, 10 minutes on 40 cm2 */
  c = good_case(MINIMAL, "treatment.time=10 min");
  assert_true(fabs(c->session[0].density / (14 * 116.7 * 600 / 4000.0) - 1) < 1e-14);
  taut_case_destroy(&c);
}

static void words_and_numbers_mean_the_same(void **state) {
  (void)state;
  static const char *const pairs[][2] = {
      {"patient.phototype=IV", "patient.phototype=4"},
      {"patient.laxity=advanced", "patient.laxity=3"},
      {"patient.hydration=wet", "patient.hydration=1"},
      {"patient.smoking=none", "patient.smoking=0 pack-years"},
      {"treatment.density=250 /cm^2", "treatment.density=2.5 /mm^2"},
      {"treatment.stretch=5 %", "treatment.stretch=0.05"},
      {"schedule.until=26 weeks", "schedule.until=182 days"},
      {"device.rate=7200 rpm", "device.rate=120 Hz"},
      {"device.tip_radius=5 um", "device.tip_radius=0.005 mm"},
      {"site=Crow's feet", "site=crows_feet"},
      {"site.bmi_slope=0.03", "site.bmi_slope=0.03 m^2/kg"},
      {"patient.bmi=24 kg/m^2", "patient.bmi=24"},
  };
  for (size_t i = 0; i < sizeof pairs / sizeof *pairs; i++) {
    taut_case *a = good_case(MINIMAL, pairs[i][0]), *b = good_case(MINIMAL, pairs[i][1]);
    for (int r = 0; r < taut__row_count; r++) {
      const taut_row *row = &taut__rows[r];
      if (row->type != TAUT_ROW_NUMBER) continue;
      double x = *(double *)(void *)((char *)a + row->at), y = *(double *)(void *)((char *)b + row->at);
      if (!same(x, y)) fail_msg("%s: %s is %.17g and %.17g", pairs[i][0], row->key, x, y);
    }
    taut_case_destroy(&a), taut_case_destroy(&b);
  }
}

static void uncertain_values_stand_by_their_mean(void **state) {
  (void)state;
  static const struct {
    const char *set;
    double mean;
  } row[] = {{"treatment.stretch=5 % +- 2 %", 0.05},
             {"treatment.stretch=[0, 10 %]", 0.05},
             {"treatment.stretch={lognormal: {mean: 5 %, sd: 2 %}}", 0.05},
             {"treatment.stretch=0.05 \u00b1 0.01", 0.05}};
  for (size_t i = 0; i < sizeof row / sizeof *row; i++) {
    taut_case *c = good_case(MINIMAL, row[i].set);
    assert_true(c->treatment.stretch == row[i].mean);
    taut_case_destroy(&c);
  }
}

/* --------------------------------------------------------------------------------------- overrides and origins ---- */

static void dotted_keys_and_mappings_spell_the_same(void **state) {
  (void)state;
  taut_case *a = good_case(MINIMAL "parameters: {healing: {b_F: 5, D_F: 0.008 mm^2/day}}\n", NULL);
  taut_case *b = good_case("patient.age: 40 years\nsite.name: cheek\ntreatment.depth: 1.0 mm\n"
                           "parameters.healing.b_F: 5\nparameters: {healing.D_F: 0.008 mm^2/day}\n",
                           NULL);
  char x[17], y[17];
  taut_case_hash(a, x), taut_case_hash(b, y);
  assert_string_equal(x, y);
  const taut_healing_params *p = taut__case_params(a, "healing");
  assert_true(p->b_F == 5 && p->D_F == 0.008);
  assert_null(taut__case_params(a, "nothing"));
  taut_case_destroy(&a), taut_case_destroy(&b);
}

static void sets_win_over_the_file_and_later_ones_over_earlier(void **state) {
  (void)state;
  const char *const sets[4] = {"healing.b_F=6", "site.area=12 cm^2", "patient.age=50 years", "patient.age=51 years"};
  taut_case *c = NULL;
  assert_int_equal(read_case(MINIMAL "parameters: {healing.b_F: 5}\n", sets, &c), TAUT_OK);
  assert_true(((const taut_healing_params *)taut__case_params(c, "healing"))->b_F == 6);
  assert_true(c->patient.age == 51 && c->site.area == 1200);
  assert_string_equal(c->site.name, "cheek");
  char where[512];
  assert_string_equal(taut__case_where(c, "patient.age", where), "--set patient.age");
  assert_string_equal(taut__case_where(c, "healing.b_F", where), "--set healing.b_F");
  assert_string_equal(taut__case_where(c, "treatment.depth", where), "case.yaml:3:20");
  assert_string_equal(taut__case_where(c, "seed", where), "case.yaml");
  assert_true(taut__case_given(c, "healing.b_F") && taut__case_given(c, "treatment.depth"));
  assert_false(taut__case_given(c, "seed") || taut__case_given(c, "healing.k_f") ||
               taut__case_given(c, "device.needles"));
  taut_case_destroy(&c);
  c = good_case(MINIMAL, "site=neck");
  assert_string_equal(c->site.name, "neck");
  taut_case_destroy(&c);
}

static void coupled_defaults_give_way_to_documents_and_to_the_user(void **state) {
  (void)state;
  static const struct {
    const char *text;
    double gain, a_eN, a_eE;
  } row[] = {{MINIMAL, 0.83, 0.003, 6e-5},
             {MINIMAL "model.defaults: documents\n", 1, 0.01, 2e-4},
             {MINIMAL "parameters: {healing.drive_gain: 0.9}\n", 0.9, 0.003, 6e-5}};
  for (size_t i = 0; i < sizeof row / sizeof *row; i++) {
    taut_case *c = good_case(row[i].text, NULL);
    const taut_healing_params *p = taut__case_params(c, "healing");
    assert_true(p->drive_gain == row[i].gain && p->a_eN == row[i].a_eN && p->a_eE == row[i].a_eE);
    taut_case_destroy(&c);
  }
}

static void untouched_parameters_are_the_defaults_of_their_tables(void **state) {
  (void)state;
  taut_case *c = good_case(MINIMAL "model.defaults: documents\n", "skin.k_a=0.6 %/year");
  assert_true(((const taut_skin_params *)taut__case_params(c, "skin"))->k_a == 0.006 * (1 / 365.25));
  for (int t = 0; t < taut__registry.tables; t++) {
    const taut_param_table *table = taut__registry.table[t];
    double *values = calloc(1, table->size);
    assert_int_equal(taut__param_defaults(context, table, values), TAUT_OK);
    for (int i = 0; i < table->rows; i++) {
      double x = *(const double *)(const void *)((const char *)c->values[t] + table->row[i].offset);
      double y = *(const double *)(const void *)((const char *)values + table->row[i].offset);
      if (x != y) fail_msg("%s.%s: %.17g and %.17g", table->group, table->row[i].name, x, y);
    }
    free(values);
  }
  taut_case_destroy(&c);
}

static void values_outside_the_prior_are_accepted_with_a_warning(void **state) {
  (void)state;
  taut_case *c = good_case(MINIMAL, "healing.b_F=50");
  assert_int_equal((int)c->warnings.count, 1);
  assert_string_equal(c->warnings.item[0],
                      "--set healing.b_F: 50 lies outside the range that holds 99.9 % of its prior, 3 to 12");
  taut_case_destroy(&c);
  c = good_case(MINIMAL, "treatment.depth=0.8 mm");
  assert_int_equal((int)c->warnings.count, 1);
  assert_string_equal(
      c->warnings.item[0],
      "--set treatment.depth: 0.8 mm is no step of the device pen_14, which is set in steps of 0.25 mm");
  taut_case_destroy(&c);
}

static void a_byte_order_mark_is_passed_over(void **state) {
  (void)state;
  taut_case *c = good_case("\xef\xbb\xbf" MINIMAL, NULL);
  char where[512];
  assert_string_equal(taut__case_where(c, "patient.age", where), "case.yaml:1:16");
  taut_case_destroy(&c);
}

static void items_of_lists_have_their_places(void **state) {
  (void)state;
  taut_case *c = good_case(MINIMAL "schedule.sessions: [{at: 0 h}, {at: 3 weeks, density: 100 /cm^2}]\n", NULL);
  char where[512];
  assert_string_equal(taut__case_where(c, "schedule.sessions.1.density", where), "case.yaml:4:55");
  assert_false(taut__case_given(c, "schedule.sessions.0.density") || taut__case_given(c, "schedule.sessions.2") ||
               taut__case_given(c, "schedule.sessions.x"));
  taut_case_destroy(&c);
}

static void failures_that_name_parameters_stand_where_these_were_set(void **state) {
  (void)state;
  taut_case *c = good_case(MINIMAL "parameters: {healing.k_f: 0.3 1/d, healing.b_F: 5}\n", "healing.d_n=0.002 1/d");
  static const char *const row[][2] = {
      {"lower healing.b_F", "case.yaml:4:49: lower healing.b_F"},
      {"lower healing.b_Fx or healing.b", "case.yaml: lower healing.b_Fx or healing.b"},
      {"raise healing.d_n or healing.k_x", "--set healing.d_n: raise healing.d_n or healing.k_x"},
      {"healing.b_F over healing.k_f",
       "case.yaml:4:49: healing.b_F over healing.k_f; set here: healing.k_f at case.yaml:4:27, healing.b_F at "
       "case.yaml:4:49"}};
  for (size_t i = 0; i < sizeof row / sizeof *row; i++) {
    taut__fail_clear(context);
    assert_int_equal(taut__fail(context, TAUT_ERR_INPUT, NULL, "%s", row[i][0]), TAUT_ERR_INPUT);
    assert_int_equal(taut__case_blame(context, c, "healing", TAUT_ERR_INPUT), TAUT_ERR_INPUT);
    assert_string_equal(taut_context_message(context), row[i][1]);
  }
  taut_case_destroy(&c);
}

/* ---------------------------------------------------------------------------------------------------- schedule ---- */

static void sessions_are_a_number_or_a_list(void **state) {
  (void)state;
  taut_case *c = good_case(MINIMAL, "schedule={sessions: 4, interval: 3 weeks}");
  assert_int_equal(c->sessions, 4);
  assert_true(c->session[3].day == 63 && c->session[3].density == 2.5 && c->until == 180);
  taut_case_destroy(&c);
  c = good_case(MINIMAL "schedule:\n  sessions: [{at: 0 weeks}, {at: 3 weeks, depth: 0.75 mm, density: 100 /cm^2}, "
                        "{at: 60 days, passes: 3, achieved_depth: 0.5 mm}]\n",
                NULL);
  assert_int_equal(c->sessions, 3);
  assert_true(c->session[0].depth == 1 && c->session[0].density == 2.5);
  assert_true(c->session[1].day == 21 && c->session[1].depth == 0.75 && c->session[1].density == 1);
  assert_true(c->session[2].passes == 3 && isnan(c->session[2].density) && c->session[2].achieved == 0.5);
  taut_case_destroy(&c);
  c = good_case(MINIMAL, "schedule.sessions=0");
  assert_int_equal(c->sessions, 0);
  taut_case_destroy(&c);
  c = good_case(MINIMAL, "schedule.sessions=12");
  assert_true(c->until == 11 * 28);
  taut_case_destroy(&c);
}

static void the_default_visits_end_with_the_simulation(void **state) {
  (void)state;
  taut_case *c = good_case(MINIMAL, "schedule.until=10 days");
  assert_int_equal(c->follow_ups, 5);
  assert_true(c->until == 10 && c->follow_up[4] == 7);
  taut_case_destroy(&c);
  c = good_case(MINIMAL, "schedule.until=30 min");
  assert_int_equal(c->follow_ups, 1);
  assert_true(c->follow_up[0] == c->until);
  taut_case_destroy(&c);
  c = good_case(MINIMAL, "schedule={follow_up: [0 days, 1 h], until: 12 months}");
  assert_true(c->until == 365.25 && c->follow_up[0] == 0);
  taut_case_destroy(&c);
}

static void an_excision_needs_the_age_alone(void **state) {
  (void)state;
  taut_case *c = good_case("patient.age: 25 years\nmodel: {scale: zero, injury: excision}\n", NULL);
  assert_null(c->site.name);
  assert_true(isnan(c->session[0].depth));
  taut_case_destroy(&c);
  c = good_case("patient.age: 25 years\nmodel: {layers: reference, injury: reference}\ntreatment.depth: 5 mm\n", NULL);
  assert_null(c->site.name);
  taut_case_destroy(&c);
}

static void conditions_are_known_by_id_and_by_usual_name(void **state) {
  (void)state;
  taut_case *c = good_case(MINIMAL, "patient.conditions=[Active acne, eczema, keloid, diabetes]");
  assert_int_equal((int)c->conditions.count, 3);
  assert_string_equal(c->conditions.item[0], "inflammatory");
  taut_case_destroy(&c);
  c = good_case(MINIMAL, "patient.medicines=isotretinoin");
  assert_string_equal(c->medicines.item[0], "isotretinoin_now");
  taut_case_destroy(&c);
  c = good_case(MINIMAL, "acknowledge=orbital_rim");
  assert_string_equal(c->acknowledged.item[0], "orbital_rim");
  taut_case_destroy(&c);
}

/* -------------------------------------------------------------------------------------------------- round trip ---- */

static void compare(const taut_case *a, const taut_case *b) {
  for (int r = 0; r < taut__row_count; r++) {
    const taut_row *row = &taut__rows[r];
    if (row->at == TAUT_NOWHERE) continue;
    const void *x = (const char *)a + row->at, *y = (const char *)b + row->at;
    if (row->type == TAUT_ROW_NUMBER && !same(*(const double *)x, *(const double *)y))
      fail_msg("%s: %.17g became %.17g", row->key, *(const double *)x, *(const double *)y);
    if (row->type == TAUT_ROW_CHOICE) assert_memory_equal(x, y, sizeof(unsigned));
    if (row->type == TAUT_ROW_SWITCH) assert_int_equal(*(const bool *)x, *(const bool *)y);
    if (row->type == TAUT_ROW_COUNT) assert_int_equal(*(const int *)x, *(const int *)y);
    if (row->flags & TAUT_ROW_GAUGE) {
      assert_true(same(*(const double *)(const void *)((const char *)a + row->at2),
                       *(const double *)(const void *)((const char *)b + row->at2)));
    }
  }
  assert_memory_equal(a->device.length, b->device.length, sizeof a->device.length);
  assert_memory_equal(a->device.grid, b->device.grid, sizeof a->device.grid);
  assert_memory_equal(&a->model.grid, &b->model.grid, sizeof a->model.grid);
  assert_memory_equal(a->treatment.directions, b->treatment.directions, sizeof a->treatment.directions);
  assert_int_equal(a->sessions, b->sessions);
  for (int i = 0; i < a->sessions; i++) {
    assert_true(a->session[i].day == b->session[i].day && same(a->session[i].depth, b->session[i].depth));
    assert_true(same(a->session[i].achieved, b->session[i].achieved) &&
                same(a->session[i].density, b->session[i].density));
    assert_true(same(a->session[i].passes, b->session[i].passes));
  }
  assert_int_equal(a->follow_ups, b->follow_ups);
  assert_memory_equal(a->follow_up, b->follow_up, (size_t)a->follow_ups * sizeof(double));
  assert_int_equal(a->conditions.count, b->conditions.count);
  assert_true(a->seed == b->seed);
  for (int t = 0; t < a->registry.tables; t++)
    assert_memory_equal(a->values[t], b->values[t], a->registry.table[t]->size);
}

static void a_written_case_reads_back_to_the_same_case(void **state) {
  (void)state;
  static const char *const texts[] = {
      MINIMAL,
      "title: \"A: # \\\"case\\\" \u00e9\"\npatient: {age: 56.7 years, conditions: [active acne]}\nsite: {name: neck, "
      "thickness.dermis: [0.8 mm, 1 mm]}\n"
      "device: {name: roller_192, tip_radius: 4.9 um +- 1 um}\ntreatment: {depth: 1.5 mm, passes: 15, directions: [0 "
      "deg, 33.3 deg]}\n"
      "schedule: {sessions: [{at: 0 weeks}, {at: 3 weeks, depth: 0.8 mm}], until: 1 year}\nparameters: {healing: {k_f: "
      "{lognormal: {mean: 0.3 1/d, sd: 0.1 1/d}}}}\nseed: 7\n",
      "patient.age: 25 years\nmodel: {scale: zero, injury: excision, defaults: documents, tolerance: 1e-8}\n",
      "patient: {age: 71 years, menopause: 17 years ago, laxity: severe}\nsite: abdomen\ndevice: rf_25\ntreatment: "
      "{depth: 2 mm, stretch: [0, 10 %]}\n"
      "schedule: {sessions: 0, until: 11 days}\nmodel.grid: {n1: 2, n2: 3, n3: 4, ne: 2, np: 4, nret: 12, ns: 3}\n",
      "patient.age: 30 years\nsite: cheek\ntreatment: {depth: 1 mm, time: 10 min}\n",
  };
  for (size_t i = 0; i < sizeof texts / sizeof *texts; i++) {
    taut_case *a = good_case(texts[i], "healing.D_F=0.0081 mm^2/day");
    size_t length = 0, again = 0;
    char *first = written_case(a, &length), x[17], y[17];
    taut_case *b = good_case(first, NULL);
    compare(a, b);
    if (a->title) assert_string_equal(a->title, b->title);
    taut_case_hash(a, x), taut_case_hash(b, y);
    assert_string_equal(x, y);
    char *second = written_case(b, &again);
    taut_case *c = good_case(second, NULL);
    compare(a, c);
    free(first), free(second);
    taut_case_destroy(&a), taut_case_destroy(&b), taut_case_destroy(&c);
  }
}

static void the_hash_follows_values_and_not_the_title(void **state) {
  (void)state;
  taut_case *a = good_case(MINIMAL, NULL), *b = good_case(MINIMAL, "title=another"), *c = good_case(MINIMAL, "seed=2");
  char x[17], y[17], z[17];
  taut_case_hash(a, x), taut_case_hash(b, y), taut_case_hash(c, z);
  assert_string_equal(x, y);
  assert_string_not_equal(x, z);
  assert_int_equal(strspn(x, "0123456789abcdef"), 16);
  taut_case_destroy(&a), taut_case_destroy(&b), taut_case_destroy(&c);
}

static void the_starter_case_is_a_good_case(void **state) {
  (void)state;
  char *text = NULL;
  size_t length = 0;
  FILE *out = open_memstream(&text, &length);
  assert_int_equal(taut__case_template(context, out), TAUT_OK);
  fclose(out);
  taut_case *c = good_case(text, NULL);
  assert_int_equal((int)c->warnings.count, 0);
  taut_case_destroy(&c);
  free(text);
}

static void running_out_of_memory_leaves_no_case_and_says_so(void **state) {
  (void)state;
  static const char text[] = "patient: {age: 56 years, conditions: [acne]}\nsite: Throat\ndevice: "
                             "pen_14\ntreatment.depth: 1 mm\nparameters: {healing.b_F: 50}\n";
  bool done = false;
  for (long n = 0; !done && n < 20000; n += n < 40 ? 1 : 7) {
    taut_case *c = NULL;
    const char *const sets[4] = {"healing.k_f=0.3 1/d", "schedule.sessions=[{at: 0 h}]"};
    taut__alloc_fail_after(n);
    taut_err err = read_case(text, sets, &c);
    taut__alloc_fail_after(-1);
    done = err == TAUT_OK;
    if (!done && (err != TAUT_ERR_MEMORY || c))
      fail_msg("allocation %ld: %d %s", n, (int)err, taut_context_message(context));
    taut_case_destroy(&c);
  }
  assert_true(done);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(a_minimal_case_has_the_documented_defaults),
      cmocka_unit_test(accuracy_sets_grid_tolerance_and_tracks_unless_given),
      cmocka_unit_test(photoage_menopause_and_density_follow_their_rules),
      cmocka_unit_test(words_and_numbers_mean_the_same),
      cmocka_unit_test(uncertain_values_stand_by_their_mean),
      cmocka_unit_test(dotted_keys_and_mappings_spell_the_same),
      cmocka_unit_test(sets_win_over_the_file_and_later_ones_over_earlier),
      cmocka_unit_test(coupled_defaults_give_way_to_documents_and_to_the_user),
      cmocka_unit_test(untouched_parameters_are_the_defaults_of_their_tables),
      cmocka_unit_test(values_outside_the_prior_are_accepted_with_a_warning),
      cmocka_unit_test(a_byte_order_mark_is_passed_over),
      cmocka_unit_test(items_of_lists_have_their_places),
      cmocka_unit_test(failures_that_name_parameters_stand_where_these_were_set),
      cmocka_unit_test(sessions_are_a_number_or_a_list),
      cmocka_unit_test(the_default_visits_end_with_the_simulation),
      cmocka_unit_test(an_excision_needs_the_age_alone),
      cmocka_unit_test(conditions_are_known_by_id_and_by_usual_name),
      cmocka_unit_test(a_written_case_reads_back_to_the_same_case),
      cmocka_unit_test(the_hash_follows_values_and_not_the_title),
      cmocka_unit_test(the_starter_case_is_a_good_case),
      cmocka_unit_test(running_out_of_memory_leaves_no_case_and_says_so),
  };
  return cmocka_run_group_tests(tests, open_context, close_context);
}
