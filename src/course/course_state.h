/* Private to course/: a course in progress. */
#ifndef TAUT_COURSE_COURSE_STATE_H
#define TAUT_COURSE_COURSE_STATE_H

#include "course/clinic.h"
#include "course/course.h"
#include "course/forecast.h"
#include "observe/view.h"

/** The state and the growing result. */
typedef struct course {
  taut_state *state;
  taut_result *r;
  const taut_treat *last; /**< session that was applied last */
  taut_clinic *clinic;    /**< NULL: nothing to measure */
  taut_view view;         /**< of the state measured last */
  int capacity;           /**< of the dense series */
  const taut_course_hooks *hooks;
  taut_pace pace;
  double began; /**< when this process took over, less what earlier ones took, s */
} course;

/** Takes the maps of a visit where the course is on a patch. */
TAUT_MUST_USE taut_err taut__course_maps(course *c, int visit);
/** Loads the course where there is one to continue. */
TAUT_MUST_USE taut_err taut__course_load(course *c);
/** Tells progress after a step, saves when it is time, and stops the run when asked to (INTERRUPTED). */
TAUT_MUST_USE taut_err taut__course_pause(course *c, const taut_progress *progress);
/** Saves the course and stops it (INTERRUPTED). */
TAUT_MUST_USE taut_err taut__course_stop(course *c);

#endif
