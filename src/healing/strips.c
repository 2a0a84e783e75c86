/* The table of strip functions of this instruction set. */
#include "healing/strips.h"

taut_strip_fn *const TAUT_KERNEL(healing_strips)[TAUT_H_FIELDS] = {
#define FIELD(name, ...) TAUT_KERNEL(strip_##name),
#include "healing/fields.def"
#undef FIELD
};
