/* Units: our own reading of the text (which words, which form), UDUNITS-2 for the arithmetic.
 *
 * The unit system holds the words of units.def and nothing else; it is built in memory, so no database file has to be
 * found at run time and start-up costs well under a millisecond. */
#include "param/units.h"

#include <ctype.h>
#include <float.h>
#include <math.h>
#include <pthread.h>
#include <stdlib.h>
#include <string.h>
#include <udunits2.h>

enum { MAX_TERMS = 12, MAX_DEPTH = 4, MAX_EXPONENT = 9, MAX_UNIT = 96, WORD = 24 };

typedef enum dimension {
#define INTERNAL(name, unit, words, l, t, m, k, a, c, p) DIMENSION_##name,
#include "param/internal_units.def"
#undef INTERNAL
  DIMENSIONS
} dimension;

static const struct {
  const char *unit, *words;
  signed char exponent[TAUT_BASE_DIMENSIONS];
} internal_units[DIMENSIONS] = {
#define INTERNAL(name, unit, words, l, t, m, k, a, c, p) {unit, words, {l, t, m, k, a, c, p}},
#include "param/internal_units.def"
#undef INTERNAL
};

static const struct {
  const char *token, *definition;
  dimension dimension;
} words[] = {
#define UNIT(token, definition, dimension) {token, definition, DIMENSION_##dimension},
#include "param/units.def"
#undef UNIT
};
enum { WORDS = sizeof words / sizeof *words };

/* One term of a unit text: a row of units.def to a power. */
typedef struct term {
  int word, power;
} term;
typedef struct reader {
  const char *at;
  term term[MAX_TERMS];
  int terms;
  char *message;
} reader;

/* The unit system is built at the first use and shared; UDUNITS itself keeps state, so one thread at a time. */
static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static ut_system *unit_system;
static ut_unit *internal_unit[DIMENSIONS];

bool taut__unit_internal(int row, const char **unit, const char **text,
                         const signed char (**exponents)[TAUT_BASE_DIMENSIONS]) {
  if (row < 0 || row >= DIMENSIONS) return false;
  *unit = internal_units[row].unit;
  *text = internal_units[row].words;
  *exponents = &internal_units[row].exponent;
  return true;
}

bool taut__unit_word(int row, const char **token, const char **definition) {
  if (row < 0 || row >= WORDS) return false;
  *token = words[row].token;
  *definition = words[row].definition;
  return true;
}

/* ------------------------------------------------------------------------------------------------- reading ---- */

static int find_word(const char *text, size_t length) {
  for (int i = 0; i < WORDS; i++)
    if (strlen(words[i].token) == length && memcmp(words[i].token, text, length) == 0) return i;
  return -1;
}

static bool unknown_word(reader *r, const char *text, size_t length) {
  char word[WORD + 1];
  if (length > WORD) length = WORD;
  memcpy(word, text, length);
  word[length] = '\0';
  const char *names[WORDS];
  for (int i = 0; i < WORDS; i++) names[i] = words[i].token;
  int near = taut__nearest(word, names, WORDS);
  if (near >= 0)
    snprintf(r->message, TAUT_MESSAGE, "unknown unit \"%s\"; nearest known unit \"%s\"", word, names[near]);
  else
    snprintf(r->message, TAUT_MESSAGE, "unknown unit \"%s\"", word);
  return false;
}

static bool malformed(reader *r) {
  snprintf(r->message, TAUT_MESSAGE, "malformed unit; expected words joined by * and /, such as mm^2/day or 1/cm^2");
  return false;
}

static void skip_spaces(reader *r) {
  while (*r->at == ' ' || *r->at == '\t') r->at++;
}

/* Length of the UTF-8 sequence `sign` when the text goes on with it, else 0. */
static size_t at_sign(const reader *r, const char *sign) {
  size_t n = strlen(sign);
  return strncmp(r->at, sign, n) == 0 ? n : 0;
}

static bool read_power(reader *r, int *power) {
  size_t n;
  *power = 1;
  if ((n = at_sign(r, "\u00b2")) || (n = at_sign(r, "\u00b3"))) {
    *power = at_sign(r, "\u00b2") ? 2 : 3;
    r->at += n;
    return true;
  }
  bool marked = *r->at == '^';
  if (marked) r->at++;
  int sign = 1;
  if (*r->at == '-' && isdigit((unsigned char)r->at[1])) {
    sign = -1;
    r->at++;
  }
  if (!isdigit((unsigned char)*r->at)) return !marked || malformed(r);
  int value = 0;
  for (; isdigit((unsigned char)*r->at); r->at++) {
    value = value * 10 + (*r->at - '0');
    if (value > MAX_EXPONENT) return malformed(r);
  }
  *power = sign * value;
  return true;
}

