/* `taut suction`: the suction instrument alone. */
#include "mechanics/clinic.h"
#include "run/print.h"
#include "run/suction.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

enum { LABEL = -30, VALUE = 12, UM_PER_MM = 1000, PERCENT = 100, MBAR_PER_KPA = 10 };

/* What is read off a curve: unit and sentence. */
typedef struct reading_row {
  const char *name, *unit, *meaning;
} reading_row;

static const reading_row R_rows[10] = {
    {"R0", "mm", "height at the end of the first suction"},
    {"R1", "mm", "height left at the end of the first rest"},
    {"R2", "", "share of R0 that has gone back by then"},
    {"R3", "mm", "height at the end of the last suction"},
    {"R4", "mm", "height left at the end of the last rest"},
    {"R5", "", "immediate return relative to immediate rise, Ur/Ue"},
    {"R6", "", "creep relative to immediate rise, Uv/Ue"},
    {"R7", "", "immediate return relative to R0, Ur/Uf"},
    {"R8", "mm", "return by the end of the first rest, Ua"},
    {"R9", "mm", "growth from the first to the last suction, 0 with one cycle"},
};
enum { U_VALUES = 5, F_VALUES = 5 };
static const reading_row U_rows[U_VALUES] = {
    {"Ue", "mm", "immediate rise, 0.1 s after suction begins"},
    {"Uv", "mm", "creep from then to the end of suction"},
    {"Ur", "mm", "immediate return, 0.1 s after suction ends"},
    {"Ua", "mm", "return by the end of rest"},
    {"Uf", "mm", "final rise, R0"},
};
static const char *const layer_name[TAUT_MECH_LAYERS] = {"stratum_corneum", "viable_epidermis", "papillary_dermis",
                                                         "reticular_dermis", "hypodermis"};

static void U_of(const taut_suction_reading *r, double U[U_VALUES]) {
  const double values[U_VALUES] = {r->Ue, r->Uv, r->Ur, r->Ua, r->Uf};
  memcpy(U, values, sizeof values);
}

static double dermis(const taut_skin_law *law) {
  return law->layer[TAUT_MECH_PD].h + law->layer[TAUT_MECH_RD].h;
}

/* ---------------------------------------------------------------------------------------------------------- JSON ---- */

static void set_number(json_t *object, const char *key, double value, bool *failed) {
  taut__json_set(object, key, taut__json_number(value), failed);
}

static json_t *numbers(const double *x, int n, bool *failed) {
  json_t *list = json_array();
  for (int i = 0; i < n; i++) taut__json_append(list, taut__json_number(x[i]), failed);
  return list;
}

/* The law of a layer in full, for other solvers. */
static json_t *layer_json(const taut_layer_law *law, const char *name, bool *failed) {
  json_t *object = json_object(), *fibres = json_array();
  taut__json_set(object, "name", json_string(name), failed);
  set_number(object, "thickness_mm", law->h, failed);
  taut__json_set(object, "D_kPa", numbers(law->D, 3, failed), failed);
  for (int i = 0; i < law->fibres; i++) {
    const taut_fibre_law *f = &law->fibre[i];
    json_t *fibre = json_object();
    set_number(fibre, "k1_kPa", f->k, failed);
    set_number(fibre, "k2", f->k2, failed);
    taut__json_set(fibre, "Hg", numbers(f->Hg, 3, failed), failed);
    taut__json_append(fibres, fibre, failed);
  }
  taut__json_set(object, "fibres", fibres, failed);
  set_number(object, "K_kPa", law->K, failed);
  set_number(object, "c0_kPa", taut__law_c0(law), failed);
  set_number(object, "sigma0_kPa", taut__law_sigma0(law, 0), failed);
  return object;
}

/* ------------------------------------------------------------------------------------------ an excised piece ---- */

/* In-plane stretch left to a piece of reticular dermis cut out of the skin, directions averaged; NAN if there is none. */
static double retraction(taut_context *context, const taut_layer_law *law) {
  double stretch[2];
  const taut_err err = taut__excision(context, law, stretch);
  if (err) taut__fail_clear(context);
  return err ? NAN : sqrt(stretch[0] * stretch[1]);
}

