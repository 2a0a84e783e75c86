/* Loop gains: does the inflamed skin calm down by itself?  (healing.md 13)
 *
 * Both loops are cut open and closed with all other members quasi-steady; a gain below one returns to rest.
 *
 *   inflammation:  c -> w1, w2 = h(c) -> N = f_N s_N beta h/d_N,  M1 = f_M s_M beta h/(k12(c) + d_M) -> c_next
 *                  gain = largest c_next/c over all c, at vessel density B; at c -> 0 it is the slope at rest
 *   TGF-beta1:     A -> Lt, T quasi-steady at no leukocytes and no clot -> A_next = dif F/(d_A + rev)
 *                  gain = largest A_next/A over all A, at gate m and fibroblast density F
 *
 * Clearance of neutrophils by macrophages and the crowding of fibroblasts are left out: both only lower the gain. */
#include "healing/healing.h"

#include <math.h>

double taut__gain_inflammation(const taut_healing *h, double B) {
  const taut_healing_params *p = &h->p;
  enum { STEPS = 400 };
  double beta = (p->be0 + B) / (p->be0 + 1), top = 0;
  double by_N = p->a_N * h->f_N * p->s_N / p->d_N, by_M = p->a_M * h->f_M * p->s_M;
  for (int i = 0; i <= STEPS; i++) { /* up to ten times the cytokine of half activation */
    double c = 10 * p->K_c * i / STEPS, ratio = c / p->c12;
    double k12 = p->k0 * (0.2 + 0.8 / (1 + ratio * ratio));
    top = fmax(top, beta * (by_N + by_M / (k12 + p->d_M)) / (p->K_c + c));
  }
  return top;
}

double taut__gain_tgf(const taut_healing *h, double m, double F) {
  const taut_healing_params *p = &h->p;
  enum { STEPS = 2000 };
  double top = 0;
  for (int i = 1; i <= STEPS; i++) {
    double A = 10.0 * i / STEPS; /* beyond what crowding allows: the bound holds for every A */
    double ka = p->k_a0 + p->k_aA * m * A;
    double Lt = (p->k_a0 + p->d_L) * p->L_r * (1 + p->b_LA * A) / (ka + p->d_L);
    double T = (ka * Lt + p->p_A * A + h->tonT) / p->d_T;
    double hA = fmax(0, T * T / (p->K_A * p->K_A + T * T) - h->hA_b);
    double A_next = m * p->k_FA * hA * F / (p->d_A + p->k_r / (1 + T / p->T_r));
    top = fmax(top, A_next / A);
  }
  return top;
}
