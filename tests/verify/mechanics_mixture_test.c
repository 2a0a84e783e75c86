/* Constrained mixture: reference results T2, T5 (columns of the patch), T6 and the invariants of mechanics.md 10.1 that
 * concern it; coupling rule 7. */
#include "mechanics_fixture.h"

static const double year = 365.25;

/* Rest masses of T5; elastin and hyaluronan 1. */
static const taut_mixture_rest rest_T5 = {.C3 = .12, .Cn = .03, .Cx = .75, .X = .10, .em = 1, .H = 1};

static taut_mixture mixture_of(const fixture *f, const taut_mixture_rest *rest) {
  taut_material material = reference_material(f);
  const taut_mixture_rest both[TAUT_MIX_LAYERS] = {*rest, *rest};
  taut_mixture m;
  assert_ok(f, taut__mixture_create(f->context, &f->p, &material, both, false, &m));
  m.k_s = m.k_p / 3;
  return m;
}

static taut_mixture_state start_of(const taut_mixture *m) {
  taut_mixture_state s;
  taut__mixture_start(m, &s);
  return s;
}

/* -------------------------------------------------------------------------------------------------------- T2 ---- */

static void membrane_meets_T2(void **state) {
  (void)state;
  static const double stretch[] = {.90, .95, .98, 1.02, 1.05, 1.10};
  static const double wanted[] = {-0.905841, 6.529255, 12.097851, 22.144207, 33.126091, 71.801708};
  fixture f = open_fixture();
  taut_mixture m = mixture_of(&f, &rest_T5);
  taut_mixture_state s = start_of(&m);
  check_near("T0", m.T0[0], 16.709007, 1e-6, 0);
  check_near("k_p", m.k_p, 247.877349, 1e-6, 0);
  for (int i = 0; i < 6; i++) {
    double lambda[2] = {stretch[i], stretch[i]}, N[2];
    taut__mixture_tension(&m, &s, lambda, N);
    check_near("N(l, l)", N[0], wanted[i], 1e-6, 0);
    check_near("N is isotropic", N[1], N[0], 1e-14, 0);
  }
  double lambda[2] = {1.05, 1}, N[2];
  taut__mixture_tension(&m, &s, lambda, N);
  check_near("N_1(1.05, 1)", N[0], 25.222965, 1e-6, 0);
  check_near("N_2(1.05, 1)", N[1], 22.320298, 1e-6, 0);
  close_fixture(&f);
}

/* -------------------------------------------------------------------------------------------------------- T5 ---- */

/* What is added at day 0: new collagen w of the load at elastic stretch g_N, elastin, hyaluronan, myofibroblasts. */
typedef struct composition {
  const char *name;
  double w, g_N, em, H, A;
  double lambda, T, h_d; /* wanted */
} composition;

static const composition rows_T5[] = {
    {"base", 0, 1.07, 1, 1, 0, 1, 16.709007, .870000},
    {"N +1 %", .01, 1.07, 1, 1, 0, .9996681, 16.736428, .872862},
    {"N +5 %", .05, 1.07, 1, 1, 0, .9983865, 16.842327, .884263},
    {"N +10 %", .10, 1.07, 1, 1, 0, .9968790, 16.966878, .898422},
    {"N +20 %", .20, 1.07, 1, 1, 0, .9941354, 17.193577, .926481},
    {"N +10 %, g_N 1.045", .10, 1.045, 1, 1, 0, .9984243, 16.839200, .895643},
    {"N +10 %, g_N 1.10", .10, 1.10, 1, 1, 0, .9939735, 17.206954, .903682},
    {"elastin +10 %", 0, 1.07, 1.1, 1, 0, .9953456, 17.093582, .879912},
    {"elastin -10 %", 0, 1.07, .9, 1, 0, 1.0046006, 16.328878, .860326},
    {"HA +20 %", 0, 1.07, 1, 1.2, 0, 1, 16.709007, .887400},
    {"HA -20 %", 0, 1.07, 1, .8, 0, 1, 16.709007, .852600},
    {"active A = 1", 0, 1.07, 1, 1, 1, .9966941, 16.982157, .875781},
};

