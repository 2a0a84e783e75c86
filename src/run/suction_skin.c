/* The skin of the suction bench.
 *
 * With a site it is that of the person there on the day before a first session, as `taut run` has it.  Without one it is the
 * reference skin of the model document (cheek, woman of 40 years): layers and moduli are the rows of mechanics, ageing
 * follows the document's laws.  What is added to either (new collagen, elastin, hyaluronan, active cells) is added at once;
 * gel and epidermis relax, and the patch finds its equilibrium with its surroundings. */
#include "run/suction.h"

#include "healing/healing.h"
#include "instruments/patch.h"
#include "model/model.h"
#include "param/reader.h"
#include "skin/skin.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

/* Composition of the dermis at rest in the model document: collagen III, new, crosslinked and fragmented collagen. */
static const taut_mixture_rest document_rest = {.C3 = .12, .Cn = .03, .Cx = .75, .X = .10, .em = 1, .H = 1};
/** Days after which gel and epidermis are relaxed to the last digit. */
static const double relaxed = 1e12;

static const taut_param rows[] = {
#define PARAM(name, unit, def, low, high, prior, evidence, source, doc)                                                \
  {"suction",                                                                                                          \
   #name,                                                                                                              \
   unit,                                                                                                               \
   def,                                                                                                                \
   low,                                                                                                                \
   high,                                                                                                               \
   prior,                                                                                                              \
   TAUT_##evidence,                                                                                                    \
   TAUT_SOURCE_##source,                                                                                               \
   doc,                                                                                                                \
   offsetof(taut_bench_params, name)},
#include "run/suction.def"
#undef PARAM
};
static const taut_param_table bench_table = {"suction", rows, sizeof rows / sizeof *rows, sizeof(taut_bench_params)};

/* ------------------------------------------------------------------------------------------------- names of sets ---- */

/* The table that has a parameter of this name, among those whose group may be left out. */
static const taut_param_table *table_with(const char *name, size_t length) {
  const taut_param_table *const bare[] = {&taut__mechanics_table, &bench_table};
  for (size_t t = 0; t < sizeof bare / sizeof *bare; t++)
    for (int i = 0; i < bare[t]->rows; i++)
      if (strlen(bare[t]->row[i].name) == length && memcmp(bare[t]->row[i].name, name, length) == 0) return bare[t];
  return NULL;
}

/* A key of a case or its first part. */
static bool opens_a_key(const char *name, size_t length) {
  if (length == strlen("parameters") && memcmp(name, "parameters", length) == 0) return true;
  for (int i = 0; i < taut__row_count; i++)
    if (strncmp(taut__rows[i].key, name, length) == 0 && strchr(".", taut__rows[i].key[length])) return true;
  return false;
}

static taut_err unknown_name(taut_context *context, const char *name) {
  const size_t most = (size_t)taut__mechanics_table.rows + sizeof rows / sizeof *rows;
  const char **names = taut__alloc(most, sizeof *names);
  char where[100], shown[80];
  if (!names) return taut__fail(context, TAUT_ERR_MEMORY, NULL, "out of memory");
  size_t n = 0;
  for (int i = 0; i < taut__mechanics_table.rows; i++) names[n++] = taut__mechanics_table.row[i].name;
  for (int i = 0; i < bench_table.rows; i++) names[n++] = bench_table.row[i].name;
  const int near = taut__nearest(name, names, n);
  snprintf(where, sizeof where, "--set %s", taut__excerpt(name, shown));
  const taut_err err =
      near >= 0
          ? taut__fail(context, TAUT_ERR_INPUT, where, "unknown parameter; nearest known parameter \"%s\"", names[near])
          : taut__fail(context, TAUT_ERR_INPUT, where,
                       "unknown parameter; taut params mechanics and taut help suction list them");
  free(names);
  return err;
}

/* "h_rd=0.9 mm" in full: "mechanics.h_rd=0.9 mm".  What has no '=' is left to the reader. */
static taut_err full_name(taut_context *context, const char *set, char **out) {
  size_t length = strcspn(set, "=");
  const bool formed = set[length] == '=';
  while (length > 0 && set[length - 1] == ' ') length--;
  const taut_param_table *table = formed ? table_with(set, length) : NULL;
  taut_text text = {0};
  if (table) taut__text_add(&text, "%s.", table->group);
  taut__text_add(&text, "%s", set);
  *out = text.failed ? NULL : text.data;
  if (!*out) {
    taut__text_free(&text);
    return taut__fail(context, TAUT_ERR_MEMORY, NULL, "out of memory");
  }
  if (table || !formed || length == 0 || memchr(set, '.', length) || opens_a_key(set, length)) return TAUT_OK;
  char *name = taut__strndup(set, length);
  const taut_err err = name ? unknown_name(context, name) : taut__fail(context, TAUT_ERR_MEMORY, NULL, "out of memory");
  free(name);
  return err;
}

