#include "observe/view.h"

#include "domain/kernels.h"

#include <math.h>
#include <string.h>

/* Depth below the epidermis over which mediator activity drives redness (healing.md 11), mm. */
static const double upper_dermis = 0.5;

static int first_of(const taut_healing *h, const taut_domain *d, int f) {
  int first, count;
  taut__field_points(&h->set.field[f], &d->points, &first, &count);
  return first;
}

/* Means of c/(K_c + c) and of fb from the papillary surface down to upper_dermis, planes cut where the depth ends. */
static void upper_means(const taut_healing *h, const taut_sample *s, double *activity, double *clot) {
  const taut_domain *d = s->domain;
  const int c0 = first_of(h, d, TAUT_H_c), fb0 = first_of(h, d, TAUT_H_fb);
  const int top = d->points.layer_plane[TAUT_PAPILLARY];
  const double from = d->z[top], to = from + upper_dermis, Kc = h->p.K_c;
  double sum = 0, fb = 0, volume = 0;
  for (int k = top; k < d->points.planes && d->z[k] < to; k++) {
    const double share = d->kind == TAUT_DOMAIN_ZERO ? 1 : (fmin(d->z[k + 1], to) - d->z[k]) / (d->z[k + 1] - d->z[k]);
    for (int p = d->plane_start[k]; p < d->plane_start[k + 1]; p++) {
      const double v = share * d->volume[p], c = s->u[TAUT_H_c][p - c0];
      sum += v * c / (Kc + c);
      fb += v * s->u[TAUT_H_fb][p - fb0];
      volume += v;
    }
  }
  *activity = sum / volume;
  *clot = fb / volume;
}

const int taut__rated_field[TAUT_RATED_FIELDS] = {TAUT_H_C3, TAUT_H_Cn, TAUT_H_Cx, TAUT_H_X, TAUT_H_ev, TAUT_H_em};

/* Means of production and loss; `deposit` collects the mean of A P of collagen. */
static void add_rates(const taut_healing *h, const taut_sample *s, taut_view *out, double deposit[TAUT_LAYERS]) {
  const taut_domain *d = s->domain;
  const taut_kernels *k = d->kernels;
  const double *A = s->u[TAUT_H_A] - first_of(h, d, TAUT_H_A);
  for (int i = 0; i < TAUT_RATED_FIELDS; i++) {
    const int f = taut__rated_field[i], first = first_of(h, d, f);
    for (int l = TAUT_PAPILLARY; l <= TAUT_RETICULAR; l++) {
      const int from = d->points.layer_start[l], n = d->points.layer_start[l + 1] - from;
      if (!n) continue;
      const double *volume = d->volume + from, *P = s->production[f] + (from - first);
      const double share = s->weight / d->layer_volume[l];
      out->production[f][l] += share * k->dot(n, volume, P);
      out->loss[f][l] += share * k->dot3(n, volume, s->loss[f] + (from - first), s->u[f] + (from - first));
      if (f == TAUT_H_C3 || f == TAUT_H_Cn) deposit[l] += share * k->dot3(n, volume, P, A + from);
    }
  }
}

static double largest(const double *x, int n) {
  double most = -INFINITY;
  for (int i = 0; i < n; i++) most = x[i] > most ? x[i] : most;
  return most;
}

static void add_sample(const taut_healing *h, const taut_sample *s, taut_view *out) {
  const taut_domain *d = s->domain;
  const taut_points *q = &d->points;
  double x[TAUT_EXTRAS] = {0};
  const taut_kernels *k = d->kernels;
  for (int f = 0; f < TAUT_H_FIELDS; f++) {
    const int first = first_of(h, d, f);
    for (int l = 0; l < TAUT_LAYERS; l++) {
      const int from = q->layer_start[l], n = q->layer_start[l + 1] - from;
      if (n && h->set.field[f].layers & TAUT_IN(l))
        out->mean[f][l] += s->weight * k->dot(n, d->volume + from, s->u[f] + (from - first)) / d->layer_volume[l];
    }
  }
  upper_means(h, s, &x[TAUT_EXTRA_INFL], &x[TAUT_EXTRA_FB_UPPER]);
  out->extra[TAUT_EXTRA_INFL] += s->weight * x[TAUT_EXTRA_INFL];
  out->extra[TAUT_EXTRA_FB_UPPER] += s->weight * x[TAUT_EXTRA_FB_UPPER];
  const int dermis = q->layer_start[TAUT_SUBCUTIS] - q->layer_start[TAUT_PAPILLARY];
  out->extra[TAUT_EXTRA_A_MAX] = fmax(out->extra[TAUT_EXTRA_A_MAX], largest(s->u[TAUT_H_A], dermis));
  out->extra[TAUT_EXTRA_M_MAX] =
      fmax(out->extra[TAUT_EXTRA_M_MAX], largest(s->gate + q->layer_start[TAUT_PAPILLARY], dermis));
  const int epidermis = q->layer_start[TAUT_PAPILLARY];
  if (!epidermis) {
    out->extra[TAUT_EXTRA_COVER_MIN] = out->extra[TAUT_EXTRA_TEWL] = NAN;
    return;
  }
  double least = INFINITY, open = 0, area = 0;
  for (int p = 0; p < epidermis; p++) least = fmin(least, s->u[TAUT_H_K][p]);
  for (int p = 0; p < q->plane_start[1]; p++) {
    open += d->volume[p] * (1 - s->u[TAUT_H_bar][p]);
    area += d->volume[p];
  }
  out->extra[TAUT_EXTRA_COVER_MIN] = fmin(out->extra[TAUT_EXTRA_COVER_MIN], least);
  out->extra[TAUT_EXTRA_TEWL] += s->weight * open / area;
}

void taut__view(const taut_healing *h, int samples, const taut_sample *sample, taut_view *out) {
  memset(out, 0, sizeof *out);
  out->extra[TAUT_EXTRA_COVER_MIN] = INFINITY;
  const taut_domain *d = sample[0].domain;
  for (int l = 0; l < TAUT_LAYERS; l++)
    out->thickness[l] = d->z[d->points.layer_plane[l + 1]] - d->z[d->points.layer_plane[l]];
  double deposit[TAUT_LAYERS] = {0};
  for (int i = 0; i < samples; i++) {
    add_sample(h, &sample[i], out);
    if (sample[i].production) add_rates(h, &sample[i], out, deposit);
  }
  for (int l = TAUT_PAPILLARY; l <= TAUT_RETICULAR; l++) {
    const double made = out->production[TAUT_H_C3][l] + out->production[TAUT_H_Cn][l];
    out->A_deposit[l] = made > 0 ? deposit[l] / made : 0;
  }
}