/* A step so long that gel and epidermis are relaxed, without turnover of collagen. */
static taut_mixture_state compose(const fixture *f, const taut_mixture *m, const composition *c) {
  taut_mixture_state s = start_of(m);
  taut_mixture_input in[TAUT_MIX_LAYERS];
  for (int l = 0; l < TAUT_MIX_LAYERS; l++) {
    taut_mixture_layer *y = &s.layer[l];
    y->fresh.Cx = c->w * m->S_rest[l];
    y->r_N[0] = y->r_N[1] = 1 / c->g_N;
    in[l] = taut__mixture_rest_input(&m->rest[l], 0, 0, 0, 0, 0);
    in[l].Cx += y->fresh.Cx;
    in[l].em = c->em;
    in[l].H = c->H;
    in[l].A = c->A;
  }
  assert_ok(f, taut__mixture_advance(f->context, m, 1e12, in, &s));
  return s;
}

static void compositions_meet_T5(void **state) {
  (void)state;
  fixture f = open_fixture();
  taut_mixture m = mixture_of(&f, &rest_T5);
  check_near("S_rest", m.S_rest[TAUT_MIX_RD], .787, 1e-12, 0);
  for (size_t i = 0; i < sizeof rows_T5 / sizeof *rows_T5; i++) {
    const composition *c = &rows_T5[i];
    taut_mixture_state s = compose(&f, &m, c);
    taut_mixture_reading r = taut__mixture_read(&m, &s);
    check_near(c->name, r.lambda[0], c->lambda, 0, 1e-6);
    check_near(c->name, r.tension[0], c->T, 0, 1e-5);
    check_near(c->name, r.h_d, c->h_d, 0, 1e-6);
  }
  close_fixture(&f);
}

static void large_patches_contract_less(void **state) {
  (void)state;
  static const double w[] = {.01, .05, .10, .20}, wanted[] = {.9998801, .9994075, .9988317, .9977267};
  fixture f = open_fixture();
  taut_mixture m = mixture_of(&f, &rest_T5);
  m.k_s = 2.2443888 * m.k_p;
  for (int i = 0; i < 4; i++) {
    const composition c = {.w = w[i], .g_N = 1.07, .em = 1, .H = 1};
    taut_mixture_state s = compose(&f, &m, &c);
    check_near("lambda of a patch of 30 mm", s.lambda[0], wanted[i], 0, 1e-6);
  }
  close_fixture(&f);
}

static void surroundings_meet_section_4_3(void **state) {
  (void)state;
  static const double radius[] = {2, 5, 10, 30, 60}, k_s[] = {.3675, .4772, .7368, 2.2444, 5.0266};
  static const double centre[] = {.972, .887, .718, .235, .034};
  fixture f = open_fixture();
  taut_mixture m = mixture_of(&f, &rest_T5);
  for (int i = 0; i < 5; i++) {
    taut_surround s = taut__surround(radius[i], m.k_p, f.p.mu_h, f.p.h_hy, f.p.nu_sheet);
    check_near("ell", s.length, 13.55, 0, .005);
    check_near("k_s/k_p", s.k_s / m.k_p, k_s[i], 0, .5e-4);
    check_near("rho K1", s.centre_ratio, centre[i], 0, .5e-3);
  }
  taut_surround point = taut__surround(1e-4, m.k_p, f.p.mu_h, f.p.h_hy, f.p.nu_sheet);
  check_near("a small patch feels a third", point.k_s / m.k_p, 1.0 / 3, 1e-6, 0);
  taut_surround wide = taut__surround(20000, m.k_p, f.p.mu_h, f.p.h_hy, f.p.nu_sheet);
  assert_true(isfinite(wide.k_s) && wide.k_s > 1000 * m.k_p);
  taut__mixture_surround(&m, &f.p, 3.14159265358979323846 * 900);
  check_near("k_s of an area", m.k_s / m.k_p, 2.2444, 0, .5e-4);
  close_fixture(&f);
}

