/* What communicators do with and without MPI: how this process was started, and failures that all are told of. */
#include "domain/distributed/comm.h"

#include <stdlib.h>
#include <string.h>

int taut__comm_launched(void) {
  /* Set for each process by Open MPI, by MPICH and its kin, by MVAPICH, and by srun within a step (a batch script itself is
   * no step).  The first one found counts: mpirun may run inside a step. */
  static const char *const variable[] = {"OMPI_COMM_WORLD_SIZE", "PMI_SIZE", "MV2_COMM_WORLD_SIZE",
                                         "SLURM_STEP_NUM_TASKS"};
  for (size_t i = 0; i < sizeof variable / sizeof variable[0]; i++) {
    const char *text = getenv(variable[i]);
    const long n = text == NULL ? 0 : strtol(text, NULL, 10);
    if (n > 0) return n < 1000000 ? (int)n : 1000000;
  }
  return 1;
}

/* Copies `text` of process `from` to all; NULL when out of memory there.  Release with free(). */
static char *spread_text(taut_comm *comm, int from, const char *text) {
  const int size = taut__comm_size(comm), rank = taut__comm_rank(comm);
  double length = rank == from ? (double)strlen(text) : 0;
  taut__comm_max(comm, &length, 1);
  const size_t n = (size_t)length;
  char *all = taut__alloc(n + 1, 1);
  size_t *start = taut__alloc(2 * (size_t)size + 2, sizeof *start);
  double failed = all == NULL || start == NULL;
  taut__comm_max(comm, &failed, 1);
  if (failed == 0) {
    size_t *receive_start = start + size + 1;
    if (rank == from)
      for (int r = 0; r < size; r++) start[r + 1] = n;
    if (rank == 0)
      for (int r = from; r < size; r++) receive_start[r + 1] = n;
    taut__comm_exchange(comm, text, start, all, receive_start);
    taut__comm_share(comm, all, n);
  } else {
    free(all);
    all = NULL;
  }
  free(start);
  return all;
}

taut_err taut__comm_agree_told(taut_context *context, taut_comm *comm, taut_err mine) {
  const taut_err err = taut__comm_agree(comm, mine);
  if (err == TAUT_OK || comm == NULL) return err;
  const int rank = taut__comm_rank(comm);
  const char *text = taut_context_message(context);
  const bool told = mine != TAUT_OK && text[0] != '\0';
  double first = told ? rank : taut__comm_size(comm);
  taut__comm_min(comm, &first, 1);
  if ((int)first == taut__comm_size(comm)) return err; /* nobody has a text */
  char *words = spread_text(comm, (int)first, text);
  if (!told) taut__fail(context, err, NULL, "process %d: %s", (int)first, words == NULL ? taut_err_text(err) : words);
  free(words);
  return err;
}
