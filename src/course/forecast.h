/* What a course will cost, told before it runs and while it runs. */
#ifndef TAUT_COURSE_FORECAST_H
#define TAUT_COURSE_FORECAST_H

#include "model/model.h"

/** Steps that the course of a case is expected to take from day `from` to day `to`.  After each session steps start at
 *  seconds and grow to days, whatever the scale: they are counted by a table of one course, scaled with the tolerance.
 *  Of the examples this is right within 20 %, of one (forehead.yaml) 60 % too high. */
double taut__expected_steps(const taut_case *c, double from, double to);

/** What a patch takes. */
typedef struct taut_patch_forecast {
  int n, planes; /**< points along x and y, and in depth */
  int processes; /**< that share it, and how many of them are on this machine */
  int here;
  double points;    /**< of the whole patch */
  double bytes;     /**< of the process that has most */
  double available; /**< on this machine, bytes; INFINITY: not known */
  double steps;
  double rate;    /**< grid points times steps per second of one process; NAN: not measured */
  double seconds; /**< NAN likewise */
} taut_patch_forecast;

/** Tells before anything of its size is allocated. */
taut_patch_forecast taut__patch_forecast(const taut_case *c, const taut_field_set *set, const taut_comm *comm);
/** INPUT where the patch of a case does not fit into the memory of this machine, with what would. */
TAUT_MUST_USE taut_err taut__patch_fits(taut_context *context, const taut_case *c);
/** Counts the steps by running the course on one coarse track, and fills rate and seconds from a second of steps on a small
 *  patch with the same skin, depth of grid and threads. */
void taut__patch_time(taut_context *context, const taut_case *c, taut_patch_forecast *forecast);

/** Pace of a run: how many steps it takes compared with the expected ones, and how long one lasts. */
typedef struct taut_pace {
  double expected;     /**< steps of the whole course */
  double begun;        /**< expected steps done when this process took over */
  long steps;          /**< done by this process */
  double seconds_step; /**< recent mean */
  double last;         /**< time of the last step's end, s */
} taut_pace;

/** The course stands at `day` (0, or where it is resumed). */
void taut__pace_begin(taut_pace *pace, const taut_model *model, double day);
/** A step ended at `day`. */
void taut__pace_step(taut_pace *pace, const taut_model *model, double day, taut_progress *progress);
/** Seconds of a clock that only goes forward. */
double taut__seconds(void);

#endif
