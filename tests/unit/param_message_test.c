/* Wrong cases: each with its exact message.  A message says where, what is wrong, what was expected, and the nearest
 * known name. */
#define _XOPEN_SOURCE 700 /* mkdtemp, mkfifo */
#include "param_fixture.h"

#include <sys/stat.h>
#include <unistd.h>

typedef struct wrong {
  const char *text, *message;
} wrong;

/* Every row is tried before the test fails. */
static void check(const wrong *rows, size_t n, taut_err expected) {
  int failed = 0;
  for (size_t i = 0; i < n; i++) {
    taut_case *c = NULL;
    taut_err err = read_case(rows[i].text, NULL, &c);
    bool good = err == expected && !c && strcmp(taut_context_message(context), rows[i].message) == 0;
    if (!good) print_error("%s%d, \"%s\"\n", rows[i].text, (int)err, taut_context_message(context));
    failed += !good;
    taut_case_destroy(&c);
  }
  assert_int_equal(failed, 0);
}
#define CHECK(rows) check(rows, sizeof rows / sizeof *rows, TAUT_ERR_INPUT)

static void text_that_is_no_case_is_refused_with_its_place(void **state) {
  (void)state;
  static const wrong rows[] = {
      {"", "case.yaml:1:1: the file is empty; expected a mapping of keys such as patient, site, treatment"},
      {"# nothing\n", "case.yaml:1:1: the file is empty; expected a mapping of keys such as patient, site, treatment"},
      {"- a\n- b\n", "case.yaml:1:1: expected a mapping of keys such as patient, site, treatment"},
      {"neck\n", "case.yaml:1:1: expected a mapping of keys such as patient, site, treatment"},
      {"patient:\n\tage: 1\n",
       "case.yaml:2:1: no valid YAML: a tab or other character out of place; indent with spaces"},
      {"patient: {age: 1\n", "case.yaml:2:1: no valid YAML: did not find expected ',' or '}'"},
      {"seed: [1, 2] 3\n", "case.yaml:1:14: no valid YAML: did not find expected key"},
      {"title: \"open\n", "case.yaml:2:1: no valid YAML: found unexpected end of stream"},
      {"seed: 1\nseed: 2\n", "case.yaml:2:1: duplicate key \"seed\""},
      {"patient.age: 1\npatient: {age: 2}\n", "case.yaml:2:11: duplicate key \"age\""},
      {"patient: {age: 2}\npatient.age: 1\n", "case.yaml:2:1: duplicate key \"patient.age\""},
      {"patient: {age: 2}\npatient: {sex: male}\n", "case.yaml:2:1: duplicate key \"patient\""},
      {"patient..age: 1\n", "case.yaml:1:1: malformed key \"patient..age\""},
      {".age: 1\n", "case.yaml:1:1: malformed key \".age\""},
      {"a.b.c.d.e.f.g.h.i: 1\n", "case.yaml:1:1: malformed key \"a.b.c.d.e.f.g.h.i\""},
      {"patient: &p {age: 1}\n", "case.yaml:1:10: anchors are not accepted (&p)"},
      {"patient: *p\n", "case.yaml:1:10: aliases are not accepted (*p)"},
      {"seed: !!int 1\n", "case.yaml:1:7: tags are not accepted (tag:yaml.org,2002:int)"},
      {"seed: ! 1\n", "case.yaml:1:7: tags are not accepted (!)"},
      {"<<: {seed: 1}\n", "case.yaml:1:1: merge keys are not accepted"},
      {"? [a]\n: 1\n", "case.yaml:1:3: a key must be a plain word"},
      {"seed: 1\n---\nseed: 2\n", "case.yaml:2:1: a second document is not accepted"},
      {"%TAG !e! tag:e,2000:\n---\nseed: 1\n", "case.yaml:1:1: tag directives are not accepted"},
      {"seed: \x01\n", "case.yaml:1:7: control character in the text"},
      {"title: \xff\n", "case.yaml:1:8: the text is not UTF-8"},
      {"title: \xc0\xaf\n", "case.yaml:1:8: the text is not UTF-8"},
      {"title: \xed\xa0\x80\n", "case.yaml:1:8: the text is not UTF-8"},
      {"title: \"\\0\"\n", "case.yaml:1:8: NUL character in the text"},
      {"a: [[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[1]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]\n",
       "case.yaml:1:36: nested deeper than 32 levels"},
  };
  CHECK(rows);
  char nul[] = "seed: 1\nx\0y\n";
  taut_case *c = NULL;
  assert_int_equal(taut__case_parse(context, &taut__registry, "case.yaml", nul, sizeof nul - 1, NULL, 0, &c),
                   TAUT_ERR_INPUT);
  assert_string_equal(taut_context_message(context), "case.yaml:2:2: NUL byte in the text");
  char *large = calloc(TAUT_TREE_BYTES + 2, 1);
  memset(large, ' ', TAUT_TREE_BYTES + 1);
  assert_int_equal(taut__case_parse(context, &taut__registry, "case.yaml", large, TAUT_TREE_BYTES + 1, NULL, 0, &c),
                   TAUT_ERR_INPUT);
  assert_string_equal(taut_context_message(context), "case.yaml: the text is larger than 1 MiB");
  free(large);
}

