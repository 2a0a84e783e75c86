/* Exchanges between processes: run it under mpirun with 1, 2, 3 ... processes.  Process 0 speaks TAP; a check counts when
 * all processes pass it.  Arguments: `large` exchanges more than 2^31 bytes, `die` lets the last process be killed. */
#include "ranks.h"

#include <math.h>
#include <signal.h>
#include <unistd.h>

/* Number i of process r: sums of these round differently in every order. */
static double part(int r, int i) {
  return sin(1.0 + 7.3 * r + 0.37 * i) * pow(10, (r * 5 + i) % 7 - 3);
}

static void sums_are_equal_on_all_and_repeat(world *w) {
  enum { N = 5000 };
  static double x[N], again[N];
  bool near = true;
  for (int i = 0; i < N; i++) x[i] = again[i] = part(w->rank, i);
  taut__comm_sum(w->comm, x, N);
  taut__comm_sum(w->comm, again, N);
  for (int i = 0; i < N; i++) {
    long double exact = 0, size = 0;
    for (int r = 0; r < w->size; r++) exact += part(r, i), size += fabsl((long double)part(r, i));
    near &= fabsl((long double)x[i] - exact) <= (w->size - 1) * 1.2e-16L * size;
  }
  ranks_report(w, near, "a sum is that of all parts, to round-off");
  ranks_report(w, memcmp(x, again, sizeof x) == 0, "the same sum again has the same bits");
  ranks_report(w, ranks_same(w, x, sizeof x), "all processes get the same bits");
}

static void extrema_keep_what_is_no_number(world *w) {
  double x[4] = {w->rank, -w->rank, w->rank == w->size - 1 ? NAN : 1, w->rank == 0 ? INFINITY : 0};
  double y[4] = {w->rank, -w->rank, w->rank == 0 ? NAN : 1, w->rank == 0 ? -INFINITY : 0};
  taut__comm_max(w->comm, x, 4);
  taut__comm_min(w->comm, y, 4);
  ranks_report(w, x[0] == w->size - 1 && x[1] == 0 && isnan(x[2]) && x[3] == INFINITY,
               "the largest of all, NAN included");
  ranks_report(w, y[0] == 0 && y[1] == 1 - w->size && isnan(y[2]) && y[3] == -INFINITY,
               "the smallest of all, NAN included");
}

static void an_error_anywhere_is_an_error_everywhere(world *w) {
  bool good = taut__comm_agree(w->comm, TAUT_OK) == TAUT_OK;
  for (int r = 0; r < w->size; r++) {
    good &= taut__comm_agree(w->comm, w->rank == r ? TAUT_ERR_IO : TAUT_OK) == TAUT_ERR_IO;
    /* spoilt is worse than what can be mended, whoever has which */
    taut_err mine = w->rank == r ? TAUT_ERR_MEMORY : TAUT_ERR_INTERRUPTED;
    good &= taut__comm_agree(w->comm, mine) == TAUT_ERR_MEMORY;
  }
  ranks_report(w, good, "the worst error of all is the error of each");
}

static void all_are_told_of_the_first_failure(world *w) {
  const int failing = w->size - 1;
  taut_err err = TAUT_OK;
  char expected[80];
  taut__fail_clear(w->context);
  if (w->rank == failing) err = taut__fail(w->context, TAUT_ERR_IO, "fields.h5", "no space left");
  err = taut__comm_agree_told(w->context, w->comm, err);
  snprintf(expected, sizeof expected, "%sfields.h5: no space left", w->rank == failing ? "" : "process");
  const char *text = taut_context_message(w->context);
  bool good = err == TAUT_ERR_IO && strstr(text, "fields.h5: no space left") != NULL;
  if (w->rank != failing) {
    snprintf(expected, sizeof expected, "process %d: ", failing);
    good &= strstr(text, expected) == text;
  }
  taut__fail_clear(w->context);
  good &= taut__comm_agree_told(w->context, w->comm, TAUT_OK) == TAUT_OK && taut__fail_count(w->context) == 0;
  /* a failure without a text of its own */
  good &= taut__comm_agree_told(w->context, w->comm, w->rank == 0 ? TAUT_ERR_NUMERICS : TAUT_OK) == TAUT_ERR_NUMERICS;
  ranks_report(w, good, "all are told what failed first, and on which process");
}

