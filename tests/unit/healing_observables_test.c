/* Observables of healing.md 11 from a view. */
#include "../verify/healing_fixture.h"

static taut_context *context;
static taut_healing *healing;
static taut_view view;

static int setup(void **state) {
  (void)state;
  context = new_context();
  taut_healing_params p = default_params(context);
  taut_profile who = person_of(55);
  who.smoking = 1;
  healing = new_healing(context, &p, who);
  view = (taut_view){.thickness = {0.08, 0.16, 1.26, 0.5}};
  for (int f = 0; f < TAUT_H_FIELDS; f++)
    for (int layer = 0; layer < TAUT_LAYERS; layer++) view.mean[f][layer] = healing->set.rest[f][layer];
  view.extra[TAUT_EXTRA_COVER_MIN] = 1;
  view.extra[TAUT_EXTRA_M_MAX] = p.m0;
  return 0;
}

static int teardown(void **state) {
  (void)state;
  taut__healing_destroy(&healing);
  taut_context_destroy(&context);
  return 0;
}

static double look(int observable) {
  double value[TAUT_OBSERVABLES];
  taut__observe(healing, &view, value);
  return value[observable];
}

static void everything_is_one_or_zero_at_rest(void **state) {
  (void)state;
  const int one[] = {TAUT_O_mass_pap,  TAUT_O_mass_ret,  TAUT_O_mass_derm, TAUT_O_stain_pap, TAUT_O_stain_ret,
                     TAUT_O_young_pap, TAUT_O_young_ret, TAUT_O_X_pap,     TAUT_O_X_ret,     TAUT_O_elast_pap,
                     TAUT_O_elast_ret, TAUT_O_ev_pap,    TAUT_O_ev_ret,    TAUT_O_HA_pap,    TAUT_O_HA_ret,
                     TAUT_O_F_derm,    TAUT_O_B_pap,     TAUT_O_cover_min, TAUT_O_S_pap,     TAUT_O_S_ret,
                     TAUT_O_E_derm,    TAUT_O_I_derm};
  const int zero[] = {TAUT_O_A_derm,  TAUT_O_A_max,   TAUT_O_N_derm, TAUT_O_M_derm,  TAUT_O_M1_derm,
                      TAUT_O_M2_derm, TAUT_O_infl,    TAUT_O_J,      TAUT_O_redness, TAUT_O_tewl,
                      TAUT_O_c_pap,   TAUT_O_T3_derm, TAUT_O_P_derm, TAUT_O_fb_derm, TAUT_O_D_derm};
  for (size_t i = 0; i < sizeof one / sizeof *one; i++)
    if (!(fabs(look(one[i]) - 1) < 1e-14)) fail_msg("%s: %.17g", taut__observable_name(one[i]), look(one[i]));
  for (size_t i = 0; i < sizeof zero / sizeof *zero; i++) assert_true(look(zero[i]) == 0);
  assert_close("T", look(TAUT_O_T_derm), 0.02, 1e-14);
  assert_close("V", look(TAUT_O_V_derm), 0.1, 1e-14);
  assert_close("Lt", look(TAUT_O_Lt_derm), 1, 1e-14);
  assert_close("III", look(TAUT_O_III_pap), 0.25 * 0.95, 1e-14);
  assert_close("q", look(TAUT_O_q_ret), healing->layer[TAUT_RETICULAR].qr, 1e-14);
  assert_true(look(TAUT_O_m_max) == healing->p.m0);
}

