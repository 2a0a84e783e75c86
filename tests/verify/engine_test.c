/* Is the one equation solved right?  Exact solutions, orders of convergence, conservation, invariances: for the stepping
 * engine and the transport solvers, with small field sets made for the purpose. */
#include "course/engine.h"

#include <gsl/gsl_sf_bessel.h>
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

static const double pi = 3.14159265358979323846;

typedef struct constants {
  double production, loss, logistic;
  double lumen_volume_points; /* points of a plane with production; 0: all */
} constants;

static void linear_strip(const taut_strip *s, double *restrict P, double *restrict L) {
  const constants *c = s->constants;
  for (int i = 0; i < s->n; i++) {
    P[i] = c->production + s->source[0][i];
    L[i] = c->loss;
  }
}

/* u' = logistic u (1 - u) */
static void logistic_strip(const taut_strip *s, double *restrict P, double *restrict L) {
  const constants *c = s->constants;
  for (int i = 0; i < s->n; i++) P[i] = L[i] = c->logistic * s->u[0][i];
}

/* u0' = 1 - u0 u1, u1' = u0 - u1^2: nonlinear and coupled */
static void coupled0(const taut_strip *s, double *restrict P, double *restrict L) {
  for (int i = 0; i < s->n; i++) {
    P[i] = 1;
    L[i] = s->u[1][i];
  }
}
static void coupled1(const taut_strip *s, double *restrict P, double *restrict L) {
  for (int i = 0; i < s->n; i++) {
    P[i] = s->u[0][i];
    L[i] = s->u[1][i];
  }
}

static const unsigned dermis = TAUT_IN(TAUT_RETICULAR);
static const taut_group one_by_one[] = {{1, {0}}, {1, {1}}};

static taut_field row(const char *name, bool layered) {
  return (taut_field){name, name, "1", "a field of a test", TAUT_CELL, dermis, 0.1, layered};
}

static taut_field_set set_of(int n, const taut_field *field, taut_strip_fn *const *strip, const constants *c) {
  taut_field_set set = {
      .name = "test", .n = n, .field = field, .strip = strip, .groups = n, .group = one_by_one, .constants = c};
  for (int f = 0; f < TAUT_MAX_FIELDS; f++) set.chemotaxis[f].signal = -1;
  return set;
}

static taut_context *context;

static int make_context(void **state) {
  (void)state;
  return taut_context_create(NULL, &context) != TAUT_OK;
}

static int drop_context(void **state) {
  (void)state;
  taut_context_destroy(&context);
  return 0;
}

static void good(taut_err err) {
  if (err) fail_msg("%s: %s", taut_err_text(err), taut_context_message(context));
}

/* reticular dermis alone: faces at 0.1, 0.2 and R */
static taut_domain *column(double R, double depth, int n1, int n2, int n3, int rows) {
  const taut_track_geometry g = {.lumen = 0.1,
                                 .needle = 0.2,
                                 .outer = R,
                                 .thickness = {0, 0, depth, 0},
                                 .n1 = n1,
                                 .n2 = n2,
                                 .n3 = n3,
                                 .rows = {0, 0, rows, 0}};
  taut_domain *d = NULL;
  good(taut__domain_track(context, &g, &d));
  return d;
}

static taut_engine *engine_on(const taut_field_set *set, const taut_domain *d, taut_engine_options o) {
  taut_engine *e = NULL;
  const double weight = 1;
  good(taut__engine_create(context, set, 1, &d, &weight, &o, 0, &e));
  return e;
}

static double r_mid(const taut_domain *d, int i) {
  return 0.5 * (d->r[i] + d->r[i + 1]);
}
static double z_mid(const taut_domain *d, int k) {
  return 0.5 * (d->z[k] + d->z[k + 1]);
}

/* ---------------------------------------------------------------------------------------------------- in time ---- */

