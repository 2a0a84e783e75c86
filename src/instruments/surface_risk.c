/* Risk indices (needling.md 6.7) and the counted events that stand beside them.
 *
 *   hyperpigmentation  logit = logit p_pih + k_pF (F - F_pih) + k_pS ln(S/S_pih) + k_sun sun + k_int [interval < t_int]
 *   tram-track scars   logit = logit p_tram + ln(phi/phi_tram) + k_bony bony + k_heavy heavy,
 *                      phi = 1 - exp(-n pi r_d(0)^2)
 *
 * The document counts both over a course, whatever its number of sessions; the session that injures most and the shortest
 * interval count here.  All coefficients are assumptions; the intercepts were chosen at the counted rates, so that
 * agreement with them is no validation.
 */
#include "instruments/surface_state.h"

#include <math.h>

const taut_surface_event taut__surface_event[TAUT_EVENTS] = {
#define EVENT(name, count, people, source, doc) {#name, count, people, TAUT_SOURCE_##source, doc},
#include "instruments/surface_events.def"
#undef EVENT
};

void taut__wilson(double k, double n, double z, double *low, double *high) {
  *low = *high = NAN;
  if (!(n > 0)) return;
  double p = k / n, z2 = z * z;
  double middle = (p + z2 / (2 * n)) / (1 + z2 / n);
  double half = z * sqrt(p * (1 - p) / n + z2 / (4 * n * n)) / (1 + z2 / n);
  *low = k > 0 ? middle - half : 0; /* exactly, where rounding would leave a trace */
  *high = k < n ? middle + half : 1;
}

static double logit(double p) {
  return log(p / (1 - p));
}

static double expit(double x) {
  return 1 / (1 + exp(-x));
}

taut_surface_risks taut__surface_risks(const taut_surface *s) {
  static const double pi = 3.14159265358979323846;
  const taut_surface_params *p = &s->p;
  double injured = 0, broken = 0, interval = INFINITY;
  for (int i = 0; i < s->sessions; i++) {
    const taut_surface_session *o = &s->session[i];
    injured = fmax(injured, o->injured);
    broken = fmax(broken, -expm1(-o->holes * pi * o->damage_radius * o->damage_radius));
    if (i > 0) interval = fmin(interval, o->day - s->session[i - 1].day);
  }
  /* no injury: ln 0 makes both risks 0 */
  double pih = logit(p->p_pih) + p->k_pF * (s->person.phototype - p->F_pih) + p->k_pS * log(injured / p->S_pih) +
               p->k_sun * s->person.sun + p->k_int * (interval < p->t_int);
  double scar =
      logit(p->p_tram) + log(broken / p->phi_tram) + p->k_bony * s->person.bony + p->k_heavy * s->person.heavy;
  return (taut_surface_risks){.pih = expit(pih),
                              .pih_low = expit(pih - p->z_ci * p->s_pih),
                              .pih_high = expit(pih + p->z_ci * p->s_pih),
                              .tram_track = expit(scar)};
}