static void unknown_keys_and_names_come_with_the_nearest(void **state) {
  (void)state;
  static const wrong rows[] = {
      {MINIMAL "patiet: 1\n", "case.yaml:4:1: unknown key \"patiet\"; nearest known key \"patient\""},
      {"patient: {age: 40 years, aeg: 1}\nsite: cheek\ntreatment.depth: 1 mm\n",
       "case.yaml:1:26: unknown key \"patient.aeg\"; nearest known key \"patient.age\""},
      {"patient: {age: 40 years, density: 1}\nsite: cheek\ntreatment.depth: 1 mm\n",
       "case.yaml:1:26: unknown key \"patient.density\"; nearest known key \"treatment.density\""},
      {MINIMAL "output: [depth]\n",
       "case.yaml:4:1: unknown key \"output\"; expected one of title, patient, acknowledge, site, device, "
       "treatment, rf, serum, schedule, aftercare, model, seed, parameters"},
      {MINIMAL "model.gird: G1\n", "case.yaml:4:1: unknown key \"model.gird\"; nearest known key \"model.grid\""},
      {MINIMAL "healing: {b_F: 1}\n",
       "case.yaml:4:1: unknown key \"healing\"; nearest known key \"parameters.healing\""},
      {MINIMAL "parameters: {healing.bF: 1}\n",
       "case.yaml:4:14: unknown parameter \"healing.bF\"; nearest known parameter \"healing.b_F\""},
      {MINIMAL "parameters: {healin.b_F: 1}\n",
       "case.yaml:4:14: unknown parameter group \"healin\"; expected "
       "group.name with a group of skin, needling, healing, mechanics, surface"},
      {MINIMAL "parameters: {healing: 1}\n", "case.yaml:4:23: healing holds several parameters; expected a mapping"},
      {MINIMAL "parameters: 3\n",
       "case.yaml:4:13: parameters holds several keys; expected a mapping such as {healing.b_F: 5}"},
      {"patient.age: 40 years\nsite: chek\ntreatment.depth: 1 mm\n",
       "case.yaml:2:7: unknown site \"chek\"; nearest known name \"cheek\""},
      {"patient.age: 40 years\nsite: scalp\ntreatment.depth: 1 mm\n",
       "case.yaml:2:7: unknown site \"scalp\"; expected one of taut list sites, or your own with all fields "
       "(dermis_women, ...)"},
      {MINIMAL "device: pen_41\n", "case.yaml:4:9: unknown device \"pen_41\"; nearest known name \"pen_14\""},
      {MINIMAL "device: ../../etc\n", "case.yaml:4:9: unknown device \"../../etc\"; expected one of taut list devices, "
                                      "or your own with all fields (kind, ...)"},
      {"patient: {age: 40 years, conditions: [keliod]}\nsite: cheek\ntreatment.depth: 1 mm\n",
       "case.yaml:1:39: patient.conditions: \"keliod\" is not known; nearest known id \"keloid\"; expected a list of "
       "ids, such as [keloid]"},
      {"patient: {age: 40 years, sex: femal}\nsite: cheek\ntreatment.depth: 1 mm\n",
       "case.yaml:1:31: patient.sex: \"femal\" is not known here; nearest known word \"female\"; expected female or "
       "male"},
      {MINIMAL "schedule.sessions: [{at: 0 h, dept: 1 mm}]\n",
       "case.yaml:4:31: unknown key \"dept\" of a session; nearest known key depth"},
  };
  CHECK(rows);
}

