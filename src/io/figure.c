/* course.svg: the course at a glance, four panels. */
#include "io/io.h"
#include "io/svg.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

enum { SERIES = 4, PANELS = 4 };

/* What a curve shows of its quantity. */
typedef enum shown { VALUE, CHANGE, CHANGE_PERCENT } shown;

typedef struct series {
  const char *quantity, *plus; /* contract names; `plus` is added, NULL: nothing */
  const char *label;
} series;

typedef struct panel_row {
  const char *title, *subtitle;
  shown shows;
  double scale;
  double days; /* shown from the first session on; 0: the whole course */
  series curve[SERIES];
} panel_row;

static const panel_row panels[PANELS] = {
    {"Collagen",
     "change from baseline, %",
     CHANGE_PERCENT,
     1,
     0,
     {{"collagen_new", NULL, "new, papillary"},
      {"collagen_stain_papillary", NULL, "stain, papillary"},
      {"collagen_total", NULL, "mass, whole dermis"}}},
    {"Cells of the dermis",
     "change from baseline, cells/mm\xc2\xb3",
     CHANGE,
     1,
     0,
     {{"neutrophils", NULL, "neutrophils"},
      {"macrophages_m1", "macrophages_m2", "macrophages"},
      {"fibroblasts", NULL, "fibroblasts"},
      {"myofibroblasts", NULL, "myofibroblasts"}}},
    {"Growth factors in the dermis",
     "pg/mm\xc2\xb3",
     VALUE,
     1,
     0,
     {{"tgf_beta1", NULL,
       "TGF-\xce\xb2"
       "1"},
      {"tgf_beta3", NULL,
       "TGF-\xce\xb2"
       "3"},
      {"pdgf", NULL, "PDGF"},
      {"vegf", NULL, "VEGF"}}},
    {"Surface and inflammation, first week",
     "% of full",
     VALUE,
     100,
     7,
     {{"inflammation", NULL, "inflammation"},
      {"epidermal_cover", NULL, "epidermal cover"},
      {"barrier_plug", NULL, "barrier plug"}}},
};

/* Okabe and Ito's palette: told apart with any colour vision; the dashes help in print without colour. */
static const char *const colour[SERIES] = {"#D55E00", "#0072B2", "#009E73", "#7A3E9D"};
static const char *const dash[SERIES] = {NULL, NULL, "7 3", "2.5 3"};

static const char *const ink = "#222222", *const faint = "#6b6b6b", *const grid = "#e4e4e4",
                         *const session_ink = "#9a9a9a";

enum { WIDTH = 1080, HEIGHT = 830, LEFT = 26, TOP = 92, PANEL_WIDTH = 520, PANEL_HEIGHT = 340 };

/* A panel while it is drawn: where it is and how days and values become pixels. */
typedef struct frame {
  double x0, x1, y0, y1; /* plot area: left, right, bottom, top */
  double day0, day1, low, high;
} frame;

static double to_x(const frame *f, double day) {
  return f->x0 + (f->x1 - f->x0) * (day - f->day0) / (f->day1 - f->day0);
}

static double to_y(const frame *f, double value) {
  return f->y0 + (f->y1 - f->y0) * (value - f->low) / (f->high - f->low);
}

/* Value of a curve at point p; not finite where the quantity is not modelled or unknown to this version. */
static double curve_value(const struct taut_result *result, const panel_row *panel, const series *s, int p) {
  const char *const name[2] = {s->quantity, s->plus};
  double value = 0, baseline = 0;
  for (int i = 0; i < 2 && name[i] != NULL; i++) {
    int q = taut__quantity_index(name[i]);
    if (q < 0) return NAN;
    value += result->point[p * TAUT_QUANTITIES + q];
    baseline += result->baseline[q];
  }
  if (panel->shows == CHANGE) value -= baseline;
  if (panel->shows == CHANGE_PERCENT) value = baseline == 0 ? NAN : 100 * (value - baseline) / baseline;
  return panel->scale * value;
}

static bool in_window(const frame *f, double day) {
  return day >= f->day0 && day <= f->day1;
}

/* Sets the window in time and the range of values; false when no curve has a value there. */
static bool set_range(const struct taut_result *result, const panel_row *panel, frame *f) {
  bool any = false;
  f->day0 = 0;
  f->day1 = result->points > 0 ? result->point_day[result->points - 1] : 0;
  if (panel->days > 0 && f->day1 > panel->days) f->day1 = panel->days;
  f->low = f->high = 0;
  for (int i = 0; i < SERIES && panel->curve[i].quantity != NULL; i++) {
    for (int p = 0; p < result->points; p++) {
      double value = curve_value(result, panel, &panel->curve[i], p);
      if (!isfinite(value) || !in_window(f, result->point_day[p])) continue;
      f->low = fmin(f->low, value);
      f->high = fmax(f->high, value);
      any = true;
    }
  }
  if (f->day1 <= f->day0) return false;
  /* Rounding noise of an untreated course is no curve: a range below a millionth is shown as flat. */
  if (f->high - f->low < 1e-6) {
    f->low = -1;
    f->high = 1;
  } else {
    double room = 0.04 * (f->high - f->low);
    if (f->low < 0) f->low -= room;
    f->high += room;
  }
  return any;
}

