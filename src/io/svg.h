/* Drawing into SVG text (private to io/).  Lengths in pixels, y downwards; two decimals, in any locale. */
#ifndef TAUT_IO_SVG_H
#define TAUT_IO_SVG_H

#include "base/base.h"

typedef enum taut_svg_anchor { TAUT_SVG_START, TAUT_SVG_MIDDLE, TAUT_SVG_END } taut_svg_anchor;

void taut__svg_begin(taut_text *out, double width, double height, const char *title, const char *description);
void taut__svg_end(taut_text *out);
void taut__svg_line(taut_text *out, double x1, double y1, double x2, double y2, const char *colour, double width);
/** @param dash  SVG dash pattern or NULL for a solid line */
void taut__svg_stroke(taut_text *out, double x1, double y1, double x2, double y2, const char *colour, double width,
                      const char *dash);
/** A small triangle pointing down at (x, y). */
void taut__svg_mark(taut_text *out, double x, double y, double size, const char *colour);
/** @param weight  400 plain, 600 bold */
void taut__svg_text(taut_text *out, double x, double y, double size, int weight, const char *colour,
                    taut_svg_anchor anchor, const char *text);
/** Width of a text, roughly: good enough to place legends side by side. */
double taut__svg_width(const char *text, double size);

/** A curve, thinned to what can be seen: no point left out lies farther than 0.2 px above or below the line drawn.
 *  Begin, add points in order of x, end. */
typedef struct taut_svg_curve {
  taut_text *out;
  double x, y;           /* last point drawn */
  double last_x, last_y; /* last point given */
  double low, high;      /* slopes from the last point drawn that pass every point left out since */
  bool started, waiting;
} taut_svg_curve;
void taut__svg_curve_begin(taut_svg_curve *curve, taut_text *out, const char *colour, double width, const char *dash);
void taut__svg_curve_point(taut_svg_curve *curve, double x, double y);
void taut__svg_curve_end(taut_svg_curve *curve);

/** Step 1, 2 or 5 times a power of ten that divides `range` into at most `most` parts. */
double taut__svg_step(double range, int most);

#endif
