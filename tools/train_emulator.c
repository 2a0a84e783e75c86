/* Trains the wide emulator of the suction test (src/mechanics/emulator_wide.c) and writes its table.
 *
 * usage: train-emulator FILE [SKINS [THREADS]]
 *
 * SKINS 4500 by default: five minutes on two cores; 600 try a change of the features in one minute and give errors
 * twice as large.  The library must compile before it can be trained: a new feature needs a row RANGE only by
 * this program, one that is taken away needs its row deleted by hand.
 *
 * Draws skins (emulator_skins.c, Sobol numbers), measures each without and with its new collagen and myofibroblasts by
 * finite elements on mesh M1, fits the polynomial by least squares to values and, with more weight, to what the treatment
 * changes, finds its errors by tenfold cross-validation, and those of changes on pairs of fresh skins under half the
 * treatment.  The same bytes come out of every run by the same compiler on the same kind of processor, by any number of
 * threads. */
#include "emulator_skins.h"
#include "fem/suction.h"

#include <gsl/gsl_blas.h>
#include <gsl/gsl_linalg.h>
#include <gsl/gsl_qrng.h>
#include <math.h>
#include <pthread.h>
#include <stdarg.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>

enum { SKINS = 4500, THREADS = 2, PAIRS = 400, FOLDS = 10, OUTPUTS = TAUT_WIDE_OUTPUTS, TERMS = TAUT_WIDE_TERMS };
enum { FEATURES = TAUT_WIDE_FEATURES, SEED_OF_PAIRS = 1 };
/* Normal equations of terms scaled to a mean square of 1: so small a ridge changes no digit of a value that counts. */
static const double ridge = 1e-8;
/* Weight of a change beside a value: about the ratio of their errors. */
static const double change_weight = 5;

static _Noreturn void stop(const char *format, ...) TAUT_PRINTF(1, 2);

static void stop(const char *format, ...) {
  va_list args;
  va_start(args, format);
  fputs("train-emulator: ", stderr);
  vfprintf(stderr, format, args);
  fputc('\n', stderr);
  va_end(args);
  exit(1);
}

static void *need(void *memory) {
  if (!memory) stop("no memory");
  return memory;
}

/* -------------------------------------------------------------------------------------------- finite elements ---- */

typedef struct sample {
  taut_skin_law skin;
  taut_suction_values value;
  bool failed;
} sample;

typedef struct work {
  sample *sample;
  int n;
  atomic_int next;
} work;

static void measure(sample *s) {
  const taut_suction suction = taut__suction_default(&s->skin, 1, TAUT_MESH_M1);
  taut_suction_result r;
  s->failed = taut__suction_run(&suction, &r) != TAUT_OK;
  s->value = (taut_suction_values){r.reading.R[0], r.reading.Ue, r.reading.R[2], r.reading.R[5], r.reading.R[7]};
  taut__suction_free(&r);
}

static void *measure_some(void *arg) {
  work *w = arg;
  for (int i; (i = atomic_fetch_add(&w->next, 1)) < w->n;) measure(&w->sample[i]);
  return NULL;
}

static void measure_all(sample *s, int n, int threads) {
  work w = {.sample = s, .n = n};
  pthread_t *id = need(taut__alloc((size_t)threads, sizeof *id));
  for (int i = 0; i < threads; i++)
    if (pthread_create(&id[i], NULL, measure_some, &w)) stop("no thread");
  for (int i = 0; i < threads; i++) pthread_join(id[i], NULL);
  free(id);
}

/* s[0] before, s[1] after treatment. */
static bool draw_pair(const emulator_source *source, const double *z, double treated, sample *s) {
  return emulator_skin(source, z, 0, &s[0].skin) && emulator_skin(source, z, treated, &s[1].skin);
}

static void draw_training(const emulator_source *source, int pairs, sample *s) {
  gsl_qrng *sobol = need(gsl_qrng_alloc(gsl_qrng_sobol, EMULATOR_DRAWS));
  double z[EMULATOR_DRAWS];
  for (int i = 0; i < pairs;) {
    gsl_qrng_get(sobol, z);
    i += draw_pair(source, z, 1, &s[2 * i]);
  }
  gsl_qrng_free(sobol);
}

