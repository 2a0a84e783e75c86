/* Growing texts, lists of texts, numbers as text, and the nearest known name. */
#include "base/base.h"

#include <ctype.h>
#include <float.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

/* Makes room for n more bytes and the final NUL. */
static bool reserve(taut_text *text, size_t n) {
  if (text->failed) return false;
  if (n >= SIZE_MAX / 4 - text->length) {
    text->failed = true;
    return false;
  }
  size_t needed = text->length + n + 1;
  if (needed <= text->capacity) return true;
  size_t capacity = text->capacity < 64 ? 64 : text->capacity;
  while (capacity < needed) capacity *= 2;
  char *data = taut__realloc(text->data, capacity, 1);
  if (data == NULL) {
    text->failed = true;
    return false;
  }
  text->data = data;
  text->capacity = capacity;
  return true;
}

void taut__text_vadd(taut_text *text, const char *format, va_list args) {
  va_list again;
  va_copy(again, args);
  int n = vsnprintf(NULL, 0, format, args);
  if (n < 0) {
    text->failed = true;
  } else if (reserve(text, (size_t)n)) {
    vsnprintf(text->data + text->length, (size_t)n + 1, format, again);
    text->length += (size_t)n;
  }
  va_end(again);
}

void taut__text_add(taut_text *text, const char *format, ...) {
  va_list args;
  va_start(args, format);
  taut__text_vadd(text, format, args);
  va_end(args);
}

void taut__text_addn(taut_text *text, const char *bytes, size_t n) {
  if (!reserve(text, n)) return;
  if (n > 0) memcpy(text->data + text->length, bytes, n);
  text->length += n;
  text->data[text->length] = '\0';
}

void taut__text_free(taut_text *text) {
  free(text->data);
  *text = (taut_text){0};
}

taut_err taut__texts_add(taut_texts *texts, const char *format, ...) {
  if (texts->count == texts->capacity) {
    size_t capacity = texts->capacity == 0 ? 8 : 2 * texts->capacity;
    char **item = taut__realloc(texts->item, capacity, sizeof *item);
    if (item == NULL) return TAUT_ERR_MEMORY;
    texts->item = item;
    texts->capacity = capacity;
  }
  taut_text text = {0};
  va_list args;
  va_start(args, format);
  taut__text_vadd(&text, format, args);
  va_end(args);
  if (text.failed) {
    taut__text_free(&text);
    return TAUT_ERR_MEMORY;
  }
  texts->item[texts->count++] = text.data;
  return TAUT_OK;
}

void taut__texts_free(taut_texts *texts) {
  for (size_t i = 0; i < texts->count; i++) free(texts->item[i]);
  free(texts->item);
  *texts = (taut_texts){0};
}

/* A program around the library may have set a locale with another decimal mark; files always carry a point. */
static void decimal_point(char *text) {
  char *out = text;
  bool mark = false;
  for (const char *in = text; *in != '\0'; in++) {
    if (isalnum((unsigned char)*in) || *in == '+' || *in == '-') {
      *out++ = *in;
      mark = false;
    } else if (!mark) {
      *out++ = '.';
      mark = true;
    }
  }
  *out = '\0';
}

const char *taut__number(double x, char buffer[32]) {
  if (isnan(x)) return strcpy(buffer, "nan");
  if (isinf(x)) return strcpy(buffer, x > 0 ? "inf" : "-inf");
  /* Any decimal of at most 15 digits survives text -> double -> text, so 15 digits without trailing zeros are the
   * shortest text if they read back at all.  Subnormal numbers have fewer digits and are searched from one. */
  int digits = fabs(x) < DBL_MIN && x != 0 ? 1 : 15;
  for (; digits <= 17; digits++) {
    snprintf(buffer, 32, "%.*g", digits, x);
    if (digits == 17 || strtod(buffer, NULL) == x) break;
  }
  decimal_point(buffer);
  return buffer;
}

enum { NAME_MAX_LENGTH = 95, EDIT = 8, CASE_EDIT = 1 };

/* Cost of one letter in the place of another: a different case is an eighth of an edit. */
static int substitution(char a, char b) {
  if (a == b) return 0;
  return tolower((unsigned char)a) == tolower((unsigned char)b) ? CASE_EDIT : EDIT;
}

/* Damerau's distance (optimal string alignment) in units of 1/EDIT: insert, delete, replace, swap neighbours. */
static int edit_distance(const char *a, size_t na, const char *b, size_t nb) {
  int rows[3][NAME_MAX_LENGTH + 1];
  int *before = rows[0], *last = rows[1], *now = rows[2];
  for (size_t j = 0; j <= nb; j++) last[j] = before[j] = EDIT * (int)j;
  for (size_t i = 1; i <= na; i++) {
    now[0] = EDIT * (int)i;
    for (size_t j = 1; j <= nb; j++) {
      int best = last[j - 1] + substitution(a[i - 1], b[j - 1]);
      if (last[j] + EDIT < best) best = last[j] + EDIT;
      if (now[j - 1] + EDIT < best) best = now[j - 1] + EDIT;
      bool swapped = i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1];
      if (swapped && before[j - 2] + EDIT < best) best = before[j - 2] + EDIT;
      now[j] = best;
    }
    int *free_row = before;
    before = last;
    last = now;
    now = free_row;
  }
  return last[nb];
}

int taut__nearest(const char *word, const char *const *names, size_t n) {
  size_t length = strlen(word);
  if (length == 0 || length > NAME_MAX_LENGTH) return -1;
  int nearest = -1, least = 0;
  for (size_t i = 0; i < n; i++) {
    size_t name_length = strlen(names[i]);
    if (name_length > NAME_MAX_LENGTH) continue;
    /* One edit for each three letters: farther names are guesses that would mislead. */
    size_t longer = length > name_length ? length : name_length;
    size_t shorter = length + name_length - longer;
    size_t edits = longer - shorter <= 1 ? longer / 3 : (longer + 2) / 3;
    /* A single letter is near to every other one: only its case may differ. */
    int limit = shorter == 1 ? CASE_EDIT : EDIT * (int)(edits > 0 ? edits : 1);
    int distance = edit_distance(word, length, names[i], name_length);
    if (distance <= limit && (nearest < 0 || distance < least)) {
      nearest = (int)i;
      least = distance;
    }
  }
  return nearest;
}

int taut_name_nearest(const char *word, const char *const *names, size_t n) {
  return taut__nearest(word, names, n);
}
