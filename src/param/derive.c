/* Defaults that depend on other values (design rule 11) and contradictions between keys. */
#include "param/reader.h"

#include <math.h>
#include <string.h>

static void missing(taut_reader *reader, const char *key, const char *why) {
  if (taut__reader_entry(reader, key)->node || taut__reader_broken(reader, key)) return; /* complained of already */
  taut__complain(reader, TAUT_ERR_INPUT, taut__reader_place(reader, key), false, "%s is missing: %s", key, why);
}

/* ----------------------------------------------------------------------------------------------------- patient ---- */

static void derive_patient(taut_reader *reader) {
  taut_patient *p = &reader->c->patient;
  char number[32];
  if (isnan(p->age)) {
    missing(reader, "patient.age", "it has no default; expected a time such as 45 years");
    return;
  }
  if (isnan(p->photoage)) {
    p->photoage = fmin(0.6, fmax(0, (p->age - 20) / 100));
    taut__reader_settle(reader, "patient.photoage", TAUT_FROM_ASSUMED, "typical of the age", "%s",
                        taut__number(p->photoage, number));
  }
  bool past = p->sex == TAUT_FEMALE && p->age > 51;
  if (isnan(p->menopause)) {
    p->menopause = past ? p->age - 51 : 0;
    p->menopause_assumed = past;
    if (past)
      taut__reader_settle(reader, "patient.menopause", TAUT_FROM_ASSUMED, "age - 51 years", "%s years",
                          taut__number(p->menopause, number));
    else
      taut__reader_settle(reader, "patient.menopause", TAUT_FROM_DEFAULT, NULL, "none");
  } else if (p->menopause > 0 && p->sex == TAUT_MALE) {
    taut__complain(reader, TAUT_ERR_INPUT, taut__reader_place(reader, "patient.menopause"), false,
                   "patient.menopause: contradicts patient.sex male; expected none");
  } else if (p->menopause > p->age) {
    taut__complain(reader, TAUT_ERR_INPUT, taut__reader_place(reader, "patient.menopause"), false,
                   "patient.menopause: %s years ago is before birth; expected less than the age",
                   taut__number(p->menopause, number));
  }
}

/* ------------------------------------------------------------------------------------------------ site, device ---- */

/* Fields without default must come from the preset or from the user. */
static void check_complete(taut_reader *reader, const char *section, const char *why) {
  size_t n = strlen(section);
  for (int i = 0; i < taut__row_count; i++) {
    const taut_row *row = &taut__rows[i];
    bool compulsory = row->type != TAUT_ROW_REFUSED && row->preset[0] == '\0';
    if (compulsory && strncmp(row->key, section, n) == 0 && row->key[n] == '.') {
      if (!reader->r->entry[i].text) missing(reader, row->key, why);
    }
  }
}

static void derive_site(taut_reader *reader) {
  const taut_model_options *m = &reader->c->model;
  bool unneeded =
      m->injury == TAUT_INJURY_EXCISION || (m->injury == TAUT_INJURY_REFERENCE && m->layers == TAUT_LAYERS_REFERENCE);
  if (reader->c->site.name) {
    if (reader->r->site || taut__reader_given(reader, "site.dermis_women"))
      check_complete(reader, "site", "a site of your own needs all fields");
    return;
  }
  if (!unneeded && !taut__reader_entry(reader, "site.name")->node && !taut__reader_broken(reader, "site.name"))
    taut__complain(reader, TAUT_ERR_INPUT, taut__reader_place(reader, "site"), false,
                   "site is missing: expected the name of a site such as cheek (taut list sites)");
}

static void need(taut_reader *reader, const char *key, double value, const char *kind) {
  taut_entry *entry = taut__reader_entry(reader, key);
  if (value > 0 || (entry->node && !entry->text)) return;
  taut__complain(reader, TAUT_ERR_INPUT, taut__reader_place(reader, key), false, "%s is missing: a %s needs it", key,
                 kind);
}

/* A field that the user gave and this kind of device does not have. */
static void refuse_foreign(taut_reader *reader, const char *kind, const char *const *keys) {
  for (; *keys; keys++) {
    const taut_entry *entry = taut__reader_entry(reader, *keys);
    if (taut__reader_given(reader, *keys) && entry->text && strcmp(entry->text, "none") != 0)
      taut__complain(reader, TAUT_ERR_INPUT, taut__reader_place(reader, *keys), true,
                     "%s: contradicts device.kind; expected none for a %s", *keys, kind);
  }
}

