/* Rest state: the fields and loss constants of a person's untouched skin, exact by construction (healing.md 5).
 *
 * Age and habits lower production (S_r = Y mu); the small remaining imbalance of ageing skin is absorbed in the loss
 * constants d3, dx and kX, which act over 1-15 years, so that P = L u holds to rounding for every field.  The parameter
 * drift keeps the loss constants of young skin instead: the skin then ages during the run. */
#include "healing/rest.h"

#include <math.h>

/* What young dermis of a layer is made of. */
typedef struct young_layer {
  double C, s3, turnover, room;
} young_layer;

static double attachment_effect(const taut_healing_params *p, double q) {
  return fmin(fmax(1 - 0.5 * (p->q_y - q) / (p->q_y - p->q_o), 0), 1.2);
}

static void layer_constants(const taut_healing *h, const taut_person *person, const young_layer *young,
                            taut_layer_constants *l) {
  const taut_healing_params *p = &h->p;
  double y = young->turnover;
  double in_y = p->q_y * young->C, C3_y = young->s3 * in_y, Cx_y = (in_y - C3_y) / (1 + y * p->d_x / p->k_x);
  double d3f = p->d_3 * C3_y, dIf = (1 + p->d_n / p->k_x) * p->d_x * Cx_y;
  l->Y = person->Y;
  l->g = person->g;
  l->qr = person->qr;
  l->r_c = y * (d3f + dIf);
  l->s3r = d3f / (d3f + dIf) * person->f_s3;
  l->s3w = fmax(p->s3w, l->s3r);
  l->in_r = in_y * person->g * person->f_m;
  l->X_r = l->in_r * (1 - person->qr) / person->qr;
  l->Ct_r = l->in_r + l->X_r;
  l->C3_r = young->s3 * l->in_r * person->f_C3;
  l->S_r = person->Y * attachment_effect(p, (l->in_r + p->epsC * p->q_y) / (l->in_r + l->X_r + p->epsC));
  l->Cn_r = l->r_c * l->S_r * (1 - l->s3r) / (p->k_x + p->d_n);
  l->Cx_r = l->in_r - l->C3_r - l->Cn_r;
  l->Cp_r = l->r_c * l->S_r / p->k_p;
  l->d3 = p->drift > 0 ? y * p->d_3 : l->r_c * l->S_r * l->s3r / l->C3_r;
  l->d3_extra = fmax(0, p->d_3n - l->d3);
  l->dx = p->drift > 0 ? y * p->d_x : p->k_x * l->Cn_r / l->Cx_r;
  l->kX = p->f_X * (l->dx * l->Cx_r + p->d_n * l->Cn_r) / l->X_r;
  l->Cmax = fmax(young->room * young->C, 1.05 * l->Ct_r);
  l->cap_scale = 1 / (1 - l->Ct_r / l->Cmax);
  l->em_r = person->em_r;
  l->ev_r = p->d_em * l->em_r / p->k_ea;
  l->r_e = (p->k_ea + p->d_ev) * l->ev_r;
  l->H_r = person->H_r;
}

/* The young person must have grown old to numbers: g and qr of the age initialiser. */
static taut_err check_person(taut_context *context, const taut_person *person) {
  if (!(isfinite(person->g) && person->g > 0 && isfinite(person->qr) && person->qr > 0 && person->qr <= 1))
    return taut__fail(
        context, TAUT_ERR_INPUT, NULL,
        "collagen cannot be followed from 20 years to this age: its loss and the clearance of its fragments are "
        "too fast; lower healing.d_x, healing.f_X, healing.q_y or healing.photo_uv");
  if (!(person->Y > 0))
    return taut__fail(
        context, TAUT_ERR_INPUT, NULL,
        "no rest state: fibroblasts make no collagen (synthesis %.4g of young, must be > 0); lower healing.age_Y, "
        "healing.smoke_Y or healing.photo_Y, or raise healing.meno_Y",
        person->Y);
  return TAUT_OK;
}

/* A rest state must exist: amounts and constants positive, finite. */
static taut_err check_layer(taut_context *context, const taut_layer_constants *l, const char *layer,
                            const char *suffix) {
  if (!(l->Cx_r > 0))
    return taut__fail(context, TAUT_ERR_INPUT, NULL,
                      "no rest state in the %s dermis: crosslinked collagen would be %.4g (must be > 0): too much "
                      "collagen is new (%.4g) or type III (%.4g); lower healing.y%s, healing.d_x, healing.s3%s or "
                      "healing.meno_C, or raise healing.k_x",
                      layer, l->Cx_r, l->Cn_r, l->C3_r, suffix, suffix);
  if (!(l->S_r > 0))
    return taut__fail(
        context, TAUT_ERR_INPUT, NULL,
        "no rest state in the %s dermis: fibroblasts make no collagen (activity %.4g, must be > 0); the "
        "attachment fraction %.4g of this age and photoageing is too far below healing.q_y and healing.q_o",
        layer, l->S_r, l->qr);
  if (!(l->H_r > 0 && l->em_r > 0))
    return taut__fail(context, TAUT_ERR_INPUT, NULL,
                      "no rest state: hyaluronan %.4g and elastin %.4g must be > 0 at this age; lower healing.age_H or "
                      "healing.age_em",
                      l->H_r, l->em_r);
  return TAUT_OK;
}

