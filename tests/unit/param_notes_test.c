/* What the reader tells beside errors: conditions and medicines, keys without effect, what is easily misread. */
#include "param_fixture.h"

#include "param/presets.h"

/* Expects exactly these warnings of a case. */
static void expect_warnings(const char *text, const char *set, const char *const wanted[4]) {
  taut_case *c = good_case(text, set);
  size_t n = 0;
  while (n < 4 && wanted[n]) n++;
  for (size_t i = 0; i < c->warnings.count; i++)
    if (i >= n || strcmp(c->warnings.item[i], wanted[i]) != 0) fail_msg("%s: %s", set ? set : "", c->warnings.item[i]);
  assert_int_equal(c->warnings.count, n);
  taut_case_destroy(&c);
}

static void every_condition_and_medicine_is_warned_of(void **state) {
  (void)state;
#define SCREEN "; screening is not part of this version"
  expect_warnings(
      "patient: {age: 40 years, conditions: [eczema, diabetes, pacemaker], medicines: [isotretinoin, active acne]}\n"
      "site: cheek\ntreatment.depth: 1 mm\n",
      NULL,
      (const char *const[4]){
          "case.yaml:1:39: inflammatory (active acne, rosacea, eczema, psoriasis in the area): relative "
          "contraindication for "
          "needling; advice: treat first" SCREEN,
          "case.yaml:1:47: diabetes (diabetes): not evaluated for needling; advice: individual, shallow" SCREEN,
          "case.yaml:1:57: pacemaker (pacemaker, defibrillator, metal in the field): absolute contraindication for "
          "radiofrequency needles; advice: do not treat" SCREEN,
          "case.yaml:1:81: isotretinoin_now (isotretinoin now): absolute contraindication for needling; advice: stop, "
          "see "
          "isotretinoin_recent" SCREEN});
  expect_warnings(
      MINIMAL, "patient.medicines=vitamin C serum",
      (const char *const[4]){"--set patient.medicines: serum_acid (vitamin C or non-sterile serum into open "
                             "pores): relative contraindication for serums; advice: do not apply in the "
                             "window" SCREEN});
  expect_warnings(MINIMAL, "acknowledge=[orbital, keloid]", (const char *const[4]){NULL});
  for (int i = 0; taut__condition(i); i++) {
    char set[80];
    snprintf(set, sizeof set, "patient.conditions=[%s]", taut__condition(i)->id);
    taut_case *c = good_case(MINIMAL, set);
    assert_int_equal(c->warnings.count, 1);
    taut_case_destroy(&c);
  }
}

static void what_nothing_reads_is_noted_when_the_user_sets_it(void **state) {
  (void)state;
#define IDLES   " is recorded; nothing in this version depends on it"
#define PATCHES " is recorded; only a patch (model.scale) depends on it"
  static const struct {
    const char *set, *note;
  } row[] = {
      {"treatment.exact_count=yes", "note: --set treatment.exact_count: treatment.exact_count" PATCHES},
      {"treatment.exact_count=no", NULL},
      {"treatment.directions=[0 deg]", "note: --set treatment.directions: treatment.directions" PATCHES},
      {"treatment.directions=[0 deg, 90 deg, 45 deg, 135 deg]", NULL},
      {"site.facial=no", "note: --set site.facial: the site cheek is not that of the preset: changed in facial"},
      {"healing.vitc_window=10 days", "note: --set healing.vitc_window: healing.vitc_window" IDLES},
      {"healing.vitc_window=2 weeks", NULL},
      {"healing.retinoid_K=0.1", "note: --set healing.retinoid_K: healing.retinoid_K" IDLES},
      {"healing.prp_vegf=1 pg/mm^3", "note: --set healing.prp_vegf: healing.prp_vegf" IDLES},
      {"healing.a_th=0.6", "note: --set healing.a_th: healing.a_th" IDLES},
      {"needling.angle_sd=2 deg", "note: --set needling.angle_sd: needling.angle_sd" PATCHES},
      {"treatment.overlap=20 %", NULL},
      {"aftercare.occlusion=50 %", NULL},
      {"patient.lightness=60", NULL},
      {"healing.b_F=5", NULL},
  };
  for (size_t i = 0; i < sizeof row / sizeof *row; i++) {
    taut_case *c = good_case(MINIMAL, row[i].set);
    const size_t n = c->warnings.count;
    if (n ? !row[i].note || strcmp(c->warnings.item[0], row[i].note) != 0 : row[i].note != NULL)
      fail_msg("%s: %s", row[i].set, n ? c->warnings.item[0] : "no note");
    size_t length = 0;
    char *text = written_case(c, &length);
    taut_case *again = good_case(text, NULL); /* the written case says the same, and no more */
    assert_int_equal(again->warnings.count, n);
    free(text);
    taut_case_destroy(&c), taut_case_destroy(&again);
  }
  expect_warnings(MINIMAL "model.scale: patch\nparameters: {needling: {angle_sd: 2 deg}}\n",
                  "treatment.exact_count=yes", (const char *const[4]){NULL});
  expect_warnings(MINIMAL "parameters: {healing: {kB_th: 0.4}}\n", NULL,
                  (const char *const[4]){"note: case.yaml:4:31: healing.kB_th" IDLES});
}

