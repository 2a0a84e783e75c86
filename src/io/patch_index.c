/* fields.h5 of a patch: the tree that a track has, with the numbers in the files of the visits.
 *
 *   /                  attributes, /case_yaml, /time, /geometry: as for tracks; a visit that is not there has time NaN
 *   /patch/            attributes: kind, weight, side_mm, spacing_mm
 *     x, y, z          faces, mm; z from the surface down
 *     layer, volume    [planes] layer number, mm3 of a cell
 *     fields/NAME/     one group a field; attributes: unit, long_name, description, layers
 *       visit_001 ...  [planes, n, n] single precision, surface first; 0 where a field does not live
 *     height           [planes + 1] minus z, upwards: ParaView wants growing coordinates, and the surface on top
 *     drawn/           layer and fields in that order, deepest plane first
 *     nothing          zeros that take no room
 *
 * visit_001 and its like are virtual datasets: HDF5 fetches their numbers from fields_001.h5 beside this file, where a
 * field has its own planes only, and reads NaN where that file is missing. */
#include "io/patch_fields.h"
#include "io/file.h"

#include <dirent.h>
#include <errno.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define NOTHING "/patch/nothing"

typedef struct index_of {
  taut_context *context;
  const taut_patch_output *out;
  int snapshots;
  double *day; /* [snapshots], NAN: not there */
  taut_h5_reason why;
} index_of;

/* ---------------------------------------------------------------------------------------- what there is ---- */

static bool read_real(hid_t object, const char *name, double *x) {
  hid_t attribute = H5Aopen(object, name, H5P_DEFAULT);
  const bool done = attribute >= 0 && H5Aread(attribute, H5T_NATIVE_DOUBLE, x) >= 0;
  if (attribute >= 0) H5Aclose(attribute);
  return done;
}

static bool has_text(hid_t object, const char *name, const char *text) {
  char found[64] = "";
  hid_t attribute = H5Aopen(object, name, H5P_DEFAULT), type = attribute < 0 ? attribute : H5Aget_type(attribute);
  const bool done = type >= 0 && H5Tis_variable_str(type) == 0 && H5Tget_size(type) < sizeof found &&
                    H5Aread(attribute, type, found) >= 0 && strcmp(found, text) == 0;
  if (type >= 0) H5Tclose(type);
  if (attribute >= 0) H5Aclose(attribute);
  return done;
}

static hid_t open_to_read(const char *path) {
  hid_t access = H5Pcreate(H5P_FILE_ACCESS), file = H5I_INVALID_HID;
#if H5_VERSION_GE(1, 10, 7)
  /* nobody writes to a finished file, and not every file system has locks */
  if (access >= 0 && H5Pset_file_locking(access, false, true) < 0) {
    H5Pclose(access);
    return file;
  }
#endif
  if (access >= 0) file = H5Fopen(path, H5F_ACC_RDONLY, access);
  if (access >= 0) H5Pclose(access);
  return file;
}

/* The day of a snapshot, NAN where it is not there. */
static taut_err look_at(index_of *index, int s) {
  const taut_patch_output *out = index->out;
  char name[32];
  double side = 0, spacing = 0;
  struct stat st;
  char *path = taut__patch_path(out, taut__patch_file_name(s, name), "");
  index->day[s] = NAN;
  if (path == NULL) return taut__fail(index->context, TAUT_ERR_MEMORY, name, "out of memory");
  if (stat(path, &st) != 0 && errno == ENOENT) {
    free(path);
    return TAUT_OK;
  }
  hid_t file = open_to_read(path);
  taut_err err = TAUT_OK;
  if (file < 0)
    err = taut__fail(index->context, TAUT_ERR_IO, name, "cannot be read: %s", index->why.text);
  else if (!has_text(file, "case_hash", out->hash) || !read_real(file, "side_mm", &side) ||
           !read_real(file, "spacing_mm", &spacing) || side != out->domain->patch.side ||
           spacing != out->domain->patch.spacing || !read_real(file, "time_d", &index->day[s]))
    err = taut__fail(index->context, TAUT_ERR_INPUT, name, "belongs to another case or grid; remove it");
  if (file >= 0) H5Fclose(file);
  free(path);
  return err;
}

