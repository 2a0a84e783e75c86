/* Ultrasound, and the noise of single readings (mechanics.md 9.1, 2.1).
 *
 *   thickness = h_d + oedema + us_offset
 *   echo = exp(a_f ln fibres + a_q ln(q/q_rest) - a_w (water - 1))
 *
 * Assumptions: echo density is not collagen mass; new thin collagen in wet tissue can lower it first and raise it late, so
 * only late values may be compared to trials.  Exponents have no calibration: report relative units. */
#include "mechanics/clinic.h"

#include <math.h>

double taut__ultrasound_thickness(const taut_mechanics_params *p, double h_d, double oedema) {
  return h_d + oedema + p->us_offset;
}

double taut__echo_density(const taut_mechanics_params *p, double fibres, double connectivity, double water) {
  return pow(fibres, p->a_f) * pow(connectivity, p->a_q) * exp(-p->a_w * (water - 1));
}

double taut__echo_band(const taut_mechanics_params *p, double photoage) {
  return p->echo_band * photoage;
}

double taut__read_thickness(const taut_mechanics_params *p, double value, uint64_t seed, uint64_t index) {
  return value + p->us_noise * taut__normal(seed, taut__stream("mechanics.us_noise"), index);
}

double taut__read_echo(const taut_mechanics_params *p, double value, uint64_t seed, uint64_t index) {
  return value * exp(p->echo_noise * taut__normal(seed, taut__stream("mechanics.echo_noise"), index));
}

double taut__read_roughness(const taut_mechanics_params *p, double value, uint64_t seed, uint64_t index) {
  return value * exp(p->Ra_noise * taut__normal(seed, taut__stream("mechanics.Ra_noise"), index));
}

taut_suction_values taut__read_suction(const taut_mechanics_params *p, const taut_suction_values *value, uint64_t seed,
                                       uint64_t index) {
  taut_suction_values read = *value;
  double common = exp(p->noise_R0 * taut__normal(seed, taut__stream("mechanics.noise_R0"), index));
  read.R0 *= common;
  read.Ue *= common;
  read.R2 += p->noise_R2 * taut__normal(seed, taut__stream("mechanics.noise_R2"), index);
  read.R5 += p->noise_R5 * taut__normal(seed, taut__stream("mechanics.noise_R5"), index);
  read.R7 += p->noise_R7 * taut__normal(seed, taut__stream("mechanics.noise_R7"), index);
  return read;
}
