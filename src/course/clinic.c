#include "course/clinic.h"
#include "course/forecast.h"
#include "instruments/patch.h"
#include "instruments/surface.h"

#include <limits.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

static const double hours_per_day = 24;
static const double um_per_mm = 1000;

struct taut_clinic {
  taut_context *context;
  const taut_model *model;
  taut_patch_instrument *patch;
  taut_view last; /* view at the end of the last step */
  double day;
  taut_patch_reading baseline;
  taut_patch_reading *point, *visit;
  int points, capacity, visits;
  bool no_suction; /* a probe's equations had no solution */
  taut_surface *surface;
};

static taut_err no_memory(taut_context *context) {
  return taut__fail(context, TAUT_ERR_MEMORY, NULL, "no memory for the instruments");
}

taut_err taut__clinic_create(taut_context *context, const taut_model *m, taut_texts *warnings, taut_clinic **out) {
  *out = NULL;
  const taut_case *c = m->c;
  if (m->excision || c->model.layers == TAUT_LAYERS_REFERENCE || c->model.injury != TAUT_INJURY_DEVICE) return TAUT_OK;
  taut_clinic *k = taut__alloc(1, sizeof *k);
  if (!k) return no_memory(context);
  k->context = context;
  k->model = m;
  k->visit = taut__alloc((size_t)c->follow_ups + 1, sizeof *k->visit);
  taut_err err =
      k->visit ? taut__patch_create(context, c, &m->skin, m->healing, warnings, &k->patch) : no_memory(context);
  if (err) taut__clinic_destroy(&k);
  *out = k;
  return err;
}

void taut__clinic_destroy(taut_clinic **clinic) {
  if (!clinic || !*clinic) return;
  taut_clinic *k = *clinic;
  taut__patch_destroy(&k->patch);
  taut__surface_destroy(&k->surface);
  free(k->point);
  free(k->visit);
  free(k);
  *clinic = NULL;
}

taut_err taut__clinic_step(taut_clinic *k, double day, const taut_view *view) {
  taut_err err = TAUT_OK;
  if (k->points) err = taut__patch_advance(k->patch, day - k->day, &k->last, view);
  k->last = *view;
  k->day = day;
  return err;
}

taut_err taut__clinic_session(taut_clinic *k, int i, const taut_view *view) {
  (void)i;
  k->last = *view;
  return taut__patch_session(k->patch, view);
}

taut_err taut__clinic_keep(taut_clinic *k, int visit, const taut_view *view) {
  if (visit >= 0) {
    taut__patch_read(k->patch, view, &k->visit[visit]);
    k->visits = visit + 1;
    return TAUT_OK;
  }
  if (k->points == k->capacity) {
    const int more = k->capacity ? 2 * k->capacity : 512;
    taut_patch_reading *point = taut__realloc(k->point, (size_t)more, sizeof *point);
    if (!point) return no_memory(k->context);
    k->point = point;
    k->capacity = more;
  }
  taut__patch_read(k->patch, view, &k->point[k->points]);
  if (!k->points) {
    k->baseline = k->point[0];
    k->last = *view;
  }
  k->points++;
  return TAUT_OK;
}

void taut__clinic_archive(taut_clinic *k, taut_keeper *keeper) {
  taut__patch_archive(k->patch, keeper);
  taut__keep(keeper, "last_view", &k->last, TAUT_KEPT_DOUBLE, sizeof k->last / sizeof(double));
  taut__keep(keeper, "day", &k->day, TAUT_KEPT_DOUBLE, 1);
  taut__keep(keeper, "baseline", &k->baseline, TAUT_KEPT_BYTE, sizeof k->baseline);
  taut__keep_int(keeper, "visits", &k->visits, 0, k->model->c->follow_ups);
  taut__keep(keeper, "visit", k->visit, TAUT_KEPT_BYTE, (size_t)k->visits * sizeof *k->visit);
  taut__keep_int(keeper, "points", &k->points, 0, INT_MAX);
  if (!keeper->err && keeper->loading && k->points > k->capacity) {
    taut_patch_reading *point = taut__realloc(k->point, (size_t)k->points, sizeof *point);
    if (!point) {
      taut__keep_fail(keeper, no_memory(k->context));
      return;
    }
    k->point = point;
    k->capacity = k->points;
  }
  taut__keep(keeper, "point", k->point, TAUT_KEPT_BYTE, (size_t)k->points * sizeof *k->point);
}

