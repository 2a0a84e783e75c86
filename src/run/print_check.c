/* `taut check`: the resolved case, then what follows from it, as comments, so that the whole is still a case. */
#include "run/print.h"

#include "course/course.h"
#include "course/forecast.h"
#include "model/model.h"

#include <math.h>
#include <stdlib.h>

enum { UM_PER_MM = 1000, MM2_PER_CM2 = 100 };

static void heading(taut_text *out, const char *text) {
  taut__text_add(out, "#\n# %s\n", text);
}

static void skin_line(taut_text *out, const char *label, double ultrasound, double histology, const char *unit) {
  taut__text_add(out, "#   %-22s", label);
  taut__print_number(out, ultrasound, 4, 12);
  taut__print_number(out, histology, 4, 12);
  taut__text_add(out, " %s\n", unit);
}

static void skin(taut_text *out, const taut_case *c) {
  const taut_skin_params *p = taut__case_params(c, "skin");
  const taut_skin u = taut__skin_build(p, &c->patient, &c->site, TAUT_THICKNESS_ULTRASOUND);
  const taut_skin h = taut__skin_build(p, &c->patient, &c->site, TAUT_THICKNESS_HISTOLOGY);
  heading(out, "Skin of this person here       ultrasound   histology");
  skin_line(out, "stratum corneum", UM_PER_MM * u.sc, UM_PER_MM * h.sc, "um");
  skin_line(out, "viable epidermis", UM_PER_MM * u.ve, UM_PER_MM * h.ve, "um");
  skin_line(out, "papillary dermis", u.papillary, h.papillary, "mm");
  skin_line(out, "reticular dermis", u.reticular, h.reticular, "mm");
  skin_line(out, "skin in all", u.total, h.total, "mm");
  skin_line(out, "fat below", u.fat, h.fat, "mm");
}

/* Sessions whose tracks are the same share a line. */
static bool alike(const taut_case *c, const taut_treat *a, const taut_treat *b, int i, int j) {
  return c->session[i].depth == c->session[j].depth && a->puncture.depth == b->puncture.depth &&
         a->pattern.hits == b->pattern.hits && a->pattern.holes == b->pattern.holes;
}

static void session_line(taut_text *out, const taut_model *m, int first, int last) {
  const taut_treat *t = &m->treat[first];
  taut_text name = {0};
  taut__text_add(&name, last > first ? "%d to %d" : "%d", first + 1, last + 1);
  taut__text_addn(out, "#   ", 4);
  taut__print_cell(out, name.data ? name.data : "", -9);
  out->failed |= name.failed;
  taut__text_free(&name);
  const double number[] = {t->day, m->c->session[first].depth, t->puncture.depth, MM2_PER_CM2 * t->pattern.hits,
                           MM2_PER_CM2 * t->pattern.holes};
  for (size_t i = 0; i < sizeof number / sizeof *number; i++) taut__print_number(out, number[i], 4, 11);
  if (m->c->model.injury == TAUT_INJURY_DEVICE) {
    taut__print_number(out, 100 * t->puncture.bleeding, 3, 10);
    taut__print_number(out, 100 * t->p_fat[0], 3, 10);
    taut__text_addn(out, " /", 2);
    taut__print_number(out, 100 * t->p_fat[1], 3, 6);
  }
  taut__text_addn(out, "\n", 1);
}

static bool is_patch(const taut_model *m) {
  return m->treat[0].domain[0]->kind == TAUT_DOMAIN_PATCH;
}

/* Memory and time of a patch, whose fields are not made here. */
static void patch(taut_context *context, taut_text *out, const taut_model *m) {
  const double GiB = 1024.0 * 1024 * 1024, minute = 60;
  taut_patch_forecast f = taut__patch_forecast(m->c, &m->healing->set, taut__comm(context));
  taut__patch_time(context, m->c, &f);
  heading(out, "Patch");
  taut__text_add(out, "#   %.6g x %.6g mm, a point every %.4g um: %.3g million points in all\n", m->c->model.patch.size,
                 m->c->model.patch.size, UM_PER_MM * m->c->model.patch.spacing, 1e-6 * f.points);
  if (!m->untreated) taut__text_add(out, "#   holes of the first session: %d\n", m->treat[0].patch.n);
  taut__text_add(out, "#   memory: %.2f GiB", f.bytes / GiB);
  if (f.processes > 1) taut__text_add(out, " in each of %d processes", f.processes);
  taut__text_add(out, ", %.0f bytes a point", f.bytes * f.processes / f.points);
  if (isfinite(f.available)) taut__text_add(out, "; %.1f GiB are free here", f.available / GiB);
  taut__text_add(out, "\n#   steps: about %.0f\n", f.steps);
  if (isnan(f.seconds)) return;
  taut__text_add(
      out,
      "#   time: about %.2g %s with %d thread%s of this machine (%.2g million points x steps per second on a "
      "small piece)\n",
      f.seconds < minute ? f.seconds : f.seconds / minute, f.seconds < minute ? "s" : "min", taut__threads(context),
      taut__threads(context) == 1 ? "" : "s", 1e-6 * f.rate);
}

