#include "base/keeper.h"

#include <limits.h>
#include <stdlib.h>
#include <string.h>

size_t taut__kept_size(taut_kept type) {
  static const size_t size[] = {1, sizeof(int), sizeof(long), sizeof(double)};
  return size[type];
}

void taut__keep(taut_keeper *k, const char *name, void *data, taut_kept type, size_t count) {
  if (!k->err && count > 0) k->err = k->item(k, name, data, type, count);
}

void taut__keep_enter(taut_keeper *k, const char *name) {
  if (!k->err) k->err = k->group(k, name);
}

void taut__keep_leave(taut_keeper *k) {
  if (!k->err) k->err = k->group(k, NULL);
}

void taut__keep_fail(taut_keeper *k, taut_err err) {
  if (!k->err) k->err = err;
}

static void no_memory(taut_keeper *k) {
  taut__keep_fail(k, taut__fail(k->context, TAUT_ERR_MEMORY, NULL, "no memory for what a checkpoint holds"));
}

void taut__keep_int(taut_keeper *k, const char *name, int *value, int low, int high) {
  taut__keep(k, name, value, TAUT_KEPT_INT, 1);
  if (!k->err && k->loading && (*value < low || *value > high))
    k->err = taut__fail(k->context, TAUT_ERR_INPUT, NULL, "the checkpoint has %s = %d; expected %d to %d", name, *value,
                        low, high);
}

void taut__keep_array(taut_keeper *k, const char *name, double **data, size_t count) {
  if (k->err || count == 0) return;
  if (k->loading) {
    double *array = taut__alloc_doubles(count);
    if (!array) {
      no_memory(k);
      return;
    }
    free(*data);
    *data = array;
  }
  taut__keep(k, name, *data, TAUT_KEPT_DOUBLE, count);
}

/* The texts one after another, each with its NUL. */
static void load_texts(taut_keeper *k, taut_texts *texts, int count, int length) {
  char *all = taut__alloc((size_t)length + 1, 1);
  if (!all) {
    no_memory(k);
    return;
  }
  taut__keep(k, "text", all, TAUT_KEPT_BYTE, (size_t)length);
  taut__texts_free(texts);
  const char *at = all;
  for (int i = 0; !k->err && i < count; i++) {
    if (at >= all + length || taut__texts_add(texts, "%s", at)) no_memory(k);
    at += strlen(at) + 1;
  }
  free(all);
}

static void save_texts(taut_keeper *k, const taut_texts *texts, int length) {
  char *all = taut__alloc((size_t)length + 1, 1), *at = all;
  if (!all) {
    no_memory(k);
    return;
  }
  for (size_t i = 0; i < texts->count; i++) {
    const size_t n = strlen(texts->item[i]) + 1;
    memcpy(at, texts->item[i], n);
    at += n;
  }
  taut__keep(k, "text", all, TAUT_KEPT_BYTE, (size_t)length);
  free(all);
}

void taut__keep_texts(taut_keeper *k, const char *name, taut_texts *texts) {
  int count = (int)texts->count, length = 0;
  for (size_t i = 0; i < texts->count; i++) length += (int)strlen(texts->item[i]) + 1;
  taut__keep_enter(k, name);
  taut__keep_int(k, "count", &count, 0, INT_MAX);
  taut__keep_int(k, "length", &length, 0, INT_MAX);
  if (k->err) return;
  if (k->loading)
    load_texts(k, texts, count, length);
  else
    save_texts(k, texts, length);
  taut__keep_leave(k);
}
