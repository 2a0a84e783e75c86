/* Is the one equation solved right on a patch?  Exact modes, orders in space and time, a known steady state of chemotaxis,
 * conservation, threads, rest, and the well-mixed point: through the same engine as everything else. */
#include "course/engine.h"
#include "healing/healing.h"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

static const double pi = 3.14159265358979323846;
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

static void assert_below(const char *what, double x, double bound) {
  if (!(fabs(x) <= bound)) fail_msg("%s: %.6g, allowed %.3g", what, x, bound);
}

/* ------------------------------------------------------------------------------------------ small field sets ---- */

typedef struct constants {
  double production, loss, bump; /* loss varies in space by bump where the second field is the place */
} constants;

static void decay_strip(const taut_strip *s, double *restrict P, double *restrict L) {
  const constants *c = s->constants;
  for (int i = 0; i < s->n; i++) {
    P[i] = c->production;
    L[i] = c->loss;
  }
}

/* Loss that depends on a second field. */
static void varying_strip(const taut_strip *s, double *restrict P, double *restrict L) {
  const constants *c = s->constants;
  for (int i = 0; i < s->n; i++) {
    P[i] = c->production;
    L[i] = c->loss + c->bump * s->u[1][i];
  }
}

static void still_strip(const taut_strip *s, double *restrict P, double *restrict L) {
  for (int i = 0; i < s->n; i++) P[i] = L[i] = 0;
}

static taut_field row(const char *name, bool layered) {
  return (taut_field){name, name, "1", "a field of a test", TAUT_CELL, TAUT_IN(TAUT_RETICULAR), 0.1, layered};
}

static const taut_group one_by_one[] = {{1, {0}}, {1, {1}}};

static taut_field_set set_of(int n, const taut_field *field, taut_strip_fn *const *strip, const constants *c) {
  taut_field_set set = {
      .name = "test", .n = n, .field = field, .strip = strip, .groups = n, .group = one_by_one, .constants = c};
  for (int f = 0; f < TAUT_MAX_FIELDS; f++) set.chemotaxis[f].signal = -1;
  return set;
}

static taut_domain *block(double side, double depth, int n, int planes, int threads) {
  const taut_patch_geometry g = {
      .side = side, .n = n, .thickness = {0, 0, depth, 0}, .rows = {0, 0, planes, 0}, .threads = threads};
  taut_domain *d = NULL;
  good(taut__domain_patch(context, &g, &d));
  return d;
}

static taut_engine *engine_on(const taut_field_set *set, const taut_domain *d, taut_engine_options o) {
  taut_engine *e = NULL;
  const double weight = 1;
  good(taut__engine_create(context, set, 1, &d, &weight, &o, 0, &e));
  return e;
}

/* Centre of point p. */
static void place(const taut_domain *d, int p, double x[3]) {
  const int n = d->patch.n, k = p / d->nr, in = p % d->nr;
  x[0] = (in % n + 0.5) * d->patch.spacing;
  x[1] = (in / n + 0.5) * d->patch.spacing;
  x[2] = 0.5 * (d->z[k] + d->z[k + 1]);
}

/* ------------------------------------------------------------------------------------------------- exact modes ---- */

enum { MODE_X = 2, MODE_Y = 3, MODE_Z = 1 };

static double mode_at(const taut_domain *d, int p) {
  double x[3];
  place(d, p, x);
  const double H = d->z[d->points.planes];
  return cos(2 * pi * MODE_X * x[0] / d->patch.side) * cos(2 * pi * MODE_Y * x[1] / d->patch.side) *
         cos(pi * MODE_Z * x[2] / H);
}

/* Amplitude of the mode in a field of mean 1. */
static double amplitude(const taut_domain *d, const double *u) {
  double up = 0, down = 0;
  for (int p = 0; p < d->points.n; p++) {
    const double m = mode_at(d, p);
    up += (u[p] - 1) * m;
    down += m * m;
  }
  return up / down;
}

