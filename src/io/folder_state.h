/* What a result folder is while it is being written (private to folder.c and work.c). */
#ifndef TAUT_IO_FOLDER_STATE_H
#define TAUT_IO_FOLDER_STATE_H

#include "base/base.h"

struct taut_folder {
  taut_context *context;
  char *name;       /* as the user wrote it, for messages */
  char *final;      /* where it shall stand: no trailing slash, no symbolic link at the end */
  char *partial;    /* where it is written */
  size_t made_from; /* length of the topmost parent made for it within `final`, 0: none was */
  bool replace;     /* a result of taut stands under the final name */
  bool made;        /* partial exists */
  bool force;       /* the run was told to replace a result */
  char *work;       /* the work folder of a run, around partial; NULL: none */
  int lock;         /* descriptor of its locked file, -1: not locked */
};

/** Allocates the object and finds the final path. */
TAUT_MUST_USE taut_err taut__folder_new(taut_context *context, const char *path, struct taut_folder **out);
/** What stands under the final name?  INPUT where it may not be replaced; else sets `replace`. */
TAUT_MUST_USE taut_err taut__folder_look(struct taut_folder *folder, bool force);
/** Makes missing parents of the final path, remembering the topmost. */
TAUT_MUST_USE taut_err taut__folder_make_parents(struct taut_folder *folder);
/** True for names of files of a result. */
bool taut__folder_is_ours(const char *name);
/** Entry of a folder as a path; NULL when out of memory. */
char *taut__folder_entry(const char *folder, const char *name);
/** Moves every entry that is not taut's.  False with errno on failure; what was moved stays moved. */
bool taut__folder_move_others(const char *from, const char *to);
/** Removes taut's files (`fields`: also the fields of visits) and the folder itself if nothing else is in it. */
bool taut__folder_remove(const char *path, bool fields);

/** Notes that the result is complete and about to get its name. */
TAUT_MUST_USE taut_err taut__work_done(struct taut_folder *folder);
/** Ends the work folder of a folder whose result stands (`done`) or never will: removed, unless it has a checkpoint that
 *  may be needed yet. */
void taut__work_end(struct taut_folder *folder, bool done);

#endif
