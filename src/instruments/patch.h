/* The treated patch as an instrument: the constrained mixture advanced along the course on layer means of the healing fields,
 * and what ultrasound, profilometry, a suction probe and graded scales would read off it (mechanics.md 4, 6, 9; design
 * rules 7, 8, 11).  It sees nothing of a run but views. */
#ifndef TAUT_INSTRUMENTS_PATCH_H
#define TAUT_INSTRUMENTS_PATCH_H

#include "base/keeper.h"
#include "fem/suction.h"
#include "mechanics/clinic.h"
#include "mechanics/mixture.h"
#include "observe/result.h"
#include "observe/view.h"
#include "skin/skin.h"

/** How suction numbers were obtained. */
typedef enum taut_suction_method {
  TAUT_SUCTION_NONE,
  TAUT_SUCTION_EMULATOR, /**< inside its trained range, anchored to finite elements at the baseline */
  TAUT_SUCTION_COARSE,   /**< outside it: one cycle on the coarse mesh, anchored likewise */
  TAUT_SUCTION_FINITE_ELEMENTS
} taut_suction_method;
const char *taut__suction_method_text(taut_suction_method method);

typedef struct taut_patch_instrument taut_patch_instrument;

/** Person, site and rest state of a case; the patch starts untreated at day 0.
 *  @param warnings  receives what mechanics does not know of this site or person */
TAUT_MUST_USE taut_err taut__patch_create(taut_context *context, const taut_case *c, const taut_skin *skin,
                                          const taut_healing *healing, taut_texts *warnings,
                                          taut_patch_instrument **out);
void taut__patch_destroy(taut_patch_instrument **patch);
/** Advances over dt days; views at both ends. */
TAUT_MUST_USE taut_err taut__patch_advance(taut_patch_instrument *patch, double dt, const taut_view *from,
                                           const taut_view *to);
/** A session changed the fields at once. */
TAUT_MUST_USE taut_err taut__patch_session(taut_patch_instrument *patch, const taut_view *after);

/** What the patch shows at a time; oedema is added afterwards, when the surface course is known. */
typedef struct taut_patch_reading {
  double h_d;                         /**< dermis without oedema, mm */
  double fibres, connectivity, water; /**< relative to rest: what echo density depends on */
  double lambda, tension, modulus;    /**< in-plane stretch; N/m; kPa */
  double elastin, load;               /**< gain of working elastin and of load-bearing collagen, rest 0 */
  taut_roughness surface;             /**< wrinkles and roughness */
  double crease;                      /**< depth of a lasting crease, mm; NAN: the case has none */
  double wrinkle_grade, laxity_grade, texture_grade; /**< of a faultless, blinded rater */
  taut_skin_law law;                                 /**< for the suction probe */
} taut_patch_reading;
void taut__patch_read(const taut_patch_instrument *patch, const taut_view *view, taut_patch_reading *out);

/** What an unblinded rater would be expected to write for a grade between 0 and `top` (mechanics.md 9.3).
 *  @param treated  there has been a session: before the first there is nothing to hope for */
double taut__patch_unblinded(const taut_patch_instrument *patch, double grade, double top, bool treated);
/** Thickness by ultrasound and echo density with a thickness strain of oedema. */
double taut__patch_thickness(const taut_patch_instrument *patch, const taut_patch_reading *reading, double oedema);
double taut__patch_echo(const taut_patch_instrument *patch, const taut_patch_reading *reading, double oedema);

/** SD of one reading of what instruments and raters give; 0 where none is known (mechanics.md 2.1, 9).
 *  @param value  quantities at the baseline, which relative noise refers to */
void taut__patch_noise(const taut_patch_instrument *patch, const double value[TAUT_QUANTITIES],
                       double sd[TAUT_QUANTITIES]);

/** Suction by the standard probe (2 mm, 450 mbar, 2 s on, 2 s off, three cycles with finite elements).
 *  @param finite  by finite elements; else by the fast models, anchored at the baseline
 *  values[0..9] are R0..R9, NAN where the method does not give them; `error` is relative, of R0.
 *  NUMERICS with the reason when no number can be given. */
TAUT_MUST_USE taut_err taut__patch_suction(taut_patch_instrument *patch, const taut_skin_law *law, bool finite,
                                           double values[10], taut_suction_method *method, double *error);

/** Saves or loads what evolves: the constrained mixture and the crease.  Suction is computed anew where it is asked for. */
void taut__patch_archive(taut_patch_instrument *patch, taut_keeper *keeper);

/** State of the mixture and its frozen part, for tests; lent. */
const taut_mixture_state *taut__patch_state(const taut_patch_instrument *patch);
const taut_mixture *taut__patch_mixture(const taut_patch_instrument *patch);

#endif
