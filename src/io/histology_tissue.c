/* Layers and fibres of the histology picture, drawn from fields.
 *
 * What is computed: how much mature, fragmented and new collagen, fibrin and debris there is at each place, and how far
 * epidermis and barrier cover.  What is drawn at random: the course of single fibres, fat cells.  Fibres are textures of
 * mean 1 in each layer that are multiplied by the computed collagen, so that the stain of a region is its collagen. */
#include "io/histology.h"

#include <math.h>
#include <stdlib.h>

const taut_stain taut__stain_mature = {1.30f, 0.62f, 0.16f}, taut__stain_new = {0.92f, 0.16f, 0.42f},
                 taut__stain_fibrin = {0.16f, 1.45f, 1.30f}, taut__stain_cytoplasm = {0.30f, 0.92f, 0.52f},
                 taut__stain_keratin = {0.20f, 1.25f, 0.95f};
static const taut_stain ground = {0.07f, 0.03f, 0.01f}, septum = {0.55f, 0.26f, 0.10f};

/* Strength of collagen by mass; fragments take less stain. */
static const float mature_strength = 0.70f, fragment_strength = 0.50f, new_strength = 0.95f;
/* Share of a texture that is even: ground between the fibres takes some stain too. */
static const float even_mature = 0.16f, even_new = 0.25f;

/* -------------------------------------------------------------------------------------------------- textures ---- */

/* A kind of fibre; lengths in mm, random between the two values. */
typedef struct weave {
  const char *stream;
  double length[2], half[2], tilt, bend, wave[2], threads, cover;
} weave;

static const weave bundles = {"histology bundles", {0.06, 0.19}, {0.0024, 0.0062}, 0.42, 0.0040, {60, 110}, 1.6, 1.55},
                   cords = {"histology cords", {0.03, 0.08}, {0.0012, 0.0024}, 1.3, 0.0020, {80, 160}, 0, 0.35},
                   papillary =
                       {"histology papillary", {0.02, 0.055}, {0.0009, 0.0017}, 1.2, 0.0022, {90, 190}, 0, 1.25},
                   young = {"histology new", {0.022, 0.06}, {0.0007, 0.0013}, 1.5, 0.0026, {90, 200}, 0, 0.85};

static void lay_fibres(const taut_slide *slide, const weave *w, double from, double to, taut_plane *plane) {
  const taut_dice d = taut__dice(slide, w->stream);
  const double mm = slide->scale, margin = 0.03 * mm;
  double each = (w->length[0] + w->length[1]) / 2 * (w->half[0] + w->half[1]) * mm * mm;
  long n = (long)(w->cover * plane->width * (to - from) / each);
  for (long k = 0; k < n; k++) {
    float side = taut__throw(&d, k, 4, -1, 1);
    taut_fibre f = {.x = taut__throw(&d, k, 0, -margin, plane->width + margin),
                    .y = taut__throw(&d, k, 1, from, to),
                    .length = taut__throw(&d, k, 2, w->length[0] * mm, w->length[1] * mm),
                    .half = taut__throw(&d, k, 3, w->half[0] * mm, w->half[1] * mm),
                    .angle = (float)w->tilt * side * fabsf(side),
                    .bend = taut__throw(&d, k, 5, 0.3 * w->bend * mm, w->bend * mm),
                    .wave = taut__throw(&d, k, 6, w->wave[0] / mm, w->wave[1] / mm),
                    .phase = taut__throw(&d, k, 7, 0, 6.283),
                    .threads = (float)w->threads,
                    .strength = taut__throw(&d, k, 8, 0.6, 1.25)};
    taut__ink_fibre(plane, &f);
  }
}

/* Heights between which a layer lies, waves left aside. */
static void band(const taut_slide *slide, taut_layer layer, double *from, double *to) {
  *from = slide->top + taut__section_face(slide->section, (int)layer) * slide->scale;
  *to = fmin(slide->ink.height, slide->top + taut__section_face(slide->section, (int)layer + 1) * slide->scale);
}

/* Mean of a texture over the rows of a layer. */
static float mean_of(const taut_plane *plane, double from, double to) {
  double sum = 0;
  size_t first = (size_t)fmax(0, from) * (size_t)plane->width,
         end = (size_t)fmin(plane->height, to) * (size_t)plane->width;
  for (size_t k = first; k < end; k++) sum += plane->value[k];
  return sum > 0 ? (float)(sum / (double)(end - first)) : 1;
}