static void check_needles(taut_reader *reader, int product, const char *how) {
  const taut_device *d = &reader->c->device;
  if (product <= 0 || d->needles <= 0 || product == d->needles) return;
  taut__complain(reader, TAUT_ERR_INPUT, taut__reader_place(reader, "device.needles"), false,
                 "device.needles: %d needles contradict %s, which make %d", d->needles, how, product);
}

/* A preset is of its kind; other numbers of the user's make it a changed one, and it says so wherever it is named. */
static bool compare_with_preset(taut_reader *reader) {
  taut_device *d = &reader->c->device;
  if (taut__row_changed(reader, &taut__rows[taut__row_find("device.kind")])) {
    const taut_node *kind = taut__node_find(reader->r->device, "kind");
    taut__complain(reader, TAUT_ERR_INPUT, taut__reader_place(reader, "device.kind"), false,
                   "device.kind: contradicts the preset %s, which is a %s; expected a device.name of your own with it",
                   d->name, kind && kind->text ? kind->text : "device");
    return false;
  }
  bool changed = false;
  for (int i = 0; i < taut__row_count && !changed; i++)
    changed = strncmp(taut__rows[i].key, "device.", 7) == 0 && taut__rows[i].type != TAUT_ROW_NAME &&
              taut__rows[i].type != TAUT_ROW_REFUSED && taut__reader_entry(reader, taut__rows[i].key)->text &&
              taut__row_changed(reader, &taut__rows[i]);
  if (!changed) return true;
  d->name = taut__arena_format(&reader->r->arena, "%s (changed)", d->name);
  if (!d->name) taut__complain_memory(reader);
  return d->name != NULL;
}

static void derive_device(taut_reader *reader) {
  const taut_device *d = &reader->c->device;
  if (!reader->r->device && !taut__reader_given(reader, "device.kind")) return; /* unknown name: said already */
  if (!taut__reader_entry(reader, "device.kind")->text && taut__reader_given(reader, "device.kind")) return;
  if (reader->r->device && !compare_with_preset(reader)) return;
  check_complete(reader, "device", "a device of your own needs all fields");
  if (!taut__reader_entry(reader, "device.kind")->text) return;
  switch (d->kind) {
  case TAUT_ROLLER:
    refuse_foreign(reader, "roller",
                   (const char *const[]){"device.disc_radius", "device.pitch", "device.grid", "device.rate", NULL});
    need(reader, "device.rings", d->rings, "roller");
    need(reader, "device.needles_per_ring", d->needles_per_ring, "roller");
    need(reader, "device.drum_radius", d->drum_radius, "roller");
    need(reader, "device.drum_width", d->drum_width, "roller");
    need(reader, "device.speed", d->speed, "roller");
    check_needles(reader, d->rings * d->needles_per_ring, "rings times needles_per_ring");
    break;
  case TAUT_PEN:
    refuse_foreign(reader, "pen",
                   (const char *const[]){"device.rings", "device.needles_per_ring", "device.drum_radius",
                                         "device.drum_width", "device.pitch", "device.grid", "device.speed", NULL});
    need(reader, "device.disc_radius", d->disc_radius, "pen");
    need(reader, "device.rate", d->rate, "pen");
    break;
  case TAUT_STAMP:
  case TAUT_RF:
    refuse_foreign(reader, "stamp",
                   (const char *const[]){"device.rings", "device.needles_per_ring", "device.drum_radius",
                                         "device.drum_width", "device.disc_radius", "device.rate", NULL});
    need(reader, "device.grid", d->grid[0], "stamp");
    need(reader, "device.pitch", d->pitch, "stamp");
    need(reader, "device.speed", d->speed, "stamp");
    check_needles(reader, d->grid[0] * d->grid[1], "the rows and columns of the grid");
    break;
  }
  if (d->tip_radius > 0.5 * d->diameter)
    taut__complain(reader, TAUT_ERR_INPUT, taut__reader_place(reader, "device.tip_radius"), false,
                   "device.tip_radius: larger than the radius of the needle; expected at most half of device.diameter");
}

/* --------------------------------------------------------------------------------------------------- treatment ---- */

static void density_from_time(taut_reader *reader) {
  taut_case *c = reader->c;
  if (c->device.kind != TAUT_PEN) {
    taut__complain(
        reader, TAUT_ERR_INPUT, taut__reader_place(reader, "treatment.time"), false,
        "treatment.time: a density follows from time for pens only; expected treatment.density or treatment.passes");
    return;
  }
  double punctures = c->device.needles * c->device.rate * c->treatment.strike_efficiency * c->treatment_time;
  c->treatment_density = punctures / c->site.area;
}

