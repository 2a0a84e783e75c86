/* Spread of the achieved depth and the chance of leaving the skin (needling.md 4.2, 4.4).
 *
 *   d = d_p [G/E]^(1/3) exp(N(0, s_n)) exp(N(0, s_h))      E, G: lognormal factors of the person
 *   L_eff = L + N(0, tolerance) - |N(0, lift)|
 *   P_fat = P(injury depth > H_total), thickness drawn by the skin room
 *
 * Each number is addressed by (seed, name, index): draws do not depend on their order, on the number of processes or on
 * what else is drawn.
 */
#include "needling/pattern.h"

#include <math.h>
#include <stdlib.h>

taut_err taut__depth_sampler(taut_context *context, const taut_needling_params *p, const taut_skin *skin,
                             const taut_device *device, const taut_treatment *treatment, double length, bool people,
                             uint64_t seed, taut_depth_sampler *out) {
  *out = (taut_depth_sampler){.p = p,
                              .tolerance = device->tolerance,
                              .lift = device->lift,
                              .people = people,
                              .seed = seed,
                              .stiffness = taut__stream("needling.E_0"),
                              .toughness = taut__stream("needling.G_p"),
                              .needle = taut__stream("needling.s_n"),
                              .hit = taut__stream("needling.s_h"),
                              .length = taut__stream("device.tolerance"),
                              .gap = taut__stream("device.lift")};
  return taut__puncture(context, p, skin, device, treatment, length, NAN, &out->mean);
}

double taut__depth_draw(const taut_depth_sampler *s, uint64_t needle, uint64_t index, double *reach) {
  const taut_needling_params *p = s->p;
  double log_dimple = p->s_n * taut__normal(s->seed, s->needle, needle) + p->s_h * taut__normal(s->seed, s->hit, index);
  if (s->people) {
    double ln_E = p->sg_E * taut__normal(s->seed, s->stiffness, index) - 0.5 * p->sg_E * p->sg_E;
    double ln_G = p->sg_G * taut__normal(s->seed, s->toughness, index) - 0.5 * p->sg_G * p->sg_G;
    log_dimple += (ln_G - ln_E) / 3;
  }
  *reach = s->mean.reach;
  if (s->tolerance > 0) *reach += s->tolerance * taut__normal(s->seed, s->length, index);
  if (s->lift > 0) *reach -= fabs(s->lift * taut__normal(s->seed, s->gap, index));
  *reach = fmax(0, *reach);
  return taut__track_length(p, *reach, s->mean.dimple * exp(log_dimple));
}

static int ascending(const void *a, const void *b) {
  double x = *(const double *)a, y = *(const double *)b;
  return (x > y) - (x < y);
}

/** Quantile of sorted values, linear between the order statistics. */
static double quantile(const double *sorted, long n, double share) {
  double place = share * (double)(n - 1);
  long below = (long)place;
  if (below >= n - 1) return sorted[n - 1];
  return sorted[below] + (place - (double)below) * (sorted[below + 1] - sorted[below]);
}

taut_err taut__depth_spread(taut_context *context, const taut_needling_params *p, const taut_skin *skin,
                            const taut_device *device, const taut_treatment *treatment, double length, long samples,
                            bool people, uint64_t seed, taut_depth_spread *out) {
  if (samples < 2)
    return taut__fail(context, TAUT_ERR_INPUT, "--samples", "%ld samples: at least 2 are needed", samples);
  taut_depth_sampler sampler;
  taut_err err = taut__depth_sampler(context, p, skin, device, treatment, length, people, seed, &sampler);
  if (err) return err;
  double *depth = taut__alloc((size_t)samples, sizeof *depth);
  if (!depth) return taut__fail(context, TAUT_ERR_MEMORY, NULL, "no memory for %ld depths", samples);
  double sum = 0, reach;
  for (long i = 0; i < samples; i++) sum += depth[i] = taut__depth_draw(&sampler, (uint64_t)i, (uint64_t)i, &reach);
  double mean = sum / (double)samples, squares = 0;
  for (long i = 0; i < samples; i++) squares += (depth[i] - mean) * (depth[i] - mean);
  qsort(depth, (size_t)samples, sizeof *depth, ascending);
  *out = (taut_depth_spread){.samples = samples,
                             .mean = mean,
                             .sd = sqrt(squares / (double)(samples - 1)),
                             .q05 = quantile(depth, samples, 0.05),
                             .q50 = quantile(depth, samples, 0.50),
                             .q95 = quantile(depth, samples, 0.95)};
  free(depth);
  return TAUT_OK;
}

/** Shares of tracks that end below each of n mean skins, which share every draw. */
static taut_err shares_in_fat(taut_context *context, const taut_skin_params *sp, const taut_site *site,
                              const taut_depth_sampler *sampler, const taut_skin *skin, int n, double achieved,
                              long samples, double *share) {
  if (samples < 1)
    return taut__fail(context, TAUT_ERR_INPUT, "--samples", "%ld samples: at least 1 is needed", samples);
  taut_skin_sampler people;
  taut_err err = taut__skin_sampler(context, sp, site, &people);
  if (err) return err;
  for (int k = 0; k < n; k++) share[k] = 0;
  for (long i = 0; i < samples; i++) {
    double reach = sampler->mean.length, z[TAUT_SCORES];
    double depth = achieved;
    if (isnan(achieved)) depth = taut__depth_draw(sampler, (uint64_t)i, (uint64_t)i, &reach);
    depth = fmin(depth * sampler->p->track_scale, reach);
    taut__skin_scores(&people, sampler->seed, (uint64_t)i, z);
    for (int k = 0; k < n; k++) share[k] += depth > taut__skin_total(&skin[k], z);
  }
  for (int k = 0; k < n; k++) share[k] /= (double)samples;
  return TAUT_OK;
}

taut_err taut__fat_probability(taut_context *context, const taut_needling_params *p, const taut_skin_params *sp,
                               const taut_patient *patient, const taut_site *site, const taut_device *device,
                               const taut_treatment *treatment, double length, double achieved,
                               taut_thickness_source source, long samples, uint64_t seed, double *out) {
  taut_skin skin = taut__skin_build(sp, patient, site, source);
  taut_depth_sampler sampler;
  taut_err err = taut__depth_sampler(context, p, &skin, device, treatment, length, true, seed, &sampler);
  return err ? err : shares_in_fat(context, sp, site, &sampler, &skin, 1, achieved, samples, out);
}

taut_err taut__fat_probabilities(taut_context *context, const taut_needling_params *p, const taut_skin_params *sp,
                                 const taut_patient *patient, const taut_site *site, const taut_device *device,
                                 const taut_treatment *treatment, double length, double achieved, long samples,
                                 uint64_t seed, double p_fat[2]) {
  const taut_skin skin[2] = {taut__skin_build(sp, patient, site, TAUT_THICKNESS_ULTRASOUND),
                             taut__skin_build(sp, patient, site, TAUT_THICKNESS_HISTOLOGY)};
  taut_depth_sampler sampler;
  taut_err err = taut__depth_sampler(context, p, &skin[0], device, treatment, length, true, seed, &sampler);
  return err ? err : shares_in_fat(context, sp, site, &sampler, skin, 2, achieved, samples, p_fat);
}