static taut_err check_parameters(taut_context *context, const taut_healing *h) {
  const taut_healing_params *p = &h->p;
  if (!(p->q_o < p->q_y))
    return taut__fail(context, TAUT_ERR_INPUT, NULL, "healing.q_o (%.4g) must be below healing.q_y (%.4g)", p->q_o,
                      p->q_y);
  if (!(h->tonT >= 0))
    return taut__fail(context, TAUT_ERR_INPUT, NULL,
                      "no rest state of TGF-beta1: activation of the latent store, healing.k_a0 * healing.L_r = %.4g "
                      "pg/mm3/day, exceeds the loss healing.d_T * healing.T_b = %.4g",
                      p->k_a0 * p->L_r, p->d_T * p->T_b);
  if (!(h->profile.photo * p->photo_Y < 1))
    return taut__fail(context, TAUT_ERR_INPUT, NULL, "healing.photo_Y leaves no synthesis in photoaged skin");
  return TAUT_OK;
}

/* Field values of the rest state. */
static void fill_rest(taut_healing *h) {
  double(*rest)[TAUT_LAYERS] = h->set.rest;
  for (int layer = TAUT_EPIDERMIS; layer <= TAUT_SUBCUTIS; layer++) {
    rest[TAUT_H_T][layer] = h->p.T_b;
    rest[TAUT_H_V][layer] = h->p.V_b;
    if (layer > TAUT_EPIDERMIS) rest[TAUT_H_B][layer] = 1;
    if (layer > TAUT_EPIDERMIS) rest[TAUT_H_Lt][layer] = h->Lt_r;
  }
  rest[TAUT_H_K][TAUT_EPIDERMIS] = 1;
  rest[TAUT_H_bar][TAUT_EPIDERMIS] = 1;
  for (int layer = TAUT_PAPILLARY; layer <= TAUT_RETICULAR; layer++) {
    const taut_layer_constants *l = &h->layer[layer];
    rest[TAUT_H_F][layer] = 1;
    rest[TAUT_H_S][layer] = l->S_r;
    rest[TAUT_H_Cp][layer] = l->Cp_r;
    rest[TAUT_H_C3][layer] = l->C3_r;
    rest[TAUT_H_Cn][layer] = l->Cn_r;
    rest[TAUT_H_Cx][layer] = l->Cx_r;
    rest[TAUT_H_X][layer] = l->X_r;
    rest[TAUT_H_ev][layer] = l->ev_r;
    rest[TAUT_H_em][layer] = l->em_r;
    rest[TAUT_H_H][layer] = l->H_r;
    rest[TAUT_H_E][layer] = h->E_r;
    rest[TAUT_H_I][layer] = h->I_r;
  }
}

taut_err taut__rest_state(taut_context *context, taut_healing *h, const taut_person *person) {
  const taut_healing_params *p = &h->p;
  h->Lt_r = p->L_r;
  h->tonT = p->d_T * p->T_b - p->k_a0 * h->Lt_r;
  h->s_K = p->v_K / (2 * p->w_K) * h->f_K;
  h->hTb = p->T_b / (p->K_T + p->T_b);
  h->hVb = p->V_b / (p->K_V + p->V_b);
  h->hA_b = p->T_b * p->T_b / (p->K_A * p->K_A + p->T_b * p->T_b);
  taut_err err = check_parameters(context, h);
  if (!err) err = check_person(context, person);
  if (err) return err;
  const young_layer papillary = {p->Cy_p, p->s3_p, p->y_p, p->Cfac_p},
                    reticular = {p->Cy_r, p->s3_r, p->y_r, p->Cfac_r};
  layer_constants(h, person, &papillary, &h->layer[TAUT_PAPILLARY]);
  layer_constants(h, person, &reticular, &h->layer[TAUT_RETICULAR]);
  err = check_layer(context, &h->layer[TAUT_PAPILLARY], "papillary", "_p");
  if (!err) err = check_layer(context, &h->layer[TAUT_RETICULAR], "reticular", "_r");
  if (!err) fill_rest(h);
  return err;
}
