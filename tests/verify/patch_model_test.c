/* Sessions of a patch from a case: counts, draws of depth and hole, given points, re-hits, layers, refusals. */
#include "patch_fixture.h"

#define CASE(device, treatment, patch)                                                                                 \
  "patient: {age: 45 years}\nsite: cheek\ndevice: " device "\ntreatment: {" treatment "}\n"                            \
  "model: {scale: patch, accuracy: draft, patch: {" patch "}}\n"

/* A case with a file of points, which stands for %s. */
static scene *points_scene(const char *points, const char *before, const char *after) {
  char path[64], text[1024];
  write_points(points, path);
  snprintf(text, sizeof text, "%s%s%s", before, path, after);
  scene *s = new_scene(text, 1);
  unlink(path);
  return s;
}

static double mean_of(const taut_patch_session *s, size_t member, double *sd) {
  double sum = 0, squares = 0;
  for (int i = 0; i < s->n; i++) sum += *(const double *)(const void *)((const char *)&s->hole[i] + member);
  const double mean_value = sum / s->n;
  for (int i = 0; i < s->n; i++)
    squares += pow(*(const double *)(const void *)((const char *)&s->hole[i] + member) - mean_value, 2);
  *sd = sqrt(squares / (s->n - 1));
  return mean_value;
}

/* ---------------------------------------------------------------------------------------------------- counts ---- */

static void patterns_deliver_their_density(void **state) {
  (void)state;
  static const struct {
    const char *text;
    double density, within; /* per mm2, share */
  } row[] = {
      {CASE("pen_14", "depth: 1 mm, density: 250 /cm^2", "size: 30 mm, spacing: 0.5 mm"), 2.5, 0.09},
      {CASE("pen_14", "depth: 1 mm, density: 250 /cm^2, exact_count: yes", "size: 30 mm, spacing: 0.5 mm"), 2.5, 1e-12},
      {CASE("pen_14", "depth: 1 mm, density: 250 /cm^2, pattern: lattice", "size: 30 mm, spacing: 0.5 mm"), 2.5, 0.02},
      {CASE("roller_192", "depth: 1.5 mm, passes: 15, overlap: 0 %", "size: 30 mm, spacing: 0.5 mm"), 2.292, 0.02},
      {CASE("stamp_grid", "depth: 1 mm, density: 100 /cm^2", "size: 40 mm, spacing: 0.5 mm"), 1, 0.5},
      {CASE("pen_14", "depth: 1 mm, passes: 1", "size: 20 mm, spacing: 0.5 mm"), 16, 0.5},
  };
  for (size_t i = 0; i < sizeof row / sizeof *row; i++) {
    scene *s = new_scene(row[i].text, 1);
    const taut_treat *t = &s->m->treat[0];
    const double area = s->domain->points.area, hits = t->pattern.hits;
    if (!(fabs(hits / row[i].density - 1) < row[i].within))
      fail_msg("%s: %g per mm2, expected %g", row[i].text, hits, row[i].density);
    assert_near("holes", t->pattern.holes * area, t->patch.n, 1e-9 * t->patch.n);
    assert_near("re-hits", t->pattern.rehit_share, 1 - t->pattern.holes / hits, 1e-14);
    for (int k = 0; k < t->patch.n; k++) {
      const taut_patch_puncture *p = &t->patch.at[k];
      assert_true(p->x >= 0 && p->x < s->domain->patch.side && p->y >= 0 && p->y < s->domain->patch.side);
      assert_true(p->depth > 0 && p->bleeding >= 0 && p->bleeding <= 1);
    }
    free_scene(s);
  }
}

static void cells_are_those_of_the_pattern(void **state) {
  (void)state;
  scene *s = new_scene(CASE("pen_14", "depth: 1 mm, density: 250 /cm^2", "size: 60 mm, spacing: 0.5 mm"), 1);
  assert_near("CV of random cells", s->m->treat[0].pattern.cv_area, 0.529, 0.02);
  free_scene(s);
  s = new_scene(CASE("pen_14", "depth: 1 mm, density: 250 /cm^2, pattern: lattice", "size: 60 mm, spacing: 0.5 mm"), 1);
  assert_near("CV of a lattice", s->m->treat[0].pattern.cv_area, 0, 1e-6);
  free_scene(s);
}

