/* Folders and files that appear whole or not at all.
 *
 * A folder NAME is written as `.NAME.partial-PID` in the same parent and renamed.  Where a result already stands and is
 * to be replaced, files that are not taut's move over first, then old and new change places; what is left of the old
 * one goes last.  Until the last rename everything can be, and on failure is, put back.
 */
#define _XOPEN_SOURCE 700 /* SIGXFSZ, realpath */

#include "io/io.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "io/file.h"
#include "io/folder_state.h"

const char *const taut__result_file[] = {"case.yaml",   "summary.json",  "visits.csv", "course.csv", "fields.h5",
                                         "fields.xdmf", "course.svg",    "log.txt",    "maps.csv",   "maps.png",
                                         "report.html", "checkpoint.h5", NULL};

bool taut__fields_is_name(const char *name) {
  static const char front[] = "fields_", back[] = ".h5";
  const size_t length = strlen(name);
  if (length < sizeof front + 3 + sizeof back - 2 || strncmp(name, front, sizeof front - 1) != 0) return false;
  const size_t digits = strspn(name + sizeof front - 1, "0123456789");
  return digits >= 3 && strcmp(name + sizeof front - 1 + digits, back) == 0;
}

bool taut__folder_is_ours(const char *name) {
  for (const char *const *known = taut__result_file; *known != NULL; known++) {
    if (strcmp(name, *known) == 0) return true;
  }
  return taut__histology_is_name(name) || taut__fields_is_name(name);
}

/* ------------------------------------------------------------------------------------------------- checking ---- */

/* Writes the path under which the folder shall stand: without trailing slashes, a symbolic link at its end followed. */
static taut_err final_path(taut_context *context, const char *path, char **out) {
  size_t n = strlen(path);
  while (n > 1 && path[n - 1] == '/') n--;
  const char *slash = NULL;
  for (size_t i = 0; i < n; i++) {
    if (path[i] == '/') slash = path + i;
  }
  const char *base = slash == NULL ? path : slash + 1;
  size_t length = (size_t)(path + n - base);
  if (n == 0) return taut__fail(context, TAUT_ERR_INPUT, NULL, "the result folder has an empty name");
  if (length == 0 || (length == 1 && base[0] == '.') || (length == 2 && strncmp(base, "..", 2) == 0))
    return taut__fail(context, TAUT_ERR_INPUT, path, "the result folder needs a name of its own, such as %s%sresult",
                      path, length == 0 ? "" : "/");
  char *final = taut__strndup(path, n);
  if (final == NULL) return taut__fail(context, TAUT_ERR_MEMORY, path, "out of memory");
  struct stat st;
  if (lstat(final, &st) == 0 && S_ISLNK(st.st_mode)) {
    char *followed = realpath(final, NULL);
    free(final);
    if (followed == NULL) return taut__fail_errno(context, path, "cannot follow the symbolic link");
    final = followed;
  }
  *out = final;
  return TAUT_OK;
}

typedef struct contents {
  int entries, ours;
  bool summary;  /* summary.json is there */
  bool ours_odd; /* an entry with one of our names is no regular file */
  char first_ours[32];
} contents;

static taut_err look_into(taut_context *context, const char *where, const char *path, contents *c) {
  *c = (contents){0};
  DIR *dir = opendir(path);
  if (dir == NULL) return taut__fail_errno(context, where, "cannot read the folder");
  struct dirent *entry;
  errno = 0;
  while ((entry = readdir(dir)) != NULL) {
    if (strcmp(entry->d_name, ".") == 0 || strcmp(entry->d_name, "..") == 0) continue;
    c->entries++;
    if (taut__folder_is_ours(entry->d_name)) {
      struct stat st;
      if (c->ours++ == 0) snprintf(c->first_ours, sizeof c->first_ours, "%.31s", entry->d_name);
      if (fstatat(dirfd(dir), entry->d_name, &st, AT_SYMLINK_NOFOLLOW) != 0 || !S_ISREG(st.st_mode)) c->ours_odd = true;
      if (strcmp(entry->d_name, "summary.json") == 0) c->summary = true;
    }
    errno = 0;
  }
  int failure = errno;
  closedir(dir);
  errno = failure;
  return failure == 0 ? TAUT_OK : taut__fail_errno(context, where, "cannot read the folder");
}

