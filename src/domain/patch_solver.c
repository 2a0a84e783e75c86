#include "domain/patch_solver.h"
#include "domain/patch_kernels.h"
#include "domain/spectral.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

enum { MOST_ITERATIONS = 60 };
/* Residual, relative to the tolerance, that is round-off of an exact solution. */
static const double at_rest = 1e-7;

/* Sums of a tile: weighted squares, smallest value, points mended, losses. */
enum { SIZE, LEAST, MENDED, LOST, PARTS };

/* What a thread needs. */
typedef struct scratch {
  double *residual, *delta; /* a tile */
  double *sensitivity[2];   /* two rows and a point */
} scratch;

struct taut_patch_solver {
  taut_context *context;
  const taut_domain *domain;
  const taut_field_set *set;
  const taut_kernels *k;
  const taut_patch_kernels *pk;
  int n, count, tiles_per_plane;
  taut_solve way[TAUT_MAX_FIELDS];
  int first_plane[TAUT_MAX_FIELDS], planes[TAUT_MAX_FIELDS];
  taut_spectral *direct, *preconditioner;
  double *fx, *bx, *fy, *by, *fz, *bz; /* flux factors of one chemotactic field */
  double *from_south, *from_north, *edge_south,
      *edge_north;      /* rows beside the slab, and what is sent there: [planes][n] */
  double *signal_south; /* the signal's row before the slab */
  double *partial;      /* [tiles][PARTS] sums of tiles */
  int workers;
  scratch *scratch;
  taut_patch_solver_count counted;
  /* the present general solve, for the threads */
  int field, planes_now, first_now;
  double a;
  const double *L, *plane_loss;
  double supply;
  double *f, *u;
  const double *signal;
  const taut_patch_norm *norm;
};

/* ------------------------------------------------------------------------------------------------- making ---- */

static int largest_range(const taut_patch_solver *s, taut_solve way, bool chemotaxis) {
  int most = 0;
  for (int f = 0; f < s->set->n; f++)
    if (s->way[f] == way && (!chemotaxis || s->set->chemotaxis[f].signal >= 0) && s->planes[f] > most)
      most = s->planes[f];
  return most;
}

static void find_ways(taut_patch_solver *s) {
  const taut_points *points = &s->domain->points;
  for (int f = 0; f < s->set->n; f++) {
    int from, end;
    taut__layer_range(s->set->field[f].layers, &from, &end);
    s->first_plane[f] = points->layer_plane[from];
    s->planes[f] = points->layer_plane[end] - points->layer_plane[from];
    const bool moves = s->planes[f] > 0 && s->set->diffusion[f] > 0;
    s->way[f] = !moves                                                              ? TAUT_SOLVE_POINTWISE
                : s->set->field[f].layered_loss && s->set->chemotaxis[f].signal < 0 ? TAUT_SOLVE_LAYERED
                                                                                    : TAUT_SOLVE_GENERAL;
  }
}

static bool allocate(taut_patch_solver *s) {
  const size_t row = (size_t)s->n, plane = row * (size_t)s->count;
  const size_t fitted = (size_t)largest_range(s, TAUT_SOLVE_GENERAL, true);
  const size_t planes = (size_t)s->domain->points.planes;
  double **const store[] = {&s->fx,         &s->bx,         &s->fy,           &s->by,
                            &s->fz,         &s->bz,         &s->from_south,   &s->from_north,
                            &s->edge_south, &s->edge_north, &s->signal_south, &s->partial};
  const size_t need[] = {fitted * plane,         fitted * plane, fitted * (plane + row),
                         fitted * (plane + row), fitted * plane, fitted * plane,
                         planes * row,           planes * row,   planes * row,
                         planes * row,           planes * row,   planes * (size_t)s->tiles_per_plane * PARTS};
  for (size_t i = 0; i < sizeof store / sizeof *store; i++) {
    *store[i] = taut__alloc_doubles(need[i] + 1);
    if (!*store[i]) return false;
  }
  s->workers = taut__pool_threads(s->domain->patch.pool);
  s->scratch = taut__alloc((size_t)s->workers, sizeof *s->scratch);
  for (int i = 0; s->scratch && i < s->workers; i++) {
    scratch *w = &s->scratch[i];
    w->residual = taut__alloc_doubles(row * TAUT_TILE_ROWS);
    w->delta = taut__alloc_doubles(row * TAUT_TILE_ROWS);
    w->sensitivity[0] = taut__alloc_doubles(2 * row + 8);
    w->sensitivity[1] = taut__alloc_doubles(2 * row + 8);
    if (!w->residual || !w->delta || !w->sensitivity[0] || !w->sensitivity[1]) return false;
  }
  return s->scratch != NULL;
}

