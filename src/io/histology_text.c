/* Lettering of the histology picture: strokes on a small grid, so that no font need be installed and every machine writes
 * the same.
 *
 * A glyph is a list of polylines, parted by commas.  A point is two digits to the base 36, x and y; y = 6 is the base
 * line, 18 the height of small letters, 24 that of capitals.  "~" makes a polyline a smooth curve through its points. */
#include "io/histology.h"

#include <math.h>
#include <string.h>

typedef struct glyph {
  char letter;
  int width;
  const char *strokes;
} glyph;

#define BOWL "~ac 9g 5i 1g 0c 18 56 98 ac"

/* clang-format off */
static const glyph glyphs[] = {
    {'a', 10, "ai a6," BOWL}, {'b', 10, "0o 06," BOWL}, {'c', 9, "~9g 5i 1g 0c 18 56 98"}, {'d', 10, "ao a6," BOWL},
    {'e', 10, "0c ac,~ac 9g 5i 1g 0c 18 56 98"}, {'f', 7, "~7n 5o 3m 3h,3h 36,0i 7i"},
    {'g', 10, "ai a5,~a5 92 50 11," BOWL}, {'h', 9, "0o 06,~0e 2h 5i 8h 9d,9d 96"}, {'i', 0, "0i 06,0n 0m"},
    {'j', 2, "2i 24,~24 11 00,2n 2m"}, {'k', 9, "0o 06,9i 0b,4e 96"}, {'l', 0, "0o 06"},
    {'m', 14, "0i 06,~0e 2h 4i 6h 7d,7d 76,~7e 9h bi dh ed,ed e6"}, {'n', 9, "0i 06,~0e 2h 5i 8h 9d,9d 96"},
    {'o', 10, BOWL}, {'p', 10, "0i 00," BOWL}, {'q', 10, "ai a0," BOWL}, {'r', 6, "0i 06,~0c 2g 4i 6i"},
    {'s', 8, "~8g 4i 1h 0f 2d 6b 89 77 46 08"}, {'t', 7, "3n 3a,~3a 47 66 76,0i 7i"},
    {'u', 9, "0i 0b,~0b 17 46 77 9a,9i 96"}, {'v', 10, "0i 56,56 ai"}, {'w', 14, "0i 46,46 7i,7i a6,a6 ei"},
    {'x', 9, "0i 96,9i 06"}, {'y', 10, "0i 56,ai 56,~56 42 20 00"}, {'z', 9, "0i 9i,9i 06,06 96"},
    {'A', 12, "06 6o c6,2c ac"}, {'B', 11, "06 0o,0o 6o,~6o 9n al 9h 6g,6g 0g,~6g 9f bb 97 66,66 06"},
    {'C', 11, "~bl 9n 6o 2m 0i 0c 28 66 97 b9"}, {'D', 12, "06 0o,0o 5o,~5o 9n ci cc 97 56,56 06"},
    {'E', 10, "a6 06 0o ao,0g 8g"}, {'F', 10, "06 0o ao,0g 8g"}, {'G', 12, "~bl 9n 6o 2m 0i 0c 28 66 98 ce,ce 7e"},
    {'H', 12, "06 0o,c6 co,0g cg"}, {'I', 0, "06 0o"}, {'J', 7, "7o 7a,~7a 57 36 17 0a"}, {'K', 11, "06 0o,bo 0c,4g b6"},
    {'L', 9, "0o 06 96"}, {'M', 14, "06 0o 7a eo e6"}, {'N', 12, "06 0o c6 co"},
    {'O', 12, "~6o 2m 0i 0c 28 66 a8 cc ci am 6o"}, {'P', 11, "06 0o,0o 6o,~6o 9n bk 9h 6f,6f 0f"},
    {'Q', 12, "~6o 2m 0i 0c 28 66 a8 cc ci am 6o,8a c5"}, {'R', 11, "06 0o,0o 6o,~6o 9n bk 9h 6f,6f 0f,6f b6"},
    {'S', 11, "~al 6o 2n 0k 2h 5f 9d ba 97 56 09"}, {'T', 12, "6o 66,0o co"}, {'U', 12, "0o 0b,~0b 28 66 a8 cb,cb co"},
    {'V', 12, "0o 66 co"}, {'W', 16, "0o 46 8o c6 go"}, {'X', 12, "0o c6,co 06"}, {'Y', 12, "0o 6f co,6f 66"},
    {'Z', 11, "0o bo 06 b6"},
    {'0', 10, "~5o 1m 0i 0c 18 56 98 ac ai 9m 5o"}, {'1', 7, "1k 5o 56"}, {'2', 10, "~0k 2n 5o 8n ak 8g,8g 06,06 a6"},
    {'3', 10, "~0m 2n 5o 8n 9k 7h 4g,~4g 8f ab 98 56 27 09"}, {'4', 11, "86 8o,8o 0b,0b bb"},
    {'5', 10, "9o 1o,1o 0g,~0g 4i 8h ac 98 56 27 09"}, {'6', 10, "~8n 5o 2m 0g 0c 18 56 98 ab 9e 5h 1f 0c"},
    {'7', 10, "0o ao,ao 46"}, {'8', 10, "~5o 2n 1k 2h 5g 8f ab 98 56 18 0b 2f 5g 8h 9k 8n 5o"},
    {'9', 10, "~27 56 88 ae ai 9m 5o 1m 0j 1g 5d 9f ai"},
    {'.', 1, "06 07"}, {',', 2, "17 16 03"}, {':', 1, "06 07,0g 0h"}, {';', 2, "17 16 03,1g 1h"}, {'-', 7, "0d 7d"},
    {'+', 10, "0d ad,5i 58"}, {'=', 10, "0f af,0b ab"}, {'(', 4, "~4q 1l 0f 19 44"}, {')', 4, "~0q 3l 4f 39 04"},
    {'/', 8, "04 8q"}, {'*', 8, "4o 4g,0m 8i,0i 8m"}, {'_', 10, "04 a4"}, {'\'', 0, "0o 0k"}, {'%', 14, "26 co,~3o 0l 3i 6l 3o,~bc 89 b6 e9 bc"},
    {'\xb5', 9, "0i 00,~0b 17 46 77 9a,9i 96"},
};
/* clang-format on */

