/* The work folder of a run: `.NAME.taut` beside the result folder NAME, for as long as the run takes.
 *
 *   lock           who is at work here; held locked, so that a second run into the same result is refused
 *   checkpoint.h5  the newest checkpoint (of further processes: checkpoint_RANK_TURN.h5)
 *   result/        the files of the result, as they come
 *   old/           the former result, while old and new change places
 *   done           the result is complete and about to get its name
 *
 * When a run ends well, it is gone.  When a run is interrupted, killed or fails, it stays if it has a checkpoint; what a
 * killed run leaves half done is put in order by the next run of that name. */
#define _XOPEN_SOURCE 700

#include "io/checkpoint.h"
#include "io/file.h"
#include "io/folder_state.h"
#include "io/io.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

static taut_err no_memory(const taut_folder *folder) {
  return taut__fail(folder->context, TAUT_ERR_MEMORY, folder->name, "out of memory");
}

/* Path of the work folder of a result folder; NULL when out of memory. */
static char *work_path(const char *final) {
  enum { LONGEST = 200 }; /* bytes of the name kept: the whole stays within the usual 255 */
  const char *slash = strrchr(final, '/');
  const char *base = slash == NULL ? final : slash + 1;
  taut_text path = {0};
  taut__text_addn(&path, final, (size_t)(base - final));
  taut__text_add(&path, ".%.*s", LONGEST, base);
  if (strlen(base) > LONGEST) taut__text_add(&path, "-%016llx", (unsigned long long)taut__stream(base));
  taut__text_add(&path, ".taut");
  if (!path.failed) return path.data;
  taut__text_free(&path);
  return NULL;
}

static bool there(const char *folder, const char *name) {
  char *path = taut__folder_entry(folder, name);
  struct stat st;
  const bool found = path != NULL && lstat(path, &st) == 0;
  free(path);
  return found;
}

static void drop(const char *folder, const char *name) {
  char *path = taut__folder_entry(folder, name);
  if (path != NULL) unlink(path);
  free(path);
}

/* ------------------------------------------------------------------------------------------------- locking ---- */

/* Who holds the lock, as it wrote itself down. */
static taut_err fail_locked(const taut_folder *folder, int fd) {
  char who[128] = "";
  const ssize_t n = read(fd, who, sizeof who - 1);
  who[n > 0 ? n : 0] = '\0';
  who[strcspn(who, "\n")] = '\0';
  return taut__fail(folder->context, TAUT_ERR_INPUT, folder->name,
                    "another run is at work on this result (%s); wait for it, or give this one another folder",
                    *who ? who : "its process is not known");
}

static void write_down(int fd) {
  char host[65] = "", who[128];
  if (gethostname(host, sizeof host - 1) != 0) host[0] = '\0';
  snprintf(who, sizeof who, "process %ld on %s\n", (long)getpid(), host);
  /* for messages only: where it cannot be written, the lock holds all the same */
  if (ftruncate(fd, 0) == 0 && pwrite(fd, who, strlen(who), 0) < 0) errno = 0;
}

/* Opens and locks WORK/lock.  *fd -1: the folder vanished meanwhile, with a run that ended; try again. */
static taut_err try_lock(const taut_folder *folder, const char *work, int *fd) {
  struct stat mine, now;
  char *path = taut__folder_entry(work, "lock");
  *fd = -1;
  if (path == NULL) return no_memory(folder);
  taut_err err = TAUT_OK;
  int file = taut__io_fault() ? -1 : open(path, O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0666);
  if (file < 0) {
    if (errno != ENOENT) err = taut__fail_errno(folder->context, path, "cannot lock the work folder");
  } else if (flock(file, LOCK_EX | LOCK_NB) != 0 && errno == EWOULDBLOCK) {
    err = fail_locked(folder, file);
  } else if (fstat(file, &mine) == 0 && stat(path, &now) == 0 && mine.st_ino == now.st_ino &&
             mine.st_dev == now.st_dev) {
    *fd = file; /* where the file system has no locks, the run goes on without */
    write_down(file);
  }
  if (file >= 0 && *fd < 0) close(file);
  free(path);
  return err;
}

/* Makes the work folder and locks it.  *made: it was not there. */
static taut_err lock(taut_folder *folder, bool *made) {
  enum { ATTEMPTS = 20 };
  char *work = work_path(folder->final);
  taut_err err = work == NULL ? no_memory(folder) : TAUT_OK;
  for (int i = 0; !err && folder->lock < 0 && i < ATTEMPTS; i++) {
    struct stat st;
    *made = !taut__io_fault() && mkdir(work, 0777) == 0;
    if (!*made && errno != EEXIST)
      err = taut__fail_errno(folder->context, folder->name, "cannot create the folder");
    else if (lstat(work, &st) == 0 && !S_ISDIR(st.st_mode))
      err = taut__fail(folder->context, TAUT_ERR_IO, work, "is in the way of the work folder");
    else
      err = try_lock(folder, work, &folder->lock);
  }
  if (!err && folder->lock < 0)
    err = taut__fail(folder->context, TAUT_ERR_IO, work, "the work folder cannot be locked: it comes and goes");
  if (err) {
    free(work);
    return err;
  }
  folder->work = work;
  return TAUT_OK;
}

/* ---------------------------------------------------------------------------------------------- left-overs ---- */

static void remove_checkpoint(const char *work) {
  DIR *dir = opendir(work);
  if (dir == NULL) return;
  struct dirent *entry;
  while ((entry = readdir(dir)) != NULL)
    if (taut__checkpoint_is_name(entry->d_name)) unlinkat(dirfd(dir), entry->d_name, 0);
  closedir(dir);
}

