/* The microneedling field set and its table: rows, checks that every set must pass, parameters against the document. */
#include "../verify/healing_fixture.h"

#include "param/table.h"

static taut_context *context;
static taut_healing *healing;

static int setup(void **state) {
  (void)state;
  context = new_context();
  taut_healing_params p = default_params(context);
  healing = new_healing(context, &p, person_of(40));
  return 0;
}

static int teardown(void **state) {
  (void)state;
  taut__healing_destroy(&healing);
  taut_context_destroy(&context);
  return 0;
}

static void parameter_table_passes_its_checks(void **state) {
  (void)state;
  const taut_param_table *const tables[] = {&taut__healing_table};
  const taut_param_registry registry = {tables, 1};
  if (taut__param_check(context, &registry)) fail_msg("%s", taut_context_message(context));
}

/* Every name and default of healing.md 9, 1 and the constants of 10.2. */
static void defaults_are_those_of_the_document(void **state) {
  (void)state;
  static const struct {
    const char *name;
    double value;
  } document[] = {
      {"Ds", 1.0},      {"D_N", 0.1},     {"D_M", 0.02},   {"D_F", 0.007},    {"fDA", 0.2},    {"D_B", 0.002},
      {"v_K", 0.216},   {"w_K", 0.015},   {"chiN", 0.1},   {"chiM", 0.02},    {"chiF", 0.01},  {"k_q", 16.6},
      {"a_q", 115},     {"b_q", 76},      {"lamL", 0.95},  {"k_f", 0.25},     {"l0", 0.3},     {"k_D", 0.37},
      {"k_DM", 1.52},   {"k_DN", 0.574},  {"k_v", 9.71},   {"k_w", 4.52},     {"s_N", 3.33},   {"s_M", 0.739},
      {"d_N", 1.02},    {"k_NM", 2.94},   {"d_M", 0.287},  {"k0", 0.559},     {"c12", 0.311},  {"be0", 0.5},
      {"k_c", 15},      {"K_c", 0.5},     {"a_D", 2.02},   {"K_D", 0.508},    {"a_N", 0.0391}, {"a_M", 0.154},
      {"T_b", 0.02},    {"L_r", 1.0},     {"k_a0", 0.05},  {"k_aM", 0.3},     {"k_aA", 0.2},   {"k_af", 0.3},
      {"b_LA", 2},      {"d_L", 0.1},     {"p_M", 70},     {"p_A", 3},        {"d_T", 9.1},    {"K_T", 0.174},
      {"p3M", 20},      {"p3F", 1},       {"K_3", 2},      {"b_M", 15},       {"b_A", 4.5},    {"d_P", 4},
      {"K_P", 2},       {"v_M", 1.9},     {"d_V", 11},     {"v_h", 5},        {"V_b", 0.1},    {"K_V", 0.3},
      {"g_F", 0.55},    {"F_max", 3},     {"d_F", 0.06},   {"k_FA", 0.142},   {"K_A", 1.17},   {"d_A", 0.0924},
      {"k_r", 0.126},   {"T_r", 0.3},     {"m0", 0.3},     {"phc", 0.25},     {"k_B", 1},      {"B0", 0.1},
      {"B_max", 2.5},   {"d_B", 0.05},    {"k_bar", 2.4},  {"e_N", 8},        {"e_M", 6},      {"e_F", 3},
      {"d_E", 0.875},   {"w_I", 0.5},     {"d_I", 0.5},    {"i_T", 1.5},      {"k_s", 0.264},  {"k_p", 1.0},
      {"b_F", 4.54},    {"w_A", 164},     {"s3w", 0.369},  {"d_x", 1.27e-4},  {"d_3", 2.5e-4}, {"d_3n", 0.0102},
      {"k_x", 0.0016},  {"d_n", 0.00202}, {"eE", 0.25},    {"eX", 0.05},      {"f_X", 0.5},    {"k_XM", 0.1},
      {"q_y", 0.952},   {"q_o", 0.80},    {"epsC", 0.02},  {"Cy_p", 0.70},    {"Cy_r", 1.0},   {"s3_p", 0.25},
      {"s3_r", 0.15},   {"Cfac_p", 1.8},  {"Cfac_r", 1.4}, {"y_p", 8},        {"y_r", 1},      {"d_em", 3.7e-5},
      {"k_ea", 0.0167}, {"d_ev", 0.03},   {"b_e", 3},      {"w_Ae", 2},       {"a_eN", 0.01},  {"a_eE", 2e-4},
      {"d_H", 0.7},     {"b_H", 1.3},     {"b_Hc", 0.5},   {"a_n", 3.53},     {"a_X", 0.5},    {"fz", 0.6},
      {"r0", 0.125},    {"tip", 0.6},     {"fh", 0.4},     {"fd", 2},         {"alpha", 0.10}, {"kill", 0.30},
      {"fblood", 0.10}, {"kB", 0.3},      {"a_th", 0.5},   {"kill_th", 0.9},  {"kB_th", 0.5},  {"h_e", 0.08},
      {"h_p", 0.16},    {"h_r", 1.26},    {"h_s", 0.50},   {"drive_gain", 1}, {"drift", 0},    {"J_c", 1.288},
      {"J_N", 0.7806},  {"J_M", 0.5908}};
  for (size_t i = 0; i < sizeof document / sizeof *document; i++) {
    const taut_param *found = NULL;
    for (int k = 0; k < taut__healing_table.rows; k++)
      if (strcmp(taut__healing_table.row[k].name, document[i].name) == 0) found = &taut__healing_table.row[k];
    if (!found) fail_msg("no row %s", document[i].name);
    if (found->value != document[i].value)
      fail_msg("%s: %g, the document says %g", found->name, found->value, document[i].value);
  }
}

