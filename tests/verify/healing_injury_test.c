/* Injury operator (healing.md 7, 16.3, 16.11): reference numbers, conservation, doing nothing, clot of coupled cases. */
#include "healing_fixture.h"

#include "domain/domain.h"
#include "observe/view.h"

/* A resting person on grid G1 with the reference track of 250 punctures/cm2. */
typedef struct scene {
  taut_context *context;
  taut_healing *h;
  taut_domain *domain;
  taut_damage damage;
  double *u[TAUT_H_FIELDS];
  double depth;
} scene;

static double needle(const void *user, double z) {
  const scene *s = user;
  return s->h->p.r0 * fmin(1, (s->depth - z) / s->h->p.tip);
}

static double hole(const void *user, double z) {
  const scene *s = user;
  return s->h->p.fh * needle(user, z);
}

static void count_points(const scene *s, int f, int *first, int *count) {
  taut__field_points(&s->h->set.field[f], &s->domain->points, first, count);
}

/* Fills the state with the rest state, each value times 1 + roughness * random. */
static void rest(scene *s, double roughness) {
  const taut_points *points = &s->domain->points;
  for (int f = 0; f < TAUT_H_FIELDS; f++) {
    int first, count;
    count_points(s, f, &first, &count);
    for (int layer = 0; layer < TAUT_LAYERS; layer++)
      for (int i = points->layer_start[layer]; i < points->layer_start[layer + 1]; i++)
        if (i >= first && i < first + count)
          s->u[f][i - first] = s->h->set.rest[f][layer] * (1 + roughness * taut__uniform(5, (uint64_t)f, (uint64_t)i)) +
                               0.1 * roughness * taut__uniform(6, (uint64_t)f, (uint64_t)i);
  }
}

static scene *new_scene(const taut_healing_params *p, double age, double depth) {
  scene *s = taut__alloc(1, sizeof *s);
  s->context = new_context();
  s->h = new_healing(s->context, p, person_of(age));
  s->depth = depth;
  const taut_track_geometry g = {.lumen = p->fh * p->r0,
                                 .needle = p->r0,
                                 .outer = 1 / sqrt(3.14159265358979323846 * 2.5),
                                 .thickness = {p->h_e, p->h_p, p->h_r, p->h_s},
                                 .n1 = 2,
                                 .n2 = 3,
                                 .n3 = 4,
                                 .rows = {2, 4, 12, 3}};
  assert_int_equal(taut__domain_track(s->context, &g, &s->domain), TAUT_OK);
  const taut_track_profile profile = {depth, needle, hole, s, p->fd};
  assert_int_equal(taut__damage_create(s->context, s->domain, &profile, &s->damage), TAUT_OK);
  s->damage.reference = true;
  s->damage.depth = depth;
  for (int f = 0; f < TAUT_H_FIELDS; f++) s->u[f] = taut__alloc_doubles((size_t)s->domain->points.n);
  rest(s, 0);
  return s;
}

static void free_scene(scene *s) {
  for (int f = 0; f < TAUT_H_FIELDS; f++) free(s->u[f]);
  taut__damage_free(&s->damage);
  taut__domain_destroy(&s->domain);
  taut__healing_destroy(&s->h);
  taut_context_destroy(&s->context);
  free(s);
}

static taut_healing_params defaults(void) {
  taut_context *context = new_context();
  taut_healing_params p = default_params(context);
  taut_context_destroy(&context);
  return p;
}

static void injure(scene *s) {
  taut__healing_injure(s->h, &s->domain->points, &s->damage, s->u);
}

static void observe(const scene *s, double value[TAUT_OBSERVABLES]) {
  double *gate = taut__alloc_doubles((size_t)s->domain->points.n);
  const taut_sample sample = {.domain = s->domain, .weight = 1, .u = s->u, .gate = gate};
  taut_view view;
  taut__view(s->h, 1, &sample, &view);
  taut__observe(s->h, &view, value);
  free(gate);
}

