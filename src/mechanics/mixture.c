/* Constrained mixture of the treated patch (mechanics.md 4; design rule 7).
 *
 *   labels:  y <- (y + dt P)/(1 + dt L), each pool with the L that closes it: old + new = field
 *   m_M, m_N = (s_3 C3 + s_n Cn + s_x Cx + s_X X)/S_rest (q/q_rest)^p_q     of the old and of the new label
 *   phi_e = em_old/em_rest,   m_en = (s_ev ev_new + em_new)/em_rest
 *   r_N' = (Pi/m_N)(lambda/g_dep - r_N),   Pi = (s_3 P_3 + s_n P_n)/S_rest,   g_dep = g_c + (g_max - g_c) A/(A + A_h)
 *   r_g' = (lambda - r_g)/T_g,   r_f' = (lambda - r_f)/T_f
 *   J_g = 1 + v_C (C/C_rest - 1) + v_E ((em + ev - ev_rest)/em_rest - 1) + v_H (H/H_rest - 1)
 *
 * One stretch for both dermal layers and the film; per layer its own masses, natural stretches r and volume J_g.  Resting
 * production of elastin is laid down at g_e and counts as old; only what exceeds it is new, at g_en.  g_dep takes the
 * myofibroblasts where collagen is laid down.
 * Assumptions: one mean natural configuration a family; growth goes to thickness; oedema is not part of this. */
#include "mechanics/mixture.h"
#include "mechanics/patch.h"

#include <math.h>
#include <string.h>

/* -------------------------------------------------------------------------------------------------- quantities ---- */

static double load(const taut_mixture *m, const taut_mixture_labels *y) {
  return m->s_3 * y->C3 + m->s_n * y->Cn + m->s_x * y->Cx + m->s_X * y->X;
}

static double connected(double C3, double Cn, double Cx, double X) {
  double all = C3 + Cn + Cx + X;
  return all > 0 ? 1 - X / all : 0;
}

double taut__mixture_connectivity(const taut_mixture *m, int l, const taut_mixture_layer *s) {
  const taut_mixture_rest *r = &m->rest[l];
  const taut_mixture_labels *a = &s->old, *b = &s->fresh;
  double q = connected(a->C3 + b->C3, a->Cn + b->Cn, a->Cx + b->Cx, a->X + b->X);
  return q / connected(r->C3, r->Cn, r->Cx, r->X);
}

double taut__mixture_intact(const taut_mixture *m, int l, const taut_mixture_layer *s) {
  const taut_mixture_rest *r = &m->rest[l];
  const taut_mixture_labels *a = &s->old, *b = &s->fresh;
  return (a->C3 + b->C3 + a->Cn + b->Cn + a->Cx + b->Cx) / (r->C3 + r->Cn + r->Cx);
}

static double new_elastin(const taut_mixture *m, int l, const taut_mixture_labels *y) {
  return (m->s_ev * y->ev + y->em) / m->rest[l].em;
}

static double volume(const taut_mixture *m, int l, const taut_mixture_layer *s) {
  const taut_mixture_rest *r = &m->rest[l];
  const taut_mixture_labels *a = &s->old, *b = &s->fresh;
  double fibres = taut__mixture_intact(m, l, s);
  double elastic = (a->em + b->em + a->ev + b->ev - r->ev) / r->em;
  return 1 + m->v_C * (fibres - 1) + m->v_E * (elastic - 1) + m->v_H * (s->H / r->H - 1);
}

taut_masses taut__mixture_masses(const taut_mixture *m, int l, const taut_mixture_layer *s) {
  double carried = 1 / m->S_rest[l];
  if (m->p_q != 0) carried *= pow(taut__mixture_connectivity(m, l, s), m->p_q);
  return (taut_masses){
      .gel = 1 + m->c_H * (s->H / m->rest[l].H - 1),
      .elastin = s->old.em / m->rest[l].em,
      .new_elastin = new_elastin(m, l, &s->fresh),
      .M = load(m, &s->old) * carried,
      .N = load(m, &s->fresh) * carried,
  };
}

/* --------------------------------------------------------------------------------------- natural configurations ---- */

/* What a step does to the natural stretches: r <- alpha + beta lambda. */
typedef struct update {
  double alpha[2], beta[2];
} update;

/* Old mass m with natural stretch r, dt Pi new mass laid down at pre-stretch g. */
static update deposit(double mass, const double r[2], double made, double g) {
  double all = mass + made;
  if (!(all > 0)) return (update){{0, 0}, {1 / g, 1 / g}};
  return (update){{mass * r[0] / all, mass * r[1] / all}, {made / (g * all), made / (g * all)}};
}

