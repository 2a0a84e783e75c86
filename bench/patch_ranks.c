/* A patch shared by processes: counted messages, and what follows for many. */
#include "patch_job.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

enum { RANK_STEPS = 15 };
static const double rank_side = 2.5;

/* Under mpirun: prints one line for the parent. */
int bench_rank(const char *examples) {
  job j = {0};
  taut_comm *comm = NULL;
  if (taut__comm_create(NULL, &comm)) return 1;
  job_begin(&j, examples, comm, 1, rank_side);
  job_advance(&j, 2);
  const taut_comm_count before = taut__comm_counted(comm);
  const double start = bench_now(), processor = bench_processor();
  job_advance(&j, RANK_STEPS);
  double wall = (bench_now() - start) / RANK_STEPS, used = (bench_processor() - processor) / RANK_STEPS;
  const taut_comm_count after = taut__comm_counted(comm);
  double sum[TAUT_MAX_FIELDS],
      counts[5] = {(double)(after.reductions - before.reductions), (double)(after.halos - before.halos),
                   (double)(after.transposes - before.transposes), (double)(after.messages - before.messages),
                   after.bytes - before.bytes};
  job_integrals(&j, sum);
  taut__comm_max(comm, counts, 5);
  taut__comm_max(comm, &wall, 1);
  taut__comm_sum(comm, &used, 1);
  if (taut__comm_rank(comm) == 0) {
    printf("RANKS %d %.17g %.17g %.17g", taut__comm_size(comm), taut__engine_day(j.state->engine), wall, used);
    for (int i = 0; i < 5; i++) printf(" %.17g", counts[i] / RANK_STEPS);
    for (int f = 0; f < j.model->healing->set.n; f++) printf(" %.17g", sum[f]);
    printf("\n");
  }
  job_end(&j);
  taut__comm_destroy(&comm);
  return 0;
}

typedef struct rank_result {
  int ranks;
  double day, wall, processor, reductions, halos, transposes, messages, bytes, integral[TAUT_MAX_FIELDS];
} rank_result;

static bool run_ranks(const char *self, const char *examples, int n, int fields, rank_result *out) {
  char command[3000], line[8192];
  snprintf(command, sizeof command,
           "OMPI_ALLOW_RUN_AS_ROOT=1 OMPI_ALLOW_RUN_AS_ROOT_CONFIRM=1 mpirun --oversubscribe -n %d '%s' '%s' ranks "
           "2>/dev/null",
           n, self, examples);
  FILE *pipe = popen(command, "r");
  if (!pipe) return false;
  bool found = false;
  while (fgets(line, sizeof line, pipe)) {
    if (strncmp(line, "RANKS ", 6)) continue;
    char *at = line + 6;
    out->ranks = (int)strtol(at, &at, 10);
    double *const number[] = {&out->day,   &out->wall,       &out->processor, &out->reductions,
                              &out->halos, &out->transposes, &out->messages,  &out->bytes};
    for (int i = 0; i < 8; i++) *number[i] = strtod(at, &at);
    for (int f = 0; f < fields; f++) out->integral[f] = strtod(at, &at);
    found = out->ranks == n;
  }
  return pclose(pipe) == 0 && found;
}

/* What one process sends in a step, fitted to counts on two and four processes of one patch (n points a row):
 *   messages  2 halos + (p - 1) transposes + log2(p) reductions
 *   bytes     modes n^2/p (p - 1)/p   what a process holds in modes, but its own share, at every transpose
 *             + edge n                a row of every plane at each halo exchange
 * Bytes of reductions are hundreds of times less and left out. */
typedef struct traffic {
  double halos, transposes, reductions, modes, edge;
} traffic;

