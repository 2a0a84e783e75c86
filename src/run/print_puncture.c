/* `taut puncture`: the needling of a case alone. */
#include "run/print.h"

#include "needling/needling.h"
#include "param/units.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

static const double seconds_per_day = 86400;
enum { UM_PER_MM = 1000, MM2_PER_CM2 = 100, LABEL = -30, VALUE = 12 };

/* What one session, or several sessions that are alike, came to. */
typedef struct answer {
  int first, last; /* sessions, from 0 */
  taut_needling_report report;
} answer;

typedef struct answers {
  const taut_case *c;
  answer *item;
  int count;
} answers;

/* ----------------------------------------------------------------------------------------------- computing ---- */

static bool same(double a, double b) {
  return a == b || (isnan(a) && isnan(b));
}

static bool alike(const taut_session *a, const taut_session *b) {
  return same(a->depth, b->depth) && same(a->achieved, b->achieved) && same(a->density, b->density) &&
         same(a->passes, b->passes);
}

static void answers_free(answers *all) {
  for (int i = 0; i < all->count; i++) taut__needling_report_free(&all->item[i].report);
  free(all->item);
}

static taut_err compute(taut_context *context, const taut_case *c, long samples, answers *all) {
  char where[512];
  *all = (answers){.c = c};
  if (!c->site.name)
    return taut__fail(context, TAUT_ERR_INPUT, taut__case_where(c, "site", where),
                      "the case names no site; expected site and treatment.depth");
  if (c->sessions == 0)
    return taut__fail(context, TAUT_ERR_INPUT, taut__case_where(c, "schedule.sessions", where),
                      "an untreated course has no punctures; expected at least one session");
  all->item = taut__alloc((size_t)c->sessions, sizeof *all->item);
  if (!all->item) return taut__fail(context, TAUT_ERR_MEMORY, NULL, "out of memory");
  for (int s = 0; s < c->sessions; s++) {
    answer *last = all->count ? &all->item[all->count - 1] : NULL;
    if (last && alike(&c->session[last->first], &c->session[s])) {
      last->last = s;
      continue;
    }
    taut_err err = taut__needling_report(context, c, s, samples, &all->item[all->count].report);
    if (err) return err;
    all->item[all->count].first = all->item[all->count].last = s;
    all->count++;
  }
  return TAUT_OK;
}

static taut_skin skin_by(const taut_case *c, taut_thickness_source source) {
  return taut__skin_build(taut__case_params(c, "skin"), &c->patient, &c->site, source);
}

static const char *source_name(taut_thickness_source source) {
  static const char *const names[] = {"ultrasound", "histology", "blend"};
  return names[source];
}

static const char *pattern_name(taut_pattern_kind kind) {
  static const char *const names[] = {"auto", "passes", "poisson", "lattice"};
  return names[kind];
}

/* ---------------------------------------------------------------------------------------------------- JSON ---- */

/* A key and its number, so that an object reads as a list. */
typedef struct pair {
  const char *key;
  double value;
} pair;

static json_t *object_of(const pair *pairs, size_t n, bool *failed) {
  json_t *object = json_object();
  for (size_t i = 0; i < n; i++) taut__json_set(object, pairs[i].key, taut__json_number(pairs[i].value), failed);
  return object;
}
#define OBJECT(failed, ...)                                                                                            \
  object_of((const pair[]){__VA_ARGS__}, sizeof(const pair[]){__VA_ARGS__} / sizeof(pair), failed)

static json_t *skin_json(const taut_skin *s, bool *failed) {
  json_t *object = OBJECT(failed, {"stratum_corneum_um", UM_PER_MM * s->sc}, {"viable_epidermis_um", UM_PER_MM * s->ve},
                          {"dermis_mm", s->dermis}, {"total_mm", s->total}, {"fat_mm", s->fat},
                          {"papillary_mm", s->papillary}, {"reticular_mm", s->reticular},
                          {"capillary_loop_depth_mm", s->loop_depth}, {"upper_plexus_depth_mm", s->plexus_depth});
  taut__json_set(object, "source", json_string(source_name(s->source)), failed);
  return object;
}

