/* Parameters of equations: one X-macro row each, beside the module that uses it.
 *
 *   PARAM(name, unit, default, low, high, prior, evidence, source, doc)
 *
 * Expansion 1 makes the member of the module's struct (doubles in internal units, see units.h), expansion 2 a const
 * taut_param row.  The row drives storage, parsing, defaults, validation, `taut params`, the docs and sampling.
 * default, bounds and prior are numbers in `unit`, as in the model documents.
 */
#ifndef TAUT_PARAM_PARAM_H
#define TAUT_PARAM_PARAM_H

#include "base/base.h"

typedef enum taut_prior_kind {
  TAUT_PRIOR_FIXED,      /**< a definition or a numerical constant: never sampled */
  TAUT_PRIOR_UNIFORM,    /**< a..b */
  TAUT_PRIOR_LOGUNIFORM, /**< a..b */
  TAUT_PRIOR_NORMAL,     /**< mean a, SD b */
  TAUT_PRIOR_LOGNORMAL,  /**< median a, SD of the logarithm b */
  TAUT_PRIOR_BETA        /**< shape a, shape b, on 0..1 */
} taut_prior_kind;

typedef struct taut_prior {
  taut_prior_kind kind;
  double a, b;
} taut_prior;

/* Spellings for the prior column. */
#define FIXED                                                                                                          \
  { TAUT_PRIOR_FIXED, 0, 0 }
#define UNIFORM(a, b)                                                                                                  \
  { TAUT_PRIOR_UNIFORM, a, b }
#define LOGUNIFORM(a, b)                                                                                               \
  { TAUT_PRIOR_LOGUNIFORM, a, b }
#define NORMAL(m, s)                                                                                                   \
  { TAUT_PRIOR_NORMAL, m, s }
#define LOGNORMAL(median, s)                                                                                           \
  { TAUT_PRIOR_LOGNORMAL, median, s }
#define BETA(a, b)                                                                                                     \
  { TAUT_PRIOR_BETA, a, b }

/** How far a number can be trusted (marks of the documents). */
typedef enum taut_evidence {
  TAUT_SEEN,       /**< read in the source */
  TAUT_SEEN2,      /**< read in a secondary text */
  TAUT_RECALL,     /**< general knowledge, not re-read */
  TAUT_DERIVED,    /**< arithmetic from marked values */
  TAUT_ASSUMED,    /**< a modelling choice, no value known */
  TAUT_CALIBRATED, /**< tuned by this project; the source names the data */
  TAUT_DEFINED     /**< a definition or normalisation */
} taut_evidence;
const char *taut__evidence_name(taut_evidence evidence);

/** A source of numbers: rows of sources.def, SOURCE(key, "citation", "where to find it", "system"). */
typedef enum taut_source_id {
#define SOURCE(key, citation, where, system) TAUT_SOURCE_##key,
#include "param/sources.def"
#undef SOURCE
  TAUT_SOURCES
} taut_source_id;
typedef struct taut_source {
  const char *key, *citation, *where, *system;
} taut_source;
const taut_source *taut__source(taut_source_id id);

typedef struct taut_param {
  const char *group, *name, *unit;
  double value, low, high; /**< in `unit` */
  taut_prior prior;
  taut_evidence evidence;
  taut_source_id source;
  const char *doc;
  size_t offset; /**< of the double in the module's struct */
} taut_param;

/** A module's table: group name ("healing"), rows, size of its struct (doubles only). */
typedef struct taut_param_table {
  const char *group;
  const taut_param *row;
  int rows;
  size_t size;
} taut_param_table;

/* How a module declares its table (healing shown):
 *   struct:  typedef struct taut_healing_params {
 *            #define PARAM(name, ...) double name;
 *            #include "healing/params.def"
 *            #undef PARAM
 *            } taut_healing_params;
 *   rows:    #define PARAM(name, unit, def, low, high, prior, evidence, source, doc) \
 *              {"healing", #name, unit, def, low, high, prior, TAUT_##evidence, TAUT_SOURCE_##source, doc, \
 *               offsetof(taut_healing_params, name)},
 */

/** Fills a module's struct with the defaults of its rows, in internal units. */
taut_err taut__param_defaults(taut_context *context, const taut_param_table *table, void *params);

/** Every table of the program, in print order: the one place that names them (src/param/tables.c gets them from
 *  taut__param_register calls made by the room `model`). */
typedef struct taut_param_registry {
  const taut_param_table *const *table;
  int tables;
} taut_param_registry;

#endif
