/* make bench: how fast is a course, and how far from the machine's limits?
 *
 * Every case is run several times; medians are printed, start-up (reading the case, building the model) apart.  Sizes and
 * results are checked in the same run: a fast wrong answer is a failure. */
#include "bench.h"
#include "course/course.h"
#include "course/engine_state.h"
#include "instruments/patch.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

enum { REPEATS = 7 };

static taut_context *context;
static int failures;

static void good(taut_err err) {
  if (!err) return;
  fprintf(stderr, "bench: %s\n", taut_context_message(context));
  exit(1);
}

/* A prepared case: the model and what it took. */
typedef struct job {
  taut_case *c;
  taut_model *model;
  double start_up;
} job;

static job prepare(const char *path, int n, const char *const *sets) {
  job j = {0};
  const double from = bench_now();
  good(taut_case_read(context, path, sets, (size_t)n, &j.c));
  good(taut_model_create(context, j.c, &j.model));
  j.start_up = bench_now() - from;
  return j;
}

static void release(job *j) {
  taut_model_destroy(&j->model);
  taut_case_destroy(&j->c);
}

static int points_of(const taut_model *m) {
  int n = 0;
  for (int t = 0; t < m->tracks; t++) n += m->treat[0].domain[t]->points.n;
  return n;
}

static double stain_at(const taut_result *r, double day) {
  for (int v = 0; v < r->visits; v++)
    if (r->visit_day[v] == day) return r->observed[v * r->observables + TAUT_O_stain_pap];
  return NAN;
}

/* Times whole courses; checks the number of points and, where known, the stain on a day. */
static double time_course(const char *label, const char *path, int n, const char *const *sets, int points, double day,
                          double stain, double target, double aim) {
  job j = prepare(path, n, sets);
  double seconds[REPEATS];
  taut_result *r = NULL;
  long steps = 0;
  double found = NAN;
  for (int i = 0; i < REPEATS; i++) {
    const double from = bench_now();
    good(taut_run(context, j.model, &r));
    seconds[i] = bench_now() - from;
    steps = r->report.steps;
    found = stain_at(r, day);
    taut_result_destroy(&r);
  }
  const int have = points_of(j.model);
  const double t = bench_median(seconds, REPEATS);
  const bool wrong = (points && have != points) || (day > 0 && !(fabs(found - stain) < 2e-3));
  printf("%-34s %6d %6ld %9.4f %9.4f %9.4f  %6.1f %9.4f  %s\n", label, have, steps, t, seconds[0], seconds[REPEATS - 1],
         1e9 * t / (double)steps / have, j.start_up, wrong ? "WRONG RESULT" : "checked");
  if (target > 0)
    printf("%-34s target %.3g s, aim %.3g s: %s\n", "", target, aim,
           t <= aim      ? "aim met"
           : t <= target ? "target met"
                         : "MISSED");
  failures += wrong;
  release(&j);
  return t;
}

/* ---- where a step goes: chemistry, transport, the rest, on a state in mid-course ---- */

static void split(const char *path, const char *grid) {
  char set[64];
  snprintf(set, sizeof set, "model.grid=%s", grid);
  const char *sets[] = {set, "model.tolerance=1e-3"};
  job j = prepare(path, 2, sets);
  taut_state *state = NULL;
  taut_report report;
  good(taut_state_create(context, j.model, &state));
  good(taut_state_advance(state, 7, &report));
  const taut_field_set *fields = &j.model->healing->set;
  const double weight = 1;
  taut_unit u;
  good(taut__unit_create(context, fields, j.model->treat[0].domain[0], weight, &u));
  for (int level = 0; level < 3; level++)
    for (int f = 0; f < fields->n; f++)
      memcpy(u.level[level][f], taut__engine_state(state->engine, 0)[f], (size_t)u.count[f] * sizeof(double));
  const taut_trial trial = {.dt = 0.1, .a = 15, .b1 = 20, .b2 = 5, .predict = {3, -3, 1}, .error = 0.1, .rtol = 1e-3};
  const double *drive = fields->drive_default;
  double whole[REPEATS], chemistry[REPEATS], transport[REPEATS];
  const int inner = 200;
  for (int i = 0; i < REPEATS; i++) {
    double from = bench_now();
    for (int k = 0; k < inner; k++) taut__unit_try(&u, &trial, drive);
    whole[i] = (bench_now() - from) / inner;
    taut__unit_read(&u, u.level[0]);
    from = bench_now();
    for (int k = 0; k < inner; k++) {
      taut__unit_gate(&u, drive);
      for (int f = 0; f < fields->n; f++) taut__unit_rates(&u, f, drive);
    }
    chemistry[i] = (bench_now() - from) / inner;
    from = bench_now();
    for (int k = 0; k < inner; k++) {
      taut__solver_prepare(u.solver, trial.a, (const double *const *)u.loss, (const double *const *)u.level[0]);
      for (int g = 0; g < fields->groups; g++) {
        const taut_group *group = &fields->group[g];
        if (taut__solver_way(u.solver, group->field[0]) == TAUT_SOLVE_POINTWISE) continue;
        taut__solver_solve(u.solver, trial.a, group->n, group->field, (const double *const *)u.loss,
                           (const double *const *)u.rhs, u.level[3]);
      }
    }
    transport[i] = (bench_now() - from) / inner;
  }
  const int n = j.model->treat[0].domain[0]->points.n;
  const double w = bench_median(whole, REPEATS), c = bench_median(chemistry, REPEATS),
               t = bench_median(transport, REPEATS);
  printf("%-6s %6d points: %6.1f ns per point and step = chemistry %5.1f + transport %5.1f + rest %5.1f\n", grid, n,
         1e9 * w / n, 1e9 * c / n, 1e9 * t / n, 1e9 * (w - c - t) / n);
  /* operations of the banded elimination and its two substitutions, four fields side by side */
  const double b = j.model->treat[0].domain[0]->nr;
  const double rows = j.model->treat[0].domain[0]->points.planes - j.model->treat[0].domain[0]->points.layer_plane[1];
  const double flops = 2 * 4 * rows * b * (b * b + 2 * 2 * b);
  printf("       elimination of the four cell fields: %.2f MFlop = %.1f us at the rate of fused multiply-adds below\n",
         1e-6 * flops, flops / bench_flops() / 1e3);
  taut__unit_destroy(&u);
  taut_state_destroy(&state);
  release(&j);
}

