#include "course/course_state.h"
#include "observe/maps.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

/* Columns of the observables file: those of the healing document, and for the well-mixed point its fields, relative collagen
 * mass and type III share as well. */
static const char *const observable_names[] = {
#define OBSERVABLE(name, ...) #name,
#include "healing/observables.def"
#undef OBSERVABLE
#define FIELD(name, ...) #name,
#include "healing/fields.def"
#undef FIELD
    "mass", "IIIshare"};
enum { ZERO_OBSERVABLES = sizeof observable_names / sizeof *observable_names };

static taut_err no_memory(taut_context *context) {
  return taut__fail(context, TAUT_ERR_MEMORY, NULL, "no memory for the results");
}

/* Quantities (and, where asked, observables) of the current state. */
static void measure(course *c, double *quantity, double *observable) {
  double o[TAUT_OBSERVABLES];
  taut__state_view(c->state, &c->view);
  taut__observe(c->state->model->healing, &c->view, o);
  c->r->peak_myofibroblasts = fmax(c->r->peak_myofibroblasts, o[TAUT_O_A_max]);
  c->r->peak_gate = fmax(c->r->peak_gate, o[TAUT_O_m_max]);
  if (observable) memcpy(observable, o, sizeof o);
  if (!quantity) return;
  taut__quantities(c->state->model->healing, &c->view, o, quantity);
  const taut_treat *t = c->last;
  const bool needle = c->state->model->c->model.injury == TAUT_INJURY_DEVICE;
  if (c->state->model->excision) return;
  quantity[TAUT_Q_achieved_depth] = t ? t->puncture.depth : 0;
  if (t && !needle) return; /* the reference injury knows no skin, vessels or fat */
  quantity[TAUT_Q_bleeding_probability] = t ? t->puncture.bleeding : 0;
  quantity[TAUT_Q_layer_exit_ultrasound] = t ? t->p_fat[0] : 0;
  quantity[TAUT_Q_layer_exit_histology] = t ? t->p_fat[1] : 0;
}

/* Observables of the healing document, one row of the result. */
static void observe(course *c, double *row) {
  double o[TAUT_OBSERVABLES];
  measure(c, NULL, o);
  memcpy(row, o, sizeof o);
  if (c->r->observables == TAUT_OBSERVABLES) return;
  double *const *u = taut__engine_state(c->state->engine, 0);
  for (int f = 0; f < TAUT_H_FIELDS; f++)
    row[TAUT_OBSERVABLES + f] = c->r->set->field[f].layers & TAUT_IN(TAUT_RETICULAR) ? u[f][0] : NAN;
  const double in = u[TAUT_H_C3][0] + u[TAUT_H_Cn][0] + u[TAUT_H_Cx][0];
  row[ZERO_OBSERVABLES - 2] = o[TAUT_O_mass_ret];
  row[ZERO_OBSERVABLES - 1] = in > 0 ? u[TAUT_H_C3][0] / in : NAN;
}

/* Adds a point to the dense series. */
static taut_err add_point(course *c) {
  taut_result *r = c->r;
  if (r->points == c->capacity) {
    const int more = c->capacity ? 2 * c->capacity : 512;
    double *day = taut__realloc(r->point_day, (size_t)more, sizeof *day);
    if (day) r->point_day = day;
    double *point = taut__realloc(r->point, (size_t)more * TAUT_QUANTITIES, sizeof *point);
    if (point) r->point = point;
    if (!day || !point) return no_memory(c->state->context);
    c->capacity = more;
  }
  r->point_day[r->points] = taut__engine_day(c->state->engine);
  measure(c, &r->point[(size_t)r->points * TAUT_QUANTITIES], NULL);
  r->points++;
  return TAUT_OK;
}

/* Adds a point and lets the instruments read it; `step`: they advance to it first. */
static taut_err add_reading(course *c, bool step) {
  taut_err err = add_point(c);
  if (!err && c->clinic && step) err = taut__clinic_step(c->clinic, taut__engine_day(c->state->engine), &c->view);
  if (!err && c->clinic) err = taut__clinic_keep(c->clinic, -1, &c->view);
  return err;
}

