/* Injury of a patch (healing.md 7, 16.3, 16.5): exact overlaps, one puncture against the track, many against conservation,
 * threads and slabs. */
#include "patch_fixture.h"

/* ------------------------------------------------------------------------------------------------- overlaps ---- */

static void cells_of_a_disc_add_up_to_its_area(void **state) {
  (void)state;
  for (int i = 0; i < 200; i++) {
    const double r = 0.01 + 15 * taut__uniform(1, 1, (uint64_t)i), x = taut__uniform(1, 2, (uint64_t)i),
                 y = taut__uniform(1, 3, (uint64_t)i);
    double sum = 0;
    for (int a = -17; a < 17; a++)
      for (int b = -17; b < 17; b++) {
        const double cell = taut__disc_overlap(r, a - x, a + 1 - x, b - y, b + 1 - y);
        assert_true(cell >= 0 && cell <= 1 + 1e-14);
        sum += cell;
      }
    assert_near("area of a disc", sum, pi * r * r, 1e-13 * (1 + pi * r * r));
  }
}

/* Overlap by sampling each rectangle at 400 x 400 midpoints. */
static double sampled(double r, double x0, double x1, double y0, double y1) {
  enum { N = 400 };
  long in = 0;
  for (int i = 0; i < N; i++)
    for (int j = 0; j < N; j++) {
      const double x = x0 + (x1 - x0) * (i + 0.5) / N, y = y0 + (y1 - y0) * (j + 0.5) / N;
      in += x * x + y * y < r * r;
    }
  return (x1 - x0) * (y1 - y0) * (double)in / (N * N);
}

static void overlaps_agree_with_sampling(void **state) {
  (void)state;
  for (int i = 0; i < 300; i++) {
    double v[5];
    for (int k = 0; k < 5; k++) v[k] = taut__uniform(2, (uint64_t)k, (uint64_t)i);
    const double r = 0.1 + v[0], x0 = 3 * v[1] - 1.5, x1 = x0 + 0.05 + v[2], y0 = 3 * v[3] - 1.5, y1 = y0 + 0.05 + v[4];
    const double exact = taut__disc_overlap(r, x0, x1, y0, y1);
    assert_near("overlap", exact, sampled(r, x0, x1, y0, y1), 1.5e-3 * (x1 - x0) * (y1 - y0));
    assert_near("mirrored", taut__disc_overlap(r, -x1, -x0, -y1, -y0), exact, 1e-15);
    assert_near("turned", taut__disc_overlap(r, y0, y1, x0, x1), exact, 1e-14);
  }
}

static void overlaps_of_special_positions_are_exact(void **state) {
  (void)state;
  assert_true(taut__disc_overlap(1, 1, 2, 0, 1) == 0);
  assert_true(taut__disc_overlap(1, -0.1, 0.1, -0.1, 0.1) == 0.2 * 0.2);
  assert_near("disc inside", taut__disc_overlap(0.3, -1, 1, -1, 1), pi * 0.09, 1e-15);
  assert_near("half", taut__disc_overlap(1, 0, 3, -2, 2), pi / 2, 1e-15);
  assert_near("quarter", taut__disc_overlap(1, 0, 1, 0, 1), pi / 4, 1e-15);
  /* segment beyond x = 1/2: pi/3 - sqrt(3)/4 */
  assert_near("segment", taut__disc_overlap(1, 0.5, 1.5, -1, 1), pi / 3 - sqrt(3) / 4, 1e-15);
  const double x = 0.9999, y = sqrt((1 - x) * (1 + x));
  assert_near("thin", taut__disc_overlap(1, x, 1, -1, 1), atan2(y, x) - x * y, 1e-17);
}

/* --------------------------------------------------------------------------------------- one puncture, a track ---- */

static const char centred[] = "session,x_mm,y_mm\n1,0.31622776601683794,0.31622776601683794\n";
static const double side = 0.63245553203367588; /* of the square of the area of a track of 250 per cm2 */

static double r_n(const taut_healing_params *p, double z) {
  const double depth = p->fz * 1.5;
  return z < depth ? p->r0 * fmin(1, (depth - z) / p->tip) : 0;
}

static double track_needle(const void *user, double z) {
  const taut_patch_punctures *p = user;
  return p->needle(p->user, 0, z);
}

