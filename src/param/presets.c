/* Presets: sites and devices as files that a domain expert can read and correct, and the coupled defaults. */
#include "param/presets.h"

#include "param/reader.h"

#include <ctype.h>
#include <dirent.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { NAME = 64 };

/* "Crow's feet" -> "crows_feet"; false when nothing usable is left. */
static bool slug(const char *text, char name[NAME]) {
  static const char apostrophe[] = "\u2019", e_acute[] = "\u00e9";
  size_t n = 0;
  for (; *text; text++) {
    unsigned char c = (unsigned char)*text;
    if (c == '\'') continue;
    if (strncmp(text, apostrophe, 3) == 0) {
      text += 2;
      continue;
    }
    if (strncmp(text, e_acute, 2) == 0) {
      c = 'e';
      text++;
    }
    if (c == ' ' || c == '-') c = '_';
    if (n + 1 == NAME || !(isalnum(c) || c == '_')) return false;
    name[n++] = (char)tolower(c);
  }
  name[n] = '\0';
  return n > 0;
}

/* Reads presets/KIND/NAME.yaml; the file stands in messages and comments without the data folder. */
static taut_node *load(taut_context *context, taut_arena *arena, const char *kind, const char *name) {
  const char *folder = taut__data_dir(context);
  char *shown = taut__arena_format(arena, "presets/%s/%s.yaml", kind, name);
  char *path = folder && shown ? taut__arena_format(arena, "%s/%s", folder, shown) : NULL;
  char *text = NULL;
  size_t length = 0;
  if (folder && !path) taut__fail(context, TAUT_ERR_MEMORY, NULL, "out of memory");
  if (!path || taut__tree_load(context, path, &text, &length) != TAUT_OK) return NULL;
  taut_node *root = taut__tree_parse(context, arena, shown, TAUT_FROM_PRESET, text, length);
  free(text);
  return root;
}

static bool exists(taut_context *context, const char *kind, const char *name) {
  const char *folder = taut__data_dir(context);
  taut_text path = {0};
  taut__text_add(&path, "%s/presets/%s/%s.yaml", folder ? folder : "", kind, name);
  /* without memory for the path the file counts as there: reading it then fails for the right reason */
  bool found = path.failed || (folder && path.data && access(path.data, F_OK) == 0);
  taut__text_free(&path);
  return found;
}

static int compare_names(const void *a, const void *b) {
  return strcmp(*(char *const *)a, *(char *const *)b);
}

/* Names of the files of a kind without `.yaml`, sorted; the texts live in the arena, the array is the caller's. */
static taut_err file_names(taut_context *context, taut_arena *arena, const char *kind, char ***names, int *count) {
  const char *folder = taut__data_dir(context);
  if (!folder) return taut__error_code(context) ? taut__error_code(context) : TAUT_ERR_INPUT;
  char *path = taut__arena_format(arena, "%s/presets/%s", folder, kind);
  DIR *dir = path ? opendir(path) : NULL;
  if (!dir) return taut__fail(context, TAUT_ERR_INPUT, path, "cannot be opened: %s", strerror(errno));
  char **list = NULL;
  int n = 0;
  taut_err err = TAUT_OK;
  for (struct dirent *entry; (entry = readdir(dir)) != NULL;) {
    size_t length = strlen(entry->d_name);
    if (length < 6 || strcmp(entry->d_name + length - 5, ".yaml") != 0 || entry->d_name[0] == '.') continue;
    char **more = taut__realloc(list, (size_t)n + 1, sizeof *list);
    char *name = taut__arena_text(arena, entry->d_name, length - 5);
    if (more) list = more;
    if (!more || !name) {
      err = taut__fail(context, TAUT_ERR_MEMORY, NULL, "out of memory");
      break;
    }
    list[n++] = name;
  }
  closedir(dir);
  if (err) {
    free(list);
    return err;
  }
  if (n) qsort(list, (size_t)n, sizeof *list, compare_names);
  *names = list;
  *count = n;
  return TAUT_OK;
}

static bool has_alias(const taut_node *preset, const char *name) {
  const taut_node *aliases = taut__node_find(preset, "aliases");
  for (const taut_node *n = aliases ? aliases->first : NULL; n; n = n->next) {
    char alias[NAME];
    if (n->kind == TAUT_NODE_SCALAR && slug(n->text, alias) && strcmp(alias, name) == 0) return true;
  }
  return false;
}

