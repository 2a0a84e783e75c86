#include "model/session.h"

#include "needling/pattern.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

static const double pi = 3.14159265358979323846;

/* Below this many needle radii neighbouring tracks merge, and one track in its own surroundings no longer describes them
 * (design rule 2). */
static const double least_radius = 1.25;

/* Sessions that differ share most of their notes. */
static bool known(const taut_texts *texts, const char *text) {
  for (size_t i = 0; i < texts->count; i++)
    if (!strcmp(texts->item[i], text)) return true;
  return false;
}

/* Punctures, pattern, layer exit and warnings of session i, as `taut puncture` shows them. */
static taut_err needle_session(taut_context *context, taut_model *m, int i, taut_treat *treat) {
  taut_needling_report report;
  taut_err err = taut__needling_report(context, m->c, i, 0, &report);
  if (err) return err;
  treat->puncture = report.puncture;
  treat->pattern = report.pattern;
  memcpy(treat->p_fat, report.p_fat, sizeof treat->p_fat);
  for (size_t k = 0; !err && k < report.warnings.count; k++)
    if (!known(&m->warnings, report.warnings.item[k]))
      err = taut__texts_add(&m->warnings, "%s", report.warnings.item[k]);
  taut__needling_report_free(&report);
  return err ? taut__fail(context, TAUT_ERR_MEMORY, NULL, "no memory for warnings") : TAUT_OK;
}

static double reference_needle(const void *user, double z) {
  const taut_reference_track *t = user;
  return z < t->depth ? t->r0 * fmin(1, (t->depth - z) / t->tip) : 0;
}

static double reference_hole(const void *user, double z) {
  const taut_reference_track *t = user;
  return t->fh * reference_needle(user, z);
}

static double device_needle(const void *user, double z) {
  return taut__track_needle_radius(user, z);
}

static double device_hole(const void *user, double z) {
  return taut__track_hole_radius(user, z);
}

static void reference_session(const taut_case *c, const taut_session *session, taut_treat *treat,
                              taut_session_tracks *t) {
  const taut_healing_params *h = taut__case_params(c, "healing");
  const taut_needling_params *p = taut__case_params(c, "needling");
  treat->reference = (taut_reference_track){.depth = h->fz * session->depth, .r0 = h->r0, .tip = h->tip, .fh = h->fh};
  treat->puncture.depth = treat->reference.depth;
  treat->pattern.hits = treat->pattern.holes = session->density;
  treat->pattern.radius = 1 / sqrt(pi * session->density);
  /* scattered as a Poisson pattern where three tracks are asked for: the document has no device */
  treat->pattern.shape = p->k_poisson;
  treat->pattern.cv_area = 1 / sqrt(p->k_poisson);
  t->profile = (taut_track_profile){treat->reference.depth, reference_needle, reference_hole, &treat->reference, h->fd};
  t->hole_radius = h->fh * h->r0;
  t->needle_radius = h->r0;
  t->bleeding = 1;
}

static void device_session(const taut_case *c, taut_treat *treat, taut_session_tracks *t) {
  const taut_healing_params *h = taut__case_params(c, "healing");
  const taut_needling_params *needling = taut__case_params(c, "needling");
  const taut_puncture *p = &treat->puncture;
  t->profile = (taut_track_profile){fmax(p->depth, p->injury_depth), device_needle, device_hole, p, h->fd};
  t->hole_radius = p->hole_radius;
  t->needle_radius = taut__track_needle_radius(p, 0);
  t->bleeding = p->bleeding;
  t->dry = needling->f_x;
}

/* An untreated course needs a grid and no injury; all fields are uniform in planes, so any track will do. */
static void untreated(taut_treat *treat, taut_session_tracks *t) {
  treat->reference = (taut_reference_track){.depth = 0, .r0 = 0.1, .tip = 1, .fh = 0.5};
  t->profile = (taut_track_profile){0, reference_needle, reference_hole, &treat->reference, 1};
  t->hole_radius = 0.05;
  t->needle_radius = 0.1;
  t->radius[0] = 0.4;
  t->weight[0] = 1;
}

