/* fields.h5 and fields.xdmf: values, units, times, and the tracks on which they lie. */
#define _XOPEN_SOURCE 700 /* mkdtemp */

#include "io_fixture.h"

#include <hdf5.h>

static int begin(void **state) {
  *state = fixture_make(false, 3);
  return 0;
}

static int end(void **state) {
  fixture *x = *state;
  rmdir(x->folder);
  fixture_free(x);
  return 0;
}

static int count(const char *text, const char *part) {
  int n = 0;
  for (const char *s = text; (s = strstr(s, part)) != NULL; s += strlen(part)) n++;
  return n;
}

static void assert_has(const char *text, const char *part) {
  assert_non_null(text);
  if (strstr(text, part) == NULL) fail_msg("'%s' not found in:\n%.2000s", part, text);
}

/* Opens a file image without touching the disk. */
static hid_t open_image(void *image, size_t length) {
  hid_t access = H5Pcreate(H5P_FILE_ACCESS);
  assert_true(access >= 0 && H5Pset_fapl_core(access, 1 << 16, false) >= 0);
  assert_true(H5Pset_file_image(access, image, length) >= 0);
  hid_t file = H5Fopen("image", H5F_ACC_RDONLY, access);
  assert_true(file >= 0);
  H5Pclose(access);
  return file;
}

static void assert_attribute(hid_t file, const char *object, const char *name, const char *text) {
  char value[256] = {0};
  hid_t attribute = H5Aopen_by_name(file, object, name, H5P_DEFAULT, H5P_DEFAULT);
  assert_true(attribute >= 0);
  hid_t type = H5Aget_type(attribute);
  assert_true(H5Tget_size(type) < sizeof value && H5Aread(attribute, type, value) >= 0);
  assert_string_equal(value, text);
  H5Tclose(type);
  H5Aclose(attribute);
}

static int read_doubles(hid_t file, const char *path, double *value, hsize_t size[4]) {
  hid_t set = H5Dopen2(file, path, H5P_DEFAULT);
  if (set < 0) fail_msg("no dataset %s", path);
  hid_t space = H5Dget_space(set);
  int rank = H5Sget_simple_extent_dims(space, size, NULL);
  if (value != NULL) assert_true(H5Dread(set, H5T_NATIVE_DOUBLE, H5S_ALL, H5S_ALL, H5P_DEFAULT, value) >= 0);
  H5Sclose(space);
  H5Dclose(set);
  return rank;
}

static void fields_hold_values_units_and_times(void **state) {
  fixture *x = *state;
  void *image;
  size_t length;
  assert_int_equal(taut__fields_h5(x->context, &x->result, &image, &length), TAUT_OK);
  hid_t file = open_image(image, length);
  double value[400];
  hsize_t size[4];
  assert_int_equal(read_doubles(file, "/time", value, size), 1);
  assert_true(size[0] == 3 && value[1] == 1.0 / 24 && value[2] == 28);
  for (int d = 0; d < FIXTURE_DOMAINS; d++) {
    const taut_domain *domain = x->domain[d];
    for (int f = 0; f < FIXTURE_FIELDS; f++) {
      char path[100];
      int first, n;
      taut__field_points(&fixture_field[f], &domain->points, &first, &n);
      snprintf(path, sizeof path, "/track_%d/fields/%s/visit_003", d + 1, fixture_field[f].name);
      assert_int_equal(read_doubles(file, path, value, size), 2);
      assert_true((int)size[0] == domain->points.planes && (int)size[1] == domain->nr);
      for (int i = 0; i < domain->points.n; i++)
        assert_true(value[i] == (i >= first && i < first + n ? fixture_value(2, d, f, i - first) : 0));
      assert_attribute(file, path, "unit", fixture_field[f].unit);
    }
  }
  assert_attribute(file, "/track_1/fields/T", "unit", "pg/mm^3");
  assert_attribute(file, "/track_1/fields/T", "description", "Active TGF-beta1 <free & bound>.");
  assert_attribute(file, "/track_1/fields/C3", "layers", "papillary dermis, reticular dermis");
  assert_attribute(file, "/", "case_hash", "0123456789abcdef");
  assert_attribute(file, "/time", "unit", "day");
  H5Fclose(file);
  assert_int_equal(H5Fget_obj_count((hid_t)H5F_OBJ_ALL, H5F_OBJ_ALL), 0);
  free(image);
}

