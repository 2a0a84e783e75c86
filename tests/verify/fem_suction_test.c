/* The suction instrument against the reference results of the model document (mechanics.md 3, 7 and 10: T4, T5, T9, T11),
 * and what must hold for any skin (10.1). */
#include "fem_fixture.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#define RUN_OR_FAIL(suction, result)                                                                                   \
  do {                                                                                                                 \
    const taut_err err_ = taut__suction_run(suction, result);                                                          \
    if (err_) fail_msg("no result: %s", (result)->reason);                                                             \
  } while (0)

static taut_suction_reading measure(const person *p, double aperture, taut_mesh_level level) {
  const taut_skin_law skin = layers_of(p);
  const taut_suction s = taut__suction_default(&skin, aperture, level);
  taut_suction_result r;
  RUN_OR_FAIL(&s, &r);
  const taut_suction_reading reading = r.reading;
  taut__suction_free(&r);
  return reading;
}

static void near(const char *row, const char *what, double got, double expected, double tolerance) {
  if (!(fabs(got - expected) <= tolerance))
    fail_msg("%s: %s is %.7g, expected %.7g +- %.1e (off by %.1e)", row, what, got, expected, tolerance,
             got - expected);
}

/* R0, R2, R5, R7 */
static void near_reading(const char *row, const taut_suction_reading *r, const double expected[4], double tolerance) {
  static const int index[4] = {0, 2, 5, 7};
  for (int i = 0; i < 4; i++) {
    const char name[3] = {'R', (char)('0' + index[i]), 0};
    near(row, name, r->R[index[i]], expected[i], tolerance);
  }
}

/* ---- T4: variants of the reference measurement ---- */

typedef struct variant {
  const char *name;
  int level;
  double aperture, outer;
  int n_out;
  int refine;
  double ramp, K, K_h;
  taut_ring ring;
  double ring_outer;
  int cycles;
  int unknowns;
  double R[4], Ue, R3, R9;
} variant;