taut_err taut__patch_solver_create(taut_context *context, const taut_domain *domain, const taut_field_set *set,
                                   taut_patch_solver **out) {
  *out = NULL;
  if (domain->points.planes > TAUT_PATCH_PLANES)
    return taut__fail(context, TAUT_ERR_INPUT, NULL, "a patch of %d planes; expected at most %d", domain->points.planes,
                      TAUT_PATCH_PLANES);
  taut_patch_solver *s = taut__alloc(1, sizeof *s);
  if (!s) return taut__fail(context, TAUT_ERR_MEMORY, NULL, "no memory for a solver");
  s->context = context;
  s->domain = domain;
  s->set = set;
  s->k = domain->kernels;
  s->pk = taut__patch_kernels();
  s->n = domain->patch.n;
  s->count = domain->patch.y_count;
  s->tiles_per_plane = (s->count + TAUT_TILE_ROWS - 1) / TAUT_TILE_ROWS;
  find_ways(s);
  taut_err err = allocate(s) ? TAUT_OK
                             : taut__fail(context, TAUT_ERR_MEMORY, NULL, "no memory for the solver of %d points",
                                          domain->points.n);
  const int direct = largest_range(s, TAUT_SOLVE_LAYERED, false), other = largest_range(s, TAUT_SOLVE_GENERAL, false);
  if (!err && direct) err = taut__spectral_create(context, domain, direct, false, &s->direct);
  if (!err && other) err = taut__spectral_create(context, domain, other, true, &s->preconditioner);
  *out = s;
  if (err) taut__patch_solver_destroy(out);
  return err;
}

void taut__patch_solver_destroy(taut_patch_solver **solver) {
  if (!solver || !*solver) return;
  taut_patch_solver *s = *solver;
  taut__spectral_destroy(&s->direct);
  taut__spectral_destroy(&s->preconditioner);
  double *const store[] = {s->fx,         s->bx,         s->fy,         s->by,         s->fz,           s->bz,
                           s->from_south, s->from_north, s->edge_south, s->edge_north, s->signal_south, s->partial};
  for (size_t i = 0; i < sizeof store / sizeof *store; i++) free(store[i]);
  for (int i = 0; s->scratch && i < s->workers; i++) {
    free(s->scratch[i].residual);
    free(s->scratch[i].delta);
    free(s->scratch[i].sensitivity[0]);
    free(s->scratch[i].sensitivity[1]);
  }
  free(s->scratch);
  free(s);
  *solver = NULL;
}

taut_solve taut__patch_solver_way(const taut_patch_solver *solver, int field) {
  return solver->way[field];
}

taut_patch_solver_count taut__patch_solver_counted(const taut_patch_solver *solver) {
  return solver->counted;
}

void taut__patch_solver_keep(taut_patch_solver *s, taut_keeper *k) {
  taut__keep(k, "cell_solves", &s->counted, TAUT_KEPT_BYTE, sizeof s->counted);
}

size_t taut__patch_solver_bytes(const taut_field_set *set, const int rows[TAUT_LAYERS], int n, int count,
                                int processes) {
  int fitted = 0, direct = 0, other = 0, planes = 0;
  for (int l = 0; l < TAUT_LAYERS; l++) planes += rows[l];
  for (int f = 0; f < set->n; f++) {
    int from, end, own = 0;
    taut__layer_range(set->field[f].layers, &from, &end);
    for (int l = from; l < end; l++) own += rows[l];
    if (!(set->diffusion[f] > 0)) continue;
    const bool layered = set->field[f].layered_loss && set->chemotaxis[f].signal < 0;
    if (layered && own > direct) direct = own;
    if (!layered && own > other) other = own;
    if (set->chemotaxis[f].signal >= 0 && own > fitted) fitted = own;
  }
  const size_t plane = (size_t)n * (size_t)count;
  return sizeof(double) * (6 * (size_t)fitted * plane + 5 * (size_t)planes * (size_t)n) +
         taut__spectral_bytes(n, count, direct, processes, false) +
         taut__spectral_bytes(n, count, other, processes, true);
}

