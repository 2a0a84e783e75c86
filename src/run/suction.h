/* The suction bench: a described skin, one measurement on it, for `taut suction`.
 *
 *   suction_skin.c     file and --set -> skin          suction_measure.c  options -> probe, protocol -> readings
 *   print_suction.c    table and JSON */
#ifndef TAUT_RUN_SUCTION_H
#define TAUT_RUN_SUCTION_H

#include "fem/suction.h"
#include "mechanics/mixture.h"
#include "param/case.h"

typedef struct taut_bench_params {
#define PARAM(name, ...) double name;
#include "run/suction.def"
#undef PARAM
} taut_bench_params;

enum { TAUT_BENCH_TABLES = 16 };

/** A skin under the probe.  Do not move it: its case refers to it. */
typedef struct taut_bench_skin {
  const taut_param_table *table[TAUT_BENCH_TABLES];
  taut_param_registry registry; /**< the parameters of the program and those of the bench */
  taut_case *c;
  bool reference;         /**< no site: the reference skin of the model document, layer by layer */
  taut_material material; /**< before anything is added */
  taut_skin_law law;
  bool composed;              /**< something was added, and the patch found its equilibrium */
  taut_mixture_reading patch; /**< of a composed skin */
  taut_texts warnings;
} taut_bench_skin;

/** Reads and builds a skin.  @param path  NULL: the reference skin and what the sets change in it.
 *  Release with taut__bench_skin_free in every case. */
TAUT_MUST_USE taut_err taut__bench_skin(taut_context *context, const char *path, const char *const *sets, size_t n,
                                        taut_bench_skin *out);
void taut__bench_skin_free(taut_bench_skin *skin);

typedef enum taut_bench_method { TAUT_BENCH_FE, TAUT_BENCH_EMULATOR, TAUT_BENCH_TWO_CURVE } taut_bench_method;

/** One measurement. */
typedef struct taut_bench_reading {
  taut_bench_method method;
  const char *method_name, *mesh; /**< as the user writes them; the mesh of the emulator is the one it was trained on */
  const char *emulator;           /**< narrow, that of the model document, or wide; NULL: none */
  taut_suction suction;           /**< probe and protocol */
  taut_suction_result result;     /**< curve and reading; without a curve points is 0 */
  double error;                   /**< estimated, relative, of R0 */
  long iterations;                /**< linear solves of Newton's method; -1: none were counted */
} taut_bench_reading;

/** Measures.  INPUT with the option that cannot be; NUMERICS with the reason when there is no number.  Warnings go to the
 *  skin.  Release with taut__bench_reading_free in every case. */
TAUT_MUST_USE taut_err taut__bench_measure(taut_context *context, taut_bench_skin *skin,
                                           const taut_suction_options *options, taut_bench_reading *out);
void taut__bench_reading_free(taut_bench_reading *reading);

#endif