/* Files that a killed run left half written. */
static void remove_parts(const char *folder) {
  DIR *dir = opendir(folder);
  if (dir == NULL) return;
  struct dirent *entry;
  while ((entry = readdir(dir)) != NULL) {
    const char *name = entry->d_name;
    const size_t n = strlen(name);
    if (n > 8 && strncmp(name, "fields_", 7) == 0 && strcmp(name + n - 8, ".h5.part") == 0)
      unlinkat(dirfd(dir), name, 0);
  }
  closedir(dir);
}

/* ------------------------------------------------------------------------------------------ virtual datasets ---- */

/* Planes from .. from + count - 1 of a virtual dataset are planes at .. of `set` in `file`, which has `planes` of them. */
typedef struct piece {
  const char *file, *set;
  int from, count, at, planes;
} piece;

static bool select_planes(hid_t space, int first, int count, int n) {
  const hsize_t start[3] = {(hsize_t)first, 0, 0}, size[3] = {(hsize_t)count, (hsize_t)n, (hsize_t)n};
  return space >= 0 && H5Sselect_hyperslab(space, H5S_SELECT_SET, start, NULL, size, NULL) >= 0;
}

static bool map_piece(hid_t plan, hid_t space, int n, const piece *p) {
  if (p->count == 0) return true;
  const hsize_t size[3] = {(hsize_t)p->planes, (hsize_t)n, (hsize_t)n};
  hid_t source = H5Screate_simple(3, size, NULL);
  const bool done = select_planes(source, p->at, p->count, n) && select_planes(space, p->from, p->count, n) &&
                    H5Pset_virtual(plan, space, p->file, p->set, source) >= 0;
  if (source >= 0) H5Sclose(source);
  return done;
}

/* All planes of a field at a visit: its own from the file of the visit, nothing above and below. */
static bool map_field(hid_t plan, hid_t space, const taut_domain *domain, const taut_field *field, const char *file,
                      bool drawn) {
  const int planes = domain->points.planes, n = domain->patch.n;
  char set[128];
  int first, count;
  taut__patch_planes(field, &domain->points, &first, &count);
  const int before = drawn ? planes - first - count : first;
  snprintf(set, sizeof set, "/fields/%s", field->name);
  const piece above = {".", NOTHING, 0, before, 0, planes},
              below = {".", NOTHING, before + count, planes - before - count, 0, planes},
              whole = {file, set, before, count, 0, count};
  bool done = map_piece(plan, space, n, &above) && map_piece(plan, space, n, &below);
  if (!drawn) return done && map_piece(plan, space, n, &whole);
  for (int k = 0; done && k < count; k++)
    done = map_piece(plan, space, n, &(piece){file, set, before + k, 1, count - 1 - k, count});
  return done;
}

static bool add_visit(hid_t group, const index_of *index, const taut_field *field, int s, bool drawn) {
  const taut_domain *domain = index->out->domain;
  const hsize_t n = (hsize_t)domain->patch.n, size[3] = {(hsize_t)domain->points.planes, n, n};
  const float missing = NAN;
  char name[24], file[32];
  hid_t plan = H5Pcreate(H5P_DATASET_CREATE), space = H5Screate_simple(3, size, NULL), set = H5I_INVALID_HID;
  if (plan >= 0 && space >= 0 && H5Pset_obj_track_times(plan, false) >= 0 &&
      H5Pset_fill_value(plan, H5T_NATIVE_FLOAT, &missing) >= 0 &&
      map_field(plan, space, domain, field, taut__patch_file_name(s, file), drawn) && H5Sselect_all(space) >= 0)
    set = H5Dcreate2(group, taut__visit_name(s, name), H5T_IEEE_F32LE, space, H5P_DEFAULT, plan, H5P_DEFAULT);
  const bool done = set >= 0 && taut__h5_text(set, "unit", field->unit) && taut__h5_real(set, "time_d", index->day[s]);
  if (set >= 0) H5Dclose(set);
  if (space >= 0) H5Sclose(space);
  if (plan >= 0) H5Pclose(plan);
  return done;
}

