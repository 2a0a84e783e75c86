/* fields.h5: the fields of every domain at the visits, with names, units, sentences and provenance.
 *
 *   /                    attributes: program, commit, case, notice
 *   /case_yaml           text of the resolved case
 *   /time                [visits] days after the first session; on a session day after the injury
 *   /geometry            [visits] on which geometry the fields of a visit lie; 1: the groups at the top
 *   /track_1/            one group a domain (`zero` for the well-mixed point); attributes: weight, radius
 *     r, z               [nr+1], [planes+1] faces, mm from the axis and from the surface down
 *     layer, volume      [planes, nr] layer number (0 epidermis ... 3 subcutis), mm3
 *     points             [planes+1, nr+1, 3] corners as drawn, mm: tracks side by side, depth downwards
 *     fields/NAME/       one group a field; attributes: unit, long_name, description, layers
 *       visit_001 ...    [planes, nr] at that entry of /time; 0 where a field does not live; attributes: unit, time_d
 *   /geometry_2/track_1/ the same for visits after a session with other tracks (sessions that differ in depth or density)
 *
 * A visit stands in the groups of its own geometry only.  One dataset a visit, since the readers of ParaView disagree about slices of larger ones.
 *
 * The file is built in memory (core driver) and handed over as bytes: it is written like every other file.  No time
 * stamps: equal results give equal bytes. */
#include "io/h5.h"
#include "io/io.h"

#include <stdlib.h>
#include <string.h>

static bool add_times(hid_t file, const struct taut_result *result) {
  hsize_t size = (hsize_t)result->snapshots;
  double *day = taut__alloc_doubles(size);
  if (day == NULL) return false;
  for (int s = 0; s < result->snapshots; s++) day[s] = result->snapshot[s].day;
  bool done = taut__h5_reals(file, "time", 1, &size, day, "day",
                             "days after the first session; on a session day after the injury");
  free(day);
  return done;
}

static bool add_geometry_numbers(hid_t file, const struct taut_result *result, const int *of) {
  hsize_t size = (hsize_t)result->snapshots;
  int *number = taut__alloc(size, sizeof *number);
  if (number == NULL) return false;
  for (int s = 0; s < result->snapshots; s++) number[s] = of[s] + 1;
  bool done = taut__h5_ints(file, "geometry", 1, &size, number,
                            "geometry on which the fields of each visit lie; 1: the groups at the top, 2: those of "
                            "/geometry_2, ...");
  free(number);
  return done;
}

static bool add_layers(hid_t group, const taut_domain *domain) {
  const taut_points *points = &domain->points;
  hsize_t size[2] = {(hsize_t)points->planes, (hsize_t)domain->nr};
  int *layer = taut__alloc((size_t)points->n, sizeof *layer);
  if (layer == NULL) return false;
  for (int l = 0; l < TAUT_LAYERS; l++) {
    for (int i = points->layer_start[l]; i < points->layer_start[l + 1]; i++) layer[i] = l;
  }
  bool done =
      taut__h5_ints(group, "layer", 2, size, layer, "0 epidermis, 1 papillary dermis, 2 reticular dermis, 3 subcutis");
  free(layer);
  return done;
}

/* Corners of the cells as drawn: x to the right from the axis, y upwards, so that depth reads downwards. */
static bool add_corners(hid_t group, const taut_domain *domain, double offset) {
  hsize_t size[3] = {(hsize_t)domain->points.planes + 1, (hsize_t)domain->nr + 1, 3};
  double *xyz = taut__alloc_doubles(size[0] * size[1] * 3), *next = xyz;
  if (xyz == NULL) return false;
  for (hsize_t k = 0; k < size[0]; k++) {
    for (hsize_t i = 0; i < size[1]; i++) {
      *next++ = offset + domain->r[i];
      *next++ = 0 - domain->z[k];
      *next++ = 0;
    }
  }
  bool done = taut__h5_reals(group, "points", 3, size, xyz, "mm", "corners of the cells as drawn: tracks side by side");
  free(xyz);
  return done;
}

static bool add_faces(hid_t group, const taut_domain *domain, double weight, double offset) {
  hsize_t radii = (hsize_t)domain->nr + 1, depths = (hsize_t)domain->points.planes + 1;
  hsize_t cells[2] = {depths - 1, radii - 1};
  return taut__h5_text(group, "kind", domain->kind == TAUT_DOMAIN_ZERO ? "zero" : "track") &&
         taut__h5_real(group, "weight", weight) && taut__h5_real(group, "radius_mm", domain->r[domain->nr]) &&
         taut__h5_real(group, "drawn_from_mm", offset) &&
         taut__h5_reals(group, "r", 1, &radii, domain->r, "mm", "faces, distance from the needle's axis") &&
         taut__h5_reals(group, "z", 1, &depths, domain->z, "mm", "faces, depth below the surface") &&
         taut__h5_reals(group, "volume", 2, cells, domain->volume, "mm^3", "volume of a cell") &&
         add_layers(group, domain) && add_corners(group, domain, offset);
}

/* Domain d of the geometry with this number; its fields are those of the snapshots with of[s] == number. */
typedef struct place {
  const struct taut_result *result;
  const int *of;
  int number, d, domains;
  const taut_domain *const *domain; /* [domains] of this geometry */
  const double *weight;
} place;