static bool read_product(reader *r, int sign, int depth);

static bool read_term(reader *r, int sign, int depth) {
  int first = r->terms, power;
  if (*r->at == '(') {
    r->at++;
    if (depth >= MAX_DEPTH || !read_product(r, 1, depth + 1)) return depth >= MAX_DEPTH ? malformed(r) : false;
    if (*r->at++ != ')') return malformed(r);
  } else {
    char word[WORD + 2];
    size_t n = 0, micro;
    const char *start = r->at;
    if ((micro = at_sign(r, "\u00b5")) || (micro = at_sign(r, "\u03bc"))) {
      word[n++] = 'u';
      r->at += micro;
    }
    if (*r->at == '%') {
      word[n++] = *r->at++;
    } else {
      while (isalpha((unsigned char)*r->at) || (*r->at == '-' && n && isalpha((unsigned char)r->at[1]))) {
        if (n > WORD) return unknown_word(r, start, n);
        word[n++] = *r->at++;
      }
    }
    if (n == 0) return malformed(r);
    int row = find_word(word, n);
    if (row < 0) return unknown_word(r, word, n);
    if (r->terms == MAX_TERMS) return malformed(r);
    r->term[r->terms++] = (term){row, 1};
  }
  if (!read_power(r, &power)) return false;
  for (int i = first; i < r->terms; i++) r->term[i].power *= sign * power;
  return true;
}

/* product = ['1'] term { ('/' | '*' | '.' | space) term }; a slash divides by the next term alone. */
static bool read_product(reader *r, int sign, int depth) {
  skip_spaces(r);
  bool first = true;
  if (*r->at == '1' && !isalnum((unsigned char)r->at[1])) {
    r->at++;
    first = false;
    skip_spaces(r);
    if (*r->at != '/' && *r->at != '\0') return malformed(r);
  }
  for (;; first = false) {
    skip_spaces(r);
    if (*r->at == '\0' || *r->at == ')') return !first || malformed(r);
    int side = 1;
    size_t n;
    if (*r->at == '/') {
      side = -1;
      r->at++;
    } else if (!first && (*r->at == '*' || *r->at == '.')) {
      r->at++;
    } else if (!first && (n = at_sign(r, "\u00b7"))) {
      r->at += n;
    }
    skip_spaces(r);
    if (!read_term(r, sign * side, depth)) return false;
  }
}

static bool find_dimension(const reader *r, int *found) {
  int sum[TAUT_BASE_DIMENSIONS] = {0};
  for (int i = 0; i < r->terms; i++)
    for (int d = 0; d < TAUT_BASE_DIMENSIONS; d++)
      sum[d] += r->term[i].power * internal_units[words[r->term[i].word].dimension].exponent[d];
  for (int row = 0; row < DIMENSIONS; row++) {
    bool same = true;
    for (int d = 0; d < TAUT_BASE_DIMENSIONS; d++) same = same && sum[d] == internal_units[row].exponent[d];
    if (same) {
      *found = row;
      return true;
    }
  }
  return false;
}

static bool read_unit(const char *text, reader *r) {
  r->at = text;
  r->terms = 0;
  if (strlen(text) > MAX_UNIT) return malformed(r);
  if (text[0] == '\0' || strcmp(text, "-") == 0) return true;
  if (!read_product(r, 1, 0)) return false;
  if (*r->at != '\0') return malformed(r);
  bool celsius = false;
  for (int i = 0; i < r->terms; i++) celsius = celsius || strcmp(words[r->term[i].word].token, "degC") == 0;
  if (celsius && (r->terms != 1 || r->term[0].power != 1)) {
    snprintf(r->message, TAUT_MESSAGE, "degC stands alone (an absolute temperature); use K in compound units");
    return false;
  }
  return true;
}

/* ----------------------------------------------------------------------------------------------- arithmetic ---- */

/* UDUNITS reads letters and underscores; digits would be exponents and % an operator. */
static void system_name(const char *token, char name[WORD + 1]) {
  size_t n = 0;
  if (strcmp(token, "%") == 0) token = "per_cent";
  for (; token[n] != '\0' && n < WORD; n++) name[n] = token[n] == '-' ? '_' : token[n];
  name[n] = '\0';
}

static ut_unit *expression_unit(const reader *r) {
  char text[MAX_TERMS * (WORD + 16) + 2] = "1";
  size_t n = 1;
  for (int i = 0; i < r->terms; i++) {
    char name[WORD + 1];
    system_name(words[r->term[i].word].token, name);
    int power = r->term[i].power;
    n += (size_t)(power == 1 ? snprintf(text + n, sizeof text - n, ".%s", name)
                             : snprintf(text + n, sizeof text - n, ".%s^%d", name, power));
  }
  return ut_parse(unit_system, r->terms == 1 && r->term[0].power == 1 ? text + 2 : text, UT_ASCII);
}

