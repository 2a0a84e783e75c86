/* The parameter table of mechanics. */
#include "mechanics/mechanics.h"

static const taut_param rows[] = {
#define PARAM(name, unit, def, low, high, prior, evidence, source, doc)                                                \
  {"mechanics",                                                                                                        \
   #name,                                                                                                              \
   unit,                                                                                                               \
   def,                                                                                                                \
   low,                                                                                                                \
   high,                                                                                                               \
   prior,                                                                                                              \
   TAUT_##evidence,                                                                                                    \
   TAUT_SOURCE_##source,                                                                                               \
   doc,                                                                                                                \
   offsetof(taut_mechanics_params, name)},
#include "mechanics/params.def"
#undef PARAM
};

const taut_param_table taut__mechanics_table = {"mechanics", rows, (int)(sizeof rows / sizeof *rows),
                                                sizeof(taut_mechanics_params)};
