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
#include "io/io.h"

#include <hdf5.h>
#include <stdlib.h>
#include <string.h>

static const char *const layer_name[TAUT_LAYERS] = {"epidermis", "papillary dermis", "reticular dermis", "subcutis"};

/* -------------------------------------------------------------------------------------- HDF5 without surprises ---- */

/* The reason of the first failure.  HDF5 forgets it at the next call, so it is taken down when the failure happens. */
typedef struct reason {
  char text[160];
} reason;

/* Innermost entry of the error stack, which H5Ewalk visits last. */
static herr_t keep(unsigned n, const H5E_error2_t *error, void *user) {
  reason *why = user;
  (void)n;
  snprintf(why->text, sizeof why->text, "%s (%s)", error->desc == NULL ? "unknown reason" : error->desc,
           error->func_name);
  return 0;
}

/* Takes the place of HDF5's own handler, which would print. */
static herr_t note_failure(hid_t stack, void *user) {
  reason *why = user;
  return why->text[0] != '\0' ? 0 : H5Ewalk2(stack, H5E_WALK_DOWNWARD, keep, why);
}

static taut_err fail_h5(taut_context *context, const char *what, const reason *why) {
  if (why->text[0] == '\0') return taut__fail(context, TAUT_ERR_MEMORY, "fields.h5", "%s: out of memory", what);
  return taut__fail(context, TAUT_ERR_LIBRARY, "fields.h5", "%s: %s", what, why->text);
}

/* Everything below returns false on the first failure: HDF5's, then `reason` has a text, or of an allocation. */

static bool add_text(hid_t object, const char *name, const char *text) {
  char *plain = taut__plain(text);
  if (plain == NULL) return false;
  hid_t type = H5Tcopy(H5T_C_S1), space = H5Screate(H5S_SCALAR);
  bool done =
      type >= 0 && space >= 0 && H5Tset_size(type, strlen(plain) + 1) >= 0 && H5Tset_cset(type, H5T_CSET_UTF8) >= 0;
  hid_t attribute = done ? H5Acreate2(object, name, type, space, H5P_DEFAULT, H5P_DEFAULT) : H5I_INVALID_HID;
  done = attribute >= 0 && H5Awrite(attribute, type, plain) >= 0;
  if (attribute >= 0) H5Aclose(attribute);
  if (space >= 0) H5Sclose(space);
  if (type >= 0) H5Tclose(type);
  free(plain);
  return done;
}

static bool add_real(hid_t object, const char *name, double x) {
  hid_t space = H5Screate(H5S_SCALAR);
  hid_t attribute = space < 0 ? space : H5Acreate2(object, name, H5T_IEEE_F64LE, space, H5P_DEFAULT, H5P_DEFAULT);
  bool done = attribute >= 0 && H5Awrite(attribute, H5T_NATIVE_DOUBLE, &x) >= 0;
  if (attribute >= 0) H5Aclose(attribute);
  if (space >= 0) H5Sclose(space);
  return done;
}

/* Creates a dataset, writes it and leaves it open for attributes; negative on failure. */
static hid_t add_data(hid_t parent, const char *name, int rank, const hsize_t *size, hid_t file_type, hid_t memory_type,
                      const void *data) {
  hid_t plain = H5Pcreate(H5P_DATASET_CREATE);
  hid_t space = H5Screate_simple(rank, size, NULL), set = H5I_INVALID_HID;
  if (plain >= 0 && space >= 0 && H5Pset_obj_track_times(plain, false) >= 0)
    set = H5Dcreate2(parent, name, file_type, space, H5P_DEFAULT, plain, H5P_DEFAULT);
  if (set >= 0 && H5Dwrite(set, memory_type, H5S_ALL, H5S_ALL, H5P_DEFAULT, data) < 0) {
    H5Dclose(set);
    set = H5I_INVALID_HID;
  }
  if (space >= 0) H5Sclose(space);
  if (plain >= 0) H5Pclose(plain);
  return set;
}

/* A dataset of doubles with unit and sentence. */
static bool add_reals(hid_t parent, const char *name, int rank, const hsize_t *size, const double *data,
                      const char *unit, const char *description) {
  hid_t set = add_data(parent, name, rank, size, H5T_IEEE_F64LE, H5T_NATIVE_DOUBLE, data);
  bool done = set >= 0 && add_text(set, "unit", unit) && add_text(set, "description", description);
  if (set >= 0) H5Dclose(set);
  return done;
}

