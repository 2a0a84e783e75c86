/* Fuzz target: units and values.  Whatever the text, reading ends with finite numbers or with a message. */
#include "param/value.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
  static const char *const units[] = {"1", "mm", "day", "years", "1/mm^2", "mN", "K", "rad", "pack-years", "mm^2/day"};
  char message[TAUT_MESSAGE] = "";
  char *text = calloc(size + 1, 1);
  if (!text) return 0;
  memcpy(text, data, size);
  taut_unit unit;
  if (taut__unit_parse(text, &unit, message) ? !(unit.factor > 0 && isfinite(unit.factor)) : message[0] == '\0')
    abort();
  for (size_t i = 0; i < sizeof units / sizeof *units; i++) {
    taut_value_form form;
    taut_value value;
    if (!taut__value_form(units[i], &form, message)) abort();
    form.ago = i == 3;
    message[0] = '\0';
    if (!taut__value_parse(text, &form, &value, message)) {
      if (message[0] == '\0') abort();
    } else if (!isfinite(value.mean) || !isfinite(value.sd) || value.sd < 0) {
      abort();
    }
  }
  free(text);
  return 0;
}
