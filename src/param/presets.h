/* What lists show of this room: presets (sites and devices as data files with sources), conditions, keys of a case. */
#ifndef TAUT_PARAM_PRESETS_H
#define TAUT_PARAM_PRESETS_H

#include "param/case.h"

/** A preset as a list shows it. */
typedef struct taut_preset {
  char *name, *title;
  char *sources;  /**< joined by "; " */
  char *evidence; /**< the mark behind each number in the file, "needles: seen PRO; length: ..." */
} taut_preset;
/** Lists the presets of a kind ("sites" or "devices") in alphabetical order; release with taut__presets_free. */
TAUT_MUST_USE taut_err taut__presets_list(taut_context *context, const char *kind, taut_preset **presets, int *count);
void taut__presets_free(taut_preset **presets, int count);

/** A condition or medicine of needling.md 8.1. */
typedef struct taut_condition {
  const char *id, *what, *names, *modalities, *level, *advice, *source;
} taut_condition;
/** "absolute", "relative" or "not evaluated". */
const char *taut__condition_level(const taut_condition *condition);
/** Row i, NULL beyond the last. */
const taut_condition *taut__condition(int i);

/** A key of the case file; `preset` "" when it has no default. */
typedef struct taut_key {
  const char *name, *preset, *doc;
  bool refused; /**< known, but not in this version */
} taut_key;
/** Describes key i and appends what it expects, "a length from 0.01 to 10 mm"; false beyond the last. */
bool taut__key(int i, taut_key *key, taut_text *expected);

#endif