static void spread_json(json_t *object, const char *prefix, const taut_depth_spread *s, bool *failed) {
  const pair pairs[] = {
      {"mean_mm", s->mean}, {"sd_mm", s->sd}, {"q05_mm", s->q05}, {"q50_mm", s->q50}, {"q95_mm", s->q95}};
  for (size_t i = 0; i < sizeof pairs / sizeof *pairs; i++) {
    char key[64];
    snprintf(key, sizeof key, "%s_%s", prefix, pairs[i].key);
    taut__json_set(object, key, taut__json_number(pairs[i].value), failed);
  }
}

static json_t *puncture_json(const taut_needling_report *r, bool *failed) {
  const taut_puncture *p = &r->puncture;
  json_t *object =
      OBJECT(failed, {"nominal_mm", p->length}, {"reach_mm", p->reach}, {"speed_mm_s", p->speed / seconds_per_day},
             {"dimple_mm", p->dimple}, {"puncture_force_mN", p->puncture_force}, {"depth_mm", p->depth},
             {"force_mN", p->force}, {"hole_diameter_um", 2 * UM_PER_MM * p->hole_radius},
             {"hole_diameter_sd_um", 2 * UM_PER_MM * p->hole_radius * p->hole_spread},
             {"hole_volume_mm3", p->hole_volume}, {"damaged_volume_mm3", p->damaged_volume},
             {"killed_volume_mm3", p->killed_volume}, {"injured_um", UM_PER_MM * r->injured},
             {"bleeding_probability", p->bleeding}, {"injury_depth_mm", p->injury_depth},
             {"damage_radius_um", UM_PER_MM * p->damage_factor * taut__track_needle_radius(p, 0)},
             {"kill_radius_um", UM_PER_MM * p->kill_factor * taut__track_needle_radius(p, 0)},
             {"needed_force_mN", p->needed_force}, {"slit_length_mm", p->slit_length}, {"drag_mm", p->drag});
  taut__json_set(object, "force_limited", json_boolean(p->force_limited), failed);
  if (r->within.samples > 0) {
    taut__json_set(object, "depth_samples", json_integer(r->within.samples), failed);
    spread_json(object, "depth", &r->within, failed);
    spread_json(object, "depth_between_people", &r->people, failed);
  }
  return object;
}

static json_t *pattern_json(const taut_pattern *p, bool *failed) {
  json_t *object = OBJECT(failed, {"density_per_cm2", MM2_PER_CM2 * p->hits}, {"cell_area_cv", p->cv_area},
                          {"rehit_share", p->rehit_share}, {"holes_per_cm2", MM2_PER_CM2 * p->holes},
                          {"track_radius_mm", p->radius}, {"passes", p->passes});
  taut__json_set(object, "kind", json_string(pattern_name(p->kind)), failed);
  taut__json_set(object, "from_motion", json_boolean(p->kinematic), failed);
  return object;
}

static json_t *exit_json(const taut_needling_report *r, bool *failed) {
  return OBJECT(failed, {"p_fat_ultrasound", r->p_fat[0]}, {"p_fat_histology", r->p_fat[1]});
}

static void session_json(json_t *object, const taut_needling_report *r, bool *failed) {
  taut__json_set(object, "skin", skin_json(&r->skin, failed), failed);
  taut__json_set(object, "puncture", puncture_json(r, failed), failed);
  taut__json_set(object, "pattern", pattern_json(&r->pattern, failed), failed);
  taut__json_set(object, "layer_exit", exit_json(r, failed), failed);
  taut__json_set(object, "warnings", taut__json_texts(&r->warnings, failed), failed);
}

/* Puts what the case itself warns of before the warnings of the first session. */
static void case_warnings_json(json_t *root, const taut_case *c, bool *failed) {
  json_t *list = taut__json_texts(&c->warnings, failed);
  if (!list || json_array_extend(list, json_object_get(root, "warnings")) != 0) *failed = true;
  taut__json_set(root, "warnings", list, failed);
}