/* A run was killed while old and new result changed places: whichever stands under the final name stays, and files that
 * are not taut's go back to it. */
static taut_err put_in_order(const taut_folder *folder, const char *old) {
  struct stat st;
  bool done = true;
  if (lstat(old, &st) == 0) {
    if (lstat(folder->final, &st) == 0)
      done = taut__folder_remove(old, true);
    else
      done = rename(old, folder->final) == 0;
  }
  if (done && lstat(folder->partial, &st) == 0 && lstat(folder->final, &st) == 0)
    done = taut__folder_move_others(folder->partial, folder->final);
  return done ? TAUT_OK
              : taut__fail_errno(folder->context, folder->work, "what a killed run left cannot be put in order");
}

/* Takes over, or removes, what an earlier run left. */
static taut_err take_over(taut_folder *folder, bool resume) {
  char *old = taut__folder_entry(folder->work, "old");
  taut_err err = old == NULL ? no_memory(folder) : put_in_order(folder, old);
  free(old);
  if (err) return err;
  const bool finished = there(folder->work, "done") && !there(folder->work, "result");
  drop(folder->work, "done");
  if (resume && finished) {
    remove_checkpoint(folder->work);
    return taut__fail(folder->context, TAUT_ERR_INPUT, folder->name,
                      "the result is complete; there is nothing to resume");
  }
  taut__folder_remove(folder->partial, !resume);
  if (resume) return TAUT_OK;
  remove_checkpoint(folder->work);
  if (!finished)
    taut__log(folder->context, TAUT_LOG_WARNING,
              "%s: what an interrupted run had left there is removed (--resume would "
              "have continued it)",
              folder->work);
  return TAUT_OK;
}

static taut_err fail_no_checkpoint(const taut_folder *folder, const char *work) {
  struct stat st;
  if (lstat(folder->final, &st) == 0)
    return taut__fail(folder->context, TAUT_ERR_INPUT, folder->name,
                      "there is nothing to resume: no run into this folder was interrupted (no %s/checkpoint.h5)",
                      work);
  return taut__fail(folder->context, TAUT_ERR_INPUT, folder->name,
                    "there is no checkpoint to resume from (%s/checkpoint.h5); run without --resume", work);
}

taut_err taut__folder_begin(taut_context *context, const char *path, bool force, bool resume, taut_folder **out) {
  bool made = false;
  taut_err err = taut__folder_new(context, path, out);
  taut_folder *folder = *out;
  char *work = err ? NULL : work_path(folder->final);
  if (!err && work == NULL) err = no_memory(folder);
  if (!err && resume && !taut__checkpoint_exists(work) && !there(work, "done")) err = fail_no_checkpoint(folder, work);
  if (!err && !resume) err = taut__folder_allow(folder, force);
  if (!err) err = taut__folder_make_parents(folder);
  if (!err) err = lock(folder, &made);
  if (!err) {
    folder->partial = taut__folder_entry(folder->work, "result");
    if (folder->partial == NULL) err = no_memory(folder);
  }
  if (!err && !made) err = take_over(folder, resume);
  if (!err && (taut__io_fault() || (mkdir(folder->partial, 0777) != 0 && errno != EEXIST)))
    err = taut__fail_errno(context, folder->partial, "cannot create the folder");
  if (!err) folder->made = true;
  free(work);
  if (err) taut__folder_abandon(out);
  return err;
}

taut_err taut__folder_allow(taut_folder *folder, bool force) {
  folder->force |= force;
  return taut__folder_look(folder, folder->force);
}

const char *taut__folder_work(const taut_folder *folder) {
  return folder->work;
}

const char *taut__folder_partial(const taut_folder *folder) {
  return folder->partial;
}

char *taut__folder_checkpoint(const char *path) {
  taut_folder *folder;
  char *work = NULL, *checkpoint = NULL;
  if (!taut__folder_new(NULL, path, &folder)) work = work_path(folder->final);
  if (work != NULL && taut__checkpoint_exists(work)) checkpoint = taut__folder_entry(work, "checkpoint.h5");
  free(work);
  taut__folder_abandon(&folder);
  return checkpoint;
}

bool taut__folder_is_for(const taut_folder *folder, const char *path) {
  return strcmp(folder->name, path) == 0;
}

taut_err taut__work_done(taut_folder *folder) {
  if (folder->work == NULL) return TAUT_OK;
  char *path = taut__folder_entry(folder->work, "done");
  if (path == NULL) return no_memory(folder);
  unlink(path); /* of an attempt before */
  taut_err err = taut__file_create(folder->context, path, path, "", 0);
  if (!err) taut__sync_folder(folder->work);
  free(path);
  return err;
}

void taut__work_end(taut_folder *folder, bool done) {
  if (folder->work == NULL || folder->lock < 0) return;
  const bool keep = !done && taut__checkpoint_exists(folder->work);
  if (folder->partial != NULL && !done) taut__folder_remove(folder->partial, !keep);
  if (!done) drop(folder->work, "done");
  if (!keep) {
    (void)taut__io_fault(); /* moments at which tests kill the process: the result stands already */
    remove_checkpoint(folder->work);
    (void)taut__io_fault();
    drop(folder->work, "done");
    (void)taut__io_fault();
    drop(folder->work, "lock"); /* while it is locked, so that nobody else takes it to be theirs */
    (void)taut__io_fault();
    if (rmdir(folder->work) != 0 && errno != ENOENT)
      taut__log(folder->context, TAUT_LOG_WARNING, "%s: the work folder holds files that are not taut's and stays",
                folder->work);
  }
  close(folder->lock);
  folder->lock = -1;
}
