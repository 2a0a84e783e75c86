/* summary.json: what was run, how well the numbers balance, and what came out. */
#include "io/io.h"

#include <jansson.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

/* Every helper takes a NULL value as "out of memory" and passes that on through *failed, so that the building below
 * reads as the list of keys it is. */
typedef struct builder {
  bool failed;
} builder;

static void set(builder *b, json_t *object, const char *key, json_t *value) {
  if (value == NULL || json_object_set_new(object, key, value) != 0) b->failed = true;
}

static void append(builder *b, json_t *array, json_t *value) {
  if (value == NULL || json_array_append_new(array, value) != 0) b->failed = true;
}

/* A number; null where there is none. */
static json_t *real(double x) {
  return isfinite(x) ? json_real(x) : json_null();
}

static json_t *string(const char *text) {
  char *plain = taut__plain(text);
  json_t *value = plain == NULL ? NULL : json_string(plain);
  free(plain);
  return value;
}

static json_t *strings(builder *b, const taut_texts *texts) {
  json_t *list = json_array();
  for (size_t i = 0; i < texts->count; i++) append(b, list, string(texts->item[i]));
  return list;
}

static json_t *session(builder *b, const taut_session_report *s) {
  json_t *object = json_object();
  set(b, object, "time_d", real(s->day));
  set(b, object, "nominal_depth_mm", real(s->nominal_mm));
  set(b, object, "achieved_depth_mm", real(s->achieved_mm));
  set(b, object, "density_per_cm2", real(s->density_cm2));
  set(b, object, "holes_per_cm2", real(s->holes_cm2));
  set(b, object, "cell_area_cv", real(s->cv_area));
  set(b, object, "rehit_share", real(s->rehit_share));
  set(b, object, "bleeding_probability", real(s->bleeding));
  set(b, object, "p_fat_ultrasound", real(s->p_fat_ultrasound));
  set(b, object, "p_fat_histology", real(s->p_fat_histology));
  set(b, object, "hole_diameter_um", real(s->hole_um));
  set(b, object, "injured_um", real(s->injured_um));
  if (s->surface) {
    set(b, object, "downtime_h", real(s->downtime_h));
    set(b, object, "downtime_low_h", real(s->downtime_low_h));
    set(b, object, "downtime_high_h", real(s->downtime_high_h));
    set(b, object, "downtime_is_lower_limit", json_boolean(s->still_red));
    set(b, object, "erythema_peak", real(s->erythema_peak));
    set(b, object, "oedema_peak", real(s->oedema_peak));
    set(b, object, "pain", real(s->pain));
    set(b, object, "pain_without_relief", real(s->pain_without_relief));
    set(b, object, "pain_extrapolated", json_boolean(s->pain_extrapolated));
    set(b, object, "infection_window_h", real(s->infection_window_h));
  }
  return object;
}

static json_t *sessions(builder *b, const struct taut_result *result) {
  json_t *list = json_array();
  for (int s = 0; s < result->sessions; s++) append(b, list, session(b, &result->session[s]));
  return list;
}

/* Events as studies counted them, beside the indices of risk. */
static json_t *events(builder *b, const struct taut_result *result) {
  json_t *list = json_array();
  for (int i = 0; i < result->events; i++) {
    const taut_counted_event *e = &result->event[i];
    json_t *object = json_object();
    set(b, object, "name", string(e->name));
    set(b, object, "count", json_integer(e->count));
    set(b, object, "people", e->people ? json_integer(e->people) : json_null());
    set(b, object, "wilson_95_low", real(e->low));
    set(b, object, "wilson_95_high", real(e->high));
    set(b, object, "what", string(e->doc));
    append(b, list, object);
  }
  return list;
}

static json_t *ledgers(builder *b, const struct taut_result *result) {
  json_t *list = json_array();
  for (int i = 0; i < result->ledgers; i++) {
    const taut_ledger *ledger = &result->ledger[i];
    json_t *object = json_object();
    set(b, object, "name", string(ledger->name));
    set(b, object, "unit", string(ledger->unit));
    set(b, object, "found", real(ledger->found));
    set(b, object, "expected", real(ledger->expected));
    set(b, object, "relative_error", real(ledger->relative_error));
    append(b, list, object);
  }
  return list;
}

static json_t *outcome(builder *b, int q, double value, double baseline) {
  json_t *object = json_object();
  set(b, object, "value", real(value));
  set(b, object, "unit", string(taut__quantity[q].unit));
  set(b, object, "baseline", real(baseline));
  set(b, object, "change", real(value - baseline));
  set(b, object, "change_percent", real(baseline == 0 ? NAN : 100 * (value - baseline) / baseline));
  return object;
}

/* One object a visit, quantities by name; what is not modelled is left out. */
static json_t *visits(builder *b, const struct taut_result *result) {
  json_t *list = json_array();
  for (int v = 0; v < result->visits; v++) {
    json_t *visit = json_object(), *quantities = json_object();
    set(b, visit, "time_d", real(result->visit_day[v]));
    for (int q = 0; q < TAUT_QUANTITIES; q++) {
      double value = result->visit[v * TAUT_QUANTITIES + q];
      if (isfinite(value)) set(b, quantities, taut__quantity[q].name, outcome(b, q, value, result->baseline[q]));
    }
    set(b, visit, "quantities", quantities);
    append(b, list, visit);
  }
  return list;
}

