/* A session on a patch, plane by plane: the operator of the healing room on points, the displacement of the domain. */
#include "course/patch_injury.h"

enum { STRIP = 4096 }; /* points of one item of work */

/* The plane at hand. */
typedef struct plane_job {
  const taut_healing *h;
  const taut_points *points;
  double *const *u;
  taut_wounds wounds;
  taut_layer layer;
  int start, end;
} plane_job;

static void strip(const plane_job *j, int item, int *from, int *to) {
  *from = j->start + item * STRIP;
  *to = *from + STRIP < j->end ? *from + STRIP : j->end;
}

static void wound(void *user, int item) {
  const plane_job *j = user;
  int from, to;
  strip(j, item, &from, &to);
  taut__healing_wound(j->h, j->points, &j->wounds, j->layer, from, to, j->u);
}

static void cleave(void *user, int item) {
  const plane_job *j = user;
  int from, to;
  strip(j, item, &from, &to);
  taut__healing_cleave(j->h, j->points, &j->wounds, j->layer, from, to, j->u);
}

static void displace(const plane_job *j, taut_patch_damage *damage) {
  const int *field;
  double *pool[TAUT_MAX_POOLS];
  const int pools = taut__healing_pools(j->layer, &field);
  for (int k = 0; k < pools; k++) {
    int first, count;
    taut__field_points(&j->h->set.field[field[k]], j->points, &first, &count);
    pool[k] = j->u[field[k]] + (j->start - first);
  }
  taut__patch_damage_displace(damage, pools, pool);
}

static taut_layer layer_of(const taut_points *points, int plane) {
  int layer = 0;
  while (plane >= points->layer_plane[layer + 1]) layer++;
  return (taut_layer)layer;
}

taut_err taut__patch_injure(taut_context *context, const taut_model *m, const taut_treat *t, double *const *u) {
  const taut_domain *domain = t->domain[0];
  const taut_patch_punctures punctures = taut__patch_punctures(m, t);
  taut_patch_damage *damage = NULL;
  taut_err err = taut__patch_damage_create(context, domain, &punctures, &damage);
  if (err) return err;
  plane_job job = {.h = m->healing, .points = &domain->points, .u = u};
  const int planes = taut__patch_damage_planes(damage), items = (domain->nr + STRIP - 1) / STRIP;
  for (int k = 0; !err && k < planes; k++) {
    err = taut__patch_damage_plane(damage, k);
    if (err) break;
    job.layer = layer_of(&domain->points, k);
    job.start = domain->plane_start[k];
    job.end = domain->plane_start[k + 1];
    job.wounds = taut__patch_damage_wounds(damage);
    job.wounds.dry = t->patch.dry;
    taut__pool_run(domain->patch.pool, items, wound, &job);
    displace(&job, damage);
    taut__pool_run(domain->patch.pool, items, cleave, &job);
  }
  taut__patch_damage_destroy(&damage);
  return err;
}
