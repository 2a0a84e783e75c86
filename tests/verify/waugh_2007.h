/* The wound model of Waugh and Sherratt (2007) as a field set: a published model that tests the stepping engine. */
#ifndef TAUT_TESTS_WAUGH_2007_H
#define TAUT_TESTS_WAUGH_2007_H

#include "fields/fields.h"

/** Inflammatory and repair macrophages, fibroblasts [cells/mm3]; TGF-beta, PDGF [pg/mm3]; collagen, hyaluronan [ug/mm3]. */
enum { WAUGH_I, WAUGH_R, WAUGH_T, WAUGH_P, WAUGH_F, WAUGH_C, WAUGH_H, WAUGH_FIELDS };

typedef struct waugh_constants {
  double k1, k2, k3, k4, k5, k6, k7, k8, k9, k10, k11, k12;
  double d1, d2, d3, d4, d5, d6;
} waugh_constants;

extern const waugh_constants waugh_normal, waugh_diabetic;
/** State of the fresh wound, in field order. */
extern const double waugh_start[WAUGH_FIELDS];
/** Field set of the well-mixed wound; `constants` is lent. */
taut_field_set waugh_set(const waugh_constants *constants);

#endif
