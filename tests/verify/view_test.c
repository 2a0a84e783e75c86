/* The view of a patch: means, rates and extrema of up to millions of points, on threads and processes. */
#include "observe_fixture.h"

enum { N = 72, PLANES = 42 };

static patch *new_patch(int threads) {
  patch *x = patch_of(N, (const int[TAUT_LAYERS]){4, 8, 24, 6}, threads);
  assert_int_equal(x->planes, PLANES);
  return x;
}

static taut_view view_of(const patch *x) {
  const taut_sample sample = sample_of(x);
  taut_view view;
  taut__view(x->h, 1, &sample, &view);
  return view;
}

/* Waves over x and y around a value that is linear in depth. */
static double wave(const patch *x, int f, int layer, int i, int j, int k) {
  (void)layer;
  const double z = 0.5 * (x->domain->z[k] + x->domain->z[k + 1]);
  return (1 + 0.1 * f) * (1 + z) * (1 + 0.3 * cos(turn * i / N) + 0.2 * sin(turn * 2 * j / N)) * 0.1;
}

static void waves_have_their_means_and_extrema(void **state) {
  (void)state;
  patch *x = new_patch(1);
  fill(x, wave);
  const taut_view view = view_of(x);
  const double *z = x->domain->z;
  for (int f = 0; f < TAUT_H_FIELDS; f++)
    for (int l = 0, k = 0; l < TAUT_LAYERS; l++) {
      const int end = x->domain->points.layer_plane[l + 1];
      const double middle = 0.5 * (z[k] + z[end]);
      k = end;
      if (lives(x->h, f, l))
        near(view.mean[f][l], (1 + 0.1 * f) * (1 + middle) * 0.1, 1e-13);
      else
        assert_true(view.mean[f][l] == 0);
    }
  const double top = 0.5 * z[1];
  double most = 0, least = INFINITY;
  for (int i = 0; i < N; i++)
    for (int j = 0; j < N; j++) {
      most = fmax(most, wave(x, TAUT_H_A, 0, i, j, 35));
      least = fmin(least, wave(x, TAUT_H_K, 0, i, j, 0));
    }
  assert_true(view.extra[TAUT_EXTRA_A_MAX] == most);
  assert_true(view.extra[TAUT_EXTRA_COVER_MIN] == least);
  assert_true(view.extra[TAUT_EXTRA_M_MAX] == x->gate[35]);
  near(view.extra[TAUT_EXTRA_TEWL], 1 - (1 + 0.1 * TAUT_H_bar) * (1 + top) * 0.1, 1e-13);
  near(view.thickness[TAUT_RETICULAR], 1.31, 1e-14);
  free_patch(x);
}

/* P and L of field f at point p, by the strip function of one point. */
static void rates_at(const patch *x, int f, taut_layer layer, int plane, int p, double *P, double *L) {
  point at = {.m = x->gate[plane]};
  for (int g = 0; g < TAUT_H_FIELDS; g++)
    if (lives(x->h, g, (int)layer)) at.u[g] = x->u[g][p - first_of(x, g)];
  rates(x->h, x->h->set.strip, x->h->set.drive_default, layer, &at, f, P, L);
}

static void rates_are_means_over_all_points(void **state) {
  (void)state;
  patch *x = new_patch(1);
  fill(x, scattered);
  const taut_view view = view_of(x);
  const taut_points *q = &x->domain->points;
  for (int l = TAUT_PAPILLARY; l <= TAUT_RETICULAR; l++) {
    long double made = 0, weighted = 0;
    for (int r = 0; r < TAUT_RATED_FIELDS; r++) {
      const int f = taut__rated_field[r];
      long double production = 0, loss = 0, volume = 0;
      for (int k = q->layer_plane[l]; k < q->layer_plane[l + 1]; k++)
        for (int p = q->plane_start[k]; p < q->plane_start[k + 1]; p++) {
          double P, L;
          rates_at(x, f, (taut_layer)l, k, p, &P, &L);
          const double v = x->domain->volume[p];
          production += v * P;
          loss += v * L * x->u[f][p - first_of(x, f)];
          volume += v;
          if (f != TAUT_H_C3 && f != TAUT_H_Cn) continue;
          made += v * P;
          weighted += v * P * x->u[TAUT_H_A][p - first_of(x, TAUT_H_A)];
        }
      near(view.production[f][l], (double)(production / volume), 1e-12);
      near(view.loss[f][l], (double)(loss / volume), 1e-12);
    }
    near(view.A_deposit[l], (double)(weighted / made), 1e-12);
  }
  assert_true(view.production[TAUT_H_F][TAUT_RETICULAR] == 0);
  free_patch(x);
}

