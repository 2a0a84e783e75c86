/* Mechanics: constitutive law of layered skin, the person's material, and the list of layers that every instrument
 * takes (mechanics.md 1-3).  Pure functions; nothing here knows of grids, files or the healing model.
 *
 * Units: mm, kPa, day; tension and membrane stiffness mN/mm (= N/m).  Instruments work in seconds: viscosities and
 * protocols (mechanics/suction.h) carry seconds and say so; parameter rows are kept in days inside, like all times.
 *
 * The reference configuration of every law is the skin as it lies in the living body: flat, in tension, F = I. */
#ifndef TAUT_MECHANICS_MECHANICS_H
#define TAUT_MECHANICS_MECHANICS_H

#include "param/param.h"

#define TAUT_SECONDS_PER_DAY 86400.0

typedef struct taut_mechanics_params {
#define PARAM(name, ...) double name;
#include "mechanics/params.def"
#undef PARAM
} taut_mechanics_params;
extern const taut_param_table taut__mechanics_table;

/* ----------------------------------------------------------------------------------------------- law of a layer ---- */

/** Layers of the instruments, from the surface down. */
typedef enum taut_mechanical_layer {
  TAUT_MECH_SC, /**< stratum corneum */
  TAUT_MECH_VE, /**< viable epidermis */
  TAUT_MECH_PD, /**< papillary dermis */
  TAUT_MECH_RD, /**< reticular dermis */
  TAUT_MECH_HY, /**< hypodermis */
  TAUT_MECH_LAYERS
} taut_mechanical_layer;

enum { TAUT_MAX_FIBRES = 4, TAUT_VISCOUS_TERMS = 3 };

/** One family of fibres: energy k/(2 k2) (exp(k2 <E>^2) - 1) with E = Hg : C - 1. */
typedef struct taut_fibre_law {
  double k; /**< k1 phi, kPa */
  double k2;
  double Hg[3]; /**< diagonal of G H G along r, theta, z */
} taut_fibre_law;

/** Equilibrium law of one layer, all an instrument needs (mechanics.md 1.1 and 14). */
typedef struct taut_layer_law {
  double h;    /**< thickness, mm */
  double D[3]; /**< neo-Hookean families and active stress, sum of mu phi G^2, along r, theta, z, kPa */
  int fibres;
  taut_fibre_law fibre[TAUT_MAX_FIBRES];
  double K; /**< bulk modulus, kPa */
} taut_layer_law;

/** Over-stress ratios and relaxation times in SECONDS (mechanics.md 1.2). */
typedef struct taut_viscosity {
  double beta[TAUT_VISCOUS_TERMS], tau[TAUT_VISCOUS_TERMS];
} taut_viscosity;

/** The skin as an instrument sees it. */
typedef struct taut_skin_law {
  int layers;
  taut_layer_law layer[TAUT_MECH_LAYERS];
  taut_viscosity viscosity;
} taut_skin_law;

/** Components of symmetric tensors in axisymmetric problems; the shear strain is 2 E_rz. */
enum { TAUT_RR, TAUT_TT, TAUT_ZZ, TAUT_RZ, TAUT_AXI };

/** s(E) = 2 k <E> exp(k2 E^2) and, if not NULL, its derivative; the exponent is clamped at 60. */
double taut__fibre_stress(double k, double k2, double E, double *slope);
/** Normal-stress constant: sigma_zz = 0 at F = I. */
double taut__law_c0(const taut_layer_law *law);
/** In-plane stress at F = I along axis 0 (r) or 1 (theta), kPa. */
double taut__law_sigma0(const taut_layer_law *law, int axis);
/** Stiffness of the fibres at F = I, A_f of mechanics.md 6.3, kPa. */
double taut__law_fibre_stiffness(const taut_layer_law *law);
/** Energy W_c(C) per volume, without its value at C = I. */
double taut__law_energy(const taut_layer_law *law, double c0, const double C[TAUT_AXI]);
/** Second Piola-Kirchhoff stress S_c and, if not NULL, dS_c/dE (columns: E_rr, E_tt, E_zz, 2 E_rz). */
void taut__law_stress(const taut_layer_law *law, double c0, const double C[TAUT_AXI], double S[TAUT_AXI],
                      double dS[TAUT_AXI][TAUT_AXI]);
/** Inverse of C and its product (C^-1 (.) C^-1) as a matrix over E_rr, E_tt, E_zz, 2 E_rz; returns det C. */
double taut__axi_inverse(const double C[TAUT_AXI], double inverse[TAUT_AXI], double product[TAUT_AXI][TAUT_AXI]);

/** Sum of thickness times in-plane stress, N/m, along an axis. */
double taut__skin_tension(const taut_skin_law *skin, int axis);
/** INPUT, naming the layer, where a law cannot be computed with: no thickness, modulus not positive, not finite. */
TAUT_MUST_USE taut_err taut__skin_law_check(taut_context *context, const char *where, const taut_skin_law *skin);

