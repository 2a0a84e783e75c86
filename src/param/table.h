/* Parameter tables: look-up, priors and the check that every table passes. */
#ifndef TAUT_PARAM_TABLE_H
#define TAUT_PARAM_TABLE_H

#include "param/param.h"

/** "lognormal" …; static. */
const char *taut__prior_name(taut_prior_kind kind);
/** The range that holds 99.9 % of a prior, in the row's unit; false for a fixed value, which has none. */
bool taut__prior_range(const taut_prior *prior, double *low, double *high);
/** Row of "group.name", NULL when unknown.  `table` and `row` (may be NULL) receive its place. */
const taut_param *taut__param_find(const taut_param_registry *registry, const char *name, int *table, int *row);
/** Walks every row of every table: unit known, default in bounds and prior, prior inside the bounds, source named,
 *  sentence present, names and offsets unique.  INTERNAL with one message a fault. */
TAUT_MUST_USE taut_err taut__param_check(taut_context *context, const taut_param_registry *registry);

#endif