static void neighbours_swap_in_a_ring(world *w) {
  enum { N = 3000 };
  static double up[N], down[N], from_up[N], from_down[N];
  const int before = (w->rank + w->size - 1) % w->size, after = (w->rank + 1) % w->size;
  bool good = true;
  for (int i = 0; i < N; i++) up[i] = part(w->rank, i), down[i] = -part(w->rank, i + 1);
  taut__comm_ring(w->comm, N, up, down, from_up, from_down);
  for (int i = 0; i < N; i++) good &= from_up[i] == -part(before, i + 1) && from_down[i] == part(after, i);
  ranks_report(w, good, "a ring hands up to the one before and down to the one after");
}

static size_t length_of(int from, int to) {
  return (size_t)((from * 7 + to * 13) % 5) * 1001; /* some are empty */
}

static void everyone_exchanges_with_everyone(world *w) {
  enum { MOST = 64, LONGEST = 4 * 1001 };
  static unsigned char send[MOST * LONGEST], receive[MOST * LONGEST];
  size_t send_start[MOST + 1] = {0}, receive_start[MOST + 1] = {0};
  bool good = w->size <= MOST;
  for (int r = 0; good && r < w->size; r++) {
    send_start[r + 1] = send_start[r] + length_of(w->rank, r);
    receive_start[r + 1] = receive_start[r] + length_of(r, w->rank);
    for (size_t i = send_start[r]; i < send_start[r + 1]; i++)
      send[i] = (unsigned char)(w->rank * 31 + r * 17 + (int)(i - send_start[r]));
  }
  memset(receive, 0xee, sizeof receive);
  if (good) taut__comm_exchange(w->comm, send, send_start, receive, receive_start);
  for (int r = 0; good && r < w->size; r++) {
    for (size_t i = receive_start[r]; i < receive_start[r + 1]; i++)
      good &= receive[i] == (unsigned char)(r * 31 + w->rank * 17 + (int)(i - receive_start[r]));
  }
  good = good && receive[receive_start[w->size]] == 0xee;
  ranks_report(w, good, "everyone gets from everyone what was meant for it");
}

static void the_first_shares_with_all(world *w) {
  char text[9000];
  bool good = true;
  memset(text, w->rank == 0 ? 'x' : '.', sizeof text);
  taut__comm_share(w->comm, text, sizeof text - 1);
  for (size_t i = 0; i + 1 < sizeof text; i++) good &= text[i] == 'x';
  good &= text[sizeof text - 1] == (w->rank == 0 ? 'x' : '.');
  taut__comm_share(w->comm, text, 0);
  ranks_report(w, good, "what process 0 shares reaches all, and no byte more");
}

static void messages_and_bytes_are_counted(world *w) {
  const taut_comm_count a = taut__comm_counted(w->comm);
  double x[10] = {0}, y[10] = {0}, z[10], u[10];
  taut__comm_sum(w->comm, x, 10);
  const taut_comm_count b = taut__comm_counted(w->comm);
  taut__comm_ring(w->comm, 10, x, y, z, u);
  const taut_comm_count c = taut__comm_counted(w->comm);
  taut__comm_share(w->comm, x, sizeof x);
  const taut_comm_count d = taut__comm_counted(w->comm);
  const bool many = w->comm != NULL;
  int power = 1, steps = 0;
  while (2 * power <= w->size) power *= 2, steps++;
  const double expected = many ? power * steps + 2 * (w->size - power) : 0;
  bool good = b.reductions - a.reductions == many && c.halos - b.halos == many;
  good &= ranks_total(w, (double)(b.messages - a.messages)) == expected;
  good &= ranks_total(w, b.bytes - a.bytes) == expected * sizeof x;
  good &= c.messages - b.messages == (w->size > 1 ? 2 : 0) && c.bytes - b.bytes == (w->size > 1 ? 160 : 0);
  good &= ranks_total(w, (double)(d.messages - c.messages)) == w->size - 1;
  ranks_report(w, good, "messages and bytes are counted");
}

