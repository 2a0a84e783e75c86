/* The taut command: one table of commands and options (table.c) drives parsing, help, manual pages and completion.
 * It uses the public header alone. */
#ifndef TAUT_CLI_CLI_H
#define TAUT_CLI_CLI_H

#include <taut/taut.h>

enum { CLI_USAGE = 2, CLI_OUTPUT_FAILED = 4 };

/** What the user asked for: filled by the parser through the offsets of the option rows. */
typedef struct cli_values {
  const char *output, *observables, *scale, *completion, *checkpoint_every;
  const char *aperture, *pressure, *on, *off, *outer, *ring, *method, *mesh; /**< of suction */
  const char **set;                                                          /**< [sets] key=value */
  const char **operand;                                                      /**< [operands] */
  size_t sets, operands;
  long threads, samples, cycles, refine;
  bool force, quiet, json, md, template_case, man, help, version, resume, curve;
} cli_values;

typedef enum cli_option_kind {
  CLI_FLAG,  /**< bool */
  CLI_TEXT,  /**< const char *, not empty */
  CLI_SETS,  /**< appended to cli_values.set; may be repeated */
  CLI_COUNT, /**< long from low to high */
  CLI_CHOICE /**< const char *, one of `choices` */
} cli_option_kind;

/** What a shell offers to complete. */
typedef enum cli_completion {
  CLI_NOTHING,
  CLI_ANY_FILE,
  CLI_CASE_FILE,
  CLI_FOLDER,
  CLI_WORDS,
  CLI_PARAMETERS
} cli_completion;

typedef struct cli_option {
  const char *name; /**< without the dashes; NULL ends a list */
  char letter;      /**< 0: none */
  cli_option_kind kind;
  size_t offset;              /**< in cli_values */
  const char *argument;       /**< name of the value in help, NULL for flags */
  const char *const *choices; /**< NULL-ended */
  long low, high;             /**< of a count */
  cli_completion completion;
  const char *help;
} cli_option;

typedef struct cli_example {
  const char *line, *meaning; /**< line NULL ends a list */
} cli_example;

typedef struct cli_command cli_command;
struct cli_command {
  const char *name;                                                 /**< NULL ends the table */
  int (*run)(const cli_command *command, const cli_values *values); /**< exit status; NULL: not in this version */
  const char *operands;                                             /**< as in the usage line; may hold several lines */
  size_t operands_min, operands_max;
  cli_completion completion; /**< of operands */
  const char *const *words;  /**< operands known by name, NULL-ended */
  const char *summary;       /**< half a sentence, lower case */
  const char *description;   /**< paragraphs, separated by an empty line */
  const cli_option *options; /**< its own; --help follows by itself */
  const cli_example *examples;
};

extern const cli_command cli_top;        /**< `taut` itself: options before any command */
extern const cli_command cli_commands[]; /**< ends with name NULL */
/** Option `i` of a command, the common ones last; NULL behind the end. */
const cli_option *cli_option_at(const cli_command *command, size_t i);
/** Command of this name, also those not in this version; NULL when unknown. */
const cli_command *cli_command_find(const char *name);
/** A row of the list of exit statuses; text NULL ends it. */
typedef struct cli_status {
  const char *code, *meaning;
} cli_status;
extern const cli_status cli_statuses[];
/** Environment variables the command reads; same shape. */
extern const cli_status cli_environment[];

/** Parses the arguments behind the command's name.  Returns 0 or CLI_USAGE (told on standard error).
 *  `values` is zeroed by the caller and freed with cli_values_free() in either case. */
int cli_parse(const cli_command *command, int argc, char **argv, cli_values *values);
void cli_values_free(cli_values *values);
/** Tells on standard error what is wrong with the usage, points to --help, returns CLI_USAGE. */
int cli_usage_error(const cli_command *command, const char *format, ...) TAUT_PRINTF(2, 3);
/** "; did you mean 'NAME'?" or "" in `buffer`. */
const char *cli_suggestion(const char *word, const char *const *names, size_t n, const char *dashes, char buffer[128]);
/** The same for names of commands. */
const char *cli_suggest_command(const char *word, char buffer[128]);
/** Refuses what this version does not have, by name; returns CLI_USAGE. */
int cli_refuse(const char *what);

/** Text of --help, --version. */
void cli_print_help(const cli_command *command);
void cli_print_version(void);
/** Manual page of a command ("run"), of `taut` ("taut") or of the case file ("case"): roff source.  Exit status. */
int cli_print_manual(const char *name);
/** Completion script; exit status. */
int cli_print_completion(const char *shell);

/** Words joined for the usage line of an option, e.g. "-o, --output=DIR", in `buffer`. */
const char *cli_option_title(const cli_option *option, char buffer[96]);

/* terminal.c */

/** Opens what is missing of descriptors 0-2 and turns file-size and pipe signals into write errors. */
void cli_prepare_process(void);
/** From now on, interrupt signals ask the run to stop instead of ending the process. */
void cli_catch_interrupts(void);
/** A context whose messages and progress go to standard error.  `quiet`: errors only.  Exit status, 0 when made. */
int cli_context_create(bool quiet, long threads, taut_context **out);
/** Joins the processes that were started together by mpirun or srun; all but the first are silent from then on.  Exit
 *  status. */
int cli_join(taut_context *context);
/** Takes the progress bar off the terminal. */
void cli_progress_end(void);
/** Tells a library failure on standard error; returns the exit status.  Input errors carry their place already. */
int cli_fail(const taut_context *context, taut_err err);
/** Tells, where a run has left a checkpoint, the command that goes on from it. */
void cli_print_resume(const taut_context *context, const cli_values *values);
/** Tells a failure of the command's own I/O; returns CLI_OUTPUT_FAILED. */
int cli_io_error(const char *what, int error);
/** Tells that memory ran out; returns the exit status. */
int cli_memory_error(void);
/** Flushes standard output and reports what could not be written; `status` when all went well. */
int cli_close_output(int status);

/* observables.c */

/** The file of --observables on its way. */
typedef struct cli_observables {
  const char *path; /**< as the user wrote it; NULL: none was asked for */
  char *part;  /**< where it is written until it is complete; NULL for pipes and devices, which are written directly */
  char *final; /**< what it becomes */
} cli_observables;

/** Finds out before anything is computed whether the file may and can be written; leaves nothing behind.  Exit status;
 *  release with cli_observables_free() in any case.
 *  @param folder  result folder, which the file must not lie in */
int cli_observables_prepare(const cli_values *values, const char *folder, cli_observables *o);
/** Writes the file under its temporary name.  Exit status. */
int cli_observables_write(taut_context *context, const taut_result *result, const cli_values *values,
                          const cli_observables *o);
/** Gives it its name.  Exit status. */
int cli_observables_commit(const cli_observables *o);
/** Removes what has not got its name. */
void cli_observables_free(cli_observables *o);

/* commands.c */
int cli_run(const cli_command *command, const cli_values *values);
int cli_check(const cli_command *command, const cli_values *values);
int cli_puncture(const cli_command *command, const cli_values *values);
int cli_suction(const cli_command *command, const cli_values *values);
int cli_params(const cli_command *command, const cli_values *values);
int cli_list(const cli_command *command, const cli_values *values);
int cli_help(const cli_command *command, const cli_values *values);

#endif