static double coupled_at(double step, bool euler, double rtol) {
  const taut_field field[] = {row("a", true), row("b", true)};
  taut_strip_fn *const strip[] = {coupled0, coupled1};
  const constants c = {0};
  taut_field_set set = set_of(2, field, strip, &c);
  set.rest[0][TAUT_RETICULAR] = 0.2;
  set.rest[1][TAUT_RETICULAR] = 2;
  taut_domain *d = NULL;
  good(taut__domain_zero(context, &d));
  taut_engine *e = engine_on(
      &set, d, (taut_engine_options){.rtol = rtol, .fixed_step = step, .backward_euler = euler, .step_max = 1});
  taut_report r = {0};
  good(taut__engine_advance(e, 2, NULL, NULL, &r));
  const double u = taut__engine_state(e, 0)[0][0];
  taut__engine_destroy(&e);
  taut__domain_destroy(&d);
  return u;
}

static void order_in_time(bool euler, double order) {
  const double exact = coupled_at(0, false, 1e-11);
  double last = 0;
  for (int i = 0; i < 4; i++) {
    const double error = fabs(coupled_at(0.02 / (1 << i), euler, 1) - exact);
    if (i) assert_true(fabs(log2(last / error) - order) < 0.15);
    last = error;
  }
}

static void backward_euler_has_order_one(void **state) {
  (void)state;
  order_in_time(true, 1);
}

static void bdf2_has_order_two(void **state) {
  (void)state;
  order_in_time(false, 2);
}

static void error_falls_with_two_thirds_of_the_tolerance(void **state) {
  (void)state;
  const double exact = coupled_at(0, false, 1e-11);
  double x[4], y[4];
  for (int i = 0; i < 4; i++) {
    x[i] = log10(pow(10, -4 - i));
    y[i] = log10(fabs(coupled_at(0, false, pow(10, -4 - i)) - exact));
  }
  const double slope = (y[3] - y[0]) / (x[3] - x[0]);
  assert_true(slope > 0.5 && slope < 0.9);
}

static void point_decay_is_exact_to_tolerance(void **state) {
  (void)state;
  const taut_field field[] = {row("a", true)};
  taut_strip_fn *const strip[] = {linear_strip};
  const constants c = {.production = 2, .loss = 3};
  taut_field_set set = set_of(1, field, strip, &c);
  set.rest[0][TAUT_RETICULAR] = 5;
  taut_domain *d = NULL;
  good(taut__domain_zero(context, &d));
  taut_engine *e = engine_on(&set, d, (taut_engine_options){.rtol = 1e-9});
  taut_report r = {0};
  for (int i = 1; i <= 5; i++) {
    good(taut__engine_advance(e, 0.3 * i, NULL, NULL, &r));
    const double exact = 2.0 / 3 + (5 - 2.0 / 3) * exp(-0.9 * i);
    assert_true(fabs(taut__engine_state(e, 0)[0][0] - exact) < 1e-5 * exact);
  }
  taut__engine_destroy(&e);
  taut__domain_destroy(&d);
}

/* --------------------------------------------------------------------------------------------------- in space ---- */

/* Decaying radial and vertical modes J0(k r) cos(pi z/H): largest error after some time on a grid refined m times. */
static double mode_error(int m, bool layered) {
  const double R = 0.8, H = 0.6, D = 0.05, loss = 0.4, k = 3.8317059702075125 / R, q = pi / H;
  const taut_field field[] = {row("a", layered)};
  taut_strip_fn *const strip[] = {linear_strip};
  const constants c = {.loss = loss, .production = loss};
  taut_field_set set = set_of(1, field, strip, &c);
  set.diffusion[0] = D;
  taut_domain *d = column(R, H, 1 * m, 1 * m, 6 * m, 6 * m);
  taut_engine *e = engine_on(&set, d, (taut_engine_options){.rtol = 1e-8, .step_max = 0.05});
  double *u = taut__engine_state(e, 0)[0];
  for (int z = 0; z < d->points.planes; z++)
    for (int i = 0; i < d->nr; i++)
      u[z * d->nr + i] = 1 + 0.3 * gsl_sf_bessel_J0(k * r_mid(d, i)) * cos(q * z_mid(d, z));
  taut__engine_restart(e);
  taut_report r = {0};
  good(taut__engine_advance(e, 1, NULL, NULL, &r));
  u = taut__engine_state(e, 0)[0];
  double worst = 0;
  for (int z = 0; z < d->points.planes; z++)
    for (int i = 0; i < d->nr; i++) {
      const double exact =
          1 + 0.3 * gsl_sf_bessel_J0(k * r_mid(d, i)) * cos(q * z_mid(d, z)) * exp(-(loss + D * (k * k + q * q)));
      worst = fmax(worst, fabs(u[z * d->nr + i] - exact));
    }
  taut__engine_destroy(&e);
  taut__domain_destroy(&d);
  return worst;
}

