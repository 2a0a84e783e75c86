#include "domain/spectral.h"
#include "domain/transform.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

static const double pi = 3.14159265358979323846;

struct taut_spectral {
  const taut_domain *domain;
  const taut_transform_kernels *k;
  taut_transform *transform;
  int n, count, lines;        /* points in x; rows of this process; kx of a block */
  int blocks, first_own, own; /* blocks in all; of this process between the passes */
  int first, planes;          /* of the present solve */
  int processes, workers;
  size_t number;                    /* bytes of one row of one block */
  char *slab;                       /* [blocks][planes][count] numbers */
  char *range;                      /* [process][own][planes][its rows] numbers; one process: NULL */
  size_t *slab_start, *range_start; /* [processes + 1], bytes, of the present solve */
  char **scratch, **line;           /* of each worker; a block gathered from all processes */
  double *lambda_x, *lambda_y;      /* [blocks * lines]; [n] in the order of places */
  double *dz, *coupling;            /* [planes] of the present solve */
  taut_columns columns;
};

static int blocks_of(int n, int lines) {
  return (n / 2 + lines) / lines;
}

static size_t number_bytes(int lines, bool single) {
  return 2 * (size_t)lines * (single ? sizeof(float) : sizeof(double));
}

/* Aligned for vectors. */
static char *take(size_t bytes) {
  return (char *)taut__alloc_doubles(bytes / sizeof(double) + 1);
}

size_t taut__spectral_bytes(int n, int count, int planes, int processes, bool single) {
  const int lines = taut__transform_kernels(single)->lines;
  const size_t numbers = (size_t)blocks_of(n, lines) * (size_t)planes * (size_t)count;
  return numbers * number_bytes(lines, single) * (processes > 1 ? 2 : 1);
}

static bool allocate(taut_spectral *s, int planes) {
  const size_t n = (size_t)s->n, k = (size_t)planes, w = (size_t)s->workers, p = (size_t)s->processes;
  s->slab = take((size_t)s->blocks * k * (size_t)s->count * s->number);
  if (p > 1) s->range = take((size_t)s->own * k * n * s->number);
  s->slab_start = taut__alloc(p + 1, sizeof *s->slab_start);
  s->range_start = taut__alloc(p + 1, sizeof *s->range_start);
  s->lambda_x = taut__alloc_doubles((size_t)s->blocks * (size_t)s->lines);
  s->lambda_y = taut__alloc_doubles(n);
  s->dz = taut__alloc_doubles(k);
  s->coupling = taut__alloc_doubles(k);
  s->scratch = taut__alloc(w, sizeof *s->scratch);
  s->line = taut__alloc(w, sizeof *s->line);
  if (!s->slab || (p > 1 && !s->range) || !s->slab_start || !s->range_start || !s->lambda_x || !s->lambda_y || !s->dz ||
      !s->coupling || !s->scratch || !s->line)
    return false;
  for (size_t i = 0; i < w; i++) {
    s->scratch[i] = take(taut__transform_scratch(s->n, planes));
    s->line[i] = take(p > 1 ? k * n * s->number : 0);
    if (!s->scratch[i] || !s->line[i]) return false;
  }
  return true;
}

/* Eigenvalues of the second difference in x and y. */
static void fill_eigenvalues(taut_spectral *s) {
  for (int m = 0; m < s->n; m++) {
    const double root = 2 / s->domain->patch.spacing * sin(pi * m / s->n);
    s->lambda_y[s->transform->place[m]] = root * root;
  }
  for (int i = 0; i < s->blocks * s->lines; i++)
    s->lambda_x[i] = s->lambda_y[s->transform->place[i < s->n / 2 ? i : s->n / 2]];
}

taut_err taut__spectral_create(taut_context *context, const taut_domain *domain, int planes, bool single,
                               taut_spectral **out) {
  *out = NULL;
  taut_spectral *s = taut__alloc(1, sizeof *s);
  if (!s) return taut__fail(context, TAUT_ERR_MEMORY, NULL, "no memory for transforms");
  const taut_patch_grid *g = &domain->patch;
  s->domain = domain;
  s->k = taut__transform_kernels(single);
  s->n = g->n;
  s->count = g->y_count;
  s->lines = s->k->lines;
  s->number = number_bytes(s->lines, single);
  s->blocks = blocks_of(s->n, s->lines);
  s->processes = taut__comm_size(g->comm);
  taut__patch_rows(s->blocks, taut__comm_rank(g->comm), s->processes, &s->first_own, &s->own);
  s->workers = taut__pool_threads(g->pool);
  taut_err err = taut__transform_create(context, s->n, &s->transform);
  if (!err && !allocate(s, planes))
    err = taut__fail(context, TAUT_ERR_MEMORY, NULL, "no memory for transforms of %d x %d points", s->n, s->count);
  if (err) {
    taut__spectral_destroy(&s);
    return err;
  }
  fill_eigenvalues(s);
  *out = s;
  return TAUT_OK;
}