static taut_err fail_mount_point(taut_context *context, const char *where) {
  return taut__fail(context, TAUT_ERR_IO, where, "is a mount point and cannot be replaced; name a folder inside it");
}

char *taut__folder_entry(const char *folder, const char *name) {
  taut_text path = {0};
  taut__text_add(&path, "%s/%s", folder, name);
  if (!path.failed) return path.data;
  taut__text_free(&path);
  return NULL;
}

/* A folder on another device than its parent has a file system of its own: nothing can be renamed to it. */
static bool is_mount_point(const char *path, dev_t device) {
  struct stat parent;
  char *up = taut__folder_entry(path, "..");
  bool other = up != NULL && stat(up, &parent) == 0 && parent.st_dev != device;
  free(up);
  return other;
}

/* What stands at `final`?  *replace: a result of taut, or files that must be kept, and it is to be replaced. */
static taut_err check_existing(taut_context *context, const char *where, const char *final, bool force, bool *replace) {
  contents c;
  *replace = false;
  taut_err err = look_into(context, where, final, &c);
  if (err != TAUT_OK || c.entries == 0) return err;
  if (!force)
    return taut__fail(context, TAUT_ERR_INPUT, where, "the folder is not empty; use --force to replace a result");
  if (c.ours > 0 && (!c.summary || c.ours_odd))
    return taut__fail(context, TAUT_ERR_INPUT, where,
                      "--force would overwrite %s, but this folder does not look like a result of taut", c.first_ours);
  *replace = true;
  return TAUT_OK;
}

/* Is the nearest existing parent a folder one may write in? */
static taut_err check_parent(taut_context *context, const char *where, const char *final) {
  char *path = taut__strdup(final);
  if (path == NULL) return taut__fail(context, TAUT_ERR_MEMORY, where, "out of memory");
  taut_err err = TAUT_OK;
  for (;;) {
    char *slash = strrchr(path, '/');
    const char *parent = slash == NULL ? "." : slash == path ? "/" : path;
    if (slash != NULL) *slash = '\0';
    if (access(parent, W_OK | X_OK) == 0) {
      struct stat st;
      if (stat(parent, &st) == 0 && !S_ISDIR(st.st_mode)) {
        errno = ENOTDIR;
        err = taut__fail_errno(context, where, "cannot create the folder");
      }
      break;
    }
    if (errno != ENOENT || slash == NULL || slash == path) {
      err = taut__fail_errno(context, where, "cannot create the folder");
      break;
    }
  }
  free(path);
  return err;
}

static taut_err check(taut_context *context, const char *where, const char *final, bool force, bool *replace) {
  struct stat st;
  *replace = false;
  if (lstat(final, &st) == 0) {
    if (!S_ISDIR(st.st_mode)) return taut__fail(context, TAUT_ERR_INPUT, where, "exists and is not a folder");
    if (is_mount_point(final, st.st_dev)) return fail_mount_point(context, where);
    taut_err err = check_existing(context, where, final, force, replace);
    if (err != TAUT_OK) return err;
  } else if (errno != ENOENT) {
    return taut__fail_errno(context, where, "cannot create the folder");
  }
  return check_parent(context, where, final);
}

taut_err taut__folder_check(taut_context *context, const char *path, bool force) {
  char *final = NULL;
  bool replace;
  taut_err err = final_path(context, path, &final);
  if (err == TAUT_OK) err = check(context, path, final, force, &replace);
  free(final);
  return err;
}

/* ------------------------------------------------------------------------------------------------- writing ---- */

taut_err taut__folder_make_parents(taut_folder *folder) {
  char *path = folder->final;
  for (size_t i = 1; path[i] != '\0'; i++) {
    if (path[i] != '/' || path[i - 1] == '/') continue;
    path[i] = '\0';
    int failed = taut__io_fault() ? -1 : mkdir(path, 0777);
    int failure = errno;
    path[i] = '/';
    if (failed == 0 && folder->made_from == 0) folder->made_from = i;
    if (failed != 0 && failure != EEXIST) {
      errno = failure;
      return taut__fail_errno(folder->context, folder->name, "cannot create the folder");
    }
  }
  return TAUT_OK;
}