static void draw_test(const emulator_source *source, int pairs, sample *s) {
  double z[EMULATOR_DRAWS];
  int i = 0;
  for (uint64_t k = 0; i < pairs; k++) {
    emulator_fresh_draws(SEED_OF_PAIRS, k, z);
    i += draw_pair(source, z, 0.5, &s[2 * i]);
  }
}

/* --------------------------------------------------------------------------------------------------------- fit ---- */

typedef struct range {
  double nominal, scale, low, high;
} range;

/* Everything the table holds. */
typedef struct emulator {
  range range[FEATURES];
  double coefficient[OUTPUTS][TERMS];
  double whitening[FEATURES][FEATURES], rarest;
  taut_wide_error error[OUTPUTS];
  int runs, failed;
} emulator;

static void features_of(const emulator *e, const taut_skin_law *skin, double x[FEATURES]) {
  double q[FEATURES + TAUT_WIDE_HELD];
  taut__wide_quantities(skin, q);
  for (int i = 0; i < FEATURES; i++) x[i] = log(q[i] / e->range[i].nominal) / e->range[i].scale;
}

static void outputs_of(const taut_suction_values *v, double y[OUTPUTS]) {
  y[TAUT_WIDE_R0] = log(v->R0);
  y[TAUT_WIDE_Ue] = log(v->Ue);
  y[TAUT_WIDE_R2] = log(v->R2 / (1 - v->R2));
  y[TAUT_WIDE_R5] = log(v->R5);
  y[TAUT_WIDE_R7] = log(v->R7 / (1 - v->R7));
}

static void find_ranges(const sample *s, emulator *e) {
  double q[FEATURES + TAUT_WIDE_HELD], sum[FEATURES] = {0}, squares[FEATURES] = {0};
  for (int i = 0; i < FEATURES; i++) e->range[i] = (range){.low = INFINITY, .high = -INFINITY};
  for (int k = 0; k < e->runs; k++) {
    taut__wide_quantities(&s[k].skin, q);
    for (int i = 0; i < FEATURES; i++) {
      const double y = log(q[i]);
      sum[i] += y;
      squares[i] += y * y;
      e->range[i].low = fmin(e->range[i].low, y);
      e->range[i].high = fmax(e->range[i].high, y);
    }
  }
  for (int i = 0; i < FEATURES; i++) {
    range *r = &e->range[i];
    const double mean = sum[i] / e->runs, sd = sqrt(squares[i] / e->runs - mean * mean);
    *r = (range){exp(mean), sd, (r->low - mean) / sd, (r->high - mean) / sd};
  }
}

/* Inverse of the Cholesky factor of the covariance of x; the largest distance met. */
static void find_rarity(const sample *s, emulator *e) {
  gsl_matrix *C = need(gsl_matrix_calloc(FEATURES, FEATURES));
  double x[FEATURES];
  for (int k = 0; k < e->runs; k++) {
    features_of(e, &s[k].skin, x);
    const gsl_vector_const_view v = gsl_vector_const_view_array(x, FEATURES);
    gsl_blas_dsyr(CblasLower, 1.0 / e->runs, &v.vector, C);
  }
  if (gsl_linalg_cholesky_decomp1(C)) stop("features depend on each other");
  for (int j = 0; j < FEATURES; j++) {
    for (int i = 0; i < FEATURES; i++) {
      double sum = i == j;
      for (int m = j; m < i; m++) sum -= gsl_matrix_get(C, i, m) * e->whitening[m][j];
      e->whitening[i][j] = i < j ? 0 : sum / gsl_matrix_get(C, i, i);
    }
  }
  for (int k = 0; k < e->runs; k++) {
    features_of(e, &s[k].skin, x);
    double distance = 0;
    for (int i = 0; i < FEATURES; i++) {
      double w = 0;
      for (int j = 0; j <= i; j++) w += e->whitening[i][j] * x[j];
      distance += w * w;
    }
    e->rarest = fmax(e->rarest, distance);
  }
  gsl_matrix_free(C);
}

/* Normal equations of the folds. */
typedef struct equations {
  gsl_matrix *A; /* TERMS x TERMS, lower half */
  gsl_matrix *b; /* TERMS x OUTPUTS */
} equations;

