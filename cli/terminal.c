/* Standard error, signals and the progress bar. */
#include "cli.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

enum { BAR = 24 };

/** What the callbacks of the one context of this process work on. */
typedef struct terminal {
  bool bar, shown, quiet;
  struct timespec begin, last;
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

int cli_interrupted(void) {
  return stop_signal;
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

static void draw(terminal *t, const struct timespec *now, double day, double end_day) {
  char bar[BAR + 1], left[32];
  const double share = end_day > 0 ? day / end_day : 1;
  const int done = (int)(share * BAR);
  for (int i = 0; i < BAR; i++) bar[i] = i < done ? '#' : '.';
  bar[BAR] = '\0';
  fprintf(stderr, "\r%3.0f %% [%s] day %.0f of %.0f", 100 * share, bar, day, end_day);
  if (share > 0.01) {
    const double passed = seconds_between(&t->begin, now);
    fprintf(stderr, ", %s left", duration(passed * (1 - share) / share, left));
  }
  fprintf(stderr, "\033[K");
  fflush(stderr);
  t->shown = true;
  t->last = *now;
}

void cli_progress_end(void) {
  if (!screen.shown) return;
  fprintf(stderr, "\r\033[K");
  fflush(stderr);
  screen.shown = false;
}

static bool progress(void *user, double day, double end_day) {
  terminal *t = user;
  struct timespec now;
  if (t->bar && clock_gettime(CLOCK_MONOTONIC, &now) == 0 && seconds_between(&t->last, &now) >= 0.1)
    draw(t, &now, day < 0 ? 0 : day > end_day ? end_day : day, end_day);
  return stop_signal != 0;
}

static void message(void *user, taut_log_level level, const char *text) {
  const terminal *t = user;
  if (level < TAUT_LOG_WARNING || (t->quiet && level < TAUT_LOG_ERROR)) return;
  cli_progress_end();
  fprintf(stderr, "%s: %s\n", level == TAUT_LOG_WARNING ? "warning" : "error", text);
}

int cli_context_create(bool quiet, long threads, taut_context **out) {
  const char *term = getenv("TERM");
  screen = (terminal){.quiet = quiet, .bar = !quiet && isatty(STDERR_FILENO) && term && strcmp(term, "dumb") != 0};
  clock_gettime(CLOCK_MONOTONIC, &screen.begin);
  screen.last = screen.begin;
  const taut_context_options options = {.log = message, .progress = progress, .user = &screen, .threads = (int)threads};
  const taut_err err = taut_context_create(&options, out);
  if (!err) return 0;
  fprintf(stderr, "taut: %s\n", taut_err_text(err));
  return taut_err_exit_status(err);
}

int cli_fail(const taut_context *context, taut_err err) {
  const char *text = taut_context_message(context);
  cli_progress_end();
  if (err == TAUT_ERR_INTERRUPTED && stop_signal) {
    fprintf(stderr, "taut: interrupted; nothing was written\n");
    return 128 + stop_signal;
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
