/* The commands: each asks the library and prints what it says. */
#include "cli.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/** Text that becomes standard output when all of it is there. */
typedef struct answer {
  FILE *stream;
  char *text;
  size_t length;
} answer;

static int answer_open(answer *a) {
  *a = (answer){0};
  a->stream = open_memstream(&a->text, &a->length);
  return a->stream ? 0 : cli_memory_error();
}

/** Prints the text unless something failed before or now; frees it.  Exit status. */
static int answer_close(answer *a, const taut_context *context, taut_err err) {
  const bool complete = fclose(a->stream) == 0;
  int status = 0;
  if (err)
    status = cli_fail(context, err);
  else if (!complete)
    status = cli_memory_error();
  else {
    errno = 0;
    const bool written = fwrite(a->text, 1, a->length, stdout) == a->length;
    status = written ? cli_close_output(0) : cli_io_error("standard output", errno);
  }
  free(a->text);
  return status;
}

/** Reads the case an operand names, --set and --scale applied.  Exit status. */
static int read_case(taut_context *context, const cli_values *values, taut_case **out) {
  const char **sets = calloc(values->sets + 1, sizeof *sets);
  char scale[64];
  if (!sets) return cli_memory_error();
  size_t n = 0;
  for (; n < values->sets; n++) sets[n] = values->set[n];
  if (values->scale) {
    snprintf(scale, sizeof scale, "model.scale=%s", values->scale);
    sets[n++] = scale;
  }
  const taut_err err = taut_case_read(context, values->operand[0], sets, n, out);
  free(sets);
  return err ? cli_fail(context, err) : 0;
}

/** Name of the result folder made from the name of the case: course.yaml -> course-result.  Release with free(). */
static char *default_folder(const char *path) {
  static const char suffix[] = "-result";
  const char *slash = strrchr(path, '/');
  const char *base = slash ? slash + 1 : path;
  const char *dot = strrchr(base, '.');
  const size_t length = dot && dot != base ? (size_t)(dot - base) : strlen(base);
  char *folder = malloc(length + sizeof suffix);
  if (folder) sprintf(folder, "%.*s%s", (int)length, base, suffix);
  return folder;
}

/** A warning that says itself how much it weighs needs no further word. */
static bool is_labelled(const char *text) {
  static const char *const labels[] = {"note: ", "warning: ", "strong warning: "};
  for (size_t i = 0; i < sizeof labels / sizeof *labels; i++)
    if (strncmp(text, labels[i], strlen(labels[i])) == 0) return true;
  return false;
}

/** Tells what the case and the model warn about before the work begins.  The closing table repeats it: where that comes
 *  to the same terminal, once is enough. */
static void print_warnings(const taut_model *model) {
  const char *const *text = NULL;
  const size_t n = isatty(STDOUT_FILENO) ? 0 : taut_model_warnings(model, &text);
  for (size_t i = 0; i < n; i++) fprintf(stderr, "%s%s\n", is_labelled(text[i]) ? "" : "warning: ", text[i]);
}

static int print_table(const taut_context *context, const taut_result *result) {
  answer table;
  const int status = answer_open(&table);
  return status ? status : answer_close(&table, context, taut_result_print(result, table.stream));
}

/** Writes everything a run leaves.  The table goes first: when standard output is full, nothing stands under a final
 *  name; the observables take theirs last, when the folder is complete.  Of several processes the first one writes. */
static int write_results(taut_context *context, const cli_values *values, taut_result *result, const char *folder,
                         const cli_observables *observables) {
  const bool first = taut_context_process(context) == 0;
  int status = first && !values->quiet ? print_table(context, result) : 0;
  if (!status && first) status = cli_observables_write(context, result, values, observables);
  status = taut_context_share(context, status);
  if (!status) {
    const taut_err err = taut_result_write(context, result, folder, values->force);
    cli_progress_end();
    if (err) status = cli_fail(context, err);
  }
  if (!status && first) status = cli_observables_commit(observables);
  if (!status && first && !values->quiet) fprintf(stderr, "Results are in %s/\n", folder);
  return taut_context_share(context, status);
}

/** Saves what is known of a run that failed numerically, and tells where. */
static void save_log(taut_context *context, const char *folder) {
  const char *path = NULL;
  const taut_err err = taut_context_log_write(context, folder, &path);
  if (err)
    cli_fail(context, err);
  else
    fprintf(stderr, "taut: the log of the run is in %s\n", path);
}

/** What a run that failed leaves to the user. */
static void leave_behind(taut_context *context, const cli_values *values, const char *folder, taut_err err) {
  if (taut_context_process(context) > 0) return;
  if (err == TAUT_ERR_NUMERICS)
    save_log(context, folder);
  else
    cli_print_resume(context, values);
}

/** Builds the model, runs it, writes the results.  Exit status. */
static int simulate(taut_context *context, const cli_values *values, const taut_case *c, const char *folder,
                    const cli_observables *observables) {
  taut_model *model = NULL;
  taut_result *result = NULL;
  taut_err err = taut_model_create(context, c, &model);
  if (!err) {
    if (!values->quiet && taut_context_process(context) == 0) print_warnings(model);
    const taut_run_options options = {.folder = folder,
                                      .force = values->force,
                                      .resume = values->resume,
                                      .checkpoint_every = values->checkpoint_every};
    err = taut_run_in(context, model, &options, &result);
  }
  cli_progress_end();
  const int status = err ? cli_fail(context, err) : write_results(context, values, result, folder, observables);
  if (status) leave_behind(context, values, folder, err);
  taut_result_destroy(&result);
  taut_model_destroy(&model);
  return status;
}

