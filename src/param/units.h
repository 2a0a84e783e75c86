/* Units.  One internal unit system serves the whole program, doubles everywhere:
 *
 *   length mm · time day · amount of substance of signals pg · force mN (so that stress is kPa = mN/mm2) ·
 *   temperature K · angle rad · biological cells counted in `cell`
 *
 * i.e. the documents' own units (design rule 1).  Stress and mass never meet in one equation of this program, which is
 * why both can have a convenient unit; internal_units.def lists the internal unit of every dimension in use, with its
 * exponents, and a test holds it against UDUNITS-2.  Conversion happens at the edges only: the case reader, the
 * parameter tables, the writers.
 */
#ifndef TAUT_PARAM_UNITS_H
#define TAUT_PARAM_UNITS_H

#include "base/base.h"

#define TAUT_DAYS_PER_YEAR  365.25
#define TAUT_DAYS_PER_WEEK  7.0
#define TAUT_DAYS_PER_MONTH (365.25 / 12.0)

/** Room for one message of a reader of this room. */
#define TAUT_MESSAGE 512

/** Exponents of a dimension, in the order of internal_units.def. */
enum { TAUT_BASE_DIMENSIONS = 7 };

/** An accepted unit text, understood. */
typedef struct taut_unit {
  double factor; /**< to the internal unit of its dimension */
  double offset; /**< added after multiplying; 273.15 for degC, else 0 */
  int dimension; /**< row of internal_units.def */
} taut_unit;

/** Understands a unit text; "", "-" and "1" are the plain number.  On failure false, with the reason in `message`. */
bool taut__unit_parse(const char *text, taut_unit *unit, char message[TAUT_MESSAGE]);
/** Unit text, words ("a length") and exponents of a row of internal_units.def; false beyond the last row. */
bool taut__unit_internal(int dimension, const char **unit, const char **words,
                         const signed char (**exponents)[TAUT_BASE_DIMENSIONS]);
/** Token and definition of a row of units.def; false beyond the last row. */
bool taut__unit_word(int row, const char **token, const char **definition);

/** Factor from `unit` (an accepted unit text) to the internal unit of its dimension.
 *  @param internal  if not NULL: receives the internal unit's text, e.g. "mm^2/day" (static)
 *  INPUT when the unit is not an accepted one, its dimension is not in use, or it is degC. */
TAUT_MUST_USE taut_err taut__unit_factor(taut_context *context, const char *where, const char *unit, double *factor,
                                         const char **internal);
/** Converts `value` in `unit` to the internal unit of `like`'s dimension; INPUT when the dimensions differ.
 *  degC is converted with its offset. */
TAUT_MUST_USE taut_err taut__unit_convert(taut_context *context, const char *where, double value, const char *unit,
                                          const char *like, double *internal_value);
/** Releases the unit system (program end; safe to call twice). */
void taut__units_free(void);

#endif
