/* A document as a tree of nodes that know where they stand: what the YAML reader makes and the case reader consumes.
 * Nodes and their texts live in an arena and are released together. */
#ifndef TAUT_PARAM_TREE_H
#define TAUT_PARAM_TREE_H

#include "param/case.h"

enum { TAUT_TREE_DEPTH = 32, TAUT_TREE_BYTES = 1 << 20, TAUT_KEY_PARTS = 8 };

/** Memory that is released at once.  Zero-initialise. */
typedef struct taut_arena {
  struct taut_arena_block *block;
} taut_arena;
/** Zeroed memory, aligned for any type; NULL when out of memory. */
void *taut__arena_get(taut_arena *arena, size_t size);
char *taut__arena_text(taut_arena *arena, const char *text, size_t length);
char *taut__arena_format(taut_arena *arena, const char *format, ...) TAUT_PRINTF(2, 3);
void taut__arena_free(taut_arena *arena);

typedef enum taut_node_kind { TAUT_NODE_SCALAR, TAUT_NODE_LIST, TAUT_NODE_MAP } taut_node_kind;

typedef struct taut_node {
  taut_node_kind kind;
  const char *key;                       /**< in a mapping: its key, one part of a dotted name; else NULL */
  const char *text;                      /**< of a scalar */
  const char *file;                      /**< what stands before the position in messages */
  int line, column;                      /**< of the value, from 1; 0 for --set */
  int key_line, key_column;              /**< of the key */
  taut_origin origin;                    /**< FILE, SET or PRESET */
  bool quoted;                           /**< scalar in quotes or as a block */
  bool implied;                          /**< a mapping made by a dotted key, not yet spelled as a mapping */
  struct taut_node *first, *last, *next; /**< children, and the next sibling */
  int count;                             /**< children */
} taut_node;

/** Reads one YAML document into a tree whose root is a mapping.  NULL with a recorded failure.
 *  @param name  stands for the file in messages; must live as long as the arena */
taut_node *taut__tree_parse(taut_context *context, taut_arena *arena, const char *name, taut_origin origin,
                            const char *text, size_t length);
/** Refuses what is no text: not UTF-8, control characters, larger than TAUT_TREE_BYTES.  For values of --set. */
bool taut__tree_check(taut_context *context, const char *name, const char *text, size_t length);
/** Reads a whole file of at most `most` bytes (whole MiB), which end in NUL.  The text is released with free().
 *  @param expected  "a case file": for messages */
TAUT_MUST_USE taut_err taut__text_load(taut_context *context, const char *path, size_t most, const char *expected,
                                       char **text, size_t *length);
/** Reads a whole file of at most TAUT_TREE_BYTES.  The text is released with free(). */
TAUT_MUST_USE taut_err taut__tree_load(taut_context *context, const char *path, char **text, size_t *length);

taut_node *taut__node_new(taut_arena *arena, taut_node_kind kind, const taut_node *place);
/** Appends to a list or a mapping. */
void taut__node_append(taut_node *parent, taut_node *child);
/** Takes a child out of its parent. */
void taut__node_remove(taut_node *parent, taut_node *child);
/** Child of a mapping by one key part, NULL when absent or `map` is NULL or no mapping. */
taut_node *taut__node_child(const taut_node *map, const char *key, size_t length);
/** Descends by a dotted path; a number is that item of a list, "schedule.sessions.0.depth". */
taut_node *taut__node_find(const taut_node *map, const char *path);
/** An empty plain scalar: nothing was written after the key. */
bool taut__node_empty(const taut_node *node);
/** Writes a node as YAML on one line, such that reading gives the same node. */
void taut__node_write(const taut_node *node, taut_text *out);
/** Writes a text as a YAML scalar, quoted where needed. */
void taut__scalar_write(const char *text, bool in_flow, taut_text *out);
/** "case.yaml:14:9" or "--set key" of the value, or of the key when `of_key`. */
const char *taut__node_where(const taut_node *node, bool of_key, char buffer[512]);
/** A text for messages: at most about 60 bytes, nothing unprintable. */
const char *taut__excerpt(const char *text, char buffer[80]);

#endif
