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

#define TAUT_DAYS_PER_YEAR 365.25
#define TAUT_DAYS_PER_WEEK 7.0
#define TAUT_DAYS_PER_MONTH (365.25 / 12.0)

/** Factor from `unit` (an accepted unit text) to the internal unit of its dimension.
 *  @param internal  if not NULL: receives the internal unit's text, e.g. "mm^2/day" (static)
 *  INPUT when the unit is not an accepted one or its dimension is not in use. */
TAUT_MUST_USE taut_err taut__unit_factor(taut_context *context, const char *where, const char *unit, double *factor,
                                         const char **internal);
/** Converts `value` in `unit` to the internal unit of `like`'s dimension; INPUT when the dimensions differ.
 *  degC is converted with its offset. */
TAUT_MUST_USE taut_err taut__unit_convert(taut_context *context, const char *where, double value, const char *unit,
                                          const char *like, double *internal_value);
/** Releases the unit system (program end; safe to call twice). */
void taut__units_free(void);

#endif
