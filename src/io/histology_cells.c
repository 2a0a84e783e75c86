/* Cells and vessels of the histology picture.  Each kind has a fixed set of random places; at a place there is a cell where
 * a fixed random number lies below the computed number of cells there. */
#include "io/histology.h"

#include <math.h>

const taut_stain taut__stain_nucleus = {1.25f, 2.20f, 1.45f}, taut__stain_macrophage = {0.28f, 0.70f, 0.30f},
                 taut__stain_myofibroblast = {0.30f, 1.30f, 0.85f}, taut__stain_blood = {0.08f, 0.95f, 1.35f};

/* Thickness of the slice in which cells are counted: a usual section and half a nucleus on either side. */
static const double slice_mm = 0.012;

void taut__tissue_fibroblast(taut_ink *ink, float x, float y, float scale, float angle) {
  taut__ink_ellipse(ink, x, y, 0.0068f * scale, 0.0019f * scale, angle, taut__stain_nucleus, 0.9f);
}

void taut__tissue_myofibroblast(taut_ink *ink, float x, float y, float scale, float angle) {
  taut__ink_ellipse(ink, x, y, 0.0150f * scale, 0.0040f * scale, angle, taut__stain_myofibroblast, 0.8f);
  taut__ink_ellipse(ink, x, y, 0.0066f * scale, 0.0024f * scale, angle, taut__stain_nucleus, 0.95f);
}

void taut__tissue_neutrophil(taut_ink *ink, float x, float y, float scale, float angle) {
  taut__ink_ellipse(ink, x, y, 0.0052f * scale, 0.0052f * scale, 0, taut__stain_macrophage, 0.35f);
  for (int lobe = 0; lobe < 3; lobe++) {
    float turn = angle + 2.1f * (float)lobe;
    taut__ink_ellipse(ink, x + 0.0023f * scale * cosf(turn), y + 0.0023f * scale * sinf(turn), 0.0020f * scale,
                      0.0020f * scale, 0, taut__stain_nucleus, 0.95f);
  }
}

void taut__tissue_macrophage(taut_ink *ink, float x, float y, float scale, float angle) {
  taut__ink_ellipse(ink, x, y, 0.0088f * scale, 0.0074f * scale, angle, taut__stain_macrophage, 0.75f);
  taut__ink_ellipse(ink, x + 0.002f * scale * cosf(angle), y + 0.002f * scale * sinf(angle), 0.0036f * scale,
                    0.0030f * scale, angle, taut__stain_nucleus, 0.85f);
}

void taut__tissue_vessel(taut_ink *ink, float x, float y, float scale, float angle) {
  static const taut_stain lumen = {0.03f, 0.06f, 0.08f};
  float a = 0.0105f * scale, b = 0.0068f * scale, c = cosf(angle), s = sinf(angle);
  taut__ink_ellipse(ink, x, y, a + 0.0022f * scale, b + 0.0022f * scale, angle, taut__stain_myofibroblast, 0.75f);
  taut__ink_ellipse(ink, x, y, a, b, angle, lumen, 0.95f);
  taut__ink_ellipse(ink, x + 0.3f * a * c, y + 0.3f * a * s, 0.0042f * scale, 0.0034f * scale, angle, taut__stain_blood,
                    0.8f);
  taut__ink_ellipse(ink, x - 0.4f * a * c, y - 0.4f * a * s, 0.0036f * scale, 0.0034f * scale, angle, taut__stain_blood,
                    0.8f);
  taut__ink_ellipse(ink, x - s * (b + 0.001f * scale), y + c * (b + 0.001f * scale), 0.0046f * scale, 0.0015f * scale,
                    angle, taut__stain_nucleus, 0.9f);
}

static void red_cell(taut_ink *ink, float x, float y, float scale, float angle) {
  taut__ink_ellipse(ink, x, y, 0.0036f * scale, 0.0028f * scale, angle, taut__stain_blood, 0.75f);
}

static void crumb(taut_ink *ink, float x, float y, float scale, float angle) {
  static const taut_stain debris = {0.85f, 1.10f, 0.95f};
  taut__ink_ellipse(ink, x, y, 0.0026f * scale, 0.0013f * scale, angle, debris, 0.6f);
}

/* A kind of cell: where it lives, its number per mm2 of section at `most` units of its fields, how it looks. */
typedef struct population {
  const char *stream;
  taut_shown field, plus; /* summed; TAUT_SHOWN: none */
  double per_unit;        /* cells per mm3 at one unit (of what is no cell: per mm2 of section) */
  bool by_area;           /* the latter */
  double most;            /* units beyond which no more are drawn */
  double tilt;            /* largest angle from the horizontal */
  unsigned layers;
  void (*draw)(taut_ink *ink, float x, float y, float scale, float angle);
} population;

