/* Maps of a patch: columns, spread, worst places, means by distance to the nearest puncture, pictures. */
#include "observe_fixture.h"

#include "observe/maps.h"

enum { N = 42, WIDE = 170 };

static patch *new_patch(int threads) {
  return patch_of(N, (const int[TAUT_LAYERS]){2, 3, 5, 2}, threads);
}

/* Punctures anywhere on the square, or all in one corner of it. */
static taut_patch_puncture *punctures(int n, double side, uint64_t seed, bool clustered) {
  taut_patch_puncture *at = calloc((size_t)n + 1, sizeof *at);
  for (int i = 0; i < n; i++) {
    const double x = taut__uniform(seed, 0, (uint64_t)i), y = taut__uniform(seed, 1, (uint64_t)i);
    at[i] = (taut_patch_puncture){.x = side * (clustered ? x * x * x : x), .y = side * (clustered ? y * y * y : y)};
  }
  return at;
}

/* Distance to the nearest of all punctures and of their images. */
static double brute_distance(double side, int n, const taut_patch_puncture *at, double x, double y) {
  double best = INFINITY;
  for (int i = 0; i < n; i++)
    for (int a = -1; a <= 1; a++)
      for (int b = -1; b <= 1; b++) best = fmin(best, hypot(at[i].x + a * side - x, at[i].y + b * side - y));
  return best;
}

static void distance_is_that_to_the_nearest_image(void **state) {
  (void)state;
  taut_context *context = new_context();
  static const int count[] = {1, 2, 3, 5, 17, 90, 400};
  const double side = N * spacing;
  for (size_t c = 0; c < sizeof count / sizeof *count; c++)
    for (int clustered = 0; clustered <= 1; clustered++) {
      taut_patch_puncture *at = punctures(count[c], side, 7 + c, clustered);
      double distance[N * N];
      for (int i = 0; i < N * N; i++) distance[i] = INFINITY;
      assert_int_equal(taut__map_distance(context, side, N, count[c], at, distance), TAUT_OK);
      for (int i = 0; i < N * N; i++) {
        const double x = (i % N + 0.5) * spacing, y = (i / N + 0.5) * spacing;
        assert_true(fabs(distance[i] - brute_distance(side, count[c], at, x, y)) < 1e-14);
      }
      free(at);
    }
  taut_context_destroy(&context);
}

static void a_further_session_only_brings_punctures_nearer(void **state) {
  (void)state;
  taut_context *context = new_context();
  const double side = N * spacing;
  taut_patch_puncture *all = punctures(30, side, 3, false);
  double parts[N * N], whole[N * N];
  for (int i = 0; i < N * N; i++) parts[i] = whole[i] = INFINITY;
  assert_int_equal(taut__map_distance(context, side, N, 0, NULL, parts), TAUT_OK);
  assert_true(parts[0] == INFINITY);
  assert_int_equal(taut__map_distance(context, side, N, 12, all, parts), TAUT_OK);
  assert_int_equal(taut__map_distance(context, side, N, 18, all + 12, parts), TAUT_OK);
  assert_int_equal(taut__map_distance(context, side, N, 30, all, whole), TAUT_OK);
  assert_memory_equal(parts, whole, sizeof whole);
  free(all);
  taut_context_destroy(&context);
}

static void quantiles_lie_between_ordered_numbers(void **state) {
  (void)state;
  const double x[] = {1, 2, 4, 8, 16};
  assert_true(taut__quantile(x, 5, 0) == 1 && taut__quantile(x, 5, 1) == 16 && taut__quantile(x, 5, 0.5) == 4);
  near(taut__quantile(x, 5, 0.05), 1.2, 1e-14);
  near(taut__quantile(x, 5, 0.95), 14.4, 1e-14);
  assert_true(taut__quantile(x, 1, 0.3) == 1);
}

/* Maps of one visit. */
static taut_maps *maps_of(patch *x, int sessions, const taut_patch_punctures *session) {
  const double day = 7;
  taut_maps *maps;
  const taut_sample sample = sample_of(x);
  assert_int_equal(taut__maps_create(x->context, x->domain, 1, &day, &maps), TAUT_OK);
  assert_int_equal(taut__maps_take(x->context, maps, 0, x->h, &sample, sessions, session), TAUT_OK);
  return maps;
}