static taut_err after_step(void *user, taut_engine *engine, const taut_report *report) {
  course *c = user;
  taut_err err = add_reading(c, true);
  if (!err && taut__texts_add(&c->r->log, "day %.9g: step %ld accepted, %ld rejected so far", taut__engine_day(engine),
                              report->steps, report->rejected))
    err = no_memory(c->state->context);
  taut_progress progress;
  taut__pace_step(&c->pace, c->state->model, taut__engine_day(engine), &progress);
  return err ? err : taut__course_pause(c, &progress);
}

/* Copies the fields as they are now. */
static taut_err take_snapshot(course *c) {
  taut_result *r = c->r;
  const taut_field_set *set = r->set;
  taut_snapshot *s = &r->snapshot[r->snapshots];
  s->day = taut__engine_day(c->state->engine);
  const taut_treat *t = c->last ? c->last : &c->state->model->treat[0];
  s->domain = t->domain;
  s->weight = t->weight;
  if (t->domain[0]->kind == TAUT_DOMAIN_PATCH) { /* too large to be kept */
    const taut_course_hooks *h = c->hooks;
    const int number = r->snapshots++;
    if (!h || !h->visit) return TAUT_OK;
    return h->visit(h->user, number, s->day, t->domain[0], taut__engine_state(c->state->engine, 0));
  }
  s->data = taut__alloc((size_t)(r->domains * set->n), sizeof *s->data);
  if (!s->data) return no_memory(c->state->context);
  r->snapshots++;
  for (int d = 0; d < r->domains; d++)
    for (int f = 0; f < set->n; f++) {
      int first, count;
      taut__field_points(&set->field[f], &t->domain[d]->points, &first, &count);
      double *copy = taut__alloc_doubles((size_t)count + 1);
      if (!copy) return no_memory(c->state->context);
      memcpy(copy, taut__engine_state(c->state->engine, d)[f], (size_t)count * sizeof *copy);
      s->data[d * set->n + f] = copy;
    }
  return TAUT_OK;
}

static taut_err apply_session(course *c) {
  taut_state *s = c->state;
  const taut_treat *t = &s->model->treat[s->next];
  /* as it was just before: the last step ended here, but for the first session */
  taut_err err = c->r->points ? TAUT_OK : add_reading(c, false);
  if (!err) err = taut__state_session(s);
  if (err) return err;
  c->last = t;
  err = taut__texts_add(&c->r->log, "day %.9g: %s", t->day, s->model->excision ? "excision" : "session");
  if (err) return no_memory(s->context);
  err = add_point(c);
  if (!err && c->clinic) err = taut__clinic_session(c->clinic, s->next - 1, &c->view);
  if (!err && c->clinic) err = taut__clinic_keep(c->clinic, -1, &c->view);
  return err;
}

/* Advances to `day`; sessions before it are applied, one exactly at `day` is left to the caller. */
static taut_err advance(course *c, double day) {
  taut_err err = TAUT_OK;
  while (!err && taut__state_next_session(c->state) < day) {
    err = taut__engine_advance(c->state->engine, taut__state_next_session(c->state), after_step, c, &c->r->report);
    if (!err) err = apply_session(c);
  }
  return err ? err : taut__engine_advance(c->state->engine, day, after_step, c, &c->r->report);
}

