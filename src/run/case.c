/* Public functions of a case: where files meet the reader. */
#include "model/model.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

/* One byte more than a case may have (interface: 1 MiB), so that the reader itself can tell too much. */
enum { CASE_BYTES = (1 << 20) + 1 };

static taut_err read_file(taut_context *context, const char *path, char **data, size_t *length)
{
  FILE *file = fopen(path, "rb");
  if (!file) return taut__fail(context, TAUT_ERR_INPUT, path, "cannot open the case file: %s", strerror(errno));
  char *bytes = taut__alloc(CASE_BYTES + 1, 1);
  taut_err err = TAUT_OK;
  if (!bytes) {
    err = taut__fail(context, TAUT_ERR_MEMORY, path, "no memory to read the case file");
  } else {
    *length = fread(bytes, 1, CASE_BYTES, file);
    if (ferror(file)) err = taut__fail(context, TAUT_ERR_INPUT, path, "cannot read the case file: %s", strerror(errno));
  }
  fclose(file);
  if (err)
    free(bytes);
  else
    *data = bytes;
  return err;
}

taut_err taut_case_read(taut_context *context, const char *path, const char *const *sets, size_t n, taut_case **out)
{
  *out = NULL;
  taut__fail_clear(context);
  char *data = NULL;
  size_t length = 0;
  taut_err err = read_file(context, path, &data, &length);
  if (!err) err = taut__case_parse(context, &taut__registry, path, data, length, sets, n, out);
  free(data);
  return err;
}

taut_err taut_case_parse(taut_context *context, const char *name, const char *text, size_t length, const char *const *sets,
                         size_t n, taut_case **out)
{
  *out = NULL;
  taut__fail_clear(context);
  return taut__case_parse(context, &taut__registry, name, text, length, sets, n, out);
}

taut_err taut_case_template(taut_context *context, FILE *out)
{
  taut__fail_clear(context);
  return taut__case_template(context, out);
}
