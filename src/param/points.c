/* treatment.points: single punctures of a patch, from a file of comma-separated values.
 *
 *   session,x_mm,y_mm,depth_mm        the header: these names in any order, depth_mm may be left out
 *   1,2.50,0.75,0.62                  session from 1; place on the square; depth that the track reaches
 *   2,1.00,4.20,                      an empty depth is computed from device and hand
 *
 * Lines may end in LF or CR LF; empty lines and those that begin with # are passed over.  A patch repeats itself, so that
 * its far edge is the same place as its near one. */
#define _XOPEN_SOURCE 700 /* realpath */
#include "param/reader.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

enum { SESSION, X, Y, DEPTH, COLUMNS };
static const char *const column_names[COLUMNS] = {"session", "x_mm", "y_mm", "depth_mm"};
static const size_t most_bytes = (size_t)256 << 20;
static const long most_points = 2000000;
static const double least_depth = 0.001; /* mm, like treatment.achieved_depth */

/* The file being read.  `line` is the text of the current line, without its end. */
typedef struct points_file {
  taut_reader *reader;
  taut_node place; /* of what is being read, for messages */
  char *line;
  int column[COLUMNS], columns; /* where a column stands, -1: nowhere; columns of the header */
  long capacity;
} points_file;

static void complain(points_file *f, const char *at, const char *format, ...) TAUT_PRINTF(3, 4);
static void complain(points_file *f, const char *at, const char *format, ...) {
  taut_text text = {0};
  va_list args;
  va_start(args, format);
  taut__text_vadd(&text, format, args);
  va_end(args);
  f->place.column = (int)(at - f->line) + 1;
  taut__complain(f->reader, TAUT_ERR_INPUT, &f->place, false, "%s", text.data ? text.data : "out of memory");
  taut__text_free(&text);
}

/* Cuts the next field off `*rest` (NULL after the last one); blanks around it are passed over. */
static char *next_field(char **rest) {
  char *field = *rest, *comma = strchr(field, ',');
  *rest = comma ? comma + 1 : NULL;
  char *end = comma ? comma : field + strlen(field);
  while (field < end && (*field == ' ' || *field == '\t')) field++;
  while (end > field && (end[-1] == ' ' || end[-1] == '\t')) end--;
  *end = '\0';
  return field;
}

static bool read_header(points_file *f) {
  char shown[80], *rest = f->line;
  for (int c = 0; c < COLUMNS; c++) f->column[c] = -1;
  for (f->columns = 0; rest; f->columns++) {
    const char *name = next_field(&rest);
    int c = 0;
    while (c < COLUMNS && strcmp(column_names[c], name) != 0) c++;
    if (c == COLUMNS) {
      const int near = taut__nearest(name, column_names, COLUMNS);
      complain(f, name, "unknown column \"%s\"; %s%s", taut__excerpt(name, shown),
               near >= 0 ? "nearest known column "
                         : "expected the header session,x_mm,y_mm or "
                           "session,x_mm,y_mm,depth_mm",
               near >= 0 ? column_names[near] : "");
      return false;
    }
    if (f->column[c] >= 0) {
      complain(f, name, "column %s twice; expected it once", name);
      return false;
    }
    f->column[c] = f->columns;
  }
  for (int c = 0; c < DEPTH; c++)
    if (f->column[c] < 0) {
      complain(f, f->line, "no column %s; expected the header session,x_mm,y_mm or session,x_mm,y_mm,depth_mm",
               column_names[c]);
      return false;
    }
  return true;
}

static bool read_number(points_file *f, const char *field, int column, double low, double high, double *out) {
  char message[TAUT_MESSAGE], shown[80];
  const char *end = field;
  if (!*field)
    complain(f, field, "%s: no value given; expected a number such as 1.25", column_names[column]);
  else if (!taut__number_parse(field, out, &end, message))
    complain(f, field, "%s: %s; expected one such as 1.25, without a unit", column_names[column], message);
  else if (*end)
    complain(f, field, "%s: \"%s\" is no number; expected one such as 1.25, without a unit", column_names[column],
             taut__excerpt(field, shown));
  else if (*out < low || *out > high)
    complain(f, field, "%s: %g is out of bounds; expected %g to %g", column_names[column], *out, low, high);
  else
    return true;
  return false;
}

/* Values of a line that holds as many fields as the header; `field` by column, NULL where the file has none. */
static bool read_point(points_file *f, char *const field[COLUMNS], taut_point *p) {
  const taut_case *c = f->reader->c;
  const double size = c->model.patch.size;
  double session;
  if (!read_number(f, field[SESSION], SESSION, -1e9, 1e9, &session)) return false;
  if (session != floor(session) || session < 1 || session > c->sessions) {
    complain(f, field[SESSION], "session: there is no session %s; expected 1 to %d as in schedule.sessions",
             field[SESSION], c->sessions);
    return false;
  }
  p->session = (int)session - 1;
  p->line = f->place.line;
  p->depth = NAN;
  if (!read_number(f, field[X], X, 0, size, &p->x) || !read_number(f, field[Y], Y, 0, size, &p->y)) return false;
  if (p->x >= size) p->x = 0;
  if (p->y >= size) p->y = 0;
  if (!field[DEPTH] || !*field[DEPTH]) return true;
  return read_number(f, field[DEPTH], DEPTH, least_depth, c->session[p->session].depth, &p->depth);
}

