/* Public functions of a case: the reader with the parameter tables of the whole program. */
#include "run/run.h"

#include <string.h>

/* Processes that share a run must have read the same case. */
static taut_err same_case(taut_context *context, const taut_case *c, const char *name) {
  char mine[17], first[17];
  taut_case_hash(c, mine);
  memcpy(first, mine, sizeof first);
  taut__comm_share(taut__comm(context), first, sizeof first);
  return strcmp(mine, first) == 0
             ? TAUT_OK
             : taut__fail(context, TAUT_ERR_INPUT, name, "this process and the first one have read different cases");
}

/* Ends a reading on all processes. */
static taut_err finish(taut_context *context, taut_err err, const char *name, taut_case **out) {
  err = taut__all(context, err);
  if (!err) err = taut__all(context, same_case(context, *out, name));
  if (err) taut_case_destroy(out);
  return err;
}

taut_err taut_case_read(taut_context *context, const char *path, const char *const *sets, size_t n, taut_case **out) {
  *out = NULL;
  taut__fail_clear(context);
  taut__phase(context, TAUT_PHASE_READING);
  return finish(context, taut__case_read(context, &taut__registry, path, sets, n, out), path, out);
}

taut_err taut_case_parse(taut_context *context, const char *name, const char *text, size_t length,
                         const char *const *sets, size_t n, taut_case **out) {
  *out = NULL;
  taut__fail_clear(context);
  return finish(context, taut__case_parse(context, &taut__registry, name, text, length, sets, n, out), name, out);
}

taut_err taut_case_template(taut_context *context, FILE *out) {
  taut__fail_clear(context);
  return taut__case_template(context, out);
}