static bool same_holes(const taut_patch_session *a, const taut_patch_session *b) {
  return a->n == b->n && memcmp(a->at, b->at, (size_t)a->n * sizeof *a->at) == 0;
}

#define COURSE(sessions, seed)                                                                                         \
  "patient: {age: 45 years}\nsite: cheek\ndevice: pen_14\ntreatment: {depth: 1 mm, density: 250 /cm^2}\n"              \
  "model: {scale: patch, accuracy: draft, patch: {size: 10 mm, spacing: 0.2 mm}}\nschedule.sessions: " sessions        \
  "\nseed: " seed "\n"

static void a_session_draws_for_itself(void **state) {
  (void)state;
  scene *four = new_scene(COURSE("4", "1"), 1), *again = new_scene(COURSE("4", "1"), 1),
        *two = new_scene(COURSE("[{at: 0 days, density: 100 /cm^2}, {at: 28 days}]", "1"), 1),
        *other = new_scene(COURSE("4", "2"), 1);
  for (int i = 0; i < 4; i++) {
    const taut_patch_session *s = &four->m->treat[i].patch;
    assert_true(same_holes(s, &again->m->treat[i].patch));
    assert_false(same_holes(s, &other->m->treat[i].patch));
    for (int j = 0; j < i; j++) {
      assert_false(same_holes(s, &four->m->treat[j].patch));
      assert_true(s->at[0].x != four->m->treat[j].patch.at[0].x);
    }
  }
  assert_true(same_holes(&four->m->treat[1].patch, &two->m->treat[1].patch));
  assert_int_equal(four->m->domain_count, 1);
  free_scene(four), free_scene(again), free_scene(two), free_scene(other);
}

/* ----------------------------------------------------------------------------------------------------- draws ---- */

static void depth_and_hole_vary_as_the_document_says(void **state) {
  (void)state;
  scene *s = new_scene(CASE("pen_14", "depth: 1 mm, density: 250 /cm^2", "size: 60 mm, spacing: 0.5 mm"), 1);
  const taut_patch_session *holes = &s->m->treat[0].patch;
  const taut_needling_params *p = taut__case_params(s->c, "needling");
  taut_depth_spread spread;
  assert_true(holes->n > 8000);
  assert_int_equal(
      taut__depth_spread(s->context, p, &s->m->skin, &s->c->device, &s->c->treatment, 1.0, 100000, false, 9, &spread),
      TAUT_OK);
  double sd, recoil_sd;
  const double depth = mean_of(holes, offsetof(taut_hole, depth), &sd);
  /* needles differ by s_n, but a session has only 14 of them: that part of the mean does not average out */
  const double needles = p->s_n * s->m->treat[0].puncture.dimple / sqrt(14);
  assert_near("mean depth", depth, spread.mean, 4 * spread.sd / sqrt(holes->n) + 4 * needles);
  assert_near("SD of the depth", sd / spread.sd, 1, 0.05);
  const double recoil = mean_of(holes, offsetof(taut_hole, recoil), &recoil_sd);
  assert_near("mean recoil", recoil, p->c_r, 4 * p->c_r * p->sg_hole / sqrt(holes->n));
  double logs = 0, squares = 0;
  for (int i = 0; i < holes->n; i++) {
    logs += log(holes->hole[i].recoil);
    squares += pow(log(holes->hole[i].recoil), 2);
  }
  assert_near("SD of ln recoil", sqrt(squares / holes->n - pow(logs / holes->n, 2)), p->sg_hole, 0.05 * p->sg_hole);
  assert_near("reported depth is that of the hits", s->m->treat[0].puncture.depth, depth, 0.05 * sd);
  free_scene(s);
}

static int ascending(const void *a, const void *b) {
  const double x = *(const double *)a, y = *(const double *)b;
  return (x > y) - (x < y);
}

static void a_needle_keeps_its_nature(void **state) {
  (void)state;
  scene *s = new_scene(CASE("{name: pen_14, tolerance: 0 mm}", "depth: 1 mm, density: 250 /cm^2",
                            "size: 10 mm, spacing: 0.2 mm") "parameters: {needling: {s_h: 0, s_n: 0.1}}\n",
                       1);
  const taut_patch_session *holes = &s->m->treat[0].patch;
  double depth[1000];
  int different = 1;
  assert_true(holes->n > 100 && holes->n < 1000);
  for (int i = 0; i < holes->n; i++) depth[i] = holes->hole[i].depth;
  qsort(depth, (size_t)holes->n, sizeof *depth, ascending);
  for (int i = 1; i < holes->n; i++) different += depth[i] != depth[i - 1];
  assert_int_equal(different, 14);
  free_scene(s);
}