static double track_hole(const void *user, double z) {
  const taut_patch_punctures *p = user;
  return p->hole(p->user, 0, z);
}

static void volumes_of_one_puncture_are_analytic(void **state) {
  (void)state;
  scene *s = reference_scene(centred, side, 0.02, 1);
  const taut_healing_params *p = &s->m->healing->p;
  const taut_patch_punctures punctures = taut__patch_punctures(s->m, &s->m->treat[0]);
  taut_patch_damage *damage;
  assert_int_equal(taut__patch_damage_create(s->context, s->domain, &punctures, &damage), TAUT_OK);
  const double cell = s->domain->patch.spacing * s->domain->patch.spacing;
  int planes = 0;
  for (int k = 0; k < taut__patch_damage_planes(damage); k++, planes++) {
    assert_int_equal(taut__patch_damage_plane(damage, k), TAUT_OK);
    const taut_wounds w = taut__patch_damage_wounds(damage);
    double h = 0, a = 0, hole = 0, rim = 0;
    for (int i = 0; i < s->domain->nr; i++) h += w.hole[i] * cell, a += w.annulus[i] * cell;
    for (int j = 0; j < 16; j++) {
      const double z = s->domain->z[k] + (s->domain->z[k + 1] - s->domain->z[k]) * (j + 0.5) / 16, r = r_n(p, z);
      hole += pi * p->fh * p->fh * r * r / 16;
      rim += pi * (1 - p->fh * p->fh) * r * r / 16;
    }
    assert_near("holes of a plane", h, hole, 1e-12 * hole);
    assert_near("annuli of a plane", a, rim, 1e-12 * rim);
  }
  assert_int_equal(planes, 13); /* two of the epidermis, four papillary, 7 reticular of .105 mm: down to .9 mm */
  taut__patch_damage_destroy(&damage);
  free_scene(s);
}

enum { NUMBERS = 4 };
static void numbers(const scene *s, double number[NUMBERS]) {
  number[0] = mean(s, TAUT_H_D, 1, 2);
  number[1] = mean(s, TAUT_H_F, 1, 2);
  number[2] = mean(s, TAUT_H_B, 1, 1);
  number[3] = mean(s, TAUT_H_X, 1, 1) / s->m->healing->set.rest[TAUT_H_X][TAUT_PAPILLARY];
}

/* D_derm, F_derm, B_pap, X_pap after the first session on a track with many cells in r and the planes of the patch. */
static void fine_track(const scene *s, double number[NUMBERS]) {
  const taut_healing *h = s->m->healing;
  const taut_treat *t = &s->m->treat[0];
  taut_track_geometry g = {.lumen = t->reference.fh * t->reference.r0,
                           .needle = t->reference.r0,
                           .outer = 1 / sqrt(pi * 2.5),
                           .n1 = 100,
                           .n2 = 150,
                           .n3 = 200,
                           .rows = {2, 4, 12, 3}};
  memcpy(g.thickness, s->m->layer, sizeof g.thickness);
  taut_domain *domain;
  assert_int_equal(taut__domain_track(s->context, &g, &domain), TAUT_OK);
  const taut_patch_punctures on_patch = taut__patch_punctures(s->m, t);
  const taut_track_profile profile = {t->patch.at[0].depth, track_needle, track_hole, &on_patch, h->p.fd};
  taut_damage damage;
  assert_int_equal(taut__damage_create(s->context, domain, &profile, &damage), TAUT_OK);
  damage.reference = true;
  scene track = {.m = s->m, .domain = domain};
  for (int f = 0; f < TAUT_H_FIELDS; f++) track.u[f] = taut__alloc_doubles((size_t)domain->points.n);
  rest(&track, 0);
  taut__healing_injure(h, &domain->points, &damage, track.u);
  numbers(&track, number);
  for (int f = 0; f < TAUT_H_FIELDS; f++) free(track.u[f]);
  taut__damage_free(&damage);
  taut__domain_destroy(&domain);
}