#define PATIENT(what)   "patient: {age: 40 years, " what "}\nsite: cheek\ntreatment.depth: 1 mm\n"
#define TREATMENT(what) "patient.age: 40 years\nsite: cheek\ntreatment: {" what "}\n"

static void wrong_values_say_what_was_expected(void **state) {
  (void)state;
  static const wrong rows[] = {
      {"patient.age: 56\nsite: cheek\ntreatment.depth: 1 mm\n",
       "case.yaml:1:14: patient.age: the number 56 has no unit; expected a time from 18 to 100 years"},
      {"patient.age: 17 years\nsite: cheek\ntreatment.depth: 1 mm\n",
       "case.yaml:1:14: patient.age: 17 years is out of bounds; expected a time from 18 to 100 years"},
      {"patient.age: fifty\nsite: cheek\ntreatment.depth: 1 mm\n",
       "case.yaml:1:14: patient.age: \"fifty\" is no number; expected a time from 18 to 100 years"},
      {"patient.age:\nsite: cheek\ntreatment.depth: 1 mm\n",
       "case.yaml:1:13: patient.age: no value given; expected a time from 18 to 100 years"},
      {"patient.age: 40 mm\nsite: cheek\ntreatment.depth: 1 mm\n",
       "case.yaml:1:14: patient.age: \"mm\" is the unit of a length; expected a time from 18 to 100 years"},
      {"patient.age: 40 yaers\nsite: cheek\ntreatment.depth: 1 mm\n",
       "case.yaml:1:14: patient.age: unknown unit \"yaers\"; nearest known unit \"years\"; expected a time from 18 to "
       "100 years"},
      {"patient.age: 40 a\nsite: cheek\ntreatment.depth: 1 mm\n",
       "case.yaml:1:14: patient.age: unknown unit \"a\"; expected a time from 18 to 100 years"},
      {"patient.age: 40 years ago\nsite: cheek\ntreatment.depth: 1 mm\n",
       "case.yaml:1:14: patient.age: unknown unit \"ago\"; expected a time from 18 to 100 years"},
      {"patient.age: 4,5 years\nsite: cheek\ntreatment.depth: 1 mm\n",
       "case.yaml:1:14: patient.age: a comma is no decimal point; write 1.5, not 1,5; expected a time from 18 to 100 "
       "years"},
      {"patient.age: nan years\nsite: cheek\ntreatment.depth: 1 mm\n",
       "case.yaml:1:14: patient.age: \"nan years\" is no number; expected a time from 18 to 100 years"},
      {"patient.age: 0x30 years\nsite: cheek\ntreatment.depth: 1 mm\n",
       "case.yaml:1:14: patient.age: \"0x30 years\" is no number; expected a time from 18 to 100 years"},
      {"patient.age: 1e999 years\nsite: cheek\ntreatment.depth: 1 mm\n",
       "case.yaml:1:14: patient.age: \"1e999 years\" is too large for a number; expected a time from 18 to 100 years"},
      {"patient.age: {mean: 3}\nsite: cheek\ntreatment.depth: 1 mm\n",
       "case.yaml:1:14: patient.age: a value is a number, x +- s, a range [low, high] or {lognormal: {mean: , sd: }}; "
       "expected a time "
       "from 18 to 100 years"},
      {"patient.age: [50 years, 40 years]\nsite: cheek\ntreatment.depth: 1 mm\n",
       "case.yaml:1:14: patient.age: the range runs from high to low; expected a time from 18 to 100 years"},
      {"patient.age: [40 years, 200 years]\nsite: cheek\ntreatment.depth: 1 mm\n",
       "case.yaml:1:14: patient.age: 200 years is out of bounds; expected a time from 18 to 100 years"},
      {"patient.age: 40 years +- 2\nsite: cheek\ntreatment.depth: 1 mm\n",
       "case.yaml:1:14: patient.age: the number after +- has no unit; expected a time from 18 to 100 years"},
      {PATIENT("phototype: VII"), "case.yaml:1:37: patient.phototype: \"VII\" is no number; expected a number from 1 "
                                  "to 6, or I, II, III, IV, V or VI"},
      {PATIENT("phototype: 7"), "case.yaml:1:37: patient.phototype: 7 is out of bounds; expected a number from 1 to 6, "
                                "or I, II, III, IV, V or VI"},
      {PATIENT("smoking: 20"), "case.yaml:1:35: patient.smoking: the number 20 has no unit; expected smoking in "
                               "pack-years from 0 to 300 pack-years, or none"},
      {PATIENT("conditions: {keloid: yes}"),
       "case.yaml:1:38: patient.conditions: a mapping is no list; expected a list of ids, such as [keloid]"},
      {TREATMENT("depth: 1"),
       "case.yaml:3:20: treatment.depth: the number 1 has no unit; expected a length from 0.01 to 10 mm, or none"},
      {TREATMENT("depth: 1 mm, density: 250 /cm"),
       "case.yaml:3:35: treatment.density: \"/cm\" is the unit of a number per length; expected a number per area from "
       "0.01 to 20000 /cm^2, or none"},
      {TREATMENT("depth: 1 mm, stretch: -5 %"),
       "case.yaml:3:35: treatment.stretch: -0.05 is out of bounds; expected a number from 0 to 0.5"},
      {TREATMENT("depth: 1 mm, directions: [0, 90] deg"),
       "case.yaml:3:46: no valid YAML: did not find expected ',' or '}'"},
      {TREATMENT("depth: 1 mm, directions: [0, 90]"), "case.yaml:3:39: treatment.directions: the number 0 has no unit; "
                                                      "expected a list, each an angle from -7 to 7 rad"},
      {MINIMAL "seed: -1\n", "case.yaml:4:7: seed: \"-1\" is no such number; expected a whole number from 0"},
      {MINIMAL "seed: 99999999999999999999999\n",
       "case.yaml:4:7: seed: \"99999999999999999999999\" is too large; expected a whole number from 0"},
      {MINIMAL "model.grid: G9\n", "case.yaml:4:13: model.grid: \"G9\" is no known grid; expected G1 to G4, or {n1: , "
                                   "n2: , n3: , ne: , np: , nret: , "
                                   "ns: }; auto: by accuracy"},
      {MINIMAL "model.grid: {n1: 0}\n",
       "case.yaml:4:18: model.grid: n1 is no number of cells from 1 to 400; expected G1 to G4, or {n1: , n2: , "
       "n3: , ne: , np: , nret: , ns: }; auto: by accuracy"},
      {MINIMAL "model.tolerance: 1\n",
       "case.yaml:4:18: model.tolerance: 1 is out of bounds; expected a number from 1e-12 to 0.1, or auto"},
      {MINIMAL "model.tracks: 2\n", "case.yaml:4:15: model.tracks: there is no rule for 2 tracks; expected 1 or 3"},
      {MINIMAL "device: {name: pen_14, needles: 1.5}\n",
       "case.yaml:4:33: device.needles: \"1.5\" is no such number; expected a whole number from 1 to 10000"},
      {MINIMAL "schedule.interval: 4\n",
       "case.yaml:4:20: schedule.interval: the number 4 has no unit; expected a time from 0.01 to 3653 days, or none"},
      {MINIMAL "schedule.follow_up: 6 months\n",
       "case.yaml:4:21: schedule.follow_up: no list; expected a list, each a time from 0 to 36525 days"},
      {MINIMAL "schedule.until: 0 days\n",
       "case.yaml:4:17: schedule.until: 0 days is out of bounds; expected a time from 0.001 to 36525 days, or auto"},
      {MINIMAL "schedule.follow_up: []\n",
       "case.yaml:4:21: schedule.follow_up: an empty list; expected a list, each a time from 0 to 36525 days"},
      {MINIMAL "schedule.sessions: -1\n", "case.yaml:4:20: schedule.sessions: \"-1\" is no whole number from 0 to "
                                          "1000; expected a whole number from 0, or a list such "
                                          "as [{at: 0 weeks}, {at: 3 weeks}]"},
      {MINIMAL "parameters: {healing.D_F: 0.008}\n",
       "case.yaml:4:27: healing.D_F: the number 0.008 has no unit; expected a diffusivity from 0 to 100 mm^2/day"},
  };
  CHECK(rows);
}

