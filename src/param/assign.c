/* One row's node -> its member of taut_case. */
#include "param/reader.h"

#include <errno.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

static void *member(const taut_reader *reader, size_t at) {
  return (char *)reader->c + at;
}

bool taut__row_number(taut_reader *reader, const taut_row *row, const char *key, const taut_node *node,
                      taut_value *out) {
  char message[TAUT_MESSAGE];
  const taut_node *bad = node;
  taut_value_form form;
  taut_row named = *row;
  named.key = key;
  *out = (taut_value){.kind = TAUT_VALUE_NUMBER};
  if (node->kind == TAUT_NODE_SCALAR && taut__word_find(row->words, node->text, &out->mean) >= 0) {
    out->low = out->high = out->mean;
    return true;
  }
  if (!taut__value_form(row->unit, &form, message)) {
    taut__complain(reader, TAUT_ERR_INTERNAL, node, false, "%s: %s", key, message);
    return false;
  }
  form.bare = (row->flags & TAUT_ROW_BARE) != 0;
  form.ago = (row->flags & TAUT_ROW_AGO) != 0;
  if (!taut__value_read(node, &form, out, &bad, message)) {
    taut__row_misfit(reader, &named, bad, message);
    return false;
  }
  if (out->low < row->low || out->high > row->high) {
    char number[32];
    bool plain = form.unit.dimension == 0;
    double factor;
    const char *unit = taut__row_unit(row, &factor);
    snprintf(message, sizeof message, "%s%s%s is out of bounds",
             taut__number((out->low < row->low ? out->low : out->high) * factor, number), plain ? "" : " ",
             plain ? "" : unit);
    taut__row_misfit(reader, &named, node, message);
    return false;
  }
  return true;
}

static bool assign_number(taut_reader *reader, const taut_row *row, const taut_node *node) {
  taut_value value;
  if (!taut__row_number(reader, row, row->key, node, &value)) return false;
  *(double *)member(reader, row->at) = value.mean;
  if (row->flags & TAUT_ROW_GAUGE)
    *(double *)member(reader, row->at2) =
        value.kind == TAUT_VALUE_UNIFORM ? (value.high - value.low) / sqrt(12.0) : value.sd;
  return true;
}

static bool whole_number(const taut_node *node, double low, double high, long *out) {
  if (node->kind != TAUT_NODE_SCALAR) return false;
  const char *digits = node->text + (node->text[0] == '+');
  size_t n = strlen(digits);
  if (n == 0 || n > 9 || strspn(digits, "0123456789") != n) return false;
  *out = strtol(digits, NULL, 10);
  return (double)*out >= low && (double)*out <= high;
}

static const char *quoted(const taut_node *node, const char *rest, char message[TAUT_MESSAGE]) {
  char shown[80];
  if (node->kind == TAUT_NODE_SCALAR && taut__node_empty(node))
    snprintf(message, TAUT_MESSAGE, "no value given");
  else if (node->kind == TAUT_NODE_SCALAR)
    snprintf(message, TAUT_MESSAGE, "\"%s\" %s", taut__excerpt(node->text, shown), rest);
  else
    snprintf(message, TAUT_MESSAGE, "%s %s", node->kind == TAUT_NODE_LIST ? "a list" : "a mapping", rest);
  return message;
}

static bool assign_count(taut_reader *reader, const taut_row *row, const taut_node *node) {
  char message[TAUT_MESSAGE];
  double word;
  long count;
  if (node->kind == TAUT_NODE_SCALAR && taut__word_find(row->words, node->text, &word) >= 0) {
    *(int *)member(reader, row->at) = (int)word;
    return true;
  }
  if (!whole_number(node, row->low, row->high, &count)) {
    taut__row_misfit(reader, row, node, quoted(node, "is no such number", message));
    return false;
  }
  *(int *)member(reader, row->at) = (int)count;
  return true;
}

static bool assign_pair(taut_reader *reader, const taut_row *row, const taut_node *node) {
  char message[TAUT_MESSAGE];
  long a, b;
  if (node->kind == TAUT_NODE_SCALAR && strcmp(node->text, "none") == 0) return true;
  if (node->kind != TAUT_NODE_LIST || node->count != 2 || !whole_number(node->first, row->low, row->high, &a) ||
      !whole_number(node->last, row->low, row->high, &b)) {
    taut__row_misfit(reader, row, node, quoted(node, "is no pair", message));
    return false;
  }
  int *pair = member(reader, row->at);
  pair[0] = (int)a, pair[1] = (int)b;
  return true;
}

static bool assign_range(taut_reader *reader, const taut_row *row, const taut_node *node) {
  taut_value value;
  if (!taut__row_number(reader, row, row->key, node, &value)) return false;
  if (value.kind != TAUT_VALUE_NUMBER && value.kind != TAUT_VALUE_UNIFORM) {
    taut__row_misfit(reader, row, node, "a distribution is no range");
    return false;
  }
  double *range = member(reader, row->at);
  range[0] = value.low, range[1] = value.high;
  return true;
}