/* A session equal to an earlier one but for its day needs no second sampling. */
static const taut_treat *earlier(const taut_model *m, int i) {
  const taut_session *s = m->c->session;
  for (int j = 0; j < i; j++) {
    const taut_session a = s[i], b = s[j];
    const bool achieved = a.achieved == b.achieved || (isnan(a.achieved) && isnan(b.achieved));
    const bool dose = a.density == b.density || (isnan(a.density) && a.passes == b.passes);
    if (a.depth == b.depth && achieved && dose) return &m->treat[j];
  }
  return NULL;
}

/* Radii and weights of the session's tracks; reference cases take the document's radius at any density. */
static taut_err track_nodes(taut_context *context, const taut_model *m, const taut_treat *treat,
                            taut_session_tracks *t) {
  if (m->c->model.injury == TAUT_INJURY_REFERENCE && m->tracks == 1) {
    t->radius[0] = treat->pattern.radius;
    t->weight[0] = 1;
    return TAUT_OK;
  }
  taut_err err =
      taut__track_nodes(context, taut__case_params(m->c, "needling"), &treat->pattern, m->tracks, t->radius, t->weight);
  t->untreated = 1;
  for (int i = 0; !err && i < m->tracks; i++) t->untreated -= t->weight[i];
  if (t->untreated < 1e-12) t->untreated = 0;
  return err;
}

static taut_err too_dense(taut_context *context, const taut_case *c, int session, double R, double needle) {
  char where[512], own[64];
  const bool passes = !isnan(c->session[session].passes);
  const char *key = taut__session_key(c, &c->session[session], passes ? "treatment.passes" : "treatment.density");
  if (!strcmp(key, "schedule.sessions")) {
    snprintf(own, sizeof own, "schedule.sessions.%d.%s", session, passes ? "passes" : "density");
    key = own;
  } else if (!passes && !isnan(c->treatment_time)) {
    key = "treatment.time";
  }
  if (!taut__case_given(c, key)) key = "treatment.depth"; /* of the default density the needles are to blame */
  return taut__fail(
      context, TAUT_ERR_INPUT, taut__case_where(c, key, where),
      "tracks of radius %.3g mm are closer than %.3g needle radii (%.3g mm): they merge, and the track scale no "
      "longer holds; expected a lower density, or model.scale: patch, which is made for this",
      R, least_radius, least_radius * needle);
}

taut_err taut__session_facts(taut_context *context, taut_model *m, int i, taut_treat *treat,
                             taut_session_tracks *tracks) {
  const taut_case *c = m->c;
  if (m->untreated) {
    untreated(treat, tracks);
    return TAUT_OK;
  }
  const taut_session *session = &c->session[i];
  taut_err err = TAUT_OK;
  if (c->model.injury == TAUT_INJURY_REFERENCE) {
    reference_session(c, session, treat, tracks);
  } else {
    const taut_treat *same = earlier(m, i);
    if (same)
      *treat = *same;
    else
      err = needle_session(context, m, i, treat);
    if (!err) device_session(c, treat, tracks);
  }
  treat->day = session->day;
  if (err) return err;
  if (!(tracks->hole_radius > 0 && tracks->hole_radius < tracks->needle_radius)) {
    const char *key = c->model.injury == TAUT_INJURY_REFERENCE ? "healing.fh" : "needling.c_r";
    char where[512];
    return taut__fail(
        context, TAUT_ERR_INPUT, taut__case_where(c, key, where),
        "%s leaves a hole of radius %.3g mm by a needle of %.3g mm; expected a hole thinner than the needle", key,
        tracks->hole_radius, tracks->needle_radius);
  }
  return TAUT_OK;
}

taut_err taut__session_tracks(taut_context *context, taut_model *m, int i, taut_treat *treat,
                              taut_session_tracks *tracks) {
  taut_err err = taut__session_facts(context, m, i, treat, tracks);
  if (err || m->untreated) return err;
  err = track_nodes(context, m, treat, tracks);
  for (int t = 0; !err && t < m->tracks; t++)
    if (tracks->radius[t] < least_radius * tracks->needle_radius)
      err = too_dense(context, m->c, i, tracks->radius[t], tracks->needle_radius);
  return err;
}
