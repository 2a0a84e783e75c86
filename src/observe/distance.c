/* Distance to the nearest puncture on a periodic square: punctures are sorted into cells, and the cells around a column are
 * searched ring by ring until no nearer one can follow. */
#include "observe/maps.h"

#include <math.h>
#include <stdlib.h>

/* Cells along a side, and the punctures of cell c: at[order[start[c + 1] .. start[c + 2])]. */
typedef struct cells {
  double side, size;
  int m;
  int *start, *order;
} cells;

static int cell_of(const cells *c, double x) {
  const int i = (int)floor(x / c->size);
  return i < 0 ? 0 : i < c->m ? i : c->m - 1;
}

static void sort_into(cells *c, int punctures, const taut_patch_puncture *at) {
  for (int i = 0; i < punctures; i++) c->start[cell_of(c, at[i].y) * c->m + cell_of(c, at[i].x) + 1]++;
  for (int i = 0; i <= c->m * c->m; i++) c->start[i + 1] += c->start[i];
  for (int i = punctures - 1; i >= 0; i--) {
    const int cell = cell_of(c, at[i].y) * c->m + cell_of(c, at[i].x);
    /* cells fill from their end, which then is their start */
    c->order[--c->start[cell + 1]] = i;
  }
}

/* Square of the distance to the nearest puncture of one cell, or `best`. */
static double search(const cells *c, int i, int j, const taut_patch_puncture *at, double x, double y, double best) {
  const int cell = ((j + c->m) % c->m) * c->m + (i + c->m) % c->m;
  for (int k = c->start[cell + 1]; k < c->start[cell + 2]; k++) {
    double dx = fabs(at[c->order[k]].x - x), dy = fabs(at[c->order[k]].y - y);
    dx = fmin(dx, c->side - dx);
    dy = fmin(dy, c->side - dy);
    best = fmin(best, dx * dx + dy * dy);
  }
  return best;
}

static double nearest(const cells *c, const taut_patch_puncture *at, double x, double y, double best) {
  const int i = cell_of(c, x), j = cell_of(c, y);
  for (int ring = 0; 2 * ring <= c->m; ring++) {
    /* what lies in this ring or beyond is at least ring - 1 cells away */
    const double least = (ring - 1) * c->size;
    if (ring > 0 && best <= least * least) break;
    for (int d = -ring; d <= ring; d++) {
      best = search(c, i + d, j - ring, at, x, y, best);
      if (ring > 0) best = search(c, i + d, j + ring, at, x, y, best);
    }
    for (int d = 1 - ring; d < ring; d++) {
      best = search(c, i - ring, j + d, at, x, y, best);
      best = search(c, i + ring, j + d, at, x, y, best);
    }
  }
  return best;
}

taut_err taut__map_distance(taut_context *context, double side, int n, int punctures, const taut_patch_puncture *at,
                            double *distance) {
  if (!punctures) return TAUT_OK;
  cells c = {.side = side, .m = (int)fmax(1, fmin(sqrt(punctures), n))};
  c.size = side / c.m;
  c.start = taut__alloc((size_t)c.m * (size_t)c.m + 2, sizeof *c.start);
  c.order = taut__alloc((size_t)punctures, sizeof *c.order);
  taut_err err = c.start && c.order ? TAUT_OK : taut__fail(context, TAUT_ERR_MEMORY, NULL, "no memory for maps");
  if (!err) {
    const double h = side / n;
    sort_into(&c, punctures, at);
    for (int j = 0; j < n; j++)
      for (int i = 0; i < n; i++) {
        double *d = &distance[(size_t)j * (size_t)n + (size_t)i];
        const double before = *d * *d, best = nearest(&c, at, (i + 0.5) * h, (j + 0.5) * h, before);
        if (best < before) *d = sqrt(best);
      }
  }
  free(c.start);
  free(c.order);
  return err;
}
