/* The single holes of a session on a square of skin (needling.md 3.5, 4.2, 4.3, 5).
 *
 *   depth   by the law of the mean needle, its dimple times exp(N(0, s_n)) of the needle and exp(N(0, s_h)) of the hit,
 *           its reach varied by tolerance and lift of the device
 *   hole    c_r exp(sg N - sg^2/2), at most as wide as the needle: the mean stays c_r
 *
 * Draws are addressed by (seed of the session, name, needle or hit): they depend on nothing else. */
#include "needling/pattern.h"

#include <math.h>
#include <stdlib.h>

uint64_t taut__session_seed(uint64_t seed, int session) {
  return seed + UINT64_C(0x9e3779b97f4a7c15) * (uint64_t)session;
}

double taut__hole_needle_radius(const taut_needle *needle, const taut_hole *h, double z) {
  return z < h->injury_depth ? taut__needle_radius(needle, h->reach * (1 - z / h->injury_depth)) : 0;
}

double taut__hole_radius(const taut_needle *needle, const taut_hole *h, double z) {
  return z < h->depth ? h->recoil * taut__needle_radius(needle, h->reach * (1 - z / h->depth)) : 0;
}

void taut__holes_free(taut_holes *holes) {
  free(holes->hole);
  *holes = (taut_holes){0};
}

/* ----------------------------------------------------------------------------------------------------- places ---- */

/* Points of a session in the file; `pass` holds the line, `needle` the number of the point in the list. */
static taut_err given_hits(taut_context *context, const taut_case *c, int session, taut_hit **hits, long *count) {
  const taut_point_list *list = &c->points;
  taut_hit *hit = taut__alloc((size_t)list->n, sizeof *hit);
  if (!hit) return taut__fail(context, TAUT_ERR_MEMORY, NULL, "no memory for %ld punctures", list->n);
  long n = 0;
  for (long i = 0; i < list->n; i++) {
    const taut_point *p = &list->point[i];
    if (p->session == session) hit[n++] = (taut_hit){.x = p->x, .y = p->y, .pass = p->line, .needle = (int)i};
  }
  *hits = hit;
  *count = n;
  return TAUT_OK;
}

taut_err taut__session_hits(taut_context *context, const taut_case *c, int session, const taut_puncture *mean,
                            taut_hit **hits, long *count) {
  *hits = NULL;
  *count = 0;
  if (c->points.n) return given_hits(context, c, session, hits, count);
  taut_treatment treatment = c->treatment;
  /* the reference injury knows no device: its punctures are random or a lattice */
  if (c->model.injury == TAUT_INJURY_REFERENCE && treatment.pattern != TAUT_PATTERN_LATTICE)
    treatment.pattern = TAUT_PATTERN_POISSON;
  const double size = c->model.patch.size;
  taut_err err =
      taut__pattern_generate(context, taut__case_params(c, "needling"), &c->device, &treatment, &c->session[session],
                             mean, size, taut__session_seed(c->seed, session), hits, count);
  if (err || *count) return err;
  char where[512];
  free(*hits);
  *hits = NULL;
  return taut__fail(context, TAUT_ERR_INPUT, taut__case_where(c, "model.patch.size", where),
                    "a patch of %g mm receives no puncture in session %d; expected a larger patch or a higher density",
                    size, session + 1);
}

/* ------------------------------------------------------------------------------------------------------ draws ---- */

/* What the punctures of a session share. */
typedef struct drawing {
  const taut_case *c;
  const taut_needling_params *p;
  const taut_skin *skin;
  const taut_puncture *mean;
  taut_depth_sampler depth;
  uint64_t hole;    /* stream */
  int needles;      /* of the device */
  bool by_needle;   /* the pattern knows which needle made a hit */
  bool depth_fixed; /* the user gave the depth of all tracks */
} drawing;

static taut_err start_drawing(taut_context *context, const taut_case *c, int session, const taut_skin *skin,
                              const taut_puncture *mean, const taut_pattern *pattern, drawing *out) {
  const taut_session *s = &c->session[session];
  *out = (drawing){.c = c,
                   .p = taut__case_params(c, "needling"),
                   .skin = skin,
                   .mean = mean,
                   .hole = taut__stream("needling.sg_hole"),
                   .needles = c->device.needles > 0 ? c->device.needles : 1,
                   .by_needle = !c->points.n && pattern->kind != TAUT_PATTERN_LATTICE,
                   .depth_fixed = !isnan(s->achieved)};
  return taut__depth_sampler(context, out->p, skin, &c->device, &c->treatment, s->depth, false,
                             taut__session_seed(c->seed, session), &out->depth);
}