static void notes_tell_what_is_easily_misread(void **state) {
  (void)state;
  static const char mean_track[] =
      "note: one mean track reads the papillary stain about 3 to 4 points higher than three (accuracy: standard)";
  const char *const none[4] = {NULL}, *const mean[4] = {mean_track};
  expect_warnings(MINIMAL, "model.tracks=1", mean);
  expect_warnings(MINIMAL, "model.accuracy=draft", mean);
  expect_warnings(MINIMAL, "model={accuracy: draft, tracks: 3}", none);
  expect_warnings(MINIMAL "schedule.sessions: 0\n", "model.accuracy=draft", none);
  expect_warnings(MINIMAL, "model={accuracy: draft, injury: reference}", none);

  expect_warnings(
      MINIMAL "schedule: {sessions: 4, follow_up: [1 day]}\n", NULL,
      (const char *const[4]){"note: case.yaml:4:22: the session on day 84 is applied at the end and not followed"});
  expect_warnings(MINIMAL "schedule: {sessions: 4, follow_up: [1 day], until: 85 days}\n", NULL, none);
  expect_warnings(
      MINIMAL "schedule: {sessions: 4, follow_up: [1 day, 84 days]}\n", NULL,
      (const char *const[4]){"note: case.yaml:4:22: the session on day 84 is applied at the end and not followed"});

#define HORMONES "note: --set patient.hormone_therapy: patient.hormone_therapy has no effect "
  expect_warnings(MINIMAL, "patient.hormone_therapy=yes",
                  (const char *const[4]){HORMONES "before menopause: it counts after menopause only"});
  expect_warnings("patient: {age: 60 years, sex: male}\nsite: cheek\ntreatment.depth: 1 mm\n",
                  "patient.hormone_therapy=yes",
                  (const char *const[4]){HORMONES "in a man: it counts after menopause only"});
  expect_warnings("patient: {age: 60 years}\nsite: cheek\ntreatment.depth: 1 mm\n", "patient.hormone_therapy=yes",
                  none);
}

static void one_point_has_no_grid_and_no_tracks(void **state) {
  (void)state;
  taut_case *c =
      good_case("patient.age: 25 years\nmodel: {scale: zero, injury: excision, grid: G1, tracks: 1}\n", NULL);
  assert_int_equal(c->warnings.count, 2);
  assert_string_equal(c->warnings.item[0],
                      "note: case.yaml:2:46: model.grid has no effect with model.scale zero, which is one point");
  assert_string_equal(c->warnings.item[1],
                      "note: case.yaml:2:58: model.tracks has no effect with model.scale zero, which is one point");
  size_t length = 0;
  char *text = written_case(c, &length);
  assert_true(!strstr(text, "grid: G") && !strstr(text, "tracks:") && strstr(text, "scale: zero"));
  free(text);
  taut_case_destroy(&c);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(every_condition_and_medicine_is_warned_of),
      cmocka_unit_test(what_nothing_reads_is_noted_when_the_user_sets_it),
      cmocka_unit_test(notes_tell_what_is_easily_misread),
      cmocka_unit_test(one_point_has_no_grid_and_no_tracks),
  };
  return cmocka_run_group_tests(tests, open_context, close_context);
}