/* Zero: as in the reference measurement. */
static const variant common[] = {
    {.name = "mesh M1", .level = 1, .unknowns = 695, .R = {0.26929, 0.74003, 0.75400, 0.44572}, .Ue = 0.15918},
    {.name = "mesh M2", .unknowns = 2351, .R = {0.26999, 0.74001, 0.75120, 0.44507}, .Ue = 0.15996},
    {.name = "R_out 4", .outer = 4, .R = {0.26964, 0.74046, 0.75067, 0.44512}, .Ue = 0.15989},
    {.name = "R_out 9",
     .outer = 9,
     .n_out = 16,
     .unknowns = 2815,
     .R = {0.26992, 0.73975, 0.75121, 0.44495},
     .Ue = 0.15988},
    {.name = "R_out 12",
     .outer = 12,
     .n_out = 18,
     .unknowns = 3047,
     .R = {0.26961, 0.73972, 0.75138, 0.44503},
     .Ue = 0.15968},
    {.name = "K of dermis and epidermis x 5", .K = 5, .R = {0.26898, 0.73872, 0.74862, 0.44239}, .Ue = 0.15895},
    {.name = "K of dermis and epidermis / 5", .K = 0.2, .R = {0.27472, 0.74581, 0.76136, 0.45607}, .Ue = 0.16456},
    {.name = "K of hypodermis x 5", .K_h = 5, .R = {0.26867, 0.74225, 0.75564, 0.44732}, .Ue = 0.15905},
    {.name = "K of hypodermis / 2", .K_h = 0.5, .R = {0.27016, 0.73997, 0.74998, 0.44475}, .Ue = 0.16021},
    {.name = "ramp 0.01 s", .ramp = 0.01, .R = {0.27029, 0.74110, 0.75303, 0.44898}, .Ue = 0.16116},
    {.name = "ramp 0.06 s", .ramp = 0.06, .R = {0.26952, 0.73833, 0.74829, 0.43894}, .Ue = 0.15810},
    {.name = "time points x 2", .refine = 2, .R = {0.27021, 0.74070, 0.75080, 0.44448}, .Ue = 0.15997},
    {.name = "three cycles",
     .cycles = 3,
     .R = {0.26999, 0.74001, 0.75120, 0.44507},
     .Ue = 0.15996,
     .R3 = 0.30689,
     .R9 = 0.03690},
};
static const variant rings[] = {
    {.name = "frictionless ring",
     .ring = TAUT_RING_FRICTIONLESS,
     .unknowns = 2375,
     .R = {0.27123, 0.74747, 0.77628, 0.45817},
     .Ue = 0.16008},
    {.name = "ring glued to 3 mm",
     .outer = 9,
     .n_out = 16,
     .ring = TAUT_RING_FINITE,
     .ring_outer = 3,
     .unknowns = 2844,
     .R = {0.27035, 0.73970, 0.75170, 0.44503},
     .Ue = 0.16006},
};
static const variant slow[] = {
    {.name = "mesh M3", .level = 3, .unknowns = 5447, .R = {0.27050, 0.74008, 0.75079, 0.44498}, .Ue = 0.16032},
    {.name = "mesh M4", .level = 4, .unknowns = 9183, .R = {0.27078, 0.74012, 0.75065, 0.44495}, .Ue = 0.16051},
    {.name = "mesh M5", .level = 5, .unknowns = 21455, .R = {0.27093, 0.74026, 0.75123, 0.44513}, .Ue = 0.16054},
    {.name = "time points x 4", .refine = 4, .R = {0.27027, 0.74088, 0.75069, 0.44432}, .Ue = 0.15997},
};
static const variant wide[] = {
    {.name = "6 mm aperture",
     .aperture = 3,
     .outer = 12,
     .cycles = 3,
     .unknowns = 2351,
     .R = {1.26700, 0.73961, 0.57980, 0.39339},
     .Ue = 0.85965,
     .R3 = 1.38229,
     .R9 = 0.11528},
    {.name = "8 mm aperture",
     .aperture = 4,
     .outer = 16,
     .cycles = 3,
     .R = {1.77041, 0.75533, 0.57934, 0.40071},
     .Ue = 1.22454,
     .R3 = 1.92078,
     .R9 = 0.15037},
    {.name = "4 mm aperture",
     .aperture = 2,
     .outer = 8,
     .cycles = 3,
     .R = {0.74140, 0.74709, 0.65440, 0.42355},
     .Ue = 0.47986,
     .R3 = 0.81731,
     .R9 = 0.07591},
};
static const variant wide_slow[] = {
    {.name = "6 mm aperture, mesh M4",
     .level = 4,
     .aperture = 3,
     .outer = 12,
     .unknowns = 9183,
     .R = {1.26977, 0.73978, 0.58125, 0.39396},
     .Ue = 0.86062},
};

static void run_variant(const variant *v) {
  person p = plain_person();
  if (v->K > 0) p.K *= v->K;
  if (v->K_h > 0) p.K_h *= v->K_h;
  const taut_skin_law skin = layers_of(&p);
  taut_suction s = taut__suction_default(&skin, v->aperture > 0 ? v->aperture : 1,
                                         v->level ? (taut_mesh_level)v->level : TAUT_MESH_M2);
  if (v->outer > 0) s.probe.outer = v->outer;
  if (v->n_out) s.probe.mesh.out = v->n_out;
  if (v->refine) s.protocol.refine = v->refine;
  if (v->ramp > 0) s.protocol.ramp = v->ramp;
  if (v->cycles) s.protocol.cycles = v->cycles;
  s.probe.ring = v->ring;
  s.probe.ring_outer = v->ring_outer;
  taut_suction_result r;
  RUN_OR_FAIL(&s, &r);
  if (v->unknowns) assert_int_equal(r.unknowns, v->unknowns);
  assert_int_equal(r.retries, 0);
  near_reading(v->name, &r.reading, v->R, 1e-4);
  near(v->name, "Ue", r.reading.Ue, v->Ue, 1e-4);
  if (v->R3 > 0) near(v->name, "R3", r.reading.R[3], v->R3, 1e-4);
  if (v->R9 > 0) near(v->name, "R9", r.reading.R[9], v->R9, 1e-4);
  taut__suction_free(&r);
}

