#include "patch_job.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

static int failures;

void job_check(bool right, const char *what) {
  if (right) return;
  printf("WRONG: %s\n", what);
  failures++;
}

int job_failures(void) {
  return failures;
}

void job_good(const job *j, taut_err err) {
  if (!err) return;
  fprintf(stderr, "patch: %s\n", taut_context_message(j->context));
  exit(1);
}

void job_make(job *j, const char *examples, taut_comm *comm, int threads, double side) {
  char path[1024], size[64];
  const taut_context_options options = {.threads = threads};
  if (taut_context_create(&options, &j->context)) exit(1);
  taut__set_comm(j->context, comm);
  snprintf(path, sizeof path, "%s/reference/C3.yaml", examples);
  snprintf(size, sizeof size, "model.patch.size=%.10g mm", side);
  const char *sets[] = {"model.scale=patch", "model.grid=G2", "model.tolerance=1e-3", "model.patch.spacing=20 um",
                        size};
  job_good(j, taut_case_read(j->context, path, sets, sizeof sets / sizeof *sets, &j->c));
  job_good(j, taut_model_create(j->context, j->c, &j->model));
}

void job_begin(job *j, const char *examples, taut_comm *comm, int threads, double side) {
  job_make(j, examples, comm, threads, side);
  job_good(j, taut_state_create(j->context, j->model, &j->state));
  job_good(j, taut__state_session(j->state));
}

void job_end(job *j) {
  taut_state_destroy(&j->state);
  taut_model_destroy(&j->model);
  taut_case_destroy(&j->c);
  taut_context_destroy(&j->context);
}

static taut_err stop_there(void *user, taut_engine *engine, const taut_report *report) {
  const job *j = user;
  (void)engine;
  return report->steps >= j->until ? TAUT_ERR_INTERRUPTED : TAUT_OK;
}

void job_advance(job *j, int steps) {
  j->until = j->report.steps + steps;
  const taut_err err = taut__engine_advance(j->state->engine, 1000, stop_there, j, &j->report);
  if (err != TAUT_ERR_INTERRUPTED) job_good(j, err);
}

const taut_domain *job_domain(const job *j) {
  return taut__engine_domain(j->state->engine, 0);
}

double job_points(const job *j) {
  const taut_domain *d = job_domain(j);
  return (double)d->patch.n * d->patch.n * d->points.planes;
}

void job_integrals(const job *j, double *sum) {
  const taut_domain *d = job_domain(j);
  const taut_field_set *set = &j->model->healing->set;
  for (int f = 0; f < set->n; f++) {
    int first, count;
    taut__field_points(&set->field[f], &d->points, &first, &count);
    sum[f] = 0;
    for (int i = 0; i < count; i++) sum[f] += d->volume[first + i] * taut__engine_state(j->state->engine, 0)[f][i];
  }
  taut__comm_sum(d->patch.comm, sum, set->n);
}

double job_apart(int n, const double *a, const double *b) {
  double most = 0;
  for (int f = 0; f < n; f++) most = fmax(most, fabs(a[f] - b[f]) / fmax(fabs(a[f]), 1e-12));
  return most;
}