/* Largest difference from it of a patch of n x n points, of the size of the track. */
static double error_of(int n, double document) {
  scene *s = reference_scene(centred, side, side / n, 1);
  static const double printed[NUMBERS] = {0.01475324, 0.9852468, 0.9494400, 1.158989};
  static const int mass[] = {TAUT_H_C3, TAUT_H_Cn, TAUT_H_Cx, TAUT_H_X};
  double before = 0, after = 0, found[NUMBERS], expected[NUMBERS], worst = 0;
  fine_track(s, expected);
  for (int f = 0; f < 4; f++) before += mean(s, mass[f], 1, 2);
  injure(s);
  for (int f = 0; f < 4; f++) after += mean(s, mass[f], 1, 2);
  numbers(s, found);
  for (int i = 0; i < NUMBERS; i++) {
    worst = fmax(worst, fabs(found[i] - expected[i]));
    assert_near("number of the document", found[i], printed[i], document);
  }
  /* linear in the fractions: no error of the grid */
  assert_near("fb_derm", mean(s, TAUT_H_fb, 1, 2), 0.008856375, 1e-9);
  assert_near("tewl", 1 - mean(s, TAUT_H_bar, 0, 0), 0.01963495, 1e-8);
  assert_near("mass_derm", after / before, 1, 1e-13);
  free_scene(s);
  return worst;
}

static void one_puncture_agrees_with_a_track_the_better_the_finer(void **state) {
  (void)state;
  /* cells that the rim of the hole cuts hold hole and annulus both: a part that falls with the spacing */
  const double coarse = error_of(32, 5e-3), middle = error_of(64, 2e-3), fine = error_of(128, 1e-3);
  if (!(middle < 0.6 * coarse && fine < 0.6 * middle && fine < 1e-3))
    fail_msg("differences from a fine track: %g %g %g", coarse, middle, fine);
}

/* The operator of a plane is that of healing.md 7.2 written out. */
static void one_puncture_is_the_operator_of_the_document(void **state) {
  (void)state;
  scene *s = reference_scene(centred, side, 0.02, 1);
  const taut_healing_params *p = &s->m->healing->p;
  rest(s, 1);
  const taut_patch_punctures punctures = taut__patch_punctures(s->m, &s->m->treat[0]);
  taut_patch_damage *damage;
  assert_int_equal(taut__patch_damage_create(s->context, s->domain, &punctures, &damage), TAUT_OK);
  const int k = s->domain->points.layer_plane[TAUT_RETICULAR] + 1, n = s->domain->patch.n, start = k * n * n;
  assert_int_equal(taut__patch_damage_plane(damage, k), TAUT_OK);
  const taut_wounds w = taut__patch_damage_wounds(damage);
  int first, count;
  count_points(s, TAUT_H_Cx, &first, &count);
  const double *Cx = s->u[TAUT_H_Cx] + start - first;
  double *expected = taut__alloc_doubles((size_t)s->domain->nr), removed = 0, room = 0,
         *share = taut__alloc_doubles((size_t)s->domain->nr);
  const double h = s->domain->patch.spacing;
  for (int i = 0; i < s->domain->nr; i++) {
    const double x = (i % n) * h - side / 2, y = (i / n) * h - side / 2; /* corner of the cell from the axis */
    for (int j = 0; j < 16; j++) {
      const double z = s->domain->z[k] + (s->domain->z[k + 1] - s->domain->z[k]) * (j + 0.5) / 16, r = r_n(p, z);
      share[i] +=
          (taut__disc_overlap(p->fd * r, x, x + h, y, y + h) - taut__disc_overlap(p->fh * r, x, x + h, y, y + h)) /
          (16 * h * h);
    }
    removed += w.hole[i] * Cx[i];
    room += share[i];
  }
  for (int i = 0; i < s->domain->nr; i++)
    expected[i] = (Cx[i] * (1 - w.hole[i]) + removed * share[i] / room) * (1 - p->alpha * w.annulus[i]);
  taut__patch_damage_destroy(&damage);
  injure(s);
  for (int i = 0; i < s->domain->nr; i++) assert_near("Cx", Cx[i], expected[i], 1e-12);
  free(expected);
  free(share);
  free_scene(s);
}

/* ------------------------------------------------------------------------------------------------ many punctures ---- */

