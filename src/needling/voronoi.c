/* Voronoi cells, nearest neighbours and re-hits of a pattern (needling.md 3.5, 3.6).
 *
 * Each cell starts as a square around its hit and is cut by the bisectors with its neighbours, which are visited in
 * rings of a search grid until no further hit can reach the cell: linear in the number of hits.  In a periodic window
 * the search walks over the images of the window, in any number.
 */
#include "needling/needling.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

enum { MAX_CORNERS = 128, HITS_PER_BIN = 2 };

/** Hits sorted into square bins. */
typedef struct bins {
  const taut_hit *hits;
  double size, width; /**< of the window and of a bin */
  long side;          /**< bins along a side */
  bool periodic;
  long *start; /**< [side*side + 1] */
  long *hit;   /**< hits, bin after bin */
} bins;

static long bin_of(const bins *b, double x) {
  long i = (long)floor(x / b->width);
  return i < 0 ? 0 : i >= b->side ? b->side - 1 : i;
}

static void bins_free(bins *b) {
  free(b->start);
  free(b->hit);
  *b = (bins){0};
}

static taut_err bins_make(taut_context *context, const taut_hit *hits, long count, double size, bool periodic,
                          double least_width, bins *out) {
  long side = (long)floor(sqrt((double)count / HITS_PER_BIN));
  long widest = least_width > 0 ? (long)floor(fmin(size / least_width, 1e6)) : side;
  side = side < widest ? side : widest;
  if (side < 1) side = 1;
  *out = (bins){.hits = hits, .size = size, .side = side, .width = size / (double)side, .periodic = periodic};
  out->start = taut__alloc((size_t)(side * side + 1), sizeof *out->start);
  out->hit = taut__alloc((size_t)count, sizeof *out->hit);
  if (!out->start || !out->hit) {
    bins_free(out);
    return taut__fail(context, TAUT_ERR_MEMORY, NULL, "no memory to sort %ld hits", count);
  }
  for (long i = 0; i < count; i++) out->start[bin_of(out, hits[i].y) * side + bin_of(out, hits[i].x) + 1]++;
  for (long k = 0; k < side * side; k++) out->start[k + 1] += out->start[k];
  for (long i = count - 1; i >= 0; i--) { /* start[k + 1] walks down to start[k] */
    long k = bin_of(out, hits[i].y) * side + bin_of(out, hits[i].x);
    out->hit[--out->start[k + 1]] = i;
  }
  /* every start[k + 1] is now the start of bin k: shift back */
  memmove(out->start, out->start + 1, (size_t)(side * side) * sizeof *out->start);
  out->start[side * side] = count;
  return TAUT_OK;
}

static long wrap(long i, long n, long *turns) {
  long r = i % n;
  if (r < 0) r += n;
  *turns = (i - r) / n;
  return r;
}

/* ----------------------------------------------------------------------------------------------------- cells ---- */

/** A convex polygon around the origin. */
typedef struct polygon {
  int n;
  double x[MAX_CORNERS], y[MAX_CORNERS];
} polygon;

/** Keeps the part nearer to the origin than to (px, py).  False when there are too many corners. */
static bool cut(polygon *c, double px, double py) {
  polygon out;
  double half = 0.5 * (px * px + py * py), side[MAX_CORNERS], least = half;
  for (int i = 0; i < c->n; i++) {
    side[i] = half - c->x[i] * px - c->y[i] * py;
    least = fmin(least, side[i]);
  }
  if (least >= 0) return true;
  out.n = 0;
  for (int i = 0; i < c->n; i++) {
    int j = i + 1 < c->n ? i + 1 : 0;
    double a = side[i], b = side[j];
    if (out.n + 2 > MAX_CORNERS) return false;
    if (a >= 0) out.x[out.n] = c->x[i], out.y[out.n++] = c->y[i];
    if ((a < 0) != (b < 0)) {
      double t = a / (a - b);
      out.x[out.n] = c->x[i] + t * (c->x[j] - c->x[i]);
      out.y[out.n++] = c->y[i] + t * (c->y[j] - c->y[i]);
    }
  }
  c->n = out.n;
  memcpy(c->x, out.x, (size_t)out.n * sizeof *c->x);
  memcpy(c->y, out.y, (size_t)out.n * sizeof *c->y);
  return true;
}

