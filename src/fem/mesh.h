/* Structured mesh of the suction instrument: radius times depth, graded towards the rim (mechanics.md 5). */
#ifndef TAUT_FEM_MESH_H
#define TAUT_FEM_MESH_H

#include "mechanics/mechanics.h"

/** Numbers of elements and how their sizes grow. */
typedef struct taut_mesh_plan {
  int in, out;                /**< elements below the aperture and beside it */
  int rows[TAUT_MECH_LAYERS]; /**< rows of elements of each layer, surface first */
  double in_ratio;            /**< first (axis) to last (rim) width below the aperture */
  double out_ratio;           /**< last to first width beside it */
  double base_ratio;          /**< deepest to uppermost row of the hypodermis */
} taut_mesh_plan;

/** M1 to M5 of mechanics.md 5. */
typedef enum taut_mesh_level {
  TAUT_MESH_M1 = 1,
  TAUT_MESH_M2,
  TAUT_MESH_M3,
  TAUT_MESH_M4,
  TAUT_MESH_M5
} taut_mesh_level;
taut_mesh_plan taut__mesh_plan(taut_mesh_level level);

/** The mesh: corner coordinates. */
typedef struct taut_mesh {
  int nr, nz;    /**< elements in radius and depth */
  int in;        /**< elements below the aperture */
  double *r, *z; /**< corners, mm: r[nr + 1] from the axis, z[nz + 1] upwards, z[nz] = 0 at the surface */
  int *layer;    /**< layer of each row of elements, [nz], deepest first */
} taut_mesh;

/** Builds the mesh of `layers` thicknesses h; MEMORY on failure.  Release with taut__mesh_free. */
TAUT_MUST_USE taut_err taut__mesh_create(const taut_mesh_plan *plan, double aperture, double outer, int layers,
                                         const double *h, taut_mesh *out);
void taut__mesh_free(taut_mesh *mesh);
/** Width of the elements at the rim relative to the aperture radius: what the error of the mesh follows. */
double taut__mesh_rim(const taut_mesh *mesh);

#endif
