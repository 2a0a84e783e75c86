/* Safety rules, notes and warnings of needling.md 4.4, kinematic ones of 3, known weaknesses of 12.
 * These are statements of a model about leaving the dermis, not treatment advice. */
#include "needling/pattern.h"

#include <math.h>
#include <string.h>

/** What the rules look at. */
typedef struct subject {
  taut_context *context;
  const taut_case *c;
  const taut_needling_params *p;
  const taut_skin *skin;
  const taut_puncture *puncture;
  const taut_pattern *pattern;
  const char *site, *device;
  taut_texts *out;
} subject;

static bool acknowledged(const taut_case *c, const char *id) {
  for (size_t i = 0; i < c->acknowledged.count; i++)
    if (strcmp(c->acknowledged.item[i], id) == 0) return true;
  return false;
}

/** Place of the needle length in the case. */
static const char *depth_place(const subject *s, char place[512]) {
  taut_session session = {.depth = s->puncture->length};
  return taut__case_where(s->c, taut__session_key(s->c, &session, "treatment.depth"), place);
}

/* --------------------------------------------------------------------------------------------------- refusals ---- */

static taut_err refuse_length(const subject *s) {
  const double *range = s->c->device.length, length = s->puncture->length, hair = 1e-9;
  if (!(range[1] > 0) || (length >= range[0] - hair && length <= range[1] + hair)) return TAUT_OK;
  char place[512];
  return taut__fail(s->context, TAUT_ERR_INPUT, depth_place(s, place),
                    range[0] < range[1] ? "needle length %g mm: %s can be set to %g to %g mm"
                                        : "needle length %g mm: the needles of %s are %g mm long",
                    length, s->device, range[0], range[1]);
}

static taut_err refuse_orbit(const subject *s) {
  if (!s->c->site.orbital_rim || acknowledged(s->c, "orbital_rim")) return TAUT_OK;
  char place[512];
  return taut__fail(
      s->context, TAUT_ERR_INPUT, taut__case_where(s->c, "site.name", place),
      "%s lies inside the orbital rim, where no needle length passes; `acknowledge: [orbital_rim]` computes "
      "it all the same",
      s->site);
}

static taut_err refuse_bone(const subject *s) {
  double bone = s->p->bone_share * s->skin->z_bone; /* under the pressed device */
  if (isnan(bone) || s->puncture->length < bone) return TAUT_OK;
  char place[512];
  double largest = (ceil(100 * bone - 1e-9) - 1) / 100;
  return taut__fail(
      s->context, TAUT_ERR_INPUT, depth_place(s, place),
      "needles of %g mm may reach the bone of %s, about %.2f mm below the pressed skin; largest length that "
      "passes: %.2f mm",
      s->puncture->length, s->site, bone, largest);
}

/** Largest length (down to .01 mm) whose injury ends above `end`; 0 when there is none. */
static double largest_length(const subject *s, double end) {
  double low = 0, high = s->puncture->length;
  for (int i = 0; i < 40; i++) {
    double middle = (low + high) / 2;
    taut_puncture q;
    if (taut__puncture(s->context, s->p, s->skin, &s->c->device, &s->c->treatment, middle, NAN, &q)) break;
    if (q.injury_depth <= end)
      low = middle;
    else
      high = middle;
  }
  return floor(100 * low + 1e-6) / 100;
}

static taut_err refuse_beyond_fat(const subject *s) {
  double end = s->skin->total + s->skin->fat, depth = s->puncture->injury_depth;
  if (depth <= end) return TAUT_OK;
  char place[512];
  double computed = taut__track_length(s->p, s->puncture->reach, s->puncture->dimple);
  if (s->puncture->depth != computed) /* the user gave the depth of the tracks */
    return taut__fail(s->context, TAUT_ERR_INPUT, taut__case_where(s->c, "treatment.achieved_depth", place),
                      "tracks of %.2f mm leave the skin (%.2f mm) and the fat (%.2f mm) of %s", depth, s->skin->total,
                      s->skin->fat, s->site);
  return taut__fail(
      s->context, TAUT_ERR_INPUT, depth_place(s, place),
      "tracks of %.2f mm leave the skin (%.2f mm) and the fat (%.2f mm) of %s; largest length that passes: "
      "%.2f mm",
      depth, s->skin->total, s->skin->fat, s->site, largest_length(s, end));
}

static taut_err refuse(const subject *s) {
  taut_err err = refuse_length(s);
  if (!err) err = refuse_orbit(s);
  if (!err) err = refuse_bone(s);
  if (!err) err = refuse_beyond_fat(s);
  return err;
}

/* --------------------------------------------------------------------------------------------- layers and bone ---- */

static taut_err warn_fat(const subject *s, const double p_fat[2]) {
  double worst = fmax(p_fat[0], p_fat[1]);
  if (worst <= s->p->p_note) return TAUT_OK;
  const char *level = worst > s->p->p_strong ? "strong warning" : worst > s->p->p_warn ? "warning" : "note";
  return taut__texts_add(
      s->out,
      "%s: with needles of %g mm on %s, %.0f %% of the tracks leave the skin into fat if thickness is "
      "taken from ultrasound, %.0f %% if from histology",
      level, s->puncture->length, s->site, 100 * p_fat[0], 100 * p_fat[1]);
}

