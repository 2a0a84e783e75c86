/* How much memory there is for the taking: what the system calls available, and what the limits of this process (control
 * groups of a container or a batch system, address space) leave of it. */
#include "base/base.h"

#include <math.h>
#include <string.h>
#include <sys/resource.h>

/* The first number of a file, INFINITY where there is none ("max", no file). */
static double number_in(const char *path) {
  double x = INFINITY;
  FILE *file = fopen(path, "r");
  if (file == NULL) return INFINITY;
  if (fscanf(file, "%lf", &x) != 1) x = INFINITY;
  fclose(file);
  return x;
}

/* The number behind a word at the start of a line, 0 where there is none. */
static double number_after(const char *path, const char *word) {
  char line[256];
  double x = 0;
  const size_t n = strlen(word);
  FILE *file = fopen(path, "r");
  if (file == NULL) return 0;
  while (fgets(line, sizeof line, file) != NULL)
    if (strncmp(line, word, n) == 0 && sscanf(line + n, " %lf", &x) == 1) break;
  fclose(file);
  return x;
}

/* What a control group leaves: its limit less what is in use and cannot be dropped, as cached files can. */
static double left_in(const char *group, bool second) {
  char path[600];
  snprintf(path, sizeof path, "%s/%s", group, second ? "memory.max" : "memory.limit_in_bytes");
  const double most = number_in(path);
  if (!isfinite(most)) return INFINITY;
  snprintf(path, sizeof path, "%s/%s", group, second ? "memory.current" : "memory.usage_in_bytes");
  const double used = number_in(path);
  snprintf(path, sizeof path, "%s/memory.stat", group);
  const double cached = number_after(path, second ? "inactive_file" : "total_inactive_file") +
                        number_after(path, second ? "active_file" : "total_active_file");
  return isfinite(used) ? fmax(most - fmax(used - cached, 0), 0) : most;
}

/* The tightest of a group and those above it; `path` is shortened. */
static double left_above(const char *root, char *path, bool second) {
  char group[512];
  double least = INFINITY;
  for (;;) {
    if (snprintf(group, sizeof group, "%s%s", root, path) < (int)sizeof group)
      least = fmin(least, left_in(group, second));
    char *slash = strrchr(path, '/');
    if (slash == NULL || path[0] == '\0') break;
    *slash = '\0';
  }
  return least;
}

static double left_in_groups(void) {
  char line[512];
  double least = INFINITY;
  FILE *file = fopen("/proc/self/cgroup", "r");
  if (file == NULL) return INFINITY;
  while (fgets(line, sizeof line, file) != NULL) { /* NUMBER:CONTROLLERS:PATH */
    line[strcspn(line, "\n")] = '\0';
    char *kinds = strchr(line, ':'), *path = kinds == NULL ? NULL : strchr(kinds + 1, ':');
    if (path == NULL) continue;
    *path++ = '\0';
    kinds++;
    if (kinds[0] == '\0') least = fmin(least, left_above("/sys/fs/cgroup", path, true));
    if (strstr(kinds, "memory") != NULL) least = fmin(least, left_above("/sys/fs/cgroup/memory", path, false));
  }
  fclose(file);
  return least;
}

double taut__memory_available(void) {
  struct rlimit limit;
  const double bytes_per_kib = 1024;
  const double system = number_after("/proc/meminfo", "MemAvailable:");
  double least = system > 0 ? bytes_per_kib * system : INFINITY;
  if (getrlimit(RLIMIT_AS, &limit) == 0 && limit.rlim_cur != RLIM_INFINITY) least = fmin(least, (double)limit.rlim_cur);
  return fmin(least, left_in_groups());
}
