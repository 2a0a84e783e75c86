/* Private to domain/: what the geometries share. */
#ifndef TAUT_DOMAIN_GEOMETRY_H
#define TAUT_DOMAIN_GEOMETRY_H

#include "domain/domain.h"

/** A domain of `planes` planes with nr points each; faces, volumes and layers are left to the caller. */
TAUT_MUST_USE taut_err taut__domain_allocate(taut_context *context, taut_domain_kind kind, int nr, int planes,
                                             taut_domain **out);
/** Faces in depth and where layers start: rows[l] equal planes in layer l. */
void taut__domain_layers(taut_domain *domain, const double thickness[TAUT_LAYERS], const int rows[TAUT_LAYERS]);

#endif