static void add_label(taut_text *out, double x, double y, taut_svg_anchor anchor, double value, int decimals) {
  taut_text label = {0};
  taut__add_fixed(&label, value, decimals);
  if (label.failed)
    out->failed = true;
  else
    taut__svg_text(out, x, y, 12, 400, ink, anchor, label.data);
  taut__text_free(&label);
}

static int step_decimals(double step) {
  return step >= 1 ? 0 : (int)ceil(-log10(step) - 1e-9);
}

static void draw_values(taut_text *out, const frame *f) {
  double step = taut__svg_step(f->high - f->low, 6);
  for (double k = ceil(f->low / step); k * step <= f->high; k++) {
    double y = to_y(f, k * step);
    taut__svg_line(out, f->x0, y, f->x1, y, k == 0 ? faint : grid, 1);
    add_label(out, f->x0 - 7, y + 4, TAUT_SVG_END, k * step, step_decimals(step));
  }
}

/* Ticks in days, weeks or months, whichever reads best, and the name of the axis. */
static void draw_times(taut_text *out, const struct taut_result *result, const frame *f) {
  double range = f->day1 - f->day0;
  bool months = range > 200, weeks = !months && range > 21;
  double unit = months ? 365.25 / 12 : weeks ? 7 : 1;
  double step = months && range / unit <= 14 ? 1 : taut__svg_step(range / unit, 9);
  for (double k = 0; k * step * unit <= f->day1 * 1.001; k++) {
    double x = to_x(f, k * step * unit);
    taut__svg_line(out, x, f->y0, x, f->y0 + 5, faint, 1);
    add_label(out, x, f->y0 + 19, TAUT_SVG_MIDDLE, k * step, step_decimals(step));
  }
  taut__svg_line(out, f->x0, f->y0, f->x1, f->y0, faint, 1);
  taut_text name = {0};
  taut__text_add(&name, "%s after %s", months ? "months" : weeks ? "weeks" : "days", taut__origin_of_time(result));
  if (name.failed)
    out->failed = true;
  else
    taut__svg_text(out, f->x1, f->y0 + 36, 12, 400, faint, TAUT_SVG_END, name.data);
  taut__text_free(&name);
}

static void draw_sessions(taut_text *out, const struct taut_result *result, const frame *f) {
  for (int s = 0; s < result->sessions; s++) {
    if (!in_window(f, result->session[s].day)) continue;
    double x = to_x(f, result->session[s].day);
    taut__svg_stroke(out, x, f->y0, x, f->y1, session_ink, 1, "1.5 3");
    taut__svg_mark(out, x, f->y1, 4, session_ink);
  }
}

static void draw_curve(taut_text *out, const struct taut_result *result, const panel_row *panel, int i,
                       const frame *f) {
  taut_svg_curve curve;
  bool open = false;
  for (int p = 0; p < result->points; p++) {
    double value = curve_value(result, panel, &panel->curve[i], p);
    if (!isfinite(value) || !in_window(f, result->point_day[p])) continue;
    if (!open) taut__svg_curve_begin(&curve, out, colour[i], 2.2, dash[i]);
    open = true;
    taut__svg_curve_point(&curve, to_x(f, result->point_day[p]), to_y(f, value));
  }
  if (open) taut__svg_curve_end(&curve);
}

static bool is_calibrated(const char *quantity) {
  int q = taut__quantity_index(quantity);
  return q >= 0 && taut__quantity[q].evidence != NULL && strncmp(taut__quantity[q].evidence, "calibrated", 10) == 0;
}

static bool has_curve(const struct taut_result *result, const panel_row *panel, int i) {
  return panel->curve[i].quantity != NULL && result->points > 0 &&
         isfinite(curve_value(result, panel, &panel->curve[i], result->points - 1));
}

static void draw_legend(taut_text *out, const struct taut_result *result, const panel_row *panel, double x, double y) {
  for (int i = 0; i < SERIES; i++) {
    if (!has_curve(result, panel, i)) continue;
    taut_text label = {0};
    taut__text_add(&label, "%s%s", panel->curve[i].label, is_calibrated(panel->curve[i].quantity) ? " *" : "");
    taut__svg_stroke(out, x, y - 4, x + 22, y - 4, colour[i], 2.6, dash[i]);
    if (label.failed) {
      out->failed = true;
    } else {
      taut__svg_text(out, x + 27, y, 12, 400, ink, TAUT_SVG_START, label.data);
      x += 27 + taut__svg_width(label.data, 12) + 12;
    }
    taut__text_free(&label);
  }
}

