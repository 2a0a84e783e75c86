/* Standard error, signals and the progress bar. */
#include "cli.h"

#include <errno.h>
#include <fcntl.h>
#include <math.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

enum { BAR = 24 };

/** What the callbacks of the one context of this process work on. */
typedef struct terminal {
  bool bar, shown, quiet;
  bool silent; /* another process speaks for this one */
  taut_phase phase;
  struct timespec last;
} terminal;

/* A signal handler can reach nothing else than objects like these. */
static volatile sig_atomic_t stop_signal;
static terminal screen;

static void stop(int number) {
  stop_signal = number;
}

static void handle(int number, void (*handler)(int), int flags) {
  struct sigaction action = {.sa_flags = flags}, old;
  sigemptyset(&action.sa_mask);
  action.sa_handler = handler;
  /* What the parent chose to ignore (nohup, background jobs) stays ignored. */
  if (sigaction(number, NULL, &old) == 0 && old.sa_handler != SIG_IGN) sigaction(number, &action, NULL);
}

void cli_prepare_process(void) {
  /* Were one of the standard descriptors closed, the next file opened would take its place and be written into.
   * The stand-ins refuse use: reading from the first, writing to the others fails as on a closed descriptor. */
  for (int fd = 0; fd <= 2; fd++)
    if (fcntl(fd, F_GETFD) == -1 && errno == EBADF && open("/dev/null", fd == 0 ? O_WRONLY : O_RDONLY) != fd) _exit(5);
  handle(SIGPIPE, SIG_IGN, 0);
  handle(SIGXFSZ, SIG_IGN, 0);
}

void cli_catch_interrupts(void) {
  /* A second signal of the same kind ends the process at once. */
  handle(SIGINT, stop, SA_RESETHAND);
  handle(SIGTERM, stop, SA_RESETHAND);
  handle(SIGHUP, stop, SA_RESETHAND);
}

static double seconds_between(const struct timespec *a, const struct timespec *b) {
  return (double)(b->tv_sec - a->tv_sec) + 1e-9 * (double)(b->tv_nsec - a->tv_nsec);
}

static const char *duration(double seconds, char buffer[32]) {
  if (seconds < 99.5)
    snprintf(buffer, 32, "%.0f s", seconds);
  else if (seconds < 99.5 * 60)
    snprintf(buffer, 32, "%.0f min", seconds / 60);
  else
    snprintf(buffer, 32, "%.1f h", seconds / 3600);
  return buffer;
}

static void draw(terminal *t, const struct timespec *now, const taut_progress *p) {
  char bar[BAR + 1], left[32];
  if (p->phase == TAUT_PHASE_COMPUTING || p->phase == TAUT_PHASE_INSTRUMENTS) {
    const int done = (int)(p->share * BAR);
    for (int i = 0; i < BAR; i++) bar[i] = i < done ? '#' : '.';
    bar[BAR] = '\0';
    fprintf(stderr, "\r%3.0f %% [%s] ", 100 * p->share, bar);
  } else {
    fprintf(stderr, "\r");
  }
  if (p->phase == TAUT_PHASE_COMPUTING)
    fprintf(stderr, "day %.0f of %.0f", p->day, p->end_day);
  else
    fprintf(stderr, "%s", taut_phase_text(p->phase));
  if (!isnan(p->seconds_left) && p->share > 0.01) fprintf(stderr, ", %s left", duration(p->seconds_left, left));
  fprintf(stderr, "\033[K");
  fflush(stderr);
  t->shown = true;
  t->last = *now;
  t->phase = p->phase;
}

void cli_progress_end(void) {
  if (!screen.shown) return;
  fprintf(stderr, "\r\033[K");
  fflush(stderr);
  screen.shown = false;
}

static bool progress(void *user, const taut_progress *p) {
  terminal *t = user;
  struct timespec now;
  /* a phase that lasts shows at once, steps only now and then */
  if (t->bar && clock_gettime(CLOCK_MONOTONIC, &now) == 0 &&
      (p->phase != t->phase || seconds_between(&t->last, &now) >= 0.1))
    draw(t, &now, p);
  return stop_signal != 0;
}

static void message(void *user, taut_log_level level, const char *text) {
  const terminal *t = user;
  if (t->silent || level < TAUT_LOG_WARNING || (t->quiet && level < TAUT_LOG_ERROR)) return;
  cli_progress_end();
  fprintf(stderr, "%s: %s\n", level == TAUT_LOG_WARNING ? "warning" : "error", text);
}

int cli_context_create(bool quiet, long threads, taut_context **out) {
  const char *term = getenv("TERM");
  screen = (terminal){.quiet = quiet, .bar = !quiet && isatty(STDERR_FILENO) && term && strcmp(term, "dumb") != 0};
  clock_gettime(CLOCK_MONOTONIC, &screen.last);
  const taut_context_options options = {.log = message, .progress = progress, .user = &screen, .threads = (int)threads};
  const taut_err err = taut_context_create(&options, out);
  if (!err) return 0;
  fprintf(stderr, "taut: %s\n", taut_err_text(err));
  return taut_err_exit_status(err);
}

int cli_join(taut_context *context) {
  const taut_err err = taut_context_join(context);
  if (err) return cli_fail(context, err);
  if (taut_context_process(context) > 0) screen.silent = screen.quiet = true;
  screen.bar &= !screen.silent;
  return 0;
}

/** Exit status of a run that was asked to stop; a process may have been asked by another one. */
static int interrupted_status(void) {
  return 128 + (stop_signal ? stop_signal : SIGTERM);
}

int cli_fail(const taut_context *context, taut_err err) {
  const char *text = taut_context_message(context);
  cli_progress_end();
  if (screen.silent) return err == TAUT_ERR_INTERRUPTED ? interrupted_status() : taut_err_exit_status(err);
  if (err == TAUT_ERR_INTERRUPTED) {
    const char *checkpoint = taut_context_checkpoint(context);
    fprintf(stderr, "taut: %s; %s%s\n", *text ? text : "interrupted",
            *checkpoint ? "a checkpoint is in " : "nothing was written", checkpoint);
    return interrupted_status();
  }
  if (!*text)
    fprintf(stderr, "taut: %s\n", taut_err_text(err));
  else
    fprintf(stderr, "%s%s\n", taut_err_exit_status(err) == CLI_USAGE ? "" : "taut: ", text);
  return taut_err_exit_status(err);
}

int cli_memory_error(void) {
  fprintf(stderr, "taut: %s\n", taut_err_text(TAUT_ERR_MEMORY));
  return taut_err_exit_status(TAUT_ERR_MEMORY);
}

int cli_io_error(const char *what, int error) {
  cli_progress_end();
  fprintf(stderr, "taut: %s: %s\n", what, error ? strerror(error) : "cannot be written");
  return CLI_OUTPUT_FAILED;
}

int cli_close_output(int status) {
  errno = 0;
  const bool failed = fflush(stdout) != 0 || ferror(stdout);
  if (!failed || status == CLI_OUTPUT_FAILED) return status; /* that one is told already */
  const int told = cli_io_error("standard output", errno);
  return status ? status : told;
}