/* True when there was a session before `day` (or, `after`, on it). */
static bool treated(const taut_clinic *k, double day, bool after) {
  const double first = k->model->treat[0].day;
  return !k->model->untreated && (first < day || (after && first == day));
}

/* Quantities of the patch with the swelling of that time. */
static void fill_patch(const taut_clinic *k, const taut_patch_reading *r, double oedema, bool treated, double *q) {
  q[TAUT_Q_dermal_thickness] = taut__patch_thickness(k->patch, r, oedema);
  q[TAUT_Q_echo_density] = taut__patch_echo(k->patch, r, oedema);
  q[TAUT_Q_contraction] = r->lambda - 1;
  q[TAUT_Q_skin_tension] = r->tension;
  q[TAUT_Q_dermal_modulus] = r->modulus;
  q[TAUT_Q_wrinkle_depth] = r->surface.depth;
  q[TAUT_Q_crease_depth] = r->crease;
  q[TAUT_Q_roughness_ra] = um_per_mm * r->surface.Ra;
  q[TAUT_Q_roughness_rz] = um_per_mm * r->surface.Rz;
  q[TAUT_Q_wrinkle_grade] = r->wrinkle_grade;
  q[TAUT_Q_laxity_grade] = r->laxity_grade;
  q[TAUT_Q_texture_grade] = r->texture_grade;
  q[TAUT_Q_wrinkle_grade_unblinded] = taut__patch_unblinded(k->patch, r->wrinkle_grade, 5, treated);
  q[TAUT_Q_laxity_grade_unblinded] = taut__patch_unblinded(k->patch, r->laxity_grade, 4, treated);
  q[TAUT_Q_texture_grade_unblinded] = taut__patch_unblinded(k->patch, r->texture_grade, 4, treated);
}

static void fill_surface(const taut_surface_values *v, double *q) {
  q[TAUT_Q_erythema] = v->erythema;
  q[TAUT_Q_oedema] = v->oedema;
  q[TAUT_Q_pain] = v->pain;
  q[TAUT_Q_transepidermal_water_loss] = v->transepidermal_water_loss;
  q[TAUT_Q_open_channel_fraction] = v->open_channel_fraction;
}

/* Outcome of the last session at or before (after: counting one on that day) `day`. */
static void fill_outcome(const taut_clinic *k, double day, bool after, double *q) {
  const taut_model *m = k->model;
  int last = -1;
  for (int i = 0; !m->untreated && i < m->treats; i++)
    if (m->treat[i].day < day || (after && m->treat[i].day == day)) last = i;
  q[TAUT_Q_downtime] = q[TAUT_Q_infection_window] = q[TAUT_Q_pih_risk] = q[TAUT_Q_scar_risk] = 0;
  if (last < 0) return;
  const taut_surface_outcome *o = taut__surface_outcome(k->surface, last);
  const taut_surface_risks risks = taut__surface_risks(k->surface);
  q[TAUT_Q_downtime] = hours_per_day * o->downtime;
  q[TAUT_Q_infection_window] = hours_per_day * o->infection_window;
  q[TAUT_Q_pih_risk] = risks.pih;
  q[TAUT_Q_scar_risk] = risks.tram_track;
}

/* What each session brings, and the events that studies counted. */
static void report_surface(const taut_clinic *k, taut_result *r) {
  const double normal_quantile = 1.959963984540054; /* 95 % */
  for (int i = 0; i < r->sessions; i++) {
    const taut_surface_outcome *o = taut__surface_outcome(k->surface, i);
    taut_session_report *s = &r->session[i];
    s->surface = true;
    s->downtime_h = hours_per_day * o->downtime;
    s->downtime_low_h = hours_per_day * o->downtime_low;
    s->downtime_high_h = hours_per_day * o->downtime_high;
    s->still_red = o->still_red;
    s->erythema_peak = o->erythema_peak;
    s->oedema_peak = o->oedema_peak;
    s->pain = o->pain;
    s->pain_without_relief = o->pain_without_relief;
    s->pain_extrapolated = o->pain_extrapolated;
    s->infection_window_h = hours_per_day * o->infection_window;
  }
  for (int e = 0; r->sessions && e < TAUT_EVENTS && e < TAUT_COUNTED_EVENTS; e++) {
    const taut_surface_event *event = &taut__surface_event[e];
    taut_counted_event *told = &r->event[r->events++];
    *told = (taut_counted_event){event->name, event->doc, event->count, event->people, NAN, NAN};
    taut__wilson(event->count, event->people, normal_quantile, &told->low, &told->high);
  }
}