/* Eigenvalue of the discrete operator for the mode. */
static double discrete_rate(const taut_domain *d) {
  const double h = d->patch.spacing, dz = d->z[1], n = d->patch.n, planes = d->points.planes;
  const double sx = 2 / h * sin(pi * MODE_X / n), sy = 2 / h * sin(pi * MODE_Y / n),
               sz = 2 / dz * sin(pi * MODE_Z / (2 * planes));
  return sx * sx + sy * sy + sz * sz;
}

/* Steps of fixed size from 1 + 0.5 mode with D, production = loss; returns the amplitude left. */
static double mode_left(bool layered, int n, int planes, double step, bool euler, double until, double rtol,
                        taut_domain **kept) {
  const double D = 0.02;
  const taut_field field[] = {row("a", layered)};
  taut_strip_fn *const strip[] = {decay_strip};
  const constants c = {.production = 0.3, .loss = 0.3};
  taut_field_set set = set_of(1, field, strip, &c);
  set.diffusion[0] = D;
  taut_domain *d = block(1.2, 0.5, n, planes, 1);
  taut_engine *e = engine_on(
      &set, d, (taut_engine_options){.rtol = rtol, .fixed_step = step, .backward_euler = euler, .step_max = 1});
  double *u = taut__engine_state(e, 0)[0];
  for (int p = 0; p < d->points.n; p++) u[p] = 1 + 0.5 * mode_at(d, p);
  taut__engine_restart(e);
  taut_report r = {0};
  good(taut__engine_advance(e, until, NULL, NULL, &r));
  const double left = amplitude(d, taut__engine_state(e, 0)[0]);
  taut__engine_destroy(&e);
  if (kept)
    *kept = d;
  else
    taut__domain_destroy(&d);
  return left;
}

static void a_mode_decays_as_the_discrete_equation_says(void **state) {
  (void)state;
  for (int layered = 0; layered < 2; layered++) {
    taut_domain *d;
    /* the general way stops at a hundredth of the tolerance */
    const double left = mode_left(layered, 24, 7, 0.25, true, 0.25, layered ? 1 : 1e-9, &d);
    const double exact = 0.5 / (1 + 0.25 * (0.3 + 0.02 * discrete_rate(d)));
    assert_below(layered ? "layered" : "general", left / exact - 1, layered ? 1e-12 : 1e-9);
    taut__domain_destroy(&d);
  }
}

static void sizes_of_any_factors_are_transformed(void **state) {
  (void)state;
  const int sizes[] = {4, 6, 10, 14, 30, 42, 50, 64, 98};
  for (size_t i = 2; i < sizeof sizes / sizeof *sizes; i++) {
    taut_domain *d;
    const double left = mode_left(true, sizes[i], 5, 0.25, true, 0.25, 1, &d);
    assert_below("amplitude", left * (1 + 0.25 * (0.3 + 0.02 * discrete_rate(d))) / 0.5 - 1, 1e-12);
    taut__domain_destroy(&d);
  }
}

static void order_in_time_is_two(void **state) {
  (void)state;
  for (int layered = 0; layered < 2; layered++) {
    double last = 0;
    for (int i = 0; i < 4; i++) {
      taut_domain *d;
      const double left = mode_left(layered, 16, 4, 0.02 / (1 << i), false, 0.4, 1e-8, &d);
      const double error = fabs(left / (0.5 * exp(-0.4 * (0.3 + 0.02 * discrete_rate(d)))) - 1);
      if (i) assert_below("order in time - 2", log2(last / error) - 2, i == 3 ? 0.1 : 0.25);
      last = error;
      taut__domain_destroy(&d);
    }
  }
}

static void order_in_space_is_two(void **state) {
  (void)state;
  const double k = 2 * pi / 1.2, q = pi / 0.5,
               rate = 0.02 * (k * k * (MODE_X * MODE_X + MODE_Y * MODE_Y) + q * q) + 0.3;
  double last = 0;
  for (int i = 0; i < 3; i++) {
    const double left = mode_left(true, 16 << i, 4 << i, 0, false, 0.5, 1e-7, NULL),
                 error = left / 0.5 - exp(-0.5 * rate);
    if (i) assert_below("order in space - 2", log2(last / error) - 2, i == 2 ? 0.12 : 0.2);
    last = error;
  }
}

/* ------------------------------------------------------------------------------------------------- chemotaxis ---- */

