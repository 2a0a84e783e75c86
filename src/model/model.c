#include "model/model.h"
#include "model/session.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

/* Smallest thickness of the subcutis in the healing domain (design rule 2), mm. */
static const double subcutis_least = 0.5;

static bool documents(const taut_case *c) {
  return c->model.defaults == TAUT_DEFAULTS_DOCUMENTS;
}

/* Deepest track over all sessions. */
static double deepest(const taut_model *m) {
  double most = 0;
  for (int i = 0; i < m->treats; i++)
    for (int t = 0; t < m->tracks; t++) most = fmax(most, m->treat[i].damage[t].depth);
  return most;
}

void taut__model_layers(taut_model *m, double depth) {
  const taut_healing_params *p = taut__case_params(m->c, "healing");
  if (m->c->model.layers == TAUT_LAYERS_REFERENCE) {
    const double h[TAUT_LAYERS] = {p->h_e, p->h_p, p->h_r, p->h_s};
    memcpy(m->layer, h, sizeof h);
  } else {
    const double h[TAUT_LAYERS] = {m->skin.sc + m->skin.ve, m->skin.papillary, m->skin.reticular,
                                   fmin(fmax(subcutis_least, depth - m->skin.total + subcutis_least), m->skin.fat)};
    memcpy(m->layer, h, sizeof h);
  }
}

static taut_err set_layers(taut_context *context, taut_model *m) {
  const double depth = deepest(m);
  double bottom = 0;
  taut__model_layers(m, depth);
  for (int l = 0; l < TAUT_LAYERS; l++) bottom += m->layer[l];
  if (depth <= bottom || m->untreated) return TAUT_OK;
  /* a device's track that leaves the fat was refused with its session (needling/warnings.c) */
  char where[512];
  return taut__fail(context, TAUT_ERR_INPUT, taut__case_where(m->c, "treatment.depth", where),
                    "a track of %.3g mm leaves the computed tissue of %.3g mm; expected a shallower treatment.depth",
                    depth, bottom);
}

/* The domain with this geometry: an equal one made before, else a new one. */
static taut_err domain_for(taut_context *context, taut_model *m, const taut_track_geometry *g,
                           const taut_domain **out) {
  for (int i = 0; i < m->domain_count; i++) {
    const taut_domain *d = m->domains[i];
    if (d->r[d->nr] == g->outer && d->r[g->n1] == g->lumen && d->r[g->n1 + g->n2] == g->needle) {
      *out = d;
      return TAUT_OK;
    }
  }
  taut_domain **more = taut__realloc(m->domains, (size_t)m->domain_count + 1, sizeof *more);
  if (!more) return taut__fail(context, TAUT_ERR_MEMORY, NULL, "no memory for domains");
  m->domains = more;
  taut_domain *d = NULL;
  taut_err err = taut__domain_track(context, g, &d);
  if (err) return err;
  m->domains[m->domain_count++] = d;
  *out = d;
  return TAUT_OK;
}

/* Grids and injury fractions of a session, once the layers are known. */
static taut_err lay_out(taut_context *context, taut_model *m, taut_treat *t, const taut_session_tracks *s) {
  const taut_grid_spec *g = &m->c->model.grid;
  taut_track_geometry geometry = {.lumen = s->hole_radius,
                                  .needle = s->needle_radius,
                                  .n1 = g->n1,
                                  .n2 = g->n2,
                                  .n3 = g->n3,
                                  .rows = {g->ne, g->np, g->nret, g->ns}};
  memcpy(geometry.thickness, m->layer, sizeof m->layer);
  if (!g->n1) geometry.lumen = 0;
  for (int i = 0; i < m->tracks; i++) {
    geometry.outer = s->radius[i];
    t->weight[i] = s->weight[i];
    taut_err err = domain_for(context, m, &geometry, &t->domain[i]);
    taut_track_profile profile = s->profile;
    if (i == m->untreated_domain) profile.depth = 0;
    if (!err) err = taut__damage_create(context, t->domain[i], &profile, &t->damage[i]);
    if (err) return err;
    t->damage[i].depth = profile.depth;
    t->damage[i].bleeding = s->bleeding;
    t->damage[i].dry = s->dry;
    t->damage[i].reference = documents(m->c) || m->c->model.injury == TAUT_INJURY_REFERENCE;
  }
  return TAUT_OK;
}

/* Where holes are so sparse that skin lies far from any of them, that skin is one more domain, which is never injured. */
static void add_untreated(taut_model *m, taut_session_tracks *tracks) {
  const taut_needling_params *p = taut__case_params(m->c, "needling");
  bool any = false;
  for (int i = 0; i < m->treats; i++) any |= tracks[i].untreated > 0;
  if (!any) return;
  for (int i = 0; i < m->treats; i++) {
    tracks[i].radius[m->tracks] = p->R_cap;
    tracks[i].weight[m->tracks] = tracks[i].untreated;
  }
  m->untreated_domain = m->tracks++;
}

