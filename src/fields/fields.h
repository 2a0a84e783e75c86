/* What a field is.  Every field obeys
 *
 *     du/dt = div( D grad u - chi u grad s ) + P - L u ,        P >= 0, L >= 0
 *
 * P and L come from one strip function a field: the complete production and loss on a strip of points of one layer.  It
 * may read any field, and is pure: no allocation, I/O, grid, time or randomness, so that it vectorises and serves every
 * domain.  A field set is an instance: rows, order of update, constants, rest state.  The stepping engine knows nothing
 * else of the biology.
 */
#ifndef TAUT_FIELDS_FIELDS_H
#define TAUT_FIELDS_FIELDS_H

#include "base/base.h"

enum { TAUT_LAYERS = 4, TAUT_MAX_FIELDS = 40 };
/** Layers from the surface down; a domain without depth uses TAUT_RETICULAR alone. */
typedef enum taut_layer { TAUT_EPIDERMIS, TAUT_PAPILLARY, TAUT_RETICULAR, TAUT_SUBCUTIS } taut_layer;
#define TAUT_IN(layer) (1u << (layer))

typedef enum taut_field_class { TAUT_SIGNAL, TAUT_CELL, TAUT_MATRIX } taut_field_class;

/** The points a strip function works on: n consecutive points of one layer. */
typedef struct taut_strip {
  int n;
  taut_layer layer;
  const double *const *u;      /**< u[f][i]: every field of the set; zeros where a field does not live in this layer */
  const double *gate;          /**< mechanical gate m, one a point (zeros where the set has none) */
  const double *const *source; /**< source[f][i]: external source of field f (serums, PRP), zeros by default */
  const double *drive;         /**< scalars that change at events only (field set's meaning; treatment windows) */
  const void *constants;       /**< the field set's frozen constants */
} taut_strip;

typedef void taut_strip_fn(const taut_strip *s, double *restrict P, double *restrict L);

/** A field, declared once. */
typedef struct taut_field {
  const char *name; /**< symbol of the document, unique */
  const char *long_name;
  const char *unit;
  const char *doc; /**< one sentence */
  taut_field_class kind;
  unsigned layers;   /**< TAUT_IN() bits, a contiguous range of layers */
  double floor;      /**< s_f of the error norm */
  bool layered_loss; /**< L depends on layer, parameters and time only: transport may be solved directly */
} taut_field;

/** Chemotaxis of a field: velocity chi grad s, chi = chi0 K^2/(K+s)^2; signal < 0: none. */
typedef struct taut_chemotaxis {
  int signal;
  double chi0, K;
} taut_chemotaxis;

/** Fields solved together, in the order of update; P of each is evaluated when the group's turn comes. */
typedef struct taut_group {
  int n, field[4];
} taut_group;

/** A balance that the engine keeps: between events, the change of the integral of these fields equals the time integral of
 *  their summed P - L u. */
typedef struct taut_balance {
  const char *name, *unit;
  double scale; /**< factor from field units x mm3 to `unit` */
  int n, field[8];
} taut_balance;

/** An instance of the equations.  Everything is lent by the owner of `constants` and outlives every user. */
typedef struct taut_field_set {
  const char *name;
  int n;
  const taut_field *field;     /**< [n] */
  taut_strip_fn *const *strip; /**< [n], for this processor */
  int groups;
  const taut_group *group; /**< every field exactly once */
  const void *constants;   /**< handed to the strips */
  int drives;              /**< length of taut_strip.drive */
  const double *drive_default;
  double diffusion[TAUT_MAX_FIELDS]; /**< mm2/day, the same in all layers where the field lives; 0: none */
  taut_chemotaxis chemotaxis[TAUT_MAX_FIELDS];
  double rest[TAUT_MAX_FIELDS][TAUT_LAYERS]; /**< rest state */
  /* Mechanical gate: gate_local(strip, out) gives a point value, the domain averages it over each plane, gate_close makes
   * m of the mean.  NULL: no gate. */
  void (*gate_local)(const taut_strip *s, double *restrict out);
  double (*gate_close)(const void *constants, taut_layer layer, double mean);
  unsigned gate_layers;
  int balances;
  const taut_balance *balance;
} taut_field_set;

/** The points of a domain, as the biology may see them: layers and planes are contiguous ranges, surface first. */
typedef struct taut_points {
  int n, planes;
  int layer_start[TAUT_LAYERS + 1]; /**< points of layer l: [layer_start[l], layer_start[l+1]) */
  int layer_plane[TAUT_LAYERS + 1]; /**< the same for planes */
  const int *plane_start;           /**< [planes+1]; all planes of one layer have equally many points */
  const double *z;                  /**< [planes+1] faces, mm, z[0] = 0 at the surface */
  const double *volume;             /**< [n] mm3 */
  double area;                      /**< mm2 of skin surface */
} taut_points;

/** First and last+1 layer of a layer mask. */
void taut__layer_range(unsigned layers, int *first, int *end);
/** First point and number of points of field f. */
void taut__field_points(const taut_field *field, const taut_points *points, int *first, int *count);
/** Checks a field set's own consistency (each field in one group, contiguous layers, floors > 0 ...). */
TAUT_MUST_USE taut_err taut__field_set_check(taut_context *context, const taut_field_set *set);

/** What needles did to consecutive points, as fractions of each point's volume; what the injury operator reads. */
typedef struct taut_wounds {
  int first; /**< point to which the first entries of the arrays belong */
  const double *hole, *annulus;
  const double *hole_bled, *annulus_bled; /**< their parts that bled; NULL: `bleeding` times the whole */
  const double *thermal, *thermal_kill;   /**< NULL: none */
  double bleeding;                        /**< P_bleed */
  double dry;                             /**< fibrin of a hole that does not bleed, relative to a full clot */
} taut_wounds;

/** What one session destroys, as fractions of each point's volume (domain makes it of the needling room's track). */
typedef struct taut_damage {
  double *hole;         /**< h: residual hole (lumen) */
  double *annulus;      /**< a: from hole to needle radius */
  double *displaced;    /**< p_d: where pushed-aside matrix goes */
  double *thermal;      /**< t: collagen coagulated by heat (0 without RF) */
  double *thermal_kill; /**< cells killed by heat */
  double bleeding;      /**< P_bleed of the track */
  double dry;           /**< fibrin of a hole that does not bleed, relative to a full clot */
  bool reference;       /**< clot by healing.md 7.2 as written (reference cases) instead of design rule 3 */
  double depth;         /**< mm, l */
} taut_damage;

#endif
