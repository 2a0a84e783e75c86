/* Several processes, by MPI.
 *
 * Only point-to-point messages are used: the order in which sums are formed, the number of messages and their sizes are
 * then known and do not depend on what the MPI library thinks best on this machine. */
#include "domain/distributed/comm_mpi.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

enum { BUFFER = 2048, PIECE = 1 << 30, WINDOW = 8 };
enum { TAG_FOLD, TAG_UP, TAG_DOWN, TAG_EXCHANGE, TAG_SHARE };

struct taut_comm {
  MPI_Comm comm; /* of our own, so that our messages never meet those of others */
  int rank, size;
  bool started; /* MPI was started here */
  taut_comm_count count;
  double buffer[BUFFER]; /* what arrives for a reduction */
};

/* Takes the place of MPI's own handler, whose text names neither program nor cause. */
static void stop(MPI_Comm *comm, int *code, ...) {
  char text[MPI_MAX_ERROR_STRING] = "unknown failure";
  int length, rank = 0;
  MPI_Error_string(*code, text, &length);
  MPI_Comm_rank(*comm, &rank);
  fprintf(stderr, "taut: process %d: MPI failed, all processes end: %s\n", rank, text);
  MPI_Abort(*comm, taut_err_exit_status(TAUT_ERR_LIBRARY));
}

/* ----------------------------------------------------------------------------------------------- life line ---- */

/* Starts MPI unless the program has; *started tells.  *alone: there is nothing to start. */
static taut_err start(taut_context *context, int launched, bool *started, bool *alone) {
  int running = 0, over = 0, level = 0;
  *started = false;
  MPI_Initialized(&running);
  *alone = !running && launched == 1;
  if (running || *alone) return TAUT_OK;
  MPI_Finalized(&over);
  if (over) return taut__fail(context, TAUT_ERR_LIBRARY, "MPI", "was ended and cannot start a second time");
  /* Open MPI would make shared file pointers with every file it opens, in /dev/shm, which containers may lack or forbid; nothing
   * here uses them, and this kind needs nothing.  What the user has chosen stays. */
  (void)setenv("OMPI_MCA_sharedfp", "individual", 0);
  if (MPI_Init_thread(NULL, NULL, MPI_THREAD_FUNNELED, &level) != MPI_SUCCESS)
    return taut__fail(context, TAUT_ERR_LIBRARY, "MPI", "does not start");
  *started = true;
  if (level >= MPI_THREAD_FUNNELED) return TAUT_OK;
  return taut__fail(context, TAUT_ERR_LIBRARY, "MPI", "this library does not allow threads beside it");
}

static taut_err fill(taut_context *context, int launched, taut_comm *comm) {
  int world = 0;
  MPI_Errhandler handler;
  MPI_Comm_size(MPI_COMM_WORLD, &world);
  if (comm->started && world != launched) {
    /* each process would take itself for the whole run */
    char version[MPI_MAX_LIBRARY_VERSION_STRING] = "";
    int length;
    MPI_Get_library_version(version, &length);
    version[strcspn(version, ",\n")] = '\0';
    return taut__fail(context, TAUT_ERR_LIBRARY, "MPI",
                      "started as %d processes, of which %s sees %d; expected the mpirun of that library, or srun with "
                      "the --mpi type that it knows",
                      launched, version, world);
  }
  MPI_Comm_dup(MPI_COMM_WORLD, &comm->comm);
  MPI_Comm_create_errhandler(stop, &handler);
  MPI_Comm_set_errhandler(comm->comm, handler);
  MPI_Errhandler_free(&handler);
  MPI_Comm_rank(comm->comm, &comm->rank);
  MPI_Comm_size(comm->comm, &comm->size);
  return TAUT_OK;
}

taut_err taut__comm_create(taut_context *context, taut_comm **out) {
  const int launched = taut__comm_launched();
  bool started, alone;
  *out = NULL;
  taut_err err = start(context, launched, &started, &alone);
  taut_comm *comm = NULL;
  if (err == TAUT_OK && !alone) {
    comm = taut__alloc(1, sizeof *comm);
    if (comm == NULL) err = taut__fail(context, TAUT_ERR_MEMORY, "MPI", "out of memory");
  }
  if (comm != NULL) {
    comm->started = started;
    comm->comm = MPI_COMM_NULL;
    err = fill(context, launched, comm);
  }
  if (err == TAUT_OK) {
    *out = comm;
    return TAUT_OK;
  }
  free(comm);
  if (started) MPI_Finalize();
  return err;
}

