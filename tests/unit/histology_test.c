/* The histology picture: which times get one and under which names, a well-formed PNG, the same bytes for the same result,
 * and fields that can be told from the picture. */
#include "course/course.h"
#include "io/histology.h"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <zlib.h>

#include <cmocka.h>

static const char course_case[] = "patient: {age: 40 years}\n"
                                  "site: cheek\n"
                                  "device: pen_14\n"
                                  "treatment: {depth: 1.0 mm, density: 250 /cm^2}\n"
                                  "schedule: {sessions: 1, follow_up: [0 h, 1 h, 3 days, 10 days, 28 days, 40 days]}\n"
                                  "model: {accuracy: draft}\n";

typedef struct course {
  taut_context *context;
  taut_case *c;
  taut_model *model;
  taut_result result;
} course;

static course run(const char *set) {
  course x = {0};
  assert_int_equal(taut_context_create(NULL, &x.context), TAUT_OK);
  taut_err err = taut__case_parse(x.context, &taut__registry, "test.yaml", course_case, sizeof course_case - 1, &set,
                                  set != NULL, &x.c);
  if (!err) err = taut__model_create(x.context, x.c, &x.model);
  if (!err) err = taut__course_run(x.context, x.model, NULL, &x.result);
  if (err) fail_msg("%s", taut_context_message(x.context));
  return x;
}

static void stop(course *x) {
  taut__result_free(&x->result);
  taut__model_destroy(&x->model);
  taut_case_destroy(&x->c);
  taut_context_destroy(&x->context);
}

/* The course of course_case, run once, and the fibres of its pictures. */
static course one;
static taut_fibres *shared_fibres;

static int run_once(void **state) {
  (void)state;
  one = run(NULL);
  return 0;
}

static int stop_once(void **state) {
  (void)state;
  taut__fibres_free(&shared_fibres);
  stop(&one);
  return 0;
}

/* ----------------------------------------------------------------------------------------------------- reading ---- */

typedef struct image {
  unsigned char *bytes;
  size_t length;
  unsigned width, height;
  unsigned char *rgb;
  char description[512];
} image;

static unsigned number(const unsigned char *at) {
  return (unsigned)at[0] << 24 | (unsigned)at[1] << 16 | (unsigned)at[2] << 8 | at[3];
}

/* Undoes filter 1. */
static void unfilter(image *p, const unsigned char *plain) {
  size_t row = 3 * (size_t)p->width;
  p->rgb = malloc(row * p->height);
  for (size_t y = 0; y < p->height; y++) {
    const unsigned char *from = plain + y * (row + 1);
    assert_int_equal(from[0], 1);
    for (size_t k = 0; k < row; k++)
      p->rgb[y * row + k] = (unsigned char)(from[k + 1] + (k < 3 ? 0 : p->rgb[y * row + k - 3]));
  }
}

/* Reads a PNG as the standard has it: every check sum, every length. */
static void decode(image *p) {
  assert_memory_equal(p->bytes, "\x89PNG\r\n\x1a\n", 8);
  size_t at = 8;
  bool ended = false;
  while (at < p->length) {
    assert_false(ended);
    size_t n = number(p->bytes + at);
    const unsigned char *type = p->bytes + at + 4, *data = type + 4;
    assert_true(at + 12 + n <= p->length);
    assert_int_equal(number(data + n), (unsigned)crc32(0, type, (uInt)n + 4));
    if (memcmp(type, "IHDR", 4) == 0) {
      assert_int_equal(at, 8);
      p->width = number(data), p->height = number(data + 4);
      assert_memory_equal(data + 8, "\x08\x02\0\0\0", 5);
    } else if (memcmp(type, "tEXt", 4) == 0 && memcmp(data, "Description", 12) == 0) {
      snprintf(p->description, sizeof p->description, "%.*s", (int)n - 12, (const char *)data + 12);
    } else if (memcmp(type, "IDAT", 4) == 0) {
      uLongf size = (uLongf)p->height * (3 * p->width + 1), found = size;
      unsigned char *plain = malloc(size);
      assert_int_equal(uncompress(plain, &found, data, (uLong)n), Z_OK);
      assert_int_equal(found, size);
      unfilter(p, plain);
      free(plain);
    }
    ended = memcmp(type, "IEND", 4) == 0;
    at += 12 + n;
  }
  assert_true(ended && p->rgb);
}

