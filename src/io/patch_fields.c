/* fields_001.h5 ...: the fields of a patch at one visit, written together by all processes that share it.
 *
 *   /              attributes: as in fields.h5, and visit, time_d, side_mm, spacing_mm
 *   /x, /y, /z     faces of the grid
 *   /fields/NAME   [planes where it lives, n, n] single precision, x fastest, surface first; attributes: unit, long_name,
 *                  description, layers, first_plane, time_d
 *
 * The first process lays the file out and reserves its room on the disk.  Then every process writes its rows, plane by
 * plane, into room that is there: nothing but numbers changes any more, so that no process ever waits in HDF5 for one that
 * failed.  Each process sees to it that its rows reach stable storage, and only when all agree that they have is the file
 * given its name.
 *
 * Rows go to the disk independently: that was measured to be faster than collective transfers and than sending the rows to
 * one process that writes, several times where other programs use the cores (docs/parallel.md). */
#define _XOPEN_SOURCE 700 /* posix_fallocate */

#include "io/patch_fields.h"
#include "io/file.h"

#include <errno.h>
#include <fcntl.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <unistd.h>

#ifdef TAUT_HAVE_MPI
#include "domain/distributed/comm_mpi.h"
#endif

enum { BUFFER_BYTES = 1 << 20 }; /* for rows in single precision; one plane where that is more */

const char *taut__patch_file_name(int snapshot, char buffer[32]) {
  snprintf(buffer, 32, "fields_%03d.h5", snapshot + 1);
  return buffer;
}

char *taut__patch_path(const taut_patch_output *out, const char *name, const char *ending) {
  taut_text path = {0};
  taut__text_add(&path, "%s/%s%s", out->folder, name, ending);
  if (!path.failed) return path.data;
  taut__text_free(&path);
  return NULL;
}

void taut__patch_planes(const taut_field *field, const taut_points *points, int *first, int *count) {
  int layer, end;
  taut__layer_range(field->layers, &layer, &end);
  *first = points->layer_plane[layer];
  *count = points->layer_plane[end] - *first;
}

static bool add_lateral(hid_t group, const taut_domain *domain, const char *name, const char *description) {
  const hsize_t faces = (hsize_t)domain->patch.n + 1;
  double *x = taut__alloc_doubles(faces);
  if (x == NULL) return false;
  for (hsize_t i = 0; i < faces; i++) x[i] = (double)i * domain->patch.side / domain->patch.n;
  const bool done = taut__h5_reals(group, name, 1, &faces, x, "mm", description);
  free(x);
  return done;
}

bool taut__patch_faces(hid_t group, const taut_domain *domain) {
  const hsize_t depths = (hsize_t)domain->points.planes + 1;
  return add_lateral(group, domain, "x", "faces along x; the patch repeats itself") &&
         add_lateral(group, domain, "y", "faces along y; the patch repeats itself") &&
         taut__h5_reals(group, "z", 1, &depths, domain->z, "mm", "faces, depth below the surface");
}

/* ------------------------------------------------------------------------------------------------- snapshot ---- */

typedef struct snapshot {
  taut_context *context;
  const taut_patch_output *out;
  int number;
  double day;
  double *const *u;
  char shown[32];
  char *part, *final;
  float *rows; /* of `at_once` planes */
  int at_once;
  taut_h5_reason why;
  taut_h5_disk disk; /* of the first process */
} snapshot;

static taut_err fail(const snapshot *s, const char *what) {
  return taut__fail_errno(s->context, s->shown, what);
}

static bool alone(const snapshot *s) {
  return taut__comm_size(s->out->domain->patch.comm) == 1;
}

/* An error of any process is one of all. */
static taut_err agree(const snapshot *s, taut_err mine) {
  return taut__comm_agree_told(s->context, s->out->domain->patch.comm, mine);
}

/* -------------------------------------------------------------------------------------------------- layout ---- */

/* Room for a field; its numbers come later. */
static bool lay_out_field(hid_t group, const snapshot *s, const taut_field *field) {
  const taut_domain *domain = s->out->domain;
  int first, count;
  taut__patch_planes(field, &domain->points, &first, &count);
  const hsize_t n = (hsize_t)domain->patch.n, size[3] = {(hsize_t)count, n, n};
  hid_t plan = H5Pcreate(H5P_DATASET_CREATE), space = H5Screate_simple(3, size, NULL), set = H5I_INVALID_HID;
  if (plan >= 0 && space >= 0 && H5Pset_obj_track_times(plan, false) >= 0 &&
      H5Pset_alloc_time(plan, H5D_ALLOC_TIME_EARLY) >= 0 && H5Pset_fill_time(plan, H5D_FILL_TIME_NEVER) >= 0)
    set = H5Dcreate2(group, field->name, H5T_IEEE_F32LE, space, H5P_DEFAULT, plan, H5P_DEFAULT);
  const bool done = set >= 0 && taut__h5_field(set, field) && taut__h5_int(set, "first_plane", first) &&
                    taut__h5_real(set, "time_d", s->day);
  if (set >= 0) H5Dclose(set);
  if (space >= 0) H5Sclose(space);
  if (plan >= 0) H5Pclose(plan);
  return done;
}

