/* The case reader from inside: rows of case.def, where each value came from, and the steps of reading.
 *
 *   yaml.c       text -> tree                      sets.c       --set
 *   schema.c     rows, unknown keys, messages      presets.c    sites, devices, coupled defaults
 *   assign.c     one row's node -> member          lists.c      rows that hold several values
 *   schedule.c   sessions and visits               parameters.c tables of the modules
 *   derive.c     defaults that depend on others, contradictions
 *   patch.c      grid of a patch                    points.c     file of its punctures
 *   notes.c      what has no effect or should be known
 *   resolve.c    the order of it all               write.c      case.yaml, hash    starter.c  starter case
 */
#ifndef TAUT_PARAM_READER_H
#define TAUT_PARAM_READER_H

#include "param/tree.h"
#include "param/value.h"

typedef enum taut_row_type {
  TAUT_ROW_TEXT,     /**< char * */
  TAUT_ROW_NUMBER,   /**< double */
  TAUT_ROW_RANGE,    /**< double[2] */
  TAUT_ROW_COUNT,    /**< int */
  TAUT_ROW_PAIR,     /**< int[2] */
  TAUT_ROW_SEED,     /**< unsigned long */
  TAUT_ROW_CHOICE,   /**< an enumeration */
  TAUT_ROW_SWITCH,   /**< bool */
  TAUT_ROW_ONLY,     /**< a word that has one meaning in this version */
  TAUT_ROW_NAME,     /**< char *, the name of a preset */
  TAUT_ROW_FILE,     /**< char *, the name of a file; NULL: none */
  TAUT_ROW_WORDS,    /**< taut_texts of condition ids */
  TAUT_ROW_ANGLES,   /**< double[16] and int */
  TAUT_ROW_GRID,     /**< taut_grid_spec */
  TAUT_ROW_SESSIONS, /**< schedule.c */
  TAUT_ROW_TIMES,    /**< schedule.c */
  TAUT_ROW_REFUSED   /**< belongs to something that this version does not have */
} taut_row_type;

enum { TAUT_ROW_STARTER = 1, TAUT_ROW_BARE = 2, TAUT_ROW_AGO = 4, TAUT_ROW_GAUGE = 8, TAUT_ROW_PER_CM2 = 16 };
#define TAUT_NOWHERE ((size_t)-1)

typedef struct taut_row {
  const char *key;
  taut_row_type type;
  const char *unit, *words, *preset; /**< preset: text of the default */
  double low, high;
  size_t at, at2; /**< offsets in taut_case */
  unsigned flags;
  const char *doc;
} taut_row;

/** Rows of case.def. */
extern const taut_row taut__rows[];
extern const int taut__row_count;
/** Number of a key, -1 when there is none. */
int taut__row_find(const char *key);
/** Number of the word in "a|b|c" or "a=1|b=2", -1 when absent; `value` (may be NULL) receives what follows `=`. */
int taut__word_find(const char *words, const char *word, double *value);
/** Writes "a, b or c". */
void taut__words_list(const char *words, taut_text *out);

/** Where a value came from and the text that stands for it in case.yaml. */
typedef struct taut_entry {
  const taut_node *node; /**< NULL: no text was written for it anywhere */
  const char *text;      /**< YAML on one line */
  const char *note;      /**< remark for the comment, or NULL */
  taut_origin origin;
} taut_entry;

/** Private part of a case. */
typedef struct taut_resolved {
  taut_arena arena;
  const char *name;                   /**< the case file in messages */
  taut_node *user;                    /**< file and --set */
  taut_node *site, *device, *coupled; /**< presets in use, or NULL */
  taut_entry *entry;                  /**< one a row of case.def */
  taut_entry **parameter;             /**< [table][row] */
} taut_resolved;

enum { TAUT_ERRORS_SHOWN = 20 };

typedef struct taut_reader {
  taut_context *context;
  taut_case *c;
  taut_resolved *r;
  const char *const *fallback; /**< [fallbacks] "key=value" where the user's tree lacks the key */
  size_t fallbacks;
  int errors;
  taut_err code; /**< first error */
} taut_reader;

/** Records an error at a node (NULL: the case as a whole); more than TAUT_ERRORS_SHOWN are counted only. */
void taut__complain(taut_reader *reader, taut_err err, const taut_node *node, bool of_key, const char *format, ...)
    TAUT_PRINTF(5, 6);
void taut__complain_memory(taut_reader *reader);
/** Records a warning of the case at a node. */
void taut__remark(taut_reader *reader, const taut_node *node, const char *format, ...) TAUT_PRINTF(3, 4);

/** The same as a note; node NULL: without a place. */
void taut__note(taut_reader *reader, const taut_node *node, const char *format, ...) TAUT_PRINTF(3, 4);

/* Steps, in order. */
bool taut__sets_apply(taut_reader *reader, const char *const *sets, size_t n);
void taut__sections_spell_out(taut_reader *reader);
void taut__fallbacks_apply(taut_reader *reader);
void taut__keys_check(taut_reader *reader);
void taut__presets_load(taut_reader *reader);
void taut__rows_assign(taut_reader *reader);
void taut__parameters_read(taut_reader *reader);
void taut__derive(taut_reader *reader);
void taut__schedule_read(taut_reader *reader);
void taut__points_read(taut_reader *reader);
void taut__notes_add(taut_reader *reader);

/** Assigns one row from a node; complains and returns false when it does not fit. */
bool taut__row_assign(taut_reader *reader, const taut_row *row, const taut_node *node);
bool taut__row_assign_list(taut_reader *reader, const taut_row *row, const taut_node *node);
/** Complains that a node does not fit its row: what is wrong and what was expected. */
void taut__row_misfit(taut_reader *reader, const taut_row *row, const taut_node *node, const char *what);
/** Number of a row, read and checked; also for elements of lists. */
bool taut__row_number(taut_reader *reader, const taut_row *row, const char *key, const taut_node *node,
                      taut_value *out);
/** True when the user gave this row a value other than that of the preset in use or the default. */
bool taut__row_changed(taut_reader *reader, const taut_row *row);
/** Unit of a row in messages, and the factor that leads to it from the unit of storage. */
const char *taut__row_unit(const taut_row *row, double *factor);
/** True when the user wrote this key (file or --set). */
bool taut__reader_given(const taut_reader *reader, const char *key);
/** Entry of a key of case.def. */
taut_entry *taut__reader_entry(const taut_reader *reader, const char *key);
/** Replaces the text of a derived value. */
void taut__reader_settle(taut_reader *reader, const char *key, taut_origin origin, const char *note, const char *format,
                         ...) TAUT_PRINTF(5, 6);
/** True when the user wrote something else in place of the section of a key ("patient: 5"), which is complained of. */
bool taut__reader_broken(const taut_reader *reader, const char *key);
/** Where to point for a key: its own node, else that of its section, else NULL. */
const taut_node *taut__reader_place(const taut_reader *reader, const char *key);

/** Grid of a patch from size and spacing; of other scales, nothing of it stays in the resolved case. */
void taut__patch_derive(taut_reader *reader, double standard_spacing);
/** The least even number, at least n, with no factors but 2, 3, 5 and 7. */
int taut__patch_points(int n);

/** Grid G1 .. G4 of healing.md 12.1 by name; false when unknown. */
bool taut__grid_named(const char *name, taut_grid_spec *grid);
/** Id of a condition by id or usual name, NULL when unknown; `near` receives the nearest name or NULL. */
const char *taut__condition_id(const char *word, const char **near);

#endif