static image picture(const course *x, int snapshot, taut_fibres **fibres) {
  image p = {0};
  void *data = NULL;
  assert_int_equal(taut__histology_png(x->context, &x->result, snapshot, fibres, &data, &p.length), TAUT_OK);
  p.bytes = data;
  decode(&p);
  return p;
}

static image alone(const course *x, int snapshot) {
  taut_fibres *fibres = NULL;
  image p = picture(x, snapshot, &fibres);
  taut__fibres_free(&fibres);
  assert_null(fibres);
  return p;
}

static void drop(image *p) {
  free(p->bytes);
  free(p->rgb);
}

typedef struct colour {
  double red, green, blue;
} colour;

/* Mean colour of the tissue: what lies left of the legend. */
static colour mean_colour(const image *p) {
  colour sum = {0};
  double n = 0;
  for (unsigned y = 74; y < p->height - 56; y++)
    for (unsigned x = 22; x < p->width / 2; x++, n++) {
      const unsigned char *rgb = p->rgb + 3 * ((size_t)y * p->width + x);
      sum.red += rgb[0], sum.green += rgb[1], sum.blue += rgb[2];
    }
  return (colour){sum.red / n, sum.green / n, sum.blue / n};
}

/* Pixels of nuclei: dark in every colour. */
static long dark_pixels(const image *p) {
  long n = 0;
  for (unsigned y = 74; y < p->height - 56; y++)
    for (unsigned x = 22; x < p->width / 2; x++) {
      const unsigned char *rgb = p->rgb + 3 * ((size_t)y * p->width + x);
      n += rgb[0] < 110 && rgb[1] < 70 && rgb[2] < 110;
    }
  return n;
}

/* ---------------------------------------------------------------------------------------------- names and choice ---- */

static void names_are_told_from_others(void **state) {
  (void)state;
  char name[32];
  assert_string_equal(taut__histology_name(-1, name), "histology_before.png");
  assert_string_equal(taut__histology_name(2, name), "histology_visit_003.png");
  for (int s = -1; s < 12000; s += 499) assert_true(taut__histology_is_name(taut__histology_name(s, name)));
  static const char *const others[] = {"histology.png",
                                       "histology_visit_03.png",
                                       "histology_visit_.png",
                                       "histology_visit_003",
                                       "histology_visit_003.jpg",
                                       "my_histology_before.png",
                                       "histology_visit_003.png~",
                                       "histology_visit_x03.png",
                                       ""};
  for (size_t k = 0; k < sizeof others / sizeof *others; k++) assert_false(taut__histology_is_name(others[k]));
}

static void chosen_times_are_before_first_some_and_last(void **state) {
  (void)state;
  int choice[TAUT_HISTOLOGY_MOST];
  static const int wanted[] = {-1, 0, 2, 3, 4, 5};
  assert_int_equal(taut__histology_choice(&one.result, choice), 6);
  for (int k = 0; k < 6; k++) assert_int_equal(choice[k], wanted[k]);
  taut_result shorter = one.result;
  shorter.snapshots = 2;
  assert_int_equal(taut__histology_choice(&shorter, choice), 3);
  assert_int_equal(choice[2], 1);
  shorter.snapshots = 0;
  assert_int_equal(taut__histology_choice(&shorter, choice), 1);
}