static update relax(const double r[2], double x) {
  double beta = x / (1 + x);
  return (update){{r[0] / (1 + x), r[1] / (1 + x)}, {beta, beta}};
}

static update fixed(double r) {
  return (update){{r, r}, {0, 0}};
}

static void apply(const update *u, const double lambda[2], double r[2]) {
  for (int i = 0; i < 2; i++) r[i] = u->alpha[i] + u->beta[i] * lambda[i];
}

/* Updates of a step for every natural stretch that evolves. */
typedef struct step_updates {
  update N[TAUT_MIX_LAYERS], en[TAUT_MIX_LAYERS], g[TAUT_MIX_LAYERS], f;
} step_updates;

static void add(taut_patch *patch, double weight, const update *u, const double *H, double k2) {
  taut_patch_family *f = &patch->family[patch->families++];
  *f = (taut_patch_family){.weight = weight, .fibre = H != NULL, .k2 = k2};
  memcpy(f->alpha, u->alpha, sizeof f->alpha);
  memcpy(f->beta, u->beta, sizeof f->beta);
  if (H) memcpy(f->H, H, sizeof f->H);
}

static taut_patch patch_of(const taut_mixture *m, const taut_mixture_state *s, const step_updates *u) {
  const taut_material *mat = &m->material;
  taut_patch patch = {.T0 = {m->T0[0], m->T0[1]}, .k_s = m->k_s};
  add(&patch, mat->h[TAUT_MECH_SC] * mat->E_sc / 3, &u->f, NULL, 0);
  add(&patch, mat->h[TAUT_MECH_VE] * mat->E_ve / 3, &u->f, NULL, 0);
  const update elastin = fixed(1 / mat->g_e), collagen = fixed(1 / mat->g_c);
  for (int l = 0; l < TAUT_MIX_LAYERS; l++) {
    taut_masses mass = taut__mixture_masses(m, l, &s->layer[l]);
    double w = m->h[l] * m->f[l], k = w * mat->k1 * mat->phi_M, mu_e = w * mat->mu_e * mat->phi_e;
    add(&patch, w * mat->mu_m * mat->phi_g * mass.gel, &u->g[l], NULL, 0);
    add(&patch, mu_e * mass.elastin, &elastin, NULL, 0);
    add(&patch, mu_e * mass.new_elastin, &u->en[l], NULL, 0);
    add(&patch, k * mass.M, &collagen, m->H, mat->k2);
    add(&patch, k * mass.N, &u->N[l], m->H, mat->k2);
    patch.active += m->t_A * s->layer[l].A * m->h[l];
  }
  return patch;
}

/* Natural stretches held as they are. */
static step_updates held(const taut_mixture_state *s) {
  step_updates u;
  for (int l = 0; l < TAUT_MIX_LAYERS; l++) {
    const taut_mixture_layer *y = &s->layer[l];
    u.N[l] = relax(y->r_N, 0);
    u.en[l] = relax(y->r_en, 0);
    u.g[l] = relax(y->r_g, 0);
  }
  u.f = relax(s->r_f, 0);
  return u;
}

void taut__mixture_tension(const taut_mixture *m, const taut_mixture_state *s, const double lambda[2], double N[2]) {
  step_updates u = held(s);
  taut_patch patch = patch_of(m, s, &u);
  taut__patch_tension(&patch, lambda, N, NULL);
}

/* Solves for the stretch, then moves the natural stretches along. */
static taut_err equilibrate(taut_context *context, const taut_mixture *m, const step_updates *u,
                            taut_mixture_state *s) {
  taut_patch patch = patch_of(m, s, u);
  int iterations = 0;
  taut_err err = taut__patch_solve(context, &patch, s->lambda, &iterations);
  if (err) return err;
  s->iterations = iterations;
  taut__patch_tension(&patch, s->lambda, s->N, NULL);
  for (int l = 0; l < TAUT_MIX_LAYERS; l++) {
    apply(&u->N[l], s->lambda, s->layer[l].r_N);
    apply(&u->en[l], s->lambda, s->layer[l].r_en);
    apply(&u->g[l], s->lambda, s->layer[l].r_g);
  }
  apply(&u->f, s->lambda, s->r_f);
  return TAUT_OK;
}

/* ------------------------------------------------------------------------------------------------ start of a run ---- */