static void tracks_stand_side_by_side_with_depth_downwards(void **state) {
  fixture *x = *state;
  void *image;
  size_t length;
  double xyz[600], before = -1;
  hsize_t size[4];
  assert_int_equal(taut__fields_h5(x->context, &x->result, &image, &length), TAUT_OK);
  hid_t file = open_image(image, length);
  for (int d = 0; d < FIXTURE_DOMAINS; d++) {
    const taut_domain *domain = x->domain[d];
    assert_int_equal(read_doubles(file, d == 0 ? "/track_1/points" : "/track_2/points", xyz, size), 3);
    assert_true(size[2] == 3 && (int)size[1] == domain->nr + 1);
    size_t last = (size_t)(size[0] * size[1] - 1);
    assert_true(xyz[0] > before && xyz[1] == 0);
    before = xyz[3 * last];
    assert_true(fabs(before - xyz[0] - domain->r[domain->nr]) < 1e-12);
    assert_true(xyz[3 * last + 1] == -domain->z[domain->points.planes]);
  }
  H5Fclose(file);
  free(image);
}

static double read_attribute(hid_t file, const char *object, const char *name) {
  double value = NAN;
  hid_t attribute = H5Aopen_by_name(file, object, name, H5P_DEFAULT, H5P_DEFAULT);
  assert_true(attribute >= 0 && H5Aread(attribute, H5T_NATIVE_DOUBLE, &value) >= 0);
  H5Aclose(attribute);
  return value;
}

/* A track in fields.h5: faces, volumes, weight, and which of three visits stand in it. */
static void assert_track(hid_t file, const char *group, const taut_domain *domain, double weight, unsigned visits) {
  char path[100];
  double value[400];
  hsize_t size[4];
  snprintf(path, sizeof path, "%s/r", group);
  assert_int_equal(read_doubles(file, path, value, size), 1);
  assert_int_equal(size[0], domain->nr + 1);
  assert_memory_equal(value, domain->r, size[0] * sizeof *value);
  snprintf(path, sizeof path, "%s/z", group);
  assert_int_equal(read_doubles(file, path, value, size), 1);
  assert_memory_equal(value, domain->z, size[0] * sizeof *value);
  snprintf(path, sizeof path, "%s/volume", group);
  assert_int_equal(read_doubles(file, path, value, size), 2);
  assert_int_equal(size[0] * size[1], domain->points.n);
  assert_memory_equal(value, domain->volume, (size_t)domain->points.n * sizeof *value);
  assert_true(read_attribute(file, group, "weight") == weight);
  for (int s = 0; s < 3; s++) {
    snprintf(path, sizeof path, "%s/fields/T/visit_%03d", group, s + 1);
    assert_int_equal(H5Lexists(file, path, H5P_DEFAULT) > 0, visits >> s & 1);
    if (!(visits >> s & 1)) continue;
    assert_int_equal(read_doubles(file, path, value, size), 2);
    assert_int_equal(size[0] * size[1], domain->points.n);
  }
}

/* From snapshot `from` on, the tracks are those of a denser, deeper session: other radii, faces, numbers and weights. */
static void fixture_unlike(fixture *x, int from) {
  taut_track_geometry g = {.lumen = 0.04,
                           .needle = 0.09,
                           .outer = 0.2,
                           .thickness = {0.1, 0.2, 1.0, 0.8},
                           .n1 = 1,
                           .n2 = 2,
                           .n3 = 3,
                           .rows = {2, 2, 3, 1}};
  for (int d = 0; d < FIXTURE_DOMAINS; d++, g.outer *= 1.2) {
    assert_int_equal(taut__domain_track(x->context, &g, &x->later[d]), TAUT_OK);
    x->later_lent[d] = x->later[d];
    x->later_weight[d] = d == 0 ? 0.4 : 0.6;
  }
  for (int s = from; s < x->result.snapshots; s++) {
    fixture_empty(x, s);
    x->result.snapshot[s].domain = x->later_lent;
    x->result.snapshot[s].weight = x->later_weight;
    fixture_fill(x, s);
  }
}

