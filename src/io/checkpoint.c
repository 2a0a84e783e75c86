#define _XOPEN_SOURCE 700 /* pread */

#include "io/checkpoint.h"
#include "io/file.h"
#include "io/h5_disk.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>
#include <zlib.h>

/* Changes whenever what stands in a checkpoint does, in a way that the rest of its identity does not tell. */
enum { FORMAT = 1, HEAD = 512, DEEPEST = 8 };

#define AGAIN "run again without --resume to start anew"

/* ---------------------------------------------------------------------------------------------------- names ---- */

static bool ends_with(const char *name, const char *end) {
  const size_t n = strlen(name), m = strlen(end);
  return n >= m && strcmp(name + n - m, end) == 0;
}

bool taut__checkpoint_is_name(const char *name) {
  return strncmp(name, "checkpoint", 10) == 0 && (ends_with(name, ".h5") || ends_with(name, ".h5.part"));
}

/* Path of the file of a process; NULL when out of memory. */
static char *path_of(const taut_checkpoint *c, int turn, bool part) {
  taut_text path = {0};
  const int rank = taut__comm_rank(c->comm);
  if (rank == 0)
    taut__text_add(&path, "%s/checkpoint.h5%s", c->folder, part ? ".part" : "");
  else
    taut__text_add(&path, "%s/checkpoint_%d_%d.h5%s", c->folder, rank, turn, part ? ".part" : "");
  if (!path.failed) return path.data;
  taut__text_free(&path);
  return NULL;
}

bool taut__checkpoint_exists(const char *folder) {
  char *path = path_of(&(taut_checkpoint){.folder = folder}, 0, false);
  struct stat st;
  const bool there = path != NULL && stat(path, &st) == 0;
  free(path);
  return there;
}

static taut_err no_memory(taut_context *context) {
  return taut__fail(context, TAUT_ERR_MEMORY, NULL, "no memory for a checkpoint");
}

/* An error of any process is one of all. */
static taut_err agree(taut_context *context, const taut_checkpoint *c, taut_err mine) {
  return taut__comm_agree_told(context, c->comm, mine);
}

/* --------------------------------------------------------------------------------------------------- keeper ---- */

/* Saves to, or loads from, an open file. */
typedef struct h5_keeper {
  taut_keeper own; /* first: the callbacks get a pointer to it */
  const char *shown;
  const taut_h5_reason *reason;
  hid_t group[DEEPEST];
  int depth;
} h5_keeper;

static taut_err fail_h5(taut_context *context, const char *shown, const char *what, const taut_h5_reason *reason) {
  return taut__fail(context, TAUT_ERR_LIBRARY, shown, "%s: %s", what,
                    reason->text[0] == '\0' ? "out of memory" : reason->text);
}

static hid_t memory_type(taut_kept type) {
  return type == TAUT_KEPT_DOUBLE ? H5T_NATIVE_DOUBLE
         : type == TAUT_KEPT_INT  ? H5T_NATIVE_INT
         : type == TAUT_KEPT_LONG ? H5T_NATIVE_LONG
                                  : H5T_NATIVE_UCHAR;
}

static bool save_item(hid_t group, const char *name, const void *data, taut_kept type, size_t count) {
  const hsize_t size = count;
  hid_t plain = H5Pcreate(H5P_DATASET_CREATE), space = H5Screate_simple(1, &size, NULL), set = H5I_INVALID_HID;
  if (plain >= 0 && space >= 0 && H5Pset_obj_track_times(plain, false) >= 0)
    set = H5Dcreate2(group, name, memory_type(type), space, H5P_DEFAULT, plain, H5P_DEFAULT);
  bool done = set >= 0 && H5Dwrite(set, memory_type(type), H5S_ALL, H5S_ALL, H5P_DEFAULT, data) >= 0;
  if (set >= 0 && H5Dclose(set) < 0) done = false;
  if (space >= 0) H5Sclose(space);
  if (plain >= 0) H5Pclose(plain);
  return done;
}

static bool load_item(hid_t group, const char *name, void *data, taut_kept type, size_t count) {
  hid_t set = H5Dopen2(group, name, H5P_DEFAULT), space = set < 0 ? set : H5Dget_space(set);
  hid_t stored = set < 0 ? set : H5Dget_type(set);
  const bool done = space >= 0 && stored >= 0 && H5Sget_simple_extent_npoints(space) == (hssize_t)count &&
                    H5Tequal(stored, memory_type(type)) > 0 &&
                    H5Dread(set, memory_type(type), H5S_ALL, H5S_ALL, H5P_DEFAULT, data) >= 0;
  if (stored >= 0) H5Tclose(stored);
  if (space >= 0) H5Sclose(space);
  if (set >= 0) H5Dclose(set);
  return done;
}