/* Force per excised cross-section of a strip; NAN where it has no equilibrium. */
static double nominal(taut_context *context, const taut_layer_law *law, double stretch) {
  taut_coupon c;
  const taut_err err = taut__coupon(context, law, stretch, &c);
  if (err) taut__fail_clear(context);
  return err ? NAN : c.nominal;
}

/* Strips along and across the mean direction of the fibres, of the skin before anything was added. */
static json_t *excised_json(taut_context *context, const taut_bench_skin *skin, bool *failed) {
  enum { STRIPS = 8 };
  static const double stretch[STRIPS] = {1.05, 1.1, 1.2, 1.3, 1.4, 1.45, 1.5, 1.54}, small = 1e-5;
  const taut_layer_law along = taut__material_coupon(&skin->material, 0),
                       across = taut__material_coupon(&skin->material, 1);
  json_t *object = json_object();
  double force[2][STRIPS];
  for (int i = 0; i < STRIPS; i++) {
    force[0][i] = nominal(context, &along, stretch[i]);
    force[1][i] = nominal(context, &across, stretch[i]);
  }
  const double slope = nominal(context, &along, 1 + small) - nominal(context, &along, 1 - small);
  set_number(object, "retraction", retraction(context, &skin->law.layer[TAUT_MECH_RD]), failed);
  set_number(object, "modulus_kPa", slope / (2 * small), failed);
  taut__json_set(object, "stretch", numbers(stretch, STRIPS, failed), failed);
  taut__json_set(object, "nominal_along_kPa", numbers(force[0], STRIPS, failed), failed);
  taut__json_set(object, "nominal_across_kPa", numbers(force[1], STRIPS, failed), failed);
  return object;
}

static json_t *skin_json(const taut_bench_skin *skin, bool *failed) {
  json_t *object = json_object(), *layers = json_array();
  const taut_case *c = skin->c;
  taut__json_set(object, "site", skin->reference ? json_null() : json_string(c->site.name), failed);
  set_number(object, "age_years", c->patient.age, failed);
  taut__json_set(object, "sex", json_string(c->patient.sex == TAUT_MALE ? "male" : "female"), failed);
  set_number(object, "dermis_mm", dermis(&skin->law), failed);
  set_number(object, "tension_N_m", taut__skin_tension(&skin->law, 0), failed);
  set_number(object, "g_e", skin->material.g_e, failed);
  set_number(object, "g_c", skin->material.g_c, failed);
  for (int l = 0; l < skin->law.layers; l++)
    taut__json_append(layers, layer_json(&skin->law.layer[l], layer_name[l], failed), failed);
  taut__json_set(object, "layers", layers, failed);
  taut__json_set(object, "beta", numbers(skin->law.viscosity.beta, TAUT_VISCOUS_TERMS, failed), failed);
  taut__json_set(object, "tau_s", numbers(skin->law.viscosity.tau, TAUT_VISCOUS_TERMS, failed), failed);
  return object;
}

static json_t *patch_json(const taut_mixture_reading *patch, bool *failed) {
  json_t *object = json_object();
  set_number(object, "lambda", patch->lambda[0], failed);
  set_number(object, "contraction", patch->contraction, failed);
  set_number(object, "tension_N_m", patch->tension[0], failed);
  set_number(object, "dermis_mm", patch->h_d, failed);
  return object;
}

static json_t *probe_json(const taut_bench_reading *r, bool *failed) {
  const taut_suction *s = &r->suction;
  json_t *object = json_object();
  set_number(object, "aperture_mm", 2 * s->probe.aperture, failed);
  set_number(object, "pressure_kPa", s->protocol.pressure, failed);
  set_number(object, "ramp_s", s->protocol.ramp, failed);
  set_number(object, "on_s", s->protocol.on, failed);
  set_number(object, "off_s", s->protocol.off, failed);
  taut__json_set(object, "cycles", json_integer(s->protocol.cycles), failed);
  taut__json_set(object, "refine", json_integer(s->protocol.refine), failed);
  set_number(object, "outer_mm", s->probe.outer, failed);
  taut__json_set(object, "ring", json_string(s->probe.ring == TAUT_RING_GLUED ? "glued" : "frictionless"), failed);
  return object;
}