/* One of density, passes and time says how much; 250 /cm^2 when none does. */
static void derive_treatment(taut_reader *reader) {
  taut_case *c = reader->c;
  taut_entry *entry = taut__reader_entry(reader, "treatment.density");
  bool density = entry->origin != TAUT_FROM_DEFAULT && !isnan(c->treatment_density);
  bool passes = !isnan(c->treatment_passes), time = !isnan(c->treatment_time);
  if (isnan(c->treatment.glide)) c->treatment.glide = c->device.glide;
  if (density + passes + time > 1) {
    const char *last = time ? "treatment.time" : "treatment.passes";
    taut__complain(reader, TAUT_ERR_INPUT, taut__reader_place(reader, last), true,
                   "%s: contradicts %s; expected one of density, passes, time", last,
                   density ? "treatment.density" : "treatment.passes");
    return;
  }
  bool points = c->points.path && c->model.scale == TAUT_SCALE_PATCH;
  if (points && density + passes + time > 0) {
    taut__complain(reader, TAUT_ERR_INPUT, taut__reader_place(reader, "treatment.points"), true,
                   "treatment.points: contradicts treatment.%s; expected one of them",
                   density  ? "density"
                   : passes ? "passes"
                            : "time");
    return;
  }
  if (passes || time || points) {
    c->treatment_density = NAN;
    taut__reader_settle(reader, "treatment.density", TAUT_FROM_DEFAULT,
                        passes ? "passes are given"
                        : time ? "time is given"
                               : "points are given",
                        "none");
  }
  if (time) density_from_time(reader);
}

/* ------------------------------------------------------------------------------------------------------- model ---- */

/* More would not fit into the memory of common machines. */
static void check_points(taut_reader *reader) {
  enum { MOST = 200000 };
  const taut_grid_spec *g = &reader->c->model.grid;
  const int across = g->n1 + g->n2 + g->n3, planes = g->ne + g->np + g->nret + g->ns, tracks = reader->c->model.tracks;
  if (across * planes * tracks <= MOST) return;
  taut__complain(reader, TAUT_ERR_INPUT, taut__reader_place(reader, "model.grid"), false,
                 "model.grid: %d x %d points on %d track%s are %d; expected at most %d in all", across, planes, tracks,
                 tracks == 1 ? "" : "s", across * planes * tracks, MOST);
}

static void derive_model(taut_reader *reader) {
  taut_model_options *m = &reader->c->model;
  static const struct {
    const char *grid, *tolerance;
    double rtol;
    int tracks;
    double spacing; /* mm */
  } level[] = {{"G1", "1e-2", 1e-2, 1, 0.04}, {"G2", "1e-3", 1e-3, 3, 0.02}, {"G3", "1e-4", 1e-4, 3, 0.01}};
  bool point = m->scale == TAUT_SCALE_ZERO; /* grid and tracks of the user are noted and left aside */
  if (point) m->grid = (taut_grid_spec){0}, m->tracks = 0;
  if (m->grid.n1 == 0 && taut__grid_named(level[m->accuracy].grid, &m->grid))
    taut__reader_settle(reader, "model.grid", TAUT_FROM_DEFAULT, "by accuracy", "%s", level[m->accuracy].grid);
  if (isnan(m->tolerance)) {
    m->tolerance = level[m->accuracy].rtol;
    taut__reader_settle(reader, "model.tolerance", TAUT_FROM_DEFAULT, "by accuracy", "%s",
                        level[m->accuracy].tolerance);
  }
  if (m->tracks == 0) {
    m->tracks = level[m->accuracy].tracks;
    taut__reader_settle(reader, "model.tracks", TAUT_FROM_DEFAULT, "by accuracy", "%d", m->tracks);
  }
  if (point) taut__reader_entry(reader, "model.grid")->text = taut__reader_entry(reader, "model.tracks")->text = NULL;
  if (m->scale == TAUT_SCALE_PATCH) m->tracks = 1, taut__reader_entry(reader, "model.tracks")->text = NULL;
  taut__patch_derive(reader, level[m->accuracy].spacing);
  if (m->scale == TAUT_SCALE_TRACK) check_points(reader);
  if (m->tracks == 2)
    taut__complain(reader, TAUT_ERR_INPUT, taut__reader_place(reader, "model.tracks"), false,
                   "model.tracks: there is no rule for 2 tracks; expected 1 or 3");
  if (m->injury == TAUT_INJURY_EXCISION && m->scale != TAUT_SCALE_ZERO)
    taut__complain(reader, TAUT_ERR_INPUT, taut__reader_place(reader, "model.injury"), false,
                   "model.injury: an excision is simulated at one point; expected model.scale: zero with it");
}

void taut__derive(taut_reader *reader) {
  derive_patient(reader);
  derive_model(reader);
  derive_site(reader);
  derive_device(reader);
  derive_treatment(reader);
}
