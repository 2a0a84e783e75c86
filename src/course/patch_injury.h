/* A session on a patch. */
#ifndef TAUT_COURSE_PATCH_INJURY_H
#define TAUT_COURSE_PATCH_INJURY_H

#include "model/model.h"

/** Applies a session's holes to a state on the model's patch, u[f] at the first point of this process where field f lives
 *  (healing.md 7.2; no averaging).  Collective over the processes of the patch; MEMORY leaves the state half injured. */
TAUT_MUST_USE taut_err taut__patch_injure(taut_context *context, const taut_model *model, const taut_treat *treat,
                                          double *const *u);

#endif
