#include "fem/suction.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

/** A step that fails is cut, down to this share of itself. */
static const double shortest = 1.0 / 64;

taut_suction taut__suction_default(const taut_skin_law *skin, double aperture_radius, taut_mesh_level level) {
  const double wide = aperture_radius > 1 + 1e-9 ? 4 : 6;
  return (taut_suction){.probe = {.skin = skin,
                                  .mesh = taut__mesh_plan(level),
                                  .aperture = aperture_radius,
                                  .outer = wide * aperture_radius,
                                  .ring = TAUT_RING_GLUED},
                        .protocol = taut__suction_protocol()};
}

double taut__suction_mesh_error(const taut_mesh *mesh) {
  return 0.092 * taut__mesh_rim(mesh);
}

/* From pressure P0 to P1 in dt seconds (viscosity NULL: without time, with glassy factor B), in pieces where need be. */
static taut_fem_outcome walk(taut_fem *fem, const taut_viscosity *viscosity, double dt, double B, double P0, double P1,
                             long *steps, long *retries) {
  double done = 0, share = 1;
  while (done < 1) {
    const double next = done + share < 1 ? done + share : 1, P = P0 + next * (P1 - P0);
    const taut_fem_outcome outcome =
        viscosity ? taut__fem_step(fem, viscosity, dt * (next - done), P) : taut__fem_static(fem, B, P);
    if (outcome == TAUT_FEM_CONVERGED) {
      done = next;
      ++*steps;
      continue;
    }
    ++*retries;
    share *= 0.5;
    if (share < shortest) return outcome;
  }
  return TAUT_FEM_CONVERGED;
}

static double seconds_now(void) {
  struct timespec t;
  clock_gettime(CLOCK_MONOTONIC, &t);
  return (double)t.tv_sec + 1e-9 * (double)t.tv_nsec;
}

static taut_suction_reading no_reading(void) {
  taut_suction_reading r = {.Ue = NAN, .Uf = NAN, .Ur = NAN, .Ua = NAN, .Uv = NAN};
  for (int i = 0; i < 10; i++) r.R[i] = NAN;
  for (int i = 0; i < 5; i++) r.F[i] = NAN;
  return r;
}

static taut_err follow(const taut_suction *s, taut_fem *fem, taut_suction_result *out) {
  for (int i = 0; i < out->points; i++) {
    const double *t = out->time + i, *P = out->pressure + i;
    const taut_fem_outcome outcome =
        walk(fem, &s->probe.skin->viscosity, t[1] - t[0], 0, P[0], P[1], &out->steps, &out->retries);
    if (outcome) {
      snprintf(out->reason, sizeof out->reason,
               "suction stopped between %.4g s and %.4g s at %.4g kPa: %s, even with steps cut to 1/%.0f", t[0], t[1],
               P[1], taut__fem_outcome_text(outcome), 1 / shortest);
      out->points = i;
      return TAUT_ERR_NUMERICS;
    }
    out->apex[i + 1] = taut__fem_apex(fem);
  }
  if (fem->work.unstable) {
    snprintf(out->reason, sizeof out->reason,
             "%ld of %ld states are unstable: the surface would buckle or the skin snap through", fem->work.unstable,
             out->steps);
    return TAUT_ERR_NUMERICS;
  }
  return TAUT_OK;
}

taut_err taut__suction_run(const taut_suction *suction, taut_suction_result *out) {
  const double from = seconds_now();
  *out = (taut_suction_result){.reading = no_reading(), .points = taut__suction_points(&suction->protocol)};
  const size_t n = (size_t)out->points + 1;
  out->time = taut__alloc_doubles(n);
  out->pressure = taut__alloc_doubles(n);
  out->apex = taut__alloc_doubles(n);
  taut_fem *fem = NULL;
  if (!out->time || !out->pressure || !out->apex || taut__fem_create(&suction->probe, &fem)) {
    snprintf(out->reason, sizeof out->reason, "no memory for a suction measurement");
    return TAUT_ERR_MEMORY;
  }
  taut__suction_schedule(&suction->protocol, out->time, out->pressure);
  const taut_err err = follow(suction, fem, out);
  if (!err) out->reading = taut__suction_read(&suction->protocol, out->time, out->apex);
  out->unknowns = fem->unknowns;
  out->work = fem->work;
  out->error_mesh = taut__suction_mesh_error(&fem->mesh);
  out->error_time = 0.001 / suction->protocol.refine;
  taut__fem_destroy(&fem);
  out->seconds = seconds_now() - from;
  return err;
}

void taut__suction_free(taut_suction_result *result) {
  free(result->time);
  free(result->pressure);
  free(result->apex);
  result->time = result->pressure = result->apex = NULL;
}

taut_err taut__suction_static(const taut_fem_setup *probe, double B, int n, const double *P, double *u,
                              char reason[200]) {
  taut_fem *fem = NULL;
  reason[0] = '\0';
  if (taut__fem_create(probe, &fem)) {
    snprintf(reason, 200, "no memory for a static curve");
    return TAUT_ERR_MEMORY;
  }
  taut_err err = TAUT_OK;
  long steps = 0, retries = 0;
  for (int i = 0; i < n && !err; i++) {
    const taut_fem_outcome outcome = walk(fem, NULL, 0, B, i ? P[i - 1] : 0, P[i], &steps, &retries);
    u[i] = outcome ? NAN : taut__fem_apex(fem);
    if (!outcome && !fem->work.unstable) continue;
    snprintf(reason, 200, "static curve stopped at %.4g kPa: %s", P[i],
             outcome ? taut__fem_outcome_text(outcome) : "unstable: the surface would buckle or the skin snap through");
    for (int j = i; j < n; j++) u[j] = NAN;
    err = TAUT_ERR_NUMERICS;
  }
  taut__fem_destroy(&fem);
  return err;
}

taut_err taut__suction_curves(taut_context *context, const char *where, const taut_fem_setup *probe,
                              taut_two_curve *out, double *misfit) {
  enum { N = TAUT_STATIC_PRESSURES };
  double glassy[N], u[N], glassy_u[N];
  char reason[200];
  for (int i = 0; i < N; i++) glassy[i] = TAUT_GLASSY_PRESSURE * taut__static_pressure[i];
  taut_err err = taut__suction_static(probe, 0, N, taut__static_pressure, u, reason);
  if (!err) err = taut__suction_static(probe, TAUT_GLASSY_FACTOR, N, glassy, glassy_u, reason);
  if (err) return taut__fail(context, err, where, "%s", reason);
  return taut__two_curve_fit(context, N, taut__static_pressure, u, glassy, glassy_u, TAUT_GLASSY_FACTOR, out, misfit);
}