#define RUN_ALL(table)                                                                                                 \
  do {                                                                                                                 \
    for (size_t i = 0; i < sizeof table / sizeof *table; i++) run_variant(&table[i]);                                  \
  } while (0)

static void t4_variants_of_the_ring(void **state) {
  (void)state;
  RUN_ALL(rings);
}
static void t4_variants_of_mesh_material_and_protocol(void **state) {
  (void)state;
  RUN_ALL(common);
}
static void t4_fine_meshes_and_time_points(void **state) {
  (void)state;
  RUN_ALL(slow);
}
static void t11_wide_apertures_over_three_cycles(void **state) {
  (void)state;
  RUN_ALL(wide);
}
static void t11_wide_aperture_on_a_fine_mesh(void **state) {
  (void)state;
  RUN_ALL(wide_slow);
}

/* ---- T5, T9: other skins ---- */

static void t9_ages_from_25_to_70(void **state) {
  (void)state;
  static const double table[][5] = {{25, 0.2676, 0.7977, 0.7957, 0.5114},
                                    {40, 0.2700, 0.7400, 0.7512, 0.4451},
                                    {55, 0.2657, 0.6775, 0.7189, 0.3913},
                                    {70, 0.2558, 0.6175, 0.7032, 0.3514}};
  static const double R6[] = {0.5559, 0.6878, 0.8374, 1.0013};
  for (size_t i = 0; i < sizeof table / sizeof *table; i++) {
    const person p = aged_person(table[i][0]);
    const taut_suction_reading r = measure(&p, 1, TAUT_MESH_M2);
    char row[32];
    snprintf(row, sizeof row, "%g years", table[i][0]);
    near_reading(row, &r, table[i] + 1, 2e-4);
    near(row, "R6", r.R[6], R6[i], 3e-4);
  }
}

static void t9_sites_of_the_face_and_forearm(void **state) {
  (void)state;
  static const struct {
    const char *name;
    double sc, ve, pd, rd, hy, g_e, R[4];
  } site[] = {{"forehead", 0.015, 0.055, 0.12, 0.74, 2.0, 1.2494, {0.270, 0.742, 0.757, 0.447}},
              {"crow's feet", 0.015, 0.040, 0.12, 0.68, 2.5, 1.2494, {0.279, 0.744, 0.746, 0.447}},
              {"cheek", 0.015, 0.055, 0.12, 0.75, 4.0, 1.2494, {0.269, 0.740, 0.754, 0.446}},
              {"perioral", 0.015, 0.065, 0.12, 1.03, 5.1, 1.0220, {0.229, 0.672, 0.796, 0.409}},
              {"chin", 0.015, 0.055, 0.12, 0.88, 4.0, 1.2494, {0.256, 0.740, 0.774, 0.449}},
              {"neck", 0.015, 0.050, 0.12, 0.87, 3.5, 1.2494, {0.257, 0.741, 0.774, 0.450}},
              {"forearm", 0.020, 0.057, 0.15, 0.80, 4.0, 1.1220, {0.256, 0.700, 0.749, 0.418}}};
  for (size_t i = 0; i < sizeof site / sizeof *site; i++) {
    person p = plain_person();
    const double h[TAUT_MECH_LAYERS] = {site[i].sc, site[i].ve, site[i].pd, site[i].rd, site[i].hy};
    memcpy(p.h, h, sizeof h);
    p.g_e = site[i].g_e;
    const taut_suction_reading r = measure(&p, 1, TAUT_MESH_M1);
    near_reading(site[i].name, &r, site[i].R, 1e-3);
  }
}

