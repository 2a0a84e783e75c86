/* The person's material: ageing and sites of mechanics.md 3 (T9 without its suction columns), laxity links, coupling rules
 * 2 and 11. */
#include "mechanics_fixture.h"

#include "mechanics/clinic.h"

static taut_mechanics_person aged(const fixture *f, double age) {
  taut_mechanics_person person = taut__mechanics_reference_person(&f->p);
  person.age = age;
  person.documents = true;
  return person;
}

static void ages_meet_T9(void **state) {
  (void)state;
  static const struct {
    double age, h_r, e_a, c_a, sigma0, grade;
  } rows[] = {{25, 1.0460, 1.3100, 1.1275, 24.525, .66},
              {40, 1, 1, 1, 20.327, 1.50},
              {55, .9324, .7634, .8521, 17.151, 2.36},
              {70, .8270, .5827, .6977, 15.066, 3.26}};
  fixture f = open_fixture();
  for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
    taut_mechanical_ageing age = taut__mechanical_ageing(&f.p, rows[i].age, false);
    check_near("h_r", age.h_r, rows[i].h_r, 0, .5001e-4);
    check_near("e_a", age.e_a, rows[i].e_a, 0, .5001e-4);
    check_near("c_a", age.c_a, rows[i].c_a, 0, .5001e-4);
    taut_mechanics_person person = aged(&f, rows[i].age);
    taut_material m = material_of(&f, &person);
    check_near("sigma0", taut__law_sigma0(&taut__material_law(&m).layer[TAUT_MECH_RD], 0), rows[i].sigma0, 0, .5001e-3);
    check_near("phi_M", m.phi_M, age.c_a / age.h_r, 1e-14, 0);
    check_near("phi_e", m.phi_e, age.e_a / age.h_r, 1e-14, 0);
    check_near("phi_g", m.phi_g, 1, 0, 0);
    check_near("h_rd", m.h[TAUT_MECH_RD], .75 * age.h_r, 1e-14, 0);
    check_near("T_40", m.tension_40, 16.709007, 1e-6, 0);
    check_near("laxity", taut__grade_laxity(&f.p, m.tension, m.tension_40), rows[i].grade, 0, .5001e-2);
  }
  taut_mechanical_ageing man = taut__mechanical_ageing(&f.p, 70, true);
  check_near("men thin evenly", man.h_r, exp(-.003 * 30), 1e-12, 0);
  check_near("men lose collagen evenly", man.c_a, exp(-.008 * 30), 1e-12, 0);
  close_fixture(&f);
}

static void sites_meet_section_3(void **state) {
  (void)state;
  static const struct {
    const char *site;
    double sigma0, g_e;
  } rows[] = {{"forehead", 20.3, 1.2494}, {"crows_feet", 20.3, 1.2494}, {"cheek", 20.3, 1.2494},
              {"perioral", 7, 1.0220},    {"chin", 20.3, 1.2494},       {"neck", 20.3, 1.2494},
              {"forearm", 13.5, 1.1220}};
  fixture f = open_fixture();
  for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
    taut_mechanics_site site = taut__mechanics_site(rows[i].site);
    assert_null(site.warning);
    assert_string_equal(site.covered, rows[i].site);
    taut_mechanics_person person = taut__mechanics_reference_person(&f.p);
    person.sigma0 = site.sigma0;
    taut_material m = material_of(&f, &person);
    check_near("g_e", m.g_e, rows[i].g_e, 0, .5001e-4);
    check_near("sigma0", taut__law_sigma0(&taut__material_law(&m).layer[TAUT_MECH_RD], 0), rows[i].sigma0, 1e-12, 0);
    assert_int_equal(m.prestretch, TAUT_PRESTRETCH_FREE);
  }
  close_fixture(&f);
}

static void sites_without_numbers_borrow_with_a_warning(void **state) {
  (void)state;
  taut_mechanics_site thigh = taut__mechanics_site("thigh"), lid = taut__mechanics_site("upper_eyelid"),
                      own = taut__mechanics_site("elbow");
  assert_string_equal(thigh.covered, "forearm");
  assert_non_null(thigh.warning);
  assert_true(thigh.spread > taut__mechanics_site("forearm").spread); /* a wider prior */
  check_near("borrowed stress", thigh.sigma0, 13.5, 0, 0);
  assert_non_null(lid.warning);
  check_near("soft base of lids", lid.least_base, 1.5, 0, 0);
  assert_string_equal(own.covered, "cheek");
  assert_string_equal(own.name, "elbow");
  assert_non_null(own.warning);
}

static void low_targets_slacken_collagen_and_high_ones_stretch_it(void **state) {
  (void)state;
  fixture f = open_fixture();
  static const double target[] = {3, 5.2, 6, 30, 40};
  for (int i = 0; i < 5; i++) {
    taut_mechanics_person person = taut__mechanics_reference_person(&f.p);
    person.sigma0 = target[i];
    taut_material m = material_of(&f, &person);
    check_near("sigma0", taut__law_sigma0(&taut__material_law(&m).layer[TAUT_MECH_RD], 0), target[i], 1e-9, 0);
    assert_int_equal(m.prestretch, TAUT_PRESTRETCH_FREE);
    if (target[i] < 5.34)
      assert_true(m.g_c < f.p.g_c && m.g_e == 1);
    else if (target[i] > 35)
      assert_true(m.g_c == f.p.g_max);
    else
      assert_true(m.g_c == f.p.g_c && m.g_e > 1 && m.g_e < 1.6);
  }
  /* the highest stress seen in a face, 53 kPa, is beyond the default moduli: said, not hidden */
  taut_mechanics_person tight = taut__mechanics_reference_person(&f.p);
  tight.sigma0 = 53;
  assert_int_equal(material_of(&f, &tight).prestretch, TAUT_PRESTRETCH_CLIPPED_HIGH);
  close_fixture(&f);
}

