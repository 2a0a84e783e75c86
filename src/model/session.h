/* A session's punctures and tracks, before grids are laid out. */
#ifndef TAUT_MODEL_SESSION_H
#define TAUT_MODEL_SESSION_H

#include "model/model.h"

/** Radii and weights of a session's tracks and the profile of its injury. */
typedef struct taut_session_tracks {
  double radius[TAUT_MAX_TRACKS], weight[TAUT_MAX_TRACKS];
  double hole_radius, needle_radius; /**< at the surface: the aligned faces */
  double bleeding;
  taut_track_profile profile;        /**< its user pointer points into the treat */
} taut_session_tracks;

/** Punctures, pattern, layer exit and warnings of one session with the device: what `taut puncture` shows too.
 *  INPUT where a safety rule refuses. */
TAUT_MUST_USE taut_err taut__needle_session(taut_context *context, const taut_case *c, const taut_skin *skin,
                                            const taut_session *session, taut_treat *treat, taut_texts *warnings);

/** Fills `treat` (puncture, pattern, ...) and `tracks` for session i of the model. */
TAUT_MUST_USE taut_err taut__session_tracks(taut_context *context, taut_model *m, int i, taut_treat *treat,
                                            taut_session_tracks *tracks);

#endif
