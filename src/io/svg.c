/* A few SVG elements as text. */
#include "io/svg.h"
#include "io/io.h"

#include <math.h>
#include <string.h>

/* Appends ` name="x"`. */
static void attribute(taut_text *out, const char *name, double x) {
  taut__text_add(out, " %s=\"", name);
  taut__add_fixed(out, x, 2);
  taut__text_addn(out, "\"", 1);
}

void taut__svg_begin(taut_text *out, double width, double height, const char *title, const char *description) {
  taut__text_add(out,
                 "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<svg xmlns=\"http://www.w3.org/2000/svg\" role=\"img\"");
  attribute(out, "width", width);
  attribute(out, "height", height);
  taut__text_add(out, " viewBox=\"0 0 ");
  taut__add_fixed(out, width, 0);
  taut__text_add(out, " ");
  taut__add_fixed(out, height, 0);
  taut__text_add(out, "\" font-family=\"'DejaVu Sans', Verdana, Helvetica, Arial, sans-serif\">\n<title>");
  taut__add_xml(out, title);
  taut__text_add(out, "</title>\n<desc>");
  taut__add_xml(out, description);
  taut__text_add(out, "</desc>\n<rect width=\"100%%\" height=\"100%%\" fill=\"#ffffff\"/>\n");
}

void taut__svg_end(taut_text *out) {
  taut__text_add(out, "</svg>\n");
}

void taut__svg_stroke(taut_text *out, double x1, double y1, double x2, double y2, const char *colour, double width,
                      const char *dash) {
  taut__text_add(out, "<line");
  attribute(out, "x1", x1);
  attribute(out, "y1", y1);
  attribute(out, "x2", x2);
  attribute(out, "y2", y2);
  taut__text_add(out, " stroke=\"%s\"", colour);
  attribute(out, "stroke-width", width);
  if (dash != NULL) taut__text_add(out, " stroke-dasharray=\"%s\"", dash);
  taut__text_add(out, "/>\n");
}

void taut__svg_line(taut_text *out, double x1, double y1, double x2, double y2, const char *colour, double width) {
  taut__svg_stroke(out, x1, y1, x2, y2, colour, width, NULL);
}

void taut__svg_mark(taut_text *out, double x, double y, double size, const char *colour) {
  const double dx[3] = {-size, size, 0}, dy[3] = {-1.6 * size, -1.6 * size, 0};
  taut__text_add(out, "<path fill=\"%s\" d=\"", colour);
  for (int i = 0; i < 3; i++) {
    taut__text_add(out, i == 0 ? "M" : "L");
    taut__add_fixed(out, x + dx[i], 2);
    taut__text_add(out, " ");
    taut__add_fixed(out, y + dy[i], 2);
  }
  taut__text_add(out, "Z\"/>\n");
}

void taut__svg_text(taut_text *out, double x, double y, double size, int weight, const char *colour,
                    taut_svg_anchor anchor, const char *text) {
  static const char *const name[] = {"start", "middle", "end"};
  taut__text_add(out, "<text");
  attribute(out, "x", x);
  attribute(out, "y", y);
  attribute(out, "font-size", size);
  if (weight != 400) taut__text_add(out, " font-weight=\"%d\"", weight);
  if (anchor != TAUT_SVG_START) taut__text_add(out, " text-anchor=\"%s\"", name[anchor]);
  taut__text_add(out, " fill=\"%s\">", colour);
  taut__add_xml(out, text);
  taut__text_add(out, "</text>\n");
}

double taut__svg_width(const char *text, double size) {
  double width = 0; /* in sizes; widths of DejaVu Sans, the widest of the fonts named, rounded up */
  for (const char *s = text; *s != '\0'; s++) {
    if (((unsigned char)*s & 0xc0) == 0x80) continue;
    if (strchr(" ,.:;'|()ijltfr", *s) != NULL)
      width += 0.41;
    else if (strchr("mwMW%", *s) != NULL)
      width += 0.99;
    else if (*s >= 'A' && *s <= 'Z')
      width += 0.72;
    else
      width += 0.64;
  }
  return size * width;
}

void taut__svg_curve_begin(taut_svg_curve *curve, taut_text *out, const char *colour, double width, const char *dash) {
  *curve = (taut_svg_curve){.out = out};
  taut__text_add(out, "<polyline fill=\"none\" stroke-linejoin=\"round\" stroke-linecap=\"round\" stroke=\"%s\"",
                 colour);
  attribute(out, "stroke-width", width);
  if (dash != NULL) taut__text_add(out, " stroke-dasharray=\"%s\"", dash);
  taut__text_add(out, " points=\"");
}

static void draw_to(taut_svg_curve *curve, double x, double y) {
  if (curve->started) taut__text_addn(curve->out, " ", 1);
  taut__add_fixed(curve->out, x, 1);
  taut__text_addn(curve->out, ",", 1);
  taut__add_fixed(curve->out, y, 1);
  curve->x = x;
  curve->y = y;
  curve->low = -INFINITY;
  curve->high = INFINITY;
  curve->started = true;
  curve->waiting = false;
}

/* Swinging door: a line from the last point drawn stays possible while its slope passes through every gate. */
void taut__svg_curve_point(taut_svg_curve *curve, double x, double y) {
  const double gate = 0.2;
  if (!curve->started) draw_to(curve, x, y);
  double dx = x - curve->x;
  double slope = dx > 0 ? (y - curve->y) / dx : 0;
  bool vertical = dx <= 0 && fabs(y - curve->y) > gate;
  if (vertical || slope < curve->low || slope > curve->high) {
    if (curve->waiting) draw_to(curve, curve->last_x, curve->last_y);
    dx = x - curve->x;
    if (dx <= 0) draw_to(curve, x, y);
  }
  if (dx > 0) {
    curve->low = fmax(curve->low, (y - gate - curve->y) / dx);
    curve->high = fmin(curve->high, (y + gate - curve->y) / dx);
  }
  curve->last_x = x;
  curve->last_y = y;
  curve->waiting = x != curve->x || y != curve->y;
}

void taut__svg_curve_end(taut_svg_curve *curve) {
  if (curve->waiting) draw_to(curve, curve->last_x, curve->last_y);
  taut__text_add(curve->out, "\"/>\n");
}

double taut__svg_step(double range, int most) {
  double power = pow(10, floor(log10(range / most)));
  for (int i = 0; i < 2; i++, power *= 10) {
    const double factor[] = {1, 2, 5};
    for (int k = 0; k < 3; k++) {
      if (range <= most * factor[k] * power * (1 + 1e-9)) return factor[k] * power;
    }
  }
  return power;
}
