/* Statistics of a session's pattern and the average over its cells (needling.md 3).
 *
 *   roller      n_1 = needles/(2 pi R_d W) a pass, M = round(n/n_1) superposed lattices
 *   pen         n_1 = N rate e_s E[1/v]/D,  E[1/v] = exp(sg^2)/glide,  D = 2 R_c (1 - overlap)
 *   re-hits     holes = ln(1 + x)/x hits,  x = hits pi r_c^2 (1 - 1/M): hits of one lattice never meet each other
 *   cells       y = A/mean(A) ~ Gamma(k, 1/k), k = 1/CV_A^2; weighted by area Gamma(k + 1, 1/k)
 *
 * Assumptions: pens, random stamps and given densities leave random points; the reference runs of pens show gaps between
 * strokes at one pass (CV 1.4) that this leaves out.  k of superposed lattices is interpolated, ln k in ln M.
 */
#include "needling/pattern.h"

#include <gsl/gsl_eigen.h>
#include <gsl/gsl_errno.h>
#include <gsl/gsl_matrix.h>
#include <gsl/gsl_vector.h>
#include <math.h>

static const double pi = 3.14159265358979323846;

taut_pattern_kind taut__pattern_kind(const taut_device *device, const taut_treatment *treatment,
                                     const taut_session *session) {
  if (treatment->pattern != TAUT_PATTERN_AUTO) return treatment->pattern;
  switch (device->kind) {
  case TAUT_ROLLER:
  case TAUT_RF:
    return TAUT_PATTERN_PASSES;
  case TAUT_STAMP:
    return treatment->tiled ? TAUT_PATTERN_PASSES : TAUT_PATTERN_POISSON;
  case TAUT_PEN:
    break;
  }
  return isnan(session->density) ? TAUT_PATTERN_PASSES : TAUT_PATTERN_POISSON;
}

double taut__glide(const taut_device *device, const taut_treatment *treatment) {
  return treatment->glide > 0 ? treatment->glide : device->glide;
}

double taut__tile_share(const taut_device *device, const taut_treatment *treatment) {
  return device->kind == TAUT_STAMP ? 1 - treatment->overlap : 1;
}

double taut__lattice_density(const taut_device *device, const taut_treatment *treatment) {
  if (device->kind == TAUT_ROLLER) return device->needles / (2 * pi * device->drum_radius * device->drum_width);
  double pitch = device->pitch * taut__tile_share(device, treatment);
  return 1 / (pitch * pitch);
}

double taut__pass_density(const taut_needling_params *p, const taut_device *device, const taut_treatment *treatment) {
  if (device->kind == TAUT_PEN) {
    double spacing = 2 * device->disc_radius * (1 - treatment->stroke_overlap);
    double slowness = exp(p->sg_glide * p->sg_glide) / taut__glide(device, treatment);
    return device->needles * device->rate * treatment->strike_efficiency * slowness / spacing;
  }
  /* a roller covers the share `overlap` of the skin twice in a pass; tiles are laid closer instead */
  return taut__lattice_density(device, treatment) * (device->kind == TAUT_ROLLER ? 1 + treatment->overlap : 1);
}

/** Shape k of the Gamma law of cell areas under M superposed lattices. */
static double lattices_shape(const taut_needling_params *p, double M) {
  enum { N = 5 };
  static const double at[N] = {2, 4, 8, 15, 30};
  const double k[N] = {p->k_2, p->k_4, p->k_8, p->k_15, p->k_30};
  if (M < 1.5) return INFINITY;
  int i = 1;
  while (i < N - 1 && M > at[i]) i++;
  double share = log(M / at[i - 1]) / log(at[i] / at[i - 1]);
  return fmax(p->k_poisson, exp((1 - share) * log(k[i - 1]) + share * log(k[i])));
}

