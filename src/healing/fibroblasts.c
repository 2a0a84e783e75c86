/* Process: fibroblasts, their turn to myofibroblasts and back, and their secretory activity.
 * Equation:
 *   dF/dt = div( D_F grad F - chi F grad P ) + d_F + g_F P/(K_P + P) F max(0, 1 - Ft/F_max) + rev A - ( d_F + dif ) F
 *   dA/dt = div( fDA D_F grad A ) + dif F - ( d_A + rev ) A
 *   dS/dt = k_s Y Ym mu(qa) cap ( F (1 + b_F st) + w_A A ) - k_s S
 *   dif = m k_FA hA/(1 + T3/K_3),  hA = max(0, T^2/(K_A^2 + T^2) - rest value),  rev = k_r/(1 + T/T_r),  Ft = F + A
 *   st = max(0, hT - hTb)/(1 - hTb),  hT = T/(K_T + T)
 *   qa = (in + epsC q_y)/(tot + epsC),  mu(x) = clip( 1 - 0.5 (q_y - x)/(q_y - q_o), 0, 1.2 )
 *   cap = max(0, 1 - tot/Cmax)/(1 - Ct_r/Cmax),  in = C3 + Cn + Cx,  tot = in + X
 * Symbols: F, A [3000 cells/mm3]; S [1]; T, T3, P signals [pg/mm3]; m mechanical gate; Y, Ym factors of patient and
 *   treatment; collagen pools C3, Cn, Cx, X [young reticular dermis]; b_F and w_A carry the factor drive_gain.
 * Assumptions: attachment to intact collagen sets synthesis (mu); crowding stops it (cap); S lags the drive by 1/k_s.
 * Sources: waugh_2007, varani_2006, physicell_fibrosis, excision_set, lotfi_2013.
 * Verified by: tests/verify/healing_rest_test.c, tests/verify/healing_strips_test.c. */
#include "healing/strips.h"

STRIP(F) {
  HEALING;
  U(F);
  U(A);
  U(T);
  U(T3);
  const double *const pdgf = s->u[TAUT_H_P], *const m = s->gate;
  const int n = s->n;
  const double d_F = h->p.d_F, g_F = h->p.g_F, K_P = h->p.K_P, per_F_max = 1 / h->p.F_max;
  const double k_r = h->p.k_r * h->p.T_r, T_r = h->p.T_r, k_FA = h->p.k_FA * h->p.K_3, K_3 = h->p.K_3;
  const double K_A = h->p.K_A * h->p.K_A, hA_b = h->hA_b;
  for (int i = 0; i < n; i++) {
    double T2 = T[i] * T[i];
    double rev = k_r / (T_r + T[i]);
    double dif = m[i] * k_FA * positive(T2 / (K_A + T2) - hA_b) / (K_3 + T3[i]);
    double room = positive(1 - (F[i] + A[i]) * per_F_max);
    P[i] = d_F + g_F * pdgf[i] / (K_P + pdgf[i]) * F[i] * room + rev * A[i];
    L[i] = d_F + dif;
  }
}

STRIP(A) {
  HEALING;
  U(F);
  U(T);
  U(T3);
  const double *const m = s->gate;
  const int n = s->n;
  const double k_r = h->p.k_r * h->p.T_r, T_r = h->p.T_r, k_FA = h->p.k_FA * h->p.K_3, K_3 = h->p.K_3;
  const double K_A = h->p.K_A * h->p.K_A, hA_b = h->hA_b, d_A = h->p.d_A;
  for (int i = 0; i < n; i++) {
    double T2 = T[i] * T[i];
    P[i] = m[i] * k_FA * positive(T2 / (K_A + T2) - hA_b) / (K_3 + T3[i]) * F[i];
    L[i] = d_A + k_r / (T_r + T[i]);
  }
}

STRIP(S) {
  HEALING;
  LAYER;
  U(F);
  U(A);
  U(T);
  U(C3);
  U(Cn);
  U(Cx);
  U(X);
  const int n = s->n;
  const double k_s = h->p.k_s, drive = k_s * l->Y * s->drive[TAUT_DRIVE_YM] * l->cap_scale, per_Cmax = 1 / l->Cmax;
  const double b_F = h->p.drive_gain * h->p.b_F, w_A = h->p.drive_gain * h->p.w_A;
  const double K_T = h->p.K_T, hTb = h->hTb, st_scale = 1 / (1 - h->hTb);
  const double epsC = h->p.epsC, young = h->p.epsC * h->p.q_y, slope = 0.5 / (h->p.q_y - h->p.q_o);
  const double mu0 = 1 - slope * h->p.q_y;
  for (int i = 0; i < n; i++) {
    double in = C3[i] + Cn[i] + Cx[i], tot = in + X[i];
    double qa = (in + young) / (tot + epsC);
    double mu = smaller(positive(mu0 + slope * qa), 1.2);
    double cap = positive(1 - tot * per_Cmax);
    double st = stimulus(T[i], K_T, hTb, st_scale);
    P[i] = drive * mu * cap * (F[i] * (1 + b_F * st) + w_A * A[i]);
    L[i] = k_s;
  }
}
