/* Process: the extracellular matrix: procollagen to collagen III and I, crosslinking, fragments; elastin; hyaluronan.
 * Equation:
 *   dCp/dt = r_c S - k_p Cp
 *   dC3/dt = k_p s3 Cp - Ef ( d3 + max(0, d_3n - d3) max(0, 1 - C3_r/C3) ) C3
 *   dCn/dt = k_p (1 - s3) Cp - ( k_x + d_n Ef ) Cn
 *   dCx/dt = k_x Cn - dx Ex Cx
 *   dX/dt  = f_X ( dx Ex Cx + d_n Ef Cn ) - ( kX E/E_r + k_XM Mt ) X
 *   dev/dt = r_e ( F (1 + b_e st) + w_Ae A ) - ( k_ea + d_ev ) ev
 *   dem/dt = k_ea ev - ( d_em + a_eN N + a_eE e ) em
 *   dH/dt  = d_H H_r ( 1 + (b_H st + b_Hc h) 1.5 Ft/(0.5 + Ft) ) min(1, Ft) - d_H H
 *   s3 = s3r + (s3w - s3r) st,  e = max(0, E/E_r - 1),  Ef = 1 + eE e,  Ex = 1 + eX e,  h = c/(K_c + c),  Ft = F + A
 * Symbols: collagen pools [young reticular dermis, about 200 ug/mm3], elastin ev, em and hyaluronan H [young rest], st effect
 *   of TGF-beta1 (fibroblasts.c), E collagenase, N neutrophils, Mt macrophages; rates [1/day]; r_c, s3r, d3, dx, kX, r_e and
 *   rest values come from the rest state of the layer (rest.c).
 * Assumptions: collagen that survives the first days is counted, not its synthesis; ageing is frozen during a run unless the
 *   parameter drift is 1.
 * Sources: verzijl_2000, varani_2006, robins_2003, shapiro_1991, waugh_2007, excision_set, lotfi_2013.
 * Verified by: tests/verify/healing_rest_test.c, tests/verify/healing_strips_test.c. */
#include "healing/strips.h"

STRIP(Cp) {
  HEALING;
  LAYER;
  U(S);
  const int n = s->n;
  const double r_c = l->r_c, k_p = h->p.k_p;
  for (int i = 0; i < n; i++) {
    P[i] = r_c * S[i];
    L[i] = k_p;
  }
}

STRIP(C3) {
  HEALING;
  LAYER;
  U(Cp);
  U(C3);
  U(T);
  U(E);
  const int n = s->n;
  const double k_p = h->p.k_p, s3r = l->s3r, s3_rise = l->s3w - l->s3r, d3 = l->d3, d3_extra = l->d3_extra,
               C3_r = l->C3_r;
  const double K_T = h->p.K_T, hTb = h->hTb, st_scale = 1 / (1 - h->hTb), per_E_r = 1 / h->E_r, eE = h->p.eE;
  for (int i = 0; i < n; i++) {
    double st = stimulus(T[i], K_T, hTb, st_scale);
    double above = positive(C3[i] - C3_r); /* max(0, 1 - C3_r/C3) without dividing by 0 */
    double Ef = 1 + eE * positive(E[i] * per_E_r - 1);
    P[i] = k_p * (s3r + s3_rise * st) * Cp[i];
    L[i] = Ef * (d3 + d3_extra * (above / (C3_r + above)));
  }
}

STRIP(Cn) {
  HEALING;
  LAYER;
  U(Cp);
  U(T);
  U(E);
  const int n = s->n;
  const double k_p = h->p.k_p, s3r = l->s3r, s3_rise = l->s3w - l->s3r, k_x = h->p.k_x, d_n = h->p.d_n;
  const double K_T = h->p.K_T, hTb = h->hTb, st_scale = 1 / (1 - h->hTb), per_E_r = 1 / h->E_r, eE = h->p.eE;
  for (int i = 0; i < n; i++) {
    double st = stimulus(T[i], K_T, hTb, st_scale);
    double Ef = 1 + eE * positive(E[i] * per_E_r - 1);
    P[i] = k_p * (1 - (s3r + s3_rise * st)) * Cp[i];
    L[i] = k_x + d_n * Ef;
  }
}