static double layered(const patch *x, int f, int layer, int i, int j, int k) {
  (void)i, (void)j;
  return x->h->set.rest[f][layer] * (1 + 0.01 * f) + 0.01 + 1e-3 * (f % 5) * k;
}

/* Quantities and observables of the whole patch. */
static void whole_patch(const patch *x, double quantity[TAUT_QUANTITIES], double observable[TAUT_OBSERVABLES]) {
  const taut_sample sample = sample_of(x);
  taut_view view;
  taut__view(x->h, 1, &sample, &view);
  taut__observe(x->h, &view, observable);
  taut__quantities(x->h, &view, observable, quantity);
}

static int quantity_named(const char *name) {
  for (int q = 0; q < TAUT_QUANTITIES; q++)
    if (!strcmp(taut__quantity[q].name, name)) return q;
  return -1;
}

static void equal_columns_have_the_quantities_of_the_patch(void **state) {
  (void)state;
  patch *x = new_patch(1);
  fill(x, layered);
  double quantity[TAUT_QUANTITIES], observable[TAUT_OBSERVABLES];
  whole_patch(x, quantity, observable);
  taut_maps *maps = maps_of(x, 0, NULL);
  int named = 0;
  for (int m = 0; m < TAUT_MAPS; m++) {
    const int q = quantity_named(taut__map[m].name);
    const double expected = q >= 0 ? quantity[q] : x->h->p.F0 * observable[TAUT_O_A_max];
    if (q >= 0) assert_string_equal(taut__map[m].unit, taut__quantity[q].unit);
    named += q >= 0;
    near(maps->spread[m].mean, expected, 1e-13);
    near(maps->spread[m].q05, expected, 1e-13);
    near(maps->spread[m].q95, expected, 1e-13);
    assert_true(maps->spread[m].sd <= 1e-13 * fabs(expected));
    assert_true(maps->spread[m].largest.x == 0.5 * maps->spacing && isnan(maps->spread[m].largest.distance));
  }
  assert_int_equal(named, TAUT_MAPS - 1);
  taut__maps_destroy(&maps);
  free_patch(x);
}

static void linear_maps_have_the_mean_and_extrema_of_the_patch(void **state) {
  (void)state;
  patch *x = new_patch(1);
  fill(x, scattered);
  double quantity[TAUT_QUANTITIES], observable[TAUT_OBSERVABLES];
  whole_patch(x, quantity, observable);
  taut_maps *maps = maps_of(x, 0, NULL);
  static const int linear[][2] = {{TAUT_MAP_collagen_stain_papillary, TAUT_Q_collagen_stain_papillary},
                                  {TAUT_MAP_collagen_papillary, TAUT_Q_collagen_papillary},
                                  {TAUT_MAP_collagen_total, TAUT_Q_collagen_total},
                                  {TAUT_MAP_collagen_new, TAUT_Q_collagen_new},
                                  {TAUT_MAP_elastin_mature, TAUT_Q_elastin_mature},
                                  {TAUT_MAP_hyaluronan, TAUT_Q_hyaluronan},
                                  {TAUT_MAP_myofibroblasts, TAUT_Q_myofibroblasts},
                                  {TAUT_MAP_inflammation, TAUT_Q_inflammation},
                                  {TAUT_MAP_barrier_plug, TAUT_Q_barrier_plug}};
  for (size_t i = 0; i < sizeof linear / sizeof *linear; i++)
    near(maps->spread[linear[i][0]].mean, quantity[linear[i][1]], 1e-12);
  assert_true(maps->spread[TAUT_MAP_epidermal_cover].smallest.value == quantity[TAUT_Q_epidermal_cover]);
  assert_true(maps->spread[TAUT_MAP_myofibroblasts_peak].largest.value == x->h->p.F0 * observable[TAUT_O_A_max]);
  taut__maps_destroy(&maps);
  free_patch(x);
}

/* Barrier in waves along x and y. */
static double waves(const patch *x, int f, int layer, int i, int j, int k) {
  if (f != TAUT_H_bar) return layered(x, f, layer, i, j, k);
  return 0.5 + 0.2 * cos(turn * i / x->n) + 0.1 * sin(turn * j / x->n);
}

