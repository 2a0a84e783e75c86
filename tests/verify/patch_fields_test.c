/* Files of the fields of a patch, written by one process or by several: run it under mpirun, too.
 *
 * Without arguments: tests.  `write FOLDER [N]`: two visits with an index, N x N points, for other programs to look at.
 * `full FOLDER`: writes until the disk is full; every process must be told, and nothing half written may stay.
 * `die FOLDER`: the last process is killed while it writes. */
#define _XOPEN_SOURCE 700 /* mkdtemp */

#include "io/io.h"
#include "ranks.h"

#include <dirent.h>
#include <hdf5.h>
#include <math.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

enum { FIELDS = 3, VISITS = 3, POINTS = 9 };

static const taut_field field[FIELDS] = {
    {.name = "T", .long_name = "active TGF-b1", .unit = "pg/mm^3", .doc = "Free & <bound>.", .layers = 15, .floor = 1},
    {.name = "C3", .long_name = "collagen III", .unit = "1", .doc = "Collagen III.", .layers = 6, .floor = 1},
    {.name = "K", .long_name = "keratinocytes", .unit = "1", .doc = "Cover.", .layers = 1, .floor = 1},
};
static const taut_field_set set = {.name = "test", .n = FIELDS, .field = field};
static const double day[VISITS] = {0, 1.0 / 24, 28};

/* A patch and fields on it, as this process has them. */
typedef struct fixture {
  taut_domain *domain;
  double *data[FIELDS];
  taut_patch_output out;
} fixture;

/* Smooth, different at every point, plane, field and visit. */
static double value(int visit, int f, const taut_domain *domain, int x, int y, int plane) {
  const double angle = 2 * 3.14159265358979323846 / domain->patch.n;
  const double z = 0.5 * (domain->z[plane] + domain->z[plane + 1]);
  return (f + 1) * exp(-z / (visit + 1)) * (2 + cos(angle * x) + 0.5 * sin(angle * (y + visit))) + 0.01 * f;
}

static void fill(fixture *x, int visit) {
  const taut_domain *domain = x->domain;
  const taut_points *points = &domain->points;
  for (int f = 0; f < FIELDS; f++) {
    int first, count;
    taut__field_points(&field[f], points, &first, &count);
    for (int k = 0; k < points->planes; k++)
      for (int p = points->plane_start[k]; p < points->plane_start[k + 1]; p++)
        if (p >= first && p < first + count) {
          const int at = p - points->plane_start[k], n = domain->patch.n;
          x->data[f][p - first] = value(visit, f, domain, at % n, domain->patch.y_first + at / n, k);
        }
  }
}

static bool make(world *w, taut_comm *comm, int n, const char *folder, fixture *x) {
  const taut_patch_geometry g = {
      .side = 1.5, .n = n, .thickness = {0.1, 0.2, 1.0, 0.5}, .rows = {2, 2, 3, 1}, .threads = 1, .comm = comm};
  *x = (fixture){0};
  if (taut__domain_patch(w->context, &g, &x->domain) != TAUT_OK) return false;
  for (int f = 0; f < FIELDS; f++) x->data[f] = calloc((size_t)x->domain->points.n, sizeof(double));
  x->out = (taut_patch_output){.folder = folder,
                               .title = "Three <visits>",
                               .hash = "0123456789abcdef",
                               .case_yaml = "title: Three visits\n",
                               .set = &set,
                               .domain = x->domain};
  return true;
}

static void unmake(fixture *x) {
  for (int f = 0; f < FIELDS; f++) free(x->data[f]);
  taut__domain_destroy(&x->domain);
}

static taut_err write_visit(world *w, fixture *x, int visit) {
  fill(x, visit);
  return taut__patch_snapshot(w->context, &x->out, visit, day[visit], x->data);
}

/* A fresh folder that all know. */
static void fresh(const world *w, char folder[64]) {
  strcpy(folder, "/tmp/taut-patch-XXXXXX");
  if (w->rank == 0 && mkdtemp(folder) == NULL) abort();
  taut__comm_share(w->comm, folder, 64);
}

