/* Wide emulator of the suction test: 2 mm aperture, 450 mbar, 2 s on, 2 s off, rise and fall in 0.03 s, first cycle.
 *
 *   y = sum b_k t_k(x),   y in {ln R0, ln Ue, logit R2, ln R5, logit R7},   x_i = ln(q_i/nominal_i)/scale_i
 *   t: 1; x_i; x_i x_j; x_i x_j x_k of the first TAUT_WIDE_CUBIC features
 *   inside: every x_i in its trained range, and |W x|^2 <= limit, the rarest combination of the training
 *
 * The quantities q (emulator_features.def) are what the skin does, not what it is made of: stress and stiffness of both
 * layers of the dermis at a few stretches, and the creep of a linear body with its viscosity under the same protocol.  So
 * any number of families of fibres, and any composition, is seen through the same few numbers.  W^T W is the inverse of
 * the covariance of the trained x.
 *
 * Coefficients, ranges and errors: emulator_wide.def, written by tools/train_emulator.c. */
#include "mechanics/fast.h"

#include <math.h>

static const char *const words[] = {
#define FEATURE(name, words)     words,
#define HELD(name, words, value) words,
#include "mechanics/emulator_features.def"
};
static const char *const names[] = {
#define FEATURE(name, words)     #name,
#define HELD(name, words, value) #name,
#include "mechanics/emulator_features.def"
};
static const double held[TAUT_WIDE_HELD] = {
#define HELD(name, words, value) value,
#include "mechanics/emulator_features.def"
};

static const struct range {
  double nominal, scale, low, high;
} ranges[TAUT_WIDE_FEATURES] = {
#define RANGE(name, ...) [TAUT_WIDE_##name] = {__VA_ARGS__},
#include "mechanics/emulator_wide.def"
};

static const taut_wide_error errors[TAUT_WIDE_OUTPUTS] = {
#define EMULATED(name, ...) [TAUT_WIDE_##name] = {__VA_ARGS__},
#include "mechanics/emulator_wide.def"
};

static const double coefficient[TAUT_WIDE_OUTPUTS][TAUT_WIDE_TERMS] = {
#define COEFFICIENTS(name, ...) [TAUT_WIDE_##name] = {__VA_ARGS__},
#include "mechanics/emulator_wide.def"
};

/* Rarest combination of the training, and the lower triangle of W row by row. */
static const double rarest =
#define RAREST(limit) limit
#include "mechanics/emulator_wide.def"
    ;
static const double whitening[TAUT_WIDE_FEATURES * (TAUT_WIDE_FEATURES + 1) / 2] = {
#define WHITENING(...) __VA_ARGS__,
#include "mechanics/emulator_wide.def"
};

/* Shear modulus of a layer without fibres; a pre-stretch of its own leaves the determinant of D alone. */
static double modulus(const taut_layer_law *law) {
  return cbrt(law->D[0] * law->D[1] * law->D[2]);
}

/* In-plane stress at an equal stretch of both axes, incompressible, kPa. */
static double stress_at(const taut_layer_law *law, double c0, double stretch) {
  const double square = stretch * stretch, C[TAUT_AXI] = {square, square, 1 / (square * square), 0};
  double S[TAUT_AXI];
  taut__law_stress(law, c0, C, S, NULL);
  return S[TAUT_RR] * C[TAUT_RR] - S[TAUT_ZZ] * C[TAUT_ZZ];
}

/* What a layer of the dermis does. */
typedef struct response {
  double c0, sigma0, k_3, k_6, k_15;
} response;

static response response_of(const taut_layer_law *law) {
  const double c0 = taut__law_c0(law), sigma0 = taut__law_sigma0(law, 0);
  const double s_3 = stress_at(law, c0, 1.03), s_6 = stress_at(law, c0, 1.06);
  const double s_10 = stress_at(law, c0, 1.10), s_15 = stress_at(law, c0, 1.15);
  return (response){c0, sigma0, (s_3 - sigma0) / 0.03, (s_6 - s_3) / 0.03, (s_15 - s_10) / 0.05};
}

/* Creep of a linear body of unit stiffness under unit load, at 0.1 and 2 s of load and of rest. */
typedef struct creep {
  double e, f, rest_e, rest_f;
} creep;