/* ---- growth with points and fields ---- */

static void grow_points(const char *path) {
  printf("\ngrowth with points (9 radial cells, more planes), four sessions in a year\n");
  double first = 0;
  for (int m = 1; m <= 8; m *= 2) {
    char grid[160];
    snprintf(grid, sizeof grid, "model.grid={ n1: 2, n2: 3, n3: 4, ne: %d, np: %d, nret: %d, ns: %d }", 2 * m, 4 * m,
             12 * m, 3 * m);
    const char *sets[] = {grid, "model.tolerance=1e-3"};
    job j = prepare(path, 2, sets);
    double seconds[3];
    long steps = 0;
    for (int i = 0; i < 3; i++) {
      taut_result *r = NULL;
      const double from = bench_now();
      good(taut_run(context, j.model, &r));
      seconds[i] = bench_now() - from;
      steps = r->report.steps;
      taut_result_destroy(&r);
    }
    const double per = 1e9 * bench_median(seconds, 3) / (double)steps / points_of(j.model);
    if (m == 1) first = per;
    printf("  %6d points %6ld steps %8.1f ns per point and step (%.2f of the smallest)\n", points_of(j.model), steps,
           per, per / first);
    release(&j);
  }
}

static void linear(const taut_strip *s, double *restrict P, double *restrict L) {
  for (int i = 0; i < s->n; i++) {
    P[i] = s->u[0][i];
    L[i] = 1;
  }
}

static void grow_fields(void) {
  printf("\ngrowth with fields (756 points; two in five transported)\n");
  const taut_track_geometry g = {.lumen = 0.05,
                                 .needle = 0.125,
                                 .outer = 0.357,
                                 .thickness = {0.08, 0.16, 1.26, 0.5},
                                 .n1 = 4,
                                 .n2 = 6,
                                 .n3 = 8,
                                 .rows = {4, 8, 24, 6}};
  taut_domain *d = NULL;
  good(taut__domain_track(context, &g, &d));
  double first = 0;
  for (int n = 5; n <= TAUT_MAX_FIELDS; n *= 2) {
    taut_field field[TAUT_MAX_FIELDS];
    taut_strip_fn *strip[TAUT_MAX_FIELDS];
    taut_group group[TAUT_MAX_FIELDS];
    taut_field_set set = {.name = "linear", .n = n, .field = field, .strip = strip, .groups = n, .group = group};
    char names[TAUT_MAX_FIELDS][16];
    for (int f = 0; f < n; f++) {
      snprintf(names[f], sizeof names[f], "f%d", f);
      field[f] = (taut_field){names[f], names[f], "1", "a field of a benchmark", TAUT_CELL, 15u, 0.1, true};
      strip[f] = linear;
      group[f] = (taut_group){1, {f}};
      set.diffusion[f] = f % 5 < 2 ? 0.1 : 0;
      set.chemotaxis[f].signal = -1;
      for (int l = 0; l < TAUT_LAYERS; l++) set.rest[f][l] = 1;
    }
    const double weight = 1;
    double seconds[REPEATS];
    taut_report report = {0};
    for (int i = 0; i < REPEATS; i++) {
      taut_engine *e = NULL;
      const taut_engine_options o = {.rtol = 1e-3, .fixed_step = 0.01};
      good(taut__engine_create(context, &set, 1, (const taut_domain *const *)&d, &weight, &o, 0, &e));
      report = (taut_report){0};
      const double from = bench_now();
      good(taut__engine_advance(e, 5, NULL, NULL, &report));
      seconds[i] = bench_now() - from;
      taut__engine_destroy(&e);
    }
    const double per = 1e9 * bench_median(seconds, REPEATS) / (double)report.steps / d->points.n / n;
    if (n == 5) first = per;
    printf("  %6d fields %8.2f ns per point, field and step (%.2f of the smallest)\n", n, per, per / first);
  }
  taut__domain_destroy(&d);
}

