/* Memory and time of a patch, before it is made. */
#include "course/course.h"
#include "course/forecast.h"
#include "course/patch_unit.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

/* Memory that is left to everything else: the program, its results, and the files it writes. */
static const double reserve = 200e6;
static const double GiB = 1024.0 * 1024 * 1024;

/* Processes of this run on this machine; the launchers tell. */
static int processes_here(int processes) {
  static const char *const names[] = {"OMPI_COMM_WORLD_LOCAL_SIZE", "MPI_LOCALNRANKS", "SLURM_NTASKS_PER_NODE"};
  for (size_t i = 0; processes > 1 && i < sizeof names / sizeof *names; i++) {
    const char *text = getenv(names[i]);
    const long n = text ? strtol(text, NULL, 10) : 0;
    if (n >= 1 && n <= processes) return (int)n;
  }
  return processes;
}

static double bytes_for(const taut_case *c, const taut_field_set *set, int n, int processes) {
  const taut_grid_spec *g = &c->model.grid;
  const int rows[TAUT_LAYERS] = {g->ne, g->np, g->nret, g->ns};
  int first, count;
  taut__patch_rows(n, 0, processes, &first, &count);
  return (double)taut__patch_bytes(set, rows, n, count, processes);
}

taut_patch_forecast taut__patch_forecast(const taut_case *c, const taut_field_set *set, const taut_comm *comm) {
  const taut_grid_spec *g = &c->model.grid;
  taut_patch_forecast f = {.n = c->model.patch.points,
                           .planes = g->ne + g->np + g->nret + g->ns,
                           .processes = taut__comm_size(comm),
                           .available = taut__memory_available(),
                           .steps = taut__expected_steps(c, 0, c->until),
                           .rate = NAN,
                           .seconds = NAN};
  f.here = processes_here(f.processes);
  f.points = (double)f.n * f.n * f.planes;
  f.bytes = bytes_for(c, set, f.n, f.processes);
  return f;
}

/* ------------------------------------------------------------------------------------------------- refusing ---- */

/* Largest patch that fits: points across. */
static int fitting(const taut_case *c, const taut_field_set *set, const taut_patch_forecast *f) {
  int fits = 0, most = f->n;
  while (most - fits > 1) {
    const int n = fits + (most - fits) / 2;
    if (bytes_for(c, set, n, f->processes) * f->here + reserve <= f->available)
      fits = n;
    else
      most = n;
  }
  return fits;
}

static taut_err refuse(taut_context *context, const taut_case *c, const taut_field_set *set,
                       const taut_patch_forecast *f) {
  char where[512];
  const taut_patch_spec *p = &c->model.patch;
  const int n = fitting(c, set, f);
  const double needed = f->bytes * f->here;
  taut_text advice = {0};
  if (n >= 8)
    taut__text_add(&advice, "model.patch.size: %.2g mm, model.patch.spacing: %.3g um, or ", n * p->spacing,
                   1000 * p->size / n);
  taut__text_add(&advice, "%.0f machines like this one (mpirun)", ceil(needed / fmax(f->available - reserve, 1)));
  taut_err err =
      taut__fail(context, TAUT_ERR_INPUT, taut__case_where(c, "model.patch.size", where),
                 "a patch of %d x %d points and %d planes needs %.1f GiB of memory, %.1f GiB are free here; "
                 "expected %s",
                 f->n, f->n, f->planes, needed / GiB, f->available / GiB, advice.data ? advice.data : "less");
  taut__text_free(&advice);
  return err;
}

taut_err taut__patch_fits(taut_context *context, const taut_case *c) {
  if (c->model.scale != TAUT_SCALE_PATCH) return TAUT_OK;
  const taut_profile profile = taut__profile(&c->patient, c->model.defaults == TAUT_DEFAULTS_DOCUMENTS);
  taut_healing *healing = NULL;
  taut_err err = taut__healing_create(context, taut__case_params(c, "healing"), &profile, &healing);
  if (err) { /* the model will fail in the same way, and say so in its words */
    taut__fail_clear(context);
    return TAUT_OK;
  }
  const taut_patch_forecast f = taut__patch_forecast(c, &healing->set, taut__comm(context));
  if (f.bytes * f.here + reserve > f.available) err = refuse(context, c, &healing->set, &f);
  taut__healing_destroy(&healing);
  return taut__comm_agree_told(context, taut__comm(context), err);
}

/* ------------------------------------------------------------------------------------------------ measuring ---- */

/* A second of steps. */
typedef struct stopwatch {
  taut_state *state;
  double began;
  long steps;
} stopwatch;