enum { HALF = 17, EARLY = 8, RAMP = 5 };

static creep creep_of(const taut_viscosity *viscosity) {
  static const double ramp = 0.03, early = 0.1, end = 2;
  double u = 0, t = 0, Q[TAUT_VISCOUS_TERMS] = {0}, seen[4] = {0};
  taut_viscous_step step[HALF];
  const double growth = pow(end / early, 1.0 / (HALF - EARLY));
  for (int k = 0; k < HALF; k++) {
    const double dt = k < RAMP ? ramp / RAMP : k < EARLY ? (early - ramp) / (EARLY - RAMP) : t * (growth - 1);
    step[k] = taut__viscous_step(viscosity, dt);
    t += dt;
  }
  for (int k = 0; k < 2 * HALF; k++) {
    const taut_viscous_step *s = &step[k % HALF];
    const double rise = fmin(1, (k % HALF + 1.0) / RAMP), load = k < HALF ? rise : 1 - rise;
    double memory = 0;
    for (int i = 0; i < TAUT_VISCOUS_TERMS; i++) memory += s->decay[i] * Q[i];
    const double next = (load - memory + (s->total - 1) * u) / s->total;
    taut__viscous_advance(s, 1, &u, &next, Q);
    u = next;
    if (k % HALF == EARLY - 1) seen[k / HALF * 2] = u;
    if (k % HALF == HALF - 1) seen[k / HALF * 2 + 1] = u;
  }
  return (creep){seen[0], seen[1], seen[2], seen[3]};
}

void taut__wide_quantities(const taut_skin_law *skin, double q[TAUT_WIDE_FEATURES + TAUT_WIDE_HELD]) {
  const taut_layer_law *layer = skin->layer;
  const response rd = response_of(&layer[TAUT_MECH_RD]), pd = response_of(&layer[TAUT_MECH_PD]);
  const creep body = creep_of(&skin->viscosity);
  const double h_d = layer[TAUT_MECH_PD].h + layer[TAUT_MECH_RD].h;
  q[TAUT_WIDE_h_d] = h_d;
  q[TAUT_WIDE_h_s] = -expm1(-h_d);
  q[TAUT_WIDE_E_sc] = 3 * modulus(&layer[TAUT_MECH_SC]);
  q[TAUT_WIDE_mu_h] = modulus(&layer[TAUT_MECH_HY]);
  q[TAUT_WIDE_h_hy] = layer[TAUT_MECH_HY].h;
  q[TAUT_WIDE_sigma0] = rd.sigma0;
  q[TAUT_WIDE_c0] = rd.c0;
  q[TAUT_WIDE_k_6] = rd.k_6;
  q[TAUT_WIDE_k_15] = rd.k_15;
  q[TAUT_WIDE_creep_e] = body.e;
  q[TAUT_WIDE_creep_f] = body.f;
  q[TAUT_WIDE_E_ve] = 3 * modulus(&layer[TAUT_MECH_VE]);
  q[TAUT_WIDE_h_sc] = layer[TAUT_MECH_SC].h;
  q[TAUT_WIDE_h_ve] = layer[TAUT_MECH_VE].h;
  q[TAUT_WIDE_h_pd] = layer[TAUT_MECH_PD].h;
  q[TAUT_WIDE_K_h] = layer[TAUT_MECH_HY].K;
  q[TAUT_WIDE_k_3] = rd.k_3;
  q[TAUT_WIDE_f_sigma0] = pd.sigma0 / rd.sigma0;
  q[TAUT_WIDE_f_c0] = pd.c0 / rd.c0;
  q[TAUT_WIDE_f_k_6] = pd.k_6 / rd.k_6;
  q[TAUT_WIDE_creep_2] = (body.f - body.rest_f) / body.rest_f;
  q[TAUT_WIDE_creep_7] = (body.f - body.rest_e) / body.rest_e;
  for (int i = 0; i < TAUT_WIDE_HELD; i++) q[TAUT_WIDE_FEATURES + i] = layer[TAUT_MECH_SC + i].K;
}

