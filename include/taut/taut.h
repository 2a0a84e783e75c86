/* taut: what a course of microneedling does to skin.  Public interface.
 *
 * Life line:  taut_context -> taut_case -> taut_model -> taut_state -> taut_result
 *
 *   taut_context   log, messages, progress, data folder; one per program, used by one thread at a time
 *   taut_case      what the user wrote, resolved with presets and defaults; editable
 *   taut_model     a case made ready to run: frozen, const, may be shared by threads
 *   taut_state     evolves: fields, clock
 *   taut_result    series, visits and fields read out of a finished run
 *
 * Rules.  Every function that can fail returns taut_err.  A positive code means that the caller can mend the cause
 * and that no object was changed; a negative code means that the object involved is spoilt and should be destroyed.
 * The text of the failure is taut_context_message().  The library never prints, never exits and catches no signals.
 * `create` and `read` give an object to the caller, `destroy` takes it back (NULL-safe, leaves NULL);
 * a pointer returned by a getter is lent and lives as long as the object.
 *
 * taut informs professionals and researchers.  It is no medical advice.
 */
#ifndef TAUT_TAUT_H
#define TAUT_TAUT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>

#ifdef __cplusplus
extern "C" {
#endif

#if defined(__GNUC__)
#define TAUT_API          __attribute__((visibility("default")))
#define TAUT_MUST_USE     __attribute__((warn_unused_result))
#define TAUT_PRINTF(f, a) __attribute__((format(printf, f, a)))
#else
#define TAUT_API
#define TAUT_MUST_USE
#define TAUT_PRINTF(f, a)
#endif

/** The sentence that stands wherever people read results. */
#define TAUT_NOTICE "taut informs professionals and researchers; it is no medical advice."

/** Error codes: one list (errors.def) gives code, text and the exit status of the command. */
typedef enum taut_err {
#define TAUT_ERROR(name, value, exit_status, text) TAUT_ERR_##name = value,
#include <taut/errors.def>
#undef TAUT_ERROR
} taut_err;
#define TAUT_OK TAUT_ERR_NONE

/** Short text of an error code; never NULL. */
TAUT_API const char *taut_err_text(taut_err err);
/** Exit status of the command for an error code (docs: user guide, exit status). */
TAUT_API int taut_err_exit_status(taut_err err);

/** Version, e.g. "0.1.0", and the commit it was built from ("unknown" outside git). */
TAUT_API const char *taut_version(void);
TAUT_API const char *taut_commit(void);

/** Index of the name nearest to `word` by edit distance, or -1 when none is near enough to suggest. */
TAUT_API int taut_name_nearest(const char *word, const char *const *names, size_t n);

/* ------------------------------------------------------------------------------------------------ context ---- */

typedef enum taut_log_level { TAUT_LOG_DEBUG, TAUT_LOG_INFO, TAUT_LOG_WARNING, TAUT_LOG_ERROR } taut_log_level;

/** Receives each message (no trailing newline). */
typedef void taut_log_fn(void *user, taut_log_level level, const char *text);

/** What the library is doing. */
typedef enum taut_phase {
  TAUT_PHASE_READING,     /**< the case */
  TAUT_PHASE_BUILDING,    /**< the model */
  TAUT_PHASE_COMPUTING,   /**< the course, step by step */
  TAUT_PHASE_INSTRUMENTS, /**< what a clinic would measure at the visits */
  TAUT_PHASE_WRITING      /**< the result folder */
} taut_phase;
/** Half a sentence for a phase; never NULL. */
TAUT_API const char *taut_phase_text(taut_phase phase);

/** How far a run is. */
typedef struct taut_progress {
  taut_phase phase;
  double day, end_day; /**< simulated time reached and its end; 0 both outside the course */
  double share;        /**< of this phase that is done, 0 to 1: steps done of steps expected, visits of visits */
  double seconds_left; /**< of this phase, from the pace so far; NAN: not known yet */
} taut_progress;
/** Receives progress.  Return true to ask a run to stop (reported as INTERRUPTED). */
typedef bool taut_progress_fn(void *user, const taut_progress *progress);

/** Options of a context; zero is a sensible default for every member. */
typedef struct taut_context_options {
  taut_log_fn *log;
  taut_progress_fn *progress;
  void *user;           /**< handed to log and progress */
  int threads;          /**< worker threads of a run; 0 means 1 */
  const char *data_dir; /**< folder with presets/; NULL: $TAUT_DATA, then beside the command, then the installed one */
} taut_context_options;

typedef struct taut_context taut_context;

TAUT_API TAUT_MUST_USE taut_err taut_context_create(const taut_context_options *options, taut_context **out);
TAUT_API void taut_context_destroy(taut_context **context);
/** Text of the last failure, possibly several lines, each `where: what`; "" when nothing failed.  Lent. */
TAUT_API const char *taut_context_message(const taut_context *context);
/* Processes.  A program that was started several times at once by mpirun or srun can share the computation of a patch: every
 * process makes the same calls in the same order.  Those that read a case, make a model, run it, look at a result folder or
 * write one are then done together: an error of one process is the error of all.  The first process writes the files. */

/** Joins the processes that were started together with this one; with a single process nothing happens.  Call it once a
 *  program, right after taut_context_create(), from the thread that will use the context. */
TAUT_API TAUT_MUST_USE taut_err taut_context_join(taut_context *context);
/** Leaves them; all do, before taut_context_destroy(). */
TAUT_API void taut_context_leave(taut_context *context);
/** Number of this process, from 0, and how many there are. */
TAUT_API int taut_context_process(const taut_context *context);
TAUT_API int taut_context_processes(const taut_context *context);
/** `value` of the first process, on all. */
TAUT_API int taut_context_share(taut_context *context, int value);

/** Log of the last taut_model_create() or taut_run() that failed for good (negative code): what was run, a line a step and
 *  event up to the failure, warnings, and why it failed; "" when that call did not fail so.  Lent until the next one. */
TAUT_API const char *taut_context_log(const taut_context *context);

/* --------------------------------------------------------------------------------------------------- case ---- */

typedef struct taut_case taut_case;

/** Reads a case file, applies `sets` ("key=value", n of them, later ones win), resolves presets and defaults and
 *  validates everything.  Every error found is in the message as FILE:LINE:COLUMN. */
TAUT_API TAUT_MUST_USE taut_err taut_case_read(taut_context *context, const char *path, const char *const *sets,
                                               size_t n, taut_case **out);
/** The same from text in memory; `name` stands for the file in messages. */
TAUT_API TAUT_MUST_USE taut_err taut_case_parse(taut_context *context, const char *name, const char *text,
                                                size_t length, const char *const *sets, size_t n, taut_case **out);
TAUT_API void taut_case_destroy(taut_case **c);
/** Writes the resolved case as YAML that reads back to the same case; origins as comments. */
TAUT_API TAUT_MUST_USE taut_err taut_case_write(const taut_case *c, FILE *out);
/** Writes a commented starter case. */
TAUT_API TAUT_MUST_USE taut_err taut_case_template(taut_context *context, FILE *out);
/** SHA-free fingerprint of the resolved case: 16 hexadecimal digits and NUL. */
TAUT_API void taut_case_hash(const taut_case *c, char hash[17]);

/* -------------------------------------------------------------------------------------------------- model ---- */

typedef struct taut_model taut_model;

/** Builds skin, puncture, injury, grids and the healing model of a case.  The model lends the case, and a result lends its
 *  model: destroy them in the order result, state, model, case, context. */
TAUT_API TAUT_MUST_USE taut_err taut_model_create(taut_context *context, const taut_case *c, taut_model **out);
TAUT_API void taut_model_destroy(taut_model **model);
/** Warnings found while building, one a string; lent. */
TAUT_API size_t taut_model_warnings(const taut_model *model, const char *const **texts);

/* -------------------------------------------------------------------------------------------------- state ---- */

/** What a stretch of the run did. */
typedef struct taut_report {
  double day;           /**< reached time, days after the first session */
  long steps, rejected; /**< accepted and rejected steps */
  long backward_euler;  /**< fields redone with backward Euler because a right-hand side was negative */
  double step_min, step_max;
} taut_report;

typedef struct taut_state taut_state;

TAUT_API TAUT_MUST_USE taut_err taut_state_create(taut_context *context, const taut_model *model, taut_state **out);
TAUT_API void taut_state_destroy(taut_state **state);
/** Advances to `day`, sessions on the way included (a session exactly at `day` too). */
TAUT_API TAUT_MUST_USE taut_err taut_state_advance(taut_state *state, double day, taut_report *report);

/* ------------------------------------------------------------------------------------------------- result ---- */

typedef struct taut_result taut_result;

/** Runs the whole course of a model. */
TAUT_API TAUT_MUST_USE taut_err taut_run(taut_context *context, const taut_model *model, taut_result **out);

/** Where a run keeps what it needs to be continued; zero is a sensible default for every member but `folder`. */
typedef struct taut_run_options {
  /** Result folder that taut_result_write() will be given.  Beside it, as `.NAME.taut`, lies the work folder of the run,
   *  with its checkpoint (checkpoint.h5) and the files of the result as they come; it is locked against a second run and
   *  gone when the result stands.  NULL: none, and no checkpoints; then this is taut_run(). */
  const char *folder;
  bool force;  /**< replace an existing result, as in taut_result_write() */
  bool resume; /**< continue from the checkpoint, to the same bytes as an uninterrupted run */
  /** Wall-clock time between checkpoints, with its unit; NULL: "10 min"; "never" or "0": only when interrupted. */
  const char *checkpoint_every;
} taut_run_options;

/** Runs the whole course of a model, or the rest of it, with checkpoints.  INPUT, with the reason and the remedy, where the
 *  folder is in use or cannot be replaced, or a checkpoint does not fit the case, the version or the kind of processor, or
 *  is damaged.  INTERRUPTED once the progress function has asked to stop and a checkpoint is written.  The folder belongs
 *  to the result until it is written or destroyed. */
TAUT_API TAUT_MUST_USE taut_err taut_run_in(taut_context *context, const taut_model *model,
                                            const taut_run_options *options, taut_result **out);
/** Checkpoint that the last taut_run_in() or taut_result_write() left behind when it failed or was interrupted: `resume`
 *  goes on from it; "" where there is none.  Lent until the next run. */
TAUT_API const char *taut_context_checkpoint(const taut_context *context);
TAUT_API void taut_result_destroy(taut_result **result);

/** Tells before anything is computed whether the result folder can be written; writes nothing.  INPUT when it is no
 *  folder, or not empty without `force`; IO when the nearest existing parent cannot be written. */
TAUT_API TAUT_MUST_USE taut_err taut_result_folder_check(taut_context *context, const char *folder, bool force);
/** Writes the result folder (docs: user guide, result folder).  All files appear together or none does.
 *  @param force  replace an existing non-empty folder */
TAUT_API TAUT_MUST_USE taut_err taut_result_write(taut_context *context, taut_result *result, const char *folder,
                                                  bool force);
/** Writes taut_context_log() beside the result folder that did not come about: FOLDER.log, or FOLDER.2.log ... where that
 *  name is taken; nothing is replaced.  The file appears whole or not at all; missing parents are made.
 *  @param path  gets its name; lent until the next call */
TAUT_API TAUT_MUST_USE taut_err taut_context_log_write(taut_context *context, const char *folder, const char **path);
/** Writes the observables of the healing document, one row a follow-up time, full digits (CSV). */
TAUT_API TAUT_MUST_USE taut_err taut_result_write_observables(taut_context *context, const taut_result *result,
                                                              const char *path);
/** Writes the short table that ends `taut run`. */
TAUT_API TAUT_MUST_USE taut_err taut_result_print(const taut_result *result, FILE *out);

/* ----------------------------------------------------------------------------------------- single questions ---- */

typedef enum taut_format { TAUT_FORMAT_TEXT, TAUT_FORMAT_JSON, TAUT_FORMAT_MARKDOWN } taut_format;

/** Needling alone: skin, puncture, pattern, layer exit, warnings.
 *  @param samples  number of random depths for the spread; 0: none */
TAUT_API TAUT_MUST_USE taut_err taut_puncture_print(taut_context *context, const taut_case *c, long samples,
                                                    taut_format format, FILE *out);
/** What `taut suction` measures with.  Texts carry their units; NULL and 0 mean the default. */
typedef struct taut_suction_options {
  const char *aperture; /**< diameter of the probe's opening, "2 mm" */
  const char *pressure; /**< how far below that of the air, "450 mbar" */
  const char *on, *off; /**< suction and rest of a cycle, "2 s" */
  long cycles;          /**< 1 */
  const char *ring;     /**< "glued" or "frictionless" */
  const char *outer;    /**< radius of the patch of skin; 6 aperture radii up to a 2 mm probe, else 4 */
  const char *method;   /**< "fe", "emulator" or "two-curve" */
  const char *mesh;     /**< "M1" to "M5"; "M2", for two-curve "M1" */
  long refine;          /**< times as many points of time, 1 */
  bool curve;           /**< also print the height of the skin over time */
} taut_suction_options;

/** The suction instrument alone, on a skin described by a file (site and person, or layers and parameters) and sets; with
 *  path NULL on the reference skin: cheek, woman of 40 years.  Sets may name parameters of mechanics without their group.
 *  INPUT where a measurement cannot be made as described, NUMERICS with the reason where it has no solution. */
TAUT_API TAUT_MUST_USE taut_err taut_suction_print(taut_context *context, const char *path, const char *const *sets,
                                                   size_t n, const taut_suction_options *options, taut_format format,
                                                   FILE *out);
/** Parameters: all, or the named ones (`healing.b_F`, or a prefix such as `needling`). */
TAUT_API TAUT_MUST_USE taut_err taut_params_print(taut_context *context, const char *const *names, size_t n,
                                                  taut_format format, FILE *out);
/** Lists one kind of thing: devices, sites, quantities, fields, serums, conditions, studies,
 *  keys of a case (what this version has). */
TAUT_API TAUT_MUST_USE taut_err taut_list_print(taut_context *context, const char *kind, taut_format format, FILE *out);
/** The resolved case with units, origins, derived values (skin, depth, loop gains) and warnings: `taut check`. */
TAUT_API TAUT_MUST_USE taut_err taut_check_print(taut_context *context, const taut_case *c, FILE *out);

#ifdef __cplusplus
}
#endif
#endif
