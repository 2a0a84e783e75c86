/* The surface course over all sessions.
 *
 *   I(t) = (infl/its peak of the session)^p_i from the record of a healing run, else the fall-back curve
 *   a_i changes along straight lines between nodes; over a step h, with x = h/t_l and f = (1 - exp(-x))/x,
 *   e <- e exp(-x) + k_e t_l [a_i(0) (f - exp(-x)) + a_i(h) (1 - f)]     (exact)
 *
 * Sessions add up: pores, water loss, axon reflex, blood and swelling are sums over the sessions so far.  Inflammation of a
 * record belongs to the latest session, because the healing run holds what is left of earlier ones already; fall-back
 * curves add up where there is no record at all.
 */
#include "instruments/surface_state.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

/* Nodes of the fall-back curve, in units of t_p: fine around the peak, coarse in the tail, nothing left at the end. */
static const double fine_step = 1.0 / 360, coarse_step = 1.0 / 20, fine_end = 8, curve_end = 40;
/* After this many decay times blood and crusts are gone too. */
static const double blood_end = 25;

/* Readings between two nodes when a crossing or a peak is looked for. */
enum { PARTS = 4 };

/* ---------------------------------------------------------------------------------------------------- windows ---- */

static double window_end(const taut_surface *s, int i) {
  return i + 1 < s->sessions ? s->session[i + 1].day : INFINITY;
}

static taut_err add_node(taut_context *context, taut_surface *s, double day, double inflamed) {
  if (s->nodes == s->capacity) {
    int more = s->capacity ? 2 * s->capacity : 1024;
    double **const array[] = {&s->day, &s->inflamed, &s->swelling};
    for (int k = 0; k < 3; k++) {
      double *grown = taut__realloc(*array[k], (size_t)more, sizeof *grown);
      if (!grown) return taut__fail(context, TAUT_ERR_MEMORY, NULL, "no memory for the surface course");
      *array[k] = grown;
    }
    s->capacity = more;
  }
  s->day[s->nodes] = day;
  s->inflamed[s->nodes] = inflamed;
  s->swelling[s->nodes] = 0;
  s->nodes++;
  return TAUT_OK;
}

/* Samples of a record that belong to a window: from its second entry of the session day to its first of the next. */
typedef struct span {
  int from, to; /* [from, to) */
  double peak;
  bool over; /* the last sample is below the peak */
} span;

static span samples_of(const taut_surface_record *record, double start, double end) {
  span w = {0};
  while (w.from < record->n && record->day[w.from] < start) w.from++;
  while (w.from + 1 < record->n && record->day[w.from + 1] <= start) w.from++;
  for (w.to = w.from; w.to < record->n && record->day[w.to] <= end; w.to++) {
    bool higher = record->inflammation[w.to] > w.peak;
    if (higher) w.peak = record->inflammation[w.to];
    w.over = !higher;
    if (record->day[w.to] == end) {
      w.to++;
      break;
    }
  }
  return w;
}

static taut_err add_record(taut_context *context, taut_surface *s, int i, const taut_surface_record *record, span w) {
  const double most = taut__redness_inflamed(&s->p, &s->session[i]);
  taut_err err = TAUT_OK;
  if (record->day[w.from] > s->session[i].day) err = add_node(context, s, s->session[i].day, 0);
  for (int k = w.from; !err && k < w.to; k++) {
    double share = fmax(0, record->inflammation[k]) / w.peak;
    err = add_node(context, s, record->day[k], most * pow(share, s->p.p_i));
  }
  return err;
}

/* Redness by the fall-back curves of sessions first..last. */
static double curves(const taut_surface *s, int first, int last, double day) {
  double sum = 0;
  for (int j = first; j <= last; j++)
    sum += taut__redness_inflamed(&s->p, &s->session[j]) * taut__inflammation_curve(&s->p, day - s->session[j].day);
  return sum;
}

static taut_err add_curve(taut_context *context, taut_surface *s, int i, int first) {
  const double start = s->session[i].day, end = window_end(s, i);
  const double last = fmax(curve_end * s->p.t_p, blood_end * s->p.t_b);
  double t = 0;
  taut_err err = TAUT_OK;
  while (!err && start + t < end && t < last) {
    err = add_node(context, s, start + t, curves(s, first, i, start + t));
    t += (t < fine_end * s->p.t_p ? fine_step : coarse_step) * s->p.t_p;
  }
  double day = fmin(end, start + last);
  return err ? err : add_node(context, s, day, curves(s, first, i, day));
}

static taut_err add_window(taut_context *context, taut_surface *s, int i, const taut_surface_record *record) {
  s->window[i] = s->nodes;
  span w = record ? samples_of(record, s->session[i].day, window_end(s, i)) : (span){0};
  s->outcome[i].from_curve = !(w.peak > 0 && w.over);
  taut_err err =
      s->outcome[i].from_curve ? add_curve(context, s, i, record ? i : 0) : add_record(context, s, i, record, w);
  s->window[i + 1] = s->nodes;
  return err;
}

