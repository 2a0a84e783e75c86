/* The parameter table of healing. */
#include "healing/healing.h"

static const taut_param rows[] = {
#define PARAM(name, unit, def, low, high, prior, evidence, source, doc)                                                \
  {"healing",                                                                                                          \
   #name,                                                                                                              \
   unit,                                                                                                               \
   def,                                                                                                                \
   low,                                                                                                                \
   high,                                                                                                               \
   prior,                                                                                                              \
   TAUT_##evidence,                                                                                                    \
   TAUT_SOURCE_##source,                                                                                               \
   doc,                                                                                                                \
   offsetof(taut_healing_params, name)},
#include "healing/params.def"
#undef PARAM
};

const taut_param_table taut__healing_table = {"healing", rows, (int)(sizeof rows / sizeof *rows),
                                              sizeof(taut_healing_params)};
