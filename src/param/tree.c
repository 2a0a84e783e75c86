/* Nodes of a document and the arena that holds them. */
#include "param/tree.h"

#include <stdlib.h>
#include <string.h>

/* ----------------------------------------------------------------------------------------------------- arena ---- */

struct taut_arena_block {
  struct taut_arena_block *next;
  size_t used, size;
  max_align_t data[];
};

void *taut__arena_get(taut_arena *arena, size_t size) {
  enum { BLOCK = 16384 };
  size = (size + sizeof(max_align_t) - 1) / sizeof(max_align_t) * sizeof(max_align_t);
  struct taut_arena_block *block = arena->block;
  if (!block || block->size - block->used < size) {
    size_t room = size > BLOCK ? size : BLOCK;
    block = taut__alloc(1, sizeof *block + room);
    if (!block) return NULL;
    block->size = room;
    block->next = arena->block;
    arena->block = block;
  }
  void *p = (char *)block->data + block->used;
  block->used += size;
  return p;
}

char *taut__arena_text(taut_arena *arena, const char *text, size_t length) {
  char *copy = taut__arena_get(arena, length + 1);
  if (copy) memcpy(copy, text, length);
  return copy;
}

char *taut__arena_format(taut_arena *arena, const char *format, ...) {
  va_list args, again;
  va_start(args, format);
  va_copy(again, args);
  int n = vsnprintf(NULL, 0, format, args);
  char *text = n < 0 ? NULL : taut__arena_get(arena, (size_t)n + 1);
  if (text) vsnprintf(text, (size_t)n + 1, format, again);
  va_end(again);
  va_end(args);
  return text;
}

void taut__arena_free(taut_arena *arena) {
  while (arena->block) {
    struct taut_arena_block *next = arena->block->next;
    free(arena->block);
    arena->block = next;
  }
}

/* ----------------------------------------------------------------------------------------------------- nodes ---- */

taut_node *taut__node_new(taut_arena *arena, taut_node_kind kind, const taut_node *place) {
  taut_node *node = taut__arena_get(arena, sizeof *node);
  if (!node) return NULL;
  node->kind = kind;
  if (place) {
    node->file = place->file;
    node->line = place->line, node->column = place->column;
    node->key_line = place->key_line, node->key_column = place->key_column;
    node->origin = place->origin;
  }
  return node;
}

void taut__node_append(taut_node *parent, taut_node *child) {
  child->next = NULL;
  if (parent->last)
    parent->last->next = child;
  else
    parent->first = child;
  parent->last = child;
  parent->count++;
}

void taut__node_remove(taut_node *parent, taut_node *child) {
  taut_node *before = NULL;
  for (taut_node *n = parent->first; n; before = n, n = n->next) {
    if (n != child) continue;
    if (before)
      before->next = n->next;
    else
      parent->first = n->next;
    if (parent->last == n) parent->last = before;
    parent->count--;
    return;
  }
}

taut_node *taut__node_child(const taut_node *map, const char *key, size_t length) {
  if (!map || map->kind != TAUT_NODE_MAP) return NULL;
  for (taut_node *n = map->first; n; n = n->next)
    if (strlen(n->key) == length && memcmp(n->key, key, length) == 0) return n;
  return NULL;
}

/* Item of a list by its number, counted from 0. */
static taut_node *item(const taut_node *list, const char *number, size_t length) {
  if (length == 0 || strspn(number, "0123456789") < length) return NULL;
  taut_node *n = list->first;
  for (long i = strtol(number, NULL, 10); n && i > 0; i--) n = n->next;
  return n;
}

taut_node *taut__node_find(const taut_node *map, const char *path) {
  for (;;) {
    size_t length = strcspn(path, ".");
    taut_node *child =
        map && map->kind == TAUT_NODE_LIST ? item(map, path, length) : taut__node_child(map, path, length);
    if (!child || path[length] == '\0') return child;
    map = child;
    path += length + 1;
  }
}

bool taut__node_empty(const taut_node *node) {
  return node->kind == TAUT_NODE_SCALAR && !node->quoted && node->text[0] == '\0';
}

/* --------------------------------------------------------------------------------------------------- writing ---- */

/* True when the text can stand without quotes, also inside [ ] and { } when asked. */
static bool plain(const char *text, bool in_flow) {
  static const char letters[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";
  static const char safe[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789 ./^%+-_()*'";
  size_t n = strlen(text);
  if (n == 0 || strspn(text, safe) != n || text[0] == ' ' || text[n - 1] == ' ') return false;
  if (!strchr(letters, text[0]) && !strchr("0123456789./+-", text[0])) return false;
  if (strncmp(text, "---", 3) == 0 || strncmp(text, "...", 3) == 0) return false;
  if (text[0] == '-' && (text[1] == ' ' || text[1] == '\0')) return false;
  return !in_flow || strcspn(text, "()") == n;
}

void taut__scalar_write(const char *text, bool in_flow, taut_text *out) {
  if (plain(text, in_flow)) {
    taut__text_add(out, "%s", text);
    return;
  }
  taut__text_addn(out, "\"", 1);
  for (const char *c = text; *c; c++) {
    unsigned char byte = (unsigned char)*c;
    if (byte == '"' || byte == '\\')
      taut__text_add(out, "\\%c", *c);
    else if (byte == '\n')
      taut__text_add(out, "\\n");
    else if (byte == '\t')
      taut__text_add(out, "\\t");
    else if (byte < 0x20 || byte == 0x7f)
      taut__text_add(out, "\\x%02X", byte);
    else
      taut__text_addn(out, c, 1);
  }
  taut__text_addn(out, "\"", 1);
}

static void write_node(const taut_node *node, bool in_flow, taut_text *out) {
  if (node->kind == TAUT_NODE_SCALAR) {
    taut__scalar_write(node->text, in_flow, out);
    return;
  }
  bool map = node->kind == TAUT_NODE_MAP;
  taut__text_add(out, map ? "{" : "[");
  for (const taut_node *n = node->first; n; n = n->next) {
    if (map) {
      taut__scalar_write(n->key, true, out);
      taut__text_add(out, ": ");
    }
    write_node(n, true, out);
    if (n->next) taut__text_add(out, ", ");
  }
  taut__text_add(out, map ? "}" : "]");
}

void taut__node_write(const taut_node *node, taut_text *out) {
  write_node(node, false, out);
}

const char *taut__node_where(const taut_node *node, bool of_key, char buffer[512]) {
  int line = of_key && node->key_line ? node->key_line : node->line;
  int column = of_key && node->key_line ? node->key_column : node->column;
  if (line)
    snprintf(buffer, 512, "%.480s:%d:%d", node->file, line, column);
  else
    snprintf(buffer, 512, "%.500s", node->file);
  return buffer;
}

const char *taut__excerpt(const char *text, char buffer[80]) {
  enum { SHOWN = 60 };
  size_t n = 0;
  for (; n < SHOWN && text[n]; n++) buffer[n] = (unsigned char)text[n] < 0x20 || text[n] == 0x7f ? ' ' : text[n];
  if (text[n]) {
    while (n > 0 && ((unsigned char)text[n] & 0xC0) == 0x80) n--; /* not inside a UTF-8 sequence */
    memcpy(buffer + n, "...", 3);
    n += 3;
  }
  buffer[n] = '\0';
  return buffer;
}