/* --------------------------------------------------------------------------------------------------- swelling ---- */

/* Swelling by inflammation h after it was e, while the redness runs from a0 to a1. */
static double swell(const taut_surface_params *p, double e, double h, double a0, double a1) {
  if (h <= 0) return e;
  double x = h / p->t_l, left = exp(-x), f = -expm1(-x) / x;
  return e * left + p->k_e * p->t_l * (a0 * (f - left) + a1 * (1 - f));
}

static void integrate_swelling(taut_surface *s) {
  for (int i = 0; i < s->sessions; i++) {
    int first = s->window[i];
    if (first > 0) s->swelling[first] = swell(&s->p, s->swelling[first - 1], s->day[first] - s->day[first - 1], 0, 0);
    for (int k = first + 1; k < s->window[i + 1]; k++)
      s->swelling[k] = swell(&s->p, s->swelling[k - 1], s->day[k] - s->day[k - 1], s->inflamed[k - 1], s->inflamed[k]);
  }
}

/* ---------------------------------------------------------------------------------------------------- reading ---- */

/* Redness and swelling by inflammation in window i. */
static void inflamed_at(const taut_surface *s, int i, double day, double *redness, double *swelling) {
  int low = s->window[i], high = s->window[i + 1] - 1;
  if (day >= s->day[high]) {
    *redness = day > s->day[high] ? 0 : s->inflamed[high];
    *swelling = swell(&s->p, s->swelling[high], day - s->day[high], 0, 0);
    return;
  }
  while (high - low > 1) {
    int middle = (low + high) / 2;
    if (s->day[middle] <= day)
      low = middle;
    else
      high = middle;
  }
  double h = day - s->day[low];
  *redness = s->inflamed[low] + (s->inflamed[high] - s->inflamed[low]) * h / (s->day[high] - s->day[low]);
  *swelling = swell(&s->p, s->swelling[low], h, s->inflamed[low], *redness);
}

static double redness_at(const taut_surface *s, int i, double day) {
  double sum, swelling;
  inflamed_at(s, i, day, &sum, &swelling);
  for (int j = 0; j <= i; j++) {
    double t = day - s->session[j].day;
    sum += taut__redness_reflex(&s->p, &s->session[j], t) + taut__redness_blood(&s->p, &s->session[j], t);
  }
  return sum;
}

static double swelling_at(const taut_surface *s, int i, double day) {
  double redness, sum;
  inflamed_at(s, i, day, &redness, &sum);
  for (int j = 0; j <= i; j++) sum += taut__swelling_reflex(&s->p, &s->session[j], day - s->session[j].day);
  return sum;
}

void taut__surface_read(const taut_surface *s, double day, bool after, taut_surface_values *out) {
  *out = (taut_surface_values){.transepidermal_water_loss = taut__water_loss_untreated(&s->p)};
  int last = -1;
  while (last + 1 < s->sessions && (s->session[last + 1].day < day || (after && s->session[last + 1].day == day)))
    last++;
  if (last < 0) return;
  for (int j = 0; j <= last; j++) {
    const taut_surface_session *o = &s->session[j];
    double t = day - o->day, share = taut__pore_share(&s->p, &s->person, o->length, t);
    out->open_channel_fraction += taut__pore_area(o) * share;
    out->transepidermal_water_loss += taut__water_loss(&s->p, o, share, t);
  }
  out->open_channel_fraction = fmin(1, out->open_channel_fraction);
  out->erythema = redness_at(s, last, day);
  out->oedema = swelling_at(s, last, day);
  out->pain = s->outcome[last].pain;
}

void taut__surface_series(const taut_surface *s, int n, const double *day, taut_surface_values *out) {
  for (int k = 0; k < n; k++) taut__surface_read(s, day[k], k > 0 && day[k] == day[k - 1], &out[k]);
}

/* --------------------------------------------------------------------------------------------------- outcomes ---- */

typedef double reading(const taut_surface *s, int i, double day);

/* Day at which a reading of window i last reaches `level`; the session day where it never does.  *still: it does so at
 * the end of the window. */
static double last_above(const taut_surface *s, int i, reading *read, double level, bool *still) {
  int first = s->window[i], last = s->window[i + 1] - 1;
  *still = read(s, i, s->day[last]) >= level;
  if (*still) return s->day[last];
  for (int k = last; k > first; k--) {
    double step = (s->day[k] - s->day[k - 1]) / PARTS;
    for (int part = 1; part <= PARTS; part++) {
      double above = part < PARTS ? s->day[k] - part * step : s->day[k - 1], below = s->day[k] - (part - 1) * step;
      if (read(s, i, above) < level) continue;
      for (int n = 0; n < 50; n++) {
        double middle = (above + below) / 2;
        if (read(s, i, middle) >= level)
          above = middle;
        else
          below = middle;
      }
      return above;
    }
  }
  return s->session[i].day;
}

