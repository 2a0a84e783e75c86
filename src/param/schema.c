/* The schema of a case: rows of case.def, unknown keys, and the words of messages. */
#include "param/presets.h"
#include "param/reader.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#define AT(member) offsetof(struct taut_case, member)
#define NOWHERE    TAUT_NOWHERE
#define STARTER    TAUT_ROW_STARTER
#define BARE       TAUT_ROW_BARE
#define AGO        TAUT_ROW_AGO
#define GAUGE      TAUT_ROW_GAUGE
#define PER_CM2    TAUT_ROW_PER_CM2
const taut_row taut__rows[] = {
#define KEY(key, type, unit, words, preset, low, high, at, at2, flags, doc)                                            \
  {key, TAUT_ROW_##type, unit, words, preset, low, high, at, at2, flags, doc},
#include "param/case.def"
#undef KEY
};
const int taut__row_count = sizeof taut__rows / sizeof *taut__rows;

int taut__row_find(const char *key) {
  for (int i = 0; i < taut__row_count; i++)
    if (strcmp(taut__rows[i].key, key) == 0) return i;
  return -1;
}

int taut__word_find(const char *words, const char *word, double *value) {
  size_t n = strlen(word);
  int number = 0;
  for (const char *at = words; *at && n; number++) {
    size_t length = strcspn(at, "|"), name = strcspn(at, "=|");
    if (name == n && strncmp(at, word, n) == 0) {
      const char *text = at + name + 1;
      if (value && at[name] == '=') *value = strncmp(text, "nan", 3) == 0 ? (double)NAN : strtod(text, NULL);
      return number;
    }
    at += length + (at[length] == '|');
  }
  return -1;
}

void taut__words_list(const char *words, taut_text *out) {
  for (const char *at = words; *at;) {
    size_t length = strcspn(at, "|"), name = strcspn(at, "=|");
    const char *next = at + length + (at[length] == '|');
    if (at != words) taut__text_add(out, *next ? ", " : " or ");
    taut__text_addn(out, at, name);
    at = next;
  }
}

/* ------------------------------------------------------------------------------------------------- complaints ---- */

/* Message text, and where it stands; --set KEY names the key already, so the text need not. */
typedef struct statement {
  taut_text text;
  const char *where, *what;
  char buffer[512];
} statement;

static void compose(const taut_reader *reader, const taut_node *node, bool of_key, statement *m, const char *format,
                    va_list args) TAUT_PRINTF(5, 0);
static void compose(const taut_reader *reader, const taut_node *node, bool of_key, statement *m, const char *format,
                    va_list args) {
  m->text = (taut_text){0};
  taut__text_vadd(&m->text, format, args);
  m->what = m->text.data ? m->text.data : "out of memory";
  m->where = node ? taut__node_where(node, of_key, m->buffer) : reader->r->name;
  size_t option = strlen("--set "), key = strncmp(m->where, "--set ", option) == 0 ? strlen(m->where + option) : 0;
  if (key && strncmp(m->what, m->where + option, key) == 0 && strncmp(m->what + key, ": ", 2) == 0) m->what += key + 2;
}

void taut__complain(taut_reader *reader, taut_err err, const taut_node *node, bool of_key, const char *format, ...) {
  reader->errors++;
  if (!reader->code) reader->code = err;
  if (reader->errors > TAUT_ERRORS_SHOWN) {
    if (reader->errors == TAUT_ERRORS_SHOWN + 1)
      taut__fail(reader->context, err, reader->r->name, "there are more errors; the first %d are shown",
                 TAUT_ERRORS_SHOWN);
    return;
  }
  statement m;
  va_list args;
  va_start(args, format);
  compose(reader, node, of_key, &m, format, args);
  va_end(args);
  taut__fail(reader->context, err, m.where, "%s", m.what);
  taut__text_free(&m.text);
}

void taut__complain_memory(taut_reader *reader) {
  taut__complain(reader, TAUT_ERR_MEMORY, NULL, false, "out of memory");
}

void taut__remark(taut_reader *reader, const taut_node *node, const char *format, ...) {
  statement m;
  va_list args;
  va_start(args, format);
  compose(reader, node, false, &m, format, args);
  va_end(args);
  if (taut__texts_add(&reader->c->warnings, "%s: %s", m.where, m.what) != TAUT_OK) taut__complain_memory(reader);
  taut__text_free(&m.text);
}

void taut__note(taut_reader *reader, const taut_node *node, const char *format, ...) {
  statement m;
  va_list args;
  va_start(args, format);
  compose(reader, node, false, &m, format, args);
  va_end(args);
  if (taut__texts_add(&reader->c->warnings, "note: %s%s%s", node ? m.where : "", node ? ": " : "", m.what) != TAUT_OK)
    taut__complain_memory(reader);
  taut__text_free(&m.text);
}

const char *taut__row_unit(const taut_row *row, double *factor) {
  bool per_cm2 = (row->flags & TAUT_ROW_PER_CM2) != 0;
  *factor = per_cm2 ? 100 : 1; /* from 1/mm^2 */
  return per_cm2 ? "/cm^2" : row->unit;
}

/* "expected a length in mm, 0.01 to 10 mm, or none" */
static void expectation(const taut_row *row, taut_text *out) {
  const char *unit, *words, *shown;
  const signed char(*exponents)[TAUT_BASE_DIMENSIONS];
  taut_value_form form;
  char message[TAUT_MESSAGE], low[32], high[32];
  double factor;
  if (row->type == TAUT_ROW_TIMES || row->type == TAUT_ROW_ANGLES) taut__text_add(out, "a list, each ");
  switch (row->type) {
  case TAUT_ROW_NUMBER:
  case TAUT_ROW_RANGE:
  case TAUT_ROW_TIMES:
  case TAUT_ROW_ANGLES:
    if (taut__value_form(row->unit, &form, message) && form.unit.dimension != 0) {
      taut__unit_internal(form.unit.dimension, &unit, &words, &exponents);
      shown = taut__row_unit(row, &factor);
      taut__text_add(out, "%s from %s to %s %s", words, taut__number(row->low * factor, low),
                     taut__number(row->high * factor, high), shown);
    } else {
      taut__text_add(out, "a number from %s to %s", taut__number(row->low, low), taut__number(row->high, high));
    }
    if (row->type == TAUT_ROW_RANGE) taut__text_add(out, ", or [shortest, longest]");
    break;
  case TAUT_ROW_COUNT:
    taut__text_add(out, "a whole number from %s to %s", taut__number(row->low, low), taut__number(row->high, high));
    break;
  case TAUT_ROW_PAIR:
    taut__text_add(out, "two whole numbers, such as [6, 6]");
    break;
  case TAUT_ROW_SEED:
    taut__text_add(out, "a whole number from 0");
    return;
  case TAUT_ROW_TEXT:
    taut__text_add(out, "a text");
    return;
  case TAUT_ROW_NAME:
    taut__text_add(out, "a name");
    return;
  case TAUT_ROW_FILE:
    taut__text_add(out, "the name of a file");
    break;
  case TAUT_ROW_WORDS:
    taut__text_add(out, "a list of ids, such as [%s]", row->words);
    return;
  case TAUT_ROW_SESSIONS:
    taut__text_add(out, "a whole number from 0, or a list such as [{at: 0 weeks}, {at: 3 weeks}]");
    return;
  case TAUT_ROW_GRID:
    taut__text_add(out, "%s", row->doc);
    return;
  case TAUT_ROW_CHOICE:
  case TAUT_ROW_SWITCH:
  case TAUT_ROW_ONLY:
    taut__words_list(row->words, out);
    return;
  case TAUT_ROW_REFUSED:
    return;
  }
  if (row->words[0] != '\0') {
    taut__text_add(out, ", or ");
    taut__words_list(row->words, out);
  }
}

void taut__row_misfit(taut_reader *reader, const taut_row *row, const taut_node *node, const char *what) {
  taut_text expected = {0};
  expectation(row, &expected);
  taut__complain(reader, TAUT_ERR_INPUT, node, false, "%s: %s; expected %s", row->key, what,
                 expected.data ? expected.data : "");
  taut__text_free(&expected);
}

bool taut__key(int i, taut_key *key, taut_text *expected) {
  if (i < 0 || i >= taut__row_count) return false;
  const taut_row *row = &taut__rows[i];
  const bool example = row->preset[0] == '!'; /* of a compulsory key */
  *key = (taut_key){row->key, example ? "" : row->preset, row->doc, row->type == TAUT_ROW_REFUSED};
  expectation(row, expected);
  return true;
}

/* ----------------------------------------------------------------------------------------------- unknown keys ---- */

/* Names of the keys directly inside a section ("" for the top), without repetition. */
static int inside(const char *section, const char **names, char (*store)[40], int room) {
  size_t n = strlen(section);
  int count = 0;
  for (int i = 0; i < taut__row_count; i++) {
    const char *key = taut__rows[i].key;
    if (n && (strncmp(key, section, n) != 0 || key[n] != '.')) continue;
    const char *rest = n ? key + n + 1 : key;
    size_t length = strcspn(rest, ".");
    bool known = count > 0 && strlen(store[count - 1]) == length && strncmp(store[count - 1], rest, length) == 0;
    if (known || count == room) continue;
    snprintf(store[count], sizeof store[count], "%.*s", (int)length, rest);
    names[count] = store[count];
    count++;
  }
  if (!n && count < room) names[count++] = "parameters";
  return count;
}

/* A group of parameters at the top, misspelt or not. */
static bool suggest_group(taut_reader *reader, const taut_node *node) {
  const taut_param_registry *registry = &reader->c->registry;
  for (int t = 0; t < registry->tables; t++) {
    const char *group = registry->table[t]->group;
    if (taut__nearest(node->key, &group, 1) < 0) continue;
    taut__complain(reader, TAUT_ERR_INPUT, node, true, "unknown key \"%s\"; nearest known key \"parameters.%s\"",
                   node->key, group);
    return true;
  }
  return false;
}

static void unknown_key(taut_reader *reader, const taut_node *node, const char *section, const char *key) {
  enum { ROOM = 160 };
  const char *names[ROOM];
  char store[ROOM][40], shown[80];
  int count = inside(section, names, store, ROOM), near = taut__nearest(node->key, names, (size_t)count);
  const char *dot = section[0] ? "." : "";
  taut__excerpt(key, shown);
  if (near >= 0) {
    taut__complain(reader, TAUT_ERR_INPUT, node, true, "unknown key \"%s\"; nearest known key \"%s%s%s\"", shown,
                   section, dot, names[near]);
    return;
  }
  if (!section[0] && suggest_group(reader, node)) return;
  /* the right word in the wrong section */
  for (int i = 0; i < taut__row_count; i++) {
    const char *last = strrchr(taut__rows[i].key, '.');
    if (last && strcmp(last + 1, node->key) == 0) {
      taut__complain(reader, TAUT_ERR_INPUT, node, true, "unknown key \"%s\"; nearest known key \"%s\"", shown,
                     taut__rows[i].key);
      return;
    }
  }
  taut_text list = {0};
  for (int i = 0; i < count; i++) taut__text_add(&list, "%s%s", i ? ", " : "", names[i]);
  taut__complain(reader, TAUT_ERR_INPUT, node, true, "unknown key \"%s\"; expected one of %s", shown,
                 list.data ? list.data : "");
  taut__text_free(&list);
}

static bool is_section(const char *path) {
  size_t n = strlen(path);
  for (int i = 0; i < taut__row_count; i++)
    if (strncmp(taut__rows[i].key, path, n) == 0 && taut__rows[i].key[n] == '.') return true;
  return false;
}

static void check_inside(taut_reader *reader, const taut_node *map, const char *section) {
  for (const taut_node *n = map->first; n; n = n->next) {
    taut_text path = {0};
    taut__text_add(&path, "%s%s%s", section, section[0] ? "." : "", n->key);
    int row = path.data ? taut__row_find(path.data) : -1;
    if (!path.data) {
      taut__complain_memory(reader);
    } else if (row >= 0 && taut__rows[row].type == TAUT_ROW_REFUSED) {
      taut__complain(reader, TAUT_ERR_NOT_AVAILABLE, n, true, "%s (%s) is not available in this version", path.data,
                     taut__rows[row].doc);
    } else if (row < 0 && is_section(path.data)) {
      if (n->kind == TAUT_NODE_MAP)
        check_inside(reader, n, path.data);
      else if (!taut__node_empty(n))
        taut__complain(reader, TAUT_ERR_INPUT, n, false, "%s holds several keys; expected a mapping", path.data);
    } else if (row < 0 && strcmp(path.data, "parameters") != 0) {
      unknown_key(reader, n, section, path.data);
    }
    taut__text_free(&path);
  }
}

void taut__keys_check(taut_reader *reader) {
  check_inside(reader, reader->r->user, "");
}
