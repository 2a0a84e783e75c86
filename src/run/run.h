/* Private to run/. */
#ifndef TAUT_RUN_RUN_H
#define TAUT_RUN_RUN_H

#include "domain/distributed/comm.h"
#include "model/model.h"
#include "observe/result.h"

/** Runs the course of a model into `result`, which has its hash and the text of its case.  On success the result owns the
 *  folder that was begun for it. */
TAUT_MUST_USE taut_err taut__run_in(taut_context *context, const taut_model *model, const taut_run_options *options,
                                    struct taut_result *result);

/** Worst error of all processes of the context; every one gets its text. */
TAUT_MUST_USE taut_err taut__all(taut_context *context, taut_err mine);

#endif
