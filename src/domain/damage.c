/* Injury geometry of a track as volume fractions of a domain's points. */
#include "domain/domain.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

enum { SLICES = 16 };

/* Share of the annulus [a, b] that lies in the annulus [lo, hi]. */
static double overlap(double a, double b, double lo, double hi) {
  const double from = fmax(a, lo), to = fmin(b, hi);
  return to > from ? (to * to - from * from) / (b * b - a * a) : 0;
}

static void add_slice(const taut_domain *d, int plane, double hole, double needle, double spread, taut_damage *damage) {
  for (int i = 0; i < d->nr; i++) {
    const int p = d->plane_start[plane] + i;
    damage->hole[p] += overlap(d->r[i], d->r[i + 1], 0, hole) / SLICES;
    damage->annulus[p] += overlap(d->r[i], d->r[i + 1], hole, needle) / SLICES;
    damage->displaced[p] += overlap(d->r[i], d->r[i + 1], hole, spread) / SLICES;
  }
}

taut_err taut__damage_create(taut_context *context, const taut_domain *d, const taut_track_profile *profile,
                             taut_damage *damage) {
  const size_t n = (size_t)d->points.n;
  double *store = taut__alloc_doubles(5 * n);
  if (!store) return taut__fail(context, TAUT_ERR_MEMORY, NULL, "no memory for an injury");
  damage->hole = store;
  damage->annulus = store + n;
  damage->displaced = store + 2 * n;
  damage->thermal = store + 3 * n;
  damage->thermal_kill = store + 4 * n;
  const double R = d->r[d->nr];
  for (int k = 0; k < d->points.planes; k++)
    for (int j = 0; j < SLICES; j++) {
      const double z = d->z[k] + (d->z[k + 1] - d->z[k]) * (j + 0.5) / SLICES;
      if (z >= profile->depth) continue;
      const double needle = profile->needle(profile->user, z);
      add_slice(d, k, profile->hole(profile->user, z), fmin(needle, R), fmin(profile->spread * needle, R), damage);
    }
  return TAUT_OK;
}

void taut__damage_free(taut_damage *damage) {
  free(damage->hole); /* the first of the five arrays of one block */
  memset(damage, 0, sizeof *damage);
}
