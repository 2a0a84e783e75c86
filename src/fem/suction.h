/* The suction instrument by finite elements: one probe on one skin, a protocol of suction cycles, and what the maker's
 * software would read off the curve (mechanics.md 5).
 *
 * Axisymmetric, large strain: biquadratic displacement, linear discontinuous pressure, suction that follows the deformed
 * surface, over-stress viscosity at the Gauss points.  Not captured: the spring that presses the probe to the skin, the
 * rounding of the rim, anisotropy of the skin (in-plane directions are averaged), flow of tissue water.
 *
 * Units: mm, kPa, s.  No function here keeps state of its own: instruments may run in several threads at once. */
#ifndef TAUT_FEM_SUCTION_H
#define TAUT_FEM_SUCTION_H

#include "fem/system.h"
#include "mechanics/fast.h"

/** Suction in cycles: linear rise, hold to `on`, linear fall, rest to `on + off`. */
typedef struct taut_suction_protocol {
  double pressure; /**< kPa below that of the air; 45 is 450 mbar */
  double ramp;     /**< duration of rise and of fall, s */
  double on, off;  /**< s; longer than 0.1, where Ue and Ur are read */
  int cycles;
  int refine; /**< time points of a half cycle: 5 in the ramp, 3 to 0.1 s, 9 beyond, each times this */
} taut_suction_protocol;
/** 450 mbar, 0.03 s ramps, 2 s on, 2 s off, once, default time points. */
taut_suction_protocol taut__suction_protocol(void);
/** Time points of a protocol, t = 0 left out. */
int taut__suction_points(const taut_suction_protocol *protocol);
/** Fills time[points + 1] and pressure[points + 1], t = 0 first. */
void taut__suction_schedule(const taut_suction_protocol *protocol, double *time, double *pressure);

/** What is read off a curve.  Ue = u(0.1 s), Uf = u(on), Ur = Uf - u(on + 0.1 s), Ua = Uf - u(on + off), Uv = Uf - Ue.
 *  R0 = Uf, R1 = Uf - Ua, R2 = Ua/Uf, R3 = end of the last suction, R4 = end of the last rest, R5 = Ur/Ue, R6 = Uv/Ue,
 *  R7 = Ur/Uf, R8 = Ua, R9 = R3 - R0.  F0 to F4 are areas as this project defines them (mm s), not the maker's, and never
 *  to be compared with published F values: F0 above the first suction curve up to Uf, F1 below the first release curve,
 *  F2 = F0 of the last cycle, F3 and F4 below the ends of suction and of rest.  Ratios are NAN where the skin did not move,
 *  F3 and F4 with a single cycle. */
typedef struct taut_suction_reading {
  double Ue, Uf, Ur, Ua, Uv; /**< mm */
  double R[10];
  double F[5];
} taut_suction_reading;
/** Reads a curve u[points + 1] given at the time points of the protocol. */
taut_suction_reading taut__suction_read(const taut_suction_protocol *protocol, const double *time, const double *u);

/** One measurement. */
typedef struct taut_suction {
  taut_fem_setup probe;
  taut_suction_protocol protocol;
} taut_suction;
/** Glued ring, patch of the radius that mechanics.md 5 names (6 a up to 1 mm, 4 a for wider apertures), given mesh. */
taut_suction taut__suction_default(const taut_skin_law *skin, double aperture_radius, taut_mesh_level level);
/** INPUT with the place where a measurement cannot be made as described. */
TAUT_MUST_USE taut_err taut__suction_check(taut_context *context, const char *where, const taut_suction *suction);

/** A measurement made. */
typedef struct taut_suction_result {
  taut_suction_reading reading;
  int points;                     /**< time points, t = 0 left out */
  double *time, *pressure, *apex; /**< [points + 1]: s, kPa, mm; owned */
  double error_mesh;              /**< estimated relative error of R0 from the mesh, see taut__suction_mesh_error */
  double error_time;              /**< the same from the time points */
  int unknowns;                   /**< free displacements */
  long steps, retries;            /**< steps made; steps halved because Newton's method failed */
  taut_fem_work work;
  double seconds;   /**< time taken */
  char reason[200]; /**< empty, or why there is no result */
} taut_suction_result;

/** Runs a measurement that passed taut__suction_check.  NUMERICS when a step fails even when cut to 1/64: `reason` says at
 *  which time and why, no reading is given (all NAN).  Release with taut__suction_free in every case. */
TAUT_MUST_USE taut_err taut__suction_run(const taut_suction *suction, taut_suction_result *out);
void taut__suction_free(taut_suction_result *result);

/** Estimated relative error of R0 from the mesh: 0.092 times the width of the element at the rim over the aperture's
 *  radius.  Fitted to the default skin, meshes M1 to M5 against their extrapolated limit (mechanics.md T4); an order of
 *  magnitude for other skins. */
double taut__suction_mesh_error(const taut_mesh *mesh);

/** Static curve: apex u[n] (mm) at rising pressures P[n] (kPa), stress S_c + B (S_c - S_c(I)).  NUMERICS with `reason`. */
TAUT_MUST_USE taut_err taut__suction_static(const taut_fem_setup *probe, double B, int n, const double *P, double *u,
                                            char reason[200]);
/** Solves the equilibrium and the glassy curve of the two-curve model (mechanics/fast.h) and fits it.
 *  @param misfit  root mean square of the relative residuals; may be NULL */
TAUT_MUST_USE taut_err taut__suction_curves(taut_context *context, const char *where, const taut_fem_setup *probe,
                                            taut_two_curve *out, double *misfit);

#endif
