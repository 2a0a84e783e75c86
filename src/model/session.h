/* A session's punctures and tracks, before grids are laid out. */
#ifndef TAUT_MODEL_SESSION_H
#define TAUT_MODEL_SESSION_H

#include "model/model.h"

/** Radii and weights of a session's tracks and the profile of its injury. */
typedef struct taut_session_tracks {
  double radius[TAUT_MAX_TRACKS], weight[TAUT_MAX_TRACKS];
  double untreated;                  /**< share of the area far from any hole */
  double hole_radius, needle_radius; /**< at the surface: the aligned faces */
  double bleeding, dry;              /**< P_bleed; fibrin of a hole that does not bleed */
  taut_track_profile profile;        /**< its user pointer points into the treat */
} taut_session_tracks;

/** Fills `treat` (puncture, pattern, ...) and `tracks` for session i of the model. */
TAUT_MUST_USE taut_err taut__session_tracks(taut_context *context, taut_model *m, int i, taut_treat *treat,
                                            taut_session_tracks *tracks);

#endif
