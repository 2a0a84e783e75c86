/* Constrained mixture of the treated patch (mechanics.md 4, design rule 7): two dermal layers with their own masses and
 * natural configurations under one film, one in-plane stretch, equilibrium with the surroundings.
 *
 * `taut_mixture` is frozen, `taut_mixture_state` evolves: plain doubles, so that a copy is a checkpoint.  Inputs are
 * layer means of the healing fields (over points, then over weighted tracks), in the units of the healing model. */
#ifndef TAUT_MECHANICS_MIXTURE_H
#define TAUT_MECHANICS_MIXTURE_H

#include "mechanics/mechanics.h"

/** Dermal layers of the mixture. */
enum { TAUT_MIX_PD, TAUT_MIX_RD, TAUT_MIX_LAYERS };

/** Rest of one dermal layer: where the normalisation comes from. */
typedef struct taut_mixture_rest {
  double C3, Cn, Cx, X; /**< collagen pools */
  double ev, em;        /**< elastin, immature and mature */
  double H;             /**< hyaluronan */
  double P_ev;          /**< production of immature elastin at rest, 1/day */
} taut_mixture_rest;

/** One dermal layer over one step: fields at its end, productions and rates as means over the step, per day. */
typedef struct taut_mixture_input {
  double C3, Cn, Cx, X, ev, em, H;
  double A;              /**< myofibroblasts, mean */
  double A_deposit;      /**< myofibroblasts where collagen is laid down: mean of A P / mean of P */
  double P_3, P_n;       /**< production of collagen III and I by cells: means of k_p s3 Cp, k_p (1 - s3) Cp */
  double P_X;            /**< production of fragments */
  double P_ev;           /**< production of immature elastin */
  double k_x, k_ea;      /**< crosslinking Cn to Cx, maturation ev to em */
  double loss_n, loss_x; /**< fragmentation of Cn and Cx: mass-weighted means; set the label of fragments */
} taut_mixture_input;

/** Masses with one label.  Old: present at day 0 (elastin: also what rest would have made since); new: all else. */
typedef struct taut_mixture_labels {
  double C3, Cn, Cx, X, ev, em;
} taut_mixture_labels;

typedef struct taut_mixture_layer {
  taut_mixture_labels old, fresh;
  double r_N[2], r_en[2], r_g[2]; /**< natural stretches of new collagen, new elastin, gel along the two axes */
  double H, A;
  double J_g; /**< volume per day-0 volume */
} taut_mixture_layer;

typedef struct taut_mixture_state {
  taut_mixture_layer layer[TAUT_MIX_LAYERS];
  double r_f[2];     /**< natural stretch of the film */
  double lambda[2];  /**< in-plane stretch from day 0 */
  double N[2];       /**< tension per day-0 width, N/m */
  double iterations; /**< of the last equilibrium */
} taut_mixture_state;

typedef struct taut_mixture {
  taut_material material;
  taut_mixture_rest rest[TAUT_MIX_LAYERS];
  double S_rest[TAUT_MIX_LAYERS];                /**< load-bearing collagen at rest */
  double h[TAUT_MIX_LAYERS], f[TAUT_MIX_LAYERS]; /**< thickness mm, modulus factor */
  double H[3];                                   /**< structure tensor */
  double s_3, s_n, s_x, s_X, p_q, s_ev, g_en, c_H, T_g, T_f, g_max, A_h, t_A, v_C, v_E, v_H; /**< of the parameters */
  double T0[2], k_p, k_s;                                                                    /**< N/m */
} taut_mixture;

/** @param aligned  fibres have a mean direction along axis 0; else isotropic in the plane
 *  INPUT where a rest value is not positive.  `k_s` is set to 0: see taut__mixture_surround. */
TAUT_MUST_USE taut_err taut__mixture_create(taut_context *context, const taut_mechanics_params *p,
                                            const taut_material *material,
                                            const taut_mixture_rest rest[TAUT_MIX_LAYERS], bool aligned,
                                            taut_mixture *out);
/** Day 0: everything old, lambda = 1. */
void taut__mixture_start(const taut_mixture *mixture, taut_mixture_state *state);
/** Input that keeps a layer at rest for given rates: fields at rest, productions equal to losses. */
taut_mixture_input taut__mixture_rest_input(const taut_mixture_rest *rest, double k_x, double k_ea, double loss_3,
                                            double loss_n, double loss_x);
/** One step of dt days.  NUMERICS, with the state unchanged, when no equilibrium is found. */
TAUT_MUST_USE taut_err taut__mixture_advance(taut_context *context, const taut_mixture *mixture, double dt,
                                             const taut_mixture_input in[TAUT_MIX_LAYERS], taut_mixture_state *state);
/** A session changes the fields at once: both labels of a pool lose the same share, what a session adds to the fragments
 *  carries the labels of what was lost.  Productions and rates of `after` are not read. */
TAUT_MUST_USE taut_err taut__mixture_session(taut_context *context, const taut_mixture *mixture,
                                             const taut_mixture_input after[TAUT_MIX_LAYERS],
                                             taut_mixture_state *state);

/** Tension N of the patch at a trial stretch, natural configurations as they stand, N/m. */
void taut__mixture_tension(const taut_mixture *mixture, const taut_mixture_state *state, const double lambda[2],
                           double N[2]);

/** What instruments and tables want to know. */
typedef struct taut_mixture_reading {
  double lambda[2], contraction;  /**< 1 - mean stretch */
  double tension[2];              /**< N, N/m */
  double h[TAUT_MIX_LAYERS], h_d; /**< thickness without oedema, mm */
  double J_g[TAUT_MIX_LAYERS];
  double m_M[TAUT_MIX_LAYERS], m_N[TAUT_MIX_LAYERS]; /**< load-bearing collagen, old and new, rest 1 */
  double e_N[TAUT_MIX_LAYERS];                       /**< elastic stretch of new collagen, lambda/r_N, along axis 0 */
  double phi_e[TAUT_MIX_LAYERS], m_en[TAUT_MIX_LAYERS]; /**< elastin at g_e (rest 1) and new elastin (rest 0) */
  double fibres[TAUT_MIX_LAYERS];                       /**< fibre mass per volume, (C3 + Cn + Cx)/(rest J_g) */
  double connectivity[TAUT_MIX_LAYERS];                 /**< q/q_rest, q = 1 - X/(C3 + Cn + Cx + X) */
} taut_mixture_reading;
taut_mixture_reading taut__mixture_read(const taut_mixture *mixture, const taut_mixture_state *state);
/** Layers for the instruments (mechanics.md 4.6).  @param film  thickness of SC and VE now, mm */
taut_skin_law taut__mixture_law(const taut_mixture *mixture, const taut_mixture_state *state, const double film[2]);

/** Surroundings of a circular patch in an infinite sheet on a shear foundation (mechanics.md 4.3). */
typedef struct taut_surround {
  double k_s;          /**< stiffness of the surroundings for the mean contraction, N/m */
  double length;       /**< ell, mm: how far a pull reaches */
  double mean, centre; /**< contraction of the patch mean and of its centre per tension gained, m/N */
  double centre_ratio; /**< centre relative to a small patch in the same sheet, rho K1(rho) */
} taut_surround;
/** @param radius  mm; @param k_p  membrane stiffness, N/m; mu_h kPa, h_hy mm, nu Poisson's ratio of the sheet */
taut_surround taut__surround(double radius, double k_p, double mu_h, double h_hy, double nu);
/** Sets k_s of a patch of a given area, mm2. */
void taut__mixture_surround(taut_mixture *mixture, const taut_mechanics_params *p, double area);

#endif