/* Removes the parents that make_parents made, as far as they came about and are empty. */
static void unmake_parents(taut_folder *folder) {
  if (folder->made_from == 0) return;
  for (size_t i = strlen(folder->final); i >= folder->made_from && i > 0; i--) {
    if (folder->final[i] != '/' || folder->final[i - 1] == '/') continue;
    folder->final[i] = '\0';
    int failed = rmdir(folder->final);
    folder->final[i] = '/';
    if (failed != 0 && errno != ENOENT) return;
  }
}

static taut_err make_partial(taut_folder *folder) {
  for (int attempt = 0; attempt < 100; attempt++) {
    folder->partial = taut__hidden_name(folder->final, "partial", attempt);
    if (folder->partial == NULL) return taut__fail(folder->context, TAUT_ERR_MEMORY, folder->name, "out of memory");
    if (!taut__io_fault() && mkdir(folder->partial, 0777) == 0) {
      folder->made = true;
      return TAUT_OK;
    }
    if (errno != EEXIST) break;
    free(folder->partial);
    folder->partial = NULL;
  }
  return taut__fail_errno(folder->context, folder->name, "cannot create the folder");
}

taut_err taut__folder_new(taut_context *context, const char *path, taut_folder **out) {
  taut_folder *folder = taut__alloc(1, sizeof *folder);
  *out = folder;
  if (folder == NULL) return taut__fail(context, TAUT_ERR_MEMORY, path, "out of memory");
  folder->context = context;
  folder->lock = -1;
  folder->name = taut__strdup(path);
  if (folder->name == NULL) return taut__fail(context, TAUT_ERR_MEMORY, path, "out of memory");
  return final_path(context, path, &folder->final);
}

taut_err taut__folder_look(taut_folder *folder, bool force) {
  return check(folder->context, folder->name, folder->final, force, &folder->replace);
}

taut_err taut__folder_open(taut_context *context, const char *path, bool force, taut_folder **out) {
  taut_err err = taut__folder_new(context, path, out);
  if (err == TAUT_OK) err = taut__folder_look(*out, force);
  if (err == TAUT_OK) err = taut__folder_make_parents(*out);
  if (err == TAUT_OK) err = make_partial(*out);
  if (err != TAUT_OK) taut__folder_abandon(out);
  return err;
}

/* First name of the row FOLDER.log, FOLDER.2.log ... that nothing has. */
static taut_err free_log_name(const taut_folder *folder, char **name) {
  enum { MOST = 999 };
  *name = NULL;
  for (int n = 1; n <= MOST; n++) {
    taut_text text = {0};
    struct stat st;
    taut__text_add(&text, n == 1 ? "%s.log" : "%s.%d.log", folder->final, n);
    if (text.failed) return taut__fail(folder->context, TAUT_ERR_MEMORY, folder->name, "out of memory");
    if (lstat(text.data, &st) != 0) {
      *name = text.data;
      return TAUT_OK;
    }
    taut__text_free(&text);
  }
  return taut__fail(folder->context, TAUT_ERR_IO, folder->name, "all names of logs up to %d are taken", MOST);
}

taut_err taut__folder_log(taut_context *context, const char *path, const void *data, size_t length, char **name) {
  taut_folder *folder;
  *name = NULL;
  taut_err err = taut__folder_new(context, path, &folder);
  if (err == TAUT_OK) err = taut__folder_make_parents(folder);
  if (err == TAUT_OK) err = free_log_name(folder, name);
  if (err == TAUT_OK) err = taut__file_write(context, *name, data, length);
  if (err == TAUT_OK) {
    folder->made_from = 0; /* its parents stay */
  } else {
    free(*name);
    *name = NULL;
  }
  taut__folder_abandon(&folder);
  return err;
}

taut_err taut__folder_put(taut_folder *folder, const char *name, const void *data, size_t length) {
  char *path = taut__folder_is_ours(name) ? taut__folder_entry(folder->partial, name) : NULL;
  char *shown = path == NULL ? NULL : taut__folder_entry(folder->name, name);
  taut_err err;
  if (!taut__folder_is_ours(name)) {
    err = taut__fail(folder->context, TAUT_ERR_INTERNAL, folder->name, "'%s' is no name of a result file", name);
  } else if (shown == NULL) {
    err = taut__fail(folder->context, TAUT_ERR_MEMORY, folder->name, "out of memory");
  } else {
    err = taut__file_create(folder->context, shown, path, data, length);
  }
  free(path);
  free(shown);
  return err;
}