/* Without production and loss the steady state is u = C exp((chi0 K/D) s/(K + s)), for any signal s at rest. */
static double steady_error(int n, double *drift) {
  const double D = 0.05, chi0 = 0.2, K = 0.7, side = 1, depth = 0.6;
  const taut_field field[] = {row("u", false), row("s", true)};
  taut_strip_fn *const strip[] = {still_strip, still_strip};
  const constants c = {0};
  taut_field_set set = set_of(2, field, strip, &c);
  set.diffusion[0] = D;
  set.chemotaxis[0] = (taut_chemotaxis){1, chi0, K};
  set.rest[0][TAUT_RETICULAR] = 1;
  const taut_balance ledger = {"u", "1", 1, 1, {0}};
  set.balances = 1;
  set.balance = &ledger;
  taut_domain *d = block(side, depth, n, n / 2, 1);
  taut_engine *e = engine_on(&set, d, (taut_engine_options){.rtol = 1e-6, .step_max = 20});
  double *const *u = taut__engine_state(e, 0);
  for (int p = 0; p < d->points.n; p++) {
    double x[3];
    place(d, p, x);
    u[1][p] = 1 + 0.8 * sin(2 * pi * x[0]) * cos(2 * pi * x[1]) + 0.5 * cos(pi * x[2] / depth);
    if (u[1][p] < 0) u[1][p] = 0;
  }
  taut__engine_restart(e);
  taut_report r = {0};
  good(taut__engine_advance(e, 60, NULL, NULL, &r));
  u = taut__engine_state(e, 0);
  double mean = 0;
  for (int p = 0; p < d->points.n; p++) {
    const double s = u[1][p];
    mean += exp(chi0 * K / D * s / (K + s)) / d->points.n;
  }
  double worst = 0;
  for (int p = 0; p < d->points.n; p++) {
    const double s = u[1][p], exact = exp(chi0 * K / D * s / (K + s)) / mean;
    worst = fmax(worst, fabs(u[0][p] - exact));
  }
  *drift = taut__engine_balance(e, 0).found / (side * side * depth);
  taut__engine_destroy(&e);
  taut__domain_destroy(&d);
  return worst;
}

static void chemotaxis_reaches_its_known_steady_state_and_conserves(void **state) {
  (void)state;
  double last = 0;
  for (int n = 8; n <= 32; n *= 2) {
    double drift;
    const double error = steady_error(n, &drift);
    assert_below("what was conserved", drift, 1e-12);
    if (n > 8) assert_below("order - 2", log2(last / error) - 2, 0.5);
    last = error;
  }
  assert_below("steady state", last, 0.02);
}

/* Loss by a factor of 30 between two halves of the patch: the iterative solve against one with a far smaller tolerance. */
static void strong_contrast_of_losses_converges(void **state) {
  (void)state;
  double value[2][16 * 16 * 6];
  for (int i = 0; i < 2; i++) {
    const taut_field field[] = {row("u", false), row("place", true)};
    taut_strip_fn *const strip[] = {varying_strip, still_strip};
    const constants c = {.production = 1, .loss = 0.1, .bump = 3};
    taut_field_set set = set_of(2, field, strip, &c);
    set.diffusion[0] = 0.05;
    taut_domain *d = block(1, 0.5, 16, 6, 1);
    taut_engine *e =
        engine_on(&set, d, (taut_engine_options){.rtol = i ? 1e-12 : 1e-3, .fixed_step = 0.5, .backward_euler = true});
    double *const *u = taut__engine_state(e, 0);
    for (int p = 0; p < d->points.n; p++) u[1][p] = p % d->nr % 16 < 8;
    taut__engine_restart(e);
    taut_report r = {0};
    good(taut__engine_advance(e, 4, NULL, NULL, &r));
    u = taut__engine_state(e, 0);
    memcpy(value[i], u[0], sizeof value[i]);
    assert_below("balance of a solve", taut__engine_worst_solve(e), 1e-12);
    taut__engine_destroy(&e);
    taut__domain_destroy(&d);
  }
  for (int p = 0; p < 16 * 16 * 6; p++) assert_below("difference", value[0][p] / value[1][p] - 1, 1e-4);
}

