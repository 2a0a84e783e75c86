/* case.yaml: the resolved case in the user's own number texts, and its fingerprint. */
#include "param/reader.h"

#include <stdlib.h>
#include <string.h>

/* "default", "neck.yaml:14", "--set", "presets/sites/neck.yaml:7", "assumed: age - 51 years" */
static void origin_text(const taut_entry *entry, taut_text *out) {
  char shown[80];
  switch (entry->origin) {
  case TAUT_FROM_DEFAULT:
    taut__text_add(out, "default");
    break;
  case TAUT_FROM_ASSUMED:
    taut__text_add(out, "assumed");
    break;
  case TAUT_FROM_SET:
    taut__text_add(out, "--set");
    break;
  case TAUT_FROM_FILE:
  case TAUT_FROM_PRESET:
    taut__text_add(out, "%s:%d", taut__excerpt(entry->node->file, shown), entry->node->line);
    break;
  }
  if (entry->note) taut__text_add(out, ": %s", entry->note);
}

static void write_line(const char *indent, const char *key, const taut_entry *entry, bool comments, taut_text *out) {
  size_t start = out->length;
  taut__text_add(out, "%s%s: %s", indent, key, entry->text);
  if (comments) {
    size_t width = out->length - start;
    taut__text_add(out, "%*s# ", width < 45 ? (int)(46 - width) : 2, "");
    origin_text(entry, out);
  }
  taut__text_add(out, "\n");
}

static void write_rows(const taut_case *c, bool comments, taut_text *out) {
  char section[40] = "";
  for (int i = 0; i < taut__row_count; i++) {
    const taut_row *row = &taut__rows[i];
    const taut_entry *entry = &c->resolved->entry[i];
    if (!entry->text || (strncmp(row->key, "site.", 5) == 0 && !c->site.name)) continue;
    if (!comments && (strcmp(row->key, "title") == 0 || strcmp(row->key, "treatment.points") == 0)) continue;
    size_t length = strcspn(row->key, ".");
    if (row->key[length] == '\0') {
      write_line("", row->key, entry, comments, out);
      continue;
    }
    if (strlen(section) != length || strncmp(section, row->key, length) != 0) {
      snprintf(section, sizeof section, "%.*s", (int)length, row->key);
      taut__text_add(out, "%s:\n", section);
    }
    write_line("  ", row->key + length + 1, entry, comments, out);
  }
}

static void write_parameters(const taut_case *c, bool comments, taut_text *out) {
  if (c->registry.tables == 0) return;
  taut__text_add(out, "parameters:\n");
  for (int t = 0; t < c->registry.tables; t++) {
    const taut_param_table *table = c->registry.table[t];
    for (int i = 0; i < table->rows; i++) {
      char key[160];
      snprintf(key, sizeof key, "%.70s.%.70s", table->group, table->row[i].name);
      write_line("  ", key, &c->resolved->parameter[t][i], comments, out);
    }
  }
}

static void write_case(const taut_case *c, bool comments, taut_text *out) {
  if (comments)
    taut__text_add(
        out, "# Resolved by taut %s: every value in use, with its origin.  Running this file gives the same result.\n",
        taut_version());
  write_rows(c, comments, out);
  /* what the punctures are counts, not where their file lies */
  if (!comments && c->points.n) taut__text_add(out, "points: %016llx\n", (unsigned long long)c->points.print);
  write_parameters(c, comments, out);
}

taut_err taut_case_write(const taut_case *c, FILE *out) {
  taut_text text = {0};
  write_case(c, true, &text);
  taut_err err = text.failed ? TAUT_ERR_MEMORY : TAUT_OK;
  if (!err && fwrite(text.data, 1, text.length, out) != text.length) err = TAUT_ERR_IO;
  taut__text_free(&text);
  return err;
}

void taut_case_hash(const taut_case *c, char hash[17]) {
  taut_text text = {0};
  write_case(c, false, &text);
  uint64_t h = 14695981039346656037u;
  for (size_t i = 0; i < text.length; i++) {
    h ^= (unsigned char)text.data[i];
    h *= 1099511628211u;
  }
  snprintf(hash, 17, "%016llx", (unsigned long long)h);
  taut__text_free(&text);
}