static void crowded_punctures_keep_matrix_plane_by_plane(void **state) {
  (void)state;
  scene *s = reference_scene(crowd, 1, 0.02, 1);
  enum { KINDS = 3, MOST = 64 };
  static const int kind[KINDS][4] = {{TAUT_H_C3, TAUT_H_Cn, TAUT_H_Cx, TAUT_H_X},
                                     {TAUT_H_ev, TAUT_H_ev, TAUT_H_em, TAUT_H_em},
                                     {TAUT_H_Cp, TAUT_H_Cp, TAUT_H_Cp, TAUT_H_Cp}};
  double before[KINDS][MOST] = {{0}};
  rest(s, 1);
  const int planes = s->domain->points.planes;
  for (int q = 0; q < KINDS; q++)
    for (int k = 0; k < planes; k++)
      for (int f = 0; f < 4; f++) before[q][k] += integral(s, kind[q][f], k);
  injure(s);
  for (int q = 0; q < KINDS; q++)
    for (int k = 0; k < planes; k++) {
      double after = 0;
      for (int f = 0; f < 4; f++) after += integral(s, kind[q][f], k);
      assert_near("matrix of a plane", after, before[q][k], 2e-14 * before[q][k]);
    }
  for (int f = 0; f < TAUT_H_FIELDS; f++) {
    int first, count;
    count_points(s, f, &first, &count);
    for (int i = 0; i < count; i++)
      if (!(s->u[f][i] >= 0)) fail_msg("field %d of point %d is %g", f, i, s->u[f][i]);
  }
  free_scene(s);
}

/* Holes and annuli never exceed the volume, and each point's hole is the clipped sum of the discs. */
static void fractions_of_a_crowd_are_clipped_sums(void **state) {
  (void)state;
  scene *s = reference_scene(crowd, 1, 0.02, 1);
  const taut_treat *t = &s->m->treat[0];
  const taut_patch_punctures punctures = taut__patch_punctures(s->m, t);
  taut_patch_damage *damage;
  assert_int_equal(taut__patch_damage_create(s->context, s->domain, &punctures, &damage), TAUT_OK);
  assert_int_equal(taut__patch_damage_plane(damage, 3), TAUT_OK);
  const taut_wounds w = taut__patch_damage_wounds(damage);
  const double h = s->domain->patch.spacing;
  bool clipped = false, full = false;
  for (int i = 0; i < s->domain->nr; i++) {
    double hole = 0, needle = 0;
    for (int j = 0; j < t->patch.n; j++)
      for (int slice = 0; slice < 16; slice++)
        for (int image = 0; image < 9; image++) {
          const double z = s->domain->z[3] + (s->domain->z[4] - s->domain->z[3]) * (slice + 0.5) / 16;
          const double x = (i % 50) * h - t->patch.at[j].x + image % 3 - 1,
                       y = (i / 50) * h - t->patch.at[j].y + image / 3 - 1;
          const double r = punctures.needle(punctures.user, j, z), r_h = punctures.hole(punctures.user, j, z);
          hole += taut__disc_overlap(r_h, x, x + h, y, y + h) / (16 * h * h);
          needle += taut__disc_overlap(r, x, x + h, y, y + h) / (16 * h * h);
        }
    assert_near("hole", w.hole[i], fmin(1, hole), 1e-12);
    assert_near("annulus", w.annulus[i], fmin(1 - w.hole[i], needle - hole), 1e-12);
    assert_true(w.hole_bled[i] <= w.hole[i] * (1 + 1e-15) && w.annulus_bled[i] <= w.annulus[i] * (1 + 1e-15));
    clipped |= hole > 1.5;
    full |= w.annulus[i] < needle - hole - 0.1;
  }
  assert_true(clipped && full); /* the crowd is one */
  taut__patch_damage_destroy(&damage);
  free_scene(s);
}

/* The same for a crowd, written out (docs/theory.md 5): each hole's matrix goes to its own surroundings, but not into other
 * holes. */