void taut__comm_destroy(taut_comm **comm) {
  if (*comm == NULL) return;
  const bool started = (*comm)->started;
  MPI_Comm_free(&(*comm)->comm);
  free(*comm);
  *comm = NULL;
  if (started) MPI_Finalize();
}

int taut__comm_rank(const taut_comm *comm) {
  return comm == NULL ? 0 : comm->rank;
}

int taut__comm_size(const taut_comm *comm) {
  return comm == NULL ? 1 : comm->size;
}

taut_comm_count taut__comm_counted(const taut_comm *comm) {
  return comm == NULL ? (taut_comm_count){0} : comm->count;
}

MPI_Comm taut__comm_mpi(const taut_comm *comm) {
  return comm == NULL ? MPI_COMM_SELF : comm->comm;
}

static void count(taut_comm *comm, size_t bytes) {
  comm->count.messages++;
  comm->count.bytes += (double)bytes;
}

/* ---------------------------------------------------------------------------------------------- reductions ---- */

/* All are commutative to the bit, so that two partners who combine their parts get the same. */
typedef double fold_fn(double a, double b);

static double add(double a, double b) {
  return a + b;
}
/* A number that is none stays visible in both of these, whoever has it. */
static double larger(double a, double b) {
  return isnan(a) || a > b ? a : b;
}
static double smaller(double a, double b) {
  return isnan(a) || a < b ? a : b;
}
/* Spoilt objects (negative) are worse than causes that can be mended. */
static double worse(double a, double b) {
  return a < 0 || b < 0 ? fmin(a, b) : fmax(a, b);
}

static void send(taut_comm *comm, const double *x, int n, int to) {
  MPI_Send(x, n, MPI_DOUBLE, to, TAG_FOLD, comm->comm);
  count(comm, (size_t)n * sizeof *x);
}

static void receive(taut_comm *comm, double *x, int n, int from) {
  MPI_Recv(x, n, MPI_DOUBLE, from, TAG_FOLD, comm->comm, MPI_STATUS_IGNORE);
}

/* At most BUFFER numbers.  Processes beyond the largest power of two hand their part to a partner below it; those below
 * then combine with the partner at distance 1, 2, 4 ... */
static void fold_piece(taut_comm *comm, double *x, int n, fold_fn *fold) {
  const int rank = comm->rank;
  int power = 1;
  while (2 * power <= comm->size) power *= 2;
  if (rank >= power) {
    send(comm, x, n, rank - power);
    receive(comm, x, n, rank - power);
    return;
  }
  const bool helps = rank + power < comm->size;
  if (helps) {
    receive(comm, comm->buffer, n, rank + power);
    for (int i = 0; i < n; i++) x[i] = fold(x[i], comm->buffer[i]);
  }
  for (int distance = 1; distance < power; distance *= 2) {
    const int partner = rank ^ distance;
    MPI_Sendrecv(x, n, MPI_DOUBLE, partner, TAG_FOLD, comm->buffer, n, MPI_DOUBLE, partner, TAG_FOLD, comm->comm,
                 MPI_STATUS_IGNORE);
    count(comm, (size_t)n * sizeof *x);
    for (int i = 0; i < n; i++) x[i] = fold(x[i], comm->buffer[i]);
  }
  if (helps) send(comm, x, n, rank + power);
}

static void fold_all(taut_comm *comm, double *x, int n, fold_fn *fold) {
  if (comm == NULL) return;
  comm->count.reductions++;
  for (int i = 0; i < n; i += BUFFER) fold_piece(comm, x + i, n - i < BUFFER ? n - i : BUFFER, fold);
}

void taut__comm_sum(taut_comm *comm, double *x, int n) {
  fold_all(comm, x, n, add);
}

void taut__comm_max(taut_comm *comm, double *x, int n) {
  fold_all(comm, x, n, larger);
}

void taut__comm_min(taut_comm *comm, double *x, int n) {
  fold_all(comm, x, n, smaller);
}

taut_err taut__comm_agree(taut_comm *comm, taut_err mine) {
  double worst = mine;
  fold_all(comm, &worst, 1, worse);
  return (taut_err)worst;
}

/* ----------------------------------------------------------------------------------------------- exchanges ---- */

