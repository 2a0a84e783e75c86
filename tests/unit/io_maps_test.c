/* maps.csv and maps.png of a small patch made by hand. */
#include "io_fixture.h"

#include "io/maps.h"

#include <locale.h>
#include <zlib.h>

enum { SIDE = 4, BINS = 3 };

/* Maps at the four visits of the fixture; pictures of the last two. */
static taut_maps *make_maps(fixture *x) {
  taut_domain domain = {.kind = TAUT_DOMAIN_PATCH, .patch = {.side = 2, .spacing = 0.5, .n = SIDE, .y_count = SIDE}};
  taut_maps *m;
  assert_int_equal(taut__maps_create(x->context, &domain, x->result.visits, x->result.visit_day, &m), TAUT_OK);
  for (int v = 0; v < m->visits; v++)
    for (int k = 0; k < TAUT_MAPS; k++) {
      const double base = 100 * v + k;
      m->spread[v * TAUT_MAPS + k] = (taut_map_spread){.mean = base + 2,
                                                       .sd = 0.5,
                                                       .q05 = base + 1,
                                                       .q50 = base + 1.75,
                                                       .q95 = base + 3,
                                                       .smallest = {base, 0.25, 0.75, v ? 0.125 : NAN},
                                                       .largest = {base + 4, 1.25, 1.75, v ? 0.5 : NAN}};
    }
  /* at the second visit: 12 columns at once beside a puncture, 4 further away */
  double *entry = m->profile + (1 * TAUT_NEAREST + TAUT_NEAREST_LAST) * m->bins * (1 + TAUT_MAPS);
  for (int k = 0; k < TAUT_MAPS; k++) {
    entry[1 + k] = k;
    entry[2 * (1 + TAUT_MAPS) + 1 + k] = 10 + k;
  }
  entry[0] = 12;
  entry[2 * (1 + TAUT_MAPS)] = 4;
  for (int p = 0; p < m->pictures; p++)
    for (int k = 0; k < TAUT_MAPS; k++)
      for (int i = 0; i < SIDE * SIDE; i++)
        m->picture[(p * TAUT_MAPS + k) * SIDE * SIDE + i] = (float)(k + i + 0.5 * p);
  x->result.maps = m;
  return m;
}

static bool has_line(const char *text, const char *line) {
  const size_t n = strlen(line);
  for (const char *at = text; at; at = strchr(at, '\n') ? strchr(at, '\n') + 1 : NULL)
    if (strncmp(at, line, n) == 0 && (at[n] == '\n' || at[n] == '\0')) return true;
  return false;
}

static void the_table_holds_spread_places_and_profiles(void **state) {
  (void)state;
  fixture *x = fixture_make(true, 0);
  taut_maps *m = make_maps(x);
  taut_text text = {0};
  taut__maps_csv(&x->result, &text);
  static const char *const line[] = {
      "time_d,quantity,what,x_mm,y_mm,distance_mm,area_share,value,unit",
      "0,inflammation,mean,,,,,2,1",
      "0,inflammation,cv,,,,,0.25,1",
      "0,inflammation,smallest,0.25,0.75,,,0,1",
      "28,inflammation,sd,,,,,0.5,1",
      "28,inflammation,q05,,,,,201,1",
      "28,inflammation,q50,,,,,201.75,1",
      "28,inflammation,q95,,,,,203,1",
      "28,epidermal_cover,largest,1.25,1.75,0.5,,205,1",
      "28,myofibroblasts,cv,,,,,0.0024271844660194173,1",
      "28,myofibroblasts,sd,,,,,0.5,cell/mm^3",
      "0.041666666666666664,barrier_plug,near_last,,,0.25,0.75,2,1",
      "0.041666666666666664,barrier_plug,near_last,,,1.25,0.25,12,1",
  };
  for (size_t i = 0; i < sizeof line / sizeof *line; i++)
    if (!has_line(text.data, line[i])) fail_msg("'%s' is missing", line[i]);
  assert_null(strstr(text.data, "near_any"));
  assert_null(strstr(text.data, ",nan"));
  long lines = 0;
  for (const char *s = text.data; *s; s++) lines += *s == '\n';
  assert_int_equal(lines, 1 + FIXTURE_VISITS * TAUT_MAPS * 8 + TAUT_MAPS * 2);
  taut__text_free(&text);
  taut__maps_destroy(&m);
  fixture_free(x);
}