static void crowded_punctures_push_matrix_as_written(void **state) {
  (void)state;
  enum { N = 50, MOST = 16, PLANE = 3 };
  scene *s = reference_scene(crowd, 1, 0.02, 1);
  const taut_patch_session *session = &s->m->treat[0].patch;
  const taut_patch_punctures punctures = taut__patch_punctures(s->m, &s->m->treat[0]);
  const double top = s->domain->z[PLANE], step = (s->domain->z[PLANE + 1] - top) / 16, cell = 1.0 / N;
  double(*h)[N * N] = calloc(MOST, sizeof *h), (*p)[N * N] = calloc(MOST, sizeof *p), *x = calloc(N * N, sizeof *x);
  assert_true(session->n <= MOST);
  for (int j = 0; j < session->n; j++)
    for (int i = 0; i < N * N; i++)
      for (int k = 0; k < 16 * 9; k++) {
        const double z = top + step * (k / 9 + 0.5), r_h = punctures.hole(punctures.user, j, z),
                     r_d = punctures.spread * punctures.needle(punctures.user, j, z);
        const double x0 = (i % N) * cell - session->at[j].x + k % 3 - 1,
                     y0 = (i / N) * cell - session->at[j].y + k % 9 / 3 - 1;
        const double hole = taut__disc_overlap(r_h, x0, x0 + cell, y0, y0 + cell) / (16 * cell * cell);
        h[j][i] += hole;
        p[j][i] += taut__disc_overlap(r_d, x0, x0 + cell, y0, y0 + cell) / (16 * cell * cell) - hole;
      }
  rest(s, 1);
  int first, count;
  count_points(s, TAUT_H_Cp, &first, &count);
  const double *Cp = s->u[TAUT_H_Cp] + PLANE * N * N - first;
  memcpy(x, Cp, N * N * sizeof *x);
  for (int i = 0; i < N * N; i++) {
    double sum = 0;
    for (int j = 0; j < session->n; j++) sum += h[j][i];
    for (int j = 0; sum > 1 && j < session->n; j++) h[j][i] /= sum;
  }
  double *after = calloc(N * N, sizeof *after);
  memcpy(after, x, N * N * sizeof *x);
  for (int j = 0; j < session->n; j++) {
    double removed = 0, room = 0;
    for (int pass = 0; pass < 2; pass++)
      for (int i = 0; i < N * N; i++) {
        double all = 0;
        for (int k = 0; k < session->n; k++) all += h[k][i];
        const double takes = h[j][i] < 1 ? p[j][i] * (1 - fmin(1, all)) / (1 - h[j][i]) : 0;
        if (pass)
          after[i] += removed * takes / room - h[j][i] * x[i];
        else
          removed += h[j][i] * x[i], room += takes;
      }
  }
  injure(s);
  for (int i = 0; i < N * N; i++) assert_near("Cp", Cp[i], after[i], 1e-13);
  free(h), free(p), free(x), free(after);
  free_scene(s);
}

/* What a hole held stays within fd r_n of it: a puncture elsewhere does not change a byte here. */
static void displaced_matrix_stays_near_its_hole(void **state) {
  (void)state;
  scene *one = reference_scene("session,x_mm,y_mm\n1,0.3,0.3\n", 1.6, 0.02, 1),
        *two = reference_scene("session,x_mm,y_mm\n1,0.3,0.3\n1,1.1,1.1\n", 1.6, 0.02, 1);
  rest(one, 1);
  rest(two, 1);
  injure(one);
  injure(two);
  int first, count, compared = 0;
  count_points(one, TAUT_H_Cx, &first, &count);
  for (int i = 0; i < count; i++) {
    const double x = ((i + first) % 80 + 0.5) * 0.02, y = ((i + first) / 80 % 80 + 0.5) * 0.02;
    if (hypot(x - 1.1, y - 1.1) < 0.28) continue;
    assert_true(one->u[TAUT_H_Cx][i] == two->u[TAUT_H_Cx][i]);
    compared++;
  }
  assert_true(compared > count / 2);
  free_scene(one);
  free_scene(two);
}

/* A puncture wholly inside others' lumina has nowhere to put its matrix: nothing is lost all the same. */
static void a_hole_without_surroundings_keeps_its_matrix(void **state) {
  (void)state;
  taut_text points = {0};
  taut__text_add(&points, "session,x_mm,y_mm\n");
  for (int i = 0; i < 8; i++)
    for (int j = 0; j < 8; j++) taut__text_add(&points, "1,%g,%g\n", i * 0.025, j * 0.025);
  scene *s = reference_scene(points.data, 0.2, 0.02, 1);
  taut__text_free(&points);
  rest(s, 1);
  const int k = s->domain->points.layer_plane[TAUT_PAPILLARY];
  const double before = integral(s, TAUT_H_Cp, k);
  injure(s);
  assert_near("procollagen", integral(s, TAUT_H_Cp, k), before, 1e-14 * before);
  assert_near("every point is a hole", mean(s, TAUT_H_F, 1, 1), 0, 1e-15);
  free_scene(s);
}

