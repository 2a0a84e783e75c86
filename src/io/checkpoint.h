/* Checkpoints: the state of a run on the disk, from which it can be continued.
 *
 * A checkpoint is an HDF5 file with a head of ours in its user block (the first 512 bytes, readable text): format, length
 * and CRC-32 of all that follows.  It is looked through as bytes before HDF5 may open it, so that a truncated or damaged
 * file is refused and never parsed.  It is written under a temporary name, synchronised, and renamed: at every moment the
 * former one or the new one stands there.
 *
 * Processes that share a run write a file each, checkpoint_RANK_TURN.h5; checkpoint.h5 is that of the first one, is
 * renamed last and tells which turn (0 or 1) of the others belongs to it.  So the set changes at once, too. */
#ifndef TAUT_IO_CHECKPOINT_H
#define TAUT_IO_CHECKPOINT_H

#include "base/keeper.h"
#include "domain/distributed/comm.h"

/** What a checkpoint belongs to, and where it is. */
typedef struct taut_checkpoint {
  const char *folder; /**< work folder, lent */
  const char *hash;   /**< of the case */
  const char *yaml;   /**< the resolved case */
  const char *build;  /**< everything else that must be the same for the bytes to have the same meaning */
  bool force;         /**< the run was told to replace a result */
  taut_comm *comm;    /**< lent; NULL: one process */
  int turn;           /**< of the last one written */
} taut_checkpoint;

/** True when there is one (of whatever quality). */
bool taut__checkpoint_exists(const char *folder);
/** True for names of files that belong to a checkpoint, temporary ones included. */
bool taut__checkpoint_is_name(const char *name);
/** Saves what keep(what, ...) enumerates.  On failure the former checkpoint stands.  Collective. */
TAUT_MUST_USE taut_err taut__checkpoint_write(taut_context *context, taut_checkpoint *c, double day,
                                              taut_archive_fn *keep, void *what);
/** Loads it, and `force`.  INPUT with the reason and the remedy where it cannot be used.  Collective. */
TAUT_MUST_USE taut_err taut__checkpoint_read(taut_context *context, taut_checkpoint *c, taut_archive_fn *keep,
                                             void *what);

#endif
