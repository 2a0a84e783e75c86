/* Injury operator: what a session and an excision do to a state (healing.md 7).
 *
 * A point is a mixture: the fraction h of its volume becomes a hole, a lies between hole and needle radius, p_d takes up
 * the matrix pushed aside, t is coagulated by heat.  Tissue is pushed aside, so that the mass of the matrix of every plane
 * is conserved; cells and vessels of the hole are lost. */
#include "healing/healing.h"

#include <math.h>

/* State addressed by points of the domain: field f of point i is at(f)[i] where the field lives. */
typedef struct state {
  const taut_points *points;
  double *const *u;
  int first[TAUT_H_FIELDS];
} state;

static state state_of(const taut_field_set *set, const taut_points *points, double *const *u) {
  state s = {.points = points, .u = u};
  for (int f = 0; f < TAUT_H_FIELDS; f++) {
    int count;
    taut__field_points(&set->field[f], points, &s.first[f], &count);
  }
  return s;
}

static double *value(const state *s, int field, int point) {
  return &s->u[field][point - s->first[field]];
}

static double fraction(const double *of, int i) {
  return of ? of[i] : 0;
}

/* Matrix that is pushed aside, not lost. */
static const int matrix[] = {TAUT_H_Cp, TAUT_H_C3, TAUT_H_Cn, TAUT_H_Cx, TAUT_H_X, TAUT_H_ev, TAUT_H_em};

static bool in_dermis(taut_layer layer) {
  return layer == TAUT_PAPILLARY || layer == TAUT_RETICULAR;
}

/* What happens at one point. */
typedef struct wound {
  double h, a, t;         /* hole, annulus, coagulated */
  double killed;          /* kl: share of the cells left that die */
  double clot, platelets; /* what blood and plasma leave in the hole and around it */
} wound;

static wound wound_at(const taut_healing_params *p, const taut_wounds *d, int point) {
  const int i = point - d->first;
  wound w = {.h = fraction(d->hole, i), .a = fraction(d->annulus, i)};
  w.t = fraction(d->thermal, i) * (1 - w.h);
  w.killed = 1 - (1 - p->kill * w.a) * (1 - fraction(d->thermal_kill, i) * (1 - w.h));
  const double bled = d->hole_bled ? d->hole_bled[i] : w.h * d->bleeding;
  const double blood = p->fblood * (d->annulus_bled ? d->annulus_bled[i] : w.a * d->bleeding);
  w.platelets = bled + blood;
  w.clot = bled + d->dry * (w.h - bled) + blood;
  return w;
}

/* Clot, leukocytes, vessels and stored TGF-beta1 below the epidermis. */
static void injure_stroma(const taut_healing_params *p, const state *s, int i, wound w) {
  double left = 1 - w.h;
  double *fb = value(s, TAUT_H_fb, i), *q = value(s, TAUT_H_q, i), *B = value(s, TAUT_H_B, i);
  *fb = *fb * left + w.clot;
  *q = *q * left + w.platelets;
  *value(s, TAUT_H_N, i) *= left;
  *value(s, TAUT_H_M1, i) *= left;
  *value(s, TAUT_H_M2, i) *= left;
  *value(s, TAUT_H_Lt, i) *= left;
  *B *= left * (1 - p->kB * w.a) * (1 - p->kB_th * w.t);
}

static void injure_cells(const state *s, int i, wound w) {
  double left = (1 - w.h) * (1 - w.killed);
  *value(s, TAUT_H_F, i) *= left;
  *value(s, TAUT_H_A, i) *= left;
  *value(s, TAUT_H_S, i) *= left;
  *value(s, TAUT_H_H, i) *= 1 - w.h;
}

/* One matrix pool of one plane: the share in the hole moves to the neighbourhood p_d. */
static void displace(const taut_damage *d, const state *s, int field, int start, int end) {
  const double *volume = s->points->volume;
  double removed = 0, room = 0;
  for (int i = start; i < end; i++) {
    removed += volume[i] * d->hole[i] * *value(s, field, i);
    room += volume[i] * fraction(d->displaced, i);
  }
  if (!(room > 0)) return; /* nowhere to go: the pool stays where it is */
  double share = removed / room;
  for (int i = start; i < end; i++) {
    double *x = value(s, field, i);
    *x = *x * (1 - d->hole[i]) + share * fraction(d->displaced, i);
  }
}

