#include "fem/mesh.h"

#include <math.h>
#include <stdlib.h>

taut_mesh_plan taut__mesh_plan(taut_mesh_level level) {
  static const struct {
    int in, out, rows[TAUT_MECH_LAYERS];
  } table[] = {
      {4, 6, {1, 1, 1, 3, 3}},     {8, 12, {1, 1, 2, 5, 6}},    {12, 18, {1, 2, 3, 8, 9}},
      {16, 24, {1, 2, 4, 10, 12}}, {24, 36, {2, 4, 6, 15, 18}},
  };
  const int i = (int)level - 1;
  taut_mesh_plan plan = {.in = table[i].in, .out = table[i].out, .in_ratio = 4, .out_ratio = 12, .base_ratio = 4};
  for (int l = 0; l < TAUT_MECH_LAYERS; l++) plan.rows[l] = table[i].rows[l];
  return plan;
}

/* n intervals from x[0] = from to x[n] = to, widths in geometric progression, the last `ratio` times the first. */
static void grade(int n, double from, double to, double ratio, double *x) {
  const double q = n > 1 ? pow(ratio, 1.0 / (n - 1)) : 1;
  double sum = 0, width = 1;
  for (int i = 0; i < n; i++, width *= q) sum += width;
  double at = 0;
  width = 1;
  x[0] = from;
  for (int i = 1; i < n; i++, width *= q) {
    at += width;
    x[i] = from + (to - from) * at / sum;
  }
  x[n] = to;
}

taut_err taut__mesh_create(const taut_mesh_plan *plan, double aperture, double outer, int layers, const double *h,
                           taut_mesh *out) {
  int nz = 0;
  for (int l = 0; l < layers; l++) nz += plan->rows[l];
  *out = (taut_mesh){.nr = plan->in + plan->out, .nz = nz, .in = plan->in};
  out->r = taut__alloc_doubles((size_t)out->nr + 1);
  out->z = taut__alloc_doubles((size_t)nz + 1);
  out->layer = taut__alloc((size_t)nz, sizeof *out->layer);
  if (!out->r || !out->z || !out->layer) {
    taut__mesh_free(out);
    return TAUT_ERR_MEMORY;
  }
  grade(plan->in, 0, aperture, 1 / plan->in_ratio, out->r);
  grade(plan->out, aperture, outer, plan->out_ratio, out->r + plan->in);
  double top = 0;
  for (int l = 0, above = nz; l < layers; l++) {
    const int rows = plan->rows[l];
    const double ratio = l == TAUT_MECH_HY ? 1 / plan->base_ratio : 1;
    grade(rows, top - h[l], top, ratio, out->z + above - rows);
    for (int k = above - rows; k < above; k++) out->layer[k] = l;
    above -= rows;
    top -= h[l];
  }
  return TAUT_OK;
}

void taut__mesh_free(taut_mesh *mesh) {
  free(mesh->r);
  free(mesh->z);
  free(mesh->layer);
  *mesh = (taut_mesh){0};
}

double taut__mesh_rim(const taut_mesh *mesh) {
  return (mesh->r[mesh->in] - mesh->r[mesh->in - 1]) / mesh->r[mesh->in];
}