/* UDUNITS' own database holds angles dimensionless; here every base is a dimension, and 2 deg is no plain number. */
static ut_unit *define_word(const char *definition) {
  return definition[0] != '\0' ? ut_parse(unit_system, definition, UT_ASCII) : ut_new_base_unit(unit_system);
}

static bool build_system(void) {
  if (unit_system) return true;
  ut_set_error_message_handler(ut_ignore);
  unit_system = ut_new_system();
  bool good = unit_system != NULL;
  for (int i = 0; good && i < WORDS; i++) {
    char name[WORD + 1];
    system_name(words[i].token, name);
    ut_unit *unit = define_word(words[i].definition);
    good = unit && ut_map_symbol_to_unit(name, UT_ASCII, unit) == UT_SUCCESS;
    ut_free(unit);
  }
  for (int i = 0; good && i < DIMENSIONS; i++) {
    char message[TAUT_MESSAGE];
    reader r = {.message = message};
    good = read_unit(internal_units[i].unit, &r) && (internal_unit[i] = expression_unit(&r)) != NULL;
  }
  return good;
}

/* Takes rounding noise out of a factor: the nearest number of few digits, or the reciprocal of one, when the noise of
 * a handful of operations explains the difference. */
static double clean(double x) {
  if (!isfinite(x) || x == 0) return x;
  char text[40];
  snprintf(text, sizeof text, "%.12g", x);
  double near = strtod(text, NULL);
  if (fabs(near - x) <= 8 * DBL_EPSILON * fabs(x)) return near;
  snprintf(text, sizeof text, "%.12g", 1 / x);
  near = 1 / strtod(text, NULL);
  return fabs(near - x) <= 8 * DBL_EPSILON * fabs(x) ? near : x;
}

static bool conversion(const reader *r, taut_unit *unit) {
  ut_unit *from = expression_unit(r);
  cv_converter *converter = from ? ut_get_converter(from, internal_unit[unit->dimension]) : NULL;
  if (converter) {
    unit->offset = clean(cv_convert_double(converter, 0.0));
    unit->factor = clean(cv_convert_double(converter, 1.0) - unit->offset);
  }
  cv_free(converter);
  ut_free(from);
  return converter != NULL;
}

bool taut__unit_parse(const char *text, taut_unit *unit, char message[TAUT_MESSAGE]) {
  reader r = {.message = message};
  *unit = (taut_unit){.factor = 1};
  if (!read_unit(text, &r)) return false;
  if (!find_dimension(&r, &unit->dimension)) {
    snprintf(message, TAUT_MESSAGE, "\"%s\" is a unit of nothing that taut works with", text);
    return false;
  }
  if (r.terms == 0) return true;
  pthread_mutex_lock(&lock);
  bool good = build_system() && conversion(&r, unit);
  pthread_mutex_unlock(&lock);
  if (!good) snprintf(message, TAUT_MESSAGE, "UDUNITS-2 does not understand the unit \"%s\"", text);
  return good;
}

taut_err taut__unit_factor(taut_context *context, const char *where, const char *text, double *factor,
                           const char **internal) {
  char message[TAUT_MESSAGE];
  taut_unit unit;
  if (!taut__unit_parse(text, &unit, message)) return taut__fail(context, TAUT_ERR_INPUT, where, "%s", message);
  if (unit.offset != 0)
    return taut__fail(context, TAUT_ERR_INPUT, where, "degC is an absolute temperature, not a factor; use K");
  *factor = unit.factor;
  if (internal) *internal = internal_units[unit.dimension].unit;
  return TAUT_OK;
}

taut_err taut__unit_convert(taut_context *context, const char *where, double value, const char *text, const char *like,
                            double *internal_value) {
  char message[TAUT_MESSAGE];
  taut_unit unit, wanted;
  if (!taut__unit_parse(text, &unit, message) || !taut__unit_parse(like, &wanted, message))
    return taut__fail(context, TAUT_ERR_INPUT, where, "%s", message);
  if (unit.dimension != wanted.dimension)
    return taut__fail(context, TAUT_ERR_INPUT, where, "\"%s\" is %s; expected %s such as %s", text,
                      internal_units[unit.dimension].words, internal_units[wanted.dimension].words, like);
  *internal_value = value * unit.factor + unit.offset;
  return TAUT_OK;
}

void taut__units_free(void) {
  pthread_mutex_lock(&lock);
  for (int i = 0; i < DIMENSIONS; i++) {
    ut_free(internal_unit[i]);
    internal_unit[i] = NULL;
  }
  ut_free_system(unit_system);
  unit_system = NULL;
  pthread_mutex_unlock(&lock);
}
