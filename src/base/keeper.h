/* Saving and loading the state of a run.
 *
 * Whoever has state enumerates it once, by name, in a function that serves both directions:
 *
 *   void taut__thing_keep(taut_thing *t, taut_keeper *k) {
 *     taut__keep(k, "day", &t->day, TAUT_KEPT_DOUBLE, 1);
 *     taut__keep(k, "u", t->u, TAUT_KEPT_DOUBLE, t->n);
 *   }
 *
 * Sizes come before what they count, so that arrays can be made while loading.  A keeper remembers its first failure and
 * does nothing afterwards: look at `err` at the end, and before a loaded size is used.  What the numbers are written to is
 * the business of whoever makes the keeper (io/checkpoint.c). */
#ifndef TAUT_BASE_KEEPER_H
#define TAUT_BASE_KEEPER_H

#include "base/base.h"

/** What an item consists of; BYTE: a struct of numbers as it lies in memory (a keeper serves one build only). */
typedef enum taut_kept { TAUT_KEPT_BYTE, TAUT_KEPT_INT, TAUT_KEPT_LONG, TAUT_KEPT_DOUBLE } taut_kept;

typedef struct taut_keeper taut_keeper;
struct taut_keeper {
  taut_context *context;
  bool loading;
  taut_err err; /**< first failure, recorded in the context */
  /** Saves or loads one item; its name is unique within the group it stands in. */
  taut_err (*item)(taut_keeper *keeper, const char *name, void *data, taut_kept type, size_t count);
  /** Opens a group of items; NULL: closes the innermost one. */
  taut_err (*group)(taut_keeper *keeper, const char *name);
};

/** Enumerates the state of `what`. */
typedef void taut_archive_fn(void *what, taut_keeper *keeper);

/** Bytes of one number of a type. */
size_t taut__kept_size(taut_kept type);
/** Saves `count` numbers at `data`, or fills them.  Nothing is done for none. */
void taut__keep(taut_keeper *keeper, const char *name, void *data, taut_kept type, size_t count);
/** The items until taut__keep_leave() stand in a group of this name. */
void taut__keep_enter(taut_keeper *keeper, const char *name);
void taut__keep_leave(taut_keeper *keeper);
/** A whole number that must lie between `low` and `high`. */
void taut__keep_int(taut_keeper *keeper, const char *name, int *value, int low, int high);
/** An array that its owner made elsewhere: made here while loading (release with free()), not for none. */
void taut__keep_array(taut_keeper *keeper, const char *name, double **data, size_t count);
/** A list of texts; loading replaces what is in it. */
void taut__keep_texts(taut_keeper *keeper, const char *name, taut_texts *texts);
/** Records a failure of the one who enumerates. */
void taut__keep_fail(taut_keeper *keeper, taut_err err);

#endif
