/* fields.xdmf of a patch: at every time one rectilinear grid, whose third axis is the height, that is minus the depth.  Values
 * belong to cells. */
#include "io/patch_fields.h"
#include "io/xdmf.h"

static void add_axis(taut_text *out, const char *name, int faces) {
  taut__text_add(out,
                 "          <DataItem Dimensions=\"%d\" NumberType=\"Float\" Precision=\"8\" Format=\"HDF\">"
                 "fields.h5:/patch/%s</DataItem>\n",
                 faces, name);
}

/* Ends an attribute. */
static void add_cells(taut_text *out, const taut_domain *domain, const char *type, const char *path,
                      const char *visit) {
  taut__text_add(
      out,
      "          <DataItem Dimensions=\"%d %d %d\" %s Format=\"HDF\">fields.h5:/patch/drawn/%s%s%s</DataItem>\n"
      "        </Attribute>\n",
      domain->points.planes, domain->patch.n, domain->patch.n, type, path, visit[0] == '\0' ? "" : "/", visit);
}

static void add_snapshot(taut_text *out, const taut_patch_output *of, int snapshot, double day) {
  const taut_domain *domain = of->domain;
  const int n = domain->patch.n + 1, depths = domain->points.planes + 1;
  char number[32], visit[24];
  taut__visit_name(snapshot, visit);
  taut__text_add(out,
                 "      <Grid Name=\"visit %d\" GridType=\"Uniform\">\n        <Time Value=\"%s\"/>\n"
                 "        <Topology TopologyType=\"3DRectMesh\" Dimensions=\"%d %d %d\"/>\n"
                 "        <Geometry GeometryType=\"VXVYVZ\">\n",
                 snapshot + 1, taut__number(day, number), depths, n, n);
  add_axis(out, "x", n);
  add_axis(out, "y", n);
  add_axis(out, "height", depths);
  taut__text_add(out, "        </Geometry>\n"
                      "        <Attribute Name=\"layer\" AttributeType=\"Scalar\" Center=\"Cell\">\n");
  add_cells(out, domain, "NumberType=\"Char\" Precision=\"1\"", "layer", "");
  for (int f = 0; f < of->set->n; f++) {
    taut__xdmf_name(out, &of->set->field[f]);
    add_cells(out, domain, "NumberType=\"Float\" Precision=\"4\"", of->set->field[f].name, visit);
  }
  taut__text_add(out, "      </Grid>\n");
}

void taut__patch_xdmf(const taut_patch_output *of, int snapshots, const double *day, taut_text *out) {
  taut__xdmf_begin(out, of->title, of->hash);
  for (int s = 0; s < snapshots; s++)
    if (day[s] == day[s]) add_snapshot(out, of, s, day[s]);
  taut__xdmf_end(out);
}