/* Number of entries, and of those that end so. */
static int entries(const char *folder, const char *ending) {
  DIR *dir = opendir(folder);
  int n = 0;
  struct dirent *entry;
  while (dir != NULL && (entry = readdir(dir)) != NULL) {
    const size_t length = strlen(entry->d_name), end = strlen(ending);
    n += entry->d_name[0] != '.' && length >= end && strcmp(entry->d_name + length - end, ending) == 0;
  }
  if (dir != NULL) closedir(dir);
  return n;
}

static void remove_folder(const world *w, const char *folder) {
  char path[400];
  (void)ranks_all(w, true); /* nobody is at work in it any more */
  DIR *dir = w->rank == 0 ? opendir(folder) : NULL;
  struct dirent *entry;
  while (dir != NULL && (entry = readdir(dir)) != NULL) {
    snprintf(path, sizeof path, "%s/%s", folder, entry->d_name);
    unlink(path);
  }
  if (dir != NULL) closedir(dir);
  if (w->rank == 0) rmdir(folder);
}

static hid_t open_file(const char *folder, const char *name) {
  char path[200];
  snprintf(path, sizeof path, "%s/%s", folder, name);
  return H5Fopen(path, H5F_ACC_RDONLY, H5P_DEFAULT);
}

/* Reads a dataset as doubles; its shape into size[3], missing ones 0.  NULL where there is none. */
static double *read_data(hid_t file, const char *path, int size[3]) {
  hid_t data = H5Dopen2(file, path, H5P_DEFAULT);
  size[0] = size[1] = size[2] = 0;
  if (data < 0) return NULL;
  hid_t space = H5Dget_space(data);
  hsize_t dims[8] = {0};
  const int rank = H5Sget_simple_extent_dims(space, dims, NULL);
  for (int i = 0; i < rank && i < 3; i++) size[i] = (int)dims[i];
  double *values = calloc((size_t)H5Sget_simple_extent_npoints(space) + 1, sizeof *values);
  if (H5Dread(data, H5T_NATIVE_DOUBLE, H5S_ALL, H5S_ALL, H5P_DEFAULT, values) < 0) {
    free(values);
    values = NULL;
  }
  H5Sclose(space);
  H5Dclose(data);
  return values;
}

static bool has_text(hid_t file, const char *object, const char *name, const char *text) {
  char found[256] = "";
  hid_t attribute = H5Aopen_by_name(file, object, name, H5P_DEFAULT, H5P_DEFAULT);
  if (attribute < 0) return false;
  hid_t type = H5Aget_type(attribute);
  const bool good =
      H5Tget_size(type) < sizeof found && H5Aread(attribute, type, found) >= 0 && strcmp(found, text) == 0;
  H5Tclose(type);
  H5Aclose(attribute);
  return good;
}

static double real_of(hid_t file, const char *object, const char *name) {
  double x = NAN;
  hid_t attribute = H5Aopen_by_name(file, object, name, H5P_DEFAULT, H5P_DEFAULT);
  if (attribute >= 0) H5Aread(attribute, H5T_NATIVE_DOUBLE, &x), H5Aclose(attribute);
  return x;
}

/* Planes first .. first + count - 1 of a field, own planes of that only; `down`: surface first. */
static bool holds(hid_t file, const char *path, const taut_domain *domain, int visit, int f, int first, int count,
                  bool down) {
  const int n = domain->patch.n, own = f == 0 ? 0 : f == 1 ? 2 : 0, end = f == 0 ? 8 : f == 1 ? 7 : 2;
  int size[3];
  double *found = read_data(file, path, size);
  bool good = found != NULL && size[0] == count && size[1] == n && size[2] == n;
  for (int i = 0; good && i < count * n * n; i++) {
    const int at = i / (n * n), k = first + (down ? at : count - 1 - at);
    const double expected = k >= own && k < end ? value(visit, f, domain, i % n, i / n % n, k) : 0;
    good = found[i] == (double)(float)expected;
  }
  free(found);
  return good;
}