static void the_set_passes_its_own_check(void **state) {
  (void)state;
  assert_int_equal(taut__field_set_check(context, &healing->set), TAUT_OK);
  assert_int_equal(healing->set.n, 30);
  assert_string_equal(healing->set.field[TAUT_H_c].name, "c");
  assert_string_equal(healing->set.field[TAUT_H_bar].name, "bar");
}

static void broken_sets_are_refused(void **state) {
  (void)state;
  taut_field rows[TAUT_H_FIELDS];
  taut_group groups[TAUT_H_FIELDS];
  taut_field_set good = healing->set;
  memcpy(rows, good.field, sizeof rows);
  memcpy(groups, good.group, (size_t)good.groups * sizeof *groups);
  good.field = rows, good.group = groups;
  assert_int_equal(taut__field_set_check(context, &good), TAUT_OK);
#define REFUSED(change, undo)                                                                                          \
  do {                                                                                                                 \
    taut_field_set set = good;                                                                                         \
    change;                                                                                                            \
    assert_int_equal(taut__field_set_check(context, &set), TAUT_ERR_INTERNAL);                                         \
    undo;                                                                                                              \
  } while (0)
  REFUSED(rows[3].floor = 0, rows[3].floor = 0.1);
  REFUSED(rows[3].layers = 0x5, rows[3].layers = 0xF);
  REFUSED(rows[3].layers = 0, rows[3].layers = 0xF);
  REFUSED(groups[0].field[0] = TAUT_H_fb, groups[0].field[0] = TAUT_H_q);
  REFUSED(groups[0].n = 0, groups[0].n = 1);
  REFUSED(set.groups--, (void)0);
  REFUSED(set.diffusion[TAUT_H_Cx] = 0.1, (void)0);
  REFUSED(set.diffusion[TAUT_H_T] = NAN, (void)0);
  REFUSED(set.rest[TAUT_H_T][TAUT_SUBCUTIS] = 0.5, (void)0); /* transported: would flow at rest */
  REFUSED(set.rest[TAUT_H_Cx][TAUT_EPIDERMIS] = 0.5, (void)0);
  REFUSED(set.rest[TAUT_H_Cx][TAUT_RETICULAR] = -1, (void)0);
  REFUSED(set.chemotaxis[TAUT_H_N].signal = 99, (void)0);
  REFUSED(set.gate_close = NULL, (void)0);
  REFUSED(set.n = 0, (void)0);
}

