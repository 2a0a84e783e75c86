/* The clock of a course: sessions, follow-up times, the dense series; drives the engine and fills a result. */
#ifndef TAUT_COURSE_COURSE_H
#define TAUT_COURSE_COURSE_H

#include "course/engine.h"
#include "model/model.h"
#include "observe/result.h"

struct taut_state {
  taut_context *context;
  const taut_model *model;
  taut_engine *engine;
  int next; /**< first session not yet applied */
};

TAUT_MUST_USE taut_err taut__state_create(taut_context *context, const taut_model *model, taut_state **out);
void taut__state_destroy(taut_state **state);
/** Day of the next session, INFINITY when none is left. */
double taut__state_next_session(const taut_state *state);
/** Applies the session that is due: plane averages (after the first), injury, fresh history. */
TAUT_MUST_USE taut_err taut__state_session(taut_state *state);
/** Summary of the current state. */
void taut__state_view(taut_state *state, taut_view *view);

/** Runs the whole course into `result` (zeroed before).  INTERRUPTED when the progress function asks to stop. */
TAUT_MUST_USE taut_err taut__course_run(taut_context *context, const taut_model *model, taut_result *result);
void taut__result_free(taut_result *result);

#endif