/* ---------------------------------------------------------------------------------------------------- tests ---- */

static void a_file_holds_the_numbers_of_all_processes(world *w, fixture *x) {
  bool good = true;
  hid_t file = w->rank == 0 ? open_file(x->out.folder, "fields_003.h5") : -1;
  if (w->rank == 0) {
    good = file >= 0 && holds(file, "/fields/T", x->domain, 2, 0, 0, 8, true) &&
           holds(file, "/fields/C3", x->domain, 2, 1, 2, 5, true) &&
           holds(file, "/fields/K", x->domain, 2, 2, 0, 2, true);
  }
  ranks_report(w, good, "a file has the planes where a field lives, from all processes, in single precision");
  if (w->rank == 0) {
    good = has_text(file, "/fields/T", "unit", "pg/mm^3") &&
           has_text(file, "/fields/T", "description", "Free & <bound>.") &&
           has_text(file, "/fields/C3", "layers", "papillary dermis, reticular dermis") &&
           has_text(file, "/", "case_hash", x->out.hash) && has_text(file, "/", "title", x->out.title) &&
           real_of(file, "/fields/C3", "first_plane") == 2 && real_of(file, "/", "time_d") == 28 &&
           real_of(file, "/", "visit") == 3 && real_of(file, "/", "spacing_mm") == 1.5 / POINTS;
    H5Fclose(file);
  }
  ranks_report(w, good, "units, sentences, layers, day and origin stand beside the numbers");
}

static char *bytes(const char *folder, const char *name, long *length) {
  char path[200];
  snprintf(path, sizeof path, "%s/%s", folder, name);
  FILE *file = fopen(path, "rb");
  char *data = NULL;
  *length = -1;
  if (file == NULL) return NULL;
  if (fseek(file, 0, SEEK_END) == 0 && (*length = ftell(file)) >= 0 && fseek(file, 0, SEEK_SET) == 0) {
    data = malloc((size_t)*length + 1);
    if (fread(data, 1, (size_t)*length, file) != (size_t)*length) *length = -1;
  }
  fclose(file);
  return data;
}

static void as_many_processes_as_one_write_the_same(world *w, fixture *x) {
  bool good = true;
  if (w->rank == 0) {
    char folder[64] = "/tmp/taut-patch-XXXXXX", *ours, *theirs;
    long n, m;
    fixture one;
    good = mkdtemp(folder) != NULL && make(w, NULL, POINTS, folder, &one) && write_visit(w, &one, 0) == TAUT_OK;
    ours = bytes(folder, "fields_001.h5", &n);
    theirs = bytes(x->out.folder, "fields_001.h5", &m);
    good = good && n > 0 && n == m && memcmp(ours, theirs, (size_t)n) == 0;
    free(ours), free(theirs);
    unmake(&one);
    remove_folder(&(world){0}, folder);
  }
  ranks_report(w, good, "several processes write the same bytes as one");
}

static void the_index_shows_one_tree(world *w, fixture *x) {
  bool good = true;
  if (w->rank == 0) {
    int size[3];
    hid_t file = open_file(x->out.folder, "fields.h5");
    double *time = read_data(file, "/time", size);
    good = time != NULL && size[0] == VISITS && time[0] == day[0] && isnan(time[1]) && time[2] == day[2];
    free(time);
    for (int f = 0; f < FIELDS; f++) {
      char path[80];
      snprintf(path, sizeof path, "/patch/fields/%s/visit_003", field[f].name);
      good &= holds(file, path, x->domain, 2, f, 0, 8, true);
      good &= has_text(file, path, "unit", field[f].unit) && real_of(file, path, "time_d") == 28;
      snprintf(path, sizeof path, "/patch/drawn/%s/visit_001", field[f].name);
      good &= holds(file, path, x->domain, 0, f, 0, 8, false);
    }
    good &= has_text(file, "/patch/fields/K", "layers", "epidermis") &&
            H5Lexists(file, "/patch/fields/K/visit_002", 0) == 0;
    double *layer = read_data(file, "/patch/drawn/layer", size);
    for (int i = 0; good && i < 8 * POINTS * POINTS; i++)
      good = layer[i] == (int[]){3, 2, 2, 2, 1, 1, 0, 0}[i / (POINTS * POINTS)];
    free(layer);
    double *height = read_data(file, "/patch/height", size);
    good = good && size[0] == 9 && height[8] == 0 && fabs(height[0] + 1.8) < 1e-12;
    for (int i = 0; good && i < 8; i++) good = height[i] < height[i + 1];
    free(height);
    H5Fclose(file);
  }
  ranks_report(w, good, "fields.h5 shows all visits as one tree, zero where a field does not live");
}

