/* Private to course/: what the engine keeps for each domain, and one trial step of it. */
#ifndef TAUT_COURSE_ENGINE_STATE_H
#define TAUT_COURSE_ENGINE_STATE_H

#include "course/engine.h"

enum { TAUT_LEVELS = 4, TAUT_MAX_BALANCES = 8 }; /* new, n, n-1, n-2 */

/** Coefficients of the step under trial. */
typedef struct taut_trial {
  double dt;
  double a, b1, b2;  /**< (a + L) u = P + b1 u_n - b2 u_{n-1} + transport */
  double predict[3]; /**< extrapolation to the new time */
  double error;      /**< C of the error estimate, 0: none */
  double rtol;
} taut_trial;

struct taut_patch_work;

/** One domain's state and workspace.  A patch has the levels only and a workspace of its own. */
typedef struct taut_unit {
  struct taut_patch_work *patch; /**< NULL: not a patch */
  const taut_domain *domain;
  const taut_field_set *set;
  const taut_kernels *k;
  taut_solver *solver;
  double weight;
  int first[TAUT_MAX_FIELDS], count[TAUT_MAX_FIELDS];
  double total_volume[TAUT_MAX_FIELDS];
  double *store;                               /* all of the arrays below */
  double *level[TAUT_LEVELS][TAUT_MAX_FIELDS]; /* level[0]: newest accepted; rotated */
  double *star[TAUT_MAX_FIELDS];               /* extrapolated state */
  double *loss[TAUT_MAX_FIELDS], *production[TAUT_MAX_FIELDS], *rhs[TAUT_MAX_FIELDS];
  double *source[TAUT_MAX_FIELDS];
  double *gate, *zeros;
  double *m;                                         /* gate by plane */
  const double *mixed[TAUT_LAYERS][TAUT_MAX_FIELDS]; /* what strips read, by layer */
  const double *strip_source[TAUT_LAYERS][TAUT_MAX_FIELDS];
  /* outcome of the trial */
  double field_error[TAUT_MAX_FIELDS];
  double rate[TAUT_MAX_BALANCES], gross[TAUT_MAX_BALANCES];
  double worst_solve;
  long backward_euler;
  taut_err failed;
} taut_unit;

TAUT_MUST_USE taut_err taut__unit_create(taut_context *context, const taut_field_set *set, const taut_domain *domain,
                                         double weight, taut_unit *out);
void taut__unit_destroy(taut_unit *unit);
/** Makes strips read `state` (arrays by field) in every layer. */
void taut__unit_read(taut_unit *unit, double *const *state);
/** Gate of what strips read now. */
void taut__unit_gate(taut_unit *unit, const double *drive);
/** P and L of field f at what strips read now, into unit->production[f], unit->loss[f]. */
void taut__unit_rates(taut_unit *unit, int f, const double *drive);
/** Tries a step: new state into level[3], errors and balances into the outcome. */
void taut__unit_try(taut_unit *unit, const taut_trial *trial, const double *drive);
/** Integral of a balance's fields over the whole domain. */
double taut__unit_integral(taut_unit *unit, const taut_balance *row);
/** Gate of the newest state by plane; lent. */
const double *taut__unit_gates(taut_unit *unit, const double *drive);
/** Largest |P - L u| of the newest state. */
double taut__unit_residual(taut_unit *unit, const double *drive);
/** Takes the tried state as the newest. */
void taut__unit_accept(taut_unit *unit);
/** Saves or loads the newest `levels` levels (those before them are never read), sources and what was counted. */
void taut__unit_keep(taut_unit *unit, int levels, taut_keeper *keeper);

#endif
