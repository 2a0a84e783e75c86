#include "fem/system.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

enum { LANES = TAUT_FEM_LANES, EDGE = TAUT_FEM_EDGE, PANEL = TAUT_LDL_PANEL };

const char *taut__fem_outcome_text(taut_fem_outcome outcome) {
  switch (outcome) {
  case TAUT_FEM_CONVERGED:
    return "converged";
  case TAUT_FEM_ITERATIONS:
    return "Newton's method did not converge";
  case TAUT_FEM_VOLUME:
    return "an element would turn inside out";
  case TAUT_FEM_FINITE:
    return "numbers overflowed";
  case TAUT_FEM_JUMP:
    return "the skin snaps into another shape";
  }
  return "unknown";
}

/* Mean of the two in-plane directions: the instrument is axisymmetric. */
static taut_fem_law axisymmetric(const taut_layer_law *layer) {
  taut_fem_law law = {.c0 = taut__law_c0(layer), .K = layer->K, .fibres = layer->fibres};
  law.D[0] = law.D[2] = 0.5 * (layer->D[0] + layer->D[1]);
  law.D[1] = layer->D[2];
  for (int f = 0; f < layer->fibres; f++) {
    const taut_fibre_law *fibre = &layer->fibre[f];
    law.fibre[f].k = fibre->k;
    law.fibre[f].k2 = fibre->k2;
    law.fibre[f].H[0] = law.fibre[f].H[2] = 0.5 * (fibre->Hg[0] + fibre->Hg[1]);
    law.fibre[f].H[1] = fibre->Hg[2];
  }
  return law;
}

/* Is component c (0 radial, 1 vertical) of the node in column i, row j (half elements) held? */
static bool held(const taut_fem_setup *s, const taut_mesh *m, int i, int j, int c) {
  if (j == 0) return true;
  if (c == 0 && (i == 0 || i == 2 * m->nr)) return true;
  if (j < 2 * m->nz || i < 2 * m->in) return false;
  const double r = i % 2 ? 0.5 * (m->r[i / 2] + m->r[i / 2 + 1]) : m->r[i / 2];
  switch (s->ring) {
  case TAUT_RING_GLUED:
    return true;
  case TAUT_RING_FRICTIONLESS:
    return c == 1;
  case TAUT_RING_FINITE:
    return r <= s->ring_outer;
  }
  return true;
}

/* Numbers the free displacements upwards, column by column; the centres of elements get none. */
static int *number(taut_fem *fem, const taut_fem_setup *setup) {
  const taut_mesh *m = &fem->mesh;
  const int columns = 2 * m->nr + 1, rows = 2 * m->nz + 1;
  int *equation = taut__alloc((size_t)columns * (size_t)rows * 2, sizeof *equation);
  if (!equation) return NULL;
  for (int i = 0; i < columns; i++)
    for (int j = 0; j < rows; j++)
      for (int c = 0; c < 2; c++) {
        const bool centre = i % 2 && j % 2;
        const bool fixed = held(setup, m, i, j, c);
        fem->unknowns += !fixed;
        equation[2 * (i * rows + j) + c] = fixed || centre ? -1 : fem->equations++;
      }
  return equation;
}

static void place_batches(taut_fem *fem, const int *equation) {
  const taut_mesh *m = &fem->mesh;
  const int rows = 2 * m->nz + 1;
  for (int n = 0; n < fem->batches; n++) {
    taut_fem_batch *b = &fem->batch[n];
    const int row = n / fem->per_row, first = n % fem->per_row * LANES;
    b->law = &fem->law[m->layer[row]];
    b->half_z = 0.5 * (m->z[row + 1] - m->z[row]);
    b->used = m->nr - first < LANES ? m->nr - first : LANES;
    for (int lane = 0; lane < LANES; lane++) {
      const int column = first + (lane < b->used ? lane : b->used - 1);
      b->middle[lane] = 0.5 * (m->r[column] + m->r[column + 1]);
      b->half_r[lane] = 0.5 * (m->r[column + 1] - m->r[column]);
      for (int a = 0; a < EDGE; a++) {
        const int node = (2 * column + taut__fem_column[a / 2]) * rows + 2 * row + taut__fem_row[a / 2];
        fem->equation[n][a][lane] = equation[2 * node + a % 2];
      }
    }
  }
}