static equations no_equations(void) {
  return (equations){need(gsl_matrix_calloc(TERMS, TERMS)), need(gsl_matrix_calloc(TERMS, OUTPUTS))};
}

static void free_equations(equations *e) {
  gsl_matrix_free(e->A);
  gsl_matrix_free(e->b);
}

static void add_row(const double term[TERMS], const double y[OUTPUTS], equations *q) {
  for (size_t i = 0; i < TERMS; i++) {
    double *A = gsl_matrix_ptr(q->A, i, 0), *b = gsl_matrix_ptr(q->b, i, 0);
    for (size_t j = 0; j <= i; j++) A[j] += term[i] * term[j];
    for (size_t o = 0; o < OUTPUTS; o++) b[o] += term[i] * y[o];
  }
}

/* The values before and after, and the change. */
static void add_pair(const emulator *e, const sample *s, equations *q) {
  double x[FEATURES], term[2][TERMS], y[2][OUTPUTS];
  for (int i = 0; i < 2; i++) {
    features_of(e, &s[i].skin, x);
    taut__wide_terms(x, term[i]);
    outputs_of(&s[i].value, y[i]);
    add_row(term[i], y[i], q);
  }
  for (int k = 0; k < TERMS; k++) term[1][k] = change_weight * (term[1][k] - term[0][k]);
  for (int o = 0; o < OUTPUTS; o++) y[1][o] = change_weight * (y[1][o] - y[0][o]);
  add_row(term[1], y[1], q);
}

/* Solves the sum of all folds but one (left < 0: of all). */
static void solve(const equations fold[FOLDS], int left, double coefficient[OUTPUTS][TERMS]) {
  equations q = no_equations();
  for (int f = 0; f < FOLDS; f++) {
    if (f == left) continue;
    gsl_matrix_add(q.A, fold[f].A);
    gsl_matrix_add(q.b, fold[f].b);
  }
  double scale[TERMS];
  const double n = gsl_matrix_get(q.A, 0, 0);
  for (size_t i = 0; i < TERMS; i++) scale[i] = sqrt(n / gsl_matrix_get(q.A, i, i));
  for (size_t i = 0; i < TERMS; i++) {
    for (size_t j = 0; j <= i; j++) *gsl_matrix_ptr(q.A, i, j) *= scale[i] * scale[j];
    *gsl_matrix_ptr(q.A, i, i) += n * ridge;
  }
  if (gsl_linalg_cholesky_decomp1(q.A)) stop("the skins do not determine the terms");
  for (size_t o = 0; o < OUTPUTS; o++) {
    gsl_vector_view y = gsl_matrix_column(q.b, o);
    for (size_t i = 0; i < TERMS; i++) *gsl_vector_ptr(&y.vector, i) *= scale[i];
    gsl_linalg_cholesky_svx(q.A, &y.vector);
    for (size_t i = 0; i < TERMS; i++) coefficient[o][i] = gsl_vector_get(&y.vector, i) * scale[i];
  }
  free_equations(&q);
}

static taut_suction_values predict(const emulator *e, double coefficient[OUTPUTS][TERMS], const taut_skin_law *skin) {
  double x[FEATURES], term[TERMS], y[OUTPUTS] = {0};
  features_of(e, skin, x);
  taut__wide_terms(x, term);
  for (int o = 0; o < OUTPUTS; o++)
    for (int k = 0; k < TERMS; k++) y[o] += coefficient[o][k] * term[k];
  return taut__wide_values(y);
}

static void differ(const taut_suction_values *a, const taut_suction_values *b, double d[OUTPUTS]) {
  d[TAUT_WIDE_R0] = log(a->R0 / b->R0);
  d[TAUT_WIDE_Ue] = log(a->Ue / b->Ue);
  d[TAUT_WIDE_R2] = a->R2 - b->R2;
  d[TAUT_WIDE_R5] = a->R5 - b->R5;
  d[TAUT_WIDE_R7] = a->R7 - b->R7;
}