static void draw_panel(taut_text *out, const struct taut_result *result, const panel_row *panel, double x, double y) {
  frame f = {.x0 = x + 56, .x1 = x + PANEL_WIDTH - 18, .y0 = y + PANEL_HEIGHT - 50, .y1 = y + 66};
  taut__svg_text(out, x + 10, y + 14, 15, 600, ink, TAUT_SVG_START, panel->title);
  taut__svg_text(out, x + 10, y + 31, 12, 400, faint, TAUT_SVG_START, panel->subtitle);
  if (!set_range(result, panel, &f)) {
    taut__svg_text(out, 0.5 * (f.x0 + f.x1), 0.5 * (f.y0 + f.y1), 13, 400, faint, TAUT_SVG_MIDDLE,
                   "not modelled in this run");
    return;
  }
  draw_legend(out, result, panel, x + 10, y + 51);
  draw_values(out, &f);
  draw_sessions(out, result, &f);
  draw_times(out, result, &f);
  for (int i = 0; i < SERIES && panel->curve[i].quantity != NULL; i++) draw_curve(out, result, panel, i, &f);
}

/* "neck, pen_14, 4 sessions, needle set to 1.00 mm, reached 0.85 mm" */
static void add_subtitle(taut_text *out, const struct taut_result *result) {
  const struct taut_case *c = result->c;
  taut__text_add(out, "%s", c->site.name == NULL ? "" : c->site.name);
  if (result->sessions == 0) {
    taut__text_add(out, "%s%s", out->length > 0 ? ", " : "", taut__without_session(result));
    return;
  }
  const taut_session_report *first = &result->session[0];
  if (c->device.name != NULL) taut__text_add(out, "%s%s", out->length > 0 ? ", " : "", c->device.name);
  taut__text_add(out, "%s%d session%s", out->length > 0 ? ", " : "", result->sessions,
                 result->sessions == 1 ? "" : "s");
  if (first->nominal_mm > 0) {
    taut__text_add(out, ", needle set to ");
    taut__add_fixed(out, first->nominal_mm, 2);
    taut__text_add(out, " mm, reached ");
    taut__add_fixed(out, first->achieved_mm, 2);
    taut__text_add(out, " mm");
  }
}

/* Cuts a text to what fits into one line of `size`, at a character's border. */
static void cut(char *text, double width, double size) {
  if (taut__svg_width(text, size) <= width) return;
  size_t n = strlen(text);
  while (n > 0 && taut__svg_width(text, size) > width - 3 * size) {
    do n--;
    while (n > 0 && ((unsigned char)text[n] & 0xc0) == 0x80);
    text[n] = '\0';
  }
  strcpy(text + n, "..."); /* fits: three sizes are more than three characters */
}

static void draw_head(taut_text *out, const struct taut_result *result, char *title, const char *subtitle) {
  cut(title, WIDTH - 2 * LEFT, 20);
  taut__svg_text(out, LEFT + 10, 36, 20, 600, ink, TAUT_SVG_START, title);
  taut__svg_text(out, LEFT + 10, 58, 13, 400, faint, TAUT_SVG_START, subtitle);
  if (result->sessions > 0) {
    taut__svg_mark(out, WIDTH - LEFT - 84, 55, 4, session_ink);
    taut__svg_text(out, WIDTH - LEFT - 76, 58, 12, 400, faint, TAUT_SVG_START, "session");
  }
}

static void draw_foot(taut_text *out, const struct taut_result *result) {
  taut_text foot = {0};
  bool stars = false;
  for (int i = 0; i < PANELS * SERIES; i++) {
    const panel_row *panel = &panels[i / SERIES];
    if (has_curve(result, panel, i % SERIES) && is_calibrated(panel->curve[i % SERIES].quantity)) stars = true;
  }
  taut__text_add(&foot, "%s %s",
                 stars ? "Model results: * calibrated on published data, all else predicted."
                       : "Model results, predicted.",
                 TAUT_NOTICE);
  taut__text_add(&foot, " taut %s, case %s", taut_version(), result->hash);
  if (foot.failed)
    out->failed = true;
  else
    taut__svg_text(out, LEFT + 10, HEIGHT - 16, 11, 400, faint, TAUT_SVG_START, foot.data);
  taut__text_free(&foot);
}

void taut__course_svg(const struct taut_result *result, taut_text *out) {
  taut_text subtitle = {0};
  const char *given = result->c->title;
  char *title = taut__plain(given == NULL || given[0] == '\0' ? "Course" : given);
  add_subtitle(&subtitle, result);
  if (title == NULL || subtitle.failed) {
    out->failed = true;
  } else {
    taut__svg_begin(out, WIDTH, HEIGHT, title, "Course of collagen, cells, growth factors and surface over time");
    draw_head(out, result, title, subtitle.data);
    for (int i = 0; i < PANELS; i++)
      draw_panel(out, result, &panels[i], LEFT + (i % 2) * (PANEL_WIDTH - 6), TOP + (i / 2) * (PANEL_HEIGHT + 14));
    draw_foot(out, result);
    taut__svg_end(out);
  }
  taut__text_free(&subtitle);
  free(title);
}
