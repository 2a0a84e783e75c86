/* Notes: what the user gave and nothing reads, what a choice costs, what is easily misread. */
#include "param/reader.h"

#include "param/table.h"

#include <string.h>

static const char *const idle[] = {
#define IDLE(key) key,
#include "param/idle.def"
#undef IDLE
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
    const int row = taut__row_find(idle[i]);
    if (row >= 0 ? !taut__row_changed(reader, &taut__rows[row]) : !parameter_changed(reader, idle[i])) continue;
    const taut_node *node = taut__node_find(reader->r->user, idle[i]);
    if (!node) node = taut__node_find(taut__node_find(reader->r->user, "parameters"), idle[i]);
    taut__note(reader, node, "%s is recorded; nothing in this version depends on it", idle[i]);
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

static void note_model(taut_reader *reader) {
  const taut_case *c = reader->c;
  static const char *const keys[] = {"model.grid", "model.tracks"};
  for (size_t i = 0; c->model.scale == TAUT_SCALE_ZERO && i < sizeof keys / sizeof *keys; i++)
    if (taut__reader_given(reader, keys[i]))
      taut__note(reader, taut__reader_place(reader, keys[i]),
                 "%s has no effect with model.scale zero, which is one point", keys[i]);
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
