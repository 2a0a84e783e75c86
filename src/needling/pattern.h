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

/** Fills what follows from needle, reach, depth and recoil: radii, volumes, bleeding. */
void taut__puncture_injure(const taut_needling_params *p, const taut_skin *skin, taut_puncture *q);

/** What a draw of the depth needs besides its index. */
typedef struct taut_depth_sampler {
  const taut_needling_params *p;
  taut_puncture mean;
  double tolerance, lift;
  bool people; /**< differences between people too */
  uint64_t seed, stiffness, toughness, needle, hit, length, gap;
} taut_depth_sampler;
TAUT_MUST_USE taut_err taut__depth_sampler(taut_context *context, const taut_needling_params *p, const taut_skin *skin,
                                           const taut_device *device, const taut_treatment *treatment, double length,
                                           bool people, uint64_t seed, taut_depth_sampler *out);
/** Depth and reach of a hit by a needle, mm. */
double taut__depth_draw(const taut_depth_sampler *s, uint64_t needle, uint64_t hit, double *reach);

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
