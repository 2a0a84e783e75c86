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

/** Saves or loads fields, clock and next session.  To load, the state is new. */
void taut__state_archive(taut_state *state, taut_keeper *keeper);

/** What surrounds a course: where its state goes, so that it can be continued.  A function that is NULL is not there.
 *  Processes that share a patch call them together. */
typedef struct taut_course_hooks {
  void *user;
  /** Loads a saved course by `keep(course, ...)`; NULL: start at the beginning. */
  taut_err (*load)(void *user, taut_archive_fn *keep, void *course);
  /** True when it is time to save (asked after every step; only the first process' answer counts). */
  bool (*due)(void *user);
  /** Saves the course by `keep(course, ...)`.  `stop`: it is being interrupted. */
  taut_err (*save)(void *user, taut_archive_fn *keep, void *course, double day, bool stop);
  /** Takes the fields of a patch at a visit: u[f] from the first point where f lives. */
  taut_err (*visit)(void *user, int number, double day, const taut_domain *domain, double *const *u);
} taut_course_hooks;

/** Runs the whole course into `result` (zeroed before).  INTERRUPTED when the progress function asks to stop; the course is
 *  saved then. */
TAUT_MUST_USE taut_err taut__course_run(taut_context *context, const taut_model *model, const taut_course_hooks *hooks,
                                        taut_result *result);
void taut__result_free(taut_result *result);

#endif