static void missing_and_contradictory_values_are_named(void **state) {
  (void)state;
  static const wrong rows[] = {
      {"site: cheek\ntreatment.depth: 1 mm\n",
       "case.yaml: patient.age is missing: it has no default; expected a time such as 45 years"},
      {"patient.age: 40 years\ntreatment.depth: 1 mm\n",
       "case.yaml: site is missing: expected the name of a site such as cheek (taut list sites)"},
      {"patient.age: 40 years\nsite: cheek\n",
       "case.yaml: treatment.depth is missing: expected the needle length set on the device, such as 1.0 mm"},
      {TREATMENT("density: 100 /cm^2"),
       "case.yaml:3:12: treatment.depth is missing: expected the needle length set on the device, such as 1.0 mm"},
      {TREATMENT("depth: 1 mm, density: 100 /cm^2, passes: 3"),
       "case.yaml:3:46: treatment.passes: contradicts treatment.density; expected one of density, passes, time"},
      {TREATMENT("depth: 1 mm, passes: 3, time: 10 min"),
       "case.yaml:3:37: treatment.time: contradicts treatment.passes; expected one of density, passes, time"},
      {TREATMENT("depth: 3 mm"),
       "case.yaml:3:20: treatment.depth: 3 mm cannot be set on the device pen_14; expected 0.25 to 2.5 mm"},
      {TREATMENT("depth: 1 mm") "device: roller_770_test\n",
       "case.yaml:3:20: treatment.depth: 1 mm cannot be set on the device roller_770_test; its needles have 0.77 mm"},
      {TREATMENT("depth: 1 mm, time: 10 min") "device: roller_192\n",
       "case.yaml:3:32: treatment.time: a density follows from time for pens only; expected treatment.density or "
       "treatment.passes"},
      {TREATMENT("depth: 1 mm, achieved_depth: 1.2 mm"),
       "case.yaml:3:42: treatment.achieved_depth: an achieved depth of 1.2 mm is more than the needle length set; "
       "expected at most 1 mm"},
      {PATIENT("sex: male, menopause: 5 years ago"),
       "case.yaml:1:48: patient.menopause: contradicts patient.sex male; expected none"},
      {PATIENT("menopause: 45 years ago"),
       "case.yaml:1:37: patient.menopause: 45 years ago is before birth; expected less than the age"},
      {MINIMAL "schedule: {sessions: 4, until: 2 months}\n",
       "case.yaml:4:32: schedule.until: the end at 60.875 days is before the last session at 84 days; expected a later "
       "end"},
      {MINIMAL "schedule: {follow_up: [1 h, 90 days], until: 2 months}\n",
       "case.yaml:4:46: schedule.until: the end at 60.875 days is before the last visit at 90 days; expected a later "
       "end"},
      {MINIMAL "schedule.follow_up: [2 days, 1 day]\n",
       "case.yaml:4:30: schedule.follow_up: a visit at 24 h after one at 2 days; expected rising times"},
      {MINIMAL "schedule.follow_up: [24 h, 1 day]\n",
       "case.yaml:4:28: schedule.follow_up: a visit at 24 h after one at 24 h; expected rising times"},
      {MINIMAL "schedule.sessions: [{at: 0 h}, {at: 3 weeks}, {at: 21 days}]\n",
       "case.yaml:4:47: schedule.sessions: a session at 21 days after one at 21 days; expected rising times"},
      {MINIMAL "schedule: {sessions: [{at: 0 h}], interval: 3 weeks}\n",
       "case.yaml:4:35: schedule.interval: contradicts a list of sessions, which carry their own times; expected a "
       "number of sessions with it, "
       "or none"},
      {MINIMAL "schedule: {sessions: 2, interval: none}\n",
       "case.yaml:4:25: schedule.interval: 2 sessions need one; expected a time such as 4 weeks"},
      {MINIMAL "schedule.sessions: [{at: 1 week}]\n",
       "case.yaml:4:21: schedule.sessions: times count from the first session; expected at: 0 weeks for it"},
      {MINIMAL "schedule.sessions: [{depth: 1 mm}]\n",
       "case.yaml:4:21: a session without at; expected its time, such as {at: 3 weeks}"},
      {MINIMAL "schedule.sessions: [{at: 0 h, density: 1 /cm^2, passes: 3}]\n",
       "case.yaml:4:49: schedule.sessions.passes: contradicts schedule.sessions.density; expected one of them"},
      {MINIMAL "schedule.sessions: [{at: 0 h, depth: 3 mm}]\n",
       "case.yaml:4:38: schedule.sessions.depth: 3 mm cannot be set on the device pen_14; expected 0.25 to 2.5 mm"},
      {MINIMAL "device: {name: roller_192, needles: 200}\n",
       "case.yaml:4:37: device.needles: 200 needles contradict rings times needles_per_ring, which make 192"},
      {MINIMAL "device: {name: mine, kind: pen, needles: 3, length: 1 mm, diameter: 0.2 mm, half_angle: 12 deg, "
               "tip_radius: 5 um, rate: 100 Hz}\n",
       "case.yaml:4:9: device.disc_radius is missing: a pen needs it"},
      {MINIMAL "device: {name: pen_14, tip_radius: 150 um}\n",
       "case.yaml:4:36: device.tip_radius: larger than the radius of the needle; expected at most half of "
       "device.diameter"},
      {MINIMAL "device: {name: pen_14, kind: roller}\n",
       "case.yaml:4:30: device.kind: contradicts the preset pen_14, which is a pen; expected a device.name of your own "
       "with it"},
      {MINIMAL "device: {kind: pen, length: 1 mm, diameter: 0.2 mm, half_angle: 12 deg, tip_radius: 5 um}\n",
       "case.yaml:4:9: device.needles is missing: a device of your own needs all fields\n"
       "case.yaml:4:9: device.disc_radius is missing: a pen needs it\n"
       "case.yaml:4:9: device.rate is missing: a pen needs it"},
      {"patient: 5\nsite: [a]\ntreatment: 3 mm\n", "case.yaml:1:10: patient holds several keys; expected a mapping\n"
                                                   "case.yaml:2:7: site holds several keys; expected a mapping\n"
                                                   "case.yaml:3:12: treatment holds several keys; expected a mapping"},
      {"patient.age: 40 years\nsite: cheek\nschedule.sessions: [{at: 0 h, depth: 1 mm}, {at: 1 week}]\n",
       "case.yaml:3:45: schedule.sessions: no depth of this session; expected one here, or treatment.depth for all"},
      {MINIMAL "model.grid: {n1: 400, n2: 400, n3: 400, ne: 1, np: 40, nret: 10, ns: 5}\n",
       "case.yaml:4:13: model.grid: 1200 x 56 points on 3 tracks are 201600; expected at most 200000 in all"},
      {"patient.age: 40 years\nmodel: {scale: zero, injury: excision}\nschedule.sessions: 3\n",
       "case.yaml:3:20: schedule.sessions: an excision happens once; expected 1, or 0 for skin without a wound"},
      {MINIMAL "model.injury: excision\n",
       "case.yaml:4:15: model.injury: an excision is simulated at one point; expected model.scale: zero with it"},
  };
  CHECK(rows);
}