static taut_err tick(void *user, taut_engine *engine, const taut_report *report) {
  const double enough = 0.7; /* s */
  stopwatch *w = user;
  taut_view view;
  (void)engine, (void)report;
  taut__state_view(w->state, &view); /* as after every step of a course */
  w->steps++;
  return taut__seconds() - w->began > enough ? TAUT_ERR_INTERRUPTED : TAUT_OK;
}

/* The same case on a small patch, for the first days after its first session.  NAN where that cannot be done. */
static double rate_of(taut_context *context, const taut_case *small) {
  taut_model *model = NULL;
  stopwatch w = {0};
  taut_report report = {0};
  double rate = NAN;
  taut_err err = taut__model_create(context, small, &model);
  if (!err) err = taut__state_create(context, model, &w.state);
  if (!err && taut__state_next_session(w.state) <= 0) err = taut__state_session(w.state);
  w.began = taut__seconds();
  if (!err) err = taut__engine_advance(w.state->engine, 2, tick, &w, &report);
  if (!err || err == TAUT_ERR_INTERRUPTED)
    rate = (double)(w.steps + report.rejected) * model->treat[0].domain[0]->points.n / (taut__seconds() - w.began);
  taut__state_destroy(&w.state);
  taut__model_destroy(&model);
  taut__fail_clear(context);
  return rate;
}

/* ------------------------------------------------------------------------------------------------- counting ---- */

/* To `day`, sessions on the way included. */
static taut_err go_to(taut_state *state, double day, taut_report *report) {
  taut_err err = TAUT_OK;
  while (!err && taut__state_next_session(state) <= day) {
    err = taut__engine_advance(state->engine, taut__state_next_session(state), NULL, NULL, report);
    if (!err) err = taut__state_session(state);
  }
  return err ? err : taut__engine_advance(state->engine, day, NULL, NULL, report);
}

/* Steps of the same course on one coarse track; 0 where there is no such track (needling too dense for it). */
static long track_steps(taut_context *context, const taut_case *track) {
  taut_model *model = NULL;
  taut_state *state = NULL;
  taut_report report = {0};
  taut_err err = taut__model_create(context, track, &model);
  if (!err) err = taut__state_create(context, model, &state);
  for (int v = 0; !err && v < track->follow_ups; v++) err = go_to(state, track->follow_up[v], &report);
  if (!err) err = go_to(state, track->until, &report);
  taut__state_destroy(&state);
  taut__model_destroy(&model);
  taut__fail_clear(context);
  return err ? 0 : report.steps + report.rejected;
}

/* The case on one track, with as many punctures as it has.  Release track->session with free(); NULL: no memory. */
static bool make_track(const taut_case *c, taut_case *track) {
  *track = *c;
  track->model.scale = TAUT_SCALE_TRACK;
  track->model.tracks = 1;
  track->model.grid.n1 = 2;
  track->model.grid.n2 = 3;
  track->model.grid.n3 = 4;
  track->points = (taut_point_list){0};
  track->session = taut__alloc((size_t)c->sessions, sizeof *track->session);
  if (!track->session) return false;
  memcpy(track->session, c->session, (size_t)c->sessions * sizeof *track->session);
  for (int i = 0; c->points.n && i < c->sessions; i++) {
    long n = 0;
    for (long k = 0; k < c->points.n; k++) n += c->points.point[k].session == i;
    track->session[i].density = (double)n / (c->model.patch.size * c->model.patch.size);
    track->session[i].passes = NAN;
  }
  return true;
}

void taut__patch_time(taut_context *context, const taut_case *c, taut_patch_forecast *f) {
  const int across = 48; /* columns: small enough for a second, too large for the caches */
  taut_case small = *c, track;
  if (f->processes > 1) return;
  const long steps = make_track(c, &track) ? track_steps(context, &track) : 0;
  free(track.session);
  if (steps > 0) f->steps = (double)steps;
  if (f->n > across) {
    small.model.patch.points = across;
    small.model.patch.size = across * c->model.patch.spacing;
  }
  /* one puncture of the first session; drawn ones might all miss a patch that small */
  char path[] = "the middle of a small patch";
  taut_point middle = {.x = small.model.patch.size / 2, .y = small.model.patch.size / 2, .depth = NAN, .line = 1};
  if (c->sessions > 0) {
    small.sessions = 1;
    small.points = (taut_point_list){.path = path, .point = &middle, .n = 1};
  }
  f->rate = rate_of(context, &small);
  f->seconds = f->points * f->steps / f->rate;
}
