/* Treatment windows after a session: vitamin C, platelet-rich plasma, retinoid pre-treatment (healing.md 8).  All weakly
 * supported.  The clock lands on the edges of the windows. */
#include "healing/healing.h"

void taut__healing_drive(const taut_healing *h, const taut_modifiers *with, double since, double drive[TAUT_DRIVES]) {
  const taut_healing_params *p = &h->p;
  bool session = since >= 0;
  double retinoid = session ? with->retinoid : 0;
  double vitamin_c = session && since < p->vitc_window ? with->vitamin_c : 0;
  drive[TAUT_DRIVE_YM] = 1 + vitamin_c + p->retinoid_Y * retinoid;
  drive[TAUT_DRIVE_SK] = 1 + p->retinoid_K * retinoid;
  drive[TAUT_DRIVE_FE] = 1 - p->retinoid_E * retinoid;
}

void taut__healing_source(const taut_healing *h, const taut_modifiers *with, double since,
                          double source[TAUT_H_FIELDS]) {
  const taut_healing_params *p = &h->p;
  for (int f = 0; f < TAUT_H_FIELDS; f++) source[f] = 0;
  if (since < 0 || since >= p->prp_window) return;
  double clots = p->prp_volume * with->prp;
  source[TAUT_H_Lt] = clots * p->lamL * p->a_q;
  source[TAUT_H_T] = clots * (1 - p->lamL) * p->a_q;
  source[TAUT_H_P] = clots * p->b_q;
  source[TAUT_H_V] = clots * p->prp_vegf;
}
