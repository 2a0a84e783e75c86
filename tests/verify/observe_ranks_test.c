/* View and maps of a patch that several processes share in slabs: run it under mpirun with 1, 2, 3 ... processes.  Each
 * compares what it receives with the whole patch, which it computes by itself too.  Process 0 speaks TAP. */
#include "observe_fixture.h"

#include "observe/maps.h"

enum { N = 26, VISITS = 2 };
static const int rows[TAUT_LAYERS] = {2, 3, 5, 2};
static int tests, failures;

static void report(taut_comm *comm, bool good, const char *name) {
  double all = good;
  taut__comm_min(comm, &all, 1);
  if (!good) fprintf(stderr, "# process %d failed: %s\n", taut__comm_rank(comm), name);
  tests++;
  failures += all < 1;
  if (taut__comm_rank(comm) == 0) printf("%s %d - %s\n", all < 1 ? "not ok" : "ok", tests, name);
  fflush(stdout);
}

/* Largest relative difference of two views; INFINITY where an extremum is not the same number. */
static double apart(const taut_view *a, const taut_view *b) {
  const double *x = (const double *)a, *y = (const double *)b;
  double worst = 0;
  for (size_t i = 0; i < offsetof(taut_view, extra) / sizeof *x; i++)
    if (x[i] != y[i]) worst = fmax(worst, fabs(x[i] - y[i]) / fabs(y[i]));
  for (int e = 0; e < TAUT_EXTRAS; e++) {
    const double difference = fabs(a->extra[e] - b->extra[e]) / fabs(b->extra[e]);
    worst = fmax(worst, e >= TAUT_EXTRA_COVER_MIN && difference > 0 ? INFINITY : difference);
  }
  return worst;
}

static taut_view view_of(const patch *x) {
  const taut_sample sample = sample_of(x);
  taut_view view;
  taut__view(x->h, 1, &sample, &view);
  return view;
}

static void the_view_is_that_of_the_whole(taut_comm *comm) {
  patch *part = shared_patch_of(N, rows, 2, comm), *whole = patch_of(N, rows, 1);
  fill(part, scattered);
  fill(whole, scattered);
  const taut_view a = view_of(part), b = view_of(whole), again = view_of(part);
  report(comm, apart(&a, &b) < 1e-13, "the view of slabs is that of the whole, to round-off");
  report(comm, memcmp(&a, &again, sizeof a) == 0, "the same again has the same bits");
  taut_view first = a;
  taut__comm_share(comm, &first, sizeof first);
  report(comm, memcmp(&a, &first, sizeof a) == 0, "all processes have the same view");
  free_patch(part);
  free_patch(whole);
}

static taut_maps *maps_of(const patch *x, taut_err *err) {
  static const double day[VISITS] = {1, 7};
  static const taut_patch_puncture at[] = {{.x = 0.05, .y = 0.5}, {.x = 0.4, .y = 0.01}, {.x = 0.3, .y = 0.3}};
  const taut_patch_punctures session[] = {{.n = 2, .at = at}, {.n = 1, .at = at + 2}};
  const taut_sample sample = sample_of(x);
  taut_maps *maps = NULL;
  *err = taut__maps_create(x->context, x->domain, VISITS, day, &maps);
  for (int v = 0; !*err && v < VISITS; v++) *err = taut__maps_take(x->context, maps, v, x->h, &sample, v + 1, session);
  return maps;
}

static void everybody_has_the_maps_of_the_whole(taut_comm *comm) {
  patch *part = shared_patch_of(N, rows, 2, comm), *whole = patch_of(N, rows, 1);
  fill(part, scattered);
  fill(whole, scattered);
  taut_err err, other;
  taut_maps *a = maps_of(part, &err), *b = maps_of(whole, &other);
  report(comm, !err && !other, "maps of slabs are taken");
  report(comm, memcmp(a->spread, b->spread, VISITS * TAUT_MAPS * sizeof *a->spread) == 0,
         "spread and worst places have the bits of one process");
  report(comm,
         memcmp(a->profile, b->profile,
                (size_t)(VISITS * TAUT_NEAREST * a->bins * (1 + TAUT_MAPS)) * sizeof *a->profile) == 0,
         "profiles have the bits of one process");
  report(comm, a->pictures == 2 && memcmp(a->picture, b->picture, 2 * TAUT_MAPS * N * N * sizeof *a->picture) == 0,
         "pictures have the bits of one process");
  taut__maps_destroy(&a);
  taut__maps_destroy(&b);
  free_patch(part);
  free_patch(whole);
}

/* Memory fails on the last process only. */
static void an_error_on_one_is_an_error_on_all(taut_comm *comm) {
  patch *part = shared_patch_of(N, rows, 1, comm);
  fill(part, scattered);
  const double day = 1;
  const taut_sample sample = sample_of(part);
  taut_maps *maps;
  taut_err err = taut__maps_create(part->context, part->domain, 1, &day, &maps);
  if (taut__comm_rank(comm) == taut__comm_size(comm) - 1) taut__alloc_fail_after(1);
  if (!err) err = taut__maps_take(part->context, maps, 0, part->h, &sample, 0, NULL);
  taut__alloc_fail_after(0);
  report(comm, err == TAUT_ERR_MEMORY, "an error on one process is an error on all");
  taut__maps_destroy(&maps);
  free_patch(part);
}

int main(void) {
  taut_context *context = NULL;
  taut_comm *comm = NULL;
  if (taut_context_create(NULL, &context) || taut__comm_create(context, &comm)) return 1;
  the_view_is_that_of_the_whole(comm);
  everybody_has_the_maps_of_the_whole(comm);
  an_error_on_one_is_an_error_on_all(comm);
  if (taut__comm_rank(comm) == 0) printf("1..%d\n", tests);
  taut__comm_destroy(&comm);
  taut_context_destroy(&context);
  return failures ? 1 : 0;
}