/* ------------------------------------------------------------------------------------------------- contents ---- */

static bool add_provenance(hid_t file, const struct taut_result *result) {
  size_t size = strlen(result->case_yaml) + 1;
  bool done = add_text(file, "title", result->c->title) && add_text(file, "taut_version", taut_version()) &&
              add_text(file, "commit", taut_commit()) && add_text(file, "case_hash", result->hash) &&
              add_text(file, "field_set", result->set->name) && add_text(file, "notice", TAUT_NOTICE) &&
              add_text(file, "time_unit", "day") && add_text(file, "length_unit", "mm");
  if (!done) return false;
  hid_t type = H5Tcopy(H5T_C_S1), one = H5I_INVALID_HID;
  if (type >= 0 && H5Tset_size(type, size) >= 0 && H5Tset_cset(type, H5T_CSET_UTF8) >= 0)
    one = add_data(file, "case_yaml", 0, NULL, type, type, result->case_yaml);
  done = one >= 0 && add_text(one, "description", "the resolved case; running it again gives this file");
  if (one >= 0) H5Dclose(one);
  if (type >= 0) H5Tclose(type);
  return done;
}

static bool add_times(hid_t file, const struct taut_result *result) {
  hsize_t size = (hsize_t)result->snapshots;
  double *day = taut__alloc_doubles(size);
  if (day == NULL) return false;
  for (int s = 0; s < result->snapshots; s++) day[s] = result->snapshot[s].day;
  bool done =
      add_reals(file, "time", 1, &size, day, "day", "days after the first session; on a session day after the injury");
  free(day);
  return done;
}

static bool add_geometry_numbers(hid_t file, const struct taut_result *result, const int *of) {
  hsize_t size = (hsize_t)result->snapshots;
  int *number = taut__alloc(size, sizeof *number);
  if (number == NULL) return false;
  for (int s = 0; s < result->snapshots; s++) number[s] = of[s] + 1;
  hid_t set = add_data(file, "geometry", 1, &size, H5T_STD_I32LE, H5T_NATIVE_INT, number);
  bool done =
      set >= 0 && add_text(set, "description",
                           "geometry on which the fields of each visit lie; 1: the groups at the top, 2: those of "
                           "/geometry_2, ...");
  if (set >= 0) H5Dclose(set);
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
  hid_t set = add_data(group, "layer", 2, size, H5T_STD_I32LE, H5T_NATIVE_INT, layer);
  bool done =
      set >= 0 && add_text(set, "description", "0 epidermis, 1 papillary dermis, 2 reticular dermis, 3 subcutis");
  if (set >= 0) H5Dclose(set);
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
  bool done = add_reals(group, "points", 3, size, xyz, "mm", "corners of the cells as drawn: tracks side by side");
  free(xyz);
  return done;
}

static bool add_faces(hid_t group, const taut_domain *domain, double weight, double offset) {
  hsize_t radii = (hsize_t)domain->nr + 1, depths = (hsize_t)domain->points.planes + 1;
  hsize_t cells[2] = {depths - 1, radii - 1};
  return add_text(group, "kind", domain->kind == TAUT_DOMAIN_ZERO ? "zero" : "track") &&
         add_real(group, "weight", weight) && add_real(group, "radius_mm", domain->r[domain->nr]) &&
         add_real(group, "drawn_from_mm", offset) &&
         add_reals(group, "r", 1, &radii, domain->r, "mm", "faces, distance from the needle's axis") &&
         add_reals(group, "z", 1, &depths, domain->z, "mm", "faces, depth below the surface") &&
         add_reals(group, "volume", 2, cells, domain->volume, "mm^3", "volume of a cell") &&
         add_layers(group, domain) && add_corners(group, domain, offset);
}

static bool add_layer_names(hid_t set, unsigned layers) {
  taut_text names = {0};
  for (int l = 0; l < TAUT_LAYERS; l++) {
    if (layers & TAUT_IN(l)) taut__text_add(&names, "%s%s", names.length > 0 ? ", " : "", layer_name[l]);
  }
  bool done = !names.failed && add_text(set, "layers", names.data);
  taut__text_free(&names);
  return done;
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
  hid_t set = add_data(group, taut__visit_name(s, name), 2, size, H5T_IEEE_F64LE, H5T_NATIVE_DOUBLE, work);
  bool done = set >= 0 && add_text(set, "unit", field->unit) && add_real(set, "time_d", snapshot->day);
  if (set >= 0) H5Dclose(set);
  return done;
}