/* ------------------------------------------------------------------------------------------------------- reading ---- */

static bool given(const taut_bench_skin *s, const char *key) {
  return taut__case_given(s->c, key);
}

/* At the place of a key.  That of a --set names the key already. */
static taut_err refuse(taut_context *context, const taut_bench_skin *s, const char *key, const char *why) {
  char buffer[512];
  const char *where = taut__case_where(s->c, key, buffer);
  const bool named = strncmp(where, "--set ", strlen("--set ")) == 0 && given(s, key);
  return taut__fail(context, TAUT_ERR_INPUT, where, "%s%s%s", named ? "" : key, named ? "" : ": ", why);
}

static const char *const fallback[] = {"patient.age=40 years", "site.name=cheek", "model.defaults=documents"};

/* Once to see whether a site is named, and again with the document's constants where none is. */
static taut_err read_case(taut_context *context, const char *path, const char *const *sets, size_t n,
                          taut_bench_skin *s) {
  enum { REAL = 2, REFERENCE = 3 };
  char where[512];
  taut_err err = taut__case_complete(context, &s->registry, path, "suction", fallback, REAL, sets, n, &s->c);
  if (err) return err;
  s->reference = !given(s, "site.name");
  if (!s->reference && given(s, "patient.age")) return TAUT_OK;
  if (!s->reference)
    return taut__fail(context, TAUT_ERR_INPUT, taut__case_where(s->c, "patient", where),
                      "patient.age is missing: a site has no default for it; expected a time such as 45 years");
  if (given(s, "site"))
    return refuse(context, s, "site", "no name; expected that of a site such as cheek (taut list sites)");
  taut_case_destroy(&s->c);
  return taut__case_complete(context, &s->registry, path, "suction", fallback, REFERENCE, sets, n, &s->c);
}

/* The reader with the sets in full, and without sessions: nobody is needled here. */
static taut_err read_sets(taut_context *context, const char *path, const char *const *sets, size_t n,
                          taut_bench_skin *s) {
  char **full = taut__alloc(n + 1, sizeof *full);
  if (!full) return taut__fail(context, TAUT_ERR_MEMORY, NULL, "out of memory");
  taut_err err = TAUT_OK;
  full[0] = taut__strdup("schedule.sessions=0");
  if (!full[0]) err = taut__fail(context, TAUT_ERR_MEMORY, NULL, "out of memory");
  for (size_t i = 0; i < n; i++) {
    const taut_err one = full_name(context, sets[i], &full[i + 1]);
    if (!err) err = one;
  }
  if (!err) err = read_case(context, path, (const char *const *)full, n + 1, s);
  for (size_t i = 0; i <= n; i++) free(full[i]);
  free(full);
  return err;
}

/* --------------------------------------------------------------------------------------------------- the material ---- */

static taut_err warn(taut_context *context, taut_bench_skin *s, const char *text) {
  return taut__texts_add(&s->warnings, "%s", text) ? taut__fail(context, TAUT_ERR_MEMORY, NULL, "out of memory")
                                                   : TAUT_OK;
}

static taut_err without_effect(taut_context *context, taut_bench_skin *s, const char *key, const char *on) {
  if (!given(s, key)) return TAUT_OK;
  char where[512], text[640];
  snprintf(text, sizeof text, "note: %s: %s has no effect on %s", taut__case_where(s->c, key, where), key, on);
  return warn(context, s, text);
}

/* Rows of mechanics that no suction depends on: noise, laws of time, and all from ultrasound on but laxity. */
static bool acts(int row) {
  static const char *const idle[] = {"noise_R0", "noise_R2", "noise_R5", "noise_R7", "s_ev",
                                     "g_en",     "T_g",      "T_f",      "A_h"};
  static const char *const surface = "us_offset", *const laxity = "laxity_";
  const char *name = taut__mechanics_table.row[row].name;
  for (size_t i = 0; i < sizeof idle / sizeof *idle; i++)
    if (strcmp(idle[i], name) == 0) return false;
  for (int i = 0; i <= row; i++)
    if (strcmp(taut__mechanics_table.row[i].name, surface) == 0) return strncmp(name, laxity, strlen(laxity)) == 0;
  return true;
}

