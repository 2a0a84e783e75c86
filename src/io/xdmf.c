/* fields.xdmf: tells ParaView how to read fields.h5 as a time series.
 *
 * One temporal collection; at every time a spatial collection of the domains of that time, side by side.  Arrays are named
 * `NAME [unit]`.  Values belong to cells. */
#include "io/xdmf.h"
#include "io/io.h"

#include <stdlib.h>

/* A domain at one time. */
typedef struct place {
  const struct taut_result *result;
  const char *h5;
  int snapshot, d;
  const taut_domain *domain;
  char group[64]; /* in fields.h5: "track_1", "geometry_2/track_1" */
} place;

/* Ends an attribute: the dataset at `path`, one value a cell. */
static void add_cells(taut_text *out, const place *at, const char *type, const char *path) {
  taut__text_add(out,
                 "          <DataItem Dimensions=\"%d %d\" %s Format=\"HDF\">%s:%s</DataItem>\n        </Attribute>\n",
                 at->domain->points.planes, at->domain->nr, type, at->h5, path);
}

void taut__xdmf_name(taut_text *out, const taut_field *field) {
  taut__text_add(out, "        <Attribute Name=\"");
  taut__add_xml(out, field->name);
  taut__text_add(out, " [");
  taut__add_xml(out, field->unit);
  taut__text_add(out, "]\" AttributeType=\"Scalar\" Center=\"Cell\">\n");
}

static void add_field(taut_text *out, const place *at, int f) {
  const taut_field *field = &at->result->set->field[f];
  char visit[24];
  taut_text path = {0};
  taut__xdmf_name(out, field);
  taut__text_add(&path, "/%s/fields/%s/%s", at->group, field->name, taut__visit_name(at->snapshot, visit));
  if (path.failed)
    out->failed = true;
  else
    add_cells(out, at, "NumberType=\"Float\" Precision=\"8\"", path.data);
  taut__text_free(&path);
}

static void add_domain(taut_text *out, const place *at) {
  const taut_snapshot *snapshot = &at->result->snapshot[at->snapshot];
  int depths = at->domain->points.planes + 1, radii = at->domain->nr + 1;
  char name[24], path[80], number[32];
  taut__domain_name(at->domain, at->d, name);
  taut__text_add(out,
                 "      <Grid Name=\"%s\" GridType=\"Uniform\">\n"
                 "        <Topology TopologyType=\"2DSMesh\" Dimensions=\"%d %d\"/>\n"
                 "        <Geometry GeometryType=\"XYZ\">\n"
                 "          <DataItem Dimensions=\"%d %d 3\" NumberType=\"Float\" Precision=\"8\" Format=\"HDF\">"
                 "%s:/%s/points</DataItem>\n        </Geometry>\n",
                 name, depths, radii, depths, radii, at->h5, at->group);
  taut__text_add(
      out,
      "        <Attribute Name=\"track weight\" AttributeType=\"Scalar\" Center=\"Grid\">\n"
      "          <DataItem Dimensions=\"1\" NumberType=\"Float\" Precision=\"8\" Format=\"XML\">%s</DataItem>\n"
      "        </Attribute>\n",
      taut__number(snapshot->weight[at->d], number));
  taut__text_add(out, "        <Attribute Name=\"layer\" AttributeType=\"Scalar\" Center=\"Cell\">\n");
  snprintf(path, sizeof path, "/%s/layer", at->group);
  add_cells(out, at, "NumberType=\"Int\" Precision=\"4\"", path);
  for (int f = 0; f < at->result->set->n; f++) add_field(out, at, f);
  taut__text_add(out, "      </Grid>\n");
}

static void add_information(taut_text *out, const char *name, const char *value) {
  taut__text_add(out, "    <Information Name=\"%s\" Value=\"", name);
  taut__add_xml(out, value);
  taut__text_add(out, "\"/>\n");
}

static void add_visit(taut_text *out, const struct taut_result *result, const char *h5, int s, int geometry) {
  char number[32], group[24], name[24];
  taut__text_add(out,
                 "    <Grid Name=\"visit %d\" GridType=\"Collection\" CollectionType=\"Spatial\">\n"
                 "      <Time Value=\"%s\"/>\n",
                 s + 1, taut__number(result->snapshot[s].day, number));
  for (int d = 0; d < result->domains; d++) {
    place at = {.result = result, .h5 = h5, .snapshot = s, .d = d, .domain = result->snapshot[s].domain[d]};
    snprintf(at.group, sizeof at.group, "%s%s%s", geometry > 0 ? taut__geometry_name(geometry, group) : "",
             geometry > 0 ? "/" : "", taut__domain_name(at.domain, d, name));
    add_domain(out, &at);
  }
  taut__text_add(out, "    </Grid>\n");
}

void taut__xdmf_begin(taut_text *out, const char *title, const char *hash) {
  taut__text_add(
      out, "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n"
           "<!-- Times in days after the first session, lengths in mm. -->\n<Xdmf Version=\"2.0\">\n  <Domain>\n");
  add_information(out, "title", title);
  add_information(out, "taut_version", taut_version());
  add_information(out, "case_hash", hash);
  add_information(out, "notice", TAUT_NOTICE);
  taut__text_add(out, "    <Grid Name=\"skin\" GridType=\"Collection\" CollectionType=\"Temporal\">\n");
}

void taut__xdmf_end(taut_text *out) {
  taut__text_add(out, "    </Grid>\n  </Domain>\n</Xdmf>\n");
}

void taut__fields_xdmf(const struct taut_result *result, const char *h5, taut_text *out) {
  int *geometry = taut__alloc((size_t)result->snapshots, sizeof *geometry);
  if (geometry == NULL) {
    out->failed = true;
    return;
  }
  taut__geometries(result, geometry);
  taut__xdmf_begin(out, result->c->title, result->hash);
  for (int s = 0; s < result->snapshots; s++) add_visit(out, result, h5, s, geometry[s]);
  taut__xdmf_end(out);
  free(geometry);
}
