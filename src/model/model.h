/* Case -> frozen model: person, skin, injury of every session, grids, healing.  Sessions may differ in depth, density and
 * pattern: each has its own tracks, which is exact, since all fields are averaged over planes before the next session. */
#ifndef TAUT_MODEL_MODEL_H
#define TAUT_MODEL_MODEL_H

#include "domain/domain.h"
#include "healing/healing.h"
#include "needling/needling.h"
#include "skin/skin.h"

/** Track of the reference injury (healing.md 7.1). */
typedef struct taut_reference_track {
  double depth, r0, tip, fh;
} taut_reference_track;

/** Holes of a session on a patch. */
typedef struct taut_patch_session {
  int n;
  taut_patch_puncture *at; /**< [n] */
  taut_hole *hole;         /**< [n]; NULL with injury: reference */
  taut_needle needle;
  double dry; /**< fibrin of a hole that does not bleed */
} taut_patch_session;

/** One session made ready: tracks of its pattern and what they destroy, or all its holes on a patch. */
typedef struct taut_treat {
  double day;
  taut_puncture puncture; /**< zero for reference injury and excision; of a patch, the mean of all its punctures */
  taut_pattern pattern;   /**< of a patch, as found on it */
  double p_fat[2];        /**< layer exit: ultrasound, histology */
  taut_reference_track reference; /**< with injury: reference */
  double weight[TAUT_MAX_TRACKS];
  const taut_domain *domain[TAUT_MAX_TRACKS]; /**< owned by the model, shared by like sessions */
  taut_damage damage[TAUT_MAX_TRACKS];        /**< of tracks */
  taut_patch_session patch;                   /**< of a patch */
} taut_treat;

struct taut_model {
  const taut_case *c;        /**< lent */
  bool excision;             /**< zero mode with the excision of healing.md 7.4 */
  taut_skin skin;            /**< with the case's thickness source */
  double layer[TAUT_LAYERS]; /**< thickness of the domain's layers, mm */
  taut_healing *healing;
  int tracks;           /**< domains driven in lockstep */
  int untreated_domain; /**< the one that is never injured, -1: none */
  int treats;
  taut_treat *treat; /**< [treats]; an untreated course has one that only lends its grid */
  bool untreated;
  taut_domain **domains; /**< all different domains */
  int domain_count;
  taut_texts warnings;
};

/** All parameter tables of the program in print order: the one place that names them. */
extern const taut_param_registry taut__registry;

/** The punctures of a session on a patch as the domain room wants them; lent from the model. */
taut_patch_punctures taut__patch_punctures(const taut_model *model, const taut_treat *treat);

TAUT_MUST_USE taut_err taut__model_create(taut_context *context, const taut_case *c, taut_model **out);
void taut__model_destroy(taut_model **model);

#endif
