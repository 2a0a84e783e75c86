/* Injury of a session on a patch, plane by plane.
 *
 * A plane keeps, for every puncture that reaches it, the overlaps of its three discs (hole, needle, surroundings) with the
 * cells of a box around it, and sums of all punctures by point.  Sums over boxes are made in strips of rows, so that no
 * two threads write to one point and the order of additions is that of the punctures. */
#include "domain/domain.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

enum { SLICES = 16, STRIP = 8, BLOCK = 16, DISCS = 3 };
enum { HOLE, NEEDLE, SURROUND };
/* by point of a plane: clipped fractions, their parts that bled, factor that clips holes, share of a point pushed aside */
enum { H, A, H_BLED, A_BLED, CLIP, GONE, PLANES };

/* The box of one puncture: cells x .. x + width - 1 of the plane, in the images of the patch beside it too. */
typedef struct box {
  int puncture;
  int x, y, width, height;
  bool here; /* some of its rows belong to this process */
  size_t at; /* of its first cell in the stores */
} box;

struct taut_patch_damage {
  taut_context *context;
  const taut_domain *domain;
  taut_patch_punctures punctures;
  int planes, plane;
  box *box; /* [boxes] punctures that reach the plane */
  int boxes;
  double *store[DISCS]; /* fractions of the cells of all boxes: hole, annulus, surroundings */
  size_t room;
  double *value[PLANES];
  double *sum; /* of each box: room, and what leaves the hole by pool */
  int pools;   /* of the displacement in progress */
  double *const *pool;
};

/* ------------------------------------------------------------------------------------------------- life line ---- */

taut_err taut__patch_damage_create(taut_context *context, const taut_domain *domain,
                                   const taut_patch_punctures *punctures, taut_patch_damage **out) {
  *out = NULL;
  const size_t points = (size_t)domain->nr, n = (size_t)punctures->n;
  taut_patch_damage *d = taut__alloc(1, sizeof *d);
  if (d) {
    d->context = context;
    d->domain = domain;
    d->punctures = *punctures;
    d->box = taut__alloc(n, sizeof *d->box);
    d->sum = taut__alloc_doubles(n * (1 + TAUT_MAX_POOLS));
    d->value[0] = taut__alloc_doubles(PLANES * points);
  }
  taut_err err = d && d->box && d->sum && d->value[0] ? TAUT_OK : TAUT_ERR_MEMORY;
  if (err) err = taut__fail(context, err, NULL, "no memory for an injury of %d punctures", punctures->n);
  err = taut__comm_agree(domain->patch.comm, err);
  if (err) {
    taut__patch_damage_destroy(&d);
    return err;
  }
  for (int i = 1; i < PLANES; i++) d->value[i] = d->value[0] + (size_t)i * points;
  double deepest = 0;
  for (int j = 0; j < punctures->n; j++) deepest = fmax(deepest, punctures->at[j].depth);
  while (d->planes < domain->points.planes && domain->z[d->planes] < deepest) d->planes++;
  *out = d;
  return TAUT_OK;
}

void taut__patch_damage_destroy(taut_patch_damage **damage) {
  if (!damage || !*damage) return;
  for (int i = 0; i < DISCS; i++) free((*damage)->store[i]);
  free((*damage)->value[0]);
  free((*damage)->box);
  free((*damage)->sum);
  free(*damage);
  *damage = NULL;
}

int taut__patch_damage_planes(const taut_patch_damage *d) {
  return d->planes;
}

/* ------------------------------------------------------------------------------------------------- overlaps ---- */

static int wrapped(int i, int n) {
  const int r = i % n;
  return r < 0 ? r + n : r;
}

/* Row of this process' slab that shows row y of the boxes, -1: none. */
static int slab_row(const taut_patch_grid *g, int y) {
  const int row = wrapped(y, g->n) - g->y_first;
  return row >= 0 && row < g->y_count ? row : -1;
}

