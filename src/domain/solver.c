#include "domain/solver.h"

#include <gsl/gsl_eigen.h>
#include <gsl/gsl_errno.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

static const double pi = 3.14159265358979323846;

/* Up to TAUT_LANES general fields factorised side by side on the planes they share. */
typedef struct batch {
  int lanes, field[TAUT_LANES];
  int first, n; /* points */
  taut_band band;
  taut_stencil stencil;
} batch;

struct taut_solver {
  const taut_domain *domain;
  const taut_field_set *set;
  const taut_kernels *k;
  int nr, planes, mp;
  taut_solve way[TAUT_MAX_FIELDS];
  int lane_batch[TAUT_MAX_FIELDS], lane[TAUT_MAX_FIELDS];
  int first[TAUT_MAX_FIELDS], count[TAUT_MAX_FIELDS];
  /* faces, D = 1: conductance to the right neighbour and to the plane below */
  double *right, *below;
  /* radial eigenvectors: forward [nr][mp] = A_i phi_im, back [mp][mp] = phi_im, eigenvalues [mp] */
  double *forward, *back, *lambda, *dz, *coupling;
  double *modes, *work, *plane_loss;
  /* general */
  int batches;
  batch *b;
  batch spare; /* one field, other coefficients */
  double *sens, *flux[4], *conductance, *lanes_rhs;
  long replaced;
};

static void face_conductances(taut_solver *s) {
  const taut_domain *d = s->domain;
  for (int k = 0; k < s->planes; k++)
    for (int i = 0; i < s->nr; i++) {
      const int p = k * s->nr + i;
      const double dz = d->z[k + 1] - d->z[k];
      if (i + 1 < s->nr) s->right[p] = 2 * pi * d->r[i + 1] * dz / (0.5 * (d->r[i + 2] - d->r[i]));
      if (k + 1 < s->planes)
        s->below[p] = pi * (d->r[i + 1] * d->r[i + 1] - d->r[i] * d->r[i]) / (0.5 * (d->z[k + 2] - d->z[k]));
    }
}

/* Eigenvectors of the radial operator, A-orthonormal: K phi = lambda A phi. */
static taut_err radial_modes(taut_context *context, taut_solver *s) {
  const int n = s->nr;
  const double *r = s->domain->r;
  /* GSL's own handler would end the program */
  gsl_error_handler_t *const handler = gsl_set_error_handler_off();
  gsl_matrix *m = gsl_matrix_calloc((size_t)n, (size_t)n), *v = gsl_matrix_alloc((size_t)n, (size_t)n);
  gsl_vector *e = gsl_vector_alloc((size_t)n);
  gsl_eigen_symmv_workspace *w = gsl_eigen_symmv_alloc((size_t)n);
  taut_err err = TAUT_OK;
  if (!m || !v || !e || !w) {
    err = taut__fail(context, TAUT_ERR_MEMORY, NULL, "no memory for radial modes");
  } else {
    for (int i = 0; i + 1 < n; i++) {
      const double g = 2 * pi * r[i + 1] / (0.5 * (r[i + 2] - r[i]));
      const double a = sqrt(pi * (r[i + 1] * r[i + 1] - r[i] * r[i]));
      const double b = sqrt(pi * (r[i + 2] * r[i + 2] - r[i + 1] * r[i + 1]));
      const size_t at = (size_t)i;
      *gsl_matrix_ptr(m, at, at) += g / (a * a);
      *gsl_matrix_ptr(m, at + 1, at + 1) += g / (b * b);
      *gsl_matrix_ptr(m, at, at + 1) = *gsl_matrix_ptr(m, at + 1, at) = -g / (a * b);
    }
    gsl_eigen_symmv(m, e, v, w);
    gsl_eigen_symmv_sort(e, v, GSL_EIGEN_SORT_VAL_ASC);
    const double total = sqrt(pi) * r[n];
    for (int j = 0; j < n; j++) {
      s->lambda[j] = j ? gsl_vector_get(e, (size_t)j) : 0; /* the constant mode is known exactly */
      for (int i = 0; i < n; i++) {
        const double area = pi * (r[i + 1] * r[i + 1] - r[i] * r[i]);
        const double phi = j ? gsl_matrix_get(v, (size_t)i, (size_t)j) / sqrt(area) : 1 / total;
        s->forward[i * s->mp + j] = area * phi;
        s->back[j * s->mp + i] = phi;
      }
    }
  }
  if (w) gsl_eigen_symmv_free(w);
  if (e) gsl_vector_free(e);
  if (v) gsl_matrix_free(v);
  if (m) gsl_matrix_free(m);
  gsl_set_error_handler(handler);
  return err;
}