static taut_err note_idle(taut_context *context, taut_bench_skin *s) {
  static const char *const person[] = {"patient.menopause", "patient.hormone_therapy", "patient.bmi",
                                       "patient.phototype"};
  static const char *const surface[] = {"patient.wrinkle_grade", "patient.roughness", "patient.crease_depth",
                                        "patient.crease_spacing"};
  taut_err err = TAUT_OK;
  for (size_t i = 0; !err && i < sizeof surface / sizeof *surface; i++)
    err = without_effect(context, s, surface[i], "a suction probe");
  for (size_t i = 0; s->reference && !err && i < sizeof person / sizeof *person; i++)
    err = without_effect(context, s, person[i], "the reference skin");
  for (int i = 0; !err && i < taut__mechanics_table.rows; i++) {
    char key[128];
    snprintf(key, sizeof key, "mechanics.%s", taut__mechanics_table.row[i].name);
    if (!acts(i)) err = without_effect(context, s, key, "a suction probe");
  }
  return err;
}

static double own_stress(taut_context *context, const taut_mechanics_params *p, const taut_mechanics_person *person) {
  taut_mechanics_person young = taut__mechanics_reference_person(p);
  memcpy(young.thickness, person->thickness, sizeof young.thickness);
  taut_material m;
  if (taut__material_create(context, p, &young, &m)) return NAN;
  const taut_skin_law law = taut__material_law(&m);
  return taut__law_sigma0(&law.layer[TAUT_MECH_RD], 0);
}

static taut_err reference_material(taut_context *context, taut_bench_skin *s) {
  const taut_mechanics_params *p = taut__case_params(s->c, "mechanics");
  const taut_bench_params *b = taut__case_params(s->c, "suction");
  const taut_patient *who = &s->c->patient;
  if (who->sex == TAUT_MALE)
    return refuse(context, s, "patient.sex", "the reference skin is a woman's; expected female, or a site for a man");
  if (given(s, "suction.sigma0") && given(s, "mechanics.g_e"))
    return refuse(context, s, "suction.sigma0",
                  "contradicts mechanics.g_e, which is solved for it; expected one of both");
  if (given(s, "patient.laxity") && given(s, "mechanics.g_e"))
    return refuse(context, s, "patient.laxity",
                  "contradicts mechanics.g_e, which is solved for it; expected one of both");
  taut_mechanics_person person = taut__mechanics_reference_person(p);
  person.documents = true;
  person.age = who->age;
  person.photo = given(s, "patient.photoage") ? who->photoage : 0;
  person.smoking = taut__profile(who, true).smoking;
  person.hydration = who->hydration;
  person.laxity = who->laxity;
  if (given(s, "suction.sigma0"))
    person.sigma0 = b->sigma0;
  else if (given(s, "mechanics.sigma0_scale"))
    person.sigma0 = own_stress(context, p, &person);
  const taut_err err = taut__material_create(context, p, &person, &s->material);
  if (err || s->material.prestretch == TAUT_PRESTRETCH_FREE) return err;
  const char *key = !isnan(person.laxity)        ? "patient.laxity"
                    : given(s, "suction.sigma0") ? "suction.sigma0"
                                                 : "mechanics.sigma0_scale";
  return refuse(context, s, key, "the material cannot carry this tension with any pre-stretch in its range");
}

/* Layers and tension of a site are not the rows of the reference skin. */
static taut_err refuse_reference_rows(taut_context *context, const taut_bench_skin *s) {
  static const char *const row[][2] = {
      {"mechanics.h_sc", "a site has its own layers; expected site.thickness.stratum_corneum"},
      {"mechanics.h_ve", "a site has its own layers; expected site.thickness.viable_epidermis"},
      {"mechanics.h_pd", "a site has its own layers; expected site.thickness.papillary"},
      {"mechanics.h_rd", "a site has its own layers; expected site.thickness.dermis"},
      {"mechanics.h_hy", "a site has its own layers; expected site.thickness.fat"},
      {"mechanics.g_e", "it is solved for the tension of the site; expected sigma0_scale"},
      {"suction.sigma0", "the tension is that of the site; expected sigma0_scale"},
  };
  taut_err err = TAUT_OK;
  for (size_t i = 0; i < sizeof row / sizeof *row; i++)
    if (given(s, row[i][0])) err = refuse(context, s, row[i][0], row[i][1]);
  return err;
}

