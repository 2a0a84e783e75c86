/* YAML to tree: libyaml's events, restricted to what a case needs.  Anchors, aliases, tags, merge keys, second
 * documents, complex keys and duplicates are errors; nesting and size are limited; a dotted key and nested mappings
 * spell the same name. */
#include "param/tree.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>
#include <yaml.h>

typedef struct builder {
  taut_context *context;
  taut_arena *arena;
  const char *name;
  taut_origin origin;
  yaml_parser_t parser;
} builder;

static void fail_at(builder *b, int line, int column, const char *format, const char *word) {
  char where[512];
  if (line > 0 && b->origin != TAUT_FROM_SET)
    snprintf(where, sizeof where, "%.480s:%d:%d", b->name, line, column);
  else
    snprintf(where, sizeof where, "%.500s", b->name);
  char shown[80];
  /* the format is one of this file's own */
#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wformat-nonliteral"
  taut__fail(b->context, TAUT_ERR_INPUT, where, format, taut__excerpt(word, shown));
#pragma GCC diagnostic pop
}

static void fail_memory(builder *b) {
  taut__fail(b->context, TAUT_ERR_MEMORY, b->name, "out of memory");
}

/* -------------------------------------------------------------------------------------------------- raw text ---- */

/* Length of the UTF-8 character at `s` with at least one and at most n bytes left; 0 when it is not valid. */
static size_t utf8(const unsigned char *s, size_t n) {
  if (s[0] < 0x80) return 1;
  size_t length = s[0] >= 0xC2 && s[0] <= 0xDF ? 2 : (s[0] & 0xF0) == 0xE0 ? 3 : s[0] >= 0xF0 && s[0] <= 0xF4 ? 4 : 0;
  if (length == 0 || length > n) return 0;
  for (size_t i = 1; i < length; i++)
    if ((s[i] & 0xC0) != 0x80) return 0;
  if (s[0] == 0xE0 && s[1] < 0xA0) return 0;
  if (s[0] == 0xED && s[1] > 0x9F) return 0;
  if (s[0] == 0xF0 && s[1] < 0x90) return 0;
  if (s[0] == 0xF4 && s[1] > 0x8F) return 0;
  return length;
}

/* Refuses what is no text before libyaml sees it, with a place. */
static bool check_text(builder *b, const char *text, size_t length) {
  if (length > TAUT_TREE_BYTES) {
    fail_at(b, 0, 0, "the text is larger than 1 MiB", "");
    return false;
  }
  int line = 1, column = 1;
  for (size_t i = 0; i < length;) {
    unsigned char c = (unsigned char)text[i];
    size_t n = utf8((const unsigned char *)text + i, length - i);
    if (n == 0) {
      fail_at(b, line, column, "the text is not UTF-8", "");
      return false;
    }
    if ((c < 0x20 && c != '\n' && c != '\r' && c != '\t') || c == 0x7f) {
      fail_at(b, line, column, c ? "control character in the text" : "NUL byte in the text", "");
      return false;
    }
    column = c == '\n' ? 1 : column + 1;
    line += c == '\n';
    i += n;
  }
  return true;
}

bool taut__tree_check(taut_context *context, const char *name, const char *text, size_t length) {
  builder b = {.context = context, .name = name, .origin = TAUT_FROM_SET};
  return check_text(&b, text, length);
}

/* ----------------------------------------------------------------------------------------------------- events ---- */

static bool next_event(builder *b, yaml_event_t *event) {
  if (yaml_parser_parse(&b->parser, event)) return true;
  if (b->parser.error == YAML_MEMORY_ERROR) {
    fail_memory(b);
    return false;
  }
  const char *problem = b->parser.problem ? b->parser.problem : "malformed text";
  if (strcmp(problem, "found character that cannot start any token") == 0)
    problem = "a tab or other character out of place; indent with spaces";
  const yaml_mark_t *mark = &b->parser.problem_mark;
  fail_at(b, (int)mark->line + 1, (int)mark->column + 1, "no valid YAML: %s", problem);
  return false;
}

