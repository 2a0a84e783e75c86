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
  /** P and L of the fields of taut__rated_field at this state, by field like u; NULL: the view has no rates. */
  double *const *production, *const *loss;
} taut_sample;

/** Fields whose production and loss instruments need (the constrained mixture: collagen and elastin). */
enum { TAUT_RATED_FIELDS = 6 };
extern const int taut__rated_field[TAUT_RATED_FIELDS];

/** Means are area-weighted over the samples; extrema stay extrema.  What does not exist in a domain (an epidermis in the
 *  zero domain) is NAN in `extra` and 0 in `mean`. */
void taut__view(const taut_healing *h, int samples, const taut_sample *sample, taut_view *out);

/** Quantities of the user (quantities.def) from the observables of the healing model; those not known here (depth,
 *  bleeding, layer exit) are NAN. */
void taut__quantities(const taut_healing *h, const taut_view *view, const double *observable, double *value);

#endif
