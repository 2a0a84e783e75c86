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
  double z_bone;            /**< NAN: none */
  double loop_depth;        /**< apex of the capillary loops */
  double loop_density;      /**< per mm2, photoage factor included */
  double plexus_depth;      /**< upper plexus z_sup */
  double sg_dermis, sg_sc, sg_ve, sg_fat; /**< SDs of ln-thickness between people, for spreads */
  taut_thickness_source source;
} taut_skin;

/** Builds the mean skin of a person at a site with the given thickness source. */
taut_skin taut__skin_build(const taut_skin_params *p, const taut_patient *patient, const taut_site *site,
                           taut_thickness_source source);

#endif