void taut__spectral_destroy(taut_spectral **spectral) {
  if (!spectral || !*spectral) return;
  taut_spectral *s = *spectral;
  for (int i = 0; i < s->workers; i++) {
    if (s->scratch) free(s->scratch[i]);
    if (s->line) free(s->line[i]);
  }
  free(s->scratch);
  free(s->line);
  free(s->slab);
  free(s->range);
  free(s->slab_start);
  free(s->range_start);
  free(s->lambda_x);
  free(s->lambda_y);
  free(s->dz);
  free(s->coupling);
  taut__transform_destroy(&s->transform);
  free(s);
  *spectral = NULL;
}

void taut__spectral_begin(taut_spectral *s, int first, int planes) {
  s->first = first;
  s->planes = planes;
  const double *z = s->domain->z + first;
  for (int k = 0; k < planes; k++) {
    s->dz[k] = z[k + 1] - z[k];
    s->coupling[k] = k + 1 < planes ? 1 / (0.5 * (z[k + 2] - z[k])) : 0;
  }
  const size_t size = s->number * (size_t)planes;
  for (int r = 0; r < s->processes; r++) {
    int block, own, row, rows;
    taut__patch_rows(s->blocks, r, s->processes, &block, &own);
    taut__patch_rows(s->n, r, s->processes, &row, &rows);
    s->slab_start[r + 1] = (size_t)(block + own) * size * (size_t)s->count;
    s->range_start[r + 1] = (size_t)(row + rows) * size * (size_t)s->own;
  }
}

/* Bytes from one block of the slab to the next; to a row of a plane. */
static ptrdiff_t stride_of(const taut_spectral *s) {
  return (ptrdiff_t)s->number * s->planes * s->count;
}

static char *modes_at(const taut_spectral *s, int plane, int row) {
  return s->slab + ((ptrdiff_t)(plane - s->first) * s->count + row) * (ptrdiff_t)s->number;
}

void taut__spectral_forward(taut_spectral *s, int plane, int row, int rows, const double *f, int worker) {
  for (int at = 0; at < rows; at += 2 * s->lines) {
    const int now = rows - at < 2 * s->lines ? rows - at : 2 * s->lines;
    s->k->forward(s->transform, now, f + (ptrdiff_t)at * s->n, modes_at(s, plane, row + at), stride_of(s),
                  s->scratch[worker]);
  }
}

void taut__spectral_backward(taut_spectral *s, int plane, int row, int rows, double *u, int worker) {
  for (int at = 0; at < rows; at += 2 * s->lines) {
    const int now = rows - at < 2 * s->lines ? rows - at : 2 * s->lines;
    s->k->backward(s->transform, now, modes_at(s, plane, row + at), stride_of(s), u + (ptrdiff_t)at * s->n,
                   s->scratch[worker]);
  }
}

/* Copies block b between the pieces of all processes and one line [planes][n]. */
static void move_line(const taut_spectral *s, int b, char *line, bool gather) {
  char *piece = s->range;
  for (int r = 0; r < s->processes; r++) {
    int row, rows;
    taut__patch_rows(s->n, r, s->processes, &row, &rows);
    const size_t size = (size_t)rows * s->number;
    char *part = piece + (size_t)b * (size_t)s->planes * size;
    for (int k = 0; k < s->planes; k++, part += size) {
      char *const own = line + ((size_t)k * (size_t)s->n + (size_t)row) * s->number;
      memcpy(gather ? own : part, gather ? part : own, size);
    }
    piece += (size_t)s->own * (size_t)s->planes * size;
  }
}

static void solve_block(void *user, int b, int worker) {
  const taut_spectral *s = user;
  taut_columns columns = s->columns;
  columns.lambda_x = s->lambda_x + (ptrdiff_t)(s->first_own + b) * s->lines;
  if (s->processes == 1) {
    s->k->solve(s->transform, &columns, s->slab + b * stride_of(s), s->scratch[worker]);
    return;
  }
  move_line(s, b, s->line[worker], true);
  s->k->solve(s->transform, &columns, s->line[worker], s->scratch[worker]);
  move_line(s, b, s->line[worker], false);
}

void taut__spectral_modes(taut_spectral *s, double a, const double *L, double D) {
  taut_comm *comm = s->domain->patch.comm;
  /* spectra come out twice as large as they are, and there and back a line of n grows n-fold, in x and in y */
  s->columns = (taut_columns){.planes = s->planes,
                              .a = a,
                              .D = D,
                              .scale = 0.5 / s->n / s->n,
                              .L = L,
                              .dz = s->dz,
                              .coupling = s->coupling,
                              .lambda_y = s->lambda_y};
  if (s->processes > 1) taut__comm_exchange(comm, s->slab, s->slab_start, s->range, s->range_start);
  taut__pool_run_workers(s->domain->patch.pool, s->own, solve_block, s);
  if (s->processes > 1) taut__comm_exchange(comm, s->range, s->range_start, s->slab, s->slab_start);
}