static void what_is_not_built_is_refused_by_name(void **state) {
  (void)state;
  static const wrong rows[] = {
      {MINIMAL "serum: vitamin_c\n",
       "case.yaml:4:8: serum: \"vitamin_c\" is not available in this version; expected none"},
      {MINIMAL "serum: {name: vitamin_c}\n",
       "case.yaml:4:8: serum: a mapping is not available in this version; expected none"},
      {MINIMAL "rf: {mode: bipolar}\n", "case.yaml:4:1: rf (radiofrequency settings) is not available in this version"},
      {MINIMAL "aftercare: strict\n",
       "case.yaml:4:12: aftercare.name: \"strict\" is not available in this version; expected standard"},
      {MINIMAL "device: {name: rf_25, power: 1 mJ}\n",
       "case.yaml:4:23: device.power (power of a radiofrequency needle) is not available in this version"},
  };
  check(rows, sizeof rows / sizeof *rows, TAUT_ERR_NOT_AVAILABLE);
}

static void a_wrong_set_names_the_option(void **state) {
  (void)state;
  static const struct {
    const char *set, *message;
    taut_err err;
  } rows[] = {
      {"patient.age", "--set patient.age: malformed; expected --set key=value, such as --set patient.age=\"50 years\"",
       TAUT_ERR_USAGE},
      {"=3", "--set =3: malformed; expected --set key=value, such as --set patient.age=\"50 years\"", TAUT_ERR_USAGE},
      {"a..b=3", "--set a..b=3: malformed; expected --set key=value, such as --set patient.age=\"50 years\"",
       TAUT_ERR_USAGE},
      {"patient.aeg=3", "--set patient.aeg: unknown key \"patient.aeg\"; nearest known key \"patient.age\"", 0},
      {"patient.age=3", "--set patient.age: the number 3 has no unit; expected a time from 18 to 100 years", 0},
      {"patient.age=", "--set patient.age: no value given; expected a time from 18 to 100 years", 0},
      {"healing.bF=3", "--set healing.bF: unknown parameter \"healing.bF\"; nearest known parameter \"healing.b_F\"",
       0},
      {"healing.b_F=-3", "--set healing.b_F: -3 is out of bounds; expected a number from 0 to 1000", 0},
      {"schedule.sessions=[{at: 0 h}", "--set schedule.sessions: no valid YAML: did not find expected ',' or ']'", 0},
      {"schedule.sessions=[{at: 3 h}]",
       "--set schedule.sessions: times count from the first session; expected at: 0 weeks for it", 0},
      {"title=\x01", "--set title: control character in the text", 0},
      {"serum=prp", "--set serum: \"prp\" is not available in this version; expected none", TAUT_ERR_NOT_AVAILABLE},
      {"site=nekc", "--set site: unknown site \"nekc\"; nearest known name \"neck\"", 0},
  };
  for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
    const char *const sets[4] = {rows[i].set};
    taut_case *c = NULL;
    assert_int_equal(read_case(MINIMAL, sets, &c), rows[i].err ? rows[i].err : TAUT_ERR_INPUT);
    assert_null(c);
    assert_string_equal(taut_context_message(context), rows[i].message);
  }
}