/* ------------------------------------------------------------------------------------------ layered fields ---- */

void taut__patch_layered_begin(taut_patch_solver *s, int field) {
  taut__spectral_begin(s->direct, s->first_plane[field], s->planes[field]);
}
void taut__patch_layered_forward(taut_patch_solver *s, int plane, int row, int rows, const double *f, int worker) {
  taut__spectral_forward(s->direct, plane, row, rows, f, worker);
}
void taut__patch_layered_finish(taut_patch_solver *s, int field, double a, const double *L) {
  taut__spectral_modes(s->direct, a, L, s->set->diffusion[field]);
}
void taut__patch_layered_backward(taut_patch_solver *s, int plane, int row, int rows, double *u, int worker) {
  taut__spectral_backward(s->direct, plane, row, rows, u, worker);
}

/* ------------------------------------------------------------------------------------------ general fields ---- */

/* Rows beside the slab of an array of the present field. */
static void exchange_edges(taut_patch_solver *s, const double *u) {
  const ptrdiff_t n = s->n, plane = n * s->count;
  for (ptrdiff_t k = 0; k < s->planes_now; k++) {
    memcpy(s->edge_south + k * n, u + k * plane, (size_t)n * sizeof *u);
    memcpy(s->edge_north + k * n, u + k * plane + (s->count - 1) * n, (size_t)n * sizeof *u);
  }
  taut__comm_ring(s->domain->patch.comm, s->planes_now * s->n, s->edge_south, s->edge_north, s->from_south,
                  s->from_north);
}

/* Where a tile lies: item = plane * tiles + tile, from the field's first plane. */
typedef struct tile {
  int plane, row, rows;
  ptrdiff_t at; /* first point, from the field's first */
} tile;

static tile tile_of(const taut_patch_solver *s, int item) {
  tile t = {.plane = item / s->tiles_per_plane, .row = item % s->tiles_per_plane * TAUT_TILE_ROWS};
  t.rows = s->count - t.row < TAUT_TILE_ROWS ? s->count - t.row : TAUT_TILE_ROWS;
  t.at = ((ptrdiff_t)t.plane * s->count + t.row) * s->n;
  return t;
}

/* Flux factors of one row: faces after each point in x, faces with the row before in y, faces with the plane below. */
static void fit_row(taut_patch_solver *s, int plane, int row, scratch *w) {
  const int n = s->n;
  const ptrdiff_t at = ((ptrdiff_t)plane * s->count + row) * n, size = (ptrdiff_t)n * s->count;
  const taut_chemotaxis *x = &s->set->chemotaxis[s->field];
  const double D = s->set->diffusion[s->field], h = s->domain->patch.spacing, g = D / (h * h), ratio = x->chi0 / D;
  const double *const signal = s->signal + at;
  double *const own = w->sensitivity[0], *const other = w->sensitivity[1];
  s->k->sensitivity(n, ratio, x->K, signal, own);
  /* x: the face after the last point leads to the first */
  own[n] = own[0];
  s->pk->faces(n - 1, own, signal, own + 1, signal + 1, g, s->fx + at, s->bx + at);
  s->pk->faces(1, own + n - 1, signal + n - 1, own, signal, g, s->fx + at + n - 1, s->bx + at + n - 1);
  /* y: row r of the factors is the face between rows r - 1 and r */
  const double *const south = row ? signal - n : s->signal_south + (ptrdiff_t)plane * n;
  const ptrdiff_t face = ((ptrdiff_t)plane * (s->count + 1) + row) * n;
  s->k->sensitivity(n, ratio, x->K, south, other);
  s->pk->faces(n, other, south, own, signal, g, s->fy + face, s->by + face);
  if (row == s->count - 1) {
    const double *const north = s->from_north + (ptrdiff_t)plane * n;
    s->k->sensitivity(n, ratio, x->K, north, other);
    s->pk->faces(n, own, signal, other, north, g, s->fy + face + n, s->by + face + n);
  }
  if (plane + 1 == s->planes_now) return;
  const double *z = s->domain->z + s->first_now + plane;
  s->k->sensitivity(n, ratio, x->K, signal + size, other);
  s->pk->faces(n, own, signal, other, signal + size, D / (0.5 * (z[2] - z[0])), s->fz + at, s->bz + at);
}

