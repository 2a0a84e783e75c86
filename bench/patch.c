/* make bench: the full model on a patch of skin.  How fast is a step, where does its time go, what does a point cost in
 * memory, what do threads and processes bring, and what follows for whole courses?
 *
 *   patch EXAMPLES          everything
 *   patch EXAMPLES ranks    started by mpirun: a few steps on all processes together
 *
 * Speeds per core come from processor time, which other programs on the machine disturb least; wall time is printed beside
 * it.  Results are compared between threads and processes in the same run. */
#include "patch_job.h"
#include "base/kernel.h"
#include "course/patch_unit.h"

#include <math.h>
#include <stdio.h>
#include <string.h>
#include <sys/resource.h>

enum { BLOCK = 20, BLOCKS = 3 };

/* ---- steps ---- */

typedef struct pace {
  double wall, processor; /* seconds a step, mean of all blocks */
  double integral[TAUT_MAX_FIELDS];
} pace;

static pace time_steps(const char *examples, int threads, double side, job *kept) {
  job j = {0};
  job_begin(&j, examples, NULL, threads, side);
  const double points = job_points(&j);
  pace p = {0};
  for (int b = 0; b < BLOCKS; b++) {
    const double wall = bench_now(), processor = bench_processor();
    job_advance(&j, BLOCK);
    const double w = (bench_now() - wall) / BLOCK, c = (bench_processor() - processor) / BLOCK;
    printf("%5.1f %3d %4d-%-4d %8.4f %9.3f %9.3f %8.2f %8.2f %8.1f\n", side, threads, b * BLOCK + 1, (b + 1) * BLOCK,
           taut__engine_day(j.state->engine), w, c, 1e-6 * points / w, 1e-6 * points * threads / c, 1e9 * c / points);
    fflush(stdout);
    p.wall += w / BLOCKS;
    p.processor += c / BLOCKS;
  }
  job_integrals(&j, p.integral);
  if (kept)
    *kept = j;
  else
    job_end(&j);
  return p;
}

/* ---- memory ---- */

static void memory(const job *j) {
  const taut_domain *d = job_domain(j);
  const taut_field_set *set = &j->model->healing->set;
  int rows[TAUT_LAYERS];
  for (int l = 0; l < TAUT_LAYERS; l++) rows[l] = d->points.layer_plane[l + 1] - d->points.layer_plane[l];
  struct rusage usage;
  getrusage(RUSAGE_SELF, &usage);
  const double points = job_points(j), counted = (double)taut__patch_bytes(set, rows, d->patch.n, d->patch.n, 1);
  /* lateral spacing 20 um: 1 cm2 is 500 x 500 */
  const double cm2 = (double)taut__patch_bytes(set, rows, 500, 500, 1) / (1024.0 * 1024 * 1024);
  printf("\nmemory: %.0f bytes a point by count, %.0f at most resident so far; target 1000: %s\n", counted / points,
         1024.0 * (double)usage.ru_maxrss / points, counted / points <= 1000 ? "met" : "MISSED");
  printf("        1 cm2 at 20 um: %.1f GiB by count; target 12: %s\n", cm2, cm2 <= 12 ? "met" : "MISSED");
}

/* ---- whole courses, projected ---- */

static void projected(const char *what, double wall, double processor, double target, double aim) {
  printf("  %-22s %6.1f minutes at the wall times above, %6.1f at the processor times if both cores were free; target "
         "%.0f",
         what, wall / 60, processor / 60, target);
  if (aim > 0) printf(", aim %.0f", aim);
  printf(": %s\n", wall / 60 <= aim ? "aim met" : wall / 60 <= target ? "target met" : "MISSED");
}

/* Steps of a course of four sessions and twelve months, and how dear its steps are beside its first ones: really run on a
 * small patch. */
static void project(const char *examples, const pace *two) {
  const double side = 1.2;
  job j = {0}, whole = {0};
  job_begin(&j, examples, NULL, 2, side);
  const double from = bench_processor();
  job_advance(&j, BLOCK * BLOCKS);
  const double first = (bench_processor() - from) / (BLOCK * BLOCKS);
  job_end(&j);
  job_make(&whole, examples, NULL, 2, side);
  taut_result *r = NULL;
  const double start = bench_processor();
  job_good(&whole, taut_run(whole.context, whole.model, &r));
  const long steps = r->report.steps;
  const double dear = (bench_processor() - start) / (double)steps / first;
  taut_result_destroy(&r);
  job_end(&whole);
  printf(
      "\nfour sessions, twelve months (really run on %.1f x %.1f mm): %ld steps, each %.2f times as dear as the first "
      "%d\n",
      side, side, steps, dear, BLOCK * BLOCKS);
  const double wall = (double)steps * dear * two->wall, processor = (double)steps * dear * two->processor / 2;
  projected("5 x 5 mm, two threads:", wall, processor, 15, 0);
  projected("1 cm2, two threads:", 4 * wall, 4 * processor, 45, 30);
}

int main(int argc, char **argv) {
  if (argc == 3 && !strcmp(argv[2], "ranks")) return bench_rank(argv[1]);
  if (argc != 2) {
    fprintf(stderr, "usage: patch EXAMPLES [ranks]\n");
    return 2;
  }
  const double triad[2] = {bench_triad(1), bench_triad(2)};
  printf("taut %s (%s), the full model on a patch, 30 fields, grid G2, 20 um, tolerance 1e-3; kernels for %s\n",
         taut_version(), taut_commit(), taut__cpu_v3() ? "x86-64-v3" : "the base instruction set");
  printf("machine: STREAM triad %.1f GB/s on one thread, %.1f GB/s on two (%.2f times)\n", triad[0], triad[1],
         triad[1] / triad[0]);
  printf(
      "load of the machine when this began: %.1f; wall times are those of this program only where that is near 0\n\n",
      bench_load());
  printf("%5s %3s %9s %8s %9s %9s %8s %8s %8s\n", "mm", "thr", "steps", "day", "s/step", "proc. s", "M p s/s", "proc.",
         "ns/point");
  job j = {0};
  const pace one = time_steps(argv[1], 1, 5, &j);
  const int fields = j.model->healing->set.n;
  const double points = job_points(&j);
  memory(&j);
  bench_parts(&j);
  job_end(&j);
  printf("\n");
  const pace two = time_steps(argv[1], 2, 5, NULL);
  job_check(job_apart(fields, one.integral, two.integral) == 0, "one and two threads give the same numbers");
  const double speed = 1e-6 * points / two.wall;
  printf("two threads: %.2f million points and steps a second (wall); target 3, aim 6: %s; speed-up %.2f, of STREAM "
         "%.2f\n",
         speed,
         speed >= 6   ? "aim met"
         : speed >= 3 ? "target met"
                      : "MISSED",
         one.wall / two.wall, triad[1] / triad[0]);
  project(argv[1], &two);
  bench_ranks(argv[0], argv[1], fields);
  if (job_failures()) printf("%d checks failed\n", job_failures());
  return job_failures() != 0;
}
