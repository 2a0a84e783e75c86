/* Healing: the biology as an instance of the one equation (healing.md).  Modules: clot, immune, signals, fibroblasts,
 * vessels, epidermis, proteases, matrix; rest state, patient profile, injury operator, observables, loop gains. */
#ifndef TAUT_HEALING_HEALING_H
#define TAUT_HEALING_HEALING_H

#include "fields/fields.h"
#include "param/case.h"

typedef struct taut_healing_params {
#define PARAM(name, ...) double name;
#include "healing/params.def"
#undef PARAM
} taut_healing_params;
extern const taut_param_table taut__healing_table;

/** Field numbers, in the order of healing.md 2; rows in fields.def. */
typedef enum taut_healing_field {
#define FIELD(name, ...) TAUT_H_##name,
#include "healing/fields.def"
#undef FIELD
  TAUT_H_FIELDS
} taut_healing_field;

/** The person, as healing sees it (healing.md 6, design rule 11). */
typedef struct taut_profile {
  double age;       /**< years */
  double photo;     /**< 0..3: 3 max(0, u - u_ref) in coupled cases */
  double menopause; /**< years since, 0: none */
  double hrt;       /**< 0 or 1 */
  double smoking;   /**< 0..1: min(1, pack-years/10) */
  double phototype; /**< 1..6 */
  double cortisol, oestrogen;
  double tension; /**< relative, multiplies m */
} taut_profile;
/** @param documents  photo and factors as in the reference results instead of design rule 11 */
taut_profile taut__profile(const taut_patient *patient, bool documents);

/** Constants of one layer (healing.md 5): rest values, loss constants, capacity. */
typedef struct taut_layer_constants {
  double Y, g, qr;      /**< patient product, age initialiser */
  double r_c, s3r, s3w; /**< synthesis constant, type III shares */
  double in_r, X_r, Ct_r, C3_r, Cn_r, Cx_r, S_r, Cp_r;
  double d3, d3_extra, dx, kX, Cmax, cap_scale;
  double em_r, ev_r, r_e, H_r;
} taut_layer_constants;

/** Frozen constants of a person's healing: parameters with patient factors applied; what strips read. */
typedef struct taut_healing {
  taut_healing_params p;
  taut_profile profile;
  taut_layer_constants layer[TAUT_LAYERS]; /**< layers 1 and 2 are filled */
  double f_N, f_M, f_E, f_K, f_b;          /**< patient multipliers */
  double f_m;                              /**< collagen left after menopause */
  double E_r, I_r, Lt_r;
  double tonT, s_K, hTb, hVb, hA_b; /**< derived constants used by strips */
  double loop_gain_inflammation;    /**< healing.md 13, at B = 1 */
  double loop_gain_tgf;             /**< at m = 1, F = 1 */
  taut_balance balance[3];          /**< ledgers: collagen, elastin, PDGF released by platelets */
  taut_field_set set;               /**< ready for the engine; lends this struct as constants */
} taut_healing;

/** Scalars that treatments change at events (taut_strip.drive). */
enum { TAUT_DRIVE_YM, TAUT_DRIVE_SK, TAUT_DRIVE_FE, TAUT_DRIVES };

/** Builds constants, exact rest state and field set.  INPUT when no rest state exists for the parameters (names why). */
TAUT_MUST_USE taut_err taut__healing_create(taut_context *context, const taut_healing_params *p,
                                            const taut_profile *profile, taut_healing **out);
void taut__healing_destroy(taut_healing **healing);

/** healing.md 6.1: intact collagen g and attachment fraction qr at an age. */
void taut__age_initialiser(const taut_healing_params *p, double age, double photo, double *g, double *qr);

/** Injury operator (healing.md 7.2; clot by design rule 3 unless damage->reference).  u[f] points at the first point
 *  where field f lives (storage follows the layers). */
void taut__healing_injure(const taut_healing *h, const taut_points *points, const taut_damage *damage,
                          double *const *u);