static taut_err check_rest(taut_context *context, const taut_mixture_rest *r) {
  bool good = r->C3 >= 0 && r->Cn >= 0 && r->Cx >= 0 && r->X >= 0 && r->C3 + r->Cn + r->Cx > 0 && r->ev >= 0 &&
              r->em > 0 && r->H > 0 && r->P_ev >= 0;
  if (good) return TAUT_OK;
  return taut__fail(
      context, TAUT_ERR_INPUT, "mechanics",
      "the dermis at rest needs collagen, mature elastin and hyaluronan (C3 %g, Cn %g, Cx %g, X %g, ev %g, "
      "em %g, H %g)",
      r->C3, r->Cn, r->Cx, r->X, r->ev, r->em, r->H);
}

taut_err taut__mixture_create(taut_context *context, const taut_mechanics_params *p, const taut_material *material,
                              const taut_mixture_rest rest[TAUT_MIX_LAYERS], bool aligned, taut_mixture *out) {
  taut_mixture m = {
      .material = *material,
      .h = {material->h[TAUT_MECH_PD], material->h[TAUT_MECH_RD]},
      .f = {material->f_pd, 1},
      .s_3 = p->s_3,
      .s_n = p->s_n,
      .s_x = p->s_x,
      .s_X = p->s_X,
      .p_q = p->p_q,
      .s_ev = p->s_ev,
      .g_en = p->g_en,
      .c_H = p->c_H,
      .T_g = p->T_g,
      .T_f = p->T_f,
      .g_max = p->g_max,
      .A_h = p->A_h,
      .t_A = p->t_A,
      .v_C = p->v_C,
      .v_E = p->v_E,
      .v_H = p->v_H,
  };
  taut__structure_tensor(material->kappa, aligned, m.H);
  for (int l = 0; l < TAUT_MIX_LAYERS; l++) {
    taut_err err = check_rest(context, &rest[l]);
    if (err) return err;
    m.rest[l] = rest[l];
    const taut_mixture_labels all = {rest[l].C3, rest[l].Cn, rest[l].Cx, rest[l].X, 0, 0};
    m.S_rest[l] = load(&m, &all);
  }
  taut_mixture_state state;
  taut__mixture_start(&m, &state);
  step_updates u = held(&state);
  taut_patch patch = patch_of(&m, &state, &u);
  double J[2][2];
  taut__patch_tension(&patch, state.lambda, m.T0, J);
  m.k_p = (J[0][0] + J[0][1] + J[1][0] + J[1][1]) / 2;
  *out = m;
  return TAUT_OK;
}

void taut__mixture_start(const taut_mixture *m, taut_mixture_state *state) {
  taut_mixture_state s = {.r_f = {1, 1}, .lambda = {1, 1}, .N = {m->T0[0], m->T0[1]}};
  for (int l = 0; l < TAUT_MIX_LAYERS; l++) {
    const taut_mixture_rest *r = &m->rest[l];
    double g = m->material.g_c;
    s.layer[l] = (taut_mixture_layer){.old = {r->C3, r->Cn, r->Cx, r->X, r->ev, r->em},
                                      .r_N = {1 / g, 1 / g},
                                      .r_en = {1 / m->g_en, 1 / m->g_en},
                                      .r_g = {1, 1},
                                      .H = r->H,
                                      .J_g = 1};
  }
  *state = s;
}

taut_mixture_input taut__mixture_rest_input(const taut_mixture_rest *rest, double k_x, double k_ea, double loss_3,
                                            double loss_n, double loss_x) {
  return (taut_mixture_input){
      .C3 = rest->C3,
      .Cn = rest->Cn,
      .Cx = rest->Cx,
      .X = rest->X,
      .ev = rest->ev,
      .em = rest->em,
      .H = rest->H,
      .P_3 = loss_3 * rest->C3,
      .P_n = (k_x + loss_n) * rest->Cn,
      .P_X = loss_n * rest->Cn + loss_x * rest->Cx,
      .P_ev = rest->P_ev,
      .k_x = k_x,
      .k_ea = k_ea,
      .loss_n = loss_n,
      .loss_x = loss_x,
  };
}

void taut__mixture_surround(taut_mixture *mixture, const taut_mechanics_params *p, double area) {
  const double pi = 3.14159265358979323846;
  mixture->k_s = taut__surround(sqrt(area / pi), mixture->k_p, mixture->material.mu_h,
                                mixture->material.h[TAUT_MECH_HY], p->nu_sheet)
                     .k_s;
}

/* -------------------------------------------------------------------------------------------------------- steps ---- */

/* Adds what each label gained and closes the pool with the loss that makes both add up to the field. */
static void close_pool(double *old, double *fresh, double made_old, double made_fresh, double field) {
  double all = *old + made_old + *fresh + made_fresh;
  if (!(all > 0)) {
    *old = 0;
    *fresh = field;
    return;
  }
  *old = (*old + made_old) * (field / all);
  *fresh = (*fresh + made_fresh) * (field / all);
}

