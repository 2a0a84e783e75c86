/* A patch of skin: one domain, and for every session the holes that it makes there. */
#include "model/session.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

/* ---------------------------------------------------------------------------------------------------- radii ---- */

static double reference_needle(const void *user, int i, double z) {
  const taut_treat *t = user;
  const double depth = t->patch.at[i].depth;
  return z < depth ? t->reference.r0 * fmin(1, (depth - z) / t->reference.tip) : 0;
}

static double reference_hole(const void *user, int i, double z) {
  const taut_treat *t = user;
  return t->reference.fh * reference_needle(user, i, z);
}

static double device_needle(const void *user, int i, double z) {
  const taut_patch_session *s = &((const taut_treat *)user)->patch;
  return taut__hole_needle_radius(&s->needle, &s->hole[i], z);
}

static double device_hole(const void *user, int i, double z) {
  const taut_patch_session *s = &((const taut_treat *)user)->patch;
  return taut__hole_radius(&s->needle, &s->hole[i], z);
}

taut_patch_punctures taut__patch_punctures(const taut_model *m, const taut_treat *t) {
  const taut_healing_params *h = taut__case_params(m->c, "healing");
  const bool device = t->patch.hole != NULL;
  return (taut_patch_punctures){.n = t->patch.n,
                                .at = t->patch.at,
                                .needle = device ? device_needle : reference_needle,
                                .hole = device ? device_hole : reference_hole,
                                .user = t,
                                .spread = h->fd};
}

void taut__patch_session_free(taut_patch_session *session) {
  free(session->at);
  free(session->hole);
  *session = (taut_patch_session){0};
}

/* -------------------------------------------------------------------------------------------------- sessions ---- */

/* Holes of the device: every puncture with its own depth, radius and bleeding. */
static taut_err device_session(taut_context *context, taut_model *m, int i, const taut_session_tracks *tracks) {
  taut_treat *t = &m->treat[i];
  taut_holes holes;
  taut_err err = taut__session_holes(context, m->c, i, &m->skin, &t->puncture, &t->pattern, &holes);
  if (err) return err;
  t->puncture = holes.mean;
  t->pattern = holes.pattern;
  t->patch =
      (taut_patch_session){.n = (int)holes.n, .hole = holes.hole, .needle = holes.mean.needle, .dry = tracks->dry};
  t->patch.at = taut__alloc((size_t)holes.n, sizeof *t->patch.at);
  if (!t->patch.at) return taut__fail(context, TAUT_ERR_MEMORY, NULL, "no memory for %ld holes", holes.n);
  const bool all_bleed = m->c->model.defaults == TAUT_DEFAULTS_DOCUMENTS; /* the clot of healing.md 7.2 as written */
  for (int k = 0; k < t->patch.n; k++) {
    const taut_hole *h = &t->patch.hole[k];
    t->patch.at[k] = (taut_patch_puncture){h->x, h->y, fmax(h->depth, h->injury_depth), all_bleed ? 1 : h->bleeding};
  }
  return TAUT_OK;
}

/* Holes of the reference injury: all alike but for depths that the user gave. */
static taut_err reference_session(taut_context *context, taut_model *m, int i) {
  taut_treat *t = &m->treat[i];
  const double area = m->c->model.patch.size * m->c->model.patch.size;
  taut_hit *hit = NULL;
  long n = 0;
  double depths = 0;
  taut_err err = taut__session_hits(context, m->c, i, &t->puncture, &hit, &n);
  if (!err) t->patch.at = taut__alloc((size_t)n, sizeof *t->patch.at);
  if (!err && !t->patch.at) err = taut__fail(context, TAUT_ERR_MEMORY, NULL, "no memory for %ld holes", n);
  for (long k = 0; !err && k < n; k++) {
    const double given = m->c->points.n ? m->c->points.point[hit[k].needle].depth : NAN;
    const double depth = isnan(given) ? t->reference.depth : given;
    t->patch.at[k] = (taut_patch_puncture){hit[k].x, hit[k].y, depth, 1};
    depths += depth;
  }
  free(hit);
  if (err) return err;
  t->patch.n = (int)n;
  t->pattern.hits = t->pattern.holes = (double)n / area;
  t->pattern.radius = 1 / sqrt(3.14159265358979323846 * t->pattern.holes);
  if (m->c->points.n) t->puncture.depth = depths / (double)n;
  return TAUT_OK;
}

/* ---------------------------------------------------------------------------------------------------- layers ---- */

static double bottom(const taut_model *m) {
  double sum = 0;
  for (int l = 0; l < TAUT_LAYERS; l++) sum += m->layer[l];
  return sum;
}