static int ascending(const void *a, const void *b) {
  return (*(const double *)a > *(const double *)b) - (*(const double *)a < *(const double *)b);
}

static void spread_of_waves_is_that_on_paper(void **state) {
  (void)state;
  patch *x = new_patch(1);
  fill(x, waves);
  taut_maps *maps = maps_of(x, 0, NULL);
  const taut_map_spread *s = &maps->spread[TAUT_MAP_barrier_plug];
  near(s->mean, 0.5, 1e-13);
  near(s->sd, sqrt(0.5 * (0.2 * 0.2 + 0.1 * 0.1)), 1e-13);
  double value[N * N];
  for (int i = 0; i < N * N; i++) value[i] = waves(x, TAUT_H_bar, 0, i % N, i / N, 0);
  qsort(value, N * N, sizeof *value, ascending);
  near(s->q05, taut__quantile(value, N * N, 0.05), 1e-14);
  near(s->q50, taut__quantile(value, N * N, 0.50), 1e-14);
  near(s->q95, taut__quantile(value, N * N, 0.95), 1e-14);
  taut__maps_destroy(&maps);
  free_patch(x);
}

static void worst_places_are_found_with_their_puncture(void **state) {
  (void)state;
  patch *x = new_patch(1);
  fill(x, layered);
  const taut_points *q = &x->domain->points;
  const int at = 17 * N + 5; /* column x 5, y 17 */
  x->u[TAUT_H_A][q->plane_start[q->layer_plane[TAUT_RETICULAR] + 2] + at - first_of(x, TAUT_H_A)] = 0.7;
  x->u[TAUT_H_K][q->plane_start[1] + at + 1] = 0.02;
  const taut_patch_puncture puncture = {.x = 5.5 * spacing, .y = (17.5 - 3) * spacing};
  const taut_patch_punctures session = {.n = 1, .at = &puncture};
  taut_maps *maps = maps_of(x, 1, &session);
  const taut_map_place most = maps->spread[TAUT_MAP_myofibroblasts_peak].largest,
                       least = maps->spread[TAUT_MAP_epidermal_cover].smallest;
  near(most.value, 0.7 * x->h->p.F0, 1e-14);
  near(most.x, 5.5 * spacing, 1e-14);
  near(most.y, 17.5 * spacing, 1e-14);
  near(most.distance, 3 * spacing, 1e-13);
  near(least.value, 0.02, 1e-14);
  near(least.x, 6.5 * spacing, 1e-14);
  near(least.distance, sqrt(10) * spacing, 1e-13);
  taut__maps_destroy(&maps);
  free_patch(x);
}

static void profiles_are_means_by_distance(void **state) {
  (void)state;
  patch *x = new_patch(1);
  fill(x, scattered);
  const double side = N * spacing;
  taut_patch_puncture *at = punctures(9, side, 11, false);
  const taut_patch_punctures session[2] = {{.n = 6, .at = at}, {.n = 3, .at = at + 6}};
  taut_maps *maps = maps_of(x, 2, session);
  for (int d = 0; d < TAUT_NEAREST; d++) {
    double count[N] = {0}, sum[N] = {0};
    for (int i = 0; i < N * N; i++) {
      const double px = (i % N + 0.5) * spacing, py = (i / N + 0.5) * spacing;
      const double r =
          d == TAUT_NEAREST_ANY ? brute_distance(side, 9, at, px, py) : brute_distance(side, 3, at + 6, px, py);
      count[(int)(r / spacing)]++;
      sum[(int)(r / spacing)] += x->u[TAUT_H_bar][i];
    }
    double columns = 0;
    for (int b = 0; b < maps->bins; b++) {
      const double *entry = taut__map_profile(maps, 0, d, b);
      columns += entry[0];
      if (b < N) assert_true(entry[0] == count[b]);
      if (b < N && count[b] > 0) near(entry[1 + TAUT_MAP_barrier_plug], sum[b] / count[b], 1e-13);
    }
    assert_true(columns == N * N);
  }
  free(at);
  taut__maps_destroy(&maps);
  free_patch(x);
}