static taut_err keep_item(taut_keeper *keeper, const char *name, void *data, taut_kept type, size_t count) {
  h5_keeper *k = (h5_keeper *)keeper;
  const hid_t group = k->group[k->depth];
  if (!k->own.loading)
    return save_item(group, name, data, type, count)
               ? TAUT_OK
               : fail_h5(k->own.context, k->shown, "cannot be written", k->reason);
  if (load_item(group, name, data, type, count)) return TAUT_OK;
  return taut__fail(k->own.context, TAUT_ERR_INPUT, k->shown, "'%s' in it is not what this run expects; " AGAIN, name);
}

static taut_err keep_group(taut_keeper *keeper, const char *name) {
  h5_keeper *k = (h5_keeper *)keeper;
  if (name == NULL) {
    H5Gclose(k->group[k->depth--]);
    return TAUT_OK;
  }
  if (k->depth + 1 == DEEPEST) return taut__fail(k->own.context, TAUT_ERR_INTERNAL, k->shown, "groups too deep");
  const hid_t at = k->group[k->depth];
  const hid_t group =
      k->own.loading ? H5Gopen2(at, name, H5P_DEFAULT) : H5Gcreate2(at, name, H5P_DEFAULT, H5P_DEFAULT, H5P_DEFAULT);
  if (group >= 0) {
    k->group[++k->depth] = group;
    return TAUT_OK;
  }
  return k->own.loading ? taut__fail(k->own.context, TAUT_ERR_INPUT, k->shown, "lacks '%s'; " AGAIN, name)
                        : fail_h5(k->own.context, k->shown, "cannot be written", k->reason);
}

static taut_err enumerate(taut_context *context, const char *shown, const taut_h5_reason *reason, hid_t file,
                          bool loading, taut_archive_fn *keep, void *what) {
  h5_keeper k = {.own = {.context = context, .loading = loading, .item = keep_item, .group = keep_group},
                 .shown = shown,
                 .reason = reason,
                 .group = {file}};
  keep(what, &k.own);
  while (k.depth > 0) H5Gclose(k.group[k.depth--]);
  return k.own.err;
}

/* ----------------------------------------------------------------------------------------------- identity ---- */

/* Texts and numbers by which a checkpoint is recognised. */
typedef struct identity {
  char version[64], commit[64], hash[64];
  char *build, *yaml;
  int processes, turn, force;
  long token; /* the same in all files of a set */
  double day;
} identity;

static void identity_free(identity *id) {
  free(id->build);
  free(id->yaml);
}

static bool save_text(hid_t file, const char *name, const char *text) {
  return save_item(file, name, text, TAUT_KEPT_BYTE, strlen(text) + 1);
}

static bool save_identity(hid_t file, const taut_checkpoint *c, int turn, long token, double day) {
  const int processes = taut__comm_size(c->comm), force = c->force;
  return save_text(file, "taut_version", taut_version()) && save_text(file, "commit", taut_commit()) &&
         save_text(file, "case_hash", c->hash) && save_text(file, "case_yaml", c->yaml) &&
         save_text(file, "build", c->build) && save_item(file, "processes", &processes, TAUT_KEPT_INT, 1) &&
         save_item(file, "turn", &turn, TAUT_KEPT_INT, 1) && save_item(file, "force", &force, TAUT_KEPT_INT, 1) &&
         save_item(file, "token", &token, TAUT_KEPT_LONG, 1) && save_item(file, "day", &day, TAUT_KEPT_DOUBLE, 1);
}

/* A text that must be there; release with free().  NULL on failure. */
static char *load_text(hid_t file, const char *name) {
  hid_t set = H5Dopen2(file, name, H5P_DEFAULT), space = set < 0 ? set : H5Dget_space(set);
  const hssize_t n = space < 0 ? -1 : H5Sget_simple_extent_npoints(space);
  char *text = n < 0 ? NULL : taut__alloc((size_t)n + 1, 1);
  if (space >= 0) H5Sclose(space);
  if (set >= 0) H5Dclose(set);
  if (text != NULL && load_item(file, name, text, TAUT_KEPT_BYTE, (size_t)n)) return text;
  free(text);
  return NULL;
}

