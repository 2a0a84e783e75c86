/* Probe, protocol and method of the suction bench, and the measurement itself.
 *
 * Finite elements are the reference.  The emulator answers inside the range it was trained on and for that protocol alone:
 * that of the model document where it can, else the wide one that runs use.
 * The two-curve model answers for any; here it is not anchored, since a bench has no baseline. */
#include "run/suction.h"

#include "param/value.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

/* Errors of R0: narrow emulator by cross-validation, two-curve model against finite elements of 10 skins (both rms). */
static const double error_narrow = 0.0075, error_two_curve = 0.006;
/** A fit of the two curves worse than this is told. */
static const double worst_fit = 0.03;
static const double standard_radius = 1; /* mm: what the emulator and the errors of the two-curve model are about */

/* -------------------------------------------------------------------------------------------------------- options ---- */

/* A quantity among the options: what it may be, in `unit`. */
typedef struct quantity {
  const char *option, *unit;
  double low, high;
  bool above; /* low itself is refused */
  const char *expected;
} quantity;

static const quantity aperture = {"--aperture", "mm",  0.1,
                                  100,          false, "the diameter of the probe's opening, from 0.1 to 100 mm"};
static const quantity pressure = {
    "--pressure", "kPa", 0, 101.325, true, "a pressure below that of the air, more than 0 and at most 1013.25 mbar"};
static const quantity suction_on = {"--on", "s",  0.1,
                                    3600,   true, "a time of suction above 0.1 s, when Ue is read, and up to 3600 s"};
static const quantity suction_off = {"--off", "s",  0.1,
                                     3600,    true, "a time of rest above 0.1 s, when Ur is read, and up to 3600 s"};
static const quantity outer = {"--outer", "mm",  0.1,
                               1000,      false, "the radius of the patch of skin, from 0.1 to 1000 mm"};

/* Reads a quantity where its text is given. */
static taut_err read_quantity(taut_context *context, const quantity *q, const char *text, double *out) {
  char message[TAUT_MESSAGE], shown[80];
  taut_value_form form;
  taut_value value;
  if (!text) return TAUT_OK;
  if (!taut__value_form(q->unit, &form, message))
    return taut__fail(context, TAUT_ERR_INTERNAL, q->option, "%s", message);
  if (!taut__value_parse(text, &form, &value, message))
    return taut__fail(context, TAUT_ERR_INPUT, q->option, "%s; expected %s", message, q->expected);
  if (value.kind != TAUT_VALUE_NUMBER)
    return taut__fail(context, TAUT_ERR_INPUT, q->option, "one measurement has one value; expected %s", q->expected);
  if (value.mean < q->low || value.mean > q->high || (q->above && value.mean == q->low))
    return taut__fail(context, TAUT_ERR_INPUT, q->option, "%s is out of bounds; expected %s",
                      taut__excerpt(text, shown), q->expected);
  *out = value.mean;
  return TAUT_OK;
}

/* Number of a word in a list; an unknown one is refused with the list and the nearest. */
static taut_err choose(taut_context *context, const char *option, const char *word, const char *const *words, int n,
                       int *out) {
  if (!word) return TAUT_OK;
  for (int i = 0; i < n; i++) {
    if (strcmp(words[i], word) != 0) continue;
    *out = i;
    return TAUT_OK;
  }
  char shown[80];
  taut_text list = {0};
  for (int i = 0; i < n; i++) taut__text_add(&list, "%s%s", i == 0 ? "" : i + 1 < n ? ", " : " or ", words[i]);
  const int near = taut__nearest(word, words, (size_t)n);
  const taut_err err =
      taut__fail(context, TAUT_ERR_INPUT, option, "unknown value \"%s\"; expected %s%s%s", taut__excerpt(word, shown),
                 list.failed ? "another" : list.data, near < 0 ? "" : "; nearest is ", near < 0 ? "" : words[near]);
  taut__text_free(&list);
  return err;
}

static taut_err read_count(taut_context *context, const char *option, long count, long most, int *out) {
  if (count == 0) return TAUT_OK;
  if (count < 0 || count > most)
    return taut__fail(context, TAUT_ERR_INPUT, option, "%ld is out of bounds; expected 1 to %ld", count, most);
  *out = (int)count;
  return TAUT_OK;
}

