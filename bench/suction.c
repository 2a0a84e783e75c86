/* How fast is the suction instrument?  A cycle on each mesh, and where the time goes.  The answer is checked against the
 * reference results of the model document. */
#include "bench.h"
#include "fem/suction.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

enum { REPEATS = 9, INNER = 40 };

static int failures;

static void good(taut_err err) {
  if (!err) return;
  fprintf(stderr, "bench: %s\n", taut_err_text(err));
  exit(1);
}

/* Seconds of processor time: the machine may be shared, and the target is for one core. */
static double processor_now(void) {
  struct timespec t;
  clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &t);
  return (double)t.tv_sec + 1e-9 * (double)t.tv_nsec;
}

/* Median seconds of one assembly, one factorisation, one substitution and one correction, at a state under suction. */
typedef struct parts {
  double assembly, factorisation, substitution, correction;
} parts;

static parts time_parts(taut_fem *fem) {
  double a[INNER], f[INNER], s[INNER], c[INNER], norm;
  for (int i = 0; i < INNER; i++) {
    double from = processor_now();
    taut__fem_assemble(fem, 45, &norm);
    a[i] = processor_now() - from;
    from = processor_now();
    taut__fem_correct(fem);
    c[i] = processor_now() - from;
    taut__fem_assemble(fem, 45, &norm);
    from = processor_now();
    fem->k->factor(&fem->matrix);
    f[i] = processor_now() - from;
    from = processor_now();
    fem->k->substitute(&fem->matrix, fem->rhs);
    s[i] = processor_now() - from;
  }
  return (parts){bench_median(a, INNER), bench_median(f, INNER), bench_median(s, INNER), bench_median(c, INNER)};
}

/* Multiplications and additions of the factorisation: the square of what is left of each column. */
static double factor_flops(const taut_ldl *m) {
  double sum = 0;
  for (int j = 0; j < m->n; j++) {
    const double rows = m->reach[j / TAUT_LDL_PANEL] - j;
    sum += rows * rows;
  }
  return sum;
}

static void time_mesh(const taut_skin_law *skin, taut_mesh_level level, double R0, double target, double aim) {
  const taut_suction s = taut__suction_default(skin, 1, level);
  double seconds[REPEATS];
  taut_suction_result r;
  for (int i = 0; i < REPEATS; i++) {
    const double from = processor_now();
    good(taut__suction_run(&s, &r));
    seconds[i] = processor_now() - from;
    if (fabs(r.reading.R[0] - R0) > 1e-4) failures++;
    taut__suction_free(&r);
  }
  taut_fem *fem = NULL;
  good(taut__fem_create(&s.probe, &fem));
  for (int i = 1; i <= 5; i++)
    if (taut__fem_step(fem, &skin->viscosity, 0.006, 9 * i)) failures++;
  const parts p = time_parts(fem);
  const double peak = bench_flops(); /* beside it, as the machine may be shared */
  const double flops = factor_flops(&fem->matrix), median = bench_median(seconds, REPEATS);
  printf("M%d %6d %6d %5ld %6ld %8.3f %8.3f %8.3f %8.3f %8.3f %8.1f %6.1f %5.0f %%", (int)level, r.unknowns,
         fem->equations, r.steps, r.work.solves, median, seconds[0], 1e3 * p.assembly, 1e3 * p.factorisation,
         1e3 * p.substitution, 1e-6 * flops, 1e-9 * flops / p.factorisation, 1e-7 * flops / p.factorisation / peak);
  if (target > 0) {
    printf("   target %.1f s: %s, aim %.1f s: %s", target, median <= target ? "met" : "MISSED", aim,
           median <= aim ? "met" : "missed");
  }
  printf("\n");
  if (level == TAUT_MESH_M2) {
    const double solves = (double)r.work.solves, steps = (double)r.steps;
    printf("   of the cycle: assembly %.0f %%, factorisation %.0f %%, rest of the corrections %.0f %%\n",
           100 * (solves + steps) * p.assembly / median, 100 * solves * p.factorisation / median,
           100 * solves * (p.correction - p.factorisation) / median);
  }
  taut__fem_destroy(&fem);
}

/* The wide emulator, features and range included. */
static void time_emulator(const taut_skin_law *skin) {
  enum { CALLS = 1000 };
  const double target = 20e-6;
  double seconds[REPEATS], sum = 0;
  for (int i = 0; i < REPEATS; i++) {
    const double from = bench_now();
    for (int k = 0; k < CALLS; k++) {
      double x[TAUT_WIDE_FEATURES + TAUT_WIDE_HELD];
      taut__wide_features(skin, x);
      if (taut__wide_outside(x) >= 0) failures++;
      sum += taut__emulate_wide(x).R0 / CALLS / REPEATS;
    }
    seconds[i] = (bench_now() - from) / CALLS;
  }
  if (fabs(sum - 0.26929) > 0.02) failures++;
  const double median = bench_median(seconds, REPEATS);
  printf("emulator, features and range included: %.2f us   target %.0f us: %s\n", 1e6 * median, 1e6 * target,
         median <= target ? "met" : "MISSED");
}

int main(void) {
  taut_context *context = NULL;
  taut_mechanics_params params;
  taut_material material;
  good(taut_context_create(NULL, &context));
  good(taut__param_defaults(context, &taut__mechanics_table, &params));
  const taut_mechanics_person person = taut__mechanics_reference_person(&params);
  good(taut__material_create(context, &params, &person, &material));
  const taut_skin_law skin = taut__material_law(&material);
  printf("taut %s (%s), one core, kernels for %s, fused multiply-adds %.1f GFlop/s\n", taut_version(), taut_commit(),
         taut__cpu_v3() ? "x86-64-v3" : "the base instruction set", bench_flops());
  printf("\none suction cycle, 2 mm, 450 mbar, 2 s and 2 s, reference skin; seconds of processor time, medians of %d "
         "cycles and %d linear systems\n",
         REPEATS, INNER);
  printf("%-2s %6s %6s %5s %6s %8s %8s %8s %8s %8s %8s %6s %7s\n", "", "free", "banded", "steps", "solves", "cycle s",
         "min s", "assem ms", "fact ms", "subst ms", "MFlop", "GF/s", "of peak");
  time_mesh(&skin, TAUT_MESH_M1, 0.26929, 0, 0);
  time_mesh(&skin, TAUT_MESH_M2, 0.26999, 0.8, 0.3);
  time_mesh(&skin, TAUT_MESH_M3, 0.27050, 0, 0);

  double v[REPEATS];
  for (int i = 0; i < REPEATS; i++) {
    const taut_suction s = taut__suction_default(&skin, 1, TAUT_MESH_M1);
    taut_two_curve curves;
    const double from = processor_now();
    good(taut__suction_curves(context, "bench", &s.probe, &curves, NULL));
    v[i] = processor_now() - from;
  }
  printf("\nboth static curves of the two-curve model on M1: %.3f s\n", bench_median(v, REPEATS));
  time_emulator(&skin);
  taut_context_destroy(&context);
  if (failures) printf("%d checks failed\n", failures);
  return failures != 0;
}
