/* Where the pixels of the picture lie in the section.
 *
 * The computed faces are flat.  Drawn flat they would look like nothing alive, so that surface, junction and deeper faces
 * get waves of some hundredths of a millimetre; fields follow them. */
#include "io/histology.h"

#include <math.h>
#include <stdlib.h>

static const double turn = 6.283185307179586;
enum { ROWS_A_PIXEL = 4 };
/* Unevenness of the faces below the junction, and the depth below it over which that begins; mm. */
static const double uneven = 0.007, uneven_from = 0.05;

taut_dice taut__dice(const taut_slide *slide, const char *stream) {
  return (taut_dice){slide->seed, taut__stream(stream)};
}

float taut__throw(const taut_dice *dice, long item, int slot, double a, double b) {
  return (float)(a + (b - a) * taut__uniform(dice->seed, dice->stream, 16 * (uint64_t)item + (uint64_t)slot));
}

static void lay_waves(taut_slide *slide) {
  const taut_dice d = taut__dice(slide, "histology waves");
  const double mm = slide->scale, swell = fmin(0.012 * mm, 0.15 * slide->epidermis);
  double phase[8];
  for (int k = 0; k < 8; k++) phase[k] = taut__throw(&d, 0, k, 0, turn);
  for (int x = 0; x < slide->ink.width; x++) {
    double s = turn * x / mm;
    double junction = 0.9 * sin(s / 0.125 + phase[0]) + 0.5 * sin(s / 0.083 + phase[1]);
    double surface = 0.45 * sin(s / 0.31 + phase[2]) + 0.2 * sin(s / 0.125 + phase[0] + 0.7);
    slide->surface[x] = (float)(slide->top + swell * surface);
    slide->junction[x] = (float)(slide->top + slide->epidermis + swell * junction);
    slide->column[x] = taut__section_column(slide->section, fabs(x + 0.5 - slide->half) / mm);
    slide->uneven_x[2 * x] = (float)sin(s / 0.055 + phase[3]);
    slide->uneven_x[2 * x + 1] = (float)sin(s / 0.17 + phase[4]);
  }
  for (int y = 0; y < slide->ink.height; y++) {
    slide->uneven_y[2 * y] = (float)sin(turn * y / mm / 0.09 + phase[5]);
    slide->uneven_y[2 * y + 1] = (float)sin(turn * y / mm / 0.23 + phase[6]);
  }
}

taut_err taut__slide_create(taut_context *context, taut_slide *slide) {
  size_t w = (size_t)slide->ink.width, h = (size_t)slide->ink.height;
  slide->epidermis = taut__section_face(slide->section, TAUT_PAPILLARY) * slide->scale;
  slide->fade = 0.2 * slide->scale;
  slide->rows = (int)(ROWS_A_PIXEL * slide->depth_mm * slide->scale) + 1;
  slide->ink.density = taut__alloc(3 * w * h, sizeof(float));
  slide->surface = taut__alloc(w, sizeof(float));
  slide->junction = taut__alloc(w, sizeof(float));
  slide->uneven_x = taut__alloc(2 * w, sizeof(float));
  slide->uneven_y = taut__alloc(2 * h, sizeof(float));
  slide->column = taut__alloc(w, sizeof *slide->column);
  slide->row = taut__alloc((size_t)slide->rows, sizeof *slide->row);
  slide->layer = taut__alloc((size_t)slide->rows, 1);
  if (!slide->ink.density || !slide->surface || !slide->junction || !slide->uneven_x || !slide->uneven_y ||
      !slide->column || !slide->row || !slide->layer) {
    taut__slide_free(slide);
    return taut__fail(context, TAUT_ERR_MEMORY, "histology", "out of memory");
  }
  for (int k = 0; k < slide->rows; k++) {
    double z = (k + 0.5) / (ROWS_A_PIXEL * slide->scale);
    slide->row[k] = taut__section_row(slide->section, z);
    slide->layer[k] = (unsigned char)taut__section_layer(slide->section, z);
  }
  lay_waves(slide);
  return TAUT_OK;
}

void taut__slide_free(taut_slide *slide) {
  void *const owned[] = {slide->ink.density, slide->surface, slide->junction, slide->uneven_x,
                         slide->uneven_y,    slide->column,  slide->row,      slide->layer};
  for (size_t k = 0; k < sizeof owned / sizeof *owned; k++) free(owned[k]);
  slide->ink.density = NULL;
}

/* Depth at a pixel, pixels below the surface of the section. */
static double depth(const taut_slide *slide, int x, int y) {
  double surface = slide->surface[x], junction = slide->junction[x], height = y + 0.5;
  if (height < junction) return (height - surface) / (junction - surface) * slide->epidermis;
  double lift = junction - slide->top - slide->epidermis, below = height - slide->top - slide->epidermis;
  if (below < slide->fade) below = (below - lift) / (1 - lift / slide->fade);
  double begun = below / (uneven_from * slide->scale);
  double wave =
      slide->uneven_x[2 * x] * slide->uneven_y[2 * y] + slide->uneven_x[2 * x + 1] * slide->uneven_y[2 * y + 1];
  return slide->epidermis + fmax(0, below + uneven * slide->scale * wave * (begun < 1 ? begun : 1));
}

taut_spot taut__slide_spot(const taut_slide *slide, int x, int y) {
  x = x < 0 ? 0 : x < slide->ink.width ? x : slide->ink.width - 1;
  y = y < 0 ? 0 : y < slide->ink.height ? y : slide->ink.height - 1;
  double z = depth(slide, x, y);
  int row = z <= 0 ? 0 : (int)(ROWS_A_PIXEL * z);
  if (row >= slide->rows) row = slide->rows - 1;
  return (taut_spot){x, y, z / slide->scale, (taut_layer)slide->layer[row], &slide->column[x], &slide->row[row]};
}
