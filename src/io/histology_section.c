/* Fields of one track at one time, looked up at a place: straight lines between the centres of cells, never across the
 * face of a layer. */
#include "io/histology.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

static const char *const shown_name[TAUT_SHOWN] = {"Cx", "X", "C3", "Cn", "fb", "D", "F",
                                                   "A",  "N", "M1", "M2", "B",  "K", "bar"};

static int field_index(const taut_field_set *set, const char *name) {
  for (int f = 0; f < set->n; f++)
    if (strcmp(set->field[f].name, name) == 0) return f;
  return -1;
}

bool taut__section_possible(const struct taut_result *result) {
  if (result->domains < 1 || result->domain[0]->kind != TAUT_DOMAIN_TRACK) return false;
  for (int s = 0; s < TAUT_SHOWN; s++)
    if (field_index(result->set, shown_name[s]) < 0) return false;
  return true;
}

/* The track that stands for most of the skin. */
static int main_track(const double *weight, int domains, int untreated) {
  int best = 0;
  for (int d = 1; d < domains; d++)
    if (d != untreated && weight[d] > weight[best]) best = d;
  return best;
}

/* Copies a field, or writes its rest values. */
static bool take_field(taut_section *section, const struct taut_result *result, int snapshot, int track, int s) {
  int f = field_index(result->set, shown_name[s]), first, count;
  const taut_points *points = &section->domain->points;
  taut__field_points(&result->set->field[f], points, &first, &count);
  double *data = section->data[s] = taut__alloc_doubles((size_t)count + 1);
  if (!data) return false;
  section->first[s] = first;
  section->end[s] = first + count;
  if (snapshot >= 0) {
    memcpy(data, result->snapshot[snapshot].data[track * result->set->n + f], (size_t)count * sizeof *data);
    return true;
  }
  for (int l = 0; l < TAUT_LAYERS; l++)
    for (int p = points->layer_start[l]; p < points->layer_start[l + 1]; p++)
      if (p >= first && p < first + count) data[p - first] = result->set->rest[f][l];
  return true;
}

static double *centres(const double *face, int n) {
  double *centre = taut__alloc_doubles((size_t)n);
  for (int i = 0; centre && i < n; i++) centre[i] = (face[i] + face[i + 1]) / 2;
  return centre;
}

taut_err taut__section_create(taut_context *context, const struct taut_result *result, int snapshot,
                              taut_section *out) {
  *out = (taut_section){0};
  bool of_snapshot = result->snapshots > 0;
  const taut_snapshot *s = of_snapshot ? &result->snapshot[snapshot < 0 ? 0 : snapshot] : NULL;
  int track = main_track(s ? s->weight : result->weight, result->domains, result->untreated_domain);
  out->domain = s ? s->domain[track] : result->domain[track];
  bool done = true;
  for (int k = 0; done && k < TAUT_SHOWN; k++) done = take_field(out, result, snapshot, track, k);
  out->r = done ? centres(out->domain->r, out->domain->nr) : NULL;
  out->z = done ? centres(out->domain->z, out->domain->points.planes) : NULL;
  if (out->r && out->z) return TAUT_OK;
  taut__section_free(out);
  return taut__fail(context, TAUT_ERR_MEMORY, "histology", "out of memory");
}

void taut__section_free(taut_section *section) {
  for (int s = 0; s < TAUT_SHOWN; s++) free(section->data[s]);
  free(section->r);
  free(section->z);
  *section = (taut_section){0};
}

/* Centres around x among cells [from, to). */
static taut_between between(const double *centre, int from, int to, double x) {
  int low = from, high = to - 1;
  if (x <= centre[low]) return (taut_between){low, low, 0};
  if (x >= centre[high]) return (taut_between){high, high, 0};
  while (high - low > 1) {
    int middle = (low + high) / 2;
    if (centre[middle] <= x)
      low = middle;
    else
      high = middle;
  }
  return (taut_between){low, high, (float)((x - centre[low]) / (centre[high] - centre[low]))};
}

taut_between taut__section_column(const taut_section *section, double r_mm) {
  return between(section->r, 0, section->domain->nr, r_mm);
}

taut_between taut__section_row(const taut_section *section, double z_mm) {
  const int *plane = section->domain->points.layer_plane;
  taut_layer layer = taut__section_layer(section, z_mm);
  return between(section->z, plane[layer], plane[layer + 1], z_mm);
}

double taut__section_face(const taut_section *section, int layer) {
  return section->domain->z[section->domain->points.layer_plane[layer]];
}

taut_layer taut__section_layer(const taut_section *section, double z_mm) {
  const int *plane = section->domain->points.layer_plane;
  int layer = TAUT_EPIDERMIS, last = TAUT_SUBCUTIS;
  while (last > 0 && plane[last] == plane[last + 1]) last--;
  while (layer < last && z_mm >= section->domain->z[plane[layer + 1]]) layer++;
  return (taut_layer)layer;
}

float taut__section_value(const taut_section *section, taut_shown field, const taut_between *column,
                          const taut_between *row) {
  int nr = section->domain->nr, low = row->low * nr, high = row->high * nr;
  if (low < section->first[field] || high + nr > section->end[field]) return 0;
  const double *upper = section->data[field] + low - section->first[field];
  const double *lower = section->data[field] + high - section->first[field];
  float wr = column->weight, wz = row->weight;
  float a = (float)upper[column->low] * (1 - wr) + (float)upper[column->high] * wr;
  float b = (float)lower[column->low] * (1 - wr) + (float)lower[column->high] * wr;
  return a * (1 - wz) + b * wz;
}

double taut__section_mean(const taut_section *section, taut_shown field, taut_layer layer) {
  const taut_points *points = &section->domain->points;
  double sum = 0, volume = 0;
  for (int p = points->layer_start[layer]; p < points->layer_start[layer + 1]; p++) {
    if (p < section->first[field] || p >= section->end[field]) continue;
    sum += points->volume[p] * section->data[field][p - section->first[field]];
    volume += points->volume[p];
  }
  return volume > 0 ? sum / volume : 0;
}
