/* What the surface instrument keeps (private to the files surface_*.c). */
#ifndef TAUT_INSTRUMENTS_SURFACE_STATE_H
#define TAUT_INSTRUMENTS_SURFACE_STATE_H

#include "instruments/surface.h"

/* Each session opens a window that ends with the next session.  A window has nodes in time; between them the redness by
 * inflammation is a straight line, for which the swelling is exact. */
struct taut_surface {
  taut_surface_params p;
  taut_surface_person person;
  int sessions;
  taut_surface_session *session;
  taut_surface_outcome *outcome;
  int *window; /* [sessions + 1] nodes of session i: window[i] .. window[i + 1] - 1, at least one */
  int nodes, capacity;
  double *day;
  double *inflamed; /* a_i, a* units */
  double *swelling; /* thickness strain by a_i */
};

#endif