/* How far down each panel of columns reaches: to the last neighbour of its elements, and never less than the panel before. */
static void find_reach(taut_fem *fem) {
  const int panels = fem->matrix.n / PANEL;
  int *reach = fem->matrix.reach;
  for (int p = 0; p < panels; p++) reach[p] = (p + 1) * PANEL;
  for (int n = 0; n < fem->batches; n++)
    for (int lane = 0; lane < LANES; lane++) {
      int last = -1;
      for (int a = 0; a < EDGE; a++)
        if (fem->equation[n][a][lane] > last) last = fem->equation[n][a][lane];
      for (int a = 0; a < EDGE; a++) {
        const int e = fem->equation[n][a][lane];
        if (e >= 0 && reach[e / PANEL] <= last) reach[e / PANEL] = last + 1;
      }
    }
  int longest = 0;
  for (int p = 0; p < panels; p++) {
    if (p && reach[p] < reach[p - 1]) reach[p] = reach[p - 1];
    if (reach[p] - p * PANEL > longest) longest = reach[p] - p * PANEL;
  }
  fem->matrix.stride = longest + TAUT_LDL_PAD;
}

static taut_err allocate(taut_fem *fem, const taut_fem_setup *setup) {
  const taut_mesh *m = &fem->mesh;
  int *equation = number(fem, setup);
  fem->per_row = (m->nr + LANES - 1) / LANES;
  fem->batches = fem->per_row * m->nz;
  const size_t batches = (size_t)fem->batches;
  fem->batch = (taut_fem_batch *)(void *)taut__alloc_doubles(batches * sizeof *fem->batch / sizeof(double));
  fem->change = (taut_lanes(*)[TAUT_FEM_STATE])(void *)taut__alloc_doubles(batches * TAUT_FEM_STATE * LANES);
  fem->saved = (taut_lanes(*)[TAUT_FEM_STATE])(void *)taut__alloc_doubles(batches * TAUT_FEM_STATE * LANES);
  fem->equation = taut__alloc(batches, sizeof *fem->equation);
  taut_ldl *a = &fem->matrix;
  a->n = (fem->equations + PANEL - 1) / PANEL * PANEL;
  a->reach = taut__alloc((size_t)(a->n / PANEL), sizeof *a->reach);
  a->d = taut__alloc_doubles((size_t)a->n);
  fem->rhs = taut__alloc_doubles((size_t)a->n);
  const bool ok = equation && fem->batch && fem->change && fem->saved && fem->equation && a->reach && a->d && fem->rhs;
  if (ok) {
    place_batches(fem, equation);
    find_reach(fem);
    a->a = taut__alloc_doubles((size_t)(a->n + 2 * PANEL) * (size_t)a->stride);
    a->pack = taut__alloc_doubles(2 * PANEL * (size_t)(a->stride + TAUT_LDL_PAD));
  }
  free(equation);
  return ok && a->a && a->pack ? TAUT_OK : TAUT_ERR_MEMORY;
}

taut_err taut__fem_create(const taut_fem_setup *setup, taut_fem **out) {
  double h[TAUT_MECH_LAYERS];
  for (int l = 0; l < setup->skin->layers; l++) h[l] = setup->skin->layer[l].h;
  taut_fem *fem = taut__alloc(1, sizeof *fem);
  if (!fem) return TAUT_ERR_MEMORY;
  fem->k = taut__fem_kernels();
  fem->aperture = setup->aperture;
  for (int l = 0; l < setup->skin->layers; l++) fem->law[l] = axisymmetric(&setup->skin->layer[l]);
  taut_err err = taut__mesh_create(&setup->mesh, setup->aperture, setup->outer, setup->skin->layers, h, &fem->mesh);
  if (!err) err = allocate(fem, setup);
  if (err) {
    taut__fem_destroy(&fem);
    return err;
  }
  taut__fem_reset(fem);
  *out = fem;
  return TAUT_OK;
}

void taut__fem_destroy(taut_fem **fem) {
  if (!fem || !*fem) return;
  taut_fem *f = *fem;
  taut__mesh_free(&f->mesh);
  free(f->batch);
  free(f->change);
  free(f->saved);
  free(f->equation);
  free(f->matrix.reach);
  free(f->matrix.a);
  free(f->matrix.pack);
  free(f->matrix.d);
  free(f->rhs);
  free(f);
  *fem = NULL;
}

void taut__fem_reset(taut_fem *fem) {
  for (int n = 0; n < fem->batches; n++) {
    taut_fem_batch *b = &fem->batch[n];
    memset(b->x, 0, sizeof b->x);
    memset(b->q, 0, sizeof b->q);
    memset(b->carried, 0, sizeof b->carried);
    fem->k->accept(b, 0, NULL, NULL);
  }
  fem->tangent_scale = fem->pressure = 0;
  fem->work = (taut_fem_work){0};
}

