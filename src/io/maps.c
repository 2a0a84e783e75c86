/* maps.csv: what the maps of a patch say, one tidy table, and the picture of them (maps_png.c). */
#include "io/io.h"
#include "io/maps.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

/* A cell; empty for what does not apply. */
static void add_number(taut_text *out, double x) {
  char number[32];
  taut__text_addn(out, ",", 1);
  if (!isfinite(x)) return;
  taut__number(x == 0 ? 0 : x, number); /* no "-0" */
  taut__text_addn(out, number, strlen(number));
}

/* One row; what is NAN stays empty.  Nothing without a value. */
typedef struct row {
  double day;
  const taut_map *map;
  const char *what, *unit;
  double x, y, distance, share, value;
} row;

static void add_row(taut_text *out, const row *r) {
  if (!isfinite(r->value)) return;
  char day[32];
  taut__text_add(out, "%s,%s,%s", taut__number(r->day == 0 ? 0 : r->day, day), r->map->name, r->what);
  add_number(out, r->x);
  add_number(out, r->y);
  add_number(out, r->distance);
  add_number(out, r->share);
  add_number(out, r->value);
  taut__text_add(out, ",%s\n", r->unit);
}

static void add_spread(taut_text *out, row r, const taut_map_spread *s) {
  const struct {
    const char *what;
    double value;
  } moment[] = {{"mean", s->mean}, {"sd", s->sd}, {"q05", s->q05}, {"q50", s->q50}, {"q95", s->q95}};
  for (size_t i = 0; i < sizeof moment / sizeof *moment; i++) {
    r.what = moment[i].what;
    r.value = moment[i].value;
    add_row(out, &r);
  }
  row cv = r;
  cv.what = "cv";
  cv.unit = "1";
  cv.value = s->mean > 0 ? s->sd / s->mean : NAN;
  add_row(out, &cv);
  const taut_map_place *const place[] = {&s->smallest, &s->largest};
  for (int i = 0; i < 2; i++) {
    r.what = i ? "largest" : "smallest";
    r.x = place[i]->x;
    r.y = place[i]->y;
    r.distance = place[i]->distance;
    r.value = place[i]->value;
    add_row(out, &r);
  }
}

static void add_profile(taut_text *out, row r, const taut_maps *m, int visit, int map, int nearest) {
  const double columns = (double)m->n * m->n;
  r.what = nearest == TAUT_NEAREST_ANY ? "near_any" : "near_last";
  for (int b = 0; b < m->bins; b++) {
    const double *entry = taut__map_profile(m, visit, nearest, b);
    if (!(entry[0] > 0)) continue;
    r.distance = (b + 0.5) * m->spacing;
    r.share = entry[0] / columns;
    r.value = entry[1 + map];
    add_row(out, &r);
  }
}

void taut__maps_csv(const struct taut_result *result, taut_text *out) {
  const taut_maps *m = result->maps;
  taut__text_add(out, "time_d,quantity,what,x_mm,y_mm,distance_mm,area_share,value,unit\n");
  for (int v = 0; v < result->visits && v < m->visits; v++)
    for (int k = 0; k < TAUT_MAPS; k++) {
      const row r = {.day = result->visit_day[v],
                     .map = &taut__map[k],
                     .unit = taut__map[k].unit,
                     .x = NAN,
                     .y = NAN,
                     .distance = NAN,
                     .share = NAN};
      add_spread(out, r, &m->spread[(size_t)v * TAUT_MAPS + (size_t)k]);
      add_profile(out, r, m, v, k, TAUT_NEAREST_ANY);
      add_profile(out, r, m, v, k, TAUT_NEAREST_LAST);
    }
}

taut_err taut__maps_write(taut_context *context, taut_folder *folder, const struct taut_result *result) {
  if (!result->maps) return TAUT_OK;
  taut_text text = {0};
  void *image = NULL;
  size_t length = 0;
  taut__maps_csv(result, &text);
  taut_err err = text.failed ? taut__fail(context, TAUT_ERR_MEMORY, "maps.csv", "out of memory")
                             : taut__folder_put(folder, "maps.csv", text.data, text.length);
  taut__text_free(&text);
  if (err == TAUT_OK && result->maps->pictures > 0 && result->visits > 0) {
    err = taut__maps_png(context, result, &image, &length);
    if (err == TAUT_OK) err = taut__folder_put(folder, "maps.png", image, length);
  }
  free(image);
  return err;
}
