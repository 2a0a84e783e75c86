/* The result folder: every file composed, then written, then all of them named at once. */
#include "io/io.h"
#include "io/maps.h"

#include <stdlib.h>
#include <string.h>

typedef void text_writer(const struct taut_result *result, taut_text *out);

static void xdmf_beside_h5(const struct taut_result *result, taut_text *out) {
  taut__fields_xdmf(result, "fields.h5", out);
}

static void case_yaml(const struct taut_result *result, taut_text *out) {
  taut__text_addn(out, result->case_yaml, strlen(result->case_yaml));
}

static const struct text_file {
  const char *name;
  text_writer *write;
} text_file[] = {
    {"case.yaml", case_yaml},        {"visits.csv", taut__visits_csv}, {"course.csv", taut__course_csv},
    {"fields.xdmf", xdmf_beside_h5}, {"course.svg", taut__course_svg}, {"log.txt", taut__log_txt},
};

static taut_err put_text(taut_context *context, taut_folder *folder, const struct taut_result *result,
                         const struct text_file *file) {
  taut_text text = {0};
  file->write(result, &text);
  taut_err err = text.failed ? taut__fail(context, TAUT_ERR_MEMORY, file->name, "out of memory")
                             : taut__folder_put(folder, file->name, text.data, text.length);
  taut__text_free(&text);
  return err;
}

static taut_err put_summary(taut_context *context, taut_folder *folder, const struct taut_result *result) {
  char *json = NULL;
  taut_err err = taut__summary_json(context, result, &json);
  if (err == TAUT_OK) err = taut__folder_put(folder, "summary.json", json, strlen(json));
  free(json);
  return err;
}

/* Fields of a patch were written while it was computed. */
static bool has_fields(const struct taut_result *result) {
  return result->domains > 0 && result->domain[0]->kind != TAUT_DOMAIN_PATCH;
}

static taut_err put_fields(taut_context *context, taut_folder *folder, const struct taut_result *result) {
  if (!has_fields(result)) return TAUT_OK;
  void *image = NULL;
  size_t length = 0;
  taut_err err = taut__fields_h5(context, result, &image, &length);
  if (err == TAUT_OK) err = taut__folder_put(folder, "fields.h5", image, length);
  free(image);
  return err;
}

static taut_err put_pictures(taut_context *context, taut_folder *folder, const struct taut_result *result) {
  int choice[TAUT_HISTOLOGY_MOST], n = taut__histology_choice(result, choice);
  taut_fibres *fibres = NULL;
  taut_err err = TAUT_OK;
  for (int k = 0; err == TAUT_OK && k < n; k++) {
    void *image = NULL;
    size_t length = 0;
    char name[32];
    err = taut__histology_png(context, result, choice[k], &fibres, &image, &length);
    if (err == TAUT_OK) err = taut__folder_put(folder, taut__histology_name(choice[k], name), image, length);
    free(image);
  }
  taut__fibres_free(&fibres);
  return err;
}

taut_err taut__result_write(taut_context *context, struct taut_result *result, const char *path, bool force) {
  const bool begun = result->folder != NULL && taut__folder_is_for(result->folder, path);
  taut_folder *folder = begun ? result->folder : NULL;
  taut_err err = begun ? TAUT_OK : taut__folder_open(context, path, force, &folder);
  if (begun) {
    result->folder = NULL; /* it is committed or abandoned below */
    err = taut__folder_allow(folder, force);
  }
  for (size_t i = 0; err == TAUT_OK && i < sizeof text_file / sizeof text_file[0]; i++)
    if (text_file[i].write != xdmf_beside_h5 || has_fields(result))
      err = put_text(context, folder, result, &text_file[i]);
  if (err == TAUT_OK) err = put_fields(context, folder, result);
  if (err == TAUT_OK) err = put_pictures(context, folder, result);
  if (err == TAUT_OK) err = taut__maps_write(context, folder, result);
  if (err == TAUT_OK) err = put_summary(context, folder, result);
  if (err == TAUT_OK) return taut__folder_commit(&folder);
  taut__folder_abandon(&folder);
  return err;
}

taut_err taut__result_write_observables(taut_context *context, const struct taut_result *result, const char *path) {
  taut_text text = {0};
  taut__observables_csv(result, &text);
  taut_err err = text.failed ? taut__fail(context, TAUT_ERR_MEMORY, path, "out of memory")
                             : taut__file_write(context, path, text.data, text.length);
  taut__text_free(&text);
  return err;
}
