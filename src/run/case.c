/* Public functions of a case: the reader with the parameter tables of the whole program. */
#include "model/model.h"

taut_err taut_case_read(taut_context *context, const char *path, const char *const *sets, size_t n, taut_case **out) {
  *out = NULL;
  taut__fail_clear(context);
  return taut__case_read(context, &taut__registry, path, sets, n, out);
}

taut_err taut_case_parse(taut_context *context, const char *name, const char *text, size_t length,
                         const char *const *sets, size_t n, taut_case **out) {
  *out = NULL;
  taut__fail_clear(context);
  return taut__case_parse(context, &taut__registry, name, text, length, sets, n, out);
}

taut_err taut_case_template(taut_context *context, FILE *out) {
  taut__fail_clear(context);
  return taut__case_template(context, out);
}