static void space_has_order_two(void **state) {
  (void)state;
  for (int layered = 0; layered < 2; layered++) {
    double last = 0;
    for (int m = 1; m <= 8; m *= 2) {
      const double error = mode_error(m, layered);
      if (m > 1) assert_true(log2(last / error) > 1.8);
      last = error;
    }
    assert_true(last < 1e-4);
  }
}

/* Steady signal around a line source: K0 and I0 of r/sqrt(D/L), no flux at R (healing.md 16.6). */
static double line_source_error(int m) {
  const double R = 2, D = 1, loss = 9.1, g = sqrt(D / loss);
  const taut_field field[] = {row("T", true)};
  taut_strip_fn *const strip[] = {linear_strip};
  const constants c = {.loss = loss};
  taut_field_set set = set_of(1, field, strip, &c);
  set.diffusion[0] = D;
  taut_domain *d = column(R, 0.1, 2 * m, 2 * m, 20 * m, 1);
  taut_engine *e = engine_on(&set, d, (taut_engine_options){.rtol = 1e-6});
  for (int i = 0; i < 2 * m; i++) taut__engine_source(e, 0, 0)[i] = 1;
  taut__engine_restart(e);
  taut_report r = {0};
  good(taut__engine_advance(e, 20, NULL, NULL, &r));
  const double *u = taut__engine_state(e, 0)[0];
  /* outside the source the solution is a K0 + I0 combination without flux at R; compare with its value at one point */
  const double k1 = gsl_sf_bessel_K1(R / g), i1 = gsl_sf_bessel_I1(R / g);
  const int ref = 4 * m;
  double worst = 0, scale = 0;
  for (int i = ref; i < d->nr; i++) {
    const double x = r_mid(d, i) / g, y = r_mid(d, ref) / g;
    const double shape =
        (gsl_sf_bessel_K0(x) * i1 + gsl_sf_bessel_I0(x) * k1) / (gsl_sf_bessel_K0(y) * i1 + gsl_sf_bessel_I0(y) * k1);
    worst = fmax(worst, fabs(u[i] / u[ref] - shape));
    scale = fmax(scale, shape);
  }
  taut__engine_destroy(&e);
  taut__domain_destroy(&d);
  return worst / scale;
}

static void line_source_is_a_bessel_function(void **state) {
  (void)state;
  const double coarse = line_source_error(1), fine = line_source_error(2), finest = line_source_error(4);
  assert_true(finest < 1e-3);
  assert_true(log2(coarse / fine) > 1.6 && log2(fine / finest) > 1.6);
}

/* Keratinocyte front: D = v w/2, s = v/(2w) gives speed v (healing.md 16.7). */
static void planar_front_travels_at_its_speed(void **state) {
  (void)state;
  const double v = 0.216, w = 0.015, H = 3;
  const taut_field field[] = {row("K", false)};
  taut_strip_fn *const strip[] = {logistic_strip};
  const constants c = {.logistic = v / (2 * w)};
  taut_field_set set = set_of(1, field, strip, &c);
  set.diffusion[0] = v * w / 2;
  taut_domain *d = column(0.4, H, 1, 1, 1, 800); /* h = w/4 */
  taut_engine *e = engine_on(&set, d, (taut_engine_options){.rtol = 1e-4, .step_max = 0.02});
  double *u = taut__engine_state(e, 0)[0];
  for (int k = 0; k < d->points.planes; k++)
    for (int i = 0; i < d->nr; i++) u[k * d->nr + i] = z_mid(d, k) < 0.2;
  taut__engine_restart(e);
  taut_report r = {0};
  double at[2];
  for (int t = 0; t < 2; t++) {
    good(taut__engine_advance(e, 4 + 6 * t, NULL, NULL, &r));
    u = taut__engine_state(e, 0)[0];
    double covered = 0;
    for (int k = 0; k < d->points.planes; k++) covered += u[k * d->nr] * (d->z[k + 1] - d->z[k]);
    at[t] = covered;
  }
  const double speed = (at[1] - at[0]) / 6;
  assert_true(fabs(speed / v - 1) < 0.05);
  taut__engine_destroy(&e);
  taut__domain_destroy(&d);
}