static bool lay_out(hid_t file, const snapshot *s) {
  const taut_patch_output *out = s->out;
  const taut_patch_grid *grid = &out->domain->patch;
  bool done = taut__h5_provenance(file, out->title, out->hash, out->set) && taut__h5_text(file, "kind", "patch") &&
              taut__h5_int(file, "visit", s->number + 1) && taut__h5_real(file, "time_d", s->day) &&
              taut__h5_real(file, "side_mm", grid->side) && taut__h5_real(file, "spacing_mm", grid->spacing) &&
              taut__patch_faces(file, out->domain);
  hid_t group = done ? taut__h5_group(file, "fields") : H5I_INVALID_HID;
  done = group >= 0;
  for (int f = 0; done && f < out->set->n; f++) done = lay_out_field(group, s, &out->set->field[f]);
  if (group >= 0) H5Gclose(group);
  return done;
}

/* -------------------------------------------------------------------------------------------------- numbers ---- */

/* This process' rows of planes k .. k + count - 1 (counted within the field), from u. */
static bool write_planes(hid_t set, hid_t space, const snapshot *s, const double *u, int k, int count) {
  const taut_patch_grid *grid = &s->out->domain->patch;
  const hsize_t start[3] = {(hsize_t)k, (hsize_t)grid->y_first, 0},
                size[3] = {(hsize_t)count, (hsize_t)grid->y_count, (hsize_t)grid->n};
  const size_t plane = (size_t)grid->y_count * (size_t)grid->n, n = plane * (size_t)count;
  u += plane * (size_t)k;
  for (size_t i = 0; i < n; i++) s->rows[i] = (float)u[i];
  hid_t memory = H5Screate_simple(3, size, NULL);
  const bool done = memory >= 0 && H5Sselect_hyperslab(space, H5S_SELECT_SET, start, NULL, size, NULL) >= 0 &&
                    H5Dwrite(set, H5T_NATIVE_FLOAT, memory, space, H5P_DEFAULT, s->rows) >= 0;
  if (memory >= 0) H5Sclose(memory);
  return done;
}

/* Opening and closing are for all processes together, so a failure ends neither the loop nor the sequence of calls. */
static bool write_field(hid_t group, const snapshot *s, int f, bool done) {
  const taut_field *field = &s->out->set->field[f];
  int first, count;
  taut__patch_planes(field, &s->out->domain->points, &first, &count);
  hid_t set = H5Dopen2(group, field->name, H5P_DEFAULT), space = set < 0 ? set : H5Dget_space(set);
  done = done && space >= 0;
  for (int k = 0; done && k < count; k += s->at_once)
    done = write_planes(set, space, s, s->u[f], k, count - k < s->at_once ? count - k : s->at_once);
  if (space >= 0) H5Sclose(space);
  if (set >= 0) H5Dclose(set);
  return done;
}

/* All rows of this process, into an open file. */
static taut_err write_numbers(hid_t file, const snapshot *s) {
  hid_t group = H5Gopen2(file, "fields", H5P_DEFAULT);
  bool done = group >= 0, fault = false;
  for (int f = 0; group >= 0 && f < s->out->set->n; f++) {
    fault = fault || taut__io_fault();
    done = write_field(group, s, f, done && !fault) && done;
  }
  if (group >= 0) H5Gclose(group);
  if (!fault && done) return TAUT_OK;
  if (!fault) return taut__fail(s->context, TAUT_ERR_IO, s->shown, "cannot be written: %s", s->why.text);
  errno = EIO;
  return fail(s, "cannot be written");
}

/* ---------------------------------------------------------------------------------------------- one process ---- */

/* Reserves the room of the file, so that a full disk is met here and not by HDF5. */
static bool reserve(int fd) {
  const off_t size = lseek(fd, 0, SEEK_END);
  if (size < 0 || taut__io_fault()) return false;
  int failure;
  do failure = posix_fallocate(fd, 0, size);
  while (failure == EINTR);
  errno = failure;
  return failure == 0 || failure == EINVAL || failure == EOPNOTSUPP || failure == ENOSYS;
}

/* A file beyond this process' limit would end it by a signal. */
static bool within_limit(off_t size) {
  struct rlimit limit;
  if (getrlimit(RLIMIT_FSIZE, &limit) != 0 || limit.rlim_cur == RLIM_INFINITY || (rlim_t)size <= limit.rlim_cur)
    return true;
  errno = EFBIG;
  return false;
}

/* Bytes that the numbers take. */
static off_t payload(const snapshot *s) {
  const off_t n = s->out->domain->patch.n;
  off_t planes = 0;
  for (int f = 0; f < s->out->set->n; f++) {
    int first, count;
    taut__patch_planes(&s->out->set->field[f], &s->out->domain->points, &first, &count);
    planes += count;
  }
  return planes * n * n * (off_t)sizeof(float);
}

