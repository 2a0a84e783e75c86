/* Tables as text, Markdown or JSON. */
#include "run/print.h"

#include <stdlib.h>
#include <string.h>

void taut__table_add(taut_table *table, const char *text) {
  if (taut__texts_add(&table->cells, "%s", text)) table->failed = true;
}

void taut__table_number(taut_table *table, double x) {
  char number[32];
  taut__table_add(table, x == x ? taut__number(x, number) : "");
}

static const char *cell(const taut_table *t, size_t row, int column) {
  return t->cells.item[row * (size_t)t->columns + (size_t)column];
}

/* What people read: numbers with more digits than that are rounded.  JSON has them all. */
static const char *shown(const taut_table *t, size_t row, int column, char buffer[48]) {
  enum { DIGITS = 4, LONG = 7 };
  const char *text = cell(t, row, column);
  if (!t->column[column].number || strlen(text) <= LONG) return text;
  taut_text rounded = {0};
  taut__print_number(&rounded, strtod(text, NULL), DIGITS, 0);
  const bool fits = !rounded.failed && rounded.length < 48;
  if (fits) memcpy(buffer, rounded.data, rounded.length + 1);
  taut__text_free(&rounded);
  return fits ? buffer : text;
}

/* ---------------------------------------------------------------------------------------------------- text ---- */

static int column_width(const taut_table *t, size_t rows, int column) {
  int most = taut__print_width(t->column[column].heading);
  for (size_t r = 0; r < rows; r++) {
    char buffer[48];
    const int width = taut__print_width(shown(t, r, column, buffer));
    if (width > most) most = width;
  }
  return most;
}

/* The short columns of a row (row < 0: the headings), numbers flush right, without blanks at the end. */
static void text_line(const taut_table *t, long row, const int *width, taut_text *out) {
  int pending = 0;
  for (int c = 0; c < t->columns; c++) {
    if (t->column[c].prose || !t->column[c].heading) continue;
    char buffer[48];
    const char *text = row < 0 ? t->column[c].heading : shown(t, (size_t)row, c, buffer);
    const int own = taut__print_width(text), gap = width[c] - own;
    taut__print_cell(out, "", pending + (t->column[c].number ? gap : 0));
    taut__text_add(out, "%s", text);
    pending = 2 + (t->column[c].number ? 0 : gap);
  }
  taut__text_addn(out, "\n", 1);
}

static void text_prose(const taut_table *t, size_t row, taut_text *out) {
  for (int c = 0; c < t->columns; c++) {
    if (!t->column[c].prose || !t->column[c].heading || !cell(t, row, c)[0]) continue;
    taut_text prefix = {0};
    if (t->column[c].heading[0]) taut__text_add(&prefix, "%s: ", t->column[c].heading);
    if (prefix.failed) out->failed = true;
    taut__print_wrapped(out, "    ", prefix.data ? prefix.data : "", 2, cell(t, row, c));
    taut__text_free(&prefix);
  }
}

static void as_text(const taut_table *t, size_t rows, taut_text *out) {
  int *width = taut__alloc((size_t)t->columns, sizeof *width);
  if (!width) {
    out->failed = true;
    return;
  }
  for (int c = 0; c < t->columns; c++) width[c] = t->column[c].heading ? column_width(t, rows, c) : 0;
  text_line(t, -1, width, out);
  for (size_t r = 0; r < rows; r++) {
    text_line(t, (long)r, width, out);
    text_prose(t, r, out);
  }
  if (t->note) {
    taut__text_addn(out, "\n", 1);
    taut__print_wrapped(out, "", "", 0, t->note);
  }
  free(width);
}

/* ------------------------------------------------------------------------------------------------ Markdown ---- */

/* A cell ends at a bar, and a star or underscore would start emphasis. */
static void add_escaped(taut_text *out, const char *text) {
  for (const char *s = text; *s; s++) {
    if (strchr("|*_\\<", *s)) taut__text_addn(out, "\\", 1);
    taut__text_addn(out, s, 1);
  }
}

static void as_markdown(const taut_table *t, size_t rows, taut_text *out) {
  taut__text_add(out, "## %s\n\n|", t->title);
  for (int c = 0; c < t->columns; c++)
    if (t->column[c].heading) taut__text_add(out, " %s |", t->column[c].heading[0] ? t->column[c].heading : "meaning");
  taut__text_addn(out, "\n|", 2);
  for (int c = 0; c < t->columns; c++)
    if (t->column[c].heading) taut__text_add(out, "%s", t->column[c].number ? "---:|" : "---|");
  taut__text_addn(out, "\n", 1);
  for (size_t r = 0; r < rows; r++) {
    char buffer[48];
    taut__text_addn(out, "|", 1);
    for (int c = 0; c < t->columns; c++) {
      if (!t->column[c].heading) continue;
      taut__text_addn(out, " ", 1);
      if (c == 0)
        taut__text_add(out, "`%s`", cell(t, r, c)); /* names are code: no escapes inside */
      else
        add_escaped(out, shown(t, r, c, buffer));
      taut__text_addn(out, " |", 2);
    }
    taut__text_addn(out, "\n", 1);
  }
  if (t->note) taut__text_add(out, "\n%s\n", t->note);
}

/* ---------------------------------------------------------------------------------------------------- JSON ---- */

/* A cell of a number column is a text of taut__number, which reads back exactly; "" and what is no number are null. */
static json_t *json_cell(const char *text, bool number) {
  if (!number) return json_string(text);
  json_t *value = text[0] ? json_loads(text, JSON_DECODE_ANY, NULL) : NULL;
  if (value && json_is_number(value)) return value;
  json_decref(value);
  return json_null();
}

static taut_err as_json(taut_context *context, const taut_table *t, size_t rows, FILE *out) {
  bool failed = false;
  json_t *root = taut__json_root(&failed), *list = json_array();
  for (size_t r = 0; r < rows; r++) {
    json_t *row = json_object();
    for (int c = 0; c < t->columns; c++)
      taut__json_set(row, t->column[c].key, json_cell(cell(t, r, c), t->column[c].number), &failed);
    taut__json_append(list, row, &failed);
  }
  taut__json_set(root, t->key, list, &failed);
  return taut__json_write(context, root, failed, out);
}

taut_err taut__table_print(taut_context *context, taut_table *table, taut_format format, FILE *out) {
  taut_err err = TAUT_OK;
  const size_t rows = table->cells.count / (size_t)table->columns;
  taut_text text = {0};
  if (table->failed)
    err = taut__fail(context, TAUT_ERR_MEMORY, NULL, "out of memory");
  else if (table->cells.count % (size_t)table->columns)
    err = taut__fail(context, TAUT_ERR_INTERNAL, NULL, "table %s has an incomplete row", table->key);
  else if (format == TAUT_FORMAT_JSON)
    err = as_json(context, table, rows, out);
  else {
    if (format == TAUT_FORMAT_MARKDOWN)
      as_markdown(table, rows, &text);
    else
      as_text(table, rows, &text);
    err = taut__print_write(context, &text, out);
  }
  taut__texts_free(&table->cells);
  return err;
}
