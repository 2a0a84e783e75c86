/* Excision and tensile coupon of the reticular dermis (mechanics.md 8), incompressible, at equilibrium.
 *
 *   sigma_i = D_i l_i^2 - D_z l_z^2 + sum s(E) (Hg_i l_i^2 - Hg_z l_z^2),   l_z = 1/(l_1 l_2)
 *   excised:  sigma_1 = sigma_2 = 0;    coupon: l_1 = x l_1(excised), sigma_2 = 0, nominal = sigma_1/x
 *
 * Known failure: across the mean direction the structure tensor recruits no fibres, so a coupon is far too weak there. */
#include "mechanics/clinic.h"

#include <math.h>

taut_layer_law taut__material_coupon(const taut_material *material, int axis) {
  taut_layer_law law = taut__material_law(material).layer[TAUT_MECH_RD];
  if (axis != 0 && axis != 1) return law;
  double H[3], g2 = material->g_c * material->g_c;
  taut__structure_tensor(material->kappa, true, H);
  law.fibre[0].Hg[axis] = H[0] * g2;
  law.fibre[0].Hg[1 - axis] = H[1] * g2;
  return law;
}

/* Stresses at in-plane stretches and their derivatives with respect to ln l. */
static void stresses(const taut_layer_law *law, const double l[2], double sigma[2], double d[2][2]) {
  double a[3] = {l[0] * l[0], l[1] * l[1], 1 / (l[0] * l[0] * l[1] * l[1])};
  for (int i = 0; i < 2; i++) {
    sigma[i] = law->D[i] * a[i] - law->D[2] * a[2];
    for (int j = 0; j < 2; j++) d[i][j] = 2 * law->D[2] * a[2] + (i == j ? 2 * law->D[i] * a[i] : 0);
  }
  for (int n = 0; n < law->fibres; n++) {
    const taut_fibre_law *f = &law->fibre[n];
    const double *H = f->Hg;
    double slope, s = taut__fibre_stress(f->k, f->k2, H[0] * a[0] + H[1] * a[1] + H[2] * a[2] - 1, &slope);
    for (int i = 0; i < 2; i++) {
      double lever = H[i] * a[i] - H[2] * a[2];
      sigma[i] += s * lever;
      for (int j = 0; j < 2; j++)
        d[i][j] +=
            slope * 2 * (H[j] * a[j] - H[2] * a[2]) * lever + s * (2 * H[2] * a[2] + (i == j ? 2 * H[i] * a[i] : 0));
    }
  }
}

taut_err taut__excision(taut_context *context, const taut_layer_law *law, double stretch[2]) {
  double l[2] = {1, 1}, sigma[2], d[2][2];
  stresses(law, l, sigma, d);
  double scale = fabs(law->D[0]) + fabs(law->D[1]) + fabs(law->D[2]), size = hypot(sigma[0], sigma[1]);
  for (int n = 0; n < 100; n++) {
    if (size <= 1e-13 * scale) {
      stretch[0] = l[0];
      stretch[1] = l[1];
      return TAUT_OK;
    }
    double det = d[0][0] * d[1][1] - d[0][1] * d[1][0], part = 1, found = INFINITY, trial[2] = {0, 0};
    double step[2] = {-(d[1][1] * sigma[0] - d[0][1] * sigma[1]) / det,
                      -(d[0][0] * sigma[1] - d[1][0] * sigma[0]) / det};
    for (int k = 0; k < 60 && !(found < size); k++, part /= 2) {
      for (int i = 0; i < 2; i++) trial[i] = l[i] * exp(part * step[i]);
      stresses(law, trial, sigma, d);
      found = hypot(sigma[0], sigma[1]);
    }
    if (!(found < size)) break;
    l[0] = trial[0];
    l[1] = trial[1];
    size = found;
  }
  return taut__fail(context, TAUT_ERR_NUMERICS, NULL, "no stress-free state of the excised dermis: %g kPa are left",
                    size);
}

taut_err taut__coupon(taut_context *context, const taut_layer_law *law, double stretch, taut_coupon *out) {
  double excised[2];
  taut_err err = taut__excision(context, law, excised);
  if (err) return err;
  /* the lateral stress grows with the lateral stretch */
  double low = 0.15, high = 3, l[2] = {stretch * excised[0], 0}, sigma[2], d[2][2];
  for (int end = 0; end < 2; end++) {
    l[1] = end ? high : low;
    stresses(law, l, sigma, d);
    if (end ? sigma[1] < 0 : sigma[1] > 0)
      return taut__fail(context, TAUT_ERR_NUMERICS, NULL, "no free width of a coupon stretched to %g", stretch);
  }
  for (int n = 0; n < 200; n++) {
    l[1] = 0.5 * (low + high);
    if (l[1] <= low || l[1] >= high) break;
    stresses(law, l, sigma, d);
    if (sigma[1] < 0)
      low = l[1];
    else
      high = l[1];
  }
  stresses(law, l, sigma, d);
  *out = (taut_coupon){sigma[0] / stretch, l[1] / excised[1]};
  return TAUT_OK;
}
