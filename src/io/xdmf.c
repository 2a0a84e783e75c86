/* fields.xdmf: tells ParaView how to read fields.h5 as a time series.
 *
 * One temporal collection; at every time a spatial collection of the domains, side by side.  Arrays are named
 * `NAME [unit]`.  Values belong to cells. */
#include "io/io.h"

/* Ends an attribute: the dataset at `path`, one value a cell. */
static void add_cells(taut_text *out, const taut_domain *domain, const char *type, const char *h5, const char *path) {
  taut__text_add(out,
                 "          <DataItem Dimensions=\"%d %d\" %s Format=\"HDF\">%s:%s</DataItem>\n        </Attribute>\n",
                 domain->points.planes, domain->nr, type, h5, path);
}

static void add_field(taut_text *out, const struct taut_result *result, const char *h5, int s, int d, int f) {
  const taut_field *field = &result->set->field[f];
  char domain[24], visit[24];
  taut_text path = {0};
  taut__text_add(out, "        <Attribute Name=\"");
  taut__add_xml(out, field->name);
  taut__text_add(out, " [");
  taut__add_xml(out, field->unit);
  taut__text_add(out, "]\" AttributeType=\"Scalar\" Center=\"Cell\">\n");
  taut__text_add(&path, "/%s/fields/%s/%s", taut__domain_name(result, d, domain), field->name,
                 taut__visit_name(s, visit));
  if (path.failed)
    out->failed = true;
  else
    add_cells(out, result->domain[d], "NumberType=\"Float\" Precision=\"8\"", h5, path.data);
  taut__text_free(&path);
}

static void add_domain(taut_text *out, const struct taut_result *result, const char *h5, int s, int d) {
  const taut_domain *domain = result->domain[d];
  int depths = domain->points.planes + 1, radii = domain->nr + 1;
  char name[24], path[40], number[32];
  taut__domain_name(result, d, name);
  taut__text_add(out,
                 "      <Grid Name=\"%s\" GridType=\"Uniform\">\n"
                 "        <Topology TopologyType=\"2DSMesh\" Dimensions=\"%d %d\"/>\n"
                 "        <Geometry GeometryType=\"XYZ\">\n"
                 "          <DataItem Dimensions=\"%d %d 3\" NumberType=\"Float\" Precision=\"8\" Format=\"HDF\">"
                 "%s:/%s/points</DataItem>\n        </Geometry>\n",
                 name, depths, radii, depths, radii, h5, name);
  taut__text_add(
      out,
      "        <Attribute Name=\"track weight\" AttributeType=\"Scalar\" Center=\"Grid\">\n"
      "          <DataItem Dimensions=\"1\" NumberType=\"Float\" Precision=\"8\" Format=\"XML\">%s</DataItem>\n"
      "        </Attribute>\n",
      taut__number(result->weight[d], number));
  taut__text_add(out, "        <Attribute Name=\"layer\" AttributeType=\"Scalar\" Center=\"Cell\">\n");
  snprintf(path, sizeof path, "/%s/layer", name);
  add_cells(out, domain, "NumberType=\"Int\" Precision=\"4\"", h5, path);
  for (int f = 0; f < result->set->n; f++) add_field(out, result, h5, s, d, f);
  taut__text_add(out, "      </Grid>\n");
}

static void add_information(taut_text *out, const char *name, const char *value) {
  taut__text_add(out, "    <Information Name=\"%s\" Value=\"", name);
  taut__add_xml(out, value);
  taut__text_add(out, "\"/>\n");
}

void taut__fields_xdmf(const struct taut_result *result, const char *h5, taut_text *out) {
  char number[32];
  taut__text_add(
      out, "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n"
           "<!-- Times in days after the first session, lengths in mm. -->\n<Xdmf Version=\"2.0\">\n  <Domain>\n");
  add_information(out, "title", result->c->title);
  add_information(out, "taut_version", taut_version());
  add_information(out, "case_hash", result->hash);
  add_information(out, "notice", TAUT_NOTICE);
  taut__text_add(out, "    <Grid Name=\"skin\" GridType=\"Collection\" CollectionType=\"Temporal\">\n");
  for (int s = 0; s < result->snapshots; s++) {
    taut__text_add(out,
                   "    <Grid Name=\"visit %d\" GridType=\"Collection\" CollectionType=\"Spatial\">\n"
                   "      <Time Value=\"%s\"/>\n",
                   s + 1, taut__number(result->snapshot[s].day, number));
    for (int d = 0; d < result->domains; d++) add_domain(out, result, h5, s, d);
    taut__text_add(out, "    </Grid>\n");
  }
  taut__text_add(out, "    </Grid>\n  </Domain>\n</Xdmf>\n");
}
