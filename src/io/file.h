/* Steps on the file system shared by folder.c and file.c (private to io/). */
#ifndef TAUT_IO_FILE_H
#define TAUT_IO_FILE_H

#include "base/base.h"

/** True, with errno EIO, when a test ordered this step to fail. */
bool taut__io_fault(void);
/** Fails with IO: "WHERE: WHAT: reason", the reason from errno. */
taut_err taut__fail_errno(taut_context *context, const char *where, const char *what);
/** `.NAME.KIND-PID` beside `path` (`.NAME.KIND-PID-ATTEMPT` from the second attempt on); NULL when out of memory. */
char *taut__hidden_name(const char *path, const char *kind, int attempt);
/** Creates a new file with this content on stable storage; removes it again on failure.  `shown` stands in messages. */
TAUT_MUST_USE taut_err taut__file_create(taut_context *context, const char *shown, const char *path, const void *data,
                                         size_t length);
/** Writes everything, in pieces, from offset `at` (negative: where the file stands).  False with errno on failure; beyond
 *  the file size limit that is EFBIG, and no signal. */
bool taut__write_all(int fd, const void *data, size_t length, int64_t at);
/** fsync where the file system has it; false with errno on failure. */
bool taut__synchronise(int fd);
/** Closes in any case; false with errno on failure. */
bool taut__close(int fd);
/** Asks for a folder's entries to reach stable storage, where the file system can do so. */
void taut__sync_folder(const char *path);
void taut__sync_parent(const char *path);

#endif