static void a_missing_file_is_no_zero(world *w, fixture *x) {
  bool good = true;
  if (w->rank == 0) {
    char path[200], aside[200];
    int size[3];
    snprintf(path, sizeof path, "%s/fields_003.h5", x->out.folder);
    snprintf(aside, sizeof aside, "%s/aside", x->out.folder);
    good = rename(path, aside) == 0;
    hid_t file = open_file(x->out.folder, "fields.h5");
    double *found = read_data(file, "/patch/fields/T/visit_003", size);
    good = good && found != NULL && isnan(found[0]);
    free(found);
    H5Fclose(file);
    good &= rename(aside, path) == 0;
  }
  ranks_report(w, good, "a visit whose file is gone reads as no number");
}

/* Every reference of the XDMF names a dataset of the shape it states. */
static void the_xdmf_fits_the_index(world *w, fixture *x) {
  bool good = true;
  if (w->rank == 0) {
    long length;
    char *text = bytes(x->out.folder, "fields.xdmf", &length);
    int references = 0, size[3];
    hid_t file = open_file(x->out.folder, "fields.h5");
    good = length > 0;
    if (good) text[length] = '\0';
    for (const char *s = text; good && (s = strstr(s, "fields.h5:")) != NULL; references++) {
      char path[100], stated[100], found[100] = "";
      const char *item = s;
      while (strncmp(item, "<DataItem Dimensions=\"", 22) != 0) item--;
      s += strlen("fields.h5:");
      snprintf(path, sizeof path, "%.*s", (int)strcspn(s, "<"), s);
      snprintf(stated, sizeof stated, "%.*s", (int)strcspn(item + 22, "\""), item + 22);
      double *data = read_data(file, path, size);
      for (int i = 0; i < 3 && size[i] > 0; i++)
        snprintf(found + strlen(found), sizeof found - strlen(found), "%s%d", i > 0 ? " " : "", size[i]);
      good = data != NULL && strcmp(stated, found) == 0;
      free(data);
    }
    good = good && references == 2 * (FIELDS + 4) && strstr(text, "<Time Value=\"28\"/>") != NULL &&
           strstr(text, "<Attribute Name=\"T [pg/mm^3]\" AttributeType=\"Scalar\" Center=\"Cell\">") != NULL &&
           strstr(text, "TopologyType=\"3DRectMesh\" Dimensions=\"9 10 10\"") != NULL &&
           strstr(text, "Three &lt;visits&gt;") != NULL && strstr(text, "\"visit 2\"") == NULL;
    H5Fclose(file);
    free(text);
  }
  ranks_report(w, good, "fields.xdmf states what is in fields.h5, at the times that are there");
}

/* So many points that the rows of a process do not fit into its buffer at once. */
static void a_large_patch_is_written_in_pieces(world *w) {
  char folder[64];
  fixture x;
  fresh(w, folder);
  bool good = make(w, w->comm, 500, folder, &x) && write_visit(w, &x, 0) == TAUT_OK;
  if (good && w->rank == 0) {
    hid_t file = open_file(folder, "fields_001.h5");
    good = holds(file, "/fields/T", x.domain, 0, 0, 0, 8, true);
    H5Fclose(file);
  }
  ranks_report(w, good, "a patch that is larger than the buffer is written whole");
  unmake(&x);
  remove_folder(w, folder);
}