/* Finds a preset by name or alias; NULL when none has it, `near` then the nearest name. */
static taut_node *find(taut_reader *reader, const char *kind, const char *text, const char **found, const char **near) {
  taut_arena *arena = &reader->r->arena;
  char name[NAME];
  *near = NULL;
  bool usable = slug(text, name);
  if (usable && exists(reader->context, kind, name)) {
    *found = taut__arena_text(arena, name, strlen(name));
    return *found ? load(reader->context, arena, kind, name) : NULL;
  }
  char **names = NULL;
  int count = 0;
  if (file_names(reader->context, arena, kind, &names, &count) != TAUT_OK) return NULL;
  taut_node *preset = NULL;
  for (int i = 0; usable && i < count && !preset; i++) {
    taut_node *candidate = load(reader->context, arena, kind, names[i]);
    if (!candidate || !has_alias(candidate, name)) continue;
    preset = candidate;
    *found = names[i];
  }
  int best = preset ? -1 : taut__nearest(usable ? name : text, (const char *const *)names, (size_t)count);
  if (best >= 0) *near = names[best];
  free(names);
  return preset;
}

/* A preset holds rows of its section and three keys of its own. */
static void check_preset(taut_reader *reader, const taut_node *preset, const char *section) {
  for (const taut_node *n = preset->first; n; n = n->next) {
    char key[NAME * 2];
    if (strcmp(n->key, "title") == 0 || strcmp(n->key, "aliases") == 0 || strcmp(n->key, "sources") == 0) continue;
    snprintf(key, sizeof key, "%s.%.60s", section, n->key);
    if (taut__row_find(key) < 0)
      taut__complain(reader, TAUT_ERR_INPUT, n, true, "unknown key \"%.60s\" in a preset", n->key);
  }
}

/* Takes over failures that were recorded without taut__complain. */
static void count_failure(taut_reader *reader) {
  reader->errors++;
  if (!reader->code) reader->code = taut__error_code(reader->context);
}

/* Loads what `section.name` names; a name of the user's own is good when he gives `mark` too. */
static void load_section(taut_reader *reader, const char *section, const char *kind, const char *preset_name,
                         const char *mark, taut_node **preset) {
  char key[NAME], shown[80];
  snprintf(key, sizeof key, "%s.name", section);
  const taut_node *node = taut__node_find(reader->r->user, key);
  if (node && node->kind != TAUT_NODE_SCALAR) return;
  const char *text = node ? node->text : preset_name;
  if (!text || !text[0]) return;
  const char *found = NULL, *near = NULL;
  int before = taut__fail_count(reader->context);
  *preset = find(reader, kind, text, &found, &near);
  if (taut__fail_count(reader->context) > before) {
    count_failure(reader);
    return;
  }
  if (*preset) {
    check_preset(reader, *preset, section);
    /* the case goes on under the preset's own name */
    taut_node *named = taut__node_find(reader->r->user, key);
    if (named && found) named->text = found;
    return;
  }
  if (taut__node_find(reader->r->user, mark)) return; /* his own, complete in itself */
  taut__excerpt(text, shown);
  if (near)
    taut__complain(reader, TAUT_ERR_INPUT, node, false, "unknown %s \"%s\"; nearest known name \"%s\"", section, shown,
                   near);
  else
    taut__complain(reader, TAUT_ERR_INPUT, node, false,
                   "unknown %s \"%s\"; expected one of taut list %s, or your own with all fields (%s, ...)", section,
                   shown, kind, strchr(mark, '.') + 1);
}

/* A device given by its kind without a name is the user's own, not the default one in another shape. */
static void name_own_device(taut_reader *reader) {
  taut_node *device = taut__node_find(reader->r->user, "device");
  if (!taut__node_find(device, "kind") || taut__node_find(device, "name")) return;
  taut_node *name = taut__node_new(&reader->r->arena, TAUT_NODE_SCALAR, device);
  if (!name) {
    taut__complain_memory(reader);
    return;
  }
  name->key = "name";
  name->text = "own device";
  taut__node_append(device, name);
}

void taut__presets_load(taut_reader *reader) {
  taut_resolved *r = reader->r;
  name_own_device(reader);
  if (!taut__data_dir(reader->context)) {
    count_failure(reader);
    return;
  }
  load_section(reader, "site", "sites", NULL, "site.dermis_women", &r->site);
  load_section(reader, "device", "devices", taut__rows[taut__row_find("device.name")].preset, "device.kind",
               &r->device);
  const taut_node *defaults = taut__node_find(r->user, "model.defaults");
  if (defaults && defaults->kind == TAUT_NODE_SCALAR && strcmp(defaults->text, "documents") == 0) return;
  r->coupled = load(reader->context, &r->arena, "defaults", "coupled");
  if (!r->coupled) count_failure(reader);
}

