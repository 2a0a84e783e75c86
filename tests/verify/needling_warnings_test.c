/* Safety rules of needling.md 4.4: what is refused, with which largest length, what is warned of and noted. */
#include "needling_fixture.h"

/** Computes session 0 of a case with a needle length of its own. */
static taut_err report_at(fixture *f, double length, taut_needling_report *report) {
  f->c->session[0].depth = length;
  f->c->treatment_depth = length;
  taut__fail_clear(f->context);
  return taut__needling_report(f->context, f->c, 0, 0, report);
}

static bool says(const taut_texts *texts, const char *part) {
  for (size_t i = 0; i < texts->count; i++)
    if (strstr(texts->item[i], part)) return true;
  return false;
}

static void check_says(fixture *f, double length, const char *part, bool wanted) {
  taut_needling_report report;
  taut_err err = report_at(f, length, &report);
  if (err) print_error("%s\n", taut_context_message(f->context));
  assert_int_equal(err, TAUT_OK);
  if (says(&report.warnings, part) != wanted) {
    for (size_t i = 0; i < report.warnings.count; i++) print_error("%s\n", report.warnings.item[i]);
    fail_msg("%g mm: \"%s\" %s", length, part, wanted ? "is missing" : "should not be said");
  }
  taut__needling_report_free(&report);
}

static void check_refused(fixture *f, double length, const char *part) {
  taut_needling_report report;
  assert_int_equal(report_at(f, length, &report), TAUT_ERR_INPUT);
  assert_int_equal(report.warnings.count, 0);
  if (!strstr(taut_context_message(f->context), part))
    fail_msg("\"%s\" does not say \"%s\"", taut_context_message(f->context), part);
}

static void fat_is_noted_warned_and_strongly_warned_of(void **state) {
  (void)state;
  fixture f = open_case(NULL, NULL);
  check_says(&f, 0.5, "into fat", false);
  check_says(&f, 1.0, "note: with needles of 1 mm on cheek, 10 % of the tracks", true);
  check_says(&f, 1.25, "warning: with needles of 1.25 mm on cheek", true);
  check_says(&f, 1.25, "strong warning", false);
  check_says(&f, 1.5, "strong warning: with needles of 1.5 mm on cheek", true);
  close_case(&f);
}

static void orbital_rim_needs_acknowledgement(void **state) {
  (void)state;
  fixture f = open_case("site=upper_eyelid", NULL);
  check_refused(&f, 0.5, "--set site: upper_eyelid lies inside the orbital rim");
  close_case(&f);
  f = open_case("site=upper_eyelid", "acknowledge=[orbital_rim]", NULL);
  check_says(&f, 0.5, "the eye lies behind upper_eyelid", true);
  close_case(&f);
}

static void bone_is_refused_and_warned_of(void **state) {
  (void)state;
  fixture f = open_case("site=nose_sidewall", NULL); /* .7 x 3.5 = 2.45 mm */
  check_refused(&f, 2.45, "largest length that passes: 2.44 mm");
  check_says(&f, 2.44, "warning: only 0.01 mm", true);
  check_says(&f, 1.40, "bone", false);
  check_says(&f, 1.50, "warning: only 0.95 mm", true);
  close_case(&f);
  f = open_case("site=nose_sidewall", "device=rf_25", NULL); /* twice the margin */
  check_says(&f, 1.40, "warning: only 1.05 mm", true);
  close_case(&f);
}

static void track_beyond_the_fat_is_refused_with_the_largest_length(void **state) {
  (void)state;
  fixture f = open_case("site=upper_eyelid", "acknowledge=[orbital_rim]", NULL);
  check_refused(&f, 1.5,
                "leave the skin (0.64 mm) and the fat (0.20 mm) of upper_eyelid; largest length that passes: ");
  double largest = strtod(strstr(taut_context_message(f.context), "passes: ") + 8, NULL);
  check_says(&f, largest, "the eye", true);
  check_refused(&f, largest + .011, "leave the skin");
  close_case(&f);
}

