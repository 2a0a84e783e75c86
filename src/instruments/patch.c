#include "instruments/patch.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

/* The skin at 40 years, which ageing laws and tensions refer to. */
static const double reference_age = 40;

struct taut_patch_instrument {
  taut_context *context;
  taut_mechanics_params p;
  const taut_healing *healing;
  taut_material material;
  taut_mixture mixture;
  taut_mixture_state state;
  double film[2]; /**< SC, VE: no model of epidermal thickness yet */
  double h_d0;
  taut_wrinkle mode[TAUT_WRINKLE_MODES];
  double surface_strain; /**< compressive excess strain before treatment */
  taut_crease crease;    /**< depth NAN: none */
  bool anchored;         /**< suction at the baseline is known */
  bool inside;           /**< the baseline lies in the emulator's range */
  taut_suction_reading base;
  double base_error;
  taut_suction_values emulated_base, coarse_base;
  taut_skin_law base_law;
};

const char *taut__suction_method_text(taut_suction_method method) {
  static const char *const text[] = {"none", "the emulator, anchored to finite elements",
                                     "finite elements (coarse mesh, anchored)", "finite elements"};
  return text[method];
}

static int layer_of(int mixture_layer) {
  return mixture_layer == TAUT_MIX_PD ? TAUT_PAPILLARY : TAUT_RETICULAR;
}

static taut_mechanics_person person_of(const taut_case *c, const taut_skin *skin, const taut_healing *healing,
                                       const taut_mechanics_params *p, const taut_mechanics_params *reference,
                                       const taut_mechanics_site *site) {
  taut_mechanics_person who = taut__mechanics_reference_person(p);
  taut_patient young = c->patient;
  taut_site bare = c->site;
  young.age = reference_age;
  young.menopause = 0;
  bare.own_dermis = bare.own_papillary = NAN;
  const taut_skin_params *sp = taut__case_params(c, "skin");
  const taut_skin now = taut__skin_build(sp, &c->patient, &bare, c->site.source);
  const taut_skin then = taut__skin_build(sp, &young, &bare, c->site.source);
  const double h[TAUT_MECH_LAYERS] = {skin->sc, skin->ve, skin->papillary, skin->reticular,
                                      fmax(skin->fat, site->least_base)};
  memcpy(who.thickness, h, sizeof h);
  who.age = c->patient.age;
  who.male = c->patient.sex == TAUT_MALE;
  who.photo = healing->profile.photo / 3; /* max(0, u - u_ref), design rule 11 */
  who.smoking = healing->profile.smoking;
  who.hydration = c->patient.hydration;
  who.collagen_factor = healing->f_m;
  who.dermis_factor = now.dermis / then.dermis;
  who.sigma0 = p->g_e != reference->g_e ? NAN : site->sigma0; /* a pre-stretch of the user's own is kept */
  who.laxity = c->patient.laxity;
  who.documents = false;
  return who;
}

static void rest_of(const taut_healing *h, taut_mixture_rest rest[TAUT_MIX_LAYERS]) {
  for (int i = 0; i < TAUT_MIX_LAYERS; i++) {
    const taut_layer_constants *l = &h->layer[layer_of(i)];
    rest[i] = (taut_mixture_rest){.C3 = l->C3_r,
                                  .Cn = l->Cn_r,
                                  .Cx = l->Cx_r,
                                  .X = l->X_r,
                                  .ev = l->ev_r,
                                  .em = l->em_r,
                                  .H = l->H_r,
                                  .P_ev = (h->p.k_ea + h->p.d_ev) * l->ev_r};
  }
}

static taut_err tell(taut_context *context, const taut_case *c, const taut_mechanics_params *p,
                     const taut_mechanics_params *reference, const taut_mechanics_site *site, const taut_material *m,
                     taut_texts *warnings) {
  taut_err err = TAUT_OK;
  if (site->warning) err = taut__texts_add(warnings, "note: %s", site->warning);
  const bool own = p->h_sc != reference->h_sc || p->h_ve != reference->h_ve || p->h_pd != reference->h_pd ||
                   p->h_rd != reference->h_rd || p->h_hy != reference->h_hy;
  if (!err && own)
    err = taut__texts_add(warnings,
                          "note: mechanics.h_sc to mechanics.h_hy belong to the reference skin of taut suction; here "
                          "thickness comes from the site");
  if (!err && m->prestretch != TAUT_PRESTRETCH_FREE)
    err = taut__texts_add(warnings,
                          "warning: the tension of %s for this person%s is outside what the material can carry; its "
                          "elastin pre-stretch was held at the %s end of its range",
                          c->site.name, isnan(c->patient.laxity) ? "" : " and this laxity",
                          m->prestretch == TAUT_PRESTRETCH_CLIPPED_LOW ? "low" : "high");
  return err ? taut__fail(context, TAUT_ERR_MEMORY, NULL, "no memory for warnings") : TAUT_OK;
}

