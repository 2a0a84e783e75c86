/* Punctures from the motion of device and hand, or from a density (needling.md 3.1-3.4).
 *
 * A window is cut out of patterns made on the plane; a patch treats it as periodic, which leaves a seam of slightly
 * irregular cells.  All random numbers are addressed by (seed, stream name, running index).
 *
 * Assumptions: every second column of a roller's lattice is shifted by half a pitch; strokes of a pen run to and fro;
 * jitter moves a whole stroke.
 */
#include "needling/pattern.h"

#include <math.h>
#include <stdlib.h>

static const double pi = 3.14159265358979323846, seconds_per_day = 86400;
static const double most_hits = 2e7; /* of a window: a mistyped size should not fill the memory */

/** A stream of random numbers with a running index. */
typedef struct dice {
  uint64_t seed, stream, index;
} dice;

static dice dice_of(uint64_t seed, const char *name) {
  return (dice){seed, taut__stream(name), 0};
}
static double roll(dice *d) {
  return taut__uniform(d->seed, d->stream, d->index++);
}
static double roll_normal(dice *d) {
  return taut__normal(d->seed, d->stream, d->index++);
}
/** Poisson number: how many waiting times of mean 1 fit into `mean`. */
static long roll_poisson(dice *d, double mean) {
  long n = 0;
  for (double t = -log(roll(d)); t < mean; t -= log(roll(d))) n++;
  return n;
}

/** The pattern being made. */
typedef struct maker {
  const taut_needling_params *p;
  const taut_device *device;
  const taut_treatment *treatment;
  double size;
  uint64_t seed;
  taut_hit *hit;
  long count, capacity;
  bool failed; /**< out of memory */
} maker;

/** Adds a hit given from the centre of the window, if it lies inside. */
static void add_hit(maker *m, double x, double y, double time, int pass, int needle) {
  x += m->size / 2;
  y += m->size / 2;
  if (!(x >= 0 && x < m->size && y >= 0 && y < m->size) || m->failed) return;
  if (m->count == m->capacity) {
    long capacity = m->capacity ? 2 * m->capacity : 256;
    taut_hit *hit = taut__realloc(m->hit, (size_t)capacity, sizeof *hit);
    if (!hit) {
      m->failed = true;
      return;
    }
    m->hit = hit;
    m->capacity = capacity;
  }
  m->hit[m->count++] = (taut_hit){x, y, time, pass, needle};
}

/** Half the diagonal of the window. */
static double half_diagonal(const maker *m) {
  return m->size * sqrt(0.5);
}

/** Direction of a pass: the cycle of the treatment with the error of the hand. */
static double direction(const maker *m, dice *angle, int pass) {
  int n = m->treatment->n_directions;
  return (n > 0 ? m->treatment->directions[pass % n] : 0) + m->p->angle_sd * roll_normal(angle);
}

/* ------------------------------------------------------------------------------------------ superposed lattices ---- */

/** One lattice on the plane: columns at pitch px, hits at pitch py in them, every second column shifted. */
typedef struct lattice {
  double px, py, shift; /**< mm; shift as a share of py */
  int columns, rows;    /**< needles of the device across and along, for their numbers */
  double strip, speed;  /**< width of a strip (mm) and speed along it (mm/s), for the times */
} lattice;

static lattice roller_lattice(const taut_device *d, double scale) {
  int rings = d->rings > 0 ? d->rings : 1, ring = d->needles_per_ring > 0 ? d->needles_per_ring : d->needles / rings;
  return (lattice){.px = scale * d->drum_width / rings,
                   .py = scale * 2 * pi * d->drum_radius / ring,
                   .shift = 0.5,
                   .columns = rings,
                   .rows = ring,
                   .strip = scale * d->drum_width,
                   .speed = d->speed / seconds_per_day};
}

static lattice tile_lattice(const taut_device *d, const taut_treatment *t, double scale) {
  double pitch = scale * d->pitch * taut__tile_share(d, t);
  return (lattice){.px = pitch, .py = pitch, .columns = d->grid[0], .rows = d->grid[1], .strip = pitch * d->grid[0]};
}

