/* The system of equations behind the suction instrument: static reference curve (mechanics.md T3), derivative and symmetry
 * of the tangent, the patch test of skin under tension, the fit of two curves (T10), the linear solver. */
#include "fem_fixture.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

enum { DOF = TAUT_FEM_DOF, TRIANGLE = TAUT_FEM_DOF * (TAUT_FEM_DOF + 1) / 2, LANES = TAUT_FEM_LANES };

static taut_fem *system_of(const person *p, taut_mesh_level level, taut_ring ring) {
  const taut_skin_law skin = layers_of(p);
  taut_suction s = taut__suction_default(&skin, 1, level);
  s.probe.ring = ring;
  s.probe.ring_outer = 3;
  taut_fem *fem = NULL;
  assert_int_equal(taut__fem_create(&s.probe, &fem), TAUT_OK);
  return fem;
}

static void t3_static_apex_of_the_reference_skin(void **state) {
  (void)state;
  static const double P[5] = {2, 5, 10, 15, 20};
  static const double expected[5] = {0.02574680, 0.06357033, 0.12256451, 0.17540340, 0.22231726};
  const person p = plain_person();
  const taut_skin_law skin = layers_of(&p);
  const taut_suction s = taut__suction_default(&skin, 1, TAUT_MESH_M2);
  double u[5];
  char reason[200];
  assert_int_equal(taut__suction_static(&s.probe, 0, 5, P, u, reason), TAUT_OK);
  for (int i = 0; i < 5; i++) assert_true(fabs(u[i] / expected[i] - 1) < 1e-6);
}

static void skin_under_tension_stays_flat_without_suction(void **state) {
  (void)state;
  for (int ring = TAUT_RING_GLUED; ring <= TAUT_RING_FINITE; ring++)
    for (int i = 0; i < 3; i++) {
      person p = plain_person();
      p.g_e = 1.05 + 0.15 * i;
      p.g_c = 1.02 + 0.02 * i;
      taut_fem *fem = system_of(&p, TAUT_MESH_M1, (taut_ring)ring);
      double norm;
      assert_true(fabs(taut__fem_assemble(fem, 0, &norm) - 1) < 1e-15);
      assert_true(norm < 1e-11);
      assert_int_equal(taut__fem_static(fem, 0, 0), TAUT_FEM_CONVERGED);
      assert_int_equal(taut__fem_step(fem, &p.viscosity, 1, 0), TAUT_FEM_CONVERGED);
      for (int n = 0; n < fem->batches; n++)
        for (int a = 0; a < DOF; a++)
          for (int lane = 0; lane < LANES; lane++) assert_true(fabs(fem->batch[n].x[a][lane]) < 1e-14);
      taut__fem_destroy(&fem);
    }
}

/* ---- tangent ---- */

/* A batch of four elements in some layer, deformed at random, with viscous stress and consistent pressures. */
static void deform(taut_fem *fem, taut_fem_batch *b, uint64_t seed, double size) {
  uint64_t k = 0;
  for (int lane = 0; lane < LANES; lane++)
    for (int a = 0; a < DOF; a++) {
      const double scale = size * fmin(b->half_r[lane], b->half_z);
      b->x[a][lane] = scale * (2 * taut__uniform(seed, 1, k++) - 1);
    }
  for (int point = 0; point < TAUT_FEM_POINTS; point++)
    for (int i = 0; i < TAUT_FEM_STRESS; i++)
      for (int lane = 0; lane < LANES; lane++) b->carried[point][i][lane] = 5 * (2 * taut__uniform(seed, 2, k++) - 1);
  /* pressures that belong to this volume: one elimination with du = 0 */
  _Alignas(32) taut_lanes tangent[TRIANGLE], residual[DOF], none[TAUT_FEM_STATE] = {{0}};
  fem->k->assemble_whole(b, 2.5, tangent, residual);
  memset(b->centre_rhs, 0, sizeof b->centre_rhs);
  memset(b->centre_row, 0, sizeof b->centre_row);
  fem->k->complete(b, none);
  fem->k->move(b, none, 1);
}

static double entry(taut_lanes *tangent, int i, int j, int lane) {
  return i >= j ? tangent[i * (i + 1) / 2 + j][lane] : tangent[j * (j + 1) / 2 + i][lane];
}

