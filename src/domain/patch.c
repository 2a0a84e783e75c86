/* Geometry of a patch: a block of skin, periodic in x and y, in slabs of y over the processes. */
#include "domain/geometry.h"

#include <limits.h>

void taut__patch_rows(int n, int rank, int size, int *first, int *count) {
  const int share = n / size, more = n % size;
  *first = rank * share + (rank < more ? rank : more);
  *count = share + (rank < more ? 1 : 0);
}

taut_err taut__domain_patch(taut_context *context, const taut_patch_geometry *g, taut_domain **out) {
  *out = NULL;
  const int size = taut__comm_size(g->comm);
  if (size > g->n)
    return taut__fail(context, TAUT_ERR_INPUT, NULL,
                      "%d processes cannot share %d rows of points; expected at most as many processes as rows", size,
                      g->n);
  int planes = 0, first, count;
  for (int l = 0; l < TAUT_LAYERS; l++) planes += g->rows[l];
  taut__patch_rows(g->n, taut__comm_rank(g->comm), size, &first, &count);
  if ((long long)g->n * count * planes > INT_MAX)
    return taut__fail(context, TAUT_ERR_INPUT, NULL,
                      "%d x %d x %d points are more than one process can hold; expected more processes, a smaller "
                      "patch or a wider spacing",
                      g->n, count, planes);
  taut_domain *d = NULL;
  taut_err err = taut__domain_allocate(context, TAUT_DOMAIN_PATCH, g->n * count, planes, &d);
  if (err) return err;
  d->patch = (taut_patch_grid){
      .side = g->side, .spacing = g->side / g->n, .n = g->n, .y_first = first, .y_count = count, .comm = g->comm};
  err = taut__pool_create(context, g->threads, &d->patch.pool);
  if (err) {
    taut__domain_destroy(&d);
    return err;
  }
  taut__domain_layers(d, g->thickness, g->rows);
  const double area = d->patch.spacing * d->patch.spacing;
  d->points.area = g->side * g->side;
  for (int k = 0; k < planes; k++) {
    const double volume = area * (d->z[k + 1] - d->z[k]);
    for (int p = d->plane_start[k]; p < d->plane_start[k + 1]; p++) d->volume[p] = volume;
  }
  for (int l = 0; l < TAUT_LAYERS; l++)
    d->layer_volume[l] = d->points.area * (d->z[d->points.layer_plane[l + 1]] - d->z[d->points.layer_plane[l]]);
  *out = d;
  return TAUT_OK;
}