static bool batch_allocate(batch *b, int nr) {
  b->band.n = b->n;
  b->band.b = nr;
  b->band.row = taut__alloc_doubles((size_t)b->n * (size_t)(2 * nr + 4) * TAUT_LANES);
  b->band.inverse = taut__alloc_doubles((size_t)b->n * TAUT_LANES);
  b->stencil.entry = taut__alloc_doubles((size_t)b->n * 5 * TAUT_LANES);
  return b->band.row && b->band.inverse && b->stencil.entry;
}

static void batch_free(batch *b) {
  free(b->band.row);
  free(b->band.inverse);
  free(b->stencil.entry);
}

static bool make_batches(taut_solver *s) {
  int general = 0;
  for (int f = 0; f < s->set->n; f++) general += s->way[f] == TAUT_SOLVE_GENERAL;
  s->batches = (general + TAUT_LANES - 1) / TAUT_LANES;
  s->b = taut__alloc((size_t)s->batches + 1, sizeof *s->b);
  if (!s->b) return false;
  int at = 0, end[TAUT_MAX_FIELDS] = {0};
  for (int f = 0; f < s->set->n; f++) {
    if (s->way[f] != TAUT_SOLVE_GENERAL) continue;
    batch *b = &s->b[at / TAUT_LANES];
    s->lane_batch[f] = at / TAUT_LANES;
    s->lane[f] = b->lanes;
    b->field[b->lanes++] = f;
    if (b->lanes == 1 || s->first[f] < b->first) b->first = s->first[f];
    if (s->first[f] + s->count[f] > end[at / TAUT_LANES]) end[at / TAUT_LANES] = s->first[f] + s->count[f];
    at++;
  }
  for (int i = 0; i < s->batches; i++) {
    s->b[i].n = end[i] - s->b[i].first;
    if (!batch_allocate(&s->b[i], s->nr)) return false;
  }
  /* the spare must hold any transported field */
  s->spare.n = s->domain->points.n;
  return batch_allocate(&s->spare, s->nr);
}

taut_err taut__solver_create(taut_context *context, const taut_domain *domain, const taut_field_set *set,
                             taut_solver **out) {
  taut_solver *s = taut__alloc(1, sizeof *s);
  if (!s) return taut__fail(context, TAUT_ERR_MEMORY, NULL, "no memory for a solver");
  s->domain = domain;
  s->set = set;
  s->k = domain->kernels;
  s->nr = domain->nr;
  s->planes = domain->points.planes;
  s->mp = (s->nr + TAUT_LANES - 1) / TAUT_LANES * TAUT_LANES;
  for (int f = 0; f < set->n; f++) {
    taut__field_points(&set->field[f], &domain->points, &s->first[f], &s->count[f]);
    const bool moves = domain->points.n > 1 && s->count[f] > 0 && set->diffusion[f] > 0;
    s->way[f] = !moves                                                        ? TAUT_SOLVE_POINTWISE
                : set->field[f].layered_loss && set->chemotaxis[f].signal < 0 ? TAUT_SOLVE_LAYERED
                                                                              : TAUT_SOLVE_GENERAL;
  }
  *out = s;
  if (domain->points.n == 1) return TAUT_OK;
  const size_t n = (size_t)domain->points.n, mp = (size_t)s->mp, planes = (size_t)s->planes;
  s->right = taut__alloc_doubles(n);
  s->below = taut__alloc_doubles(n);
  s->forward = taut__alloc_doubles((size_t)s->nr * mp);
  s->back = taut__alloc_doubles(mp * mp);
  s->lambda = taut__alloc_doubles(mp);
  s->dz = taut__alloc_doubles(planes);
  s->coupling = taut__alloc_doubles(planes);
  s->modes = taut__alloc_doubles(2 * planes * mp);
  s->work = taut__alloc_doubles(planes * mp);
  s->plane_loss = taut__alloc_doubles(planes);
  s->sens = taut__alloc_doubles(n);
  for (int i = 0; i < 4; i++) s->flux[i] = taut__alloc_doubles(n);
  s->conductance = taut__alloc_doubles(2 * n);
  s->lanes_rhs = taut__alloc_doubles(n * TAUT_LANES);
  bool ok = s->right && s->below && s->forward && s->back && s->lambda && s->dz && s->coupling && s->modes && s->work &&
            s->plane_loss && s->sens && s->flux[0] && s->flux[1] && s->flux[2] && s->flux[3] && s->conductance &&
            s->lanes_rhs && make_batches(s);
  taut_err err = ok ? radial_modes(context, s) : taut__fail(context, TAUT_ERR_MEMORY, NULL, "no memory for a solver");
  if (err) {
    taut__solver_destroy(out);
    return err;
  }
  face_conductances(s);
  for (int k = 0; k < s->planes; k++) {
    s->dz[k] = domain->z[k + 1] - domain->z[k];
    if (k + 1 < s->planes) s->coupling[k] = 1 / (0.5 * (domain->z[k + 2] - domain->z[k]));
  }
  return TAUT_OK;
}

