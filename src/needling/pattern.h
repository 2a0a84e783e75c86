/* Inside the needling room: what the statistics of a pattern and its generator share. */
#ifndef TAUT_NEEDLING_PATTERN_H
#define TAUT_NEEDLING_PATTERN_H

#include "needling/needling.h"

/** Kind of a session's pattern: the one asked for, else that of the device. */
taut_pattern_kind taut__pattern_kind(const taut_device *device, const taut_treatment *treatment,
                                     const taut_session *session);
/** Punctures per mm2 of one lattice: of a roller's drum or of a tiled stamp. */
double taut__lattice_density(const taut_device *device, const taut_treatment *treatment);
/** Distance of tiles relative to their own width: stamps overlap as the treatment says, radiofrequency shots abut. */
double taut__tile_share(const taut_device *device, const taut_treatment *treatment);
/** Speed of the hand over the skin, mm/day: the treatment's, else the device's. */
double taut__glide(const taut_device *device, const taut_treatment *treatment);

/** What cannot be computed: the key of the case it concerns, and why. */
typedef struct taut_refusal {
  const char *key;
  char text[256];
} taut_refusal;
/** True when a puncture, a pattern cannot be computed. */
bool taut__puncture_refused(const taut_device *device, double length, double achieved, taut_refusal *why);
bool taut__pattern_refused(const taut_device *device, const taut_treatment *treatment, const taut_session *session,
                           taut_refusal *why);
/** The key to point at: a value that only one session of a list has stands in the list. */
const char *taut__session_key(const taut_case *c, const taut_session *session, const char *key);

#endif
