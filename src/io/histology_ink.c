/* Fibres and ellipses in optical densities. */
#include "io/histology.h"

#include <math.h>

/* Simple enough to be inlined, which fminf() and fmaxf() are not. */
static inline float least(float a, float b) {
  return a < b ? a : b;
}

static inline float most(float a, float b) {
  return a > b ? a : b;
}

static inline float size_of(float a) {
  return a < 0 ? -a : a;
}

/* One cut across a fibre: pixels `low` to `high` of a column or row, `stride` apart from each other. */
static void cut(float *at, size_t stride, int low, int high, float middle, float wide, float strength) {
  for (int k = low; k <= high; k++, at += stride) {
    float cover = wide + 0.5f - size_of((float)k - middle);
    *at += strength * (cover < 0 ? 0 : cover > 1 ? 1 : cover);
  }
}

/* The same with dark lines along the fibre: a triangle of mean 1 across it. */
static void cut_ripples(float *at, size_t stride, int low, int high, float middle, float wide, float strength,
                        float threads, float phase) {
  for (int k = low; k <= high; k++, at += stride) {
    float offset = (float)k - middle, cover = wide + 0.5f - size_of(offset), v = threads * offset + phase + 64;
    float ripple = 0.62f + 1.52f * size_of(v - (float)(int)v - 0.5f);
    *at += strength * ripple * (cover < 0 ? 0 : cover > 1 ? 1 : cover);
  }
}

/* A fibre runs along the axis it is nearer to, so that its middle is a function of that coordinate and every pixel gets
 * its exact share across the other: no gaps, no pixel twice. */
void taut__ink_fibre(taut_plane *plane, const taut_fibre *f) {
  const float c = cosf(f->angle), s = sinf(f->angle);
  const bool across = size_of(s) > size_of(c);
  const int majors = across ? plane->height : plane->width, minors = across ? plane->width : plane->height;
  const size_t width = (size_t)plane->width, stride = across ? 1 : width, step = across ? width : 1;
  const float along = across ? size_of(s) : size_of(c), slope = across ? c / s : s / c;
  const float major = across ? f->y : f->x, minor = across ? f->x : f->y;
  const float reach = f->length / 2 * along, half = f->half / along;
  const int from = (int)most(0, ceilf(major - reach)), to = (int)least((float)majors - 1, floorf(major + reach));
  for (int m = from; m <= to; m++) {
    float t = (float)m - major, end = t / reach, wide = half * sqrtf(most(0, 1 - end * end * end * end));
    float middle = minor + slope * t + f->bend * sinf(f->wave * t + f->phase);
    int low = (int)most(0, middle - wide), high = (int)least((float)minors - 1, middle + wide + 1);
    if (middle + wide < 0 || low >= minors) continue;
    float *at = plane->value + (size_t)m * step + (size_t)low * stride;
    if (f->threads > 0)
      cut_ripples(at, stride, low, high, middle, wide, f->strength, f->threads / half, f->phase);
    else
      cut(at, stride, low, high, middle, wide, f->strength);
  }
}

void taut__ink_ellipse(taut_ink *ink, float x, float y, float a, float b, float angle, taut_stain stain,
                       float opacity) {
  float c = cosf(angle), s = sinf(angle), reach = most(a, b) + 1, thin = least(a, b);
  int left = (int)most(0, floorf(x - reach)), right = (int)least((float)ink->width - 1, ceilf(x + reach));
  int top = (int)most(0, floorf(y - reach)), bottom = (int)least((float)ink->height - 1, ceilf(y + reach));
  for (int j = top; j <= bottom; j++)
    for (int i = left; i <= right; i++) {
      float dx = (float)i - x, dy = (float)j - y, u = (c * dx + s * dy) / a, v = (c * dy - s * dx) / b;
      float cover = least(1, (1 - sqrtf(u * u + v * v)) * thin + 0.5f) * opacity;
      if (cover <= 0) continue;
      float *density = &ink->density[3 * ((size_t)j * (size_t)ink->width + (size_t)i)];
      density[0] += cover * (stain.red - density[0]);
      density[1] += cover * (stain.green - density[1]);
      density[2] += cover * (stain.blue - density[2]);
    }
}

void taut__picture_ink(taut_picture *picture, const taut_ink *ink, int left, int top) {
  enum { STEPS = 1024 };
  static const float deepest = 4, steps = STEPS;
  unsigned char shade[STEPS]; /* in steps of 4: nobody sees it, and the file is a quarter smaller */
  for (int k = 0; k < STEPS; k++) shade[k] = (unsigned char)(4 * lrint(63 * exp(-deepest * (k + 0.5) / STEPS)));
  for (int y = 0; y < ink->height; y++) {
    unsigned char *to = picture->rgb + 3 * ((size_t)(top + y) * (size_t)picture->width + (size_t)left);
    const float *from = ink->density + 3 * (size_t)y * (size_t)ink->width;
    for (int k = 0; k < 3 * ink->width; k++) {
      float at = from[k] * (steps / deepest);
      to[k] = shade[at <= 0 ? 0 : at >= steps - 1 ? STEPS - 1 : (int)at];
    }
  }
}