/* The first session at the top level; all of them in a list where they differ. */
static taut_err as_json(taut_context *context, const answers *all, FILE *out) {
  bool failed = false;
  json_t *root = taut__json_root(&failed);
  session_json(root, &all->item[0].report, &failed);
  case_warnings_json(root, all->c, &failed);
  for (int h = 0; h < 2; h++) {
    const taut_skin skin = skin_by(all->c, h ? TAUT_THICKNESS_HISTOLOGY : TAUT_THICKNESS_ULTRASOUND);
    taut__json_set(root, h ? "skin_histology" : "skin_ultrasound", skin_json(&skin, &failed), &failed);
  }
  if (all->count > 1) {
    json_t *list = json_array();
    for (int i = 0; i < all->count; i++)
      for (int s = all->item[i].first; s <= all->item[i].last; s++) {
        json_t *object = OBJECT(&failed, {"session", s + 1}, {"time_d", all->c->session[s].day});
        session_json(object, &all->item[i].report, &failed);
        taut__json_append(list, object, &failed);
      }
    taut__json_set(root, "sessions", list, &failed);
  }
  taut__json_set(root, "notice", json_string(TAUT_NOTICE), &failed);
  return taut__json_write(context, root, failed, out);
}

/* ---------------------------------------------------------------------------------------------------- text ---- */

static void line(taut_text *out, const char *label, double x, const char *unit) {
  taut__text_addn(out, "  ", 2);
  taut__print_cell(out, label, LABEL);
  taut__print_number(out, x, 4, VALUE);
  taut__text_add(out, "%s%s\n", unit[0] ? " " : "", unit);
}

static void percent(taut_text *out, const char *label, double share) {
  taut__text_addn(out, "  ", 2);
  taut__print_cell(out, label, LABEL);
  taut__print_number(out, 100 * share, 3, VALUE);
  taut__text_addn(out, " %\n", 3);
}

static void skin_line(taut_text *out, const char *label, double ultrasound, double histology, const char *unit) {
  taut__text_addn(out, "  ", 2);
  taut__print_cell(out, label, LABEL);
  taut__print_number(out, ultrasound, 4, VALUE);
  taut__print_number(out, histology, 4, VALUE);
  taut__text_add(out, " %s\n", unit);
}

static void skin_text(taut_text *out, const taut_case *c) {
  const taut_skin u = skin_by(c, TAUT_THICKNESS_ULTRASOUND), h = skin_by(c, TAUT_THICKNESS_HISTOLOGY);
  taut__text_add(out, "%-32s%12s%12s\n", "Skin", "ultrasound", "histology");
  skin_line(out, "stratum corneum", UM_PER_MM * u.sc, UM_PER_MM * h.sc, "um");
  skin_line(out, "viable epidermis", UM_PER_MM * u.ve, UM_PER_MM * h.ve, "um");
  skin_line(out, "dermis", u.dermis, h.dermis, "mm");
  skin_line(out, "of it papillary", u.papillary, h.papillary, "mm");
  skin_line(out, "skin in all", u.total, h.total, "mm");
  skin_line(out, "fat below", u.fat, h.fat, "mm");
  taut__text_add(out, "  The case takes %s.\n", source_name(c->site.source));
}

static void puncture_text(taut_text *out, const taut_needling_report *r) {
  const taut_puncture *p = &r->puncture;
  taut__text_add(out, "Puncture by the mean needle\n");
  line(out, "needle length set", p->length, "mm");
  if (p->force_limited) line(out, "reached under the hand force", p->reach, "mm");
  line(out, "tip speed", p->speed / seconds_per_day, "mm/s");
  line(out, "dimple before it pierces", p->dimple, "mm");
  line(out, "force at that moment", p->puncture_force, "mN");
  line(out, "achieved depth", p->depth, "mm");
  line(out, "force at that depth", p->force, "mN");
  line(out, "hole left, diameter", 2 * UM_PER_MM * p->hole_radius, "um");
  line(out, "SD from hole to hole", 2 * UM_PER_MM * p->hole_radius * p->hole_spread, "um");
  line(out, "volume of the hole", p->hole_volume, "mm3");
  line(out, "volume of broken fibres", p->damaged_volume, "mm3");
  line(out, "volume of killed cells", p->killed_volume, "mm3");
  percent(out, "punctures that bleed", p->bleeding);
}

