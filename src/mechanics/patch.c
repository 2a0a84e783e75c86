/* Equilibrium of the patch (mechanics.md 4.3, 4.5) and the stiffness of its surroundings.
 *
 *   neo-Hooke:  s_1 = mu (e_1^2 - e_z^2)                                                   e_z = 1/(e_1 e_2)
 *   fibres:     s_1 = q (h_1 e_1^2 - h_n e_z^2),   q = 2 k1 <E> exp(k2 E^2),   E = h_1 e_1^2 + h_2 e_2^2 + h_n e_z^2 - 1
 *   N_1 = sum w s_1/lambda_1 + active lambda_2,    N_i(lambda) = T0_i - k_s (lambda_i - 1)
 *   k_s/k_p = 1/((1 + nu) I1(rho) K1(rho)) - 1,    rho = R/sqrt(B h_hy/mu_h),    B = k_p/(1 + nu)
 *
 * Assumptions: plane stress; the surroundings are a linear infinite sheet on a shear foundation, exact for a uniform
 * change of tension in a circle.  The elastic stretch of every family grows with lambda, so N does, and the root is unique. */
#include "mechanics/patch.h"

#include <gsl/gsl_sf_bessel.h>
#include <math.h>

/* Elastic stretches of a family and their derivatives with respect to the stretch of the patch. */
typedef struct elastic {
  double e[2], de[2], z; /* z = e_z^2 */
} elastic;

static elastic elastic_of(const taut_patch_family *f, const double lambda[2]) {
  elastic s;
  for (int i = 0; i < 2; i++) {
    double natural = f->alpha[i] + f->beta[i] * lambda[i];
    s.e[i] = lambda[i] / natural;
    s.de[i] = f->alpha[i] / (natural * natural);
  }
  s.z = 1 / (s.e[0] * s.e[0] * s.e[1] * s.e[1]);
  return s;
}

/* Stresses of a family of unit weight and their derivatives with respect to e_1, e_2. */
static void stress_of(const taut_patch_family *f, const elastic *s, double sigma[2], double d[2][2]) {
  const double *e = s->e, z = s->z;
  if (!f->fibre) {
    for (int i = 0; i < 2; i++) {
      sigma[i] = e[i] * e[i] - z;
      d[i][i] = 2 * e[i] + 2 * z / e[i];
      d[i][1 - i] = 2 * z / e[1 - i];
    }
    return;
  }
  const double *H = f->H;
  double E = H[0] * e[0] * e[0] + H[1] * e[1] * e[1] + H[2] * z - 1;
  double slope, q = taut__fibre_stress(1, f->k2, E, &slope);
  for (int i = 0; i < 2; i++) {
    double lever = H[i] * e[i] * e[i] - H[2] * z;
    sigma[i] = q * lever;
    for (int j = 0; j < 2; j++) {
      double dE = 2 * (H[j] * e[j] - H[2] * z / e[j]);
      d[i][j] = slope * dE * lever + q * 2 * H[2] * z / e[j];
    }
    d[i][i] += q * 2 * H[i] * e[i];
  }
}

void taut__patch_tension(const taut_patch *patch, const double lambda[2], double N[2], double J[2][2]) {
  double dN[2][2] = {{0, patch->active}, {patch->active, 0}};
  for (int i = 0; i < 2; i++) N[i] = patch->active * lambda[1 - i];
  for (int n = 0; n < patch->families; n++) {
    const taut_patch_family *f = &patch->family[n];
    if (f->weight == 0) continue;
    elastic s = elastic_of(f, lambda);
    double sigma[2], d[2][2];
    stress_of(f, &s, sigma, d);
    for (int i = 0; i < 2; i++) {
      double scale = f->weight / lambda[i];
      N[i] += scale * sigma[i];
      for (int j = 0; j < 2; j++) dN[i][j] += scale * d[i][j] * s.de[j];
      dN[i][i] -= scale * sigma[i] / lambda[i];
    }
  }
  for (int i = 0; J && i < 2; i++)
    for (int j = 0; j < 2; j++) J[i][j] = dN[i][j];
}

