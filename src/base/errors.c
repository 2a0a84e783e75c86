/* Texts and exit statuses of the error codes, and what this build is. */
#include "base/base.h"
#include "base/commit.h"

const char *taut_err_text(taut_err err) {
  switch (err) {
#define TAUT_ERROR(name, value, exit_status, text)                                                                     \
  case TAUT_ERR_##name:                                                                                                \
    return text;
#include <taut/errors.def>
#undef TAUT_ERROR
  }
  return "unknown error";
}

int taut_err_exit_status(taut_err err) {
  switch (err) {
#define TAUT_ERROR(name, value, exit_status, text)                                                                     \
  case TAUT_ERR_##name:                                                                                                \
    return exit_status;
#include <taut/errors.def>
#undef TAUT_ERROR
  }
  return taut_err_exit_status(TAUT_ERR_INTERNAL);
}

const char *taut_version(void) {
  return TAUT_VERSION;
}

const char *taut_commit(void) {
  return TAUT_COMMIT;
}
