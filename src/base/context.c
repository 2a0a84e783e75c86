/* The context: recorded failures, log, progress, threads and the data folder. */
#include "base/base.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

struct taut_context {
  taut_context_options options; /* data_dir here is not used: see given_dir */
  char *given_dir;              /* options.data_dir, owned; NULL when not given */
  char *data_dir;               /* found folder, owned; NULL until asked for */
  taut_text message;
  taut_text log;    /* of the last run that failed for good */
  char *log_path;   /* file it was written to, owned */
  char *checkpoint; /* that the last run left, owned */
  taut_err code;    /* first recorded failure */
  int failures;
  struct taut_comm *comm; /* lent */
};

taut_err taut_context_create(const taut_context_options *options, taut_context **out) {
  if (out == NULL) return TAUT_ERR_USAGE;
  *out = NULL;
  if (options != NULL && options->threads < 0) return TAUT_ERR_USAGE;
  taut_context *context = taut__alloc(1, sizeof *context);
  if (context == NULL) return TAUT_ERR_MEMORY;
  if (options != NULL) context->options = *options;
  if (context->options.threads == 0) context->options.threads = 1;
  if (context->options.data_dir != NULL) {
    context->given_dir = taut__strdup(context->options.data_dir);
    context->options.data_dir = NULL; /* the caller's text may not live as long as the context */
    if (context->given_dir == NULL) {
      taut_context_destroy(&context);
      return TAUT_ERR_MEMORY;
    }
  }
  *out = context;
  return TAUT_OK;
}

void taut_context_destroy(taut_context **context) {
  if (context == NULL || *context == NULL) return;
  taut__text_free(&(*context)->message);
  taut__text_free(&(*context)->log);
  free((*context)->log_path);
  free((*context)->checkpoint);
  free((*context)->given_dir);
  free((*context)->data_dir);
  free(*context);
  *context = NULL;
}

/* ----------------------------------------------------------------------------------------------- failures ---- */

void taut__keep_log(taut_context *context, taut_text *text) {
  if (context == NULL || text->failed) taut__text_free(text);
  if (context == NULL) return;
  taut__text_free(&context->log);
  context->log = *text;
  *text = (taut_text){0};
}

const char *taut__keep_log_path(taut_context *context, char *path) {
  free(context->log_path);
  return context->log_path = path;
}

void taut__keep_checkpoint_path(taut_context *context, char *path) {
  if (context == NULL) {
    free(path);
    return;
  }
  free(context->checkpoint);
  context->checkpoint = path;
}

const char *taut_context_checkpoint(const taut_context *context) {
  return context == NULL || context->checkpoint == NULL ? "" : context->checkpoint;
}

const char *taut_context_log(const taut_context *context) {
  return context == NULL || context->log.data == NULL ? "" : context->log.data;
}

const char *taut_context_message(const taut_context *context) {
  if (context == NULL || context->code == TAUT_OK) return "";
  if (context->message.failed || context->message.data == NULL) return taut_err_text(TAUT_ERR_MEMORY);
  return context->message.data;
}

taut_err taut__fail(taut_context *context, taut_err err, const char *where, const char *format, ...) {
  if (context == NULL) return err;
  if (context->failures++ == 0) context->code = err;
  if (context->message.length > 0) taut__text_addn(&context->message, "\n", 1);
  if (where != NULL) taut__text_add(&context->message, "%s: ", where);
  va_list args;
  va_start(args, format);
  taut__text_vadd(&context->message, format, args);
  va_end(args);
  return err;
}

void taut__fail_clear(taut_context *context) {
  if (context == NULL) return;
  taut__text_free(&context->message);
  context->code = TAUT_OK;
  context->failures = 0;
}

taut_err taut__error_code(const taut_context *context) {
  return context == NULL ? TAUT_OK : context->code;
}

int taut__fail_count(const taut_context *context) {
  return context == NULL ? 0 : context->failures;
}

/* -------------------------------------------------------------------------------- log, progress, threads ---- */

void taut__log(taut_context *context, taut_log_level level, const char *format, ...) {
  if (context == NULL || context->options.log == NULL) return;
  taut_text text = {0};
  va_list args;
  va_start(args, format);
  taut__text_vadd(&text, format, args);
  va_end(args);
  const char *complete = text.failed || text.data == NULL ? "(no memory for a message)" : text.data;
  context->options.log(context->options.user, level, complete);
  taut__text_free(&text);
}