static bool load_short(hid_t file, const char *name, char *to, size_t room) {
  char *text = load_text(file, name);
  if (text != NULL) snprintf(to, room, "%s", text);
  free(text);
  return text != NULL;
}

static bool load_identity(hid_t file, identity *id) {
  id->build = load_text(file, "build");
  id->yaml = load_text(file, "case_yaml");
  return id->build != NULL && id->yaml != NULL && load_short(file, "taut_version", id->version, sizeof id->version) &&
         load_short(file, "commit", id->commit, sizeof id->commit) &&
         load_short(file, "case_hash", id->hash, sizeof id->hash) &&
         load_item(file, "processes", &id->processes, TAUT_KEPT_INT, 1) &&
         load_item(file, "turn", &id->turn, TAUT_KEPT_INT, 1) &&
         load_item(file, "force", &id->force, TAUT_KEPT_INT, 1) &&
         load_item(file, "token", &id->token, TAUT_KEPT_LONG, 1) &&
         load_item(file, "day", &id->day, TAUT_KEPT_DOUBLE, 1);
}

/* Length of a line of YAML without its comment and the blanks before that. */
static int content(const char *line) {
  size_t n = strcspn(line, "\n");
  for (size_t i = 1; i < n; i++)
    if (line[i] == '#' && line[i - 1] == ' ') n = i;
  while (n > 0 && line[n - 1] == ' ') n--;
  return (int)n;
}

/* The first line in which two resolved cases differ, comments aside. */
static taut_err fail_case(taut_context *context, const char *shown, const char *theirs, const char *ours) {
  for (;;) {
    const int a = content(theirs), b = content(ours);
    if (a != b || strncmp(theirs, ours, (size_t)a) != 0)
      return taut__fail(context, TAUT_ERR_INPUT, shown,
                        "belongs to another case, with '%.*s' in place of '%.*s'; resume it with that case, or " AGAIN,
                        a, theirs, b, ours);
    const char *const next = strchr(theirs, '\n'), *const own = strchr(ours, '\n');
    if (next == NULL || own == NULL) break;
    theirs = next + 1;
    ours = own + 1;
  }
  return taut__fail(context, TAUT_ERR_INPUT, shown, "belongs to another case; " AGAIN);
}

static taut_err check_identity(taut_context *context, const char *shown, const taut_checkpoint *c, const identity *id) {
  if (strcmp(id->version, taut_version()) != 0 || strcmp(id->commit, taut_commit()) != 0)
    return taut__fail(context, TAUT_ERR_INPUT, shown,
                      "was made by taut %s (%s), this is taut %s (%s); resume with the former, or " AGAIN, id->version,
                      id->commit, taut_version(), taut_commit());
  if (strcmp(id->hash, c->hash) != 0) return fail_case(context, shown, id->yaml, c->yaml);
  if (strcmp(id->build, c->build) != 0)
    return taut__fail(context, TAUT_ERR_INPUT, shown,
                      "was made by another build or kind of processor (%s; here: %s), which gives other last digits; "
                      "resume there, or " AGAIN,
                      id->build, c->build);
  if (id->processes != taut__comm_size(c->comm))
    return taut__fail(context, TAUT_ERR_INPUT, shown,
                      "was made by %d process%s, this run has %d; resume with mpirun -n %d, or " AGAIN, id->processes,
                      id->processes == 1 ? "" : "es", taut__comm_size(c->comm), id->processes);
  return TAUT_OK;
}

/* --------------------------------------------------------------------------------------------- head and bytes ---- */

/* CRC-32 and length of all behind the head; false with errno on failure. */
static bool sum_up(int fd, uint64_t *length, unsigned long *sum) {
  enum { PIECE = 1 << 20 };
  unsigned char *piece = taut__alloc(PIECE, 1);
  uint64_t n = 0;
  unsigned long crc = crc32(0, NULL, 0);
  ssize_t got = -1;
  errno = ENOMEM;
  while (piece != NULL && (got = pread(fd, piece, PIECE, (off_t)(HEAD + n))) != 0) {
    if (got < 0 && errno == EINTR) continue;
    if (got < 0) break;
    crc = crc32(crc, piece, (unsigned)got);
    n += (uint64_t)got;
  }
  free(piece);
  *length = n;
  *sum = crc;
  return got == 0;
}