static void work_json(json_t *root, const taut_bench_reading *r, bool *failed) {
  taut__json_set(root, "method", json_string(r->method_name), failed);
  if (r->emulator) taut__json_set(root, "emulator", json_string(r->emulator), failed);
  taut__json_set(root, "mesh", json_string(r->mesh), failed);
  set_number(root, "error_estimate", r->error, failed);
  taut__json_set(root, "newton_iterations", r->iterations < 0 ? json_null() : json_integer(r->iterations), failed);
  set_number(root, "seconds", r->result.seconds, failed);
  if (r->method != TAUT_BENCH_FE) return;
  taut__json_set(root, "unknowns", json_integer(r->result.unknowns), failed);
  taut__json_set(root, "steps", json_integer(r->result.steps), failed);
  taut__json_set(root, "retries", json_integer(r->result.retries), failed);
}

static taut_err as_json(taut_context *context, const taut_bench_skin *skin, const taut_bench_reading *r, bool curve,
                        FILE *out) {
  bool failed = false;
  json_t *root = taut__json_root(&failed);
  const taut_suction_reading *reading = &r->result.reading;
  double U[U_VALUES];
  U_of(reading, U);
  for (int i = 0; i < 10; i++) set_number(root, R_rows[i].name, reading->R[i], &failed);
  for (int i = 0; i < U_VALUES; i++) set_number(root, U_rows[i].name, U[i], &failed);
  for (int i = 0; i < F_VALUES; i++) {
    const char name[3] = {'F', (char)('0' + i), '\0'};
    set_number(root, name, reading->F[i], &failed);
  }
  work_json(root, r, &failed);
  if (curve) {
    taut__json_set(root, "time_s", numbers(r->result.time, r->result.points + 1, &failed), &failed);
    taut__json_set(root, "pressure_kPa", numbers(r->result.pressure, r->result.points + 1, &failed), &failed);
    taut__json_set(root, "height_mm", numbers(r->result.apex, r->result.points + 1, &failed), &failed);
  }
  taut__json_set(root, "probe", probe_json(r, &failed), &failed);
  taut__json_set(root, "skin", skin_json(skin, &failed), &failed);
  taut__json_set(root, "excised", excised_json(context, skin, &failed), &failed);
  if (skin->composed) taut__json_set(root, "patch", patch_json(&skin->patch, &failed), &failed);
  taut__json_set(root, "warnings", taut__json_texts(&skin->warnings, &failed), &failed);
  taut__json_set(root, "notice", json_string(TAUT_NOTICE), &failed);
  return taut__json_write(context, root, failed, out);
}

/* ---------------------------------------------------------------------------------------------------------- text ---- */

static void line(taut_text *out, const char *label, double x, int digits, const char *unit) {
  taut__text_addn(out, "  ", 2);
  taut__print_cell(out, label, LABEL);
  taut__print_number(out, x, digits, VALUE);
  taut__text_add(out, "%s%s\n", *unit ? " " : "", unit);
}

static void skin_text(taut_text *out, const taut_bench_skin *skin) {
  const taut_case *c = skin->c;
  const taut_layer_law *layer = skin->law.layer;
  char age[32];
  taut__text_add(out, "%s, %s of %s years\n\n", skin->reference ? "Reference skin: cheek" : c->site.name,
                 c->patient.sex == TAUT_MALE ? "man" : "woman", taut__number(c->patient.age, age));
  taut__text_add(out, "Skin\n");
  line(out, "stratum corneum", UM_PER_MM * layer[TAUT_MECH_SC].h, 4, "um");
  line(out, "viable epidermis", UM_PER_MM * layer[TAUT_MECH_VE].h, 4, "um");
  line(out, "dermis", dermis(&skin->law), 4, "mm");
  line(out, "hypodermis", layer[TAUT_MECH_HY].h, 4, "mm");
  line(out, "stress of the reticular dermis", taut__law_sigma0(&layer[TAUT_MECH_RD], 0), 4, "kPa");
  line(out, "tension", taut__skin_tension(&skin->law, 0), 4, "N/m");
  if (skin->composed) line(out, "contraction by what was added", PERCENT * skin->patch.contraction, 3, "%");
}

