/* The histology picture: a virtual biopsy of one track, mirrored about its axis, with scale, time, legend and numbers. */
#include "io/histology.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

static const char caption[] = "rendering of computed fields, not a micrograph";

/* Layout, pixels. */
enum { MARGIN = 22, HEAD = 74, FOOT = 56, LEGEND = 292, GLASS = 16, WIDEST = 560, TALLEST = 740 };
/* Fat that is shown below the dermis, mm. */
static const double fat_shown = 0.2;

/* ----------------------------------------------------------------------------------------------- which pictures ---- */

/* Follow-up time nearest to `day`. */
static int nearest_snapshot(const struct taut_result *result, double day) {
  int best = 0;
  for (int s = 1; s < result->snapshots; s++)
    if (fabs(result->snapshot[s].day - day) < fabs(result->snapshot[best].day - day)) best = s;
  return best;
}

int taut__histology_choice(const struct taut_result *result, int choice[TAUT_HISTOLOGY_MOST]) {
  static const double day[] = {3, 14, 28};
  if (!taut__section_possible(result)) return 0;
  int n = 0;
  choice[n++] = -1;
  if (result->sessions == 0 || result->snapshots == 0) return n; /* untreated skin stays as it is */
  int wanted[TAUT_HISTOLOGY_MOST - 1] = {0};
  for (int k = 0; k < 3; k++) wanted[k + 1] = nearest_snapshot(result, day[k]);
  wanted[4] = result->snapshots - 1;
  for (int k = 0; k < TAUT_HISTOLOGY_MOST - 1; k++)
    if (wanted[k] > choice[n - 1]) choice[n++] = wanted[k];
  return n;
}

const char *taut__histology_name(int snapshot, char buffer[32]) {
  char visit[24];
  if (snapshot < 0) return strcpy(buffer, "histology_before.png");
  snprintf(buffer, 32, "histology_%s.png", taut__visit_name(snapshot, visit));
  return buffer;
}

bool taut__histology_is_name(const char *name) {
  static const char head[] = "histology_visit_", tail[] = ".png";
  if (strcmp(name, "histology_before.png") == 0) return true;
  if (strncmp(name, head, sizeof head - 1) != 0) return false;
  name += sizeof head - 1;
  size_t digits = strspn(name, "0123456789");
  return digits >= 3 && strcmp(name + digits, tail) == 0;
}

/* ------------------------------------------------------------------------------------------------------- words ---- */

/* "before treatment", "right after the first session", "3 days after the first session". */
static void time_words(const struct taut_result *result, int snapshot, char out[96]) {
  if (snapshot < 0) {
    snprintf(out, 96, "before treatment");
    return;
  }
  double day = result->snapshot[snapshot].day;
  if (day == 0) {
    snprintf(out, 96, "right after the first session");
    return;
  }
  taut_text number = {0};
  bool hours = day < 2;
  double x = hours ? 24 * day : day;
  taut__add_fixed(&number, x, x == floor(x) ? 0 : x < 10 ? 1 : 0);
  const char *unit = hours ? "h" : "days";
  snprintf(out, 96, "%.24s %s after the first session", number.failed ? "?" : number.data, unit);
  taut__text_free(&number);
}

/* A name in letters that the lettering has. */
static void plain_name(const char *name, char out[40]) {
  size_t n = 0;
  for (; name && *name && n < 36; name++)
    out[n++] = (unsigned char)*name > 0x20 && (unsigned char)*name < 0x7f ? *name : '?';
  out[n] = '\0';
}

static void put_number(taut_picture *picture, double right, double y, double size, double x) {
  taut_text number = {0};
  taut__add_fixed(&number, x, fabs(x) < 10 ? 2 : fabs(x) < 100 ? 1 : 0);
  if (!number.failed) {
    double width = taut__picture_text(NULL, 0, 0, size, number.data);
    taut__picture_text(picture, right - width, y, size, number.data);
  }
  taut__text_free(&number);
}

/* ------------------------------------------------------------------------------------------------------- legend ---- */

typedef struct swatch {
  const char *label;
  const taut_stain *stain; /* a field of colour ... */
  float strength;
  void (*cell)(taut_ink *ink, float x, float y, float scale, float angle); /* ... or a cell */
} swatch;

static const swatch swatches[] = {
    {"old collagen (Cx + X)", &taut__stain_mature, 0.75f, NULL},
    {"new collagen (C3 + Cn)", &taut__stain_new, 0.65f, NULL},
    {"fibrin clot (fb)", &taut__stain_fibrin, 0.65f, NULL},
    {"epidermis (K)", &taut__stain_cytoplasm, 0.8f, NULL},
    {"horny layer (bar)", &taut__stain_keratin, 0.9f, NULL},
    {"fibroblast (F)", NULL, 0, taut__tissue_fibroblast},
    {"myofibroblast (A)", NULL, 0, taut__tissue_myofibroblast},
    {"neutrophil (N)", NULL, 0, taut__tissue_neutrophil},
    {"macrophage (M1 + M2)", NULL, 0, taut__tissue_macrophage},
    {"vessel (B)", NULL, 0, taut__tissue_vessel},
};

