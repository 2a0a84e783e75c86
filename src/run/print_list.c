/* `taut list`: what this version knows, by name. */
#include "run/print.h"

#include "model/model.h"
#include "observe/result.h"
#include "param/presets.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

static const double seconds_per_day = 86400, degrees_per_radian = 57.29577951308232;
enum { UM_PER_MM = 1000 };

#define COLUMNS(array) .column = (array), .columns = sizeof(array) / sizeof *(array)

/* --------------------------------------------------------------------------------------------- sites, devices ---- */

/* A preset as a case sees it: the smallest case that names it, read by the same reader as any other.  The reference injury
 * has no needle length that a device could refuse. */
static taut_err resolve(taut_context *context, const char *key, const char *name, taut_case **out) {
  taut_text text = {0};
  const bool site = strcmp(key, "site") == 0;
  taut__text_add(
      &text, "patient: {age: 40 years}\nsite: %s\ndevice: %s\ntreatment: {depth: 0.5 mm}\nmodel: {injury: reference}\n",
      site ? name : "cheek", site ? "pen_14" : name);
  taut_err err = text.failed ? taut__fail(context, TAUT_ERR_MEMORY, NULL, "out of memory")
                             : taut__case_parse(context, &taut__registry, name, text.data, text.length, NULL, 0, out);
  taut__text_free(&text);
  return err;
}

/* Ends a row of either kind: what the preset is, rests on, and how far each number can be trusted. */
static void add_words(taut_table *table, const taut_preset *preset) {
  taut__table_add(table, preset->title);
  taut__table_add(table, preset->sources);
  taut__table_add(table, preset->evidence);
}

static const char *yes(bool answer) {
  return answer ? "yes" : "no";
}

static void site_row(taut_table *table, const taut_site *s, const taut_preset *preset) {
  enum { F = TAUT_FEMALE, M = TAUT_MALE };
  const double number[] = {UM_PER_MM * s->sc,
                           UM_PER_MM * s->ve,
                           s->papillary,
                           s->dermis[F],
                           s->dermis[M],
                           s->fat[F],
                           s->fat[M],
                           s->z_bone,
                           s->area / 100,
                           UM_PER_MM * s->sc_sd,
                           UM_PER_MM * s->ve_sd,
                           s->dermis_sd[F],
                           s->dermis_sd[M],
                           s->echo[F],
                           s->echo[M],
                           s->fat_sg,
                           s->bmi_slope,
                           s->f_site};
  taut__table_add(table, s->name);
  for (size_t i = 0; i < sizeof number / sizeof *number; i++) taut__table_number(table, number[i]);
  const bool rule[] = {s->orbital_rim, s->globe, s->bony, s->neck_structures, s->facial};
  for (size_t i = 0; i < sizeof rule / sizeof *rule; i++) taut__table_add(table, yes(rule[i]));
  add_words(table, preset);
}

static const taut_column site_columns[] = {{"name", "site", false, false},
                                           {"stratum_corneum_um", "horny um", true, false},
                                           {"viable_epidermis_um", "viable um", true, false},
                                           {"papillary_mm", "papillary mm", true, false},
                                           {"dermis_women_mm", "dermis F", true, false},
                                           {"dermis_men_mm", "dermis M", true, false},
                                           {"fat_women_mm", "fat F", true, false},
                                           {"fat_men_mm", "fat M", true, false},
                                           {"bone_mm", "bone mm", true, false},
                                           {"area_cm2", "area cm2", true, false},
                                           {"stratum_corneum_sd_um", NULL, true, false},
                                           {"viable_epidermis_sd_um", NULL, true, false},
                                           {"dermis_women_sd_mm", NULL, true, false},
                                           {"dermis_men_sd_mm", NULL, true, false},
                                           {"echo_women_mm", NULL, true, false},
                                           {"echo_men_mm", NULL, true, false},
                                           {"fat_sigma", NULL, true, false},
                                           {"bmi_slope_m2_kg", NULL, true, false},
                                           {"closure_factor", NULL, true, false},
                                           {"orbital_rim", NULL, false, false},
                                           {"globe", NULL, false, false},
                                           {"bony", NULL, false, false},
                                           {"neck_structures", NULL, false, false},
                                           {"facial", NULL, false, false},
                                           {"doc", "", false, true},
                                           {"sources", "sources", false, true},
                                           {"evidence", "evidence", false, true}};

