/* maps.png: maps of the skin's surface at a few visits.  One row a quantity, with one scale of colours for all its visits;
 * one column a visit.  The same result gives the same bytes. */
#include "io/histology.h"
#include "io/maps.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

/* Pixels. */
enum { TILE = 160, GAP = 12, MARGIN = 24, HEAD = 34, LABEL = 26, BAR = 14, NUMBERS = 84, FOOT = 40, LETTER = 11 };
static const int white = 255, ink = 25;
/* Maps whose values differ by less than this, relatively, are of one colour. */
static const double even = 1e-6;

typedef struct sheet {
  const taut_maps *m;
  taut_picture picture;
  int columns; /* pictures of visits that took place */
} sheet;

/* The colours of viridis (Smith and van der Walt, CC0) at nine places: even in lightness, safe for the colour-blind. */
static void colour(double x, unsigned char rgb[3]) {
  static const unsigned char at[][3] = {{68, 1, 84},    {71, 44, 122}, {59, 81, 139},  {44, 113, 142}, {33, 144, 141},
                                        {39, 173, 129}, {92, 200, 99}, {170, 220, 50}, {253, 231, 37}};
  enum { LAST = sizeof at / sizeof *at - 1 };
  const double place = fmin(fmax(x, 0), 1) * LAST;
  const int i = place >= LAST ? LAST - 1 : (int)place;
  for (int c = 0; c < 3; c++) rgb[c] = (unsigned char)lrint(at[i][c] + (place - i) * (at[i + 1][c] - at[i][c]));
}

static unsigned char *pixel(const sheet *s, int x, int y) {
  return s->picture.rgb + 3 * ((size_t)y * (size_t)s->picture.width + (size_t)x);
}

/* Least and largest value of a map over all its pictures. */
static void range_of(const sheet *s, int map, double *low, double *high) {
  *low = INFINITY;
  *high = -INFINITY;
  for (int p = 0; p < s->columns; p++) {
    const float *value = taut__map_picture(s->m, p, map);
    for (int i = 0; i < s->m->pixels * s->m->pixels; i++) {
      *low = fmin(*low, (double)value[i]);
      *high = fmax(*high, (double)value[i]);
    }
  }
  /* rounding is no pattern */
  if (*high - *low <= even * fmax(fabs(*low), fabs(*high))) *high = *low;
}

static double share_of(double value, double low, double high) {
  return high > low ? (value - low) / (high - low) : 0.5;
}

/* x to the right and y up, as in the tables. */
static void draw_tile(const sheet *s, int picture, int map, double low, double high, int left, int top) {
  const int n = s->m->pixels;
  const float *value = taut__map_picture(s->m, picture, map);
  for (int y = 0; y < TILE; y++)
    for (int x = 0; x < TILE; x++) {
      const int i = (2 * x + 1) * n / (2 * TILE), j = (2 * (TILE - 1 - y) + 1) * n / (2 * TILE);
      colour(share_of((double)value[j * n + i], low, high), pixel(s, left + x, top + y));
    }
}

static void write_text(sheet *s, double x, double y, int height, taut_text *text) {
  if (!text->failed) taut__picture_text(&s->picture, x, y, height, text->data);
  taut__text_free(text);
}

static void write_value(sheet *s, double value, double span, int x, int y) {
  taut_text text = {0};
  taut__add_fixed(&text, value, span > 0 ? taut__decimals(span, 2) : 2);
  write_text(s, x, y, LETTER, &text);
}

static void draw_bar(sheet *s, double low, double high, int left, int top) {
  for (int y = 0; y < TILE; y++)
    for (int x = 0; x < BAR; x++) colour(high > low ? 1 - (y + 0.5) / TILE : 0.5, pixel(s, left + x, top + y));
  write_value(s, high, high - low, left + BAR + 6, top + LETTER);
  write_value(s, low, high - low, left + BAR + 6, top + TILE);
}

static void draw_row(sheet *s, int map, int top) {
  taut_text label = {0};
  double low, high;
  range_of(s, map, &low, &high);
  taut__text_add(&label, "%s", taut__map[map].name);
  if (strcmp(taut__map[map].unit, "1") != 0) taut__text_add(&label, ", ");
  for (const char *u = taut__map[map].unit; *u && strcmp(taut__map[map].unit, "1") != 0; u++)
    if (*u != '^') taut__text_addn(&label, u, 1); /* there is no such letter: mm3 */
  write_text(s, MARGIN, top + LABEL - 8, LETTER, &label);
  for (int p = 0; p < s->columns; p++) draw_tile(s, p, map, low, high, MARGIN + p * (TILE + GAP), top + LABEL);
  draw_bar(s, low, high, MARGIN + s->columns * (TILE + GAP), top + LABEL);
}

/* A length on the skin: the longest of 1, 2, 5 times a power of ten that fits half a tile. */
static void draw_scale(sheet *s, int y) {
  double length = 1e-3, next = length;
  for (int k = 0; next <= 0.5 * s->m->side; k++) {
    length = next;
    next *= k % 3 == 1 ? 2.5 : 2;
  }
  const double pixels = length / s->m->side * TILE;
  taut_text label = {0};
  taut__picture_line(&s->picture, MARGIN, y, MARGIN + pixels, y, 3, ink);
  taut__add_fixed(&label, length, taut__decimals(length, 1));
  taut__text_add(&label, " mm");
  write_text(s, MARGIN + pixels + 8, y + 0.5 * LETTER, LETTER, &label);
}

static void draw(sheet *s, const struct taut_result *result) {
  memset(s->picture.rgb, white, 3 * (size_t)s->picture.width * (size_t)s->picture.height);
  for (int p = 0; p < s->columns; p++) {
    taut_text label = {0};
    const double day = result->visit_day[s->m->picture_visit[p]];
    taut__text_add(&label, "day ");
    taut__add_fixed(&label, day, day == floor(day) ? 0 : taut__decimals(day, 3));
    write_text(s, MARGIN + p * (TILE + GAP), HEAD - 8, LETTER + 2, &label);
  }
  int top = HEAD;
  for (int k = 0; k < TAUT_MAPS; k++) {
    if (!taut__map[k].shown) continue;
    draw_row(s, k, top);
    top += LABEL + TILE;
  }
  draw_scale(s, top + FOOT / 2);
}

taut_err taut__maps_png(taut_context *context, const struct taut_result *result, void **data, size_t *length) {
  sheet s = {.m = result->maps};
  int rows = 0;
  while (s.columns < s.m->pictures && s.m->picture_visit[s.columns] < result->visits) s.columns++;
  for (int k = 0; k < TAUT_MAPS; k++) rows += taut__map[k].shown;
  s.picture.width = 2 * MARGIN + s.columns * (TILE + GAP) + BAR + NUMBERS;
  s.picture.height = HEAD + rows * (LABEL + TILE) + FOOT;
  s.picture.rgb = taut__alloc(3 * (size_t)s.picture.width * (size_t)s.picture.height, 1);
  if (!s.picture.rgb) return taut__fail(context, TAUT_ERR_MEMORY, "maps.png", "out of memory");
  draw(&s, result);
  taut_err err = taut__picture_png(context, &s.picture,
                                   "Computed maps of the surface of a patch of skin: one row a quantity, one column a "
                                   "visit; means over the depth of its layer",
                                   data, length);
  free(s.picture.rgb);
  return err;
}