/* Adds tangent and minus the residual of one batch to the system. */
static void scatter(taut_fem *fem, int n, taut_lanes *tangent, taut_lanes *residual) {
  const ptrdiff_t step = fem->matrix.stride - 1;
  for (int lane = 0; lane < fem->batch[n].used; lane++)
    for (int i = 0, at = 0; i < EDGE; i++) {
      const int row = fem->equation[n][i][lane];
      if (row < 0) {
        at += i + 1;
        continue;
      }
      fem->rhs[row] -= residual[i][lane];
      double *a = fem->matrix.a + row;
      for (int j = 0; j <= i; j++, at++) {
        const int column = fem->equation[n][j][lane];
        if (column >= 0) a[column * step] += tangent[at][lane];
      }
    }
}

/* Suction on one edge of the surface: nodes at local unknowns 2 edge[i], in the deformed position x. */
static void add_suction_edge(const taut_fem_batch *b, int lane, double P, taut_lanes *tangent, taut_lanes *residual) {
  static const int edge[3] = {2, 4, 7};
  static const double gauss[3] = {-0.7745966692414834, 0, 0.7745966692414834}, weight[3] = {5 / 9.0, 8 / 9.0, 5 / 9.0};
  for (int g = 0; g < 3; g++) {
    const double s = gauss[g];
    const double N[3] = {0.5 * s * (s - 1), 1 - s * s, 0.5 * s * (s + 1)}, dN[3] = {s - 0.5, -2 * s, s + 0.5};
    double r = b->middle[lane] + s * b->half_r[lane], dr = b->half_r[lane], dz = 0;
    for (int i = 0; i < 3; i++) {
      r += N[i] * b->x[2 * edge[i]][lane];
      dr += dN[i] * b->x[2 * edge[i]][lane];
      dz += dN[i] * b->x[2 * edge[i] + 1][lane];
    }
    for (int i = 0; i < 3; i++) {
      const double load = P * weight[g] * N[i];
      const int ir = 2 * edge[i], iz = ir + 1;
      residual[ir][lane] += load * dz * r;
      residual[iz][lane] -= load * dr * r;
      for (int j = 0; j <= i; j++) {
        const int jr = 2 * edge[j], jz = jr + 1;
        tangent[ir * (ir + 1) / 2 + jr][lane] += load * dz * N[j];
        tangent[iz * (iz + 1) / 2 + jr][lane] -= load * (dN[j] * r + dr * N[j]);
        if (j < i) tangent[ir * (ir + 1) / 2 + jz][lane] += load * dN[j] * r;
      }
    }
  }
}

double taut__fem_assemble(taut_fem *fem, double P, double *norm) {
  _Alignas(32) taut_lanes tangent[TAUT_FEM_TRIANGLE], residual[EDGE];
  taut_ldl *m = &fem->matrix;
  memset(m->a, 0, (size_t)m->n * (size_t)m->stride * sizeof *m->a);
  memset(fem->rhs, 0, (size_t)m->n * sizeof *fem->rhs);
  double least = INFINITY;
  for (int n = 0; n < fem->batches; n++) {
    taut_fem_batch *b = &fem->batch[n];
    least = fmin(least, fem->k->assemble(b, fem->tangent_scale, tangent, residual));
    const int first = n % fem->per_row * LANES;
    if (n / fem->per_row == fem->mesh.nz - 1)
      for (int lane = 0; lane < b->used && first + lane < fem->mesh.in; lane++)
        add_suction_edge(b, lane, P, tangent, residual);
    scatter(fem, n, tangent, residual);
  }
  for (int i = fem->equations; i < m->n; i++) m->a[(ptrdiff_t)i * m->stride] = 1;
  double sum = 0;
  for (int i = 0; i < fem->equations; i++) sum += fem->rhs[i] * fem->rhs[i];
  *norm = sqrt(sum);
  return least;
}

double taut__fem_correct(taut_fem *fem) {
  fem->work.solves++;
  fem->k->factor(&fem->matrix);
  fem->k->substitute(&fem->matrix, fem->rhs);
  double most = 0;
  for (int i = 0; i < fem->equations; i++) most = fmax(most, fabs(fem->rhs[i]));
  for (int n = 0; n < fem->batches; n++) {
    for (int a = 0; a < EDGE; a++)
      for (int lane = 0; lane < LANES; lane++) {
        const int e = fem->equation[n][a][lane];
        fem->change[n][a][lane] = e < 0 ? 0 : fem->rhs[e];
      }
    most = fmax(most, fem->k->complete(&fem->batch[n], fem->change[n]));
  }
  return most;
}

