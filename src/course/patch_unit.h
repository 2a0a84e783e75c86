/* Private to course/: one trial step of a patch.
 *
 * The same scheme as on a track (engine_state.c), arranged for millions of points: work goes tile by tile (TAUT_TILE_ROWS
 * rows of a plane), fields without transport that follow one another are solved together while a tile is in the cache, no
 * array but the levels outlives a field, and right-hand sides of layered fields go straight into the transform.  The
 * state under trial starts as the extrapolation and is overwritten field by field, which is what strips must read.
 * Tiles are shared by threads; their sums are combined in the order of the tiles. */
#ifndef TAUT_COURSE_PATCH_UNIT_H
#define TAUT_COURSE_PATCH_UNIT_H

#include "course/engine_state.h"
#include "domain/patch_solver.h"

TAUT_MUST_USE taut_err taut__patch_create_work(taut_context *context, taut_unit *unit);
void taut__patch_destroy_work(taut_unit *unit);
void taut__patch_try(taut_unit *unit, const taut_trial *trial, const double *drive);
double taut__patch_integral(taut_unit *unit, const taut_balance *row);
/** By plane; lent. */
const double *taut__patch_gates(taut_unit *unit, const double *drive);
double taut__patch_residual(taut_unit *unit, const double *drive);
/** Saves or loads what the next step takes from the one before, besides the levels. */
void taut__patch_keep(taut_unit *unit, taut_keeper *keeper);
/** Bytes that a process with `count` rows of n points in each plane holds for a patch, all told. */
size_t taut__patch_bytes(const taut_field_set *set, const int rows[TAUT_LAYERS], int n, int count, int processes);

/** A line for the log: what the solves took.  Collective. */
TAUT_MUST_USE taut_err taut__patch_note(taut_unit *unit, taut_texts *log);

#endif
