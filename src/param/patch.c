/* Grid of a patch: size and spacing make a number of points that suits fast transforms. */
#include "param/reader.h"

#include <math.h>

enum { LEAST_POINTS = 8, MOST_POINTS = 20000 };

int taut__patch_points(int n) {
  for (n += n & 1;; n += 2) {
    int rest = n;
    static const int factor[] = {2, 3, 5, 7};
    for (int i = 0; i < 4; i++)
      while (rest % factor[i] == 0) rest /= factor[i];
    if (rest == 1) return n;
  }
}

static void forget(taut_reader *reader) {
  static const char *const keys[] = {"model.patch.size", "model.patch.spacing", "model.patch.vary", "treatment.points"};
  for (size_t i = 0; i < sizeof keys / sizeof *keys; i++) taut__reader_entry(reader, keys[i])->text = NULL;
  reader->c->points.path = NULL;
}

void taut__patch_derive(taut_reader *reader, double standard_spacing) {
  taut_patch_spec *p = &reader->c->model.patch;
  const taut_entry *size = taut__reader_entry(reader, "model.patch.size"),
                   *spacing = taut__reader_entry(reader, "model.patch.spacing");
  if (reader->c->model.scale != TAUT_SCALE_PATCH) {
    forget(reader);
    return;
  }
  if (!size->text || !spacing->text) return; /* complained of */
  const bool chosen = isnan(p->spacing);
  if (chosen) p->spacing = standard_spacing;
  const double wanted = round(p->size / p->spacing);
  if (!(wanted >= LEAST_POINTS && wanted <= MOST_POINTS)) {
    const char *key = taut__reader_given(reader, "model.patch.spacing") ? "model.patch.spacing" : "model.patch.size";
    taut__complain(reader, TAUT_ERR_INPUT, taut__reader_place(reader, key), false,
                   "%s: a patch of %g mm with points every %g mm has %g points across; expected %d to %d", key, p->size,
                   p->spacing, wanted, LEAST_POINTS, MOST_POINTS);
    return;
  }
  p->points = taut__patch_points((int)wanted);
  const double used = p->size / p->points;
  const bool moved = fabs(used - p->spacing) > 1e-12 * p->spacing;
  p->spacing = used;
  char number[32];
  if (chosen || moved)
    taut__reader_settle(reader, "model.patch.spacing", chosen ? TAUT_FROM_DEFAULT : spacing->origin,
                        moved ? "the next number of points that suits fast transforms" : "by accuracy", "%s mm",
                        taut__number(used, number));
}