static taut_err read_words(taut_context *context, const taut_suction_options *o, taut_bench_reading *out, int *mesh,
                           int *ring) {
  static const char *const methods[] = {"fe", "emulator", "two-curve"};
  static const char *const meshes[] = {"M1", "M2", "M3", "M4", "M5"};
  static const char *const rings[] = {"glued", "frictionless"};
  int method = TAUT_BENCH_FE;
  *ring = 0;
  taut_err err = choose(context, "--method", o->method, methods, 3, &method);
  *mesh = method == TAUT_BENCH_FE ? 1 : 0;
  taut_err one = choose(context, "--mesh", o->mesh, meshes, 5, mesh);
  if (!err) err = one;
  one = choose(context, "--ring", o->ring, rings, 2, ring);
  if (!err) err = one;
  out->method = (taut_bench_method)method;
  out->method_name = methods[method];
  out->mesh = meshes[*mesh];
  return err;
}

/* The opening must fit into the patch of skin; whoever set one of both is told. */
static taut_err check_patch(taut_context *context, const taut_suction_options *o, const taut_fem_setup *probe) {
  const double share = 0.9; /* of the patch */
  if (probe->aperture < share * probe->outer) return TAUT_OK;
  char opening[32], patch[32], most[32];
  return taut__fail(
      context, TAUT_ERR_INPUT, o->aperture ? aperture.option : outer.option,
      "an aperture of %s mm is larger than the patch of skin, which is %s mm across; expected less than %s mm, "
      "or a wider patch (--outer is its radius)",
      taut__number(2 * probe->aperture, opening), taut__number(2 * probe->outer, patch),
      taut__number(2 * share * probe->outer, most));
}

static taut_err read_options(taut_context *context, const taut_bench_skin *skin, const taut_suction_options *o,
                             taut_bench_reading *out) {
  const taut_mechanics_params *p = taut__case_params(skin->c, "mechanics");
  double wide = 2 * standard_radius, patch = NAN;
  int mesh, ring;
  taut_suction_protocol protocol = taut__suction_protocol();
  protocol.ramp = p->t_ramp * TAUT_SECONDS_PER_DAY;
  taut_err all[] = {read_quantity(context, &aperture, o->aperture, &wide),
                    read_quantity(context, &pressure, o->pressure, &protocol.pressure),
                    read_quantity(context, &suction_on, o->on, &protocol.on),
                    read_quantity(context, &suction_off, o->off, &protocol.off),
                    read_quantity(context, &outer, o->outer, &patch),
                    read_count(context, "--cycles", o->cycles, 1000, &protocol.cycles),
                    read_count(context, "--refine", o->refine, 100, &protocol.refine),
                    read_words(context, o, out, &mesh, &ring)};
  for (size_t i = 0; i < sizeof all / sizeof *all; i++)
    if (all[i]) return all[i];
  taut_suction *s = &out->suction;
  *s = taut__suction_default(&skin->law, wide / 2, (taut_mesh_level)(TAUT_MESH_M1 + mesh));
  s->protocol = protocol;
  s->probe.ring = ring ? TAUT_RING_FRICTIONLESS : TAUT_RING_GLUED;
  if (!isnan(patch)) s->probe.outer = patch;
  const taut_err err = check_patch(context, o, &s->probe);
  char where[512]; /* the rise is the one number that is neither an option nor part of the law */
  return err ? err : taut__suction_check(context, taut__case_where(skin->c, "mechanics.t_ramp", where), s);
}

/* -------------------------------------------------------------------------------------------------------- methods ---- */

static taut_err warn(taut_context *context, taut_bench_skin *skin, const char *text) {
  return taut__texts_add(&skin->warnings, "%s", text) ? taut__fail(context, TAUT_ERR_MEMORY, NULL, "out of memory")
                                                      : TAUT_OK;
}

static taut_err by_finite_elements(taut_context *context, taut_bench_reading *out) {
  const taut_err err = taut__suction_run(&out->suction, &out->result);
  out->error = out->result.error_mesh + out->result.error_time;
  out->iterations = out->result.work.solves;
  return err ? taut__fail(context, err, NULL, "%s", out->result.reason) : TAUT_OK;
}