/* Anchors and tags have no place in a case. */
static bool undecorated(builder *b, const yaml_event_t *event, const yaml_char_t *anchor, const yaml_char_t *tag) {
  int line = (int)event->start_mark.line + 1, column = (int)event->start_mark.column + 1;
  if (anchor) fail_at(b, line, column, "anchors are not accepted (&%s)", (const char *)anchor);
  if (tag) fail_at(b, line, column, "tags are not accepted (%s)", (const char *)tag);
  return !anchor && !tag;
}

static taut_node *node_at(builder *b, taut_node_kind kind, const yaml_event_t *event) {
  taut_node *node = taut__node_new(b->arena, kind, NULL);
  if (!node) {
    fail_memory(b);
    return NULL;
  }
  node->file = b->name;
  node->origin = b->origin;
  node->line = (int)event->start_mark.line + 1;
  node->column = (int)event->start_mark.column + 1;
  return node;
}

static taut_node *read_node(builder *b, yaml_event_t *event, int depth);

static taut_node *read_scalar(builder *b, const yaml_event_t *event) {
  if (!undecorated(b, event, event->data.scalar.anchor, event->data.scalar.tag)) return NULL;
  taut_node *node = node_at(b, TAUT_NODE_SCALAR, event);
  if (!node) return NULL;
  const char *text = (const char *)event->data.scalar.value;
  if (memchr(text, '\0', event->data.scalar.length)) {
    fail_at(b, node->line, node->column, "NUL character in the text", "");
    return NULL;
  }
  node->text = taut__arena_text(b->arena, text, event->data.scalar.length);
  node->quoted = event->data.scalar.style != YAML_PLAIN_SCALAR_STYLE;
  if (!node->text) fail_memory(b);
  return node->text ? node : NULL;
}

static taut_node *read_list(builder *b, const yaml_event_t *start, int depth) {
  if (!undecorated(b, start, start->data.sequence_start.anchor, start->data.sequence_start.tag)) return NULL;
  taut_node *list = node_at(b, TAUT_NODE_LIST, start);
  while (list) {
    yaml_event_t event;
    if (!next_event(b, &event)) return NULL;
    if (event.type == YAML_SEQUENCE_END_EVENT) {
      yaml_event_delete(&event);
      return list;
    }
    taut_node *item = read_node(b, &event, depth + 1);
    yaml_event_delete(&event);
    if (!item) return NULL;
    taut__node_append(list, item);
  }
  return NULL;
}

/* Two spellings of one mapping, at least one of them by dotted keys: `a.b: 1` and `a: {c: 2}`. */
static bool join(builder *b, taut_node *there, taut_node *more) {
  there->implied = there->implied && more->implied;
  for (taut_node *n = more->first, *next; n; n = next) {
    next = n->next;
    taut_node *old = taut__node_child(there, n->key, strlen(n->key));
    bool maps = old && old->kind == TAUT_NODE_MAP && n->kind == TAUT_NODE_MAP;
    if (!old) {
      taut__node_append(there, n);
    } else if (!maps || !(old->implied || n->implied)) {
      fail_at(b, n->key_line, n->key_column, "duplicate key \"%s\"", n->key);
      return false;
    } else if (!join(b, old, n)) {
      return false;
    }
  }
  return true;
}

