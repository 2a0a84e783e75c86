/* Parts of the histology picture (private to io/): a section of tissue in the stains of a trichrome, and a picture of it.
 *
 * Stains add up as optical densities, as on a slide, and become colours at the end.  Lengths are in pixels unless a name
 * ends in _mm.  Everything random is addressed by (seed, stream, index), so that the same case gives the same bytes and
 * pictures of different days differ by their fields only. */
#ifndef TAUT_IO_HISTOLOGY_H
#define TAUT_IO_HISTOLOGY_H

#include "io/io.h"

/* ------------------------------------------------------------------------------------------------ fields (section) ---- */

/** Fields that a picture shows, by the names of the field set. */
typedef enum taut_shown {
  TAUT_SHOW_Cx,
  TAUT_SHOW_X,
  TAUT_SHOW_C3,
  TAUT_SHOW_Cn,
  TAUT_SHOW_fb,
  TAUT_SHOW_D,
  TAUT_SHOW_F,
  TAUT_SHOW_A,
  TAUT_SHOW_N,
  TAUT_SHOW_M1,
  TAUT_SHOW_M2,
  TAUT_SHOW_B,
  TAUT_SHOW_K,
  TAUT_SHOW_bar,
  TAUT_SHOWN
} taut_shown;

/** The fields of one track at one time, ready to be looked up at a place. */
typedef struct taut_section {
  const taut_domain *domain; /**< lent */
  int first[TAUT_SHOWN];     /**< first point where the field lives */
  int end[TAUT_SHOWN];
  double *data[TAUT_SHOWN]; /**< values from that point on; owned */
  double *r, *z;            /**< centres of the cells; owned */
} taut_section;

/** Where a place lies between the centres of cells: four points and their weights. */
typedef struct taut_between {
  int low, high;
  float weight; /**< of high */
} taut_between;

/** True where this result can be shown: a track, and every field that is shown. */
bool taut__section_possible(const struct taut_result *result);
/** @param snapshot  -1: at rest, before any session */
TAUT_MUST_USE taut_err taut__section_create(taut_context *context, const struct taut_result *result, int snapshot,
                                            taut_section *out);
void taut__section_free(taut_section *section);
/** Cells around distance r from the axis; and around depth z, never across the face of a layer. */
taut_between taut__section_column(const taut_section *section, double r_mm);
taut_between taut__section_row(const taut_section *section, double z_mm);
taut_layer taut__section_layer(const taut_section *section, double z_mm);
/** Depth of the upper face of a layer, mm; of TAUT_LAYERS: of the lower end. */
double taut__section_face(const taut_section *section, int layer);
/** Value of a field; 0 where it does not live. */
float taut__section_value(const taut_section *section, taut_shown field, const taut_between *column,
                          const taut_between *row);
/** Volume mean over a layer. */
double taut__section_mean(const taut_section *section, taut_shown field, taut_layer layer);

/* ---------------------------------------------------------------------------------------------------- ink (canvas) ---- */

/** A stain: optical density for red, green and blue light at full strength. */
typedef struct taut_stain {
  float red, green, blue;
} taut_stain;

/** One plane of a texture. */
typedef struct taut_plane {
  int width, height;
  float *value; /**< [width * height] */
} taut_plane;

/** Optical densities of a piece of tissue. */
typedef struct taut_ink {
  int width, height;
  float *density; /**< [width * height * 3] */
} taut_ink;

/** A wavy fibre around (x, y): `half` its half thickness, `angle` from the horizontal, a sine of `bend` across it with
 *  `wave` radians a pixel; `threads` dark lines across its thickness. */
typedef struct taut_fibre {
  float x, y, length, half, angle, bend, wave, phase, threads, strength;
} taut_fibre;
void taut__ink_fibre(taut_plane *plane, const taut_fibre *fibre);
/** An ellipse with half axes a (along `angle`) and b that covers what lies below it by `opacity`. */
void taut__ink_ellipse(taut_ink *ink, float x, float y, float a, float b, float angle, taut_stain stain, float opacity);
/** Adds a stain at one pixel. */
static inline void taut__ink_add(taut_ink *ink, int x, int y, taut_stain stain, float strength) {
  float *density = &ink->density[3 * ((size_t)y * (size_t)ink->width + (size_t)x)];
  density[0] += strength * stain.red;
  density[1] += strength * stain.green;
  density[2] += strength * stain.blue;
}

/* -------------------------------------------------------------------------------------------------------- tissue ---- */

/** Stains, so that the legend shows what the tissue uses. */
extern const taut_stain taut__stain_mature, taut__stain_new, taut__stain_fibrin, taut__stain_cytoplasm,
    taut__stain_keratin, taut__stain_nucleus, taut__stain_macrophage, taut__stain_myofibroblast, taut__stain_blood;

