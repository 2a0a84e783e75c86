/* Needling of one session as a whole: what `taut puncture` prints. */
#include "needling/needling.h"

#include <math.h>

/** Depths around the mean: within a treatment, and between people too. */
static taut_err add_spreads(taut_context *context, const taut_case *c, const taut_needling_params *p, double length,
                            long samples, taut_needling_report *out) {
  for (int people = 0; people < 2; people++) {
    taut_err err = taut__depth_spread(context, p, &out->skin, &c->device, &c->treatment, length, samples, people == 1,
                                      c->seed, people ? &out->people : &out->within);
    if (err) return err;
  }
  return TAUT_OK;
}

static taut_err compute(taut_context *context, const taut_case *c, int session, long samples,
                        taut_needling_report *out) {
  const taut_needling_params *p = taut__case_params(c, "needling");
  const taut_skin_params *sp = taut__case_params(c, "skin");
  const taut_session *s = &c->session[session];
  taut_err err = taut__needling_check(context, c, s);
  if (err) return err;
  out->skin = taut__skin_build(sp, &c->patient, &c->site, c->site.source);
  if ((err = taut__skin_check(context, c, &out->skin))) return err;
  err = taut__puncture(context, p, &out->skin, &c->device, &c->treatment, s->depth, s->achieved, &out->puncture);
  if (err) return err;
  if ((err = taut__pattern(context, p, &c->device, &c->treatment, s, &out->puncture, &out->pattern))) return err;
  out->injured = out->pattern.hits * out->puncture.damaged_volume;
  err = taut__fat_probabilities(context, p, sp, &c->patient, &c->site, &c->device, &c->treatment, s->depth, s->achieved,
                                TAUT_FAT_SAMPLES, c->seed, out->p_fat);
  if (err) return err;
  if (samples > 0 && (err = add_spreads(context, c, p, s->depth, samples, out))) return err;
  return taut__needling_warnings(context, c, &out->skin, &out->puncture, &out->pattern, out->p_fat, &out->warnings);
}

taut_err taut__needling_report(taut_context *context, const taut_case *c, int session, long samples,
                               taut_needling_report *out) {
  *out = (taut_needling_report){0};
  taut_err err = compute(context, c, session, samples, out);
  if (err) taut__needling_report_free(out);
  return err;
}

void taut__needling_report_free(taut_needling_report *report) {
  taut__texts_free(&report->warnings);
}