static void fit_tile(void *user, int item, int worker) {
  taut_patch_solver *s = user;
  const tile t = tile_of(s, item);
  for (int r = 0; r < t.rows; r++) fit_row(s, t.plane, t.row + r, &s->scratch[worker]);
}

/* The operator's row at plane and row of the slab. */
static taut_row row_of(const taut_patch_solver *s, int plane, int row, const double *nothing) {
  const int n = s->n;
  const ptrdiff_t at = ((ptrdiff_t)plane * s->count + row) * n, size = (ptrdiff_t)n * s->count;
  const bool top = plane == 0, bottom = plane + 1 == s->planes_now, fitted = s->signal != NULL;
  const double *z = s->domain->z + s->first_now + plane;
  const double D = s->set->diffusion[s->field], h = s->domain->patch.spacing, dz = z[1] - z[0];
  taut_row w = {.n = n, .a = s->a, .L = s->L + at, .u = s->u + at, .per_depth = 1 / dz};
  w.south = row ? w.u - n : s->from_south + (ptrdiff_t)plane * n;
  w.north = row + 1 < s->count ? w.u + n : s->from_north + (ptrdiff_t)plane * n;
  w.up = top ? w.u : w.u - size;
  w.down = bottom ? w.u : w.u + size;
  if (!fitted) {
    w.gx = D / (h * h);
    w.gu = top ? 0 : D / (0.5 * (z[1] - z[-1])) / dz;
    w.gd = bottom ? 0 : D / (0.5 * (z[2] - z[0])) / dz;
    return w;
  }
  const ptrdiff_t face = ((ptrdiff_t)plane * (s->count + 1) + row) * n;
  w.fx = s->fx + at;
  w.bx = s->bx + at;
  w.fs = s->fy + face;
  w.bs = s->by + face;
  w.fn = s->fy + face + n;
  w.bn = s->by + face + n;
  w.fu = top ? nothing : s->fz + at - size;
  w.bu = top ? nothing : s->bz + at - size;
  w.fd = bottom ? nothing : s->fz + at;
  w.bd = bottom ? nothing : s->bz + at;
  return w;
}

/* Residual of a tile into the preconditioner; its weighted size. */
static void residual_tile(void *user, int item, int worker) {
  taut_patch_solver *s = user;
  const tile t = tile_of(s, item);
  scratch *w = &s->scratch[worker];
  double *const nothing = w->sensitivity[0];
  memset(nothing, 0, (size_t)s->n * sizeof *nothing);
  for (int r = 0; r < t.rows; r++) {
    const taut_row row = row_of(s, t.plane, t.row + r, nothing);
    (s->signal ? s->pk->residual_fitted : s->pk->residual_plain)(&row, s->f + t.at + (ptrdiff_t)r * s->n,
                                                                 w->residual + (ptrdiff_t)r * s->n);
  }
  s->partial[PARTS * item + SIZE] =
      s->pk->weigh(t.rows * s->n, s->a, s->L + t.at, s->norm->floor, s->u + t.at, w->residual);
  taut__spectral_forward(s->preconditioner, s->first_now + t.plane, t.row, t.rows, w->residual, worker);
}

static void correct_tile(void *user, int item, int worker) {
  taut_patch_solver *s = user;
  const tile t = tile_of(s, item);
  scratch *w = &s->scratch[worker];
  taut__spectral_backward(s->preconditioner, s->first_now + t.plane, t.row, t.rows, w->delta, worker);
  double *sums = s->partial + PARTS * item;
  sums[SIZE] = s->pk->correct(t.rows * s->n, s->norm->floor, w->delta, s->u + t.at, &sums[LEAST]);
  sums[LOST] = s->pk->lost(t.rows * s->n, s->a, s->L + t.at, s->u + t.at);
}

