/* Geometry of the domains: points, faces, volumes. */
#include "domain/domain.h"
#include "domain/geometry.h"
#include "domain/kernels.h"

#include <math.h>
#include <stdlib.h>

static const double pi = 3.14159265358979323846;

taut_err taut__domain_allocate(taut_context *context, taut_domain_kind kind, int nr, int planes, taut_domain **out) {
  taut_domain *d = taut__alloc(1, sizeof *d);
  if (!d) return taut__fail(context, TAUT_ERR_MEMORY, NULL, "no memory for a domain");
  d->kind = kind;
  d->kernels = taut__kernels();
  d->nr = nr;
  d->points.n = nr * planes;
  d->points.planes = planes;
  if (kind != TAUT_DOMAIN_PATCH) d->r = taut__alloc_doubles((size_t)nr + 1);
  d->z = taut__alloc_doubles((size_t)planes + 1);
  d->volume = taut__alloc_doubles((size_t)d->points.n);
  d->plane_start = taut__alloc((size_t)planes + 1, sizeof *d->plane_start);
  if ((kind != TAUT_DOMAIN_PATCH && !d->r) || !d->z || !d->volume || !d->plane_start) {
    taut__domain_destroy(&d);
    return taut__fail(context, TAUT_ERR_MEMORY, NULL, "no memory for a domain of %d points", nr * planes);
  }
  for (int k = 0; k <= planes; k++) d->plane_start[k] = k * nr;
  d->points.plane_start = d->plane_start;
  d->points.z = d->z;
  d->points.volume = d->volume;
  *out = d;
  return TAUT_OK;
}

taut_err taut__domain_zero(taut_context *context, taut_domain **out) {
  taut_domain *d = NULL;
  taut_err err = taut__domain_allocate(context, TAUT_DOMAIN_ZERO, 1, 1, &d);
  if (err) return err;
  d->r[1] = 1.0 / sqrt(pi);
  d->z[1] = 1.0;
  d->volume[0] = 1.0;
  d->points.area = 1.0;
  d->layer_volume[TAUT_RETICULAR] = 1.0;
  /* the well-mixed point is reticular dermis */
  for (int l = TAUT_SUBCUTIS; l <= TAUT_LAYERS; l++) d->points.layer_start[l] = d->points.layer_plane[l] = 1;
  *out = d;
  return TAUT_OK;
}

/* n equal cells from a to b after face `at`; returns the index of the last face */
static int divide(double *face, int at, double a, double b, int n) {
  for (int i = 1; i <= n; i++) face[at + i] = i == n ? b : a + (b - a) * i / n;
  return at + n;
}

void taut__domain_layers(taut_domain *d, const double thickness[TAUT_LAYERS], const int rows[TAUT_LAYERS]) {
  double top = 0;
  int k = 0;
  for (int l = 0; l < TAUT_LAYERS; l++) {
    d->points.layer_plane[l] = k;
    d->points.layer_start[l] = k * d->nr;
    k = divide(d->z, k, top, top + thickness[l], rows[l]);
    top += thickness[l];
  }
  d->points.layer_plane[TAUT_LAYERS] = k;
  d->points.layer_start[TAUT_LAYERS] = k * d->nr;
}

taut_err taut__domain_track(taut_context *context, const taut_track_geometry *g, taut_domain **out) {
  const bool lumen = g->n1 > 0;
  if (!(g->needle > 0 && g->outer > g->needle && g->n2 > 0 && g->n3 > 0) ||
      (lumen && !(g->lumen > 0 && g->lumen < g->needle)))
    return taut__fail(context, TAUT_ERR_INTERNAL, NULL, "track radii are not ascending: %g %g %g mm", g->lumen,
                      g->needle, g->outer);
  int planes = 0;
  for (int l = 0; l < TAUT_LAYERS; l++) planes += g->rows[l];
  taut_domain *d = NULL;
  taut_err err = taut__domain_allocate(context, TAUT_DOMAIN_TRACK, g->n1 + g->n2 + g->n3, planes, &d);
  if (err) return err;
  int at = lumen ? divide(d->r, 0, 0, g->lumen, g->n1) : 0;
  at = divide(d->r, at, lumen ? g->lumen : 0, g->needle, g->n2);
  divide(d->r, at, g->needle, g->outer, g->n3);
  taut__domain_layers(d, g->thickness, g->rows);
  for (int k = 0; k < planes; k++)
    for (int i = 0; i < d->nr; i++)
      d->volume[k * d->nr + i] = pi * (d->r[i + 1] * d->r[i + 1] - d->r[i] * d->r[i]) * (d->z[k + 1] - d->z[k]);
  d->points.area = pi * g->outer * g->outer;
  for (int l = 0; l < TAUT_LAYERS; l++)
    for (int p = d->points.layer_start[l]; p < d->points.layer_start[l + 1]; p++) d->layer_volume[l] += d->volume[p];
  *out = d;
  return TAUT_OK;
}

void taut__domain_destroy(taut_domain **domain) {
  if (!domain || !*domain) return;
  taut__pool_destroy(&(*domain)->patch.pool);
  free((*domain)->r);
  free((*domain)->z);
  free((*domain)->volume);
  free((*domain)->plane_start);
  free(*domain);
  *domain = NULL;
}
