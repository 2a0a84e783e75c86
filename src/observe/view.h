/* Reductions of a state to the small read-only view that instruments and observables see.
 *
 * The view is taken after every step, of up to millions of points.  Points are read in strips that stay in the cache: every
 * field is read from memory once, production and loss of the rated fields are evaluated on the strip, and no array of
 * points is written.  Strips are gathered into work items that depend on the domain alone and are summed in order, so that
 * threads never change a bit. */
#ifndef TAUT_OBSERVE_VIEW_H
#define TAUT_OBSERVE_VIEW_H

#include "domain/domain.h"
#include "healing/healing.h"

/** Depth below the epidermis over which mediator activity drives redness (healing.md 11), mm. */
#define TAUT_UPPER_DERMIS 0.5

/** State of one weighted domain: u[f] at the first point where f lives. */
typedef struct taut_sample {
  const taut_domain *domain;
  double weight;
  double *const *u;
  const double *gate;    /**< m by plane [points.planes] */
  const double *drive;   /**< scalars of the field set (taut_strip.drive); NULL: the view has no rates */
  double *const *source; /**< external sources by field like u; NULL, or NULL for a field: none */
} taut_sample;

/** Fields whose production and loss instruments need (the constrained mixture: collagen and elastin). */
enum { TAUT_RATED_FIELDS = 6 };
extern const int taut__rated_field[TAUT_RATED_FIELDS];

/** What the points of one process add to a view.  `sum` holds integrals over volume, `most` largest values; both consist
 *  of doubles only, so that processes can add them up as arrays. */
typedef struct taut_view_sums {
  struct {
    double field[TAUT_H_FIELDS][TAUT_LAYERS];
    double production[TAUT_RATED_FIELDS][TAUT_LAYERS], loss[TAUT_RATED_FIELDS][TAUT_LAYERS]; /**< P and L u */
    double deposit[TAUT_LAYERS];                                                             /**< A P of collagen */
    double activity, clot, upper; /**< c/(K_c+c), fb and 1 over the upper dermis */
    double open, surface;         /**< 1 - bar and 1 over the top plane */
  } sum;
  struct {
    double A, gate, uncovered; /**< uncovered: -K; -INFINITY where there is none */
  } most;
} taut_view_sums;

/** Sums over the points of this process. */
void taut__view_sums(const taut_healing *h, const taut_sample *sample, taut_view_sums *out);
/** Makes them the sums of all processes; collective. */
void taut__view_reduce(taut_comm *comm, taut_view_sums *sums);

/** Means are area-weighted over the samples; extrema stay extrema.  What does not exist in a domain (an epidermis in the
 *  zero domain) is NAN in `extra` and 0 in `mean`.  Collective where processes share a patch. */
void taut__view(const taut_healing *h, int samples, const taut_sample *sample, taut_view *out);

/** Quantities of the user (quantities.def) from the observables of the healing model; those not known here (depth,
 *  bleeding, layer exit) are NAN. */
void taut__quantities(const taut_healing *h, const taut_view *view, const double *observable, double *value);

#endif