static const char head_format[] = "taut checkpoint\nformat %d\nbytes %llu\ncrc32 %08lx\n";

static bool write_head(int fd) {
  char head[HEAD] = {0};
  uint64_t length;
  unsigned long sum;
  if (!sum_up(fd, &length, &sum)) return false;
  snprintf(head, sizeof head, head_format, FORMAT, (unsigned long long)length, sum);
  return taut__write_all(fd, head, sizeof head, 0);
}

/* Are these bytes a checkpoint, whole and undamaged? */
static taut_err check_bytes(taut_context *context, const char *shown, int fd) {
  char head[HEAD + 1] = {0};
  int format = 0;
  unsigned long long length = 0;
  unsigned long sum = 0, found_sum;
  uint64_t found;
  const ssize_t got = pread(fd, head, HEAD, 0);
  if (got < 0) return taut__fail_errno(context, shown, "cannot be read");
  const int read = sscanf(head, head_format, &format, &length, &sum);
  if (read < 1) return taut__fail(context, TAUT_ERR_INPUT, shown, "is no checkpoint of taut; " AGAIN);
  if (format != FORMAT)
    return taut__fail(context, TAUT_ERR_INPUT, shown, "has format %d, this version reads format %d; " AGAIN, format,
                      FORMAT);
  if (!sum_up(fd, &found, &found_sum)) return taut__fail_errno(context, shown, "cannot be read");
  if (read < 3 || found < length)
    return taut__fail(context, TAUT_ERR_INPUT, shown, "is truncated: %llu of %llu bytes are there; " AGAIN,
                      (unsigned long long)found, length);
  if (found > length || found_sum != sum)
    return taut__fail(context, TAUT_ERR_INPUT, shown, "is damaged: its checksum is wrong; " AGAIN);
  return TAUT_OK;
}

/* -------------------------------------------------------------------------------------------------- writing ---- */

/* What goes into one file. */
typedef struct content_of {
  const taut_checkpoint *c;
  int turn;
  long token;
  double day;
  taut_archive_fn *keep;
  void *what;
} content_of;

/* Fills an open file; false with a recorded failure, or with errno in disk->failure. */
static taut_err fill(taut_context *context, const char *shown, taut_h5_disk *disk, const content_of *x) {
  taut_h5_reason reason;
  if (!taut__h5_listen(&reason)) return taut__fail(context, TAUT_ERR_LIBRARY, shown, "the HDF5 library does not start");
  hid_t creation = H5Pcreate(H5P_FILE_CREATE), file = H5I_INVALID_HID;
  if (creation >= 0 && H5Pset_userblock(creation, HEAD) >= 0) file = taut__h5_disk_create(disk, creation);
  if (creation >= 0) H5Pclose(creation);
  taut_err err = file >= 0 && save_identity(file, x->c, x->turn, x->token, x->day)
                     ? enumerate(context, shown, &reason, file, false, x->keep, x->what)
                     : fail_h5(context, shown, "cannot be written", &reason);
  if (!taut__h5_disk_close(disk, file) && !err) err = fail_h5(context, shown, "cannot be closed", &reason);
  taut__h5_listen_end(&reason);
  return err;
}

/* Writes one file under its temporary name, on stable storage. */
static taut_err write_part(taut_context *context, const char *shown, const char *part, const content_of *x) {
  if (unlink(part) != 0 && errno != ENOENT) return taut__fail_errno(context, shown, "cannot be written");
  taut_h5_disk disk = {.driver = H5I_INVALID_HID,
                       .fd = taut__io_fault() ? -1 : open(part, O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, 0666)};
  if (disk.fd < 0) return taut__fail_errno(context, shown, "cannot be written");
  taut_err err = fill(context, shown, &disk, x);
  if (!err && disk.failure == 0 && (!write_head(disk.fd) || !taut__synchronise(disk.fd))) disk.failure = errno;
  if (!taut__close(disk.fd) && disk.failure == 0) disk.failure = errno;
  if (!err && disk.failure != 0) {
    errno = disk.failure;
    err = taut__fail_errno(context, shown, "cannot be written");
  }
  if (err) unlink(part);
  return err;
}

/* A number that no earlier checkpoint has, the same on all processes. */
static long make_token(const taut_checkpoint *c) {
  struct timespec now;
  clock_gettime(CLOCK_REALTIME, &now);
  long token = (long)now.tv_sec * 1000000007L + now.tv_nsec + (long)getpid();
  taut__comm_share(c->comm, &token, sizeof token);
  return token;
}