static void draw_swatch(taut_picture *picture, const swatch *s, int x, int y) {
  enum { WIDTH = 44, HEIGHT = 22 };
  float density[3 * WIDTH * HEIGHT] = {0};
  taut_ink ink = {WIDTH, HEIGHT, density};
  for (int j = 0; j < HEIGHT; j++)
    for (int i = 0; i < WIDTH; i++)
      taut__ink_add(&ink, i, j, s->stain ? *s->stain : taut__stain_mature, s->stain ? s->strength : 0.1f);
  if (s->cell) s->cell(&ink, WIDTH / 2.0f, HEIGHT / 2.0f, 1000, -0.25f);
  taut__picture_ink(picture, &ink, x, y);
}

typedef struct number_row {
  const char *label;
  taut_shown field, plus;
  double unit; /* to what is printed */
} number_row;

/* Means of the two dermal layers of this track: what the picture shows, in numbers. */
static const number_row number_rows[] = {
    {"mature collagen", TAUT_SHOW_Cx, TAUT_SHOWN, 1},    {"fragments", TAUT_SHOW_X, TAUT_SHOWN, 1},
    {"new collagen", TAUT_SHOW_C3, TAUT_SHOW_Cn, 1},     {"fibroblasts", TAUT_SHOW_F, TAUT_SHOWN, 3000},
    {"myofibroblasts", TAUT_SHOW_A, TAUT_SHOWN, 3000},   {"neutrophils *", TAUT_SHOW_N, TAUT_SHOWN, 1000},
    {"macrophages *", TAUT_SHOW_M1, TAUT_SHOW_M2, 1000},
};

static void draw_legend(taut_picture *picture, const taut_section *section, int x, int y) {
  const double size = 9;
  for (size_t k = 0; k < sizeof swatches / sizeof *swatches; k++, y += 28) {
    draw_swatch(picture, &swatches[k], x, y);
    taut__picture_text(picture, x + 54, y + 16, size, swatches[k].label);
  }
  y += 26;
  taut__picture_text(picture, x, y, size, "means of this track");
  double right[2] = {x + 198, x + 268};
  taut__picture_text(picture, right[0] - taut__picture_text(NULL, 0, 0, size, "papillary"), y + 20, size, "papillary");
  taut__picture_text(picture, right[1] - taut__picture_text(NULL, 0, 0, size, "reticular"), y + 20, size, "reticular");
  taut__picture_line(picture, x, y + 26, x + 266, y + 26, 1, 150);
  y += 42;
  for (size_t k = 0; k < sizeof number_rows / sizeof *number_rows; k++, y += 18) {
    const number_row *row = &number_rows[k];
    taut__picture_text(picture, x, y, size, row->label);
    for (int l = 0; l < 2; l++) {
      taut_layer layer = l == 0 ? TAUT_PAPILLARY : TAUT_RETICULAR;
      double mean = taut__section_mean(section, row->field, layer);
      if (row->plus < TAUT_SHOWN) mean += taut__section_mean(section, row->plus, layer);
      put_number(picture, right[l], y, size, row->unit * mean);
    }
  }
  taut__picture_text(picture, x, y + 6, 8, "collagen: young reticular dermis = 1");
  taut__picture_text(picture, x, y + 22, 8, "cells per mm3; * above residents");
}

/* --------------------------------------------------------------------------------------------------- the picture ---- */

static void draw_words(taut_picture *picture, const struct taut_result *result, const taut_slide *slide, int snapshot) {
  char when[96], site[40], device[40], line[256], radius[32];
  time_words(result, snapshot, when);
  plain_name(result->c->site.name, site);
  plain_name(result->c->device.name, device);
  const taut_domain *domain = slide->section->domain;
  snprintf(line, sizeof line, "Virtual biopsy, %s", when);
  taut__picture_text(picture, MARGIN, 36, 14, line);
  taut_text number = {0};
  taut__add_fixed(&number, domain->r[domain->nr], 2);
  snprintf(radius, sizeof radius, "%.20s", number.failed ? "?" : number.data);
  taut__text_free(&number);
  snprintf(line, sizeof line, "%s, %s; one needle track and its surroundings, radius %s mm", site,
           result->sessions > 0 ? device : taut__without_session(result), radius);
  taut__picture_text(picture, MARGIN, 58, 9, line);
  double foot = picture->height - FOOT + 24;
  snprintf(line, sizeof line, "%s; single fibres and cells stand at random places", caption);
  taut__picture_text(picture, MARGIN, foot, 9, line);
  taut__picture_text(picture, MARGIN, foot + 18, 9, TAUT_NOTICE);
}

