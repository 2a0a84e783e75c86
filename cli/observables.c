/* The file of --observables: what it must not be, and how it appears whole. */
#define _XOPEN_SOURCE 700 /* realpath */

#include "cli.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

/** `path` without links and dots, as far as it exists; what does not exist yet follows as written.  Release with free(). */
static char *resolved(const char *path) {
  char *head = strdup(path);
  size_t cut = strlen(path); /* head ends here; path + cut is the rest, with its slash */
  char *found = NULL;
  while (head && !found) {
    found = realpath(cut > 0 ? head : path[0] == '/' ? "/" : ".", NULL);
    if (found || cut == 0) break;
    while (cut > 0 && path[cut - 1] != '/') cut--;
    while (cut > 0 && path[cut - 1] == '/') cut--;
    head[cut] = '\0';
  }
  free(head);
  if (!found) return NULL;
  const char *rest = path + cut;
  rest += strspn(rest, "/");
  const size_t size = strlen(found) + strlen(rest) + 2;
  char *whole = malloc(size);
  if (whole) {
    size_t n =
        (size_t)snprintf(whole, size, *rest ? "%s/%s" : "%s%s", strcmp(found, "/") == 0 && *rest ? "" : found, rest);
    while (n > 1 && whole[n - 1] == '/') whole[--n] = '\0';
  }
  free(found);
  return whole;
}

/** Is `path` the folder or something in it?  Both are resolved. */
static bool is_inside(const char *path, const char *folder) {
  const size_t n = strlen(folder);
  return strncmp(path, folder, n) == 0 && (path[n] == '/' || path[n] == '\0');
}

static int refuse(const char *path, const char *why) {
  fprintf(stderr, "%s: %s\n", path, why);
  return CLI_USAGE;
}

/** The result folder appears only when complete and is replaced as a whole: nothing else can be made in its place. */
static int refuse_in_folder(const char *path, const char *folder) {
  char *file = resolved(path), *dir = resolved(folder);
  int status = 0;
  if (!file || !dir) {
    status = cli_memory_error();
  } else if (is_inside(file, dir)) {
    fprintf(stderr,
            "%s: lies in the result folder %s, which appears as a whole when it is complete; expected a file outside "
            "it\n",
            path, folder);
    status = CLI_USAGE;
  } else if (is_inside(dir, file)) {
    fprintf(stderr, "%s: is to hold the result folder %s; expected another file\n", path, folder);
    status = CLI_USAGE;
  }
  free(file);
  free(dir);
  return status;
}

/** Never the case, and no other file unless --force says so. */
static int refuse_existing(const char *path, const cli_values *values) {
  struct stat there, given;
  if (lstat(path, &there) != 0) return 0;
  if (stat(path, &there) != 0) return values->force ? 0 : refuse(path, "the file exists; use --force to replace it");
  if (!S_ISREG(there.st_mode)) return S_ISDIR(there.st_mode) ? cli_io_error(path, EISDIR) : 0;
  if (stat(values->operand[0], &given) == 0 && given.st_dev == there.st_dev && given.st_ino == there.st_ino)
    return refuse(path, "is the case itself; expected another file for the observables");
  return values->force ? 0 : refuse(path, "the file exists; use --force to replace it");
}

/** Name beside `path` under which the file is written before it is complete. */
static char *temporary_name(const char *path) {
  const size_t size = strlen(path) + 32;
  char *name = malloc(size);
  if (name) snprintf(name, size, "%s.%ld.part", path, (long)getpid());
  return name;
}

/** Fills in where the file is written and what it becomes.  A link keeps pointing at the file it names. */
static int name_places(cli_observables *o) {
  struct stat there;
  const bool exists = stat(o->path, &there) == 0;
  if (exists && !S_ISREG(there.st_mode)) return 0;
  const bool link = exists && lstat(o->path, &there) == 0 && S_ISLNK(there.st_mode);
  o->final = link ? realpath(o->path, NULL) : strdup(o->path);
  o->part = o->final ? temporary_name(o->final) : NULL;
  return o->part ? 0 : cli_memory_error();
}

int cli_observables_prepare(const cli_values *values, const char *folder, cli_observables *o) {
  *o = (cli_observables){.path = values->observables};
  if (!o->path) return 0;
  int status = refuse_in_folder(o->path, folder);
  if (!status) status = refuse_existing(o->path, values);
  if (!status) status = name_places(o);
  if (status || !o->part) return status;
  FILE *probe = fopen(o->part, "wx");
  if (!probe) return cli_io_error(o->path, errno);
  fclose(probe);
  remove(o->part);
  return 0;
}

int cli_observables_write(taut_context *context, const taut_result *result, const cli_values *values,
                          const cli_observables *o) {
  if (!o->path) return 0;
  const int status = refuse_existing(o->path, values); /* a file may have come meanwhile */
  if (status) return status;
  const taut_err err = taut_result_write_observables(context, result, o->part ? o->part : o->path);
  return err ? cli_fail(context, err) : 0;
}

int cli_observables_commit(const cli_observables *o) {
  return o->part && rename(o->part, o->final) != 0 ? cli_io_error(o->path, errno) : 0;
}

void cli_observables_free(cli_observables *o) {
  if (o->part) remove(o->part); /* gone already when all went well */
  free(o->part);
  free(o->final);
  *o = (cli_observables){0};
}