static taut_err run_events(course *c) {
  const taut_case *k = c->state->model->c;
  taut_err err = TAUT_OK;
  for (int v = c->r->visits; !err && v < k->follow_ups; v++) {
    err = advance(c, k->follow_up[v]);
    if (err) break;
    /* a visit on a session day comes before the session, the document's observables and the fields after it */
    c->r->visit_day[v] = k->follow_up[v];
    measure(c, &c->r->visit[(size_t)v * TAUT_QUANTITIES], NULL);
    c->r->visits = v + 1;
    if (c->clinic) err = taut__clinic_keep(c->clinic, v, &c->view);
    if (!err) err = taut__course_maps(c, v);
    if (err) break;
    if (taut__state_next_session(c->state) <= k->follow_up[v]) err = apply_session(c);
    if (!err) observe(c, &c->r->observed[v * c->r->observables]);
    if (!err) err = take_snapshot(c);
  }
  if (!err) err = advance(c, k->until);
  if (!err && taut__state_next_session(c->state) <= k->until) err = apply_session(c);
  return err;
}

static taut_err report_sessions(taut_context *context, const taut_model *m, taut_result *r) {
  if (m->untreated || m->excision) return TAUT_OK;
  r->session = taut__alloc((size_t)m->treats, sizeof *r->session);
  if (!r->session) return no_memory(context);
  r->sessions = m->treats;
  for (int i = 0; i < m->treats; i++) {
    const taut_treat *t = &m->treat[i];
    r->session[i] = (taut_session_report){.day = t->day,
                                          .nominal_mm = m->c->session[i].depth,
                                          .achieved_mm = t->puncture.depth,
                                          .density_cm2 = 100 * t->pattern.hits,
                                          .holes_cm2 = 100 * t->pattern.holes,
                                          .cv_area = t->pattern.cv_area,
                                          .rehit_share = t->pattern.rehit_share,
                                          .bleeding = t->puncture.bleeding,
                                          .p_fat_ultrasound = t->p_fat[0],
                                          .p_fat_histology = t->p_fat[1],
                                          .hole_um = 2000 * t->puncture.hole_radius,
                                          .injured_um = 1000 * t->pattern.hits * t->puncture.damaged_volume};
  }
  return TAUT_OK;
}

static taut_err report_balances(taut_context *context, taut_engine *e, taut_result *r) {
  const int rows = r->set->balances;
  r->ledger = taut__alloc((size_t)rows + 1, sizeof *r->ledger);
  if (!r->ledger) return no_memory(context);
  for (int b = 0; b < rows; b++) {
    const taut_balance_sum s = taut__engine_balance(e, b);
    r->ledger[b] = (taut_ledger){r->set->balance[b].name, r->set->balance[b].unit, s.found, s.expected,
                                 s.turnover > 0 ? fabs(s.found - s.expected) / s.turnover : 0};
  }
  r->ledgers = rows;
  r->worst_solve = taut__engine_worst_solve(e);
  return taut__engine_note(e, &r->log) ? no_memory(context) : TAUT_OK;
}

/* From scripts/sensitivity on the example courses (docs/examples.md). */
static const char *const dominant = "the size of every gain rests on the strength of inflammation and of the "
                                    "macrophage response (s_M, d_M, K_D, a_D, k_D, "
                                    "p_M), which no human needling study has measured over time, and on the achieved "
                                    "depth; the sign of the elastin change "
                                    "rests on assumed constants";

static taut_err begin(taut_context *context, const taut_model *m, taut_result *r) {
  const size_t visits = (size_t)m->c->follow_ups + 1;
  r->context = context;
  r->c = m->c;
  r->set = &m->healing->set;
  r->domains = m->tracks;
  r->untreated_domain = m->untreated_domain;
  r->domain = m->treat[0].domain;
  r->weight = m->treat[0].weight;
  r->loop_gain_inflammation = m->healing->loop_gain_inflammation;
  r->loop_gain_tgf = m->healing->loop_gain_tgf;
  r->observables = m->excision ? ZERO_OBSERVABLES : TAUT_OBSERVABLES;
  r->observable_name = observable_names;
  r->visit_day = taut__alloc_doubles(visits);
  r->visit = taut__alloc_doubles(visits * TAUT_QUANTITIES);
  r->observed = taut__alloc_doubles(visits * (size_t)r->observables);
  r->snapshot = taut__alloc(visits, sizeof *r->snapshot);
  r->uncertainty = m->untreated ? NULL : taut__strdup(dominant);
  if (!r->visit_day || !r->visit || !r->observed || !r->snapshot || (!m->untreated && !r->uncertainty))
    return no_memory(context);
  for (size_t i = 0; i < m->warnings.count; i++)
    if (taut__texts_add(&r->warnings, "%s", m->warnings.item[i])) return no_memory(context);
  const taut_domain *patch = m->treat[0].domain[0]->kind == TAUT_DOMAIN_PATCH ? m->treat[0].domain[0] : NULL;
  taut_err err = patch ? taut__maps_create(context, patch, m->c->follow_ups, m->c->follow_up, &r->maps) : TAUT_OK;
  return err ? err : report_sessions(context, m, r);
}