static void without_variation_all_holes_are_the_mean_one(void **state) {
  (void)state;
  scene *s = new_scene(CASE("pen_14", "depth: 1 mm, density: 250 /cm^2", "size: 5 mm, spacing: 0.1 mm, vary: no"), 1);
  const taut_treat *t = &s->m->treat[0];
  const taut_needling_params *p = taut__case_params(s->c, "needling");
  taut_puncture q;
  assert_int_equal(taut__puncture(s->context, p, &s->m->skin, &s->c->device, &s->c->treatment, 1.0, NAN, &q), TAUT_OK);
  assert_true(t->puncture.depth == q.depth && t->puncture.bleeding == q.bleeding);
  const taut_patch_punctures on_patch = taut__patch_punctures(s->m, t);
  for (int i = 0; i < t->patch.n; i++)
    for (double z = 0; z < 1; z += 0.1) {
      assert_true(on_patch.needle(on_patch.user, i, z) == taut__track_needle_radius(&q, z));
      assert_true(on_patch.hole(on_patch.user, i, z) == taut__track_hole_radius(&q, z));
      assert_true(t->patch.at[i].bleeding == q.bleeding && t->patch.at[i].depth == q.depth);
    }
  free_scene(s);
}

static void deeper_holes_bleed_more_often(void **state) {
  (void)state;
  scene *s = points_scene("session,x_mm,y_mm,depth_mm\n1,1,1,0.05\n1,2,1,0.2\n1,3,1,0.5\n1,4,1,0.9\n",
                          "patient: {age: 45 years}\nsite: cheek\ntreatment: {depth: 1 mm, points: ",
                          "}\nmodel: {scale: patch, patch: {size: 5 mm, spacing: 0.1 mm}}\n");
  const taut_patch_session *p = &s->m->treat[0].patch;
  assert_int_equal(p->n, 4);
  assert_true(p->at[0].bleeding < 0.01);
  for (int i = 1; i < 4; i++) assert_true(p->at[i].bleeding > p->at[i - 1].bleeding);
  assert_true(p->at[3].bleeding > 0.8);
  double sum = 0;
  for (int i = 0; i < 4; i++) sum += p->at[i].bleeding / 4;
  assert_near("mean bleeding", s->m->treat[0].puncture.bleeding, sum, 1e-15);
  free_scene(s);
}

/* Fibrin and platelets of a hole: its own P_bleed, and plasma where it does not bleed (design rule 3). */
static void clot_follows_the_bleeding_of_each_hole(void **state) {
  (void)state;
  scene *s = points_scene("session,x_mm,y_mm,depth_mm\n1,1,1,0.14\n1,3,1,0.6\n",
                          "patient: {age: 45 years}\nsite: cheek\ntreatment: {depth: 1 mm, points: ",
                          "}\nmodel: {scale: patch, patch: {size: 4 mm, spacing: 0.04 mm}}\n");
  const taut_treat *t = &s->m->treat[0];
  const taut_healing_params *p = &s->m->healing->p;
  const taut_patch_punctures punctures = taut__patch_punctures(s->m, t);
  taut_patch_damage *damage;
  assert_int_equal(taut__patch_damage_create(s->context, s->domain, &punctures, &damage), TAUT_OK);
  assert_true(t->patch.at[0].bleeding > 0.02 && t->patch.at[0].bleeding < 0.8 * t->patch.at[1].bleeding);
  double fb[2] = {0}, q[2] = {0}, expected_fb[2] = {0}, expected_q[2] = {0};
  injure(s);
  int first, count;
  count_points(s, TAUT_H_fb, &first, &count);
  for (int k = s->domain->points.layer_plane[1]; k < taut__patch_damage_planes(damage); k++) {
    assert_int_equal(taut__patch_damage_plane(damage, k), TAUT_OK);
    const taut_wounds w = taut__patch_damage_wounds(damage);
    for (int i = 0; i < s->domain->nr; i++) {
      const int side = i % 100 < 50 ? 0 : 1, at = s->domain->plane_start[k] + i;
      const double v = s->domain->volume[at], P = t->patch.at[side].bleeding;
      fb[side] += v * s->u[TAUT_H_fb][at - first];
      q[side] += v * s->u[TAUT_H_q][at - first];
      expected_q[side] += v * (w.hole[i] + p->fblood * w.annulus[i]) * P;
      expected_fb[side] += v * (w.hole[i] * (P + 0.2 * (1 - P)) + p->fblood * w.annulus[i] * P);
    }
  }
  for (int side = 0; side < 2; side++) {
    assert_near("fibrin", fb[side], expected_fb[side], 1e-12 * expected_fb[side]);
    assert_near("platelets", q[side], expected_q[side], 1e-12 * expected_q[side]);
  }
  taut__patch_damage_destroy(&damage);
  free_scene(s);
}

