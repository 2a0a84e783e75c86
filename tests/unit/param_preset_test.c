/* Presets: every site and device of the model document with its numbers, and devices and sites of the user's own. */
#include "param_fixture.h"

#include "param/presets.h"

static taut_case *case_with(const char *site, const char *device, const char *depth) {
  char text[400];
  snprintf(text, sizeof text, "patient.age: 40 years\nsite: %s\ndevice: %s\ntreatment.depth: %s\n", site, device,
           depth);
  return good_case(text, NULL);
}

static bool near(double a, double b) {
  return fabs(a - b) <= 1e-12 * fabs(b) || (isnan(a) && isnan(b));
}

/* needling.md 1.1 */
static void sites_have_the_numbers_of_the_document(void **state) {
  (void)state;
  static const struct {
    const char *name;
    double sc, sc_sd, ve, ve_sd, papillary, women, women_sd, men, men_sd, echo_women, echo_men, fat_women, fat_men,
        fat_sg, slope, bone, area_cm2, closure;
  } row[] = {
      {"forehead", 15, 3, 55, 15, .12, .86, .16, 1.17, .28, .20, .22, 2, 2, .35, .02, 4.5, 50, 1.03},
      {"glabella", 15, 3, 55, 15, .12, .90, .23, 1.14, .30, .19, .21, 2, 2, .35, .02, 5, 6, 1.03},
      {"crows_feet", 15, 3, 40, 10, .10, .80, .19, 1.06, .20, .18, .19, 2.5, 2.5, .40, .02, 6, 8, 1.03},
      {"upper_eyelid", 15, 3, 40, 10, .07, .58, .11, .67, .14, .17, .18, .2, .2, .70, 0, NAN, 6, 1.03},
      {"lower_eyelid", 15, 3, 40, 10, .07, .65, .15, .75, .17, .17, .18, .2, .2, .70, 0, NAN, 6, 1.03},
      {"cheek", 15, 3, 55, 15, .12, .87, .35, 1.14, .21, .20, .19, 4, 4, .35, .03, 8, 40, 1.03},
      {"nose_sidewall", 15, 3, 55, 15, .12, .93, .25, 1.03, .16, .19, .20, 1.6, 1.6, .60, 0, 3.5, 8, 1.03},
      {"perioral", 15, 3, 65, 15, .12, 1.15, .30, 1.38, .36, .19, .20, 5.1, 5.1, .60, .02, 8, 25, 1.03},
      {"chin", 15, 3, 55, 15, .12, 1, .30, 1.12, .34, .19, .20, 4, 4, .35, .02, 8, 15, 1.03},
      {"neck", 15, 3, 50, 15, .12, .99, .20, .98, .22, .17, .19, 3.5, 3.5, .58, .06, NAN, 120, 1.03},
      {"decolletage", 15, 4, 50, 15, .15, 1.20, .23, 1.44, .28, .18, .19, 6, 6, .58, .06, 7, 200, 1.03},
      {"forearm", 20, 5, 57, 12, .15, .95, .15, 1.14, .18, .18, .19, 4, 4, .60, .06, NAN, 200, .878},
      {"abdomen", 15, 4, 60, 15, .15, 2.27, .55, 2.60, .62, .18, .19, 17.7, 9.8, .60, .08, NAN, 300, 1.124},
      {"thigh", 15, 4, 55, 15, .15, 1.65, .33, 1.89, .38, .18, .19, 7.9, 7.9, .65, .08, NAN, 400, 1.124},
  };
  for (size_t i = 0; i < sizeof row / sizeof *row; i++) {
    taut_case *c = case_with(row[i].name, "pen_14", "1 mm");
    const taut_site *s = &c->site;
    assert_string_equal(s->name, row[i].name);
    bool good = near(s->sc, row[i].sc / 1000) && near(s->sc_sd, row[i].sc_sd / 1000) && near(s->ve, row[i].ve / 1000) &&
                near(s->ve_sd, row[i].ve_sd / 1000) && near(s->papillary, row[i].papillary) &&
                near(s->dermis[0], row[i].women) && near(s->dermis_sd[0], row[i].women_sd) &&
                near(s->dermis[1], row[i].men) && near(s->dermis_sd[1], row[i].men_sd) &&
                near(s->echo[0], row[i].echo_women) && near(s->echo[1], row[i].echo_men) &&
                near(s->fat[0], row[i].fat_women) && near(s->fat[1], row[i].fat_men) &&
                near(s->fat_sg, row[i].fat_sg) && near(s->bmi_slope, row[i].slope) && near(s->z_bone, row[i].bone) &&
                near(s->area, row[i].area_cm2 * 100) && near(s->f_site, row[i].closure);
    if (!good) fail_msg("%s", row[i].name);
    bool eyelid = strstr(row[i].name, "eyelid") != NULL;
    assert_true(s->orbital_rim == eyelid && s->globe == eyelid);
    assert_true(s->neck_structures == (strcmp(row[i].name, "neck") == 0));
    taut_case_destroy(&c);
  }
}

