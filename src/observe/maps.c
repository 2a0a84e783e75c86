#include "observe/maps.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

enum { MOST_PIXELS = 160, PROFILE = 1 + TAUT_MAPS };

static taut_err no_memory(taut_context *context) {
  return taut__fail(context, TAUT_ERR_MEMORY, NULL, "no memory for maps of the patch");
}

/* Visits that get pictures: those nearest to a day, a week, one and three months after the first session, and the last. */
static void choose_pictures(taut_maps *m, const double *day) {
  static const double wanted[TAUT_MAP_PICTURES] = {1, 7, 28, 90, INFINITY};
  for (int w = 0; w < TAUT_MAP_PICTURES && m->visits > 0; w++) {
    int best = m->visits - 1;
    for (int v = best - 1; v >= 0; v--)
      if (fabs(day[v] - wanted[w]) < fabs(day[best] - wanted[w])) best = v;
    if (m->pictures == 0 || m->picture_visit[m->pictures - 1] < best) m->picture_visit[m->pictures++] = best;
  }
}

static size_t profile_count(const taut_maps *m) {
  return (size_t)m->visits * TAUT_NEAREST * (size_t)m->bins * PROFILE;
}

static size_t picture_count(const taut_maps *m) {
  return (size_t)m->pixels * (size_t)m->pixels;
}

taut_err taut__maps_create(taut_context *context, const taut_domain *domain, int visits, const double *day,
                           taut_maps **out) {
  *out = NULL;
  taut_maps *m = taut__alloc(1, sizeof *m);
  if (!m) return no_memory(context);
  m->n = domain->patch.n;
  m->side = domain->patch.side;
  m->spacing = domain->patch.spacing;
  m->visits = visits;
  /* nothing in a periodic square is farther away than half its diagonal */
  m->bins = (int)(m->n * sqrt(0.5)) + 2;
  m->block = (m->n + MOST_PIXELS - 1) / MOST_PIXELS;
  m->pixels = (m->n + m->block - 1) / m->block;
  choose_pictures(m, day);
  m->spread = taut__alloc((size_t)visits * TAUT_MAPS, sizeof *m->spread);
  m->profile = taut__alloc_doubles(profile_count(m));
  m->picture = taut__alloc((size_t)m->pictures * TAUT_MAPS * picture_count(m), sizeof *m->picture);
  if (!m->spread || !m->profile || !m->picture) {
    taut__maps_destroy(&m);
    return no_memory(context);
  }
  *out = m;
  return TAUT_OK;
}

void taut__maps_destroy(taut_maps **maps) {
  if (!maps || !*maps) return;
  free((*maps)->spread);
  free((*maps)->profile);
  free((*maps)->picture);
  free(*maps);
  *maps = NULL;
}

void taut__maps_archive(taut_maps *m, taut_keeper *keeper) {
  const size_t spread = (size_t)m->visits * TAUT_MAPS * (sizeof *m->spread / sizeof(double));
  taut__keep(keeper, "map_spread", m->spread, TAUT_KEPT_DOUBLE, spread);
  taut__keep(keeper, "map_profile", m->profile, TAUT_KEPT_DOUBLE, profile_count(m));
  taut__keep(keeper, "map_picture", m->picture, TAUT_KEPT_BYTE,
             (size_t)m->pictures * TAUT_MAPS * picture_count(m) * sizeof *m->picture);
}

static double *profile_at(const taut_maps *m, int visit, int nearest, int bin) {
  return m->profile + (((size_t)visit * TAUT_NEAREST + (size_t)nearest) * (size_t)m->bins + (size_t)bin) * PROFILE;
}

const double *taut__map_profile(const taut_maps *maps, int visit, int nearest, int bin) {
  return profile_at(maps, visit, nearest, bin);
}

const float *taut__map_picture(const taut_maps *maps, int picture, int map) {
  return maps->picture + ((size_t)picture * TAUT_MAPS + (size_t)map) * picture_count(maps);
}

