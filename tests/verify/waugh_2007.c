/* Waugh HV, Sherratt JA. Wound Repair Regen 2007;15:556-65 (PMID 17650100), as coded in MODEL1006230106 (normal) and
 * MODEL1006230003 (diabetic).
 *
 *   crowd  = 1 - ( k3 (I + R) + k5 F + k6 C )
 *   dI/dt  = alpha(H) K_T(T)       + k1 k2 I crowd - d1 I
 *   dR/dt  = (1 - alpha(H)) K_T(T) + k1 k2 R crowd - d1 R
 *   dT/dt  = k4 I + k7 F - d2 T
 *   dP/dt  = k8 (I + R) + k9 F - d3 P
 *   dF/dt  = M_P(P) + k10 F crowd - d4 F
 *   dC/dt  = k11 F f_T(T) g_C(C) - d5 F C
 *   dH/dt  = k12 F - d6 H
 *
 * Split by sign: what is positive is production; what is negative and carries the field as a factor is loss; a source that
 * turns negative (alpha > 1 in the fresh wound) is loss after division by the field. */
#include "waugh_2007.h"

#include <math.h>

const waugh_constants waugh_normal = {.k1 = 0.05,
                                      .k2 = 0.693,
                                      .k3 = 0.002,
                                      .k4 = 0.07,
                                      .k5 = 0.0025,
                                      .k6 = 0.0004,
                                      .k7 = 0.004,
                                      .k8 = 0.015,
                                      .k9 = 0.0015,
                                      .k10 = 0.924,
                                      .k11 = 20,
                                      .k12 = 0.01,
                                      .d1 = 0.2,
                                      .d2 = 9.1,
                                      .d3 = 4,
                                      .d4 = 1,
                                      .d5 = 1.5e-5,
                                      .d6 = 0.7};
const waugh_constants waugh_diabetic = {.k1 = 0.05,
                                        .k2 = 0.693,
                                        .k3 = 0.002,
                                        .k4 = 0.07,
                                        .k5 = 0.0025,
                                        .k6 = 0.0004,
                                        .k7 = 0.004,
                                        .k8 = 0.015,
                                        .k9 = 0.0015,
                                        .k10 = 0.924,
                                        .k11 = 5,
                                        .k12 = 0.001,
                                        .d1 = 0.2,
                                        .d2 = 9.1,
                                        .d3 = 4,
                                        .d4 = 2.5,
                                        .d5 = 1.5e-5,
                                        .d6 = 0.7};
const double waugh_start[WAUGH_FIELDS] = {200, 200, 6, 2, 50, 10, 0.01};

static const taut_field rows[WAUGH_FIELDS] = {
    {"I", "inflammatory macrophages", "cell/mm^3", "Inflammatory macrophages.", TAUT_CELL, TAUT_IN(TAUT_RETICULAR), 1,
     false},
    {"R", "repair macrophages", "cell/mm^3", "Repair macrophages.", TAUT_CELL, TAUT_IN(TAUT_RETICULAR), 1, false},
    {"T", "TGF-beta", "pg/mm^3", "Transforming growth factor beta.", TAUT_SIGNAL, TAUT_IN(TAUT_RETICULAR), 0.01, true},
    {"P", "PDGF", "pg/mm^3", "Platelet-derived growth factor.", TAUT_SIGNAL, TAUT_IN(TAUT_RETICULAR), 0.01, true},
    {"F", "fibroblasts", "cell/mm^3", "Fibroblasts.", TAUT_CELL, TAUT_IN(TAUT_RETICULAR), 1, false},
    {"C", "collagen", "ug/mm^3", "Collagen, in the units of that model.", TAUT_MATRIX, TAUT_IN(TAUT_RETICULAR), 1,
     false},
    {"H", "hyaluronan", "ug/mm^3", "Hyaluronan.", TAUT_MATRIX, TAUT_IN(TAUT_RETICULAR), 0.01, true},
};

static double positive(double x) {
  return x > 0 ? x : 0;
}

static double influx(double T) {
  return -2.47 * T * T * T + 21.94 * T * T + 6.41 * T + 1.75;
}

static double inflamed_share(double H) {
  return -0.197 * log(H) + 0.4407;
}