/* The residual does not depend on the pressures, so its derivative is the tangent at consistent pressures. */
static void tangent_is_the_derivative_of_the_residual(void **state) {
  (void)state;
  const person p = plain_person();
  taut_fem *fem = system_of(&p, TAUT_MESH_M1, TAUT_RING_GLUED);
  for (int n = 0; n < fem->batches; n += 2) {
    taut_fem_batch b = fem->batch[n];
    deform(fem, &b, (uint64_t)n, 0.1);
    _Alignas(32) taut_lanes tangent[TRIANGLE], ahead[DOF], behind[DOF], ignored[TRIANGLE];
    assert_true(fem->k->assemble_whole(&b, 2.5, tangent, ahead) > 0);
    double largest[LANES] = {0}, worst = 0;
    for (int i = 0; i < TRIANGLE; i++)
      for (int lane = 0; lane < LANES; lane++) largest[lane] = fmax(largest[lane], fabs(tangent[i][lane]));
    for (int j = 0; j < DOF; j++) {
      /* fourth-order difference: the bulk modulus makes the third derivative large */
      double slope[DOF][LANES] = {{0}};
      for (int m = 1; m <= 2; m++) {
        const double weight = m == 1 ? 8.0 / 12 : -1.0 / 12;
        taut_fem_batch c = b;
        double h[LANES];
        for (int lane = 0; lane < LANES; lane++) {
          h[lane] = 2e-4 * fmin(b.half_r[lane], b.half_z);
          c.x[j][lane] = b.x[j][lane] + m * h[lane];
        }
        fem->k->assemble_whole(&c, 2.5, ignored, ahead);
        for (int lane = 0; lane < LANES; lane++) c.x[j][lane] = b.x[j][lane] - m * h[lane];
        fem->k->assemble_whole(&c, 2.5, ignored, behind);
        for (int i = 0; i < DOF; i++)
          for (int lane = 0; lane < LANES; lane++)
            slope[i][lane] += weight * (ahead[i][lane] - behind[i][lane]) / h[lane];
      }
      for (int i = 0; i < DOF; i++)
        for (int lane = 0; lane < LANES; lane++)
          worst = fmax(worst, fabs(slope[i][lane] - entry(tangent, i, j, lane)) / largest[lane]);
    }
    assert_true(worst < 1e-7);
  }
  taut__fem_destroy(&fem);
}

/* Moves the equations' unknowns by h x, the centres as the elimination says; move_back undoes it. */
static void move_along(taut_fem *fem, double h, const double *x) {
  for (int b = 0; b < fem->batches; b++) {
    for (int a = 0; a < TAUT_FEM_EDGE; a++)
      for (int lane = 0; lane < LANES; lane++) {
        const int e = fem->equation[b][a][lane];
        fem->change[b][a][lane] = e < 0 ? 0 : h * x[e];
      }
    fem->k->complete(&fem->batch[b], fem->change[b]);
    fem->k->move(&fem->batch[b], fem->change[b], 1);
  }
}
static void move_back(taut_fem *fem) {
  for (int b = 0; b < fem->batches; b++) fem->k->move(&fem->batch[b], fem->change[b], -1);
}

/* f = K x from the lower triangle that is stored. */
static void multiply(const taut_ldl *m, const double *K, int n, const double *x, double *f) {
  for (int i = 0; i < n; i++) f[i] = 0;
  for (int j = 0; j < n; j++)
    for (int i = j; i < n && i < m->reach[j / TAUT_LDL_PANEL]; i++) {
      const double k = K[(ptrdiff_t)j * m->stride + i - j];
      f[i] += k * x[j];
      if (i > j) f[j] += k * x[i];
    }
}

static double *numbers(size_t n) {
  double *x = taut__alloc_doubles(n);
  assert_non_null(x);
  return x;
}

/* Largest difference between K x and the derivative of the residual along x, relative to the largest entry of K x. */
static double derivative_error(taut_fem *fem, double P, const double *K, uint64_t seed) {
  const int n = fem->equations;
  const double h = 1e-6;
  double *x = numbers((size_t)n), *f = numbers((size_t)n), *ahead = numbers((size_t)n), norm, worst = 0, scale = 0;
  for (int i = 0; i < n; i++) x[i] = 2 * taut__uniform(seed, 3, (uint64_t)i) - 1;
  multiply(&fem->matrix, K, n, x, f);
  for (int side = 0; side < 2; side++) {
    taut__fem_assemble(fem, P, &norm);
    move_along(fem, side ? -h : h, x);
    taut__fem_assemble(fem, P, &norm);
    if (side == 0) memcpy(ahead, fem->rhs, (size_t)n * sizeof *ahead);
    move_back(fem);
  }
  for (int i = 0; i < n; i++) {
    worst = fmax(worst, fabs((fem->rhs[i] - ahead[i]) / (2 * h) - f[i]));
    scale = fmax(scale, fabs(f[i]));
  }
  free(ahead);
  free(f);
  free(x);
  return worst / scale;
}

/* With the eliminations and the suction that follows the surface.  Only the lower triangle is stored and used for both:
 * if it agrees with the derivative in all rows, the tangent is symmetric. */
static void tangent_of_the_system_is_symmetric_and_the_derivative(void **state) {
  (void)state;
  const person p = plain_person();
  const double P = 12;
  for (int ring = TAUT_RING_GLUED; ring <= TAUT_RING_FINITE; ring++) {
    taut_fem *fem = system_of(&p, TAUT_MESH_M1, (taut_ring)ring);
    assert_int_equal(taut__fem_static(fem, 0, P), TAUT_FEM_CONVERGED);
    double norm;
    taut__fem_assemble(fem, P, &norm);
    const size_t size = (size_t)fem->matrix.n * (size_t)fem->matrix.stride;
    double *K = numbers(size);
    memcpy(K, fem->matrix.a, size * sizeof *K);
    for (uint64_t seed = 0; seed < 3; seed++) assert_true(derivative_error(fem, P, K, seed) < 1e-7);
    free(K);
    taut__fem_destroy(&fem);
  }
}