/* needling.md 2 */
static void devices_have_the_numbers_of_the_document(void **state) {
  (void)state;
  static const struct {
    const char *name, *depth;
    taut_device_kind kind;
    int needles, rings, rows, columns;
    double shaft, half_angle, tip_um, low, high, disc, pitch, rate_hz, speed_mm_s, tolerance;
  } row[] = {
      {"roller_192", "1 mm", TAUT_ROLLER, 192, 8, 0, 0, .25, 8, 5, .5, 3, 0, 0, 0, 50, 0},
      {"roller_770_test", "0.77 mm", TAUT_ROLLER, 192, 8, 0, 0, .14, 4.9, 4, .77, .77, 0, 0, 0, 50, 0},
      {"roller_home", "0.2 mm", TAUT_ROLLER, 540, 18, 0, 0, .2, 8, 5, .2, .3, 0, 0, 0, 50, 0},
      {"pen_6", "1 mm", TAUT_PEN, 6, 0, 0, 0, .25, 12, 5, 0, 1.5, 1.5, 0, 125, 0, .075},
      {"pen_12", "1 mm", TAUT_PEN, 12, 0, 0, 0, .21, 12, 5, .25, 2.5, 2.2, 0, 120, 0, .075},
      {"pen_14", "1 mm", TAUT_PEN, 14, 0, 0, 0, .235, 12, 5, .25, 2.5, 2.5, 0, 116.7, 0, .075},
      {"pen_16", "1 mm", TAUT_PEN, 16, 0, 0, 0, .21, 12, 5, .25, 2.5, 2.5, 0, 120, 0, .075},
      {"pen_36", "1 mm", TAUT_PEN, 36, 0, 0, 0, .21, 12, 5, .25, 2, 3.5, 0, 120, 0, .075},
      {"stamp_grid", "1 mm", TAUT_STAMP, 36, 0, 6, 6, .25, 8, 5, .5, 2, 0, 2, 0, 50, 0},
      {"stamp_array", "0.5 mm", TAUT_STAMP, 50, 0, 5, 10, .2, 15, 10, .2, .8, 0, .5, 0, 50, 0},
      {"rf_25", "1 mm", TAUT_RF, 25, 0, 5, 5, .30, 12, 10, .5, 3.5, 0, 2, 0, 100, 0},
      {"rf_36", "1 mm", TAUT_RF, 36, 0, 6, 6, .30, 12, 10, .5, 3.5, 0, 1.6, 0, 100, 0},
      {"rf_49", "1 mm", TAUT_RF, 49, 0, 7, 7, .30, 12, 10, .5, 3.5, 0, 1.4, 0, 100, 0},
  };
  const double degree = acos(-1) / 180;
  for (size_t i = 0; i < sizeof row / sizeof *row; i++) {
    taut_case *c = case_with("cheek", row[i].name, row[i].depth);
    const taut_device *d = &c->device;
    assert_string_equal(d->name, row[i].name);
    assert_int_equal(d->kind, row[i].kind);
    assert_int_equal(d->needles, row[i].needles);
    assert_int_equal(d->rings, row[i].rings);
    assert_int_equal(d->grid[0], row[i].rows);
    assert_int_equal(d->grid[1], row[i].columns);
    bool good = near(d->diameter, row[i].shaft) && near(d->half_angle, row[i].half_angle * degree) &&
                near(d->tip_radius, row[i].tip_um / 1000) && near(d->length[0], row[i].low) &&
                near(d->length[1], row[i].high) && near(d->disc_radius, row[i].disc) && near(d->pitch, row[i].pitch) &&
                near(d->rate, row[i].rate_hz * 86400) && near(d->speed, row[i].speed_mm_s * 86400) &&
                near(d->tolerance, row[i].tolerance);
    if (!good) fail_msg("%s", row[i].name);
    if (d->kind == TAUT_ROLLER) assert_true(d->drum_radius == 10 && d->drum_width == 20);
    taut_case_destroy(&c);
  }
}