/* Over-stress of one step of dt seconds: Q <- decay Q + gain (S_new - S_old). */
typedef struct taut_viscous_step {
  double decay[TAUT_VISCOUS_TERMS], gain[TAUT_VISCOUS_TERMS];
  double total; /**< 1 + sum of gains: factor of the consistent tangent */
} taut_viscous_step;
taut_viscous_step taut__viscous_step(const taut_viscosity *viscosity, double dt);
/** Advances Q of n components; returns nothing but Q.  `Q` is [TAUT_VISCOUS_TERMS * n], term by term. */
void taut__viscous_advance(const taut_viscous_step *step, int n, const double *S_old, const double *S_new, double *Q);

/* --------------------------------------------------------------------------------------------------- the person ---- */

/** What mechanics knows of a body site. */
typedef struct taut_mechanics_site {
  const char *name, *covered; /**< the site whose numbers are used; equal to name where it has its own */
  double sigma0;              /**< in vivo stress of the reticular dermis at 40 years, kPa */
  double least_base;          /**< least thickness of the soft base, mm; 0: as it is */
  const char *warning;        /**< NULL, or why the numbers are borrowed */
  double spread;              /**< factor on the SD of ln sigma0_scale in draws: 1, where borrowed 2 (assumption) */
} taut_mechanics_site;
/** Row of sites.def by the key of presets/sites/; a name of the user's own gets the cheek with a warning. */
taut_mechanics_site taut__mechanics_site(const char *name);

/** A person at a site, in plain numbers.  Build with taut__mechanics_reference_person() and change what differs. */
typedef struct taut_mechanics_person {
  double age; /**< years */
  bool male;
  double photo;                       /**< coupled: max(0, u - u_ref); documents: u */
  double smoking;                     /**< 0..1 */
  double hydration;                   /**< 0 dry .. 0.5 normal .. 1 wet */
  double collagen_factor;             /**< menopause on collagen, f_m of the healing model; 1: none */
  double thickness[TAUT_MECH_LAYERS]; /**< mm; coupled: today's, documents: at 40 years */
  double dermis_factor;               /**< coupled: f_derm, dermis relative to the same site and sex at 40 years */
  double sigma0;                      /**< target at 40 years, kPa; NAN: keep the parameter g_e */
  double laxity;                      /**< grade 0..4 that sets today's tension; NAN: from the ageing laws */
  bool documents;                     /**< ageing as in mechanics.md 3: thickness by h_r, slope of the sex */
} taut_mechanics_person;
/** Woman of 40 years, cheek of mechanics.md 2, nothing solved for. */
taut_mechanics_person taut__mechanics_reference_person(const taut_mechanics_params *p);

/** What solving for the pre-stretch met. */
typedef enum taut_prestretch {
  TAUT_PRESTRETCH_FREE,
  TAUT_PRESTRETCH_CLIPPED_LOW,
  TAUT_PRESTRETCH_CLIPPED_HIGH
} taut_prestretch;

/** Frozen material of a person's skin at day 0. */
typedef struct taut_material {
  double h[TAUT_MECH_LAYERS]; /**< mm */
  double E_sc, E_ve, mu_h;    /**< kPa */
  double mu_m, mu_e, k1, k2;  /**< of the reticular dermis at reference density */
  double f_pd;                /**< papillary relative to reticular modulus */
  double g_e, g_c;            /**< in-plane pre-stretch of elastin and mature collagen */
  double kappa;               /**< dispersion */
  double phi_g, phi_e, phi_M; /**< densities relative to the reference skin */
  double K_sc, K, K_h;        /**< bulk moduli, kPa */
  taut_viscosity viscosity;   /**< seconds */
  double tension;             /**< T0 at day 0, N/m */
  double tension_40;          /**< of the same site and sex at 40 years, N/m */
  taut_prestretch prestretch; /**< whether the asked tension could be met */
} taut_material;

/** Applies ageing, photoageing, smoking, hydration and site to the parameters and solves for the pre-stretch where asked
 *  (g_e within g_e_low..g_e_high; g_c helps below the share of the collagen and above stress_high, documents' rule).
 *  INPUT where a thickness or modulus is not positive; an unmet tension is no error: see `prestretch`. */
TAUT_MUST_USE taut_err taut__material_create(taut_context *context, const taut_mechanics_params *p,
                                             const taut_mechanics_person *person, taut_material *out);
/** Law of the untreated skin at day 0. */
taut_skin_law taut__material_law(const taut_material *material);
/** Structure tensor: mean over directions in the plane (axisymmetric instruments), or aligned with axis 0. */
void taut__structure_tensor(double kappa, bool aligned, double H[3]);
/** Ageing laws at an age, relative to 40 years (mechanics.md 3): dermis thickness, collagen and elastin per area. */
typedef struct taut_mechanical_ageing {
  double h_r, c_a, e_a, beta_2, beta_3;
} taut_mechanical_ageing;
taut_mechanical_ageing taut__mechanical_ageing(const taut_mechanics_params *p, double age, bool male);
/** Relaxation times and ratios of the parameters, in seconds. */
taut_viscosity taut__reference_viscosity(const taut_mechanics_params *p);

#endif
