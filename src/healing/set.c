/* The microneedling field set: rows, order of update, transport, and the person's frozen constants behind the strips. */
#include "healing/rest.h"
#include "healing/strips.h"

#include <math.h>
#include <stdlib.h>

static const taut_field rows[TAUT_H_FIELDS] = {
#define FIELD(name, long_name, unit, class, layers, floor, layered_loss, doc)                                          \
  {#name, long_name, unit, doc, TAUT_##class, layers, floor, layered_loss},
#include "healing/fields.def"
#undef FIELD
};

/* Order of update in a step (healing.md 12.1): causes before effects, signals after cells.  N, M1 and F are solved
 * together: none of the three enters the others within a step except through values known before. */
static const taut_group groups[] = {
    {1, {TAUT_H_q}},  {1, {TAUT_H_fb}},  {1, {TAUT_H_D}},
    {1, {TAUT_H_w1}}, {1, {TAUT_H_w2}},  {3, {TAUT_H_N, TAUT_H_M1, TAUT_H_F}},
    {1, {TAUT_H_A}},  {1, {TAUT_H_M2}},  {1, {TAUT_H_Lt}},
    {1, {TAUT_H_c}},  {1, {TAUT_H_T}},   {1, {TAUT_H_T3}},
    {1, {TAUT_H_P}},  {1, {TAUT_H_V}},   {1, {TAUT_H_B}},
    {1, {TAUT_H_K}},  {1, {TAUT_H_bar}}, {1, {TAUT_H_E}},
    {1, {TAUT_H_I}},  {1, {TAUT_H_S}},   {1, {TAUT_H_Cp}},
    {1, {TAUT_H_C3}}, {1, {TAUT_H_Cn}},  {1, {TAUT_H_Cx}},
    {1, {TAUT_H_X}},  {1, {TAUT_H_ev}},  {1, {TAUT_H_em}},
    {1, {TAUT_H_H}},
};

static const double drive_default[TAUT_DRIVES] = {[TAUT_DRIVE_YM] = 1, [TAUT_DRIVE_SK] = 1, [TAUT_DRIVE_FE] = 1};

/* m of the mean of phi over a plane: m0 in intact matrix, more where matrix is lost, times tension. */
static double gate_close(const void *constants, taut_layer layer, double mean) {
  const taut_healing *h = constants;
  (void)layer;
  double open = h->p.m0 + (1 - h->p.m0) * (1 - exp(-mean / h->p.phc));
  return fmin(1, h->profile.tension * h->p.tension * open);
}

static void fill_transport(taut_field_set *set, const taut_healing_params *p) {
  for (int f = 0; f < TAUT_H_FIELDS; f++) set->chemotaxis[f].signal = -1;
  for (int f = TAUT_H_c; f <= TAUT_H_V; f++) set->diffusion[f] = p->Ds;
  set->diffusion[TAUT_H_N] = p->D_N;
  set->diffusion[TAUT_H_M1] = set->diffusion[TAUT_H_M2] = p->D_M;
  set->diffusion[TAUT_H_F] = p->D_F;
  set->diffusion[TAUT_H_A] = p->fDA * p->D_F;
  set->diffusion[TAUT_H_B] = p->D_B;
  set->diffusion[TAUT_H_K] = p->v_K * p->w_K / 2;
  if (p->chiN > 0 && p->D_N > 0) set->chemotaxis[TAUT_H_N] = (taut_chemotaxis){TAUT_H_c, p->chiN, p->K_c};
  if (p->chiM > 0 && p->D_M > 0) set->chemotaxis[TAUT_H_M1] = (taut_chemotaxis){TAUT_H_c, p->chiM, p->K_c};
  if (p->chiF > 0 && p->D_F > 0) set->chemotaxis[TAUT_H_F] = (taut_chemotaxis){TAUT_H_P, p->chiF, p->K_P};
}

/* Ledgers of the run (healing.md 16.4): deposited collagen and elastin less losses; granules that became PDGF. */
static void fill_balances(taut_healing *h) {
  /* per mm2 of skin: thickness of young reticular dermis with as much collagen or elastin */
  const char *unit = "mm";
  h->balance[0] = (taut_balance){"collagen", unit, 1, 4, {TAUT_H_C3, TAUT_H_Cn, TAUT_H_Cx, TAUT_H_X}};
  h->balance[1] = (taut_balance){"elastin", unit, 1, 2, {TAUT_H_ev, TAUT_H_em}};
  h->balance[2] = (taut_balance){"PDGF in platelets", "pg/mm^2", h->p.b_q, 1, {TAUT_H_q}};
  h->set.balances = (int)(sizeof h->balance / sizeof *h->balance);
  h->set.balance = h->balance;
}

/* Strip functions for this processor. */
static void fill_strips(taut_field_set *set) {
  set->strip = taut__healing_strips_base;
  set->gate_local = taut__healing_gate_base;
#ifdef TAUT_HAVE_V3
  if (taut__cpu_v3()) {
    set->strip = taut__healing_strips_v3;
    set->gate_local = taut__healing_gate_v3;
  }
#endif
}

static void fill_set(taut_healing *h) {
  taut_field_set *set = &h->set;
  fill_strips(set);
  fill_balances(h);
  set->name = "microneedling";
  set->n = TAUT_H_FIELDS;
  set->field = rows;
  set->groups = (int)(sizeof groups / sizeof *groups);
  set->group = groups;
  set->constants = h;
  set->drives = TAUT_DRIVES;
  set->drive_default = drive_default;
  set->gate_close = gate_close;
  set->gate_layers = TAUT_IN(TAUT_PAPILLARY) | TAUT_IN(TAUT_RETICULAR);
  fill_transport(set, &h->p);
}

taut_err taut__healing_create(taut_context *context, const taut_healing_params *p, const taut_profile *profile,
                              taut_healing **out) {
  *out = NULL;
  taut_healing *h = taut__alloc(1, sizeof *h);
  if (!h) return taut__fail(context, TAUT_ERR_MEMORY, NULL, "out of memory");
  h->p = *p;
  h->profile = *profile;
  fill_set(h);
  taut_person person = taut__person(h);
  taut_err err = taut__rest_state(context, h, &person);
  if (!err) err = taut__field_set_check(context, &h->set);
  if (err) {
    free(h);
    return err;
  }
  h->loop_gain_inflammation = taut__gain_inflammation(h, 1);
  h->loop_gain_tgf = taut__gain_tgf(h, 1, 1);
  *out = h;
  return TAUT_OK;
}

void taut__healing_destroy(taut_healing **healing) {
  if (!healing) return;
  free(*healing);
  *healing = NULL;
}