static double polygon_area(const polygon *c) {
  double twice = 0;
  for (int i = 0; i < c->n; i++) {
    int j = i + 1 < c->n ? i + 1 : 0;
    twice += c->x[i] * c->y[j] - c->x[j] * c->y[i];
  }
  return 0.5 * twice;
}

/** Square of the largest distance of a corner from the origin. */
static double polygon_reach(const polygon *c) {
  double most = 0;
  for (int i = 0; i < c->n; i++) most = fmax(most, c->x[i] * c->x[i] + c->y[i] * c->y[i]);
  return most;
}

/** What the search around one hit has found. */
typedef struct neighbourhood {
  polygon cell;
  double reach2;   /**< square of the largest distance of a corner of the cell */
  double nearest2; /**< square of the distance of the nearest other hit */
  int coinciding;  /**< hits at this very place, itself included */
} neighbourhood;

static bool visit_bin(const bins *b, long self, long bx, long by, neighbourhood *found) {
  long tx = 0, ty = 0;
  if (b->periodic) {
    bx = wrap(bx, b->side, &tx);
    by = wrap(by, b->side, &ty);
  } else if (bx < 0 || by < 0 || bx >= b->side || by >= b->side) {
    return true;
  }
  const taut_hit *h = &b->hits[self];
  for (long k = b->start[by * b->side + bx]; k < b->start[by * b->side + bx + 1]; k++) {
    if (b->hit[k] == self && tx == 0 && ty == 0) continue;
    const taut_hit *other = &b->hits[b->hit[k]];
    double dx = other->x + (double)tx * b->size - h->x, dy = other->y + (double)ty * b->size - h->y;
    double d2 = dx * dx + dy * dy;
    found->nearest2 = fmin(found->nearest2, d2);
    if (d2 == 0) {
      found->coinciding++;
    } else if (d2 < 4 * found->reach2) { /* farther ones cannot reach the cell */
      if (!cut(&found->cell, dx, dy)) return false;
      found->reach2 = polygon_reach(&found->cell);
    }
  }
  return true;
}

/** The start of a cell: the window around the hit (periodic: its own images allow no more), or the window itself. */
static void first_cell(const bins *b, const taut_hit *h, polygon *c) {
  double s = b->size, x0 = -s / 2, x1 = s / 2, y0 = -s / 2, y1 = s / 2;
  if (!b->periodic) x0 = -h->x, x1 = s - h->x, y0 = -h->y, y1 = s - h->y;
  const double x[4] = {x0, x1, x1, x0}, y[4] = {y0, y0, y1, y1};
  c->n = 4;
  memcpy(c->x, x, sizeof x);
  memcpy(c->y, y, sizeof y);
}

static bool search(const bins *b, long self, neighbourhood *found) {
  const taut_hit *h = &b->hits[self];
  first_cell(b, h, &found->cell);
  found->reach2 = polygon_reach(&found->cell);
  found->nearest2 = INFINITY;
  found->coinciding = 1;
  long cx = bin_of(b, h->x), cy = bin_of(b, h->y);
  for (long ring = 0;; ring++) {
    for (long d = -ring; d <= ring; d++) {
      bool ok = visit_bin(b, self, cx + d, cy - ring, found);
      if (ok && ring > 0) ok = visit_bin(b, self, cx + d, cy + ring, found);
      if (ok && ring > 0 && d > -ring && d < ring)
        ok = visit_bin(b, self, cx - ring, cy + d, found) && visit_bin(b, self, cx + ring, cy + d, found);
      if (!ok) return false;
    }
    /* hits not yet seen are at least `ring` whole bins away */
    double unseen2 = (double)ring * b->width * (double)ring * b->width;
    bool all_seen = !b->periodic && ring >= b->side;
    if (all_seen || (unseen2 >= 4 * found->reach2 && unseen2 >= found->nearest2)) return true;
  }
}

