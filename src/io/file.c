/* One file: written completely, synchronised, closed, every error seen. */
#define _XOPEN_SOURCE 700 /* SIGXFSZ, realpath */

#include "io/file.h"
#include "io/io.h"

#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

/* Steps left before the one that fails; less than 1: none does.  For tests only. */
static atomic_long steps_left = 0;

void taut__io_fail_after(long n) {
  atomic_store(&steps_left, n < 1 ? 0 : n);
}

/* Whether fsync is called.  For tests only. */
static atomic_bool synchronising = true;

void taut__io_synchronise(bool on) {
  atomic_store(&synchronising, on);
}

/* Whether that step ends the process instead.  For tests only. */
static atomic_bool deadly = false;

void taut__io_die_after(long n) {
  atomic_store(&deadly, true);
  taut__io_fail_after(n);
}

bool taut__io_fault(void) {
  if (atomic_load_explicit(&steps_left, memory_order_relaxed) < 1) return false;
  if (atomic_fetch_sub(&steps_left, 1) != 1) return false;
  if (atomic_load(&deadly)) raise(SIGKILL);
  errno = EIO;
  return true;
}

taut_err taut__fail_errno(taut_context *context, const char *where, const char *what) {
  char reason[128];
  int failure = errno;
  if (strerror_r(failure, reason, sizeof reason) != 0) snprintf(reason, sizeof reason, "error %d", failure);
  return taut__fail(context, TAUT_ERR_IO, where, "%s: %s", what, reason);
}

char *taut__hidden_name(const char *path, const char *kind, int attempt) {
  enum { LONGEST = 200 }; /* bytes of the name kept: the whole stays within the usual 255 */
  const char *slash = strrchr(path, '/');
  const char *base = slash == NULL ? path : slash + 1;
  taut_text name = {0};
  taut__text_addn(&name, path, (size_t)(base - path));
  taut__text_add(&name, ".%.*s.%s-%ld", LONGEST, base, kind, (long)getpid());
  if (attempt > 0) taut__text_add(&name, "-%d", attempt + 1);
  if (!name.failed) return name.data;
  taut__text_free(&name);
  return NULL;
}

/* write() or, from at >= 0, pwrite(), except that the file size limit gives EFBIG and no signal: SIGXFSZ is blocked in this thread meanwhile, and
 * taken back if the write raised it. */
static ssize_t write_quietly(int fd, const char *data, size_t n, off_t at) {
  sigset_t limit, before, pending;
  sigemptyset(&limit);
  sigaddset(&limit, SIGXFSZ);
  sigemptyset(&pending);
  if (pthread_sigmask(SIG_BLOCK, &limit, &before) != 0) return at < 0 ? write(fd, data, n) : pwrite(fd, data, n, at);
  sigpending(&pending);
  bool pending_before = sigismember(&pending, SIGXFSZ) == 1;
  ssize_t written = at < 0 ? write(fd, data, n) : pwrite(fd, data, n, at);
  int failure = errno;
  if (written < 0 && failure == EFBIG && !pending_before) {
    int taken;
    sigemptyset(&pending);
    sigpending(&pending);
    if (sigismember(&pending, SIGXFSZ) == 1) sigwait(&limit, &taken);
  }
  pthread_sigmask(SIG_SETMASK, &before, NULL);
  errno = failure;
  return written;
}

bool taut__write_all(int fd, const void *bytes, size_t length, int64_t at) {
  const char *data = bytes;
  enum { PIECE = 1 << 20 };
  while (length > 0) {
    size_t n = length < PIECE ? length : PIECE;
    ssize_t written = taut__io_fault() ? -1 : write_quietly(fd, data, n, (off_t)at);
    if (written < 0 && errno == EINTR) continue;
    if (written < 0) return false;
    data += written;
    length -= (size_t)written;
    if (at >= 0) at += written;
  }
  return true;
}

/* fsync where the file system has it. */
bool taut__synchronise(int fd) {
  if (taut__io_fault()) return false;
  if (!atomic_load(&synchronising) || fsync(fd) == 0) return true;
  return errno == EINVAL || errno == ENOTSUP || errno == ENOSYS;
}

bool taut__close(int fd) {
  bool fault = taut__io_fault();
  int failure = errno;
  bool closed = close(fd) == 0 || errno == EINTR;
  if (fault) errno = failure;
  return closed && !fault;
}

/* Writes to an open file and closes it in any case; false with errno on failure. */
static bool fill(int fd, const void *data, size_t length, bool sync) {
  bool done = taut__write_all(fd, data, length, -1) && (!sync || taut__synchronise(fd));
  int failure = errno;
  bool closed = taut__close(fd);
  if (!done) errno = failure;
  return done && closed;
}

taut_err taut__file_create(taut_context *context, const char *shown, const char *path, const void *data,
                           size_t length) {
  int fd = taut__io_fault() ? -1 : open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0666);
  if (fd < 0) return taut__fail_errno(context, shown, "cannot create the file");
  if (fill(fd, data, length, true)) return TAUT_OK;
  taut_err err = taut__fail_errno(context, shown, "cannot write the file");
  unlink(path);
  return err;
}

void taut__sync_folder(const char *path) {
  int fd = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  if (fd < 0) return;
  if (atomic_load(&synchronising)) fsync(fd);
  close(fd);
}

void taut__sync_parent(const char *path) {
  char *parent = taut__strdup(path);
  if (parent == NULL) return;
  char *slash = strrchr(parent, '/');
  if (slash == parent) slash++;
  if (slash != NULL) *slash = '\0';
  taut__sync_folder(slash == NULL ? "." : parent);
  free(parent);
}

/* Writes into something that is no regular file. */
static taut_err write_through(taut_context *context, const char *path, const void *data, size_t length) {
  int fd = taut__io_fault() ? -1 : open(path, O_WRONLY | O_CLOEXEC);
  if (fd < 0) return taut__fail_errno(context, path, "cannot open the file");
  return fill(fd, data, length, false) ? TAUT_OK : taut__fail_errno(context, path, "cannot write the file");
}

taut_err taut__file_write(taut_context *context, const char *path, const void *data, size_t length) {
  struct stat st;
  bool exists = stat(path, &st) == 0;
  if (exists && S_ISDIR(st.st_mode)) return taut__fail(context, TAUT_ERR_INPUT, path, "is a folder");
  if (exists && !S_ISREG(st.st_mode)) return write_through(context, path, data, length);
  char *final = exists ? realpath(path, NULL) : taut__strdup(path); /* a link keeps pointing at the file it names */
  char *partial = final == NULL ? NULL : taut__hidden_name(final, "partial", 0);
  if (partial == NULL) {
    free(final);
    return taut__fail(context, TAUT_ERR_MEMORY, path, "out of memory");
  }
  unlink(partial); /* left by a killed process of the same number */
  taut_err err = taut__file_create(context, path, partial, data, length);
  if (err == TAUT_OK && (taut__io_fault() || rename(partial, final) != 0)) {
    err = taut__fail_errno(context, path, "cannot write the file");
    unlink(partial);
  }
  if (err == TAUT_OK) taut__sync_parent(final);
  free(partial);
  free(final);
  return err;
}