static void ratios_are_of_means(void **state) {
  (void)state;
  const taut_layer_constants *p = &healing->layer[TAUT_PAPILLARY], *r = &healing->layer[TAUT_RETICULAR];
  view.mean[TAUT_H_Cn][TAUT_PAPILLARY] += 0.1;
  view.mean[TAUT_H_X][TAUT_RETICULAR] += 0.02;
  assert_close("mass_pap", look(TAUT_O_mass_pap), 1 + 0.1 / p->Ct_r, 1e-13);
  assert_close("stain_pap", look(TAUT_O_stain_pap),
               1 + 3.53 * 0.1 / (p->Cx_r + 0.5 * p->X_r + 3.53 * (p->C3_r + p->Cn_r)), 1e-13);
  assert_close("young_pap", look(TAUT_O_young_pap), 1 + 0.1 / (p->C3_r + p->Cn_r), 1e-13);
  assert_close("X_ret", look(TAUT_O_X_ret), 1 + 0.02 / r->X_r, 1e-13);
  assert_close("mass_derm", look(TAUT_O_mass_derm), 1 + (0.16 * 0.1 + 1.26 * 0.02) / (0.16 * p->Ct_r + 1.26 * r->Ct_r),
               1e-13);
  view.mean[TAUT_H_N][TAUT_PAPILLARY] = 0.3;
  view.mean[TAUT_H_M1][TAUT_RETICULAR] = 0.2;
  view.mean[TAUT_H_M2][TAUT_RETICULAR] = 0.1;
  view.mean[TAUT_H_E][TAUT_RETICULAR] = 2 * healing->E_r;
  assert_close("N_derm", look(TAUT_O_N_derm), 0.3 * 0.16 / 1.42, 1e-13);
  assert_close("M_derm", look(TAUT_O_M_derm), 0.3 * 1.26 / 1.42, 1e-13);
  assert_close("E_derm", look(TAUT_O_E_derm), 1 + 1.26 / 1.42, 1e-13);
  assert_close("J", look(TAUT_O_J), (0.3 * 0.16 / 1.42 / 0.7806 + 0.3 * 1.26 / 1.42 / 0.5908) / 3 / healing->p.J_max,
               1e-13);
  view.extra[TAUT_EXTRA_INFL] = 0.1;
  view.extra[TAUT_EXTRA_FB_UPPER] = 0.05;
  view.mean[TAUT_H_B][TAUT_PAPILLARY] = 1.2;
  assert_close("redness", look(TAUT_O_redness), 0.1 + 0.5 * 0.2 + 0.2 * 0.05, 1e-13);
  view.mean[TAUT_H_B][TAUT_PAPILLARY] = 0.8;
  assert_close("redness with fewer vessels", look(TAUT_O_redness), 0.1 + 0.2 * 0.05, 1e-13);
}

static void layers_that_do_not_exist_are_nan(void **state) {
  (void)state;
  memset(view.thickness, 0, sizeof view.thickness);
  view.thickness[TAUT_RETICULAR] = 1;
  for (int f = 0; f < TAUT_H_FIELDS; f++) view.mean[f][0] = view.mean[f][1] = view.mean[f][3] = 0;
  const int missing[] = {TAUT_O_mass_pap, TAUT_O_stain_pap, TAUT_O_young_pap, TAUT_O_III_pap, TAUT_O_X_pap,
                         TAUT_O_q_pap,    TAUT_O_elast_pap, TAUT_O_ev_pap,    TAUT_O_HA_pap,  TAUT_O_S_pap,
                         TAUT_O_B_pap,    TAUT_O_c_pap,     TAUT_O_cover_min, TAUT_O_tewl,    TAUT_O_redness};
  for (size_t i = 0; i < sizeof missing / sizeof *missing; i++) assert_true(isnan(look(missing[i])));
  int numbers = 0;
  for (int o = 0; o < TAUT_OBSERVABLES; o++) numbers += !isnan(look(o));
  assert_int_equal(numbers, TAUT_OBSERVABLES - (int)(sizeof missing / sizeof *missing));
  assert_close("mass_derm", look(TAUT_O_mass_derm), look(TAUT_O_mass_ret), 1e-14);
  assert_close("F_derm", look(TAUT_O_F_derm), 1, 1e-14);
}

static void names_are_those_of_the_document(void **state) {
  (void)state;
  assert_string_equal(taut__observable_name(TAUT_O_mass_pap), "mass_pap");
  assert_string_equal(taut__observable_name(TAUT_O_m_max), "m_max");
  assert_string_equal(taut__observable_name(-1), "");
  assert_string_equal(taut__observable_name(TAUT_OBSERVABLES), "");
}

int main(void) {
  const struct CMUnitTest tests[] = {
#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)
      TEST(everything_is_one_or_zero_at_rest),
      TEST(ratios_are_of_means),
      TEST(layers_that_do_not_exist_are_nan),
      TEST(names_are_those_of_the_document),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