/* The puncture of hit i. */
static taut_puncture draw(const drawing *d, const taut_hit *hit, long i) {
  taut_puncture q = *d->mean;
  const double given = d->c->points.n ? d->c->points.point[hit->needle].depth : NAN;
  const bool vary = d->c->model.patch.vary;
  if (!isnan(given)) {
    q.depth = given;
    q.reach = q.length;
  } else if (vary && !d->depth_fixed) {
    const uint64_t needle = d->by_needle ? (uint64_t)hit->needle : (uint64_t)(i % d->needles);
    q.depth = taut__depth_draw(&d->depth, needle, (uint64_t)i, &q.reach);
  }
  if (vary) {
    const double sg = d->p->sg_hole, factor = exp(sg * taut__normal(d->depth.seed, d->hole, (uint64_t)i) - sg * sg / 2);
    q.recoil = fmin(1, q.recoil * factor);
  }
  if (vary || !isnan(given)) taut__puncture_injure(d->p, d->skin, &q);
  return q;
}

/* Members of the mean puncture that are means over the hits. */
static const size_t averaged[] = {offsetof(taut_puncture, depth),          offsetof(taut_puncture, injury_depth),
                                  offsetof(taut_puncture, hole_radius),    offsetof(taut_puncture, hole_volume),
                                  offsetof(taut_puncture, damaged_volume), offsetof(taut_puncture, killed_volume),
                                  offsetof(taut_puncture, bleeding),       offsetof(taut_puncture, reach)};
enum { AVERAGED = sizeof averaged / sizeof *averaged };

static double *member(taut_puncture *q, size_t at) {
  return (double *)(void *)((char *)q + at);
}

/* Draws every hit; those that make a hole are kept. */
static void draw_all(const drawing *d, const taut_hit *hit, const bool *rehit, taut_holes *out) {
  double sum[AVERAGED] = {0};
  for (long i = 0; i < out->hits; i++) {
    taut_puncture q = draw(d, &hit[i], i);
    for (int k = 0; k < AVERAGED; k++) sum[k] += *member(&q, averaged[k]);
    const double end = fmax(q.depth, q.injury_depth);
    if (rehit[i] || !(end > 0)) continue;
    out->hole[out->n++] = (taut_hole){.x = hit[i].x,
                                      .y = hit[i].y,
                                      .depth = q.depth,
                                      .injury_depth = q.injury_depth,
                                      .reach = q.reach,
                                      .recoil = q.recoil,
                                      .bleeding = q.bleeding,
                                      .line = d->c->points.n ? hit[i].pass : 0};
  }
  out->mean = *d->mean;
  if (!d->c->model.patch.vary && !d->c->points.n) return; /* all alike */
  for (int k = 0; k < AVERAGED; k++) *member(&out->mean, averaged[k]) = sum[k] / (double)out->hits;
}

taut_err taut__session_holes(taut_context *context, const taut_case *c, int session, const taut_skin *skin,
                             const taut_puncture *mean, const taut_pattern *pattern, taut_holes *out) {
  *out = (taut_holes){0};
  const double size = c->model.patch.size;
  drawing d;
  taut_hit *hit = NULL;
  bool *rehit = NULL;
  taut_pattern_statistics found;
  taut_err err = start_drawing(context, c, session, skin, mean, pattern, &d);
  if (!err) err = taut__session_hits(context, c, session, mean, &hit, &out->hits);
  const double reach = d.p->r_rehit * mean->hole_radius;
  if (!err) {
    rehit = taut__alloc((size_t)out->hits, sizeof *rehit);
    out->hole = taut__alloc((size_t)out->hits, sizeof *out->hole);
    if (!rehit || !out->hole) err = taut__fail(context, TAUT_ERR_MEMORY, NULL, "no memory for %ld holes", out->hits);
  }
  if (!err) err = taut__rehits(context, hit, out->hits, size, true, reach, rehit);
  if (!err) err = taut__pattern_measure(context, hit, out->hits, size, true, reach, &found);
  if (!err) {
    draw_all(&d, hit, rehit, out);
    const double area = size * size;
    out->pattern = *pattern;
    out->pattern.hits = (double)out->hits / area;
    out->pattern.holes = (double)out->n / area;
    out->pattern.rehit_share = 1 - (double)out->n / (double)out->hits;
    out->pattern.cv_area = found.cv_area;
    out->pattern.shape = found.cv_area > 0 ? 1 / (found.cv_area * found.cv_area) : INFINITY;
    out->pattern.radius = 1 / sqrt(3.14159265358979323846 * out->pattern.holes);
  }
  free(hit);
  free(rehit);
  if (err) taut__holes_free(out);
  return err;
}