static void lengths_the_device_lacks_are_refused(void **state) {
  (void)state;
  fixture f = open_case(NULL, NULL);
  check_refused(&f, 3.0, "needle length 3 mm: pen_14 can be set to 0.25 to 2.5 mm");
  check_refused(&f, 3.0, "reference.yaml:4:");
  check_says(&f, 0.8, "note: pen_14 is set in steps of 0.25 mm; 0.8 mm lies between", true);
  check_says(&f, 0.75, "steps", false);
  close_case(&f);
}

static void neck_and_long_needles_are_warned_of(void **state) {
  (void)state;
  fixture f = open_case("site=neck", NULL);
  check_says(&f, 1.4, "vessels, nerves and thyroid", false);
  check_says(&f, 1.75, "longer than the skin of neck is thick (1.45 mm by histology)", true);
  check_says(&f, 1.5, "outside the evaluated range", false);
  check_says(&f, 1.75, "1.75 mm is outside the evaluated range", true);
  close_case(&f);
}

static void hand_is_noted(void **state) {
  (void)state;
  fixture f = open_case("treatment.glide=100 mm/s", NULL);
  check_says(&f, 1.5, "warning: the pen glides 0.60 mm while a needle is in the skin", true);
  close_case(&f);
  f = open_case("device=roller_192", "treatment.force=0.6 N", NULL);
  check_says(&f, 1.5, "note: a hand force of 0.60 N is below the 1.22 N", true);
  close_case(&f);
  f = open_case("device=roller_192", "parameters.needling.c_s=0.2", NULL);
  check_says(&f, 1.5, "note: the roller cuts slits 0.21 mm longer than wide", true);
  close_case(&f);
}

static void weaknesses_are_said(void **state) {
  (void)state;
  fixture f = open_case(NULL, NULL), g = open_case("device=roller_192", NULL);
  check_says(&f, 1.0, "depth of motor pens in living face skin is unmeasured", true);
  check_says(&g, 1.0, "motor pens", false);
  check_says(&g, 1.0, "injured volume is uncertain by a factor of 2 to 3", true);
  f.c->session[0].density = NAN;
  f.c->session[0].passes = 1;
  check_says(&f, 1.0, "follows from the motion of pen and hand and is an upper bound", true);
  close_case(&f);
  close_case(&g);
}

static void uncomputable_devices_are_refused_in_place(void **state) {
  (void)state;
  fixture f = open_case(NULL, NULL);
  f.c->device.rate = 0;
  check_refused(&f, 1, "pen_14: the tip of a pen needs a positive rate");
  f.c->device.rate = 1e7;
  f.c->session[0].achieved = 1.2;
  check_refused(&f, 1, "1.2 mm cannot be reached by needles set to 1 mm");
  f.c->session[0].achieved = NAN;
  f.c->session[0].density = NAN;
  check_refused(&f, 1, "reference.yaml:4:37: neither density nor passes are given");
  f.c->session[0].passes = 1.5;
  check_refused(&f, 1, "1.5 passes: expected a whole number");
  close_case(&f);
}

static void memory_failures_are_reported(void **state) {
  (void)state;
  fixture f = open_case(NULL, NULL);
  taut_err err = TAUT_ERR_MEMORY;
  for (long fail = 0; err && fail < 100; fail++) {
    taut_needling_report report;
    taut__alloc_fail_after(fail);
    err = taut__needling_report(f.context, f.c, 0, 100, &report);
    taut__alloc_fail_after(-1);
    assert_true(err == TAUT_OK || err == TAUT_ERR_MEMORY);
    taut__fail_clear(f.context);
    if (!err) taut__needling_report_free(&report);
  }
  assert_int_equal(err, TAUT_OK);
  close_case(&f);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(fat_is_noted_warned_and_strongly_warned_of),
      cmocka_unit_test(orbital_rim_needs_acknowledgement),
      cmocka_unit_test(bone_is_refused_and_warned_of),
      cmocka_unit_test(track_beyond_the_fat_is_refused_with_the_largest_length),
      cmocka_unit_test(lengths_the_device_lacks_are_refused),
      cmocka_unit_test(neck_and_long_needles_are_warned_of),
      cmocka_unit_test(hand_is_noted),
      cmocka_unit_test(weaknesses_are_said),
      cmocka_unit_test(uncomputable_devices_are_refused_in_place),
      cmocka_unit_test(memory_failures_are_reported),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
