#define _XOPEN_SOURCE 700 /* pread, ftruncate */

#include "io/h5_disk.h"
#include "io/file.h"

#include <H5FDpublic.h>
#if H5_VERSION_GE(1, 14, 0)
#include <H5FDdevelop.h>
#endif
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* ------------------------------------------------------------------------------------------------- the driver ---- */

/* What HDF5 holds of an open file.  Its own part comes first. */
typedef struct disk_file {
  H5FD_t own;
  taut_h5_disk *disk;
  haddr_t allocated, end;
} disk_file;

static H5FD_t *disk_open(const char *name, unsigned flags, hid_t access, haddr_t most) {
  (void)name, (void)flags, (void)most;
  taut_h5_disk *const *disk = H5Pget_driver_info(access);
  disk_file *file = disk == NULL ? NULL : taut__alloc(1, sizeof *file);
  if (file == NULL) return NULL;
  file->disk = *disk;
  return &file->own;
}

static herr_t disk_close(H5FD_t *file) {
  free(file);
  return 0;
}

static herr_t disk_query(const H5FD_t *file, unsigned long *flags) {
  (void)file;
  *flags = H5FD_FEAT_AGGREGATE_METADATA | H5FD_FEAT_ACCUMULATE_METADATA | H5FD_FEAT_AGGREGATE_SMALLDATA;
  return 0;
}

static haddr_t disk_get_eoa(const H5FD_t *file, H5FD_mem_t type) {
  (void)type;
  return ((const disk_file *)file)->allocated;
}

static herr_t disk_set_eoa(H5FD_t *file, H5FD_mem_t type, haddr_t at) {
  (void)type;
  ((disk_file *)file)->allocated = at;
  return 0;
}

static haddr_t disk_get_eof(const H5FD_t *file, H5FD_mem_t type) {
  (void)type;
  return ((const disk_file *)file)->end;
}

static herr_t disk_read(H5FD_t *file, H5FD_mem_t type, hid_t transfer, haddr_t at, size_t size, void *to) {
  (void)type, (void)transfer;
  const disk_file *f = (const disk_file *)file;
  char *next = to;
  memset(to, 0, size); /* beyond the end, and once writing has failed */
  while (size > 0) {
    ssize_t n = pread(f->disk->fd, next, size, (off_t)at);
    if (n < 0 && errno == EINTR) continue;
    if (n < 0 && f->disk->failure == 0) f->disk->failure = errno;
    if (n <= 0) break;
    next += n;
    at += (haddr_t)n;
    size -= (size_t)n;
  }
  return 0;
}

static herr_t disk_write(H5FD_t *file, H5FD_mem_t type, hid_t transfer, haddr_t at, size_t size, const void *from) {
  (void)type, (void)transfer;
  disk_file *f = (disk_file *)file;
  if (f->disk->failure == 0 && !taut__write_all(f->disk->fd, from, size, (int64_t)at)) f->disk->failure = errno;
  if (at + size > f->end) f->end = at + size;
  return 0;
}

static herr_t disk_truncate(H5FD_t *file, hid_t transfer, hbool_t closing) {
  (void)transfer, (void)closing;
  disk_file *f = (disk_file *)file;
  if (f->end == f->allocated) return 0;
  if (f->disk->failure == 0 && (taut__io_fault() || ftruncate(f->disk->fd, (off_t)f->allocated) != 0))
    f->disk->failure = errno;
  f->end = f->allocated;
  return 0;
}

static const H5FD_class_t disk_driver = {
#if H5_VERSION_GE(1, 14, 0)
    .version = H5FD_CLASS_VERSION,
    .value = (H5FD_class_value_t)512, /* numbers from 512 are free for private use */
#endif
    .name = "taut_disk",
    .maxaddr = (haddr_t)INT64_MAX,
    .fc_degree = H5F_CLOSE_STRONG,
    .fapl_size = sizeof(taut_h5_disk *),
    .open = disk_open,
    .close = disk_close,
    .query = disk_query,
    .get_eoa = disk_get_eoa,
    .set_eoa = disk_set_eoa,
    .get_eof = disk_get_eof,
    .read = disk_read,
    .write = disk_write,
    .truncate = disk_truncate,
    .fl_map = H5FD_FLMAP_SINGLE,
};

hid_t taut__h5_disk_create(taut_h5_disk *disk, hid_t creation) {
  hid_t file = H5I_INVALID_HID, access = H5Pcreate(H5P_FILE_ACCESS);
  disk->driver = H5FDregister(&disk_driver);
  disk->failure = 0;
  if (disk->driver >= 0 && access >= 0 && H5Pset_driver(access, disk->driver, &disk) >= 0)
    file = H5Fcreate("taut_disk", H5F_ACC_TRUNC, creation, access);
  if (access >= 0) H5Pclose(access);
  return file;
}

bool taut__h5_disk_close(taut_h5_disk *disk, hid_t file) {
  const bool closed = file < 0 || H5Fclose(file) >= 0;
  /* only now: HDF5 still reads the driver's table after it has let go of the driver */
  if (disk->driver >= 0) H5FDunregister(disk->driver);
  return closed;
}

/* ------------------------------------------------------------------------------------------------ its reasons ---- */

/* Innermost entry of the error stack, which H5Ewalk visits last. */
static herr_t take_down(unsigned n, const H5E_error2_t *error, void *user) {
  taut_h5_reason *reason = user;
  (void)n;
  snprintf(reason->text, sizeof reason->text, "%s (%s)", error->desc == NULL ? "unknown reason" : error->desc,
           error->func_name);
  return 0;
}

static herr_t note(hid_t stack, void *user) {
  taut_h5_reason *reason = user;
  return reason->text[0] != '\0' ? 0 : H5Ewalk2(stack, H5E_WALK_DOWNWARD, take_down, reason);
}

bool taut__h5_listen(taut_h5_reason *reason) {
  reason->text[0] = '\0';
  if (H5open() < 0 || H5Eget_auto2(H5E_DEFAULT, &reason->handler, &reason->handled_by) < 0) return false;
  return H5Eset_auto2(H5E_DEFAULT, note, reason) >= 0;
}

void taut__h5_listen_end(const taut_h5_reason *reason) {
  H5Eset_auto2(H5E_DEFAULT, reason->handler, reason->handled_by);
}
