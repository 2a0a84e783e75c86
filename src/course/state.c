#include "course/course.h"
#include "course/patch_injury.h"
#include "observe/view.h"

#include <math.h>
#include <stdlib.h>

taut_err taut__state_create(taut_context *context, const taut_model *model, taut_state **out) {
  taut_state *s = taut__alloc(1, sizeof *s);
  if (!s) return taut__fail(context, TAUT_ERR_MEMORY, NULL, "no memory for a state");
  s->context = context;
  s->model = model;
  const taut_engine_options options = {.rtol = model->c->model.tolerance, .threads = taut__threads(context)};
  taut_err err = taut__engine_create(context, &model->healing->set, model->tracks, model->treat[0].domain,
                                     model->treat[0].weight, &options, 0, &s->engine);
  if (err) taut__state_destroy(&s);
  *out = s;
  return err;
}

void taut__state_destroy(taut_state **state) {
  if (!state || !*state) return;
  taut__engine_destroy(&(*state)->engine);
  free(*state);
  *state = NULL;
}

double taut__state_next_session(const taut_state *s) {
  const taut_model *m = s->model;
  return m->untreated || s->next >= m->treats ? INFINITY : m->treat[s->next].day;
}

taut_err taut__state_session(taut_state *s) {
  const taut_model *m = s->model;
  const taut_treat *t = &m->treat[s->next];
  if (m->excision) {
    taut__healing_excise(m->healing, &t->domain[0]->points, taut__engine_state(s->engine, 0));
  } else if (t->domain[0]->kind == TAUT_DOMAIN_PATCH) {
    taut_err err = taut__patch_injure(s->context, m, t, taut__engine_state(s->engine, 0));
    if (err) return err;
  } else {
    if (s->next > 0) {
      taut_err err = taut__engine_average(s->engine, t->domain, t->weight);
      if (err) return err;
    }
    for (int i = 0; i < m->tracks; i++)
      taut__healing_injure(m->healing, &t->domain[i]->points, &t->damage[i], taut__engine_state(s->engine, i));
  }
  s->next++;
  taut__engine_restart(s->engine);
  return TAUT_OK;
}

void taut__state_archive(taut_state *s, taut_keeper *k) {
  const taut_model *m = s->model;
  taut__keep_int(k, "next_session", &s->next, 0, m->untreated ? 0 : m->treats);
  /* sessions may have domains of their own: change over to those on which the saved fields lie */
  const bool patch = m->treat[0].domain[0]->kind == TAUT_DOMAIN_PATCH;
  if (!k->err && k->loading && s->next > 1 && !patch)
    taut__keep_fail(k, taut__engine_average(s->engine, m->treat[s->next - 1].domain, m->treat[s->next - 1].weight));
  taut__engine_keep(s->engine, k);
}

void taut__state_view(taut_state *s, taut_view *view) {
  taut_sample sample[TAUT_MAX_TRACKS];
  double *source[TAUT_MAX_TRACKS][TAUT_H_FIELDS];
  const int n = taut__engine_domains(s->engine);
  for (int d = 0; d < n; d++) {
    for (int f = 0; f < TAUT_H_FIELDS; f++) source[d][f] = taut__engine_source(s->engine, d, f);
    sample[d] = (taut_sample){.domain = taut__engine_domain(s->engine, d),
                              .weight = taut__engine_weight(s->engine, d),
                              .u = taut__engine_state(s->engine, d),
                              .gate = taut__engine_gate(s->engine, d),
                              .drive = taut__engine_drive(s->engine),
                              .source = source[d]};
  }
  taut__view(s->model->healing, n, sample, view);
}
