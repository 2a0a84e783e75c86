/* Rows that hold several values: conditions, directions, grids. */
#include "param/reader.h"

#include "param/presets.h"

#include <ctype.h>
#include <stdlib.h>
#include <string.h>

static const taut_condition conditions[] = {
#define CONDITION(id, what, names, modalities, level, advice, source)                                                  \
  {#id, what, names, modalities, level, advice, source},
#include "param/conditions.def"
#undef CONDITION
};
enum { CONDITIONS = sizeof conditions / sizeof *conditions };

const taut_condition *taut__condition(int i) {
  return i >= 0 && i < CONDITIONS ? &conditions[i] : NULL;
}

/* Letters without case; blanks, hyphens and underscores alike. */
static bool same_name(const char *a, size_t n, const char *b) {
  if (strlen(b) != n) return false;
  for (size_t i = 0; i < n; i++) {
    char x = a[i] == '_' || a[i] == '-' ? ' ' : (char)tolower((unsigned char)a[i]);
    char y = b[i] == '_' || b[i] == '-' ? ' ' : (char)tolower((unsigned char)b[i]);
    if (x != y) return false;
  }
  return true;
}

const char *taut__condition_level(const taut_condition *condition) {
  switch (condition->level[0]) {
  case 'A':
    return "absolute";
  case 'R':
    return "relative";
  default:
    return "not evaluated";
  }
}

/* What the condition speaks of. */
static const char *concerned(const taut_condition *condition) {
  if (condition->modalities[0] == 'N') return "needling";
  return condition->modalities[0] == 'R' ? "radiofrequency needles" : "serums";
}

static bool listed(const taut_texts *texts, const char *id) {
  for (size_t i = 0; i < texts->count; i++)
    if (strcmp(texts->item[i], id) == 0) return true;
  return false;
}

/* Nothing is screened in this version, and a reader must not take silence for a verdict. */
static void warn_of_condition(taut_reader *reader, const taut_node *node, const char *id) {
  int i = 0;
  while (strcmp(conditions[i].id, id) != 0) i++;
  const taut_condition *condition = &conditions[i];
  taut__remark(reader, node, "%s (%s): %s%s for %s; advice: %s; screening is not part of this version", condition->id,
               condition->what, taut__condition_level(condition), condition->level[0] == 'U' ? "" : " contraindication",
               concerned(condition), condition->advice);
}

const char *taut__condition_id(const char *word, const char **near) {
  const char *ids[CONDITIONS];
  for (int i = 0; i < CONDITIONS; i++) {
    ids[i] = conditions[i].id;
    if (same_name(ids[i], strlen(ids[i]), word)) return ids[i];
    for (const char *at = conditions[i].names; *at;) {
      size_t length = strcspn(at, ",");
      if (same_name(at, length, word)) return ids[i];
      at += length + (at[length] == ',');
    }
  }
  int found = taut__nearest(word, ids, CONDITIONS);
  *near = found >= 0 ? ids[found] : NULL;
  return NULL;
}

static bool add_word(taut_reader *reader, const taut_row *row, const taut_node *node) {
  const char *near = NULL;
  const char *id = node->kind == TAUT_NODE_SCALAR ? taut__condition_id(node->text, &near) : NULL;
  if (!id) {
    char shown[80], message[TAUT_MESSAGE];
    taut__excerpt(node->kind == TAUT_NODE_SCALAR ? node->text : "[...]", shown);
    if (near)
      snprintf(message, sizeof message, "\"%s\" is not known; nearest known id \"%s\"", shown, near);
    else
      snprintf(message, sizeof message, "\"%s\" is not known (see taut list conditions)", shown);
    taut__row_misfit(reader, row, node, message);
    return false;
  }
  taut_texts *texts = (taut_texts *)(void *)((char *)reader->c + row->at);
  /* a refusal is acknowledged under the name of its rule (needling.md 4.4) */
  if (strcmp(row->key, "acknowledge") == 0 && strcmp(id, "orbital") == 0) id = "orbital_rim";
  if (listed(texts, id)) return true;
  const taut_case *c = reader->c;
  if (texts != &c->acknowledged && !listed(&c->conditions, id) && !listed(&c->medicines, id))
    warn_of_condition(reader, node, id);
  if (taut__texts_add(texts, "%s", id) == TAUT_OK) return true;
  taut__complain_memory(reader);
  return false;
}

static bool assign_words(taut_reader *reader, const taut_row *row, const taut_node *node) {
  if (node->kind == TAUT_NODE_MAP) {
    taut__row_misfit(reader, row, node, "a mapping is no list");
    return false;
  }
  if (node->kind == TAUT_NODE_SCALAR) return strcmp(node->text, "none") == 0 || add_word(reader, row, node);
  bool good = true;
  for (const taut_node *n = node->first; n; n = n->next) good = add_word(reader, row, n) && good;
  return good;
}

static bool assign_angles(taut_reader *reader, const taut_row *row, const taut_node *node) {
  enum { ROOM = sizeof((taut_treatment *)0)->directions / sizeof(double) };
  double *angles = (double *)(void *)((char *)reader->c + row->at);
  int *count = (int *)(void *)((char *)reader->c + row->at2);
  if (node->kind == TAUT_NODE_MAP || (node->kind == TAUT_NODE_LIST && (node->count < 1 || node->count > ROOM))) {
    taut__row_misfit(reader, row, node, "a list of 1 to 16 angles, each with its unit, belongs here");
    return false;
  }
  *count = 0;
  for (const taut_node *n = node->kind == TAUT_NODE_LIST ? node->first : node; n;
       n = node->kind == TAUT_NODE_LIST ? n->next : NULL) {
    taut_value value;
    if (!taut__row_number(reader, row, row->key, n, &value)) return false;
    angles[(*count)++] = value.mean;
  }
  return true;
}

/* ------------------------------------------------------------------------------------------------------- grids ---- */

static const struct {
  const char *name;
  taut_grid_spec grid;
} grids[] = {{"G1", {2, 3, 4, 2, 4, 12, 3}},
             {"G2", {4, 6, 8, 4, 8, 24, 6}},
             {"G3", {8, 12, 16, 8, 16, 48, 12}},
             {"G4", {12, 18, 24, 12, 24, 72, 18}}};

bool taut__grid_named(const char *name, taut_grid_spec *grid) {
  for (size_t i = 0; i < sizeof grids / sizeof *grids; i++)
    if (strcmp(grids[i].name, name) == 0) {
      *grid = grids[i].grid;
      return true;
    }
  return false;
}

static bool assign_grid(taut_reader *reader, const taut_row *row, const taut_node *node) {
  static const char *const names[] = {"n1", "n2", "n3", "ne", "np", "nret", "ns"};
  enum { NAMES = sizeof names / sizeof *names };
  taut_grid_spec *grid = (taut_grid_spec *)(void *)((char *)reader->c + row->at);
  if (node->kind == TAUT_NODE_SCALAR) {
    if (strcmp(node->text, "auto") == 0 || taut__grid_named(node->text, grid)) return true;
    char shown[80], message[TAUT_MESSAGE];
    snprintf(message, sizeof message, "\"%s\" is no known grid", taut__excerpt(node->text, shown));
    taut__row_misfit(reader, row, node, message);
    return false;
  }
  int *const cells[NAMES] = {&grid->n1, &grid->n2, &grid->n3, &grid->ne, &grid->np, &grid->nret, &grid->ns};
  int found = 0;
  for (const taut_node *n = node->kind == TAUT_NODE_MAP ? node->first : NULL; n; n = n->next) {
    int i = 0;
    while (i < NAMES && strcmp(names[i], n->key) != 0) i++;
    char *end = NULL;
    long value =
        n->kind == TAUT_NODE_SCALAR && strspn(n->text, "0123456789") == strlen(n->text) ? strtol(n->text, &end, 10) : 0;
    if (i == NAMES || (double)value < row->low || (double)value > row->high) {
      char message[TAUT_MESSAGE], shown[80];
      snprintf(message, sizeof message, i == NAMES ? "unknown key \"%s\"" : "%s is no number of cells from 1 to 400",
               taut__excerpt(n->key, shown));
      taut__row_misfit(reader, row, n, message);
      return false;
    }
    *cells[i] = (int)value;
    found++;
  }
  if (found == NAMES) return true;
  taut__row_misfit(reader, row, node, "a grid needs all seven numbers of cells");
  return false;
}

bool taut__row_assign_list(taut_reader *reader, const taut_row *row, const taut_node *node) {
  switch (row->type) {
  case TAUT_ROW_WORDS:
    return assign_words(reader, row, node);
  case TAUT_ROW_ANGLES:
    return assign_angles(reader, row, node);
  default:
    return assign_grid(reader, row, node);
  }
}