/* Says what fine wrinkles can show where they cannot show what the case asks for. */
static taut_err tell_surface(const taut_patch_instrument *i, const taut_patient *who, double depth,
                             taut_texts *warnings) {
  const double close = 1e-3, um_per_mm = 1000;
  const taut_roughness shown = taut__roughness(&i->p, i->mode, i->surface_strain);
  if (isnan(who->wrinkle_grade))
    return fabs(shown.Ra / who->roughness - 1) <= close
               ? TAUT_OK
               : taut__texts_add(warnings,
                                 "warning: fine wrinkles of this skin cannot show that patient.roughness; the nearest "
                                 "is taken, %.3g um",
                                 um_per_mm * shown.Ra);
  taut_err err = TAUT_OK;
  if (!isnan(who->roughness))
    err = taut__texts_add(warnings, "note: patient.roughness has no effect beside patient.wrinkle_grade");
  if (!err && fabs(shown.depth - depth) > close * depth)
    err = taut__texts_add(warnings,
                          "warning: fine wrinkles of this skin cannot show that patient.wrinkle_grade; the nearest is "
                          "taken, %.3g (deeper ones are creases: patient.crease_depth)",
                          taut__grade_wrinkle(&i->p, shown.depth));
  return err;
}

/* Strain of the surface before treatment: assumed, or that of the wrinkles or the roughness this person has. */
static taut_err find_surface(taut_patch_instrument *i, const taut_patient *who, taut_texts *warnings) {
  i->surface_strain = i->p.eps_w;
  if (isnan(who->wrinkle_grade) && isnan(who->roughness)) return TAUT_OK;
  const double grade = who->wrinkle_grade;
  const double depth = grade == 0 ? 0 : i->p.lemperle_d0 * exp2(grade - 1); /* NAN: a roughness is given */
  i->surface_strain = taut__wrinkle_baseline(&i->p, i->mode, depth, who->roughness);
  return tell_surface(i, who, depth, warnings) ? taut__fail(i->context, TAUT_ERR_MEMORY, NULL, "no memory for warnings")
                                               : TAUT_OK;
}

taut_err taut__patch_create(taut_context *context, const taut_case *c, const taut_skin *skin,
                            const taut_healing *healing, taut_texts *warnings, taut_patch_instrument **out) {
  *out = NULL;
  taut_patch_instrument *i = taut__alloc(1, sizeof *i);
  if (!i) return taut__fail(context, TAUT_ERR_MEMORY, NULL, "no memory for the patch");
  i->context = context;
  i->healing = healing;
  i->p = *(const taut_mechanics_params *)taut__case_params(c, "mechanics");
  const taut_mechanics_site site = taut__mechanics_site(c->site.name);
  taut_mechanics_params reference; /* what stands there unless the user says otherwise */
  taut_err err = taut__param_defaults(context, &taut__mechanics_table, &reference);
  const taut_mechanics_person who = person_of(c, skin, healing, &i->p, &reference, &site);
  taut_mixture_rest rest[TAUT_MIX_LAYERS];
  rest_of(healing, rest);
  if (!err) err = taut__material_create(context, &i->p, &who, &i->material);
  if (!err) err = tell(context, c, &i->p, &reference, &site, &i->material, warnings);
  if (!err) err = taut__mixture_create(context, &i->p, &i->material, rest, false, &i->mixture);
  if (!err) {
    taut__wrinkle_modes(&i->p, i->material.h, i->material.E_sc, i->material.E_ve, i->mode);
    i->crease = taut__crease(c->patient.crease_depth, c->patient.crease_spacing);
    err = find_surface(i, &c->patient, warnings);
  }
  if (err) {
    free(i);
    return err;
  }
  taut__mixture_surround(&i->mixture, &i->p, c->site.area);
  taut__mixture_start(&i->mixture, &i->state);
  i->film[0] = i->material.h[TAUT_MECH_SC];
  i->film[1] = i->material.h[TAUT_MECH_VE];
  i->h_d0 = i->material.h[TAUT_MECH_PD] + i->material.h[TAUT_MECH_RD];
  i->base_law = taut__mixture_law(&i->mixture, &i->state, i->film);
  *out = i;
  return TAUT_OK;
}

