/* A run with a result folder: its work folder, its checkpoints, and how it goes on from one. */
#include "base/kernel.h"
#include "course/course.h"
#include "course/forecast.h"
#include "io/checkpoint.h"
#include "io/io.h"
#include "param/value.h"
#include "run/run.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

enum { SECONDS_PER_DAY = 86400, SECONDS_DEFAULT = 600 };

/* A run under way. */
typedef struct keeping {
  taut_context *context;
  const taut_model *model;
  taut_folder *folder;  /* of the first process */
  char *work, *partial; /* its paths, on all */
  taut_checkpoint checkpoint;
  bool force, saved;
  double every, last; /* s between checkpoints, INFINITY: only when interrupted; end of the last one */
  taut_text build;
} keeping;

/* ------------------------------------------------------------------------------------------------- options ---- */

static taut_err read_every(taut_context *context, const char *text, double *seconds) {
  static const char *const option = "--checkpoint-every";
  static const char *const expected = "a time such as '10 min', or 'never'";
  char message[TAUT_MESSAGE], shown[80];
  taut_value_form form;
  taut_value value;
  *seconds = SECONDS_DEFAULT;
  if (!text) return TAUT_OK;
  *seconds = INFINITY;
  if (strcmp(text, "never") == 0 || strcmp(text, "0") == 0) return TAUT_OK;
  if (!taut__value_form("s", &form, message)) return taut__fail(context, TAUT_ERR_INTERNAL, option, "%s", message);
  if (!taut__value_parse(text, &form, &value, message))
    return taut__fail(context, TAUT_ERR_INPUT, option, "%s; expected %s", message, expected);
  if (value.kind != TAUT_VALUE_NUMBER || !(value.mean >= 0))
    return taut__fail(context, TAUT_ERR_INPUT, option, "'%s' is no interval; expected %s", taut__excerpt(text, shown),
                      expected);
  if (value.mean > 0) *seconds = value.mean;
  return TAUT_OK;
}

/* Everything besides case and version that the bytes of a checkpoint, and the last digits of a run, depend on. */
static void describe_build(const taut_model *m, taut_text *out) {
  taut_text shape = {0};
  const taut_field_set *set = &m->healing->set;
  for (int f = 0; f < set->n; f++) {
    taut__text_add(&shape, "%s %u", set->field[f].name, set->field[f].layers);
    for (int l = 0; l < TAUT_LAYERS; l++) taut__text_add(&shape, " %a", set->rest[f][l]);
  }
  for (int i = 0; i < m->treats; i++) {
    for (int d = 0; d < m->tracks; d++) {
      const taut_domain *domain = m->treat[i].domain[d];
      const int across = domain->kind == TAUT_DOMAIN_PATCH ? domain->patch.n : domain->nr;
      taut__text_add(&shape, " %d %d %a", domain->points.planes, across, m->treat[i].weight[d]);
      for (int k = 0; k <= domain->points.planes; k++) taut__text_add(&shape, " %a", domain->z ? domain->z[k] : 0.0);
    }
  }
  taut__text_add(&shape, " %llu", (unsigned long long)m->c->points.print);
  taut__text_add(out, "code %s, fields %s-%016llx", taut__cpu_v3() ? "x86-64-v3" : "base", set->name,
                 (unsigned long long)taut__stream(shape.data ? shape.data : ""));
  out->failed |= shape.failed;
  taut__text_free(&shape);
}

/* ---------------------------------------------------------------------------------------------------- hooks ---- */

static bool due(void *user) {
  const keeping *k = user;
  return taut__seconds() - k->last >= k->every;
}

static taut_err save(void *user, taut_archive_fn *keep, void *course, double day, bool stop) {
  keeping *k = user;
  taut_err err = taut__checkpoint_write(k->context, &k->checkpoint, day, keep, course);
  k->last = taut__seconds();
  if (!err) {
    k->saved = true;
    return TAUT_OK;
  }
  if (stop || err != TAUT_ERR_IO) return err;
  /* the run can do without, and the disk may have room again the next time */
  taut__log(k->context, TAUT_LOG_WARNING, "no checkpoint at day %.6g: %s%s", day, taut_context_message(k->context),
            k->saved ? "; the former one stays" : "");
  taut__fail_clear(k->context);
  return TAUT_OK;
}