/* ---------------------------------------------------------------------------------------------------- healing ---- */

static taut_healing *healing_at(double age) {
  taut_healing_params p;
  memset(&p, 0, sizeof p);
  good(taut__param_defaults(context, &taut__healing_table, &p));
  const taut_profile profile = {.age = age, .phototype = 2, .tension = 1};
  taut_healing *h = NULL;
  good(taut__healing_create(context, &p, &profile, &h));
  return h;
}

static taut_domain *skin(int n, double side, int threads) {
  const taut_patch_geometry g = {
      .side = side, .n = n, .thickness = {0.08, 0.15, 1.2, 0.5}, .rows = {2, 4, 12, 3}, .threads = threads};
  taut_domain *d = NULL;
  good(taut__domain_patch(context, &g, &d));
  return d;
}

static void untreated_skin_stays_at_rest(void **state) {
  (void)state;
  taut_healing *h = healing_at(40);
  taut_domain *d = skin(10, 0.2, 1);
  taut_engine *e = engine_on(&h->set, d, (taut_engine_options){.rtol = 1e-3});
  assert_below("|P - L u|", taut__engine_residual(e), 1e-12);
  taut_report r = {0};
  good(taut__engine_advance(e, 365, NULL, NULL, &r));
  double *const *u = taut__engine_state(e, 0);
  for (int f = 0; f < h->set.n; f++) {
    int first, count;
    taut__field_points(&h->set.field[f], &d->points, &first, &count);
    for (int l = 0; l < TAUT_LAYERS; l++) {
      if (!(h->set.field[f].layers & TAUT_IN(l))) continue;
      for (int p = d->points.layer_start[l]; p < d->points.layer_start[l + 1]; p++)
        assert_below(h->set.field[f].name, u[f][p - first] - h->set.rest[f][l], 1e-12 * (1 + h->set.rest[f][l]));
    }
  }
  taut__engine_destroy(&e);
  taut__domain_destroy(&d);
  taut__healing_destroy(&h);
}

static void uniform_injury_is_the_well_mixed_point(void **state) {
  (void)state;
  taut_healing *h = healing_at(40);
  taut_domain *zero = NULL, *d = block(0.1, 0.3, 10, 3, 1);
  good(taut__domain_zero(context, &zero));
  const taut_domain *const both[] = {zero, d};
  double value[2][TAUT_H_FIELDS];
  long steps[2];
  for (int i = 0; i < 2; i++) {
    taut_engine *e = engine_on(&h->set, both[i], (taut_engine_options){.rtol = 1e-4});
    taut__healing_excise(h, &both[i]->points, taut__engine_state(e, 0));
    taut__engine_restart(e);
    taut_report r = {0};
    good(taut__engine_advance(e, 60, NULL, NULL, &r));
    steps[i] = r.steps;
    for (int f = 0; f < TAUT_H_FIELDS; f++)
      value[i][f] = h->set.field[f].layers & TAUT_IN(TAUT_RETICULAR) ? taut__engine_state(e, 0)[f][0] : 0;
    taut__engine_destroy(&e);
  }
  /* solves of cells stop at a hundredth of the error of a step, which is what differs */
  assert_true(labs(steps[0] - steps[1]) <= 1);
  for (int f = 0; f < TAUT_H_FIELDS; f++)
    assert_below(h->set.field[f].name, (value[1][f] - value[0][f]) / (h->set.field[f].floor + value[0][f]), 1e-5);
  taut__domain_destroy(&zero);
  taut__domain_destroy(&d);
  taut__healing_destroy(&h);
}

/* A wound in one corner: all fields far from rest, steep and not aligned with anything. */
static void wound(const taut_healing *h, const taut_domain *d, double *const *u) {
  int first[TAUT_H_FIELDS], count;
  for (int f = 0; f < TAUT_H_FIELDS; f++) taut__field_points(&h->set.field[f], &d->points, &first[f], &count);
  for (int p = 0; p < d->points.n; p++) {
    double x[3];
    place(d, p, x);
    if (hypot(x[0] - 0.06, x[1] - 0.11) > 0.07 || x[2] > 0.7) continue;
    u[TAUT_H_D][p] = 1;
    if (x[2] < 0.08) {
      u[TAUT_H_K][p] = 0;
      continue;
    }
    u[TAUT_H_fb][p - first[TAUT_H_fb]] = u[TAUT_H_q][p - first[TAUT_H_q]] = 1;
    u[TAUT_H_F][p - first[TAUT_H_F]] = 0;
  }
}