static void weave_textures(const taut_slide *slide, taut_fibres *t) {
  const double margin = 0.015 * slide->scale;
  double from, middle, to;
  band(slide, TAUT_PAPILLARY, &from, &middle);
  band(slide, TAUT_RETICULAR, &middle, &to);
  lay_fibres(slide, &papillary, from - margin, middle + margin, &t->plane[0]);
  lay_fibres(slide, &bundles, middle, to + margin, &t->plane[0]);
  lay_fibres(slide, &cords, middle - margin, to + margin, &t->plane[0]);
  lay_fibres(slide, &young, from - margin, to + margin, &t->plane[1]);
  for (int k = 0; k < 2; k++) {
    t->mean[k][TAUT_PAPILLARY] = mean_of(&t->plane[k], from, middle);
    t->mean[k][TAUT_RETICULAR] = mean_of(&t->plane[k], middle, to);
  }
}

/* Were the fibres made for this geometry? */
static bool fit(const taut_fibres *t, const taut_slide *slide) {
  if (!t || t->scale != slide->scale || t->plane[0].width != slide->ink.width ||
      t->plane[0].height != slide->ink.height)
    return false;
  for (int l = 0; l < TAUT_LAYERS; l++)
    if (t->face[l] != taut__section_face(slide->section, l)) return false;
  return true;
}

static taut_err make_fibres(taut_context *context, const taut_slide *slide, taut_fibres **fibres) {
  size_t pixels = (size_t)slide->ink.width * (size_t)slide->ink.height;
  taut__fibres_free(fibres);
  taut_fibres *t = *fibres = taut__alloc(1, sizeof *t);
  for (int k = 0; t && k < 2; k++)
    t->plane[k] = (taut_plane){slide->ink.width, slide->ink.height, taut__alloc(pixels, sizeof(float))};
  if (!t || !t->plane[0].value || !t->plane[1].value) {
    taut__fibres_free(fibres);
    return taut__fail(context, TAUT_ERR_MEMORY, "histology", "out of memory");
  }
  t->scale = slide->scale;
  for (int l = 0; l < TAUT_LAYERS; l++) t->face[l] = taut__section_face(slide->section, l);
  weave_textures(slide, t);
  return TAUT_OK;
}

void taut__fibres_free(taut_fibres **fibres) {
  if (!*fibres) return;
  for (int k = 0; k < 2; k++) free((*fibres)->plane[k].value);
  free(*fibres);
  *fibres = NULL;
}

/* ---------------------------------------------------------------------------------------------------- dermis ---- */

/* What the dermis holds at a place.  Two by two pixels share one: nothing in the fields is finer. */
typedef struct matrix {
  float mature, fresh, fibrin;
  int pair; /* of rows, from 1 */
} matrix;

static matrix matrix_at(const taut_slide *slide, const taut_spot *s) {
  return (matrix){.mature = mature_strength * taut__slide_value(slide, s, TAUT_SHOW_Cx) +
                            fragment_strength * taut__slide_value(slide, s, TAUT_SHOW_X),
                  .fresh = new_strength *
                           (taut__slide_value(slide, s, TAUT_SHOW_C3) + taut__slide_value(slide, s, TAUT_SHOW_Cn)),
                  .fibrin = taut__slide_value(slide, s, TAUT_SHOW_fb),
                  .pair = s->y / 2 + 1};
}

static void stain_dermis(taut_slide *slide, const taut_spot *s, const taut_fibres *t, const matrix *m) {
  size_t at = (size_t)s->y * (size_t)slide->ink.width + (size_t)s->x;
  float g = taut__grain(s->x, s->y);
  float woven = even_mature + (1 - even_mature) * t->plane[0].value[at] / t->mean[0][s->layer];
  float thin = even_new + (1 - even_new) * t->plane[1].value[at] / t->mean[1][s->layer];
  taut__ink_add(&slide->ink, s->x, s->y, ground, 0.7f + 0.6f * g);
  taut__ink_add(&slide->ink, s->x, s->y, taut__stain_mature, m->mature * woven);
  taut__ink_add(&slide->ink, s->x, s->y, taut__stain_new, m->fresh * thin);
  /* fibrin is a net of its own, seen through the texture of thin fibres */
  if (m->fibrin > 1e-3f)
    taut__ink_add(&slide->ink, s->x, s->y, taut__stain_fibrin, m->fibrin * (0.25f + 0.35f * thin + 0.2f * g));
}