static void probe_text(taut_text *out, const taut_bench_reading *r) {
  const taut_suction *s = &r->suction;
  char cycles[32], rate[2][32];
  taut__text_add(out, "\nProbe\n");
  line(out, "aperture", 2 * s->probe.aperture, 4, "mm");
  line(out, "suction", MBAR_PER_KPA * s->protocol.pressure, 4, "mbar");
  snprintf(cycles, sizeof cycles, "%d", s->protocol.cycles);
  taut__text_add(out, "  %s cycle%s of %s s suction and %s s rest\n", cycles, s->protocol.cycles == 1 ? "" : "s",
                 taut__number(s->protocol.on, rate[0]), taut__number(s->protocol.off, rate[1]));
}

static void rows_text(taut_text *out, const reading_row *row, const double *x, int n) {
  for (int i = 0; i < n; i++) {
    taut__text_add(out, "  %-4s", row[i].name);
    taut__print_number(out, x[i], 4, 9);
    taut__text_add(out, " %-3s %s\n", row[i].unit, row[i].meaning);
  }
}

static void work_text(taut_text *out, const taut_bench_reading *r) {
  static const char *const words[] = {"finite elements", "emulator", "two-curve model"};
  taut__text_add(out, "\nBy %s%s%s, mesh %s", r->emulator ? r->emulator : "", r->emulator ? " " : "", words[r->method],
                 r->mesh);
  if (r->iterations >= 0) taut__text_add(out, ", %ld Newton iterations", r->iterations);
  taut__text_add(out, "; estimated error of R0 ");
  taut__print_number(out, PERCENT * r->error, 2, 0);
  taut__text_add(out, " %%\n");
}

static void curve_text(taut_text *out, const taut_suction_result *r) {
  taut__text_add(out, "\n%12s%14s%12s\n", "time s", "suction mbar", "height mm");
  for (int i = 0; i <= r->points; i++) {
    taut__print_number(out, r->time[i], 5, 12);
    taut__print_number(out, MBAR_PER_KPA * r->pressure[i], 4, 14);
    taut__print_number(out, r->apex[i], 5, 12);
    taut__text_addn(out, "\n", 1);
  }
}

static taut_err as_text(taut_context *context, const taut_bench_skin *skin, const taut_bench_reading *r, bool curve,
                        FILE *out) {
  taut_text text = {0};
  double U[U_VALUES];
  U_of(&r->result.reading, U);
  skin_text(&text, skin);
  probe_text(&text, r);
  taut__text_add(&text, "\nReadings\n");
  rows_text(&text, R_rows, r->result.reading.R, 10);
  rows_text(&text, U_rows, U, U_VALUES);
  work_text(&text, r);
  if (curve) curve_text(&text, &r->result);
  taut__text_addn(&text, "\n", 1);
  for (size_t w = 0; w < skin->warnings.count; w++) taut__print_warning(&text, "", skin->warnings.item[w]);
  if (skin->warnings.count) taut__text_addn(&text, "\n", 1);
  taut__print_wrapped(&text, "", "", 0, TAUT_NOTICE);
  return taut__print_write(context, &text, out);
}

taut_err taut_suction_print(taut_context *context, const char *path, const char *const *sets, size_t n,
                            const taut_suction_options *options, taut_format format, FILE *out) {
  static const taut_suction_options standard = {.cycles = 1};
  if (!options) options = &standard;
  taut__fail_clear(context);
  if (format == TAUT_FORMAT_MARKDOWN)
    return taut__fail(context, TAUT_ERR_NOT_AVAILABLE, "suction", "no Markdown in this version; expected text or JSON");
  taut_bench_skin skin;
  taut_bench_reading reading = {.iterations = -1};
  taut_err err = taut__bench_skin(context, path, sets, n, &skin);
  if (!err) err = taut__bench_measure(context, &skin, options, &reading);
  if (!err)
    err = format == TAUT_FORMAT_JSON ? as_json(context, &skin, &reading, options->curve, out)
                                     : as_text(context, &skin, &reading, options->curve, out);
  taut__bench_reading_free(&reading);
  taut__bench_skin_free(&skin);
  return err;
}