/* Rows of T5; lambda from the table, layers by mechanics.md 4.6. */
static void t5_composition_changes_the_readings(void **state) {
  (void)state;
  static const struct {
    const char *name;
    double N, g_N, elastin, hyaluronan, active, lambda, R[4];
  } row[] = {{"base", 0, 1.07, 1, 1, 0, 1, {.26999, .74001, .75120, .44507}},
             {"N +1 %", .01, 1.07, 1, 1, 0, 0.9996681, {.26963, .73986, .75136, .44498}},
             {"N +5 %", .05, 1.07, 1, 1, 0, 0.9983865, {.26827, .73928, .75201, .44460}},
             {"N +10 %", .10, 1.07, 1, 1, 0, 0.9968790, {.26673, .73855, .75274, .44413}},
             {"N +20 %", .20, 1.07, 1, 1, 0, 0.9941354, {.26413, .73712, .75398, .44315}},
             {"N +10 % at 1.045", .10, 1.045, 1, 1, 0, 0.9984243, {.26839, .73830, .75087, .44360}},
             {"N +10 % at 1.10", .10, 1.10, 1, 1, 0, 0.9939735, {.26390, .73923, .75539, .44511}},
             {"elastin +10 %", 0, 1.07, 1.1, 1, 0, 0.9953456, {.26770, .74098, .75705, .44724}},
             {"elastin -10 %", 0, 1.07, 0.9, 1, 0, 1.0046006, {.27213, .73900, .74543, .44290}},
             {"HA +20 %", 0, 1.07, 1, 1.2, 0, 1, {.26927, .73808, .75172, .44382}},
             {"HA -20 %", 0, 1.07, 1, 0.8, 0, 1, {.27076, .74199, .75069, .44636}},
             {"active A = 1", 0, 1.07, 1, 1, 1, 0.9966941, {.27086, .74190, .75205, .44679}}};
  const double S_rest = 0.787, C_rest = 0.90;
  for (size_t i = 0; i < sizeof row / sizeof *row; i++) {
    person p = plain_person();
    const double l = row[i].lambda;
    const double J =
        1 + 0.30 * row[i].N * S_rest / C_rest + 0.02 * (row[i].elastin - 1) + 0.10 * (row[i].hyaluronan - 1);
    p.h[TAUT_MECH_PD] *= J / (l * l);
    p.h[TAUT_MECH_RD] *= J / (l * l);
    p.phi_g = (1 + 0.3 * (row[i].hyaluronan - 1)) / J;
    p.phi_e = row[i].elastin / J;
    p.phi_M = 1 / J;
    p.phi_N = row[i].N / J;
    p.g_e *= l;
    p.g_c *= l;
    p.g_N = row[i].g_N * l;
    p.active = row[i].active * l * l / J;
    const taut_suction_reading r = measure(&p, 1, TAUT_MESH_M2);
    near_reading(row[i].name, &r, row[i].R, 2e-4);
  }
}

/* ---- what holds for any skin ---- */

static void readings_are_consistent_to_round_off(void **state) {
  (void)state;
  const person p = aged_person(63);
  const taut_skin_law skin = layers_of(&p);
  taut_suction s = taut__suction_default(&skin, 1, TAUT_MESH_M1);
  s.protocol.cycles = 3;
  taut_suction_result r;
  RUN_OR_FAIL(&s, &r);
  const double *R = r.reading.R;
  assert_true(fabs(R[1] - R[0] * (1 - R[2])) < 1e-12);
  assert_true(fabs(R[8] - R[0] * R[2]) < 1e-12);
  assert_true(fabs(R[6] - (R[5] / R[7] - 1)) < 1e-12);
  assert_true(fabs(R[9] - (R[3] - R[0])) < 1e-12);
  assert_true(R[3] > R[0] && R[4] > R[1]);
  assert_int_equal(r.points, 102);
  assert_true(r.time[17] == 2 && r.apex[17] == R[0] && r.time[102] == 12 && r.apex[102] == R[4]);
  assert_true(r.pressure[5] == 45 && r.pressure[17] == 45 && r.pressure[22] == 0);
  taut__suction_free(&r);
}

