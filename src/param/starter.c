/* The starter case: the rows of case.def that a beginner needs, with their sentences. */
#include "param/reader.h"

#include <string.h>

static void write_row(const taut_row *row, const char *indent, const char *key, taut_text *out) {
  bool compulsory = row->preset[0] == '!';
  const char *value = compulsory ? row->preset + 1 : row->preset;
  size_t start = out->length;
  taut__text_add(out, "%s%s: %s", indent, key, row->type == TAUT_ROW_TEXT ? "My first course" : value);
  size_t width = out->length - start;
  taut__text_add(out, "%*s# %s", width < 31 ? (int)(32 - width) : 2, "", row->doc);
  if (row->words[0] && row->type != TAUT_ROW_ONLY && row->type != TAUT_ROW_WORDS && !strchr(row->words, '=')) {
    taut__text_add(out, ": ");
    taut__words_list(row->words, out);
  }
  taut__text_add(out, "%s\n", compulsory ? " (compulsory)" : "");
}

taut_err taut__case_template(taut_context *context, FILE *out) {
  taut_text text = {0};
  char section[40] = "";
  taut__text_add(&text, "# A case for taut.  Keys left out take the value shown here; units are compulsory.\n"
                        "# Check it with `taut check`, run it with `taut run`.\n# " TAUT_NOTICE "\n");
  for (int i = 0; i < taut__row_count; i++) {
    const taut_row *row = &taut__rows[i];
    if (!(row->flags & TAUT_ROW_STARTER)) continue;
    size_t length = strcspn(row->key, ".");
    bool inside = row->key[length] == '.';
    bool named = inside && strcmp(row->key + length, ".name") == 0; /* `site: cheek` */
    if (named) snprintf(section, sizeof section, "%.*s", (int)length, row->key);
    if (inside && !named && (strlen(section) != length || strncmp(section, row->key, length) != 0)) {
      snprintf(section, sizeof section, "%.*s", (int)length, row->key);
      taut__text_add(&text, "%s:\n", section);
    }
    write_row(row, inside && !named ? "  " : "", named ? section : inside ? row->key + length + 1 : row->key, &text);
  }
  taut_err err = TAUT_OK;
  if (text.failed)
    err = taut__fail(context, TAUT_ERR_MEMORY, NULL, "out of memory");
  else if (fwrite(text.data, 1, text.length, out) != text.length)
    err = taut__fail(context, TAUT_ERR_IO, NULL, "the starter case cannot be written");
  taut__text_free(&text);
  return err;
}