static bool add_field(hid_t parent, const index_of *index, const taut_field *field, bool drawn) {
  hid_t group = taut__h5_group(parent, field->name);
  bool done = group >= 0 && taut__h5_field(group, field);
  for (int s = 0; done && s < index->snapshots; s++)
    if (!isnan(index->day[s])) done = add_visit(group, index, field, s, drawn);
  if (group >= 0) H5Gclose(group);
  return done;
}

/* Layer numbers for ParaView, one a cell; packed, since all of a plane are equal. */
static bool add_drawn_layers(hid_t group, const taut_domain *domain) {
  const taut_points *points = &domain->points;
  const hsize_t n = (hsize_t)domain->patch.n, size[3] = {(hsize_t)points->planes, n, n}, chunk[3] = {1, n, n};
  signed char *plane = taut__alloc(n * n, 1);
  hid_t plan = H5Pcreate(H5P_DATASET_CREATE), space = H5Screate_simple(3, size, NULL), set = H5I_INVALID_HID;
  hid_t memory = H5Screate_simple(2, chunk + 1, NULL);
  bool done = plane != NULL && plan >= 0 && space >= 0 && memory >= 0 && H5Pset_obj_track_times(plan, false) >= 0 &&
              H5Pset_chunk(plan, 3, chunk) >= 0;
  if (done && H5Zfilter_avail(H5Z_FILTER_DEFLATE) > 0) done = H5Pset_deflate(plan, 1) >= 0;
  if (done) set = H5Dcreate2(group, "layer", H5T_STD_I8LE, space, H5P_DEFAULT, plan, H5P_DEFAULT);
  done = set >= 0;
  for (int l = 0; done && l < TAUT_LAYERS; l++) {
    memset(plane, l, n * n);
    for (int k = points->layer_plane[l]; done && k < points->layer_plane[l + 1]; k++)
      done = select_planes(space, points->planes - 1 - k, 1, domain->patch.n) &&
             H5Dwrite(set, H5T_NATIVE_SCHAR, memory, space, H5P_DEFAULT, plane) >= 0;
  }
  if (set >= 0) H5Dclose(set);
  if (memory >= 0) H5Sclose(memory);
  if (space >= 0) H5Sclose(space);
  if (plan >= 0) H5Pclose(plan);
  free(plane);
  return done;
}

static bool add_fields(hid_t patch, const index_of *index, bool drawn) {
  hid_t group = taut__h5_group(patch, drawn ? "drawn" : "fields");
  bool done = group >= 0 && (!drawn || add_drawn_layers(group, index->out->domain));
  for (int f = 0; done && f < index->out->set->n; f++)
    done = add_field(group, index, &index->out->set->field[f], drawn);
  if (group >= 0) H5Gclose(group);
  return done;
}

/* ------------------------------------------------------------------------------------------------- the rest ---- */

static bool add_planes(hid_t patch, const taut_domain *domain) {
  const taut_points *points = &domain->points;
  const hsize_t planes = (hsize_t)points->planes, faces = planes + 1;
  double *volume = taut__alloc_doubles(planes), *height = taut__alloc_doubles(faces);
  int *layer = taut__alloc(planes, sizeof *layer);
  bool done = volume != NULL && height != NULL && layer != NULL;
  for (hsize_t k = 0; done && k < planes; k++) volume[k] = points->volume[points->plane_start[k]];
  for (hsize_t k = 0; done && k < faces; k++) height[k] = 0 - domain->z[planes - k];
  for (int l = 0; done && l < TAUT_LAYERS; l++)
    for (int k = points->layer_plane[l]; k < points->layer_plane[l + 1]; k++) layer[k] = l;
  done = done &&
         taut__h5_ints(patch, "layer", 1, &planes, layer,
                       "0 epidermis, 1 papillary dermis, 2 reticular dermis, 3 subcutis") &&
         taut__h5_reals(patch, "volume", 1, &planes, volume, "mm^3", "volume of a cell of each plane") &&
         taut__h5_reals(patch, "height", 1, &faces, height, "mm", "faces as drawn, from the deepest up to the surface");
  free(layer);
  free(height);
  free(volume);
  return done;
}

static bool add_nothing(hid_t patch, const taut_domain *domain) {
  const hsize_t n = (hsize_t)domain->patch.n, size[3] = {(hsize_t)domain->points.planes, n, n};
  hid_t set = taut__h5_data(patch, "nothing", 3, size, H5T_IEEE_F32LE, H5T_NATIVE_FLOAT, NULL);
  const bool done = set >= 0 && taut__h5_text(set, "description", "zeros, shown where a field does not live");
  if (set >= 0) H5Dclose(set);
  return done;
}

