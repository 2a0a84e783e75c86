/* Multigrid and splitting for the implicit systems of a patch (reference.h). */
#include "reference.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

enum { LEVELS = 16, COARSEST = 4, COARSEST_SWEEPS = 8 };

static void *must(void *p) {
  if (!p) abort();
  return p;
}

double bench_residual(const bench_layered *p, const double *f, const double *u) {
  const int n = p->n;
  const ptrdiff_t plane = (ptrdiff_t)n * n;
  const double side = p->D / (p->spacing * p->spacing);
  double worst = 0, size = 0;
  for (int k = 0; k < p->planes; k++) {
    const double dz = p->z[k + 1] - p->z[k];
    const double up = k ? p->D / (0.5 * (p->z[k + 1] - p->z[k - 1])) / dz : 0;
    const double down = k + 1 < p->planes ? p->D / (0.5 * (p->z[k + 2] - p->z[k])) / dz : 0;
    for (int y = 0; y < n; y++)
      for (int x = 0; x < n; x++) {
        const double *at = u + k * plane;
        const double own = at[y * n + x];
        double r = (p->a + p->L[k] + 4 * side + up + down) * own -
                   side * (at[y * n + (x + 1) % n] + at[y * n + (x + n - 1) % n] + at[(y + 1) % n * n + x] +
                           at[(y + n - 1) % n * n + x]);
        if (k) r -= up * at[y * n + x - plane];
        if (k + 1 < p->planes) r -= down * at[y * n + x + plane];
        const double given = f[k * plane + y * n + x];
        worst = fmax(worst, fabs(r - given));
        size = fmax(size, fabs(given));
      }
  }
  return worst / size;
}

/* -------------------------------------------------------------------------------------------------- multigrid ---- */

/* A row holds its even points, then its odd ones: columns of one colour and their neighbours are contiguous. */
typedef struct level {
  int n;
  double side;                          /* D/h^2 */
  double *u, *f, *r;                    /* [planes][n][2][n/2] */
  double *reciprocal, *lo, *up, *depth; /* [planes] elimination in z, the same for every column */
  double *lo_face, *up_face, *diagonal; /* [planes] */
} level;

struct bench_multigrid {
  bench_layered p;
  int levels;
  level level[LEVELS];
  double *column; /* [planes][n/2] */
};

static void make_level(const bench_layered *p, int n, double spacing, level *l) {
  const size_t planes = (size_t)p->planes, points = planes * (size_t)n * (size_t)n;
  l->n = n;
  l->side = p->D / (spacing * spacing);
  double **const big[] = {&l->u, &l->f, &l->r};
  for (int i = 0; i < 3; i++) *big[i] = must(taut__alloc_doubles(points));
  double **const small[] = {&l->reciprocal, &l->lo, &l->up, &l->depth, &l->lo_face, &l->up_face, &l->diagonal};
  for (int i = 0; i < 7; i++) *small[i] = must(taut__alloc_doubles(planes));
  for (int k = 0; k < p->planes; k++) {
    l->depth[k] = p->z[k + 1] - p->z[k];
    l->lo_face[k] = k ? p->D / (0.5 * (p->z[k + 1] - p->z[k - 1])) : 0;
    l->up_face[k] = k + 1 < p->planes ? p->D / (0.5 * (p->z[k + 2] - p->z[k])) : 0;
    l->diagonal[k] = l->depth[k] * (p->a + p->L[k] + 4 * l->side) + l->lo_face[k] + l->up_face[k];
    const double pivot = l->diagonal[k] - (k ? l->lo_face[k] * l->up[k - 1] : 0);
    l->reciprocal[k] = 1 / pivot;
    l->lo[k] = l->lo_face[k] / pivot;
    l->up[k] = l->up_face[k] / pivot;
  }
}