/* Sums over tiles weighted by volume per area, over all processes: root of the mean over the volume of the field. */
static double norm_of_tiles(taut_patch_solver *s) {
  const taut_patch_grid *g = &s->domain->patch;
  double sum = 0, depth = 0;
  for (int k = 0; k < s->planes_now; k++) {
    const double dz = s->domain->z[s->first_now + k + 1] - s->domain->z[s->first_now + k];
    double plane = 0;
    for (int t = 0; t < s->tiles_per_plane; t++) plane += s->partial[PARTS * (k * s->tiles_per_plane + t) + SIZE];
    sum += dz * plane;
    depth += dz;
  }
  taut__comm_sum(g->comm, &sum, 1);
  return sqrt(sum / ((double)g->n * g->n * depth)) / s->norm->rtol;
}

static double least_of_tiles(taut_patch_solver *s) {
  double least = INFINITY;
  for (int i = 0; i < s->planes_now * s->tiles_per_plane; i++) least = fmin(least, s->partial[PARTS * i + LEAST]);
  taut__comm_min(s->domain->patch.comm, &least, 1);
  return least;
}

/* A point's own balance with its neighbours' values, none of them taken as negative. */
static double own_balance(const taut_row *w, int i, double f, bool fitted) {
  const int west = i ? i - 1 : w->n - 1, east = i + 1 < w->n ? i + 1 : 0;
  const double uw = fmax(w->u[west], 0), ue = fmax(w->u[east], 0), us = fmax(w->south[i], 0), un = fmax(w->north[i], 0);
  const double uu = fmax(w->up[i], 0), ud = fmax(w->down[i], 0);
  if (!fitted)
    return (f + w->gx * ((uw + ue) + (us + un)) + w->gu * uu + w->gd * ud) /
           (w->a + w->L[i] + 4 * w->gx + w->gu + w->gd);
  const double in =
      w->bx[i] * ue + w->fx[west] * uw + w->bn[i] * un + w->fs[i] * us + w->per_depth * (w->bd[i] * ud + w->fu[i] * uu);
  return (f + in) /
         (w->a + w->L[i] + w->fx[i] + w->bx[west] + w->fn[i] + w->bs[i] + w->per_depth * (w->fd[i] + w->bu[i]));
}

/* New values of the negative points of a tile, kept as -value - 1 in the right-hand side, which they no longer need. */
static void mend_tile(void *user, int item, int worker) {
  taut_patch_solver *s = user;
  const tile t = tile_of(s, item);
  double *const nothing = s->scratch[worker].sensitivity[0];
  memset(nothing, 0, (size_t)s->n * sizeof *nothing);
  double mended = 0;
  for (int r = 0; r < t.rows; r++) {
    const ptrdiff_t at = t.at + (ptrdiff_t)r * s->n;
    taut_row row = {0};
    for (int i = 0; i < s->n; i++) {
      if (!(s->u[at + i] < 0)) continue;
      if (!row.u) row = row_of(s, t.plane, t.row + r, nothing);
      s->f[at + i] = -1 - own_balance(&row, i, fmax(s->f[at + i], 0), s->signal != NULL);
      mended++;
    }
  }
  s->partial[PARTS * item + MENDED] = mended;
}

static void take_tile(void *user, int item) {
  taut_patch_solver *s = user;
  const tile t = tile_of(s, item);
  if (!(s->partial[PARTS * item + MENDED] > 0)) return;
  for (int i = 0; i < t.rows * s->n; i++)
    if (s->f[t.at + i] <= -1) s->u[t.at + i] = -1 - s->f[t.at + i];
}

/* What is lost, for the total balance. */
static void lost_tile(void *user, int item) {
  taut_patch_solver *s = user;
  const tile t = tile_of(s, item);
  s->partial[PARTS * item + LOST] = s->pk->lost(t.rows * s->n, s->a, s->L + t.at, s->u + t.at);
}

/* Integral of what is lost, over all processes, mm3 per mm2 of a point. */
static double lost_of_tiles(taut_patch_solver *s) {
  double sum = 0;
  for (int k = 0; k < s->planes_now; k++) {
    double plane = 0;
    for (int t = 0; t < s->tiles_per_plane; t++) plane += s->partial[PARTS * (k * s->tiles_per_plane + t) + LOST];
    sum += plane * (s->domain->z[s->first_now + k + 1] - s->domain->z[s->first_now + k]);
  }
  taut__comm_sum(s->domain->patch.comm, &sum, 1);
  return sum;
}