/* Two families with the same stretch are one family. */
static void splitting_a_family_changes_nothing(void **state) {
  (void)state;
  const person p = plain_person();
  const taut_skin_law whole = layers_of(&p);
  taut_skin_law split = whole;
  for (int l = TAUT_MECH_PD; l <= TAUT_MECH_RD; l++) {
    taut_layer_law *y = &split.layer[l];
    y->fibres = 2;
    y->fibre[1] = y->fibre[0];
    y->fibre[0].k *= 0.3;
    y->fibre[1].k *= 0.7;
  }
  const taut_skin_law *const both[2] = {&whole, &split};
  double R0[2], R7[2];
  for (int i = 0; i < 2; i++) {
    const taut_suction s = taut__suction_default(both[i], 1, TAUT_MESH_M1);
    taut_suction_result r;
    RUN_OR_FAIL(&s, &r);
    R0[i] = r.reading.R[0];
    R7[i] = r.reading.R[7];
    taut__suction_free(&r);
  }
  assert_true(fabs(R0[0] - R0[1]) < 1e-9);
  assert_true(fabs(R7[0] - R7[1]) < 1e-8);
}

static void without_viscosity_release_retraces_suction(void **state) {
  (void)state;
  person p = plain_person();
  for (int k = 0; k < TAUT_VISCOUS_TERMS; k++) p.viscosity.beta[k] = 0;
  const taut_skin_law skin = layers_of(&p);
  const taut_suction s = taut__suction_default(&skin, 1, TAUT_MESH_M1);
  taut_suction_result r;
  RUN_OR_FAIL(&s, &r);
  for (int i = 1; i <= 4; i++) assert_true(fabs(r.apex[i] - r.apex[22 - i]) < 1e-9);
  assert_true(fabs(r.reading.R[2] - 1) < 1e-9 && fabs(r.reading.R[7] - 1) < 1e-9);
  taut__suction_free(&r);
}

static void rest_without_end_returns_the_skin(void **state) {
  (void)state;
  const person p = plain_person();
  const taut_skin_law skin = layers_of(&p);
  taut_suction s = taut__suction_default(&skin, 1, TAUT_MESH_M1);
  s.protocol.off = 400; /* 160 of the longest relaxation times of the stress */
  s.protocol.refine = 4;
  taut_suction_result r;
  RUN_OR_FAIL(&s, &r);
  assert_true(r.apex[70] > 1e-3);
  assert_true(fabs(r.apex[r.points]) < 1e-6);
  for (int i = 69; i <= r.points; i++) assert_true(r.apex[i] < r.apex[i - 1]);
  taut__suction_free(&r);
}

static void thicker_stiffer_tighter_skin_rises_less(void **state) {
  (void)state;
  const person base = plain_person();
  const double R0 = measure(&base, 1, TAUT_MESH_M1).R[0];
  for (int i = 0; i < 6; i++) {
    person p = base;
    double *const what[6] = {&p.h[TAUT_MECH_RD], &p.mu_m, &p.mu_e, &p.k1, &p.E_sc, &p.g_c};
    *what[i] *= i < 5 ? 1.1 : 1.01;
    assert_true(measure(&p, 1, TAUT_MESH_M1).R[0] < R0 - 1e-4);
  }
}

