/* Values as people write them: a number with its unit, possibly uncertain. */
#ifndef TAUT_PARAM_VALUE_H
#define TAUT_PARAM_VALUE_H

#include "param/tree.h"
#include "param/units.h"

typedef enum taut_value_kind {
  TAUT_VALUE_NUMBER,
  TAUT_VALUE_NORMAL,
  TAUT_VALUE_UNIFORM,
  TAUT_VALUE_LOGNORMAL
} taut_value_kind;

/** A value in the unit it is stored in.  Single runs use the mean; ensembles draw. */
typedef struct taut_value {
  taut_value_kind kind;
  double mean, sd;  /**< sd: NORMAL and LOGNORMAL (arithmetic), else 0 */
  double low, high; /**< UNIFORM: the ends; else the mean */
  bool ago;         /**< written as `5 years ago` */
} taut_value;

/** The unit a value is stored in and what its text may be. */
typedef struct taut_value_form {
  taut_unit unit;   /**< storage unit */
  const char *name; /**< its text */
  bool bare;        /**< a number without unit means the storage unit (an index such as BMI) */
  bool ago;         /**< `5 years ago` is accepted */
} taut_value_form;

/** Makes a form from the text of a storage unit; false with the reason in `message`. */
bool taut__value_form(const char *unit, taut_value_form *form, char message[TAUT_MESSAGE]);
/** Reads a strict decimal number (digits, point, exponent; no locale, hexadecimal, infinity or NaN) at the start of
 *  `text`; `end` receives what follows.  False with the reason in `message`. */
bool taut__number_parse(const char *text, double *number, const char **end, char message[TAUT_MESSAGE]);
/** Reads `x unit`, `x +- s unit`, `x unit +- s unit`, `x unit ago`. */
bool taut__value_parse(const char *text, const taut_value_form *form, taut_value *out, char message[TAUT_MESSAGE]);
/** The same from a node, where `[lo, hi]` and `{lognormal: {mean: , sd: }}` are known too.
 *  @param bad  on failure the node to name (may be NULL) */
bool taut__value_read(const taut_node *node, const taut_value_form *form, taut_value *out, const taut_node **bad,
                      char message[TAUT_MESSAGE]);

#endif