static void files_of_another_case_are_refused(world *w, fixture *x) {
  taut_patch_output other = x->out;
  other.hash = "fedcba9876543210";
  taut__fail_clear(w->context);
  const bool good = taut__patch_index(w->context, &other, VISITS) == TAUT_ERR_INPUT &&
                    strstr(taut_context_message(w->context), "fields_001.h5: belongs to another case") != NULL;
  ranks_report(w, good, "a file of another case is refused, and all processes say so");
}

/* Every step on the file system fails once, on the first and on the last process. */
static void a_step_that_fails_fails_everywhere(world *w) {
  char folder[64];
  fixture x;
  fresh(w, folder);
  bool good = make(w, w->comm, POINTS, folder, &x), done = false;
  int steps[2] = {0};
  taut__io_synchronise(false);
  good &= write_visit(w, &x, 0) == TAUT_OK;
  long before, after;
  char *former = bytes(folder, "fields_001.h5", &before);
  for (int who = 0; who < 2 && good; who++) {
    const int rank = who == 0 ? 0 : w->size - 1;
    for (done = false; good && !done; steps[who]++) {
      taut__fail_clear(w->context);
      if (w->rank == rank) taut__io_fail_after(steps[who] + 1);
      fill(&x, 0);
      x.data[0][0] += 1; /* another content */
      const taut_err err = taut__patch_snapshot(w->context, &x.out, 0, day[0], x.data);
      taut__io_fail_after(0);
      done = ranks_all(w, err == TAUT_OK);
      if (done) break;
      char *now = bytes(folder, "fields_001.h5", &after);
      good = err == TAUT_ERR_IO && taut_context_message(w->context)[0] != '\0' && after == before &&
             memcmp(now, former, (size_t)before) == 0 && entries(folder, ".part") == 0;
      if (!good)
        fprintf(stderr, "# step %d of process %d: %d %s\n", steps[who], rank, err, taut_context_message(w->context));
      free(now);
      good = ranks_all(w, good);
    }
    good &= write_visit(w, &x, 0) == TAUT_OK;
  }
  taut__io_synchronise(true);
  ranks_report(w, good && steps[0] > 10 && steps[1] > 4,
               "a step that fails on one process is an error of all, and the former file stands");
  free(former);
  unmake(&x);
  remove_folder(w, folder);
}

static void the_limit_of_a_file_is_an_error_and_no_signal(world *w) {
  char folder[64];
  fixture x;
  fresh(w, folder);
  bool good = make(w, w->comm, POINTS, folder, &x);
  for (int who = 0; who < 2; who++) {
    struct rlimit before, small;
    getrlimit(RLIMIT_FSIZE, &before);
    small = before;
    small.rlim_cur = 3000;
    if (w->rank == (who == 0 ? 0 : w->size - 1)) setrlimit(RLIMIT_FSIZE, &small);
    taut__fail_clear(w->context);
    good &= write_visit(w, &x, 0) == TAUT_ERR_IO;
    setrlimit(RLIMIT_FSIZE, &before);
    good &= strstr(taut_context_message(w->context), "fields_001.h5: cannot be written: File too large") != NULL;
  }
  good &= entries(folder, "") == 0;
  ranks_report(w, good, "a file that would be too large is an error of all, without a signal");
  unmake(&x);
  remove_folder(w, folder);
}

static void memory_that_is_refused_is_an_error_everywhere(world *w) {
  char folder[64];
  fixture x;
  fresh(w, folder);
  bool good = make(w, w->comm, POINTS, folder, &x), done = false;
  int steps = 0;
  taut__io_synchronise(false);
  for (; good && !done && steps < 100; steps++) {
    taut__fail_clear(w->context);
    if (w->rank == w->size - 1) taut__alloc_fail_after(steps + 1);
    const taut_err err = write_visit(w, &x, 0);
    taut__alloc_fail_after(0);
    done = err == TAUT_OK;
    good = ranks_all(w, done || (err < 0 && entries(folder, "") == 0));
    if (!good)
      fprintf(stderr, "# allocation %d: %d %s, %d files\n", steps, err, taut_context_message(w->context),
              entries(folder, ""));
  }
  taut__io_synchronise(true);
  ranks_report(w, good && done && steps > 2, "memory that one process is refused is an error of all");
  unmake(&x);
  remove_folder(w, folder);
}

