/* What the tests of a patch share: a case with punctures at given places, its model, and a state of its own. */
#ifndef TAUT_TESTS_PATCH_FIXTURE_H
#define TAUT_TESTS_PATCH_FIXTURE_H

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#include "course/patch_injury.h"

static const double pi = 3.14159265358979323846;

/* A model of a case and a state on its patch. */
typedef struct scene {
  taut_context *context;
  taut_case *c;
  taut_model *m;
  const taut_domain *domain;
  double *u[TAUT_H_FIELDS];
} scene;

/* Writes a file of punctures; the caller removes it. */
static inline void write_points(const char *text, char path[64]) {
  snprintf(path, 64, "/tmp/taut_points_XXXXXX");
  const int file = mkstemp(path);
  assert_true(file >= 0);
  assert_int_equal(write(file, text, strlen(text)), (ssize_t)strlen(text));
  close(file);
}

static inline void count_points(const scene *s, int f, int *first, int *count) {
  taut__field_points(&s->m->healing->set.field[f], &s->domain->points, first, count);
}

/* Fills the state with the rest state, each value times 1 + roughness * random, by place: the same on every cut into slabs. */
static inline void rest(scene *s, double roughness) {
  const taut_points *points = &s->domain->points;
  const taut_patch_grid *g = &s->domain->patch;
  for (int f = 0; f < TAUT_H_FIELDS; f++) {
    int first, count;
    count_points(s, f, &first, &count);
    for (int layer = 0; layer < TAUT_LAYERS; layer++)
      for (int k = points->layer_plane[layer]; k < points->layer_plane[layer + 1]; k++)
        for (int i = 0; i < s->domain->nr; i++) {
          const int p = points->plane_start[k] + i;
          const uint64_t place = ((uint64_t)k * (uint64_t)g->n + (uint64_t)g->y_first) * (uint64_t)g->n + (uint64_t)i;
          if (p < first || p >= first + count) continue;
          s->u[f][p - first] =
              s->m->healing->set.rest[f][layer] * (1 + roughness * taut__uniform(5, (uint64_t)f, place)) +
              0.1 * roughness * taut__uniform(6, (uint64_t)f, place);
        }
  }
}

static inline scene *new_shared_scene(const char *text, int threads, taut_comm *comm) {
  scene *s = calloc(1, sizeof *s);
  const taut_context_options options = {.threads = threads};
  assert_int_equal(taut_context_create(&options, &s->context), TAUT_OK);
  taut__set_comm(s->context, comm);
  if (taut__case_parse(s->context, &taut__registry, "case.yaml", text, strlen(text), NULL, 0, &s->c) ||
      taut__model_create(s->context, s->c, &s->m))
    fail_msg("%s", taut_context_message(s->context));
  s->domain = s->m->domains[0];
  for (int f = 0; f < TAUT_H_FIELDS; f++) s->u[f] = taut__alloc_doubles((size_t)s->domain->points.n);
  rest(s, 0);
  return s;
}

static inline scene *new_scene(const char *text, int threads) {
  return new_shared_scene(text, threads, NULL);
}

static inline void free_scene(scene *s) {
  for (int f = 0; f < TAUT_H_FIELDS; f++) free(s->u[f]);
  taut__model_destroy(&s->m);
  taut_case_destroy(&s->c);
  taut_context_destroy(&s->context);
  free(s);
}

/* A scene of the reference injury with punctures at places given as text; spacing and size in mm. */
static inline scene *shared_reference_scene(const char *points, double size, double spacing, int threads,
                                            taut_comm *comm) {
  char path[64], text[1024];
  write_points(points, path);
  snprintf(text, sizeof text,
           "patient: {age: 40 years}\n"
           "treatment: {depth: 1.5 mm, points: %s}\n"
           "model: {scale: patch, injury: reference, layers: reference, defaults: documents, grid: G1,\n"
           "        patch: {size: %.17g mm, spacing: %.17g mm}}\n",
           path, size, spacing);
  scene *s = new_shared_scene(text, threads, comm);
  unlink(path);
  return s;
}

static inline scene *reference_scene(const char *points, double size, double spacing, int threads) {
  return shared_reference_scene(points, size, spacing, threads, NULL);
}

/* Punctures that overlap, touch, cross the edges and the corner, coincide, stand alone; on a square of 1 mm. */
static const char crowd[] = "session,x_mm,y_mm,depth_mm\n"
                            "1,0.50,0.50,\n1,0.56,0.50,0.7\n1,0.53,0.55,\n1,0.53,0.53,1.2\n"
                            "1,0.01,0.40,\n1,0.99,0.99,\n1,0.30,0.005,0.5\n"
                            "1,0.20,0.75,\n1,0.20,0.75,\n1,0.75,0.20,\n";

static inline void injure(scene *s) {
  if (taut__patch_injure(s->context, s->m, &s->m->treat[0], s->u)) fail_msg("%s", taut_context_message(s->context));
}

static inline double integral(const scene *s, int f, int plane) {
  const taut_points *points = &s->domain->points;
  int first, count;
  double sum = 0;
  count_points(s, f, &first, &count);
  for (int i = points->plane_start[plane]; i < points->plane_start[plane + 1]; i++)
    if (i >= first && i < first + count) sum += points->volume[i] * s->u[f][i - first];
  return sum;
}

/* Volume mean over layers a .. b. */
static inline double mean(const scene *s, int f, int a, int b) {
  const taut_points *points = &s->domain->points;
  double sum = 0, volume = 0;
  for (int k = points->layer_plane[a]; k < points->layer_plane[b + 1]; k++) {
    sum += integral(s, f, k);
    volume += points->area * (points->z[k + 1] - points->z[k]);
  }
  return sum / volume;
}

static inline void assert_near(const char *what, double found, double expected, double tolerance) {
  if (!(fabs(found - expected) <= tolerance)) fail_msg("%s: %.12g, expected %.12g", what, found, expected);
}

#endif
