/* Text blocks and JSON objects of the commands that answer single questions. */
#include "run/print.h"

#include "io/io.h"

#include <errno.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

enum { COLUMNS = 100, NUMBER_DIGITS_MAX = 12 };

int taut__print_width(const char *text) {
  int n = 0;
  for (const char *s = text; *s; s++) n += ((unsigned char)*s & 0xc0) != 0x80;
  return n;
}

static void blanks(taut_text *out, int n) {
  for (int i = 0; i < n; i++) taut__text_addn(out, " ", 1);
}

void taut__print_cell(taut_text *out, const char *text, int width) {
  const int gap = abs(width) - taut__print_width(text);
  if (width > 0) blanks(out, gap);
  taut__text_addn(out, text, strlen(text));
  if (width < 0) blanks(out, gap);
}

void taut__print_wrapped(taut_text *out, const char *margin, const char *prefix, int indent, const char *text) {
  char *plain = taut__plain(text);
  if (!plain) {
    out->failed = true;
    return;
  }
  taut__text_add(out, "%s%s", margin, prefix);
  int used = taut__print_width(margin) + taut__print_width(prefix);
  bool fresh = true;
  for (char *word = plain + strspn(plain, " "); *word;) {
    const size_t length = strcspn(word, " ");
    char *end = word + length;
    const char *next = end + strspn(end, " ");
    *end = '\0';
    const int width = taut__print_width(word);
    if (!fresh && used + 1 + width > COLUMNS) {
      taut__text_add(out, "\n%s", margin);
      blanks(out, indent);
      used = taut__print_width(margin) + indent;
      fresh = true;
    }
    taut__text_add(out, "%s%s", fresh ? "" : " ", word);
    used += width + (fresh ? 0 : 1);
    fresh = false;
    word = plain + (next - plain);
  }
  taut__text_addn(out, "\n", 1);
  free(plain);
}

void taut__print_number(taut_text *out, double x, int digits, int width) {
  taut_text cell = {0};
  char full[32];
  if (!isfinite(x)) {
    taut__text_add(&cell, "-");
  } else if (x == 0 || (fabs(x) >= 1e-4 && fabs(x) < 1e7)) {
    /* What the user gave as 0.25 is shown as 0.25, not as 0.2500. */
    taut__number(x, full);
    if (strlen(full) <= (size_t)digits + 2 && !strpbrk(full, "e"))
      taut__text_add(&cell, "%s", full);
    else
      taut__add_fixed(&cell, x, taut__decimals(x, digits));
  } else {
    snprintf(full, sizeof full, "%.*g", digits < NUMBER_DIGITS_MAX ? digits : NUMBER_DIGITS_MAX, x);
    taut__text_add(&cell, "%s", full);
  }
  if (cell.failed)
    out->failed = true;
  else
    taut__print_cell(out, cell.data, width);
  taut__text_free(&cell);
}

void taut__print_warning(taut_text *out, const char *margin, const char *text) {
  /* Warnings of needling begin with their grade: note, warning, strong warning. */
  static const char *const grades[] = {"note: ", "warning: ", "strong warning: "};
  for (size_t i = 0; i < sizeof grades / sizeof *grades; i++) {
    const size_t length = strlen(grades[i]);
    if (strncmp(text, grades[i], length) != 0) continue;
    taut__print_wrapped(out, margin, grades[i], (int)length, text + length);
    return;
  }
  taut__print_wrapped(out, margin, "warning: ", 9, text);
}

taut_err taut__print_write(taut_context *context, taut_text *text, FILE *out) {
  taut_err err = TAUT_OK;
  if (text->failed)
    err = taut__fail(context, TAUT_ERR_MEMORY, NULL, "out of memory");
  else if (fwrite(text->data ? text->data : "", 1, text->length, out) != text->length || fflush(out) != 0)
    err = taut__fail(context, TAUT_ERR_IO, NULL, "cannot write the answer: %s", strerror(errno));
  taut__text_free(text);
  return err;
}

void taut__json_set(json_t *object, const char *key, json_t *value, bool *failed) {
  if (!value || json_object_set_new(object, key, value) != 0) *failed = true;
}

void taut__json_append(json_t *array, json_t *value, bool *failed) {
  if (!value || json_array_append_new(array, value) != 0) *failed = true;
}

json_t *taut__json_number(double x) {
  return isfinite(x) ? json_real(x) : json_null();
}

json_t *taut__json_texts(const taut_texts *texts, bool *failed) {
  json_t *list = json_array();
  for (size_t i = 0; i < texts->count; i++) {
    char *plain = taut__plain(texts->item[i]);
    taut__json_append(list, plain ? json_string(plain) : NULL, failed);
    free(plain);
  }
  return list;
}

json_t *taut__json_root(bool *failed) {
  json_t *root = json_object();
  taut__json_set(root, "taut_version", json_string(taut_version()), failed);
  return root;
}

taut_err taut__json_write(taut_context *context, json_t *root, bool failed, FILE *out) {
  char *dump = failed || !root ? NULL : json_dumps(root, JSON_INDENT(2) | JSON_REAL_PRECISION(17));
  json_decref(root);
  taut_text text = {0};
  if (dump)
    taut__text_add(&text, "%s\n", dump);
  else
    text.failed = true;
  free(dump);
  return taut__print_write(context, &text, out);
}