bool taut__folder_remove(const char *path, bool fields) {
  DIR *dir = opendir(path);
  if (dir == NULL) return false;
  struct dirent *entry;
  while ((entry = readdir(dir)) != NULL)
    if (taut__folder_is_ours(entry->d_name) && (fields || !taut__fields_is_name(entry->d_name)))
      unlinkat(dirfd(dir), entry->d_name, 0);
  closedir(dir);
  return rmdir(path) == 0;
}

bool taut__folder_move_others(const char *from, const char *to) {
  DIR *dir = opendir(from);
  int to_fd = open(to, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  int failure = dir == NULL || to_fd < 0 ? errno : 0;
  struct dirent *entry;
  while (failure == 0 && (errno = 0, entry = readdir(dir)) != NULL) {
    const char *name = entry->d_name;
    if (strcmp(name, ".") == 0 || strcmp(name, "..") == 0 || taut__folder_is_ours(name)) continue;
    if (taut__io_fault() || renameat(dirfd(dir), name, to_fd, name) != 0) failure = errno;
  }
  if (failure == 0) failure = errno;
  if (dir != NULL) closedir(dir);
  if (to_fd >= 0) close(to_fd);
  errno = failure;
  return failure == 0;
}

/* Puts the new folder in the place of the old one; false with errno when everything is as before. */
static bool change_places(taut_folder *folder) {
  char *aside =
      folder->work == NULL ? taut__hidden_name(folder->final, "old", 0) : taut__folder_entry(folder->work, "old");
  bool done = aside != NULL && taut__folder_move_others(folder->final, folder->partial);
  bool moved_aside = done && !taut__io_fault() && rename(folder->final, aside) == 0;
  done = moved_aside && !taut__io_fault() && rename(folder->partial, folder->final) == 0;
  int failure = aside == NULL ? ENOMEM : errno;
  if (!done) {
    if (moved_aside && rename(aside, folder->final) != 0)
      taut__log(folder->context, TAUT_LOG_WARNING, "%s: the former result is now in %s", folder->name, aside);
    if (!taut__folder_move_others(folder->partial, folder->final))
      taut__log(folder->context, TAUT_LOG_WARNING, "%s: some of its files are now in %s", folder->name,
                folder->partial);
  } else if (!taut__folder_remove(aside, true)) {
    taut__log(folder->context, TAUT_LOG_WARNING, "%s: the former result is left in %s", folder->name, aside);
  }
  free(aside);
  errno = failure;
  return done;
}

taut_err taut__folder_commit(taut_folder **folder_ptr) {
  taut_folder *folder = *folder_ptr;
  taut_err err = TAUT_OK;
  taut__sync_folder(folder->partial);
  err = taut__work_done(folder);
  if (err != TAUT_OK) {
    taut__folder_abandon(folder_ptr);
    return err;
  }
  bool done =
      folder->replace ? change_places(folder) : !taut__io_fault() && rename(folder->partial, folder->final) == 0;
  if (done) {
    folder->made = false;
    folder->made_from = 0;
    taut__sync_parent(folder->final);
    taut__work_end(folder, true);
  } else if (errno == EBUSY || errno == EXDEV) {
    err = fail_mount_point(folder->context, folder->name); /* a bind mount has its parent's device */
  } else {
    err = taut__fail_errno(folder->context, folder->name, "cannot give the finished folder its name");
  }
  taut__folder_abandon(folder_ptr);
  return err;
}

void taut__folder_abandon(taut_folder **folder_ptr) {
  taut_folder *folder = *folder_ptr;
  if (folder == NULL) return;
  if (folder->made && folder->work == NULL) taut__folder_remove(folder->partial, true);
  taut__work_end(folder, false);
  if (folder->final != NULL) unmake_parents(folder);
  free(folder->name);
  free(folder->final);
  free(folder->partial);
  free(folder->work);
  free(folder);
  *folder_ptr = NULL;
}