/* ---------------------------------------------------------------------------------------- chemotaxis, balances ---- */

static void still_strip(const taut_strip *s, double *restrict P, double *restrict L) {
  memset(P, 0, (size_t)s->n * sizeof *P);
  memset(L, 0, (size_t)s->n * sizeof *L);
}

/* With constant chi the fitted flux has the exact steady state u ~ exp(chi s/D), and mass is kept. */
static void chemotaxis_is_exact_at_rest_and_conserves(void **state) {
  (void)state;
  const double D = 0.02, chi = 0.05;
  const taut_field field[] = {row("cell", false), row("signal", true)};
  taut_strip_fn *const strip[] = {still_strip, still_strip};
  const constants c = {0};
  taut_field_set set = set_of(2, field, strip, &c);
  set.diffusion[0] = D;
  set.chemotaxis[0] = (taut_chemotaxis){1, chi, 1e12}; /* K so large that chi is constant */
  set.rest[0][TAUT_RETICULAR] = 1;
  taut_domain *d = column(0.5, 0.4, 2, 2, 5, 7);
  taut_engine *e = engine_on(&set, d, (taut_engine_options){.rtol = 1e-5});
  double *const *u = taut__engine_state(e, 0);
  double volume = 0;
  for (int k = 0; k < d->points.planes; k++)
    for (int i = 0; i < d->nr; i++) {
      u[1][k * d->nr + i] = 1 + cos(5 * r_mid(d, i)) * sin(4 * z_mid(d, k) + 1);
      volume += d->volume[k * d->nr + i];
    }
  taut__engine_restart(e);
  taut_report r = {0};
  good(taut__engine_advance(e, 400, NULL, NULL, &r));
  double mass = 0, worst = 0;
  double *const *x = taut__engine_state(e, 0);
  const double scale = x[0][0] / exp(chi / D * x[1][0]);
  for (int p = 0; p < d->points.n; p++) {
    mass += d->volume[p] * x[0][p];
    worst = fmax(worst, fabs(x[0][p] / (scale * exp(chi / D * x[1][p])) - 1));
  }
  assert_true(worst < 1e-9);
  assert_true(fabs(mass / volume - 1) < 1e-12);
  assert_true(taut__engine_worst_solve(e) < 1e-13);
  taut__engine_destroy(&e);
  taut__domain_destroy(&d);
}

/* The same problem by radial modes and by banded elimination. */
static void layered_and_general_solves_agree(void **state) {
  (void)state;
  /* round-off of some hundred steps */
  for (int m = 1; m <= 4; m *= 2) assert_true(fabs(mode_error(m, true) - mode_error(m, false)) < 1e-10);
}

static void balances_close_to_the_error_in_time(void **state) {
  (void)state;
  const taut_field field[] = {row("a", true)};
  taut_strip_fn *const strip[] = {linear_strip};
  const constants c = {.production = 2, .loss = 3};
  const taut_balance balance = {"a", "mm", 1, 1, {0}};
  taut_field_set set = set_of(1, field, strip, &c);
  set.diffusion[0] = 0.1;
  set.balances = 1;
  set.balance = &balance;
  taut_domain *d = column(0.5, 0.4, 2, 2, 5, 7);
  double last = 0;
  for (int i = 0; i < 3; i++) {
    taut_engine *e = engine_on(&set, d, (taut_engine_options){.rtol = 1e-2 * pow(10, -1.5 * i)});
    taut_report r = {0};
    good(taut__engine_advance(e, 1, NULL, NULL, &r));
    const taut_balance_sum s = taut__engine_balance(e, 0);
    assert_true(fabs(s.found - 0.4 * taut__engine_state(e, 0)[0][0]) < 1e-12);
    const double error = fabs(s.found - s.expected) / s.turnover;
    if (i) assert_true(error < 0.3 * last);
    last = error;
    taut__engine_destroy(&e);
  }
  assert_true(last < 1e-4);
  taut__domain_destroy(&d);
}