static void every_error_is_reported_at_once_up_to_twenty(void **state) {
  (void)state;
  taut_case *c = NULL;
  assert_int_equal(read_case("patient: {age: 4 years, aeg: 3, sex: x}\nsite: nekc\ntreatment: {depth: 1}\n", NULL, &c),
                   TAUT_ERR_INPUT);
  assert_string_equal(
      taut_context_message(context),
      "case.yaml:1:25: unknown key \"patient.aeg\"; nearest known key \"patient.age\"\n"
      "case.yaml:2:7: unknown site \"nekc\"; nearest known name \"neck\"\n"
      "case.yaml:1:16: patient.age: 4 years is out of bounds; expected a time from 18 to 100 years\n"
      "case.yaml:1:38: patient.sex: \"x\" is not known here; expected female or male\n"
      "case.yaml:3:20: treatment.depth: the number 1 has no unit; expected a length from 0.01 to 10 mm, or none");
  char many[2000] = "patient: {age: 40 years}\n";
  for (int i = 0; i < 40; i++) snprintf(many + strlen(many), 40, "nonsense%d: 1\n", i);
  assert_int_equal(read_case(many, NULL, &c), TAUT_ERR_INPUT);
  assert_int_equal(taut__fail_count(context), TAUT_ERRORS_SHOWN + 1);
  const char *last = strrchr(taut_context_message(context), '\n');
  assert_string_equal(last + 1, "case.yaml: there are more errors; the first 20 are shown");
}