taut_err taut__pattern(taut_context *context, const taut_needling_params *p, const taut_device *device,
                       const taut_treatment *treatment, const taut_session *session, const taut_puncture *puncture,
                       taut_pattern *out) {
  taut_refusal why;
  if (taut__pattern_refused(device, treatment, session, &why))
    return taut__fail(context, TAUT_ERR_INPUT, why.key, "%s", why.text);
  taut_pattern_kind kind = taut__pattern_kind(device, treatment, session);
  taut_pattern q = {.kind = kind, .kinematic = isnan(session->density)};
  q.hits = q.kinematic ? session->passes * taut__pass_density(p, device, treatment) : session->density;
  if (treatment->density_stretched) q.hits *= 1 + treatment->stretch;
  double lattices = INFINITY; /* random points */
  if (kind == TAUT_PATTERN_LATTICE) {
    lattices = 1;
  } else if (kind == TAUT_PATTERN_PASSES && device->kind != TAUT_PEN) {
    q.passes = q.kinematic ? session->passes : fmax(1, round(q.hits / taut__lattice_density(device, treatment)));
    lattices = q.passes * (q.kinematic && device->kind == TAUT_ROLLER ? 1 + treatment->overlap : 1);
  } else if (q.kinematic) {
    q.passes = session->passes;
  }
  q.shape = isinf(lattices) ? p->k_poisson : lattices_shape(p, lattices);
  q.cv_area = isinf(q.shape) ? 0 : 1 / sqrt(q.shape);
  double reach = p->r_rehit * puncture->hole_radius;
  double x = q.hits * pi * reach * reach * (1 - 1 / lattices);
  q.holes = x > 0 ? q.hits * log1p(x) / x : q.hits;
  q.rehit_share = 1 - q.holes / q.hits;
  q.radius = 1 / sqrt(pi * q.holes);
  *out = q;
  return TAUT_OK;
}

/* --------------------------------------------------------------------------------------------- cell average ---- */

/** Golub-Welsch: nodes are the eigenvalues of the Jacobi matrix, normalised weights the squares of the first
 *  components of its eigenvectors, so that no Gamma function of a large k is needed. */
static int laguerre_eigen(double k, int n, double *x, double *weight, gsl_eigen_symmv_workspace *work) {
  double matrix[TAUT_MAX_TRACKS * TAUT_MAX_TRACKS] = {0}, vectors[TAUT_MAX_TRACKS * TAUT_MAX_TRACKS];
  for (int i = 0; i < n; i++) {
    matrix[i * n + i] = 2 * i + 1 + k;
    if (i > 0) matrix[i * n + i - 1] = matrix[(i - 1) * n + i] = sqrt(i * (i + k));
  }
  gsl_matrix_view m = gsl_matrix_view_array(matrix, (size_t)n, (size_t)n);
  gsl_matrix_view v = gsl_matrix_view_array(vectors, (size_t)n, (size_t)n);
  gsl_vector_view e = gsl_vector_view_array(x, (size_t)n);
  int status = gsl_eigen_symmv(&m.matrix, &e.vector, &v.matrix, work);
  if (!status) status = gsl_eigen_symmv_sort(&e.vector, &v.matrix, GSL_EIGEN_SORT_VAL_ASC);
  for (int i = 0; i < n; i++) weight[i] = vectors[i] * vectors[i];
  return status;
}

taut_err taut__gamma_rule(taut_context *context, double k, int nodes, double *y, double *weight) {
  if (nodes < 1 || nodes > TAUT_MAX_TRACKS || !(k > 0))
    return taut__fail(context, TAUT_ERR_INPUT, "model.tracks",
                      "%d tracks with shape %g: expected 1 to %d and a positive shape", nodes, k, TAUT_MAX_TRACKS);
  if (isinf(k)) { /* all cells are alike */
    for (int i = 0; i < nodes; i++) y[i] = 1, weight[i] = 1.0 / nodes;
    return TAUT_OK;
  }
  /* GSL's own handler aborts the program; its failures must come back as codes. */
  gsl_error_handler_t *handler = gsl_set_error_handler_off();
  gsl_eigen_symmv_workspace *work = gsl_eigen_symmv_alloc((size_t)nodes);
  int status = work ? laguerre_eigen(k, nodes, y, weight, work) : GSL_ENOMEM;
  if (work) gsl_eigen_symmv_free(work);
  gsl_set_error_handler(handler);
  if (status == GSL_ENOMEM) return taut__fail(context, TAUT_ERR_MEMORY, NULL, "no memory for the average over cells");
  if (status) return taut__fail(context, TAUT_ERR_LIBRARY, NULL, "average over cells: %s", gsl_strerror(status));
  for (int i = 0; i < nodes; i++) y[i] /= k;
  return TAUT_OK;
}

taut_err taut__track_nodes(taut_context *context, const taut_needling_params *p, const taut_pattern *pattern, int nodes,
                           double *radius, double *weight) {
  /* One node means the mean cell, not the one-point rule, whose node is the area-weighted mean 1 + 1/k. */
  taut_err err = taut__gamma_rule(context, nodes == 1 ? INFINITY : pattern->shape, nodes, radius, weight);
  if (err) return err;
  for (int i = 0; i < nodes; i++) {
    const double R = pattern->radius * sqrt(radius[i]);
    radius[i] = fmin(p->R_cap, R);
    weight[i] *= radius[i] * radius[i] / (R * R); /* the rest of a cell larger than the cap is untreated skin */
  }
  return TAUT_OK;
}