/* Which quantities rest on a calibration and which are predicted: name -> evidence. */
static json_t *evidence(builder *b) {
  json_t *object = json_object();
  for (int q = 0; q < TAUT_QUANTITIES; q++) set(b, object, taut__quantity[q].name, string(taut__quantity[q].evidence));
  return object;
}

/* What this version has no model of: names, and name -> reason. */
static json_t *not_modelled(builder *b) {
  json_t *list = json_array();
  for (int i = 0; i < TAUT_UNMODELLED; i++) append(b, list, string(taut__unmodelled[i].name));
  return list;
}

static json_t *not_modelled_reasons(builder *b) {
  json_t *object = json_object();
  for (int i = 0; i < TAUT_UNMODELLED; i++)
    set(b, object, taut__unmodelled[i].name, string(taut__unmodelled[i].reason));
  return object;
}

static json_t *undemonstrable(builder *b, const struct taut_result *result) {
  json_t *object = json_object(), *list = json_array();
  for (int q = 0; q < TAUT_QUANTITIES; q++)
    if (result->undemonstrable[q]) append(b, list, string(taut__quantity[q].name));
  set(b, object, "quantities", list);
  set(b, object, "reason", string(TAUT_UNDEMONSTRABLE));
  return object;
}

/* SD of one reading by an instrument or rater: name -> sd and unit. */
static json_t *noise(builder *b, const struct taut_result *result) {
  json_t *object = json_object();
  for (int q = 0; q < TAUT_QUANTITIES; q++) {
    if (!(result->noise[q] > 0)) continue;
    json_t *one = json_object();
    set(b, one, "sd", real(result->noise[q]));
    set(b, one, "unit", string(taut__quantity[q].unit));
    set(b, object, taut__quantity[q].name, one);
  }
  return object;
}

static json_t *suction(builder *b, const struct taut_result *result) {
  json_t *object = json_object();
  set(b, object, "method", string(result->suction_method));
  set(b, object, "relative_error_r0", real(result->suction_error));
  return object;
}

static json_t *loop_gains(builder *b, const struct taut_result *result) {
  json_t *object = json_object();
  set(b, object, "inflammation", real(result->loop_gain_inflammation));
  set(b, object, "tgf_beta1", real(result->loop_gain_tgf));
  return object;
}

taut_err taut__summary_json(taut_context *context, const struct taut_result *result, char **out) {
  builder b = {0};
  json_t *root = json_object();
  *out = NULL;
  set(&b, root, "taut_version", string(taut_version()));
  set(&b, root, "commit", string(taut_commit()));
  set(&b, root, "case_hash", string(result->hash));
  set(&b, root, "title", string(result->c->title));
  set(&b, root, "notice", string(TAUT_NOTICE));
  set(&b, root, "wall_time_s", real(result->wall_seconds));
  set(&b, root, "end_d", real(result->report.day));
  set(&b, root, "steps", json_integer(result->report.steps));
  set(&b, root, "rejected_steps", json_integer(result->report.rejected));
  set(&b, root, "backward_euler", json_integer(result->report.backward_euler));
  set(&b, root, "shortest_step_d", real(result->report.step_min));
  set(&b, root, "longest_step_d", real(result->report.step_max));
  set(&b, root, "rest_residual_per_day", real(result->rest_residual));
  set(&b, root, "loop_gains", loop_gains(&b, result));
  set(&b, root, "ledgers", ledgers(&b, result));
  set(&b, root, "worst_transport_imbalance", real(result->worst_solve));
  set(&b, root, "peak_myofibroblasts", real(result->peak_myofibroblasts));
  set(&b, root, "peak_mechanical_gate", real(result->peak_gate));
  set(&b, root, "suction", result->suction_method == NULL ? json_null() : suction(&b, result));
  set(&b, root, "reading_noise", noise(&b, result));
  set(&b, root, "no_demonstrable_change", undemonstrable(&b, result));
  set(&b, root, "warnings", strings(&b, &result->warnings));
  set(&b, root, "uncertainty", result->uncertainty == NULL ? json_null() : string(result->uncertainty));
  set(&b, root, "sessions", sessions(&b, result));
  set(&b, root, "counted_events", events(&b, result));
  set(&b, root, "visits", visits(&b, result));
  set(&b, root, "evidence", evidence(&b));
  set(&b, root, "not_modelled", not_modelled(&b));
  set(&b, root, "not_modelled_reasons", not_modelled_reasons(&b));
  char *text = root == NULL || b.failed ? NULL : json_dumps(root, JSON_INDENT(2) | JSON_REAL_PRECISION(17));
  json_decref(root);
  if (text != NULL) { /* a text file ends with a newline */
    size_t length = strlen(text);
    *out = taut__realloc(text, length + 2, 1);
    if (*out == NULL)
      free(text);
    else
      memcpy(*out + length, "\n", 2);
  }
  return *out != NULL ? TAUT_OK : taut__fail(context, TAUT_ERR_MEMORY, "summary.json", "out of memory");
}