double taut__quantile(const double *ascending, size_t n, double p) {
  const double at = p * (double)(n - 1);
  const size_t i = (size_t)at;
  return i + 1 < n ? ascending[i] + (at - (double)i) * (ascending[i + 1] - ascending[i]) : ascending[n - 1];
}

static int compare(const void *a, const void *b) {
  const double x = *(const double *)a, y = *(const double *)b;
  return (x > y) - (x < y);
}

/* What the first process works with: whole maps of n x n columns. */
typedef struct desk {
  taut_maps *m;
  int visit, sessions;
  double *map, *sorted;
  double *distance[TAUT_NEAREST];
} desk;

static taut_map_place place_of(const desk *k, size_t column) {
  const size_t n = (size_t)k->m->n;
  return (taut_map_place){.value = k->map[column],
                          .x = ((double)(column % n) + 0.5) * k->m->spacing,
                          .y = ((double)(column / n) + 0.5) * k->m->spacing,
                          .distance = k->sessions ? k->distance[TAUT_NEAREST_ANY][column] : NAN};
}

static void reduce_spread(const desk *k, int map) {
  const size_t n = (size_t)k->m->n * (size_t)k->m->n;
  taut_map_spread *s = &k->m->spread[(size_t)k->visit * TAUT_MAPS + (size_t)map];
  size_t smallest = 0, largest = 0;
  double sum = 0, square = 0;
  for (size_t i = 0; i < n; i++) {
    sum += k->map[i];
    if (k->map[i] < k->map[smallest]) smallest = i;
    if (k->map[i] > k->map[largest]) largest = i;
  }
  s->mean = sum / (double)n;
  for (size_t i = 0; i < n; i++) square += (k->map[i] - s->mean) * (k->map[i] - s->mean);
  s->sd = sqrt(square / (double)n);
  memcpy(k->sorted, k->map, n * sizeof *k->sorted);
  qsort(k->sorted, n, sizeof *k->sorted, compare);
  s->q05 = taut__quantile(k->sorted, n, 0.05);
  s->q50 = taut__quantile(k->sorted, n, 0.50);
  s->q95 = taut__quantile(k->sorted, n, 0.95);
  s->smallest = place_of(k, smallest);
  s->largest = place_of(k, largest);
}

/* Means by distance; the number of columns a bin has is counted with the first map. */
static void reduce_profiles(const desk *k, int map) {
  const size_t n = (size_t)k->m->n * (size_t)k->m->n;
  for (int d = 0; d < TAUT_NEAREST && k->sessions; d++) {
    double *const bin = profile_at(k->m, k->visit, d, 0);
    for (size_t i = 0; i < n; i++) {
      double *const entry = bin + (size_t)(k->distance[d][i] / k->m->spacing) * PROFILE;
      if (!map) entry[0]++;
      entry[1 + map] += k->map[i];
    }
    for (int b = 0; b < k->m->bins; b++)
      if (bin[b * PROFILE] > 0) bin[b * PROFILE + 1 + map] /= bin[b * PROFILE];
  }
}

/* Pixels are means over blocks of columns. */
static void reduce_picture(const desk *k, int map) {
  taut_maps *m = k->m;
  const int block = m->block;
  for (int p = 0; p < m->pictures; p++) {
    if (m->picture_visit[p] != k->visit) continue;
    float *to = m->picture + ((size_t)p * TAUT_MAPS + (size_t)map) * picture_count(m);
    for (int y = 0; y < m->n; y += block)
      for (int x = 0; x < m->n; x += block) {
        double sum = 0;
        int count = 0;
        for (int j = y; j < y + block && j < m->n; j++)
          for (int i = x; i < x + block && i < m->n; i++, count++) sum += k->map[(size_t)j * (size_t)m->n + (size_t)i];
        *to++ = (float)(sum / count);
      }
  }
}

/* Brings a map of all processes to the first. */
static void gather(taut_comm *comm, int n, const double *mine, const size_t *send, const size_t *receive, double *map) {
  if (taut__comm_size(comm) > 1)
    taut__comm_exchange(comm, mine, send, map, receive);
  else
    memcpy(map, mine, (size_t)n * (size_t)n * sizeof *map);
}