static int ring_index(long i, int n) {
  long r = i % n;
  return (int)(r < 0 ? r + n : r);
}

/** Lays a lattice over the window at an angle with offsets u, v in 0..1 of a cell; `start` in s. */
static void lay_lattice(maker *m, const lattice *l, double angle, double u, double v, double start, int pass) {
  double h = half_diagonal(m), c = cos(angle), s = sin(angle);
  long first_column = (long)floor(-h / l->px) - 2, last_column = (long)ceil(h / l->px) + 1;
  long first_row = (long)floor(-h / l->py) - 2, last_row = (long)ceil(h / l->py) + 1;
  for (long i = first_column; i <= last_column; i++)
    for (long j = first_row; j <= last_row; j++) {
      double x = ((double)i + u) * l->px, y = ((double)j + v + (i & 1 ? l->shift : 0)) * l->py, time = 0;
      if (l->speed > 0) time = start + (floor((x + h) / l->strip) * 2 * h + y + h) / l->speed;
      add_hit(m, c * x - s * y, s * x + c * y, time, pass,
              ring_index(i, l->columns) * l->rows + ring_index(j, l->rows));
    }
}

static int earlier(const void *a, const void *b) {
  const taut_hit *p = a, *q = b;
  if (p->pass != q->pass) return p->pass < q->pass ? -1 : 1;
  if (p->time != q->time) return p->time < q->time ? -1 : 1;
  if (p->y != q->y) return p->y < q->y ? -1 : 1;
  return (p->x > q->x) - (p->x < q->x);
}

/** Passes of a roller or a tiled stamp.  `twice` is the share of passes that lay a second lattice. */
static void lay_passes(maker *m, const lattice *l, int passes, double twice, dice *offset) {
  dice angle = dice_of(m->seed, "pattern.angle"), again = dice_of(m->seed, "pattern.overlap");
  double h = half_diagonal(m), duration = l->speed > 0 ? 2 * h * (ceil(2 * h / l->strip) + 1) / l->speed : 0, start = 0;
  for (int pass = 0; pass < passes; pass++) {
    int lattices = twice > 0 && roll(&again) < twice ? 2 : 1;
    for (int k = 0; k < lattices; k++, start += duration) {
      double turn = direction(m, &angle, pass), u = roll(offset), v = roll(offset);
      lay_lattice(m, l, turn, u, v, start, pass);
    }
  }
}

/** The same, with new offsets until the count is the density times the window where the treatment asks for it. */
static taut_err make_passes(taut_context *context, maker *m, const taut_pattern *pattern, bool kinematic) {
  bool roller = m->device->kind == TAUT_ROLLER;
  double twice = kinematic && roller ? m->treatment->overlap : 0, passes = pattern->passes;
  double nominal = passes * taut__lattice_density(m->device, m->treatment) * (1 + twice);
  double scale = sqrt(nominal / pattern->hits); /* whole lattices rarely give the density: stretch their pitch to it */
  lattice l = roller ? roller_lattice(m->device, scale) : tile_lattice(m->device, m->treatment, scale);
  dice offset = dice_of(m->seed, "pattern.offset");
  long wanted = lround(pattern->hits * m->size * m->size);
  for (int attempt = 0; attempt < 20000; attempt++) {
    m->count = 0;
    lay_passes(m, &l, (int)passes, twice, &offset);
    if (m->failed || !m->treatment->exact_count || m->count == wanted) {
      qsort(m->hit, (size_t)m->count, sizeof *m->hit, earlier);
      return TAUT_OK;
    }
  }
  return taut__fail(context, TAUT_ERR_INPUT, "treatment.exact_count",
                    "no offsets of %g passes give exactly %ld hits in a window of %g mm", passes, wanted, m->size);
}

/* ------------------------------------------------------------------------------------------------ pen strokes ---- */

/** Place of needle j of a pen: sunflower layout of the disc. */
static void pen_needle(const taut_device *d, int j, double *x, double *y) {
  double r = d->disc_radius * sqrt((j + 0.5) / d->needles), angle = j * pi * (3 - sqrt(5));
  *x = r * cos(angle);
  *y = r * sin(angle);
}