/* The same operator in its parts, for domains that push matrix aside in their own way: plane by plane first wound, then
 * displace the pools, then cleave. */

/** Clot, debris, cells, vessels and cover of the points [from, to) of a layer. */
void taut__healing_wound(const taut_healing *h, const taut_points *points, const taut_wounds *wounds, taut_layer layer,
                         int from, int to, double *const *u);
/** Fields of a layer whose share in a hole is pushed aside; returns their number. */
int taut__healing_pools(taut_layer layer, const int **field);
/** Collagen of the points [from, to) that is cut or coagulated turns to fragments. */
void taut__healing_cleave(const taut_healing *h, const taut_points *points, const taut_wounds *wounds, taut_layer layer,
                          int from, int to, double *const *u);
/** Excision (healing.md 7.4), zero mode. */
void taut__healing_excise(const taut_healing *h, const taut_points *points, double *const *u);

/** Treatment besides needles (healing.md 8); zero: none. */
typedef struct taut_modifiers {
  double vitamin_c; /**< strength v, e.g. 0.2 */
  double prp;       /**< platelet-rich plasma, dose 1 = fourfold platelets in 2 % of the volume */
  double retinoid;  /**< pre-treatment, 0..1 */
} taut_modifiers;
/** Scalars in force `since` days after the last session (< 0: before any).  They change at since = 0, vitc_window and
 *  prp_window only. */
void taut__healing_drive(const taut_healing *h, const taut_modifiers *with, double since, double drive[TAUT_DRIVES]);
/** Sources in force, for points above the reached depth; zeros otherwise (pg/mm3/day). */
void taut__healing_source(const taut_healing *h, const taut_modifiers *with, double since,
                          double source[TAUT_H_FIELDS]);

/** Loop gains (healing.md 13; what exactly is computed: gains.c).  Healthy skin needs both below one. */
double taut__gain_inflammation(const taut_healing *h, double B);
double taut__gain_tgf(const taut_healing *h, double m, double F);

/** Linear reductions that observables need besides the mean of every field over every layer. */
typedef enum taut_extra {
  TAUT_EXTRA_INFL,      /**< mean of c/(K_c+c) over 0.5 mm below the epidermis */
  TAUT_EXTRA_FB_UPPER,  /**< mean of fb over the same depth */
  TAUT_EXTRA_TEWL,      /**< mean of 1 - bar in the top plane */
  TAUT_EXTRA_COVER_MIN, /**< minimum of K */
  TAUT_EXTRA_A_MAX,     /**< maximum of A */
  TAUT_EXTRA_M_MAX,     /**< maximum of the gate */
  TAUT_EXTRAS
} taut_extra;

/** A read-only summary of a state: what instruments see.  Means are averaged over weighted domains. */
typedef struct taut_view {
  double mean[TAUT_MAX_FIELDS][TAUT_LAYERS]; /**< volume means; 0 where a field does not live */
  /** Matrix fields only: volume means of P and of L u, 1/day of the field's unit (0 for the others). */
  double production[TAUT_MAX_FIELDS][TAUT_LAYERS], loss[TAUT_MAX_FIELDS][TAUT_LAYERS];
  double A_deposit[TAUT_LAYERS]; /**< myofibroblasts where collagen is laid down: mean of A P / mean of P */
  double thickness[TAUT_LAYERS]; /**< mm */
  double extra[TAUT_EXTRAS];
} taut_view;

/** Observables of healing.md 11, by the names given there. */
typedef enum taut_observable {
#define OBSERVABLE(name, ...) TAUT_O_##name,
#include "healing/observables.def"
#undef OBSERVABLE
  TAUT_OBSERVABLES
} taut_observable;
const char *taut__observable_name(int observable);
void taut__observe(const taut_healing *h, const taut_view *view, double value[TAUT_OBSERVABLES]);

#endif