/** The run itself; the processes of a run do all of it together. */
static int run_case(taut_context *context, const cli_values *values, const char *folder, cli_observables *observables) {
  taut_case *c = NULL;
  int status = read_case(context, values, &c);
  if (!status && !values->resume) { /* whether a result may be replaced by a resumed run is known from its checkpoint */
    const taut_err err = taut_result_folder_check(context, folder, values->force);
    if (err) status = cli_fail(context, err);
  }
  if (!status && taut_context_process(context) == 0) status = cli_observables_prepare(values, folder, observables);
  status = taut_context_share(context, status);
  if (!status) status = simulate(context, values, c, folder, observables);
  taut_case_destroy(&c);
  return status;
}

int cli_run(const cli_command *command, const cli_values *values) {
  (void)command;
  taut_context *context = NULL;
  cli_observables observables = {0};
  char *folder = values->output ? NULL : default_folder(values->operand[0]);
  const char *target = values->output ? values->output : folder;
  int status = cli_context_create(values->quiet, values->threads ? values->threads : 1, &context);
  if (!status && !target) status = cli_memory_error();
  if (!status) {
    cli_catch_interrupts();
    status = cli_join(context);
    if (!status) status = run_case(context, values, target, &observables);
    taut_context_leave(context);
  }
  cli_observables_free(&observables);
  taut_context_destroy(&context);
  free(folder);
  return status;
}

int cli_check(const cli_command *command, const cli_values *values) {
  answer text;
  taut_context *context = NULL;
  taut_case *c = NULL;
  if (values->template_case && values->operands)
    return cli_usage_error(command, "unexpected operand '%s': --template reads no case", values->operand[0]);
  if (!values->template_case && !values->operands) return cli_usage_error(command, "missing operand: CASE.yaml");
  int status = cli_context_create(false, values->threads ? values->threads : 1, &context);
  if (!status && !values->template_case) status = read_case(context, values, &c);
  if (!status) status = answer_open(&text);
  if (!status) {
    const taut_err err = c ? taut_check_print(context, c, text.stream) : taut_case_template(context, text.stream);
    status = answer_close(&text, context, err);
  }
  taut_case_destroy(&c);
  taut_context_destroy(&context);
  return status;
}

int cli_puncture(const cli_command *command, const cli_values *values) {
  (void)command;
  answer text;
  taut_context *context = NULL;
  taut_case *c = NULL;
  int status = cli_context_create(false, 1, &context);
  if (!status) status = read_case(context, values, &c);
  if (!status) status = answer_open(&text);
  if (!status) {
    const taut_format format = values->json ? TAUT_FORMAT_JSON : TAUT_FORMAT_TEXT;
    status = answer_close(&text, context, taut_puncture_print(context, c, values->samples, format, text.stream));
  }
  taut_case_destroy(&c);
  taut_context_destroy(&context);
  return status;
}

int cli_suction(const cli_command *command, const cli_values *values) {
  (void)command;
  answer text;
  taut_context *context = NULL;
  const taut_suction_options options = {.aperture = values->aperture,
                                        .pressure = values->pressure,
                                        .on = values->on,
                                        .off = values->off,
                                        .cycles = values->cycles,
                                        .ring = values->ring,
                                        .outer = values->outer,
                                        .method = values->method,
                                        .mesh = values->mesh,
                                        .refine = values->refine,
                                        .curve = values->curve};
  int status = cli_context_create(false, 1, &context);
  if (!status) status = answer_open(&text);
  if (!status) {
    const char *path = values->operands ? values->operand[0] : NULL;
    const taut_format format = values->json ? TAUT_FORMAT_JSON : TAUT_FORMAT_TEXT;
    status = answer_close(&text, context,
                          taut_suction_print(context, path, values->set, values->sets, &options, format, text.stream));
  }
  taut_context_destroy(&context);
  return status;
}

/** --json and --md of the look-up commands. */
static int choose_format(const cli_command *command, const cli_values *values, taut_format *format) {
  if (values->json && values->md) return cli_usage_error(command, "--json and --md exclude each other");
  *format = values->json ? TAUT_FORMAT_JSON : values->md ? TAUT_FORMAT_MARKDOWN : TAUT_FORMAT_TEXT;
  return 0;
}

int cli_params(const cli_command *command, const cli_values *values) {
  taut_context *context = NULL;
  taut_format format = TAUT_FORMAT_TEXT;
  answer text;
  int status = choose_format(command, values, &format);
  if (!status) status = cli_context_create(false, 1, &context);
  if (!status) status = answer_open(&text);
  if (!status)
    status = answer_close(&text, context,
                          taut_params_print(context, values->operand, values->operands, format, text.stream));
  taut_context_destroy(&context);
  return status;
}

int cli_list(const cli_command *command, const cli_values *values) {
  taut_context *context = NULL;
  taut_format format = TAUT_FORMAT_TEXT;
  answer text;
  int status = choose_format(command, values, &format);
  if (!status) status = cli_context_create(false, 1, &context);
  if (!status) status = answer_open(&text);
  if (!status) status = answer_close(&text, context, taut_list_print(context, values->operand[0], format, text.stream));
  taut_context_destroy(&context);
  return status;
}

int cli_help(const cli_command *command, const cli_values *values) {
  const char *name = values->operands ? values->operand[0] : "taut";
  char hint[128];
  if (values->completion) return cli_print_completion(values->completion);
  if (values->man) return cli_print_manual(name);
  const cli_command *about = strcmp(name, "taut") == 0 ? &cli_top : cli_command_find(name);
  if (!about) return cli_usage_error(command, "unknown command '%s'%s", name, cli_suggest_command(name, hint));
  if (!about->run && about != &cli_top) return cli_refuse(name);
  cli_print_help(about);
  return 0;
}