static void tracks(taut_text *out, const taut_model *m) {
  heading(out, "Tracks of the first session (radius mm: weight)");
  taut__text_add(out, "#  ");
  for (int i = 0; i < m->tracks; i++) {
    const taut_domain *d = m->treat[0].domain[i];
    taut__print_number(out, d->r[d->nr], 4, 9);
    taut__text_add(out, ":");
    taut__print_number(out, m->treat[0].weight[i], 4, 7);
  }
  taut__text_addn(out, "\n", 1);
}

static void sessions(taut_text *out, const taut_model *m) {
  if (m->untreated || m->excision) return;
  heading(
      out,
      "Sessions         day  needle mm   achieved   per cm2  holes/cm2   bleed %  into fat %, ultrasound / histology");
  for (int i = 0, last; i < m->treats; i = last + 1) {
    for (last = i; last + 1 < m->treats && alike(m->c, &m->treat[i], &m->treat[last + 1], i, last + 1);) last++;
    session_line(out, m, i, last);
  }
  if (!is_patch(m)) tracks(out, m);
}

static void grid(taut_text *out, const taut_model *m) {
  const taut_domain *d = m->treat[0].domain[0];
  heading(out, "Grid");
  if (m->excision) {
    taut__text_add(out, "#   one well-mixed point\n");
    return;
  }
  if (is_patch(m))
    taut__text_add(out, "#   %d x %d points across", d->patch.n, d->patch.n);
  else
    taut__text_add(out, "#   %d domain%s of %d points: %d across", m->tracks, m->tracks == 1 ? "" : "s", d->points.n,
                   d->nr);
  taut__text_add(
      out, ", %d planes (epidermis %d, papillary %d, reticular %d, subcutis %d)\n", d->points.planes,
      d->points.layer_plane[1] - d->points.layer_plane[0], d->points.layer_plane[2] - d->points.layer_plane[1],
      d->points.layer_plane[3] - d->points.layer_plane[2], d->points.layer_plane[4] - d->points.layer_plane[3]);
  taut__text_add(out, "#   layers, mm:");
  for (int l = 0; l < TAUT_LAYERS; l++) taut__print_number(out, m->layer[l], 4, 9);
  taut__text_add(out, "\n#   relative tolerance of the steps:");
  taut__print_number(out, m->c->model.tolerance, 3, 8);
  taut__text_addn(out, "\n", 1);
}

static taut_err health(taut_context *context, taut_text *out, const taut_model *m) {
  taut_state *state = NULL;
  taut_err err = is_patch(m) ? TAUT_OK : taut__state_create(context, m, &state); /* too large for a look */
  if (err) return err;
  heading(out, "Healing model");
  taut__text_add(out, "#   loop gain of inflammation");
  taut__print_number(out, m->healing->loop_gain_inflammation, 4, 11);
  taut__text_add(out, "   (must stay below 1; a warning comes above 0.8)\n#   loop gain of TGF-beta1   ");
  taut__print_number(out, m->healing->loop_gain_tgf, 4, 11);
  taut__text_add(out, "   (the same)\n");
  if (!state) return TAUT_OK;
  taut__text_add(out, "#   residual of the rest state");
  taut__print_number(out, taut__engine_residual(state->engine), 2, 10);
  taut__text_add(out, " /day\n");
  taut__state_destroy(&state);
  return TAUT_OK;
}

static void warnings(taut_text *out, const taut_model *m) {
  if (m->warnings.count) taut__text_addn(out, "#\n", 2);
  for (size_t i = 0; i < m->warnings.count; i++) taut__print_warning(out, "# ", m->warnings.item[i]);
  taut__text_addn(out, "#\n", 2);
  taut__print_wrapped(out, "# ", "", 0, TAUT_NOTICE);
}

taut_err taut_check_print(taut_context *context, const taut_case *c, FILE *out) {
  taut__fail_clear(context);
  taut_model *model = NULL;
  taut_text text = {0};
  /* Everything is computed before anything is printed: a refused case prints nothing. */
  taut_err err = taut__patch_fits(context, c);
  if (!err) err = taut__model_create(context, c, &model);
  if (!err) {
    taut__text_add(&text, "#\n# What follows from this case\n");
    if (!model->excision) skin(&text, c);
    sessions(&text, model);
    grid(&text, model);
    if (is_patch(model)) patch(context, &text, model);
    err = health(context, &text, model);
  }
  if (!err) warnings(&text, model);
  if (!err) {
    err = taut_case_write(c, out);
    if (err) err = taut__fail(context, err, NULL, "cannot write the case");
  }
  if (!err)
    err = taut__print_write(context, &text, out);
  else
    taut__text_free(&text);
  taut__model_destroy(&model);
  return err;
}