bench_multigrid *bench_multigrid_create(const bench_layered *p) {
  bench_multigrid *m = must(calloc(1, sizeof *m));
  m->p = *p;
  double spacing = p->spacing;
  for (int n = p->n; m->levels < LEVELS; n /= 2, spacing *= 2) {
    make_level(p, n, spacing, &m->level[m->levels++]);
    if (n % 4 || n / 2 < COARSEST) break;
  }
  m->column = must(taut__alloc_doubles((size_t)p->planes * (size_t)p->n));
  return m;
}

void bench_multigrid_destroy(bench_multigrid *m) {
  for (int i = 0; i < m->levels; i++) {
    level *l = &m->level[i];
    double *const all[] = {l->u,  l->f,     l->r,       l->reciprocal, l->lo,
                           l->up, l->depth, l->lo_face, l->up_face,    l->diagonal};
    for (size_t j = 0; j < sizeof all / sizeof *all; j++) free(all[j]);
  }
  free(m->column);
  free(m);
}

/* Half of a row: colour `odd` of row y of plane k. */
static double *half(const level *l, double *x, int k, int y, int odd) {
  return x + (((ptrdiff_t)k * l->n + (y + l->n) % l->n) * 2 + odd) * (l->n / 2);
}

/* out = sum of the four neighbours of the points of one half. */
static void neighbours(const level *l, int k, int y, int odd, double *restrict out) {
  const int m = l->n / 2;
  const double *south = half(l, l->u, k, y - 1, odd), *north = half(l, l->u, k, y + 1, odd);
  const double *other = half(l, l->u, k, y, !odd);
  const int shift = odd ? 1 : -1, wrap = odd ? m - 1 : 0;
  for (int i = 0; i < m; i++) out[i] = south[i] + north[i] + other[i];
  for (int i = odd ? 0 : 1; i < (odd ? m - 1 : m); i++) out[i] += other[i + shift];
  out[wrap] += other[odd ? 0 : m - 1];
}

/* Columns of one colour, each solved in z with its neighbours as they are. */
static void smooth(const level *l, int planes, int colour, double *column) {
  const int m = l->n / 2;
  for (int y = 0; y < l->n; y++) {
    const int odd = (y + colour) % 2;
    for (int k = 0; k < planes; k++) {
      double *restrict own = column + (ptrdiff_t)k * m;
      const double *restrict before = k ? own - m : own, *restrict f = half(l, l->f, k, y, odd);
      const double weight = l->depth[k] * l->reciprocal[k], side = l->side * weight, lo = l->lo[k];
      neighbours(l, k, y, odd, own);
      for (int i = 0; i < m; i++) own[i] = side * own[i] + weight * f[i];
      if (k)
        for (int i = 0; i < m; i++) own[i] += lo * before[i];
    }
    for (int k = planes - 1; k >= 0; k--) {
      double *restrict own = column + (ptrdiff_t)k * m, *restrict u = half(l, l->u, k, y, odd);
      if (k + 1 < planes)
        for (int i = 0; i < m; i++) own[i] += l->up[k] * own[i + m];
      memcpy(u, own, (size_t)m * sizeof *u);
    }
  }
}

/* Residual of the red points (the black ones have none after their sweep); returns its largest. */
static double residual(const level *l, int planes, double *around) {
  const int m = l->n / 2;
  double worst = 0;
  for (int k = 0; k < planes; k++)
    for (int y = 0; y < l->n; y++) {
      const int odd = y % 2;
      const double *u = half(l, l->u, k, y, odd), *f = half(l, l->f, k, y, odd);
      const double *above = k ? half(l, l->u, k - 1, y, odd) : u,
                   *below = k + 1 < planes ? half(l, l->u, k + 1, y, odd) : u;
      double *r = half(l, l->r, k, y, odd);
      const double per = 1 / l->depth[k], lo = l->lo_face[k] * per, up = l->up_face[k] * per,
                   own = l->diagonal[k] * per;
      neighbours(l, k, y, odd, around);
      for (int i = 0; i < m; i++) {
        r[i] = f[i] - own * u[i] + l->side * around[i] + lo * above[i] + up * below[i];
        worst = fmax(worst, fabs(r[i]));
      }
    }
  return worst;
}