static void inflammation_is_that_of_the_upper_half_millimetre(void **state) {
  (void)state;
  patch *x = new_patch(1);
  fill(x, scattered);
  const taut_view view = view_of(x);
  const taut_domain *d = x->domain;
  const double from = d->z[4], to = from + 0.5, K = x->h->p.K_c;
  long double sum = 0, clot = 0, volume = 0;
  for (int k = 4; d->z[k] < to; k++)
    for (int p = d->plane_start[k]; p < d->plane_start[k + 1]; p++) {
      const double c = x->u[TAUT_H_c][p], v = fmin(d->z[k + 1], to) - d->z[k];
      sum += v * c / (K + c);
      clot += v * x->u[TAUT_H_fb][p - first_of(x, TAUT_H_fb)];
      volume += v;
    }
  near(view.extra[TAUT_EXTRA_INFL], (double)(sum / volume), 1e-12);
  near(view.extra[TAUT_EXTRA_FB_UPPER], (double)(clot / volume), 1e-12);
  free_patch(x);
}

/* The same value on every column. */
static double layered(const patch *x, int f, int layer, int i, int j, int k) {
  (void)i, (void)j;
  return x->h->set.rest[f][layer] * (1 + 0.01 * f) + 0.01 + 1e-3 * (f % 5) * k;
}

static void same_views(const taut_view *a, const taut_view *b, double relative) {
  for (int l = TAUT_EPIDERMIS; l < TAUT_LAYERS; l++) {
    for (int f = 0; f < TAUT_H_FIELDS; f++) {
      near(a->mean[f][l], b->mean[f][l], relative);
      near(a->production[f][l], b->production[f][l], relative);
      near(a->loss[f][l], b->loss[f][l], relative);
    }
    near(a->A_deposit[l], b->A_deposit[l], relative);
    near(a->thickness[l], b->thickness[l], relative);
  }
  for (int e = 0; e < TAUT_EXTRAS; e++) near(a->extra[e], b->extra[e], relative);
}

static void equal_columns_look_like_a_track(void **state) {
  (void)state;
  patch *x = new_patch(2);
  fill(x, layered);
  const taut_view expected = view_of(x);
  const taut_track_geometry g = {.lumen = 0.03,
                                 .needle = 0.1,
                                 .outer = 0.4,
                                 .thickness = {0.08, 0.23, 1.31, 0.5},
                                 .n1 = 2,
                                 .n2 = 3,
                                 .n3 = 4,
                                 .rows = {4, 8, 24, 6}};
  taut_domain *track;
  assert_int_equal(taut__domain_track(x->context, &g, &track), TAUT_OK);
  taut_sample sample = sample_of(x);
  sample.domain = track;
  double *u[TAUT_H_FIELDS];
  for (int f = 0; f < TAUT_H_FIELDS; f++) {
    int first, count;
    taut__field_points(&x->h->set.field[f], &track->points, &first, &count);
    u[f] = taut__alloc_doubles((size_t)count);
    for (int i = 0; i < count; i++) u[f][i] = x->u[f][i / track->nr * N * N];
  }
  sample.u = u;
  taut_view view;
  taut__view(x->h, 1, &sample, &view);
  same_views(&view, &expected, 1e-13);
  for (int f = 0; f < TAUT_H_FIELDS; f++) free(u[f]);
  taut__domain_destroy(&track);
  free_patch(x);
}