void taut__patch_destroy(taut_patch_instrument **patch) {
  if (!patch) return;
  free(*patch);
  *patch = NULL;
}

/* Fields at the end of a step, rates as means of both ends. */
static taut_mixture_input input_of(const taut_healing *h, int layer, const taut_view *from, const taut_view *to) {
  const int l = layer_of(layer);
  const double ratio[2][2] = {
      {from->loss[TAUT_H_Cn][l] / from->mean[TAUT_H_Cn][l], to->loss[TAUT_H_Cn][l] / to->mean[TAUT_H_Cn][l]},
      {from->loss[TAUT_H_Cx][l] / from->mean[TAUT_H_Cx][l], to->loss[TAUT_H_Cx][l] / to->mean[TAUT_H_Cx][l]}};
#define MIDDLE(what, f) (0.5 * (from->what[f][l] + to->what[f][l]))
  return (taut_mixture_input){.C3 = to->mean[TAUT_H_C3][l],
                              .Cn = to->mean[TAUT_H_Cn][l],
                              .Cx = to->mean[TAUT_H_Cx][l],
                              .X = to->mean[TAUT_H_X][l],
                              .ev = to->mean[TAUT_H_ev][l],
                              .em = to->mean[TAUT_H_em][l],
                              .H = to->mean[TAUT_H_H][l],
                              .A = to->mean[TAUT_H_A][l],
                              .A_deposit = 0.5 * (from->A_deposit[l] + to->A_deposit[l]),
                              .P_3 = MIDDLE(production, TAUT_H_C3),
                              .P_n = MIDDLE(production, TAUT_H_Cn),
                              .P_X = MIDDLE(production, TAUT_H_X),
                              .P_ev = MIDDLE(production, TAUT_H_ev),
                              .k_x = h->p.k_x,
                              .k_ea = h->p.k_ea,
                              .loss_n = 0.5 * (ratio[0][0] + ratio[0][1]) - h->p.k_x,
                              .loss_x = 0.5 * (ratio[1][0] + ratio[1][1])};
#undef MIDDLE
}

taut_err taut__patch_advance(taut_patch_instrument *i, double dt, const taut_view *from, const taut_view *to) {
  taut_mixture_input in[TAUT_MIX_LAYERS];
  for (int l = 0; l < TAUT_MIX_LAYERS; l++) in[l] = input_of(i->healing, l, from, to);
  const taut_err err = taut__mixture_advance(i->context, &i->mixture, dt, in, &i->state);
  if (err || isnan(i->crease.depth)) return err;
  const taut_mixture_reading m = taut__mixture_read(&i->mixture, &i->state);
  taut__crease_advance(&i->p, dt, 0.5 * (m.lambda[0] + m.lambda[1]), m.h_d - i->h_d0, &i->crease);
  return TAUT_OK;
}

taut_err taut__patch_session(taut_patch_instrument *i, const taut_view *after) {
  taut_mixture_input in[TAUT_MIX_LAYERS];
  for (int l = 0; l < TAUT_MIX_LAYERS; l++) in[l] = input_of(i->healing, l, after, after);
  return taut__mixture_session(i->context, &i->mixture, in, &i->state);
}

/* Incremental modulus of the whole skin in the plane: equibiaxial stiffness of the membrane over its thickness. */
static double modulus_of(const taut_patch_instrument *i, double lambda, double h) {
  const double step = 1e-5;
  const double a[2] = {lambda - step, lambda - step}, b[2] = {lambda + step, lambda + step};
  double low[2], high[2];
  taut__mixture_tension(&i->mixture, &i->state, a, low);
  taut__mixture_tension(&i->mixture, &i->state, b, high);
  return (1 - i->p.nu_sheet) * (high[0] - low[0]) / (2 * step) / h;
}

