/* Two-curve model of the suction test (mechanics.md 6.1): two static curves and scalar quasi-linear viscoelasticity.
 *
 *   P(t) = f_0(u) + f_v(u) + sum q_k,   q_k <- exp(-x) q_k + beta_k (1 - exp(-x))/x (f_v_new - f_v_old),   x = dt/tau_k
 *
 * f_0 is the share carried by the tension of the living skin, which does not relax.  Systematic error against the finite
 * elements at 2 mm: unloading is too slow (R2 -0.030, R5 -0.045, R7 -0.033); always use it anchored. */
#include "mechanics/fast.h"

#include <gsl/gsl_linalg.h>
#include <math.h>

const double taut__static_pressure[TAUT_STATIC_PRESSURES] = {2, 5, 9, 14, 20, 27};

double taut__two_curve_viscous(const taut_two_curve *curve, double u) {
  double u2 = u * u;
  return u * (curve->v[0] + u2 * (curve->v[1] + u2 * curve->v[2]));
}

double taut__two_curve_nonviscous(const taut_two_curve *curve, double u) {
  return u * (curve->c[0] + u * u * curve->c[1]);
}

/* ----------------------------------------------------------------------------------------------------------- fit ---- */

enum { UNKNOWNS = 5, MOST_POINTS = 64 };

/* Row of one point: factor (v1 u + v3 u^3 + v5 u^5) + c1 u + c3 u^3 = P, divided by P. */
static void fill_row(gsl_matrix *A, gsl_vector *b, size_t row, double factor, double P, double u) {
  double u3 = u * u * u, u5 = u3 * u * u;
  const double terms[UNKNOWNS] = {factor * u, factor * u3, factor * u5, u, u3};
  for (size_t k = 0; k < UNKNOWNS; k++) gsl_matrix_set(A, row, k, terms[k] / P);
  gsl_vector_set(b, row, 1);
}

/* Householder least squares; false when the columns depend on each other. */
static bool least_squares(gsl_matrix *A, const gsl_vector *b, double x[UNKNOWNS], double *residual) {
  double tau_data[UNKNOWNS], left_data[2 * MOST_POINTS];
  gsl_vector_view tau = gsl_vector_view_array(tau_data, UNKNOWNS), solution = gsl_vector_view_array(x, UNKNOWNS);
  gsl_vector_view left = gsl_vector_view_array(left_data, b->size);
  gsl_linalg_QR_decomp(A, &tau.vector);
  double least = INFINITY, most = 0;
  for (size_t k = 0; k < UNKNOWNS; k++) {
    double diagonal = fabs(gsl_matrix_get(A, k, k));
    least = fmin(least, diagonal);
    most = fmax(most, diagonal);
  }
  if (!(least > 1e-12 * most) || !isfinite(most)) return false;
  gsl_linalg_QR_lssolve(A, &tau.vector, b, &solution.vector, &left.vector);
  double squares = 0;
  for (size_t i = 0; i < b->size; i++) squares += left_data[i] * left_data[i];
  *residual = sqrt(squares / (double)b->size);
  return true;
}

taut_err taut__two_curve_fit(taut_context *context, int n, const double *P, const double *u, const double *P_g,
                             const double *u_g, double B, taut_two_curve *out, double *residual) {
  if (n < 3 || n > MOST_POINTS)
    return taut__fail(context, TAUT_ERR_INPUT, NULL, "two curves of %d points: from 3 to %d are needed", n,
                      MOST_POINTS);
  double A_data[2 * MOST_POINTS * UNKNOWNS], b_data[2 * MOST_POINTS], x[UNKNOWNS], rms;
  gsl_matrix_view A = gsl_matrix_view_array(A_data, 2 * (size_t)n, UNKNOWNS);
  gsl_vector_view b = gsl_vector_view_array(b_data, 2 * (size_t)n);
  for (int j = 0; j < n; j++) {
    if (!(P[j] > 0 && P_g[j] > 0))
      return taut__fail(context, TAUT_ERR_INPUT, NULL, "pressures of static curves must be positive");
    fill_row(&A.matrix, &b.vector, (size_t)j, 1, P[j], u[j]);
    fill_row(&A.matrix, &b.vector, (size_t)(n + j), 1 + B, P_g[j], u_g[j]);
  }
  if (!least_squares(&A.matrix, &b.vector, x, &rms))
    return taut__fail(context, TAUT_ERR_NUMERICS, NULL, "two static curves do not determine the two-curve model");
  *out = (taut_two_curve){{x[0], x[1], x[2]}, {x[3], x[4]}};
  if (residual) *residual = rms;
  return TAUT_OK;
}

/* --------------------------------------------------------------------------------------------------------- march ---- */

/* Solves f_0(u) + total f_v(u) = load from a start value. */
static bool solve_step(const taut_two_curve *curve, double total, double load, double scale, double *u) {
  for (int n = 0; n < 100; n++) {
    double x = *u, x2 = x * x;
    double miss = taut__two_curve_nonviscous(curve, x) + total * taut__two_curve_viscous(curve, x) - load;
    if (fabs(miss) <= 1e-12 * scale) return true;
    double slope =
        curve->c[0] + 3 * x2 * curve->c[1] + total * (curve->v[0] + x2 * (3 * curve->v[1] + 5 * x2 * curve->v[2]));
    if (!(slope > 0)) return false;
    double step = -miss / slope;
    if (fabs(step) <= 1e-15 * fabs(x)) return true;
    *u = x + step;
  }
  return false;
}

taut_err taut__two_curve_run(taut_context *context, const taut_two_curve *curve, const taut_viscosity *viscosity, int n,
                             const double *t, const double *P, double *u) {
  double q[TAUT_VISCOUS_TERMS] = {0}, f = 0, scale = 0;
  for (int i = 0; i < n; i++) scale = fmax(scale, fabs(P[i]));
  if (n > 0) u[0] = 0;
  for (int i = 1; i < n; i++) {
    taut_viscous_step step = taut__viscous_step(viscosity, t[i] - t[i - 1]);
    double load = P[i] + (step.total - 1) * f;
    for (int k = 0; k < TAUT_VISCOUS_TERMS; k++) load -= step.decay[k] * q[k];
    u[i] = u[i - 1];
    if (!solve_step(curve, step.total, load, scale, &u[i]))
      return taut__fail(context, TAUT_ERR_NUMERICS, NULL, "the two-curve model has no displacement at %g s, %g kPa",
                        t[i], P[i]);
    double now = taut__two_curve_viscous(curve, u[i]);
    taut__viscous_advance(&step, 1, &f, &now, q);
    f = now;
  }
  return TAUT_OK;
}