static taut_err estimate_mesh_error(taut_context *context, const taut_fem_setup *probe, double *error) {
  taut_mesh mesh;
  double h[TAUT_MECH_LAYERS];
  for (int l = 0; l < TAUT_MECH_LAYERS; l++) h[l] = probe->skin->layer[l].h;
  if (taut__mesh_create(&probe->mesh, probe->aperture, probe->outer, TAUT_MECH_LAYERS, h, &mesh))
    return taut__fail(context, TAUT_ERR_MEMORY, NULL, "out of memory");
  *error = taut__suction_mesh_error(&mesh);
  taut__mesh_free(&mesh);
  return TAUT_OK;
}

/* Identities between the readings hold to the last digit: Ue follows from R7 and R5, in place of its own fit. */
static taut_suction_reading read_emulated(const taut_suction_values *v) {
  const double Ur = v->R7 * v->R0, Ue = Ur / v->R5, Ua = v->R2 * v->R0;
  taut_suction_reading r = {.Ue = Ue, .Uf = v->R0, .Ur = Ur, .Ua = Ua, .Uv = v->R0 - Ue};
  const double R[10] = {r.Uf, r.Uf - Ua, v->R2, r.Uf, r.Uf - Ua, v->R5, r.Uv / Ue, v->R7, Ua, 0};
  memcpy(r.R, R, sizeof R);
  for (int i = 0; i < 5; i++) r.F[i] = NAN;
  return r;
}

/* What differs from the measurement the emulators were trained on; NULL: nothing. */
static const char *untrained(const taut_suction *s) {
  const taut_suction standard = taut__suction_default(s->probe.skin, standard_radius, TAUT_MESH_M1);
  const taut_suction_protocol *p = &s->protocol, *q = &standard.protocol;
  if (s->probe.ring != standard.probe.ring) return "--ring";
  if (p->cycles != q->cycles) return "--cycles";
  if (p->refine != q->refine) return "--refine";
  const struct {
    const char *name;
    double is, was;
  } number[] = {{aperture.option, s->probe.aperture, standard.probe.aperture},
                {outer.option, s->probe.outer, standard.probe.outer},
                {pressure.option, p->pressure, q->pressure},
                {suction_on.option, p->on, q->on},
                {suction_off.option, p->off, q->off},
                {"t_ramp", p->ramp, q->ramp}};
  for (size_t i = 0; i < sizeof number / sizeof *number; i++)
    if (fabs(number[i].is / number[i].was - 1) > 1e-9) return number[i].name;
  return NULL;
}

/* By the emulator of the model document: its box, and the relaxation times it was trained with. */
static bool by_narrow_emulator(const taut_skin_law *law, taut_suction_values *out) {
  const taut_viscosity trained = {{0.43, 0, 0}, {0.01, 0.5, 2.5}}, *v = &law->viscosity;
  bool known = fabs(v->beta[0] / trained.beta[0] - 1) <= 1e-9;
  for (int k = 0; k < TAUT_VISCOUS_TERMS; k++) known &= fabs(v->tau[k] / trained.tau[k] - 1) <= 1e-9;
  double x[TAUT_FEATURES];
  taut__emulator_features(law, x);
  if (!known || taut__emulator_outside(x) >= 0) return false;
  *out = taut__emulate(x);
  return true;
}

static taut_err by_wide_emulator(taut_context *context, const char *option, const taut_skin_law *law,
                                 taut_suction_values *out) {
  double x[TAUT_WIDE_FEATURES + TAUT_WIDE_HELD];
  taut__wide_features(law, x);
  const int feature = taut__wide_outside(x);
  if (feature < 0) {
    *out = taut__emulate_wide(x);
    return TAUT_OK;
  }
  const char *words;
  double low, high;
  const char *name = taut__wide_feature_name(feature, &words, &low, &high);
  return taut__fail(context, TAUT_ERR_INPUT, option,
                    "%s (%s) lies outside the range the emulator was trained on, %.4g to %.4g; expected --method fe or "
                    "two-curve",
                    name, words, low, high);
}