static bool add_line(points_file *f) {
  taut_point_list *list = &f->reader->c->points;
  char *rest = f->line, *all[COLUMNS] = {NULL}, *field[COLUMNS] = {NULL};
  int n = 0;
  for (; rest; n++) {
    char *one = next_field(&rest);
    if (n < COLUMNS) all[n] = one;
  }
  if (n != f->columns) {
    complain(f, f->line, "%d fields; expected %d as in the header", n, f->columns);
    return true;
  }
  for (int c = 0; c < COLUMNS; c++) field[c] = f->column[c] >= 0 ? all[f->column[c]] : NULL;
  if (list->n == most_points) {
    complain(f, f->line, "more than %ld punctures", most_points);
    return false;
  }
  if (list->n == f->capacity) {
    f->capacity = f->capacity ? 2 * f->capacity : 1024;
    taut_point *more = taut__realloc(list->point, (size_t)f->capacity, sizeof *more);
    if (!more) {
      taut__complain_memory(f->reader);
      return false;
    }
    list->point = more;
  }
  if (read_point(f, field, &list->point[list->n])) list->n++;
  return f->reader->errors <= TAUT_ERRORS_SHOWN;
}

/* Reads the lines of `text`, which are changed. */
static void read_lines(points_file *f, char *text, size_t length) {
  static const char mark[] = "\xef\xbb\xbf"; /* some programs begin a file so */
  bool header = false;
  char *next = text;
  if (length >= 3 && memcmp(text, mark, 3) == 0) next += 3;
  while (next) {
    f->line = next;
    f->place.line++;
    char *end = memchr(next, '\n', (size_t)(text + length - next));
    next = end ? end + 1 : NULL;
    if (!end) end = text + length;
    const char *zero = memchr(f->line, '\0', (size_t)(end - f->line));
    if (zero) {
      complain(f, zero, "a byte of value 0; expected text");
      return;
    }
    if (end > f->line && end[-1] == '\r') end--;
    *end = '\0';
    if (f->line[strspn(f->line, " \t")] == '\0' || f->line[0] == '#') continue;
    if (!header) {
      if (!read_header(f)) return;
      header = true;
    } else if (!add_line(f)) {
      return;
    }
  }
  f->line = text;
  f->place.line = 1;
  if (!header) complain(f, text, "no header; expected session,x_mm,y_mm or session,x_mm,y_mm,depth_mm");
}

/* FNV-1a over the numbers, whatever their spelling. */
static uint64_t fingerprint(const taut_point_list *list) {
  uint64_t h = UINT64_C(14695981039346656037);
  for (long i = 0; i < list->n; i++) {
    const taut_point *p = &list->point[i];
    const double number[] = {p->session, p->x + 0.0, p->y + 0.0, isnan(p->depth) ? -1 : p->depth};
    unsigned char byte[sizeof number];
    memcpy(byte, number, sizeof byte);
    for (size_t k = 0; k < sizeof byte; k++) h = (h ^ byte[k]) * UINT64_C(1099511628211);
  }
  return h;
}

/* Sessions have the density that the file gives them. */
static void set_densities(taut_reader *reader) {
  taut_case *c = reader->c;
  const double area = c->model.patch.size * c->model.patch.size;
  for (int i = 0; i < c->sessions; i++) {
    long n = 0;
    for (long k = 0; k < c->points.n; k++) n += c->points.point[k].session == i;
    if (!isnan(c->session[i].density) || !isnan(c->session[i].passes)) {
      taut__complain(reader, TAUT_ERR_INPUT, taut__reader_place(reader, "schedule.sessions"), false,
                     "schedule.sessions: density and passes contradict treatment.points; expected one of them");
      return;
    }
    if (n == 0) {
      taut__complain(reader, TAUT_ERR_INPUT, taut__reader_place(reader, "treatment.points"), false,
                     "treatment.points: no puncture of session %d of %d in %s; expected some of every session", i + 1,
                     c->sessions, c->points.path);
      return;
    }
    c->session[i].density = (double)n / area;
  }
}

/* The file as named from here: a name in a case file counts from that file's folder. */
static char *path_of(taut_reader *reader, const taut_node *node) {
  taut_arena *arena = &reader->r->arena;
  const char *slash = node->origin == TAUT_FROM_FILE ? strrchr(node->file, '/') : NULL;
  if (node->text[0] == '/' || !slash) return taut__arena_text(arena, node->text, strlen(node->text));
  return taut__arena_format(arena, "%.*s%s", (int)(slash - node->file + 1), node->file, node->text);
}

/* case.yaml is run from another folder: it names the file from the root. */
static void settle_path(taut_reader *reader) {
  char *whole = realpath(reader->c->points.path, NULL);
  taut_text text = {0};
  taut__scalar_write(whole ? whole : reader->c->points.path, false, &text);
  if (text.data)
    taut__reader_settle(reader, "treatment.points", taut__reader_entry(reader, "treatment.points")->origin, NULL, "%s",
                        text.data);
  else
    taut__complain_memory(reader);
  taut__text_free(&text);
  free(whole);
}

void taut__points_read(taut_reader *reader) {
  taut_case *c = reader->c;
  if (!c->points.path || reader->errors) return;
  c->points.path = path_of(reader, taut__reader_entry(reader, "treatment.points")->node);
  if (!c->points.path) {
    taut__complain_memory(reader);
    return;
  }
  settle_path(reader);
  if (c->sessions == 0) return; /* an untreated course of the same case */
  char *text = NULL;
  size_t length = 0;
  taut_err err = taut__text_load(reader->context, c->points.path, most_bytes, "a file of punctures", &text, &length);
  if (err) {
    reader->errors++;
    reader->code = err;
    return;
  }
  points_file f = {.reader = reader, .place = {.file = c->points.path, .origin = TAUT_FROM_FILE}};
  read_lines(&f, text, length);
  free(text);
  if (reader->errors) return;
  c->points.print = fingerprint(&c->points);
  set_densities(reader);
}