static void fit(const sample *s, emulator *e) {
  equations fold[FOLDS];
  for (int f = 0; f < FOLDS; f++) fold[f] = no_equations();
  for (int k = 0; k < e->runs / 2; k++) add_pair(e, &s[2 * k], &fold[k % FOLDS]);
  static double coefficient[OUTPUTS][TERMS];
  for (int f = 0; f < FOLDS; f++) {
    solve(fold, f, coefficient);
    for (int k = 0; k < e->runs; k++) {
      if (k / 2 % FOLDS != f) continue;
      const taut_suction_values guess = predict(e, coefficient, &s[k].skin);
      double d[OUTPUTS];
      differ(&guess, &s[k].value, d);
      for (int o = 0; o < OUTPUTS; o++) {
        e->error[o].rms += d[o] * d[o] / e->runs;
        e->error[o].max = fmax(e->error[o].max, fabs(d[o]));
      }
    }
  }
  for (int o = 0; o < OUTPUTS; o++) e->error[o].rms = sqrt(e->error[o].rms);
  solve(fold, -1, e->coefficient);
  for (int f = 0; f < FOLDS; f++) free_equations(&fold[f]);
}

/* Root mean square of a change of composition, anchored, over the pairs; returns those of the finite elements. */
static void find_change(const sample *s, int pairs, emulator *e, double size[OUTPUTS]) {
  int n = 0;
  for (int o = 0; o < OUTPUTS; o++) size[o] = 0;
  for (int i = 0; i < pairs; i++) {
    const sample *a = &s[2 * i], *b = a + 1;
    if (a->failed || b->failed) continue;
    const taut_suction_values before = predict(e, e->coefficient, &a->skin);
    const taut_suction_values after = predict(e, e->coefficient, &b->skin);
    double guessed[OUTPUTS], wanted[OUTPUTS];
    differ(&after, &before, guessed);
    differ(&b->value, &a->value, wanted);
    for (int o = 0; o < OUTPUTS; o++) {
      e->error[o].change += pow(guessed[o] - wanted[o], 2);
      size[o] += wanted[o] * wanted[o];
    }
    n++;
  }
  for (int o = 0; o < OUTPUTS; o++) {
    e->error[o].change = sqrt(e->error[o].change / n);
    size[o] = sqrt(size[o] / n);
  }
}

/* ------------------------------------------------------------------------------------------------------- table ---- */

static const char *const output_name[OUTPUTS] = {"R0", "Ue", "R2", "R5", "R7"};

static void write_numbers(FILE *out, const double *x, int n) {
  int column = 1000;
  for (int k = 0; k < n; k++) {
    char text[32];
    const int length = snprintf(text, sizeof text, "%.7g", x[k]);
    if (column + length > 112) column = fprintf(out, "\n  ") - 1;
    column += fprintf(out, "%s%s", text, k + 1 < n ? ", " : "");
  }
}

static void write_head(FILE *out, const emulator *e, const double size[OUTPUTS]) {
  static const char *const label[OUTPUTS] = {"ln R0", "ln Ue", "R2", "R5", "R7"};
  fprintf(out, "/* Wide emulator of the suction test: 2 mm, 450 mbar, 2 s on, 2 s off, rise in 0.03 s, first cycle.\n"
               " * Written by tools/train_emulator.c (`make emulator`); do not edit.\n *\n");
  fprintf(out,
          " * %d finite-element runs on mesh M1: %d skins of tools/emulator_skins.c, Sobol numbers, each without and\n"
          " * with new collagen and myofibroblasts (%d more gave no result in one of them and were left out).  Least\n"
          " * squares of %d terms, changes with weight %g.\n *\n",
          e->runs, e->runs / 2, e->failed, TERMS, change_weight);
  fprintf(out,
          " * Errors against finite elements on the same mesh (which reads R0 0.8 %% low, mechanics.md T4): rms and\n"
          " * maximum by tenfold cross-validation; rms of an anchored change, and of the change itself, over %d fresh\n"
          " * skins (seed %d) under half the treatment:\n *\n",
          PAIRS, SEED_OF_PAIRS);
  for (int o = 0; o < OUTPUTS; o++)
    fprintf(out, " *   %-6s %.4f  %.3f   %.5f of %.4f\n", label[o], e->error[o].rms, e->error[o].max,
            e->error[o].change, size[o]);
  fprintf(out, " *\n"
               " * RANGE(feature, nominal, scale, low, high)     x = ln(quantity/nominal)/scale and its trained range\n"
               " * EMULATED(output, rms, max, rms of a change)   errors, relative of R0 and Ue, absolute of ratios\n"
               " * COEFFICIENTS(output, ...)                     in the order of taut__wide_terms\n"
               " * RAREST(limit), WHITENING(...)                 largest |W x|^2 of the training; lower half of W */\n"
               "/* clang-format off */\n");
}