/* The same value at every point of a layer. */
static double uniform(const patch *x, int f, int layer, int i, int j, int k) {
  (void)i, (void)j, (void)k;
  return x->h->set.rest[f][layer] * (1 + 0.01 * f) + 0.01;
}

static void uniform_reticular_dermis_looks_like_the_well_mixed_point(void **state) {
  (void)state;
  patch *x = new_patch(1);
  fill(x, uniform);
  for (int k = 0; k < PLANES; k++) x->gate[k] = 0.2;
  const taut_view patchy = view_of(x);
  taut_domain *zero;
  assert_int_equal(taut__domain_zero(x->context, &zero), TAUT_OK);
  double value[TAUT_H_FIELDS] = {0}, *u[TAUT_H_FIELDS];
  for (int f = 0; f < TAUT_H_FIELDS; f++) {
    u[f] = &value[f];
    if (lives(x->h, f, TAUT_RETICULAR)) value[f] = uniform(x, f, TAUT_RETICULAR, 0, 0, 0);
  }
  taut_sample sample = sample_of(x);
  sample.domain = zero;
  sample.u = u;
  taut_view view;
  taut__view(x->h, 1, &sample, &view);
  for (int f = 0; f < TAUT_H_FIELDS; f++) {
    near(patchy.mean[f][TAUT_RETICULAR], view.mean[f][TAUT_RETICULAR], 1e-13);
    near(patchy.production[f][TAUT_RETICULAR], view.production[f][TAUT_RETICULAR], 1e-13);
    near(patchy.loss[f][TAUT_RETICULAR], view.loss[f][TAUT_RETICULAR], 1e-13);
  }
  near(patchy.A_deposit[TAUT_RETICULAR], view.A_deposit[TAUT_RETICULAR], 1e-13);
  near(patchy.extra[TAUT_EXTRA_INFL], view.extra[TAUT_EXTRA_INFL], 1e-13);
  assert_true(isnan(view.extra[TAUT_EXTRA_TEWL]) && isnan(view.extra[TAUT_EXTRA_COVER_MIN]));
  taut__domain_destroy(&zero);
  free_patch(x);
}

static void threads_change_no_bit(void **state) {
  (void)state;
  taut_view first;
  for (int threads = 1; threads <= 3; threads++) {
    patch *x = new_patch(threads);
    fill(x, scattered);
    for (int again = 0; again < 5; again++) {
      const taut_view view = view_of(x);
      if (threads == 1 && !again) first = view;
      assert_memory_equal(&view, &first, sizeof view);
    }
    free_patch(x);
  }
}

static void slabs_add_up_to_the_whole(void **state) {
  (void)state;
  patch *x = new_patch(1);
  fill(x, scattered);
  const taut_sample sample = sample_of(x);
  taut_view_sums whole, parts = {0};
  taut__view_sums(x->h, &sample, &whole);
  parts.most.A = parts.most.gate = parts.most.uncovered = -INFINITY;
  for (int rank = 0; rank < 5; rank++) {
    int first, count;
    taut__patch_rows(N, rank, 5, &first, &count);
    slab *s = slab_of(x, first, count);
    const taut_sample part = slab_sample(x, s);
    taut_view_sums sums;
    taut__view_sums(x->h, &part, &sums);
    free_slab(s);
    double *to = (double *)&parts.sum;
    const double *from = (const double *)&sums.sum;
    for (size_t i = 0; i < sizeof parts.sum / sizeof *to; i++) to[i] += from[i];
    parts.most.A = fmax(parts.most.A, sums.most.A);
    parts.most.gate = fmax(parts.most.gate, sums.most.gate);
    parts.most.uncovered = fmax(parts.most.uncovered, sums.most.uncovered);
  }
  const double *a = (const double *)&parts.sum, *b = (const double *)&whole.sum;
  for (size_t i = 0; i < sizeof parts.sum / sizeof *a; i++) near(a[i], b[i], 1e-13);
  assert_memory_equal(&parts.most, &whole.most, sizeof whole.most);
  free_patch(x);
}