/* Cut and coagulated collagen turns to fragments. */
static void cleave(const taut_healing_params *p, const state *s, int i, wound w) {
  double cut = 1 - (1 - p->alpha * w.a) * (1 - p->a_th * w.t), fragments = 0;
  const int pool[] = {TAUT_H_C3, TAUT_H_Cn, TAUT_H_Cx};
  for (int k = 0; k < 3; k++) {
    double *x = value(s, pool[k], i), lost = cut * *x;
    *x -= lost;
    fragments += lost;
  }
  *value(s, TAUT_H_X, i) += fragments;
}

void taut__healing_wound(const taut_healing *h, const taut_points *points, const taut_wounds *wounds, taut_layer layer,
                         int from, int to, double *const *u) {
  const state s = state_of(&h->set, points, u);
  for (int i = from; i < to; i++) {
    wound w = wound_at(&h->p, wounds, i);
    double *D = value(&s, TAUT_H_D, i);
    *D = *D * (1 - w.h) + w.h + w.killed * (1 - w.h);
    if (layer == TAUT_EPIDERMIS) {
      *value(&s, TAUT_H_K, i) *= 1 - w.h;
      *value(&s, TAUT_H_bar, i) *= 1 - w.h;
    } else {
      injure_stroma(&h->p, &s, i, w);
    }
    if (in_dermis(layer)) injure_cells(&s, i, w);
  }
}

int taut__healing_pools(taut_layer layer, const int **field) {
  *field = matrix;
  return in_dermis(layer) ? (int)(sizeof matrix / sizeof *matrix) : 0;
}

void taut__healing_cleave(const taut_healing *h, const taut_points *points, const taut_wounds *wounds, taut_layer layer,
                          int from, int to, double *const *u) {
  if (!in_dermis(layer)) return;
  const state s = state_of(&h->set, points, u);
  for (int i = from; i < to; i++) cleave(&h->p, &s, i, wound_at(&h->p, wounds, i));
}

/* ------------------------------------------------------------------------------------------------------- track ---- */

static bool plane_is_untouched(const taut_damage *d, int start, int end) {
  for (int i = start; i < end; i++)
    if (d->hole[i] > 0 || d->annulus[i] > 0 || fraction(d->displaced, i) > 0 || fraction(d->thermal, i) > 0 ||
        fraction(d->thermal_kill, i) > 0)
      return false;
  return true;
}

void taut__healing_injure(const taut_healing *h, const taut_points *points, const taut_damage *damage,
                          double *const *u) {
  const state s = state_of(&h->set, points, u);
  const taut_wounds wounds = {.hole = damage->hole,
                              .annulus = damage->annulus,
                              .thermal = damage->thermal,
                              .thermal_kill = damage->thermal_kill,
                              .bleeding = damage->reference ? 1 : damage->bleeding,
                              .dry = damage->dry};
  for (int k = 0; k < TAUT_LAYERS; k++) {
    const taut_layer layer = (taut_layer)k;
    for (int plane = points->layer_plane[layer]; plane < points->layer_plane[layer + 1]; plane++) {
      const int start = points->plane_start[plane], end = points->plane_start[plane + 1], *pool;
      if (plane_is_untouched(damage, start, end)) continue;
      taut__healing_wound(h, points, &wounds, layer, start, end, u);
      const int pools = taut__healing_pools(layer, &pool);
      for (int f = 0; f < pools; f++) displace(damage, &s, pool[f], start, end);
      taut__healing_cleave(h, points, &wounds, layer, start, end, u);
    }
  }
}

void taut__healing_excise(const taut_healing *h, const taut_points *points, double *const *u) {
  double bed[TAUT_H_FIELDS] = {0};
  bed[TAUT_H_T] = h->p.T_b;
  bed[TAUT_H_V] = h->p.V_b;
  bed[TAUT_H_E] = h->E_r;
  bed[TAUT_H_I] = h->I_r;
  bed[TAUT_H_fb] = 1;
  bed[TAUT_H_q] = 0.1;
  bed[TAUT_H_D] = 1;
  bed[TAUT_H_F] = 0.1;
  bed[TAUT_H_B] = 0.3;
  for (int f = 0; f < TAUT_H_FIELDS; f++) {
    int first, count;
    taut__field_points(&h->set.field[f], points, &first, &count);
    for (int i = 0; i < count; i++) u[f][i] = bed[f];
  }
}