static bool add_field(hid_t parent, const place *at, int f, double *work) {
  const taut_field *field = &at->result->set->field[f];
  hid_t group = H5Gcreate2(parent, field->name, H5P_DEFAULT, H5P_DEFAULT, H5P_DEFAULT);
  bool done = group >= 0 && add_text(group, "unit", field->unit) && add_text(group, "long_name", field->long_name) &&
              add_text(group, "description", field->doc) && add_layer_names(group, field->layers);
  for (int s = 0; done && s < at->result->snapshots; s++) {
    if (at->of[s] == at->number) done = add_visit(group, at, s, f, work);
  }
  if (group >= 0) H5Gclose(group);
  return done;
}

static bool add_fields(hid_t group, const place *at) {
  double *work = taut__alloc_doubles((size_t)at->domain[at->d]->points.n);
  hid_t fields = H5Gcreate2(group, "fields", H5P_DEFAULT, H5P_DEFAULT, H5P_DEFAULT);
  bool done = work != NULL && fields >= 0;
  for (int f = 0; done && f < at->result->set->n; f++) done = add_field(fields, at, f, work);
  if (fields >= 0) H5Gclose(fields);
  free(work);
  return done;
}

static bool add_domain(hid_t parent, const place *at) {
  char name[24];
  const taut_domain *domain = at->domain[at->d];
  hid_t group = H5Gcreate2(parent, taut__domain_name(domain, at->d, name), H5P_DEFAULT, H5P_DEFAULT, H5P_DEFAULT);
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
  hid_t group =
      number == 0 ? file : H5Gcreate2(file, taut__geometry_name(number, name), H5P_DEFAULT, H5P_DEFAULT, H5P_DEFAULT);
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

/* A file in memory that never reaches the disk by itself. */
static hid_t open_in_memory(void) {
  enum { GROWTH = 1 << 20 };
  hid_t access = H5Pcreate(H5P_FILE_ACCESS), file = H5I_INVALID_HID;
  if (access >= 0 && H5Pset_fapl_core(access, GROWTH, false) >= 0)
    file = H5Fcreate("fields.h5", H5F_ACC_TRUNC, H5P_DEFAULT, access);
  if (access >= 0) H5Pclose(access);
  return file;
}

static bool take_image(hid_t file, void **data, size_t *length) {
  if (H5Fflush(file, H5F_SCOPE_GLOBAL) < 0) return false;
  ssize_t size = H5Fget_file_image(file, NULL, 0);
  if (size <= 0) return false;
  void *image = taut__alloc((size_t)size, 1);
  if (image == NULL || H5Fget_file_image(file, image, (size_t)size) != size) {
    free(image);
    return false;
  }
  *data = image;
  *length = (size_t)size;
  return true;
}

static taut_err build(taut_context *context, const struct taut_result *result, const reason *why, void **data,
                      size_t *length) {
  hid_t file = open_in_memory();
  if (file < 0) return fail_h5(context, "cannot create the file", why);
  bool done = add_provenance(file, result) && add_times(file, result) && add_geometries(file, result) &&
              take_image(file, data, length);
  taut_err err = done ? TAUT_OK : fail_h5(context, "cannot build the file", why);
  if (H5Fclose(file) < 0 && done) {
    free(*data);
    *data = NULL;
    err = fail_h5(context, "cannot close the file", why);
  }
  return err;
}

taut_err taut__fields_h5(taut_context *context, const struct taut_result *result, void **data, size_t *length) {
  H5E_auto2_t handler;
  void *handled_by;
  reason why = {""};
  *data = NULL;
  *length = 0;
  if (H5open() < 0 || H5Eget_auto2(H5E_DEFAULT, &handler, &handled_by) < 0)
    return taut__fail(context, TAUT_ERR_LIBRARY, "fields.h5", "the HDF5 library does not start");
  H5Eset_auto2(H5E_DEFAULT, note_failure, &why);
  taut_err err = build(context, result, &why, data, length);
  H5Eset_auto2(H5E_DEFAULT, handler, handled_by); /* the caller's */
  return err;
}