static void advance_labels(const taut_mixture_rest *rest, double dt, const taut_mixture_input *in,
                           taut_mixture_layer *s) {
  taut_mixture_labels *a = &s->old, *b = &s->fresh;
  close_pool(&a->C3, &b->C3, 0, dt * in->P_3, in->C3);
  close_pool(&a->Cn, &b->Cn, 0, dt * in->P_n, in->Cn);
  close_pool(&a->Cx, &b->Cx, dt * in->k_x * a->Cn, dt * in->k_x * b->Cn, in->Cx);
  double from_old = in->loss_n * a->Cn + in->loss_x * a->Cx, from_fresh = in->loss_n * b->Cn + in->loss_x * b->Cx;
  double share = from_old + from_fresh > 0 ? from_fresh / (from_old + from_fresh) : 0;
  close_pool(&a->X, &b->X, dt * in->P_X * (1 - share), dt * in->P_X * share, in->X);
  double at_rest = fmin(in->P_ev, rest->P_ev);
  close_pool(&a->ev, &b->ev, dt * at_rest, dt * (in->P_ev - at_rest), in->ev);
  close_pool(&a->em, &b->em, dt * in->k_ea * a->ev, dt * in->k_ea * b->ev, in->em);
  s->H = in->H;
  s->A = in->A;
}

taut_err taut__mixture_advance(taut_context *context, const taut_mixture *m, double dt,
                               const taut_mixture_input in[TAUT_MIX_LAYERS], taut_mixture_state *state) {
  taut_mixture_state s = *state;
  step_updates u;
  for (int l = 0; l < TAUT_MIX_LAYERS; l++) {
    taut_mixture_layer *y = &s.layer[l];
    const taut_mixture_input *i = &in[l];
    double g_c = m->material.g_c, g_dep = g_c + (m->g_max - g_c) * i->A_deposit / (i->A_deposit + m->A_h);
    double made = dt * (m->s_3 * i->P_3 + m->s_n * i->P_n) / m->S_rest[l];
    double made_en = dt * m->s_ev * fmax(0, i->P_ev - m->rest[l].P_ev) / m->rest[l].em;
    u.N[l] = deposit(load(m, &y->fresh) / m->S_rest[l], y->r_N, made, g_dep);
    u.en[l] = deposit(new_elastin(m, l, &y->fresh), y->r_en, made_en, m->g_en);
    u.g[l] = relax(y->r_g, dt / m->T_g);
    advance_labels(&m->rest[l], dt, i, y);
    y->J_g = volume(m, l, y);
  }
  u.f = relax(s.r_f, dt / m->T_f);
  taut_err err = equilibrate(context, m, &u, &s);
  if (!err) *state = s;
  return err;
}

/* ----------------------------------------------------------------------------------------------------- sessions ---- */

/* Both labels change by the same share; returns what the new label lost and adds all that was lost. */
static double cut_pool(double *old, double *fresh, double field, double *lost) {
  double before = *old + *fresh, fresh_before = *fresh;
  close_pool(old, fresh, 0, 0, field);
  *lost += before - field;
  return fresh_before - *fresh;
}

static void cut_labels(const taut_mixture_input *after, taut_mixture_layer *s) {
  taut_mixture_labels *a = &s->old, *b = &s->fresh;
  double lost = 0, lost_fresh = 0, elastin = 0;
  lost_fresh += cut_pool(&a->C3, &b->C3, after->C3, &lost);
  lost_fresh += cut_pool(&a->Cn, &b->Cn, after->Cn, &lost);
  lost_fresh += cut_pool(&a->Cx, &b->Cx, after->Cx, &lost);
  double gained = fmax(0, after->X - a->X - b->X);
  double share = lost > 0 ? fmin(1, fmax(0, lost_fresh / lost)) : 0;
  close_pool(&a->X, &b->X, gained * (1 - share), gained * share, after->X);
  cut_pool(&a->ev, &b->ev, after->ev, &elastin);
  cut_pool(&a->em, &b->em, after->em, &elastin);
  s->H = after->H;
  s->A = after->A;
}

taut_err taut__mixture_session(taut_context *context, const taut_mixture *m,
                               const taut_mixture_input after[TAUT_MIX_LAYERS], taut_mixture_state *state) {
  taut_mixture_state s = *state;
  for (int l = 0; l < TAUT_MIX_LAYERS; l++) {
    cut_labels(&after[l], &s.layer[l]);
    s.layer[l].J_g = volume(m, l, &s.layer[l]);
  }
  step_updates u = held(&s);
  taut_err err = equilibrate(context, m, &u, &s);
  if (!err) *state = s;
  return err;
}