typedef struct stroke_dice {
  dice angle, offset, speed, heading, jitter, rotation, strike;
} stroke_dice;

/** One stroke along u at `v`, from -end to end; returns its end time. */
static double lay_stroke(maker *m, stroke_dice *d, double angle, double v, double way, double end, double time,
                         double *rotation, int pass) {
  const taut_needling_params *p = m->p;
  double sg = p->sg_glide, step = 1 / m->device->rate; /* days */
  double speed = taut__glide(m->device, m->treatment) * exp(sg * roll_normal(&d->speed) - 0.5 * sg * sg);
  double keep = exp(-step / p->heading_time), heading = p->heading_sd * roll_normal(&d->heading);
  double c = cos(angle), s = sin(angle), u = -end;
  v += p->jitter * roll_normal(&d->jitter);
  while (u < end && !m->failed) {
    bool strikes = m->treatment->strike_efficiency >= 1 || roll(&d->strike) < m->treatment->strike_efficiency;
    for (int j = 0; strikes && j < m->device->needles; j++) {
      double nx, ny;
      pen_needle(m->device, j, &nx, &ny);
      double a = way * u + cos(*rotation) * nx - sin(*rotation) * ny, b = v + sin(*rotation) * nx + cos(*rotation) * ny;
      add_hit(m, c * a - s * b, s * a + c * b, time * seconds_per_day, pass, j);
    }
    u += speed * step * cos(heading);
    v += speed * step * sin(heading);
    heading = keep * heading + p->heading_sd * sqrt(1 - keep * keep) * roll_normal(&d->heading);
    *rotation += p->rotation_walk * roll_normal(&d->rotation);
    time += step;
  }
  return time;
}

static void make_strokes(maker *m, int passes) {
  stroke_dice d = {dice_of(m->seed, "pattern.angle"),  dice_of(m->seed, "pattern.offset"),
                   dice_of(m->seed, "pattern.speed"),  dice_of(m->seed, "pattern.heading"),
                   dice_of(m->seed, "pattern.jitter"), dice_of(m->seed, "pattern.rotation"),
                   dice_of(m->seed, "pattern.strike")};
  double spacing = 2 * m->device->disc_radius * (1 - m->treatment->stroke_overlap);
  double end = half_diagonal(m) + m->device->disc_radius;
  double drift = 5; /* mm: strokes that begin this far beside the window may still wander into it */
  double rotation = 2 * pi * roll(&d.rotation), time = 0;
  for (int pass = 0; pass < passes; pass++) {
    double angle = direction(m, &d.angle, pass), offset = roll(&d.offset);
    long last = (long)ceil((end + drift) / spacing);
    for (long k = -last; k <= last; k++)
      time = lay_stroke(m, &d, angle, ((double)k + offset - 0.5) * spacing, k & 1 ? -1 : 1, end, time, &rotation, pass);
  }
}

/* --------------------------------------------------------------------------------------- patterns of a density ---- */

/** Stamps at random centres and angles. */
static void make_random_stamps(maker *m, double density) {
  const taut_device *d = m->device;
  dice number = dice_of(m->seed, "pattern.number"), place = dice_of(m->seed, "pattern.place");
  double width = (d->grid[0] - 1) * d->pitch, height = (d->grid[1] - 1) * d->pitch;
  double side = m->size + hypot(width, height);
  long stamps = roll_poisson(&number, density * side * side / (d->grid[0] * d->grid[1]));
  for (long k = 0; k < stamps; k++) {
    double x = (roll(&place) - 0.5) * side, y = (roll(&place) - 0.5) * side, angle = 2 * pi * roll(&place);
    double c = cos(angle), s = sin(angle);
    for (int i = 0; i < d->grid[0]; i++)
      for (int j = 0; j < d->grid[1]; j++) {
        double a = i * d->pitch - width / 2, b = j * d->pitch - height / 2;
        add_hit(m, x + c * a - s * b, y + s * a + c * b, 0, 0, i * d->grid[1] + j);
      }
  }
}