/* Warnings that only the run can give (healing.md 11). */
static taut_err scar_warnings(course *c) {
  const taut_result *r = c->r;
  taut_texts *w = &c->r->warnings;
  taut_err err = TAUT_OK;
  if (c->state->model->excision) return err;
  if (r->peak_myofibroblasts > 0.3)
    err = taut__texts_add(
        w,
        "myofibroblasts reach %.2g of the normal fibroblast number somewhere: above 0.3 the model expects "
        "scarring rather than rejuvenation (assumed limit)",
        r->peak_myofibroblasts);
  if (!err && r->peak_gate > 0.6)
    err = taut__texts_add(w, "the mechanical gate reaches %.2g: above 0.6 the model expects scarring (assumed limit)",
                          r->peak_gate);
  return err ? no_memory(c->state->context) : TAUT_OK;
}

/* Takes the last texts off a list. */
static void shorten(taut_texts *texts, size_t count) {
  while (texts->count > count) free(texts->item[--texts->count]);
}

/* Balances and readings of the instruments.  Where that is interrupted the course is saved as it was before. */
static taut_err finish(course *c) {
  taut_result *r = c->r;
  const size_t warnings = r->warnings.count, log = r->log.count;
  bool stopped = false;
  taut_err err = report_balances(c->state->context, c->state->engine, r);
  if (!err && c->clinic) err = taut__clinic_finish(c->clinic, r, &stopped);
  if (!stopped) return err;
  shorten(&r->warnings, warnings);
  shorten(&r->log, log);
  return taut__course_stop(c);
}

taut_err taut__course_run(taut_context *context, const taut_model *model, const taut_course_hooks *hooks,
                          taut_result *result) {
  course c = {.r = result, .hooks = hooks, .began = taut__seconds()};
  taut_err err = begin(context, model, result);
  if (!err) err = taut__state_create(context, model, &c.state);
  if (!err) err = taut__clinic_create(context, model, &result->warnings, &c.clinic);
  if (!err) {
    result->rest_residual = taut__engine_residual(c.state->engine);
    measure(&c, result->baseline, NULL);
    err = taut__course_load(&c);
  }
  if (!err) {
    taut__pace_begin(&c.pace, model, taut__engine_day(c.state->engine));
    err = run_events(&c);
  }
  if (!err) err = finish(&c);
  if (!err) err = scar_warnings(&c);
  taut__clinic_destroy(&c.clinic);
  taut__state_destroy(&c.state);
  result->wall_seconds = taut__seconds() - c.began;
  return err;
}

void taut__result_free(taut_result *r) {
  for (int i = 0; i < r->snapshots; i++) {
    for (int k = 0; r->snapshot[i].data && k < r->domains * r->set->n; k++) free(r->snapshot[i].data[k]);
    free(r->snapshot[i].data);
  }
  void *const arrays[] = {r->snapshot, r->visit_day, r->visit,  r->observed,  r->point_day,
                          r->point,    r->session,   r->ledger, r->case_yaml, r->uncertainty};
  for (size_t i = 0; i < sizeof arrays / sizeof *arrays; i++) free(arrays[i]);
  taut__maps_destroy(&r->maps);
  taut__texts_free(&r->warnings);
  taut__texts_free(&r->log);
  memset(r, 0, sizeof *r);
}
