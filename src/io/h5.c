#include "io/h5.h"
#include "io/io.h"

#include <stdlib.h>
#include <string.h>

static const char *const layer_name[TAUT_LAYERS] = {"epidermis", "papillary dermis", "reticular dermis", "subcutis"};

taut_err taut__h5_fail(taut_context *context, const char *where, const char *what, const taut_h5_reason *reason) {
  if (reason->text[0] == '\0') return taut__fail(context, TAUT_ERR_MEMORY, where, "%s: out of memory", what);
  return taut__fail(context, TAUT_ERR_LIBRARY, where, "%s: %s", what, reason->text);
}

bool taut__h5_text(hid_t object, const char *name, const char *text) {
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

static bool add_number(hid_t object, const char *name, hid_t file_type, hid_t memory_type, const void *x) {
  hid_t space = H5Screate(H5S_SCALAR);
  hid_t attribute = space < 0 ? space : H5Acreate2(object, name, file_type, space, H5P_DEFAULT, H5P_DEFAULT);
  bool done = attribute >= 0 && H5Awrite(attribute, memory_type, x) >= 0;
  if (attribute >= 0) H5Aclose(attribute);
  if (space >= 0) H5Sclose(space);
  return done;
}

bool taut__h5_real(hid_t object, const char *name, double x) {
  return add_number(object, name, H5T_IEEE_F64LE, H5T_NATIVE_DOUBLE, &x);
}

bool taut__h5_int(hid_t object, const char *name, int x) {
  return add_number(object, name, H5T_STD_I32LE, H5T_NATIVE_INT, &x);
}

hid_t taut__h5_data(hid_t parent, const char *name, int rank, const hsize_t *size, hid_t file_type, hid_t memory_type,
                    const void *data) {
  hid_t plain = H5Pcreate(H5P_DATASET_CREATE);
  hid_t space = H5Screate_simple(rank, size, NULL), set = H5I_INVALID_HID;
  if (plain >= 0 && space >= 0 && H5Pset_obj_track_times(plain, false) >= 0)
    set = H5Dcreate2(parent, name, file_type, space, H5P_DEFAULT, plain, H5P_DEFAULT);
  if (set >= 0 && data != NULL && H5Dwrite(set, memory_type, H5S_ALL, H5S_ALL, H5P_DEFAULT, data) < 0) {
    H5Dclose(set);
    set = H5I_INVALID_HID;
  }
  if (space >= 0) H5Sclose(space);
  if (plain >= 0) H5Pclose(plain);
  return set;
}

bool taut__h5_reals(hid_t parent, const char *name, int rank, const hsize_t *size, const double *data, const char *unit,
                    const char *description) {
  hid_t set = taut__h5_data(parent, name, rank, size, H5T_IEEE_F64LE, H5T_NATIVE_DOUBLE, data);
  bool done = set >= 0 && taut__h5_text(set, "unit", unit) && taut__h5_text(set, "description", description);
  if (set >= 0) H5Dclose(set);
  return done;
}

bool taut__h5_ints(hid_t parent, const char *name, int rank, const hsize_t *size, const int *data,
                   const char *description) {
  hid_t set = taut__h5_data(parent, name, rank, size, H5T_STD_I32LE, H5T_NATIVE_INT, data);
  bool done = set >= 0 && taut__h5_text(set, "description", description);
  if (set >= 0) H5Dclose(set);
  return done;
}

hid_t taut__h5_group(hid_t parent, const char *name) {
  return H5Gcreate2(parent, name, H5P_DEFAULT, H5P_DEFAULT, H5P_DEFAULT);
}

bool taut__h5_provenance(hid_t file, const char *title, const char *hash, const taut_field_set *set) {
  return taut__h5_text(file, "title", title) && taut__h5_text(file, "taut_version", taut_version()) &&
         taut__h5_text(file, "commit", taut_commit()) && taut__h5_text(file, "case_hash", hash) &&
         taut__h5_text(file, "field_set", set->name) && taut__h5_text(file, "notice", TAUT_NOTICE) &&
         taut__h5_text(file, "time_unit", "day") && taut__h5_text(file, "length_unit", "mm");
}

bool taut__h5_case(hid_t file, const char *case_yaml) {
  hid_t type = H5Tcopy(H5T_C_S1), one = H5I_INVALID_HID;
  if (type >= 0 && H5Tset_size(type, strlen(case_yaml) + 1) >= 0 && H5Tset_cset(type, H5T_CSET_UTF8) >= 0)
    one = taut__h5_data(file, "case_yaml", 0, NULL, type, type, case_yaml);
  bool done = one >= 0 && taut__h5_text(one, "description", "the resolved case; running it again gives this file");
  if (one >= 0) H5Dclose(one);
  if (type >= 0) H5Tclose(type);
  return done;
}

static bool add_layer_names(hid_t object, unsigned layers) {
  taut_text names = {0};
  for (int l = 0; l < TAUT_LAYERS; l++) {
    if (layers & TAUT_IN(l)) taut__text_add(&names, "%s%s", names.length > 0 ? ", " : "", layer_name[l]);
  }
  bool done = !names.failed && taut__h5_text(object, "layers", names.data);
  taut__text_free(&names);
  return done;
}

bool taut__h5_field(hid_t object, const taut_field *field) {
  return taut__h5_text(object, "unit", field->unit) && taut__h5_text(object, "long_name", field->long_name) &&
         taut__h5_text(object, "description", field->doc) && add_layer_names(object, field->layers);
}

hid_t taut__h5_image_open(const char *name) {
  enum { GROWTH = 1 << 20 };
  hid_t access = H5Pcreate(H5P_FILE_ACCESS), file = H5I_INVALID_HID;
  if (access >= 0 && H5Pset_fapl_core(access, GROWTH, false) >= 0)
    file = H5Fcreate(name, H5F_ACC_TRUNC, H5P_DEFAULT, access);
  if (access >= 0) H5Pclose(access);
  return file;
}

void *taut__h5_image_take(hid_t file, size_t *length) {
  if (H5Fflush(file, H5F_SCOPE_GLOBAL) < 0) return NULL;
  ssize_t size = H5Fget_file_image(file, NULL, 0);
  if (size <= 0) return NULL;
  void *image = taut__alloc((size_t)size, 1);
  if (image == NULL || H5Fget_file_image(file, image, (size_t)size) != size) {
    free(image);
    return NULL;
  }
  *length = (size_t)size;
  return image;
}