static bool assign_seed(taut_reader *reader, const taut_row *row, const taut_node *node) {
  char message[TAUT_MESSAGE];
  bool digits =
      node->kind == TAUT_NODE_SCALAR && node->text[0] && strspn(node->text, "0123456789") == strlen(node->text);
  errno = 0;
  unsigned long seed = digits ? strtoul(node->text, NULL, 10) : 0;
  if (!digits || errno) {
    taut__row_misfit(reader, row, node, quoted(node, digits ? "is too large" : "is no such number", message));
    return false;
  }
  *(unsigned long *)member(reader, row->at) = seed;
  return true;
}

static bool assign_word(taut_reader *reader, const taut_row *row, const taut_node *node) {
  char message[TAUT_MESSAGE];
  int number = node->kind == TAUT_NODE_SCALAR ? taut__word_find(row->words, node->text, NULL) : -1;
  if (row->type == TAUT_ROW_ONLY) {
    if (number >= 0) return true;
    taut__complain(reader, taut__node_empty(node) ? TAUT_ERR_INPUT : TAUT_ERR_NOT_AVAILABLE, node, false,
                   "%s: %s; expected %s", row->key, quoted(node, "is not available in this version", message),
                   row->words);
    return false;
  }
  if (number < 0) {
    enum { ROOM = 8 };
    char store[ROOM][32], near_text[TAUT_MESSAGE + 64];
    const char *names[ROOM];
    size_t count = 0;
    for (const char *at = row->words; *at && count < ROOM; count++) {
      size_t length = strcspn(at, "|");
      snprintf(store[count], sizeof store[count], "%.*s", (int)length, at);
      names[count] = store[count];
      at += length + (at[length] == '|');
    }
    int near = node->kind == TAUT_NODE_SCALAR ? taut__nearest(node->text, names, count) : -1;
    quoted(node, "is not known here", message);
    snprintf(near_text, sizeof near_text, near >= 0 ? "%s; nearest known word \"%s\"" : "%s", message,
             near >= 0 ? names[near] : "");
    taut__row_misfit(reader, row, node, near_text);
    return false;
  }
  if (row->type == TAUT_ROW_SWITCH) {
    *(bool *)member(reader, row->at) = number == 1;
  } else {
    unsigned choice = (unsigned)number; /* the enumerations of case.h have the size of an int */
    memcpy(member(reader, row->at), &choice, sizeof choice);
  }
  return true;
}

static bool assign_text(taut_reader *reader, const taut_row *row, const taut_node *node) {
  char message[TAUT_MESSAGE];
  if (node->kind != TAUT_NODE_SCALAR || (row->type == TAUT_ROW_NAME && node->text[0] == '\0')) {
    taut__row_misfit(reader, row, node, quoted(node, "is no text", message));
    return false;
  }
  char *text = taut__arena_text(&reader->r->arena, node->text, strlen(node->text));
  if (!text) taut__complain_memory(reader);
  *(char **)member(reader, row->at) = text;
  return text != NULL;
}

static bool assign_file(taut_reader *reader, const taut_row *row, const taut_node *node) {
  if (node->kind == TAUT_NODE_SCALAR && taut__word_find(row->words, node->text, NULL) >= 0) return true;
  return assign_text(reader, row, node);
}

bool taut__row_assign(taut_reader *reader, const taut_row *row, const taut_node *node) {
  switch (row->type) {
  case TAUT_ROW_TEXT:
  case TAUT_ROW_NAME:
    return assign_text(reader, row, node);
  case TAUT_ROW_FILE:
    return assign_file(reader, row, node);
  case TAUT_ROW_NUMBER:
    return assign_number(reader, row, node);
  case TAUT_ROW_RANGE:
    return assign_range(reader, row, node);
  case TAUT_ROW_COUNT:
    return assign_count(reader, row, node);
  case TAUT_ROW_PAIR:
    return assign_pair(reader, row, node);
  case TAUT_ROW_SEED:
    return assign_seed(reader, row, node);
  case TAUT_ROW_CHOICE:
  case TAUT_ROW_SWITCH:
  case TAUT_ROW_ONLY:
    return assign_word(reader, row, node);
  case TAUT_ROW_WORDS:
  case TAUT_ROW_ANGLES:
  case TAUT_ROW_GRID:
    return taut__row_assign_list(reader, row, node);
  case TAUT_ROW_SESSIONS:
  case TAUT_ROW_TIMES:
  case TAUT_ROW_REFUSED:
    return true;
  }
  return true;
}

/* -------------------------------------------------------------------------------------------------- every row ---- */