static void visits_lie_on_the_tracks_of_their_own_session(void **state) {
  fixture *x = *state;
  void *image;
  size_t length;
  double value[400];
  hsize_t size[4];
  fixture_unlike(x, 1);
  assert_true(x->later[0]->nr != x->domain[0]->nr);
  assert_int_equal(taut__fields_h5(x->context, &x->result, &image, &length), TAUT_OK);
  hid_t file = open_image(image, length);
  assert_int_equal(read_doubles(file, "/geometry", value, size), 1);
  assert_true(size[0] == 3 && value[0] == 1 && value[1] == 2 && value[2] == 2);
  for (int d = 0; d < FIXTURE_DOMAINS; d++) {
    char first[24], second[48];
    snprintf(first, sizeof first, "/track_%d", d + 1);
    snprintf(second, sizeof second, "/geometry_2/track_%d", d + 1);
    assert_track(file, first, x->domain[d], x->weight[d], 1);
    assert_track(file, second, x->later[d], x->later_weight[d], 2 + 4);
    strcat(second, "/fields/T/visit_003");
    read_doubles(file, second, value, size);
    for (int i = 0; i < x->later[d]->points.n; i++) assert_true(value[i] == fixture_value(2, d, 0, i));
  }
  assert_true(read_attribute(file, "/geometry_2/track_1", "drawn_from_mm") == 0);
  H5Fclose(file);
  free(image);
}

static void equal_sessions_share_their_tracks_even_where_each_names_them_itself(void **state) {
  fixture *x = *state;
  const taut_domain *copy[FIXTURE_DOMAINS] = {x->lent[0], x->lent[1]};
  double weight[FIXTURE_DOMAINS] = {x->weight[0], x->weight[1]};
  int of[3];
  x->result.snapshot[2].domain = copy;
  x->result.snapshot[2].weight = weight;
  assert_int_equal(taut__geometries(&x->result, of), 1);
  weight[0] = 0.5; /* the same tracks, but other shares of the skin */
  assert_int_equal(taut__geometries(&x->result, of), 2);
  assert_true(of[0] == 0 && of[1] == 0 && of[2] == 1);
  x->result.snapshot[1].domain = copy;
  x->result.snapshot[1].weight = weight;
  x->result.snapshot[2].weight = x->weight; /* back on the first ones */
  assert_int_equal(taut__geometries(&x->result, of), 2);
  assert_true(of[0] == 0 && of[1] == 1 && of[2] == 0);
}

static void equal_results_give_equal_bytes(void **state) {
  fixture *x = *state;
  void *a, *b;
  size_t na, nb;
  assert_int_equal(taut__fields_h5(x->context, &x->result, &a, &na), TAUT_OK);
  char *noise = malloc(1 << 20);
  assert_non_null(noise);
  memset(noise, 0x5a, 1 << 20);
  free(noise); /* bytes that an uninitialised buffer would pick up */
  assert_int_equal(taut__fields_h5(x->context, &x->result, &b, &nb), TAUT_OK);
  assert_int_equal(na, nb);
  assert_memory_equal(a, b, na);
  free(a), free(b);
}

/* Every reference of the XDMF names a dataset of the shape it states. */
static void check_references(fixture *x, int expected) {
  void *image;
  size_t length;
  taut_text xdmf = {0};
  assert_int_equal(taut__fields_h5(x->context, &x->result, &image, &length), TAUT_OK);
  hid_t file = open_image(image, length);
  taut__fields_xdmf(&x->result, "fields.h5", &xdmf);
  int references = 0;
  for (const char *s = xdmf.data; (s = strstr(s, "fields.h5:")) != NULL; references++) {
    char path[100], stated[100] = "", found[100] = "";
    s += strlen("fields.h5:");
    snprintf(path, sizeof path, "%.*s", (int)strcspn(s, "<"), s);
    const char *item = s;
    while (strncmp(item, "<DataItem Dimensions=\"", 22) != 0) item--;
    snprintf(stated, sizeof stated, "%.*s", (int)strcspn(item + 22, "\""), item + 22);
    hsize_t size[4];
    int rank = read_doubles(file, path, NULL, size);
    for (int i = 0; i < rank; i++)
      snprintf(found + strlen(found), sizeof found - strlen(found), "%s%d", i > 0 ? " " : "", (int)size[i]);
    assert_string_equal(stated, found);
  }
  assert_int_equal(references, expected);
  H5Fclose(file);
  free(image);
  taut__text_free(&xdmf);
}

