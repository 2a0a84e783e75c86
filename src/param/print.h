/* Printing of tables for people and programs. */
#ifndef TAUT_PARAM_PRINT_H
#define TAUT_PARAM_PRINT_H

#include "param/param.h"

/** Prints the rows of a registry: all, or those named ("healing.b_F", or a group or beginning such as "healing").
 *  INPUT with the nearest name when one is unknown; IO when `out` cannot be written. */
TAUT_MUST_USE taut_err taut__params_print(taut_context *context, const taut_param_registry *registry,
                                          const char *const *names, size_t n, taut_format format, FILE *out);
/** Appends a text as a JSON string, quotes included. */
void taut__json_string(const char *text, taut_text *out);

#endif