static taut_err load(void *user, taut_archive_fn *keep, void *course) {
  keeping *k = user;
  taut_err err = taut__checkpoint_read(k->context, &k->checkpoint, keep, course);
  if (err) return err;
  k->saved = true;
  k->force |= k->checkpoint.force;
  k->checkpoint.force = k->force;
  if (k->folder) err = taut__folder_allow(k->folder, k->force);
  return taut__comm_agree_told(k->context, k->checkpoint.comm, err);
}

/* Fields of a patch go to the folder of the result at once. */
static taut_patch_output output_of(const keeping *k, const taut_domain *domain) {
  return (taut_patch_output){.folder = k->partial,
                             .title = k->model->c->title,
                             .hash = k->checkpoint.hash,
                             .case_yaml = k->checkpoint.yaml,
                             .set = &k->model->healing->set,
                             .domain = domain};
}

static taut_err visit(void *user, int number, double day, const taut_domain *domain, double *const *u) {
  keeping *k = user;
  const taut_patch_output out = output_of(k, domain);
  return taut__patch_snapshot(k->context, &out, number, day, u);
}

/* ------------------------------------------------------------------------------------------------------ run ---- */

/* The same text on all processes; `text` counts on the first one.  Release with free(). */
static taut_err share(keeping *k, const char *text, char **out) {
  taut_comm *comm = k->checkpoint.comm;
  size_t length = text ? strlen(text) + 1 : 0;
  taut__comm_share(comm, &length, sizeof length);
  *out = taut__alloc(length, 1);
  if (*out && text) memcpy(*out, text, length);
  taut_err err = *out ? TAUT_OK : taut__fail(k->context, TAUT_ERR_MEMORY, NULL, "no memory for a run");
  err = taut__comm_agree_told(k->context, comm, err);
  if (!err) taut__comm_share(comm, *out, length);
  return err;
}

/* Only the first process has the folder; the others are told where it is. */
static taut_err begin(keeping *k, const taut_run_options *o) {
  taut_err err = TAUT_OK;
  if (taut__comm_rank(k->checkpoint.comm) == 0)
    err = taut__folder_begin(k->context, o->folder, o->force, o->resume, &k->folder);
  err = taut__comm_agree_told(k->context, k->checkpoint.comm, err);
  if (!err) err = share(k, k->folder ? taut__folder_work(k->folder) : NULL, &k->work);
  if (!err) err = share(k, k->folder ? taut__folder_partial(k->folder) : NULL, &k->partial);
  k->checkpoint.folder = k->work;
  return err;
}

taut_err taut__run_in(taut_context *context, const taut_model *model, const taut_run_options *o, taut_result *r) {
  keeping k = {.context = context, .model = model, .force = o->force, .last = taut__seconds()};
  k.checkpoint =
      (taut_checkpoint){.hash = r->hash, .yaml = r->case_yaml, .force = o->force, .comm = taut__comm(context)};
  taut__keep_checkpoint_path(context, NULL);
  taut_err err = read_every(context, o->checkpoint_every, &k.every);
  if (!err && !o->folder) return taut__course_run(context, model, NULL, r);
  describe_build(model, &k.build);
  if (!err && k.build.failed) err = taut__fail(context, TAUT_ERR_MEMORY, NULL, "no memory for a run");
  k.checkpoint.build = k.build.data;
  if (!err) err = begin(&k, o);
  const taut_course_hooks hooks = {
      .user = &k, .load = o->resume ? load : NULL, .due = due, .save = save, .visit = visit};
  if (!err) err = taut__course_run(context, model, &hooks, r);
  if (!err && model->c->model.scale == TAUT_SCALE_PATCH) {
    const taut_patch_output out = output_of(&k, model->treat[0].domain[0]);
    taut__phase(context, TAUT_PHASE_WRITING);
    err = taut__patch_index(context, &out, r->snapshots);
  }
  if (err && err != TAUT_ERR_INPUT && k.folder) taut__keep_checkpoint_path(context, taut__folder_checkpoint(o->folder));
  if (err)
    taut__folder_abandon(&k.folder);
  else
    r->folder = k.folder;
  taut__text_free(&k.build);
  free(k.work);
  free(k.partial);
  return err;
}