/* After-care that meets open pores. */
static taut_err warn_of_aftercare(const taut_clinic *k, taut_result *r) {
  const taut_aftercare *care = &k->model->c->aftercare;
  double window = 0;
  bool actives = false;
  for (int i = 0; i < r->sessions; i++) {
    window = fmax(window, r->session[i].infection_window_h);
    actives |= taut__surface_outcome(k->surface, i)->actives_in_window;
  }
  taut_err err = TAUT_OK;
  if (actives)
    err = taut__texts_add(&r->warnings,
                          "warning: vitamin C or the like within %.3g h of a session: granulomas, often resistant to "
                          "treatment, are reported (aftercare.vitamin_c_after)",
                          window);
  if (!err && r->sessions && hours_per_day * care->makeup_after < window)
    err =
        taut__texts_add(&r->warnings,
                        "warning: make-up %.3g h after a session comes before the %.3g h in which pores count as open "
                        "(aftercare.makeup_after)",
                        hours_per_day * care->makeup_after, window);
  return err ? no_memory(k->context) : TAUT_OK;
}

static taut_err make_surface(taut_clinic *k, const taut_result *r) {
  const taut_model *m = k->model;
  const int sessions = m->untreated ? 0 : m->treats;
  taut_surface_session *session = taut__alloc((size_t)sessions + 1, sizeof *session);
  double *inflammation = taut__alloc_doubles((size_t)r->points + 1);
  taut_err err = session && inflammation ? TAUT_OK : no_memory(k->context);
  if (!err) {
    for (int i = 0; i < sessions; i++)
      session[i] = taut__surface_session(&m->c->device, &m->treat[i].puncture, &m->treat[i].pattern, m->treat[i].day);
    for (int i = 0; i < r->points; i++) inflammation[i] = r->point[(size_t)i * TAUT_QUANTITIES + TAUT_Q_inflammation];
    const taut_surface_person person = taut__surface_person(m->c);
    const taut_surface_record record = {r->points, r->point_day, inflammation};
    err = taut__surface_create(k->context, taut__case_params(m->c, "surface"), &person, session, sessions, &record,
                               &k->surface);
  }
  free(session);
  free(inflammation);
  return err;
}

/* Suction at a visit; the method is told in the result. */
static taut_err fill_suction(taut_clinic *k, const taut_patch_reading *reading, taut_result *r, double *q) {
  const bool fine = k->model->c->model.accuracy == TAUT_FINE;
  taut_suction_method method;
  double error;
  taut_err err = taut__patch_suction(k->patch, &reading->law, fine, &q[TAUT_Q_cutometer_r0], &method, &error);
  if (err == TAUT_ERR_NUMERICS) {
    /* no number is given; the reason is, once */
    for (int i = 0; i < 10; i++) q[TAUT_Q_cutometer_r0 + i] = NAN;
    err = k->no_suction
              ? TAUT_OK
              : taut__texts_add(&r->warnings, "warning: no suction numbers: %s", taut_context_message(k->context));
    k->no_suction = true;
    taut__fail_clear(k->context);
  }
  if (err || k->no_suction) return err;
  if (!r->suction_method || method == TAUT_SUCTION_COARSE) r->suction_method = taut__suction_method_text(method);
  r->suction_error = fmax(r->suction_error, error);
  return TAUT_OK;
}

/* What the unknown constants can do to a quantity: the loss of elastin is known within a factor of 10 either way, the stretch
 * at which new collagen is laid down between 1.045 and 1.10.  Slopes a unit of elastin and of collagen: composition table of
 * mechanics.md (T5), default skin, R1, R6 and R8 from the same rows; R3 and R9 keep their proportion to R0.  `relative`: to
 * the baseline. */
