#include "model/model.h"

#include "instruments/surface.h"
#include "mechanics/mechanics.h"

static const taut_param_table *const tables[] = {&taut__skin_table, &taut__needling_table, &taut__healing_table,
                                                 &taut__mechanics_table, &taut__surface_table};

const taut_param_registry taut__registry = {tables, sizeof tables / sizeof *tables};