/* Macrophages of one kind: a source of either sign, logistic growth with crowding, death. */
static void macrophages(const taut_strip *s, int field, double *P, double *L) {
  const waugh_constants *k = s->constants;
  const double *const *u = s->u;
  for (int i = 0; i < s->n; i++) {
    double alpha = inflamed_share(u[WAUGH_H][i]),
           source = (field == WAUGH_I ? alpha : 1 - alpha) * influx(u[WAUGH_T][i]);
    double growth = k->k1 * k->k2, self = u[field][i];
    double crowded = k->k3 * (u[WAUGH_I][i] + u[WAUGH_R][i]) + k->k5 * u[WAUGH_F][i] + k->k6 * u[WAUGH_C][i];
    P[i] = positive(source) + growth * self;
    L[i] = positive(-source) / self + growth * crowded + k->d1;
  }
}

static void strip_I(const taut_strip *s, double *restrict P, double *restrict L) {
  macrophages(s, WAUGH_I, P, L);
}

static void strip_R(const taut_strip *s, double *restrict P, double *restrict L) {
  macrophages(s, WAUGH_R, P, L);
}

static void strip_T(const taut_strip *s, double *restrict P, double *restrict L) {
  const waugh_constants *k = s->constants;
  for (int i = 0; i < s->n; i++) {
    P[i] = k->k4 * s->u[WAUGH_I][i] + k->k7 * s->u[WAUGH_F][i];
    L[i] = k->d2;
  }
}

static void strip_P(const taut_strip *s, double *restrict P, double *restrict L) {
  const waugh_constants *k = s->constants;
  for (int i = 0; i < s->n; i++) {
    P[i] = k->k8 * (s->u[WAUGH_I][i] + s->u[WAUGH_R][i]) + k->k9 * s->u[WAUGH_F][i];
    L[i] = k->d3;
  }
}

static void strip_F(const taut_strip *s, double *restrict P, double *restrict L) {
  const waugh_constants *k = s->constants;
  const double *const *u = s->u;
  for (int i = 0; i < s->n; i++) {
    double p = u[WAUGH_P][i], F = u[WAUGH_F][i];
    double source = 15.333 * p * p * p - 167.21 * p * p + 452.38 * p + 2.6593;
    double crowded = k->k3 * (u[WAUGH_I][i] + u[WAUGH_R][i]) + k->k5 * F + k->k6 * u[WAUGH_C][i];
    P[i] = positive(source) + k->k10 * F;
    L[i] = positive(-source) / F + k->k10 * crowded + k->d4;
  }
}

/* g_C(C) = 0.13 + 9e-7 C^2 - C ( 5.5e-4 + 4.33e-10 C^2 ); f_T is positive over the range of both cases. */
static void strip_C(const taut_strip *s, double *restrict P, double *restrict L) {
  const waugh_constants *k = s->constants;
  for (int i = 0; i < s->n; i++) {
    double T = s->u[WAUGH_T][i], F = s->u[WAUGH_F][i], C = s->u[WAUGH_C][i];
    double made = k->k11 * F * positive(0.0092 * T * T * T - 0.1552 * T * T + 0.6279 * T + 0.2527);
    P[i] = made * (0.13 + 9e-7 * C * C);
    L[i] = made * (5.5e-4 + 4.33e-10 * C * C) + k->d5 * F;
  }
}

static void strip_H(const taut_strip *s, double *restrict P, double *restrict L) {
  const waugh_constants *k = s->constants;
  for (int i = 0; i < s->n; i++) {
    P[i] = k->k12 * s->u[WAUGH_F][i];
    L[i] = k->d6;
  }
}

taut_field_set waugh_set(const waugh_constants *constants) {
  static taut_strip_fn *const strips[WAUGH_FIELDS] = {strip_I, strip_R, strip_T, strip_P, strip_F, strip_C, strip_H};
  static const taut_group groups[] = {{2, {WAUGH_I, WAUGH_R}}, {1, {WAUGH_T}}, {1, {WAUGH_P}},
                                      {1, {WAUGH_F}},          {1, {WAUGH_C}}, {1, {WAUGH_H}}};
  taut_field_set set = {.name = "Waugh and Sherratt 2007",
                        .n = WAUGH_FIELDS,
                        .field = rows,
                        .strip = strips,
                        .groups = (int)(sizeof groups / sizeof *groups),
                        .group = groups,
                        .constants = constants};
  for (int f = 0; f < WAUGH_FIELDS; f++) {
    set.chemotaxis[f].signal = -1;
    set.rest[f][TAUT_RETICULAR] = waugh_start[f];
  }
  return set;
}