/** A piece of tissue: what it shows, and where.  Set the first part, then taut__slide_create. */
typedef struct taut_slide {
  const taut_section *section; /**< lent */
  uint64_t seed;
  double scale;    /**< pixels per mm */
  double top;      /**< mean height of the surface: free glass above */
  double half;     /**< pixels from the axis to the edge: R */
  double depth_mm; /**< depth that is shown */
  double horny_mm; /**< mean thickness of the horny layer */
  taut_ink ink;    /**< width and height */
  /* made by taut__slide_create */
  double epidermis, fade;    /**< pixels: thickness of the epidermis, depth over which the waves of the junction fade */
  float *surface, *junction; /**< [width] heights of the surface and of the junction with the dermis */
  float *uneven_x, *uneven_y; /**< [2 width], [2 height] factors of that unevenness */
  taut_between *column;       /**< [width] */
  int rows;
  taut_between *row;    /**< [rows] by depth, four a pixel */
  unsigned char *layer; /**< [rows] */
} taut_slide;
TAUT_MUST_USE taut_err taut__slide_create(taut_context *context, taut_slide *slide);
void taut__slide_free(taut_slide *slide);

/** A pixel and where it lies in the section. */
typedef struct taut_spot {
  int x, y;
  double z; /**< mm; negative above the surface */
  taut_layer layer;
  const taut_between *column, *row;
} taut_spot;
/** Pixels beyond the edge count as the last within. */
taut_spot taut__slide_spot(const taut_slide *slide, int x, int y);
static inline float taut__slide_value(const taut_slide *slide, const taut_spot *spot, taut_shown field) {
  return taut__section_value(slide->section, field, spot->column, spot->row);
}

/** Random numbers of one kind of thing: number `slot` (below 16) of thing `item`, between a and b. */
typedef struct taut_dice {
  uint64_t seed, stream;
} taut_dice;
taut_dice taut__dice(const taut_slide *slide, const char *stream);
float taut__throw(const taut_dice *dice, long item, int slot, double a, double b);
/** A cheap random number of a pixel in [0, 1), for grain. */
static inline float taut__grain(int x, int y) {
  uint32_t h = ((uint32_t)x * UINT32_C(0x9e3779b1)) ^ (((uint32_t)y + UINT32_C(0x7f4a7c15)) * UINT32_C(0x85ebca6b));
  h = (h ^ (h >> 15)) * UINT32_C(0x2c1b3c6d);
  h = (h ^ (h >> 12)) * UINT32_C(0x297a2d39);
  return (float)((h ^ (h >> 15)) >> 8) * 0x1p-24f;
}

/** Textures of mature and new collagen: the same for all pictures of a track, whose fields differ. */
struct taut_fibres {
  double scale, face[TAUT_LAYERS]; /**< what they were made for, with the size of the planes */
  taut_plane plane[2];
  float mean[2][TAUT_LAYERS];
};
/** Draws layers and fibres into slide->ink.  *fibres is made anew where it is NULL or of another geometry. */
TAUT_MUST_USE taut_err taut__tissue_draw(taut_context *context, taut_slide *slide, taut_fibres **fibres);
/** Places cells and vessels on it. */
void taut__tissue_cells(taut_slide *slide);
/** Cells that the legend shows too. */
void taut__tissue_fibroblast(taut_ink *ink, float x, float y, float scale, float angle);
void taut__tissue_myofibroblast(taut_ink *ink, float x, float y, float scale, float angle);
void taut__tissue_neutrophil(taut_ink *ink, float x, float y, float scale, float angle);
void taut__tissue_macrophage(taut_ink *ink, float x, float y, float scale, float angle);
void taut__tissue_vessel(taut_ink *ink, float x, float y, float scale, float angle);

/* ------------------------------------------------------------------------------------------------------- picture ---- */

/** Red, green, blue bytes, row by row. */
typedef struct taut_picture {
  int width, height;
  unsigned char *rgb;
} taut_picture;

/** Puts stained tissue on the picture as light shines through it. */
void taut__picture_ink(taut_picture *picture, const taut_ink *ink, int left, int top);
/** A line of text in drawn strokes (ASCII and the micro sign); `height` of its capitals.  Returns its width.
 *  @param picture  NULL: measures only */
double taut__picture_text(taut_picture *picture, double x, double y, double height, const char *text);
void taut__picture_line(taut_picture *picture, double x1, double y1, double x2, double y2, double width, int grey);
/** The picture as PNG with a description; release with free(). */
TAUT_MUST_USE taut_err taut__picture_png(taut_context *context, const taut_picture *picture, const char *description,
                                         void **data, size_t *length);

#endif