static void untreated_skin_gets_one_picture_and_a_point_none(void **state) {
  (void)state;
  int choice[TAUT_HISTOLOGY_MOST];
  taut_result untreated = one.result;
  untreated.sessions = 0;
  assert_int_equal(taut__histology_choice(&untreated, choice), 1);
  assert_int_equal(choice[0], -1);
  taut_domain *zero = NULL;
  assert_int_equal(taut__domain_zero(one.context, &zero), TAUT_OK);
  const taut_domain *lent = zero;
  taut_result point = one.result;
  point.domains = 1;
  point.domain = &lent;
  assert_int_equal(taut__histology_choice(&point, choice), 0);
  taut__domain_destroy(&zero);
  taut_field_set few = *one.result.set;
  few.n = 5;
  taut_result other = one.result;
  other.set = &few;
  assert_int_equal(taut__histology_choice(&other, choice), 0);
}

/* ------------------------------------------------------------------------------------------------------- picture ---- */

static void png_keeps_every_byte(void **state) {
  (void)state;
  enum { WIDTH = 37, HEIGHT = 23 };
  unsigned char rgb[3 * WIDTH * HEIGHT];
  for (int k = 0; k < 3 * WIDTH * HEIGHT; k++) rgb[k] = (unsigned char)(256 * taut__uniform(1, 2, (uint64_t)k));
  taut_picture from = {WIDTH, HEIGHT, rgb};
  image p = {0};
  void *data = NULL;
  assert_int_equal(taut__picture_png(one.context, &from, "noise", &data, &p.length), TAUT_OK);
  p.bytes = data;
  decode(&p);
  assert_true(p.width == WIDTH && p.height == HEIGHT);
  assert_memory_equal(p.rgb, rgb, sizeof rgb);
  assert_string_equal(p.description, "noise");
  drop(&p);
}

static void pictures_are_sound_and_say_what_they_are(void **state) {
  (void)state;
  static const char *const when[] = {"before treatment", "right after the first session", "1 h after", "3 days after"};
  for (int s = -1; s < 3; s++) {
    image p = alone(&one, s);
    assert_true(p.width > 400 && p.width < 1400 && p.height > 400 && p.height < 1000);
    assert_non_null(strstr(p.description, when[s + 1]));
    assert_non_null(strstr(p.description, "rendering of computed fields, not a micrograph"));
    assert_non_null(strstr(p.description, TAUT_NOTICE));
    drop(&p);
  }
}

static void same_result_same_bytes(void **state) {
  (void)state;
  taut_fibres *fibres = NULL;
  image before = picture(&one, -1, &fibres), shared = picture(&one, 2, &fibres), single = alone(&one, 2);
  assert_int_equal(shared.length, single.length);
  assert_memory_equal(shared.bytes, single.bytes, single.length);
  assert_true(before.length != shared.length || memcmp(before.bytes, shared.bytes, shared.length) != 0);
  taut__fibres_free(&fibres);
  course other = run("seed=2");
  image reseeded = alone(&other, 2);
  assert_true(reseeded.length != single.length || memcmp(reseeded.bytes, single.bytes, single.length) != 0);
  stop(&other);
  drop(&before), drop(&shared), drop(&single), drop(&reseeded);
}

/* A course without snapshots on a track of this size. */
static course on_track(double size, double papillary, taut_domain **domain, const taut_domain **lent) {
  taut_track_geometry g = {.lumen = 0.03 * size,
                           .needle = 0.06 * size,
                           .outer = 0.3 * size,
                           .thickness = {0.05 * size, papillary * size, (0.7 - papillary) * size, 0.5},
                           .n1 = 1,
                           .n2 = 1,
                           .n3 = 3,
                           .rows = {2, 2, 3, 1}};
  assert_int_equal(taut__domain_track(one.context, &g, domain), TAUT_OK);
  course x = one;
  *lent = *domain;
  x.result.domains = 1;
  x.result.domain = lent;
  x.result.snapshots = 0;
  return x;
}

