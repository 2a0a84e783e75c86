/* Processes that were started together and share a run. */
#include "run/run.h"

#include <string.h>

taut_err taut_context_join(taut_context *context) {
  taut_comm *comm = NULL;
  taut__fail_clear(context);
  taut_err err = taut__comm_create(context, &comm);
  if (!err) taut__set_comm(context, comm);
  return err;
}

void taut_context_leave(taut_context *context) {
  taut_comm *comm = taut__comm(context);
  taut__set_comm(context, NULL);
  taut__comm_destroy(&comm);
}

int taut_context_process(const taut_context *context) {
  return taut__comm_rank(taut__comm(context));
}

int taut_context_processes(const taut_context *context) {
  return taut__comm_size(taut__comm(context));
}

int taut_context_share(taut_context *context, int value) {
  taut__comm_share(taut__comm(context), &value, sizeof value);
  return value;
}

taut_err taut__all(taut_context *context, taut_err mine) {
  return taut__comm_agree_told(context, taut__comm(context), mine);
}
