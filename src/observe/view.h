/* Reductions of a state to the small read-only view that instruments and observables see. */
#ifndef TAUT_OBSERVE_VIEW_H
#define TAUT_OBSERVE_VIEW_H

#include "domain/domain.h"
#include "healing/healing.h"

/** State of one weighted domain: u[f] at the first point where f lives; gate on all points. */
typedef struct taut_sample {
  const taut_domain *domain;
  double weight;
  double *const *u;
  const double *gate;
} taut_sample;

/** Means are area-weighted over the samples; extrema stay extrema.  What does not exist in a domain (an epidermis in the
 *  zero domain) is NAN in `extra` and 0 in `mean`. */
void taut__view(const taut_healing *h, int samples, const taut_sample *sample, taut_view *out);

/** Quantities of the user (quantities.def) from the observables of the healing model; those not known here (depth,
 *  bleeding, layer exit) are NAN. */
void taut__quantities(const taut_healing *h, const taut_view *view, const double *observable, double *value);

#endif