static double integral(const scene *s, int f, int plane) {
  const taut_points *points = &s->domain->points;
  int first, count;
  double sum = 0;
  count_points(s, f, &first, &count);
  for (int i = points->plane_start[plane]; i < points->plane_start[plane + 1]; i++)
    if (i >= first && i < first + count) sum += points->volume[i] * s->u[f][i - first];
  return sum;
}

static void first_session_meets_the_document(void **state) {
  (void)state;
  taut_healing_params p = defaults();
  scene *s = new_scene(&p, 40, p.fz * 1.5);
  injure(s);
  double value[TAUT_OBSERVABLES];
  observe(s, value);
  assert_digits("D_derm", value[TAUT_O_D_derm], 0.01475324, 7);
  assert_digits("fb_derm", value[TAUT_O_fb_derm], 0.008856375, 7);
  assert_digits("F_derm", value[TAUT_O_F_derm], 0.9852468, 7);
  assert_digits("B_pap", value[TAUT_O_B_pap], 0.9494400, 7);
  assert_digits("tewl", value[TAUT_O_tewl], 0.01963495, 7);
  assert_digits("X_pap", value[TAUT_O_X_pap], 1.158989, 7);
  assert_digits("stain_pap", value[TAUT_O_stain_pap], 0.9917261, 7);
  assert_close("mass_derm", value[TAUT_O_mass_derm], 1, 1e-14);
  assert_true(value[TAUT_O_cover_min] == 0);
  free_scene(s);
}

static void matrix_of_every_plane_is_conserved(void **state) {
  (void)state;
  taut_healing_params p = defaults();
  scene *s = new_scene(&p, 40, 1.2);
  for (int i = 0; i < s->domain->points.n; i++) {
    s->damage.thermal[i] = taut__uniform(1, 1, (uint64_t)i);
    s->damage.thermal_kill[i] = taut__uniform(1, 2, (uint64_t)i);
  }
  rest(s, 1);
  int planes = s->domain->points.planes;
  double collagen[64], elastin[64], procollagen[64];
  assert_true(planes <= 64);
  for (int k = 0; k < planes; k++) {
    collagen[k] =
        integral(s, TAUT_H_C3, k) + integral(s, TAUT_H_Cn, k) + integral(s, TAUT_H_Cx, k) + integral(s, TAUT_H_X, k);
    elastin[k] = integral(s, TAUT_H_ev, k) + integral(s, TAUT_H_em, k);
    procollagen[k] = integral(s, TAUT_H_Cp, k);
  }
  injure(s);
  int in_dermis = 0;
  for (int k = 0; k < planes; k++) {
    double after =
        integral(s, TAUT_H_C3, k) + integral(s, TAUT_H_Cn, k) + integral(s, TAUT_H_Cx, k) + integral(s, TAUT_H_X, k);
    assert_close("collagen", after, collagen[k], 1e-14);
    assert_close("elastin", integral(s, TAUT_H_ev, k) + integral(s, TAUT_H_em, k), elastin[k], 1e-14);
    assert_close("procollagen", integral(s, TAUT_H_Cp, k), procollagen[k], 1e-14);
    in_dermis += collagen[k] > 0;
  }
  assert_int_equal(in_dermis, 16);
  for (int f = 0; f < TAUT_H_FIELDS; f++) {
    int first, count;
    count_points(s, f, &first, &count);
    for (int i = 0; i < count; i++) assert_true(s->u[f][i] >= 0 && isfinite(s->u[f][i]));
  }
  free_scene(s);
}

static double *copy_of(const scene *s) {
  size_t n = (size_t)s->domain->points.n;
  double *all = taut__alloc_doubles(n * TAUT_H_FIELDS);
  for (int f = 0; f < TAUT_H_FIELDS; f++) memcpy(all + (size_t)f * n, s->u[f], n * sizeof(double));
  return all;
}

static bool is_copy(const scene *s, const double *all, int f) {
  size_t n = (size_t)s->domain->points.n;
  return memcmp(all + (size_t)f * n, s->u[f], n * sizeof(double)) == 0;
}

