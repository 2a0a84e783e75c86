/* parameters: values of the modules' tables, by the names of the documents. */
#include "param/reader.h"

#include "param/table.h"

#include <ctype.h>
#include <stdlib.h>
#include <string.h>

/* Names for suggestions: "group.name" of every row. */
static void unknown_parameter(taut_reader *reader, const taut_node *node, const char *group, const char *name) {
  const taut_param_registry *registry = &reader->c->registry;
  size_t total = 0, n = 0;
  for (int t = 0; t < registry->tables; t++) total += (size_t)registry->table[t]->rows;
  const char **names = taut__alloc(total + 1, sizeof *names);
  taut_text word = {0};
  taut_arena arena = {0};
  taut__text_add(&word, "%s.%s", group, name);
  bool good = names && word.data;
  for (int t = 0; good && t < registry->tables; t++)
    for (int i = 0; good && i < registry->table[t]->rows; i++) {
      names[n] = taut__arena_format(&arena, "%s.%s", registry->table[t]->group, registry->table[t]->row[i].name);
      good = names[n++] != NULL;
    }
  char shown[80];
  int near = good ? taut__nearest(word.data, names, n) : -1;
  if (!good)
    taut__complain_memory(reader);
  else if (near >= 0)
    taut__complain(reader, TAUT_ERR_INPUT, node, true, "unknown parameter \"%s\"; nearest known parameter \"%s\"",
                   taut__excerpt(word.data, shown), names[near]);
  else
    taut__complain(reader, TAUT_ERR_INPUT, node, true, "unknown parameter \"%s\"; taut params lists them",
                   taut__excerpt(word.data, shown));
  free(names);
  taut__text_free(&word);
  taut__arena_free(&arena);
}

static void unknown_group(taut_reader *reader, const taut_node *node) {
  const taut_param_registry *registry = &reader->c->registry;
  taut_text list = {0};
  char shown[80];
  for (int t = 0; t < registry->tables; t++) taut__text_add(&list, "%s%s", t ? ", " : "", registry->table[t]->group);
  taut__complain(reader, TAUT_ERR_INPUT, node, true,
                 "unknown parameter group \"%s\"; expected group.name with a group of %s",
                 taut__excerpt(node->key, shown), list.data ? list.data : "(none)");
  taut__text_free(&list);
}

static const taut_param_table *find_group(const taut_reader *reader, const char *group) {
  for (int t = 0; t < reader->c->registry.tables; t++)
    if (strcmp(reader->c->registry.table[t]->group, group) == 0) return reader->c->registry.table[t];
  return NULL;
}

static void check_group(taut_reader *reader, const taut_node *group, const taut_param_table *table) {
  for (const taut_node *n = group->first; n; n = n->next) {
    int i = 0;
    while (i < table->rows && strcmp(table->row[i].name, n->key) != 0) i++;
    if (i == table->rows) unknown_parameter(reader, n, group->key, n->key);
  }
}

/* Every name must be known.  The coupled defaults may speak of groups that this registry does not hold. */
static void check_names(taut_reader *reader, const taut_node *parameters, bool strict) {
  if (!parameters || taut__node_empty(parameters)) return;
  if (parameters->kind != TAUT_NODE_MAP) {
    taut__complain(reader, TAUT_ERR_INPUT, parameters, false,
                   "parameters holds several keys; expected a mapping such as {healing.b_F: 5}");
    return;
  }
  for (const taut_node *n = parameters->first; n; n = n->next) {
    const taut_param_table *table = find_group(reader, n->key);
    if (!table && strict)
      unknown_group(reader, n);
    else if (table && n->kind == TAUT_NODE_MAP)
      check_group(reader, n, table);
    else if (table && !taut__node_empty(n))
      taut__complain(reader, TAUT_ERR_INPUT, n, false, "%s holds several parameters; expected a mapping", n->key);
  }
}

static bool plain_unit(const char *unit) {
  return unit[0] == '\0' || strcmp(unit, "1") == 0 || strcmp(unit, "-") == 0;
}

/* Reads one parameter; `value` is in the unit of its row. */
static bool read_one(taut_reader *reader, const taut_param *p, const taut_node *node, double *value) {
  char key[128], number[32];
  taut_value read;
  snprintf(key, sizeof key, "%.60s.%.60s", p->group, p->name);
  const taut_row row = {
      .key = key, .type = TAUT_ROW_NUMBER, .unit = p->unit, .words = "", .low = p->low, .high = p->high};
  if (!taut__row_number(reader, &row, key, node, &read)) return false;
  *value = read.mean;
  double low, high;
  if (taut__prior_range(&p->prior, &low, &high) && (read.mean < low || read.mean > high)) {
    char a[32], b[32];
    taut__remark(reader, node, "%s: %s%s%s lies outside the range that holds 99.9 %% of its prior, %s to %s", key,
                 taut__number(read.mean, number), plain_unit(p->unit) ? "" : " ", plain_unit(p->unit) ? "" : p->unit,
                 taut__number(low, a), taut__number(high, b));
  }
  return true;
}

