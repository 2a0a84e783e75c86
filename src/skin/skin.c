/* Skin build-up (needling.md 1).
 *
 *   dermis   = [H_us + e max(0, H_echo - H_SC - H_ve)] q_h^w f_derm f_lid      w = 0 ultrasound, 1 histology, between: blend
 *   f_derm   = exp(-k_a (age - 40) + k_u u (age - 40) - k_m t_m)
 *   f_ve     = exp(-k_e (age - 40)) (men: f_male)
 *   f_SC     = (1 + k_p (F - 2)) (1 + k_h max(0, (hyd - 0.5)/0.5))
 *   fat      = table exp(b_BMI (BMI - 24))
 *   papillary = min(table, papillary_share dermis)
 *
 * The factors multiply means and keep the coefficients of variation.  ln-thickness z-scores of a person at a site are
 * z = sqrt(rho) g + sqrt(1 - rho) e with g (person) and e (person and site) drawn with the layer correlations.
 *
 * Assumptions: facial dermis does not depend on BMI or phototype; the epidermis is always that of histology or OCT.
 * Valid for adults; sources: us1, se1, br1, br2, ec1, sm1, ra1, lid1.
 */
#include "skin/skin.h"

#include "param/units.h"

#include <math.h>
#include <stddef.h>

static const double reference_age = 40, reference_phototype = 2, reference_bmi = 24, normal_hydration = 0.5;

static const taut_param rows[] = {
#define PARAM(name, unit, def, low, high, prior, evidence, source, doc)                                                \
  {"skin",                                                                                                             \
   #name,                                                                                                              \
   unit,                                                                                                               \
   def,                                                                                                                \
   low,                                                                                                                \
   high,                                                                                                               \
   prior,                                                                                                              \
   TAUT_##evidence,                                                                                                    \
   TAUT_SOURCE_##source,                                                                                               \
   doc,                                                                                                                \
   offsetof(taut_skin_params, name)},
#include "skin/params.def"
#undef PARAM
};

const taut_param_table taut__skin_table = {"skin", rows, (int)(sizeof rows / sizeof *rows), sizeof(taut_skin_params)};

/** SD of ln x of a lognormal with arithmetic mean and SD. */
static double log_sd(double mean, double sd) {
  double cv = sd / mean;
  return sqrt(log1p(cv * cv));
}

static double own_or(double own, double table) {
  return isnan(own) ? table : own;
}

/** q_h^w of a thickness source. */
static double source_factor(const taut_skin_params *p, const taut_site *site, taut_thickness_source source) {
  switch (source) {
  case TAUT_THICKNESS_HISTOLOGY:
    return p->q_h;
  case TAUT_THICKNESS_BLEND:
    return pow(p->q_h, site->blend);
  case TAUT_THICKNESS_ULTRASOUND:
    break;
  }
  return 1;
}

static double dermis_of(const taut_skin_params *p, const taut_patient *patient, const taut_site *site,
                        taut_thickness_source source) {
  double factor = source_factor(p, site, source);
  if (!isnan(site->own_dermis)) return site->own_dermis * factor / source_factor(p, site, site->source);
  int sex = patient->sex == TAUT_MALE;
  double hidden = fmax(0, site->echo[sex] - site->sc - site->ve); /* papillary dermis inside the entry echo */
  double reading = site->dermis[sex] + site->echo_share * hidden;
  /* rates are per day inside, ages in years */
  double days = (patient->age - reference_age) * TAUT_DAYS_PER_YEAR;
  double ageing =
      exp(-p->k_a * days + p->k_u * patient->photoage * days - p->k_m * patient->menopause * TAUT_DAYS_PER_YEAR);
  return reading * factor * ageing * (site->orbital_rim ? p->f_lid : 1);
}

static double viable_epidermis_of(const taut_skin_params *p, const taut_patient *patient, const taut_site *site) {
  double ageing = exp(-p->k_e * (patient->age - reference_age) * TAUT_DAYS_PER_YEAR);
  return own_or(site->own_ve, site->ve * ageing * (patient->sex == TAUT_MALE ? p->f_male : 1));
}

static double stratum_corneum_of(const taut_skin_params *p, const taut_patient *patient, const taut_site *site) {
  double swelling = 1 + p->k_h * fmax(0, (patient->hydration - normal_hydration) / normal_hydration);
  return own_or(site->own_sc, site->sc * (1 + p->k_p * (patient->phototype - reference_phototype)) * swelling);
}

/** Modulus of the stratum corneum, kPa: 100 times the normal one when dry, a tenth when wet. */
static double sc_modulus_of(const taut_skin_params *p, double hydration) {
  return p->E_sc * pow(10, hydration < normal_hydration ? 2 - 4 * hydration : 1 - 2 * hydration);
}

static void add_vessels(const taut_skin_params *p, const taut_patient *patient, taut_skin *skin) {
  skin->loop_depth = skin->sc + skin->ve + p->loop_offset;
  skin->loop_density = p->N_loop * (1 - p->loop_photoage * patient->photoage);
  skin->plexus_depth = fmin(p->z_sup, p->z_sup_share * skin->total);
  skin->plexus_spread = p->s_sup;
  skin->plexus_length = p->Lam_sup;
  skin->deep_spread = p->s_deep;
  skin->deep_length = p->Lam_deep;
}