static void given_depths_are_reached_exactly(void **state) {
  (void)state;
  scene *s = points_scene("session,x_mm,y_mm,depth_mm\n1,1,1,0.35\n1,2,1,\n1,3,1,1.0\n",
                          "patient: {age: 45 years}\nsite: cheek\ntreatment: {depth: 1 mm, points: ",
                          "}\nmodel: {scale: patch, patch: {size: 5 mm, spacing: 0.1 mm}}\n");
  const taut_hole *h = s->m->treat[0].patch.hole;
  assert_true(h[0].depth == 0.35 && h[2].depth == 1.0 && h[1].depth != 0.35);
  assert_true(h[0].line == 2 && h[2].line == 4);
  assert_true(h[0].recoil != h[1].recoil); /* the hole varies all the same */
  free_scene(s);
  s = new_scene(CASE("pen_14", "depth: 1 mm, achieved_depth: 0.4 mm, density: 250 /cm^2", "size: 5 mm"), 1);
  for (int i = 0; i < s->m->treat[0].patch.n; i++) assert_true(s->m->treat[0].patch.hole[i].depth == 0.4);
  free_scene(s);
}

static void a_hit_into_a_hole_makes_none(void **state) {
  (void)state;
  /* r_c is the radius of the mean hole, some 30 um; the last pair meets across the edge */
  scene *s = points_scene("session,x_mm,y_mm\n1,1,1\n1,1.01,1\n1,1,1\n1,1.2,1\n1,0.005,3\n1,4.995,3\n",
                          "patient: {age: 45 years}\nsite: cheek\ntreatment: {depth: 1 mm, points: ",
                          "}\nmodel: {scale: patch, patch: {size: 5 mm, spacing: 0.1 mm}}\n");
  const taut_treat *t = &s->m->treat[0];
  assert_int_equal(t->patch.n, 3);
  assert_near("hits", t->pattern.hits * 25, 6, 1e-12);
  assert_near("re-hits", t->pattern.rehit_share, 0.5, 1e-15);
  assert_true(t->patch.hole[1].line == 5 && t->patch.hole[2].line == 6);
  free_scene(s);
}

/* ---------------------------------------------------------------------------------------- volumes and layers ---- */

static void volumes_on_the_grid_are_those_of_the_punctures(void **state) {
  (void)state;
  scene *s = new_scene(CASE("roller_192", "depth: 1.5 mm, passes: 5", "size: 6 mm"), 1);
  const taut_treat *t = &s->m->treat[0];
  const taut_patch_punctures punctures = taut__patch_punctures(s->m, t);
  taut_patch_damage *damage;
  assert_int_equal(taut__patch_damage_create(s->context, s->domain, &punctures, &damage), TAUT_OK);
  double hole = 0;
  for (int k = 0; k < taut__patch_damage_planes(damage); k++) {
    assert_int_equal(taut__patch_damage_plane(damage, k), TAUT_OK);
    const taut_wounds w = taut__patch_damage_wounds(damage);
    for (int i = 0; i < s->domain->nr; i++) hole += w.hole[i] * s->domain->volume[s->domain->plane_start[k] + i];
  }
  const double expected = t->patch.n * t->puncture.hole_volume; /* mean over the hits; few re-hits */
  assert_near("volume of the holes", hole / expected, 1, 0.01);
  taut__patch_damage_destroy(&damage);
  free_scene(s);
}