static void a_case_after_a_wrong_one_is_read_as_if_nothing_had_been(void **state) {
  (void)state;
  taut_case *c = NULL;
  assert_int_equal(read_case("nonsense: 1\n", NULL, &c), TAUT_ERR_INPUT);
  assert_int_equal(read_case(MINIMAL, NULL, &c), TAUT_OK);
  assert_string_equal(taut_context_message(context), "");
  taut_case_destroy(&c);
}

static void files_that_cannot_be_read_are_named(void **state) {
  (void)state;
  char folder[] = "/tmp/taut-param-XXXXXX", path[64], expected[160];
  assert_non_null(mkdtemp(folder));
  taut_case *c = NULL;
  assert_int_equal(taut__case_read(context, &taut__registry, folder, NULL, 0, &c), TAUT_ERR_INPUT);
  snprintf(expected, sizeof expected, "%s: is a folder; expected a case file", folder);
  assert_string_equal(taut_context_message(context), expected);
  snprintf(path, sizeof path, "%s/none.yaml", folder);
  assert_int_equal(taut__case_read(context, &taut__registry, path, NULL, 0, &c), TAUT_ERR_INPUT);
  snprintf(expected, sizeof expected, "%s: cannot be opened: No such file or directory", path);
  assert_string_equal(taut_context_message(context), expected);
  snprintf(path, sizeof path, "%s/case.yaml", folder);
  FILE *file = fopen(path, "w");
  assert_non_null(file);
  fputs(MINIMAL, file);
  fclose(file);
  assert_int_equal(taut__case_read(context, &taut__registry, path, NULL, 0, &c), TAUT_OK);
  taut_case_destroy(&c);
  char below[80];
  snprintf(below, sizeof below, "%s/x.yaml", path);
  assert_int_equal(taut__case_read(context, &taut__registry, below, NULL, 0, &c), TAUT_ERR_INPUT);
  snprintf(expected, sizeof expected, "%s: cannot be opened: Not a directory", below);
  assert_string_equal(taut_context_message(context), expected);
  file = fopen(path, "w");
  for (int i = 0; i < (1 << 17) + 1; i++) fputs("# filler\n", file);
  fclose(file);
  assert_int_equal(taut__case_read(context, &taut__registry, path, NULL, 0, &c), TAUT_ERR_INPUT);
  snprintf(expected, sizeof expected, "%s: larger than 1 MiB; expected a case file", path);
  assert_string_equal(taut_context_message(context), expected);
  unlink(path);
  assert_int_equal(mkfifo(path, 0600), 0); /* a pipe that nobody writes to does not hang the program */
  assert_int_equal(taut__case_read(context, &taut__registry, path, NULL, 0, &c), TAUT_ERR_INPUT);
  unlink(path);
  rmdir(folder);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(text_that_is_no_case_is_refused_with_its_place),
      cmocka_unit_test(unknown_keys_and_names_come_with_the_nearest),
      cmocka_unit_test(wrong_values_say_what_was_expected),
      cmocka_unit_test(missing_and_contradictory_values_are_named),
      cmocka_unit_test(what_is_not_built_is_refused_by_name),
      cmocka_unit_test(a_wrong_set_names_the_option),
      cmocka_unit_test(every_error_is_reported_at_once_up_to_twenty),
      cmocka_unit_test(a_case_after_a_wrong_one_is_read_as_if_nothing_had_been),
      cmocka_unit_test(files_that_cannot_be_read_are_named),
  };
  return cmocka_run_group_tests(tests, open_context, close_context);
}