static const char *kind_name(taut_device_kind kind) {
  static const char *const names[] = {"roller", "pen", "stamp", "rf"};
  return names[kind];
}

/* An angle as the preset gave it: what the conversion to radians cost is rounded off. */
static double degrees(double angle) {
  return round(angle * degrees_per_radian * 1e9) / 1e9;
}

/* A field that this kind of device does not have is 0. */
static double field(double x) {
  return x > 0 ? x : (double)NAN;
}

/* "8 rings of 24", "6 x 6, 2 mm apart", "disc of 2.5 mm". */
static void layout(taut_table *table, const taut_device *d) {
  taut_text text = {0};
  char number[32];
  if (d->kind == TAUT_ROLLER)
    taut__text_add(&text, "%d rings of %d", d->rings, d->needles_per_ring);
  else if (d->kind == TAUT_PEN)
    taut__text_add(&text, "disc of radius %s mm", taut__number(d->disc_radius, number));
  else
    taut__text_add(&text, "%d x %d, %s mm apart", d->grid[0], d->grid[1], taut__number(d->pitch, number));
  table->failed |= text.failed;
  taut__table_add(table, text.data ? text.data : "");
  taut__text_free(&text);
}

static void device_row(taut_table *table, const taut_device *d, const taut_preset *preset) {
  taut__table_add(table, d->name);
  taut__table_add(table, kind_name(d->kind));
  const double number[] = {d->needles,
                           d->length[0],
                           d->length[1],
                           d->diameter,
                           degrees(d->half_angle),
                           UM_PER_MM * d->tip_radius,
                           d->kind == TAUT_PEN ? d->rate / seconds_per_day : (double)NAN,
                           d->kind == TAUT_PEN ? (double)NAN : d->speed / seconds_per_day,
                           field(d->length_step),
                           field(d->rings),
                           field(d->needles_per_ring),
                           field(d->drum_radius),
                           field(d->drum_width),
                           field(d->disc_radius),
                           field(d->grid[0]),
                           field(d->grid[1]),
                           field(d->pitch),
                           field(d->stroke),
                           d->glide / seconds_per_day,
                           d->tolerance,
                           d->lift,
                           field(d->force),
                           d->vibration};
  for (size_t i = 0; i < sizeof number / sizeof *number; i++) taut__table_number(table, number[i]);
  layout(table, d);
  add_words(table, preset);
}

static const taut_column device_columns[] = {{"name", "device", false, false},
                                             {"kind", "kind", false, false},
                                             {"needles", "needles", true, false},
                                             {"shortest_mm", "from mm", true, false},
                                             {"longest_mm", "to mm", true, false},
                                             {"diameter_mm", "shaft mm", true, false},
                                             {"half_angle_deg", "half-angle deg", true, false},
                                             {"tip_radius_um", "tip um", true, false},
                                             {"rate_hz", "rate Hz", true, false},
                                             {"speed_mm_s", "speed mm/s", true, false},
                                             {"length_step_mm", NULL, true, false},
                                             {"rings", NULL, true, false},
                                             {"needles_per_ring", NULL, true, false},
                                             {"drum_radius_mm", NULL, true, false},
                                             {"drum_width_mm", NULL, true, false},
                                             {"disc_radius_mm", NULL, true, false},
                                             {"rows", NULL, true, false},
                                             {"columns", NULL, true, false},
                                             {"pitch_mm", NULL, true, false},
                                             {"stroke_mm", NULL, true, false},
                                             {"glide_mm_s", NULL, true, false},
                                             {"tolerance_mm", NULL, true, false},
                                             {"lift_mm", NULL, true, false},
                                             {"force_mN", NULL, true, false},
                                             {"vibration", NULL, true, false},
                                             {"layout", "layout", false, true},
                                             {"doc", "", false, true},
                                             {"sources", "sources", false, true},
                                             {"evidence", "evidence", false, true}};