static void write_entry(taut_reader *reader, taut_entry *entry, const taut_param *p, const taut_node *node) {
  taut_text text = {0};
  char number[32];
  if (node)
    taut__node_write(node, &text);
  else
    taut__text_add(&text, "%s%s%s", taut__number(p->value, number), plain_unit(p->unit) ? "" : " ",
                   plain_unit(p->unit) ? "" : p->unit);
  entry->node = node;
  entry->origin = node ? node->origin : TAUT_FROM_DEFAULT;
  entry->text = text.data && !text.failed ? taut__arena_text(&reader->r->arena, text.data, text.length) : NULL;
  if (!entry->text) taut__complain_memory(reader);
  taut__text_free(&text);
}

static void read_table(taut_reader *reader, const taut_param_table *table, void *values, taut_entry *entries) {
  const taut_resolved *r = reader->r;
  const taut_node *users = taut__node_child(taut__node_find(r->user, "parameters"), table->group, strlen(table->group));
  const taut_node *coupled = taut__node_child(r->coupled, table->group, strlen(table->group));
  for (int i = 0; i < table->rows; i++) {
    const taut_param *p = &table->row[i];
    const taut_node *node = taut__node_child(users, p->name, strlen(p->name));
    if (!node) node = taut__node_child(coupled, p->name, strlen(p->name));
    double value = p->value;
    char message[TAUT_MESSAGE];
    taut_unit unit;
    entries[i].node = node;
    if (node && !read_one(reader, p, node, &value)) continue;
    if (!taut__unit_parse(p->unit, &unit, message)) {
      taut__complain(reader, TAUT_ERR_INTERNAL, NULL, false, "%s.%s: %s", p->group, p->name, message);
      continue;
    }
    *(double *)(void *)((char *)values + p->offset) = value * unit.factor + unit.offset;
    write_entry(reader, &entries[i], p, node);
  }
}

void taut__parameters_read(taut_reader *reader) {
  taut_case *c = reader->c;
  taut_resolved *r = reader->r;
  check_names(reader, taut__node_find(r->user, "parameters"), true);
  check_names(reader, r->coupled, false);
  c->values = taut__alloc((size_t)c->registry.tables + 1, sizeof *c->values);
  r->parameter = taut__arena_get(&r->arena, ((size_t)c->registry.tables + 1) * sizeof *r->parameter);
  if (!c->values || !r->parameter) {
    taut__complain_memory(reader);
    return;
  }
  for (int t = 0; t < c->registry.tables; t++) {
    const taut_param_table *table = c->registry.table[t];
    c->values[t] = taut__alloc(1, table->size + sizeof(double));
    r->parameter[t] = taut__arena_get(&r->arena, ((size_t)table->rows + 1) * sizeof **r->parameter);
    if (!c->values[t] || !r->parameter[t]) {
      taut__complain_memory(reader);
      return;
    }
    read_table(reader, table, c->values[t], r->parameter[t]);
  }
}

/* -------------------------------------------------------------------------------------------- whose fault it is ---- */

/* Where `message` names the parameter, as a whole word; NULL when it does not. */
static const char *named_in(const char *message, const char *key) {
  const size_t n = strlen(key);
  for (const char *at = message; (at = strstr(at, key)) != NULL; at += n)
    if (!isalnum((unsigned char)at[n]) && at[n] != '_') return at;
  return NULL;
}

taut_err taut__case_blame(taut_context *context, const taut_case *c, const char *group, taut_err err) {
  char *message = taut__strdup(taut_context_message(context));
  if (!message) return taut__fail(context, TAUT_ERR_MEMORY, NULL, "out of memory");
  char place[512], first[512];
  snprintf(first, sizeof first, "%.500s", c->resolved->name);
  taut_text rest = {0};
  const char *earliest = NULL;
  int several = 0;
  for (int t = 0; t < c->registry.tables; t++) {
    const taut_param_table *table = c->registry.table[t];
    for (int i = 0; strcmp(table->group, group) == 0 && i < table->rows; i++) {
      char key[128];
      snprintf(key, sizeof key, "%.60s.%.60s", group, table->row[i].name);
      const char *at = named_in(message, key);
      if (!at || !taut__case_given(c, key)) continue;
      taut__text_add(&rest, "%s%s at %s", several++ ? ", " : "; set here: ", key, taut__case_where(c, key, place));
      if (earliest && earliest < at) continue;
      earliest = at;
      memcpy(first, place, sizeof first);
    }
  }
  taut__fail_clear(context);
  taut__fail(context, err, first, "%s%s", message, several > 1 && rest.data && !rest.failed ? rest.data : "");
  taut__text_free(&rest);
  free(message);
  return err;
}