static void a_given_laxity_sets_the_tension_within_limits(void **state) {
  (void)state;
  fixture f = open_fixture();
  taut_mechanics_person person = taut__mechanics_reference_person(&f.p);
  person.age = 56;
  person.sigma0 = 20.3;
  person.dermis_factor = .91;
  person.thickness[TAUT_MECH_RD] *= .91;
  person.laxity = 2;
  taut_material m = material_of(&f, &person);
  assert_int_equal(m.prestretch, TAUT_PRESTRETCH_FREE);
  check_near("grade", taut__grade_laxity(&f.p, m.tension, m.tension_40), 2, 0, 1e-9);
  assert_true(m.g_e > f.p.g_e_low && m.g_e < f.p.g_e_high);
  person.laxity = 4;
  person.sigma0 = 7;
  m = material_of(&f, &person);
  assert_int_equal(m.prestretch, TAUT_PRESTRETCH_CLIPPED_LOW);
  check_near("least pre-stretch", m.g_e, f.p.g_e_low, 0, 0);
  person.laxity = 0;
  person.sigma0 = 20.3;
  m = material_of(&f, &person);
  assert_int_equal(m.prestretch, TAUT_PRESTRETCH_CLIPPED_HIGH);
  check_near("largest pre-stretch", m.g_e, f.p.g_e_high, 0, 0);
  close_fixture(&f);
}

static void real_cases_keep_mass_per_area(void **state) {
  (void)state;
  fixture f = open_fixture();
  taut_mechanics_person person = taut__mechanics_reference_person(&f.p);
  person.age = 62;
  person.dermis_factor = .87;
  person.collagen_factor = .9;
  taut_material m = material_of(&f, &person);
  check_near("collagen per area", m.phi_M * .87, exp(-.008 * 22) * .9, 1e-12, 0);
  check_near("elastin per area", m.phi_e * .87, exp(-.018 * 22), 1e-12, 0);
  check_near("thickness is given from outside", m.h[TAUT_MECH_RD], f.p.h_rd, 1e-15, 0);
  /* the same person thinner by half: same mass, same tension but for the gel, which is at ease */
  taut_mechanics_person thin = person;
  thin.thickness[TAUT_MECH_PD] /= 2;
  thin.thickness[TAUT_MECH_RD] /= 2;
  thin.dermis_factor /= 2;
  taut_material n = material_of(&f, &thin);
  check_near("tension", n.tension, m.tension, 1e-12, 0);
  check_near("T_40", n.tension_40, m.tension_40, 1e-12, 0);
  close_fixture(&f);
}

static void photoageing_smoking_and_hydration_act_as_written(void **state) {
  (void)state;
  fixture f = open_fixture();
  taut_material base = reference_material(&f);
  taut_mechanics_person person = taut__mechanics_reference_person(&f.p);
  person.photo = .5;
  person.smoking = 1;
  taut_material m = material_of(&f, &person);
  check_near("elastin", m.phi_e, .8 * .9, 1e-14, 0);
  check_near("kappa", m.kappa, .2 + .5 * .5 * (1.0 / 3 - .2), 1e-14, 0);
  check_near("beta_2", m.viscosity.beta[1], 3.40 * 1.15, 1e-14, 0);
  check_near("beta_3", m.viscosity.beta[2], 1.99, 1e-14, 0);
  check_near("E_sc", m.E_sc, 1150, 1e-14, 0);
  assert_true(m.tension < base.tension);
  check_near("T_40 is that of the unharmed", m.tension_40, base.tension, 1e-14, 0);
  const double hydration[] = {0, .25, .5, .75, 1}, factor[] = {100, 10, 1, sqrt(.1), .1};
  for (int i = 0; i < 5; i++) {
    person = taut__mechanics_reference_person(&f.p);
    person.hydration = hydration[i];
    m = material_of(&f, &person);
    check_near("E_sc of hydration", m.E_sc, 1000 * factor[i], 1e-12, 0);
  }
  close_fixture(&f);
}

static void impossible_skins_are_refused(void **state) {
  (void)state;
  fixture f = open_fixture();
  taut_mechanics_person person = taut__mechanics_reference_person(&f.p);
  person.thickness[TAUT_MECH_HY] = 0;
  taut_material m;
  assert_int_equal(taut__material_create(f.context, &f.p, &person, &m), TAUT_ERR_INPUT);
  assert_non_null(strstr(taut_context_message(f.context), "hypodermis: its thickness"));
  close_fixture(&f);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(ages_meet_T9),
      cmocka_unit_test(sites_meet_section_3),
      cmocka_unit_test(sites_without_numbers_borrow_with_a_warning),
      cmocka_unit_test(low_targets_slacken_collagen_and_high_ones_stretch_it),
      cmocka_unit_test(a_given_laxity_sets_the_tension_within_limits),
      cmocka_unit_test(real_cases_keep_mass_per_area),
      cmocka_unit_test(photoageing_smoking_and_hydration_act_as_written),
      cmocka_unit_test(impossible_skins_are_refused),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
