/* Skin: patient and site -> layered skin (needling.md 1).  Owns thickness and its ageing. */
#ifndef TAUT_SKIN_SKIN_H
#define TAUT_SKIN_SKIN_H

#include "param/case.h"

typedef struct taut_skin_params {
#define PARAM(name, ...) double name;
#include "skin/params.def"
#undef PARAM
} taut_skin_params;
extern const taut_param_table taut__skin_table;

/** Layered skin, mm.  `total` = stratum corneum + viable epidermis + dermis. */
typedef struct taut_skin {
  double sc, ve, papillary, reticular, dermis, total, fat;
  double z_bone;                          /**< NAN: none */
  double sc_modulus;                      /**< of the stratum corneum, kPa */
  double loop_depth;                      /**< apex of the capillary loops */
  double loop_density;                    /**< per mm2, photoage factor included */
  double plexus_depth;                    /**< upper plexus z_sup */
  double plexus_spread;                   /**< SD of that depth */
  double plexus_length;                   /**< vessel length per area, mm/mm2 */
  double deep_spread, deep_length;        /**< the same of the deep plexus, which lies at `total` */
  double sg_dermis, sg_sc, sg_ve, sg_fat; /**< SDs of ln-thickness between people, for spreads */
  taut_thickness_source source;
} taut_skin;

/** Builds the mean skin of a person at a site with the given thickness source.
 *
 *  Measured thicknesses (site->own_*) override layer by layer; they are taken as read by `site->source`, so that another
 *  `source` turns a measured dermis into its own reading of it.  The spreads stay those of the site: how well one person
 *  is known by one measurement is not known. */
taut_skin taut__skin_build(const taut_skin_params *p, const taut_patient *patient, const taut_site *site,
                           taut_thickness_source source);
/** Refuses a skin whose layers contradict each other (INPUT, with the place in the case). */
TAUT_MUST_USE taut_err taut__skin_check(taut_context *context, const taut_case *c, const taut_skin *skin);

/** Layers whose thickness is drawn, in the order of the correlation matrix of needling.md 1.3. */
enum { TAUT_SCORE_SC, TAUT_SCORE_VE, TAUT_SCORE_DERMIS, TAUT_SCORE_FAT, TAUT_SCORES };

/** Draws the z-scores of ln-thickness of people at one site: a part of the person and a part of person and site. */
typedef struct taut_skin_sampler {
  double factor[TAUT_SCORES][TAUT_SCORES];                   /**< Cholesky factor of the layer correlations */
  double person_share[TAUT_SCORES], site_share[TAUT_SCORES]; /**< sqrt(rho), sqrt(1 - rho) */
  uint64_t person_stream[TAUT_SCORES], site_stream[TAUT_SCORES];
} taut_skin_sampler;
/** INPUT when the correlations are not those of any distribution. */
TAUT_MUST_USE taut_err taut__skin_sampler(taut_context *context, const taut_skin_params *p, const taut_site *site,
                                          taut_skin_sampler *out);
/** Scores of person `index`; the same person has the same own part at every site. */
void taut__skin_scores(const taut_skin_sampler *sampler, uint64_t seed, uint64_t index, double z[TAUT_SCORES]);
/** Thickness of epidermis and dermis together for given scores around a mean skin. */
double taut__skin_total(const taut_skin *mean, const double z[TAUT_SCORES]);

#endif