/* A bar of 100 um (of 20 um in a very narrow picture) on glass in the lower left corner. */
static void draw_scale(taut_picture *picture, const taut_slide *slide) {
  int um = slide->ink.width > 130 * slide->scale / 1000 ? 100 : 20;
  char label[16];
  snprintf(label, sizeof label, "%d \xb5m", um);
  double bar = um * slide->scale / 1000, text = taut__picture_text(NULL, 0, 0, 10, label), wide = fmax(bar, text);
  double x = MARGIN + 12, y = HEAD + slide->ink.height - 16;
  size_t glass = (size_t)fmin(wide + 16, picture->width - x);
  for (int j = (int)y - 26; j < (int)y + 9; j++)
    memset(picture->rgb + 3 * ((size_t)j * (size_t)picture->width + (size_t)(x - 8)), 252, 3 * glass);
  taut__picture_line(picture, x + (wide - bar) / 2, y, x + (wide + bar) / 2, y, 3, 25);
  taut__picture_text(picture, x + (wide - text) / 2, y - 9, 10, label);
}

/* Names of the layers beside the tissue, with a tick at each face. */
static void draw_layers(taut_picture *picture, const taut_slide *slide) {
  static const char *const name[TAUT_LAYERS] = {"epidermis", "papillary dermis", "reticular dermis", "fat"};
  double x = MARGIN + slide->ink.width + 4;
  for (int l = 0; l < TAUT_LAYERS; l++) {
    double from = taut__section_face(slide->section, l),
           to = fmin(slide->depth_mm, taut__section_face(slide->section, l + 1));
    if (to <= from) continue;
    double y1 = HEAD + slide->top + from * slide->scale, y2 = HEAD + slide->top + to * slide->scale;
    taut__picture_line(picture, x, y1, x + 8, y1, 1.3, 90);
    taut__picture_text(picture, x + 12, fmax(y1 + 11, (y1 + y2) / 2 + 4), 9, name[l]);
  }
}

static taut_slide make_slide(const struct taut_result *result, const taut_section *section) {
  const taut_site *site = &result->c->site;
  double R = section->domain->r[section->domain->nr];
  double fat = taut__section_face(section, TAUT_SUBCUTIS), end = taut__section_face(section, TAUT_LAYERS);
  taut_slide slide = {
      .section = section, .seed = result->c->seed, .top = GLASS, .depth_mm = fmin(end, fat + fat_shown)};
  slide.scale = fmin(WIDEST / (2 * R), (TALLEST - GLASS) / slide.depth_mm);
  slide.ink.width = (int)(2 * R * slide.scale);
  slide.ink.height = (int)(GLASS + slide.depth_mm * slide.scale);
  slide.half = slide.ink.width / 2.0;
  double share = site->sc > 0 && site->ve > 0 ? site->sc / (site->sc + site->ve) : 0.2;
  slide.horny_mm = share * taut__section_face(section, TAUT_PAPILLARY);
  return slide;
}

static taut_err draw(taut_context *context, const struct taut_result *result, int snapshot, const taut_section *section,
                     taut_fibres **fibres, taut_picture *picture) {
  enum { LABELS = 128 };
  taut_slide slide = make_slide(result, section);
  taut_err err = taut__slide_create(context, &slide);
  if (err) return err;
  err = taut__tissue_draw(context, &slide, fibres);
  if (!err) taut__tissue_cells(&slide);
  int tallest = slide.ink.height > 560 ? slide.ink.height : 560;
  picture->width = MARGIN + slide.ink.width + LABELS + LEGEND + MARGIN;
  picture->height = HEAD + tallest + FOOT;
  size_t bytes = 3 * (size_t)picture->width * (size_t)picture->height;
  picture->rgb = err ? NULL : taut__alloc(bytes, 1);
  if (!err && !picture->rgb) err = taut__fail(context, TAUT_ERR_MEMORY, "histology", "out of memory");
  if (!err) {
    memset(picture->rgb, 255, bytes);
    taut__picture_ink(picture, &slide.ink, MARGIN, HEAD);
    draw_words(picture, result, &slide, snapshot);
    draw_scale(picture, &slide);
    draw_layers(picture, &slide);
    draw_legend(picture, section, MARGIN + slide.ink.width + LABELS + 12, HEAD + GLASS);
  }
  taut__slide_free(&slide);
  return err;
}

taut_err taut__histology_png(taut_context *context, const struct taut_result *result, int snapshot,
                             taut_fibres **fibres, void **data, size_t *length) {
  taut_section section;
  taut_picture picture = {0};
  *data = NULL;
  *length = 0;
  taut_err err = taut__section_create(context, result, snapshot, &section);
  if (err) return err;
  err = draw(context, result, snapshot, &section, fibres, &picture);
  if (!err) {
    char when[96], description[320];
    time_words(result, snapshot, when);
    snprintf(description, sizeof description, "Virtual biopsy, %s: %s. %s", when, caption, TAUT_NOTICE);
    err = taut__picture_png(context, &picture, description, data, length);
  }
  free(picture.rgb);
  taut__section_free(&section);
  return err;
}