void taut__comm_ring(taut_comm *comm, int n, const double *up, const double *down, double *from_up, double *from_down) {
  if (comm == NULL) {
    memcpy(from_up, down, (size_t)n * sizeof *down);
    memcpy(from_down, up, (size_t)n * sizeof *up);
    return;
  }
  const int before = (comm->rank + comm->size - 1) % comm->size, after = (comm->rank + 1) % comm->size;
  MPI_Request request[4];
  MPI_Irecv(from_up, n, MPI_DOUBLE, before, TAG_DOWN, comm->comm, &request[0]);
  MPI_Irecv(from_down, n, MPI_DOUBLE, after, TAG_UP, comm->comm, &request[1]);
  MPI_Isend(up, n, MPI_DOUBLE, before, TAG_UP, comm->comm, &request[2]);
  MPI_Isend(down, n, MPI_DOUBLE, after, TAG_DOWN, comm->comm, &request[3]);
  MPI_Waitall(4, request, MPI_STATUSES_IGNORE);
  comm->count.halos++;
  if (comm->size == 1) return;
  count(comm, (size_t)n * sizeof *up);
  count(comm, (size_t)n * sizeof *down);
}

/* Piece number `piece` of `n` bytes: MPI counts in int.  0 when there is none. */
static int piece_of(size_t n, size_t piece) {
  const size_t before = piece * PIECE;
  return before >= n ? 0 : n - before < PIECE ? (int)(n - before) : PIECE;
}

/* One piece to and from each of the processes at distances first .. end - 1; true while there are more pieces. */
static bool exchange_pieces(taut_comm *comm, int first, int end, size_t piece, const char *send_data,
                            const size_t *send_start, char *receive_data, const size_t *receive_start) {
  MPI_Request request[2 * WINDOW];
  int requests = 0;
  bool more = false;
  for (int distance = first; distance < end; distance++) {
    const int to = (comm->rank + distance) % comm->size, from = (comm->rank + comm->size - distance) % comm->size;
    const size_t out = send_start[to + 1] - send_start[to], in = receive_start[from + 1] - receive_start[from];
    const int n_out = piece_of(out, piece), n_in = piece_of(in, piece);
    if (n_in > 0)
      MPI_Irecv(receive_data + receive_start[from] + piece * PIECE, n_in, MPI_BYTE, from, TAG_EXCHANGE, comm->comm,
                &request[requests++]);
    if (n_out > 0) {
      MPI_Isend(send_data + send_start[to] + piece * PIECE, n_out, MPI_BYTE, to, TAG_EXCHANGE, comm->comm,
                &request[requests++]);
      count(comm, (size_t)n_out);
    }
    more |= piece_of(out, piece + 1) > 0 || piece_of(in, piece + 1) > 0;
  }
  MPI_Waitall(requests, request, MPI_STATUSES_IGNORE);
  return more;
}

void taut__comm_exchange(taut_comm *comm, const void *send_data, const size_t *send_start, void *receive_data,
                         const size_t *receive_start) {
  const int rank = taut__comm_rank(comm), size = taut__comm_size(comm);
  const char *from = send_data;
  char *to = receive_data;
  const size_t own = send_start[rank + 1] - send_start[rank];
  if (comm != NULL) comm->count.transposes++;
  for (int first = 1; first < size; first += WINDOW) {
    const int end = first + WINDOW < size ? first + WINDOW : size;
    for (size_t piece = 0; exchange_pieces(comm, first, end, piece, from, send_start, to, receive_start);) piece++;
  }
  if (own > 0) memcpy(to + receive_start[rank], from + send_start[rank], own);
}

void taut__comm_share(taut_comm *comm, void *data, size_t n) {
  if (comm == NULL) return;
  int above = 1; /* process 0, then 0 and 1, then 0 to 3 ... have the data and hand it on */
  while (above <= comm->rank) above *= 2;
  for (size_t piece = 0; piece_of(n, piece) > 0; piece++) {
    char *bytes = (char *)data + piece * PIECE;
    const int length = piece_of(n, piece);
    if (comm->rank > 0)
      MPI_Recv(bytes, length, MPI_BYTE, comm->rank - above / 2, TAG_SHARE, comm->comm, MPI_STATUS_IGNORE);
    for (int distance = above; comm->rank + distance < comm->size; distance *= 2) {
      MPI_Send(bytes, length, MPI_BYTE, comm->rank + distance, TAG_SHARE, comm->comm);
      count(comm, (size_t)length);
    }
  }
}