static taut_err presets(taut_context *context, taut_table *table) {
  const bool sites = strcmp(table->key, "sites") == 0;
  taut_preset *list = NULL;
  int count = 0;
  taut_err err = taut__presets_list(context, table->key, &list, &count);
  for (int i = 0; !err && i < count; i++) {
    taut_case *c = NULL;
    err = resolve(context, sites ? "site" : "device", list[i].name, &c);
    if (err) break;
    if (sites)
      site_row(table, &c->site, &list[i]);
    else
      device_row(table, &c->device, &list[i]);
    taut_case_destroy(&c);
  }
  taut__presets_free(&list, count);
  return err;
}

/* ------------------------------------------------------------------------------ quantities, fields, conditions ---- */

static const taut_column quantity_columns[] = {
    {"name", "quantity", false, false}, {"unit", "unit", false, false},      {"group", "group", false, false},
    {"doc", "", false, true},           {"how", "computed as", false, true}, {"evidence", "evidence", false, true}};

static taut_err quantities(taut_context *context, taut_table *table) {
  (void)context;
  for (int q = 0; q < TAUT_QUANTITIES; q++) {
    const taut_quantity *row = &taut__quantity[q];
    const char *const text[] = {row->name, row->unit, row->group, row->doc, row->how, row->evidence};
    for (size_t i = 0; i < sizeof text / sizeof *text; i++) taut__table_add(table, text[i]);
  }
  return TAUT_OK;
}

static const taut_column field_columns[] = {{"name", "field", false, false},
                                            {"unit", "unit", false, false},
                                            {"class", "class", false, false},
                                            {"layers", "layers", false, false},
                                            {"diffusion_mm2_per_day", "diffusion mm2/d", true, false},
                                            {"follows", "follows", false, false},
                                            {"rest_papillary", "rest papillary", true, false},
                                            {"rest_reticular", "rest reticular", true, false},
                                            {"long_name", "what", false, false},
                                            {"doc", "", false, true}};

/* Rows of the field set with the default parameters and a typical person of 40 years, whose rest state is shown. */
static taut_err fields(taut_context *context, taut_table *table) {
  static const char *const classes[] = {"signal", "cell", "matrix"};
  taut_healing_params params;
  taut_healing *h = NULL;
  taut_err err = taut__param_defaults(context, &taut__healing_table, &params);
  if (!err) {
    const taut_patient typical = {.age = 40, .photoage = 0.2, .phototype = 2};
    const taut_profile profile = taut__profile(&typical, false);
    err = taut__healing_create(context, &params, &profile, &h);
  }
  for (int f = 0; !err && f < h->set.n; f++) {
    const taut_field *row = &h->set.field[f];
    const taut_chemotaxis *chase = &h->set.chemotaxis[f];
    taut_text layers = {0};
    for (int l = 0; l < TAUT_LAYERS; l++)
      if (row->layers & TAUT_IN(l)) taut__text_add(&layers, "%c", "EPRS"[l]);
    taut__table_add(table, row->name);
    taut__table_add(table, row->unit);
    taut__table_add(table, classes[row->kind]);
    taut__table_add(table, layers.data ? layers.data : "");
    taut__table_number(table, h->set.diffusion[f]);
    taut__table_add(table, chase->chi0 > 0 && chase->signal >= 0 ? h->set.field[chase->signal].name : "");
    for (int l = TAUT_PAPILLARY; l <= TAUT_RETICULAR; l++)
      taut__table_number(table, row->layers & TAUT_IN(l) ? h->set.rest[f][l] : (double)NAN);
    taut__table_add(table, row->long_name);
    taut__table_add(table, row->doc);
    taut__text_free(&layers);
  }
  taut__healing_destroy(&h);
  return err;
}

static const taut_column condition_columns[] = {
    {"name", "condition", false, false}, {"level", "level", false, false},
    {"modalities", "for", false, false}, {"doc", "", false, true},
    {"advice", "advice", false, true},   {"other_names", "also", false, true},
    {"source", "source", false, true}};