static bool add_patch(hid_t file, const index_of *index) {
  const taut_domain *domain = index->out->domain;
  hid_t patch = taut__h5_group(file, "patch");
  const bool done = patch >= 0 && taut__h5_text(patch, "kind", "patch") && taut__h5_real(patch, "weight", 1) &&
                    taut__h5_real(patch, "side_mm", domain->patch.side) &&
                    taut__h5_real(patch, "spacing_mm", domain->patch.spacing) && taut__patch_faces(patch, domain) &&
                    add_planes(patch, domain) && add_nothing(patch, domain) && add_fields(patch, index, false) &&
                    add_fields(patch, index, true);
  if (patch >= 0) H5Gclose(patch);
  return done;
}

static bool add_times(hid_t file, const index_of *index) {
  const hsize_t size = (hsize_t)index->snapshots;
  int *geometry = taut__alloc(size, sizeof *geometry);
  if (geometry == NULL) return false;
  for (hsize_t s = 0; s < size; s++) geometry[s] = 1;
  const bool done = taut__h5_reals(file, "time", 1, &size, index->day, "day",
                                   "days after the first session; on a session day after the injury") &&
                    taut__h5_ints(file, "geometry", 1, &size, geometry, "1: all visits lie on /patch");
  free(geometry);
  return done;
}

static taut_err write_h5(const index_of *index, const char *path) {
  const taut_patch_output *out = index->out;
  size_t length = 0;
  void *image = NULL;
  hid_t file = taut__h5_image_open("fields.h5");
  if (file >= 0 && taut__h5_provenance(file, out->title, out->hash, out->set) && taut__h5_case(file, out->case_yaml) &&
      add_times(file, index) && add_patch(file, index))
    image = taut__h5_image_take(file, &length);
  taut_err err = image == NULL ? taut__h5_fail(index->context, "fields.h5", "cannot be built", &index->why) : TAUT_OK;
  if (file >= 0 && H5Fclose(file) < 0 && !err)
    err = taut__h5_fail(index->context, "fields.h5", "cannot be closed", &index->why);
  if (!err) err = taut__file_write(index->context, path, image, length);
  free(image);
  return err;
}

static taut_err write_xdmf(const index_of *index, const char *path) {
  taut_text text = {0};
  taut__patch_xdmf(index->out, index->snapshots, index->day, &text);
  taut_err err = text.failed ? taut__fail(index->context, TAUT_ERR_MEMORY, "fields.xdmf", "out of memory")
                             : taut__file_write(index->context, path, text.data, text.length);
  taut__text_free(&text);
  return err;
}

static taut_err write_index(index_of *index) {
  char *h5 = taut__patch_path(index->out, "fields.h5", ""), *xdmf = taut__patch_path(index->out, "fields.xdmf", "");
  index->day = taut__alloc_doubles((size_t)index->snapshots);
  taut_err err = h5 == NULL || xdmf == NULL || index->day == NULL
                     ? taut__fail(index->context, TAUT_ERR_MEMORY, "fields.h5", "out of memory")
                     : TAUT_OK;
  remove_parts(index->out->folder);
  for (int s = 0; !err && s < index->snapshots; s++) err = look_at(index, s);
  if (!err) err = write_h5(index, h5);
  if (!err) err = write_xdmf(index, xdmf);
  free(index->day);
  free(xdmf);
  free(h5);
  return err;
}

taut_err taut__patch_index(taut_context *context, const taut_patch_output *out, int snapshots) {
  taut_comm *comm = out->domain->patch.comm;
  index_of index = {.context = context, .out = out, .snapshots = snapshots};
  taut_err err = TAUT_OK;
  if (taut__comm_rank(comm) == 0) {
    if (taut__h5_listen(&index.why)) {
      err = write_index(&index);
      taut__h5_listen_end(&index.why);
    } else {
      err = taut__fail(context, TAUT_ERR_LIBRARY, "fields.h5", "the HDF5 library does not start");
    }
  }
  return taut__comm_agree_told(context, comm, err);
}