static void no_needle_changes_nothing(void **state) {
  (void)state;
  taut_healing_params p = defaults();
  scene *s = new_scene(&p, 40, 0);
  rest(s, 1);
  double *before = copy_of(s);
  injure(s);
  for (int f = 0; f < TAUT_H_FIELDS; f++) assert_true(is_copy(s, before, f));
  free(before);
  free_scene(s);
}

static void harmless_needle_changes_nothing(void **state) {
  (void)state;
  taut_healing_params p = defaults();
  p.alpha = p.kill = p.fblood = p.kB = 0;
  scene *s = new_scene(&p, 40, 0.9);
  int n = s->domain->points.n;
  memset(s->damage.hole, 0, (size_t)n * sizeof(double));
  rest(s, 1);
  double *before = copy_of(s);
  injure(s);
  for (int f = 0; f < TAUT_H_FIELDS; f++) assert_true(is_copy(s, before, f));
  free(before);
  free_scene(s);
}

static void signals_and_enzymes_are_untouched(void **state) {
  (void)state;
  taut_healing_params p = defaults();
  scene *s = new_scene(&p, 40, 0.9);
  rest(s, 1);
  double *before = copy_of(s);
  injure(s);
  const int untouched[] = {TAUT_H_c, TAUT_H_T, TAUT_H_T3, TAUT_H_P, TAUT_H_V, TAUT_H_w1, TAUT_H_w2, TAUT_H_E, TAUT_H_I};
  int changed = 0;
  for (int f = 0; f < TAUT_H_FIELDS; f++) changed += !is_copy(s, before, f);
  for (size_t k = 0; k < sizeof untouched / sizeof *untouched; k++) assert_true(is_copy(s, before, untouched[k]));
  assert_int_equal(changed, TAUT_H_FIELDS - (int)(sizeof untouched / sizeof *untouched));
  free(before);
  free_scene(s);
}

/* One point of one layer, every number by hand. */
static void a_single_point_follows_the_operator(void **state) {
  (void)state;
  taut_healing_params p = defaults();
  scene *s = new_scene(&p, 40, 0.9);
  const taut_points *points = &s->domain->points;
  int plane = points->layer_plane[TAUT_RETICULAR], i = points->plane_start[plane] + 4, n = points->n;
  double *all[] = {s->damage.hole, s->damage.annulus, s->damage.displaced, s->damage.thermal, s->damage.thermal_kill};
  for (int k = 0; k < 5; k++) memset(all[k], 0, (size_t)n * sizeof(double));
  const double h = 0.25, a = 0.5, t = 0.4 * (1 - h), tk = 0.6 * (1 - h);
  s->damage.hole[i] = h, s->damage.annulus[i] = a, s->damage.displaced[i] = 0.75, s->damage.thermal[i] = 0.4;
  s->damage.thermal_kill[i] = 0.6;
  rest(s, 1);
  double old[TAUT_H_FIELDS];
#define AT(name) s->u[TAUT_H_##name][at[TAUT_H_##name]]
  int at[TAUT_H_FIELDS];
  for (int f = 0; f < TAUT_H_FIELDS; f++) {
    int first, count;
    count_points(s, f, &first, &count);
    at[f] = i - first;
    old[f] = lives(s->h, f, TAUT_RETICULAR) ? s->u[f][at[f]] : 0;
  }
  injure(s);
  double killed = 1 - (1 - p.kill * a) * (1 - tk), cut = 1 - (1 - p.alpha * a) * (1 - p.a_th * t);
  assert_close("fb", AT(fb), old[TAUT_H_fb] * (1 - h) + h + p.fblood * a, 1e-14);
  assert_close("q", AT(q), old[TAUT_H_q] * (1 - h) + h + p.fblood * a, 1e-14);
  assert_close("N", AT(N), old[TAUT_H_N] * (1 - h), 1e-14);
  assert_close("Lt", AT(Lt), old[TAUT_H_Lt] * (1 - h), 1e-14);
  assert_close("B", AT(B), old[TAUT_H_B] * (1 - h) * (1 - p.kB * a) * (1 - p.kB_th * t), 1e-14);
  assert_close("D", AT(D), old[TAUT_H_D] * (1 - h) + h + killed * (1 - h), 1e-14);
  assert_close("F", AT(F), old[TAUT_H_F] * (1 - h) * (1 - killed), 1e-14);
  assert_close("S", AT(S), old[TAUT_H_S] * (1 - h) * (1 - killed), 1e-14);
  assert_close("H", AT(H), old[TAUT_H_H] * (1 - h), 1e-14);
  assert_close("Cx", AT(Cx), old[TAUT_H_Cx] * (1 - cut), 1e-14); /* pushed aside within the point, then cut */
  assert_close("X", AT(X), old[TAUT_H_X] + cut * (old[TAUT_H_C3] + old[TAUT_H_Cn] + old[TAUT_H_Cx]), 1e-14);
  assert_close("em", AT(em), old[TAUT_H_em], 1e-14);
  free_scene(s);
}