static void lists_name_every_preset_with_a_title(void **state) {
  (void)state;
  static const struct {
    const char *kind;
    int count;
  } kinds[] = {{"sites", 14}, {"devices", 13}};
  for (int k = 0; k < 2; k++) {
    taut_preset *list = NULL;
    int count = 0;
    taut__fail_clear(context);
    assert_int_equal(taut__presets_list(context, kinds[k].kind, &list, &count), TAUT_OK);
    assert_int_equal(count, kinds[k].count);
    for (int i = 0; i < count; i++) {
      assert_true(strlen(list[i].title) > 3 && strstr(list[i].evidence, ": ") && !strstr(list[i].evidence, "\n"));
      assert_true((strcmp(list[i].name, "pen_14") != 0 && strcmp(list[i].name, "neck") != 0) || list[i].sources[0]);
      if (i) assert_true(strcmp(list[i - 1].name, list[i].name) < 0);
    }
    taut__presets_free(&list, count);
    assert_null(list);
  }
  taut_preset *list = NULL;
  int count = 0;
  taut__fail_clear(context);
  assert_int_equal(taut__presets_list(context, "planets", &list, &count), TAUT_ERR_INPUT);
  taut__fail_clear(context);
}

static void usual_names_lead_to_presets(void **state) {
  (void)state;
  static const char *const row[][2] = {{"Crow's feet", "crows_feet"},
                                       {"\"crow\u2019s feet\"", "crows_feet"},
                                       {"Nose", "nose_sidewall"},
                                       {"throat", "neck"},
                                       {"D\u00e9collet\u00e9", "decolletage"},
                                       {"CHEEK", "cheek"},
                                       {"upper eyelid", "upper_eyelid"},
                                       {"belly", "abdomen"}};
  for (size_t i = 0; i < sizeof row / sizeof *row; i++) {
    taut_case *c = case_with(row[i][0], "Dermaroller", "1 mm");
    assert_string_equal(c->site.name, row[i][1]);
    assert_string_equal(c->device.name, "roller_192");
    taut_case_destroy(&c);
  }
}

static void own_devices_and_sites_need_all_their_fields(void **state) {
  (void)state;
  taut_case *c = case_with(
      "{name: scar, stratum_corneum: 15 um, viable_epidermis: 60 +- 5 um, papillary: 0.1 mm, dermis_women: 1 mm, "
      "dermis_men: 1.1 mm, "
      "fat_women: 3 mm, fat_men: 2 mm, area: 3 cm^2}",
      "{name: mine, kind: stamp, needles: 6, grid: [2, 3], pitch: 1 mm, length: [0.5 mm, 1 mm], diameter: 0.2 mm, "
      "half_angle: 10 deg, tip_radius: 5 um, speed: 1 cm/s}",
      "1 mm");
  assert_string_equal(c->site.name, "scar");
  assert_true(c->site.dermis[1] == 1.1 && c->site.ve_sd == 0.005 && c->site.area == 300 && isnan(c->site.z_bone));
  assert_string_equal(c->device.name, "mine");
  assert_true(c->device.grid[1] == 3 && c->device.length[0] == 0.5 && near(c->device.speed, 10.0 * 86400));
  taut_case_destroy(&c);
  c = case_with("{name: neck, area: 100 cm^2, thickness: {source: histology, dermis: 0.9 mm}}",
                "{name: pen_14, needles: 20, length: 1 mm}", "1 mm");
  assert_true(c->site.area == 10000 && c->site.own_dermis == 0.9 && c->site.source == TAUT_THICKNESS_HISTOLOGY &&
              c->site.dermis[0] == 0.99);
  assert_true(c->device.needles == 20 && c->device.length[0] == 1 && c->device.length[1] == 1 &&
              c->device.diameter == 0.235);
  taut_case_destroy(&c);
}

