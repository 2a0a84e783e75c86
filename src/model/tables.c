#include "model/model.h"

static const taut_param_table *const tables[] = {&taut__skin_table, &taut__needling_table, &taut__healing_table};

const taut_param_registry taut__registry = {tables, sizeof tables / sizeof *tables};
