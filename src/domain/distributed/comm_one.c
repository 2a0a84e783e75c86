/* A build without MPI: one process, so that there never is a communicator. */
#include "domain/distributed/comm.h"

#include <string.h>

taut_err taut__comm_create(taut_context *context, taut_comm **out) {
  *out = NULL;
  const int launched = taut__comm_launched();
  if (launched == 1) return TAUT_OK;
  return taut__fail(context, TAUT_ERR_NOT_AVAILABLE, NULL,
                    "started as %d processes, but this taut was built without MPI; start one process with --threads",
                    launched);
}
void taut__comm_destroy(taut_comm **comm) {
  *comm = NULL;
}
int taut__comm_rank(const taut_comm *comm) {
  (void)comm;
  return 0;
}
int taut__comm_size(const taut_comm *comm) {
  (void)comm;
  return 1;
}
taut_comm_count taut__comm_counted(const taut_comm *comm) {
  (void)comm;
  return (taut_comm_count){0};
}
void taut__comm_sum(taut_comm *comm, double *x, int n) {
  (void)comm, (void)x, (void)n;
}
void taut__comm_max(taut_comm *comm, double *x, int n) {
  (void)comm, (void)x, (void)n;
}
void taut__comm_min(taut_comm *comm, double *x, int n) {
  (void)comm, (void)x, (void)n;
}
taut_err taut__comm_agree(taut_comm *comm, taut_err mine) {
  (void)comm;
  return mine;
}
void taut__comm_ring(taut_comm *comm, int n, const double *up, const double *down, double *from_up, double *from_down) {
  (void)comm;
  memcpy(from_up, down, (size_t)n * sizeof *down);
  memcpy(from_down, up, (size_t)n * sizeof *up);
}
void taut__comm_exchange(taut_comm *comm, const void *send, const size_t *send_start, void *receive,
                         const size_t *receive_start) {
  (void)comm;
  memcpy((char *)receive + receive_start[0], (const char *)send + send_start[0], send_start[1] - send_start[0]);
}
void taut__comm_share(taut_comm *comm, void *data, size_t n) {
  (void)comm, (void)data, (void)n;
}