taut_skin taut__skin_build(const taut_skin_params *p, const taut_patient *patient, const taut_site *site,
                           taut_thickness_source source) {
  int sex = patient->sex == TAUT_MALE;
  taut_skin skin = {.source = source, .z_bone = site->z_bone};
  skin.sc = stratum_corneum_of(p, patient, site);
  skin.ve = viable_epidermis_of(p, patient, site);
  skin.dermis = dermis_of(p, patient, site, source);
  skin.total = skin.sc + skin.ve + skin.dermis;
  skin.papillary = own_or(site->own_papillary, fmin(site->papillary, p->papillary_share * skin.dermis));
  skin.reticular = skin.dermis - skin.papillary;
  skin.fat = own_or(site->own_fat, site->fat[sex] * exp(site->bmi_slope * (patient->bmi - reference_bmi)));
  skin.sc_modulus = sc_modulus_of(p, patient->hydration);
  skin.sg_sc = log_sd(site->sc, site->sc_sd);
  skin.sg_ve = log_sd(site->ve, site->ve_sd);
  skin.sg_dermis = log_sd(site->dermis[sex], site->dermis_sd[sex]);
  skin.sg_fat = site->fat_sg;
  add_vessels(p, patient, &skin);
  return skin;
}

taut_err taut__skin_check(taut_context *context, const taut_case *c, const taut_skin *skin) {
  char place[512];
  if (!(skin->sc > 0 && skin->ve > 0 && skin->dermis > 0 && skin->fat >= 0))
    return taut__fail(
        context, TAUT_ERR_INPUT, taut__case_where(c, "site", place),
        "a layer of the skin has no thickness (stratum corneum %g, viable epidermis %g, dermis %g, fat %g mm)",
        skin->sc, skin->ve, skin->dermis, skin->fat);
  if (!(skin->papillary > 0 && skin->papillary < skin->dermis))
    return taut__fail(context, TAUT_ERR_INPUT, taut__case_where(c, "site.thickness.papillary", place),
                      "papillary dermis of %g mm does not fit into a dermis of %g mm", skin->papillary, skin->dermis);
  return TAUT_OK;
}

/* ------------------------------------------------------------------------------------------ draws of people ---- */

taut_err taut__skin_sampler(taut_context *context, const taut_skin_params *p, const taut_site *site,
                            taut_skin_sampler *out) {
  static const char *const person[TAUT_SCORES] = {"skin.sc.person", "skin.ve.person", "skin.dermis.person",
                                                  "skin.fat.person"};
  static const char *const at_site[TAUT_SCORES] = {"skin.sc.site", "skin.ve.site", "skin.dermis.site", "skin.fat.site"};
  const double rho[TAUT_SCORES] = {p->rho_sc, p->rho_ve, p->rho_dermis, p->rho_fat};
  const double c[TAUT_SCORES][TAUT_SCORES] = {{1, p->c_sc_ve, p->c_sc_dermis, 0},
                                              {p->c_sc_ve, 1, p->c_ve_dermis, 0},
                                              {p->c_sc_dermis, p->c_ve_dermis, 1, p->c_dermis_fat},
                                              {0, 0, p->c_dermis_fat, 1}};
  *out = (taut_skin_sampler){0};
  for (int i = 0; i < TAUT_SCORES; i++) {
    for (int j = 0; j <= i; j++) {
      double rest = c[i][j];
      for (int k = 0; k < j; k++) rest -= out->factor[i][k] * out->factor[j][k];
      if (i == j && rest <= 0)
        return taut__fail(context, TAUT_ERR_INPUT, "skin.c_*", "these layer correlations contradict each other");
      out->factor[i][j] = i == j ? sqrt(rest) : rest / out->factor[j][j];
    }
    out->person_share[i] = sqrt(rho[i]);
    out->site_share[i] = sqrt(1 - rho[i]);
    out->person_stream[i] = taut__stream(person[i]);
    out->site_stream[i] = taut__stream(at_site[i]) ^ taut__stream(site->name ? site->name : "");
  }
  return TAUT_OK;
}

void taut__skin_scores(const taut_skin_sampler *sampler, uint64_t seed, uint64_t index, double z[TAUT_SCORES]) {
  double person[TAUT_SCORES], place[TAUT_SCORES];
  for (int i = 0; i < TAUT_SCORES; i++) {
    person[i] = taut__normal(seed, sampler->person_stream[i], index);
    place[i] = taut__normal(seed, sampler->site_stream[i], index);
  }
  for (int i = 0; i < TAUT_SCORES; i++) {
    double g = 0, e = 0;
    for (int k = 0; k <= i; k++) {
      g += sampler->factor[i][k] * person[k];
      e += sampler->factor[i][k] * place[k];
    }
    z[i] = sampler->person_share[i] * g + sampler->site_share[i] * e;
  }
}

/** Lognormal with arithmetic mean `mean` and ln-SD `sg` at score z. */
static double lognormal(double mean, double sg, double z) {
  return mean * exp(sg * z - 0.5 * sg * sg);
}

double taut__skin_total(const taut_skin *mean, const double z[TAUT_SCORES]) {
  return lognormal(mean->sc, mean->sg_sc, z[TAUT_SCORE_SC]) + lognormal(mean->ve, mean->sg_ve, z[TAUT_SCORE_VE]) +
         lognormal(mean->dermis, mean->sg_dermis, z[TAUT_SCORE_DERMIS]);
}
