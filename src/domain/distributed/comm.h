/* Processes that share one run: who they are, and the few ways in which they exchange numbers.
 *
 * One process has no communicator (NULL); every exchange is then a copy or nothing, so that callers need no second path.
 * Sums are formed along a tree whose shape depends on the number of processes alone: every process gets the same bits, and
 * so does every run on as many processes.  All functions are collective: every process must call them in the same order,
 * from the thread that called taut__comm_create.
 *
 * A failure of MPI itself (a process died, the network broke) cannot be handed to callers, since the others would wait for
 * ever: its text goes to standard error and all processes end with exit status 5.  That is the one place where the library
 * prints and exits.
 *
 * MPI stays behind this header (comm_mpi.c); a build without it has comm_one.c, which knows one process only.
 */
#ifndef TAUT_DOMAIN_DISTRIBUTED_COMM_H
#define TAUT_DOMAIN_DISTRIBUTED_COMM_H

#include "base/base.h"

typedef struct taut_comm taut_comm;

/** Bytes and messages sent by this process so far, by kind: what the model of communication counts. */
typedef struct taut_comm_count {
  long reductions, halos, transposes; /**< calls */
  long messages;                      /**< messages to other processes */
  double bytes;                       /**< sent to other processes */
} taut_comm_count;

/** How many processes the environment says were started together (mpirun, srun); 1: this one alone.  Starts nothing. */
int taut__comm_launched(void);
/** The processes started together: starts MPI when taut__comm_launched() says so, or shares the MPI that the program has
 *  started itself; else NULL, one process.  Call it once a program; destroy ends MPI if create started it.
 *  NOT_AVAILABLE in a build without MPI that was started as several processes; LIBRARY when MPI does not see all of them. */
TAUT_MUST_USE taut_err taut__comm_create(taut_context *context, taut_comm **out);
void taut__comm_destroy(taut_comm **comm);
/** NULL stands for one process. */
int taut__comm_rank(const taut_comm *comm);
int taut__comm_size(const taut_comm *comm);
taut_comm_count taut__comm_counted(const taut_comm *comm);

/** x[i] becomes the sum, the largest, the smallest of x[i] over all processes. */
void taut__comm_sum(taut_comm *comm, double *x, int n);
void taut__comm_max(taut_comm *comm, double *x, int n);
void taut__comm_min(taut_comm *comm, double *x, int n);
/** Worst error of all processes: an error anywhere becomes an error everywhere (its text stays with those that have it). */
taut_err taut__comm_agree(taut_comm *comm, taut_err mine);
/** The same, and the message of the first process that failed is recorded, as `process 2: ...`, on all that have none. */
taut_err taut__comm_agree_told(taut_context *context, taut_comm *comm, taut_err mine);
/** Sends `up` (n numbers) to the process before this one and `down` to the one after it, in a ring; receives their
 *  counterparts: `from_up` is what the process before sent down. */
void taut__comm_ring(taut_comm *comm, int n, const double *up, const double *down, double *from_up, double *from_down);
/** Exchange of everyone with everyone: send[send_start[r] .. send_start[r+1]) goes to rank r, which puts it at its
 *  receive[receive_start[me] ..).  Starts in bytes, [size + 1]. */
void taut__comm_exchange(taut_comm *comm, const void *send, const size_t *send_start, void *receive,
                         const size_t *receive_start);
/** Copies n bytes of rank 0 to everyone. */
void taut__comm_share(taut_comm *comm, void *data, size_t n);

#endif
