#include "course/forecast.h"

#include <math.h>
#include <time.h>

/* Steps until t days after a session at tolerance 1e-3: mean of the four sessions of examples/neck.yaml. */
static const struct {
  double t, steps;
} table[] = {{1e-3, 7}, {0.01, 18}, {0.1, 34}, {0.3, 45}, {1, 62},   {3, 74},
             {7, 85},   {14, 94},   {28, 107}, {60, 120}, {100, 131}};
enum { ROWS = sizeof table / sizeof *table };
static const double table_tolerance = 1e-3;
static const double power = 0.3;   /* steps are proportional to tolerance^-power, from runs at 1e-2, 1e-3 and 1e-4 */
static const double step_most = 4; /* days: the longest step, which every course reaches in the end */

static double steps_after(double t, double scale) {
  if (!(t > 0)) return 0;
  if (t >= table[ROWS - 1].t) return scale * table[ROWS - 1].steps + (t - table[ROWS - 1].t) / step_most;
  if (t <= table[0].t) return scale * table[0].steps * t / table[0].t;
  int i = 1;
  while (table[i].t < t) i++;
  const double w = log(t / table[i - 1].t) / log(table[i].t / table[i - 1].t);
  return scale * (table[i - 1].steps + w * (table[i].steps - table[i - 1].steps));
}

/* Without an injury nothing hinders steps from growing at the rate of the step control. */
static double steps_at_rest(double t) {
  const double growth = 1.6, first = 1e-4;
  if (!(t > 0)) return 0;
  const double grown = log(step_most / first) / log(growth), until = (step_most - first) / (growth - 1);
  if (t < until) return log(1 + (growth - 1) * t / first) / log(growth);
  return grown + (t - until) / step_most;
}

double taut__expected_steps(const taut_case *c, double from, double to) {
  const double scale = pow(c->model.tolerance / table_tolerance, -power);
  double sum = 0;
  const bool once = c->model.injury == TAUT_INJURY_EXCISION;
  const int starts = once ? 1 : c->sessions;
  if (starts == 0) return steps_at_rest(to) - steps_at_rest(from);
  for (int i = 0; i < starts; i++) {
    const double day = once ? 0 : c->session[i].day, next = i + 1 < starts ? c->session[i + 1].day : INFINITY;
    sum += steps_after(fmin(to, next) - day, scale) - steps_after(fmin(from, next) - day, scale);
  }
  return sum;
}

double taut__seconds(void) {
  struct timespec now;
  clock_gettime(CLOCK_MONOTONIC, &now);
  return (double)now.tv_sec + 1e-9 * (double)now.tv_nsec;
}

void taut__pace_begin(taut_pace *p, const taut_model *m, double day) {
  *p = (taut_pace){.expected = taut__expected_steps(m->c, 0, m->c->until),
                   .begun = taut__expected_steps(m->c, 0, day),
                   .last = taut__seconds()};
}

void taut__pace_step(taut_pace *p, const taut_model *m, double day, taut_progress *out) {
  const double window = 30; /* steps over which the time of a step is averaged */
  const double prior = 20;  /* steps that weigh the table against what was seen */
  const double now = taut__seconds();
  p->steps++;
  p->seconds_step += (now - p->last - p->seconds_step) / fmin((double)p->steps, window);
  p->last = now;
  const double expected = taut__expected_steps(m->c, 0, day);
  const double ratio = ((double)p->steps + prior) / (expected - p->begun + prior);
  *out = (taut_progress){.phase = TAUT_PHASE_COMPUTING,
                         .day = day,
                         .end_day = m->c->until,
                         .share = p->expected > 0 ? fmin(fmax(expected / p->expected, 0), 1) : 1,
                         .seconds_left = fmax(p->expected - expected, 0) * ratio * p->seconds_step};
}