void taut__patch_read(const taut_patch_instrument *i, const taut_view *view, taut_patch_reading *out) {
  const taut_mixture_reading m = taut__mixture_read(&i->mixture, &i->state);
  double now = 0, rest = 0, q = 0, q_rest = 0, water = 0, elastin = 0, load = 0;
  for (int k = 0; k < TAUT_MIX_LAYERS; k++) {
    const int l = layer_of(k);
    const taut_layer_constants *r = &i->healing->layer[l];
    const double h = i->mixture.h[k];
    const double in = view->mean[TAUT_H_C3][l] + view->mean[TAUT_H_Cn][l] + view->mean[TAUT_H_Cx][l];
    now += h * in;
    rest += h * r->in_r;
    q += h * (in + view->mean[TAUT_H_X][l]);
    q_rest += h * r->Ct_r;
    water += h * (view->mean[TAUT_H_H][l] / r->H_r - 1);
    elastin += h * (m.phi_e[k] + m.m_en[k] - 1);
    load += h * (m.m_M[k] + m.m_N[k] - 1);
  }
  *out = (taut_patch_reading){.h_d = m.h_d,
                              .fibres = now / rest * i->h_d0 / m.h_d,
                              .connectivity = now / q / (rest / q_rest),
                              .water = 1 + i->p.v_H * water / i->h_d0,
                              .lambda = 0.5 * (m.lambda[0] + m.lambda[1]),
                              .tension = 0.5 * (m.tension[0] + m.tension[1]),
                              .elastin = elastin / i->h_d0,
                              .load = load / i->h_d0};
  out->modulus = modulus_of(i, out->lambda, m.h_d + i->film[0] + i->film[1]);
  const double strain =
      taut__wrinkle_strain(&i->p, i->surface_strain, out->lambda, out->tension - i->mixture.T0[0], i->mixture.k_p);
  out->surface = taut__roughness(&i->p, i->mode, strain);
  out->crease = i->crease.depth;
  out->wrinkle_grade = taut__grade_wrinkle(&i->p, out->surface.depth);
  out->laxity_grade = taut__grade_laxity(&i->p, out->tension, i->material.tension_40);
  out->texture_grade = taut__grade_texture(&i->p, out->surface.Ra);
  out->law = taut__mixture_law(&i->mixture, &i->state, i->film);
}

double taut__patch_unblinded(const taut_patch_instrument *i, double grade, double top, bool treated) {
  return treated ? fmin(fmax(grade + i->p.unblinded_mean, 0), top) : grade;
}

double taut__patch_thickness(const taut_patch_instrument *i, const taut_patch_reading *r, double oedema) {
  return taut__ultrasound_thickness(&i->p, r->h_d, oedema * r->h_d);
}

double taut__patch_echo(const taut_patch_instrument *i, const taut_patch_reading *r, double oedema) {
  return taut__echo_density(&i->p, r->fibres / (1 + oedema), r->connectivity, r->water + oedema);
}

void taut__patch_archive(taut_patch_instrument *i, taut_keeper *k) {
  taut__keep(k, "mixture", &i->state, TAUT_KEPT_DOUBLE, sizeof i->state / sizeof(double));
  taut__keep(k, "crease", &i->crease.depth, TAUT_KEPT_DOUBLE, 1);
}

void taut__patch_noise(const taut_patch_instrument *i, const double value[TAUT_QUANTITIES],
                       double sd[TAUT_QUANTITIES]) {
  const taut_mechanics_params *p = &i->p;
  const double rated = hypot(p->rater_sd, p->reading_sd), hoped = hypot(rated, p->unblinded_sd);
  const struct {
    int quantity;
    double sd;
  } known[] = {{TAUT_Q_dermal_thickness, p->us_noise},
               {TAUT_Q_echo_density, p->echo_noise * value[TAUT_Q_echo_density]},
               {TAUT_Q_cutometer_r0, p->noise_R0 * value[TAUT_Q_cutometer_r0]},
               {TAUT_Q_cutometer_r2, p->noise_R2},
               {TAUT_Q_cutometer_r5, p->noise_R5},
               {TAUT_Q_cutometer_r7, p->noise_R7},
               {TAUT_Q_roughness_ra, p->Ra_noise * value[TAUT_Q_roughness_ra]},
               {TAUT_Q_roughness_rz, p->Ra_noise * value[TAUT_Q_roughness_rz]},
               {TAUT_Q_wrinkle_grade, rated},
               {TAUT_Q_laxity_grade, rated},
               {TAUT_Q_texture_grade, rated},
               {TAUT_Q_wrinkle_grade_unblinded, hoped},
               {TAUT_Q_laxity_grade_unblinded, hoped},
               {TAUT_Q_texture_grade_unblinded, hoped}};
  memset(sd, 0, TAUT_QUANTITIES * sizeof *sd);
  for (size_t n = 0; n < sizeof known / sizeof *known; n++)
    if (isfinite(value[known[n].quantity]) && known[n].sd > 0) sd[known[n].quantity] = known[n].sd;
}

const taut_mixture_state *taut__patch_state(const taut_patch_instrument *i) {
  return &i->state;
}

const taut_mixture *taut__patch_mixture(const taut_patch_instrument *i) {
  return &i->mixture;
}