/* Puts a value under a key of one or more dotted parts. */
static bool place(builder *b, taut_node *map, const taut_node *key, taut_node *value) {
  value->key_line = key->line, value->key_column = key->column;
  int parts = 0;
  for (const char *part = key->text;;) {
    size_t length = strcspn(part, ".");
    bool last = part[length] == '\0';
    if (length == 0 || ++parts > TAUT_KEY_PARTS) {
      fail_at(b, key->line, key->column, "malformed key \"%s\"", key->text);
      return false;
    }
    taut_node *there = taut__node_child(map, part, length);
    if (last && there && value->kind == TAUT_NODE_MAP && there->implied) return join(b, there, value);
    if (there && (last || there->kind != TAUT_NODE_MAP)) {
      fail_at(b, key->line, key->column, "duplicate key \"%s\"", key->text);
      return false;
    }
    taut_node *child = last ? value : there;
    if (!there) {
      if (!child) child = taut__node_new(b->arena, TAUT_NODE_MAP, value);
      char *name = taut__arena_text(b->arena, part, length);
      if (!child || !name) {
        fail_memory(b);
        return false;
      }
      child->key = name;
      child->implied = !last;
      taut__node_append(map, child);
    }
    if (last) return true;
    map = child;
    part += length + 1;
  }
}

static taut_node *read_map(builder *b, const yaml_event_t *start, int depth) {
  if (!undecorated(b, start, start->data.mapping_start.anchor, start->data.mapping_start.tag)) return NULL;
  taut_node *map = node_at(b, TAUT_NODE_MAP, start);
  while (map) {
    yaml_event_t event;
    if (!next_event(b, &event)) return NULL;
    bool end = event.type == YAML_MAPPING_END_EVENT, scalar = event.type == YAML_SCALAR_EVENT;
    int line = (int)event.start_mark.line + 1, column = (int)event.start_mark.column + 1;
    taut_node *key = scalar ? read_scalar(b, &event) : NULL;
    yaml_event_delete(&event);
    if (end) return map;
    if (!scalar) fail_at(b, line, column, "a key must be a plain word", "");
    if (!key) return NULL;
    if (strcmp(key->text, "<<") == 0) {
      fail_at(b, line, column, "merge keys are not accepted", "");
      return NULL;
    }
    if (!next_event(b, &event)) return NULL;
    taut_node *value = read_node(b, &event, depth + 1);
    yaml_event_delete(&event);
    if (!value || !place(b, map, key, value)) return NULL;
  }
  return NULL;
}

static taut_node *read_node(builder *b, yaml_event_t *event, int depth) {
  int line = (int)event->start_mark.line + 1, column = (int)event->start_mark.column + 1;
  if (depth > TAUT_TREE_DEPTH) {
    fail_at(b, line, column, "nested deeper than 32 levels", "");
    return NULL;
  }
  switch (event->type) {
  case YAML_SCALAR_EVENT:
    return read_scalar(b, event);
  case YAML_SEQUENCE_START_EVENT:
    return read_list(b, event, depth);
  case YAML_MAPPING_START_EVENT:
    return read_map(b, event, depth);
  case YAML_ALIAS_EVENT:
    fail_at(b, line, column, "aliases are not accepted (*%s)", (const char *)event->data.alias.anchor);
    return NULL;
  default:
    fail_at(b, line, column, "malformed document", "");
    return NULL;
  }
}

/* Stream start, one document, stream end. */
static taut_node *read_document(builder *b) {
  taut_node *root = NULL;
  for (bool started = false;;) {
    yaml_event_t event;
    if (!next_event(b, &event)) return NULL;
    yaml_event_type_t type = event.type;
    int line = (int)event.start_mark.line + 1, column = (int)event.start_mark.column + 1;
    bool good = true;
    if (type == YAML_DOCUMENT_START_EVENT) {
      bool directives = event.data.document_start.tag_directives.start != event.data.document_start.tag_directives.end;
      if (directives)
        fail_at(b, line, column, "tag directives are not accepted", "");
      else if (started)
        fail_at(b, line, column, "a second document is not accepted", "");
      good = !started && !directives;
      started = true;
    } else if (type != YAML_STREAM_START_EVENT && type != YAML_DOCUMENT_END_EVENT && type != YAML_STREAM_END_EVENT) {
      root = read_node(b, &event, 0);
      good = root != NULL;
    }
    yaml_event_delete(&event);
    if (!good) return NULL;
    if (type == YAML_STREAM_END_EVENT) break;
  }
  if (!root) fail_at(b, 1, 1, "the file is empty; expected a mapping of keys such as patient, site, treatment", "");
  if (root && root->kind != TAUT_NODE_MAP) {
    fail_at(b, root->line, root->column, "expected a mapping of keys such as patient, site, treatment", "");
    return NULL;
  }
  return root;
}

