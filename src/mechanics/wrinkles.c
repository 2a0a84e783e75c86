/* Wrinkles, roughness, creases (mechanics.md 9.2).
 *
 *   eps(k) = (k h)^2/12 + E_s'(k)/(2 k h E_f'),   E_s'(k) = sum E_l' (exp(-2 k z_l) - exp(-2 k z_{l+1})),  E' = E/(1 - nu^2)
 *   eps_c = min eps(k),   wavelength = 2 pi/k,   A = h sqrt(<eps/eps_c - 1>)
 *   eps = eps_w + ln lambda - c_T (T - T0)/k_p
 *   Ra^2/Ra_share^2 = (Ra_m/Ra_share)^2 + sum (A/sqrt 2/(1 + (wavelength/Ra_cut)^2))^2,   Rz = Rz_share Ra
 *   d' = (d_eq - d)/T_r,   d_eq = (spacing/pi) sqrt(<eps_r + ln lambda>) - c_f (h_d - h_d0)
 *
 * Assumptions: film on layers, linear onset; the weight exp(-2 k z) is an approximation for gradients; order of magnitude. */
#include "mechanics/clinic.h"

#include <math.h>

static const double pi = 3.14159265358979323846;

/* E/(1 - nu^2) of an incompressible material. */
static double plane_strain(double E) {
  return E / (1 - 0.25);
}

static double onset(const taut_film *film, double k) {
  double z = 0, above = 1, substrate = 0, kh = k * film->h;
  for (int l = 0; l < film->layers; l++) {
    z += film->layer_h[l];
    double below = l == film->layers - 1 ? 0 : exp(-2 * k * z);
    substrate += plane_strain(film->layer_E[l]) * (above - below);
    above = below;
  }
  return kh * kh / 12 + substrate / (2 * kh * plane_strain(film->E));
}

taut_wrinkle taut__wrinkle(const taut_film *film) {
  /* the least of a scan over five decades of k h, refined by golden section: several substrates can give several minima */
  enum { SCAN = 200 };
  const double low = log(1e-3 / film->h), high = log(1e2 / film->h), step = (high - low) / SCAN;
  int best = 0;
  double least = INFINITY;
  for (int i = 0; i <= SCAN; i++) {
    double eps = onset(film, exp(low + i * step));
    if (eps < least) {
      least = eps;
      best = i;
    }
  }
  const double ratio = 0.6180339887498949;
  double a = low + (best - 1) * step, b = low + (best + 1) * step, c = b - ratio * (b - a), d = a + ratio * (b - a);
  double at_c = onset(film, exp(c)), at_d = onset(film, exp(d));
  while (b - a > 1e-9) {
    if (at_c < at_d) {
      b = d, d = c, at_d = at_c, c = b - ratio * (b - a);
      at_c = onset(film, exp(c));
    } else {
      a = c, c = d, at_c = at_d, d = a + ratio * (b - a);
      at_d = onset(film, exp(d));
    }
  }
  double k = exp((a + b) / 2);
  return (taut_wrinkle){onset(film, k), 2 * pi / k, film->h};
}

void taut__wrinkle_modes(const taut_mechanics_params *p, const double h[TAUT_MECH_LAYERS], double E_sc, double E_ve,
                         taut_wrinkle mode[TAUT_WRINKLE_MODES]) {
  double sc = h[TAUT_MECH_SC], ve = h[TAUT_MECH_VE], pd = h[TAUT_MECH_PD], rd = h[TAUT_MECH_RD];
  const taut_film horny = {sc, E_sc, 4, {ve, pd, rd, h[TAUT_MECH_HY]}, {E_ve, p->E_w_pd, p->E_w_rd, p->E_w_hy}};
  const taut_film epidermis = {
      sc + ve, (sc * E_sc + ve * E_ve) / (sc + ve), 3, {pd, rd, h[TAUT_MECH_HY]}, {p->E_w_pd, p->E_w_rd, p->E_w_hy}};
  const taut_film skin = {sc + ve + pd + rd, p->E_w_rd, 1, {h[TAUT_MECH_HY]}, {p->E_w_hy}};
  mode[0] = taut__wrinkle(&horny);
  mode[1] = taut__wrinkle(&epidermis);
  mode[2] = taut__wrinkle(&skin);
}

double taut__wrinkle_amplitude(const taut_wrinkle *mode, double strain) {
  return mode->h * sqrt(fmax(0, strain / mode->strain - 1));
}

double taut__wrinkle_strain(const taut_mechanics_params *p, double baseline, double lambda, double tension_gain,
                            double k_p) {
  return baseline + log(lambda) - p->c_T * tension_gain / k_p;
}

/* Modes that profilometry sees; the third is a fold. */
enum { VISIBLE = 2 };

taut_roughness taut__roughness(const taut_mechanics_params *p, const taut_wrinkle mode[TAUT_WRINKLE_MODES],
                               double strain) {
  double relief = p->Ra_m / p->Ra_share, squares = relief * relief, deepest = 0;
  for (int j = 0; j < VISIBLE; j++) {
    double A = taut__wrinkle_amplitude(&mode[j], strain), waves = mode[j].wavelength / p->Ra_cut;
    double seen = A / sqrt(2) / (1 + waves * waves);
    squares += seen * seen;
    deepest = fmax(deepest, A);
  }
  double Ra = p->Ra_share * sqrt(squares);
  return (taut_roughness){Ra, p->Rz_share * Ra, 2 * deepest};
}

double taut__wrinkle_baseline(const taut_mechanics_params *p, const taut_wrinkle mode[TAUT_WRINKLE_MODES], double depth,
                              double Ra) {
  double low = 0, high = 0.5;
  for (int n = 0; n < 60; n++) {
    double middle = 0.5 * (low + high);
    taut_roughness r = taut__roughness(p, mode, middle);
    bool short_of = isnan(depth) ? r.Ra < Ra : r.depth < depth;
    if (short_of)
      low = middle;
    else
      high = middle;
  }
  return 0.5 * (low + high);
}

taut_crease taut__crease(double depth, double spacing) {
  double slope = pi * depth / spacing;
  return (taut_crease){depth, spacing, slope * slope};
}

void taut__crease_advance(const taut_mechanics_params *p, double dt, double lambda, double thickness_gain,
                          taut_crease *crease) {
  double excess = fmax(0, crease->strain + log(lambda));
  double wanted = fmax(0, crease->spacing / pi * sqrt(excess) - p->c_f * thickness_gain);
  crease->depth = wanted + (crease->depth - wanted) * exp(-dt / p->T_r);
}