static void echo(const taut_strip *s, double *restrict P, double *restrict L) {
  for (int i = 0; i < s->n; i++) {
    P[i] = s->gate[i];
    L[i] = s->source[TAUT_H_C3][i] + s->drive[TAUT_DRIVE_YM];
  }
}

static void strips_see_gate_and_sources_of_their_points(void **state) {
  (void)state;
  patch *x = new_patch(1);
  fill(x, scattered);
  taut_strip_fn *strip[TAUT_H_FIELDS];
  for (int f = 0; f < TAUT_H_FIELDS; f++) strip[f] = echo;
  x->h->set.strip = strip;
  taut_sample sample = sample_of(x);
  taut_view bare, fed;
  taut__view(x->h, 1, &sample, &bare);
  sample.source = x->u; /* any numbers */
  taut__view(x->h, 1, &sample, &fed);
  const taut_points *q = &x->domain->points;
  for (int l = TAUT_PAPILLARY; l <= TAUT_RETICULAR; l++) {
    long double gate = 0, square = 0;
    for (int k = q->layer_plane[l]; k < q->layer_plane[l + 1]; k++)
      for (int p = q->plane_start[k]; p < q->plane_start[k + 1]; p++) {
        const double share = x->domain->volume[p] / x->domain->layer_volume[l],
                     u = x->u[TAUT_H_C3][p - first_of(x, TAUT_H_C3)];
        gate += share * x->gate[k];
        square += share * u * u;
      }
    near(bare.production[TAUT_H_em][l], (double)gate, 1e-12);
    near(bare.loss[TAUT_H_C3][l], bare.mean[TAUT_H_C3][l], 1e-12);
    near(fed.loss[TAUT_H_C3][l], bare.mean[TAUT_H_C3][l] + (double)square, 1e-12);
  }
  free_patch(x);
}

static void extrema_are_found_at_the_last_points(void **state) {
  (void)state;
  patch *x = new_patch(1);
  fill(x, scattered);
  const taut_points *q = &x->domain->points;
  x->u[TAUT_H_K][q->layer_start[TAUT_PAPILLARY] - 1] = -1;
  x->u[TAUT_H_A][q->layer_start[TAUT_SUBCUTIS] - 1 - first_of(x, TAUT_H_A)] = 99;
  const taut_view view = view_of(x);
  assert_true(view.extra[TAUT_EXTRA_COVER_MIN] == -1);
  assert_true(view.extra[TAUT_EXTRA_A_MAX] == 99);
  free_patch(x);
}

static void without_a_drive_there_are_no_rates(void **state) {
  (void)state;
  patch *x = new_patch(1);
  fill(x, scattered);
  taut_sample sample = sample_of(x);
  sample.drive = NULL;
  taut_view view;
  taut__view(x->h, 1, &sample, &view);
  for (int f = 0; f < TAUT_H_FIELDS; f++) assert_true(view.production[f][TAUT_PAPILLARY] == 0);
  assert_true(view.mean[TAUT_H_F][TAUT_PAPILLARY] > 0);
  free_patch(x);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(waves_have_their_means_and_extrema),
      cmocka_unit_test(rates_are_means_over_all_points),
      cmocka_unit_test(inflammation_is_that_of_the_upper_half_millimetre),
      cmocka_unit_test(equal_columns_look_like_a_track),
      cmocka_unit_test(uniform_reticular_dermis_looks_like_the_well_mixed_point),
      cmocka_unit_test(threads_change_no_bit),
      cmocka_unit_test(slabs_add_up_to_the_whole),
      cmocka_unit_test(strips_see_gate_and_sources_of_their_points),
      cmocka_unit_test(extrema_are_found_at_the_last_points),
      cmocka_unit_test(without_a_drive_there_are_no_rates),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