/* Pixels of a PNG whose rows are all differences to the left. */
static unsigned char *decode(const unsigned char *png, size_t length, int *width, int *height) {
  *width = png[18] << 8 | png[19];
  *height = png[22] << 8 | png[23];
  const size_t row = 3 * (size_t)*width + 1;
  unsigned char *raw = calloc(row, (size_t)*height), *rgb = calloc(row, (size_t)*height);
  for (size_t at = 8; at + 12 < length;) {
    const size_t n = (size_t)png[at] << 24 | (size_t)png[at + 1] << 16 | (size_t)png[at + 2] << 8 | png[at + 3];
    uLongf size = row * (uLongf)*height;
    if (memcmp(png + at + 4, "IDAT", 4) == 0) assert_int_equal(uncompress(raw, &size, png + at + 8, n), Z_OK);
    at += n + 12;
  }
  for (int y = 0; y < *height; y++)
    for (size_t k = 0; k + 1 < row; k++) {
      unsigned char *to = rgb + (size_t)y * (row - 1);
      to[k] = (unsigned char)(raw[(size_t)y * row + 1 + k] + (k < 3 ? 0 : to[k - 3]));
    }
  free(raw);
  return rgb;
}

static bool is_colour(const unsigned char *rgb, int width, int x, int y, int red, int green, int blue) {
  const unsigned char *at = rgb + 3 * (y * width + x);
  return at[0] == red && at[1] == green && at[2] == blue;
}

static void the_picture_shows_low_values_dark_and_y_upwards(void **state) {
  (void)state;
  fixture *x = fixture_make(true, 0);
  taut_maps *m = make_maps(x);
  void *image;
  size_t length;
  int width, height;
  assert_int_equal(m->pictures, 3);
  assert_int_equal(taut__maps_png(x->context, &x->result, &image, &length), TAUT_OK);
  unsigned char *rgb = decode(image, length, &width, &height);
  /* geometry of maps_png.c: margin 24, head 34, label 26, tile 160, gap 12 */
  const int left = 24, top = 34 + 26, step = 160 + 12, last = left + 2 * step;
  assert_int_equal(width, 2 * 24 + 3 * step + 14 + 84);
  /* column 0, row 0 of the first picture is the least value of all: at the lower left of the tile */
  assert_true(is_colour(rgb, width, left + 5, top + 155, 68, 1, 84));
  /* column 3, row 3 of the last picture is the largest: at the upper right */
  assert_true(is_colour(rgb, width, last + 155, top + 5, 253, 231, 37));
  assert_true(is_colour(rgb, width, 2, 2, 255, 255, 255));
  free(rgb);
  free(image);
  taut__maps_destroy(&m);
  fixture_free(x);
}

static void the_same_result_gives_the_same_bytes_in_any_locale(void **state) {
  (void)state;
  fixture *x = fixture_make(true, 0);
  taut_maps *m = make_maps(x);
  void *image[2];
  size_t length[2];
  taut_text text[2] = {{0}};
  for (int i = 0; i < 2; i++) {
    if (i) setlocale(LC_ALL, "de_DE.UTF-8");
    assert_int_equal(taut__maps_png(x->context, &x->result, &image[i], &length[i]), TAUT_OK);
    taut__maps_csv(&x->result, &text[i]);
  }
  setlocale(LC_ALL, "C");
  assert_int_equal(length[0], length[1]);
  assert_memory_equal(image[0], image[1], length[0]);
  assert_string_equal(text[0].data, text[1].data);
  for (int i = 0; i < 2; i++) free(image[i]), taut__text_free(&text[i]);
  taut__maps_destroy(&m);
  fixture_free(x);
}

static void memory_failures_are_reported(void **state) {
  (void)state;
  fixture *x = fixture_make(true, 0);
  taut_maps *m = make_maps(x);
  void *image = NULL;
  size_t length;
  taut__alloc_fail_after(1);
  assert_int_equal(taut__maps_png(x->context, &x->result, &image, &length), TAUT_ERR_MEMORY);
  taut__alloc_fail_after(0);
  assert_null(image);
  taut__maps_destroy(&m);
  fixture_free(x);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(the_table_holds_spread_places_and_profiles),
      cmocka_unit_test(the_picture_shows_low_values_dark_and_y_upwards),
      cmocka_unit_test(the_same_result_gives_the_same_bytes_in_any_locale),
      cmocka_unit_test(memory_failures_are_reported),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