/* Adds the overlap of a disc about (cx, cy) with the cells of a box; all in cells. */
static void add_disc(const box *b, double cx, double cy, double r, double *cell) {
  for (int j = 0; j < b->height; j++) {
    const double lo = b->y + j - cy, hi = lo + 1;
    const double near = lo > 0 ? lo : hi < 0 ? -hi : 0, far = fmax(fabs(lo), fabs(hi));
    if (near >= r) continue;
    const double half = sqrt((r - near) * (r + near));
    int from = (int)floor(cx - half) - b->x, to = (int)floor(cx + half) - b->x;
    if (from < 0) from = 0;
    if (to >= b->width) to = b->width - 1;
    for (int i = from; i <= to; i++) {
      const double left = b->x + i - cx, right = left + 1, side = fmax(fabs(left), fabs(right));
      cell[(size_t)j * (size_t)b->width + (size_t)i] +=
          side * side + far * far <= r * r ? 1 : taut__disc_overlap(r, left, right, lo, hi);
    }
  }
}

/* Radii of a puncture in a slice of the plane, in cells; zeros where it does not reach. */
static void slice_radii(const taut_patch_damage *d, int puncture, int slice, double radius[DISCS]) {
  const taut_patch_punctures *s = &d->punctures;
  const double top = d->domain->z[d->plane], cells = 1 / d->domain->patch.spacing;
  const double z = top + (d->domain->z[d->plane + 1] - top) * (slice + 0.5) / SLICES;
  const bool reached = z < s->at[puncture].depth;
  const double hole = reached ? s->hole(s->user, puncture, z) : 0,
               needle = reached ? s->needle(s->user, puncture, z) : 0;
  radius[HOLE] = hole * cells;
  radius[NEEDLE] = fmax(hole, needle) * cells;
  radius[SURROUND] = fmax(hole, s->spread * needle) * cells;
}

/* The box that holds the discs of a puncture in all slices of the plane; false where it does not reach. */
static bool make_box(const taut_patch_damage *d, int puncture, box *b) {
  const taut_patch_puncture *at = &d->punctures.at[puncture];
  const taut_domain *domain = d->domain;
  double widest = 0;
  *b = (box){.puncture = puncture};
  for (int k = 0; k < SLICES; k++) {
    double radius[DISCS];
    slice_radii(d, puncture, k, radius);
    widest = fmax(widest, fmax(radius[NEEDLE], radius[SURROUND]));
  }
  if (!(widest > 0)) return false;
  widest *= domain->patch.spacing;
  b->x = (int)floor((at->x - widest) / domain->patch.spacing);
  b->y = (int)floor((at->y - widest) / domain->patch.spacing);
  b->width = (int)floor((at->x + widest) / domain->patch.spacing) - b->x + 1;
  b->height = (int)floor((at->y + widest) / domain->patch.spacing) - b->y + 1;
  for (int j = 0; j < b->height && !b->here; j++) b->here = slab_row(&domain->patch, b->y + j) >= 0;
  return true;
}

/* Fractions of the cells of some boxes. */
static void fill_boxes(void *user, int item) {
  taut_patch_damage *d = user;
  const double cells = 1 / d->domain->patch.spacing;
  for (int k = item * BLOCK; k < d->boxes && k < (item + 1) * BLOCK; k++) {
    const box *b = &d->box[k];
    if (!b->here) continue;
    const size_t n = (size_t)b->width * (size_t)b->height;
    const taut_patch_puncture *at = &d->punctures.at[b->puncture];
    for (int disc = 0; disc < DISCS; disc++) memset(d->store[disc] + b->at, 0, n * sizeof(double));
    for (int s = 0; s < SLICES; s++) {
      double radius[DISCS];
      slice_radii(d, b->puncture, s, radius);
      for (int disc = 0; disc < DISCS; disc++)
        if (radius[disc] > 0) add_disc(b, at->x * cells, at->y * cells, radius[disc], d->store[disc] + b->at);
    }
    double *hole = d->store[HOLE] + b->at, *rim = d->store[NEEDLE] + b->at, *ring = d->store[SURROUND] + b->at;
    for (size_t i = 0; i < n; i++) {
      rim[i] = fmax(0, rim[i] - hole[i]) / SLICES;
      ring[i] = fmax(0, ring[i] - hole[i]) / SLICES;
      hole[i] /= SLICES;
    }
  }
}

