/* Room io: results on disk and on the terminal.
 *
 * Everything under a final name is complete.  Files are composed in memory, written into a hidden folder beside the
 * final one, synchronised and closed with every error checked, and appear together by one rename.  That holds for HDF5
 * too: its file is built in memory, so that a full disk meets one writer only.  The library changes no signal action;
 * SIGXFSZ (file size limit) is held back while a file is written and becomes an error of kind IO.
 *
 * Nothing written here depends on the locale, the clock or the machine, except wall time (summary.json, log.txt).
 */
#ifndef TAUT_IO_IO_H
#define TAUT_IO_IO_H

#include "observe/result.h"

/* ---- what run/ forwards the public interface to ---- */

/** Writes the result folder, through the folder that the run has begun for it where there is one.
 *  @param force  replace the result that stands there; files that taut did not write are kept
 *  INPUT: the folder is not empty (or not to be replaced); IO: nothing stands under the final name. */
TAUT_MUST_USE taut_err taut__result_write(taut_context *context, struct taut_result *result, const char *folder,
                                          bool force);
/** Writes the observables of the healing document as CSV: `t_d` and their names, full digits.  A regular file appears
 *  whole or not at all; anything else (a pipe, /dev/stdout) is written to directly. */
TAUT_MUST_USE taut_err taut__result_write_observables(taut_context *context, const struct taut_result *result,
                                                      const char *path);
/** Writes the closing table, at most 100 columns wide. */
TAUT_MUST_USE taut_err taut__result_print(taut_context *context, const struct taut_result *result, FILE *out);

/* ---- folders and files that appear whole (folder.c) ---- */

/** A result folder being written. */
typedef struct taut_folder taut_folder;

/** Tells before a long run whether a result could be written to `path`; writes nothing. */
TAUT_MUST_USE taut_err taut__folder_check(taut_context *context, const char *path, bool force);
/** Starts a folder; missing parents are made (and removed again when the folder does not come about). */
TAUT_MUST_USE taut_err taut__folder_open(taut_context *context, const char *path, bool force, taut_folder **out);
/** Adds a file.  `name` must be one of taut__result_file. */
TAUT_MUST_USE taut_err taut__folder_put(taut_folder *folder, const char *name, const void *data, size_t length);
/** Gives the folder its final name; on failure it is removed.  NULL afterwards in either case. */
TAUT_MUST_USE taut_err taut__folder_commit(taut_folder **folder);
/** Removes what was written, but not a work folder that has a checkpoint; NULL-safe, leaves NULL. */
void taut__folder_abandon(taut_folder **folder);
/** Starts a folder long before it is complete: makes and locks the work folder of the run, in which files and checkpoints
 *  are collected.  INPUT where another run has it, and, with `resume`, where there is nothing to resume; what stands under
 *  the final name is then looked at by taut__folder_allow().
 *  @param resume  keep the checkpoint and the fields of visits that are there; else they are removed, which is told */
TAUT_MUST_USE taut_err taut__folder_begin(taut_context *context, const char *path, bool force, bool resume,
                                          taut_folder **out);
/** INPUT where what stands under the final name may not be replaced; it may once `force` was true. */
TAUT_MUST_USE taut_err taut__folder_allow(taut_folder *folder, bool force);
/** The work folder (work.c tells what is in it), NULL where there is none, and the folder within it, or in its place, in
 *  which the files of the result are collected; lent. */
const char *taut__folder_work(const taut_folder *folder);
const char *taut__folder_partial(const taut_folder *folder);
/** Path of the checkpoint that a run into the folder `path` has left; release with free(); NULL: none. */
char *taut__folder_checkpoint(const char *path);
/** True when it was begun for the result folder called `path`. */
bool taut__folder_is_for(const taut_folder *folder, const char *path);
/** True for "fields_000.h5" ...: fields of a visit, written while a patch is computed. */
bool taut__fields_is_name(const char *name);
/** Writes a log beside the result folder `path` that did not come about: `path`.log, or `path`.2.log ... where that name is
 *  taken; missing parents are made.  *name: what it is called; release with free(); NULL on failure. */
TAUT_MUST_USE taut_err taut__folder_log(taut_context *context, const char *path, const void *data, size_t length,
                                        char **name);
/** Writes one file whole or not at all; overwrites a regular file. */
TAUT_MUST_USE taut_err taut__file_write(taut_context *context, const char *path, const void *data, size_t length);

/** Names a result folder may hold, NULL-terminated: what `force` may replace. */
extern const char *const taut__result_file[];

/** For tests: the n-th step on the file system from now fails with EIO (1: the next; n < 1: never). */
void taut__io_fail_after(long n);
/** For tests: the n-th step on the file system from now ends the process, as SIGKILL would; for a child process. */
void taut__io_die_after(long n);
/** For tests that write hundreds of results: `false` leaves it to the system when bytes reach stable storage; the steps
 *  that can be made to fail stay the same. */
void taut__io_synchronise(bool on);

/* ---- contents of the files (each adds its text; a failed append shows in text->failed) ---- */

void taut__visits_csv(const struct taut_result *result, taut_text *out);
void taut__course_csv(const struct taut_result *result, taut_text *out);
void taut__observables_csv(const struct taut_result *result, taut_text *out);
void taut__log_txt(const struct taut_result *result, taut_text *out);
void taut__course_svg(const struct taut_result *result, taut_text *out);
void taut__fields_xdmf(const struct taut_result *result, const char *h5_name, taut_text *out);
/** summary.json; release with free(). */
TAUT_MUST_USE taut_err taut__summary_json(taut_context *context, const struct taut_result *result, char **out);
/** Bytes of fields.h5; release with free(). */
TAUT_MUST_USE taut_err taut__fields_h5(taut_context *context, const struct taut_result *result, void **data,
                                       size_t *length);

