/* The order of reading a case: tree, --set, presets, rows, parameters, derived values, schedule, notes. */
#include "param/reader.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

taut_entry *taut__reader_entry(const taut_reader *reader, const char *key) {
  return &reader->r->entry[taut__row_find(key)];
}

bool taut__reader_given(const taut_reader *reader, const char *key) {
  return taut__node_find(reader->r->user, key) != NULL;
}

void taut__reader_settle(taut_reader *reader, const char *key, taut_origin origin, const char *note, const char *format,
                         ...) {
  taut_entry *entry = taut__reader_entry(reader, key);
  taut_text text = {0};
  va_list args;
  va_start(args, format);
  taut__text_vadd(&text, format, args);
  va_end(args);
  entry->text = text.data && !text.failed ? taut__arena_text(&reader->r->arena, text.data, text.length) : NULL;
  entry->origin = origin;
  entry->note = note;
  if (!entry->text) taut__complain_memory(reader);
  taut__text_free(&text);
}

const taut_node *taut__reader_place(const taut_reader *reader, const char *key) {
  const taut_node *node = taut__node_find(reader->r->user, key);
  if (node) return node;
  char section[40];
  snprintf(section, sizeof section, "%.*s", (int)strcspn(key, "."), key);
  return taut__node_find(reader->r->user, section);
}

bool taut__reader_broken(const taut_reader *reader, const char *key) {
  const taut_node *section = taut__node_child(reader->r->user, key, strcspn(key, "."));
  return section && section->kind != TAUT_NODE_MAP && !taut__node_empty(section);
}

static void read_steps(taut_reader *reader, const char *const *sets, size_t n) {
  if (!taut__sets_apply(reader, sets, n)) return;
  taut__sections_spell_out(reader);
  taut__fallbacks_apply(reader);
  taut__keys_check(reader);
  taut__presets_load(reader);
  taut__rows_assign(reader);
  taut__parameters_read(reader);
  /* later steps read what earlier ones have put in place */
  if (reader->code == TAUT_ERR_MEMORY) return;
  taut__derive(reader);
  taut__schedule_read(reader);
  taut__points_read(reader);
  if (!reader->errors) taut__notes_add(reader);
}

static bool prepare(taut_reader *reader, const taut_param_registry *registry, const char *name) {
  taut_case *c = reader->c = taut__alloc(1, sizeof *reader->c);
  taut_resolved *r = c ? (c->resolved = taut__alloc(1, sizeof *c->resolved)) : NULL;
  if (!r) return false;
  reader->r = r;
  c->registry = *registry;
  r->name = taut__arena_text(&r->arena, name, strlen(name));
  r->entry = taut__arena_get(&r->arena, (size_t)taut__row_count * sizeof *r->entry);
  return r->name && r->entry;
}

static taut_err parse(taut_reader *reader, const taut_param_registry *registry, const char *name, const char *text,
                      size_t length, const char *const *sets, size_t n, taut_case **out) {
  taut_context *context = reader->context;
  *out = NULL;
  taut__fail_clear(context);
  if (!prepare(reader, registry, name)) {
    taut_case_destroy(&reader->c);
    return taut__fail(context, TAUT_ERR_MEMORY, NULL, "out of memory");
  }
  reader->r->user = taut__tree_parse(context, &reader->r->arena, reader->r->name, TAUT_FROM_FILE, text, length);
  if (reader->r->user) read_steps(reader, sets, n);
  taut_err err = taut__error_code(context);
  if (!err && reader->errors) err = reader->code;
  if (err)
    taut_case_destroy(&reader->c);
  else
    *out = reader->c;
  return err;
}

taut_err taut__case_parse(taut_context *context, const taut_param_registry *registry, const char *name,
                          const char *text, size_t length, const char *const *sets, size_t n, taut_case **out) {
  taut_reader reader = {.context = context};
  return parse(&reader, registry, name, text, length, sets, n, out);
}

taut_err taut__case_read(taut_context *context, const taut_param_registry *registry, const char *path,
                         const char *const *sets, size_t n, taut_case **out) {
  char *text = NULL;
  size_t length = 0;
  *out = NULL;
  taut__fail_clear(context);
  taut_err err = taut__tree_load(context, path, &text, &length);
  if (!err) err = taut__case_parse(context, registry, path, text, length, sets, n, out);
  free(text);
  return err;
}

taut_err taut__case_complete(taut_context *context, const taut_param_registry *registry, const char *path,
                             const char *name, const char *const *fallback, size_t m, const char *const *sets, size_t n,
                             taut_case **out) {
  static const char nothing[] = "{}";
  taut_reader reader = {.context = context, .fallback = fallback, .fallbacks = m};
  char *text = NULL;
  size_t length = sizeof nothing - 1;
  *out = NULL;
  taut__fail_clear(context);
  taut_err err = path ? taut__tree_load(context, path, &text, &length) : TAUT_OK;
  if (!err) err = parse(&reader, registry, path ? path : name, path ? text : nothing, length, sets, n, out);
  free(text);
  return err;
}

void taut_case_destroy(taut_case **pointer) {
  taut_case *c = *pointer;
  if (!c) return;
  for (int t = 0; c->values && t < c->registry.tables; t++) free(c->values[t]);
  free(c->values);
  free(c->points.point);
  free(c->session);
  free(c->follow_up);
  taut__texts_free(&c->conditions);
  taut__texts_free(&c->medicines);
  taut__texts_free(&c->acknowledged);
  taut__texts_free(&c->warnings);
  if (c->resolved) taut__arena_free(&c->resolved->arena);
  free(c->resolved);
  free(c);
  *pointer = NULL;
}

const void *taut__case_params(const taut_case *c, const char *group) {
  for (int t = 0; t < c->registry.tables; t++)
    if (strcmp(c->registry.table[t]->group, group) == 0) return c->values[t];
  return NULL;
}

static const taut_node *user_node(const taut_case *c, const char *key) {
  const taut_node *node = taut__node_find(c->resolved->user, key);
  if (!node) node = taut__node_find(taut__node_find(c->resolved->user, "parameters"), key);
  return node && node->origin != TAUT_FROM_DEFAULT ? node : NULL;
}

bool taut__case_given(const taut_case *c, const char *key) {
  return user_node(c, key) != NULL;
}

const char *taut__case_where(const taut_case *c, const char *key, char buffer[512]) {
  const taut_node *node = user_node(c, key);
  if (node) return taut__node_where(node, false, buffer);
  snprintf(buffer, 512, "%.500s", c->resolved->name);
  return buffer;
}