static taut_err give_name(taut_context *context, const taut_checkpoint *c, const char *part, const char *path) {
  if (taut__io_fault() || rename(part, path) != 0) {
    taut_err err = taut__fail_errno(context, path, "cannot be given its name");
    unlink(part);
    return err;
  }
  taut__sync_folder(c->folder);
  return TAUT_OK;
}

taut_err taut__checkpoint_write(taut_context *context, taut_checkpoint *c, double day, taut_archive_fn *keep,
                                void *what) {
  const bool first = taut__comm_rank(c->comm) == 0;
  const content_of x = {c, 1 - c->turn, make_token(c), day, keep, what};
  char *path = path_of(c, x.turn, false), *part = path_of(c, x.turn, true), *former = path_of(c, c->turn, false);
  taut_err err = path && part && former ? write_part(context, path, part, &x) : no_memory(context);
  if (!err && !first) err = give_name(context, c, part, path);
  err = agree(context, c, err); /* all parts are there: the head may name them */
  if (!err && first) err = give_name(context, c, part, path);
  err = agree(context, c, err);
  if (!first && path && former) unlink(err ? path : former);
  if (err && part) unlink(part);
  if (!err) c->turn = x.turn;
  free(path);
  free(part);
  free(former);
  return err;
}

/* -------------------------------------------------------------------------------------------------- reading ---- */

static taut_err read_file(taut_context *context, const char *path, taut_checkpoint *c, identity *id,
                          taut_archive_fn *keep, void *what) {
  taut_h5_reason reason;
  if (!taut__h5_listen(&reason)) return taut__fail(context, TAUT_ERR_LIBRARY, path, "the HDF5 library does not start");
  hid_t access = H5Pcreate(H5P_FILE_ACCESS);
  H5Pset_file_locking(access, false, true); /* the work folder is locked already, and some file systems have no locks */
  hid_t file = H5Fopen(path, H5F_ACC_RDONLY, access);
  H5Pclose(access);
  taut_err err = TAUT_OK;
  if (file < 0)
    err = fail_h5(context, path, "cannot be opened", &reason);
  else if (keep)
    err = enumerate(context, path, &reason, file, true, keep, what);
  else if (!load_identity(file, id))
    err = taut__fail(context, TAUT_ERR_INPUT, path, "does not say what it belongs to; " AGAIN);
  else
    err = check_identity(context, path, c, id);
  if (file >= 0) H5Fclose(file);
  taut__h5_listen_end(&reason);
  return err;
}

/* Looks through the file of this process; `id` gets what it belongs to. */
static taut_err check_file(taut_context *context, const char *path, taut_checkpoint *c, identity *id) {
  if (!path) return no_memory(context);
  const int fd = open(path, O_RDONLY | O_CLOEXEC);
  if (fd < 0 && errno == ENOENT)
    return taut__fail(context, TAUT_ERR_INPUT, path, "there is no such checkpoint; " AGAIN);
  if (fd < 0) return taut__fail_errno(context, path, "cannot be opened");
  const taut_err err = check_bytes(context, path, fd);
  close(fd);
  return err ? err : read_file(context, path, c, id, NULL, NULL);
}

taut_err taut__checkpoint_read(taut_context *context, taut_checkpoint *c, taut_archive_fn *keep, void *what) {
  const bool first = taut__comm_rank(c->comm) == 0;
  identity id = {0};
  char *path = first ? path_of(c, 0, false) : NULL;
  taut_err err = agree(context, c, first ? check_file(context, path, c, &id) : TAUT_OK);
  int turn = id.turn;
  long token = id.token;
  taut__comm_share(c->comm, &turn, sizeof turn);
  taut__comm_share(c->comm, &token, sizeof token);
  if (!err && !first) {
    path = path_of(c, turn, false);
    err = check_file(context, path, c, &id);
    if (!err && id.token != token)
      err = taut__fail(context, TAUT_ERR_INPUT, path, "belongs to another checkpoint; " AGAIN);
  }
  err = agree(context, c, err);
  if (!err) err = agree(context, c, read_file(context, path, c, &id, keep, what));
  if (!err) {
    c->turn = turn;
    c->force = id.force != 0;
  }
  identity_free(&id);
  free(path);
  return err;
}