/* ---- fields of a patch (patch_fields.c, patch_index.c) ---- */

/** Where the fields of a patch go, and what they belong to; everything lent. */
typedef struct taut_patch_output {
  const char *folder; /**< exists; the same for all processes */
  const char *title, *hash, *case_yaml;
  const taut_field_set *set;
  const taut_domain *domain; /**< a patch, or this process' part of one */
} taut_patch_output;

/** Writes the fields at a visit into a file of their own, fields_001.h5 for snapshot 0; one that stands there is replaced.
 *  The file gets its name when it is complete and on stable storage.  Values are rounded to single precision; apart from
 *  the fields this takes the memory of a few planes.  Collective: an error is one of all processes, and then nothing new
 *  stands under the name.
 *  @param u  u[f]: field f from the first of this process' points where it lives */
TAUT_MUST_USE taut_err taut__patch_snapshot(taut_context *context, const taut_patch_output *out, int snapshot,
                                            double day, double *const *u);
/** Writes fields.h5, which shows the snapshots 0 .. snapshots - 1 that are there as one tree like that of a track, and
 *  fields.xdmf.  INPUT where one of them belongs to another case or grid.  Collective. */
TAUT_MUST_USE taut_err taut__patch_index(taut_context *context, const taut_patch_output *out, int snapshots);

/* ---- pictures of the skin (histology.c) ---- */

enum { TAUT_HISTOLOGY_MOST = 6 };
/** Chooses the times that get a picture: -1 (before treatment), the first follow-up time, the ones nearest to 3, 14 and 28
 *  days, the last; each once, in order.  Returns their number; 0 where nothing can be shown (no track, other fields). */
int taut__histology_choice(const struct taut_result *result, int choice[TAUT_HISTOLOGY_MOST]);
/** Name of the file: "histology_before.png", "histology_visit_003.png" (numbers as in fields.h5). */
const char *taut__histology_name(int snapshot, char buffer[32]);
/** True for every name that taut__histology_name can give. */
bool taut__histology_is_name(const char *name);
/** Fibres that the pictures of one result share, so that they are laid once only. */
typedef struct taut_fibres taut_fibres;
void taut__fibres_free(taut_fibres **fibres);
/** A virtual biopsy as PNG, in the look of a trichrome stain; release with free().  The same result gives the same bytes,
 *  whichever pictures were drawn before.
 *  @param snapshot  -1: before treatment
 *  @param fibres    start with *fibres = NULL, hand it to the next picture, release it with taut__fibres_free */
TAUT_MUST_USE taut_err taut__histology_png(taut_context *context, const struct taut_result *result, int snapshot,
                                           taut_fibres **fibres, void **data, size_t *length);

/* ---- shared by the writers (plain.c) ---- */

/** Copy of `text` safe to print anywhere: control characters and broken UTF-8 become '?'.  NULL counts as "".
 *  NULL when out of memory; release with free(). */
char *taut__plain(const char *text);
/** Appends `text` made plain and escaped for XML. */
void taut__add_xml(taut_text *out, const char *text);
/** Appends x with `decimals` (0 to 9) digits after the point, in any locale; "-0.00" is written "0.00". */
void taut__add_fixed(taut_text *out, double x, int decimals);
/** Decimals that show `digits` significant digits of x, 0 to 9. */
int taut__decimals(double x, int digits);
/** "strong warning: ", "warning: " or "note: ": the level that a warning's own text names, which is then skipped, or
 *  "warning: " where it names none. */
const char *taut__warning_level(const char **text);
/** An outcome that a reader may expect and that this version has no model of: told as such, not as unchanged. */
typedef struct taut_unmodelled {
  const char *name, *reason;
} taut_unmodelled;
enum { TAUT_UNMODELLED = 1 };
extern const taut_unmodelled taut__unmodelled[TAUT_UNMODELLED];
/** Sequence number of a quantity by its contract name, -1 when this version has none of that name. */
int taut__quantity_index(const char *name);
/** What to call a course without sessions: "untreated" or "excision". */
const char *taut__without_session(const struct taut_result *result);
/** What times count from: "the first session", "the injury" or "the start". */
const char *taut__origin_of_time(const struct taut_result *result);
/** Tells on which tracks the snapshots lie: sessions that differ in depth or density have tracks of their own.  Fills
 *  of[snapshots] with the sequence number (from 0) of the geometry of each: snapshots on the same domains with the same
 *  weights share one.  Returns the number of geometries, at least 1 where there is a snapshot. */
int taut__geometries(const struct taut_result *result, int *of);
/** "track_1" ... or "zero": name of the domain with sequence number d in fields.h5 and fields.xdmf. */
const char *taut__domain_name(const taut_domain *domain, int d, char buffer[24]);
/** "geometry_2" ...: name of the group that holds the domains of a geometry but the first, which has none. */
const char *taut__geometry_name(int geometry, char buffer[24]);
/** "visit_001" ...: name of the snapshot with this sequence number (from 0) in fields.h5. */
const char *taut__visit_name(int snapshot, char buffer[24]);
/** Left edge of a domain in the pictures, mm: the tracks of a geometry stand side by side. */
double taut__domain_offset(int domains, const taut_domain *const *domain, int d);

#endif
