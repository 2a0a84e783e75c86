/* Maps of a patch: quantities of its columns at the visits, as spread over the surface, worst places, means by the distance
 * to the nearest puncture, and small pictures.
 *
 * A column is seen through a view of its own, so that a map and the quantity of its name are one definition.  Column values
 * do not depend on threads or on the number of processes; the first process gathers one map after the other and reduces
 * it, and everybody receives the outcome.  Memory: columns x maps while a visit is taken, and small tables. */
#ifndef TAUT_OBSERVE_MAPS_H
#define TAUT_OBSERVE_MAPS_H

#include "base/keeper.h"
#include "observe/view.h"

/** A row of maps.def. */
typedef struct taut_map {
  const char *name, *unit, *doc;
  bool shown;
} taut_map;
enum {
#define MAP(name, ...) TAUT_MAP_##name,
#include "observe/maps.def"
#undef MAP
  TAUT_MAPS
};
extern const taut_map taut__map[TAUT_MAPS];

/** A place on the surface: centre of a column. */
typedef struct taut_map_place {
  double value, x, y; /**< x, y in mm */
  double distance;    /**< to the nearest puncture so far, mm; NAN: none yet */
} taut_map_place;

/** A map over the columns; all columns have the same area.  Doubles only. */
typedef struct taut_map_spread {
  double mean, sd, q05, q50, q95;
  taut_map_place smallest, largest; /**< the first of equals, along x, then y */
} taut_map_spread;

/** Nearest puncture of what: of all sessions so far, of the last. */
enum { TAUT_NEAREST_ANY, TAUT_NEAREST_LAST, TAUT_NEAREST };
enum { TAUT_MAP_PICTURES = 5 };

/** Maps at the visits of a course; the same on all processes. */
typedef struct taut_maps {
  int n;          /**< columns along x and along y */
  double side;    /**< mm */
  double spacing; /**< mm; also the width of a bin of distance */
  int visits;
  taut_map_spread *spread; /**< [visits * TAUT_MAPS] */
  int bins;
  /** [visits][TAUT_NEAREST][bins][1 + TAUT_MAPS]: number of columns in the bin, then the mean of each map (0 in an empty
   *  bin); see taut__map_profile */
  double *profile;
  int block;                            /**< columns along a side of a pixel; fewer at the far edges */
  int pixels;                           /**< of a picture along x and y */
  int pictures;                         /**< visits that have pictures */
  int picture_visit[TAUT_MAP_PICTURES]; /**< in time order */
  float *picture;                       /**< [pictures][TAUT_MAPS][pixels][pixels], y down the rows */
} taut_maps;

/** Tables for the visits at `day`; pictures are taken at a few of them. */
TAUT_MUST_USE taut_err taut__maps_create(taut_context *context, const taut_domain *domain, int visits,
                                         const double *day, taut_maps **out);
void taut__maps_destroy(taut_maps **maps);
/** Takes the maps of a visit; collective.
 *  @param session  punctures of the sessions applied so far [sessions]; their radii are not looked at */
TAUT_MUST_USE taut_err taut__maps_take(taut_context *context, taut_maps *maps, int visit, const taut_healing *h,
                                       const taut_sample *sample, int sessions, const taut_patch_punctures *session);
/** Saves or loads the tables; the maps were made for the same case. */
void taut__maps_archive(taut_maps *maps, taut_keeper *keeper);

/** Entry of a bin: [1 + TAUT_MAPS] as told above. */
const double *taut__map_profile(const taut_maps *maps, int visit, int nearest, int bin);
/** Picture of a map [pixels * pixels]. */
const float *taut__map_picture(const taut_maps *maps, int picture, int map);

/* ---- parts ---- */

/** Values of the columns of this process: value[map * columns + row * n + x], rows of this process, columns = n y_count. */
void taut__map_columns(const taut_healing *h, const taut_sample *sample, double *value);
/** Distance from every column of a periodic square to the nearest of `punctures`, where that is less than what stands in
 *  `distance` [n * n]; mm. */
TAUT_MUST_USE taut_err taut__map_distance(taut_context *context, double side, int n, int punctures,
                                          const taut_patch_puncture *at, double *distance);
/** Quantile of n ascending numbers, linear between them. */
double taut__quantile(const double *ascending, size_t n, double p);

#endif
