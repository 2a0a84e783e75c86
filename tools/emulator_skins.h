/* Skins that the wide emulator of the suction test is trained and tested on: people of 18 to 92 years at every site, in
 * health and after treatment.
 *
 * Ageing laws of mechanics.md 3 set the middle, draws spread around it, wider than people are known to differ.  Ranges in
 * emulator_skins.c. */
#ifndef TAUT_TOOLS_EMULATOR_SKINS_H
#define TAUT_TOOLS_EMULATOR_SKINS_H

#include "mechanics/mechanics.h"

enum { EMULATOR_DRAWS = 29 };

/** Parameters at their defaults and the material of the reference skin. */
typedef struct emulator_source {
  taut_mechanics_params params;
  taut_material reference;
} emulator_source;
TAUT_MUST_USE taut_err emulator_source_create(taut_context *context, emulator_source *out);

/** Skin of draws z in (0, 1).
 *  @param treated  share of the drawn new collagen and myofibroblasts: 0 untreated, 1 all of it
 *  False where the stress of the dermis is outside 2.5 to 45 kPa (papillary: 0.8 to 45). */
bool emulator_skin(const emulator_source *source, const double z[EMULATOR_DRAWS], double treated, taut_skin_law *out);
/** Fresh draws, not those of the training: number `index` of a seed. */
void emulator_fresh_draws(uint64_t seed, uint64_t index, double z[EMULATOR_DRAWS]);

#endif
