/* Inside healing: steps of making a person's constants. */
#ifndef TAUT_HEALING_REST_H
#define TAUT_HEALING_REST_H

#include "healing/healing.h"

/** Factors of a person on processes (healing.md 6.2) besides those that healing keeps by name. */
typedef struct taut_person {
  double Y;          /**< synthesis */
  double g, qr;      /**< age initialiser */
  double f_m;        /**< collagen after menopause */
  double f_s3, f_C3; /**< type III */
  double H_r, em_r;
} taut_person;

/** Fills the factors f_*, E_r, I_r of `h` and returns the others. */
taut_person taut__person(taut_healing *h);
/** Rest state of the dermal layers and derived constants (healing.md 5).  INPUT when there is none. */
TAUT_MUST_USE taut_err taut__rest_state(taut_context *context, taut_healing *h, const taut_person *person);

#endif