/* -------------------------------------------------------------------------------------------------------- T6 ---- */

typedef struct course_T6 {
  double L_x, L_3, L_n, k_x;
  taut_mixture_rest rest;
} course_T6;

static course_T6 constants_T6(void) {
  course_T6 c = {.L_x = log(2) / (14.8 * year), .L_3 = .02, .L_n = .003, .k_x = 1.0 / 30};
  c.rest = (taut_mixture_rest){.C3 = .12, .Cx = .75, .X = .10, .em = 1, .H = 1};
  c.rest.Cn = c.L_x * c.rest.Cx / c.k_x;
  return c;
}

/* Sum over past sessions of (s/tau) exp(1 - s/tau). */
static double pulses(double t, double tau, int sessions) {
  double sum = 0;
  for (int k = 0; k < sessions; k++) {
    double s = t - 30 * k;
    if (s > 0) sum += s / tau * exp(1 - s / tau);
  }
  return sum;
}

/* Advances fields and mixture by one step to day t. */
static void step_T6(const fixture *f, const course_T6 *c, const taut_mixture *m, double t, double dt, int sessions,
                    taut_mixture_input *field, taut_mixture_state *s) {
  field->P_3 = c->L_3 * c->rest.C3 + .0005 * pulses(t, 14, sessions);
  field->P_n = (c->k_x + c->L_n) * c->rest.Cn + .0010 * pulses(t, 14, sessions);
  field->C3 = (field->C3 + dt * field->P_3) / (1 + dt * c->L_3);
  field->Cn = (field->Cn + dt * field->P_n) / (1 + dt * (c->k_x + c->L_n));
  field->Cx = (field->Cx + dt * c->k_x * field->Cn) / (1 + dt * c->L_x);
  field->A = field->A_deposit = .6 * pulses(t, 10, sessions);
  field->H = 1 + .3 * pulses(t, 7, sessions);
  const taut_mixture_input both[TAUT_MIX_LAYERS] = {*field, *field};
  assert_ok(f, taut__mixture_advance(f->context, m, dt, both, s));
}

enum { VISITS = 9 };
static const double visit_T6[VISITS] = {30, 60, 90, 120, 180, 365, 730, 1461, 3652};

/* Course of T6 with steps of dt, five times as long after day 200. */
static void run_T6(const fixture *f, const taut_mixture *m, const course_T6 *c, double dt, int sessions,
                   taut_mixture_reading out[VISITS]) {
  taut_mixture_state s = start_of(m);
  double newton = 0, steps = 0;
  taut_mixture_input field = taut__mixture_rest_input(&c->rest, c->k_x, 0, c->L_3, c->L_n, c->L_x);
  field.P_X = 0; /* X is constant and stays old */
  double t = 0;
  for (int v = 0; v < VISITS; v++) {
    while (t < visit_T6[v] - 1e-9) {
      double step = fmin(t < 200 - 1e-9 ? dt : 5 * dt, visit_T6[v] - t);
      t += step;
      step_T6(f, c, m, t, step, sessions, &field, &s);
      assert_true(s.iterations <= 3);
      newton += s.iterations;
      steps++;
    }
    out[v] = taut__mixture_read(m, &s);
  }
  assert_true(newton <= 2.2 * steps);
}

