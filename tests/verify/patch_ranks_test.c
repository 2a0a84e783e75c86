/* A session on a patch that several processes share in slabs: run it under mpirun with 1, 2, 3 ... processes.  Each compares
 * its slab with the whole patch, which it computes by itself too.  Process 0 speaks TAP. */
#include "patch_fixture.h"

#include "domain/distributed/comm.h"

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

/* Largest difference of a slab from the same rows of the whole, relative to the largest value of the field. */
static double difference(const scene *slab, const scene *whole) {
  const taut_patch_grid *g = &slab->domain->patch;
  const size_t row = (size_t)g->n;
  double worst = 0;
  for (int f = 0; f < TAUT_H_FIELDS; f++) {
    int first, count, whole_first, whole_count;
    count_points(slab, f, &first, &count);
    count_points(whole, f, &whole_first, &whole_count);
    double most = 0, apart = 0;
    for (int i = 0; i < whole_count; i++) most = fmax(most, fabs(whole->u[f][i]));
    for (int i = 0; i < count; i++) {
      const size_t plane = (size_t)(i / slab->domain->nr), in = (size_t)(i % slab->domain->nr);
      const double other = whole->u[f][(plane * row + (size_t)g->y_first) * row + in];
      apart = fmax(apart, fabs(slab->u[f][i] - other));
    }
    if (most > 0) worst = fmax(worst, apart / most);
  }
  return worst;
}

static bool same_bytes(const scene *a, const scene *b) {
  bool same = true;
  for (int f = 0; f < TAUT_H_FIELDS; f++) {
    int first, count;
    count_points(a, f, &first, &count);
    same = same && memcmp(a->u[f], b->u[f], (size_t)count * sizeof(double)) == 0;
  }
  return same;
}

static void slabs_get_the_injury_of_the_whole(taut_comm *comm) {
  scene *slab = shared_reference_scene(crowd, 1, 0.02, 1, comm),
        *again = shared_reference_scene(crowd, 1, 0.02, 2, comm), *whole = reference_scene(crowd, 1, 0.02, 1);
  scene *const all[] = {slab, again, whole};
  for (int i = 0; i < 3; i++) {
    rest(all[i], 1);
    injure(all[i]);
  }
  const double apart = difference(slab, whole);
  if (apart > 2e-14) fprintf(stderr, "# apart by %g\n", apart);
  report(comm, apart <= 2e-14, "a slab has what the whole has in its place, to round-off");
  report(comm, taut__comm_size(comm) > 1 || apart == 0, "one process is the whole, to the bit");
  report(comm, same_bytes(slab, again), "the same again, with more threads, has the same bits");
  for (int i = 0; i < 3; i++) free_scene(all[i]);
}

static void drawn_punctures_are_the_same_everywhere(taut_comm *comm) {
  static const char text[] = "patient: {age: 45 years}\nsite: cheek\ntreatment: {depth: 1 mm, density: 250 /cm^2}\n"
                             "model: {scale: patch, accuracy: draft, patch: {size: 3 mm, spacing: 0.1 mm}}\n";
  scene *slab = new_shared_scene(text, 1, comm), *whole = new_scene(text, 1);
  const taut_patch_session *a = &slab->m->treat[0].patch, *b = &whole->m->treat[0].patch;
  report(comm, a->n == b->n && memcmp(a->at, b->at, (size_t)a->n * sizeof *a->at) == 0,
         "punctures do not depend on the processes");
  injure(slab);
  injure(whole);
  report(comm, difference(slab, whole) <= 2e-14, "nor do the injuries of a drawn session");
  free_scene(slab);
  free_scene(whole);
}

static void one_track_is_not_shared(taut_comm *comm) {
  static const char text[] = "patient: {age: 45 years}\nsite: cheek\ntreatment: {depth: 1 mm}\n";
  taut_context *context = NULL;
  taut_case *c = NULL;
  taut_model *m = NULL;
  taut_err err = taut_context_create(NULL, &context);
  taut__set_comm(context, comm);
  if (!err) err = taut__case_parse(context, &taut__registry, "case.yaml", text, strlen(text), NULL, 0, &c);
  if (!err) err = taut__model_create(context, c, &m);
  char expected[256];
  snprintf(expected, sizeof expected,
           "case.yaml: %d processes share a patch only; expected model.scale: patch, or one process",
           taut__comm_size(comm));
  report(comm,
         taut__comm_size(comm) == 1 ? !err
                                    : err == TAUT_ERR_INPUT && strcmp(taut_context_message(context), expected) == 0,
         "a track is refused where there are several processes");
  taut__model_destroy(&m);
  taut_case_destroy(&c);
  taut_context_destroy(&context);
}

int main(void) {
  taut_context *context = NULL;
  taut_comm *comm = NULL;
  if (taut_context_create(NULL, &context) || taut__comm_create(context, &comm)) return 1;
  slabs_get_the_injury_of_the_whole(comm);
  drawn_punctures_are_the_same_everywhere(comm);
  one_track_is_not_shared(comm);
  if (taut__comm_rank(comm) == 0) printf("1..%d\n", tests);
  taut__comm_destroy(&comm);
  taut_context_destroy(&context);
  return failures ? 1 : 0;
}
