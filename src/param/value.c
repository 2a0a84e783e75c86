/* Values as people write them: number and unit are split by our own reader, the unit is understood by units.c. */
#include "param/value.h"

#include <ctype.h>
#include <float.h>
#include <locale.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

enum { DIGITS = 128, UNIT_TEXT = 96 };

bool taut__value_form(const char *unit, taut_value_form *form, char message[TAUT_MESSAGE]) {
  *form = (taut_value_form){.name = unit};
  return taut__unit_parse(unit, &form->unit, message);
}

static bool no_number(const char *text, char message[TAUT_MESSAGE]) {
  char shown[80];
  if (text[0] == '\0')
    snprintf(message, TAUT_MESSAGE, "no value given");
  else
    snprintf(message, TAUT_MESSAGE, "\"%s\" is no number", taut__excerpt(text, shown));
  return false;
}

/* The C library reads the decimal point of the program's locale, which is not ours to set. */
static double decimal(const char *digits, size_t n) {
  char buffer[DIGITS + 16];
  const char *point = localeconv()->decimal_point;
  size_t k = 0;
  for (size_t i = 0; i < n && k < DIGITS + 8; i++) {
    if (digits[i] != '.') {
      buffer[k++] = digits[i];
      continue;
    }
    for (const char *p = point; *p && k < DIGITS + 8; p++) buffer[k++] = *p;
  }
  buffer[k] = '\0';
  return strtod(buffer, NULL);
}

bool taut__number_parse(const char *text, double *number, const char **end, char message[TAUT_MESSAGE]) {
  const char *p = text;
  int digits = 0;
  bool nonzero = false;
  if (*p == '+' || *p == '-') p++;
  for (; isdigit((unsigned char)*p); p++) digits++, nonzero = nonzero || *p != '0';
  if (*p == '.')
    for (p++; isdigit((unsigned char)*p); p++) digits++, nonzero = nonzero || *p != '0';
  bool hexadecimal = digits == 1 && !nonzero && (*p == 'x' || *p == 'X') && isxdigit((unsigned char)p[1]);
  if (digits == 0 || hexadecimal) return no_number(text, message);
  if (*p == ',') {
    snprintf(message, TAUT_MESSAGE, "a comma is no decimal point; write 1.5, not 1,5");
    return false;
  }
  if ((*p == 'e' || *p == 'E') && isdigit((unsigned char)p[p[1] == '+' || p[1] == '-' ? 2 : 1])) {
    p += 2;
    while (isdigit((unsigned char)*p)) p++;
  }
  if (p - text > DIGITS) {
    snprintf(message, TAUT_MESSAGE, "a number of more than %d characters", DIGITS);
    return false;
  }
  *number = decimal(text, (size_t)(p - text));
  if (!isfinite(*number) || (nonzero && fabs(*number) < DBL_MIN)) {
    char shown[80];
    snprintf(message, TAUT_MESSAGE, "\"%s\" is too %s for a number", taut__excerpt(text, shown),
             isfinite(*number) ? "small" : "large");
    return false;
  }
  *end = p;
  return true;
}

/* ----------------------------------------------------------------------------------------------------- scalars ---- */

static const char *skip_spaces(const char *p) {
  while (*p == ' ' || *p == '\t' || *p == '\n') p++;
  return p;
}

/* Start of `+-` or its sign, NULL when there is none; `after` receives what follows. */
static const char *find_spread(const char *text, const char **after) {
  const char *ascii = strstr(text, "+-"), *sign = strstr(text, "\u00b1");
  const char *found = ascii && sign ? (ascii < sign ? ascii : sign) : ascii ? ascii : sign;
  if (found) *after = found + 2; /* both are two bytes */
  return found;
}

/* Takes a trailing word off a unit text. */
static bool drop_word(char *unit, const char *word) {
  size_t n = strlen(unit), w = strlen(word);
  if (n < w || strcmp(unit + n - w, word) != 0 || (n > w && unit[n - w - 1] != ' ')) return false;
  unit[n - w] = '\0';
  for (n -= w; n > 0 && unit[n - 1] == ' ';) unit[--n] = '\0';
  return true;
}

/* Number and the text of its unit, of `length` bytes. */
static bool split(const char *text, size_t length, double *number, char unit[UNIT_TEXT], char message[TAUT_MESSAGE]) {
  char part[DIGITS + UNIT_TEXT + 8];
  while (length > 0 && isspace((unsigned char)text[length - 1])) length--;
  if (length >= sizeof part) {
    snprintf(message, TAUT_MESSAGE, "a value of more than %zu characters", sizeof part - 1);
    return false;
  }
  memcpy(part, text, length);
  part[length] = '\0';
  const char *rest, *start = skip_spaces(part);
  if (!taut__number_parse(start, number, &rest, message)) return false;
  rest = skip_spaces(rest);
  if (strlen(rest) >= UNIT_TEXT) {
    snprintf(message, TAUT_MESSAGE, "a unit of more than %d characters", UNIT_TEXT - 1);
    return false;
  }
  memcpy(unit, rest, strlen(rest) + 1);
  return true;
}