static void course_meets_T6(void **state) {
  (void)state;
  static const struct {
    double lambda, T, h_d, m_M, m_N, e_N;
  } wanted[VISITS] = {
      {.998606, 16.8242, .88636, .98739, .03075, 1.06088}, {.997482, 16.9171, .90116, .97848, .07408, 1.06086},
      {.996311, 17.0139, .91548, .97183, .12199, 1.06036}, {.995127, 17.1116, .92912, .96650, .17086, 1.05973},
      {.995227, 17.1034, .92371, .95777, .21526, 1.05800}, {.995632, 17.0699, .91847, .93502, .23837, 1.05398},
      {.996241, 17.0196, .91539, .89284, .27257, 1.04980}, {.996815, 16.9722, .91087, .81410, .33651, 1.04676},
      {.997468, 16.9182, .90104, .61785, .49587, 1.04534},
  };
  fixture f = open_fixture();
  course_T6 c = constants_T6();
  taut_mixture m = mixture_of(&f, &c.rest);
  taut_mixture_reading coarse[VISITS], fine[VISITS];
  run_T6(&f, &m, &c, .5, 4, coarse);
  run_T6(&f, &m, &c, .25, 4, fine);
  for (int v = 0; v < VISITS; v++) {
    check_near("lambda at dt 0.25 d", fine[v].lambda[0], wanted[v].lambda, 0, 5e-5);
    /* the table is the limit dt -> 0 */
#define LIMIT(x) (2 * fine[v].x - coarse[v].x)
    check_near("limit of lambda", LIMIT(lambda[0]), wanted[v].lambda, 0, 1.5e-6);
    check_near("limit of T", LIMIT(tension[0]), wanted[v].T, 0, 1e-4);
    check_near("limit of h_d", LIMIT(h_d), wanted[v].h_d, 0, 1e-5);
    check_near("limit of m_M", LIMIT(m_M[TAUT_MIX_RD]), wanted[v].m_M, 0, 1e-5);
    check_near("limit of m_N", LIMIT(m_N[TAUT_MIX_RD]), wanted[v].m_N, 0, 1e-5);
    check_near("limit of lambda/r_N", LIMIT(e_N[TAUT_MIX_RD]), wanted[v].e_N, 0, 1e-5);
#undef LIMIT
  }
  close_fixture(&f);
}

static void the_scheme_is_of_first_order_in_time(void **state) {
  (void)state;
  fixture f = open_fixture();
  course_T6 c = constants_T6();
  taut_mixture m = mixture_of(&f, &c.rest);
  taut_mixture_reading day[VISITS], r[3][VISITS];
  run_T6(&f, &m, &c, 1, 4, day);
  for (int k = 0; k < 3; k++) run_T6(&f, &m, &c, .125 / (1 << k), 4, r[k]);
  for (int v = 0; v < 4; v++) {
    double coarse = r[0][v].lambda[0] - r[1][v].lambda[0], fine = r[1][v].lambda[0] - r[2][v].lambda[0];
    check_near("order", log2(coarse / fine), 1, 0, .07);
    double contraction = 1 - (2 * r[2][v].lambda[0] - r[1][v].lambda[0]);
    check_near("steps of a day", 1 - day[v].lambda[0], contraction, .01, 0);
  }
  close_fixture(&f);
}

static void without_sessions_T6_is_a_fixed_point(void **state) {
  (void)state;
  fixture f = open_fixture();
  course_T6 c = constants_T6();
  taut_mixture m = mixture_of(&f, &c.rest);
  taut_mixture_reading r[VISITS];
  run_T6(&f, &m, &c, 1, 0, r);
  for (int v = 0; v < VISITS; v++) {
    check_near("lambda", r[v].lambda[0], 1, 0, 1e-9);
    check_near("T", r[v].tension[0], m.T0[0], 1e-9, 0);
  }
  check_near("m_N after ten years", r[VISITS - 1].m_N[TAUT_MIX_RD], .382, 0, .5e-3);
  close_fixture(&f);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(membrane_meets_T2),
      cmocka_unit_test(compositions_meet_T5),
      cmocka_unit_test(large_patches_contract_less),
      cmocka_unit_test(surroundings_meet_section_4_3),
      cmocka_unit_test(course_meets_T6),
      cmocka_unit_test(the_scheme_is_of_first_order_in_time),
      cmocka_unit_test(without_sessions_T6_is_a_fixed_point),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
