/* --set key=value: nodes put into the user's tree before anything is resolved; later ones win.  And what a command falls back
 * to where the user says nothing. */
#include "param/reader.h"

#include <string.h>

/* Nodes of a --set have no line; their place is the option. */
static void forget_lines(taut_node *node) {
  node->line = node->column = node->key_line = node->key_column = 0;
  for (taut_node *n = node->first; n; n = n->next) forget_lines(n);
}

static taut_node *scalar_like(taut_reader *reader, const taut_node *place, const char *text, size_t length) {
  taut_node *node = taut__node_new(&reader->r->arena, TAUT_NODE_SCALAR, place);
  if (node) node->text = taut__arena_text(&reader->r->arena, text, length);
  if (node && node->text) return node;
  taut__complain_memory(reader);
  return NULL;
}

/* Value of a --set: a list, mapping or quoted text is YAML, all else is the text as it stands. */
static taut_node *read_value(taut_reader *reader, const char *name, const char *value) {
  const taut_node place = {.file = name, .origin = TAUT_FROM_SET};
  while (*value == ' ' || *value == '\t') value++;
  size_t length = strlen(value);
  while (length > 0 && (value[length - 1] == ' ' || value[length - 1] == '\t' || value[length - 1] == '\n')) length--;
  if (length == 0 || !strchr("[{\"'", value[0])) {
    if (taut__tree_check(reader->context, name, value, length)) return scalar_like(reader, &place, value, length);
    reader->errors++;
    return NULL;
  }
  char *text = taut__arena_format(&reader->r->arena, "v: %.*s", (int)length, value);
  taut_node *root =
      text ? taut__tree_parse(reader->context, &reader->r->arena, name, TAUT_FROM_SET, text, strlen(text)) : NULL;
  if (!root || root->count != 1) {
    if (root) taut__complain(reader, TAUT_ERR_INPUT, &place, false, "no valid YAML value");
    if (!text) taut__complain_memory(reader);
    reader->errors += !root && text;
    return NULL;
  }
  forget_lines(root->first);
  return root->first;
}

/* `site: neck` becomes `site: {name: neck}`. */
static bool spell_out(taut_reader *reader, taut_node *node) {
  taut_node *name = scalar_like(reader, node, node->text, strlen(node->text));
  if (!name) return false;
  name->key = "name";
  name->quoted = node->quoted;
  node->kind = TAUT_NODE_MAP;
  node->text = NULL;
  taut__node_append(node, name);
  return true;
}

static bool has_name(const char *section, size_t length) {
  static const char *const sections[] = {"site", "device", "aftercare"};
  for (size_t i = 0; i < sizeof sections / sizeof *sections; i++)
    if (strlen(sections[i]) == length && memcmp(sections[i], section, length) == 0) return true;
  return false;
}

static bool put(taut_reader *reader, const char *path, taut_node *value) {
  taut_arena *arena = &reader->r->arena;
  taut_node *map = reader->r->user;
  for (const char *part = path;;) {
    size_t length = strcspn(part, ".");
    bool last = part[length] == '\0';
    taut_node *there = taut__node_child(map, part, length);
    if (there && !last && there->kind == TAUT_NODE_SCALAR && !taut__node_empty(there) && part == path &&
        has_name(part, length) && !spell_out(reader, there))
      return false;
    if (there && (last || there->kind != TAUT_NODE_MAP)) {
      taut__node_remove(map, there);
      there = NULL;
    }
    if (!there) {
      there = last ? value : taut__node_new(arena, TAUT_NODE_MAP, value);
      char *key = taut__arena_text(arena, part, length);
      if (!there || !key) {
        taut__complain_memory(reader);
        return false;
      }
      there->key = key;
      taut__node_append(map, there);
    }
    if (last) return true;
    map = there;
    part += length + 1;
  }
}

static bool good_key(const char *key) {
  int parts = 1;
  size_t n = strlen(key);
  if (n == 0 || n > 200 || key[0] == '.' || key[n - 1] == '.') return false;
  for (const char *c = key; *c; c++) {
    if ((unsigned char)*c <= ' ' || (unsigned char)*c >= 0x7f || (*c == '.' && c[1] == '.')) return false;
    parts += *c == '.';
  }
  return parts <= TAUT_KEY_PARTS;
}

static void apply(taut_reader *reader, const char *set) {
  taut_arena *arena = &reader->r->arena;
  const char *equals = strchr(set, '=');
  size_t length = equals ? (size_t)(equals - set) : strlen(set);
  while (length > 0 && set[length - 1] == ' ') length--;
  char *key = taut__arena_text(arena, set, length);
  char shown[80];
  bool formed = equals && key && good_key(key);
  char *name = taut__arena_format(arena, "--set %s", taut__excerpt(formed ? key : set[0] ? set : "''", shown));
  if (!key || !name) {
    taut__complain_memory(reader);
    return;
  }
  const taut_node place = {.file = name, .origin = TAUT_FROM_SET};
  if (!formed) {
    taut__complain(reader, TAUT_ERR_USAGE, &place, false,
                   "malformed; expected --set key=value, such as --set patient.age=\"50 years\"");
    return;
  }
  const taut_param_registry *registry = &reader->c->registry;
  for (int t = 0; t < registry->tables; t++) {
    const char *group = registry->table[t]->group;
    size_t n = strlen(group);
    if (strncmp(key, group, n) == 0 && key[n] == '.') {
      key = taut__arena_format(arena, "parameters.%s", key);
      break;
    }
  }
  taut_node *value = read_value(reader, name, equals + 1);
  if (value && key) put(reader, key, value);
}

bool taut__sets_apply(taut_reader *reader, const char *const *sets, size_t n) {
  for (size_t i = 0; i < n; i++) apply(reader, sets[i]);
  return reader->errors == 0;
}

void taut__sections_spell_out(taut_reader *reader) {
  for (taut_node *n = reader->r->user->first; n; n = n->next)
    if (n->kind == TAUT_NODE_SCALAR && !taut__node_empty(n) && has_name(n->key, strlen(n->key)) &&
        !spell_out(reader, n))
      return;
}

/* A key of a section that the user wrote as something else stays his error. */
void taut__fallbacks_apply(taut_reader *reader) {
  for (size_t i = 0; i < reader->fallbacks; i++) {
    const char *text = reader->fallback[i], *equals = strchr(text, '=');
    const taut_node place = {.file = reader->r->name, .origin = TAUT_FROM_DEFAULT};
    char *key = equals ? taut__arena_text(&reader->r->arena, text, (size_t)(equals - text)) : NULL;
    if (!key) {
      taut__complain(reader, equals ? TAUT_ERR_MEMORY : TAUT_ERR_INTERNAL, NULL, false, "no fallback: %s", text);
      return;
    }
    if (taut__node_find(reader->r->user, key) || taut__reader_broken(reader, key)) continue;
    taut_node *value = scalar_like(reader, &place, equals + 1, strlen(equals + 1));
    if (!value || !put(reader, key, value)) return;
  }
}
