/* What a finished run holds: plain data, filled by run/, written by io/.  Times are days after the first session. */
#ifndef TAUT_OBSERVE_RESULT_H
#define TAUT_OBSERVE_RESULT_H

#include "domain/domain.h"
#include "fields/fields.h"
#include "param/case.h"

/** A quantity of interface.md 4: row of observe/quantities.def. */
typedef struct taut_quantity {
  const char *name, *unit, *doc; /**< unit as printed */
  const char *how;               /**< how it is computed, one phrase */
  const char *evidence;          /**< "calibrated: …", "predicted", … */
  const char *group;             /**< matrix | cells and signals | injury */
} taut_quantity;
enum {
#define QUANTITY(name, ...) TAUT_Q_##name,
#include "observe/quantities.def"
#undef QUANTITY
  TAUT_QUANTITIES
};
extern const taut_quantity taut__quantity[TAUT_QUANTITIES];

/** Fields of one domain at one time; data[f] has the points where field f lives. */
typedef struct taut_snapshot {
  double day;
  const taut_domain *const *domain; /**< [domains] at that time (sessions may differ); lent by the model */
  const double *weight;             /**< [domains]; lent by the model */
  double **data;                    /**< [domains * fields]: data[d * fields + f] */
} taut_snapshot;

/** A conservation ledger: an integral at the end against its balance (healing.md 16.4). */
typedef struct taut_ledger {
  const char *name, *unit;
  double found, expected, relative_error;
} taut_ledger;

/** One session as computed. */
typedef struct taut_session_report {
  double day, nominal_mm, achieved_mm, density_cm2, holes_cm2, cv_area, rehit_share;
  double bleeding; /**< probability a hit bleeds */
  double p_fat_ultrasound, p_fat_histology;
  double hole_um;
  double injured_um; /**< S */
  bool surface;      /**< the surface course below is known */
  double downtime_h, downtime_low_h,
      downtime_high_h;               /**< visible redness, and the band in which published times scatter */
  bool still_red;                    /**< visible to the next session or the end: downtime is a lower limit */
  double erythema_peak, oedema_peak; /**< a* units; thickness strain */
  double pain, pain_without_relief;  /**< scale of 10 */
  bool pain_extrapolated;            /**< outside the lengths, numbers or the site of the pain study */
  double infection_window_h;
} taut_session_report;

/** An adverse event as counted in a study, to stand beside the indices of risk. */
typedef struct taut_counted_event {
  const char *name, *doc; /**< lent */
  int count, people;      /**< people 0: no denominator */
  double low, high;       /**< 95 % interval of Wilson, NAN without a denominator */
} taut_counted_event;
enum { TAUT_COUNTED_EVENTS = 8 };

/** What `undemonstrable` means, in a sentence. */
#define TAUT_UNDEMONSTRABLE                                                                                            \
  "no demonstrable change: smaller than what the unknown constants of elastin loss (a factor of 10 either way) and "   \
  "of the "                                                                                                            \
  "pre-stretch of new collagen can do"

struct taut_result {
  taut_context *context;
  const taut_case *c; /**< copy-free: owned by the model, which the caller keeps alive */
  char *case_yaml;    /**< text of the resolved case */
  char hash[17];
  /* series */
  double baseline[TAUT_QUANTITIES];
  int visits;
  double *visit_day, *visit; /**< visit[v * TAUT_QUANTITIES + q]; on a session day before the session */
  int points;
  double *point_day, *point; /**< dense course, same layout */
  /* observables of the healing document at follow-up times, after the injury at the instant of a session */
  int observables;
  const char *const *observable_name;
  double *observed; /**< [visits * observables] */
  /* fields at the visits (after the injury on session days) */
  const taut_field_set *set; /**< lent by the model */
  int domains;
  const taut_domain *const *domain; /**< lent by the model */
  const double *weight;
  int snapshots;
  taut_snapshot *snapshot;
  struct taut_maps *maps; /**< of a patch (observe/maps.h), owned; NULL: another scale */
  /* facts */
  int sessions;
  taut_session_report *session;
  int untreated_domain; /**< the domain that is never injured (sparse punctures), -1: none */
  int events;
  taut_counted_event event[TAUT_COUNTED_EVENTS];
  int ledgers;
  taut_ledger *ledger;
  double worst_solve;         /**< largest relative imbalance of an implicit transport solve */
  double peak_myofibroblasts; /**< largest local density over the course, fibroblast units */
  double peak_gate;           /**< largest mechanical gate over the course */
  taut_report report;
  double wall_seconds;
  double loop_gain_inflammation, loop_gain_tgf;
  double rest_residual;                 /**< largest |P - L u| of the rest state, 1/day */
  const char *suction_method;           /**< how suction was computed at the visits; NULL: not at all */
  double suction_error;                 /**< largest estimated relative error of R0 */
  bool undemonstrable[TAUT_QUANTITIES]; /**< the largest change is within the effect of unknown constants */
  double noise[TAUT_QUANTITIES];        /**< SD of one reading by an instrument or rater, 0: none is known */
  char *uncertainty;                    /**< one sentence: what dominates the uncertainty; NULL: none */
  struct taut_folder *folder;           /**< begun by the run for its result (io/io.h), owned; NULL: none */
  taut_texts warnings;
  taut_texts log; /**< lines of log.txt: a line an accepted step and event */
};

#endif