static void dry_holes_hold_less_clot(void **state) {
  (void)state;
  taut_healing_params p = defaults();
  double fb[3], q[3], value[TAUT_OBSERVABLES];
  const double bleeding[] = {0, 0.5, 1};
  for (int k = 0; k < 3; k++) {
    scene *s = new_scene(&p, 40, 0.9);
    s->damage.reference = false;
    s->damage.bleeding = bleeding[k];
    s->damage.dry = 0.2;
    injure(s);
    observe(s, value);
    fb[k] = value[TAUT_O_fb_derm];
    q[k] = integral(s, TAUT_H_q, 8);
    free_scene(s);
  }
  assert_digits("bleeding for certain: as in the reference", fb[2], 0.008856375, 7);
  assert_true(q[0] == 0 && q[2] > 0);
  assert_close("half", fb[1], (fb[0] + fb[2]) / 2, 1e-12);
  assert_close("half", q[1], q[2] / 2, 1e-12);
  double value_dry[TAUT_OBSERVABLES];
  p.fblood = 0;
  scene *wet = new_scene(&p, 40, 0.9), *dry = new_scene(&p, 40, 0.9);
  dry->damage.reference = false;
  dry->damage.dry = 0.2;
  injure(wet);
  injure(dry);
  observe(wet, value);
  observe(dry, value_dry);
  assert_close("a dry hole", value_dry[TAUT_O_fb_derm], 0.2 * value[TAUT_O_fb_derm], 1e-12);
  free_scene(wet);
  free_scene(dry);
}

static void excision_bed_is_the_one_of_the_document(void **state) {
  (void)state;
  taut_context *context = new_context();
  taut_healing_params p = default_params(context);
  taut_healing *h = new_healing(context, &p, person_of(25));
  taut_domain *zero;
  assert_int_equal(taut__domain_zero(context, &zero), TAUT_OK);
  double store[TAUT_H_FIELDS], *u[TAUT_H_FIELDS];
  for (int f = 0; f < TAUT_H_FIELDS; f++) store[f] = -1, u[f] = &store[f];
  taut__healing_excise(h, &zero->points, u);
  const double expected[TAUT_H_FIELDS] = {
      [TAUT_H_T] = 0.02, [TAUT_H_V] = 0.1, [TAUT_H_E] = 1,   [TAUT_H_I] = 1,  [TAUT_H_fb] = 1,
      [TAUT_H_q] = 0.1,  [TAUT_H_D] = 1,   [TAUT_H_F] = 0.1, [TAUT_H_B] = 0.3};
  for (int f = 0; f < TAUT_H_FIELDS; f++)
    assert_true(store[f] ==
                (lives(h, f, TAUT_RETICULAR) ? expected[f] : -1)); /* nothing is written where nothing lives */
  taut__domain_destroy(&zero);
  taut__healing_destroy(&h);
  taut_context_destroy(&context);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(first_session_meets_the_document),  cmocka_unit_test(matrix_of_every_plane_is_conserved),
      cmocka_unit_test(no_needle_changes_nothing),         cmocka_unit_test(harmless_needle_changes_nothing),
      cmocka_unit_test(signals_and_enzymes_are_untouched), cmocka_unit_test(a_single_point_follows_the_operator),
      cmocka_unit_test(dry_holes_hold_less_clot),          cmocka_unit_test(excision_bed_is_the_one_of_the_document),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
