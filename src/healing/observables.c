/* Observables of healing.md 11: ratios of layer means.  Means are taken first (over points, then over weighted domains),
 * ratios last; extrema stay extrema.  Where a layer does not exist (zero domain: reticular dermis only) its observables
 * are NAN. */
#include "healing/healing.h"

#include <math.h>

const char *taut__observable_name(int observable) {
  static const char *const names[TAUT_OBSERVABLES] = {
#define OBSERVABLE(name, ...) #name,
#include "healing/observables.def"
#undef OBSERVABLE
  };
  return observable >= 0 && observable < TAUT_OBSERVABLES ? names[observable] : "";
}

/* One dermal layer: means of its fields against its rest state. */
typedef struct dermal_layer {
  double mass, stain, young, III, X, q, elast, ev, HA, S;
} dermal_layer;

static dermal_layer look_at(const taut_healing *h, const taut_view *view, taut_layer layer) {
  const taut_layer_constants *l = &h->layer[layer];
#define MEAN(name) view->mean[TAUT_H_##name][layer]
  double young = MEAN(C3) + MEAN(Cn), in = young + MEAN(Cx), tot = in + MEAN(X), young_r = l->C3_r + l->Cn_r;
  double a_X = h->p.a_X, a_n = h->p.a_n;
  dermal_layer seen = {
      .mass = tot / l->Ct_r,
      .stain = (MEAN(Cx) + a_X * MEAN(X) + a_n * young) / (l->Cx_r + a_X * l->X_r + a_n * young_r),
      .young = young / young_r,
      .III = MEAN(C3) / in,
      .X = MEAN(X) / l->X_r,
      .q = in / tot,
      .elast = (MEAN(ev) + MEAN(em)) / (l->ev_r + l->em_r),
      .ev = MEAN(ev) / l->ev_r,
      .HA = MEAN(H) / l->H_r,
      .S = MEAN(S) / l->S_r,
  };
#undef MEAN
  if (view->thickness[layer] > 0) return seen;
  return (dermal_layer){NAN, NAN, NAN, NAN, NAN, NAN, NAN, NAN, NAN, NAN};
}

/* Mean of a field over both dermal layers, weighted with thickness. */
static double dermal(const taut_view *view, int field) {
  const double h_p = view->thickness[TAUT_PAPILLARY], h_r = view->thickness[TAUT_RETICULAR];
  return (view->mean[field][TAUT_PAPILLARY] * h_p + view->mean[field][TAUT_RETICULAR] * h_r) / (h_p + h_r);
}

static void observe_matrix(const taut_healing *h, const taut_view *view, double *value) {
  dermal_layer pap = look_at(h, view, TAUT_PAPILLARY), ret = look_at(h, view, TAUT_RETICULAR);
#define BOTH(name) value[TAUT_O_##name##_pap] = pap.name, value[TAUT_O_##name##_ret] = ret.name
  BOTH(mass);
  BOTH(stain);
  BOTH(young);
  BOTH(III);
  BOTH(X);
  BOTH(q);
  BOTH(elast);
  BOTH(ev);
  BOTH(HA);
  BOTH(S);
#undef BOTH
  double of_pap = h->layer[TAUT_PAPILLARY].Ct_r * view->thickness[TAUT_PAPILLARY];
  double of_ret = h->layer[TAUT_RETICULAR].Ct_r * view->thickness[TAUT_RETICULAR];
  double mass_pap = of_pap > 0 ? pap.mass * of_pap : 0, mass_ret = of_ret > 0 ? ret.mass * of_ret : 0;
  value[TAUT_O_mass_derm] = (mass_pap + mass_ret) / (of_pap + of_ret);
}

static void observe_dermis(const taut_healing *h, const taut_view *view, double *value) {
#define DERMAL(name) value[TAUT_O_##name##_derm] = dermal(view, TAUT_H_##name)
  DERMAL(F);
  DERMAL(A);
  DERMAL(N);
  DERMAL(M1);
  DERMAL(M2);
  DERMAL(T);
  DERMAL(T3);
  DERMAL(P);
  DERMAL(V);
  DERMAL(E);
  DERMAL(I);
  DERMAL(fb);
  DERMAL(Lt);
  DERMAL(D);
#undef DERMAL
  value[TAUT_O_E_derm] /= h->E_r;
  value[TAUT_O_I_derm] /= h->I_r;
  value[TAUT_O_M_derm] = value[TAUT_O_M1_derm] + value[TAUT_O_M2_derm];
  double c = dermal(view, TAUT_H_c),
         load = c / h->p.J_c + value[TAUT_O_N_derm] / h->p.J_N + value[TAUT_O_M_derm] / h->p.J_M;
  value[TAUT_O_J] = load / 3 / h->p.J_max;
}

void taut__observe(const taut_healing *h, const taut_view *view, double value[TAUT_OBSERVABLES]) {
  observe_matrix(h, view, value);
  observe_dermis(h, view, value);
  bool papillary = view->thickness[TAUT_PAPILLARY] > 0, epidermis = view->thickness[TAUT_EPIDERMIS] > 0;
  value[TAUT_O_c_pap] = papillary ? view->mean[TAUT_H_c][TAUT_PAPILLARY] : NAN;
  value[TAUT_O_B_pap] = papillary ? view->mean[TAUT_H_B][TAUT_PAPILLARY] : NAN;
  value[TAUT_O_infl] = view->extra[TAUT_EXTRA_INFL];
  value[TAUT_O_redness] = value[TAUT_O_infl] + h->p.red_B * (papillary ? fmax(0, value[TAUT_O_B_pap] - 1) : NAN) +
                          h->p.red_fb * view->extra[TAUT_EXTRA_FB_UPPER];
  value[TAUT_O_cover_min] = epidermis ? view->extra[TAUT_EXTRA_COVER_MIN] : NAN;
  value[TAUT_O_tewl] = epidermis ? view->extra[TAUT_EXTRA_TEWL] : NAN;
  value[TAUT_O_A_max] = view->extra[TAUT_EXTRA_A_MAX];
  value[TAUT_O_m_max] = view->extra[TAUT_EXTRA_M_MAX];
}