/* Fibres laid for one track are not used for another: not of other pixels, other layers or another size. */
static void fibres_are_laid_anew_for_another_track(void **state) {
  (void)state;
  taut_domain *domain[3];
  const taut_domain *lent[3];
  course x[3] = {on_track(1, 0.1, &domain[0], &lent[0]), on_track(1, 0.2, &domain[1], &lent[1]),
                 on_track(0.6, 0.2, &domain[2], &lent[2])};
  taut_fibres *fibres = NULL;
  for (int k = 0; k < 3; k++) {
    image shared = picture(&x[k], -1, &fibres), single = alone(&x[k], -1);
    assert_int_equal(shared.length, single.length);
    assert_memory_equal(shared.bytes, single.bytes, single.length);
    drop(&shared), drop(&single);
  }
  taut__fibres_free(&fibres);
  for (int k = 0; k < 3; k++) taut__domain_destroy(&domain[k]);
}

/* Values of a field of the snapshot, in the track that is drawn, times a factor and plus a summand. */
static void change(const char *name, double factor, double summand) {
  const taut_field_set *set = one.result.set;
  taut_snapshot *s = &one.result.snapshot[4];
  for (int f = 0; f < set->n; f++) {
    if (strcmp(set->field[f].name, name) != 0) continue;
    for (int d = 0; d < one.result.domains; d++) {
      int first, count;
      taut__field_points(&set->field[f], &s->domain[d]->points, &first, &count);
      for (int p = 0; p < count; p++) s->data[d * set->n + f][p] = factor * s->data[d * set->n + f][p] + summand;
    }
  }
}

/* What a change of a field does to the mean colour (and to the number of dark pixels) of the picture of 28 days. */
static colour effect(const char *name, double summand, long *darker) {
  static colour before;
  static long dark;
  if (!shared_fibres) {
    image p = picture(&one, 4, &shared_fibres);
    before = mean_colour(&p);
    dark = dark_pixels(&p);
    drop(&p);
  }
  change(name, 1, summand);
  image p = picture(&one, 4, &shared_fibres);
  colour after = mean_colour(&p);
  if (darker) *darker = dark_pixels(&p) - dark;
  drop(&p);
  change(name, 1, -summand);
  return (colour){after.red - before.red, after.green - before.green, after.blue - before.blue};
}

static void collagen_is_blue_new_collagen_green_fibrin_red(void **state) {
  (void)state;
  colour old = effect("Cx", 0.2, NULL), new = effect("Cn", 0.2, NULL), clot = effect("fb", 0.3, NULL);
  assert_true(old.red < old.green && old.green < old.blue && old.red < -5); /* takes red most, blue least */
  assert_true(new.red < new.blue &&new.blue < new.green &&new.red < -5);
  assert_true(clot.green < clot.red - 5 && clot.blue < clot.red - 5);
}

static void cells_are_as_many_as_the_fields_say(void **state) {
  (void)state;
  static const char *const cell[] = {"F", "A", "N", "M1", "M2"};
  static const double more[] = {1, 1, 3, 3, 3};
  for (int k = 0; k < 5; k++) {
    long few, many;
    effect(cell[k], more[k], &few);
    effect(cell[k], 2 * more[k], &many);
    assert_true(few > 50 && many > few);
  }
}

static void uncovered_skin_has_no_epidermis(void **state) {
  (void)state;
  image p = alone(&one, -1), bare;
  change("K", 0, 0);
  change("bar", 0, 0);
  bare = alone(&one, 4);
  colour with = mean_colour(&p), without = mean_colour(&bare);
  assert_true(without.green > with.green + 2 && dark_pixels(&bare) < dark_pixels(&p));
  change("K", 0, 1);
  change("bar", 0, 1);
  drop(&p), drop(&bare);
}

/* The stain of a layer follows its mass: textures have mean 1. */
static void stain_follows_mass(void **state) {
  (void)state;
  colour more = effect("Cx", 0.05, NULL), most = effect("Cx", 0.10, NULL);
  assert_true(fabs(most.red / more.red - 2) < 0.25); /* optical density is linear, light nearly so for small changes */
}