/* A preset is what it says, changed and named so, or not a preset. */
static void a_device_is_a_preset_a_changed_one_or_the_users_own(void **state) {
  (void)state;
  static const char own[] =
      "kind: stamp, needles: 6, grid: [2, 3], pitch: 1 mm, length: [0.5 mm, 1 mm], diameter: 0.2 mm, "
      "half_angle: 10 deg, tip_radius: 5 um, speed: 1 cm/s}";
  static const struct {
    const char *device, *name;
  } row[] = {
      {"pen_14", "pen_14"},
      {"{name: pen_14}", "pen_14"},
      {"{name: pen_14, kind: pen, needles: 14, tip_radius: 0.005 mm, rate: 7002 rpm, length: [0.25 mm, 2.5 mm]}",
       "pen_14"},
      {"{needles: 14, glide: 30 mm/s, rings: none}", "pen_14"},
      {"{needles: 10}", "pen_14 (changed)"},
      {"{glide: 20 mm/s}", "pen_14 (changed)"},
      {"{name: stamp, grid: [4, 9]}", "stamp_grid (changed)"},
      {"{name: roller_192, length: [0.5 mm, 1 mm]}", "roller_192 (changed)"},
      {"{name: pen_12, tolerance: 0 mm}", "pen_12 (changed)"},
      {"{name: mine, ", "mine"},
      {"{", "own device"},
  };
  for (size_t i = 0; i < sizeof row / sizeof *row; i++) {
    char device[400];
    const bool open = row[i].device[strlen(row[i].device) - 1] != '}' && row[i].device[0] == '{';
    snprintf(device, sizeof device, "%s%s", row[i].device, open ? own : "");
    taut_case *c = case_with("cheek", device, "1 mm");
    assert_string_equal(c->device.name, row[i].name);
    size_t length = 0;
    char *text = written_case(c, &length);
    taut_case *again = good_case(text, NULL);
    assert_string_equal(again->device.name, row[i].name);
    assert_int_equal(again->device.kind, c->device.kind);
    assert_true(again->device.disc_radius == c->device.disc_radius && again->device.needles == c->device.needles);
    if (open) assert_true(c->device.disc_radius == 0 && c->device.rate == 0 && c->device.tolerance == 0);
    free(text);
    taut_case_destroy(&c), taut_case_destroy(&again);
  }
}

static void a_changed_site_is_noted(void **state) {
  (void)state;
  static const struct {
    const char *site, *note;
  } row[] = {
      {"{name: neck, area: 10 cm^2, thickness.dermis: 1 mm, papillary: 120 um, dermis_women: 0.99 +- 0.20 mm}", NULL},
      {"{name: neck, fat_women: 2 mm, bone: 9 mm}",
       "note: case.yaml:2:31: the site neck is not that of the preset: changed in fat_women, bone"},
      {"{name: neck, dermis_women: 0.99 mm}",
       "note: case.yaml:2:34: the site neck is not that of the preset: changed in dermis_women"},
  };
  for (size_t i = 0; i < sizeof row / sizeof *row; i++) {
    taut_case *c = case_with(row[i].site, "pen_14", "1 mm");
    assert_int_equal(c->warnings.count, row[i].note != NULL);
    if (row[i].note) assert_string_equal(c->warnings.item[0], row[i].note);
    assert_string_equal(c->site.name, "neck");
    taut_case_destroy(&c);
  }
}

static void conditions_have_their_advice(void **state) {
  (void)state;
  int rows = 0;
  for (; taut__condition(rows); rows++) {
    const taut_condition *c = taut__condition(rows);
    assert_true(strlen(c->what) > 4 && strlen(c->advice) > 3 && strlen(c->source) > 5 && strchr("ARU", c->level[0]) &&
                c->modalities[0]);
    const char *nearest;
    assert_string_equal(taut__condition_id(c->id, &nearest), c->id);
  }
  assert_int_equal(rows, 23);
  assert_null(taut__condition(-1));
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(sites_have_the_numbers_of_the_document),
      cmocka_unit_test(devices_have_the_numbers_of_the_document),
      cmocka_unit_test(lists_name_every_preset_with_a_title),
      cmocka_unit_test(usual_names_lead_to_presets),
      cmocka_unit_test(own_devices_and_sites_need_all_their_fields),
      cmocka_unit_test(a_device_is_a_preset_a_changed_one_or_the_users_own),
      cmocka_unit_test(a_changed_site_is_noted),
      cmocka_unit_test(conditions_have_their_advice),
  };
  return cmocka_run_group_tests(tests, open_context, close_context);
}