static void the_environment_tells_how_many_were_started(world *w) {
  static const char *const variable[] = {"OMPI_COMM_WORLD_SIZE", "PMI_SIZE", "MV2_COMM_WORLD_SIZE",
                                         "SLURM_STEP_NUM_TASKS"};
  for (int i = 0; i < 4; i++) unsetenv(variable[i]);
  bool good = taut__comm_launched() == 1;
  setenv("SLURM_NTASKS", "12", 1); /* a batch script: the step has not begun */
  setenv("SLURM_PROCID", "0", 1);
  good &= taut__comm_launched() == 1;
  setenv("SLURM_STEP_NUM_TASKS", "12", 1);
  good &= taut__comm_launched() == 12;
  setenv("OMPI_COMM_WORLD_SIZE", "3", 1); /* mpirun within a step */
  good &= taut__comm_launched() == 3;
  setenv("OMPI_COMM_WORLD_SIZE", "none", 1);
  setenv("SLURM_STEP_NUM_TASKS", "-1", 1);
  good &= taut__comm_launched() == 1;
  ranks_report(w, good, "mpirun and steps of srun are seen, a batch script alone is not");
}

/* More than an int counts, from 0 to the last process.  Untouched pages of the sender take no memory. */
static void an_exchange_may_exceed_two_gibibytes(world *w) {
  const size_t n = ((size_t)1 << 31) + 4099, mark[] = {0, ((size_t)1 << 30) - 1, (size_t)1 << 30, n - 4100, n - 1};
  const bool sends = w->rank == 0, receives = w->rank == w->size - 1;
  unsigned char *out = calloc(sends ? n : 1, 1), *in = malloc(receives ? n : 1);
  size_t *send_start = calloc((size_t)w->size + 1, sizeof *send_start);
  size_t *receive_start = calloc((size_t)w->size + 1, sizeof *receive_start);
  /* memory is promised by calloc and taken later */
  const double needed = 3 * (double)n;
  bool good =
      out != NULL && in != NULL && send_start != NULL && receive_start != NULL && !(taut__memory_available() < needed);
  if (ranks_total(w, !good) > 0) {
    ranks_skip(w, "an exchange of more than 2 GiB arrives whole", "not enough memory");
  } else {
    if (sends) send_start[w->size] = n;
    if (receives)
      for (int r = 0; r < w->size; r++) receive_start[r + 1] = n;
    for (int i = 0; sends && i < 5; i++) out[mark[i]] = (unsigned char)(i + 1);
    taut__comm_exchange(w->comm, out, send_start, in, receive_start);
    for (int i = 0; receives && i < 5; i++) good &= in[mark[i]] == i + 1;
    size_t others = 0;
    for (size_t i = 0; receives && i < n; i++) others += in[i] != 0;
    good &= others == (receives ? 5 : 0);
    ranks_report(w, good, "an exchange of more than 2 GiB arrives whole");
  }
  free(out), free(in), free(send_start), free(receive_start);
}

static void common_tests(world *w) {
  ranks_report(w, ranks_total(w, 1) == w->size && ranks_total(w, w->rank) == w->size * (w->size - 1) / 2,
               "all processes take part, each with a rank of its own");
  sums_are_equal_on_all_and_repeat(w);
  extrema_keep_what_is_no_number(w);
  an_error_anywhere_is_an_error_everywhere(w);
  all_are_told_of_the_first_failure(w);
  neighbours_swap_in_a_ring(w);
  everyone_exchanges_with_everyone(w);
  the_first_shares_with_all(w);
  messages_and_bytes_are_counted(w);
  the_environment_tells_how_many_were_started(w);
}

int main(int argc, char **argv) {
  world w;
  const char *mode = argc > 1 ? argv[1] : "";
  if (!ranks_begin(&w)) return 3;
  if (strcmp(mode, "die") == 0) {
    double x = 0;
    if (w.rank == w.size - 1) raise(SIGKILL);
    taut__comm_sum(w.comm, &x, 1);
  } else if (strcmp(mode, "large") == 0) {
    an_exchange_may_exceed_two_gibibytes(&w);
  } else {
    common_tests(&w);
  }
  return ranks_end(&w);
}
