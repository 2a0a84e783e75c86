/* Process: leukocytes and the cytokine that calls them: the inflammatory loop.
 * Equation:
 *   dN/dt  = div( D_N grad N - chi N grad c ) + f_N s_N w1 beta - ( d_N + k_NM Mt ) N
 *   dM1/dt = div( D_M grad M1 - chi M1 grad c ) + f_M s_M w2 beta - ( k12 + d_M ) M1
 *   dM2/dt = div( D_M grad M2 ) + k12 M1 - d_M M2
 *   dc/dt  = div( Ds grad c ) + k_c ( a_D D/(K_D + D) + a_N N + a_M M1 - c )
 *   beta = (be0 + B)/(be0 + 1),   k12 = k0 ( 0.2 + 0.8/(1 + (c/c12)^2) ),   Mt = M1 + M2
 * Symbols: N, M1, M2 [1000 cells/mm3], c [1], w1, w2 endothelial activation, B vessels, D debris; s_N, s_M, d_N, d_M, k_NM,
 *   k0, k_c [1/day]; f_N, f_M factors of the patient (cortisol, oestrogen).
 * Assumptions: fields are excess over residents; recruitment follows endothelial activation and vessels, not the clot.
 * Sources: cooper_2015, waugh_2007, physicell_fibrosis, excision_set.
 * Verified by: tests/verify/healing_rest_test.c, tests/verify/healing_strips_test.c. */
#include "healing/strips.h"

STRIP(N) {
  HEALING;
  U(w1);
  U(B);
  U(M1);
  U(M2);
  const int n = s->n;
  const double influx = h->f_N * h->p.s_N / (h->p.be0 + 1), be0 = h->p.be0, d_N = h->p.d_N, k_NM = h->p.k_NM;
  for (int i = 0; i < n; i++) {
    P[i] = influx * w1[i] * (be0 + B[i]);
    L[i] = d_N + k_NM * (M1[i] + M2[i]);
  }
}

STRIP(M1) {
  HEALING;
  U(w2);
  U(B);
  U(c);
  const int n = s->n;
  const double influx = h->f_M * h->p.s_M / (h->p.be0 + 1), be0 = h->p.be0;
  const double floor = h->p.d_M + 0.2 * h->p.k0, c12 = h->p.c12 * h->p.c12, brake = 0.8 * h->p.k0 * c12;
  for (int i = 0; i < n; i++) {
    P[i] = influx * w2[i] * (be0 + B[i]);
    L[i] = floor + brake / (c12 + c[i] * c[i]);
  }
}

STRIP(M2) {
  HEALING;
  U(M1);
  U(c);
  const int n = s->n;
  const double d_M = h->p.d_M, floor = 0.2 * h->p.k0, c12 = h->p.c12 * h->p.c12, brake = 0.8 * h->p.k0 * c12;
  for (int i = 0; i < n; i++) {
    P[i] = (floor + brake / (c12 + c[i] * c[i])) * M1[i];
    L[i] = d_M;
  }
}

STRIP(c) {
  HEALING;
  U(D);
  U(N);
  U(M1);
  const int n = s->n;
  const double k_c = h->p.k_c, debris = k_c * h->p.a_D, K_D = h->p.K_D, of_N = k_c * h->p.a_N, of_M = k_c * h->p.a_M;
  for (int i = 0; i < n; i++) {
    P[i] = debris * D[i] / (K_D + D[i]) + of_N * N[i] + of_M * M1[i];
    L[i] = k_c;
  }
}
