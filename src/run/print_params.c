/* `taut params`: the tables of every module, printed by the room that owns them. */
#include "model/model.h"
#include "param/print.h"

taut_err taut_params_print(taut_context *context, const char *const *names, size_t n, taut_format format, FILE *out) {
  taut__fail_clear(context);
  return taut__params_print(context, &taut__registry, names, n, format, out);
}