/* ---- linear solver ---- */

static void factors_solve_the_system_at_every_size_and_reach(void **state) {
  (void)state;
  for (int trial = 0; trial < 40; trial++) {
    const uint64_t seed = (uint64_t)trial;
    const int panels = 1 + (int)(12 * taut__uniform(seed, 1, 0)), n = panels * TAUT_LDL_PANEL;
    int *reach = calloc((size_t)panels, sizeof *reach), longest = 0;
    for (int p = 0; p < panels; p++) {
      reach[p] = (p + 1) * TAUT_LDL_PANEL + (int)(40 * taut__uniform(seed, 2, (uint64_t)p));
      if (p && reach[p] < reach[p - 1]) reach[p] = reach[p - 1];
      if (reach[p] > n) reach[p] = n;
      if (reach[p] - p * TAUT_LDL_PANEL > longest) longest = reach[p] - p * TAUT_LDL_PANEL;
    }
    taut_ldl m = {.n = n, .stride = longest + TAUT_LDL_PAD, .reach = reach};
    const size_t size = (size_t)(n + 2 * TAUT_LDL_PANEL) * (size_t)m.stride;
    m.a = numbers(size);
    m.pack = numbers(2 * TAUT_LDL_PANEL * (size_t)(m.stride + TAUT_LDL_PAD));
    m.d = numbers((size_t)n);
    double *K = numbers(size), *x = numbers((size_t)n), *f = numbers((size_t)n);
    for (int j = 0; j < n; j++)
      for (int i = j; i < reach[j / TAUT_LDL_PANEL]; i++)
        m.a[(ptrdiff_t)j * m.stride + i - j] = taut__uniform(seed, 4, (uint64_t)(j * n + i)) - 0.5 + (i == j ? 60 : 0);
    if (n > 8) m.a[5 * (ptrdiff_t)m.stride] *= -1; /* indefinite */
    memcpy(K, m.a, size * sizeof *K);
    for (int i = 0; i < n; i++) x[i] = 2 * taut__uniform(seed, 5, (uint64_t)i) - 1;
    multiply(&m, K, n, x, f);
    const taut_fem_kernels *const k = taut__fem_kernels();
    k->factor(&m);
    k->substitute(&m, f);
    for (int i = 0; i < n; i++) assert_true(fabs(f[i] - x[i]) < 1e-13);
    int negative = 0;
    for (int i = 0; i < n; i++) negative += m.d[i] < 0;
    assert_int_equal(negative, n > 8);
    double *const arrays[] = {m.a, m.pack, m.d, K, x, f};
    for (size_t i = 0; i < sizeof arrays / sizeof *arrays; i++) free(arrays[i]);
    free(reach);
  }
}

/* ---- two curves ---- */

static void t10_two_curves_of_the_reference_skin(void **state) {
  (void)state;
  static const double v[3] = {39.266, 95.177, 342.98}, c[2] = {39.058, 123.43};
  const person p = plain_person();
  const taut_skin_law skin = layers_of(&p);
  const taut_suction s = taut__suction_default(&skin, 1, TAUT_MESH_M1);
  taut_context *context = NULL;
  assert_int_equal(taut_context_create(NULL, &context), TAUT_OK);
  taut_two_curve fit;
  double misfit;
  assert_int_equal(taut__suction_curves(context, "test", &s.probe, &fit, &misfit), TAUT_OK);
  for (int i = 1; i <= 15; i++) {
    const double u = 0.02 * i, u3 = u * u * u, u5 = u3 * u * u;
    assert_true(fabs(taut__two_curve_viscous(&fit, u) / (v[0] * u + v[1] * u3 + v[2] * u5) - 1) < 0.01);
    assert_true(fabs(taut__two_curve_nonviscous(&fit, u) / (c[0] * u + c[1] * u3) - 1) < 0.01);
  }
  for (int i = 0; i < 3; i++) assert_true(fabs(fit.v[i] / v[i] - 1) < 2e-5);
  for (int i = 0; i < 2; i++) assert_true(fabs(fit.c[i] / c[i] - 1) < 5e-5);
  assert_true(misfit > 0 && misfit < 0.007);
  taut_context_destroy(&context);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(t3_static_apex_of_the_reference_skin),
      cmocka_unit_test(skin_under_tension_stays_flat_without_suction),
      cmocka_unit_test(tangent_is_the_derivative_of_the_residual),
      cmocka_unit_test(tangent_of_the_system_is_symmetric_and_the_derivative),
      cmocka_unit_test(factors_solve_the_system_at_every_size_and_reach),
      cmocka_unit_test(t10_two_curves_of_the_reference_skin),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