static bool warned(const scene *s, const char *words) {
  for (size_t i = 0; i < s->m->warnings.count; i++)
    if (strstr(s->m->warnings.item[i], words)) return true;
  return false;
}

static void the_tissue_holds_the_deepest_hole(void **state) {
  (void)state;
  scene *s = new_scene(CASE("pen_14", "depth: 2.5 mm, density: 250 /cm^2", "size: 10 mm, spacing: 0.2 mm"), 1);
  double deepest = 0;
  for (int i = 0; i < s->m->treat[0].patch.n; i++) deepest = fmax(deepest, s->m->treat[0].patch.at[i].depth);
  assert_true(deepest > s->m->skin.total);
  assert_near("bottom", s->domain->z[s->domain->points.planes], deepest + 0.5, 1e-12);
  assert_false(warned(s, "cut off"));
  free_scene(s);
  /* thin fat: most holes end in it, some of the drawn ones not */
  s = new_scene(
      "patient: {age: 45 years}\nsite: {name: cheek, thickness: {dermis: 0.9 mm, fat: 0.4 mm}}\ndevice: pen_14\n"
      "treatment: {depth: 2 mm, density: 250 /cm^2}\nparameters: {needling: {s_h: 0.6}}\n"
      "model: {scale: patch, accuracy: draft, patch: {size: 10 mm, spacing: 0.2 mm}}\n",
      1);
  assert_true(warned(s, "holes end below the computed tissue"));
  assert_near("bottom is that of the fat", s->domain->z[s->domain->points.planes], s->m->skin.total + s->m->skin.fat,
              1e-12);
  free_scene(s);
}

static void a_coarse_grid_is_warned_of(void **state) {
  (void)state;
  scene *s = new_scene(CASE("pen_14", "depth: 1 mm, density: 250 /cm^2", "size: 5 mm, spacing: 0.2 mm"), 1);
  assert_true(warned(s, "do not resolve needles"));
  free_scene(s);
  s = new_scene(CASE("pen_14", "depth: 1 mm, density: 250 /cm^2", "size: 5 mm, spacing: 0.02 mm"), 1);
  assert_false(warned(s, "do not resolve needles"));
  free_scene(s);
}

static void dense_needling_and_none_are_computed(void **state) {
  (void)state;
  scene *s = new_scene(CASE("pen_14", "depth: 1 mm, density: 3000 /cm^2", "size: 2 mm"), 2);
  rest(s, 0.1);
  injure(s);
  for (int f = 0; f < TAUT_H_FIELDS; f++) {
    int first, count;
    count_points(s, f, &first, &count);
    for (int i = 0; i < count; i++) assert_true(s->u[f][i] >= 0);
  }
  free_scene(s);
  s = new_scene(CASE("pen_14", "depth: 1 mm", "size: 2 mm") "schedule: {sessions: 0, follow_up: [1 day]}\n", 1);
  assert_true(s->m->untreated && s->m->treat[0].patch.n == 0);
  free_scene(s);
}

/* -------------------------------------------------------------------------------------------------- refusals ---- */

static void refused(const char *text, taut_err expected, const char *message) {
  taut_context *context;
  taut_case *c = NULL;
  taut_model *m = NULL;
  assert_int_equal(taut_context_create(NULL, &context), TAUT_OK);
  if (taut__case_parse(context, &taut__registry, "case.yaml", text, strlen(text), NULL, 0, &c))
    fail_msg("%s", taut_context_message(context));
  assert_int_equal(taut__model_create(context, c, &m), expected);
  assert_null(m);
  if (!strstr(taut_context_message(context), message)) fail_msg("%s", taut_context_message(context));
  taut_case_destroy(&c);
  taut_context_destroy(&context);
}

