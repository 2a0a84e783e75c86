/* What the commands that answer single questions share: tables in three formats, text blocks, JSON objects. */
#ifndef TAUT_RUN_PRINT_H
#define TAUT_RUN_PRINT_H

#include "base/base.h"

#include <jansson.h>

/* Text.  Failed memory shows in text->failed and is reported when the text is written. */

/** Columns a UTF-8 text takes (every character one). */
int taut__print_width(const char *text);
/** Appends `text` in a field of |width| columns, at least its own length; width < 0: flush left. */
void taut__print_cell(taut_text *out, const char *text, int width);
/** Appends `prefix` and `text` wrapped at words; further lines begin with `indent` blanks after `margin`. */
void taut__print_wrapped(taut_text *out, const char *margin, const char *prefix, int indent, const char *text);
/** Appends a warning, wrapped, under its grade ("note", "warning", "strong warning"); without one it is a warning. */
void taut__print_warning(taut_text *out, const char *margin, const char *text);
/** Appends x with `digits` significant digits and no exponent where that stays readable; "-" where x is no number. */
void taut__print_number(taut_text *out, double x, int digits, int width);
/** Writes the text and frees it; IO or MEMORY on failure. */
TAUT_MUST_USE taut_err taut__print_write(taut_context *context, taut_text *text, FILE *out);

/* JSON.  A value that could not be made sets *failed, so that building an object reads as the list of its keys. */

/** Adds `key`: `value` and takes the value over. */
void taut__json_set(json_t *object, const char *key, json_t *value, bool *failed);
void taut__json_append(json_t *array, json_t *value, bool *failed);
/** A number; null where x is no number. */
json_t *taut__json_number(double x);
json_t *taut__json_texts(const taut_texts *texts, bool *failed);
/** An object that begins with "taut_version". */
json_t *taut__json_root(bool *failed);
/** Writes `root` with full digits and releases it.  MEMORY when `failed`. */
TAUT_MUST_USE taut_err taut__json_write(taut_context *context, json_t *root, bool failed, FILE *out);

/* Tables: rows of text cells under columns.  Cells of number columns are texts of taut__number, "" where there is none. */

typedef struct taut_column {
  const char *key;     /**< in JSON */
  const char *heading; /**< in text and Markdown, with the unit; NULL: in JSON only */
  bool number;
  bool prose; /**< text format: on lines of its own below the row, wrapped */
} taut_column;

typedef struct taut_table {
  const char *key;   /**< of the list in JSON, "devices" */
  const char *title; /**< above the table in Markdown */
  const char *note;  /**< below the table in text and Markdown; NULL: none */
  const taut_column *column;
  int columns;
  taut_texts cells; /**< row by row */
  bool failed;      /**< out of memory at some cell */
} taut_table;

/** Appends the next cell. */
void taut__table_add(taut_table *table, const char *text);
void taut__table_number(taut_table *table, double x);
/** Prints the table and releases its cells; rows whose number is not a multiple of the columns are INTERNAL. */
TAUT_MUST_USE taut_err taut__table_print(taut_context *context, taut_table *table, taut_format format, FILE *out);

#endif