taut_node *taut__tree_parse(taut_context *context, taut_arena *arena, const char *name, taut_origin origin,
                            const char *text, size_t length) {
  builder b = {.context = context, .arena = arena, .name = name, .origin = origin};
  static const char byte_order_mark[] = "\xef\xbb\xbf";
  const size_t mark = sizeof byte_order_mark - 1;
  if (length >= mark && memcmp(text, byte_order_mark, mark) == 0) text += mark, length -= mark; /* takes no column */
  if (!check_text(&b, text, length)) return NULL;
  if (!yaml_parser_initialize(&b.parser)) {
    fail_memory(&b);
    return NULL;
  }
  yaml_parser_set_encoding(&b.parser, YAML_UTF8_ENCODING);
  yaml_parser_set_input_string(&b.parser, (const unsigned char *)text, length);
  taut_node *root = read_document(&b);
  yaml_parser_delete(&b.parser);
  return root;
}

/* ------------------------------------------------------------------------------------------------------ files ---- */

static taut_err read_all(taut_context *context, const char *path, int file, size_t most, const char *expected,
                         char **text, size_t *length) {
  char *data = NULL;
  size_t n = 0, room = 0;
  for (;;) {
    if (n == room) {
      room = room ? 2 * room : 1 << 16;
      if (room > most + 1) room = most + 1;
      char *more = taut__realloc(data, room + 1, 1);
      if (!more) {
        free(data);
        return taut__fail(context, TAUT_ERR_MEMORY, path, "out of memory");
      }
      data = more;
    }
    ssize_t got = read(file, data + n, room - n);
    if (got < 0 && errno == EINTR) continue;
    if (got < 0) {
      taut_err err = taut__fail(context, TAUT_ERR_INPUT, path, "cannot be read: %s", strerror(errno));
      free(data);
      return err;
    }
    n += (size_t)got;
    if (got == 0 || n > most) break;
  }
  if (n > most) {
    free(data);
    return taut__fail(context, TAUT_ERR_INPUT, path, "larger than %zu MiB; expected %s", most >> 20, expected);
  }
  data[n] = '\0';
  *text = data;
  *length = n;
  return TAUT_OK;
}

taut_err taut__text_load(taut_context *context, const char *path, size_t most, const char *expected, char **text,
                         size_t *length) {
  /* O_NONBLOCK keeps the opening of a pipe without a writer from waiting for ever; reading may wait */
  int file = open(path, O_RDONLY | O_NONBLOCK | O_CLOEXEC);
  if (file < 0) return taut__fail(context, TAUT_ERR_INPUT, path, "cannot be opened: %s", strerror(errno));
  struct stat status;
  taut_err err;
  if (fstat(file, &status) != 0)
    err = taut__fail(context, TAUT_ERR_INPUT, path, "cannot be read: %s", strerror(errno));
  else if (S_ISDIR(status.st_mode))
    err = taut__fail(context, TAUT_ERR_INPUT, path, "is a folder; expected %s", expected);
  else
    err = fcntl(file, F_SETFL, 0) == 0
              ? read_all(context, path, file, most, expected, text, length)
              : taut__fail(context, TAUT_ERR_INPUT, path, "cannot be read: %s", strerror(errno));
  close(file);
  return err;
}

taut_err taut__tree_load(taut_context *context, const char *path, char **text, size_t *length) {
  return taut__text_load(context, path, TAUT_TREE_BYTES, "a case file", text, length);
}
