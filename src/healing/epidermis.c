/* Process: closure of the epidermis over a puncture: living cover and barrier.
 * Equation:
 *   dK/dt   = div( v_K w_K/2 grad K ) + s_K K - s_K K K,   s_K = v_K/(2 w_K) f_K
 *   dbar/dt = k_bar f_b ( K - bar )
 * Symbols: K cover, bar barrier [1]; v_K front speed [mm/day], w_K front width [mm], k_bar [1/day]; f_K (age), f_b (age,
 *   phototype) factors of the patient; s_K carries the treatment factor.
 * Assumptions: a travelling front of one cell's width; no proliferative reserve, no thickening.
 * Sources: skindeep, kelchen_2016, ogunjimi_2020.
 * Verified by: tests/verify/healing_rest_test.c, tests/verify/healing_strips_test.c. */
#include "healing/strips.h"

STRIP(K) {
  HEALING;
  U(K);
  const int n = s->n;
  const double s_K = h->s_K * s->drive[TAUT_DRIVE_SK];
  for (int i = 0; i < n; i++) {
    P[i] = s_K * K[i];
    L[i] = s_K * K[i];
  }
}

STRIP(bar) {
  HEALING;
  U(K);
  const int n = s->n;
  const double rate = h->p.k_bar * h->f_b;
  for (int i = 0; i < n; i++) {
    P[i] = rate * K[i];
    L[i] = rate;
  }
}