/* Full weighting of the residual of the red points onto the coarser level, which starts from zero. */
static void restrict_to(const level *fine, const level *coarse, int planes) {
  const int m = fine->n / 2;
  memset(coarse->u, 0, (size_t)planes * (size_t)coarse->n * (size_t)coarse->n * sizeof(double));
  for (int k = 0; k < planes; k++)
    for (int y = 0; y < coarse->n; y++) {
      const double *own = half(fine, fine->r, k, 2 * y, 0);
      const double *south = half(fine, fine->r, k, 2 * y - 1, 1), *north = half(fine, fine->r, k, 2 * y + 1, 1);
      for (int i = 0; i < m; i++) {
        const int before = i ? i - 1 : m - 1;
        half(coarse, coarse->f, k, y, i % 2)[i / 2] =
            0.25 * own[i] + 0.0625 * (south[before] + south[i] + north[before] + north[i]);
      }
    }
}

/* Bilinear correction. */
static void prolong(const level *coarse, const level *fine, int planes, double *row) {
  const int m = fine->n / 2;
  for (int k = 0; k < planes; k++)
    for (int y = 0; y < fine->n; y++) {
      const int here = y / 2, next = y % 2 ? here + 1 : here;
      for (int i = 0; i < m; i++)
        row[i] =
            0.5 * (half(coarse, coarse->u, k, here, i % 2)[i / 2] + half(coarse, coarse->u, k, next, i % 2)[i / 2]);
      double *even = half(fine, fine->u, k, y, 0), *odd = half(fine, fine->u, k, y, 1);
      for (int i = 0; i < m; i++) {
        even[i] += row[i];
        odd[i] += 0.5 * (row[i] + row[i + 1 < m ? i + 1 : 0]);
      }
    }
}

static void cycle(bench_multigrid *m, int at) {
  const level *l = &m->level[at];
  const int planes = m->p.planes;
  if (at + 1 == m->levels) {
    for (int i = 0; i < COARSEST_SWEEPS; i++)
      for (int colour = 0; colour < 2; colour++) smooth(l, planes, colour, m->column);
    return;
  }
  for (int colour = 0; colour < 2; colour++) smooth(l, planes, colour, m->column);
  residual(l, planes, m->column);
  restrict_to(l, &m->level[at + 1], planes);
  cycle(m, at + 1);
  prolong(&m->level[at + 1], l, planes, m->column);
  for (int colour = 0; colour < 2; colour++) smooth(l, planes, colour, m->column);
}

/* Natural order to halves and back. */
static void reorder(const level *l, int planes, double *natural, double *halves, bool back) {
  const int n = l->n;
  for (ptrdiff_t row = 0; row < (ptrdiff_t)planes * n; row++)
    for (int i = 0; i < n; i++) {
      double *a = natural + row * n + i, *b = halves + row * n + (i % 2) * (n / 2) + i / 2;
      if (back)
        *a = *b;
      else
        *b = *a;
    }
}

int bench_multigrid_solve(bench_multigrid *m, const double *f, double *u, double reduction) {
  enum { MOST = 60 };
  const level *l = &m->level[0];
  const size_t points = (size_t)m->p.planes * (size_t)l->n * (size_t)l->n;
  double size = 0;
  for (size_t i = 0; i < points; i++) size = fmax(size, fabs(f[i]));
  memcpy(u, f, points * sizeof *u);
  reorder(l, m->p.planes, u, l->f, false);
  memset(l->u, 0, points * sizeof *l->u);
  int cycles = 0;
  do cycle(m, 0);
  while (++cycles < MOST && residual(l, m->p.planes, m->column) > reduction * size);
  reorder(l, m->p.planes, u, l->u, true);
  return cycles;
}

/* -------------------------------------------------------------------------------------------------- splitting ---- */

