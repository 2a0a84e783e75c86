/* What a clinic would measure along a course: drives the instruments on the views of a run and fills their quantities.
 * Redness depends on the peak of inflammation in each session, which is known afterwards: so readings of the patch are kept
 * and the surface course is added at the end. */
#ifndef TAUT_COURSE_CLINIC_H
#define TAUT_COURSE_CLINIC_H

#include "base/keeper.h"
#include "healing/healing.h"
#include "model/model.h"
#include "observe/result.h"

typedef struct taut_clinic taut_clinic;

/** NULL in *out where the case has no living skin to measure (excision, reference layers or injury).
 *  @param warnings  receives what the instruments do not know of this person or site */
TAUT_MUST_USE taut_err taut__clinic_create(taut_context *context, const taut_model *model, taut_texts *warnings,
                                           taut_clinic **out);
void taut__clinic_destroy(taut_clinic **clinic);
/** A step ended at `day` with this view. */
TAUT_MUST_USE taut_err taut__clinic_step(taut_clinic *clinic, double day, const taut_view *view);
/** The session of number `i` was applied; the view after it. */
TAUT_MUST_USE taut_err taut__clinic_session(taut_clinic *clinic, int i, const taut_view *view);
/** Keeps a reading for the dense series (visit < 0) or for a visit. */
TAUT_MUST_USE taut_err taut__clinic_keep(taut_clinic *clinic, int visit, const taut_view *view);
/** Saves or loads the instruments and the readings kept so far. */
void taut__clinic_archive(taut_clinic *clinic, taut_keeper *keeper);
/** Fills the quantities of baseline, visits and series; result->visit and result->point must be complete.
 *  *stopped: the progress function asked to stop, and the result is incomplete. */
TAUT_MUST_USE taut_err taut__clinic_finish(taut_clinic *clinic, taut_result *result, bool *stopped);

#endif