/* Flux factors of chemotaxis. */
static void prepare(taut_patch_solver *s, int items) {
  if (!s->signal) return;
  exchange_edges(s, s->signal);
  memcpy(s->signal_south, s->from_south, (size_t)s->planes_now * (size_t)s->n * sizeof *s->signal_south);
  taut__pool_run_workers(s->domain->patch.pool, items, fit_tile, s);
}

/* What is left of the error after corrections of sizes `before` and `now`: they shrink by about the same factor each. */
static double left(double before, double now) {
  const double factor = before > 0 ? now / before : 0.5;
  return factor < 1 ? now * factor / (1 - factor) : INFINITY;
}

/* At rest the guess is the solution to round-off; a guess of nothing for something that has just begun is not. */
static bool balanced(taut_patch_solver *s, int items) {
  taut__pool_run(s->domain->patch.pool, items, lost_tile, s);
  const double lost = s->domain->patch.spacing * s->domain->patch.spacing * lost_of_tiles(s);
  return fabs(lost - s->supply) <= 1e-12 * s->supply;
}

static taut_err iterate(taut_patch_solver *s, int items, double *least, bool *iterated) {
  taut_pool *pool = s->domain->patch.pool;
  double before = 0;
  *least = 0;
  *iterated = false;
  for (int i = 0; i < MOST_ITERATIONS; i++) {
    exchange_edges(s, s->u);
    taut__spectral_begin(s->preconditioner, s->first_now, s->planes_now);
    taut__pool_run_workers(pool, items, residual_tile, s);
    /* |A^-1 r| <= max |r / (a + L)|: rows of an M-matrix */
    const double bound = norm_of_tiles(s);
    if (i ? bound <= s->norm->tolerance : bound <= at_rest * s->norm->tolerance && balanced(s, items)) return TAUT_OK;
    taut__spectral_modes(s->preconditioner, s->a, s->plane_loss, s->set->diffusion[s->field]);
    taut__pool_run_workers(pool, items, correct_tile, s);
    s->counted.iterations++;
    *iterated = true;
    const double now = norm_of_tiles(s);
    *least = least_of_tiles(s);
    if (!isfinite(now)) break;
    if (left(before, now) <= s->norm->tolerance) return TAUT_OK;
    before = now;
  }
  return taut__fail(s->context, TAUT_ERR_NUMERICS, NULL,
                    "transport of %s does not converge: corrections of %g times the "
                    "allowed error after %d iterations",
                    s->set->field[s->field].name, before, MOST_ITERATIONS);
}

taut_err taut__patch_solve_general(taut_patch_solver *s, int field, double a, const double *L, double *f,
                                   const double *plane_loss, double supply, const double *signal,
                                   const taut_patch_norm *norm, double *u, double *scale) {
  taut_pool *pool = s->domain->patch.pool;
  s->field = field;
  s->planes_now = s->planes[field];
  s->first_now = s->first_plane[field];
  s->a = a;
  s->L = L;
  s->f = f;
  s->u = u;
  s->signal = s->set->chemotaxis[field].signal >= 0 ? signal : NULL;
  s->norm = norm;
  s->plane_loss = plane_loss;
  s->supply = supply;
  const int items = s->planes_now * s->tiles_per_plane;
  s->counted.solves++;
  prepare(s, items);
  double least;
  bool iterated;
  taut_err err = iterate(s, items, &least, &iterated);
  if (err) return err;
  if (least < 0) {
    exchange_edges(s, s->u);
    taut__pool_run_workers(pool, items, mend_tile, s);
    taut__pool_run(pool, items, take_tile, s);
    taut__pool_run(pool, items, lost_tile, s);
    for (int i = 0; i < items; i++) s->counted.mended += (long)s->partial[PARTS * i + MENDED];
  }
  /* no correction: nothing was summed, and nothing needs closing */
  const double lost = iterated ? lost_of_tiles(s) : 0, cell = s->domain->patch.spacing * s->domain->patch.spacing;
  *scale = lost > 0 ? supply / (cell * lost) : 1;
  /* within round-off of a closed balance nothing is touched, so that rest stays rest */
  if (fabs(*scale - 1) < 1e-13) *scale = 1;
  s->counted.closed = fmax(s->counted.closed, fabs(*scale - 1));
  return TAUT_OK;
}
