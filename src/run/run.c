/* Public functions of model, state and result. */
#include "course/course.h"
#include "course/forecast.h"
#include "io/io.h"
#include "run/run.h"

#include <stdlib.h>
#include <string.h>

/* What is known of a run that failed for good: its log and why. */
static void keep_log(taut_context *context, const taut_case *c, taut_result *r) {
  taut_text text = {0};
  taut_case_hash(c, r->hash);
  taut__log_txt(r, &text);
  taut__text_add(&text, "failed: %s\n", taut_context_message(context));
  taut__keep_log(context, &text);
}

taut_err taut_model_create(taut_context *context, const taut_case *c, taut_model **out) {
  *out = NULL;
  taut__fail_clear(context);
  taut__keep_log(context, &(taut_text){0});
  taut__phase(context, TAUT_PHASE_BUILDING);
  taut_err err = taut__patch_fits(context, c);
  if (!err) err = taut__all(context, taut__model_create(context, c, out));
  if (err) taut__model_destroy(out);
  if (err < 0) keep_log(context, c, &(taut_result){0});
  return err;
}

void taut_model_destroy(taut_model **model) {
  taut__model_destroy(model);
}

size_t taut_model_warnings(const taut_model *model, const char *const **texts) {
  *texts = (const char *const *)model->warnings.item;
  return model->warnings.count;
}

taut_err taut_state_create(taut_context *context, const taut_model *model, taut_state **out) {
  taut__fail_clear(context);
  return taut__state_create(context, model, out);
}

void taut_state_destroy(taut_state **state) {
  taut__state_destroy(state);
}

taut_err taut_state_advance(taut_state *state, double day, taut_report *report) {
  taut__fail_clear(state->context);
  *report = (taut_report){0};
  taut_err err = TAUT_OK;
  while (!err && taut__state_next_session(state) <= day) {
    err = taut__engine_advance(state->engine, taut__state_next_session(state), NULL, NULL, report);
    if (!err) err = taut__state_session(state);
  }
  if (!err) err = taut__engine_advance(state->engine, day, NULL, NULL, report);
  report->day = taut__engine_day(state->engine);
  return err;
}

/* The case as text, for the result folder. */
static taut_err write_case(taut_context *context, const taut_case *c, char **text) {
  size_t length = 0;
  FILE *stream = open_memstream(text, &length);
  if (!stream) return taut__fail(context, TAUT_ERR_MEMORY, NULL, "no memory for the resolved case");
  taut_err err = taut_case_write(c, stream);
  if (fclose(stream) && !err) err = TAUT_ERR_MEMORY;
  return err ? taut__fail(context, TAUT_ERR_MEMORY, NULL, "no memory for the resolved case") : TAUT_OK;
}

taut_err taut_run(taut_context *context, const taut_model *model, taut_result **out) {
  return taut_run_in(context, model, &(taut_run_options){0}, out);
}

taut_err taut_run_in(taut_context *context, const taut_model *model, const taut_run_options *options,
                     taut_result **out) {
  *out = NULL;
  taut__fail_clear(context);
  taut__keep_log(context, &(taut_text){0});
  taut_result *r = taut__alloc(1, sizeof *r);
  if (!r) return taut__fail(context, TAUT_ERR_MEMORY, NULL, "no memory for a result");
  taut_case_hash(model->c, r->hash);
  taut_err err = taut__all(context, write_case(context, model->c, &r->case_yaml));
  if (!err) err = taut__run_in(context, model, options, r);
  if (err) {
    if (err < 0) keep_log(context, model->c, r);
    taut_result_destroy(&r);
    return err;
  }
  *out = r;
  return TAUT_OK;
}

void taut_result_destroy(taut_result **result) {
  if (!result || !*result) return;
  taut__folder_abandon(&(*result)->folder);
  taut__result_free(*result);
  free(*result);
  *result = NULL;
}

taut_err taut_result_folder_check(taut_context *context, const char *folder, bool force) {
  taut__fail_clear(context);
  return taut__all(context, taut_context_process(context) == 0 ? taut__folder_check(context, folder, force) : TAUT_OK);
}

taut_err taut_result_write(taut_context *context, taut_result *result, const char *folder, bool force) {
  taut__fail_clear(context);
  taut__phase(context, TAUT_PHASE_WRITING);
  /* the first process writes for all */
  const bool first = taut_context_process(context) == 0;
  taut_err err = first ? taut__result_write(context, result, folder, force) : TAUT_OK;
  taut__keep_checkpoint_path(context, err ? taut__folder_checkpoint(folder) : NULL);
  return taut__all(context, err);
}

taut_err taut_context_log_write(taut_context *context, const char *folder, const char **path) {
  const char *log = taut_context_log(context);
  char *name = NULL;
  taut__fail_clear(context);
  taut_err err = taut__folder_log(context, folder, log, strlen(log), &name);
  *path = taut__keep_log_path(context, name);
  return err;
}

taut_err taut_result_write_observables(taut_context *context, const taut_result *result, const char *path) {
  taut__fail_clear(context);
  return taut__result_write_observables(context, result, path);
}

taut_err taut_result_print(const taut_result *result, FILE *out) {
  taut__fail_clear(result->context);
  return taut__result_print(result->context, result, out);
}