/* ---------------------------------------------------------------------------------------------- epidermis, fat ---- */

static float share_of_one(float x) {
  return x < 0 ? 0 : x > 1 ? 1 : x;
}

/* Horny layer as flakes, living cells below it. */
static void stain_epidermis(taut_slide *slide, const taut_spot *s) {
  float g = taut__grain(s->x, s->y);
  double share = s->z * slide->scale / slide->epidermis, horny = slide->horny_mm * slide->scale / slide->epidermis;
  if (share < horny) {
    float whole = share_of_one(taut__slide_value(slide, s, TAUT_SHOW_bar));
    double lamella = share / horny * 4.5 + 0.35 * sin(s->x * 0.11) + 0.25 * sin(s->x * 0.043 + 2);
    float flake = 0.45f + 0.8f * (float)fabs(2 * (lamella - floor(lamella)) - 1);
    taut__ink_add(&slide->ink, s->x, s->y, taut__stain_keratin, whole * flake * (0.9f + 0.2f * g));
    return;
  }
  float cover = share_of_one(taut__slide_value(slide, s, TAUT_SHOW_K));
  float down = (float)((share - horny) / (1 - horny)); /* cells get darker towards the junction */
  taut__ink_add(&slide->ink, s->x, s->y, taut__stain_cytoplasm, cover * (0.62f + 0.22f * down + 0.16f * g));
}

/* Fat cells: a jittered honeycomb, of which the walls are seen. */
static void stain_fat(taut_slide *slide, const taut_spot *s) {
  const double size = 0.062 * slide->scale, u = s->x / size, v = s->y / size;
  double nearest = 1e9, second = 1e9;
  for (int j = (int)v - 1; j <= (int)v + 1; j++)
    for (int i = (int)u - 1; i <= (int)u + 1; i++) {
      double dx = i + 0.15 + 0.7 * taut__grain(i + 101, j + 501) - u;
      double dy = j + 0.15 + 0.7 * taut__grain(i + 901, j + 301) - v, d = dx * dx + dy * dy;
      if (d < nearest) {
        second = nearest;
        nearest = d;
      } else if (d < second) {
        second = d;
      }
    }
  double wall = (sqrt(second) - sqrt(nearest)) * size; /* about twice the distance from the wall, pixels */
  if (wall < 5) taut__ink_add(&slide->ink, s->x, s->y, septum, (float)(1.4 - 0.28 * wall));
  float fibrin = taut__slide_value(slide, s, TAUT_SHOW_fb);
  if (fibrin > 1e-3f) taut__ink_add(&slide->ink, s->x, s->y, taut__stain_fibrin, 0.7f * fibrin);
}

/* ------------------------------------------------------------------------------------------------------ pixels ---- */

static void stain_pixels(taut_slide *slide, const taut_fibres *t, matrix *held) {
  for (int y = 0; y < slide->ink.height; y++)
    for (int x = 0; x < slide->ink.width; x++) {
      taut_spot s = taut__slide_spot(slide, x, y);
      if (s.z < 0) continue;
      if (s.layer == TAUT_EPIDERMIS)
        stain_epidermis(slide, &s);
      else if (s.layer == TAUT_SUBCUTIS)
        stain_fat(slide, &s);
      else {
        matrix *m = &held[x / 2];
        if (m->pair != y / 2 + 1) *m = matrix_at(slide, &s);
        stain_dermis(slide, &s, t, m);
      }
    }
}

taut_err taut__tissue_draw(taut_context *context, taut_slide *slide, taut_fibres **fibres) {
  taut_err err = fit(*fibres, slide) ? TAUT_OK : make_fibres(context, slide, fibres);
  if (err) return err;
  matrix *held = taut__alloc((size_t)slide->ink.width / 2 + 1, sizeof *held);
  if (!held) return taut__fail(context, TAUT_ERR_MEMORY, "histology", "out of memory");
  stain_pixels(slide, *fibres, held);
  free(held);
  return TAUT_OK;
}