/* ---- instruments: a step of the constrained mixture, an evaluation of the emulator ---- */

static void instruments(const char *path) {
  job j = prepare(path, 0, NULL);
  taut_texts warnings = {0};
  taut_patch_instrument *patch = NULL;
  taut_state *state = NULL;
  taut_report report;
  taut_view from, to;
  good(taut__patch_create(context, j.c, &j.model->skin, j.model->healing, &warnings, &patch));
  good(taut_state_create(context, j.model, &state));
  good(taut_state_advance(state, 5, &report));
  taut__state_view(state, &from);
  good(taut__patch_session(patch, &from));
  good(taut_state_advance(state, 5.5, &report));
  taut__state_view(state, &to);
  double step[REPEATS], emulator[REPEATS];
  volatile double keep = 0;
  const int inner = 2000;
  const taut_skin_law law = taut__material_law(&taut__patch_mixture(patch)->material);
  for (int i = 0; i < REPEATS; i++) {
    double start = bench_now();
    for (int k = 0; k < inner; k++) good(taut__patch_advance(patch, 0.5, k % 2 ? &to : &from, k % 2 ? &from : &to));
    step[i] = (bench_now() - start) / inner;
    start = bench_now();
    for (int k = 0; k < inner; k++) {
      double x[TAUT_FEATURES];
      taut__emulator_features(&law, x);
      keep += taut__emulate(x).R0;
    }
    emulator[i] = (bench_now() - start) / inner;
  }
  (void)keep;
  const double e = bench_median(emulator, REPEATS);
  printf("\nmixture step %.1f us; emulator %.2f us, target 20 us: %s\n", 1e6 * bench_median(step, REPEATS), 1e6 * e,
         e <= 20e-6 ? "met" : "MISSED");
  taut__patch_destroy(&patch);
  taut__texts_free(&warnings);
  taut_state_destroy(&state);
  release(&j);
}

/* ---- the whole command, files included ---- */

static void whole_command(const char *command, const char *path) {
  double seconds[REPEATS];
  char folder[] = "/tmp/taut-bench-XXXXXX", out[64];
  if (!mkdtemp(folder)) {
    perror("bench");
    exit(1);
  }
  snprintf(out, sizeof out, "%s/result", folder);
  for (int i = 0; i < REPEATS; i++) {
    const double from = bench_now();
    const pid_t child = fork();
    if (child == 0) {
      execl(command, command, "run", path, "-q", "--force", "-o", out, (char *)NULL);
      _exit(127);
    }
    int status = 0;
    waitpid(child, &status, 0);
    seconds[i] = bench_now() - from;
    if (status) failures++;
  }
  const double t = bench_median(seconds, REPEATS);
  printf("\nwhole `taut run examples/neck.yaml`, files included: median %.3f s (%.3f to %.3f); target 2 s: %s\n", t,
         seconds[0], seconds[REPEATS - 1], t <= 2 ? "met" : "MISSED");
  char clean[128];
  snprintf(clean, sizeof clean, "rm -rf '%s'", folder);
  if (system(clean)) failures++;
}

int main(int argc, char **argv) {
  if (argc != 3) {
    fprintf(stderr, "usage: bench COMMAND EXAMPLES\n");
    return 2;
  }
  char c3[1024], neck[1024];
  snprintf(c3, sizeof c3, "%s/reference/C3.yaml", argv[2]);
  snprintf(neck, sizeof neck, "%s/neck.yaml", argv[2]);
  good(taut_context_create(NULL, &context));
  printf("taut %s (%s), one core, kernels for %s; medians of %d runs\n", taut_version(), taut_commit(),
         taut__cpu_v3() ? "x86-64-v3" : "the base instruction set", REPEATS);
  printf("machine: STREAM triad %.1f GB/s, fused multiply-adds %.1f GFlop/s (one core)\n\n", bench_triad(1),
         bench_flops());
  printf("%-34s %6s %6s %9s %9s %9s  %6s %9s\n", "course", "points", "steps", "median s", "min s", "max s", "ns/p/s",
         "start-up");
  const char *g1[] = {"model.tolerance=1e-3", "model.grid=G1"};
  const char *g2[] = {"model.tolerance=1e-3", "model.grid=G2"};
  const char *g3[] = {"model.tolerance=1e-3", "model.grid=G2", "model.tracks=3"};
  time_course("C3, one track, G1", c3, 2, g1, 189, 175, 1.427138, 0.06, 0.03);
  time_course("C3, one track, G2", c3, 2, g2, 756, 175, 1.42577, 0.3, 0.2);
  time_course("C3, three tracks, G2", c3, 3, g3, 2268, 0, 0, 0.9, 0.4);
  time_course("neck, standard", neck, 0, NULL, 2268, 0, 0, 0, 0);
  printf("\n");
  split(c3, "G1");
  split(c3, "G2");
  split(c3, "G3");
  grow_points(c3);
  grow_fields();
  instruments(neck);
  whole_command(argv[1], neck);
  taut_context_destroy(&context);
  if (failures) printf("%d checks failed\n", failures);
  return failures != 0;
}