static void every_shape_of_track_fits_its_picture(void **state) {
  (void)state;
  static const double outer[] = {0.12, 0.4, 3}, dermis[] = {0.3, 1, 4};
  for (int i = 0; i < 3; i++)
    for (int k = 0; k < 3; k++) {
      taut_track_geometry g = {.lumen = 0.03,
                               .needle = 0.06,
                               .outer = outer[i],
                               .thickness = {0.05, 0.1, dermis[k], 0.5},
                               .n1 = 1,
                               .n2 = 1,
                               .n3 = 3,
                               .rows = {2, 2, 3, 1}};
      taut_domain *domain = NULL;
      assert_int_equal(taut__domain_track(one.context, &g, &domain), TAUT_OK);
      const taut_domain *lent = domain;
      course x = one;
      x.result.domains = 1;
      x.result.domain = &lent;
      x.result.snapshots = 0;
      image p = alone(&x, -1);
      assert_true(p.width <= 1100 && p.height <= 900);
      drop(&p);
      taut__domain_destroy(&domain);
    }
}

static void every_letter_is_drawn(void **state) {
  (void)state;
  static const char letters[] = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789.,:;-+=()/_*'%\xb5";
  enum { SIDE = 48 };
  unsigned char rgb[3 * SIDE * SIDE];
  for (const char *c = letters; *c; c++) {
    memset(rgb, 255, sizeof rgb);
    taut_picture p = {SIDE, SIDE, rgb};
    char text[2] = {*c, 0};
    double width = taut__picture_text(&p, 8, 32, 20, text);
    assert_true(width > 0 && width < 36 && width == taut__picture_text(NULL, 0, 0, 20, text));
    long ink = 0;
    for (int k = 0; k < SIDE * SIDE; k++) {
      int x = k % SIDE, y = k / SIDE;
      ink += rgb[3 * k] < 128;
      if (rgb[3 * k] < 255) assert_true(x >= 5 && x <= 8 + width && y >= 5 && y <= 43); /* stays in its box */
    }
    assert_true(ink >= 3);
  }
  memset(rgb, 255, sizeof rgb);
  taut__picture_text(&(taut_picture){SIDE, SIDE, rgb}, 40, 47, 20, "beyond the edge");
}

static void a_failing_allocator_is_reported(void **state) {
  (void)state;
  bool failed = true;
  long n = 1;
  for (; failed; n++) {
    void *data = NULL;
    size_t length = 0;
    taut_fibres *fibres = NULL;
    taut__alloc_fail_after(n);
    taut_err err = taut__histology_png(one.context, &one.result, 1, &fibres, &data, &length);
    taut__alloc_fail_after(0);
    failed = err != TAUT_OK;
    assert_true(failed ? err == TAUT_ERR_MEMORY && !data && !length : data && length);
    free(data);
    taut__fibres_free(&fibres);
    assert_true(n < 200);
  }
  assert_true(n > 20); /* every allocation was made to fail */
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(names_are_told_from_others),
      cmocka_unit_test(chosen_times_are_before_first_some_and_last),
      cmocka_unit_test(untreated_skin_gets_one_picture_and_a_point_none),
      cmocka_unit_test(png_keeps_every_byte),
      cmocka_unit_test(pictures_are_sound_and_say_what_they_are),
      cmocka_unit_test(same_result_same_bytes),
      cmocka_unit_test(fibres_are_laid_anew_for_another_track),
      cmocka_unit_test(collagen_is_blue_new_collagen_green_fibrin_red),
      cmocka_unit_test(cells_are_as_many_as_the_fields_say),
      cmocka_unit_test(uncovered_skin_has_no_epidermis),
      cmocka_unit_test(stain_follows_mass),
      cmocka_unit_test(every_shape_of_track_fits_its_picture),
      cmocka_unit_test(every_letter_is_drawn),
      cmocka_unit_test(a_failing_allocator_is_reported),
  };
  return cmocka_run_group_tests(tests, run_once, stop_once);
}