/* ------------------------------------------------------------------------------------------------- determinism ---- */

static void threads_change_no_byte(void **state) {
  (void)state;
  const taut_field field[] = {row("K", false), row("b", true)};
  taut_strip_fn *const strip[] = {logistic_strip, linear_strip};
  const constants c = {.logistic = 2, .production = 1, .loss = 1};
  taut_field_set set = set_of(2, field, strip, &c);
  set.diffusion[0] = set.diffusion[1] = 0.1;
  taut_domain *d[3] = {column(0.4, 0.5, 2, 2, 4, 9), column(0.5, 0.5, 2, 2, 4, 9), column(0.7, 0.5, 2, 2, 4, 9)};
  const double weight[3] = {0.4, 0.35, 0.25};
  double *kept[3] = {NULL};
  for (int threads = 1; threads <= 3; threads++) {
    taut_engine *e = NULL;
    const taut_engine_options o = {.rtol = 1e-4, .threads = threads};
    good(taut__engine_create(context, &set, 3, (const taut_domain *const *)d, weight, &o, 0, &e));
    for (int i = 0; i < 3; i++)
      for (int p = 0; p < d[i]->points.n; p++) taut__engine_state(e, i)[0][p] = 0.01 * (1 + p % 7 + i);
    taut__engine_restart(e);
    taut_report r = {0};
    good(taut__engine_advance(e, 5, NULL, NULL, &r));
    for (int i = 0; i < 3; i++) {
      const size_t bytes = (size_t)d[i]->points.n * sizeof(double);
      if (threads == 1) {
        kept[i] = malloc(bytes);
        memcpy(kept[i], taut__engine_state(e, i)[0], bytes);
      }
      assert_memory_equal(kept[i], taut__engine_state(e, i)[0], bytes);
    }
    taut__engine_destroy(&e);
  }
  for (int i = 0; i < 3; i++) {
    free(kept[i]);
    taut__domain_destroy(&d[i]);
  }
}

static void explode(const taut_strip *s, double *restrict P, double *restrict L) {
  for (int i = 0; i < s->n; i++) {
    P[i] = NAN;
    L[i] = 0;
  }
}

static void a_field_that_is_no_number_is_named(void **state) {
  (void)state;
  const taut_field field[] = {row("broken", true)};
  taut_strip_fn *const strip[] = {explode};
  const constants c = {0};
  const taut_field_set set = set_of(1, field, strip, &c);
  taut_domain *d = NULL;
  good(taut__domain_zero(context, &d));
  taut_engine *e = engine_on(&set, d, (taut_engine_options){.rtol = 1e-3});
  taut_report r = {0};
  assert_int_equal(taut__engine_advance(e, 1, NULL, NULL, &r), TAUT_ERR_NUMERICS);
  assert_non_null(strstr(taut_context_message(context), "broken"));
  taut__engine_destroy(&e);
  taut__domain_destroy(&d);
}

/* Without arguments the quick tests, with "slow" those that take long. */
int main(int argc, char **argv) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(backward_euler_has_order_one),
      cmocka_unit_test(bdf2_has_order_two),
      cmocka_unit_test(error_falls_with_two_thirds_of_the_tolerance),
      cmocka_unit_test(point_decay_is_exact_to_tolerance),
      cmocka_unit_test(line_source_is_a_bessel_function),
      cmocka_unit_test(planar_front_travels_at_its_speed),
      cmocka_unit_test(chemotaxis_is_exact_at_rest_and_conserves),
      cmocka_unit_test(layered_and_general_solves_agree),
      cmocka_unit_test(balances_close_to_the_error_in_time),
      cmocka_unit_test(threads_change_no_byte),
      cmocka_unit_test(a_field_that_is_no_number_is_named),
  };
  const struct CMUnitTest slow[] = {
      cmocka_unit_test(space_has_order_two),
  };
  if (argc > 1 && strcmp(argv[1], "slow") == 0) return cmocka_run_group_tests(slow, make_context, drop_context);
  return cmocka_run_group_tests(tests, make_context, drop_context);
}