/* Node of a default: a scalar, or a list written in the row. */
static const taut_node *default_node(taut_reader *reader, const taut_row *row) {
  taut_arena *arena = &reader->r->arena;
  const taut_node place = {.file = reader->r->name, .origin = TAUT_FROM_DEFAULT};
  taut_node *node;
  if (row->preset[0] == '[') {
    char *text = taut__arena_format(arena, "v: %s", row->preset);
    taut_node *root =
        text ? taut__tree_parse(reader->context, arena, row->key, TAUT_FROM_DEFAULT, text, strlen(text)) : NULL;
    node = root ? root->first : NULL;
  } else {
    node = taut__node_new(arena, TAUT_NODE_SCALAR, &place);
    if (node) node->text = row->preset;
  }
  if (!node) taut__complain_memory(reader);
  return node;
}

static const taut_node *preset_node(const taut_resolved *r, const char *key) {
  if (strncmp(key, "site.", 5) == 0) return taut__node_find(r->site, key + 5);
  if (strncmp(key, "device.", 7) == 0) return taut__node_find(r->device, key + 7);
  return NULL;
}

static const taut_node *written_node(const taut_reader *reader, const char *key) {
  const taut_node *node = taut__node_find(reader->r->user, key);
  return node ? node : preset_node(reader->r, key);
}

static bool same_numbers(const double *a, const double *b, int n) {
  bool same = true;
  for (int i = 0; i < n; i++) same = same && (a[i] == b[i] || (isnan(a[i]) && isnan(b[i])));
  return same;
}

/* The members of a row in two cases. */
static bool same_members(const taut_row *row, const taut_case *a, const taut_case *b) {
  const void *x = (const char *)a + row->at, *y = (const char *)b + row->at;
  const bool second = row->at2 != TAUT_NOWHERE;
  const void *x2 = second ? (const char *)a + row->at2 : NULL, *y2 = second ? (const char *)b + row->at2 : NULL;
  switch (row->type) {
  case TAUT_ROW_NUMBER:
    return same_numbers(x, y, 1) && (!second || same_numbers(x2, y2, 1));
  case TAUT_ROW_RANGE:
    return same_numbers(x, y, 2);
  case TAUT_ROW_ANGLES: {
    const int n = *(const int *)x2;
    return n == *(const int *)y2 && same_numbers(x, y, n);
  }
  case TAUT_ROW_COUNT:
  case TAUT_ROW_CHOICE: /* the enumerations of case.h have the size of an int */
    return memcmp(x, y, sizeof(int)) == 0;
  case TAUT_ROW_PAIR:
    return memcmp(x, y, 2 * sizeof(int)) == 0;
  case TAUT_ROW_SWITCH:
    return *(const bool *)x == *(const bool *)y;
  default:
    return false;
  }
}

bool taut__row_changed(taut_reader *reader, const taut_row *row) {
  if (!taut__node_find(reader->r->user, row->key)) return false;
  const taut_node *preset = preset_node(reader->r, row->key);
  if (!preset && row->preset[0] == '\0') return true; /* of the user's own: there is nothing to compare with */
  const taut_node *standard = preset ? preset : default_node(reader, row);
  if (!standard) return false;
  taut_case other = {0};
  taut_reader probe = *reader;
  probe.c = &other;
  bool good = taut__row_assign(&probe, row, standard);
  reader->errors = probe.errors;
  reader->code = probe.code;
  return good && !same_members(row, reader->c, &other);
}

static void set_entry(taut_reader *reader, taut_entry *entry, const taut_node *node) {
  taut_text text = {0};
  taut__node_write(node, &text);
  entry->node = node;
  entry->origin = node->origin;
  entry->text = text.data && !text.failed ? taut__arena_text(&reader->r->arena, text.data, text.length) : NULL;
  if (!entry->text) taut__complain_memory(reader);
  taut__text_free(&text);
}

void taut__rows_assign(taut_reader *reader) {
  for (int i = 0; i < taut__row_count; i++) {
    const taut_row *row = &taut__rows[i];
    if (row->type == TAUT_ROW_REFUSED) continue;
    if (row->type == TAUT_ROW_NUMBER) *(double *)member(reader, row->at) = NAN;
    const taut_node *node = written_node(reader, row->key);
    bool compulsory = row->preset[0] == '!' || (row->preset[0] == '\0' && row->type != TAUT_ROW_TEXT);
    if (!node && compulsory) continue;
    if (!node) node = default_node(reader, row);
    if (!node) return;
    if (taut__node_empty(node) && node->origin != TAUT_FROM_DEFAULT) {
      taut__row_misfit(reader, row, node, "no value given");
      reader->r->entry[i].node = node;
    } else if (taut__row_assign(reader, row, node)) {
      set_entry(reader, &reader->r->entry[i], node);
    } else {
      reader->r->entry[i].node = node;
    }
  }
}