static void write_table(FILE *out, const emulator *e, const double size[OUTPUTS]) {
  static const char *const macro[] = {"RANGE", "EMULATED", "COEFFICIENTS", "RAREST", "WHITENING"};
  enum { MACROS = sizeof macro / sizeof *macro };
  write_head(out, e, size);
  for (int i = 0; i < MACROS; i++) fprintf(out, "#ifndef %s\n#define %s(...)\n#endif\n", macro[i], macro[i]);
  for (int i = 0; i < FEATURES; i++) {
    const range *r = &e->range[i];
    const char *what;
    double low, high;
    fprintf(out, "RANGE(%s, %.8g, %.8g, %.5f, %.5f)\n", taut__wide_feature_name(i, &what, &low, &high), r->nominal,
            r->scale, r->low, r->high);
  }
  for (int o = 0; o < OUTPUTS; o++)
    fprintf(out, "EMULATED(%s, %.5f, %.4f, %.6f)\n", output_name[o], e->error[o].rms, e->error[o].max,
            e->error[o].change);
  for (int o = 0; o < OUTPUTS; o++) {
    fprintf(out, "COEFFICIENTS(%s,", output_name[o]);
    write_numbers(out, e->coefficient[o], TERMS);
    fputs(")\n", out);
  }
  fprintf(out, "RAREST(%.2f)\nWHITENING(", e->rarest);
  double W[FEATURES * (FEATURES + 1) / 2];
  int n = 0;
  for (int i = 0; i < FEATURES; i++)
    for (int j = 0; j <= i; j++) W[n++] = e->whitening[i][j];
  write_numbers(out, W, n);
  fputs(")\n/* clang-format on */\n", out);
  for (int i = 0; i < MACROS; i++) fprintf(out, "#undef %s\n", macro[i]);
}

/* -------------------------------------------------------------------------------------------------------- main ---- */

/* Keeps the pairs of which both were measured; returns the number of samples left. */
static int drop_failed(sample *s, int pairs) {
  int kept = 0;
  for (int i = 0; i < pairs; i++) {
    if (s[2 * i].failed || s[2 * i + 1].failed) continue;
    s[kept++] = s[2 * i];
    s[kept++] = s[2 * i + 1];
  }
  return kept;
}

int main(int argc, char **argv) {
  if (argc < 2 || argc > 4) stop("usage: train-emulator FILE [SKINS [THREADS]]");
  const int skins = argc > 2 ? atoi(argv[2]) : SKINS, threads = argc > 3 ? atoi(argv[3]) : THREADS;
  if (skins < TERMS || threads < 1) stop("SKINS must be at least %d, THREADS at least 1", TERMS);
  taut_context *context = NULL;
  emulator_source source;
  if (taut_context_create(NULL, &context)) stop("no memory");
  if (emulator_source_create(context, &source)) stop("%s", taut_context_message(context));
  sample *s = need(taut__alloc(2 * ((size_t)skins + PAIRS), sizeof *s)), *pair = s + 2 * skins;
  draw_training(&source, skins, s);
  draw_test(&source, PAIRS, pair);
  measure_all(s, 2 * (skins + PAIRS), threads);
  static emulator e;
  e.runs = drop_failed(s, skins);
  e.failed = skins - e.runs / 2;
  double size[OUTPUTS];
  find_ranges(s, &e);
  find_rarity(s, &e);
  fit(s, &e);
  find_change(pair, PAIRS, &e, size);
  FILE *out = fopen(argv[1], "w");
  if (!out) stop("cannot write %s", argv[1]);
  write_table(out, &e, size);
  if (fclose(out)) stop("cannot write %s", argv[1]);
  for (int o = 0; o < OUTPUTS; o++)
    printf("%-2s rms %.4f, max %.3f, of a change %.5f of %.4f\n", output_name[o], e.error[o].rms, e.error[o].max,
           e.error[o].change, size[o]);
  free(s);
  taut_context_destroy(&context);
  return 0;
}
