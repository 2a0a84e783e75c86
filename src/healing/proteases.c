/* Process: collagenases (MMP-1, -8, -13 as one) and their inhibitor TIMP-1.
 * Equation:
 *   dE/dt = d_E E_r + f_E ( e_N N + e_M M1 + e_F h Ft ) - d_E ( 1 - w_I + w_I I/I_r ) E,   h = c/(K_c + c),  Ft = F + A
 *   dI/dt = d_I I_r (1 + i_T st) - d_I I
 * Symbols: E, I [young rest]; N, M1 leukocytes, F, A fibroblasts, c cytokine, st effect of TGF-beta1 (fibroblasts.c); d_E, d_I
 *   [1/day]; E_r, I_r rest values of the patient; f_E factor of patient and treatment.
 * Assumptions: only the share w_I of the loss needs the inhibitor.
 * Sources: jin_2011, smoking_skin, rittie_2013.
 * Verified by: tests/verify/healing_rest_test.c, tests/verify/healing_strips_test.c. */
#include "healing/strips.h"

STRIP(E) {
  HEALING;
  U(N);
  U(M1);
  U(F);
  U(A);
  U(c);
  U(I);
  const int n = s->n;
  const double rest = h->p.d_E * h->E_r, f_E = h->f_E * s->drive[TAUT_DRIVE_FE], K_c = h->p.K_c;
  const double e_N = f_E * h->p.e_N, e_M = f_E * h->p.e_M, e_F = f_E * h->p.e_F;
  const double loss = h->p.d_E * (1 - h->p.w_I), inhibited = h->p.d_E * h->p.w_I / h->I_r;
  for (int i = 0; i < n; i++) {
    P[i] = rest + e_N * N[i] + e_M * M1[i] + e_F * (c[i] / (K_c + c[i])) * (F[i] + A[i]);
    L[i] = loss + inhibited * I[i];
  }
}

STRIP(I) {
  HEALING;
  U(T);
  const int n = s->n;
  const double d_I = h->p.d_I, rest = h->p.d_I * h->I_r, i_T = h->p.i_T;
  const double K_T = h->p.K_T, hTb = h->hTb, st_scale = 1 / (1 - h->hTb);
  for (int i = 0; i < n; i++) {
    P[i] = rest * (1 + i_T * stimulus(T[i], K_T, hTb, st_scale));
    L[i] = d_I;
  }
}
