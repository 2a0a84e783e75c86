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

/** Fills `treat` with what session i is at any scale (puncture, pattern, layer exit) and `tracks` with its profile. */
TAUT_MUST_USE taut_err taut__session_facts(taut_context *context, taut_model *m, int i, taut_treat *treat,
                                           taut_session_tracks *tracks);
/** The same with the radii and weights of its tracks. */
TAUT_MUST_USE taut_err taut__session_tracks(taut_context *context, taut_model *m, int i, taut_treat *treat,
                                            taut_session_tracks *tracks);

/** Layers of the computed tissue, deep enough for a track of this depth. */
void taut__model_layers(taut_model *m, double depth);
/** Makes a patch and the holes of its sessions. */
TAUT_MUST_USE taut_err taut__model_patch(taut_context *context, taut_model *m);
void taut__patch_session_free(taut_patch_session *session);

#endif