/* ------------------------------------------------------------------------------------------------------- lists ---- */

/* Sources of a preset, joined. */
static char *sources_of(const taut_node *preset) {
  const taut_node *sources = taut__node_find(preset, "sources");
  taut_text text = {0};
  taut__text_add(&text, "%s", "");
  for (const taut_node *n = sources ? sources->first : NULL; n; n = n->next)
    if (n->kind == TAUT_NODE_SCALAR) taut__text_add(&text, "%s%s", text.length ? "; " : "", n->text);
  char *joined = text.data && !text.failed ? taut__strdup(text.data) : NULL;
  taut__text_free(&text);
  return joined;
}

/* Appends the mark of one line of a preset file, `needles: 14   # seen PRO`, as "needles: seen PRO".  Comments are no part
 * of the YAML tree; in the files of this program no number holds the sign. */
static void add_mark(const char *line, size_t length, taut_text *out) {
  const char *end = line + length, *hash = memchr(line, '#', length), *colon = memchr(line, ':', length);
  if (!isalpha((unsigned char)line[0]) || !hash || !colon || colon > hash) return;
  const char *mark = hash + 1 + strspn(hash + 1, " ");
  if (mark >= end) return;
  if (out->length) taut__text_addn(out, "; ", 2);
  taut__text_addn(out, line, (size_t)(colon - line) + 1);
  taut__text_addn(out, " ", 1);
  for (; mark < end; mark++) taut__text_addn(out, *mark == ';' ? "," : mark, 1);
}

/* The marks of a whole file; NULL with a recorded failure. */
static char *evidence_of(taut_context *context, const char *kind, const char *name) {
  taut_text path = {0}, marks = {0};
  char *text = NULL, *joined = NULL;
  size_t length = 0;
  taut__text_add(&path, "%s/presets/%s/%s.yaml", taut__data_dir(context), kind, name);
  taut__text_add(&marks, "%s", "");
  if (path.data && !path.failed && taut__tree_load(context, path.data, &text, &length) == TAUT_OK) {
    for (const char *line = text, *end = text + length; line < end;) {
      const char *feed = memchr(line, '\n', (size_t)(end - line));
      const size_t n = (size_t)((feed ? feed : end) - line);
      if (n) add_mark(line, n, &marks);
      line += n + 1;
    }
    joined = marks.data && !marks.failed ? taut__strdup(marks.data) : NULL;
  }
  free(text);
  taut__text_free(&path);
  taut__text_free(&marks);
  return joined;
}

taut_err taut__presets_list(taut_context *context, const char *kind, taut_preset **presets, int *count) {
  taut_arena arena = {0};
  char **names = NULL;
  int n = 0;
  taut_err err = file_names(context, &arena, kind, &names, &n);
  taut_preset *list = err ? NULL : taut__alloc((size_t)n + 1, sizeof *list);
  if (!err && !list) err = taut__fail(context, TAUT_ERR_MEMORY, NULL, "out of memory");
  for (int i = 0; !err && i < n; i++) {
    const taut_node *preset = load(context, &arena, kind, names[i]);
    const taut_node *title = taut__node_find(preset, "title");
    list[i].name = taut__strdup(names[i]);
    list[i].title = taut__strdup(title && title->kind == TAUT_NODE_SCALAR ? title->text : "");
    list[i].sources = sources_of(preset);
    list[i].evidence = evidence_of(context, kind, names[i]);
    if (!preset) err = taut__error_code(context);
    if (!err && (!list[i].name || !list[i].title || !list[i].sources || !list[i].evidence))
      err = taut__fail(context, TAUT_ERR_MEMORY, NULL, "out of memory");
  }
  free(names);
  taut__arena_free(&arena);
  if (err) {
    taut__presets_free(&list, n);
    return err;
  }
  *presets = list;
  *count = n;
  return TAUT_OK;
}

void taut__presets_free(taut_preset **presets, int count) {
  for (int i = 0; *presets && i < count; i++) {
    free((*presets)[i].name);
    free((*presets)[i].title);
    free((*presets)[i].sources);
    free((*presets)[i].evidence);
  }
  free(*presets);
  *presets = NULL;
}