static taut_err warn_bone(const subject *s) {
  bool rf = s->c->device.kind == TAUT_RF;
  double margin = s->p->bone_share * s->skin->z_bone - s->puncture->length;
  if (isnan(margin) || margin >= (rf ? s->p->bone_margin_rf : s->p->bone_margin)) return TAUT_OK;
  return taut__texts_add(s->out,
                         "warning: only %.2f mm between the needle tips and the bone of %s (its depth is assumed)",
                         margin, s->site);
}

static taut_err warn_neck(const subject *s) {
  if (!s->c->site.neck_structures) return TAUT_OK;
  const taut_skin_params *sp = taut__case_params(s->c, "skin");
  double thick = taut__skin_build(sp, &s->c->patient, &s->c->site, TAUT_THICKNESS_HISTOLOGY).total;
  if (s->puncture->length <= thick) return TAUT_OK;
  return taut__texts_add(
      s->out,
      "warning: needles of %g mm are longer than the skin of %s is thick (%.2f mm by histology), and no "
      "margin to vessels, nerves and thyroid is modelled",
      s->puncture->length, s->site, thick);
}

static taut_err warn_globe(const subject *s) {
  if (!s->c->site.globe) return TAUT_OK;
  return taut__texts_add(s->out, "strong warning: the eye lies behind %s; no margin to it is modelled", s->site);
}

static taut_err note_length(const subject *s) {
  double length = s->puncture->length, step = s->c->device.length_step;
  taut_err err = TAUT_OK;
  if (length > s->p->L_evaluated)
    err = taut__texts_add(s->out, "note: %g mm is outside the evaluated range of the cleared acne-scar pen (%g mm)",
                          length, s->p->L_evaluated);
  double steps = step > 0 ? length / step : 0;
  if (!err && fabs(steps - round(steps)) > 1e-6)
    err = taut__texts_add(s->out, "note: %s is set in steps of %g mm; %g mm lies between", s->device, step, length);
  return err;
}

/* ------------------------------------------------------------------------------------------------------- hand ---- */

static taut_err note_hand(const subject *s) {
  const taut_puncture *q = s->puncture;
  taut_err err = TAUT_OK;
  if (q->force_limited)
    err = taut__texts_add(
        s->out,
        "note: a hand force of %.2f N is below the %.2f N that full depth needs; the needles reach %.2f of "
        "%g mm",
        q->hand_force / 1000, q->needed_force / 1000, q->reach, q->length);
  if (!err && q->drag > s->p->drag_limit)
    err = taut__texts_add(s->out, "warning: the pen glides %.2f mm while a needle is in the skin (more than %g mm)",
                          q->drag, s->p->drag_limit);
  if (!err && q->slit_length > 0)
    err = taut__texts_add(s->out,
                          "note: the roller cuts slits %.2f mm longer than wide; the track model keeps the hole round",
                          q->slit_length);
  return err;
}

static taut_err note_pattern(const subject *s) {
  if (s->c->device.kind != TAUT_PEN || !s->pattern->kinematic) return TAUT_OK;
  return taut__texts_add(
      s->out,
      "note: the density of %.0f per cm^2 follows from the motion of pen and hand and is an upper bound: "
      "strike efficiency and hand speed are unknown, and gaps between strokes are left out; prefer "
      "treatment.density",
      100 * s->pattern->hits);
}

static taut_err note_weaknesses(const subject *s) {
  taut_err err = TAUT_OK;
  if (s->c->device.kind == TAUT_PEN)
    err =
        taut__texts_add(s->out, "note: the depth of motor pens in living face skin is unmeasured; the law extrapolates "
                                "from one roller study and two recalled ranges, by roughly 20 %% either way");
  if (!err)
    err = taut__texts_add(s->out,
                          "note: damage and kill radii follow an assumed stretch criterion; the injured volume is "
                          "uncertain by a factor of 2 to 3");
  return err;
}

taut_err taut__needling_warnings(taut_context *context, const taut_case *c, const taut_skin *skin,
                                 const taut_puncture *puncture, const taut_pattern *pattern, const double p_fat[2],
                                 taut_texts *warnings) {
  const subject s = {.context = context,
                     .c = c,
                     .p = taut__case_params(c, "needling"),
                     .skin = skin,
                     .puncture = puncture,
                     .pattern = pattern,
                     .site = c->site.name ? c->site.name : "this site",
                     .device = c->device.name ? c->device.name : "this device",
                     .out = warnings};
  taut_err err = refuse(&s);
  if (err) return err;
  err = warn_globe(&s);
  if (!err) err = warn_fat(&s, p_fat);
  if (!err) err = warn_bone(&s);
  if (!err) err = warn_neck(&s);
  if (!err) err = note_length(&s);
  if (!err) err = note_hand(&s);
  if (!err) err = note_pattern(&s);
  if (!err) err = note_weaknesses(&s);
  return err ? taut__fail(context, err, NULL, "no memory for a warning") : TAUT_OK;
}