static void before_the_first_session_there_is_no_distance(void **state) {
  (void)state;
  patch *x = new_patch(1);
  fill(x, scattered);
  taut_maps *maps = maps_of(x, 0, NULL);
  for (int b = 0; b < maps->bins; b++) assert_true(taut__map_profile(maps, 0, TAUT_NEAREST_ANY, b)[0] == 0);
  assert_true(isnan(maps->spread[0].smallest.distance));
  taut__maps_destroy(&maps);
  free_patch(x);
}

static void columns_of_slabs_are_those_of_the_whole(void **state) {
  (void)state;
  patch *x = new_patch(1);
  fill(x, scattered);
  const taut_sample sample = sample_of(x);
  double *whole = calloc(TAUT_MAPS * N * N, sizeof *whole);
  taut__map_columns(x->h, &sample, whole);
  for (int rank = 0; rank < 4; rank++) {
    int first, count;
    taut__patch_rows(N, rank, 4, &first, &count);
    slab *s = slab_of(x, first, count);
    const taut_sample part = slab_sample(x, s);
    double *value = calloc((size_t)(TAUT_MAPS * N * count), sizeof *value);
    taut__map_columns(x->h, &part, value);
    for (int m = 0; m < TAUT_MAPS; m++)
      assert_memory_equal(value + m * N * count, whole + m * N * N + first * N, (size_t)(N * count) * sizeof *value);
    free(value);
    free_slab(s);
  }
  free(whole);
  free_patch(x);
}

static void threads_change_no_bit(void **state) {
  (void)state;
  taut_map_spread first[TAUT_MAPS];
  for (int threads = 1; threads <= 3; threads++) {
    patch *x = new_patch(threads);
    fill(x, scattered);
    const taut_patch_puncture puncture = {.x = 0.1, .y = 0.2};
    const taut_patch_punctures session = {.n = 1, .at = &puncture};
    taut_maps *maps = maps_of(x, 1, &session);
    if (threads == 1) memcpy(first, maps->spread, sizeof first);
    assert_memory_equal(maps->spread, first, sizeof first);
    taut__maps_destroy(&maps);
    free_patch(x);
  }
}

static void pixels_of_a_wide_patch_are_means_of_columns(void **state) {
  (void)state;
  patch *x = patch_of(WIDE, (const int[TAUT_LAYERS]){1, 1, 1, 1}, 1);
  fill(x, scattered);
  taut_maps *maps = maps_of(x, 0, NULL);
  assert_int_equal(maps->pixels, WIDE / 2);
  assert_int_equal(maps->pictures, 1);
  const float *picture = taut__map_picture(maps, 0, TAUT_MAP_barrier_plug);
  const double *bar = x->u[TAUT_H_bar];
  for (int i = 0; i < WIDE / 2; i++)
    for (int j = 0; j < WIDE / 2; j++) {
      const double *at = bar + 2 * j * WIDE + 2 * i, mean = 0.25 * (at[0] + at[1] + at[WIDE] + at[WIDE + 1]);
      assert_true(fabs(picture[j * (WIDE / 2) + i] - mean) <= 1e-6 * mean);
    }
  taut__maps_destroy(&maps);
  free_patch(x);
}

static void pictures_are_taken_at_a_few_visits(void **state) {
  (void)state;
  patch *x = new_patch(1);
  const double day[] = {0, 0.04, 0.25, 1, 3, 7, 28, 90, 150, 180};
  taut_maps *maps;
  assert_int_equal(taut__maps_create(x->context, x->domain, 10, day, &maps), TAUT_OK);
  const int expected[] = {3, 5, 6, 7, 9};
  assert_int_equal(maps->pictures, 5);
  for (int p = 0; p < 5; p++) assert_int_equal(maps->picture_visit[p], expected[p]);
  taut__maps_destroy(&maps);
  assert_int_equal(taut__maps_create(x->context, x->domain, 2, day, &maps), TAUT_OK);
  assert_int_equal(maps->pictures, 1);
  assert_int_equal(maps->picture_visit[0], 1);
  taut__maps_destroy(&maps);
  assert_int_equal(taut__maps_create(x->context, x->domain, 0, day, &maps), TAUT_OK);
  assert_int_equal(maps->pictures, 0);
  taut__maps_destroy(&maps);
  free_patch(x);
}

