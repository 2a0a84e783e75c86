/* HDF5 files that are written straight to the disk, for those that are too large to be built in memory first.
 * Private to io/.
 *
 * HDF5 cannot recover from a write that fails: the file can no longer be closed, and the library complains to the end of
 * the program.  So its bytes go through a driver of ours.  When a write fails, the driver takes down why and drops that
 * and all further bytes, telling HDF5 that all is well; the file is closed in good order, and then it is seen that it is
 * worth nothing. */
#ifndef TAUT_IO_H5_DISK_H
#define TAUT_IO_H5_DISK_H

#include "base/base.h"

#include <hdf5.h>

typedef struct taut_h5_disk {
  int fd;      /**< open for reading and writing, empty; stays the caller's */
  int failure; /**< errno of the first step that failed, 0: none */
  hid_t driver;
} taut_h5_disk;

/** Makes the file; negative on failure.  @param creation  property list, H5P_DEFAULT */
hid_t taut__h5_disk_create(taut_h5_disk *disk, hid_t creation);
/** Closes the file, as H5Fclose() does; call it in any case.  False on a failure of HDF5. */
bool taut__h5_disk_close(taut_h5_disk *disk, hid_t file);

/** The reason of the first failure of HDF5.  The library forgets it at the next call, so it is taken down when it happens. */
typedef struct taut_h5_reason {
  char text[160]; /**< "": none */
  H5E_auto2_t handler;
  void *handled_by;
} taut_h5_reason;
/** From now on failures go into `reason` instead of to standard error; false when the library does not start. */
bool taut__h5_listen(taut_h5_reason *reason);
/** Gives the caller's own handler back. */
void taut__h5_listen_end(const taut_h5_reason *reason);

#endif