static double largest(const taut_surface *s, int i, reading *read, double *day) {
  double most = 0;
  *day = s->session[i].day;
  for (int k = s->window[i]; k < s->window[i + 1]; k++) {
    double step = k + 1 < s->window[i + 1] ? (s->day[k + 1] - s->day[k]) / PARTS : 0;
    for (int part = 0; part < (step > 0 ? PARTS : 1); part++) {
      double at = s->day[k] + part * step, value = read(s, i, at);
      if (value <= most) continue;
      most = value;
      *day = at;
    }
  }
  return most;
}

/* integral of A dt from the session on, days. */
static double open_area_time(const taut_surface *s, const taut_surface_session *o) {
  const taut_surface_person *who = &s->person;
  double covered = taut__pore_half_life(&s->p, who, o->length, who->occlusion);
  double bare = taut__pore_half_life(&s->p, who, o->length, 0);
  double left = exp2(-who->occlusion_until / covered);
  return taut__pore_area(o) * ((1 - left) * covered + left * bare) / log(2);
}

static void find_pain(const taut_surface *s, const taut_surface_session *o, taut_surface_outcome *out) {
  double units = taut__pain_units(&s->p, o->length, o->strikes);
  out->pain_without_relief = taut__pain_vas(&s->p, units, 1);
  out->pain = s->person.topical_relief ? taut__pain_vas(&s->p, units, s->p.g_a) : out->pain_without_relief;
  out->pain_extrapolated =
      o->length < s->p.L_pain || o->length > s->p.L_pain_max || o->strikes > s->p.N_pain_max || !s->person.studied_site;
}

static void find_outcome(taut_surface *s, int i) {
  const taut_surface_session *o = &s->session[i];
  taut_surface_outcome *out = &s->outcome[i];
  out->closing = taut__pore_closing(&s->p, &s->person, o->length);
  out->infection_window = fmax(out->closing, s->p.w_min);
  out->infection_index = open_area_time(s, o) / s->p.A_inf;
  out->actives_in_window = s->person.actives_after < out->infection_window;
  double visible = taut__redness_visible(&s->p, s->person.phototype), at;
  bool swollen;
  out->downtime = last_above(s, i, redness_at, visible, &out->still_red) - o->day;
  out->downtime_low = out->downtime / s->p.band;
  out->downtime_high = out->downtime * s->p.band;
  out->erythema_peak = largest(s, i, redness_at, &at);
  out->swelling = last_above(s, i, swelling_at, s->p.e_vis, &swollen) - o->day;
  out->oedema_peak = largest(s, i, swelling_at, &at);
  out->oedema_peak_day = at - o->day;
  find_pain(s, o, out);
}

const taut_surface_outcome *taut__surface_outcome(const taut_surface *s, int i) {
  return &s->outcome[i];
}

/* ---------------------------------------------------------------------------------------------- create, destroy ---- */

taut_err taut__surface_create(taut_context *context, const taut_surface_params *p, const taut_surface_person *person,
                              const taut_surface_session *session, int sessions, const taut_surface_record *record,
                              taut_surface **out) {
  *out = NULL;
  taut_surface *s = taut__alloc(1, sizeof *s);
  if (!s) return taut__fail(context, TAUT_ERR_MEMORY, NULL, "no memory for the surface course");
  s->p = *p;
  s->person = *person;
  s->sessions = sessions;
  s->session = taut__alloc((size_t)sessions, sizeof *s->session);
  s->outcome = taut__alloc((size_t)sessions, sizeof *s->outcome);
  s->window = taut__alloc((size_t)sessions + 1, sizeof *s->window);
  taut_err err = s->session && s->outcome && s->window
                     ? TAUT_OK
                     : taut__fail(context, TAUT_ERR_MEMORY, NULL, "no memory for the surface course");
  if (!err && sessions > 0) memcpy(s->session, session, (size_t)sessions * sizeof *session);
  for (int i = 0; !err && i < sessions; i++) err = add_window(context, s, i, record);
  if (!err) integrate_swelling(s);
  for (int i = 0; !err && i < sessions; i++) find_outcome(s, i);
  if (err)
    taut__surface_destroy(&s);
  else
    *out = s;
  return err;
}

void taut__surface_destroy(taut_surface **surface) {
  taut_surface *s = *surface;
  if (!s) return;
  void *const owned[] = {s->session, s->outcome, s->window, s->day, s->inflamed, s->swelling, s};
  for (size_t i = 0; i < sizeof owned / sizeof *owned; i++) free(owned[i]);
  *surface = NULL;
}