static void common_tests(world *w) {
  char folder[64];
  fixture x;
  fresh(w, folder);
  bool good = make(w, w->comm, POINTS, folder, &x) && write_visit(w, &x, 0) == TAUT_OK &&
              write_visit(w, &x, 2) == TAUT_OK && taut__patch_index(w->context, &x.out, VISITS) == TAUT_OK;
  if (!good) fprintf(stderr, "# %s\n", taut_context_message(w->context));
  ranks_report(w, good && entries(folder, "") == 4, "two visits and their index are four files");
  a_file_holds_the_numbers_of_all_processes(w, &x);
  as_many_processes_as_one_write_the_same(w, &x);
  the_index_shows_one_tree(w, &x);
  a_missing_file_is_no_zero(w, &x);
  the_xdmf_fits_the_index(w, &x);
  files_of_another_case_are_refused(w, &x);
  unmake(&x);
  remove_folder(w, folder);
  a_large_patch_is_written_in_pieces(w);
  a_step_that_fails_fails_everywhere(w);
  the_limit_of_a_file_is_an_error_and_no_signal(w);
  memory_that_is_refused_is_an_error_everywhere(w);
  ranks_report(w, H5Fget_obj_count((hid_t)H5F_OBJ_ALL, H5F_OBJ_ALL) <= 0, "nothing is left open");
}

/* ------------------------------------------------------------------------------------------- for other programs ---- */

static bool write_for_others(world *w, const char *folder, int n) {
  fixture x;
  bool good = make(w, w->comm, n, folder, &x);
  for (int v = 0; good && v < VISITS; v++) good = write_visit(w, &x, v) == TAUT_OK;
  good = good && taut__patch_index(w->context, &x.out, VISITS) == TAUT_OK;
  if (!good) fprintf(stderr, "%s\n", taut_context_message(w->context));
  unmake(&x);
  return good;
}

static void until_the_disk_is_full(world *w, const char *folder) {
  fixture x;
  taut_err err = TAUT_OK;
  bool good = make(w, w->comm, 50, folder, &x);
  fill(&x, 0);
  int visit = 0;
  for (; good && err == TAUT_OK && visit < 1000; visit++)
    err = taut__patch_snapshot(w->context, &x.out, visit, visit, x.data);
  good &= err == TAUT_ERR_IO && strstr(taut_context_message(w->context), "No space left on device") != NULL;
  ranks_report(w, good, "a full disk is an error of all processes, with its reason");
  ranks_report(w, visit > 1 && entries(folder, ".part") == 0 && entries(folder, ".h5") == visit - 1,
               "what was complete stays, and nothing else does");
  unmake(&x);
}

static void die(world *w, const char *folder) {
  fixture x;
  if (!make(w, w->comm, 50, folder, &x)) return;
  fill(&x, 0);
  if (w->rank == w->size - 1) taut__io_die_after(2);
  ranks_report(w, taut__patch_snapshot(w->context, &x.out, 0, 0, x.data) != TAUT_OK, "reached although a process died");
}

int main(int argc, char **argv) {
  world w;
  const char *mode = argc > 2 ? argv[1] : "", *folder = argc > 2 ? argv[2] : "";
  if (!ranks_begin(&w)) return 3;
  if (strcmp(mode, "write") == 0)
    w.failures += !write_for_others(&w, folder, argc > 3 ? atoi(argv[3]) : 40);
  else if (strcmp(mode, "full") == 0)
    until_the_disk_is_full(&w, folder);
  else if (strcmp(mode, "die") == 0)
    die(&w, folder);
  else
    common_tests(&w);
  return ranks_end(&w);
}