static const population populations[] = {
    {"histology vessels", TAUT_SHOW_B, TAUT_SHOWN, 55, true, 3, 3.2, TAUT_IN(TAUT_PAPILLARY), taut__tissue_vessel},
    {"histology deep vessels", TAUT_SHOW_B, TAUT_SHOWN, 14, true, 3, 3.2, TAUT_IN(TAUT_RETICULAR), taut__tissue_vessel},
    {"histology red cells", TAUT_SHOW_fb, TAUT_SHOWN, 9000, true, 1, 3.2, 0xE, red_cell},
    {"histology debris", TAUT_SHOW_D, TAUT_SHOWN, 9000, true, 1, 3.2, 0xE, crumb},
    {"histology macrophages", TAUT_SHOW_M1, TAUT_SHOW_M2, 1000, false, 12, 3.2, 0xE, taut__tissue_macrophage},
    {"histology myofibroblasts", TAUT_SHOW_A, TAUT_SHOWN, 3000, false, 3, 0.6, 0x6, taut__tissue_myofibroblast},
    {"histology fibroblasts", TAUT_SHOW_F, TAUT_SHOWN, 3000, false, 5, 0.6, 0x6, taut__tissue_fibroblast},
    {"histology neutrophils", TAUT_SHOW_N, TAUT_SHOWN, 1000, false, 20, 3.2, 0xE, taut__tissue_neutrophil},
};

static void place_population(taut_slide *slide, const population *p) {
  const taut_dice d = taut__dice(slide, p->stream);
  double per_mm2 = p->by_area ? p->per_unit : p->per_unit * slice_mm;
  double area = slide->ink.width / slide->scale * (slide->ink.height - slide->top) / slide->scale; /* mm2 */
  long n = (long)(per_mm2 * p->most * area);
  for (long k = 0; k < n; k++) {
    float x = taut__throw(&d, k, 0, 0, slide->ink.width), y = taut__throw(&d, k, 1, slide->top, slide->ink.height);
    taut_spot s = taut__slide_spot(slide, (int)x, (int)y);
    if (s.z < 0 || !(p->layers & TAUT_IN(s.layer))) continue;
    float there = taut__slide_value(slide, &s, p->field);
    if (p->plus < TAUT_SHOWN) there += taut__slide_value(slide, &s, p->plus);
    if (taut__throw(&d, k, 2, 0, p->most) >= there) continue;
    p->draw(&slide->ink, x, y, (float)slide->scale, taut__throw(&d, k, 3, -p->tilt, p->tilt));
  }
}

/* One row of nuclei, `up` mm above the junction: a palisade on it, rounder above, flat below the horny layer. */
static void place_keratinocytes(taut_slide *slide, double up, bool basal, long *item) {
  const taut_dice d = taut__dice(slide, "histology keratinocytes");
  const float mm = (float)slide->scale, living = (float)(slide->epidermis - slide->horny_mm * slide->scale);
  const float flat = fminf(1, (float)up * mm / living);
  const float a = basal ? 0.0026f : 0.0030f + 0.0012f * flat, b = basal ? 0.0044f : 0.0030f - 0.0014f * flat;
  for (double place = 0; place < slide->ink.width; place += (basal ? 0.0068 : 0.0108) * slide->scale, ++*item) {
    float x = (float)place + taut__throw(&d, *item, 0, 0, 0.004 * slide->scale);
    if (x >= (float)slide->ink.width) continue;
    float y = slide->junction[(int)x] - (float)up * mm + taut__throw(&d, *item, 1, -0.0016 * mm, 0.0016 * mm);
    taut_spot s = taut__slide_spot(slide, (int)x, (int)y);
    if (s.z < 0 || taut__throw(&d, *item, 2, 0, 1) >= taut__slide_value(slide, &s, TAUT_SHOW_K)) continue;
    taut__ink_ellipse(&slide->ink, x, y, a * mm, b * mm, 0, taut__stain_nucleus, basal ? 0.85f : 0.75f);
  }
}

void taut__tissue_cells(taut_slide *slide) {
  static const double lowest = 0.0055, apart = 0.0107, below_horny = 0.004; /* mm */
  for (size_t k = 0; k < sizeof populations / sizeof *populations; k++) place_population(slide, &populations[k]);
  double living = slide->epidermis / slide->scale - slide->horny_mm;
  long item = 0;
  for (int row = 0; lowest + row * apart < living - below_horny; row++)
    place_keratinocytes(slide, lowest + row * apart, row == 0, &item);
}
