/* Measurements that cannot be made are refused with the reason, before anything is computed. */
#include "fem/suction.h"

#include <math.h>

static taut_err wrong(taut_context *context, const char *where, const char *what, double value, const char *unit,
                      const char *need) {
  return taut__fail(context, TAUT_ERR_INPUT, where, "%s %g%s%s: %s", what, value, *unit ? " " : "", unit, need);
}

static taut_err check_probe(taut_context *context, const char *where, const taut_fem_setup *p) {
  if (!(p->aperture > 0 && p->aperture <= 50))
    return wrong(context, where, "aperture radius", p->aperture, "mm", "must be more than 0 and at most 50 mm");
  if (!(p->outer < 1000)) return wrong(context, where, "patch radius", p->outer, "mm", "must be less than 1000 mm");
  if (!(p->aperture < 0.9 * p->outer))
    return taut__fail(
        context, TAUT_ERR_INPUT, where,
        "aperture radius %g mm: larger than the patch of skin, whose radius is %g mm; it must stay below 0.9 of "
        "that",
        p->aperture, p->outer);
  if (p->ring == TAUT_RING_FINITE && !(p->ring_outer > p->aperture && p->ring_outer <= p->outer))
    return wrong(context, where, "outer radius of the ring", p->ring_outer, "mm",
                 "must lie between the radii of aperture and patch");
  return TAUT_OK;
}

static taut_err check_mesh(taut_context *context, const char *where, const taut_mesh_plan *m, int layers) {
  enum { MOST = 200 };
  int rows = 0;
  bool ok = m->in >= 1 && m->in <= MOST && m->out >= 1 && m->out <= MOST;
  for (int l = 0; l < layers; l++) {
    ok = ok && m->rows[l] >= 1 && m->rows[l] <= MOST;
    rows += ok ? m->rows[l] : 0;
  }
  if (!ok || rows > MOST)
    return taut__fail(
        context, TAUT_ERR_INPUT, where,
        "a mesh needs 1 to %d elements below the aperture, 1 to %d beside it, at least one row in every layer "
        "and at most %d rows",
        MOST, MOST, MOST);
  const double ratio[3] = {m->in_ratio, m->out_ratio, m->base_ratio};
  for (int i = 0; i < 3; i++)
    if (!(ratio[i] >= 0.01 && ratio[i] <= 100))
      return wrong(context, where, "mesh grading", ratio[i], "", "must lie between 0.01 and 100");
  return TAUT_OK;
}

static taut_err check_protocol(taut_context *context, const char *where, const taut_suction_protocol *p) {
  if (!(p->pressure > 0 && p->pressure <= 101.325))
    return wrong(context, where, "suction pressure", p->pressure, "kPa",
                 "must be more than 0 (it counts downwards from the air's) and at most one atmosphere, 101.325 kPa");
  if (!(p->ramp > 0 && p->ramp < 0.1))
    return wrong(context, where, "suction ramp", p->ramp, "s",
                 "must be more than 0 and less than 0.1 s, where Ue is read");
  if (!(p->on > 0.1 && p->on <= 3600))
    return wrong(context, where, "suction time", p->on, "s",
                 "must be more than 0.1 s, where Ue is read, and at most 3600 s");
  if (!(p->off > 0.1 && p->off <= 3600))
    return wrong(context, where, "rest time", p->off, "s",
                 "must be more than 0.1 s, where Ur is read, and at most 3600 s");
  if (p->cycles < 1 || p->cycles > 1000)
    return wrong(context, where, "number of cycles", p->cycles, "", "must lie between 1 and 1000");
  if (p->refine < 1 || p->refine > 100)
    return wrong(context, where, "refinement of the time points", p->refine, "", "must lie between 1 and 100");
  return TAUT_OK;
}

taut_err taut__suction_check(taut_context *context, const char *where, const taut_suction *suction) {
  const taut_fem_setup *p = &suction->probe;
  taut_err err = taut__skin_law_check(context, where, p->skin);
  if (!err) err = check_probe(context, where, p);
  if (!err) err = check_mesh(context, where, &p->mesh, p->skin->layers);
  if (!err) err = check_protocol(context, where, &suction->protocol);
  return err;
}
