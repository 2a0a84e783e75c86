/* Saving, continuing and stopping a course.
 *
 * A course is saved between two steps only.  What it is then: the state (fields, clock, next session), the instruments, and
 * the result as far as it has grown.  All else follows from the model. */
#include "course/course_state.h"
#include "observe/maps.h"
#include "observe/maps.h"

#include <limits.h>
#include <stdlib.h>

static void no_memory(const course *c, taut_keeper *k) {
  taut__keep_fail(k, taut__fail(c->state->context, TAUT_ERR_MEMORY, NULL, "no memory for a saved course"));
}

/* Session on whose domains a snapshot lies. */
static int treat_of(const taut_model *m, const taut_snapshot *s) {
  for (int i = 0; i < m->treats; i++)
    if (m->treat[i].domain == s->domain) return i;
  return 0;
}

static void archive_snapshot(course *c, int number, taut_keeper *k) {
  const taut_model *m = c->state->model;
  taut_result *r = c->r;
  taut_snapshot *s = &r->snapshot[number];
  int treat = k->loading ? 0 : treat_of(m, s);
  int held = s->data != NULL; /* fields of a patch went to the disk at once */
  char name[24];
  snprintf(name, sizeof name, "visit_%03d", number + 1);
  taut__keep_enter(k, name);
  taut__keep(k, "day", &s->day, TAUT_KEPT_DOUBLE, 1);
  taut__keep_int(k, "session", &treat, 0, m->treats - 1);
  taut__keep_int(k, "held", &held, 0, 1);
  if (k->err) return;
  s->domain = m->treat[treat].domain;
  s->weight = m->treat[treat].weight;
  if (held && k->loading) {
    s->data = taut__alloc((size_t)(r->domains * r->set->n), sizeof *s->data);
    if (!s->data) no_memory(c, k);
  }
  for (int d = 0; held && !k->err && d < r->domains; d++) {
    snprintf(name, sizeof name, "domain_%d", d + 1);
    taut__keep_enter(k, name);
    for (int f = 0; f < r->set->n; f++) {
      int first, count;
      taut__field_points(&r->set->field[f], &s->domain[d]->points, &first, &count);
      double **data = &s->data[d * r->set->n + f];
      if (k->loading && !(*data = taut__alloc_doubles((size_t)count + 1))) no_memory(c, k);
      taut__keep(k, r->set->field[f].name, *data, TAUT_KEPT_DOUBLE, (size_t)count);
    }
    taut__keep_leave(k);
  }
  taut__keep_leave(k);
}

static void archive_series(course *c, taut_keeper *k) {
  taut_result *r = c->r;
  taut__keep(k, "baseline", r->baseline, TAUT_KEPT_DOUBLE, TAUT_QUANTITIES);
  taut__keep_int(k, "visits", &r->visits, 0, r->c->follow_ups);
  taut__keep(k, "visit_day", r->visit_day, TAUT_KEPT_DOUBLE, (size_t)r->visits);
  taut__keep(k, "visit", r->visit, TAUT_KEPT_DOUBLE, (size_t)r->visits * TAUT_QUANTITIES);
  taut__keep(k, "observed", r->observed, TAUT_KEPT_DOUBLE, (size_t)r->visits * (size_t)r->observables);
  if (r->maps) taut__maps_archive(r->maps, k);
  taut__keep_int(k, "points", &r->points, 0, INT_MAX / TAUT_QUANTITIES);
  taut__keep_array(k, "point_day", &r->point_day, (size_t)r->points);
  taut__keep_array(k, "point", &r->point, (size_t)r->points * TAUT_QUANTITIES);
  c->capacity = k->loading ? r->points : c->capacity;
}

static void archive_facts(course *c, taut_keeper *k) {
  taut_result *r = c->r;
  double wall = taut__seconds() - c->began;
  taut__keep(k, "wall_seconds", &wall, TAUT_KEPT_DOUBLE, 1);
  if (k->loading) c->began = taut__seconds() - wall;
  taut__keep(k, "rest_residual", &r->rest_residual, TAUT_KEPT_DOUBLE, 1);
  taut__keep(k, "peak_myofibroblasts", &r->peak_myofibroblasts, TAUT_KEPT_DOUBLE, 1);
  taut__keep(k, "peak_gate", &r->peak_gate, TAUT_KEPT_DOUBLE, 1);
  taut__keep(k, "steps", &r->report.steps, TAUT_KEPT_LONG, 1);
  taut__keep(k, "rejected", &r->report.rejected, TAUT_KEPT_LONG, 1);
  taut__keep(k, "backward_euler", &r->report.backward_euler, TAUT_KEPT_LONG, 1);
  taut__keep(k, "reached", &r->report.day, TAUT_KEPT_DOUBLE, 1);
  taut__keep(k, "step_min", &r->report.step_min, TAUT_KEPT_DOUBLE, 1);
  taut__keep(k, "step_max", &r->report.step_max, TAUT_KEPT_DOUBLE, 1);
  taut__keep_texts(k, "warnings", &r->warnings);
  taut__keep_texts(k, "log", &r->log);
}

/* The whole course, in both directions. */
static void archive(void *course_, taut_keeper *k) {
  course *c = course_;
  taut__keep_enter(k, "state");
  taut__state_archive(c->state, k);
  taut__keep_leave(k);
  if (!k->err && k->loading) c->last = c->state->next > 0 ? &c->state->model->treat[c->state->next - 1] : NULL;
  taut__keep_enter(k, "result");
  archive_series(c, k);
  archive_facts(c, k);
  taut__keep_leave(k);
  taut__keep_enter(k, "fields");
  int snapshots = c->r->snapshots;
  taut__keep_int(k, "visits", &snapshots, 0, c->r->c->follow_ups);
  for (int s = 0; !k->err && s < snapshots; s++) {
    if (k->loading) c->r->snapshots = s + 1;
    archive_snapshot(c, s, k);
  }
  taut__keep_leave(k);
  taut__keep_enter(k, "maps");
  if (c->r->maps) taut__maps_archive(c->r->maps, k);
  taut__keep_leave(k);
  taut__keep_enter(k, "instruments");
  if (c->clinic) taut__clinic_archive(c->clinic, k);
  taut__keep_leave(k);
}

taut_err taut__course_load(course *c) {
  if (!c->hooks || !c->hooks->load) return TAUT_OK;
  return c->hooks->load(c->hooks->user, archive, c);
}

/* Saves where that is wanted. */
static taut_err save(course *c, bool stop) {
  const taut_course_hooks *h = c->hooks;
  if (!h || !h->save) return TAUT_OK;
  return h->save(h->user, archive, c, taut__engine_day(c->state->engine), stop);
}

taut_err taut__course_stop(course *c) {
  taut_err err = save(c, true);
  return err ? err
             : taut__fail(c->state->context, TAUT_ERR_INTERRUPTED, NULL, "interrupted at day %.6g of %.6g",
                          taut__engine_day(c->state->engine), c->state->model->c->until);
}

taut_err taut__course_pause(course *c, const taut_progress *progress) {
  taut_context *context = c->state->context;
  const taut_course_hooks *h = c->hooks;
  /* processes stop and save together: any one may be told to stop, the first one has the clock */
  double ask[2] = {taut__progress(context, progress), h && h->due && h->due(h->user)};
  taut_comm *comm = taut__comm(context);
  if (taut__comm_rank(comm) > 0) ask[1] = 0;
  taut__comm_max(comm, ask, 2);
  if (ask[0] > 0) return taut__course_stop(c);
  return ask[1] > 0 ? save(c, false) : TAUT_OK;
}
