/* Private to course/: what the files of a patch's step share (patch_unit.h tells how a step goes). */
#ifndef TAUT_COURSE_PATCH_WORK_H
#define TAUT_COURSE_PATCH_WORK_H

#include "course/patch_unit.h"
#include "domain/patch_kernels.h"
#include "domain/spectral.h"

#include <math.h>
#include <stdint.h>

/* Fields solved one after another in one pass over the tiles (none of them transported), or one group with transport. */
typedef struct phase {
  bool points;
  int n, field[TAUT_MAX_FIELDS];
} phase;

typedef struct scratch {
  double *P, *L, *f;            /* a tile */
  double *gate, *volume, *zero; /* a tile: the same number everywhere */
  const double *mixed[TAUT_MAX_FIELDS], *source[TAUT_MAX_FIELDS];
} scratch;

/* Sums of a tile, by field: error norm; right-hand side and losses of an implicit solve; P - L u and its parts. */
typedef struct sums {
  double error[TAUT_MAX_FIELDS], supply[TAUT_MAX_FIELDS], lost[TAUT_MAX_FIELDS];
  double rate[TAUT_MAX_FIELDS], gross[TAUT_MAX_FIELDS]; /* of fields in a balance */
  double loss[4][2];                                    /* of the fields of a group: smallest and largest */
  double least, most;                                   /* of the field at hand */
  uint64_t clipped;  /* fields whose extrapolation was limited somewhere in the tile, by bit */
  uint64_t negative; /* fields with a negative right-hand side, by bit */
} sums;

typedef struct taut_patch_work {
  taut_context *context;
  taut_unit *unit;
  const taut_patch_kernels *k;
  taut_patch_solver *solver;
  int tiles_per_plane, planes, items, strip_rows;
  int *layer; /* of a plane */
  double *m;  /* gate of a plane */
  double *plane_loss;
  int phases;
  phase *phase;
  double *loss[4], *rhs[4]; /* of a group with transport */
  int workers;
  scratch *scratch;
  sums *sum; /* [items] */
  /* of the trial, for the threads */
  const taut_trial *trial;
  const double *drive;
  const phase *now;
  int field, slot;
  double scale;
  uint64_t euler, euler_before; /* fields redone with backward Euler: in this trial, in the one before */
  double *const *state;         /* what strips read */
} taut_patch_work;

/* A right-hand side is negative when it is below this share of a0/dt times the floor of the field's error norm: what is nearer to
 * zero is round-off of values far below anything that counts, and must not decide how a whole field is solved. */
static const double nothing_yet = 1e-12;

static inline uint64_t bit(int f) {
  return (uint64_t)1 << f;
}

typedef struct tile {
  int plane, row, rows;
  ptrdiff_t at; /* first point of the domain */
} tile;

static inline tile tile_of(const taut_patch_work *w, int item) {
  const taut_patch_grid *g = &w->unit->domain->patch;
  tile t = {.plane = item / w->tiles_per_plane, .row = item % w->tiles_per_plane * TAUT_TILE_ROWS};
  t.rows = g->y_count - t.row < TAUT_TILE_ROWS ? g->y_count - t.row : TAUT_TILE_ROWS;
  t.at = ((ptrdiff_t)t.plane * g->y_count + t.row) * g->n;
  return t;
}

static inline bool lives(const taut_patch_work *w, int f, int plane) {
  return w->unit->set->field[f].layers & TAUT_IN(w->layer[plane]);
}

static inline double volume_of(const taut_patch_work *w, int plane) {
  return w->unit->domain->volume[w->unit->domain->plane_start[plane]];
}

/* Coefficients of the time derivative for a field of this trial. */
typedef struct weights {
  double a, b1, b2;
} weights;

static inline weights weights_of(const taut_patch_work *w, int f) {
  const taut_trial *t = w->trial;
  if (w->euler & bit(f)) return (weights){1 / t->dt, 1 / t->dt, 0};
  return (weights){t->a, t->b1, t->b2};
}

static inline int balance_of(const taut_field_set *set, int f) {
  for (int b = 0; b < set->balances; b++)
    for (int i = 0; i < set->balance[b].n; i++)
      if (set->balance[b].field[i] == f) return b;
  return -1;
}

/* Factor of the error norm. */
static inline double error_scale(const taut_trial *t) {
  return t->error / t->rtol;
}

static inline void clear_phase(const taut_patch_work *w, sums *sum) {
  for (int i = 0; i < w->now->n; i++) {
    const int f = w->now->field[i];
    sum->error[f] = sum->rate[f] = sum->gross[f] = 0;
  }
  sum->negative = 0;
}

/* ---- patch_strips.c ---- */

/** The strip of a tile from row r: at most w->strip_rows rows. */
taut_strip taut__patch_strip(const taut_patch_work *w, const tile *t, int r, scratch *s);
/** Numbers that are the same all over a plane, into the scratch arrays of strips. */
void taut__patch_fill(const taut_patch_work *w, int plane, scratch *s);
/** P, L and right-hand side of field f on a strip that starts at point `at`. */
void taut__patch_rates(const taut_patch_work *w, int f, ptrdiff_t at, const taut_strip *strip, double *P, double *L,
                       double *rhs, sums *sum);
/** Adds the error norm of n points from `at`. */
void taut__patch_measure(const taut_patch_work *w, int f, ptrdiff_t at, int n, const scratch *s, sums *sum);
/** Fields of this phase whose right-hand side is negative somewhere, on any process. */
uint64_t taut__patch_negative(taut_patch_work *w);
/** Extrapolates a field on a tile; true where it was limited. */
bool taut__patch_predict(const taut_patch_work *w, int f, const tile *t);
/** Extrapolates a tile and takes its share of the gate; for the pool. */
void taut__patch_predict_tile(void *user, int item, int worker);
/** m of each plane from the sums of its tiles. */
void taut__patch_close_gates(taut_patch_work *w);

/* ---- patch_transport.c ---- */

/** A layered field alone needs no arrays of its own: its right-hand side goes straight into the transform. */
bool taut__patch_streams(const taut_patch_work *w, const phase *p);
taut_err taut__patch_try_layered(taut_patch_work *w, int f);
taut_err taut__patch_try_group(taut_patch_work *w);

#endif