/* A field at one visit; `work` has room for every point of the domain. */
static bool add_visit(hid_t group, const place *at, int s, int f, double *work) {
  const taut_field *field = &at->result->set->field[f];
  const taut_domain *domain = at->domain[at->d];
  const taut_snapshot *snapshot = &at->result->snapshot[s];
  hsize_t size[2] = {(hsize_t)domain->points.planes, (hsize_t)domain->nr};
  int first, count;
  char name[24];
  taut__field_points(field, &domain->points, &first, &count);
  memset(work, 0, (size_t)domain->points.n * sizeof *work);
  memcpy(work + first, snapshot->data[at->d * at->result->set->n + f], (size_t)count * sizeof *work);
  hid_t set = taut__h5_data(group, taut__visit_name(s, name), 2, size, H5T_IEEE_F64LE, H5T_NATIVE_DOUBLE, work);
  bool done = set >= 0 && taut__h5_text(set, "unit", field->unit) && taut__h5_real(set, "time_d", snapshot->day);
  if (set >= 0) H5Dclose(set);
  return done;
}

static bool add_field(hid_t parent, const place *at, int f, double *work) {
  const taut_field *field = &at->result->set->field[f];
  hid_t group = taut__h5_group(parent, field->name);
  bool done = group >= 0 && taut__h5_field(group, field);
  for (int s = 0; done && s < at->result->snapshots; s++) {
    if (at->of[s] == at->number) done = add_visit(group, at, s, f, work);
  }
  if (group >= 0) H5Gclose(group);
  return done;
}

static bool add_fields(hid_t group, const place *at) {
  double *work = taut__alloc_doubles((size_t)at->domain[at->d]->points.n);
  hid_t fields = taut__h5_group(group, "fields");
  bool done = work != NULL && fields >= 0;
  for (int f = 0; done && f < at->result->set->n; f++) done = add_field(fields, at, f, work);
  if (fields >= 0) H5Gclose(fields);
  free(work);
  return done;
}

static bool add_domain(hid_t parent, const place *at) {
  char name[24];
  const taut_domain *domain = at->domain[at->d];
  hid_t group = taut__h5_group(parent, taut__domain_name(domain, at->d, name));
  bool done = group >= 0 &&
              add_faces(group, domain, at->weight[at->d], taut__domain_offset(at->domains, at->domain, at->d)) &&
              add_fields(group, at);
  if (group >= 0) H5Gclose(group);
  return done;
}

/* The domains of a geometry and what was seen on them. */
static bool add_geometry(hid_t file, const struct taut_result *result, const int *of, int number) {
  int first = 0;
  while (first < result->snapshots && of[first] != number) first++;
  const bool seen = first < result->snapshots; /* a course without visits still shows its tracks */
  place at = {.result = result,
              .of = of,
              .number = number,
              .domains = result->domains,
              .domain = seen ? result->snapshot[first].domain : result->domain,
              .weight = seen ? result->snapshot[first].weight : result->weight};
  char name[24];
  hid_t group = number == 0 ? file : taut__h5_group(file, taut__geometry_name(number, name));
  bool done = group >= 0;
  for (; done && at.d < at.domains; at.d++) done = add_domain(group, &at);
  if (number > 0 && group >= 0) H5Gclose(group);
  return done;
}

static bool add_geometries(hid_t file, const struct taut_result *result) {
  int *of = taut__alloc((size_t)result->snapshots, sizeof *of);
  if (of == NULL) return false;
  int n = taut__geometries(result, of);
  bool done = add_geometry_numbers(file, result, of) && add_geometry(file, result, of, 0);
  for (int number = 1; done && number < n; number++) done = add_geometry(file, result, of, number);
  free(of);
  return done;
}

/* -------------------------------------------------------------------------------------------------- the file ---- */

static taut_err build(taut_context *context, const struct taut_result *result, const taut_h5_reason *why, void **data,
                      size_t *length) {
  hid_t file = taut__h5_image_open("fields.h5");
  if (file < 0) return taut__h5_fail(context, "fields.h5", "cannot create the file", why);
  bool done = taut__h5_provenance(file, result->c->title, result->hash, result->set) &&
              taut__h5_case(file, result->case_yaml) && add_times(file, result) && add_geometries(file, result);
  if (done) *data = taut__h5_image_take(file, length);
  done = *data != NULL;
  taut_err err = done ? TAUT_OK : taut__h5_fail(context, "fields.h5", "cannot build the file", why);
  if (H5Fclose(file) < 0 && done) {
    free(*data);
    *data = NULL;
    err = taut__h5_fail(context, "fields.h5", "cannot close the file", why);
  }
  return err;
}

taut_err taut__fields_h5(taut_context *context, const struct taut_result *result, void **data, size_t *length) {
  taut_h5_reason why;
  *data = NULL;
  *length = 0;
  if (!taut__h5_listen(&why))
    return taut__fail(context, TAUT_ERR_LIBRARY, "fields.h5", "the HDF5 library does not start");
  taut_err err = build(context, result, &why, data, length);
  taut__h5_listen_end(&why);
  return err;
}