static taut_err build_track(taut_context *context, taut_model *m) {
  const taut_case *c = m->c;
  m->untreated = c->sessions == 0;
  m->tracks = m->untreated ? 1 : c->model.tracks;
  m->treats = m->untreated ? 1 : c->sessions;
  m->treat = taut__alloc((size_t)m->treats, sizeof *m->treat);
  taut_session_tracks *tracks = taut__alloc((size_t)m->treats, sizeof *tracks);
  taut_err err = m->treat && tracks ? TAUT_OK : taut__fail(context, TAUT_ERR_MEMORY, NULL, "no memory for sessions");
  for (int i = 0; !err && i < m->treats; i++) err = taut__session_tracks(context, m, i, &m->treat[i], &tracks[i]);
  for (int i = 0; !err && i < m->treats; i++)
    for (int t = 0; t < m->tracks; t++) m->treat[i].damage[t].depth = tracks[i].profile.depth;
  if (!err) add_untreated(m, tracks);
  if (!err) err = set_layers(context, m);
  for (int i = 0; !err && i < m->treats; i++) err = lay_out(context, m, &m->treat[i], &tracks[i]);
  free(tracks);
  return err;
}

static taut_err build_zero(taut_context *context, taut_model *m) {
  char where[512];
  if (m->c->model.injury != TAUT_INJURY_EXCISION)
    return taut__fail(context, TAUT_ERR_INPUT, taut__case_where(m->c, "model.scale", where),
                      "scale zero is one well-mixed point of a wound; expected model.injury: excision with it");
  m->excision = true;
  m->untreated = m->c->sessions == 0;
  m->tracks = m->treats = 1;
  m->treat = taut__alloc(1, sizeof *m->treat);
  m->domains = taut__alloc(1, sizeof *m->domains);
  if (!m->treat || !m->domains) return taut__fail(context, TAUT_ERR_MEMORY, NULL, "no memory for the domain");
  taut_err err = taut__domain_zero(context, &m->domains[0]);
  if (err) return err;
  m->domain_count = 1;
  m->treat[0].domain[0] = m->domains[0];
  m->treat[0].weight[0] = 1;
  return TAUT_OK;
}

static taut_err collect_warnings(taut_context *context, taut_model *m) {
  taut_err err = TAUT_OK;
  for (size_t i = 0; !err && i < m->c->warnings.count; i++)
    err = taut__texts_add(&m->warnings, "%s", m->c->warnings.item[i]);
  const taut_healing *h = m->healing;
  if (!err && h->loop_gain_inflammation > 0.8)
    err = taut__texts_add(&m->warnings, "the inflammation loop gain is %.3g: above 0.8 inflammation may not end",
                          h->loop_gain_inflammation);
  if (!err && h->loop_gain_tgf > 0.8)
    err = taut__texts_add(&m->warnings, "the TGF-beta/myofibroblast loop gain is %.3g: above 0.8 scarring may not end",
                          h->loop_gain_tgf);
  return err ? taut__fail(context, err, NULL, "no memory for warnings") : TAUT_OK;
}

static taut_err refuse(taut_context *context, const taut_case *c) {
  char where[512];
  const int processes = taut__comm_size(taut__comm(context));
  if (processes > 1 && c->model.scale != TAUT_SCALE_PATCH)
    return taut__fail(context, TAUT_ERR_INPUT, taut__case_where(c, "model.scale", where),
                      "%d processes share a patch only; expected model.scale: patch, or one process", processes);
  const bool needled = c->model.scale != TAUT_SCALE_ZERO && c->sessions > 0;
  if (needled && c->device.kind == TAUT_RF && c->model.injury == TAUT_INJURY_DEVICE)
    return taut__fail(
        context, TAUT_ERR_NOT_AVAILABLE, taut__case_where(c, "device", where),
        "the heat of radiofrequency needles is not available in this version; expected a roller, pen or stamp "
        "(taut puncture answers for the needles alone)");
  return TAUT_OK;
}

taut_err taut__model_create(taut_context *context, const taut_case *c, taut_model **out) {
  *out = NULL;
  taut_err err = refuse(context, c);
  if (err) return err;
  taut_model *m = taut__alloc(1, sizeof *m);
  if (!m) return taut__fail(context, TAUT_ERR_MEMORY, NULL, "no memory for a model");
  m->c = c;
  m->untreated_domain = -1;
  const taut_profile profile = taut__profile(&c->patient, documents(c));
  err = taut__healing_create(context, taut__case_params(c, "healing"), &profile, &m->healing);
  if (err == TAUT_ERR_INPUT) err = taut__case_blame(context, c, "healing", err);
  if (c->model.scale != TAUT_SCALE_ZERO) {
    m->skin = taut__skin_build(taut__case_params(c, "skin"), &c->patient, &c->site, c->site.source);
    if (!err && c->site.name) err = taut__skin_check(context, c, &m->skin); /* reference layers need no site */
  }
  if (!err && c->model.scale == TAUT_SCALE_TRACK) err = build_track(context, m);
  if (!err && c->model.scale == TAUT_SCALE_PATCH) err = taut__model_patch(context, m);
  if (!err && c->model.scale == TAUT_SCALE_ZERO) err = build_zero(context, m);
  if (!err) err = collect_warnings(context, m);
  if (err)
    taut__model_destroy(&m);
  else
    *out = m;
  return err;
}

static void free_treat(taut_treat *treat) {
  for (int t = 0; t < TAUT_MAX_TRACKS; t++) taut__damage_free(&treat->damage[t]);
  taut__patch_session_free(&treat->patch);
}

void taut__model_destroy(taut_model **model) {
  if (!model || !*model) return;
  taut_model *m = *model;
  for (int i = 0; m->treat && i < m->treats; i++) free_treat(&m->treat[i]);
  for (int i = 0; i < m->domain_count; i++) taut__domain_destroy(&m->domains[i]);
  free(m->domains);
  free(m->treat);
  taut__healing_destroy(&m->healing);
  taut__texts_free(&m->warnings);
  free(m);
  *model = NULL;
}