static void the_xdmf_describes_what_is_in_the_file(void **state) {
  fixture *x = *state;
  check_references(x, 3 * FIXTURE_DOMAINS * (FIXTURE_FIELDS + 2)); /* fields, corners, layers */
  taut_text xdmf = {0};
  taut__fields_xdmf(&x->result, "fields.h5", &xdmf);
  assert_int_equal(count(xdmf.data, "<Time Value="), 3);
  assert_has(xdmf.data, "<Time Value=\"0.041666666666666664\"/>");
  assert_has(xdmf.data, "<Attribute Name=\"T [pg/mm^3]\" AttributeType=\"Scalar\" Center=\"Cell\">");
  assert_int_equal(count(xdmf.data, "<Grid "), count(xdmf.data, "</Grid>"));
  taut__text_free(&xdmf);
}

static void the_xdmf_shows_each_visit_on_its_own_tracks(void **state) {
  fixture *x = *state;
  fixture_unlike(x, 2);
  check_references(x, 3 * FIXTURE_DOMAINS * (FIXTURE_FIELDS + 2));
  taut_text xdmf = {0};
  taut__fields_xdmf(&x->result, "fields.h5", &xdmf);
  char *last = strstr(xdmf.data, "<Grid Name=\"visit 3\"");
  assert_non_null(last);
  assert_int_equal(count(last, "fields.h5:/track_"), 0);
  assert_int_equal(count(last, "fields.h5:/geometry_2/track_"), FIXTURE_DOMAINS * (FIXTURE_FIELDS + 2));
  assert_has(last, "fields.h5:/geometry_2/track_2/fields/C3/visit_003<");
  assert_has(last, "Format=\"XML\">0.4</DataItem>");
  assert_int_equal(count(last, "Format=\"XML\">0.25</DataItem>"), 0);
  *last = '\0';
  assert_int_equal(count(xdmf.data, "geometry_2"), 0);
  assert_int_equal(count(xdmf.data, "Format=\"XML\">0.25</DataItem>"), 2);
  taut__text_free(&xdmf);
}

static void the_zero_domain_and_no_visits_are_fine(void **state) {
  (void)state;
  for (int snapshots = 0; snapshots < 2; snapshots++) {
    fixture *x = fixture_make(true, snapshots);
    check_references(x, snapshots * (FIXTURE_FIELDS + 2));
    rmdir(x->folder);
    fixture_free(x);
  }
}

static void hdf5_failures_are_told_and_not_printed(void **state) {
  fixture *x = *state;
  taut_field twice[FIXTURE_FIELDS];
  memcpy(twice, fixture_field, sizeof twice);
  twice[1].name = twice[0].name; /* HDF5 refuses a second group of one name */
  x->set.field = twice;
  void *image;
  size_t length;
  assert_int_equal(taut__fields_h5(x->context, &x->result, &image, &length), TAUT_ERR_LIBRARY);
  assert_has(taut_context_message(x->context), "fields.h5: cannot build the file: ");
  assert_has(taut_context_message(x->context), "exists");
  assert_int_equal(H5Fget_obj_count((hid_t)H5F_OBJ_ALL, H5F_OBJ_ALL), 0);
}

int main(void) {
#define TEST(f) cmocka_unit_test_setup_teardown(f, begin, end)
  const struct CMUnitTest tests[] = {
      TEST(fields_hold_values_units_and_times),
      TEST(tracks_stand_side_by_side_with_depth_downwards),
      TEST(visits_lie_on_the_tracks_of_their_own_session),
      TEST(equal_sessions_share_their_tracks_even_where_each_names_them_itself),
      TEST(equal_results_give_equal_bytes),
      TEST(the_xdmf_describes_what_is_in_the_file),
      TEST(the_xdmf_shows_each_visit_on_its_own_tracks),
      cmocka_unit_test(the_zero_domain_and_no_visits_are_fine),
      TEST(hdf5_failures_are_told_and_not_printed),
  };
  return cmocka_run_group_tests_name("io_fields", tests, NULL, NULL);
}
