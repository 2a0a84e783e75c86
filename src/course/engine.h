/* The stepping engine: variable-step BDF2 with quadratically extrapolated coefficients, one sweep (healing.md 12.1),
 * driving K weighted domains of one field set in lockstep with one step size. */
#ifndef TAUT_COURSE_ENGINE_H
#define TAUT_COURSE_ENGINE_H

#include "base/keeper.h"
#include "domain/solver.h"

typedef struct taut_engine_options {
  double rtol;         /**< relative tolerance of the step control */
  double step_max;     /**< days; 0: 4 */
  double step_start;   /**< days; 0: 1e-4 */
  double fixed_step;   /**< > 0: equal steps without error control (order tests); starts with one backward Euler step */
  bool backward_euler; /**< with fixed_step: first order */
  int threads;         /**< 0: 1; never changes a byte of the results */
} taut_engine_options;

/** A kept balance (taut_balance): change found between events and expected from P - L u, over all domains by weight, per
 *  mm2 of skin. */
typedef struct taut_balance_sum {
  double found, expected, turnover; /**< turnover: time integral of |P - L u| */
} taut_balance_sum;

typedef struct taut_engine taut_engine;

/** Starts at rest at day `start`.  Domains and set are lent. weights sum to 1. */
TAUT_MUST_USE taut_err taut__engine_create(taut_context *context, const taut_field_set *set, int domains,
                                           const taut_domain *const *domain, const double *weight,
                                           const taut_engine_options *options, double start, taut_engine **out);
void taut__engine_destroy(taut_engine **engine);

double taut__engine_day(const taut_engine *engine);
int taut__engine_domains(const taut_engine *engine);
const taut_domain *taut__engine_domain(const taut_engine *engine, int d);
double taut__engine_weight(const taut_engine *engine, int d);
/** Current state of a domain: u[f] points at the first point where f lives.  Lent until the next step. */
double *const *taut__engine_state(taut_engine *engine, int d);
/** External source of a field [points of the field], zero at first; change it only together with a restart. */
double *taut__engine_source(taut_engine *engine, int d, int f);
/** Scalars of the field set (taut_strip.drive); change them only together with a restart. */
double *taut__engine_drive(taut_engine *engine);
/** The gate of the current state by plane, recomputed; lent. */
const double *taut__engine_gate(taut_engine *engine, int d);
/** Forgets the history after the state, a source or a drive was changed. */
void taut__engine_restart(taut_engine *engine);

/** Replaces every field by its plane averages, on other domains if given (equally many planes; weights as at creation), and
 *  forgets the history: what comes before a second session. */
TAUT_MUST_USE taut_err taut__engine_average(taut_engine *engine, const taut_domain *const *domain,
                                            const double *weight);

/** Called after each accepted step; a non-zero return ends the advance with that error. */
typedef taut_err taut_step_fn(void *user, taut_engine *engine, const taut_report *report);
/** Advances exactly to `day`.  NUMERICS with a message when a step cannot be made. */
TAUT_MUST_USE taut_err taut__engine_advance(taut_engine *engine, double day, taut_step_fn *each, void *user,
                                            taut_report *report);
/** Largest relative imbalance of one implicit transport solve so far. */
double taut__engine_worst_solve(const taut_engine *engine);
taut_balance_sum taut__engine_balance(const taut_engine *engine, int row);
/** Adds lines about the solves to the log of a run. */
TAUT_MUST_USE taut_err taut__engine_note(taut_engine *engine, taut_texts *log);
/** Saves or loads all that the next steps depend on.  To load, create the engine with the domains and weights on which the
 *  saved state lies. */
void taut__engine_keep(taut_engine *engine, taut_keeper *keeper);
/** Largest |P - L u| over all fields and points of the current state, 1/day of each field's unit. */
double taut__engine_residual(taut_engine *engine);

#endif