/* ------------------------------------------------------------------------------------------------------- suction ---- */

static taut_err by_finite_elements(taut_patch_instrument *i, const taut_skin_law *law, taut_mesh_level mesh, int cycles,
                                   taut_suction_reading *reading, double *error) {
  taut_suction s = taut__suction_default(law, 1.0, mesh);
  s.protocol.cycles = cycles;
  s.protocol.ramp = i->p.t_ramp * TAUT_SECONDS_PER_DAY;
  taut_err err = taut__suction_check(i->context, "suction", &s);
  if (err) return err;
  taut_suction_result result;
  err = taut__suction_run(&s, &result);
  if (err) err = taut__fail(i->context, err, "suction", "%s", result.reason);
  *reading = result.reading;
  *error = result.error_mesh + result.error_time;
  taut__suction_free(&result);
  return err;
}

static taut_suction_values values_of(const taut_suction_reading *r) {
  return (taut_suction_values){.R0 = r->R[0], .Ue = r->Ue, .R2 = r->R[2], .R5 = r->R[5], .R7 = r->R[7]};
}

/* One cycle on the coarse mesh: as fast as the curves of the two-curve model and without its systematic errors. */
static taut_err by_coarse_elements(taut_patch_instrument *i, const taut_skin_law *law, taut_suction_values *out) {
  taut_suction_reading reading;
  double error;
  taut_err err = by_finite_elements(i, law, TAUT_MESH_M1, 1, &reading, &error);
  *out = values_of(&reading);
  return err;
}

/* By the wide emulator; false where the skin, or the rise of the pressure, is not what it was trained on. */
static bool by_emulator(const taut_patch_instrument *i, const taut_skin_law *law, taut_suction_values *out) {
  const double trained_ramp = 0.03; /* s */
  double x[TAUT_WIDE_FEATURES + TAUT_WIDE_HELD];
  taut__wide_features(law, x);
  if (taut__wide_outside(x) >= 0) return false;
  if (fabs(i->p.t_ramp * TAUT_SECONDS_PER_DAY - trained_ramp) > 1e-6) return false;
  *out = taut__emulate_wide(x);
  return true;
}

/* The baseline by three cycles on the fine mesh, which the fast methods are anchored to. */
static taut_err anchor(taut_patch_instrument *i) {
  if (i->anchored) return TAUT_OK;
  taut_err err = by_finite_elements(i, &i->base_law, TAUT_MESH_M2, 3, &i->base, &i->base_error);
  if (!err) err = by_coarse_elements(i, &i->base_law, &i->coarse_base);
  i->inside = by_emulator(i, &i->base_law, &i->emulated_base);
  i->anchored = !err;
  return err;
}

taut_err taut__patch_suction(taut_patch_instrument *i, const taut_skin_law *law, bool finite, double values[10],
                             taut_suction_method *method, double *error) {
  /* errors of a change by the fast methods, relative to R0; that of the coarse mesh: docs/suction-solver.md */
  const double emulator_error = taut__wide_error(TAUT_WIDE_R0)->change, coarse_error = 0.0005;
  for (int k = 0; k < 10; k++) values[k] = NAN;
  if (finite) {
    taut_suction_reading r;
    *method = TAUT_SUCTION_FINITE_ELEMENTS;
    taut_err err = by_finite_elements(i, law, TAUT_MESH_M2, 3, &r, error);
    if (!err) memcpy(values, r.R, sizeof r.R);
    return err;
  }
  taut_err err = anchor(i);
  if (err) return err;
  taut_suction_values fast;
  const bool emulated = i->inside && by_emulator(i, law, &fast);
  *method = emulated ? TAUT_SUCTION_EMULATOR : TAUT_SUCTION_COARSE;
  if (!emulated) err = by_coarse_elements(i, law, &fast);
  if (err) return err;
  const taut_suction_values base = values_of(&i->base);
  const taut_suction_values v = taut__anchor(&base, emulated ? &i->emulated_base : &i->coarse_base, &fast);
  *error = i->base_error + (emulated ? emulator_error : coarse_error);
  values[0] = v.R0;
  values[1] = v.R0 * (1 - v.R2);
  values[2] = v.R2;
  values[5] = v.R5;
  values[6] = v.R5 / v.R7 - 1;
  values[7] = v.R7;
  values[8] = v.R0 * v.R2;
  /* the fast methods know one cycle: what later cycles add is taken in proportion to the baseline */
  values[3] = v.R0 * i->base.R[3] / i->base.R[0];
  values[9] = values[3] - v.R0;
  return TAUT_OK;
}