/* ---------------------------------------------------------------------------------------------- threads, slabs ---- */

static bool same_state(const scene *a, const scene *b) {
  bool same = true;
  for (int f = 0; f < TAUT_H_FIELDS; f++) {
    int first, count;
    count_points(a, f, &first, &count);
    same = same && memcmp(a->u[f], b->u[f], (size_t)count * sizeof(double)) == 0;
  }
  return same;
}

static void threads_never_change_a_byte(void **state) {
  (void)state;
  scene *one = reference_scene(crowd, 1, 0.02, 1), *three = reference_scene(crowd, 1, 0.02, 3);
  rest(one, 1);
  rest(three, 1);
  injure(one);
  injure(three);
  assert_true(same_state(one, three));
  free_scene(one);
  free_scene(three);
}

/* The rows y_first .. of a patch as a domain of their own, without the other processes. */
static taut_domain slab_of(const taut_domain *whole, int y_first, int y_count) {
  taut_domain d = *whole;
  d.patch.y_first = y_first;
  d.patch.y_count = y_count;
  d.nr = d.patch.n * y_count;
  d.points.n = d.nr * d.points.planes;
  d.plane_start = taut__alloc((size_t)d.points.planes + 1, sizeof *d.plane_start);
  for (int k = 0; k <= d.points.planes; k++) d.plane_start[k] = k * d.nr;
  d.points.plane_start = d.plane_start;
  return d;
}

static void slabs_have_the_fractions_of_the_whole(void **state) {
  (void)state;
  scene *s = reference_scene(crowd, 1, 0.02, 1);
  const taut_patch_punctures punctures = taut__patch_punctures(s->m, &s->m->treat[0]);
  taut_patch_damage *whole, *part;
  assert_int_equal(taut__patch_damage_create(s->context, s->domain, &punctures, &whole), TAUT_OK);
  static const int cut[] = {0, 1, 13, 37, 50};
  for (int c = 0; c < 4; c++) {
    taut_domain slab = slab_of(s->domain, cut[c], cut[c + 1] - cut[c]);
    assert_int_equal(taut__patch_damage_create(s->context, &slab, &punctures, &part), TAUT_OK);
    assert_int_equal(taut__patch_damage_planes(part), taut__patch_damage_planes(whole));
    for (int k = 0; k < taut__patch_damage_planes(whole); k++) {
      assert_int_equal(taut__patch_damage_plane(whole, k), TAUT_OK);
      assert_int_equal(taut__patch_damage_plane(part, k), TAUT_OK);
      const taut_wounds a = taut__patch_damage_wounds(whole), b = taut__patch_damage_wounds(part);
      const size_t at = (size_t)(cut[c] * 50), bytes = (size_t)slab.nr * sizeof(double);
      assert_memory_equal(a.hole + at, b.hole, bytes);
      assert_memory_equal(a.annulus + at, b.annulus, bytes);
      assert_memory_equal(a.hole_bled + at, b.hole_bled, bytes);
      assert_memory_equal(a.annulus_bled + at, b.annulus_bled, bytes);
    }
    taut__patch_damage_destroy(&part);
    free(slab.plane_start);
  }
  taut__patch_damage_destroy(&whole);
  free_scene(s);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(cells_of_a_disc_add_up_to_its_area),
      cmocka_unit_test(overlaps_agree_with_sampling),
      cmocka_unit_test(overlaps_of_special_positions_are_exact),
      cmocka_unit_test(volumes_of_one_puncture_are_analytic),
      cmocka_unit_test(one_puncture_agrees_with_a_track_the_better_the_finer),
      cmocka_unit_test(one_puncture_is_the_operator_of_the_document),
      cmocka_unit_test(crowded_punctures_keep_matrix_plane_by_plane),
      cmocka_unit_test(fractions_of_a_crowd_are_clipped_sums),
      cmocka_unit_test(crowded_punctures_push_matrix_as_written),
      cmocka_unit_test(displaced_matrix_stays_near_its_hole),
      cmocka_unit_test(a_hole_without_surroundings_keeps_its_matrix),
      cmocka_unit_test(threads_never_change_a_byte),
      cmocka_unit_test(slabs_have_the_fractions_of_the_whole),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