/* The person's skin at the site as a course finds it. */
static taut_err site_material(taut_context *context, taut_bench_skin *s, taut_mixture_rest rest[TAUT_MIX_LAYERS]) {
  const taut_case *c = s->c;
  taut_err err = refuse_reference_rows(context, s);
  if (err) return err;
  const taut_profile profile = taut__profile(&c->patient, c->model.defaults == TAUT_DEFAULTS_DOCUMENTS);
  const taut_skin skin = taut__skin_build(taut__case_params(c, "skin"), &c->patient, &c->site, c->site.source);
  taut_healing *healing = NULL;
  taut_patch_instrument *patch = NULL;
  err = taut__skin_check(context, c, &skin);
  if (err) return err;
  err = taut__healing_create(context, taut__case_params(c, "healing"), &profile, &healing);
  if (err == TAUT_ERR_INPUT) err = taut__case_blame(context, c, "healing", err);
  if (!err) err = taut__patch_create(context, c, &skin, healing, &s->warnings, &patch);
  if (!err) {
    const taut_mixture *m = taut__patch_mixture(patch);
    s->material = m->material;
    memcpy(rest, m->rest, sizeof m->rest);
  }
  taut__patch_destroy(&patch);
  taut__healing_destroy(&healing);
  return err;
}

/* --------------------------------------------------------------------------------------------------- composition ---- */

static bool changes(const taut_bench_params *b) {
  return b->N > 0 || b->elastin != 1 || b->H != 1 || b->A > 0;
}

/* Adds what is to be added to both layers of the dermis and lets the patch find its equilibrium. */
static taut_err compose(taut_context *context, const taut_mixture_rest rest[TAUT_MIX_LAYERS], taut_bench_skin *s) {
  const taut_mechanics_params *p = taut__case_params(s->c, "mechanics");
  const taut_bench_params *b = taut__case_params(s->c, "suction");
  const double film[2] = {s->material.h[TAUT_MECH_SC], s->material.h[TAUT_MECH_VE]};
  taut_mixture m;
  taut_mixture_state state;
  taut_mixture_input in[TAUT_MIX_LAYERS];
  taut_err err = taut__mixture_create(context, p, &s->material, rest, false, &m);
  if (err) return err;
  if (s->reference || given(s, "suction.k_s"))
    m.k_s = b->k_s * m.k_p;
  else
    taut__mixture_surround(&m, p, s->c->site.area);
  taut__mixture_start(&m, &state);
  for (int l = 0; l < TAUT_MIX_LAYERS; l++) {
    taut_mixture_layer *y = &state.layer[l];
    y->fresh.Cx = b->N * m.S_rest[l];
    y->r_N[0] = y->r_N[1] = 1 / b->g_N;
    in[l] = taut__mixture_rest_input(&rest[l], 0, 0, 0, 0, 0);
    in[l].Cx += y->fresh.Cx;
    in[l].em *= b->elastin;
    in[l].H *= b->H;
    in[l].A = b->A;
  }
  err = taut__mixture_advance(context, &m, relaxed, in, &state);
  if (err) return err;
  s->law = taut__mixture_law(&m, &state, film);
  s->patch = taut__mixture_read(&m, &state);
  s->composed = true;
  return TAUT_OK;
}

taut_err taut__bench_skin(taut_context *context, const char *path, const char *const *sets, size_t n,
                          taut_bench_skin *s) {
  *s = (taut_bench_skin){.reference = true};
  int tables = 0;
  for (; tables < taut__registry.tables && tables < TAUT_BENCH_TABLES - 1; tables++)
    s->table[tables] = taut__registry.table[tables];
  s->table[tables++] = &bench_table;
  s->registry = (taut_param_registry){s->table, tables};
  taut_err err = read_sets(context, path, sets, n, s);
  for (size_t i = 0; !err && i < s->c->warnings.count; i++) err = warn(context, s, s->c->warnings.item[i]);
  if (!err) err = note_idle(context, s);
  taut_mixture_rest rest[TAUT_MIX_LAYERS] = {document_rest, document_rest};
  if (!err) err = s->reference ? reference_material(context, s) : site_material(context, s, rest);
  if (err) return err;
  const taut_bench_params *b = taut__case_params(s->c, "suction");
  s->material.phi_g *= b->phi_g;
  s->material.phi_e *= b->phi_e;
  s->material.phi_M *= b->phi_M;
  s->law = taut__material_law(&s->material);
  s->material.tension = taut__skin_tension(&s->law, 0);
  err = taut__skin_law_check(context, "suction", &s->law);
  return err || !changes(b) ? err : compose(context, rest, s);
}

void taut__bench_skin_free(taut_bench_skin *skin) {
  taut_case_destroy(&skin->c);
  taut__texts_free(&skin->warnings);
}