static void mesh_error_of_R0_falls_with_first_order_and_is_below_one_percent(void **state) {
  (void)state;
  const person p = plain_person();
  const taut_skin_law skin = layers_of(&p);
  const double limit = 0.2714; /* extrapolated, +- 0.0002 */
  double R0[3], estimate[3];
  for (int i = 0; i < 3; i++) {
    const taut_suction s = taut__suction_default(&skin, 1, (taut_mesh_level)(TAUT_MESH_M1 + i));
    taut_suction_result r;
    RUN_OR_FAIL(&s, &r);
    R0[i] = r.reading.R[0];
    estimate[i] = r.error_mesh;
    taut__suction_free(&r);
    assert_true(fabs(R0[i] / limit - 1) < 0.01);
    assert_true(fabs(R0[i] / limit - 1) < 1.2 * estimate[i]);
  }
  /* the corner of the rim limits the order to one: errors follow the width of the element there */
  const double order = log((limit - R0[0]) / (limit - R0[2])) / log(12.0 / 4);
  assert_true(order > 0.6 && order < 1.2);
}

static void a_step_that_cannot_be_made_gives_a_reason_and_no_number(void **state) {
  (void)state;
  person p = plain_person();
  p.mu_h = 0.001;
  p.K_h = 0.002;
  p.mu_m = p.mu_e = 0.01;
  p.k1 = 0.001;
  p.E_sc = p.E_ve = 0.01;
  const taut_skin_law skin = layers_of(&p);
  const taut_suction s = taut__suction_default(&skin, 1, TAUT_MESH_M1);
  taut_suction_result r;
  assert_int_equal(taut__suction_run(&s, &r), TAUT_ERR_NUMERICS);
  assert_non_null(strstr(r.reason, "kPa"));
  assert_true(r.retries > 0);
  for (int i = 0; i < 10; i++) assert_true(isnan(r.reading.R[i]));
  assert_true(isnan(r.reading.Ue) && isnan(r.reading.Uv));
  taut__suction_free(&r);
}

/* Soft skin under a wide probe at twice the usual suction.  Some steps fail and are made in parts, which must not be seen in
 * the numbers; where the surface buckles on its way down, there is a reason and no number.  Whatever is told rises while
 * suction rises or holds and falls while it falls or rests: a jump to another equilibrium is none. */
static void a_skin_that_may_buckle_is_followed_or_refused(void **state) {
  (void)state;
  enum { MOST = 6 };
  person p = plain_person();
  p.mu_m = 1;
  p.mu_e = 3;
  const taut_skin_law skin = layers_of(&p);
  double R0 = NAN, R2 = NAN;
  int told = 0, cut = 0;
  for (int refine = 1; refine <= MOST; refine++) {
    taut_suction s = taut__suction_default(&skin, 4, TAUT_MESH_M1);
    s.protocol.pressure = 90;
    s.protocol.refine = refine;
    taut_suction_result r;
    const taut_err err = taut__suction_run(&s, &r);
    if (err) {
      assert_int_equal(err, TAUT_ERR_NUMERICS);
      assert_true(strlen(r.reason) > 0 && isnan(r.reading.R[0]) && isnan(r.reading.R[2]));
    } else {
      for (int i = 0; i < r.points; i++) {
        const bool up = r.pressure[i + 1] > r.pressure[i] || (r.pressure[i + 1] == r.pressure[i] && r.pressure[i] > 0);
        const double moved = r.apex[i + 1] - r.apex[i];
        assert_true(up ? moved > -0.004 : moved < 0.004);
      }
      if (told++) {
        assert_true(fabs(r.reading.R[0] - R0) < 2e-3);
        assert_true(fabs(r.reading.R[2] - R2) < 1e-2);
      } else {
        R0 = r.reading.R[0];
        R2 = r.reading.R[2];
      }
      cut += r.retries > 0;
    }
    taut__suction_free(&r);
  }
  assert_true(told >= 2 && cut >= 1);
}