static void make_random_points(maker *m, double density) {
  dice number = dice_of(m->seed, "pattern.number"), place = dice_of(m->seed, "pattern.place");
  double mean = density * m->size * m->size;
  long n = m->treatment->exact_count ? lround(mean) : roll_poisson(&number, mean);
  int needles = m->device->needles > 0 ? m->device->needles : 1;
  for (long k = 0; k < n; k++) {
    double x = (roll(&place) - 0.5) * m->size, y = (roll(&place) - 0.5) * m->size;
    add_hit(m, x, y, 0, 0, (int)(k % needles));
  }
}

/** Rows and columns of a hexagonal lattice that closes on itself over the window: an even number of rows and whole
 *  columns near the wanted count and near the true shape. */
static void fit_hexagons(double count, long *rows, long *columns) {
  double best = INFINITY, ideal = sqrt(count * 2 / sqrt(3)); /* rows of undistorted hexagons */
  for (long half = lround(ideal / 2) - 1; half <= lround(ideal / 2) + 1; half++) {
    long r = half < 1 ? 2 : 2 * half, c = lround(count / (double)r);
    if (c < 1) c = 1;
    double distortion = fabs(log((double)r / (double)c * sqrt(3) / 2)) + fabs(log((double)(r * c) / count));
    if (distortion < best) best = distortion, *rows = r, *columns = c;
  }
}

static void make_hexagons(maker *m, double density) {
  dice offset = dice_of(m->seed, "pattern.offset");
  long rows = 2, columns = 1;
  fit_hexagons(density * m->size * m->size, &rows, &columns);
  double u = roll(&offset), v = roll(&offset), dx = m->size / (double)columns, dy = m->size / (double)rows;
  for (long j = 0; j < rows; j++)
    for (long i = 0; i < columns; i++) {
      double x = fmod(((double)i + u + (j & 1 ? 0.5 : 0)) * dx, m->size), y = ((double)j + v) * dy;
      add_hit(m, x - m->size / 2, y - m->size / 2, 0, 0, 0);
    }
}

/* --------------------------------------------------------------------------------------------------- generate ---- */

taut_err taut__pattern_generate(taut_context *context, const taut_needling_params *p, const taut_device *device,
                                const taut_treatment *treatment, const taut_session *session,
                                const taut_puncture *puncture, double size, uint64_t seed, taut_hit **hits,
                                long *count) {
  taut_pattern pattern;
  taut_err err = taut__pattern(context, p, device, treatment, session, puncture, &pattern);
  if (err) return err;
  if (!(size > 0) || pattern.hits * size * size > most_hits)
    return taut__fail(context, TAUT_ERR_INPUT, "model.patch.size", "a window of %g mm would hold %g hits; at most %g",
                      size, pattern.hits * size * size, most_hits);
  maker m = {.p = p, .device = device, .treatment = treatment, .size = size, .seed = seed};
  bool stamp = device->kind == TAUT_STAMP || device->kind == TAUT_RF;
  if (pattern.kind == TAUT_PATTERN_LATTICE) {
    make_hexagons(&m, pattern.hits);
  } else if (pattern.kind == TAUT_PATTERN_PASSES && device->kind == TAUT_PEN) {
    make_strokes(&m, (int)pattern.passes);
  } else if (pattern.kind == TAUT_PATTERN_PASSES) {
    err = make_passes(context, &m, &pattern, pattern.kinematic);
  } else if (stamp && treatment->pattern == TAUT_PATTERN_AUTO && device->grid[0] > 0 && device->grid[1] > 0) {
    make_random_stamps(&m, pattern.hits);
  } else {
    make_random_points(&m, pattern.hits);
  }
  if (!err && m.failed) err = taut__fail(context, TAUT_ERR_MEMORY, NULL, "no memory for the hits of a pattern");
  if (err) {
    free(m.hit);
    return err;
  }
  *hits = m.hit;
  *count = m.count;
  return TAUT_OK;
}