STRIP(Cx) {
  HEALING;
  LAYER;
  U(Cn);
  U(E);
  const int n = s->n;
  const double k_x = h->p.k_x, dx = l->dx, per_E_r = 1 / h->E_r, eX = h->p.eX;
  for (int i = 0; i < n; i++) {
    P[i] = k_x * Cn[i];
    L[i] = dx * (1 + eX * positive(E[i] * per_E_r - 1));
  }
}

STRIP(X) {
  HEALING;
  LAYER;
  U(Cn);
  U(Cx);
  U(E);
  U(M1);
  U(M2);
  const int n = s->n;
  const double of_x = h->p.f_X * l->dx, of_n = h->p.f_X * h->p.d_n, kX = l->kX, k_XM = h->p.k_XM;
  const double per_E_r = 1 / h->E_r, eE = h->p.eE, eX = h->p.eX;
  for (int i = 0; i < n; i++) {
    double E_rel = E[i] * per_E_r, e = positive(E_rel - 1);
    P[i] = of_x * (1 + eX * e) * Cx[i] + of_n * (1 + eE * e) * Cn[i];
    L[i] = kX * E_rel + k_XM * (M1[i] + M2[i]);
  }
}

STRIP(ev) {
  HEALING;
  LAYER;
  U(F);
  U(A);
  U(T);
  const int n = s->n;
  const double r_e = l->r_e, b_e = h->p.b_e, w_Ae = h->p.w_Ae, loss = h->p.k_ea + h->p.d_ev;
  const double K_T = h->p.K_T, hTb = h->hTb, st_scale = 1 / (1 - h->hTb);
  for (int i = 0; i < n; i++) {
    P[i] = r_e * (F[i] * (1 + b_e * stimulus(T[i], K_T, hTb, st_scale)) + w_Ae * A[i]);
    L[i] = loss;
  }
}

STRIP(em) {
  HEALING;
  U(ev);
  U(N);
  U(E);
  const int n = s->n;
  const double k_ea = h->p.k_ea, d_em = h->p.d_em, a_eN = h->p.a_eN, a_eE = h->p.a_eE, per_E_r = 1 / h->E_r;
  for (int i = 0; i < n; i++) {
    P[i] = k_ea * ev[i];
    L[i] = d_em + a_eN * N[i] + a_eE * positive(E[i] * per_E_r - 1);
  }
}

STRIP(H) {
  HEALING;
  LAYER;
  U(F);
  U(A);
  U(T);
  U(c);
  const int n = s->n;
  const double d_H = h->p.d_H, rest = h->p.d_H * l->H_r, b_H = h->p.b_H, b_Hc = h->p.b_Hc, K_c = h->p.K_c;
  const double K_T = h->p.K_T, hTb = h->hTb, st_scale = 1 / (1 - h->hTb);
  for (int i = 0; i < n; i++) {
    double Ft = F[i] + A[i];
    double call = b_H * stimulus(T[i], K_T, hTb, st_scale) + b_Hc * (c[i] / (K_c + c[i]));
    P[i] = rest * (1 + call * (1.5 * Ft / (0.5 + Ft))) * smaller(1, Ft);
    L[i] = d_H;
  }
}

/* Input of the mechanical gate: phi = max(0, 1 - in/in_r), dermis only. */
void TAUT_KERNEL(healing_gate)(const taut_strip *s, double *restrict out) {
  HEALING;
  LAYER;
  U(C3);
  U(Cn);
  U(Cx);
  const int n = s->n;
  const bool dermis = s->layer == TAUT_PAPILLARY || s->layer == TAUT_RETICULAR;
  const double per_in_r = dermis ? 1 / l->in_r : 0, one = dermis ? 1 : 0;
  for (int i = 0; i < n; i++) out[i] = positive(one - (C3[i] + Cn[i] + Cx[i]) * per_in_r);
}