void taut__solver_destroy(taut_solver **solver) {
  if (!solver || !*solver) return;
  taut_solver *s = *solver;
  double *const arrays[] = {s->right,    s->below,   s->forward, s->back,        s->lambda,   s->dz,
                            s->coupling, s->modes,   s->work,    s->plane_loss,  s->sens,     s->flux[0],
                            s->flux[1],  s->flux[2], s->flux[3], s->conductance, s->lanes_rhs};
  for (size_t i = 0; i < sizeof arrays / sizeof *arrays; i++) free(arrays[i]);
  for (int i = 0; s->b && i < s->batches; i++) batch_free(&s->b[i]);
  free(s->b);
  batch_free(&s->spare);
  free(s);
  *solver = NULL;
}

taut_solve taut__solver_way(const taut_solver *solver, int field) {
  return solver->way[field];
}

long taut__solver_replaced(const taut_solver *solver) {
  return solver->replaced;
}

/* Writes field f's operator (volume-weighted) into one lane; points of the batch outside the field get the identity. */
static void assemble(taut_solver *s, batch *b, int lane, int f, double a, const double *L, const double *signal) {
  const int n = s->count[f], nr = s->nr, first = s->first[f];
  const double D = s->set->diffusion[f];
  const double *volume = s->domain->volume + first;
  double *fr = s->flux[0], *br = s->flux[1], *fz = s->flux[2], *bz = s->flux[3];
  double *gr = s->conductance, *gz = s->conductance + s->domain->points.n;
  for (int p = 0; p < n; p++) gr[p] = D * s->right[first + p];
  for (int p = 0; p < n - nr; p++) gz[p] = D * s->below[first + p];
  const taut_chemotaxis *x = &s->set->chemotaxis[f];
  if (x->signal >= 0) {
    s->k->sensitivity(n, x->chi0 / D, x->K, signal, s->sens);
    s->k->fluxes(n - 1, 1, s->sens, signal, gr, fr, br);
    s->k->fluxes(n - nr, nr, s->sens, signal, gz, fz, bz);
  } else {
    memcpy(fr, gr, (size_t)n * sizeof *fr);
    memcpy(br, gr, (size_t)n * sizeof *br);
    memcpy(fz, gz, (size_t)(n - nr) * sizeof *fz);
    memcpy(bz, gz, (size_t)(n - nr) * sizeof *bz);
  }
  double *entry = b->stencil.entry + lane;
  const int before = first - b->first;
  for (int p = 0; p < b->n; p++) {
    double *e = entry + (ptrdiff_t)p * 5 * TAUT_LANES;
    const int q = p - before;
    double up = 0, left = 0, diagonal = 1, right = 0, down = 0;
    if (q >= 0 && q < n) {
      diagonal = volume[q] * (a + L[q]);
      if (q >= 1) {
        left = -fr[q - 1];
        diagonal += br[q - 1];
      }
      if (q < n - 1) {
        right = -br[q];
        diagonal += fr[q];
      }
      if (q >= nr) {
        up = -fz[q - nr];
        diagonal += bz[q - nr];
      }
      if (q < n - nr) {
        down = -bz[q];
        diagonal += fz[q];
      }
    }
    e[0] = up;
    e[TAUT_LANES] = left;
    e[2 * TAUT_LANES] = diagonal;
    e[3 * TAUT_LANES] = right;
    e[4 * TAUT_LANES] = down;
  }
}

/* The signal of field f, seen from f's first point (a signal lives wherever its followers do). */
static const double *signal_of(const taut_solver *s, int f, const double *const *u) {
  const int signal = s->set->chemotaxis[f].signal;
  return signal < 0 ? NULL : u[signal] + (s->first[f] - s->first[signal]);
}

void taut__solver_prepare(taut_solver *solver, double a, const double *const *L, const double *const *u) {
  for (int i = 0; i < solver->batches; i++) {
    batch *b = &solver->b[i];
    for (int lane = 0; lane < TAUT_LANES; lane++) {
      const int f = b->field[lane < b->lanes ? lane : 0]; /* unused lanes repeat the first field */
      assemble(solver, b, lane, f, a, L[f], signal_of(solver, f, u));
    }
    solver->k->factor(&b->band, &b->stencil);
  }
}