static void no_memory_gives_no_measurement(void **state) {
  (void)state;
  const person p = plain_person();
  const taut_skin_law skin = layers_of(&p);
  const taut_suction s = taut__suction_default(&skin, 1, TAUT_MESH_M1);
  for (long n = 1;; n++) {
    assert_true(n < 100);
    taut_suction_result r;
    taut__alloc_fail_after(n);
    const taut_err err = taut__suction_run(&s, &r);
    taut__alloc_fail_after(0);
    if (err) {
      assert_int_equal(err, TAUT_ERR_MEMORY);
      assert_true(isnan(r.reading.R[0]) && r.reason[0]);
    }
    taut__suction_free(&r);
    if (!err) break;
  }
}

static void measurements_that_make_no_sense_are_refused(void **state) {
  (void)state;
  taut_context *context = NULL;
  assert_int_equal(taut_context_create(NULL, &context), TAUT_OK);
  const person p = plain_person();
  const taut_skin_law skin = layers_of(&p);
  const taut_suction good = taut__suction_default(&skin, 1, TAUT_MESH_M2);
  assert_int_equal(taut__suction_check(context, "test", &good), TAUT_OK);
  for (int i = 0; i < 13; i++) {
    taut_suction s = good;
    taut_skin_law other = skin;
    s.probe.skin = &other;
    switch (i) {
    case 0:
      s.protocol.pressure = -45;
      break;
    case 1:
      s.protocol.pressure = NAN;
      break;
    case 2:
      s.protocol.pressure = 200;
      break;
    case 3:
      s.probe.aperture = 7;
      break;
    case 4:
      s.probe.aperture = 0;
      break;
    case 5:
      other.layer[TAUT_MECH_RD].h = 0;
      break;
    case 6:
      other.layers = 4;
      break;
    case 7:
      other.layer[TAUT_MECH_SC].D[0] = -1;
      break;
    case 8:
      s.protocol.on = 0.05;
      break;
    case 9:
      s.protocol.ramp = 0.2;
      break;
    case 10:
      s.probe.mesh.rows[1] = 0;
      break;
    case 11:
      s.probe.ring = TAUT_RING_FINITE;
      s.probe.ring_outer = 0.5;
      break;
    default:
      s.protocol.cycles = 0;
      break;
    }
    assert_int_equal(taut__suction_check(context, "test", &s), TAUT_ERR_INPUT);
    taut__fail_clear(context);
  }
  taut_context_destroy(&context);
}

/* Without arguments the quick tests, with "slow" those that take long. */
int main(int argc, char **argv) {
  const struct CMUnitTest usual[] = {
      cmocka_unit_test(t4_variants_of_the_ring),
      cmocka_unit_test(readings_are_consistent_to_round_off),
      cmocka_unit_test(splitting_a_family_changes_nothing),
      cmocka_unit_test(without_viscosity_release_retraces_suction),
      cmocka_unit_test(rest_without_end_returns_the_skin),
      cmocka_unit_test(thicker_stiffer_tighter_skin_rises_less),
      cmocka_unit_test(mesh_error_of_R0_falls_with_first_order_and_is_below_one_percent),
      cmocka_unit_test(a_step_that_cannot_be_made_gives_a_reason_and_no_number),
      cmocka_unit_test(a_skin_that_may_buckle_is_followed_or_refused),
      cmocka_unit_test(no_memory_gives_no_measurement),
      cmocka_unit_test(measurements_that_make_no_sense_are_refused),
  };
  const struct CMUnitTest long_ones[] = {
      cmocka_unit_test(t4_variants_of_mesh_material_and_protocol),
      cmocka_unit_test(t9_ages_from_25_to_70),
      cmocka_unit_test(t9_sites_of_the_face_and_forearm),
      cmocka_unit_test(t5_composition_changes_the_readings),
      cmocka_unit_test(t11_wide_apertures_over_three_cycles),
      cmocka_unit_test(t4_fine_meshes_and_time_points),
      cmocka_unit_test(t11_wide_aperture_on_a_fine_mesh),
  };
  if (argc > 1 && strcmp(argv[1], "slow") == 0) return cmocka_run_group_tests(long_ones, NULL, NULL);
  return cmocka_run_group_tests(usual, NULL, NULL);
}