static taut_err refuse_depth(taut_context *context, const taut_model *m, double depth, int line) {
  char where[512];
  if (line)
    snprintf(where, sizeof where, "%.480s:%d:1", m->c->points.path, line);
  else
    taut__case_where(m->c, "treatment.depth", where);
  return taut__fail(context, TAUT_ERR_INPUT, where,
                    "a track of %.3g mm leaves the computed tissue of %.3g mm; expected a shallower one", depth,
                    bottom(m));
}

/* Tissue deep enough for the deepest hole, but no deeper than the fat.  What the user gives must end in it; of drawn
 * depths a few may not, and are cut off there. */
static taut_err set_layers(taut_context *context, taut_model *m) {
  double deepest = 0;
  for (int i = 0; i < m->treats; i++)
    for (int k = 0; k < m->treat[i].patch.n; k++) deepest = fmax(deepest, m->treat[i].patch.at[k].depth);
  taut__model_layers(m, deepest);
  const double end = bottom(m);
  long beyond = 0, all = 0;
  for (int i = 0; i < m->treats; i++) {
    const taut_patch_session *s = &m->treat[i].patch;
    if (s->n && m->treat[i].puncture.depth > end) return refuse_depth(context, m, m->treat[i].puncture.depth, 0);
    for (int k = 0; k < s->n; k++) {
      beyond += s->at[k].depth > end;
      if (s->at[k].depth > end && s->hole && s->hole[k].line)
        return refuse_depth(context, m, s->at[k].depth, s->hole[k].line);
      if (s->at[k].depth > end && !s->hole) return refuse_depth(context, m, s->at[k].depth, 0);
    }
    all += s->n;
  }
  if (!beyond) return TAUT_OK;
  taut_err err = taut__texts_add(&m->warnings,
                                 "warning: %ld of %ld holes end below the computed tissue of %.3g mm and are cut off "
                                 "there",
                                 beyond, all, end);
  return err ? taut__fail(context, err, NULL, "no memory for warnings") : TAUT_OK;
}

/* ------------------------------------------------------------------------------------------------- the patch ---- */

static taut_err note_resolution(taut_context *context, taut_model *m, double needle) {
  const double spacing = m->c->model.patch.spacing;
  if (spacing <= needle) return TAUT_OK;
  taut_err err =
      taut__texts_add(&m->warnings,
                      "warning: grid points every %.3g mm do not resolve needles of radius %.3g mm; volumes are kept, "
                      "gradients around holes are not (model.patch.spacing)",
                      spacing, needle);
  return err ? taut__fail(context, err, NULL, "no memory for warnings") : TAUT_OK;
}

static taut_err make_sessions(taut_context *context, taut_model *m) {
  taut_session_tracks *tracks = taut__alloc((size_t)m->treats, sizeof *tracks);
  taut_err err = tracks ? TAUT_OK : taut__fail(context, TAUT_ERR_MEMORY, NULL, "no memory for sessions");
  double thinnest = INFINITY;
  /* like sessions share what is computed of the mean puncture: first that, then the draws */
  for (int i = 0; !err && i < m->treats; i++) {
    err = taut__session_facts(context, m, i, &m->treat[i], &tracks[i]);
    thinnest = fmin(thinnest, tracks[i].needle_radius);
  }
  if (!err && !m->untreated) err = note_resolution(context, m, thinnest);
  for (int i = 0; !err && !m->untreated && i < m->treats; i++)
    err = m->c->model.injury == TAUT_INJURY_REFERENCE ? reference_session(context, m, i)
                                                      : device_session(context, m, i, &tracks[i]);
  free(tracks);
  return err;
}

taut_err taut__model_patch(taut_context *context, taut_model *m) {
  const taut_case *c = m->c;
  m->untreated = c->sessions == 0;
  m->tracks = 1;
  m->treats = m->untreated ? 1 : c->sessions;
  m->treat = taut__alloc((size_t)m->treats, sizeof *m->treat);
  m->domains = taut__alloc(1, sizeof *m->domains);
  if (!m->treat || !m->domains) return taut__fail(context, TAUT_ERR_MEMORY, NULL, "no memory for sessions");
  taut_err err = make_sessions(context, m);
  if (!err) err = set_layers(context, m);
  if (err) return err;
  const taut_grid_spec *g = &c->model.grid;
  taut_patch_geometry geometry = {.side = c->model.patch.size,
                                  .n = c->model.patch.points,
                                  .rows = {g->ne, g->np, g->nret, g->ns},
                                  .threads = taut__threads(context),
                                  .comm = taut__comm(context)};
  memcpy(geometry.thickness, m->layer, sizeof m->layer);
  err = taut__domain_patch(context, &geometry, &m->domains[0]);
  if (err) return err;
  m->domain_count = 1;
  for (int i = 0; i < m->treats; i++) {
    m->treat[i].domain[0] = m->domains[0];
    m->treat[i].weight[0] = 1;
  }
  return TAUT_OK;
}