static taut_err by_emulator(taut_context *context, taut_bench_skin *skin, const taut_suction_options *o,
                            taut_bench_reading *out) {
  static const char *const option = "--method emulator";
  if (o->mesh || o->curve)
    return taut__fail(context, TAUT_ERR_INPUT, option, "%s; expected --method fe or two-curve",
                      o->curve ? "it gives readings and no --curve" : "it solves on no --mesh");
  const char *other = untrained(&out->suction);
  if (other)
    return taut__fail(
        context, TAUT_ERR_INPUT, option,
        "%s differs from what the emulator was trained on (2 mm, 450 mbar, rise in 0.03 s, 2 s on, 2 s off, one "
        "cycle, glued ring); expected --method fe or two-curve",
        other);
  taut_suction_values v;
  const bool narrow = by_narrow_emulator(&skin->law, &v);
  taut_err err = narrow ? TAUT_OK : by_wide_emulator(context, option, &skin->law, &v);
  if (!err) err = estimate_mesh_error(context, &out->suction.probe, &out->result.error_mesh);
  if (err) return err;
  out->emulator = narrow ? "narrow" : "wide";
  out->result.reading = read_emulated(&v);
  out->error = out->result.error_mesh + (narrow ? error_narrow : taut__wide_error(TAUT_WIDE_R0)->rms);
  if (!narrow) return TAUT_OK;
  return warn(
      context, skin,
      "note: the emulator does not see the thickness of the epidermis, the moduli of the papillary dermis or bulk "
      "moduli, and takes those of the reference skin");
}

static taut_err by_two_curves(taut_context *context, taut_bench_skin *skin, taut_bench_reading *out) {
  const taut_suction *s = &out->suction;
  taut_suction_result *r = &out->result;
  taut_two_curve curve;
  double misfit = 0;
  taut_err err = estimate_mesh_error(context, &s->probe, &r->error_mesh);
  if (!err) err = taut__suction_curves(context, NULL, &s->probe, &curve, &misfit);
  if (err) return err;
  r->points = taut__suction_points(&s->protocol);
  const size_t n = (size_t)r->points + 1;
  r->time = taut__alloc_doubles(n);
  r->pressure = taut__alloc_doubles(n);
  r->apex = taut__alloc_doubles(n);
  if (!r->time || !r->pressure || !r->apex) return taut__fail(context, TAUT_ERR_MEMORY, NULL, "out of memory");
  taut__suction_schedule(&s->protocol, r->time, r->pressure);
  err = taut__two_curve_run(context, &curve, &skin->law.viscosity, (int)n, r->time, r->pressure, r->apex);
  if (err) return err;
  r->reading = taut__suction_read(&s->protocol, r->time, r->apex);
  out->error = r->error_mesh + error_two_curve + misfit;
  err = warn(
      context, skin,
      "two-curve numbers stand alone here, not anchored to finite elements: on 2 mm probes R2 reads about 0.030, R5 "
      "0.045 and R7 0.033 too low, R9 6 % too high");
  if (!err && fabs(s->probe.aperture - standard_radius) > 1e-9)
    err = warn(context, skin, "the errors of the two-curve model were measured for a 2 mm probe only");
  if (!err && misfit > worst_fit) err = warn(context, skin, "the two curves are fitted badly: more than 3 % rms");
  return err;
}

static double seconds_now(void) {
  struct timespec t;
  clock_gettime(CLOCK_MONOTONIC, &t);
  return (double)t.tv_sec + 1e-9 * (double)t.tv_nsec;
}

taut_err taut__bench_measure(taut_context *context, taut_bench_skin *skin, const taut_suction_options *options,
                             taut_bench_reading *out) {
  *out = (taut_bench_reading){.iterations = -1};
  taut_err err = read_options(context, skin, options, out);
  if (!err && fabs(out->suction.probe.aperture - standard_radius) > 1e-9)
    err =
        warn(context, skin, "note: constants are calibrated on 2 mm probes; readings of other apertures are predicted");
  if (err) return err;
  const double from = seconds_now();
  switch (out->method) {
  case TAUT_BENCH_FE:
    err = by_finite_elements(context, out);
    break;
  case TAUT_BENCH_EMULATOR:
    err = by_emulator(context, skin, options, out);
    break;
  case TAUT_BENCH_TWO_CURVE:
    err = by_two_curves(context, skin, out);
    break;
  }
  out->result.seconds = seconds_now() - from;
  return err;
}

void taut__bench_reading_free(taut_bench_reading *reading) {
  taut__suction_free(&reading->result);
}