/* Calls `each` for every cell of the boxes that lies in the strip of rows `item` of the slab. */
typedef void cell_fn(taut_patch_damage *d, const box *b, size_t cell, int point);

static void walk_row(taut_patch_damage *d, const box *b, int j, int row, cell_fn *each) {
  const int n = d->domain->patch.n;
  int x = wrapped(b->x, n);
  size_t cell = b->at + (size_t)j * (size_t)b->width;
  for (int i = 0; i < b->width; i++, cell++) {
    each(d, b, cell, row * n + x);
    if (++x == n) x = 0;
  }
}

static void walk_strip(taut_patch_damage *d, int item, cell_fn *each) {
  for (int k = 0; k < d->boxes; k++) {
    const box *b = &d->box[k];
    for (int j = 0; b->here && j < b->height; j++) {
      const int row = slab_row(&d->domain->patch, b->y + j);
      if (row >= item * STRIP && row < (item + 1) * STRIP) walk_row(d, b, j, row, each);
    }
  }
}

/* Points of a strip of rows. */
static void strip_points(const taut_patch_damage *d, int item, int *from, int *to) {
  const taut_patch_grid *g = &d->domain->patch;
  const int end = (item + 1) * STRIP < g->y_count ? (item + 1) * STRIP : g->y_count;
  *from = item * STRIP * g->n;
  *to = end * g->n;
}

static void run_strips(taut_patch_damage *d, taut_pool_fn *fn) {
  taut__pool_run(d->domain->patch.pool, (d->domain->patch.y_count + STRIP - 1) / STRIP, fn, d);
}

static void run_boxes(taut_patch_damage *d, taut_pool_fn *fn) {
  if (d->boxes) taut__pool_run(d->domain->patch.pool, (d->boxes + BLOCK - 1) / BLOCK, fn, d);
}

/* --------------------------------------------------------------------------------------------------- a plane ---- */

static void add_cell(taut_patch_damage *d, const box *b, size_t cell, int point) {
  const double hole = d->store[HOLE][cell], rim = d->store[NEEDLE][cell];
  const double bleeding = d->punctures.at[b->puncture].bleeding;
  d->value[H][point] += hole;
  d->value[A][point] += rim;
  d->value[H_BLED][point] += hole * bleeding;
  d->value[A_BLED][point] += rim * bleeding;
}

static void add_up(void *user, int item) {
  taut_patch_damage *d = user;
  int from, to;
  strip_points(d, item, &from, &to);
  for (int v = 0; v < PLANES; v++) memset(d->value[v] + from, 0, (size_t)(to - from) * sizeof(double));
  walk_strip(d, item, add_cell);
  for (int i = from; i < to; i++) {
    double *h = &d->value[H][i], *a = &d->value[A][i];
    d->value[CLIP][i] = *h > 1 ? 1 / *h : 1;
    d->value[H_BLED][i] *= d->value[CLIP][i];
    *h = fmin(*h, 1);
    if (*a <= 1 - *h) continue;
    d->value[A_BLED][i] *= (1 - *h) / *a;
    *a = 1 - *h;
  }
}

