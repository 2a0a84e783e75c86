/* Quadratic emulator of the suction test (mechanics.md 6.3, 12).
 *
 *   y = b0 + sum b_i x_i + sum_{i <= j} b_ij x_i x_j,   y in {ln R0, ln Ue, R2, R5, R7}
 *
 * Features are those of the reticular dermis (stress, fibre stiffness, c0), thickness of the dermis, epidermis, base and
 * viscosity.  Papillary moduli and epidermal thickness do not enter: changes of those alone are not seen. */
#include "mechanics/fast.h"

#include <math.h>

enum { TERMS = 1 + TAUT_FEATURES + TAUT_FEATURES * (TAUT_FEATURES + 1) / 2 };

typedef struct feature_row {
  const char *name, *words;
  double nominal, low, high;
} feature_row;

static const feature_row features[TAUT_FEATURES] = {
#define FEATURE(name, words, nominal, low, high) {#name, words, nominal, low, high},
#define EMULATED(...)
#include "mechanics/emulator.def"
#undef FEATURE
#undef EMULATED
};

typedef enum output {
#define FEATURE(...)
#define EMULATED(name, ...) OUT_##name,
#include "mechanics/emulator.def"
#undef FEATURE
#undef EMULATED
  OUTPUTS
} output;

static const double coefficient[OUTPUTS][TERMS] = {
#define FEATURE(...)
#define EMULATED(name, ...) {__VA_ARGS__},
#include "mechanics/emulator.def"
#undef FEATURE
#undef EMULATED
};

/* Shear modulus of a layer without fibres; a pre-stretch of its own leaves the determinant of D alone. */
static double modulus(const taut_layer_law *law) {
  return cbrt(law->D[0] * law->D[1] * law->D[2]);
}

void taut__emulator_features(const taut_skin_law *skin, double x[TAUT_FEATURES]) {
  const taut_layer_law *layer = skin->layer, *rd = &layer[TAUT_MECH_RD];
  const double quantity[TAUT_FEATURES] = {
      [TAUT_FEATURE_h_d] = layer[TAUT_MECH_PD].h + rd->h,      [TAUT_FEATURE_E_sc] = 3 * modulus(&layer[TAUT_MECH_SC]),
      [TAUT_FEATURE_E_ve] = 3 * modulus(&layer[TAUT_MECH_VE]), [TAUT_FEATURE_sigma0] = taut__law_sigma0(rd, 0),
      [TAUT_FEATURE_A_f] = taut__law_fibre_stiffness(rd),      [TAUT_FEATURE_c0] = taut__law_c0(rd),
      [TAUT_FEATURE_mu_h] = modulus(&layer[TAUT_MECH_HY]),     [TAUT_FEATURE_h_hy] = layer[TAUT_MECH_HY].h,
      [TAUT_FEATURE_beta_2] = skin->viscosity.beta[1],         [TAUT_FEATURE_beta_3] = skin->viscosity.beta[2],
  };
  for (int i = 0; i < TAUT_FEATURES; i++) x[i] = quantity[i] > 0 ? log(quantity[i] / features[i].nominal) : -INFINITY;
}

int taut__emulator_outside(const double x[TAUT_FEATURES]) {
  for (int i = 0; i < TAUT_FEATURES; i++)
    if (!(x[i] >= features[i].low && x[i] <= features[i].high)) return i;
  return -1;
}

const char *taut__emulator_feature_name(int feature, const char **words, double *low, double *high) {
  if (feature < 0 || feature >= TAUT_FEATURES) return NULL;
  const feature_row *row = &features[feature];
  *words = row->words;
  *low = row->nominal * exp(row->low);
  *high = row->nominal * exp(row->high);
  return row->name;
}

taut_suction_values taut__emulate(const double x[TAUT_FEATURES]) {
  double term[TERMS] = {1}, y[OUTPUTS] = {0};
  int n = 1;
  for (int i = 0; i < TAUT_FEATURES; i++) term[n++] = x[i];
  for (int i = 0; i < TAUT_FEATURES; i++)
    for (int j = i; j < TAUT_FEATURES; j++) term[n++] = x[i] * x[j];
  for (int o = 0; o < OUTPUTS; o++)
    for (int k = 0; k < TERMS; k++) y[o] += coefficient[o][k] * term[k];
  return (taut_suction_values){exp(y[OUT_lnR0]), exp(y[OUT_lnUe]), y[OUT_R2], y[OUT_R5], y[OUT_R7]};
}

taut_suction_values taut__anchor(const taut_suction_values *reference, const taut_suction_values *base,
                                 const taut_suction_values *fast) {
  return (taut_suction_values){
      .R0 = reference->R0 * fast->R0 / base->R0,
      .Ue = reference->Ue * fast->Ue / base->Ue,
      .R2 = reference->R2 + fast->R2 - base->R2,
      .R5 = reference->R5 + fast->R5 - base->R5,
      .R7 = reference->R7 + fast->R7 - base->R7,
  };
}
