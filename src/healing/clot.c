/* Process: the clot of a puncture, its platelets, and the debris of dead tissue.
 * Equation:
 *   dq/dt  = - k_q q
 *   dfb/dt = - k_f ( l0 + min(2, Mt) ) fb
 *   dD/dt  = - ( k_D + k_DM Mt + k_DN N ) D
 * Symbols: q platelet granules, fb fibrin, D debris, Mt = M1 + M2 macrophages, N neutrophils; k_q, k_f, k_D, k_DM, k_DN
 *   [1/day], l0 [1].
 * Assumptions: injury is the only source; fibrinolysis saturates at two units of macrophages.
 * Sources: platelet_gel, cooper_2015, excision_set.
 * Verified by: tests/verify/healing_rest_test.c, tests/verify/healing_strips_test.c. */
#include "healing/strips.h"

STRIP(q) {
  HEALING;
  const double k_q = h->p.k_q;
  for (int i = 0; i < s->n; i++) {
    P[i] = 0;
    L[i] = k_q;
  }
}

STRIP(fb) {
  HEALING;
  U(M1);
  U(M2);
  const int n = s->n;
  const double k_f = h->p.k_f, l0 = h->p.l0;
  for (int i = 0; i < n; i++) {
    P[i] = 0;
    L[i] = k_f * (l0 + smaller(2, M1[i] + M2[i]));
  }
}

STRIP(D) {
  HEALING;
  U(N);
  U(M1);
  U(M2);
  const int n = s->n;
  const double k_D = h->p.k_D, k_DM = h->p.k_DM, k_DN = h->p.k_DN;
  for (int i = 0; i < n; i++) {
    P[i] = 0;
    L[i] = k_D + k_DM * (M1[i] + M2[i]) + k_DN * N[i];
  }
}
