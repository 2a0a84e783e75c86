/* Maps of a patch at the visits. */
#include "course/course_state.h"
#include "observe/maps.h"

#include <stdlib.h>

taut_err taut__course_maps(course *c, int visit) {
  const taut_model *m = c->state->model;
  taut_engine *e = c->state->engine;
  if (!c->r->maps) return TAUT_OK;
  const int sessions = c->state->next;
  taut_patch_punctures *session = taut__alloc((size_t)sessions + 1, sizeof *session);
  taut_err err = session ? TAUT_OK : taut__fail(c->state->context, TAUT_ERR_MEMORY, NULL, "no memory for maps");
  err = taut__comm_agree(taut__engine_domain(e, 0)->patch.comm, err);
  if (!err) {
    for (int i = 0; i < sessions; i++) session[i] = taut__patch_punctures(m, &m->treat[i]);
    const taut_sample sample = {.domain = taut__engine_domain(e, 0), .weight = 1, .u = taut__engine_state(e, 0)};
    err = taut__maps_take(c->state->context, c->r->maps, visit, m->healing, &sample, sessions, session);
  }
  free(session);
  return err;
}