/* A keeper that writes to and reads from a buffer. */
typedef struct shelf {
  taut_keeper keeper;
  char *data;
  size_t at;
} shelf;

static taut_err shelve(taut_keeper *keeper, const char *name, void *data, taut_kept type, size_t count) {
  shelf *s = (shelf *)(void *)keeper;
  const size_t n = count * taut__kept_size(type);
  (void)name;
  memcpy(keeper->loading ? data : s->data + s->at, keeper->loading ? s->data + s->at : data, n);
  s->at += n;
  return TAUT_OK;
}

static void kept_maps_come_back(void **state) {
  (void)state;
  patch *x = new_patch(1);
  fill(x, scattered);
  const taut_patch_puncture puncture = {.x = 0.1, .y = 0.2};
  const taut_patch_punctures session = {.n = 1, .at = &puncture};
  taut_maps *maps = maps_of(x, 1, &session), *again;
  const double day = 7;
  assert_int_equal(taut__maps_create(x->context, x->domain, 1, &day, &again), TAUT_OK);
  shelf s = {.keeper = {.context = x->context, .item = shelve}, .data = malloc(1 << 22)};
  taut__maps_archive(maps, &s.keeper);
  s.at = 0;
  s.keeper.loading = true;
  taut__maps_archive(again, &s.keeper);
  assert_int_equal(s.keeper.err, TAUT_OK);
  assert_memory_equal(again->spread, maps->spread, TAUT_MAPS * sizeof *maps->spread);
  assert_memory_equal(taut__map_profile(again, 0, 1, 3), taut__map_profile(maps, 0, 1, 3), 15 * sizeof(double));
  assert_memory_equal(taut__map_picture(again, 0, 3), taut__map_picture(maps, 0, 3), N * N * sizeof(float));
  free(s.data);
  taut__maps_destroy(&maps);
  taut__maps_destroy(&again);
  free_patch(x);
}

static void memory_failures_are_reported(void **state) {
  (void)state;
  patch *x = new_patch(1);
  fill(x, scattered);
  const double day = 7;
  const taut_sample sample = sample_of(x);
  const taut_patch_puncture puncture = {.x = 0.1, .y = 0.2};
  const taut_patch_punctures session = {.n = 1, .at = &puncture};
  long n = 1;
  for (bool done = false; !done; n++) {
    taut_maps *maps = NULL;
    taut__alloc_fail_after(n);
    taut_err err = taut__maps_create(x->context, x->domain, 1, &day, &maps);
    if (err) assert_null(maps);
    if (!err) err = taut__maps_take(x->context, maps, 0, x->h, &sample, 1, &session);
    done = !err;
    if (err) assert_int_equal(err, TAUT_ERR_MEMORY);
    taut__maps_destroy(&maps);
    taut__fail_clear(x->context);
  }
  taut__alloc_fail_after(0);
  assert_true(n > 10);
  free_patch(x);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(distance_is_that_to_the_nearest_image),
      cmocka_unit_test(a_further_session_only_brings_punctures_nearer),
      cmocka_unit_test(quantiles_lie_between_ordered_numbers),
      cmocka_unit_test(equal_columns_have_the_quantities_of_the_patch),
      cmocka_unit_test(linear_maps_have_the_mean_and_extrema_of_the_patch),
      cmocka_unit_test(spread_of_waves_is_that_on_paper),
      cmocka_unit_test(worst_places_are_found_with_their_puncture),
      cmocka_unit_test(profiles_are_means_by_distance),
      cmocka_unit_test(before_the_first_session_there_is_no_distance),
      cmocka_unit_test(columns_of_slabs_are_those_of_the_whole),
      cmocka_unit_test(threads_change_no_bit),
      cmocka_unit_test(pixels_of_a_wide_patch_are_means_of_columns),
      cmocka_unit_test(pictures_are_taken_at_a_few_visits),
      cmocka_unit_test(kept_maps_come_back),
      cmocka_unit_test(memory_failures_are_reported),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