bool taut__progress(taut_context *context, const taut_progress *progress) {
  if (context == NULL || context->options.progress == NULL) return false;
  return context->options.progress(context->options.user, progress);
}

void taut__phase(taut_context *context, taut_phase phase) {
  (void)taut__progress(context, &(taut_progress){.phase = phase, .seconds_left = NAN});
}

const char *taut_phase_text(taut_phase phase) {
  static const char *const text[] = {"reading the case", "building the model", "computing the course",
                                     "reading the instruments", "writing the result"};
  return (size_t)phase < sizeof text / sizeof *text ? text[phase] : "working";
}

int taut__threads(const taut_context *context) {
  return context == NULL ? 1 : context->options.threads;
}

struct taut_comm *taut__comm(const taut_context *context) {
  return context == NULL ? NULL : context->comm;
}

void taut__set_comm(taut_context *context, struct taut_comm *comm) {
  if (context != NULL) context->comm = comm;
}

/* -------------------------------------------------------------------------------------------- data folder ---- */

/* Takes `folder` into the context when it holds presets/; frees it otherwise.  NULL folders are passed over. */
static bool take_data_dir(taut_context *context, char *folder) {
  if (folder == NULL) return false;
  taut_text presets = {0};
  taut__text_add(&presets, "%s/presets", folder);
  struct stat info;
  bool found = !presets.failed && stat(presets.data, &info) == 0 && S_ISDIR(info.st_mode);
  taut__text_free(&presets);
  if (found) {
    context->data_dir = folder;
  } else {
    free(folder);
  }
  return found;
}

/* Folder of the running program without the final slash, or NULL when the system does not tell.  Owned by the caller. */
static char *program_folder(void) {
  size_t size = 256;
  char *path = NULL;
  for (;;) {
    char *longer = taut__realloc(path, size, 1);
    if (longer == NULL) break;
    path = longer;
    ssize_t n = readlink("/proc/self/exe", path, size);
    if (n < 0) break;
    if ((size_t)n < size) {
      path[n] = '\0';
      char *slash = strrchr(path, '/');
      if (slash == NULL) break;
      *slash = '\0';
      return path;
    }
    size *= 2;
  }
  free(path);
  return NULL;
}

static char *joined(const char *folder, const char *rest) {
  taut_text path = {0};
  taut__text_add(&path, "%s%s", folder, rest);
  if (!path.failed) return path.data;
  taut__text_free(&path);
  return NULL;
}

/* A program run from the build folder uses the data it was built with, not those of an installed older version. */
static bool inside_build(const char *folder) {
  size_t n = strlen(TAUT_BUILDDIR);
  return strncmp(folder, TAUT_BUILDDIR, n) == 0 && (folder[n] == '/' || folder[n] == '\0');
}

static bool find_data_dir(taut_context *context) {
  char *folder = program_folder();
  bool found = false;
  if (folder != NULL) {
    found = inside_build(folder) ? take_data_dir(context, taut__strdup(TAUT_SOURCEDIR))
                                 : take_data_dir(context, joined(folder, "/../share/taut"));
    free(folder);
  }
  return found || take_data_dir(context, taut__strdup(TAUT_DATADIR));
}

const char *taut__data_dir(taut_context *context) {
  if (context->data_dir != NULL) return context->data_dir;
  /* A folder that was asked for by name is never replaced silently by another one. */
  const char *named = context->given_dir;
  const char *where = "data folder";
  if (named == NULL) {
    named = getenv("TAUT_DATA");
    where = "TAUT_DATA";
  }
  if (named != NULL && named[0] != '\0') {
    if (take_data_dir(context, taut__strdup(named))) return context->data_dir;
    (void)taut__fail(context, TAUT_ERR_IO, where, "'%s' holds no folder presets", named);
    return NULL;
  }
  if (find_data_dir(context)) return context->data_dir;
  (void)taut__fail(context, TAUT_ERR_IO, "data folder",
                   "no folder with presets beside the program nor in %s; set TAUT_DATA to the folder that has presets",
                   TAUT_DATADIR);
  return NULL;
}
