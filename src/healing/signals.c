/* Process: growth factors: latent and active TGF-beta1, TGF-beta3, PDGF, VEGF.
 * Equation:
 *   dLt/dt = lamL a_q k_q q + (k_a0 + d_L) L_r (1 + b_LA A) + src_L - ( ka + d_L ) Lt
 *   dT/dt  = div( Ds grad T ) + ka Lt + (1 - lamL) a_q k_q q + p_M (M2 + 0.3 M1) + p_A A + tonT + src_T - d_T T
 *   dT3/dt = div( Ds grad T3 ) + p3M M2 + p3F F P/(K_P + P) - d_T T3
 *   dP/dt  = div( Ds grad P ) + b_q k_q q + b_M Mt + b_A A + src_P - d_P P
 *   dV/dt  = div( Ds grad V ) + v_M Mt + v_h max(0, 1 - B) + d_V V_b + src_V - d_V V     (v_h only below the epidermis)
 *   ka = k_a0 + k_aM Mt + k_aA m A + k_af fb,   tonT = d_T T_b - k_a0 Lt(rest)
 * Symbols: signals [pg/mm3]; q platelet granules, fb fibrin, Mt = M1 + M2, A myofibroblasts, F fibroblasts, m mechanical gate;
 *   src_* external sources (platelet-rich plasma) [pg/mm3/day].
 * Assumptions: tonT keeps TGF-beta1 at its rest value; receptors take up nothing, so that every loss is a constant.
 * Sources: platelet_gel, grainger_1995, waugh_2007, bianchi_2015, aust_2010, plasma_tgf.
 * Verified by: tests/verify/healing_rest_test.c, tests/verify/healing_strips_test.c. */
#include "healing/strips.h"

STRIP(Lt) {
  HEALING;
  U(q);
  U(A);
  U(M1);
  U(M2);
  U(fb);
  const double *const m = s->gate, *const source = s->source[TAUT_H_Lt];
  const int n = s->n;
  const double released = h->p.lamL * h->p.a_q * h->p.k_q, kept = (h->p.k_a0 + h->p.d_L) * h->p.L_r;
  const double made = kept * h->p.b_LA, loss = h->p.k_a0 + h->p.d_L, k_aM = h->p.k_aM, k_aA = h->p.k_aA,
               k_af = h->p.k_af;
  for (int i = 0; i < n; i++) {
    P[i] = kept + made * A[i] + released * q[i] + source[i];
    L[i] = loss + k_aM * (M1[i] + M2[i]) + k_aA * m[i] * A[i] + k_af * fb[i];
  }
}

STRIP(T) {
  HEALING;
  U(Lt);
  U(q);
  U(A);
  U(M1);
  U(M2);
  U(fb);
  const double *const m = s->gate, *const source = s->source[TAUT_H_T];
  const int n = s->n;
  const double released = (1 - h->p.lamL) * h->p.a_q * h->p.k_q, p_M = h->p.p_M, p_A = h->p.p_A, d_T = h->p.d_T;
  const double k_a0 = h->p.k_a0, k_aM = h->p.k_aM, k_aA = h->p.k_aA, k_af = h->p.k_af;
  const double tonic = s->layer == TAUT_EPIDERMIS ? h->p.d_T * h->p.T_b : h->tonT;
  for (int i = 0; i < n; i++) {
    double ka = k_a0 + k_aM * (M1[i] + M2[i]) + k_aA * m[i] * A[i] + k_af * fb[i];
    P[i] = ka * Lt[i] + released * q[i] + p_M * (M2[i] + 0.3 * M1[i]) + p_A * A[i] + tonic + source[i];
    L[i] = d_T;
  }
}

STRIP(T3) {
  HEALING;
  U(M2);
  U(F);
  const double *const pdgf = s->u[TAUT_H_P];
  const int n = s->n;
  const double p3M = h->p.p3M, p3F = h->p.p3F, K_P = h->p.K_P, d_T = h->p.d_T;
  for (int i = 0; i < n; i++) {
    P[i] = p3M * M2[i] + p3F * F[i] * pdgf[i] / (K_P + pdgf[i]);
    L[i] = d_T;
  }
}

STRIP(P) {
  HEALING;
  U(q);
  U(M1);
  U(M2);
  U(A);
  const double *const source = s->source[TAUT_H_P];
  const int n = s->n;
  const double released = h->p.b_q * h->p.k_q, b_M = h->p.b_M, b_A = h->p.b_A, d_P = h->p.d_P;
  for (int i = 0; i < n; i++) {
    P[i] = released * q[i] + b_M * (M1[i] + M2[i]) + b_A * A[i] + source[i];
    L[i] = d_P;
  }
}

STRIP(V) {
  HEALING;
  U(M1);
  U(M2);
  U(B);
  const double *const source = s->source[TAUT_H_V];
  const int n = s->n;
  const double v_M = h->p.v_M, d_V = h->p.d_V, rest = h->p.d_V * h->p.V_b;
  const double v_h = s->layer == TAUT_EPIDERMIS ? 0 : h->p.v_h;
  for (int i = 0; i < n; i++) {
    P[i] = v_M * (M1[i] + M2[i]) + v_h * positive(1 - B[i]) + rest + source[i];
    L[i] = d_V;
  }
}