/* (w - c d2) v = w v_old along one direction, periodic, for `lanes` lines side by side: elimination with the formula of
 * Sherman and Morrison.  line: [3 n]. */
static void split_cyclic(int n, int lanes, ptrdiff_t along, ptrdiff_t across, double w, double c, double *v,
                         double *line) {
  double *reciprocal = line, *unit = line + n, *much = line + 2 * n;
  const double corner = -(w + 2 * c), first = w + 2 * c - corner, final = w + 2 * c - c * c / corner;
  for (int i = 0; i < n; i++) {
    const double diagonal = i == 0 ? first : i == n - 1 ? final : w + 2 * c;
    const double pivot = diagonal - (i ? c * c * reciprocal[i - 1] : 0);
    reciprocal[i] = 1 / pivot;
    unit[i] = ((i == 0 ? corner : i == n - 1 ? -c : 0) + (i ? c * unit[i - 1] : 0)) * reciprocal[i];
  }
  for (int i = n - 2; i >= 0; i--) unit[i] += c * reciprocal[i] * unit[i + 1];
  const double share = 1 / (1 + unit[0] - c / corner * unit[n - 1]);
  for (int j = 0; j < lanes; j++) v[j * across] *= w * reciprocal[0];
  for (int i = 1; i < n; i++)
    for (int j = 0; j < lanes; j++) {
      double *own = v + i * along + j * across;
      *own = (w * *own + c * own[-along]) * reciprocal[i];
    }
  for (int i = n - 2; i >= 0; i--)
    for (int j = 0; j < lanes; j++) v[i * along + j * across] += c * reciprocal[i] * v[(i + 1) * along + j * across];
  for (int j = 0; j < lanes; j++) much[j] = share * (v[j * across] - c / corner * v[(n - 1) * along + j * across]);
  for (int i = 0; i < n; i++)
    for (int j = 0; j < lanes; j++) v[i * along + j * across] -= much[j] * unit[i];
}

/* With s = a + L: (s - D d2/dz2) (1 - D/s d2/dy2) (1 - D/s d2/dx2) u = f. */
void bench_split(const bench_layered *p, const double *f, double *u) {
  const int n = p->n, planes = p->planes;
  const ptrdiff_t plane = (ptrdiff_t)n * n;
  double *line = must(taut__alloc_doubles(3 * (size_t)n + (size_t)planes)), *factor = line + 3 * n;
  memcpy(u, f, (size_t)planes * (size_t)plane * sizeof *u);
  const double c = p->D / (p->spacing * p->spacing);
  for (int k = 0; k < planes; k++) {
    const double s = p->a + p->L[k];
    for (int y = 0; y < n; y += 10) split_cyclic(n, n - y < 10 ? n - y : 10, 1, n, s, c, u + k * plane + y * n, line);
    split_cyclic(n, n, n, 1, s, c, u + k * plane, line);
    for (ptrdiff_t i = 0; i < plane; i++) u[k * plane + i] /= s;
  }
  for (int k = 0; k < planes; k++) {
    const double dz = p->z[k + 1] - p->z[k], s = p->a + p->L[k];
    const double up = k ? p->D / (0.5 * (p->z[k + 1] - p->z[k - 1])) : 0;
    const double down = k + 1 < planes ? p->D / (0.5 * (p->z[k + 2] - p->z[k])) : 0;
    const double pivot = dz * s + up + down - (k ? up * factor[k - 1] : 0);
    factor[k] = down / pivot;
    double *restrict own = u + k * plane;
    const double *restrict above = k ? own - plane : own;
    for (ptrdiff_t i = 0; i < plane; i++) own[i] = (dz * s * own[i] + (k ? up * above[i] : 0)) / pivot;
  }
  for (int k = planes - 2; k >= 0; k--)
    for (ptrdiff_t i = 0; i < plane; i++) u[k * plane + i] += factor[k] * u[(k + 1) * plane + i];
  free(line);
}
