/* From the mixture to the instruments (mechanics.md 4.6).
 *
 *   h_l <- h_l J_g/(lambda_1 lambda_2),   phi_i = m_i/J_g
 *   g_g = L/r_g,  g_e <- g_e L,  g_M = g_c L,  g_N = L/r_N,  g_en = L/r_en,  film g = L/r_f,   L = mean of lambda
 *   D_rr, D_tt + t_A A lambda_1 lambda_2/J_g
 *
 * The reference of an instrument is the present state.  The sum of thickness times stress equals N/lambda exactly where the
 * film is relaxed or its thickness is given as h/(lambda_1 lambda_2).  Viscosity does not depend on composition. */
#include "mechanics/patch.h"

taut_mixture_reading taut__mixture_read(const taut_mixture *m, const taut_mixture_state *s) {
  taut_mixture_reading out = {.h_d = 0};
  double area = s->lambda[0] * s->lambda[1];
  for (int i = 0; i < 2; i++) {
    out.lambda[i] = s->lambda[i];
    out.tension[i] = s->N[i];
  }
  out.contraction = 1 - (s->lambda[0] + s->lambda[1]) / 2;
  for (int l = 0; l < TAUT_MIX_LAYERS; l++) {
    const taut_mixture_layer *y = &s->layer[l];
    taut_masses mass = taut__mixture_masses(m, l, y);
    out.J_g[l] = y->J_g;
    out.h[l] = m->h[l] * y->J_g / area;
    out.h_d += out.h[l];
    out.m_M[l] = mass.M;
    out.m_N[l] = mass.N;
    out.e_N[l] = s->lambda[0] / y->r_N[0];
    out.phi_e[l] = mass.elastin;
    out.m_en[l] = mass.new_elastin;
    out.fibres[l] = taut__mixture_intact(m, l, y) / y->J_g;
    out.connectivity[l] = taut__mixture_connectivity(m, l, y);
  }
  return out;
}

/* Adds a neo-Hookean family of modulus mu and in-plane pre-stretch g. */
static void add_neo_hooke(taut_layer_law *law, double mu, double g) {
  double g2 = g * g;
  law->D[0] += mu * g2;
  law->D[1] += mu * g2;
  law->D[2] += mu / (g2 * g2);
}

static void add_fibre(taut_layer_law *law, double k, double k2, const double H[3], double g) {
  if (!(k > 0)) return;
  double g2 = g * g;
  law->fibre[law->fibres++] = (taut_fibre_law){k, k2, {H[0] * g2, H[1] * g2, H[2] / (g2 * g2)}};
}

static double mean(const double x[2]) {
  return (x[0] + x[1]) / 2;
}

static void fill_dermis(const taut_mixture *m, const taut_mixture_state *s, int l, double L, taut_layer_law *law) {
  const taut_material *mat = &m->material;
  const taut_mixture_layer *y = &s->layer[l];
  taut_masses mass = taut__mixture_masses(m, l, y);
  double area = s->lambda[0] * s->lambda[1], f = m->f[l] / y->J_g, active = m->t_A * y->A * area / y->J_g;
  double mu_e = f * mat->mu_e * mat->phi_e, k = f * mat->k1 * mat->phi_M, H[3];
  taut__structure_tensor(mat->kappa, false, H);
  *law = (taut_layer_law){.h = m->h[l] * y->J_g / area, .K = mat->K};
  add_neo_hooke(law, f * mat->mu_m * mat->phi_g * mass.gel, L / mean(y->r_g));
  add_neo_hooke(law, mu_e * mass.elastin, mat->g_e * L);
  add_neo_hooke(law, mu_e * mass.new_elastin, L / mean(y->r_en));
  add_fibre(law, k * mass.M, mat->k2, H, mat->g_c * L);
  add_fibre(law, k * mass.N, mat->k2, H, L / mean(y->r_N));
  law->D[0] += active;
  law->D[1] += active;
}

taut_skin_law taut__mixture_law(const taut_mixture *m, const taut_mixture_state *s, const double film[2]) {
  double L = mean(s->lambda), g_f = L / mean(s->r_f);
  taut_skin_law skin = taut__material_law(&m->material);
  for (int l = TAUT_MECH_SC; l <= TAUT_MECH_VE; l++) {
    double mu = skin.layer[l].D[0];
    skin.layer[l] = (taut_layer_law){.h = film[l], .K = skin.layer[l].K};
    add_neo_hooke(&skin.layer[l], mu, g_f);
  }
  fill_dermis(m, s, TAUT_MIX_PD, L, &skin.layer[TAUT_MECH_PD]);
  fill_dermis(m, s, TAUT_MIX_RD, L, &skin.layer[TAUT_MECH_RD]);
  return skin;
}