taut_err taut__patch_damage_plane(taut_patch_damage *d, int plane) {
  d->plane = plane;
  d->boxes = 0;
  size_t need = 0;
  for (int j = 0; j < d->punctures.n; j++) {
    box *b = &d->box[d->boxes];
    if (!make_box(d, j, b)) continue;
    b->at = need;
    if (b->here) need += (size_t)b->width * (size_t)b->height;
    d->boxes++;
  }
  taut_err err = TAUT_OK;
  if (need > d->room) {
    for (int i = 0; i < DISCS; i++) {
      free(d->store[i]);
      d->store[i] = taut__alloc_doubles(need);
      if (!d->store[i]) err = TAUT_ERR_MEMORY;
    }
    d->room = err ? 0 : need;
    if (err) err = taut__fail(d->context, err, NULL, "no memory for the injury of a plane");
  }
  err = taut__comm_agree(d->domain->patch.comm, err);
  if (err) return err;
  run_boxes(d, fill_boxes);
  run_strips(d, add_up);
  return TAUT_OK;
}

taut_wounds taut__patch_damage_wounds(const taut_patch_damage *d) {
  return (taut_wounds){.first = d->domain->plane_start[d->plane],
                       .hole = d->value[H],
                       .annulus = d->value[A],
                       .hole_bled = d->value[H_BLED],
                       .annulus_bled = d->value[A_BLED]};
}

/* ---------------------------------------------------------------------------------------------- displacement ---- */

static double *sums(const taut_patch_damage *d, const box *b) {
  return d->sum + (b - d->box) * (1 + d->pools);
}

/* Share of a point that takes up what leaves the hole of a box: its surroundings where no other hole lies. */
static double takes(const taut_patch_damage *d, size_t cell, int point) {
  const double own = d->store[HOLE][cell] * d->value[CLIP][point], ring = d->store[SURROUND][cell];
  return own < 1 ? ring * (1 - d->value[H][point]) / (1 - own) : 0;
}

static void measure_cell(taut_patch_damage *d, const box *b, size_t cell, int point) {
  double *sum = sums(d, b);
  const double leaves = d->store[HOLE][cell] * d->value[CLIP][point];
  sum[0] += takes(d, cell, point);
  for (int f = 0; leaves > 0 && f < d->pools; f++) sum[1 + f] += leaves * d->pool[f][point];
}

/* What leaves the holes of some boxes, and the room around them. */
static void measure_boxes(void *user, int item) {
  taut_patch_damage *d = user;
  for (int k = item * BLOCK; k < d->boxes && k < (item + 1) * BLOCK; k++) {
    const box *b = &d->box[k];
    memset(sums(d, b), 0, (size_t)(1 + d->pools) * sizeof(double));
    for (int j = 0; b->here && j < b->height; j++) {
      const int row = slab_row(&d->domain->patch, b->y + j);
      if (row >= 0) walk_row(d, b, j, row, measure_cell);
    }
  }
}

static void take_cell(taut_patch_damage *d, const box *b, size_t cell, int point) {
  if (sums(d, b)[0] > 0) d->value[GONE][point] += d->store[HOLE][cell] * d->value[CLIP][point];
}

static void put_cell(taut_patch_damage *d, const box *b, size_t cell, int point) {
  const double *sum = sums(d, b), share = sum[0] > 0 ? takes(d, cell, point) / sum[0] : 0;
  for (int f = 0; share > 0 && f < d->pools; f++) d->pool[f][point] += sum[1 + f] * share;
}

static void move_strip(void *user, int item) {
  taut_patch_damage *d = user;
  int from, to;
  strip_points(d, item, &from, &to);
  memset(d->value[GONE] + from, 0, (size_t)(to - from) * sizeof(double));
  walk_strip(d, item, take_cell);
  for (int f = 0; f < d->pools; f++)
    for (int i = from; i < to; i++) d->pool[f][i] *= 1 - fmin(1, d->value[GONE][i]);
  walk_strip(d, item, put_cell);
}

void taut__patch_damage_displace(taut_patch_damage *d, int pools, double *const *pool) {
  if (!pools || !d->boxes) return;
  d->pools = pools;
  d->pool = pool;
  run_boxes(d, measure_boxes);
  /* all points of a plane have one volume, which cancels */
  taut__comm_sum(d->domain->patch.comm, d->sum, d->boxes * (1 + pools));
  run_strips(d, move_strip);
}
