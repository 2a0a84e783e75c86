/* What needling cannot compute, said in terms of the case. */
#include "needling/pattern.h"

#include <math.h>
#include <string.h>

static const double right_angle = 1.57079632679489661923;

static bool refuse(taut_refusal *why, const char *key, const char *format, ...) TAUT_PRINTF(3, 4);
static bool refuse(taut_refusal *why, const char *key, const char *format, ...) {
  va_list list;
  va_start(list, format);
  why->key = key;
  vsnprintf(why->text, sizeof why->text, format, list);
  va_end(list);
  return true;
}

static const char *name_of(const taut_device *device) {
  return device->name ? device->name : "this device";
}

bool taut__puncture_refused(const taut_device *d, double length, double achieved, taut_refusal *why) {
  if (!(length > 0)) return refuse(why, "treatment.depth", "needle length %g mm: expected more than 0", length);
  if (!(d->diameter > 0)) return refuse(why, "device.diameter", "%s: expected a positive diameter", name_of(d));
  if (!(d->tip_radius > 0)) return refuse(why, "device.tip_radius", "%s: expected a positive tip radius", name_of(d));
  if (!(d->half_angle > 0 && d->half_angle < right_angle))
    return refuse(why, "device.half_angle", "%s: expected an angle between 0 and 90 deg", name_of(d));
  if (d->kind == TAUT_PEN && !(d->rate > 0))
    return refuse(why, "device.rate", "%s: the tip of a pen needs a positive rate", name_of(d));
  if (d->kind != TAUT_PEN && !(d->speed > 0))
    return refuse(why, "device.speed", "%s: its needles need a positive speed", name_of(d));
  if (d->kind == TAUT_ROLLER && !(d->drum_radius > 0))
    return refuse(why, "device.drum_radius", "%s: a roller needs a positive drum radius", name_of(d));
  if (!isnan(achieved) && !(achieved > 0 && achieved <= length))
    return refuse(why, "treatment.achieved_depth",
                  "%g mm cannot be reached by needles set to %g mm; expected more than 0 and at most %g mm", achieved,
                  length, length);
  return false;
}

bool taut__pattern_refused(const taut_device *d, const taut_treatment *t, const taut_session *session,
                           taut_refusal *why) {
  taut_pattern_kind kind = taut__pattern_kind(d, t, session);
  bool given = !isnan(session->density);
  if (given && !(session->density > 0))
    return refuse(why, "treatment.density", "%g per cm^2: expected more than 0", session->density * 100);
  if (!given && isnan(session->passes))
    return refuse(why, "treatment.density", "neither density nor passes are given; expected one of them");
  if (!given && !(session->passes >= 1 && session->passes == round(session->passes)))
    return refuse(why, "treatment.passes", "%g passes: expected a whole number, at least 1", session->passes);
  if (d->kind == TAUT_PEN && kind == TAUT_PATTERN_PASSES && given)
    return refuse(why, "treatment.pattern",
                  "%s is a pen, and a given density is no number of passes; expected auto, poisson or lattice",
                  name_of(d));
  if (given && kind != TAUT_PATTERN_PASSES) return false;
  /* from here on a pass of the device is needed */
  if (d->kind == TAUT_ROLLER && !(d->needles > 0 && d->drum_radius > 0 && d->drum_width > 0))
    return refuse(why, "device.drum_width", "%s: a pass needs needles, drum_radius and drum_width", name_of(d));
  bool grid = d->kind == TAUT_STAMP || d->kind == TAUT_RF;
  if (grid && !(d->pitch > 0 && d->grid[0] > 0 && d->grid[1] > 0))
    return refuse(why, "device.pitch", "%s: a pass needs grid and pitch of the needles", name_of(d));
  if (grid && !(taut__tile_share(d, t) > 0))
    return refuse(why, "treatment.overlap", "%s: tiles that overlap entirely never cover the skin", name_of(d));
  if (d->kind == TAUT_PEN && !(d->disc_radius > 0))
    return refuse(why, "device.disc_radius", "%s: a pass needs the radius of the needle disc", name_of(d));
  if (d->kind == TAUT_PEN && !(taut__glide(d, t) > 0 && t->stroke_overlap < 1 && t->strike_efficiency > 0))
    return refuse(why, "treatment.glide", "%s: a pass needs glide, a stroke_overlap below 1 and strike_efficiency",
                  name_of(d));
  return false;
}

static bool differ(double a, double b) {
  return a != b && !(isnan(a) && isnan(b));
}

const char *taut__session_key(const taut_case *c, const taut_session *s, const char *key) {
  bool own = (strcmp(key, "treatment.depth") == 0 && differ(s->depth, c->treatment_depth)) ||
             (strcmp(key, "treatment.achieved_depth") == 0 && differ(s->achieved, c->treatment_achieved)) ||
             (strcmp(key, "treatment.passes") == 0 && differ(s->passes, c->treatment_passes)) ||
             (strcmp(key, "treatment.density") == 0 && differ(s->density, c->treatment_density));
  return own && taut__case_given(c, "schedule.sessions") ? "schedule.sessions" : key;
}

taut_err taut__needling_check(taut_context *context, const taut_case *c, const taut_session *s) {
  taut_refusal why;
  char place[512];
  if (taut__puncture_refused(&c->device, s->depth, s->achieved, &why) ||
      taut__pattern_refused(&c->device, &c->treatment, s, &why))
    return taut__fail(context, TAUT_ERR_INPUT, taut__case_where(c, taut__session_key(c, s, why.key), place), "%s",
                      why.text);
  return TAUT_OK;
}