static traffic fit_traffic(const rank_result *two, const rank_result *four, double n) {
  const double q = n * n, share = 0.25 - 0.1875; /* (p - 1)/p^2 of two and four */
  traffic t = {.halos = two->halos, .transposes = two->transposes, .reductions = two->reductions};
  t.modes = (two->bytes - four->bytes) / (share * q);
  t.edge = (two->bytes - t.modes * q * 0.25) / n;
  return t;
}

static double messages_of(const traffic *t, int p) {
  return 2 * t->halos + (p - 1) * t->transposes + ceil(log2(p)) * t->reductions;
}

/* `own`: points of a plane on each process. */
static double bytes_of(const traffic *t, int p, double own) {
  return t->modes * own * (p - 1) / p + t->edge * sqrt(own * p);
}

/* Each process holds `own` points of a plane and computes `seconds` a step. */
static void predict(const traffic *t, double own, double seconds) {
  static const int processes[] = {2, 4, 16, 64, 256, 1000};
  const double latency = 2e-6, bandwidth = 0.8e9;
  printf("\nweak scaling, a PREDICTION from counted messages: every process holds 5 x 5 mm (%.0f points a plane) and "
         "computes as fast\na point as one process above; network: %.0f us a message, %.1f GB/s a process (200 Gbit/s "
         "shared by 32 processes of a node),\nnothing overlapped\n",
         own, 1e6 * latency, 1e-9 * bandwidth);
  printf("  %9s %14s %12s %10s %25s %11s\n", "processes", "rows of each", "messages", "MB sent",
         "s/step: compute, send", "efficiency");
  for (size_t i = 0; i < sizeof processes / sizeof *processes; i++) {
    const int p = processes[i];
    const double messages = messages_of(t, p), bytes = bytes_of(t, p, own);
    const double added = messages * latency + bytes / bandwidth;
    printf("  %9d %14.1f %12.0f %10.1f %16.3f + %6.3f %9.0f %%\n", p, sqrt(own / p), messages, 1e-6 * bytes, seconds,
           added, 100 * seconds / (seconds + added));
  }
}

enum { RUNS = 4 };

void bench_ranks(const char *self, const char *examples, int fields) {
  rank_result r[RUNS] = {{0}};
  const double n = rint(rank_side / 0.02);
  printf("\nprocesses: %.1f x %.1f mm, %d steps, one thread each; counts a step, of the process that sends most\n",
         rank_side, rank_side, RANK_STEPS);
  for (int i = 0; i < RUNS; i++)
    if (!run_ranks(self, examples, 1 << i, fields, &r[i])) {
      printf("  skipped: %d processes cannot be started with mpirun here, or the build has no MPI\n", 1 << i);
      return;
    }
  printf("  %9s %12s %14s %9s %10s %8s %11s %10s %10s\n", "processes", "wall s/step", "processor s", "speed-up",
         "reductions", "halos", "transposes", "messages", "MB sent");
  for (int i = 0; i < RUNS; i++) {
    printf("  %9d %12.4f %14.4f %9.2f %10.1f %8.1f %11.1f %10.1f %10.2f\n", r[i].ranks, r[i].wall, r[i].processor,
           r[0].wall / r[i].wall, r[i].reductions, r[i].halos, r[i].transposes, r[i].messages, 1e-6 * r[i].bytes);
    const double difference = job_apart(fields, r[0].integral, r[i].integral);
    if (i) printf("  %9s integrals of all fields differ from one process by %.1e\n", "", difference);
    job_check(difference < 1e-6, "results of several processes");
  }
  const traffic t = fit_traffic(&r[1], &r[2], n);
  const double messages = messages_of(&t, 8), bytes = bytes_of(&t, 8, n * n / 8);
  printf("  model on eight, from two and four: %.0f messages, %.2f MB\n", messages, 1e-6 * bytes);
  job_check(fabs(messages / r[3].messages - 1) < 0.1, "model of messages");
  job_check(fabs(bytes / r[3].bytes - 1) < 0.15, "model of bytes");
  predict(&t, 4 * n * n, 4 * r[0].processor);
}