static void layer_ranges_and_points_follow_the_mask(void **state) {
  (void)state;
  const taut_points points = {.n = 10, .layer_start = {0, 2, 5, 9, 10}};
  static const struct {
    unsigned mask;
    int first, end, start, count;
  } row[] = {{0xF, 0, 4, 0, 10}, {0xE, 1, 4, 2, 8}, {0x6, 1, 3, 2, 7}, {0x1, 0, 1, 0, 2}, {0x8, 3, 4, 9, 1}};
  for (size_t i = 0; i < sizeof row / sizeof *row; i++) {
    int first, end, start, count;
    const taut_field field = {.layers = row[i].mask};
    taut__layer_range(row[i].mask, &first, &end);
    taut__field_points(&field, &points, &start, &count);
    assert_true(first == row[i].first && end == row[i].end && start == row[i].start && count == row[i].count);
  }
}

static void running_out_of_memory_is_reported(void **state) {
  (void)state;
  taut_healing_params p = default_params(context);
  taut_profile who = person_of(40);
  taut_healing *h = healing;
  taut__alloc_fail_after(1);
  taut_err err = taut__healing_create(context, &p, &who, &h);
  taut__alloc_fail_after(-1);
  assert_int_equal(err, TAUT_ERR_MEMORY);
  assert_null(h);
}

static void plain_strips_can_be_forced(void **state) {
  (void)state;
  assert_int_equal(setenv("TAUT_ISA", "base", 1), 0);
  taut_healing_params p = default_params(context);
  taut_healing *h = new_healing(context, &p, person_of(40));
  assert_int_equal(unsetenv("TAUT_ISA"), 0);
  assert_ptr_equal(h->set.strip, taut__healing_strips_base);
  assert_ptr_equal(h->set.gate_local, taut__healing_gate_base);
  taut__healing_destroy(&h);
}

static void treatment_windows_open_and_close(void **state) {
  (void)state;
  const taut_modifiers all = {.vitamin_c = 0.2, .prp = 2, .retinoid = 1}, none = {0};
  double drive[TAUT_DRIVES], source[TAUT_H_FIELDS];
  taut__healing_drive(healing, &none, 1, drive);
  for (int i = 0; i < TAUT_DRIVES; i++) assert_true(drive[i] == healing->set.drive_default[i]);
  taut__healing_drive(healing, &all, -1, drive);
  for (int i = 0; i < TAUT_DRIVES; i++) assert_true(drive[i] == healing->set.drive_default[i]);
  taut__healing_drive(healing, &all, 0, drive);
  assert_close("Ym", drive[TAUT_DRIVE_YM], 1.35, 1e-14);
  assert_close("s_K", drive[TAUT_DRIVE_SK], 1.2, 1e-14);
  assert_close("f_E", drive[TAUT_DRIVE_FE], 0.8, 1e-14);
  taut__healing_drive(healing, &all, 14, drive);
  assert_close("Ym after two weeks", drive[TAUT_DRIVE_YM], 1.15, 1e-14);
  taut__healing_source(healing, &all, 0.5, source);
  assert_close("src_L", source[TAUT_H_Lt], 0.16 * 0.95 * 115, 1e-13);
  assert_close("src_T", source[TAUT_H_T], 0.16 * 0.05 * 115, 1e-13);
  assert_close("src_P", source[TAUT_H_P], 0.16 * 76, 1e-13);
  assert_close("src_V", source[TAUT_H_V], 0.16 * 0.8, 1e-13);
  assert_true(source[TAUT_H_c] == 0);
  const double closed[] = {-0.1, 1, 20};
  for (int k = 0; k < 3; k++) {
    taut__healing_source(healing, &all, closed[k], source);
    for (int f = 0; f < TAUT_H_FIELDS; f++) assert_true(source[f] == 0);
  }
}

int main(void) {
  const struct CMUnitTest tests[] = {
#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)
      TEST(parameter_table_passes_its_checks),
      TEST(defaults_are_those_of_the_document),
      TEST(the_set_passes_its_own_check),
      TEST(broken_sets_are_refused),
      TEST(layer_ranges_and_points_follow_the_mask),
      TEST(running_out_of_memory_is_reported),
      TEST(plain_strips_can_be_forced),
      TEST(treatment_windows_open_and_close),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
