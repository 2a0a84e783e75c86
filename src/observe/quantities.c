#include "observe/result.h"
#include "observe/view.h"

#include <math.h>

const taut_quantity taut__quantity[TAUT_QUANTITIES] = {
#define QUANTITY(name, unit, group, expression, how, evidence, doc) {#name, unit, doc, how, evidence, group},
#include "observe/quantities.def"
#undef QUANTITY
};

/* Collagen of layers first..last over that of young skin of the same thickness. */
static double young_share(const taut_healing *h, const taut_view *v, int first, int last) {
  double now = 0, young = 0;
  for (int l = first; l <= last; l++) {
    const double Cy = l == TAUT_PAPILLARY ? h->p.Cy_p : h->p.Cy_r;
    now += v->thickness[l] *
           (v->mean[TAUT_H_C3][l] + v->mean[TAUT_H_Cn][l] + v->mean[TAUT_H_Cx][l] + v->mean[TAUT_H_X][l]);
    young += v->thickness[l] * Cy;
  }
  return young > 0 ? now / young : NAN;
}

void taut__quantities(const taut_healing *h, const taut_view *view, const double *observable, double *value) {
#define o(name)                                                     observable[TAUT_O_##name]
#define QUANTITY(name, unit, group, expression, how, evidence, doc) value[TAUT_Q_##name] = expression;
#include "observe/quantities.def"
#undef QUANTITY
#undef o
}