/* Residual of equilibrium; returns its size. */
static double residual(const taut_patch *patch, const double lambda[2], double R[2], double J[2][2]) {
  double N[2];
  taut__patch_tension(patch, lambda, N, J);
  for (int i = 0; i < 2; i++) {
    R[i] = N[i] - patch->T0[i] + patch->k_s * (lambda[i] - 1);
    if (J) J[i][i] += patch->k_s;
  }
  return fmax(fabs(R[0]), fabs(R[1]));
}

static bool isotropic(const taut_patch *patch, const double lambda[2]) {
  bool same = lambda[0] == lambda[1] && patch->T0[0] == patch->T0[1];
  for (int n = 0; same && n < patch->families; n++) {
    const taut_patch_family *f = &patch->family[n];
    same = f->alpha[0] == f->alpha[1] && f->beta[0] == f->beta[1] && (!f->fibre || f->H[0] == f->H[1]);
  }
  return same;
}

/* Newton step of one unknown where both axes are alike, of two otherwise; false when there is none. */
static bool newton_step(bool alike, const double R[2], double J[2][2], double step[2]) {
  if (alike) {
    step[0] = step[1] = -R[0] / (J[0][0] + J[0][1]);
  } else {
    double det = J[0][0] * J[1][1] - J[0][1] * J[1][0];
    step[0] = -(J[1][1] * R[0] - J[0][1] * R[1]) / det;
    step[1] = -(J[0][0] * R[1] - J[1][0] * R[0]) / det;
  }
  return isfinite(step[0]) && isfinite(step[1]);
}

taut_err taut__patch_solve(taut_context *context, const taut_patch *patch, double lambda[2], int *iterations) {
  enum { MOST_STEPS = 60, MOST_HALVINGS = 40 };
  const double rounding = 2.3e-16; /* of a stretch near 1, felt through stiff surroundings */
  double scale = fmax(fabs(patch->T0[0]), fabs(patch->T0[1])), tolerance = 1e-11 * scale + rounding * patch->k_s;
  bool alike = isotropic(patch, lambda);
  double R[2], J[2][2], size = residual(patch, lambda, R, J), step[2];
  for (int n = 0; n < MOST_STEPS && isfinite(size); n++) {
    *iterations = n;
    if (size <= tolerance) return TAUT_OK;
    if (!newton_step(alike, R, J, step)) break;
    double part = 1, trial[2] = {0, 0}, found = INFINITY;
    for (int k = 0; k < MOST_HALVINGS; k++, part /= 2) {
      for (int i = 0; i < 2; i++) trial[i] = lambda[i] + part * step[i];
      if (!(trial[0] > 0 && trial[1] > 0)) continue;
      found = residual(patch, trial, R, J);
      if (found < size) break;
    }
    if (!(found < size)) {
      /* at the limit of rounding the residual cannot fall further */
      if (size <= 100 * tolerance) return TAUT_OK;
      break;
    }
    lambda[0] = trial[0];
    lambda[1] = trial[1];
    size = found;
  }
  return taut__fail(context, TAUT_ERR_NUMERICS, NULL,
                    "no equilibrium of the treated patch: stretch %g x %g, tension off by %g N/m", lambda[0], lambda[1],
                    size);
}

/* ---------------------------------------------------------------------------------------------- surroundings ---- */

taut_surround taut__surround(double radius, double k_p, double mu_h, double h_hy, double nu) {
  double B = k_p / (1 + nu), length = sqrt(B * h_hy / mu_h);
  double rho = fmax(radius / length, 1e-6); /* the limit of a point; K1 is infinite at 0 */
  /* scaled functions: exp(-rho) I1 and exp(rho) K1, whose product does not overflow */
  double K1_scaled = gsl_sf_bessel_K1_scaled(rho), both = gsl_sf_bessel_I1_scaled(rho) * K1_scaled;
  double ratio = rho * exp(-rho) * K1_scaled;
  return (taut_surround){
      .k_s = k_p * (1 / ((1 + nu) * both) - 1),
      .length = length,
      .mean = both / B,
      .centre = ratio / (2 * B),
      .centre_ratio = ratio,
  };
}
