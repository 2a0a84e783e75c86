/* Notes: what the user gave and nothing reads, what a choice costs, what is easily misread. */
#include "param/reader.h"

#include "param/table.h"

#include <string.h>

static const struct {
  const char *key;
  bool patch; /* a patch reads it */
} idle[] = {
#define IDLE(key)  {key, false},
#define PATCH(key) {key, true},
#include "param/idle.def"
#undef IDLE
#undef PATCH
};

/* A parameter that the user set to another value than its row's. */
static bool parameter_changed(const taut_reader *reader, const char *key) {
  const taut_node *parameters = taut__node_find(reader->r->user, "parameters");
  int table, row;
  const taut_param *p = taut__param_find(&reader->c->registry, key, &table, &row);
  if (!p || !taut__node_find(parameters, key)) return false;
  taut_unit unit;
  char message[TAUT_MESSAGE];
  const double value = *(const double *)(const void *)((const char *)reader->c->values[table] + p->offset);
  return taut__unit_parse(p->unit, &unit, message) && value != p->value * unit.factor + unit.offset;
}

static void note_idle_keys(taut_reader *reader) {
  for (size_t i = 0; i < sizeof idle / sizeof *idle; i++) {
    const char *key = idle[i].key;
    const int row = taut__row_find(key);
    if (idle[i].patch && reader->c->model.scale == TAUT_SCALE_PATCH) continue;
    if (row >= 0 ? !taut__row_changed(reader, &taut__rows[row]) : !parameter_changed(reader, key)) continue;
    const taut_node *node = taut__node_find(reader->r->user, key);
    if (!node) node = taut__node_find(taut__node_find(reader->r->user, "parameters"), key);
    taut__note(reader, node, "%s is recorded; %s depends on it", key,
               idle[i].patch ? "only a patch (model.scale)" : "nothing in this version");
  }
}

/* Numbers of the site that the user replaced, but for the area and what was measured in this person. */
static void note_changed_site(taut_reader *reader) {
  if (!reader->r->site) return;
  const taut_node *first = NULL;
  taut_text keys = {0};
  for (int i = 0; i < taut__row_count; i++) {
    const taut_row *row = &taut__rows[i];
    if (strncmp(row->key, "site.", 5) != 0 || strncmp(row->key, "site.thickness.", 15) == 0 ||
        strcmp(row->key, "site.name") == 0 || strcmp(row->key, "site.area") == 0 || !taut__row_changed(reader, row))
      continue;
    if (!first) first = taut__node_find(reader->r->user, row->key);
    taut__text_add(&keys, "%s%s", keys.length ? ", " : "", row->key + 5);
  }
  if (first)
    taut__note(reader, first, "the site %s is not that of the preset: changed in %s", reader->c->site.name,
               keys.data ? keys.data : "");
  taut__text_free(&keys);
}

static void note_hormone_therapy(taut_reader *reader) {
  const taut_patient *p = &reader->c->patient;
  if (p->hormone_therapy && !(p->menopause > 0))
    taut__note(reader, taut__reader_place(reader, "patient.hormone_therapy"),
               "patient.hormone_therapy has no effect %s: it counts after menopause only",
               p->sex == TAUT_MALE ? "in a man" : "before menopause");
}

static void note_if_given(taut_reader *reader, const char *key, const char *with) {
  if (taut__reader_given(reader, key))
    taut__note(reader, taut__reader_place(reader, key), "%s has no effect with %s", key, with);
}

static void note_model(taut_reader *reader) {
  const taut_case *c = reader->c;
  const taut_scale scale = c->model.scale;
  if (scale == TAUT_SCALE_ZERO) note_if_given(reader, "model.grid", "model.scale zero, which is one point");
  if (scale == TAUT_SCALE_ZERO) note_if_given(reader, "model.tracks", "model.scale zero, which is one point");
  if (scale == TAUT_SCALE_PATCH) note_if_given(reader, "model.tracks", "model.scale patch, which has every puncture");
  static const char *const patch[] = {"treatment.points", "model.patch.size", "model.patch.spacing",
                                      "model.patch.vary"};
  for (size_t i = 0; scale != TAUT_SCALE_PATCH && i < sizeof patch / sizeof *patch; i++)
    note_if_given(reader, patch[i], scale == TAUT_SCALE_ZERO ? "model.scale zero" : "model.scale track");
  if (c->model.scale == TAUT_SCALE_TRACK && c->model.injury == TAUT_INJURY_DEVICE && c->model.tracks == 1 &&
      c->sessions > 0)
    taut__note(reader, NULL,
               "one mean track reads the papillary stain about 3 to 4 points higher than three (accuracy: standard)");
}

static void note_last_session(taut_reader *reader) {
  const taut_case *c = reader->c;
  char number[32];
  if (c->sessions == 0 || c->session[c->sessions - 1].day < c->until) return;
  taut__note(reader, taut__reader_place(reader, "schedule.sessions"),
             "the session on day %s is applied at the end and not followed", taut__number(c->until, number));
}

void taut__notes_add(taut_reader *reader) {
  note_changed_site(reader);
  note_hormone_therapy(reader);
  note_model(reader);
  note_last_session(reader);
  note_idle_keys(reader);
}