typedef struct unknown {
  int quantity;
  bool relative;
  double elastin, collagen;
} unknown;
static const unknown unknowns[] = {
    {TAUT_Q_skin_tension, true, 0.230, 0.110},   {TAUT_Q_contraction, false, 0.0465, 0.0223},
    {TAUT_Q_laxity_grade, false, 0.83, 0.40},    {TAUT_Q_cutometer_r0, true, 0.0848, 0.083},
    {TAUT_Q_cutometer_r1, true, 0.122, 0.101},   {TAUT_Q_cutometer_r2, false, 0.0097, 0.005},
    {TAUT_Q_cutometer_r3, true, 0.0848, 0.083},  {TAUT_Q_cutometer_r5, false, 0.0585, 0.0225},
    {TAUT_Q_cutometer_r6, false, 0.049, 0.022},  {TAUT_Q_cutometer_r7, false, 0.0217, 0.0075},
    {TAUT_Q_cutometer_r8, true, 0.0718, 0.0768}, {TAUT_Q_cutometer_r9, true, 0.0848, 0.083}};

static void mark_undemonstrable(const taut_clinic *k, taut_result *r) {
  const double decade = 10;
  for (size_t u = 0; u < sizeof unknowns / sizeof *unknowns; u++) {
    const int q = unknowns[u].quantity;
    double change = 0, band = 0;
    for (int v = 0; v < r->visits; v++) {
      change = fmax(change, fabs(r->visit[(size_t)v * TAUT_QUANTITIES + q] - r->baseline[q]));
      band = fmax(band, unknowns[u].elastin * (decade - 1) * fabs(k->visit[v].elastin - k->baseline.elastin) +
                            unknowns[u].collagen * fabs(k->visit[v].load - k->baseline.load));
    }
    if (unknowns[u].relative) band *= r->baseline[q];
    r->undemonstrable[q] = !k->model->untreated && !isnan(r->baseline[q]) && change <= band;
  }
}

static taut_err fill_series(taut_clinic *k, taut_result *r) {
  taut_surface_values *v = taut__alloc((size_t)r->points + 1, sizeof *v);
  if (!v) return no_memory(k->context);
  taut__surface_series(k->surface, r->points, r->point_day, v);
  for (int i = 0; i < r->points; i++) {
    double *q = &r->point[(size_t)i * TAUT_QUANTITIES];
    const bool after = i > 0 && r->point_day[i] == r->point_day[i - 1];
    fill_patch(k, &k->point[i], v[i].oedema, treated(k, r->point_day[i], after), q);
    fill_surface(&v[i], q);
    fill_outcome(k, r->point_day[i], after, q);
  }
  free(v);
  return TAUT_OK;
}

/* Tells progress before visit v; true when the user asks to stop. */
static bool asks_to_stop(const taut_clinic *k, int v, int visits, double began) {
  const double share = (v + 1.0) / (visits + 1.0), gone = taut__seconds() - began;
  const taut_progress progress = {
      .phase = TAUT_PHASE_INSTRUMENTS, .share = share, .seconds_left = gone * (1 - share) / share};
  double stop = taut__progress(k->context, &progress);
  taut__comm_max(taut__comm(k->context), &stop, 1);
  return stop > 0;
}

taut_err taut__clinic_finish(taut_clinic *k, taut_result *r, bool *stopped) {
  const double began = taut__seconds();
  taut__phase(k->context, TAUT_PHASE_INSTRUMENTS);
  *stopped = false;
  taut_err err = make_surface(k, r);
  if (!err) report_surface(k, r);
  if (!err) err = warn_of_aftercare(k, r);
  if (!err) err = fill_series(k, r);
  taut_surface_values before;
  if (!err) {
    taut__surface_read(k->surface, -1, false, &before);
    fill_patch(k, &k->baseline, 0, false, r->baseline);
    fill_surface(&before, r->baseline);
    fill_outcome(k, -1, false, r->baseline);
    err = fill_suction(k, &k->baseline, r, r->baseline);
  }
  for (int v = 0; !err && v < r->visits; v++) {
    double *q = &r->visit[(size_t)v * TAUT_QUANTITIES];
    taut_surface_values now;
    *stopped = asks_to_stop(k, v, r->visits, began);
    if (*stopped) return TAUT_ERR_INTERRUPTED;
    taut__surface_read(k->surface, r->visit_day[v], false, &now);
    fill_patch(k, &k->visit[v], now.oedema, treated(k, r->visit_day[v], false), q);
    fill_surface(&now, q);
    fill_outcome(k, r->visit_day[v], false, q);
    err = fill_suction(k, &k->visit[v], r, q);
  }
  if (!err) taut__patch_noise(k->patch, r->baseline, r->noise);
  if (!err) mark_undemonstrable(k, r);
  return err;
}