static void move(taut_fem *fem, double scale) {
  for (int n = 0; n < fem->batches; n++) fem->k->move(&fem->batch[n], fem->change[n], scale);
}

static void save(taut_fem *fem) {
  for (int n = 0; n < fem->batches; n++) memcpy(fem->saved[n], fem->batch[n].x, sizeof fem->saved[n]);
}

static void restore(taut_fem *fem) {
  for (int n = 0; n < fem->batches; n++) memcpy(fem->batch[n].x, fem->saved[n], sizeof fem->saved[n]);
}

static bool definite(const taut_fem *fem) {
  for (int i = 0; i < fem->equations; i++)
    if (fem->matrix.d[i] <= 0) return false;
  return true;
}

/* Assembles; where the last correction turned an element inside out, takes half of it back until none is. */
static taut_fem_outcome assemble_inside(taut_fem *fem, double P, double scale, double *norm) {
  enum { HALVINGS = 24 };
  for (int n = 0; n <= HALVINGS; n++) {
    const double least = taut__fem_assemble(fem, P, norm);
    if (least > 0) return isfinite(*norm) ? TAUT_FEM_CONVERGED : TAUT_FEM_FINITE;
    scale *= 0.5;
    move(fem, -scale);
    fem->work.halvings++;
  }
  return TAUT_FEM_VOLUME;
}

taut_fem_outcome taut__fem_newton(taut_fem *fem, double P) {
  enum { ITERATIONS = 30 };
  const double a = fem->aperture, longest = 0.15 * a, small = 1e-6 * a, balanced = 1e-7 * 22.5 * a * a;
  double scale = 0, most = INFINITY;
  for (int i = 0; i <= ITERATIONS; i++) {
    double norm;
    const taut_fem_outcome outcome = assemble_inside(fem, P, scale, &norm);
    if (outcome) return outcome;
    if (norm < balanced && most < small) {
      fem->work.unstable += !definite(fem);
      return TAUT_FEM_CONVERGED;
    }
    most = taut__fem_correct(fem);
    if (!isfinite(most)) return TAUT_FEM_FINITE;
    scale = most > longest ? longest / most : 1;
    move(fem, scale);
  }
  return TAUT_FEM_ITERATIONS;
}

/* True where the apex moved against the load: down while suction rises or holds, up while it falls or the skin rests.  Such
 * a step ends in another equilibrium, which a buckled surface may have, and its numbers would mean nothing. */
static bool moved_against(const taut_fem *fem, double P, double before) {
  const double tolerance = 1e-3 * fem->aperture, moved = taut__fem_apex(fem) - before;
  const bool rising = P > fem->pressure || (P == fem->pressure && P > 0);
  return rising ? moved < -tolerance : moved > tolerance;
}

taut_fem_outcome taut__fem_step(taut_fem *fem, const taut_viscosity *viscosity, double dt, double P) {
  const taut_viscous_step step = taut__viscous_step(viscosity, dt);
  for (int n = 0; n < fem->batches; n++) fem->k->carry(&fem->batch[n], TAUT_VISCOUS_TERMS, step.decay, step.gain);
  fem->tangent_scale = step.total - 1;
  save(fem);
  const double before = taut__fem_apex(fem);
  const long unstable = fem->work.unstable;
  taut_fem_outcome outcome = taut__fem_newton(fem, P);
  if (!outcome && moved_against(fem, P, before)) outcome = TAUT_FEM_JUMP;
  if (outcome) {
    restore(fem);
    fem->work.unstable = unstable;
    return outcome;
  }
  for (int n = 0; n < fem->batches; n++) fem->k->accept(&fem->batch[n], TAUT_VISCOUS_TERMS, step.decay, step.gain);
  fem->pressure = P;
  return TAUT_FEM_CONVERGED;
}

taut_fem_outcome taut__fem_static(taut_fem *fem, double B, double P) {
  const double none = 0;
  for (int n = 0; n < fem->batches; n++) fem->k->carry(&fem->batch[n], 1, &none, &B);
  fem->tangent_scale = B;
  save(fem);
  const taut_fem_outcome outcome = taut__fem_newton(fem, P);
  if (outcome) restore(fem);
  return outcome;
}

double taut__fem_apex(const taut_fem *fem) {
  return fem->batch[(fem->mesh.nz - 1) * fem->per_row].x[2 * 2 + 1][0];
}