taut_err taut__voronoi(taut_context *context, const taut_hit *hits, long count, double size, bool periodic,
                       double *area, double *nearest) {
  if (count < 1 || !(size > 0)) return taut__fail(context, TAUT_ERR_INPUT, NULL, "a pattern needs hits and a window");
  bins b;
  taut_err err = bins_make(context, hits, count, size, periodic, 0, &b);
  if (err) return err;
  for (long i = 0; i < count && !err; i++) {
    neighbourhood found;
    if (!search(&b, i, &found))
      err = taut__fail(context, TAUT_ERR_INTERNAL, NULL, "a Voronoi cell has more than %d corners", MAX_CORNERS - 2);
    if (area) area[i] = polygon_area(&found.cell) / found.coinciding;
    if (nearest) nearest[i] = sqrt(found.nearest2);
  }
  bins_free(&b);
  return err;
}

/* --------------------------------------------------------------------------------------------------- re-hits ---- */

static bool hole_within(const bins *b, const bool *rehit, long self, double radius) {
  const taut_hit *h = &b->hits[self];
  long cx = bin_of(b, h->x), cy = bin_of(b, h->y);
  for (long dy = -1; dy <= 1; dy++)
    for (long dx = -1; dx <= 1; dx++) {
      long tx = 0, ty = 0, bx = cx + dx, by = cy + dy;
      if (b->periodic) {
        bx = wrap(bx, b->side, &tx);
        by = wrap(by, b->side, &ty);
      } else if (bx < 0 || by < 0 || bx >= b->side || by >= b->side) {
        continue;
      }
      for (long k = b->start[by * b->side + bx]; k < b->start[by * b->side + bx + 1]; k++) {
        long other = b->hit[k];
        if (other >= self || rehit[other]) continue;
        double x = b->hits[other].x + (double)tx * b->size - h->x, y = b->hits[other].y + (double)ty * b->size - h->y;
        if (x * x + y * y < radius * radius) return true;
      }
    }
  return false;
}

taut_err taut__rehits(taut_context *context, const taut_hit *hits, long count, double size, bool periodic,
                      double radius, bool *rehit) {
  if (count < 1 || !(size > 0) || !(radius < size))
    return taut__fail(context, TAUT_ERR_INPUT, NULL, "re-hits need hits and a window wider than the hole");
  bins b; /* a bin at least as wide as the hole: its neighbours hold every hole in question */
  taut_err err = bins_make(context, hits, count, size, periodic, radius, &b);
  if (err) return err;
  for (long i = 0; i < count; i++) rehit[i] = hole_within(&b, rehit, i, radius);
  bins_free(&b);
  return TAUT_OK;
}

/* ------------------------------------------------------------------------------------------------ statistics ---- */

taut_err taut__pattern_measure(taut_context *context, const taut_hit *hits, long count, double size, bool periodic,
                               double rehit_radius, taut_pattern_statistics *out) {
  double *area = taut__alloc_doubles(count > 0 ? 2 * (size_t)count : 1);
  bool *rehit = taut__alloc(count > 0 ? (size_t)count : 1, sizeof *rehit);
  taut_err err = TAUT_OK;
  if (!area || !rehit) err = taut__fail(context, TAUT_ERR_MEMORY, NULL, "no memory to measure %ld hits", count);
  if (!err) err = taut__voronoi(context, hits, count, size, periodic, area, area + count);
  if (!err) err = taut__rehits(context, hits, count, size, periodic, rehit_radius, rehit);
  if (!err) {
    /* cells within some spacings of an open edge are cut off or lack neighbours */
    double margin = periodic ? 0 : fmin(3 * size / sqrt((double)count), size / 4), inner = size - 2 * margin;
    long n = 0, re = 0;
    double sum = 0, squares = 0, distance = 0;
    for (long i = 0; i < count; i++) {
      if (!periodic &&
          (hits[i].x < margin || hits[i].y < margin || hits[i].x >= size - margin || hits[i].y >= size - margin))
        continue;
      n++;
      re += rehit[i];
      sum += area[i];
      squares += area[i] * area[i];
      distance += area[count + i];
    }
    double mean = sum / (double)n;
    *out = (taut_pattern_statistics){.count = n,
                                     .density = (double)n / (inner * inner),
                                     .cv_area = sqrt(fmax(0, squares / (double)n / (mean * mean) - 1)),
                                     .nearest_mean = distance / (double)n,
                                     .rehit_share = (double)re / (double)n};
    if (n < 1) err = taut__fail(context, TAUT_ERR_INPUT, NULL, "the inner part of the window holds no hit");
  }
  free(area);
  free(rehit);
  return err;
}