enum { CAPITAL = 18, GAP = 4, SPACE = 7, BASE_LINE = 6, POINTS = 32, SMOOTH = 4 };

static const glyph *find(char letter) {
  for (size_t k = 0; k < sizeof glyphs / sizeof *glyphs; k++)
    if (glyphs[k].letter == letter) return &glyphs[k];
  return NULL;
}

static int digit(char c) {
  return c <= '9' ? c - '0' : c - 'a' + 10;
}

typedef struct point {
  double x, y;
} point;

/* Points of one polyline on the grid; returns what follows it. */
static const char *read_line(const char *text, point *p, int *n) {
  for (*n = 0; text[0] && text[0] != ',' && *n < POINTS; (*n)++) {
    p[*n] = (point){digit(text[0]), digit(text[1]) - BASE_LINE};
    text += text[2] == ' ' ? 3 : 2;
  }
  return text[0] == ',' ? text + 1 : text;
}

/* A place on the Catmull-Rom curve between points i and i + 1. */
static point on_curve(const point *p, int n, int i, double t) {
  bool closed = p[0].x == p[n - 1].x && p[0].y == p[n - 1].y;
  point a = i > 0 ? p[i - 1] : closed ? p[n - 2] : p[0], b = p[i], c = p[i + 1];
  point d = i + 2 < n ? p[i + 2] : closed ? p[1] : p[n - 1];
  double t2 = t * t, t3 = t2 * t;
  double wa = (-t + 2 * t2 - t3) / 2, wb = (2 - 5 * t2 + 3 * t3) / 2, wc = (t + 4 * t2 - 3 * t3) / 2,
         wd = (t3 - t2) / 2;
  return (point){wa * a.x + wb * b.x + wc * c.x + wd * d.x, wa * a.y + wb * b.y + wc * c.y + wd * d.y};
}

void taut__picture_line(taut_picture *picture, double x1, double y1, double x2, double y2, double width, int grey) {
  double dx = x2 - x1, dy = y2 - y1, length2 = dx * dx + dy * dy, reach = width / 2 + 1;
  int left = (int)fmax(0, floor(fmin(x1, x2) - reach)),
      right = (int)fmin(picture->width - 1, ceil(fmax(x1, x2) + reach));
  int top = (int)fmax(0, floor(fmin(y1, y2) - reach)),
      bottom = (int)fmin(picture->height - 1, ceil(fmax(y1, y2) + reach));
  for (int y = top; y <= bottom; y++)
    for (int x = left; x <= right; x++) {
      double t = length2 > 0 ? ((x - x1) * dx + (y - y1) * dy) / length2 : 0;
      t = t < 0 ? 0 : t > 1 ? 1 : t;
      double ox = x - x1 - t * dx, oy = y - y1 - t * dy, cover = width / 2 + 0.5 - sqrt(ox * ox + oy * oy);
      if (cover <= 0) continue;
      unsigned char *rgb = picture->rgb + 3 * ((size_t)y * (size_t)picture->width + (size_t)x);
      /* never lighter than before: where strokes meet, they do not add up */
      int shade = cover >= 1 ? grey : (int)(255 - cover * (255 - grey));
      for (int k = 0; k < 3; k++)
        if (shade < rgb[k]) rgb[k] = (unsigned char)shade;
    }
}

static void draw_glyph(taut_picture *picture, const glyph *g, double x, double y, double unit) {
  double width = fmax(1.15, 0.105 * CAPITAL * unit);
  for (const char *next = g->strokes; *next;) {
    point p[POINTS];
    int n;
    bool smooth = *next == '~';
    next = read_line(next + smooth, p, &n);
    for (int i = 0; i + 1 < n; i++)
      for (int k = 0; k < (smooth ? SMOOTH : 1); k++) {
        point a = smooth ? on_curve(p, n, i, k / (double)SMOOTH) : p[i];
        point b = smooth ? on_curve(p, n, i, (k + 1) / (double)SMOOTH) : p[i + 1];
        taut__picture_line(picture, x + a.x * unit, y - a.y * unit, x + b.x * unit, y - b.y * unit, width, 25);
      }
  }
}

double taut__picture_text(taut_picture *picture, double x, double y, double height, const char *text) {
  double unit = height / CAPITAL, at = 0;
  for (; *text; text++) {
    const glyph *g = find(*text);
    if (g && picture) draw_glyph(picture, g, x + at, y, unit);
    at += unit * (g ? g->width + GAP : SPACE);
  }
  return at;
}