static void gather(const taut_solver *s, const batch *b, int lane, int f, const double *rhs, double *lanes) {
  const double *volume = s->domain->volume + s->first[f];
  double *x = lanes + (ptrdiff_t)(s->first[f] - b->first) * TAUT_LANES + lane;
  for (int p = 0; p < s->count[f]; p++) x[(ptrdiff_t)p * TAUT_LANES] = volume[p] * rhs[p];
}

static void scatter(const taut_solver *s, const batch *b, int lane, int f, const double *lanes, double *u) {
  const double *x = lanes + (ptrdiff_t)(s->first[f] - b->first) * TAUT_LANES + lane;
  for (int p = 0; p < s->count[f]; p++) u[p] = x[(ptrdiff_t)p * TAUT_LANES];
}

static void solve_general(taut_solver *s, int batch_index, int count, const int *field, const double *const *rhs,
                          double *const *x) {
  batch *b = &s->b[batch_index];
  memset(s->lanes_rhs, 0, (size_t)b->n * TAUT_LANES * sizeof *s->lanes_rhs);
  bool any = false;
  for (int i = 0; i < count; i++) {
    const int f = field[i];
    if (s->way[f] != TAUT_SOLVE_GENERAL || s->lane_batch[f] != batch_index) continue;
    gather(s, b, s->lane[f], f, rhs[f], s->lanes_rhs);
    any = true;
  }
  if (!any) return;
  s->k->substitute(&b->band, s->lanes_rhs);
  for (int i = 0; i < count; i++) {
    const int f = field[i];
    if (s->way[f] == TAUT_SOLVE_GENERAL && s->lane_batch[f] == batch_index)
      scatter(s, b, s->lane[f], f, s->lanes_rhs, x[f]);
  }
}

void taut__solver_single(taut_solver *s, double a, int f, const double *const *L, const double *const *u,
                         const double *rhs, double *x) {
  batch *b = &s->spare;
  b->first = s->first[f];
  b->n = b->band.n = s->count[f];
  for (int lane = 0; lane < TAUT_LANES; lane++) assemble(s, b, lane, f, a, L[f], signal_of(s, f, u));
  s->k->factor(&b->band, &b->stencil);
  memset(s->lanes_rhs, 0, (size_t)b->n * TAUT_LANES * sizeof *s->lanes_rhs);
  gather(s, b, 0, f, rhs, s->lanes_rhs);
  s->k->substitute(&b->band, s->lanes_rhs);
  scatter(s, b, 0, f, s->lanes_rhs, x);
}

static void solve_layered(taut_solver *s, double a, int f, const double *const *L, const double *const *rhs,
                          double *const *x) {
  const int nr = s->nr, mp = s->mp, planes = s->count[f] / nr, top = s->first[f] / nr;
  double *hat = s->modes, *out = s->modes + (ptrdiff_t)planes * mp;
  s->k->transform(planes, nr, nr, mp, rhs[f], s->forward, hat);
  for (int k = 0; k < planes; k++) {
    s->plane_loss[k] = L[f][k * nr];
    for (int m = 0; m < mp; m++) hat[k * mp + m] *= s->dz[top + k];
  }
  s->k->tridiagonal(planes, mp, a, s->plane_loss, s->set->diffusion[f], s->lambda, s->dz + top, s->coupling + top, hat,
                    s->work);
  s->k->transform(planes, nr, mp, mp, hat, s->back, out);
  bool negative = false;
  for (int k = 0; k < planes; k++)
    for (int i = 0; i < nr; i++) {
      x[f][k * nr + i] = out[k * mp + i];
      negative |= out[k * mp + i] < 0;
    }
  if (negative) {
    s->replaced++;
    taut__solver_single(s, a, f, L, NULL, rhs[f], x[f]);
  }
}

void taut__solver_solve(taut_solver *solver, double a, int count, const int *field, const double *const *L,
                        const double *const *rhs, double *const *x) {
  for (int i = 0; i < solver->batches; i++) solve_general(solver, i, count, field, rhs, x);
  for (int i = 0; i < count; i++) {
    const int f = field[i];
    if (solver->way[f] == TAUT_SOLVE_POINTWISE) solver->k->point_solve(solver->count[f], a, L[f], rhs[f], x[f]);
    if (solver->way[f] == TAUT_SOLVE_LAYERED) solve_layered(solver, a, f, L, rhs, x);
  }
}