/* Lays the file out and, when there is no other process, fills it. */
static taut_err create(snapshot *s) {
  if (!within_limit(payload(s))) return fail(s, "cannot be written");
  const int fd = taut__io_fault() ? -1 : open(s->part, O_RDWR | O_CREAT | O_TRUNC | O_CLOEXEC, 0666);
  if (fd < 0) return fail(s, "cannot be created");
  s->disk.fd = fd;
  hid_t file = taut__h5_disk_create(&s->disk, H5P_DEFAULT);
  taut_err err =
      file < 0 || !lay_out(file, s) ? taut__h5_fail(s->context, s->shown, "cannot be laid out", &s->why) : TAUT_OK;
  if (!err && alone(s)) err = write_numbers(file, s);
  if (!taut__h5_disk_close(&s->disk, file) && !err)
    err = taut__h5_fail(s->context, s->shown, "cannot be closed", &s->why);
  if (!err && s->disk.failure != 0) {
    errno = s->disk.failure;
    err = fail(s, "cannot be written");
  }
  if (!err && !alone(s) && !reserve(fd)) err = fail(s, "cannot be written");
  if (!taut__close(fd) && !err) err = fail(s, "cannot be closed");
  return err;
}

/* Everything that reached the system from here reaches stable storage. */
static taut_err synchronise(const snapshot *s) {
  const int fd = taut__io_fault() ? -1 : open(s->part, O_WRONLY | O_CLOEXEC);
  if (fd < 0) return fail(s, "cannot be opened again");
  const bool done = taut__synchronise(fd);
  const int failure = errno;
  const bool closed = taut__close(fd);
  if (done && closed) return TAUT_OK;
  if (!done) errno = failure;
  return fail(s, "cannot be written");
}

/* -------------------------------------------------------------------------------------------- all processes ---- */

#ifdef TAUT_HAVE_MPI
static hid_t open_together(const snapshot *s) {
  hid_t access = H5Pcreate(H5P_FILE_ACCESS), file = H5I_INVALID_HID;
  if (access >= 0 && H5Pset_fapl_mpio(access, taut__comm_mpi(s->out->domain->patch.comm), MPI_INFO_NULL) >= 0 &&
      H5Pset_all_coll_metadata_ops(access, true) >= 0) /* one process reads, and tells the others */
    file = H5Fopen(s->part, H5F_ACC_RDWR, access);
  if (access >= 0) H5Pclose(access);
  return file;
}

static taut_err fill_together(snapshot *s) {
  hid_t file = open_together(s);
  taut_err err = agree(s, file < 0 ? taut__h5_fail(s->context, s->shown, "cannot be opened by all", &s->why) : TAUT_OK);
  if (!err) err = write_numbers(file, s);
  if (file >= 0 && H5Fclose(file) < 0 && !err) err = taut__h5_fail(s->context, s->shown, "cannot be closed", &s->why);
  return err;
}
#else
static taut_err fill_together(snapshot *s) {
  return taut__fail(s->context, TAUT_ERR_INTERNAL, s->shown, "several processes in a build without MPI");
}
#endif

/* Gives the finished file its name. */
static taut_err publish(const snapshot *s) {
  if (taut__io_fault() || rename(s->part, s->final) != 0) return fail(s, "cannot get its name");
  taut__sync_folder(s->out->folder);
  return TAUT_OK;
}

static taut_err write_snapshot(snapshot *s) {
  const bool first = taut__comm_rank(s->out->domain->patch.comm) == 0;
  taut_err err = agree(s, first ? create(s) : within_limit(payload(s)) ? TAUT_OK : fail(s, "cannot be written"));
  if (!err && !alone(s)) err = agree(s, fill_together(s));
  if (!err) err = agree(s, synchronise(s));
  if (!err) err = agree(s, first ? publish(s) : TAUT_OK);
  if (err && first) unlink(s->part);
  return err;
}

taut_err taut__patch_snapshot(taut_context *context, const taut_patch_output *out, int number, double day,
                              double *const *u) {
  const taut_patch_grid *grid = &out->domain->patch;
  const size_t plane = (size_t)grid->n * (size_t)grid->y_count, planes = BUFFER_BYTES / sizeof(float) / plane;
  snapshot s = {.context = context, .out = out, .number = number, .day = day, .u = u};
  taut__patch_file_name(number, s.shown);
  s.at_once = planes < 1 ? 1 : planes > 1000 ? 1000 : (int)planes;
  s.part = taut__patch_path(out, s.shown, ".part");
  s.final = taut__patch_path(out, s.shown, "");
  s.rows = taut__alloc(plane * (size_t)s.at_once, sizeof *s.rows);
  taut_err err = s.part == NULL || s.final == NULL || s.rows == NULL
                     ? taut__fail(context, TAUT_ERR_MEMORY, s.shown, "out of memory")
                     : TAUT_OK;
  const bool listening = taut__h5_listen(&s.why);
  if (!listening && !err) err = taut__fail(context, TAUT_ERR_LIBRARY, s.shown, "the HDF5 library does not start");
  err = agree(&s, err);
  if (!err) err = write_snapshot(&s);
  if (listening) taut__h5_listen_end(&s.why);
  free(s.rows);
  free(s.part);
  free(s.final);
  return err;
}