static void what_a_patch_cannot_hold_is_refused(void **state) {
  (void)state;
  refused(CASE("rf_25", "depth: 1 mm, density: 100 /cm^2", "size: 5 mm"), TAUT_ERR_NOT_AVAILABLE,
          "the heat of radiofrequency needles is not available in this version");
  refused(CASE("pen_14", "depth: 1 mm, density: 1 /cm^2", "size: 0.5 mm"), TAUT_ERR_INPUT,
          "case.yaml:5:54: a patch of 0.5 mm receives no puncture in session 1; expected a larger patch or a higher "
          "density");
  char path[64], text[512], message[256];
  write_points("session,x_mm,y_mm,depth_mm\n1,1,1,0.5\n1,2,2,2.4\n", path);
  snprintf(text, sizeof text,
           "patient: {age: 45 years}\nsite: {name: cheek, thickness: {dermis: 0.9 mm, fat: 0.9 mm}}\n"
           "treatment: {depth: 2.5 mm, points: %s}\nmodel: {scale: patch, patch: {size: 5 mm, spacing: 0.1 mm}}\n",
           path);
  snprintf(message, sizeof message, "%s:3:1: a track of 2.4 mm leaves the computed tissue of", path);
  refused(text, TAUT_ERR_INPUT, message);
  unlink(path);
}

/* A case with points, its model, its injury: without memory somewhere, a MEMORY error and nothing left behind. */
static taut_err course_of(taut_context *context, const char *text) {
  taut_case *c = NULL;
  taut_model *m = NULL;
  taut_err err = taut__case_parse(context, &taut__registry, "case.yaml", text, strlen(text), NULL, 0, &c);
  if (!err) err = taut__model_create(context, c, &m);
  double *u[TAUT_H_FIELDS] = {NULL};
  for (int f = 0; !err && f < TAUT_H_FIELDS; f++) {
    u[f] = taut__alloc_doubles((size_t)m->domains[0]->points.n);
    if (!u[f]) err = TAUT_ERR_MEMORY;
  }
  if (!err) err = taut__patch_injure(context, m, &m->treat[0], u);
  for (int f = 0; f < TAUT_H_FIELDS; f++) free(u[f]);
  taut__model_destroy(&m);
  taut_case_destroy(&c);
  return err;
}

static void missing_memory_is_reported_wherever_it_is_missing(void **state) {
  (void)state;
  char path[64], text[512];
  write_points("session,x_mm,y_mm\n1,0.2,0.2\n1,0.5,0.7\n", path);
  snprintf(text, sizeof text,
           "patient: {age: 45 years}\nsite: cheek\ntreatment: {depth: 1 mm, points: %s}\n"
           "model: {scale: patch, accuracy: draft, patch: {size: 1 mm, spacing: 0.1 mm}}\n",
           path);
  taut_context *context;
  assert_int_equal(taut_context_create(NULL, &context), TAUT_OK);
  assert_non_null(taut__data_dir(context)); /* asked for once a program */
  int failures = 0, fine = 0; /* some pieces of memory can be done without: five in a row are beyond the last one */
  for (long n = 1; fine < 5; n += 1 + n / 200) {
    taut__alloc_fail_after(n);
    const taut_err err = course_of(context, text);
    taut__alloc_fail_after(0);
    if (err && err != TAUT_ERR_MEMORY) fail_msg("allocation %ld: %d, %s", n, (int)err, taut_context_message(context));
    fine = err ? 0 : fine + 1;
    failures += err != TAUT_OK;
  }
  assert_true(failures > 100);
  unlink(path);
  taut_context_destroy(&context);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(patterns_deliver_their_density),
      cmocka_unit_test(cells_are_those_of_the_pattern),
      cmocka_unit_test(a_session_draws_for_itself),
      cmocka_unit_test(depth_and_hole_vary_as_the_document_says),
      cmocka_unit_test(a_needle_keeps_its_nature),
      cmocka_unit_test(without_variation_all_holes_are_the_mean_one),
      cmocka_unit_test(deeper_holes_bleed_more_often),
      cmocka_unit_test(clot_follows_the_bleeding_of_each_hole),
      cmocka_unit_test(given_depths_are_reached_exactly),
      cmocka_unit_test(a_hit_into_a_hole_makes_none),
      cmocka_unit_test(volumes_on_the_grid_are_those_of_the_punctures),
      cmocka_unit_test(the_tissue_holds_the_deepest_hole),
      cmocka_unit_test(a_coarse_grid_is_warned_of),
      cmocka_unit_test(dense_needling_and_none_are_computed),
      cmocka_unit_test(what_a_patch_cannot_hold_is_refused),
      cmocka_unit_test(missing_memory_is_reported_wherever_it_is_missing),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