/* Where the slabs of the processes start in a gathered map; everything goes to the first. */
static void lay_slabs(const taut_domain *d, size_t *send, size_t *receive) {
  const int size = taut__comm_size(d->patch.comm), rank = taut__comm_rank(d->patch.comm), n = d->patch.n;
  for (int r = 0; r < size; r++) {
    int first, count;
    taut__patch_rows(n, r, size, &first, &count);
    send[r + 1] = (size_t)n * (size_t)d->patch.y_count * sizeof(double);
    receive[r + 1] = receive[r] + (rank == 0 ? (size_t)n * (size_t)count * sizeof(double) : 0);
  }
}

static taut_err lay_desk(taut_context *context, desk *k, const taut_patch_punctures *session) {
  const size_t n = (size_t)k->m->n * (size_t)k->m->n;
  double **const array[] = {&k->map, &k->sorted, &k->distance[0], &k->distance[1]};
  for (int i = 0; i < 4; i++) {
    *array[i] = taut__alloc_doubles(n);
    if (!*array[i]) return no_memory(context);
  }
  for (int d = 0; d < TAUT_NEAREST; d++) {
    for (size_t i = 0; i < n; i++) k->distance[d][i] = INFINITY;
    for (int s = d == TAUT_NEAREST_ANY ? 0 : k->sessions - 1; s >= 0 && s < k->sessions; s++) {
      taut_err err = taut__map_distance(context, k->m->side, k->m->n, session[s].n, session[s].at, k->distance[d]);
      if (err) return err;
    }
  }
  return TAUT_OK;
}

/* Everybody receives what the first process found. */
static void share(const desk *k, taut_comm *comm) {
  taut_maps *m = k->m;
  taut__comm_share(comm, &m->spread[(size_t)k->visit * TAUT_MAPS], TAUT_MAPS * sizeof *m->spread);
  taut__comm_share(comm, profile_at(m, k->visit, 0, 0), profile_count(m) / (size_t)m->visits * sizeof(double));
  for (int p = 0; p < m->pictures; p++)
    if (m->picture_visit[p] == k->visit)
      taut__comm_share(comm, m->picture + (size_t)p * TAUT_MAPS * picture_count(m),
                       TAUT_MAPS * picture_count(m) * sizeof *m->picture);
}

taut_err taut__maps_take(taut_context *context, taut_maps *maps, int visit, const taut_healing *h,
                         const taut_sample *sample, int sessions, const taut_patch_punctures *session) {
  const taut_domain *d = sample->domain;
  taut_comm *comm = d->patch.comm;
  const int size = taut__comm_size(comm);
  const size_t columns = (size_t)d->patch.n * (size_t)d->patch.y_count;
  const bool first = taut__comm_rank(comm) == 0;
  desk k = {.m = maps, .visit = visit, .sessions = sessions};
  double *value = taut__alloc_doubles(TAUT_MAPS * columns);
  size_t *start = taut__alloc(2 * ((size_t)size + 1), sizeof *start);
  taut_err err = value && start ? TAUT_OK : no_memory(context);
  if (!err && first) err = lay_desk(context, &k, session);
  err = taut__comm_agree(comm, err);
  if (!err) {
    lay_slabs(d, start, start + size + 1);
    taut__map_columns(h, sample, value);
    memset(profile_at(maps, visit, 0, 0), 0, profile_count(maps) / (size_t)maps->visits * sizeof(double));
    for (int m = 0; m < TAUT_MAPS; m++) {
      double *const mine = value + (size_t)m * columns;
      gather(comm, maps->n, mine, start, start + size + 1, first ? k.map : mine);
      if (!first) continue;
      reduce_spread(&k, m);
      reduce_profiles(&k, m);
      reduce_picture(&k, m);
    }
    share(&k, comm);
  }
  void *const owned[] = {value, start, k.map, k.sorted, k.distance[0], k.distance[1]};
  for (size_t i = 0; i < sizeof owned / sizeof *owned; i++) free(owned[i]);
  return err;
}