static void spread_text(taut_text *out, const taut_needling_report *r) {
  if (r->within.samples <= 0) return;
  const taut_depth_spread *const spread[] = {&r->within, &r->people};
  static const char *const label[] = {"within a treatment", "and between people"};
  taut__text_add(out, "\nAchieved depth, mm, %ld draws%*s%10s%10s%10s%10s%10s\n", r->within.samples, 3, "", "mean",
                 "SD", "5 %", "50 %", "95 %");
  for (int i = 0; i < 2; i++) {
    const taut_depth_spread *s = spread[i];
    taut__text_add(out, "  %-28s", label[i]);
    const double number[] = {s->mean, s->sd, s->q05, s->q50, s->q95};
    for (int k = 0; k < 5; k++) taut__print_number(out, number[k], 3, 10);
    taut__text_addn(out, "\n", 1);
  }
}

static void pattern_text(taut_text *out, const taut_needling_report *r) {
  const taut_pattern *p = &r->pattern;
  taut__text_add(out, "\nPattern (%s%s)\n", pattern_name(p->kind),
                 p->kinematic ? ", density from the motion of the hand" : "");
  line(out, "punctures", MM2_PER_CM2 * p->hits, "/cm2");
  percent(out, "that meet an old hole", p->rehit_share);
  line(out, "holes", MM2_PER_CM2 * p->holes, "/cm2");
  line(out, "spread of their areas (CV)", p->cv_area, "");
  line(out, "mean radius of a hole's area", p->radius, "mm");
  line(out, "injured volume per skin area", UM_PER_MM * r->injured, "um");
  taut__text_add(out, "\nTracks that leave the skin into fat\n");
  percent(out, "skin thickness by ultrasound", r->p_fat[0]);
  percent(out, "skin thickness by histology", r->p_fat[1]);
}

static taut_err as_text(taut_context *context, const answers *all, FILE *out) {
  const taut_case *c = all->c;
  taut_text text = {0};
  char age[32];
  taut__text_add(&text, "%s, %s of %s years, %s\n\n", c->site.name, c->patient.sex == TAUT_MALE ? "man" : "woman",
                 taut__number(c->patient.age, age), c->device.name ? c->device.name : "device");
  skin_text(&text, c);
  for (int i = 0; i < all->count; i++) {
    const answer *a = &all->item[i];
    taut__text_addn(&text, "\n", 1);
    if (all->count > 1 && a->first == a->last) taut__text_add(&text, "SESSION %d\n", a->first + 1);
    if (all->count > 1 && a->first != a->last) taut__text_add(&text, "SESSIONS %d TO %d\n", a->first + 1, a->last + 1);
    puncture_text(&text, &a->report);
    spread_text(&text, &a->report);
    pattern_text(&text, &a->report);
    if (a->report.warnings.count) taut__text_addn(&text, "\n", 1);
    for (size_t w = 0; w < a->report.warnings.count; w++) taut__print_warning(&text, "", a->report.warnings.item[w]);
  }
  taut__text_addn(&text, "\n", 1);
  for (size_t w = 0; w < c->warnings.count; w++) taut__print_warning(&text, "", c->warnings.item[w]);
  if (c->warnings.count) taut__text_addn(&text, "\n", 1);
  taut__print_wrapped(&text, "", "", 0, TAUT_NOTICE);
  return taut__print_write(context, &text, out);
}

taut_err taut_puncture_print(taut_context *context, const taut_case *c, long samples, taut_format format, FILE *out) {
  taut__fail_clear(context);
  if (samples < 0) return taut__fail(context, TAUT_ERR_USAGE, "samples", "%ld is negative", samples);
  if (format == TAUT_FORMAT_MARKDOWN)
    return taut__fail(context, TAUT_ERR_NOT_AVAILABLE, "puncture",
                      "no Markdown in this version; expected text or JSON");
  answers all;
  taut_err err = compute(context, c, samples, &all);
  if (!err) err = format == TAUT_FORMAT_JSON ? as_json(context, &all, out) : as_text(context, &all, out);
  answers_free(&all);
  return err;
}