void taut__wide_features(const taut_skin_law *skin, double x[TAUT_WIDE_FEATURES + TAUT_WIDE_HELD]) {
  double q[TAUT_WIDE_FEATURES + TAUT_WIDE_HELD];
  taut__wide_quantities(skin, q);
  for (int i = 0; i < TAUT_WIDE_FEATURES; i++)
    x[i] = q[i] > 0 ? log(q[i] / ranges[i].nominal) / ranges[i].scale : -INFINITY;
  for (int i = 0; i < TAUT_WIDE_HELD; i++) x[TAUT_WIDE_FEATURES + i] = q[TAUT_WIDE_FEATURES + i] / held[i] - 1;
}

double taut__wide_rarity(const double x[TAUT_WIDE_FEATURES]) {
  const double *W = whitening;
  double sum = 0;
  for (int i = 0; i < TAUT_WIDE_FEATURES; i++) {
    double w = 0;
    for (int j = 0; j <= i; j++) w += *W++ * x[j];
    sum += w * w;
  }
  return sum;
}

int taut__wide_outside(const double x[TAUT_WIDE_FEATURES + TAUT_WIDE_HELD]) {
  for (int i = 0; i < TAUT_WIDE_FEATURES; i++)
    if (!(x[i] >= ranges[i].low && x[i] <= ranges[i].high)) return i;
  for (int i = TAUT_WIDE_FEATURES; i < TAUT_WIDE_FEATURES + TAUT_WIDE_HELD; i++)
    if (!(fabs(x[i]) <= 1e-6)) return i;
  return taut__wide_rarity(x) <= rarest ? -1 : TAUT_WIDE_FEATURES + TAUT_WIDE_HELD;
}

const char *taut__wide_feature_name(int feature, const char **what, double *low, double *high) {
  if (feature < 0 || feature > TAUT_WIDE_FEATURES + TAUT_WIDE_HELD) return NULL;
  if (feature == TAUT_WIDE_FEATURES + TAUT_WIDE_HELD) {
    *what = "rarity of the combination";
    *low = 0;
    *high = rarest;
    return "combination";
  }
  *what = words[feature];
  if (feature >= TAUT_WIDE_FEATURES) {
    *low = *high = held[feature - TAUT_WIDE_FEATURES];
  } else {
    const struct range *r = &ranges[feature];
    *low = r->nominal * exp(r->low * r->scale);
    *high = r->nominal * exp(r->high * r->scale);
  }
  return names[feature];
}

void taut__wide_terms(const double x[TAUT_WIDE_FEATURES], double term[TAUT_WIDE_TERMS]) {
  *term++ = 1;
  for (int i = 0; i < TAUT_WIDE_FEATURES; i++) *term++ = x[i];
  for (int i = 0; i < TAUT_WIDE_FEATURES; i++)
    for (int j = i; j < TAUT_WIDE_FEATURES; j++) *term++ = x[i] * x[j];
  for (int i = 0; i < TAUT_WIDE_CUBIC; i++)
    for (int j = i; j < TAUT_WIDE_CUBIC; j++)
      for (int k = j; k < TAUT_WIDE_CUBIC; k++) *term++ = x[i] * x[j] * x[k];
}

static double share(double logit) {
  return 1 / (1 + exp(-logit));
}

taut_suction_values taut__wide_values(const double y[TAUT_WIDE_OUTPUTS]) {
  return (taut_suction_values){.R0 = exp(y[TAUT_WIDE_R0]),
                               .Ue = exp(y[TAUT_WIDE_Ue]),
                               .R2 = share(y[TAUT_WIDE_R2]),
                               .R5 = exp(y[TAUT_WIDE_R5]),
                               .R7 = share(y[TAUT_WIDE_R7])};
}

taut_suction_values taut__emulate_wide(const double x[TAUT_WIDE_FEATURES]) {
  double term[TAUT_WIDE_TERMS], y[TAUT_WIDE_OUTPUTS] = {0};
  taut__wide_terms(x, term);
  for (int o = 0; o < TAUT_WIDE_OUTPUTS; o++)
    for (int k = 0; k < TAUT_WIDE_TERMS; k++) y[o] += coefficient[o][k] * term[k];
  return taut__wide_values(y);
}

const taut_wide_error *taut__wide_error(taut_wide_output output) {
  return &errors[output];
}