static taut_err conditions(taut_context *context, taut_table *table) {
  (void)context;
  for (int i = 0; taut__condition(i); i++) {
    const taut_condition *row = taut__condition(i);
    taut_text names = {0};
    for (const char *s = row->names; *s; s++) {
      taut__text_addn(&names, s, 1);
      if (*s == ',') taut__text_addn(&names, " ", 1);
    }
    const char *const text[] = {
        row->id, row->level, row->modalities, row->what, row->advice, names.data ? names.data : "", row->source};
    for (size_t k = 0; k < sizeof text / sizeof *text; k++) taut__table_add(table, text[k]);
    table->failed |= names.failed;
    taut__text_free(&names);
  }
  return TAUT_OK;
}

/* ------------------------------------------------------------------------------------------------------- keys ---- */

static const taut_column key_columns[] = {{"name", "key", false, false},
                                          {"default", "default", false, false},
                                          {"doc", "", false, true},
                                          {"expected", "expected", false, true}};

static taut_err keys(taut_context *context, taut_table *table) {
  (void)context;
  taut_key key;
  taut_text expected = {0};
  for (int i = 0; taut__key(i, &key, &expected); i++) {
    taut__table_add(table, key.name);
    taut__table_add(table, key.refused ? "not in this version" : key.preset);
    taut__table_add(table, key.doc);
    taut__table_add(table, expected.data ? expected.data : "");
    table->failed |= expected.failed;
    taut__text_free(&expected);
    expected = (taut_text){0};
  }
  return TAUT_OK;
}

/* ------------------------------------------------------------------------------------------------------ kinds ---- */

typedef struct kind {
  const char *name;
  taut_err (*fill)(taut_context *context, taut_table *table); /* NULL: not in this version */
  taut_table table;
} kind;

static const kind kinds[] = {
    {"devices", presets, {.key = "devices", .title = "Devices", COLUMNS(device_columns)}},
    {"sites",
     presets,
     {.key = "sites",
      .title = "Sites",
      .note =
          "Thicknesses are those of a woman (F) or man (M) of 40 years, dermis by ultrasound; `taut puncture` shows a "
          "person's own.",
      COLUMNS(site_columns)}},
    {"quantities", quantities, {.key = "quantities", .title = "Quantities", COLUMNS(quantity_columns)}},
    {"fields",
     fields,
     {.key = "fields",
      .title = "Fields",
      .note =
          "Layers: E epidermis, P papillary dermis, R reticular dermis, S subcutis. Rest values: a person of 40 years.",
      COLUMNS(field_columns)}},
    {"conditions",
     conditions,
     {.key = "conditions",
      .title = "Conditions and medicines",
      .note = "Level: A absolute, R relative, U not evaluated. For: N needles, RF radiofrequency needles, S serum. "
              "Names stand "
              "under patient.conditions or patient.medicines (isotretinoin_now, isotretinoin_recent, anticoagulant). A "
              "run warns "
              "of each; screening is not part of this version.",
      COLUMNS(condition_columns)}},
    {"keys",
     keys,
     {.key = "keys",
      .title = "Keys of a case file",
      .note =
          "Keys without default are compulsory where they apply. Parameters (`taut params`) stand under parameters:.",
      COLUMNS(key_columns)}},
    {"serums", NULL, {.key = "serums"}},
    {"studies", NULL, {.key = "studies"}},
};
enum { KINDS = sizeof kinds / sizeof *kinds };

taut_err taut_list_print(taut_context *context, const char *name, taut_format format, FILE *out) {
  taut__fail_clear(context);
  const char *names[KINDS];
  for (int k = 0; k < KINDS; k++) {
    names[k] = kinds[k].name;
    if (strcmp(name, kinds[k].name) != 0) continue;
    if (!kinds[k].fill) return taut__fail(context, TAUT_ERR_NOT_AVAILABLE, name, "not available in this version");
    taut_table table = kinds[k].table;
    taut_err err = kinds[k].fill(context, &table);
    if (!err) return taut__table_print(context, &table, format, out);
    taut__texts_free(&table.cells);
    return err;
  }
  const int near = taut__nearest(name, names, KINDS);
  if (near >= 0)
    return taut__fail(context, TAUT_ERR_USAGE, NULL, "unknown kind '%s'; did you mean '%s'?", name, names[near]);
  return taut__fail(context, TAUT_ERR_USAGE, NULL,
                    "unknown kind '%s'; expected devices, sites, quantities, fields, conditions or keys", name);
}