/* Brings a number to the storage unit.  Equal units change no bit of it. */
static bool convert(double number, const char *text, const taut_value_form *form, double *out, bool difference,
                    char message[TAUT_MESSAGE]) {
  taut_unit unit;
  const char *expected, *words;
  const signed char(*exponents)[TAUT_BASE_DIMENSIONS];
  taut__unit_internal(form->unit.dimension, &expected, &words, &exponents);
  if (text[0] == '\0' && (form->unit.dimension == 0 || form->bare)) {
    *out = form->unit.dimension == 0 ? number / form->unit.factor : number;
    return true;
  }
  if (text[0] == '\0') {
    char plain[32];
    snprintf(message, TAUT_MESSAGE, "the number %s has no unit", taut__number(number, plain));
    return false;
  }
  if (!taut__unit_parse(text, &unit, message)) return false;
  if (unit.dimension != form->unit.dimension) {
    taut__unit_internal(unit.dimension, &expected, &words, &exponents);
    snprintf(message, TAUT_MESSAGE, "\"%s\" is the unit of %s", text, words);
    return false;
  }
  if (unit.factor == form->unit.factor && unit.offset == form->unit.offset)
    *out = number;
  else if (difference)
    *out = number * (unit.factor / form->unit.factor);
  else
    *out = number * (unit.factor / form->unit.factor) + (unit.offset - form->unit.offset) / form->unit.factor;
  if (isfinite(*out)) return true;
  snprintf(message, TAUT_MESSAGE, "the value is too large");
  return false;
}

bool taut__value_parse(const char *text, const taut_value_form *form, taut_value *out, char message[TAUT_MESSAGE]) {
  *out = (taut_value){.kind = TAUT_VALUE_NUMBER};
  char unit[UNIT_TEXT], spread_unit[UNIT_TEXT] = "";
  const char *after = NULL, *spread = find_spread(text, &after);
  double mean, sd = 0;
  if (!split(text, spread ? (size_t)(spread - text) : strlen(text), &mean, unit, message)) return false;
  if (spread) {
    if (!split(after, strlen(after), &sd, spread_unit, message)) return false;
    if (unit[0] == '\0') memcpy(unit, spread_unit, sizeof unit);
    if (spread_unit[0] == '\0' && unit[0] != '\0') {
      snprintf(message, TAUT_MESSAGE, "the number after +- has no unit");
      return false;
    }
    out->kind = TAUT_VALUE_NORMAL;
  }
  if (form->ago) out->ago = drop_word(unit, "ago");
  if (!convert(mean, unit, form, &out->mean, false, message)) return false;
  if (spread && !convert(sd, spread_unit, form, &out->sd, true, message)) return false;
  if (out->sd < 0) {
    snprintf(message, TAUT_MESSAGE, "the spread after +- is negative");
    return false;
  }
  out->low = out->high = out->mean;
  return true;
}

/* ------------------------------------------------------------------------------------------------------- nodes ---- */

static bool shape(char message[TAUT_MESSAGE]) {
  snprintf(message, TAUT_MESSAGE, "a value is a number, x +- s, a range [low, high] or {lognormal: {mean: , sd: }}");
  return false;
}

static bool read_number(const taut_node *node, const taut_value_form *form, double *out, const taut_node **bad,
                        char message[TAUT_MESSAGE]) {
  taut_value value;
  *bad = node;
  if (node->kind != TAUT_NODE_SCALAR) return shape(message);
  if (!taut__value_parse(node->text, form, &value, message)) return false;
  *out = value.mean;
  return value.kind == TAUT_VALUE_NUMBER || shape(message);
}

static bool read_range(const taut_node *list, const taut_value_form *form, taut_value *out, const taut_node **bad,
                       char message[TAUT_MESSAGE]) {
  *bad = list;
  if (list->count != 2) return shape(message);
  out->kind = TAUT_VALUE_UNIFORM;
  if (!read_number(list->first, form, &out->low, bad, message)) return false;
  if (!read_number(list->last, form, &out->high, bad, message)) return false;
  *bad = list;
  if (out->low > out->high) {
    snprintf(message, TAUT_MESSAGE, "the range runs from high to low");
    return false;
  }
  out->mean = 0.5 * (out->low + out->high);
  return true;
}

static bool read_lognormal(const taut_node *map, const taut_value_form *form, taut_value *out, const taut_node **bad,
                           char message[TAUT_MESSAGE]) {
  const taut_node *inside = map->count == 1 ? taut__node_find(map, "lognormal") : NULL;
  const taut_node *mean = taut__node_find(inside, "mean"), *sd = taut__node_find(inside, "sd");
  *bad = map;
  if (!mean || !sd || inside->count != 2) return shape(message);
  taut_value_form spread = *form;
  spread.unit.offset = 0;
  out->kind = TAUT_VALUE_LOGNORMAL;
  if (!read_number(mean, form, &out->mean, bad, message)) return false;
  if (!read_number(sd, &spread, &out->sd, bad, message)) return false;
  *bad = map;
  if (!(out->mean > 0 && out->sd >= 0)) {
    snprintf(message, TAUT_MESSAGE, "a lognormal needs a positive mean and no negative sd");
    return false;
  }
  out->low = out->high = out->mean;
  return true;
}

bool taut__value_read(const taut_node *node, const taut_value_form *form, taut_value *out, const taut_node **bad,
                      char message[TAUT_MESSAGE]) {
  const taut_node *place;
  if (!bad) bad = &place;
  *bad = node;
  *out = (taut_value){.kind = TAUT_VALUE_NUMBER};
  switch (node->kind) {
  case TAUT_NODE_SCALAR:
    return taut__value_parse(node->text, form, out, message);
  case TAUT_NODE_LIST:
    return read_range(node, form, out, bad, message);
  case TAUT_NODE_MAP:
    return read_lognormal(node, form, out, bad, message);
  }
  return false;
}
