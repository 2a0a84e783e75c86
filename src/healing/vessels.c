/* Process: endothelial activation, which lets leukocytes in (early: neutrophils, late: monocytes), and perfused vessels.
 * Equation:
 *   dw1/dt = k_v ( h - w1 ),   dw2/dt = k_w ( w1 - w2 ),   h = c/(K_c + c)
 *   dB/dt  = div( D_B grad B ) + d_B (1 - B) + k_B max(0, hV - hVb) (B0 + B) max(0, 1 - B/B_max),   hV = V/(K_V + V)
 * Symbols: w1, w2 activation [1], B vessels relative to rest [1], c cytokine, V VEGF [pg/mm3]; k_v, k_w, k_B, d_B [1/day].
 * Assumptions: angiogenesis is a relaxation, not sprouting; only VEGF above rest makes vessels grow.
 * Sources: excision_set, bianchi_2015.
 * Verified by: tests/verify/healing_rest_test.c, tests/verify/healing_strips_test.c. */
#include "healing/strips.h"

STRIP(w1) {
  HEALING;
  U(c);
  const int n = s->n;
  const double k_v = h->p.k_v, K_c = h->p.K_c;
  for (int i = 0; i < n; i++) {
    P[i] = k_v * c[i] / (K_c + c[i]);
    L[i] = k_v;
  }
}

STRIP(w2) {
  HEALING;
  U(w1);
  const int n = s->n;
  const double k_w = h->p.k_w;
  for (int i = 0; i < n; i++) {
    P[i] = k_w * w1[i];
    L[i] = k_w;
  }
}

STRIP(B) {
  HEALING;
  U(B);
  U(V);
  const int n = s->n;
  const double d_B = h->p.d_B, k_B = h->p.k_B, B0 = h->p.B0, per_B_max = 1 / h->p.B_max, K_V = h->p.K_V, hVb = h->hVb;
  for (int i = 0; i < n; i++) {
    double excess = positive(V[i] / (K_V + V[i]) - hVb);
    P[i] = d_B + k_B * excess * (B0 + B[i]) * positive(1 - B[i] * per_B_max);
    L[i] = d_B;
  }
}