static void threads_change_no_bit_and_nothing_is_negative(void **state) {
  (void)state;
  taut_healing *h = healing_at(40);
  const int threads[] = {1, 2, 3};
  double *kept[TAUT_H_FIELDS] = {NULL};
  for (int i = 0; i < 3; i++) {
    taut_domain *d = skin(20, 0.4, threads[i]);
    taut_engine *e = engine_on(&h->set, d, (taut_engine_options){.rtol = 1e-3});
    wound(h, d, taut__engine_state(e, 0));
    taut__engine_restart(e);
    taut_report r = {0};
    good(taut__engine_advance(e, 5, NULL, NULL, &r));
    assert_below("balance of a solve", taut__engine_worst_solve(e), 1e-12);
    for (int f = 0; f < TAUT_H_FIELDS; f++) {
      int first, count;
      taut__field_points(&h->set.field[f], &d->points, &first, &count);
      const double *u = taut__engine_state(e, 0)[f];
      for (int p = 0; p < count; p++) assert_true(u[p] >= 0);
      if (i)
        assert_memory_equal(kept[f], u, (size_t)count * sizeof *u);
      else
        kept[f] = memcpy(malloc((size_t)count * sizeof *u + 1), u, (size_t)count * sizeof *u);
    }
    taut__engine_destroy(&e);
    taut__domain_destroy(&d);
  }
  for (int f = 0; f < TAUT_H_FIELDS; f++) free(kept[f]);
  taut__healing_destroy(&h);
}

static void ledgers_of_a_wound_close_with_the_tolerance(void **state) {
  (void)state;
  taut_healing *h = healing_at(40);
  double last = INFINITY;
  for (int i = 0; i < 3; i++) {
    taut_domain *d = skin(10, 0.3, 1);
    taut_engine *e = engine_on(&h->set, d, (taut_engine_options){.rtol = pow(10, -2 - i)});
    wound(h, d, taut__engine_state(e, 0));
    taut__engine_restart(e);
    taut_report r = {0};
    good(taut__engine_advance(e, 28, NULL, NULL, &r));
    const taut_balance_sum s = taut__engine_balance(e, 0);
    const double error = fabs(s.found - s.expected) / s.turnover;
    assert_true(error < last);
    last = error;
    taut__engine_destroy(&e);
    taut__domain_destroy(&d);
  }
  assert_below("collagen", last, 2e-3);
  taut__healing_destroy(&h);
}

static void what_cannot_be_held_is_refused(void **state) {
  (void)state;
  const taut_patch_geometry g = {
      .side = 100, .n = 20000, .thickness = {1, 1, 1, 1}, .rows = {4, 8, 24, 6}, .threads = 1};
  taut_domain *d = NULL;
  assert_int_equal(taut__domain_patch(context, &g, &d), TAUT_ERR_INPUT);
  assert_non_null(strstr(taut_context_message(context), "more than one process can hold"));
  assert_null(d);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(a_mode_decays_as_the_discrete_equation_says),
      cmocka_unit_test(sizes_of_any_factors_are_transformed),
      cmocka_unit_test(order_in_time_is_two),
      cmocka_unit_test(order_in_space_is_two),
      cmocka_unit_test(chemotaxis_reaches_its_known_steady_state_and_conserves),
      cmocka_unit_test(strong_contrast_of_losses_converges),
      cmocka_unit_test(untreated_skin_stays_at_rest),
      cmocka_unit_test(uniform_injury_is_the_well_mixed_point),
      cmocka_unit_test(threads_change_no_bit_and_nothing_is_negative),
      cmocka_unit_test(ledgers_of_a_wound_close_with_the_tolerance),
      cmocka_unit_test(what_cannot_be_held_is_refused),
  };
  return cmocka_run_group_tests(tests, make_context, drop_context);
}
