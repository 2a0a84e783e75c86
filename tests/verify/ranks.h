/* For programs that several processes run together: process 0 speaks TAP, and a check counts when all processes pass it. */
#ifndef TAUT_TESTS_RANKS_H
#define TAUT_TESTS_RANKS_H

#include "domain/distributed/comm.h"

#ifdef TAUT_HAVE_MPI
#include <mpi.h>
#endif

#include <stdlib.h>
#include <string.h>

typedef struct world {
  taut_context *context;
  taut_comm *comm;
  int rank, size;
  int tests, failures;
} world;

/* By MPI itself rather than by what is tested. */
static inline bool ranks_all(const world *w, bool mine) {
  int all = mine;
#ifdef TAUT_HAVE_MPI
  int own = mine;
  if (w->comm != NULL) MPI_Allreduce(&own, &all, 1, MPI_INT, MPI_MIN, MPI_COMM_WORLD);
#else
  (void)w;
#endif
  return all;
}

/* Sum over the processes, by MPI itself. */
static inline double ranks_total(const world *w, double x) {
  double sum = x;
#ifdef TAUT_HAVE_MPI
  if (w->comm != NULL) MPI_Allreduce(&x, &sum, 1, MPI_DOUBLE, MPI_SUM, MPI_COMM_WORLD);
#else
  (void)w;
#endif
  return sum;
}

/* One TAP line for all processes. */
static inline void ranks_report(world *w, bool good, const char *name) {
  const bool all = ranks_all(w, good);
  if (!good) fprintf(stderr, "# process %d failed: %s\n", w->rank, name);
  w->tests++;
  w->failures += !all;
  if (w->rank == 0) printf("%s %d - %s\n", all ? "ok" : "not ok", w->tests, name);
  fflush(stdout);
}

static inline void ranks_skip(world *w, const char *name, const char *reason) {
  w->tests++;
  if (w->rank == 0) printf("ok %d - %s # SKIP %s\n", w->tests, name, reason);
  fflush(stdout);
}

/* The same bytes on all processes? */
static inline bool ranks_same(const world *w, const void *data, size_t n) {
#ifdef TAUT_HAVE_MPI
  if (w->comm != NULL) {
    char *first = malloc(n);
    memcpy(first, data, n);
    MPI_Bcast(first, (int)n, MPI_BYTE, 0, MPI_COMM_WORLD);
    const bool same = memcmp(first, data, n) == 0;
    free(first);
    return same;
  }
#endif
  (void)w, (void)data, (void)n;
  return true;
}

/* False, with the reason on standard error, when the processes cannot start. */
static inline bool ranks_begin(world *w) {
  *w = (world){0};
  if (taut_context_create(NULL, &w->context) != TAUT_OK) return false;
  if (taut__comm_create(w->context, &w->comm) != TAUT_OK) {
    fprintf(stderr, "%s\n", taut_context_message(w->context));
    taut_context_destroy(&w->context);
    return false;
  }
  w->rank = taut__comm_rank(w->comm);
  w->size = taut__comm_size(w->comm);
  return true;
}

/* The exit status. */
static inline int ranks_end(world *w) {
  if (w->rank == 0 && w->tests > 0) printf("1..%d\n", w->tests);
  taut__comm_destroy(&w->comm);
  taut_context_destroy(&w->context);
  return w->failures > 0;
}

#endif
